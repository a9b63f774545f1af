"""receive → verify → store: what comes in is stored exactly once, and what is wrong is named."""

import http.client
import os
import re
import signal
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest
import wire
import yaml
from conftest import pages, wait_until
from wire import ping

pytestmark = pytest.mark.long(40)


def problems_of(collector, probe):
    return collector.sql(
        "SELECT ordinal, reason, detail FROM result_problem JOIN probe USING (probe_no) WHERE probe = %s ORDER BY ordinal",
        probe.id)


# ---- the good case ----

@pytest.mark.quick
def test_batch_is_stored_and_projected(collector, probe):
    at = wire.now(minutes=3)
    plain = probe.batch([ping(at=at), ping(at=at, outcome="timeout", addr=None, af=None, metrics={"sent": 10, "rcvd": 0})])
    ack = collector.stored(plain)
    assert ack["probe"] == probe.id and ack["problems"] == 0
    assert ack["heads"] == [{"chain": probe.chain, "seq": 1, "hash": wire.batch_hash(plain)}]
    rows = collector.sql(
        "SELECT target, target_kind, task, af, host(addr), outcome, bytes, rtt_min_ms, rtt_p95_ms, sent, rcvd, ordinal, "
        "to_char(at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM ping WHERE probe = %s ORDER BY ordinal", probe.id)
    first, second = rows
    assert first[:7] == ("ns1.nic.bj", "cctld", "ping-ns1", 4, "154.65.28.218", "ok", 840)
    assert first[7:11] == (pytest.approx(11.2, rel=1e-6), None, 10, 10) and first[11:] == (0, at)
    assert second[3:6] == (None, None, "timeout") and second[7:11] == (None, None, 10, 0)


@pytest.mark.quick
def test_ledger_keeps_the_bytes_as_they_came(collector, probe):
    plain = probe.batch([ping()])
    collector.stored(plain)
    key = collector.sql(
        "SELECT encode(hash, 'hex'), chain, seq, results, agent, boot, body FROM batch_key JOIN probe USING (probe_no) "
        "JOIN batch_body USING (probe_no, batch_no) WHERE probe = %s", probe.id)
    assert key == [(wire.batch_hash(plain), probe.chain, 1, 1, "0.1.0", probe.boot, plain)]


@pytest.mark.quick
def test_duplicate_gets_the_same_answer_and_changes_nothing(collector, probe):
    plain = probe.batch([ping(), ping(check="nothing-known")])
    first = collector.stored(plain)
    second = collector.stored(plain)
    assert [a["problems"] for a in (first, second)] == [1, 1]
    assert first["heads"] == second["heads"]
    assert (collector.batches_of(probe), collector.results_of(probe)) == (1, 1)


@pytest.mark.quick
def test_late_and_out_of_order(collector, probe):
    batches = [probe.batch([ping()]) for _ in range(4)]
    for n in (2, 0, 3, 1):
        ack = collector.stored(batches[n])
    assert ack["heads"] == [{"chain": probe.chain, "seq": 4, "hash": wire.batch_hash(batches[3])}]
    assert collector.results_of(probe) == 4


def test_heads_name_every_chain(collector, probe):
    first = probe.batch([ping()])
    collector.stored(first)
    old = probe.chain
    probe.chain, probe.seq, probe.prev = os.urandom(16).hex(), 0, None
    second = probe.batch([ping()])
    heads = collector.stored(second)["heads"]
    assert sorted((h["chain"], h["hash"]) for h in heads) == sorted(
        [(old, wire.batch_hash(first)), (probe.chain, wire.batch_hash(second))])


def test_empty_batch_says_that_the_probe_lives(collector, probe):
    assert collector.stored(probe.batch([]))["problems"] == 0
    assert collector.batches_of(probe) == 1


def test_results_of_many_months_find_their_partitions(collector, probe):
    months = [f"{year}-{month:02}-15T12:00:00Z" for year in (2020, 2023, 2026) for month in (1, 6, 10)]
    collector.stored(probe.batch([ping(at=at) for at in months]))
    assert collector.results_of(probe) == len(months)


# ---- bad results in a good batch ----

BAD_RESULTS = {
    "no_json": (b"{not json}\n", "malformed"),
    "cut": (b'{"task":"a","check":"ping"\n', "malformed"),
    "duplicate_member": (b'{"task":"a","task":"b","check":"ping"}\n', "malformed"),
    "nan": (wire.line(**ping()).replace(b"11.2", b"NaN", 1), "malformed"),
    "huge_exponent": (wire.line(**ping()).replace(b"11.2", b"1e999", 1), "malformed"),
    "unknown_outcome": (ping(outcome="splendid"), "malformed"),
    "missing_member": (ping(bytes=None), "malformed"),
    "negative_bytes": (ping(bytes=-1), "malformed"),
    "wrong_family": (ping(af=6), "malformed"),
    "unknown_check": (ping(check="teleport"), "unknown_check"),
    "too_early": (ping(at="2019-12-31T23:59:59Z"), "out_of_range"),
    "too_late": (ping(at=wire.now(days=-2)), "out_of_range"),
    "no_clock": (ping(sync=False, mono_us=99_000_000), "clock"),
}


