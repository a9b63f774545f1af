"""Batches as an attacker or a broken box makes them: each is answered right, none does harm, and nothing of a stranger is
unpacked."""
import base64
import hashlib
import os
import re
import shutil

import pytest
import zstandard

import wire
from conftest import built, wait_until
from wire import ping

BIG = 10**400
WRONG = {
    "batch": [None, 0, 1, 3, "2", 1.5, True, [], {}],
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


def unproven(collector):
    """Octets of strangers that a reader was given: JSON's, zstd's."""
    text = collector.request("GET", "/metrics").body.decode()
    return [int(re.search(rf'unproven_octets_total{{reader="{reader}"}} (\d+)', text)[1]) for reader in ("json", "zstd")]


@pytest.fixture(autouse=True)
def nothing_of_a_stranger_is_read(request):
    """Whatever is pushed here, its header may be read before its signature is good, and no other octet."""
    if "probe" not in request.fixturenames:
        yield
        return
    collector, pushed = request.getfixturevalue("collector"), []
    honest = collector.push
    collector.push = lambda batch, **how: pushed.append(bytes(batch)) or honest(batch, **how)
    json_before, zstd_before = unproven(collector)
    yield
    del collector.push
    json_read, zstd_read = unproven(collector)
    assert zstd_read == zstd_before
    assert json_read - json_before <= sum(header_size(batch) for batch in pushed)
    assert json_read > json_before or not pushed


def header_size(batch):
    """What a file says of its header, as far as there is any."""
    if len(batch) < 8 or batch[:4] != wire.frame(wire.HEADER_FRAME, b"")[:4]:
        return 0
    size = int.from_bytes(batch[4:8], "little")
    return size if size <= min(8192, len(batch) - 8) else 0


def refused(collector, batch, *problems):
    reply = collector.push(batch)
    assert 400 <= reply.status < 500 and reply.problem() in problems, (reply.status, reply.body)


@pytest.mark.parametrize("field", WRONG)
def test_every_header_field_wrong_in_turn(collector, probe, field):
    before = totals(collector)
    lines = wire.line(**ping())
    for value in WRONG[field]:
        refused(collector, probe.file(lines, 1, **{field: value}), "header")
    if field not in ("gap", "prev", "epochs", "rotate"):  # and without it
        header = wire.header_of(probe.file(lines, 1))
        del header[field]
        refused(collector, probe.seal(wire.line(**header), wire.pack(lines)), "header")
    assert totals(collector) == before


def test_every_size_of_the_header_wrong_in_turn(collector, probe):
    before = totals(collector)
    lines = wire.line(**ping())
    for member in ("count", "packed", "length"):
        for value in (None, "1", -1, 1.0, 2**31, 2**63 - 1, BIG, True, []):
            refused(collector, probe.file(lines, 1, **{member: value}), "header")
    packed = len(wire.pack(lines))
    for value in (1, packed - 1, packed + 1, 2 << 20):
        refused(collector, probe.file(lines, 1, packed=value), "framing")
    assert totals(collector) == before


def test_every_flipped_octet_and_every_cut(collector, probe):
    """Of a small batch, all of them: each is refused for what it is, and the whole is stored after."""
    before = totals(collector)
    batch = probe.batch([ping()])
    header_end = 8 + header_size(batch)
    for at in range(len(batch)):
        flipped = bytearray(batch)
        flipped[at] ^= 1 << at % 8
        if at < header_end:
            problems = ["header", "framing", "signature", "unknown-probe"]
        else:
            problems = ["signature"] if at < len(batch) - 106 else ["framing", "signature"]
        refused(collector, flipped, *problems)
        refused(collector, batch[:at], "framing")
        refused(collector, batch[:at] + batch[at + 1:], "framing", "header")
    assert totals(collector) == before
    collector.stored(batch)


def test_frames_added_and_frames_that_lie(collector, probe):
    before = totals(collector)
    batch = probe.file(wire.line(**ping()), 1)
    size = 8 + header_size(batch)
    header, packed, last = batch[:size], batch[size:-106], batch[-106:]
    for extra in (wire.frame(0x184D2A5F, b"hi"), wire.frame(wire.HEADER_FRAME, b"{}"), wire.pack(b"{}\n"), wire.pack(b"")):
        for parts in ((extra, header, packed, last), (header, extra, packed, last), (header, packed, extra, last),
                      (header, packed, last, extra)):
            refused(collector, b"".join(parts), "framing", "header")
            signed = b"".join(parts[:-1])  # and signed as it is
            name = hashlib.sha256(wire.BATCH_HASH + signed).digest()
            signature = base64.b64encode(probe.key.sign(wire.BATCH + name))
            refused(collector, signed + wire.frame(wire.SIGNATURE_FRAME, b'{"sig":"%s"}' % signature), "framing", "header")
    for lie in (0, 1, size - 9, size - 7, 8192, 8193, 2**31, 2**32 - 1):
        refused(collector, batch[:4] + lie.to_bytes(4, "little") + batch[8:], "framing", "header")
    for lie in (0, 97, 99, 2**32 - 1):
        refused(collector, header + packed + last[:4] + lie.to_bytes(4, "little") + last[8:], "framing")
    refused(collector, header + last, "framing")
    assert totals(collector) == before


def test_signature_frame_has_one_text(collector, probe):
    before = totals(collector)
    batch = probe.file(wire.line(**ping()), 1)
    text = batch[-98:]
    assert text[94:] == b'=="}' and text[93:94] in b"AQgw"
    texts = [text.replace(b":", b": "), b" " + text, text + b"\n", text[:-1] + b',"a":1}', b'{"a":1,' + text[1:],
             text[:8] + b" " + text[9:], text[:-4] + b'A="}', text[:93] + bytes([text[93] + 1]) + text[94:],  # not canonical
             text.replace(b"sig", b"SIG"), text.replace(b"=", b"-"), b"", b"{}", b" " * 98]
    for other in texts:
        refused(collector, batch[:-106] + wire.frame(wire.SIGNATURE_FRAME, other), "framing")
    flipped = base64.b64encode(bytes([base64.b64decode(text[8:96])[0] ^ 1]) + base64.b64decode(text[8:96])[1:])
    refused(collector, batch[:-98] + b'{"sig":"%s"}' % flipped, "signature")
    assert totals(collector) == before


def test_header_of_a_million_brackets_and_of_the_same_member_twice(collector, probe):
    before = totals(collector)
    lines = wire.line(**ping())
    header = wire.line(**wire.header_of(probe.file(lines, 1)))
    refused(collector, probe.seal(header.replace(b'{"batch":2', b'{"batch":2,"batch":2', 1), wire.pack(lines)), "header")
    refused(collector, probe.seal(header[:-2] + b',"x":{"a":1,"a":1}}\n', wire.pack(lines)), "header")
    for size, problem in ((8192, "header"), (8193, "framing"), (1_000_000, "framing")):
        deep = header[:-2] + b',"x":'
        deep += b"[" * ((size - len(deep) - 2) // 2 + 1) + b"]" * ((size - len(deep) - 2) // 2) + b"}\n"
        refused(collector, probe.seal(deep[:size], wire.pack(lines)), problem, "header")
    assert totals(collector) == before


# ---- the first 8 KB of a body decide ----

def long_batch(probe, **header):
    """Of some 60 KB that do not pack."""
    return probe.batch([ping(detail={"raw": base64.b64encode(os.urandom(600)).decode()}) for _ in range(100)], **header)


def test_first_octets_decide_whether_the_rest_is_wanted(collector, probe):
    """Behind them comes what no reader may see: it is neither kept nor read, and the answer is still heard."""
    stranger, revoked = wire.Probe(), collector.probe()
    collector.run("probe", "revoke", revoked.id)
    before = totals(collector)
    for sender, problem in ((stranger, "unknown-probe"), (revoked, "revoked-probe")):
        batch = long_batch(sender)
        for _ in range(2):
            refused(collector, batch[:8200] + bytes(len(batch) - 8200), problem)
    batch = long_batch(probe)
    for more in (-1, 1, 1_000_000):
        refused(collector, batch[:8200] + bytes(len(batch) - 8200 + more), "framing")
    refused(collector, batch[:8200] + bytes(len(batch) - 8200), "framing")  # of the right size, without a signature
    refused(collector, batch[:8] + bytes(len(batch)), "header")
    refused(collector, bytes(len(batch)), "framing")
    assert totals(collector) == before
    collector.stored(batch)


def test_batch_that_is_held_need_not_come_again(collector, probe):
    batch, later = long_batch(probe), long_batch(probe)
    ack = collector.stored(batch)
    before = totals(collector)
    name = {"Batch-Hash": wire.batch_hash(batch)}
    reply = collector.push(batch[:8200] + bytes(len(batch) - 8200), headers=name)
    again = wire.open_statement(collector.public, wire.ACK, reply.body)
    assert {**again, "at": None} == {**ack, "at": None}
    for wrong in (wire.batch_hash(later), "ab" * 32, "", "x", wire.batch_hash(batch).upper()):
        reply = collector.push(later[:8200] + bytes(len(later) - 8200), headers={"Batch-Hash": wrong})
        assert reply.problem() == "framing"
    other = collector.probe()  # whose hash it is not
    mine = long_batch(other)
    assert collector.push(mine[:8200] + bytes(len(mine) - 8200), headers=name).problem() == "framing"
    assert totals(collector) == before
    collector.stored(later, headers=name)  # a wrong name loses nothing
    collector.stored(mine, headers={"Batch-Hash": wire.batch_hash(mine)})


# ---- a signature is no promise ----

RAW = b"\x11\0\0{}"  # zstd's last block, raw, of two octets


def bodies():
    lines = wire.line(**ping())
    packed = wire.pack(lines)
    empty = bytes.fromhex("28b52ffd2000010000")
    zeros = zstandard.ZstdCompressor(level=19).compress(b"\0" * (8 << 20))
    yield "no zstd at all", b"hello, hello, hello", len(lines), 1
    yield "two data frames", packed + wire.pack(b"{}\n"), len(lines), 1
    yield "two halves", wire.pack(lines[:9]) + wire.pack(lines[9:]), len(lines), 1
    yield "an empty frame behind", packed + empty, len(lines), 1
    yield "an empty frame in front", empty + packed, len(lines), 1
    yield "a skippable frame behind", packed + wire.frame(0x184D2A5F, b"hi"), len(lines), 1
    yield "a skippable frame of nothing behind", packed + wire.frame(0x184D2A5F, b""), len(lines), 1
    yield "a skippable frame of nothing in front", wire.frame(0x184D2A50, b"") + packed, len(lines), 1
    yield "a skippable frame alone", wire.frame(0x184D2A5F, b"hi"), 0, 0
    yield "an empty frame alone", empty, len(lines), 1
    yield "cut", packed[:-3], len(lines), 1
    yield "a window of 2^31", b"\x28\xb5\x2f\xfd\x80\xa8\2\0\0\0" + RAW, 2, 0
    yield "a dictionary", b"\x28\xb5\x2f\xfd\x21\7\2" + RAW, 2, 0
    yield "no content size", zstandard.ZstdCompressor(write_content_size=False).compress(lines), len(lines), 1
    yield "length one less", packed, len(lines) - 1, 1
    yield "length one more", packed, len(lines) + 1, 1
    yield "length 0", packed, 0, 1
    yield "count one more", packed, len(lines), 2
    yield "count 0", packed, len(lines), 0
    yield "no whole line", wire.pack(lines[:-1]), len(lines) - 1, 1
    yield "a bomb", zeros, len(lines), 1
    yield "a bomb that owns up", zeros, 8 << 20, 1
    yield "a bomb of another size than it says", b"".join([zeros[:4], b"\xa0", len(lines).to_bytes(4, "little"), zeros[10:]]), len(lines), 1


@pytest.mark.parametrize("packed, length, count", [pytest.param(*more, id=name.replace(" ", "-")) for name, *more in bodies()])
def test_signed_body_that_is_none_is_kept_and_listed_once(collector, probe, packed, length, count):
    """Refused, it would be a hole for ever: the probe cannot make another batch of that place."""
    header = probe.header(packed=len(packed), length=length, count=count)
    batch = probe.seal(wire.line(**header), packed)
    for _ in range(2):
        ack = collector.stored(batch)
        assert ack["problems"] == 1 and ack["missing"] == []
    where = "FROM {} JOIN probe USING (probe_no) WHERE probe = %s"
    (ordinal, reason, detail), = collector.sql("SELECT ordinal, reason, detail " + where.format("result_problem"), probe.id)
    assert (ordinal, reason) == (0, "body") and detail
    assert collector.sql("SELECT count(*) " + where.format("result"), probe.id) == [(0,)]
    assert [bytes(body) for body, in collector.sql("SELECT body " + where.format("batch_body"), probe.id)] == [batch]
    probe.seq, probe.prev = 1, wire.batch_hash(batch)
    assert collector.stored(probe.batch([ping()]))["problems"] == 0


def test_signed_body_that_is_none_brings_no_result_by_load(collector, probe, tmp_path):
    path = tmp_path / "none.batch"
    path.write_bytes(probe.file(wire.line(**ping()), 2))
    assert "none.batch: stored, results: 0, with problems: 1\n" in collector.run("load", path)


def test_signed_body_that_is_none_stays_so_when_rebuilt(own_collector):
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.file(wire.line(**ping()), 2))
    assert "batches projected again: 1, results: 0" in own_collector.run("rebuild")
    assert own_collector.sql("SELECT reason FROM result_problem") == [("body",)]


BAD_LINES = [b"[" * 30 + b"]" * 30, b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b"[" * 1_000_000, b"",
             b'{"task":"\x80"}', b'{"task":"\xed\xa0\x80"}', b'{"task":"' + b"a" * (1 << 18) + b'"}',
             b"null", b"{}", b'"text"', b"1e999999999", b"{" + b'"a":1,' * 10_000 + b'"b":2}']
for member, value in (("bytes", b"NaN"), ("bytes", b"1e400"), ("bytes", b"-1"), ("af", b"5"), ("at", b'"never"'),
                      ("mono_us", b"99999999999999999999"), ("sync", b"1"), ("outcome", b'"fine"'), ("metrics", b"[]"),
                      ("metrics", b'{"sent":NaN}'), ("metrics", b'{"sent":1e999999999}'), ("metrics", b'{"sent":"1"}'),
                      ("metrics", b'{"sent":1,"sent":2}'), ("task", b'"\\ud800"'), ("target", b'"\\udc00\\ud800"'),
                      ("target", b'"\\u0000"'), ("task", b'""'), ("check", b"7"), ("addr", b'"999.1.1.1"')):
    without = wire.line(**ping(**{member: None})).rstrip()
    BAD_LINES.append(without[:-1] + b',"' + member.encode() + b'":' + value + b"}")
BAD_LINES.append(wire.line(**ping()).rstrip()[:-1] + b',"af":4}')  # a member twice


@pytest.mark.quick
def test_bad_results_are_listed_and_the_good_one_is_stored(collector, probe):
    ack = collector.stored(probe.batch([line + b"\n" for line in BAD_LINES] + [ping(metrics={"undeclared": 1, "sent": 3})]))
    assert ack["problems"] == len(BAD_LINES) + 1
    listed = collector.sql("SELECT reason, count(*)::int FROM result_problem JOIN probe USING (probe_no) WHERE probe = %s "
                           "GROUP BY 1 ORDER BY 1", probe.id)
    assert listed == [("malformed", len(BAD_LINES)), ("unknown_metric", 1)]
    assert collector.sql("SELECT sent, ordinal FROM ping WHERE probe = %s", probe.id) == [(3, len(BAD_LINES))]


# ---- a newer agent, an older collector ----

def test_results_of_a_newer_agent_appear_after_the_upgrade(own_collector):
    program = built("tests/e2e/internetmetre-collector-older")

    class Older(type(own_collector)):
        def command(self, *words):
            return [program, *super().command(*words)[1:]]

    tasks = own_collector.config.parent / "of-older-checks.json"  # the standard schedule has newer ones
    tasks.write_text('{"schedule": 1, "version": 1, "tasks": []}')
    older = Older(own_collector.config.parent, listen=f"127.0.0.1:{own_collector.port}", schedule=tasks)
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
