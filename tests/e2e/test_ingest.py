"""receive → verify → store: what comes in is stored exactly once, and what is wrong is named."""

import http.client
import os
import re
import signal
import subprocess
import threading
import time
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
import wire
import yaml
from conftest import pages, wait_until
from wire import ping

pytestmark = pytest.mark.long(40)


def results_of(collector, probe):
    return collector.sql(
        "SELECT count(*) FROM result JOIN probe USING (probe_no) WHERE probe = %s", probe.id)[0][0]


def problems_of(collector, probe):
    return collector.sql(
        "SELECT ordinal, reason, detail FROM result_problem JOIN probe USING (probe_no) WHERE probe = %s ORDER BY ordinal",
        probe.id)


def batches_of(collector, probe):
    return collector.sql("SELECT count(*) FROM batch_key JOIN probe USING (probe_no) WHERE probe = %s", probe.id)[0][0]


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
    assert (batches_of(collector, probe), results_of(collector, probe)) == (1, 1)


@pytest.mark.quick
def test_late_and_out_of_order(collector, probe):
    batches = [probe.batch([ping()]) for _ in range(4)]
    for n in (2, 0, 3, 1):
        ack = collector.stored(batches[n])
    assert ack["heads"] == [{"chain": probe.chain, "seq": 4, "hash": wire.batch_hash(batches[3])}]
    assert results_of(collector, probe) == 4


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
    assert batches_of(collector, probe) == 1


def test_results_of_many_months_find_their_partitions(collector, probe):
    months = [f"{year}-{month:02}-15T12:00:00Z" for year in (2020, 2023, 2026) for month in (1, 6, 10)]
    collector.stored(probe.batch([ping(at=at) for at in months]))
    assert results_of(collector, probe) == len(months)


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
    assert results_of(collector, probe) == 2


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
    assert batches_of(collector, probe) == 0


@pytest.mark.quick
def test_signature(collector, probe):
    stranger = wire.Probe()
    lines = wire.line(**ping())
    tampered = bytearray(probe.file(lines, 1))
    tampered[-120] ^= 1  # in the packed results
    for batch in (probe.file(lines, 1, key=stranger.key), bytes(tampered)):
        reply = collector.push(batch)
        assert (reply.status, reply.problem()) == (403, "signature")
    assert batches_of(collector, probe) == 0


def test_every_cut_of_a_batch_is_refused(collector, probe):
    plain = probe.batch([ping()])
    for end in range(len(plain)):
        reply = collector.push(plain[:end])
        assert (reply.status, reply.problem()) == (400, "framing"), (end, reply.body)
    assert batches_of(collector, probe) == 0


def test_unknown_probe(collector):
    reply = collector.push(wire.Probe().batch([ping()]))
    assert (reply.status, reply.problem()) == (403, "unknown-probe")


def test_revoked_probe(collector, probe):
    collector.stored(probe.batch([ping()]))
    collector.run("probe", "revoke", probe.id, "--reason", "moved away")
    for _ in range(2):
        reply = collector.push(probe.batch([ping()]))
        assert (reply.status, reply.problem()) == (403, "revoked-probe")
    assert batches_of(collector, probe) == 1
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


# ---- enrolment ----

def test_enrolment_keeps_the_surroundings(collector):
    token = collector.token("--focal-point", "Parakou")
    probe = wire.Probe()
    assert collector.enrol(probe, token, department="Borgou", commune="Parakou", zone="urban", operator="ISOCEL",
                           technology="fibre", tariff="15 000 F", metered=True, contact="a@example.bj").status == 200
    assert collector.sql(
        "SELECT c.country, department, commune, zone, o.name, technology, fp.name, tariff, metered, consent_version "
        "FROM probe JOIN probe_context c USING (probe_no) LEFT JOIN operator o USING (operator_no) "
        "LEFT JOIN focal_point fp USING (focal_point_no) WHERE probe = %s", probe.id,
    ) == [("BJ", "BJ-BO", "Parakou", "urban", "ISOCEL", "fibre", "Parakou", "15 000 F", True, "1")]


