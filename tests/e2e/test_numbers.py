"""From rows to numbers: the API's formats and levels of access, rollups, indicators, imports, the pages."""

import base64
import csv
import datetime
import hashlib
import html.parser
import http.client
import io
import json
import os
import re
import subprocess
import threading
import time

import pytest
import wire
import yaml
from conftest import BUILD, Collector, scratch
from wire import ping

ASAN = "asan" in BUILD.name
YEAR = 2024  # long past, so that no clock of the machine matters
DAYS = [datetime.date(YEAR, 3, 1) + datetime.timedelta(days=d) for d in range(8)]
PROBES = 16
DEPARTMENTS = ["BJ-LI", "BJ-BO", "BJ-AK"]
GRAND = 11
TARGETS = dict.fromkeys(["resolver.example", "http://target.example"])
# The second has two lines and the third three: below the floor, the second hostile to pages.
OPERATORS = GRAND * ["Grand"] + 2 * ["<b>Petit & Cie</b>"] + 3 * ["Lent"]


def at(day, second):
    return wire.stamp(datetime.datetime.combine(day, datetime.time(10, second // 60, second % 60), datetime.timezone.utc))


def dns(day, n, rt_ms, outcome="ok", rcode=0, target=""):
    metrics = {} if rt_ms is None else {"rt_ms": rt_ms, "size": 64, "rcode": rcode}
    return {"task": "dns", "check": "dns", "target": target, "addr": "192.0.2.53", "af": 4, "at": at(day, n), "mono_us": n,
            "sync": True, "outcome": outcome, "bytes": 150, "metrics": metrics, "detail": {}}


def day_of(p, d, day):
    """What probe p measures on day d; see expected() for what the indicators must make of it."""
    base = 20 + 4 * p + d
    results = [dns(day, n, base + n) for n in range(5)]
    results += [dns(day, 10, None, "timeout"), dns(day, 11, 300.0, "dns_error", 2), dns(day, 12, 2.0, target="ns1.nic.bj"),
                dns(day, 13, 900.0, target="resolver.example")]
    for n, (target, af, addr) in enumerate([("ns1.nic.bj", 4, "154.65.28.218"), ("ns1.nic.bj", 6, "2001:db8::1"),
                                            ("f.root-servers.net", 4, "192.5.5.241")]):
        rtt = 10 + p if target == "ns1.nic.bj" else 150
        results.append(ping(task="ping", target=target, af=af, addr=addr, at=at(day, 20 + n),
                            metrics={"rtt_min_ms": rtt, "rtt_p50_ms": rtt, "sent": 10, "rcvd": 9, "loss": 0.1},
                            outcome="partial"))
    results.append({"task": "speed", "check": "throughput", "target": "http://target.example", "at": at(day, 40),
                    "mono_us": 1, "sync": True, "outcome": "ok", "bytes": 9_000_000, "metrics": {"down_mbps": 10 + 5 * p},
                    "detail": {}})
    return results


def counted(c, since):
    """Makes lines that count of all probes, seen two months later, and a team knows their operators."""
    c.sql("UPDATE operator SET state = 'accepted' WHERE state = 'waits'")
    c.counted(since, since + datetime.timedelta(days=60))


@pytest.fixture(scope="module")
def numbers():
    """A collector with a country of sixteen lines and eight days, all of it sent as signed batches."""
    with scratch() as folder:
        c = Collector(folder)
        try:
            c.start_idle()
            c.everybodys(TARGETS)
            c.sent = {}
            for p in range(PROBES):
                probe = c.probe(department=DEPARTMENTS[p % 3], commune=f"commune {p}", technology="fibre",
                                operator=OPERATORS[p])
                results = [r for d, day in enumerate(DAYS) for r in day_of(p, d, day)]
                c.stored(probe.batch(results))
                c.sent[probe.id] = results
            counted(c, datetime.date(2024, 1, 1))
            c.run("rollup")
            c.key = c.run("key", "create", "tests").strip()
            yield c
            c.stop()
        finally:
            c.clean()


def get(c, path, key=None, **headers):
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return c.request("GET", path, headers=headers, timeout=120)


def rows(c, path, key=None):
    reply = get(c, path, key)
    assert reply.status == 200, reply.body
    assert reply.headers["Content-Type"] == "application/json"
    return reply.json()


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


# ---- results ----

@pytest.mark.quick
def test_results_come_back_as_they_were_sent(numbers):
    got = rows(numbers, "/api/v1/results", numbers.key)
    assert len(got) == sum(map(len, numbers.sent.values())) == PROBES * len(DAYS) * 13
    assert [r["at"] for r in got] == sorted(r["at"] for r in got)
    wanted = [{k: v for k, v in r.items() if k not in ("mono_us", "sync", "detail")} | {"probe": probe, "simulated": False}
              for probe, sent in numbers.sent.items() for r in sent]

    def order(r):
        return json.dumps(r, sort_keys=True)

    assert sorted(got, key=order) == sorted(wanted, key=order)


@pytest.mark.quick
def test_formats_agree(numbers):
    path = "/api/v1/results?check=ping"
    as_json = rows(numbers, path, numbers.key)
    lines = get(numbers, path, numbers.key, Accept="application/x-ndjson")
    assert lines.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in lines.body.splitlines()] == as_json
    sheet = get(numbers, path, numbers.key, Accept="text/csv, */*;q=0.1")
    assert sheet.headers["Content-Type"].startswith("text/csv")
    assert get(numbers, path + "&format=csv", numbers.key, Accept="application/json").body == sheet.body
    records = table(sheet.body.decode())
    assert list(records[0])[:10] == ["at", "probe", "check", "task", "target", "addr", "af", "outcome", "bytes", "simulated"]
    assert list(records[0])[10:] == [r["metric"] for r in rows(numbers, "/api/v1/checks?check=ping")]
    for record, result in zip(records, as_json, strict=True):
        assert record["addr"] == result["addr"] and record["bytes"] == str(result["bytes"])
        assert {k: float(v) for k, v in list(record.items())[10:] if v} == result["metrics"]
        assert (record["simulated"], result["simulated"]) == ("false", False)


def test_csv_of_all_checks_has_every_metric_once(numbers):
    records = table(get(numbers, "/api/v1/results?format=csv", numbers.key).body.decode())
    columns = list(records[0])
    assert len(columns) == len(set(columns))
    metrics = {r["metric"] for r in rows(numbers, "/api/v1/checks")}
    assert set(columns[10:]) == metrics
    for record in records:
        filled = {k for k in metrics if record[k]}
        assert filled <= {"dns": {"rt_ms", "size", "rcode"}, "throughput": {"down_mbps"},
                          "ping": {"rtt_min_ms", "rtt_p50_ms", "sent", "rcvd", "loss"}}[record["check"]]


@pytest.mark.parametrize("query, keep", [
    ("check=dns", lambda p, r: r["check"] == "dns"),
    ("target=ns1.nic.bj", lambda p, r: r["target"] == "ns1.nic.bj"),
    ("department=BJ-BO", lambda p, r: p % 3 == 1),
    ("operator=Grand", lambda p, r: p < GRAND),
    ("operator=%3Cb%3EPetit%20%26%20Cie%3C%2Fb%3E&check=ping", lambda p, r: OPERATORS[p] == OPERATORS[GRAND] and r["check"] == "ping"),
    ("technology=fibre", lambda p, r: True),
    ("technology=4g", lambda p, r: False),
    ("from=2024-03-03&to=2024-03-04", lambda p, r: "2024-03-03" <= r["at"] < "2024-03-05"),
    ("from=2024-03-03T10:00:04Z&to=2024-03-03T10:00:20Z", lambda p, r: "2024-03-03T10:00:04" <= r["at"] < "2024-03-03T10:00:20"),
    ("to=2024-03-01T11:00:20%2B01:00", lambda p, r: r["at"] < "2024-03-01T10:00:20"),
])
@pytest.mark.quick
def test_filters(numbers, query, keep):
    wanted = sum(keep(p, r) for p, sent in enumerate(numbers.sent.values()) for r in sent)
    assert len(rows(numbers, f"/api/v1/results?{query}", numbers.key)) == wanted


def test_one_probe_and_a_limit(numbers):
    probe = list(numbers.sent)[2]
    got = rows(numbers, f"/api/v1/results?probe={probe}&limit=5", numbers.key)
    assert len(got) == 5 and {r["probe"] for r in got} == {probe}


# ---- access and parameters ----

@pytest.mark.parametrize("headers", [
    {}, {"Authorization": "Bearer imk_" + 32 * "0"}, {"Authorization": "Basic dXNlcjpwYXNz"}, {"Authorization": "Bearer "},
])
@pytest.mark.quick
def test_results_want_a_key(numbers, headers):
    reply = numbers.request("GET", "/api/v1/results", headers=headers)
    assert (reply.status, reply.problem()) == (401, "key")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert b'"probe"' not in reply.body


def test_revoked_key(numbers):
    key = numbers.run("key", "create", "gone").strip()
    assert get(numbers, "/api/v1/results?limit=1", key).status == 200
    numbers.run("key", "revoke", key)
    assert get(numbers, "/api/v1/results?limit=1", key).status == 401


def test_public_rows_tell_nothing_private(numbers):
    probes = rows(numbers, "/api/v1/probes")
    assert {p["probe"] for p in probes} == set(numbers.sent)
    assert set(probes[0]) == {"probe", "country", "department", "operator", "technology", "source", "simulated", "last_week"}
    assert {p["last_week"] for p in probes} == {str(DAYS[-1] - datetime.timedelta(days=DAYS[-1].weekday()))} != {str(DAYS[-1])}
    assert "commune" not in json.dumps(probes)
    targets = {t["target"]: t for t in rows(numbers, "/api/v1/targets")}
    assert targets["ns1.nic.bj"] == {"target": "ns1.nic.bj", "kind": "cctld", "country": "BJ"}
    revoked = numbers.probe()
    numbers.run("probe", "revoke", revoked.id)
    assert revoked.id not in {p["probe"] for p in rows(numbers, "/api/v1/probes")}


@pytest.mark.parametrize("path, says", [
    ("results?colour=red", '"colour" is no parameter here; allowed are format, limit, after, from, to, check'),
    ("probes?check=ping", '"check" is no parameter here; allowed are format, limit, after, probe'),
    ("results?check=pong", 'check: "pong" is no check; allowed are ping, dns, http'),
    ("results?check=", "check: has no value"),
    ("results?check=ping&check=dns", "check: stands twice"),
    ("results?limit=0", 'limit: "0" is no number'),
    ("results?limit=-1", 'limit: "-1" is no number'),
    ("results?limit=10000000000", 'limit: "10000000000" is no'),
    ("results?from=yesterday", 'from: "yesterday" is no time'),
    ("results?from=2024-02-30", 'from: "2024-02-30" is no time'),
    ("results?from=2024-03-02&to=2024-03-01", "from: lies behind"),
    ("results?probe=short", 'probe: "short" is no probe'),
    ("results?operator=Nobody", 'operator: "Nobody" is not known; there are'),
    ("probes?department=Borgou", 'department: "Borgou" is not known; there are BJ-AK'),
    ("probes?technology=fiber", 'technology: "fiber" is no technology; allowed are fibre'),
    ("series?group=operator,commune", 'group: "commune" is not allowed; allowed are operator,department'),
    ("series?group=operator,", 'group: "" is not allowed'),
    ("series?country=Benin", 'country: "Benin" is no country'),
    ("series?grain=week", 'grain: "week" is not allowed; allowed are day,hour'),
    ("series?quantile=1", 'quantile: "1" is no quantile; write a number between 0 and 1'),
    ("series?quantile=0.0", 'quantile: "0.0" is no quantile'),
    ("series?zone=town", 'zone: "town" is not allowed; allowed are urban,rural'),
    ("series?target_kind=nas", 'target_kind: "nas" is not allowed; allowed are resolver'),
    ("series?metric=colour", 'metric: "colour" is no metric'),
    ("indicators?indicator=PER0", 'indicator: "PER0" is no indicator; there are ACC1'),
    ("indicators?year=24", 'year: "24" is no year'),
    ("indicators?version=-1", 'version: "-1" is no version'),
    ("indicators?version=1", 'version: "1" is not known; there are 0'),
    ("checks?format=xml", 'format: "xml" is no format; allowed are json, csv and ndjson'),
    ("results?target=%ff", "target: is not valid UTF-8"),
    ("results?target=" + 300 * "x", "target: longer than 255"),
])
@pytest.mark.quick
def test_bad_parameters_are_named(numbers, path, says):
    reply = get(numbers, f"/api/v1/{path}", numbers.key)
    assert (reply.status, reply.problem()) == (400, "parameter")
    assert reply.json()["detail"].startswith(says)


def test_text_is_data_not_sql(numbers):
    assert rows(numbers, "/api/v1/results?target=%27%20OR%201%3D1%20--", numbers.key) == []


def test_description_says_what_the_api_takes(numbers):
    reply = get(numbers, "/openapi.yaml")
    assert reply.headers["Content-Type"] == "application/yaml"
    api = yaml.safe_load(reply.body)
    for path, methods in api["paths"].items():
        if "get" not in methods:
            continue
        names = [p["name"] for p in methods["get"].get("parameters", [])]
        path = path.replace("{language}", "fr")
        if not path.startswith("/api/v1/") or "format" not in names:
            assert get(numbers, path + ("?nonce=12345678" if path.endswith("time") else "")).status in (200, 302), path
            continue
        detail = get(numbers, f"{path}?nope=1", numbers.key).json()["detail"]
        assert set(detail.split("allowed are ")[1].split(", ")) == set(names), path
        properties = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]["items"]["properties"]
        found = rows(numbers, f"{path}?limit=1", numbers.key)
        # these probes measure no such thing, nobody brought events or plans, no year is closed
        assert found or path in ("/api/v1/edns", "/api/v1/events", "/api/v1/plans", "/api/v1/versions"), path
        assert not found or set(found[0]) <= set(properties), path


# ---- bounded memory ----

def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])


