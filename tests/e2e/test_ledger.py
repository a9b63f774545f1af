"""Chains: holes, late fill, gaps, forks, keys that rotate, and what the answer to a push says of them."""
import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import time

import pytest
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import wire
from conftest import wait_until
from wire import ping


def shuffled_to_disk(folder, batches):
    folder.mkdir()
    paths = []
    for n, plain in enumerate(batches):
        paths.append(folder / f"{n}.batch")
        paths[-1].write_bytes(plain)
    return paths


def missing(ack):
    return [(m["from"], m["to"]) for m in ack["missing"]]


def twin(probe):
    """A second box with the same state directory."""
    other = wire.Probe()
    other.__dict__.update(probe.__dict__)
    return other


# ---- holes ----

@pytest.mark.quick
def test_holes_are_named_until_they_are_filled(collector, probe):
    batches = [probe.batch([ping()]) for _ in range(9)]
    assert missing(collector.stored(batches[0])) == []
    assert missing(collector.stored(batches[8])) == [(2, 8)]
    assert missing(collector.stored(batches[4])) == [(2, 4), (6, 8)]
    assert missing(collector.stored(batches[4])) == [(2, 4), (6, 8)]
    assert missing(collector.stored(batches[1])) == [(3, 4), (6, 8)]
    assert missing(collector.stored(batches[7])) == [(3, 4), (6, 7)]
    assert "missing" in collector.run("probe", "show", probe.id)
    for n in (3, 2, 6):
        ack = collector.stored(batches[n])
    assert missing(ack) == [(6, 6)]
    ack = collector.stored(batches[5])
    assert missing(ack) == [] and ack["forks"] == []
    assert ack["heads"] == [{"chain": probe.chain, "seq": 9, "hash": wire.batch_hash(batches[8])}]
    assert collector.sql("SELECT count(*) FROM chain_hole JOIN probe USING (probe_no) WHERE probe = %s", probe.id) == [(0,)]


def test_a_first_batch_far_ahead_and_a_huge_seq(collector, probe):
    probe.seq, probe.prev = 99, "ab" * 32
    assert missing(collector.stored(probe.batch([]))) == [(1, 99)]
    probe.seq = 2**63 - 2
    assert missing(collector.stored(probe.batch([]))) == [(1, 99), (101, 2**63 - 2)]


def test_holes_of_many_ranges_are_listed_up_to_32(collector, probe):
    batches = [probe.batch([]) for _ in range(81)]
    for plain in batches[::2]:
        ack = collector.stored(plain)
    assert missing(ack) == [(n, n) for n in range(2, 66, 2)]


def test_gap_record_explains_a_hole(collector, probe):
    batches = [probe.batch([ping()]) for _ in range(6)]
    collector.stored(batches[0])
    gap = {"reason": "spool_max", "batches": [{"chain": probe.chain, "from": 2, "to": 3, "results": 2},
                                              {"chain": probe.chain, "from": 5, "to": 5, "results": 1}]}
    assert missing(collector.stored(probe.batch([ping()], gap=gap))) == [(4, 4), (6, 6)]
    assert missing(collector.stored(batches[3])) == [(6, 6)]
    assert missing(collector.stored(batches[1])) == [(6, 6)]  # it was found after all
    assert missing(collector.stored(batches[5])) == []


def test_gap_record_about_a_chain_of_a_short_name(collector, probe):
    """Which batch.json allows."""
    probe.chain = "b"
    batches = [probe.batch([ping()]) for _ in range(2)]
    collector.stored(batches[0])
    gap = {"reason": "spool_max", "batches": [{"chain": "b", "from": 2, "to": 2, "results": 1}]}
    assert missing(collector.stored(probe.batch([], gap=gap))) == []


def test_gap_record_that_is_none_is_kept_and_explains_nothing(collector, probe):
    chain = probe.chain
    for batches in ("text", [], [1, None], [{"chain": chain}], [{"chain": chain, "from": "x", "to": 1e300}],
                    [{"chain": chain, "from": 9, "to": 1}], [{"chain": 7, "from": 1, "to": 2}],
                    [{"chain": chain, "from": 10**18, "to": 10**18}], {"from": 1}):
        probe.seq += 1
        ack = collector.stored(probe.batch([], gap={"reason": ["?"], "batches": batches}, prev="ab" * 32))
    assert missing(ack) == [(n, n) for n in range(1, 18, 2)]