@pytest.mark.quick
@pytest.mark.parametrize("name", BAD_RESULTS)
def test_bad_result_is_listed_and_its_neighbours_are_stored(collector, probe, name):
    bad, reason = BAD_RESULTS[name]
    assert collector.stored(probe.batch([ping(), bad, ping()]))["problems"] == 1
    (ordinal, found, detail), = problems_of(collector, probe)
    assert (ordinal, found) == (1, reason) and detail
    assert collector.results_of(probe) == 2


# A result's time as a probe may write it → the reason that is listed, or the moment that is kept.
TIMES = {
    "2026-11-20 10:00:00Z": "2026-11-20T10:00:00.000000Z", "2026-11-20t10:00:00z": "2026-11-20T10:00:00.000000Z",
    "2026-11-20T11:00:00.1234567+01:00": "2026-11-20T10:00:00.123456Z", "2026-11-20T10:00:00.1234567890Z": "malformed",
    "2026-11-20T24:00:00Z": "malformed", "2026-11-20T10:00:00+25:00": "malformed", "0000-01-01T00:00:00Z": "out_of_range",
    "0001-01-01T00:00:00+05:00": "out_of_range", "1970-01-01T00:00:00Z": "out_of_range", "9999-12-31T23:59:60Z": "out_of_range",
    "9999-12-31T23:59:59-05:00": "out_of_range",
}


def test_times_that_are_none_are_listed(collector, probe):
    ack = collector.stored(probe.batch([ping(at=at, mono_us=n) for n, at in enumerate(TIMES)]))
    reasons = {ordinal: reason for ordinal, reason, _ in problems_of(collector, probe)}
    kept = dict(collector.sql("SELECT ordinal, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM result "
                              "JOIN probe USING (probe_no) WHERE probe = %s", probe.id))
    assert [reasons.get(n, kept.get(n)) for n in range(len(TIMES))] == list(TIMES.values())
    assert ack["problems"] == len(reasons) and not reasons.keys() & kept.keys()


def test_unknown_metric_is_listed_and_the_rest_projected(collector, probe):
    assert collector.stored(probe.batch([ping(metrics={"rtt_min_ms": 5, "warp": 9})]))["problems"] == 1
    assert problems_of(collector, probe) == [(0, "unknown_metric", "warp")]
    assert collector.sql("SELECT rtt_min_ms FROM ping WHERE probe = %s", probe.id) == [(5,)]


def test_unsynchronised_result_is_corrected_from_the_seal(collector, probe):
    plain = probe.batch([ping(at="1970-01-01T00:00:10Z", sync=False, mono_us=5_000_000)],
                        sealed_at="2026-10-01T12:00:10Z", mono_us=15_000_000)
    assert collector.stored(plain)["problems"] == 0
    assert collector.sql("SELECT at = '2026-10-01T12:00:00Z' FROM ping WHERE probe = %s", probe.id) == [(True,)]


# ---- bad envelopes: each its own problem, nothing stored ----

def bad_envelopes():
    p = wire.Probe()
    lines = wire.line(**ping())
    good = p.file(lines, 1)
    packed = wire.pack(lines)
    header = wire.line(**wire.header_of(good))
    yield "framing", "empty body", b"", 400
    yield "framing", "text", b"hello, hello, hello\n", 400
    yield "framing", "only results", packed, 400
    yield "framing", "cut in the signature", good[:-20], 400
    yield "framing", "something after the signature", good + b"\n", 400
    yield "framing", "a frame in between", p.seal(header, wire.frame(0x184D2A5F, b"hi") + packed), 400
    yield "framing", "packed one too many", p.file(lines, 1, packed=len(packed) + 1), 400
    yield "framing", "a header's frame that lies", good[:4] + b"\xff\xff\0\0" + good[8:], 400
    yield "framing", "a header of 8193 octets", p.seal(header[:-2] + b',"x":"' + b"x" * (8193 - len(header) - 7) + b'"}\n', packed), 400
    yield "header", "no JSON", p.seal(b"hello\n", packed), 400
    yield "header", "of version 1", p.file(lines, 1, batch=1), 400
    yield "header", "probe is no id", p.file(lines, 1, probe="x" * 20 + "!"), 400
    yield "header", "seq 0", p.file(lines, 1, seq=0), 400
    yield "header", "prev is no hash", p.file(lines, 1, seq=2, prev="zz"), 400
    yield "header", "sealed_at is no time", p.file(lines, 1, sealed_at="yesterday"), 400
    yield "header", "gap is no object", p.file(lines, 1, gap=[1]), 400
    yield "header", "10 001 results", p.file(lines, 10_001), 400
    yield "header", "more than 8 MiB of results", p.file(lines, 1, length=(8 << 20) + 1), 400
    yield "header", "33 levels", p.file(lines, 1, x=nested(33)), 400
    yield "header", "a member twice", p.seal(header.replace(b'"seq":1', b'"seq":1,"seq":1'), packed), 400