def test_a_million_rows_in_bounded_memory(numbers):
    count = 100_000 if ASAN else 1_000_000
    numbers.sql("SELECT partition_make('result', '2023-06-01')")
    numbers.sql("""INSERT INTO result (at, batch_no, probe_no, target_no, task_no, bytes, check_no, ordinal, af, outcome, metrics)
        SELECT '2023-06-02'::timestamptz + n * interval '10 ms', 0, (SELECT min(probe_no) FROM probe),
               (SELECT min(target_no) FROM target), (SELECT min(task_no) FROM task), 840, 1, 0, 4, 0, '{1,2,3,4,5,6,10,10,0,0,0}'
        FROM generate_series(1, %s) n""", count)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", numbers.port, timeout=120)
        connection.request("GET", "/api/v1/results?format=ndjson&from=2023-06-01&to=2023-06-30",
                           headers={"Authorization": f"Bearer {numbers.key}"})
        reply = connection.getresponse()
        before, peak, lines, size = resident_kb(numbers.process.pid), 0, 0, 0
        while piece := reply.read(1 << 20):
            lines += piece.count(b"\n")
            size += len(piece)
            peak = max(peak, resident_kb(numbers.process.pid))
        connection.close()
        assert lines == count and size > 200 * count
        # ASan keeps what was freed in quarantine.
        assert peak - before < (400_000 if ASAN else 8_000), f"{before} kB grew to {peak} kB over {size} bytes"
    finally:
        numbers.sql("DROP TABLE result_2023_06")