# ---- forks ----

@pytest.mark.quick
def test_two_boxes_with_one_state_directory(collector, probe):
    for _ in range(2):
        collector.stored(probe.batch([ping()]))
    other = twin(probe)
    mine, theirs = probe.batch([ping()]), other.batch([ping(bytes=1)])
    assert collector.stored(mine)["forks"] == []
    ack = collector.stored(theirs)
    assert ack["forks"] == [probe.chain] and missing(ack) == []
    assert collector.results_of(probe) == 4
    assert collector.sql("SELECT seq, batches FROM fork JOIN probe USING (probe_no) WHERE probe = %s", probe.id) == [(3, 2)]
    shown = collector.run("probe", "show", probe.id)
    assert "fork" in shown and probe.chain in shown
    assert [row for row in collector.run("probe", "list").splitlines() if probe.id in row][0].rstrip().endswith("forked")
    # the agent that learns of it begins a new chain, which is whole
    probe.chain, probe.seq, probe.prev = os.urandom(16).hex(), 0, None
    ack = collector.stored(probe.batch([ping()]))
    assert ack["forks"] == [other.chain] and len(ack["heads"]) == 2


def test_fork_is_seen_by_its_successor_alone(collector, probe):
    collector.stored(probe.batch([ping()]))
    other = twin(probe)
    collector.stored(probe.batch([ping()]))
    other.batch([ping(bytes=1)])  # lost
    assert collector.stored(other.batch([ping()]))["forks"] == [probe.chain]


def test_card_restored_to_last_week(collector, probe, tmp_path):
    """By USB out of order, half of it also by HTTP: the end is whole, and the fork is named."""
    week = [probe.batch([ping()]) for _ in range(10)]
    old = twin(probe)
    later = [probe.batch([ping()]) for _ in range(6)]
    again = [old.batch([ping(bytes=2)]) for _ in range(8)]
    batches = week + later + again
    paths = shuffled_to_disk(tmp_path / "stick", batches)
    order = sorted(range(len(batches)), key=lambda n: n * 7 % len(batches))
    for n in order[::2]:
        collector.stored(batches[n])
    collector.run("load", *(paths[n] for n in reversed(order)))
    ack = collector.stored(batches[0])
    assert missing(ack) == [] and ack["forks"] == [probe.chain]
    assert ack["heads"] == [{"chain": probe.chain, "seq": 18, "hash": wire.batch_hash(again[-1])}]
    assert collector.sql("SELECT seq, batches FROM fork JOIN probe USING (probe_no) WHERE probe = %s ORDER BY seq",
                         probe.id) == [(n, 2) for n in range(11, 17)]
    assert collector.results_of(probe) == 24


# ---- keys ----

def rotated(collector, probe):
    """A chain of 5, of which the third brought a new key; 2 has not come yet. The probe, with its new key; and the old key."""
    collector.stored(probe.batch([ping()]))
    late = probe.batch([ping()])
    old, probe.key_next = probe.key, Ed25519PrivateKey.generate()
    turn = probe.batch([ping()], rotate=wire.rotation(probe, probe.key_next))
    probe.key = probe.key_next
    after = probe.batch([ping()])
    assert collector.push(after).problem() == "signature"
    collector.stored(turn)
    collector.stored(after)
    collector.stored(probe.batch([ping()]))
    return old, late, turn


def keys_of(collector, probe):
    return collector.sql("SELECT valid_to = 'infinity', until_chain, until_seq FROM probe_key JOIN probe USING (probe_no) "
                         "WHERE probe = %s ORDER BY valid_from", probe.id)


def at_place(probe, key, seq, **members):
    """A batch for a place of the probe's chain, by a key; sealed in whatever year the thief likes."""
    members = {"seq": seq, "prev": "ab" * 32 if seq > 1 else None, "sealed_at": "2026-01-01T00:00:00Z"} | members
    lines = wire.line(**ping())
    return probe.file(lines, 1, key=key, **members)