def test_probe_show_says_yes_and_no_in_the_readers_language(collector, monkeypatch):
    token = collector.token()
    for metered, words in ((True, ("yes", "oui")), (False, ("no", "non"))):
        probe = wire.Probe()
        assert collector.enrol(probe, token, metered=metered).status == 200
        for locale, word in zip(("en_US.UTF-8", "fr_FR.UTF-8"), words):
            monkeypatch.setitem(collector.env, "LC_ALL", locale)
            shown = collector.run("probe", "show", probe.id).split("\n\n")
            heads, row = next(part for part in shown if "metered" in part).splitlines()
            at = heads.index("metered")
            assert row[at:].split()[0] == word


def test_enrolment_again_is_the_same(collector):
    token = collector.token("--uses", "1")
    probe = wire.Probe()
    assert [collector.enrol(probe, token).status for _ in range(3)] == [200, 200, 200]
    assert collector.sql("SELECT count(*) FROM probe_context JOIN probe USING (probe_no) WHERE probe = %s", probe.id) == [(1,)]
    reply = collector.enrol(wire.Probe(), token)
    assert (reply.status, reply.problem()) == (403, "token-exhausted")


def test_what_is_not_said_again_stays(collector):
    """`enroll --yes`, typed once more to be sure, does not take the probe's place from it; another country does."""
    token, probe = collector.token("--uses", "5"), wire.Probe()
    asked = ("SELECT country, department, commune, zone, technology, isfinite(valid_to) FROM probe_context "
             "JOIN probe USING (probe_no) WHERE probe = %s ORDER BY valid_from")
    here = ("BJ", "BJ-BO", "Parakou", "urban", "fibre")
    collector.enrol(probe, token, department="Borgou", commune="Parakou", zone="urban", technology="fibre")
    collector.enrol(probe, token)
    assert collector.sql(asked, probe.id) == [(*here, False)]
    collector.enrol(probe, token, technology="4g")
    assert collector.sql(asked, probe.id) == [(*here, True), (*here[:4], "4g", False)]
    collector.enrol(probe, token, country="ML")
    assert collector.sql(asked, probe.id)[-1] == ("ML", None, None, None, None, False)


def test_new_surroundings_count_from_now_on(collector):
    probe = wire.Probe()
    collector.enrol(probe, collector.token(), department="BJ-LI", technology="fibre")
    collector.enrol(probe, collector.token(), department="BJ-ZO", technology="4g")
    assert collector.sql(
        "SELECT department, isfinite(valid_to) FROM probe_context JOIN probe USING (probe_no) WHERE probe = %s "
        "ORDER BY valid_from", probe.id) == [("BJ-LI", True), ("BJ-ZO", False)]


@pytest.mark.parametrize("members, slug, names", [
    ({"department": "Atlantis"}, "department", ["BJ-BO (Borgou)", "BJ-ZO (Zou)"]),
    ({"technology": "pigeon"}, "technology", ["fibre", "community"]),
    ({"zone": "orbit"}, "zone", ["urban", "rural"]),
    ({"site": "boat"}, "site", ["school", "health-centre", "town-hall"]),
    ({"country": "benin"}, "request", ["country"]),
    ({"country": "bj"}, "country", ["ISO 3166-1"]),
    ({"consent": None}, "request", ["consent"]),
    ({"commune": "x" * 1000}, "request", ["commune"]),
    ({"metered": "yes"}, "request", ["metered"]),
])
def test_enrolment_names_what_is_wrong(collector, members, slug, names):
    token = collector.token("--uses", "1")
    probe = wire.Probe()
    reply = collector.enrol(probe, token, **members)
    assert reply.status in (400, 422) and reply.problem() == slug
    assert all(name in reply.json()["detail"] for name in names), reply.body
    assert collector.sql("SELECT count(*) FROM probe WHERE probe = %s", probe.id) == [(0,)]
    assert collector.enrol(probe, token).status == 200  # no use was counted


