"""ping, stamp and tcp over an emulated link: what they say against a packet capture and against the link's own counts."""
import math
import statistics
import struct
from concurrent.futures import ThreadPoolExecutor

import pytest

from capture import Capture
from conftest import BUILD, NOBODY, Agent
from emulator import emulated_link
from topology import Network

HTTP_PORT, STAMP_PORT, STATELESS_PORT = 8081, 862, 8862
# Of a median's error. The capture takes its copy of a packet before the driver stamps it: 5 to 10 us on an idle machine,
# up to 25 on a busy one, by which the capture is the one further from the wire.
AIM_MS, TCP_AIM_MS = 0.030, 0.100


@pytest.fixture(scope="module")
def line():
    with Network() as net:
        net.client, net.server = net.host("near"), net.host("far")
        net.link0 = emulated_link(net, net.client, net.server)
        net.route()
        net.client.sysctl("net.ipv4.ping_group_range", "0 2147483647")
        for host in net.hosts:  # the programs' own stamping warms up, not the kernel's caches
            host.sysctl("net.ipv4.tcp_no_metrics_save", 1)
        reflector(net, STAMP_PORT, "stateful", HTTP_PORT)
        reflector(net, STATELESS_PORT, "stateless", HTTP_PORT + 1)
        net.agent = Agent(net)
        yield net


def reflector(net, port, mode, http, preload=None, rate=100000):
    config = net.folder / f"target-{port}.conf"
    config.write_text(f"listen = [::]:{http}\nstamp_listen = :{port}\nstamp_mode = {mode}\nstamp_rate = {rate}\n")
    words = ["env", f"LD_PRELOAD={preload}"] if preload else []
    net.server.start(*words, BUILD / "collector/target/internetmetre-target", "serve", "--config", config,
                     ready=lambda: net.server.listens(port) and net.server.listens(http, "-ltn"))


@pytest.fixture
def clean(line):
    """The line without delay or fault."""
    line.link0.set(delay_ms=0, jitter_ms=0, loss=0, duplicate=0, reorder=0, rate_kbps=0, seed=1)
    return line


def together(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(call) for call in calls]]


def count(row, name):
    return int(row["metrics"][name])


# ---- round trips against a capture ----

def ping_rtts(packets):
    """By identifier: the agent and fping ping at the same time."""
    sent, rtts = {}, {}
    for p in packets:
        if p.protocol in (1, 58):
            kind, key = p.payload[0], p.payload[4:8]
            if kind in (8, 128):
                sent[key] = p.at_ns
            elif kind in (0, 129) and key in sent:
                rtts.setdefault(key[:2], []).append((p.at_ns - sent.pop(key)) / 1e6)
    return rtts


def stamp_rtts(packets):
    sent, rtts = {}, []
    for p in packets:
        if p.protocol != 17:
            continue
        source, target = struct.unpack_from(">HH", p.payload)
        if target == STAMP_PORT:
            sent[p.payload[8:12]] = p.at_ns
        elif source == STAMP_PORT:
            t3, = struct.unpack_from(">Q", p.payload, 8 + 4)
            t2, = struct.unpack_from(">Q", p.payload, 8 + 16)
            rtts.append((p.at_ns - sent.pop(p.payload[8 + 24:8 + 28])) / 1e6 - (t3 - t2) / 2**32 * 1e3)
    return rtts


def tcp_rtts(packets):
    sent, rtts = {}, []
    for p in packets:
        if p.protocol != 6:
            continue
        source, target = struct.unpack_from(">HH", p.payload)
        flags = p.payload[13] & 0x12
        if flags == 0x02:
            sent[source] = p.at_ns
        elif flags == 0x12 and target in sent:
            rtts.append((p.at_ns - sent.pop(target)) / 1e6)
    return rtts