@pytest.mark.quick
def test_key_rotation(collector, probe):
    old, late, turn = rotated(collector, probe)
    collector.stored(late)  # before the record: still its own
    for known in (late, turn):
        collector.stored(known)
    assert keys_of(collector, probe) == [(False, probe.chain, 3), (True, None, None)]
    collector.stored(probe.batch([], rotate=wire.rotation(probe, probe.key)))  # the same again changes nothing
    assert keys_of(collector, probe) == [(False, probe.chain, 3), (True, None, None)]
    collector.sql("UPDATE probe_key SET revoked_at = now() WHERE valid_to < 'infinity' AND probe_no = "
                  "(SELECT probe_no FROM probe WHERE probe = %s)", probe.id)
    collector.stored(probe.batch([]))
    assert collector.push(at_place(probe, old, 9)).problem() == "signature"


def test_stolen_old_key_speaks_for_no_other_place(collector, probe):
    """Who finds a card with a key that was replaced can neither go on with the chain, nor begin another, nor fill a hole with
    what the next batch does not follow, nor name a key of his own; whatever year he seals in."""
    old, late, _ = rotated(collector, probe)
    before, keys = totals_of(collector, probe), keys_of(collector, probe)
    for n, stolen in enumerate([
            at_place(probe, old, probe.seq + 1, prev=probe.prev), at_place(probe, old, 4), at_place(probe, old, 5),
            at_place(probe, old, 2**63 - 1), at_place(probe, old, 2**62), at_place(probe, old, 1, chain="ab" * 16),
            at_place(probe, old, 2, chain="ab" * 16),
            at_place(probe, old, 2),  # the next one is held, and follows another
            at_place(probe, old, 4, sealed_at="1970-01-01T00:00:00Z", sync=False)]):
        assert collector.push(stolen).problem() == "retired-key", n
    assert (totals_of(collector, probe), keys_of(collector, probe)) == (before, keys)
    collector.stored(late)
    assert collector.request("POST", "/api/v1/leave", wire.leaving(probe, old, turn=99)).problem() == "signature"
    key, probe.key = probe.key, old
    assert collector.enrol(probe, collector.token(), turn=99).problem() == "retired-key"
    probe.key = key


def test_keys_that_change_behind_a_collectors_back(collector, probe, tmp_path):
    """The record comes by another way than this collector's: what it remembers of the probe counts no more."""
    early = probe.batch([ping()])
    collector.stored(early)
    late, old, key = probe.batch([ping()]), probe.key, Ed25519PrivateKey.generate()
    paths = shuffled_to_disk(tmp_path / "stick", [probe.batch([ping()], rotate=wire.rotation(probe, key))])
    assert "stored: 1" in collector.run("load", *paths)
    assert collector.push(at_place(probe, old, 1, chain="ab" * 16)).problem() == "retired-key"
    for known in (early, late, late):
        collector.stored(known)
    probe.key = key
    collector.stored(probe.batch([ping()]))
    collector.sql("UPDATE probe_key SET revoked_at = now() WHERE until_seq IS NULL AND probe_no = "
                  "(SELECT probe_no FROM probe WHERE probe = %s)", probe.id)
    assert collector.push(probe.batch([ping()])).problem() == "signature"


def test_what_comes_late_is_taken_behind_a_collectors_back_too(collector, probe, tmp_path):
    """The old key is remembered as the probe's own, and speaks for its place all the same."""
    collector.stored(probe.batch([ping()]))
    late, key = probe.batch([ping()]), Ed25519PrivateKey.generate()
    paths = shuffled_to_disk(tmp_path / "stick", [probe.batch([ping()], rotate=wire.rotation(probe, key))])
    assert "stored: 1" in collector.run("load", *paths)
    assert collector.stored(late)["missing"] == []