def test_a_reader_who_leaves_frees_the_connection(numbers):
    """More readers than the pool has connections, none of which reads to the end."""
    for _ in range(12):
        connection = http.client.HTTPConnection("127.0.0.1", numbers.port, timeout=30)
        connection.request("GET", "/api/v1/results", headers={"Authorization": f"Bearer {numbers.key}"})
        assert connection.getresponse().read(10)
        connection.sock.close()
        connection.close()
    assert len(rows(numbers, "/api/v1/results?limit=3", numbers.key)) == 3


# ---- rollups and indicators ----

def test_rollup_makes_the_same_again(numbers):
    dump = "SELECT to_jsonb(r)::text FROM {} r WHERE day >= '2024-01-01' AND day < '2025-01-01' ORDER BY 1"
    before = [numbers.sql(dump.format(t)) for t in ("rollup_day", "rollup_day_sketch")]
    assert len(before[0]) == PROBES * len(DAYS) * 7
    numbers.run("rollup", "--from", "2024-03-02", "--to", "2024-03-06")
    assert [numbers.sql(dump.format(t)) for t in ("rollup_day", "rollup_day_sketch")] == before


def quantile(values, q):
    values = sorted(values)
    below = int(q * (len(values) - 1))
    part = q * (len(values) - 1) - below
    return values[below] + part * (values[min(below + 1, len(values) - 1)] - values[below])


