"""STAMP and TWAMP light, both ways against an implementation of nobody's: our sender and a plain reflector, a plain sender and our target.
What a reflector's clock may say and is not believed; what tshark reads in the packets."""
import calendar
import itertools
import json
import pathlib
import struct
import subprocess
import time

import pytest

from capture import Capture
from conftest import BUILD, Agent
from emulator import emulated_link
from topology import Network
from twamp import ERRORS, WRONG, unix

PLAIN = pathlib.Path(__file__).parent / "twamp.py"
KINDS = {kind: 9000 + n for n, kind in enumerate([*WRONG, *ERRORS, "good", "stateful", "twamp", "no_ttl", "short"])}
TARGET, SHORT, DELAY_MS = 862, 8862, 4
BUSY_MS = 60  # what a busy machine may add
CLAIMED = ["env", f"LD_PRELOAD={BUILD / 'tests/net/synced_clock.so'}"]
QUICK = {"count": 4, "interval_ms": 20, "timeout_ms": 1000}


@pytest.fixture(scope="module")
def line():
    with Network() as net:
        net.client, net.server = net.host("near"), net.host("far")
        net.link0 = emulated_link(net, net.client, net.server, delay_ms=DELAY_MS)
        net.route()
        for http, port, more in ((8081, TARGET, ""), (8082, SHORT, "stamp_short = yes\n")):
            config = net.folder / f"target-{port}.conf"
            config.write_text(f"listen = [::]:{http}\nstamp_listen = :{port}\n{more}")
            net.server.start(BUILD / "collector/target/internetmetre-target", "serve", "--config", config,
                             ready=lambda port=port: net.server.listens(port))
        net.server.start("/usr/bin/python3", PLAIN, "reflect", net.server.v4, *[f"{kind}={port}" for kind, port in KINDS.items()],
                         ready=lambda: net.server.listens(max(KINDS.values())))
        net.agent = Agent(net)
        yield net


@pytest.fixture
def clean(line):
    line.link0.set(delay_ms=DELAY_MS, jitter_ms=0, loss=0, duplicate=0, reorder=0, seed=1)
    return line


def ours(net, kind, **more):
    return net.agent.measure("stamp", net.server.v4, prefix=CLAIMED, port=KINDS[kind], **QUICK | more)


def plain(net, port, count=5, size=44, padding="zero", far=None):
    done = net.client.run("/usr/bin/python3", PLAIN, "send", far or net.server.v4, port, count, 10, size, padding)
    return json.loads(done.stdout)


# ---- our sender, a plain reflector ----

@pytest.mark.parametrize("kind", ["good", "stateful", "twamp"])
def test_our_sender_and_a_plain_reflector(clean, kind):
    row = ours(clean, kind)
    assert (row["outcome"], row["metrics"]["rcvd"]) == ("ok", 4), row
    assert 2 * DELAY_MS <= row["metrics"]["rtt_min_ms"] < 2 * DELAY_MS + BUSY_MS
    assert row["detail"]["synced"] and "oneway_reason" not in row["detail"]
    # Both ends have this machine's clock, so that each way takes what the link was told.
    for way in ("forward", "return"):
        assert DELAY_MS <= row["detail"][f"owd_{way}_min_ms"] < DELAY_MS + BUSY_MS
    assert row["detail"]["sender_ttl"] == 255
    assert row["detail"]["reflector"] == ("stateless" if kind == "good" else "stateful")


def test_time_to_live_that_is_not_given(clean):
    row = ours(clean, "no_ttl")
    assert row["outcome"] == "ok" and "sender_ttl" not in row["detail"]


@pytest.mark.parametrize("kind, reason", [
    ("zero", "clock_zero"), ("no_receipt", "clock_zero"), ("frozen", "clock_frozen"), ("since_1970", "clock_off"),
    ("behind", "clock_off"), ("ahead", "clock_off"), ("era", "clock_off"), ("moves", "clock_moved"),
    ("unsynced", "clock_unsynced")])
def test_a_clock_that_is_not_believed(clean, kind, reason):
    """The round trip is measured all the same; of the ways alone nothing, or how much they vary."""
    row = ours(clean, kind)
    assert (row["outcome"], row["metrics"]["loss"]) == ("ok", 0), row
    assert 2 * DELAY_MS <= row["metrics"]["rtt_min_ms"] < 2 * DELAY_MS + BUSY_MS
    assert (row["detail"]["synced"], row["detail"]["oneway_reason"]) == (False, reason)
    assert not [name for name in (*row["metrics"], *row["detail"]) if name.startswith("owd")]
    assert ("pdv_forward_p95_ms" in row["metrics"]) == (reason in ("clock_off", "clock_unsynced"))