def test_stolen_old_key_names_no_new_key(collector, probe):
    """In a hole far below, where nothing that is held tells what belongs there."""
    probe.seq, probe.prev = 6, "cd" * 32
    old, late, _ = rotated(collector, probe)
    thief = Ed25519PrivateKey.generate()
    text = f"internetmetre rotate 2\n{probe.id}\n{probe.chain}\n3\n9\n".encode()
    public = thief.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    record = {"public": base64.b64encode(public).decode(), "turn": 9, "sig": base64.b64encode(thief.sign(text)).decode()}
    keys = keys_of(collector, probe)
    collector.stored(at_place(probe, old, 3, rotate=record))  # a place of the old key's, and no more than that
    assert keys_of(collector, probe) == keys
    assert collector.push(at_place(probe, thief, probe.seq + 1, prev=probe.prev)).problem() == "signature"
    collector.stored(late)


def totals_of(collector, probe):
    return collector.sql("SELECT count(*) FROM batch_key JOIN probe USING (probe_no) WHERE probe = %s", probe.id)


def test_rotation_that_the_new_key_did_not_sign_for(collector, probe):
    for wrong in ({"seq": 9}, {"turn": 3}, {"chain": "ab" * 16}, {"probe": "a" * 20}):
        plain = probe.batch([], rotate=wire.rotation(probe, Ed25519PrivateKey.generate(), wrong))
        assert collector.push(plain).problem() == "header"


# ---- the address ----

def test_where_the_probe_was_seen(collector, probe):
    forged = {"X-Forwarded-For": "203.0.113.77"}
    assert collector.stored(probe.batch([]), headers=forged)["seen"] == "127.0.0.0/24"


def test_a_proxy_of_ours_is_believed(own_collector):
    own_collector.config.write_text(own_collector.config.read_text() + "proxies = 127.0.0.1, 198.51.100.1\n")
    own_collector.start()
    probe = own_collector.probe()
    for header, seen in (("203.0.113.77", "203.0.113.0/24"), ("6.6.6.6, 203.0.113.77, 198.51.100.1", "203.0.113.0/24"),
                         ("2001:db8:1:2:3::4", "2001:db8:1::/48"), ("::ffff:203.0.113.77", "203.0.113.0/24"),
                         ("nonsense", "?"), (" , ", "127.0.0.0/24")):
        assert own_collector.stored(probe.batch([]), headers={"X-Forwarded-For": header})["seen"] == seen


def test_a_network_whose_requests_are_refused_has_to_wait(own_collector):
    """And it alone; what it sends that is good comes later."""
    own_collector.config.write_text(own_collector.config.read_text() + "proxies = 127.0.0.1\n")
    own_collector.start()
    probe = own_collector.probe()
    good, forged = probe.batch([ping()]), probe.file(b"", 0, key=Ed25519PrivateKey.generate())

    def push(plain, source):
        return own_collector.push(plain, headers={"X-Forwarded-For": source})

    for n in range(1000):
        reply = push(forged, f"203.0.113.{n % 250 + 1}")
        if reply.status == 429:
            break
        assert reply.problem() == "signature"
    assert n >= 60 and (reply.problem(), reply.headers["Retry-After"]) == ("too-many-refused", "10")
    assert push(good, "203.0.113.200").status == 429
    assert own_collector.request("POST", "/api/v1/leave", b"{}", {"X-Forwarded-For": "203.0.113.9"}).status == 429
    assert push(good, "198.51.100.1").status == 200 and push(good, "2001:db8::1").status == 200
    wait_until(lambda: push(good, "203.0.113.200").status == 200, what="the end of the wait")


# ---- durability ----

@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_start_is_refused_when_commits_are_not_durable(own_collector, setting):
    with open(own_collector.state / "postgresql/postgresql.auto.conf", "a") as conf:
        conf.write(f"{setting} = off\n")
    own_collector.launch()
    assert own_collector.process.wait(60) == 1
    assert f"PostgreSQL has {setting} off" in own_collector.log.read_text()
    own_collector.config.write_text(own_collector.config.read_text() + "unsafe_database = yes\n")
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))
    assert f"PostgreSQL has {setting} off: a power cut loses data" in own_collector.log.read_text()


# ---- clocks ----

