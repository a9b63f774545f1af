"""What members type reaches nobody but those whom it is for: names of their own targets and tasks, an operator that no pack
knows, a commune, a tariff. Everything that is public is asked for, and looked through."""
import csv
import datetime
import html
import io
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import wire
import yaml
from conftest import Collector, scratch

SPEC = yaml.safe_load((Path(__file__).resolve().parents[2] / "schema/openapi.yaml").read_text())
DAYS = [datetime.datetime(2024, 3, 1, 10, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=d) for d in range(8)]
TARGET, TASK, OPERATOR = "nas.family.home", "coffre-familial", '=HYPERLINK("http://x")'
# As they might stand in a page, in JSON, in CSV.
TYPED = (TARGET, TASK, "HYPERLINK", "Hameau Secret", "forfait-de-tata", "zone.family.home", "unknown-to-all")
SCHEDULE = {"schedule": 1, "version": 1, "tasks": [
    {"name": "ping-ours", "check": "ping", "target": "ours.example", "kind": "domestic", "country": "BJ", "interval_s": 900}]}


def results(at):
    yield wire.ping(at=at)
    yield wire.ping(at=at, target="ours.example", task="ping-ours")
    yield wire.ping(at=at, target=TARGET, task=TASK)
    metrics = {"servers": 2, "addresses": 4, "tested": 4, "compliant": 4, "tests": 40, "passed": 40}
    for target in ("nic.bj", "zone.family.home"):
        yield wire.ping(at=at, check="edns", target=target, task=TASK, addr=None, af=None, metrics=metrics, detail={})
    yield wire.ping(at=at, target=TARGET, task=TASK, metrics={"unknown-to-all": 1})
    yield wire.ping(at=at, target=TARGET, task=TASK, check="unknown-to-all")


@pytest.fixture(scope="module")
def country():
    """Six lines that count, alike in all they told of themselves."""
    with scratch() as folder:
        path = folder / "schedule.json"
        path.write_text(json.dumps(SCHEDULE))
        path.chmod(0o644)
        c = Collector(folder, schedule=path)
        try:
            c.start_idle()
            for _ in range(6):
                probe = c.probe(department="BJ-BO", commune="Hameau Secret", operator=OPERATOR, technology="fibre", tariff="forfait-de-tata")
                moments = [wire.stamp(day) for day in DAYS] + [wire.now()]
                c.stored(probe.batch([r for at in moments for r in results(at)]))
            c.counted("2024-01-01", "2024-03-01", by="Chef Secret")
            c.run("rollup")
            yield c
            c.stop()
        finally:
            c.clean()


def routes():
    """Every path that somebody without a key may read, in every form."""
    for path, methods in SPEC["paths"].items():
        if "get" not in methods or {} not in methods["get"].get("security", [{}]):
            continue
        names = [p["name"] for p in methods["get"].get("parameters", [])]
        if "format" in names:
            yield from (f"{path}?format={form}" for form in ("json", "csv", "ndjson"))
        else:
            yield path.replace("{language}", "fr") + ("?nonce=12345678" if "nonce" in names else "")
            if "{language}" in path:
                yield path.replace("{language}", "en")


def everything(c):
    """What every route answers, and every page that one of them links to."""
    waiting = list(routes())
    for path in waiting:
        for language in ("fr", "en"):
            reply = c.request("GET", path, headers={"Accept-Language": language}, timeout=120)
            assert reply.status in (200, 302), path
            yield f"{path} {language}", reply.body.decode()
        links = re.findall(r'href="(/[^"#]*)"', reply.body.decode()) if "text/html" in reply.headers.get("Content-Type", "") else []
        waiting += {html.unescape(link) for link in links} - set(waiting)
    for program in (("indicators", "--year", "2024"), ("indicators", "--year", "2024", "--format", "json"), ("indicators", "explain", "PER8"),
                    ("import", "--template")):
        yield " ".join(program), c.run(*program)