@pytest.mark.quick
def test_enrolment_wants_proof_and_a_good_token(collector):
    probe, thief = wire.Probe(), wire.Probe()
    reply = collector.request("POST", "/api/v1/probes", probe.enrolment(collector.token(), key=thief.key))
    assert (reply.status, reply.problem()) == (403, "signature")
    reply = collector.enrol(probe, "imt_" + "0" * 32)
    assert (reply.status, reply.problem()) == (403, "token")
    revoked = collector.token()
    collector.run("token", "revoke", revoked)
    reply = collector.enrol(probe, revoked)
    assert (reply.status, reply.problem()) == (403, "token-revoked")
    expired = collector.token("--expires", "1s")
    time.sleep(1.1)
    reply = collector.enrol(probe, expired)
    assert (reply.status, reply.problem()) == (403, "token-expired")
    for body in (b"", b"{}\n{}\n", b"x" * 100, b'{"public":"AAAA"}\n{"sig":""}\n'):
        reply = collector.request("POST", "/api/v1/probes", body)
        assert (reply.status, reply.problem()) == (400, "request")


def test_last_use_of_a_token_goes_to_one_probe(collector):
    token = collector.token("--uses", "3")
    statuses = []
    def one():
        statuses.append(collector.enrol(wire.Probe(), token).status)
    threads = [threading.Thread(target=one) for _ in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(statuses) == [200] * 3 + [403] * 9


def test_a_revoked_probe_cannot_enrol_again(collector, probe):
    collector.run("probe", "revoke", probe.id)
    reply = collector.enrol(probe, collector.token())
    assert (reply.status, reply.problem()) == (403, "revoked-probe")


def test_secrets_are_kept_as_hashes_only(collector):
    token, key = collector.token(), collector.run("key", "create", "Université de Parakou").strip()
    assert token.startswith("imt_") and key.startswith("imk_")
    dump = str(collector.sql("SELECT t::text FROM token t UNION ALL SELECT k::text FROM api_key k"))
    assert token[4:] not in dump and key[4:] not in dump
    assert "Université de Parakou" in collector.run("key", "list")


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


# ---- files ----

@pytest.mark.quick
def test_load_twice_changes_nothing(collector, probe, tmp_path):
    by_http, by_file = probe.batch([ping()]), probe.batch([ping(), ping()])
    collector.stored(by_http)
    files = []
    for n, plain in enumerate((by_http, by_file)):
        files.append(tmp_path / f"{n}.zst")
        files[-1].write_bytes(plain)
    out = collector.run("load", *files)
    assert "0.zst: known already" in out and "1.zst: stored" in out
    assert collector.run("load", *files).count("known already\n") == 2
    assert (batches_of(collector, probe), results_of(collector, probe)) == (2, 3)


def test_load_names_bad_files_and_goes_on(collector, probe, tmp_path):
    good = probe.batch([ping()])
    bad = {"cut.zst": good[:50], "stranger.zst": wire.Probe().batch([ping()]),
           "text.zst": b"hello", "empty.zst": b"", "tampered": good[:-120] + b"?" + good[-119:]}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "good").write_bytes(good)
    out = collector.run("load", tmp_path / "absent", *(tmp_path / n for n in bad), tmp_path / "good", status=1)
    for name, reason in {"absent": "file", "cut.zst": "framing", "stranger.zst": "unknown-probe", "text.zst": "framing",
                         "empty.zst": "framing", "tampered": "signature"}.items():
        assert f"{name}: refused ({reason})" in out
    assert "good: stored" in out and results_of(collector, probe) == 1


def test_load_waits_for_no_pipe_and_names_a_path_once(collector, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    out = collector.run("load", tmp_path / "pipe", tmp_path, status=1)
    assert f"{tmp_path}/pipe: refused (file): not a regular file\n" in out
    assert f"{tmp_path}: refused (file): cannot open: Is a directory\n" in out


def test_load_without_serve_starts_the_cluster_for_itself(own_collector, tmp_path):
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stop()
    assert own_collector.postmaster() == 0
    (tmp_path / "b").write_bytes(probe.batch([ping()]))
    assert "stored" in own_collector.run("load", tmp_path / "b")
    assert own_collector.postmaster() == 0
    own_collector.start()
    assert results_of(own_collector, probe) == 1


# ---- the cluster's life ----

def test_one_collector_a_state_directory(collector):
    second = subprocess.run(collector.command("serve"), capture_output=True, text=True, timeout=30,
                            env=os.environ | {"LC_ALL": "en_US.UTF-8"})
    assert second.returncode == 1 and f"process {collector.process.pid}" in second.stderr


def test_commands_share_the_cluster(own_collector):
    """Many commands at once, without a server: one starts PostgreSQL, the last stops it."""
    commands = [subprocess.Popen(own_collector.command("token", "create"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for _ in range(6)]
    for c in commands:
        _, err = c.communicate(timeout=60)
        assert c.returncode == 0, err
    assert own_collector.postmaster() == 0
    assert own_collector.run("token", "list").count("good") == 6


def test_postgres_that_outlived_the_collector_is_adopted(own_collector):
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))
    before = own_collector.postmaster()
    own_collector.kill()
    own_collector.start()
    assert own_collector.postmaster() == before
    own_collector.stored(probe.batch([ping()]))
    assert results_of(own_collector, probe) == 2
    own_collector.stop()
    assert own_collector.postmaster() == 0


def test_stale_pid_file_of_a_power_cut(own_collector):
    """The pid of the file belongs to another process by now: PostgreSQL alone would refuse to start."""
    pid_file = own_collector.state / "postgresql/postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{own_collector.state}/postgresql\n")
    own_collector.start()


