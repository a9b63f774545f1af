"""Numbers that cannot be: each is kept as it was signed, listed with what is wrong, and no figure is made of it."""
import csv
import datetime
import io
import json

import pytest

import ranges
import wire
from conftest import wait_until
from wire import ping

WRONG = [
    ("ping", {"rtt_min_ms": -1}, "ping: rtt_min_ms is -1; 0 is the least that is allowed"),
    ("ping", {"rtt_p50_ms": 3e38}, "ping: rtt_p50_ms is 3e+38; 3600000 is the most that is allowed"),
    ("ping", {"sent": 2, "loss": 1.5}, "ping: loss is 1.5; 1 is the most that is allowed"),
    ("ping", {"sent": 1e-30, "rcvd": 3e38}, "ping: sent is 1e-30; 1 is the least that is allowed"),
    ("ping", {"sent": 0, "rcvd": 0}, "ping: sent is 0; 1 is the least that is allowed"),
    ("ping", {"sent": 10, "rcvd": 9.5}, "ping: rcvd is 9.5; it has to be a whole number"),
    ("ping", {"sent": 10, "rcvd": 11}, "ping: rcvd is 11; sent, which is 10, is the most that is allowed"),
    ("ping", {"rcvd": 11}, "ping: rcvd is 11; it says nothing without sent"),
    ("ping", {"sent": 10, "rcvd": 9, "loss": 0.2}, "ping: loss is 0.2; sent of 10 and rcvd of 9 make it 0.1"),
    ("ping", {"rtt_min_ms": 3, "rtt_p50_ms": 2}, "ping: rtt_min_ms is 3; rtt_p50_ms, which is 2, is the most that is allowed"),
    ("ping", {"rtt_p95_ms": 3, "rtt_max_ms": 2}, "ping: rtt_p95_ms is 3; rtt_max_ms, which is 2, is the most that is allowed"),
    ("dns", {"rcode": 4096}, "dns: rcode is 4096; 4095 is the most that is allowed"),
    ("throughput", {"down_mbps": -5}, "throughput: down_mbps is -5; 0 is the least that is allowed"),
    ("traceroute", {"reached": 0.5}, "traceroute: reached is 0.5; it has to be a whole number"),
    ("edns", {"tests": 1, "passed": 2}, "edns: passed is 2; tests, which is 1, is the most that is allowed"),
]
MINE = "JOIN probe USING (probe_no) WHERE probe = %s"


def results(check, metrics):
    return ping(check=check, task="t", metrics=metrics, detail={})


@pytest.mark.quick
def test_what_cannot_be_is_listed_and_kept(collector, probe):
    batch = probe.batch([results(check, metrics) for check, metrics, _ in WRONG] + [ping()])
    assert collector.stored(batch)["problems"] == len(WRONG)
    assert collector.sql(f"SELECT ordinal, reason, detail FROM result_problem {MINE} ORDER BY 1", probe.id) == [
        (n, "out_of_range", says) for n, (_, _, says) in enumerate(WRONG)]
    assert collector.sql(f"SELECT ordinal FROM result {MINE}", probe.id) == [(len(WRONG),)]
    assert [bytes(body) for body, in collector.sql(f"SELECT body FROM batch_body {MINE}", probe.id)] == [batch]


def test_readers_agree():
    """The tests' reader of ranges.tsv, which holds what agents measure, and the collector's."""
    for check, metrics, _ in WRONG:
        assert ranges.broken(results(check, metrics)), metrics
    assert not ranges.broken(ping())


def figures(collector):
    """All that is published, and the share of packets that came back, which no floor hides."""
    collector.run("rollup")
    published = collector.sql("SELECT indicator, period, statistic, geo, operator, value, n_samples FROM indicator_value ORDER BY 1, 2, 3, 4, 5, 6")
    [(share,)] = collector.sql("SELECT sum(sum) FILTER (WHERE metric = 'rcvd') / sum(sum) FILTER (WHERE metric = 'sent') "
                               "FROM day_metric WHERE check_name = 'ping'")
    return published, share


def test_no_figure_moves(own_collector):
    """One line whose numbers are mad, beside six honest ones: the country's figures stay what they were."""
    c = own_collector.start_idle()
    day = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)
    probes = [c.probe(department="BJ-BO", commune=f"commune {n}", technology="fibre", operator="Grand") for n in range(7)]
    for n, probe in enumerate(probes):
        c.stored(probe.batch([ping(at=wire.stamp(day), metrics={"rtt_min_ms": 5 + n, "rtt_p50_ms": 5 + n, "sent": 10,
                                                                "rcvd": 9, "loss": 0.1})]))
    c.sql("UPDATE probe_context SET valid_from = '2020-01-01'")
    c.sql("UPDATE publication_floor SET lifted = true")  # what is a figure, not what may be shown
    published, share = before = figures(c)
    assert share == 0.9 and "PER8" in [indicator for indicator, *_ in published]
    c.stored(probes[0].batch([results(check, metrics) | {"at": wire.stamp(day)} for check, metrics, _ in WRONG]))
    assert figures(c) == before
    c.run("rebuild")
    assert figures(c) == before


