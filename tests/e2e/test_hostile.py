"""Batches as an attacker or a broken box makes them, validly signed: each is answered right, none does harm."""
import base64
import json
import shutil

import pytest

import wire
from conftest import BUILD, wait_until
from wire import ping

BIG = 10**400
WRONG = {
    "batch": [None, 0, 2, "1", 1.5, True, [], {}],
    "probe": [None, "", "x", 7, "a" * 21, "A" * 20, "a" * 19 + "\u0000", ["a" * 20]],
    "chain": [None, "", "xyz", 5, "a" * 33, "A" * 32, []],
    "seq": [None, 0, -1, "1", 1.0, 2**63, -(2**63), BIG, []],
    "prev": ["", "ab", 7, "g" * 64, "a" * 65, "a" * 64, [], False],
    "sealed_at": [None, "", "now", 0, "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01", "9" * 60, []],
    "mono_us": [None, -1, "1", 0.5, 2**63, BIG, []],
    "boot": [None, "", 7, "a" * 37, "../../etc", "b\u0000", []],
    "sync": [None, 0, "yes", []],
    "agent": [None, "", 7, "a" * 33, "<script>", "1\n2", []],
    "gap": ["", 1, [], True],
    "epochs": ["", 1, {}, [1], [{}], [{"boot": "b"}] * 17],
    "rotate": ["", 1, [], {}, {"public": "", "sig": ""}, {"public": "A" * 44, "sig": "A" * 88}],
}


def totals(collector):
    return collector.sql("SELECT (SELECT count(*) FROM batch_key), (SELECT count(*) FROM batch_body), (SELECT count(*) FROM "
                         "result), (SELECT count(*) FROM result_problem), (SELECT count(*) FROM chain)")


@pytest.mark.parametrize("field", WRONG)
def test_every_header_field_wrong_in_turn(collector, probe, field):
    before = totals(collector)
    for value in WRONG[field]:
        header = probe.header()
        header[field] = value
        reply = collector.push(probe.seal(wire.line(**header) + wire.line(**ping()), 1))
        assert (reply.status, reply.problem()) == (400, "header"), (value, reply.body)
    if field not in ("gap", "prev", "epochs", "rotate"):  # and without it
        header = probe.header()
        del header[field]
        assert collector.push(probe.seal(wire.line(**header), 0)).problem() == "header"
    assert totals(collector) == before


def test_every_trailer_field_wrong_in_turn(collector, probe):
    before = totals(collector)
    signed = wire.line(**probe.header()) + wire.line(**ping())
    good = json.loads(probe.seal(signed, 1).splitlines()[-1])
    for members in ({"count": None}, {"count": "1"}, {"count": -1}, {"count": 1.0}, {"count": 2**31}, {"count": BIG},
                    {"sig": None}, {"sig": 1}, {"sig": ""}, {"sig": "!" * 88}, {"sig": good["sig"][:-4]}, {"sig": good["sig"] * 9}):
        reply = collector.push(signed + wire.line(**(good | members)))
        assert (reply.status, reply.problem()) == (400, "header"), (members, reply.body)
    flipped = bytearray(base64.b64decode(good["sig"]))
    flipped[0] ^= 1
    assert collector.push(signed + wire.line(count=1, sig=base64.b64encode(flipped).decode())).problem() == "signature"
    for n in (0, 2, 10_000):
        assert collector.push(signed + wire.line(**(good | {"count": n}))).problem() == "framing"
    assert totals(collector) == before


def test_every_octet_of_an_envelope_lost(collector, probe):
    before = totals(collector)
    plain = probe.batch([ping()])
    for at in range(0, len(plain), 7):
        reply = collector.push(plain[:at] + plain[at + 1:], packed=False)
        assert 400 <= reply.status < 500, (at, reply.body)
    assert totals(collector) == before


def test_header_of_a_million_brackets_and_of_the_same_member_twice(collector, probe):
    before = totals(collector)
    header = wire.line(**probe.header())
    twice = header.replace(b'{"batch":1', b'{"batch":1,"batch":1', 1)
    assert collector.push(probe.seal(twice, 0)).problem() == "header"
    deep = header[:-2] + b',"x":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}\n"
    assert collector.push(probe.seal(deep, 0)).status in (400, 413)
    assert totals(collector) == before


BAD_LINES = [b"[" * 30 + b"]" * 30, b"null", b"{}", b'"text"', b"1e999999999", b"{" + b'"a":1,' * 10_000 + b'"b":2}']
for member, value in (("bytes", b"NaN"), ("bytes", b"1e400"), ("bytes", b"-1"), ("af", b"5"), ("at", b'"never"'),
                      ("mono_us", b"99999999999999999999"), ("sync", b"1"), ("outcome", b'"fine"'), ("metrics", b"[]"),
                      ("metrics", b'{"sent":NaN}'), ("metrics", b'{"sent":1e999999999}'), ("metrics", b'{"sent":"1"}'),
                      ("metrics", b'{"sent":1,"sent":2}'), ("task", b'"\\ud800"'), ("target", b'"\\udc00\\ud800"'),
                      ("target", b'"\\u0000"'), ("task", b'""'), ("check", b"7"), ("addr", b'"999.1.1.1"')):
    without = wire.line(**ping(**{member: None})).rstrip()
    BAD_LINES.append(without[:-1] + b',"' + member.encode() + b'":' + value + b"}")
BAD_LINES.append(wire.line(**ping()).rstrip()[:-1] + b',"af":4}')  # a member twice


def test_bad_results_are_listed_and_the_good_one_is_stored(collector, probe):
    ack = collector.stored(probe.batch([line + b"\n" for line in BAD_LINES] + [ping(metrics={"undeclared": 1, "sent": 3})]))
    assert ack["problems"] == len(BAD_LINES) + 1
    listed = collector.sql("SELECT reason, count(*)::int FROM result_problem JOIN probe USING (probe_no) WHERE probe = %s "
                           "GROUP BY 1 ORDER BY 1", probe.id)
    assert listed == [("malformed", len(BAD_LINES)), ("unknown_metric", 1)]
    assert collector.sql("SELECT sent, ordinal FROM ping WHERE probe = %s", probe.id) == [(3, len(BAD_LINES))]


# ---- a newer agent, an older collector ----

def test_results_of_a_newer_agent_appear_after_the_upgrade(own_collector):
    class Older(type(own_collector)):
        def command(self, *words):
            return [BUILD / "collector/internetmetre-collector-older", *super().command(*words)[1:]]

    older = Older(own_collector.config.parent, listen=f"127.0.0.1:{own_collector.port}")
    older.port = own_collector.port
    shutil.rmtree(older.state)  # the newer version's schema
    try:
        older.start()
        probe = older.probe()
        way = ping(check="traceroute", task="way", metrics={"hops": 3, "rtt_ms": 20.5, "reached": 1}, detail={"hops": []})
        assert older.stored(probe.batch([way, ping(metrics={"sent": 10, "pdv_p95_ms": 2})]))["problems"] == 2
        assert older.sql("SELECT sent FROM ping") == [(10,)] and older.sql("SELECT count(*) FROM result") == [(1,)]
        older.stop()
    finally:
        older.clean()
    own_collector.start()
    wait_until(lambda: own_collector.sql("SELECT count(*) FROM result_problem") == [(0,)], what="the new projection")
    for _ in range(2):
        assert own_collector.sql("SELECT hops, rtt_ms, reached FROM traceroute") == [(3, 20.5, 1)]
        assert own_collector.sql("SELECT sent, pdv_p95_ms FROM ping") == [(10, 2)]
        assert "results: 2" in own_collector.run("rebuild")