@pytest.mark.timed
@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("rtt_ms", [0, 5, 50, 300])
def test_median_rtt_against_a_capture(clean, rtt_ms, family):
    clean.link0.set(delay_ms=rtt_ms / 2)
    far = clean.server.v4 if family == 4 else clean.server.v6
    n = 40
    device = clean.client.interface(clean.server)
    with Capture(clean.client, device, "icmp or icmp6 or udp or tcp") as capture:
        ping, stamp, tcp, fping = together(
            lambda: clean.agent.measure("ping", far, count=n, interval_ms=25),
            lambda: clean.agent.measure("stamp", far, count=n, interval_ms=25),
            lambda: clean.agent.measure("tcp", far, port=HTTP_PORT, count=n // 2, interval_ms=50),
            lambda: clean.client.run("fping", "-q", "-C", n, "-p", 25, "-t", 2000, far))
    packets = list(capture.packets())
    fping_ms = [float(word) for word in fping.stderr.split(" : ")[1].split()]
    pings = ping_rtts(packets)
    assert len(fping_ms) == n and sorted(map(len, pings.values())) == [n, n]
    # Whose identifier is whose: the agent's median is the one nearer to what the agent says.
    truths = {name: statistics.median(rtts) for name, rtts in pings.items()}
    errors = {}
    ours, theirs = sorted(truths, key=lambda key: abs(truths[key] - ping["metrics"]["rtt_p50_ms"]))
    errors["ping"] = ping["metrics"]["rtt_p50_ms"] - truths[ours]
    errors["fping"] = statistics.median(fping_ms) - truths[theirs]
    errors["stamp"] = stamp["metrics"]["rtt_p50_ms"] - statistics.median(stamp_rtts(packets))
    assert tcp["detail"]["clock"] == "wire"
    errors["tcp"] = tcp["metrics"]["rtt_p50_ms"] - statistics.median(tcp_rtts(packets))
    print(f"\nrtt {rtt_ms} ms, IPv{family}:", ", ".join(f"{k} {v * 1000:+.1f} µs" for k, v in errors.items()))
    allowed = max(abs(errors.pop("fping")), AIM_MS)
    assert all(abs(error) <= allowed for error in errors.values()), errors


@pytest.mark.timed
def test_tcp_without_privilege(clean):
    """Without packet sockets TCP's own clock serves: some tens of microseconds of this host are in it."""
    clean.link0.set(delay_ms=5)
    with Capture(clean.client, clean.client.interface(clean.server), "tcp") as capture:
        row = clean.agent.measure("tcp", clean.server.v4, prefix=NOBODY, port=HTTP_PORT, count=20,
                                  interval_ms=50)
    assert row["detail"]["clock"] == "tcp"
    assert row["metrics"]["rtt_p50_ms"] == pytest.approx(statistics.median(tcp_rtts(capture.packets())), abs=TCP_AIM_MS)


# ---- loss, duplicates, reordering against the link's own counts ----

def binomial(n, p, confidence=0.9999):
    """The counts between which the middle `confidence` of a binomial distribution lies."""
    tail, total, bounds = (1 - confidence) / 2, 0.0, []
    for k in range(n + 1):
        total += math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
                          + k * math.log(p) + (n - k) * math.log1p(-p))
        if not bounds and total > tail:
            bounds.append(k)
        if total >= 1 - tail:
            return (*bounds, k)
    return (*bounds, n)


@pytest.fixture(scope="module")
def lossy(line):
    """Three links beside the first, each with its loss, so that all can be measured at the same time."""
    links = {}
    for p in (0.01, 0.05, 0.20):
        links[p] = emulated_link(line, line.client, line.server)
    line.route()
    return links