def test_long_state_directory(own_collector):
    """Too long for a socket's address: the socket goes elsewhere, where commands find it, too."""
    own_collector.state = own_collector.state.rename(own_collector.state.with_name("long" * 25))
    own_collector.start()
    assert not (own_collector.state / "run/.s.PGSQL.5432").exists()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))


def test_postgres_killed_is_restarted_and_nothing_is_lost(own_collector):
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))
    os.kill(own_collector.postmaster(), signal.SIGKILL)
    plain = probe.batch([ping()])
    unavailable = 0
    def delivered():
        nonlocal unavailable
        reply = own_collector.push(plain)
        if reply.status == 503:
            assert int(reply.headers["Retry-After"]) > 0 and reply.problem() == "unavailable"
            unavailable += 1
            return False
        assert reply.status == 200, reply.body
        return True
    wait_until(delivered, what="the delivery")
    assert unavailable > 0 and results_of(own_collector, probe) == 2
    wait_until(lambda: b"database_restarts_total 1" in own_collector.request("GET", "/metrics").body, what="the count")


def test_cluster_moves_to_a_later_postgres(own_collector):
    """Real pg_upgrade, between two installations of one version of which the second calls itself later."""
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))
    error = own_collector.run("migrate", "--upgrade-cluster", status=1)
    assert "stop the collector first" in error
    own_collector.stop()

    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))[-1]
    major = int(installed.parent.name)
    later = own_collector.config.parent / "later"
    later.mkdir(mode=0o755)
    for program in installed.iterdir():
        (later / program.name).symlink_to(program)
    (later / "postgres").unlink()
    (later / "postgres").write_text(f"""#!/bin/sh
[ "$1" = --version ] && {{ echo "postgres (PostgreSQL) {major + 1}.0"; exit; }}
exec {installed}/postgres "$@"
""")
    (later / "postgres").chmod(0o755)
    out = own_collector.run("migrate", "--upgrade-cluster", path=later)
    assert f"from PostgreSQL {major} to {major + 1}" in out
    assert (own_collector.state / f"postgresql.{major}").is_dir()
    own_collector.start()
    own_collector.stored(probe.batch([ping()]))
    assert results_of(own_collector, probe) == 2
    own_collector.stop()

    # An upgrade that stopped half way is not taken for a fresh start.
    (own_collector.state / "postgresql").rename(own_collector.state / "postgresql.new")
    assert "interrupted" in own_collector.run("token", "list", status=1)


def test_data_of_a_postgres_that_is_not_installed(own_collector):
    (own_collector.state / "postgresql/PG_VERSION").write_text("12\n")
    assert "apt-get install postgresql-12" in own_collector.run("token", "list", status=1)


def test_a_server_instead_of_the_cluster(collector, own_collector):
    """Its owner may do nothing but own the database: no roles, no superuser."""
    collector.sql("CREATE ROLE plain LOGIN")
    collector.sql("CREATE DATABASE elsewhere OWNER plain")
    with own_collector.config.open("a") as config:
        config.write(f"database = postgresql://plain@/elsewhere?host={collector.state}/run\n")
    for words in (("serve",), ("rollup",), ("simulate", "--probes", "1", "--days", "1", "--seed", "1"), ("simulate", "--remove")):
        assert "internetmetre-collector migrate" in own_collector.run(*words, status=1)
    own_collector.run("migrate")
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping(), ping()]))
    assert own_collector.postmaster() == 0
    with psycopg.connect(host=str(collector.state / "run"), dbname="elsewhere", user="plain") as db:
        assert db.execute("SELECT count(*) FROM ping").fetchone() == (2,)
    own_collector.stop()