def figure(numbers, indicator, statistic, **cell):
    wanted = dict({"geo": None, "operator": None, "technology": None, "family": None}, **cell)
    found = [f for f in rows(numbers, f"/api/v1/indicators?year={YEAR}&indicator={indicator}")
             if f["statistic"] == statistic and all(f[k] == v for k, v in wanted.items())]
    assert len(found) == 1, found
    return found[0]


ORDER = ("order95", None, None)  # how an interval is made, why there is none, and how many lines it takes


@pytest.mark.quick
def test_indicators_are_what_the_definitions_say(numbers):
    # A value a line, however many its days are.
    resolution = [20 + 4 * p + (len(DAYS) - 1) / 2 + 2 for p in range(PROBES)]
    speed = [10 + 5 * p for p in range(PROBES)]
    domestic = [10 + p for p in range(PROBES)]
    expected = [
        # Only ok answers of the line's resolver: neither the SERVFAIL of 300 ms nor what others answer in 2 and 900 ms.
        ("PER1", "p50", quantile(resolution, 0.5), 0.02, ORDER),
        # A timeout and a SERVFAIL of seven questions, on every line alike: how far other lines may be is not known.
        ("PER2", "mean", round(100 * 2 / 7, 2), 1e-9, (None, "alike", 12)),
        # Only targets in the country; both families together.
        ("PER3", "p50", quantile(domestic, 0.5), 0.02, ORDER),
        ("PER5", "p10", quantile(speed, 0.1), 0.02, (None, "lines", 36)), ("PER5", "p50", quantile(speed, 0.5), 0.02, ORDER),
        ("PER5", "p90", quantile(speed, 0.9), 0.02, (None, "lines", 36)),
        ("PER8", "mean", 10, 1e-6, (None, "alike", 12)),
    ]
    for indicator, statistic, value, within, interval in expected:
        f = figure(numbers, indicator, statistic)
        assert f["value"] == pytest.approx(value, rel=within), f
        # In steps, and to two digits: 16 probes are "10 to 19", 128 days "about 130".
        assert (f["n_probes"], f["n_days"], f["n_networks"]) == (10, 130, 10)
        assert f["floor"] == "met" and f["source"] == "measured"
        assert (f["interval_kind"], f["interval_why"], f["interval_lines"]) == interval, f
        assert interval != ORDER or f["low"] < f["value"] < f["high"]
    assert figure(numbers, "PER1", "p50")["n_samples"] == 5 * PROBES * len(DAYS) == 640
    assert figure(numbers, "PER3", "p50", family="ipv6")["n_samples"] == 130
    # A twentieth of sixteen lines is not one line.
    tail = figure(numbers, "PER1", "p95")
    assert (tail["floor"], tail["value"], tail["note"]) == ("hidden", None, "too few lines for this percentile")
    # Analysts have the numbers as they are.
    assert numbers.sql("SELECT n_probes, n_days, n_networks FROM indicator_value WHERE indicator = 'PER8' AND geo IS NULL "
                       "AND operator IS NULL AND technology IS NULL") == [(PROBES, PROBES * len(DAYS), PROBES)]