@pytest.mark.parametrize("kind", ["swapped", "held", "corrupt", "short"])
def test_what_is_no_answer(clean, kind):
    """T3 before T2, held for longer than the round trip took, a multiplier of 0 (RFC 4656 section 4.1.2), 40 octets."""
    row = ours(clean, kind, timeout_ms=200)
    assert (row["outcome"], row["detail"]["malformed"], row["metrics"]["rcvd"]) == ("protocol_error", 4, 0), row


# ---- a plain sender, our target ----

@pytest.mark.parametrize("size, padding, answer, family", [
    (44, "zero", 44, 4), (44, "zero", 44, 6), (41, "zero", 44, 6), (41, "random", 44, 4), (100, "zero", 100, 4),
    (100, "random", 100, 6), (100, "tlv", 100, 4)])
def test_a_plain_sender_and_our_target(clean, family, size, padding, answer):
    rows = plain(clean, TARGET, size=size, padding=padding, far=clean.server.v4 if family == 4 else clean.server.v6)
    assert [row["seq"] for row in rows] == [row["number"] for row in rows] == list(range(5))
    for row in rows:
        assert (row["size"], row["mine"], row["zeros"], row["ttl"]) == (answer, True, True, 64)
        assert row["rtt_ms"] >= 2 * DELAY_MS and row["t2"] <= row["t3"]
        assert row["ssid"] == (0x1234 if padding == "tlv" else 0)
        # What is understood is marked so (RFC 8972 section 4); padding comes back as it was (RFC 8762 section 4.6).
        assert row["tail"][:8] == "00010034" if padding == "tlv" else row["copied"]
    assert min(row["rtt_ms"] for row in rows) < 2 * DELAY_MS + BUSY_MS


def test_the_shortest_requests_only_where_they_may_amplify(clean):
    assert plain(clean, TARGET, count=2, size=14) == plain(clean, TARGET, count=2, size=40) == []
    for size in (14, 40):
        assert [(row["size"], row["mine"]) for row in plain(clean, SHORT, count=2, size=size)] == [(44, True)] * 2


def test_a_sender_that_starts_anew_from_its_port(clean):
    for _ in range(2):
        assert [row["number"] for row in plain(clean, TARGET, count=3)] == [0, 1, 2]


def test_a_plain_sender_counts_what_the_link_counted(clean):
    """Loss each way from the target's numbers, duplicates, reordering."""
    clean.link0.set(delay_ms=2, ab_loss=0.2, ba_loss=0.1, ba_duplicate=0.1, seed=11)
    rows = plain(clean, TARGET, count=80)
    report = clean.link0.report()
    reflected = {row["number"] for row in rows}
    assert report["ab"]["lost"] > 5 and report["ba"]["lost"] > 2 and report["ba"]["duplicated"] > 2
    assert 80 - report["ab"]["lost"] - report["ba"]["lost"] == len(reflected) == len({row["seq"] for row in rows})
    assert len(rows) - len(reflected) == report["ba"]["duplicated"]
    assert max(reflected) < 80 - report["ab"]["lost"]
    clean.link0.set(delay_ms=2, ab_loss=0, ba_loss=0, ba_duplicate=0, ab_reorder=0.1, reorder_ms=25, seed=11)
    order = [row["seq"] for row in plain(clean, TARGET, count=80)]
    late = sum(seq < top for seq, top in zip(order[1:], itertools.accumulate(order, max)))
    report = clean.link0.report()
    assert late == report["ab"]["reordered"] > 3 and len(order) == 80
    clean.link0.set(ab_reorder=0)


def test_our_sender_counts_what_the_link_counted(clean):
    clean.link0.set(delay_ms=2, ab_loss=0.2, ba_loss=0.1, seed=11)
    row = ours(clean, "stateful", count=80, interval_ms=10, timeout_ms=400)
    report = clean.link0.report()
    lost = row["detail"].get("lost")
    assert 80 - row["metrics"]["rcvd"] == report["ab"]["lost"] + report["ba"]["lost"]
    assert (row["outcome"], row["detail"]["reason"]) == ("partial", "packets_lost")
    # This reflector's number goes on from the tests before: with it loss has no direction, and none is given.
    assert lost is None or lost["forward"] <= report["ab"]["lost"]
    clean.link0.set(loss=0)