def test_loss(line, lossy):
    """1, 5 and 20 %: within the 99 % interval of what 1000 packets can show, and exactly what the link lost."""
    n, calls = 1000, []
    for p, link in lossy.items():
        link.set(delay_ms=2, ab_loss=p, seed=42)
    for number in range(1, len(lossy) + 1):
        far = line.server.links[number][2]
        calls += [lambda far=far: line.agent.measure("ping", far, count=n, interval_ms=10, timeout_ms=1000),
                  lambda far=far: line.agent.measure("stamp", far, count=n, interval_ms=10, timeout_ms=1000)]
    rows = together(*calls)
    for number, (p, link) in enumerate(lossy.items()):
        ping, stamp = rows[2 * number:2 * number + 2]
        low, high = binomial(n, p)
        for row in (ping, stamp):
            lost = count(row, "sent") - count(row, "rcvd")
            assert row["outcome"] == "partial" and count(row, "sent") == n
            assert low <= lost <= high, (p, row["check"], lost, low, high)
            assert row["metrics"]["loss"] == pytest.approx(lost / n, abs=1e-6)
            assert row["detail"]["rtts_ms"].count(None) == lost
        report = link.report()
        assert report["ab"]["in"] == 2 * n
        assert 2 * n - count(ping, "rcvd") - count(stamp, "rcvd") == report["ab"]["lost"]
        # All of it was lost on the way there; what was lost after the last answer, none can say.
        assert stamp["detail"]["reflector"] == "stateful"
        where = stamp["detail"]["lost"]
        assert where["return"] == 0 and where["unknown"] <= 5
        assert where["forward"] + where["unknown"] == n - count(stamp, "rcvd")


def test_tcp_loss(line, lossy):
    link, far = lossy[0.20], line.server.links[3][2]
    link.set(delay_ms=2, ab_loss=0.20, seed=42)
    rows = together(*[lambda: line.agent.measure("tcp", far, port=HTTP_PORT, count=100, interval_ms=50,
                                                 timeout_ms=1500)] * 5)
    lost = sum(count(row, "sent") - count(row, "rcvd") for row in rows)
    low, high = binomial(500, 0.20)
    assert low <= lost <= high
    for row in rows:
        detail = row["detail"]
        # One SYN lost of two: connected all the same; both lost: it timed out.
        assert detail["resent"] + detail.get("failed", {}).get("timeout", 0) == count(row, "sent") - count(row, "rcvd")
        assert row["metrics"]["rtt_max_ms"] < 500 # no retransmission passes for a round trip


def test_stamp_loss_each_way(clean):
    clean.link0.set(delay_ms=1, ab_loss=0.1, ba_loss=0.3, seed=5)
    stateful = clean.agent.measure("stamp", clean.server.v4, count=300, interval_ms=10, timeout_ms=300)
    report = clean.link0.report()
    stateless = clean.agent.measure("stamp", clean.server.v4, port=STATELESS_PORT, count=50, interval_ms=10,
                                    timeout_ms=300)
    lost = stateful["detail"]["lost"]
    assert lost["unknown"] <= 5
    assert lost["forward"] + lost["return"] + lost["unknown"] == report["ab"]["lost"] + report["ba"]["lost"]
    assert 0 <= report["ab"]["lost"] - lost["forward"] <= lost["unknown"]
    assert 0 <= report["ba"]["lost"] - lost["return"] <= lost["unknown"]
    assert stateful["metrics"]["loss_forward"] == pytest.approx(lost["forward"] / (300 - lost["unknown"]), rel=1e-5)
    # A stateless reflector cannot say, and the check does not guess.
    assert stateless["detail"]["reflector"] == "stateless"
    assert "loss_forward" not in stateless["metrics"] and "lost" not in stateless["detail"]


def on_four_links(line, lossy, **impairment):
    """ping and stamp, each on a link impaired on the way there and on one impaired on the way back."""
    cases = [(way, check) for way in ("ab", "ba") for check in ("ping", "stamp")]
    for link, (way, _) in zip((line.link0, *lossy.values()), cases):
        other = {"ab": "ba", "ba": "ab"}[way]
        link.set(delay_ms=1, loss=0, jitter_ms=0, seed=9, reorder_ms=35,
                 **{f"{way}_{name}": value for name, value in impairment.items()},
                 **{f"{other}_{name}": 0 for name in impairment})
    rows = together(*[lambda number=number, check=check: line.agent.measure(
        check, line.server.links[number][2], count=300, interval_ms=10) for number, (_, check) in enumerate(cases)])
    for (way, _), row, link in zip(cases, rows, (line.link0, *lossy.values())):
        assert (row["outcome"], count(row, "sent"), count(row, "rcvd")) == ("ok", 300, 300)
        yield way, row, link.report()
        link.set(duplicate=0, reorder=0)