def test_small_cells_are_not_published(numbers):
    large = figure(numbers, "PER1", "p50", operator="Grand")
    assert large["floor"] == "met" and large["n_probes"] == 10 and large["interval_kind"] == "order95"
    small = figure(numbers, "PER1", "p50", operator=OPERATORS[GRAND])
    assert small["floor"] == "n<5" and "counted in the figure of all lines" in small["note"]
    assert [small[k] for k in ("value", "low", "high", "n_samples", "n_failed", "n_days", "n_probes", "n_networks")] == [None] * 8
    assert figure(numbers, "PER1", "p50", operator="Grand", geo="BJ-LI")["floor"] == "hidden", "in one word"


def test_series_keep_the_floor_for_everybody_and_open_to_analysts(numbers):
    path = f"/api/v1/series?check=throughput&metric=down_mbps&from={DAYS[0]}&to={DAYS[1]}"
    whole = rows(numbers, path)
    assert [r["day"] for r in whole] == [str(d) for d in DAYS[:2]]
    assert whole[0]["p50"] == pytest.approx(47.5, rel=0.02) and whole[0]["n_probes"] == whole[0]["n_networks"] == 10
    assert whole[0]["p10"] is None
    assert get(numbers, f"{path}&group=operator,technology").problem() == "key"
    opened = rows(numbers, path + "&department=BJ-AK", numbers.key)
    assert opened[0]["n_probes"] == 5 and opened[0]["p50"] == pytest.approx(60 - 15 + 5, rel=0.02)
    one = f"{path}&probe={list(numbers.sent)[0]}"
    assert get(numbers, one).status == 401
    assert rows(numbers, one, numbers.key)[0]["p50"] == pytest.approx(10, rel=0.02)


def test_command_prints_what_the_api_says(numbers):
    api = rows(numbers, f"/api/v1/indicators?year={YEAR}")
    assert json.loads(numbers.run("indicators", "--year", str(YEAR), "--format", "json")) == api
    records = table(numbers.run("indicators", "--year", str(YEAR)))
    assert len(records) == len(api)
    for record, f in zip(records, api):
        assert record["indicator"] == f["indicator"]
        assert record["value"] == ("" if f["value"] is None else str(record["value"]))
        assert f["value"] is None or float(record["value"]) == f["value"]
    assert json.loads(numbers.run("indicators", "--year", "1999", "--format", "json")) == []


def test_figures_stay_equal_when_made_again(numbers):
    before = rows(numbers, f"/api/v1/indicators?year={YEAR}")
    numbers.run("rollup", "--from", f"{YEAR}-01-01", "--to", f"{YEAR}-12-31")
    after = rows(numbers, f"/api/v1/indicators?year={YEAR}")
    for row in before + after:
        del row["retrieved"]
    assert before == after


def test_explain_tells_method_and_inputs(numbers):
    text = numbers.run("indicators", "explain", "PER5")
    for part in ("PER5", "Mbit/s", "p10, p50, p90", "FROM day_number"):
        assert part in text
    assert re.search(rf"{YEAR} BJ measured: samples 128, without a result 0, probe-days 128, probes 16, of these silent 0, networks 16", text)
    numbers.run("indicators", "explain", "PER0", status=2)
    numbers.run("indicators", status=2)
    numbers.run("indicators", "--year", "24", status=2)