def of_boot(boot, **members):
    return {"boot": boot, "sync": False, "sealed_at": "1970-01-01T00:10:00Z", "mono_us": 600_000_000} | members


def rows(collector, probe):
    return collector.sql("SELECT to_char(at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM result JOIN probe USING (probe_no) "
                         "WHERE probe = %s ORDER BY at", probe.id)


def test_results_of_1970_get_their_time_from_a_later_batch_of_their_boot(collector, probe):
    boot, other = "b" * 32, "c" * 32
    lost = [ping(at="1970-01-01T00:00:10Z", mono_us=10_000_000, sync=False), ping(check="of-the-future")]
    collector.stored(probe.batch(lost, **of_boot(boot)))
    collector.stored(probe.batch([ping(mono_us=1, sync=False)], **of_boot(other)))
    assert rows(collector, probe) == []
    collector.stored(probe.batch([], boot=boot, sealed_at="2026-11-20T10:10:00Z", mono_us=4_200_000_000))
    wait_until(lambda: rows(collector, probe) == [("2026-11-20T09:00:10.000000Z",)], what="the correction")
    assert collector.sql("SELECT reason, count(*)::int FROM result_problem JOIN probe USING (probe_no) WHERE probe = %s "
                         "GROUP BY 1 ORDER BY 1", probe.id) == [("clock", 1), ("unknown_check", 1)]
    # a batch of that boot that comes last, by USB; and one whose clock lies does not count
    collector.stored(probe.batch([ping(mono_us=20_000_000, sync=False)], **of_boot(boot)))
    collector.stored(probe.batch([], boot=other, sealed_at="1999-01-01T00:00:00Z", mono_us=9_000_000))
    wait_until(lambda: len(rows(collector, probe)) == 2, what="the second correction")
    assert rows(collector, probe)[1] == ("2026-11-20T09:00:20.000000Z",)


# ---- power and lines ----

def line_epochs(collector, probe):
    return collector.sql("SELECT link, net::text, net6::text, to_char(from_at AT TIME ZONE 'UTC', 'HH24:MI:SS'), "
                         "to_char(to_at AT TIME ZONE 'UTC', 'HH24:MI:SS') FROM line_network WHERE probe = %s ORDER BY 4", probe.id)


def epoch(boot, first, last, **members):
    return {"boot": boot, "from_mono_us": first * 1_000_000, "to_mono_us": last * 1_000_000} | members


def test_power_and_networks_whatever_the_order(collector, probe):
    """On from 10:00:00 to 10:20:00, 5 minutes of it on a phone; off until 10:30."""
    boot, next_boot = "d" * 32, "e" * 32
    home = {"link": "ethernet", "net": "137.255.0.0/24", "net6": "2001:db8:7::/48"}
    batches = [
        probe.batch([], epochs=[epoch(boot, 0, 300, **home)], **of_boot(boot)),
        probe.batch([], epochs=[epoch(boot, 300, 600, link="mobile", net="203.0.113.0/24")], **of_boot(boot)),
        probe.batch([], epochs=[epoch(boot, 600, 900, **home)], **of_boot(boot)),
        probe.batch([], epochs=[epoch(boot, 900, 1200, **home)], boot=boot, sealed_at="2026-11-20T10:20:00Z", mono_us=1200_000_000),
        probe.batch([ping(at="2026-11-20T10:31:00Z")], epochs=[epoch(next_boot, 0, 60, **home)], boot=next_boot,
                    sealed_at="2026-11-20T10:31:00Z", mono_us=60_000_000),
    ]
    for n in (2, 0, 2, 1):
        collector.stored(batches[n])
    assert line_epochs(collector, probe) == []  # nobody knows when that was
    for n in (4, 3):
        collector.stored(batches[n])
    whole = [("ethernet", "137.255.0.0/24", "2001:db8:7::/48", "10:00:00", "10:05:00"),
             ("mobile", "203.0.113.0/24", None, "10:05:00", "10:10:00"),
             ("ethernet", "137.255.0.0/24", "2001:db8:7::/48", "10:10:00", "10:20:00"),
             ("ethernet", "137.255.0.0/24", "2001:db8:7::/48", "10:30:00", "10:31:00")]
    assert line_epochs(collector, probe) == whole
    shown = collector.run("probe", "show", probe.id)
    assert "137.255.0.0/24" in shown and "0.3" in shown and "mobile" in shown
    # the rows are made again from the ledger, and a probe that is forgotten leaves none
    collector.sql("DELETE FROM epoch WHERE probe_no = (SELECT probe_no FROM probe WHERE probe = %s)", probe.id)
    collector.run("rebuild", "--from", wire.now()[:10])
    assert line_epochs(collector, probe) == whole
    collector.run("probe", "forget", probe.id)
    assert collector.sql("SELECT count(*) FROM epoch JOIN probe USING (probe_no) WHERE probe = %s", probe.id) == [(0,)]