def test_a_changed_migration_is_refused(own_collector):
    own_collector.start()
    own_collector.sql("UPDATE schema_migration SET checksum = 'other' WHERE name = 'migrations/0001_base.sql'")
    assert "migrations/0001_base.sql was applied with other content" in own_collector.run("migrate", status=1)


LATER = ("INSERT INTO schema_migration (name, checksum, program) VALUES ('migrations/9001_later.sql', 'x', %s) "
         "ON CONFLICT (name) DO UPDATE SET program = excluded.program")


def refused_as_older(said, program):
    return all(words in said for words in (f"a newer internetmetre-collector ({program})", "migrations/9001_later.sql", "BACKUP.md"))


@pytest.mark.parametrize("program, says", [("9.1.0", "9.1.0"), (None, "?")], ids=["named", "unnamed"])
def test_a_program_older_than_its_database_is_refused(own_collector, program, says):
    """As after a package that was put back: whether the newer one said who it was, or is from before that was noted."""
    c = own_collector.start()
    c.sql(LATER, program)
    before = c.sql("SELECT * FROM schema_migration ORDER BY 1")
    for words in (["migrate"], ["probe", "list"], ["rollup"]):
        assert refused_as_older(c.run(*words, status=1), says)
    assert c.sql("SELECT * FROM schema_migration ORDER BY 1") == before
    c.stop()
    assert refused_as_older(c.run("serve", status=1), says)


def test_a_program_older_than_its_server_is_refused(collector, own_collector):
    collector.sql("CREATE DATABASE later")
    with own_collector.config.open("a") as config:
        config.write(f"database = postgresql://internetmetre@/later?host={collector.state}/run\n")
    own_collector.run("migrate")
    with psycopg.connect(host=str(collector.state / "run"), dbname="later", user="internetmetre", autocommit=True) as db:
        db.execute(LATER, ["9.1.0"])
        for words in ("migrate", "serve"):
            assert refused_as_older(own_collector.run(words, status=1), "9.1.0")
        # A program from before programs were noted leaves a table without them.
        db.execute("ALTER TABLE schema_migration DROP COLUMN program")
        assert refused_as_older(own_collector.run("serve", status=1), "?")


def test_migrate_names_the_file_that_fails(own_collector):
    own_collector.start()
    own_collector.sql("DROP VIEW public_edns_league")
    own_collector.sql("CREATE TABLE public_edns_league (zone text)")
    error = own_collector.run("migrate", status=1)
    assert "views/edns.sql: PostgreSQL: " in error and "public_edns_league" in error
    own_collector.sql("DROP TABLE public_edns_league")
    own_collector.run("migrate")
    assert own_collector.sql("SELECT count(*) FROM public_edns_league") is not None
    own_collector.stop()


def test_migrate_makes_views_in_the_order_that_they_need(own_collector):
    """A view that others stand on is gone, as on a database of a version that had none of them."""
    own_collector.start()
    before = own_collector.sql("SELECT count(*) FROM pg_views WHERE schemaname = 'public'")
    own_collector.sql("DROP VIEW day_metric, day_bucket, public_indicator CASCADE")
    assert own_collector.sql("SELECT count(*) FROM pg_views WHERE schemaname = 'public'") < before
    own_collector.run("migrate")
    assert own_collector.sql("SELECT count(*) FROM pg_views WHERE schemaname = 'public'") == before
    own_collector.stop()


def test_migrate_again_changes_nothing(own_collector):
    assert "migrations applied: 0" in own_collector.run("migrate")


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
        assert results_of(own_collector, s.probe) == s.results
    assert own_collector.sql("SELECT count(*), count(DISTINCT batch_no) FROM batch_body") == [
        (sum(len(s.sent) for s in senders),) * 2]
