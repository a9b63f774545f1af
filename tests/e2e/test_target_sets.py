"""Latency is measured to fixed, versioned sets of targets; what stands in one's operator's own network is apart."""

import datetime
import html
import json
import re
from pathlib import Path

import pytest
import wire
from conftest import Collector, scratch
from wire import ping

THIS = datetime.date.today().year
# Around the last new year, so that the days of a chart reach over it.
OLD = [datetime.date(THIS - 1, 12, 20) + datetime.timedelta(days=d) for d in range(12)]
NEW = [datetime.date(THIS, 1, 1) + datetime.timedelta(days=d) for d in range(12)]
HOST, GUEST = "JENY", "ISOCEL"
LATER = [day + datetime.timedelta(days=12) for day in NEW]
LINES = 12
METHOD = re.search(r"^-- method: (\d+)$", (Path(__file__).resolve().parents[2] / "schema/indicators/PER3.sql").read_text(), re.M)[1]
# In the network of JENY, of Celtiis, and in no set.
TARGETS = {"ns1.nic.bj": ("154.65.28.218", 5), "ns2.nic.bj": ("41.85.191.2", 40), "pch.nic.bj": ("204.61.216.125", 2)}


def day_of(day):
    return [ping(task="ping", target=target, af=4, addr=addr, outcome="ok", at=f"{day}T00:00:{n:02}.000000Z",
                 metrics={"rtt_min_ms": rtt, "rtt_p50_ms": rtt, "rtt_p95_ms": rtt, "rtt_max_ms": rtt, "sent": 5, "rcvd": 5, "loss": 0})
            for n, (target, (addr, rtt)) in enumerate(TARGETS.items())]


@pytest.fixture(scope="module")
def country():
    with scratch() as folder:
        c = Collector(folder)
        try:
            c.start_idle()
            c.lines = []
            for n in range(LINES):
                probe = c.probe(department="BJ-LI", operator=HOST if n % 2 else GUEST)
                c.lines.append(probe)
                c.stored(probe.batch([r for day in OLD + NEW if day < datetime.date.today() for r in day_of(day)], sealed_at=wire.now()))
            c.counted("2020-01-01", OLD[0], NEW[0])
            c.run("rollup")
            yield c
            c.stop()
        finally:
            c.clean()


def figures(c, indicator, year):
    return {(f["operator"], f["family"]): f for f in c.request("GET", f"/api/v1/indicators?indicator={indicator}&year={year}").json()
            if not f["geo"] and not f["technology"]}


def words(c, lang):
    text = re.sub(r"<style>.*?</style>", "", c.request("GET", f"/{lang}/").body.decode(), flags=re.S)
    return text, re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", text)))


def test_only_the_set_counts_and_nothing_in_one_s_own_network(country):
    domestic = figures(country, "PER3", THIS - 1)
    # Lines of JENY reach the target of Celtiis alone, those of ISOCEL both: the median of five and forty is of neither.
    assert domestic[HOST, None]["value"] == pytest.approx(40, rel=0.02)
    # To two digits: six lines, twelve days, and one target or two.
    assert (domestic[HOST, None]["n_samples"], domestic[GUEST, None]["n_samples"]) == (72, 140)
    assert 4.9 < domestic[GUEST, None]["value"] < 41
    assert domestic[None, None]["method_version"] == int(METHOD)
    assert {f["target_set"] for f in domestic.values()} == {1} and {f["method"] for f in domestic.values()} == {f"{METHOD}/targets 1"}
    assert {f["target_set"] for f in figures(country, "PER8", THIS - 1).values()} == {None}
    # Nothing of ours stands abroad.
    assert figures(country, "PER4", THIS - 1) == {}


def test_the_own_network_is_apart_and_unranked(country):
    own = figures(country, "PER3_OWN", THIS - 1)
    assert set(own) == {(None, None), (HOST, None)}
    assert own[HOST, None]["value"] == pytest.approx(5, rel=0.02) and own[HOST, None]["better"] == "-"
    assert all(f["rank_low"] is None for f in own.values())
    assert figures(country, "PER3", THIS - 1)[HOST, None]["rank_low"] is not None
    _, text = words(country, "fr")
    assert "Latence dans le réseau de son opérateur" in text


def test_the_page_names_the_targets_and_who_has_none(country):
    for lang, says in (("fr", ["Ensemble de cibles 1 : ns1.nic.bj (JENY), ns2.nic.bj (Celtiis (SBIN)).",
                               "Réseaux où aucune cible n’est encore connue : ABC Corporation, ISOCEL, MTN Bénin (Spacetel),",
                               "Aucune cible n’est encore connue.", f"version {METHOD}, cibles 1"]),
                       ("en", ["Set of targets 1: ns1.nic.bj (JENY), ns2.nic.bj (Celtiis (SBIN)).",
                               "Networks in which no target is known yet: ABC Corporation, ISOCEL, MTN Bénin (Spacetel),",
                               f"version {METHOD}, targets 1"])):
        html_text, text = words(country, lang)
        for part in says:
            assert part in text, (lang, part)
        assert 'class="break"' not in html_text


@pytest.mark.skipif(datetime.date.today() < LATER[-1] + datetime.timedelta(days=3), reason="the year has hardly begun")
def test_another_set_is_another_method_and_a_break(country):
    before, now = figures(country, "PER3", THIS - 1), figures(country, "PER3", THIS)
    members = [{"name": "ns2.nic.bj", "operator": "Celtiis (SBIN)", "kind": "cctld"}]
    pack = {"BJ": {"targets": {"version": 2, "since": THIS, "domestic": members, "abroad": []}}}
    country.sql("SELECT target_set_seed(%s::jsonb)", json.dumps(pack))
    country.run("rollup")
    # To other targets all lines of ISOCEL say something else: what was told of them stands until new days come.
    stands = figures(country, "PER3", THIS)
    assert stands[GUEST, None] == now[GUEST, None] and stands[HOST, None]["target_set"] == 2
    for probe in country.lines:
        country.stored(probe.batch([r for day in LATER for r in day_of(day)], sealed_at=wire.now()))
    country.run("rollup")
    after = figures(country, "PER3", THIS)
    assert {f["target_set"] for f in after.values()} == {2} and {f["method"] for f in after.values()} == {f"{METHOD}/targets 2"}
    assert after[GUEST, None]["value"] == pytest.approx(40, rel=0.02)
    # The year before stays what it was.
    assert {k: (f["value"], f["target_set"]) for k, f in figures(country, "PER3", THIS - 1).items()} == \
        {k: (f["value"], f["target_set"]) for k, f in before.items()}
    for lang, says in (("fr", [f"version {METHOD}, cibles 2", "cibles 2", "avant et après ne se comparent pas"]),
                       ("en", [f"version {METHOD}, targets 2", "targets 2", "before and after are not to be compared"])):
        html_text, text = words(country, lang)
        # Of PER3, and of PER3_OWN, which stands without lines.
        assert html_text.count('class="break"') == 2 and all(part in text for part in says)