def test_serve_makes_figures_by_itself(numbers):
    numbers.stop()
    numbers.settings = {}
    numbers.move(numbers.port)
    numbers.start()
    late = numbers.probe(commune="late")
    numbers.stored(late.batch([dns(datetime.date(2022, 1, 5), 1, 44.0)]))
    numbers.sql("UPDATE probe_context SET valid_from = '2021-01-01' WHERE commune = 'late'")
    numbers.sql("UPDATE probe SET enrolled_at = '2021-01-01', confirmed_at = now(), confirmed_by = 'tests' WHERE probe = %s", late.id)
    until = time.monotonic() + 60
    while not (found := rows(numbers, "/api/v1/indicators?year=2022&indicator=PER1")):
        assert time.monotonic() < until, numbers.log.read_text()
        time.sleep(0.5)
    assert {f["floor"] for f in found} == {"n<5"} and found[0]["value"] is None
    assert found[0]["note"] == "not enough lines yet: none of 5"
    assert "2022 BJ measured: samples -, without a result -, probe-days -" in numbers.run("indicators", "explain", "PER1")
    numbers.run("probe", "revoke", late.id)
    numbers.stop()
    numbers.start_idle()


# ---- imports ----

HEADER = "indicator,country,zone,period,value,unit,source,source_url,retrieved,margin\n"


def imported(numbers, year):
    return {(f["source"], f["zone"]): f for f in rows(numbers, f"/api/v1/indicators?indicator=ACC1&year={year}")}