def nested(depth):
    return [nested(depth - 1)] if depth else []


@pytest.mark.parametrize("slug, batch, status", [pytest.param(s, b, n, id=f"{s}-{t}".replace(" ", "-"))
                                                 for s, t, b, n in bad_envelopes()])
@pytest.mark.quick
def test_envelope_fault_is_named(collector, slug, batch, status):
    reply = collector.push(batch)
    assert (reply.status, reply.problem()) == (status, slug), reply.body


def test_envelope_sizes(collector, tmp_path):
    big = os.urandom((2 << 20) + 1)
    reply = collector.push(big)
    assert (reply.status, reply.problem()) == (413, "too-large")
    (tmp_path / "big").write_bytes(big)
    assert "refused (too-large)" in collector.run("load", tmp_path / "big", status=1)


def test_file_goes_as_it_is(collector, probe):
    reply = collector.push(wire.pack(probe.batch([ping()])), headers={"Content-Encoding": "zstd"})
    assert (reply.status, reply.problem()) == (415, "content-encoding")
    assert collector.batches_of(probe) == 0


@pytest.mark.quick
def test_signature(collector, probe):
    stranger = wire.Probe()
    lines = wire.line(**ping())
    tampered = bytearray(probe.file(lines, 1))
    tampered[-120] ^= 1  # in the packed results
    for batch in (probe.file(lines, 1, key=stranger.key), bytes(tampered)):
        reply = collector.push(batch)
        assert (reply.status, reply.problem()) == (403, "signature")
    assert collector.batches_of(probe) == 0


def test_every_cut_of_a_batch_is_refused(collector, probe):
    plain = probe.batch([ping()])
    for end in range(len(plain)):
        reply = collector.push(plain[:end])
        assert (reply.status, reply.problem()) == (400, "framing"), (end, reply.body)
    assert collector.batches_of(probe) == 0


def test_unknown_probe(collector):
    reply = collector.push(wire.Probe().batch([ping()]))
    assert (reply.status, reply.problem()) == (403, "unknown-probe")


def test_revoked_probe(collector, probe):
    collector.stored(probe.batch([ping()]))
    collector.run("probe", "revoke", probe.id, "--reason", "moved away")
    for _ in range(2):
        reply = collector.push(probe.batch([ping()]))
        assert (reply.status, reply.problem()) == (403, "revoked-probe")
    assert collector.batches_of(probe) == 1
    assert "revoked" in collector.run("probe", "list")
    assert "moved away" in collector.run("probe", "show", probe.id)


def test_metrics_count_what_happened(collector, probe):
    def value(name):
        text = collector.request("GET", "/metrics").body.decode()
        return float(next(l.split()[-1] for l in text.splitlines() if l.startswith(f"internetmetre_{name} ")))

    names = ("batches_stored_total", "batches_known_total", "results_total", "result_problems_total",
             'batches_refused_total{reason="framing"}')
    before = [value(n) for n in names]
    plain = probe.batch([ping(), ping(check="teleport")])
    collector.stored(plain)
    collector.stored(plain)
    collector.push(b"")
    assert [value(n) - b for n, b in zip(names, before)] == [1, 1, 1, 1, 1]
    assert value("database_up") == 1


# ---- what the collector says under its key ----

def test_time_and_schedule_are_signed(collector, probe):
    reply = collector.request("GET", "/api/v1/time?nonce=abcDEF-_0123")
    said = wire.open_statement(collector.public, wire.TIME, reply.body)
    assert said["nonce"] == "abcDEF-_0123" and abs(datetime.fromisoformat(said["at"]).timestamp() - time.time()) < 10
    for nonce in ("", "short", "x" * 65, "%22%22%22%22%22%22%22%22"):
        assert collector.request("GET", f"/api/v1/time?nonce={nonce}").problem() == "nonce"
    reply = collector.request("GET", f"/api/v1/schedule?probe={probe.id}")
    schedule = wire.open_statement(collector.public, wire.SCHEDULE, reply.body)
    assert schedule["version"] >= 1 and any(t["check"] == "ping" for t in schedule["tasks"])
    assert collector.request("GET", "/api/v1/schedule?probe=nobody").problem() == "probe"


