"""Chains: holes, late fill, gaps, forks, keys that rotate, and what the answer to a push says of them."""
import base64
import os

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
        paths[-1].write_bytes(wire.pack(plain))
    return paths


def missing(ack):
    return [(m["from"], m["to"]) for m in ack["missing"]]


def twin(probe):
    """A second box with the same state directory."""
    other = wire.Probe()
    other.__dict__.update(probe.__dict__)
    return other


# ---- holes ----

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


def test_gap_record_that_is_none_is_kept_and_explains_nothing(collector, probe):
    chain = probe.chain
    for batches in ("text", [], [1, None], [{"chain": chain}], [{"chain": chain, "from": "x", "to": 1e300}],
                    [{"chain": chain, "from": 9, "to": 1}], [{"chain": 7, "from": 1, "to": 2}],
                    [{"chain": chain, "from": 10**18, "to": 10**18}], {"from": 1}):
        probe.seq += 1
        ack = collector.stored(probe.batch([], gap={"reason": ["?"], "batches": batches}, prev="ab" * 32))
    assert missing(ack) == [(n, n) for n in range(1, 18, 2)]


# ---- forks ----

def test_two_boxes_with_one_state_directory(collector, probe):
    for _ in range(2):
        collector.stored(probe.batch([ping()]))
    other = twin(probe)
    mine, theirs = probe.batch([ping()]), other.batch([ping(bytes=1)])
    assert collector.stored(mine)["forks"] == []
    ack = collector.stored(theirs)
    assert ack["forks"] == [probe.chain] and missing(ack) == []
    assert collector.sql("SELECT count(*) FROM result JOIN probe USING (probe_no) WHERE probe = %s", probe.id) == [(4,)]
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
    assert collector.sql("SELECT count(*) FROM result JOIN probe USING (probe_no) WHERE probe = %s", probe.id) == [(24,)]


# ---- keys ----

def rotation(probe, key, wrong=()):
    about = {"probe": probe.id, "chain": probe.chain, "seq": probe.seq + 1} | dict(wrong)
    text = f"internetmetre rotate 1\n{about['probe']}\n{about['chain']}\n{about['seq']}\n".encode()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"public": base64.b64encode(public).decode(), "sig": base64.b64encode(key.sign(text)).decode()}


def test_key_rotation(collector, probe):
    collector.stored(probe.batch([ping()]))
    late = probe.batch([ping()])
    old, new = probe.key, Ed25519PrivateKey.generate()
    turn = probe.batch([ping()], rotate=rotation(probe, new))
    probe.key = new
    after = probe.batch([ping()])
    assert collector.push(after).problem() == "signature"
    collector.stored(turn)
    collector.stored(after)
    collector.stored(late)
    collector.stored(turn)
    probe.key = old
    collector.stored(probe.batch([ping()]))
    assert collector.sql("SELECT valid_to = 'infinity' FROM probe_key JOIN probe USING (probe_no) WHERE probe = %s "
                         "ORDER BY valid_from", probe.id) == [(False,), (True,)]
    collector.sql("UPDATE probe_key SET revoked_at = now() WHERE valid_to < 'infinity' AND probe_no = "
                  "(SELECT probe_no FROM probe WHERE probe = %s)", probe.id)
    probe.key = new
    collector.stored(probe.batch([], rotate=rotation(probe, new)))  # the same again changes nothing
    probe.key = old
    assert collector.push(probe.batch([])).problem() == "signature"


def test_rotation_that_the_new_key_did_not_sign_for(collector, probe):
    for wrong in ({"seq": 9}, {"chain": "ab" * 16}, {"probe": "a" * 20}):
        plain = probe.batch([], rotate=rotation(probe, Ed25519PrivateKey.generate(), wrong))
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


# ---- durability ----

def test_start_is_refused_when_commits_are_not_durable(own_collector):
    own_collector.start()
    own_collector.sql("ALTER SYSTEM SET synchronous_commit = off")
    own_collector.stop()
    own_collector.launch()
    assert own_collector.process.wait(60) == 1
    assert "PostgreSQL has synchronous_commit off" in own_collector.log.read_text()
    own_collector.config.write_text(own_collector.config.read_text() + "unsafe_database = yes\n")
    own_collector.start()
