"""What is no loss of the line's: packets too big for a link further on, an interface of this host's that goes down, a clock that is
set. client - r1 - r2 - server; the link between the routers is the narrow one."""
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import BUILD, Agent
from topology import Network

FAMILIES = pytest.mark.parametrize("family", [4, 6])
BIG = {"ping": {"size": 1400}, "stamp": {"padding": 1400, "port": 862}}
STEP = BUILD / "tests/net/step_clock.so"


@pytest.fixture(scope="module")
def world():
    with Network() as net:
        net.client, net.r1, net.r2, net.server = net.host("probe"), net.router("one"), net.router("two"), net.host("goal")
        for a, b in ((net.client, net.r1), (net.r1, net.r2), (net.r2, net.server)):
            net.link(a, b)
        net.route()
        net.client.sysctl("net.ipv4.ping_group_range", "0 2147483647")
        net.device = net.client.interface(net.r1)
        config = net.folder / "target.conf"
        config.write_text("listen = [::]:8081\nstamp_listen = :862\n")
        net.server.start(BUILD / "collector/target/internetmetre-target", "serve", "--config", config,
                         ready=lambda: net.server.listens(862) and net.server.listens(8081, "-ltn"))
        net.agent = Agent(net)
        yield net


def together(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(call) for call in calls]]


def address(host, family):
    return host.v4 if family == 4 else host.v6


# ---- a narrow link ----

@pytest.fixture
def narrow(world):
    """Each end's kernel has still to find out."""
    ends = [(world.r1, world.r2), (world.r2, world.r1)]
    for a, b in ends:
        a.ip(4, "link", "set", a.interface(b), "mtu", 1300)
    yield world
    for a, b in ends:
        a.ip(4, "link", "set", a.interface(b), "mtu", 1500)
    for host in (world.client, world.server):
        for family in (4, 6):
            host.ip(family, "route", "flush", "cache")


@FAMILIES
@pytest.mark.parametrize("check", BIG)
def test_too_big_is_no_loss(narrow, check, family):
    rows = [narrow.agent.measure(check, address(narrow.server, family), count=6, interval_ms=40, timeout_ms=300, **BIG[check])
            for _ in range(2)]
    first, second = rows
    assert [error["error"] for error in first["detail"]["errors"]] == ["too_big"], first
    assert first["detail"]["errors"][0]["from"] == narrow.r1.towards(narrow.client, family)
    for row in rows:
        assert (row["outcome"], row["metrics"]["loss"]) == ("ok", 0), row
        assert len(row["detail"]["rtts_ms"]) == row["metrics"]["sent"]
    # Whichever lost its answer to the same link, the far end having to find out too, is in no count.
    assert first["metrics"]["sent"] >= 5 and second["metrics"]["sent"] == 6 and "errors" not in second["detail"]
    if check == "stamp":
        assert first["detail"]["lost"] == second["detail"]["lost"] == {"forward": 0, "return": 0, "unknown": 0}


@FAMILIES
def test_traceroute_goes_on_where_a_packet_was_too_big(narrow, family):
    row = narrow.agent.measure("traceroute", address(narrow.server, family), size=1452, timeout_ms=300)
    assert (row["outcome"], row["metrics"]["hops"]) == ("ok", 3), row
    assert [error["error"] for error in row["detail"]["errors"]] == ["too_big"]
    path = [narrow.r1.towards(narrow.client, family), narrow.r2.towards(narrow.r1, family), address(narrow.server, family)]
    assert [{packet.get("from") for packet in hop["result"]} for hop in row["detail"]["hops"]] == [{hop} for hop in path]


# ---- where a path ends ----

@pytest.fixture
def rules(world):
    yield world
    for host in (world.r2, world.server):
        host.run("nft", "flush", "ruleset")


def test_a_target_that_answers_from_another_of_its_addresses(rules):
    rules.server.ip(4, "addr", "replace", "10.99.0.1/32", "dev", "lo")
    for a, b in ((rules.client, rules.r1), (rules.r1, rules.r2), (rules.r2, rules.server)):
        a.ip(4, "route", "replace", "10.99.0.1/32", "via", b.towards(a))
    rules.server.nft("table ip x { chain o { type filter hook output priority mangle\n"
                     f"icmp type destination-unreachable ip saddr 10.99.0.1 ip saddr set {rules.server.v4}\n}}\n}}\n")
    row = rules.agent.measure("traceroute", "10.99.0.1", timeout_ms=300)
    assert (row["outcome"], row["metrics"]["reached"], row["metrics"]["hops"]) == ("ok", 1, 3), row
    assert row["detail"]["reached_as"] == rules.server.v4 and row["metrics"]["rtt_ms"] > 0


@FAMILIES
def test_a_firewall_that_rejects_is_no_target(rules, family):
    rules.r2.nft("table inet f { chain f { type filter hook forward priority 0\n"
                 "udp dport 33434-33500 reject with icmpx port-unreachable\n}\n}\n")
    row = rules.agent.measure("traceroute", address(rules.server, family), timeout_ms=300)
    assert (row["outcome"], row["metrics"]["reached"]) == ("unreachable", 0), row
    assert row["detail"]["reason"] == f"port_unreachable from {rules.r2.towards(rules.r1, family)}"
    assert "reached_as" not in row["detail"]