def test_import(numbers, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text(HEADER + "ACC1,BJ,,2019,30.5,% of population,INStaD,https://instad.bj/,2020-01-31,2.5\n"
                    "ACC1,BJ,rural,2019,18,% of population,INStaD,,2020-01-31,\n"
                    "ACC1,BJ,,2019,31,% of population,ITU,,2020-01-31,\n")
    numbers.run("import", "csv", path)
    got = imported(numbers, 2019)
    assert {k: f["value"] for k, f in got.items()} == {("INStaD", None): 30.5, ("INStaD", "rural"): 18, ("ITU", None): 31}
    whole = got["INStaD", None]
    assert (whole["low"], whole["high"], whole["interval_kind"]) == (28, 33, "margin")
    assert whole["kind"] == "imported" and whole["retrieved"] == "2020-01-31" and not whole["simulated"]
    # The same key again replaces, another source stays beside it.
    path.write_text(HEADER + "ACC1,BJ,,2019,32,% of population,INStaD,,2020-06-30,\n")
    numbers.run("import", "csv", path)
    got = imported(numbers, 2019)
    assert len(got) == 3 and got["INStaD", None]["value"] == 32 and got["INStaD", None]["low"] is None
    # Imports survive a refresh.
    numbers.run("rollup")
    assert imported(numbers, 2019) == got


def test_goals_are_held_against_figures(numbers, tmp_path):
    def stands(year):
        told = csv.DictReader(numbers.run("indicators", "goals", "--year", str(year)).splitlines())
        return {g["source"]: g["standing"] for g in told if (g["country"], g["indicator"], g["by_year"]) == ("BJ", "ACC1", "2030")}

    assert stands(2021) == {}, "nobody had set it"
    path = tmp_path / "figures.csv"
    path.write_text(HEADER.strip() + ",age_group\n" + "".join(
        f"ACC1,BJ,,{year},{value},% of population,{source},,2025-01-31,,{ages}\n" for source, year, value, ages in (
            ("fast", 2022, 40, "15+"), ("fast", 2024, 56, "15+"), ("slow", 2022, 40, "15+"), ("slow", 2024, 52, "15+"),
            ("once", 2024, 99, "15+"), ("there", 2023, 100, "15+"), ("everybody", 2023, 100, ""))))
    numbers.run("import", "csv", path)
    wanted = {"fast": "on the way", "slow": "late", "once": "no data", "there": "reached", "everybody": "other ages"}
    assert stands(2024).items() >= wanted.items()  # beside what other tests imported
    over_http = {g["source"]: g["standing"] for g in rows(numbers, "/api/v1/goals?country=BJ&indicator=ACC1&year=2024")}
    assert over_http == stands(2024)


def test_import_takes_nothing_of_a_bad_file(numbers, tmp_path):
    path = tmp_path / "bad.csv"
    for line, says in [("ACC1,BJ,,2018,\"1,5\",% of population,X,,2020-01-31,\n", 'line 3: column value: "1,5" is no number here: decimals stand behind a point; write 1.5'),
                       ("ACC1,BJ,town,2018,1,% of population,X,,2020-01-31,\n", 'line 3: column zone: "town" is no zone')]:
        path.write_text(HEADER + "ACC1,BJ,,2018,1,% of population,INStaD,,2020-01-31,\n" + line)
        done = subprocess.run(numbers.command("import", "csv", path), capture_output=True, text=True, timeout=60,
                              env=os.environ | numbers.env)
        assert done.returncode == 1 and f"{path}: {says}" in done.stderr
        assert imported(numbers, 2018) == {}
    path.write_text("indicator,country,geo,period,value,unit,source,retrieved\n"
                    "ACC1,BJ,BJ-XX,2018,1,% of population,INStaD,2020-01-31\n")
    done = subprocess.run(numbers.command("import", "csv", path), capture_output=True, text=True, timeout=60,
                              env=os.environ | numbers.env)
    assert done.returncode == 1 and "line 2: column geo: BJ-XX is no department of BJ; there are: BJ-AK" in done.stderr
    assert imported(numbers, 2018) == {}
    numbers.run("import", "xml", path, status=2)


def test_every_column_can_be_imported(numbers, tmp_path):
    path = tmp_path / "whole.csv"
    header = numbers.run("import", "--template").splitlines()[0]
    path.write_text(f"{header}\nACC1,BJ,BJ-BO,isocel,fibre,urban,female,15-24,a plan,tertiary,2017-S1,12.5,% of population,1200,0.5,"
                    "INStaD 3/2017,a survey,INStaD,https://instad.bj/,2020-01-31,\"a note, with a comma\"\n")
    numbers.run("import", "csv", path)
    numbers.run("import", "csv", path)
    assert numbers.sql("SELECT operator, n_samples, low, high, sex, plan, item, visa, note FROM indicator_value WHERE period = '2017-S1'") == \
        [("ISOCEL", 1200, 12.0, 13.0, "female", "a plan", "tertiary", "INStaD 3/2017", "a note, with a comma")]


def test_template_can_be_imported_once_its_example_is_replaced(numbers, tmp_path):
    path = tmp_path / "template.csv"
    path.write_text(numbers.run("import", "--template"))
    assert "line 2: column note: this line is the template's example" in numbers.run("import", "csv", path, status=1)
    path.write_text(path.read_text().replace("an example: replace this line", ""))
    numbers.run("import", "csv", path)
    assert len(table(path.read_text())[0]) == 21


# ---- pages ----

VOID = {"meta", "link", "path", "rect", "circle", "br", "input", "img"}


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.stack, self.ids, self.refs, self.words, self.tags, self.links = [], [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        assert "style" not in attrs and not any(name.startswith("on") for name in attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        for name in ("aria-labelledby", "aria-describedby"):
            self.refs += attrs.get(name, "").split()
        if "href" in attrs:
            self.links.append(attrs["href"])
        assert "src" not in attrs
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if "style" not in self.stack:
            self.words.append(data)

    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(numbers, path):
    reply = get(numbers, path)
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/html; charset=utf-8"
    return reply, Page(reply.body.decode())


@pytest.mark.parametrize("accept, to", [
    (None, "/fr/"), ("", "/fr/"), ("fr", "/fr/"), ("en", "/en/"), ("en-GB,en;q=0.9,fr;q=0.8", "/en/"),
    ("fr-BJ,en;q=0.9", "/fr/"), ("de", "/fr/"), ("de,en;q=0.1", "/en/"), ("en;q=0.5, fr;q=0.7", "/fr/"), ("*", "/fr/"),
    ("fr;q=0,*", "/en/"), ("EN", "/en/"),
])
def test_root_leads_to_the_reader_s_language(numbers, accept, to):
    reply = numbers.request("GET", "/", headers={"Accept-Language": accept})
    assert (reply.status, reply.headers["Location"], reply.headers["Vary"]) == (302, to, "Accept-Language")


@pytest.mark.quick
@pytest.mark.parametrize("lang, speed, other", [("fr", "25,1", "/en/"), ("en", "25.1", "/fr/")])
def test_page_is_light_closed_and_accessible(numbers, lang, speed, other):
    reply, p = page(numbers, f"/{lang}/")
    assert len(reply.body) < 50_000
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff" and reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Content-Language"] == lang
    tags = [tag for tag, _ in p.tags]
    assert dict(p.tags[0][1]) == {"lang": lang} and p.tags[0][0] == "html"
    assert not {"script", "img", "iframe", "object", "form"} & set(tags)
    assert tags.count("h1") == 1 and tags.count("main") == 1 and tags.count("caption") == tags.count("table") > 0
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in p.tags if tag == "th")
    assert len(p.ids) == len(set(p.ids)) and set(p.refs) <= set(p.ids)
    drawings = [attrs for tag, attrs in p.tags if tag == "svg"]
    assert drawings and all(a["role"] == "img" and a["aria-labelledby"] for a in drawings)
    assert tags.count("title") == tags.count("desc") + 1 == len(drawings) + 1
    assert other in p.links
    # What lacks a figure is listed, and each reason said once.
    why = {"fr": "Aucun chiffre n’a encore été importé", "en": "No figure was imported yet"}[lang]
    assert p.text().count(why) == 1 and "(ACC2) · " in p.text()
    for link in p.links:
        assert link.startswith(("/", "#", "data:,", "https://instad.bj/")), link
        if link.startswith("#"):
            assert link[1:] in p.ids


def test_style_is_the_one_that_the_policy_allows(numbers):
    reply, _ = page(numbers, "/fr/")
    style = re.search(rb"<style>(.*?)</style>", reply.body, re.S)[1]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" in reply.headers["Content-Security-Policy"]


def shown(value, decimals, lang):
    return f"{value:.{decimals}f}".replace(".", "," if lang == "fr" else ".")


WHY_NONE = {"fr": {"lines": "pas d’intervalle : il faut {} lignes", "alike": "pas d’intervalle : trop de lignes disent la même chose"},
            "en": {"lines": "no interval: it takes {} lines", "alike": "no interval: too many lines say the same"}}


@pytest.mark.quick
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_page_shows_the_figures_of_the_api(numbers, lang):
    _, p = page(numbers, f"/{lang}/")
    words = p.text()
    for indicator, statistic, decimals in [("PER1", "p50", 1), ("PER2", "mean", 2), ("PER3", "p50", 1),
                                           ("PER5", "p10", 1), ("PER5", "p90", 1), ("PER8", "mean", 2)]:
        f = figure(numbers, indicator, statistic)
        assert f" {shown(f['value'], decimals, lang)} " in words, (indicator, words)
        if f["interval_why"]:
            assert WHY_NONE[lang][f["interval_why"]].format(f["interval_lines"]) in words
        else:
            assert f"{shown(f['low'], decimals, lang)} – {shown(f['high'], decimals, lang)}" in words
        assert f[f"name_{lang}"] in words
    assert re.search("16 sondes actives en [0-9]{4} ; 3 départements en ont 5 ou plus" if lang == "fr" else
                     "16 active probes in [0-9]{4}; 3 departments have 5 or more", words)
    assert ("10–19 sondes" if lang == "fr" else "10–19 probes") in words
    assert ("130 sondes-jours" if lang == "fr" else "130 probe-days") in words
    assert "n<5" in words  # the small operator
    assert ("heure de Porto-Novo" if lang == "fr" else "Porto-Novo time") in words


def test_page_says_what_is_provisional_and_hides_no_markup(numbers, own_collector):
    reply, p = page(numbers, "/fr/")
    assert b"<b>Petit" not in reply.body and b"&lt;b&gt;Petit &amp; Cie" in reply.body
    assert "Pas encore assez de lignes" not in p.text()
    c = own_collector.start_idle()
    c.everybodys(TARGETS)
    _, empty = page(c, "/fr/")
    assert "premiers chiffres" in empty.text() and "svg" not in [tag for tag, _ in empty.tags]
    probe = c.probe(operator="Grand")
    c.stored(probe.batch([dns(datetime.date.today(), 0, 31.0)], sealed_at=wire.now()))
    counted(c, datetime.date.today() - datetime.timedelta(days=60))
    c.run("rollup")
    _, first = page(c, "/fr/")
    words = first.text()
    assert f"1 sonde active en {datetime.date.today().year}." in words
    assert "Pas encore assez de lignes" in words and "1 ou 2 sur 5" in words and " 31," not in words
    assert "svg" not in [tag for tag, _ in first.tags]
    _, english = page(c, "/en/")
    assert "Not enough lines yet" in english.text() and "1 or 2 of 5" in english.text() and " 31." not in english.text()


def test_simulated_figures_say_so(own_collector):
    c = own_collector.start_idle()
    c.everybodys(TARGETS)
    today = datetime.date.today()
    for line in range(5):
        c.stored(c.probe().batch([dns(today - datetime.timedelta(days=d), line, 31.0) for d in range(6)]))
    c.sql("UPDATE probe SET simulated = true")
    counted(c, today - datetime.timedelta(days=60))
    c.run("rollup")
    figures = rows(c, "/api/v1/indicators")
    assert figures and all(f["simulated"] and f["source"] == "simulated" for f in figures)
    assert "Données simulées" in page(c, "/fr/")[1].text() and "simulated" in page(c, "/en/")[1].text()


def test_many_readers_at_once(numbers):
    wrong = []

    def read():
        for path in ("/fr/", "/en/", "/api/v1/indicators", "/api/v1/series?check=dns"):
            if get(numbers, path).status != 200:
                wrong.append(path)

    readers = [threading.Thread(target=read) for _ in range(12)]
    for r in readers:
        r.start()
    for r in readers:
        r.join()
    assert wrong == []