# What a program that knew no ranges made of it.
AS_BEFORE = """
    INSERT INTO result (at, batch_no, probe_no, task_no, bytes, check_no, ordinal, af, outcome, metrics)
    SELECT %s::timestamptz, p.batch_no, p.probe_no, t.task_no, 840, k.check_no, p.ordinal, 4, 0,
           (SELECT array_agg(given.value::real ORDER BY m.position) FROM metric m LEFT JOIN jsonb_each_text(%s) given ON given.key = m.name
            WHERE m.check_no = k.check_no)
    FROM result_problem p JOIN check_kind k ON k.name = %s, task t WHERE p.batch_no = %s"""


def test_a_range_that_comes_later_counts_for_what_is_there(own_collector):
    c = own_collector
    c.start_idle()
    day, probe = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3), c.probe()
    c.stored(probe.batch([ping(at=wire.stamp(day))]))
    [(good,)] = c.sql("SELECT max(batch_no) FROM batch_key")
    before = figures(c)
    for check, metrics, _ in WRONG:  # each in a batch and on a day of its own
        day -= datetime.timedelta(days=1)
        c.stored(probe.batch([results(check, metrics) | {"at": wire.stamp(day)}]))
        [(batch,)] = c.sql("SELECT max(batch_no) FROM batch_key")
        c.sql(AS_BEFORE, day, json.dumps(metrics), check, batch)
    listed = c.sql("SELECT batch_no, ordinal, reason, detail FROM result_problem ORDER BY 1")
    c.sql("DELETE FROM result_problem")
    c.sql("SELECT rollup_mark(current_date - 30, current_date)")
    assert figures(c) != before and c.sql("SELECT count(*) FROM result") == [(1 + len(WRONG),)]
    # And one that was forbidden then.
    c.sql("DELETE FROM result WHERE batch_no = %s", good)
    c.sql("INSERT INTO result_problem VALUES (%s, (SELECT probe_no FROM probe), 0, 'out_of_range', 'ping: sent is 10; 9 is enough')", good)

    c.run("migrate")
    assert c.sql("SELECT count(*) FROM project_again") == [(0,)]  # these ranges were held to already
    c.sql("UPDATE check_range SET held_to = 'of the program before'")
    c.run("migrate")
    assert c.sql("SELECT batch_no FROM project_again ORDER BY 1") == [(good,)] + [(batch,) for batch, *_ in listed]
    c.stop()
    c.settings = {}
    c.move(c.port)
    c.start()
    wait_until(lambda: c.sql("SELECT count(*) FROM project_again") == [(0,)], what="the projection")
    assert c.sql("SELECT batch_no, ordinal, reason, detail FROM result_problem ORDER BY 1") == listed
    assert c.sql("SELECT batch_no FROM result") == [(good,)] and figures(c) == before


LARGE = {"ping": {"sent": 16777217, "rcvd": 16777217, "rtt_min_ms": 11.2}, "http": {"body_bytes": 16777217, "total_ms": 0.1},
         "throughput": {"bytes_used": 999999999999, "retrans": 4294967295, "down_mbps": 123.4567}}


def test_large_whole_numbers_come_back_exact(own_collector):
    """A float would say 16777216 of the first, and 16777216 of each result that a day sums up."""
    c = own_collector.start_idle()
    probe, key = c.probe(), c.run("key", "create", "tests").strip()
    c.stored(probe.batch([results(check, metrics) for check, metrics in LARGE.items()] * 2))
    c.run("rollup")
    for format, read in (("json", json.loads), ("ndjson", lambda text: [json.loads(line) for line in text.splitlines()]),
                         ("csv", lambda text: list(csv.DictReader(io.StringIO(text))))):
        reply = c.request("GET", f"/api/v1/results?format={format}", headers={"Authorization": f"Bearer {key}"})
        rows = read(reply.body.decode())
        assert len(rows) == 2 * len(LARGE)
        for row in rows:
            got = row if format == "csv" else row["metrics"]
            assert {name: float(got[name]) for name in LARGE[row["check"]]} == LARGE[row["check"]], format
    for check, metrics in LARGE.items():
        assert c.sql(f'SELECT {", ".join(metrics)} FROM "{check}"') == [tuple(metrics.values())] * 2
    for name, value in (("sent", 16777217), ("body_bytes", 16777217), ("bytes_used", 999999999999)):
        assert c.sql("SELECT sum FROM day_metric WHERE metric = %s", name) == [(2 * value,)]


def test_a_boot_of_the_stone_age_harms_no_view(collector, probe):
    """mono_us may be any number of 63 bits, and the wall clock minus it is no time."""
    line = {"boot": "a" * 32, "from_mono_us": 0, "to_mono_us": 60_000_000, "link": "wifi"}
    header = {"boot": "a" * 32, "mono_us": 2**63 - 1, "epochs": [line]}
    late = ping(mono_us=2**63 - 1, sync=False, at="1970-01-01T00:00:05.000000Z")
    assert collector.stored(probe.batch([ping(mono_us=2**63 - 1), late], sync=True, **header))["problems"] == 1
    collector.stored(probe.batch([late], sync=False, **header))
    assert collector.sql(f"SELECT reason FROM result_problem {MINE}", probe.id) == [("clock",)] * 2
    assert collector.sql("SELECT from_at FROM line_epoch WHERE probe = %s", probe.id) == []
    assert collector.sql(f"SELECT count(*) FROM result {MINE}", probe.id) == [(1,)]