def get(c, path):
    reply = c.request("GET", f"/api/v1/{path}", timeout=120)
    assert reply.status == 200, reply.body
    return reply.json()


def test_nothing_public_has_what_was_typed(country):
    seen = dict(everything(country))
    assert len(seen) > 25
    assert not {where: word for where, text in seen.items() for word in (*TYPED, "Chef Secret") if word in text}


def test_what_our_own_tasks_measure_is_public(country):
    targets = {t["target"] for t in get(country, "targets")}
    assert {"ours.example", "ns1.nic.bj"} < targets
    assert [s for s in get(country, "series?check=ping&target=ours.example") if s["p50"]]
    assert {z["zone"] for z in get(country, "edns")} == {"nic.bj"}


def test_an_operator_that_waits_answers_as_one_that_is_not_there(country):
    for path in ("probes", "indicators"):
        waits, none = (country.request("GET", f"/api/v1/{path}?operator={quote(name)}") for name in (OPERATOR, "Nobody"))
        assert waits.status == none.status == 400
        assert waits.json()["detail"].replace(OPERATOR, "Nobody") == none.json()["detail"]


@pytest.mark.parametrize("path", ["targets?target={}", "series?target={}", "series?target={}&check=ping", "edns?target={}",
                                  "results?target={}", "probes?target={}", "indicators?target={}"])
def test_a_member_s_target_answers_as_one_that_is_not_there(country, path):
    def answer(name):
        reply = country.request("GET", f"/api/v1/{path.format(name)}")
        return reply.status, reply.headers["Content-Type"], reply.body.replace(name.encode(), b"NAME")

    assert answer(TARGET) == answer("not.there.example")
    assert answer("zone.family.home") == answer("not.there.example")


def test_a_key_tells_what_the_probes_sent(country):
    """Analysts read results as they came, and their owners do."""
    key = country.run("key", "create", "tests").strip()
    reply = country.request("GET", f"/api/v1/results?target={TARGET}&limit=1", headers={"Authorization": f"Bearer {key}"})
    assert [r["task"] for r in reply.json()] == [TASK]


# Last: from here on the team has said yes.

def cells(text):
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


def test_a_team_s_yes_names_the_operator(country):
    assert any(line.split()[:2] == ["BJ", OPERATOR] and "waits" in line for line in country.run("operator", "list").splitlines())
    before = get(country, "indicators?year=2024&indicator=PER8")
    assert before and not [f for f in before if f["operator"]]
    assert "accepted" in country.run("operator", "accept", OPERATOR, "--by", "A. Bio", "--why", "a joke, but theirs")
    assert "A. Bio" in country.run("operator", "list")
    sheet = country.run("indicators", "--year", "2024")
    assert {f["operator"] for f in get(country, "indicators?year=2024&indicator=PER8")} == {None, OPERATOR}
    assert {p["operator"] for p in get(country, "probes")} == {OPERATOR}
    for text in (sheet, *(text for path, text in everything(country) if "format=csv" in path)):
        assert not [cell for cell in cells(text) if cell.startswith("=")]
    assert f"'{OPERATOR}" in cells(sheet)


def test_a_team_says_whom_members_mean(country):
    assert "country pack" in country.run("operator", "reject", "ISOCEL", status=1)
    assert "no operator" in country.run("operator", "merge", OPERATOR, "Nobody", status=1)
    assert "the same" in country.run("operator", "merge", OPERATOR, OPERATOR, status=1)
    assert f'"{OPERATOR}" counts as "ISOCEL"' in country.run("operator", "merge", OPERATOR, "isocel")
    assert "already" in country.run("operator", "merge", OPERATOR, "ISOCEL")
    country.run("rollup")
    assert {p["operator"] for p in get(country, "probes")} == {"ISOCEL"}
    country.run("operator", "reject", OPERATOR)
    assert {p["operator"] for p in get(country, "probes")} == {None}
    seen = dict(everything(country))
    assert not {where: word for where, text in seen.items() for word in TYPED if word in text}