def test_epochs_as_a_stranger_writes_them(collector, probe):
    """Whole addresses are cut, what is none is left out, and nothing of it keeps a batch out."""
    boot = "f" * 32
    clock = {"boot": boot, "sealed_at": "2026-11-20T10:00:00Z", "mono_us": 10_000_000}
    strange = [epoch(boot, 0, 1, link="carrier pigeon", net="198.51.100.77/32", net6="2001:db8:1:2:3::4/128"),
               epoch(boot, 1, 2, net="2001:db8::/48", net6="198.51.100.0/24"), epoch(boot, 2, 3, net="999.1.1.1/24", net6="x::/48"),
               epoch(boot, 3, 3), epoch(boot, 4, 2**63 // 1_000_000 - 1), epoch("'; --", 0, 1, link="wifi")]
    collector.stored(probe.batch([ping()], epochs=strange, **clock))
    assert line_epochs(collector, probe) == [(None, "198.51.100.0/24", "2001:db8:1::/48", "09:59:50", "09:59:51"),
                                             (None, None, None, "09:59:51", "09:59:53")]


def test_what_a_box_announces_belongs_to_the_operator_of_its_prefix(collector, probe):
    boot = "a" * 32
    collector.stored(probe.batch([], epochs=[epoch(boot, 0, 5, net="137.255.0.0/24")], boot=boot,
                                 sealed_at="2026-11-20T10:00:00Z", mono_us=5_000_000))
    [(operators,)] = collector.sql("SELECT operators FROM line_epoch WHERE probe = %s", probe.id)
    assert operators == [name for (name,) in collector.sql("SELECT name FROM operator WHERE asns && '{28683}'")] != []


# ---- rebuild ----

@pytest.mark.quick
def test_rebuild_gives_the_same_rows(collector, probe):
    for n in range(5):
        collector.stored(probe.batch([ping(), ping(outcome="timeout"), ping(metrics={"new_ms": 1, "rtt_min_ms": n}), b"{}\n"]))
    query = ("SELECT r.* FROM result r JOIN probe USING (probe_no) WHERE probe = %s ORDER BY batch_no, ordinal",
             "SELECT r.* FROM result_problem r JOIN probe USING (probe_no) WHERE probe = %s ORDER BY batch_no, ordinal")
    before = [collector.sql(q, probe.id) for q in query]
    assert [len(b) for b in before] == [15, 10]
    collector.sql("DELETE FROM result WHERE ordinal = 1 AND probe_no = (SELECT probe_no FROM probe WHERE probe = %s)", probe.id)
    collector.run("rebuild", "--from", "2031-01-01")
    assert len(collector.sql(query[0], probe.id)) == 10
    collector.run("rebuild", "--from", wire.now()[:10])
    assert [collector.sql(q, probe.id) for q in query] == before
    collector.run("rebuild", "--from", "yesterday", status=2)


# ---- where a delegation's servers stand ----

def diversity(collector, probe):
    return collector.sql("SELECT target, addresses4, addresses6, prefixes4, prefixes6, origins, unknown, asns "
                         "FROM delegation_diversity WHERE probe = %s", probe.id)


def import_origins(collector, path, text, status=0):
    path.write_text(text)
    return collector.run("import", "pfx2as", path, status=status)


def test_servers_of_a_delegation_and_their_origins(collector, probe, tmp_path):
    servers = [{"name": "a.zone.", "addr": "198.51.100.1", "udp": "ok"}, {"name": "a.zone.", "addr": "2001:db8::1"},
               {"name": "b.zone.", "addr": "198.51.100.2", "udp": "timeout"}, {"name": "b.zone.", "addr": "nowhere"},
               {"name": "c.zone.", "addr": "203.0.113.1", "skipped": "no route from here"}, 7]
    result = ping(check="delegation", target="zone", addr=None, af=None, metrics={"addresses4": 3},
                  detail={"problems": [], "servers": servers})
    collector.stored(probe.batch([ping(), result]))
    assert diversity(collector, probe) == [("zone", 3, 1, 2, 1, 0, 4, [])]

    path = tmp_path / "origins.pfx2as"
    import_origins(collector, path, "198.51.100.0\t24\t64500\n203.0.113.0\t24\t64501_64502\n")
    assert diversity(collector, probe) == [("zone", 3, 1, 2, 1, 3, 1, [64500, 64501, 64502])]
    # IPv6 comes in a file of its own, and leaves what another brought of IPv4.
    import_origins(collector, path, "2001:db8::\t32\t64503\n")
    assert diversity(collector, probe) == [("zone", 3, 1, 2, 1, 4, 0, [64500, 64501, 64502, 64503])]
    # A bad line leaves all as it was, a later file of IPv4 replaces the first.
    said = import_origins(collector, path, "198.51.100.0\t24\t64509\n198.51.100.1\t24\t64509\n", status=1)
    assert f"{path}: line 2: 198.51.100.1 is not the first address of a /24; correct one of the two" in said
    assert diversity(collector, probe)[0][-1] == [64500, 64501, 64502, 64503]
    import_origins(collector, path, "198.51.100.0\t24\t64509\n")
    assert diversity(collector, probe) == [("zone", 3, 1, 2, 1, 2, 1, [64503, 64509])]
    assert collector.sql("SELECT origin_of('137.255.0.1')") == [([28683],)]

    query = ("SELECT s.* FROM delegation_server s JOIN probe USING (probe_no) WHERE probe = %s ORDER BY name, addr", probe.id)
    before = collector.sql(*query)
    assert len(before) == 4
    collector.sql("DELETE FROM delegation_server WHERE name = 'a.zone.'")
    collector.run("rebuild", "--from", wire.now()[:10])
    assert collector.sql(*query) == before


# ---- the collector's own keys ----

KEYS = b"internetmetre keys 1\n"


def listed(collector, *trusted):
    """The list of keys, when one of the trusted keys signed it."""
    body = collector.request("GET", "/api/v1/keys").body
    for public in trusted:
        with contextlib.suppress(InvalidSignature):
            return wire.open_statement(public, KEYS, body)
    raise AssertionError("no trusted key signed the list")


def test_succession_of_the_collectors_keys(own_collector, tmp_path):
    c = own_collector.start()
    state = c.state
    reply = c.request("POST", "/api/v1/probes", wire.Probe().enrolment(c.token()))
    pinned = json.loads(reply.body.splitlines()[0])
    [first], recovery = pinned["keys"], pinned["recovery"]
    assert (state / "recovery.key").stat().st_mode & 0o777 == 0o600 and "recovery.key was made" in c.log.read_text()
    shutil.move(state / "recovery.key", tmp_path)
    list_ = listed(c, first)
    assert (list_["keys"], list_["serial"]) == ([first], 0)

    c.run("key", "succeed")
    c.run("key", "succeed", status=1)  # probes that were away trust the first alone
    c.stop()
    c.start()
    list_ = listed(c, first)
    second = list_["keys"][0]
    assert list_["keys"] == [second, first] != [first, first] and list_["serial"] == 1
    probe = wire.Probe()
    assert c.enrol(probe, c.token()).status == 200 and c.public == second
    c.stored(probe.batch([ping()]))  # signed by the second

    stranger = tmp_path / "stranger.key"
    stranger.write_bytes((state / "collector.key").read_bytes())
    stranger.chmod(0o600)
    c.run("key", "succeed", "--recovery", stranger, status=1)
    c.run("key", "succeed", "--recovery", tmp_path / "recovery.key")
    c.stop()
    c.start()
    list_ = listed(c, recovery)
    assert len(list_["keys"]) == 1 and list_["keys"][0] not in (first, second) and list_["serial"] == 2
    assert not (state / "recovery.key").exists()

    c.run("key", "succeed", "--keep", "1s")
    c.stop()
    time.sleep(1)
    c.start()
    fourth = listed(c, *json.loads(c.request("GET", "/api/v1/keys").body.splitlines()[0])["keys"])
    assert fourth["serial"] == 3 and len(fourth["keys"]) == 1


# ---- retention ----

def test_retention_archives_before_it_drops(own_collector, tmp_path):
    c = own_collector.start()
    probe = c.probe()
    old = [probe.batch([ping(at="2024-03-05T10:00:00Z"), ping(at="2024-03-06T10:00:00Z", outcome="timeout")]),
           probe.batch([ping(), ping(at="2024-03-07T10:00:00Z")])]
    for plain in old:
        c.stored(plain)
    c.run("rollup")
    # as if the batches had come when they were made
    c.sql("SELECT partition_make('batch_body', '2024-03-01')")
    c.sql("UPDATE batch_body SET received_at = '2024-03-07' WHERE batch_no = (SELECT min(batch_no) FROM batch_body)")
    before = c.sql("SELECT * FROM rollup_day ORDER BY day")
    c.stop()
    c.config.write_text(c.config.read_text() + "keep_results = 60d\nkeep_bodies = 60d\n")
    c.start()
    wait_until(lambda: c.sql("SELECT count(*) FROM retained WHERE folder <> ''") == [(2,)], what="retention")
    assert c.sql("SELECT count(*) FROM result") == [(1,)] and c.sql("SELECT count(*) FROM batch_body") == [(1,)]
    assert c.sql("SELECT count(*) FROM batch_key") == [(2,)]

    archive = c.state / "archive"
    packed = (archive / "result/2024-03" / f"{probe.id}.ndjson.zst").read_bytes()
    rows_ = [json.loads(line) for line in zstandard.ZstdDecompressor().stream_reader(packed).read().splitlines()]
    assert [(r["check"], r["outcome"], r["metrics"]["sent"]) for r in rows_] == [("ping", "ok", 10), ("ping", "timeout", 10), ("ping", "ok", 10)]
    with tarfile.open(archive / "batch_body/2024-03" / f"{probe.id}.tar") as tar:
        [member] = tar.getmembers()
        assert tar.extractfile(member).read() == old[0]
        tar.extractall(tmp_path)
    assert "known already" in c.run("load", tmp_path / member.name)

    log = subprocess.run(c.command("rebuild"), capture_output=True, text=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    assert log.returncode == 1 and "2024-03" in log.stderr
    # as the refusal advises; the batch of today has a result of that month as well, which is in the archive
    c.run("rebuild", "--from", "2024-04-01")
    assert c.sql("SELECT count(*) FROM result") == [(1,)]
    assert c.request("GET", "/healthz").json() == {"status": "ok"}
    # late rows of that month do not empty what was made of its days
    c.stored(probe.batch([ping(at="2024-03-05T11:00:00Z")]))
    wait_until(lambda: "1 probe-days came after retention" in c.log.read_text() + c.run("rollup"), what="somebody is told")
    assert c.sql("SELECT * FROM rollup_day ORDER BY day") == before
    health = c.request("GET", "/healthz")
    assert (health.status, health.json()) == (200, {"status": "degraded", "late_probe_days": 1})
    c.sql("UPDATE rollup_late SET found_at = now() - interval '31 days'")
    assert c.request("GET", "/healthz").json() == {"status": "ok"}
    assert b"internetmetre_late_probe_days 1\n" in c.request("GET", "/metrics").body
    assert re.search(r"^2024-03-05 +2024-03-05 +1 ", c.run("probe", "show", probe.id), re.M)
    c.run("probe", "forget", probe.id)
    assert not list(archive.glob(f"*/*/{probe.id}*"))