# ---- ping on the same line ----

def test_ping_counts_what_the_link_counted(clean):
    clean.client.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    cases = [({"ab_duplicate": 1, "ba_duplicate": 1}, {}), ({"ab_duplicate": 0, "ba_duplicate": 0.5, "ba_loss": 0.3}, {}),
             ({"ba_duplicate": 0, "ba_loss": 0, "ba_delay_ms": 120}, {"timeout_ms": 1000}), ({}, {"timeout_ms": 80})]
    for options, params in cases:
        clean.link0.set(**options)
        row = clean.agent.measure("ping", clean.server.v4, **{"count": 20, "interval_ms": 10, "timeout_ms": 300} | params)
        back, metrics = clean.link0.report()["ba"], row["metrics"]
        if params.get("timeout_ms") == 80:  # all answers came, all of them late
            assert (row["outcome"], metrics["rcvd"], metrics["loss"]) == ("timeout", 0, 1) and row["detail"]["late"] > 5
            assert row["detail"]["rtts_ms"] == [None] * 20
            continue
        assert (metrics["sent"], metrics["reorder"]) == (20, 0)
        assert metrics["rcvd"] + metrics["dup"] == back["in"] - back["lost"] + back["duplicated"]
        assert row["outcome"] == ("partial" if back["lost"] else "ok")
    assert metrics["dup"] == 0


# ---- a third opinion ----

FIELDS = ["udp.srcport", "twamp.test.seq_number", "twamp.test.timestamp", "twamp.test.error_estimate", "twamp.test.mbz1",
          "twamp.test.receive_timestamp", "twamp.test.sender_seq_number", "twamp.test.sender_timestamp",
          "twamp.test.sender_error_estimate", "twamp.test.mbz2", "twamp.test.sender_ttl", "twamp.test.padding"]


def seconds(text):
    """Of "Nov 30, 2026 21:58:40.131318168 UTC"."""
    day, fraction = text.removesuffix(" UTC").rsplit(".", 1)
    return calendar.timegm(time.strptime(day, "%b %d, %Y %H:%M:%S")) + float(f"0.{fraction}")


def test_tshark_reads_each_field(clean):
    with Capture(clean.client, clean.client.interface(clean.server), f"udp port {TARGET}") as capture:
        row = clean.agent.measure("stamp", clean.server.v4, port=TARGET, ttl=77, **QUICK)
    assert row["outcome"] == "ok" and row["detail"]["sender_ttl"] == 77
    words = [word for field in FIELDS for word in ("-e", field)]
    done = subprocess.run(["tshark", "-r", capture.path, "-d", f"udp.port=={TARGET},twamp.test", "-T", "fields", "-E", "separator=|",
                           *words], capture_output=True, text=True, check=True)
    seen = [dict(zip(FIELDS, text.split("|"))) for text in done.stdout.splitlines()]
    raw = [packet.payload[8:] for packet in capture.packets()]
    assert len(seen) == len(raw) == 8
    for fields, packet in zip(seen, raw):
        answer = fields["udp.srcport"] == str(TARGET)
        seq, stamp, error, ssid = struct.unpack_from(">IQHH", packet)
        assert abs(seconds(fields["twamp.test.timestamp"]) - unix(stamp)) < 1e-5 and abs(unix(stamp) - time.time()) < 60
        assert int(fields["twamp.test.seq_number"]) == seq
        assert int(fields["twamp.test.error_estimate"], 0) == error and error & 0xFF
        if answer:
            assert int(fields["twamp.test.mbz1"], 0) == ssid
            assert int(fields["twamp.test.sender_seq_number"]) == seq + 1 == struct.unpack_from(">I", packet, 24)[0]
            assert int(fields["twamp.test.sender_error_estimate"], 0) == struct.unpack_from(">H", packet, 36)[0]
            assert (int(fields["twamp.test.mbz2"], 0), int(fields["twamp.test.sender_ttl"])) == (0, 77)
            received = struct.unpack_from(">Q", packet, 16)[0]
            assert abs(seconds(fields["twamp.test.receive_timestamp"]) - unix(received)) < 1e-5 and received <= stamp
            mine = next(other for other in seen if other["twamp.test.seq_number"] == fields["twamp.test.sender_seq_number"])
            assert fields["twamp.test.sender_timestamp"] == mine["twamp.test.timestamp"]