@pytest.mark.quick
def test_description_has_every_route_and_no_other(collector):
    """But of the pages, of which a new one is found by its texts, the front alone."""
    folder = Path(__file__).resolve().parents[2] / "collector"
    sources = [path for path in folder.rglob("*.c") if path.parent.name != "target"]
    routes = {(path, method.lower()) for source in sources
              for method, path in re.findall(r'\.method = "([A-Z]+)",\s*\.path = "([^"]+)"', source.read_text())}
    assert len(routes) > 12
    routes |= {(path, "get") for path in ("/", "/openapi.yaml", "/{language}", "/{language}/")}
    api = yaml.safe_load(collector.request("GET", "/openapi.yaml").body)
    described = {(path, method) for path, methods in api["paths"].items() for method in methods if method != "parameters"}
    assert described == routes
    for path, method in routes:  # the tables are served
        path = path.replace("{language}", "fr")
        assert collector.request(method.upper(), path, b"" if method == "post" else None).status not in (404, 405), (path, method)
    assert {"/fr/", "/en/"} <= set(pages())
    for path in pages():
        assert collector.request("GET", path).status == 200, path


def test_description_has_every_member_of_the_answer_to_a_batch(collector, probe):
    api = yaml.safe_load(collector.request("GET", "/openapi.yaml").body)
    described = api["paths"]["/api/v1/batches"]["post"]["responses"]["200"]["content"]["application/x-ndjson"]["schema"]
    first, _, third = probe.batch([ping()]), probe.batch([]), probe.batch([])
    collector.stored(first)
    ack = collector.stored(third)
    assert set(ack) == set(described["properties"]) == set(described["required"])
    for name in ("heads", "missing"):
        assert set(ack[name][0]) == set(described["properties"][name]["items"]["properties"])


def test_wrong_method_and_wrong_path(collector):
    reply = collector.request("DELETE", "/api/v1/batches")
    assert (reply.status, reply.problem(), reply.headers["Allow"]) == (405, "method", "POST")
    assert collector.request("GET", "/nothing/here").problem() == "not-found"
    head = collector.request("HEAD", "/healthz")
    assert (head.status, head.body) == (200, b"")


# ---- exactly once ----

class Sender(threading.Thread):
    """Sends its probe's batches one after the other, each until the collector signs for it."""

    def __init__(self, collector, probe):
        super().__init__(daemon=True)
        self.collector, self.probe = collector, probe
        self.sent, self.results, self.stopping, self.fault = [], 0, False, None

    def run(self):
        try:
            while not self.stopping:
                results = [ping() for _ in range(20)]
                plain = self.probe.batch(results)
                self.deliver(plain)
                self.sent.append(wire.batch_hash(plain))
                self.results += len(results)
        except Exception as e:  # the test's thread raises it
            self.fault = e

    def deliver(self, plain):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                reply = self.collector.push(plain)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            if reply.status == 200:
                ack = wire.open_statement(self.collector.public, wire.ACK, reply.body)
                assert ack["stored"] == [wire.batch_hash(plain)]
                return
            assert reply.status == 503, reply.body
            time.sleep(0.05)
        raise AssertionError("a batch was not taken within a minute")


@pytest.mark.parametrize("victim", ["collector", "postgres"])
def test_exactly_once_under_kill(own_collector, victim):
    own_collector.start()
    senders = [Sender(own_collector, own_collector.probe()) for _ in range(4)]
    for s in senders:
        s.start()
    for round_ in range(10):
        count = sum(len(s.sent) for s in senders)
        wait_until(lambda: sum(len(s.sent) for s in senders) > count + 8 or any(s.fault for s in senders), what="a delivery")
        time.sleep(0.007 * round_)
        if victim == "collector":
            own_collector.kill()
            own_collector.start()
        else:
            pid = own_collector.postmaster()
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: own_collector.postmaster() not in (0, pid), what="PostgreSQL's restart")
    for s in senders:
        s.stopping = True
        s.join(90)
        assert s.fault is None and not s.is_alive(), s.fault
    for s in senders:
        stored = own_collector.sql(
            "SELECT encode(hash, 'hex') FROM batch_key JOIN probe USING (probe_no) WHERE probe = %s ORDER BY seq", s.probe.id)
        assert [h for h, in stored] == s.sent
        assert own_collector.results_of(s.probe) == s.results
    assert own_collector.sql("SELECT count(*), count(DISTINCT batch_no) FROM batch_body") == [
        (sum(len(s.sent) for s in senders),) * 2]
