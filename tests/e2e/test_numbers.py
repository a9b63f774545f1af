"""From rows to numbers: the API's formats and levels of access, rollups, indicators, imports."""

import csv
import datetime
import http.client
import json
import os
import re
import subprocess
import time

import pytest
import yaml
from conftest import BUILD
from sixteen import DAYS, GRAND, OPERATORS, PROBES, YEAR, dns, figure, get, rows, sixteen, table

ASAN = "asan" in BUILD.name


@pytest.fixture(scope="module")
def numbers():
    with sixteen() as c:
        yield c


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