# ---- this host's interface ----

@pytest.fixture
def cable(world):
    """Pulled after a while, in the middle of what runs; put back at the end."""
    timers = []

    def pull(after_s):
        timers.append(threading.Timer(after_s, lambda: world.client.ip(4, "link", "set", world.device, "down")))
        timers[-1].start()

    yield pull
    for timer in timers:
        timer.join()
    plug(world)


def plug(net):
    net.client.ip(4, "link", "set", net.device, "up")
    net.client.ip(6, "addr", "replace", f"{net.client.v6}/64", "dev", net.device, "nodad")
    for n in (2, 3):
        net.client.ip(4, "route", "replace", f"10.77.{n}.0/24", "via", net.r1.towards(net.client))
        net.client.ip(6, "route", "replace", f"fd77:{n}::/64", "via", net.r1.towards(net.client, 6))
    for family in (4, 6):
        mac = net.r1.run("cat", f"/sys/class/net/{net.r1.interface(net.client)}/address").stdout.strip()
        net.client.ip(family, "neigh", "replace", net.r1.towards(net.client, family), "lladdr", mac, "dev", net.device,
                      "nud", "permanent")


def test_an_interface_that_goes_down(world, cable):
    """Said by every check that waits for answers: from a server, from silence, of a page whose address is the fetch's own affair (this
    host has no default route: whatever interface was up is meant)."""
    world.server.start("/usr/bin/python3", "-c", "import socket\ns = socket.create_server(('', 8085))\nk = []\n"
                       "while True: k.append(s.accept())", ready=lambda: world.server.listens(8085, "-ltn"))
    series = {"count": 40, "interval_ms": 50, "timeout_ms": 200}
    runs = [("ping", world.server.v4, series), ("stamp", world.server.v4, {"port": 862} | series),
            ("tcp", world.server.v4, {"port": 8081} | series), ("traceroute", "10.77.3.77", {"packets": 16, "timeout_ms": 1500}),
            ("dns", "10.77.3.77", {"qname": "bj", "timeout_ms": 2000, "retries": 0}),
            ("http", f"http://{world.server.v4}:8085/", {"timeout_ms": 2000, "flags": ["--allow-private"]})]
    cable(1.0)
    rows = together(*[lambda run=run: world.agent.measure(*run[:2], **run[2]) for run in runs])
    said = {row["check"]: (row["outcome"], row["detail"].get("reason")) for row in rows}
    alone = dict.fromkeys(("dns", "http"), ("unreachable", "interface_down"))
    assert said == dict.fromkeys(("ping", "stamp", "tcp", "traceroute"), ("partial", "interface_down")) | alone


def test_an_interface_that_comes_back(world, cable):
    cable(0.4)
    back = threading.Timer(0.7, plug, [world])
    back.start()
    row = world.agent.measure("ping", world.server.v4, count=40, interval_ms=50, timeout_ms=200)
    back.join()
    assert (row["outcome"], row["detail"]["reason"]) == ("partial", "interface_down"), row
    assert row["detail"]["rtts_ms"][-1] is not None


# ---- what is no host ----

@pytest.mark.parametrize("target, reason", [
    ("10.77.1.255", "broadcast"), ("255.255.255.255", "broadcast"), ("224.0.0.1", "multicast"), ("ff02::1", "multicast"),
    ("0.0.0.0", "unspecified"), ("::", "unspecified")])
@pytest.mark.parametrize("check", ["ping", "tcp"])
def test_what_is_no_host(world, check, target, reason):
    row = world.agent.measure(check, target, count=1)
    assert (row["outcome"], row["detail"]["reason"], row["bytes"]) == ("denied", reason, 0), row


# ---- a clock that is set ----

@pytest.mark.parametrize("step_s", [-120, 120, -1, 86400000])
def test_a_clock_that_is_set_in_the_middle(world, step_s):
    prefix = ["env", f"LD_PRELOAD={STEP}", f"STEP_S={step_s}", "STEP_AFTER_MS=200"]
    runs = [("ping", {}), ("stamp", {"port": 862}), ("tcp", {"port": 8081, "interval_ms": 50})]
    ping, stamp, tcp, traceroute = together(
        *[lambda check=check, params=params: world.agent.measure(
            check, world.server.v4, prefix=prefix, **{"count": 10, "interval_ms": 40, "timeout_ms": 900} | params)
          for check, params in runs],
        lambda: world.agent.measure("traceroute", world.server.v4, prefix=prefix))
    for row in (ping, stamp, tcp):
        assert (row["outcome"], row["metrics"]["loss"]) == ("ok", 0), row
        assert 0 <= row["metrics"]["rtt_min_ms"] <= row["metrics"]["rtt_max_ms"] < 900
    assert stamp["detail"]["oneway_reason"] == "clock_stepped" and "pdv_forward_p95_ms" not in stamp["metrics"]
    assert (traceroute["outcome"], traceroute["metrics"]["hops"]) == ("ok", 3) and traceroute["metrics"]["rtt_ms"] < 900