def test_duplicates(line, lossy):
    for way, row, report in on_four_links(line, lossy, duplicate=0.1):
        assert report[way]["duplicated"] > 10
        assert (count(row, "dup"), count(row, "reorder")) == (report[way]["duplicated"], 0)
        if row["check"] == "stamp":
            assert row["detail"]["dup"] == {"forward": report["ab"]["duplicated"], "return": report["ba"]["duplicated"]}


def test_reordering(line, lossy):
    for way, row, report in on_four_links(line, lossy, reorder=0.08):
        assert report[way]["reordered"] > 10
        assert count(row, "dup") == 0
        # What comes late to the far end comes back late.
        assert count(row, "reorder") == report[way]["reordered"]


def quietest(clean, stddev_ms, times=8):
    """The first measurement with the deviation that a quiet machine gives, else that with the least of so many: a busy machine only
    adds to it."""
    found = []
    while len(found) < times and not (found and found[-1]["rtt_stddev_ms"] < 1.06 * stddev_ms):
        found.append(clean.agent.measure("stamp", clean.server.v4, count=300, interval_ms=10)["metrics"])
    return min(found, key=lambda row: row["rtt_stddev_ms"])


@pytest.mark.timed
def test_jitter_and_delay_variation(clean):
    clean.link0.set(delay_ms=10, ab_jitter_ms=8, seed=3)
    row = quietest(clean, 8 / math.sqrt(12))
    # Uniform in 0..8 ms: standard deviation 8/sqrt(12), 95th percentile 7.6, mean step 8/3, as 300 samples show it.
    assert row["rtt_stddev_ms"] == pytest.approx(8 / math.sqrt(12), rel=0.12)
    assert row["pdv_p95_ms"] == pytest.approx(7.6, rel=0.1)
    assert row["jitter_ms"] == pytest.approx(8 / 3, rel=0.15)
    assert row["rtt_min_ms"] == pytest.approx(20, abs=0.6)
    # And it is on the way there.
    assert row["pdv_forward_p95_ms"] == pytest.approx(7.6, rel=0.1)
    assert row["pdv_return_p95_ms"] < 3  # what a busy machine adds


# ---- one-way delay ----

@pytest.mark.timed
def test_one_way_delay_wants_two_synchronised_clocks(clean):
    """Both ends share this host's clock, so the delay each way is what the link was told."""
    preload = BUILD / "tests/net/synced_clock.so"
    reflector(clean, 8863, "stateful", HTTP_PORT + 2, preload=preload)
    clean.link0.set(ab_delay_ms=30, ba_delay_ms=10)
    synced, far = ["env", f"LD_PRELOAD={preload}"], clean.server.v4
    both, ours, theirs = together(
        lambda: clean.agent.measure("stamp", far, prefix=synced, port=8863, count=40, interval_ms=20),
        lambda: clean.agent.measure("stamp", far, prefix=synced, count=5, interval_ms=20),
        lambda: clean.agent.measure("stamp", far, port=8863, count=5, interval_ms=20))
    assert both["detail"]["synced"] and both["sync"]
    assert both["metrics"]["owd_forward_p50_ms"] == pytest.approx(30, abs=0.5)
    assert both["metrics"]["owd_return_p50_ms"] == pytest.approx(10, abs=0.5)
    for row in (ours, theirs):
        assert row["outcome"] == "ok" and not row["detail"]["synced"]
        assert not [name for name in row["metrics"] if name.startswith("owd")]
        assert not [name for name in row["detail"] if name.startswith("owd")]
