"""The whole path, from a packet to a row: a probe three hops from everything."""
import os
from pathlib import Path

import pytest

from agent import Agent
from conftest import FarCollector, scratch
from emulator import emulated_link
from topology import Network

pytestmark = [pytest.mark.root("network namespaces"), pytest.mark.quick]
BUILD = Path(os.environ.setdefault("INTERNETMETRE_BUILD", str(Path(__file__).resolve().parents[2] / "build")))
PORT = 8080
TARGET_PORT = 8090

UNBOUND = """
server:
    interface: 0.0.0.0
    access-control: 0.0.0.0/0 allow
    directory: "{folder}"
    pidfile: "{folder}/unbound.pid"
    username: ""
    chroot: ""
    use-syslog: no
    module-config: "iterator"
    local-zone: "essai.bj." static
    local-data: "www.essai.bj. 300 A 192.0.2.1"
    local-data: "collecteur.essai.bj. 300 A {collector}"
remote-control:
    control-enable: no
"""


@pytest.fixture(scope="module")
def far():
    """client - r1 ~ r2 - server, r2 - resolver; 20 ms there and back between the routers."""
    with Network() as net, scratch() as folder:
        net.client, net.r1, net.r2 = net.host("far-client"), net.router("far-r1"), net.router("far-r2")
        net.server, net.resolver = net.host("far-server"), net.host("far-resolver")
        net.link(net.client, net.r1)
        emulated_link(net, net.r1, net.r2, delay_ms=10)
        net.link(net.r2, net.server)
        net.link(net.r2, net.resolver)
        net.route()
        (folder / "unbound.conf").write_text(UNBOUND.format(folder=folder, collector=net.server.v4))
        net.resolver.start("/usr/sbin/unbound", "-d", "-c", folder / "unbound.conf",
                           ready=lambda: net.resolver.listens(53) and net.resolver.listens(53, "-ltn"))
        net.client.resolver(net.resolver.v4)
        net.server.start(BUILD / "collector/target/internetmetre-target", "serve", "--listen", f"{net.server.v4}:{TARGET_PORT}",
                         ready=lambda: net.server.listens(TARGET_PORT, "-ltn"))
        net.collector = FarCollector(folder, net.server, f"{net.server.v4}:{PORT}")
        net.agent = Agent(folder, ["ip", "netns", "exec", net.client.space])
        try:
            net.collector.start()
            yield net
            net.agent.stop()
            net.collector.stop()
        finally:
            net.agent.clean()
            net.collector.clean()


@pytest.fixture(scope="module")
def rows(far):
    """One round of every check: the rows that the API gives, by task, each with its detail from the ledger."""
    server, target = far.server.v4, f"http://{far.server.v4}:{TARGET_PORT}"
    far.agent.configure({
        "echo4": {"check": "ping", "target": server, "interval": "1h", "count": 4, "interval_ms": 20},
        "echo6": {"check": "ping", "target": far.server.v6, "interval": "1h", "count": 4, "interval_ms": 20},
        "name": {"check": "dns", "interval": "1h", "qname": "www.essai.bj"},
        "no-name": {"check": "dns", "interval": "1h", "qname": "rien.essai.bj"},
        "page": {"check": "http", "target": f"http://collecteur.essai.bj:{TARGET_PORT}/v1/ping", "interval": "1h"},
        "closed": {"check": "http", "target": f"http://{server}:9/", "interval": "1h"},
        "rate": {"check": "throughput", "target": target, "interval": "1h"},
        "way4": {"check": "traceroute", "target": server, "interval": "1h"},
        "way6": {"check": "traceroute", "target": far.server.v6, "interval": "1h"},
    })
    token = far.collector.token("--focal-point", "Parakou")
    far.agent.run("enroll", f"http://{server}:{PORT}", token, "--yes", "--department", "Borgou", "--zone", "rural")
    far.agent.run("run", "--once")
    key = far.collector.run("key", "create", "test").strip()
    reply = far.collector.request("GET", "/api/v1/results?format=json", headers={"Authorization": f"Bearer {key}"})
    assert reply.status == 200
    details = {r["task"]: r["detail"] for results in far.agent.sealed().values() for r in results}
    rows = {row["task"]: row | {"detail": details[row["task"]]} for row in reply.json()}
    assert rows.keys() == details.keys() and len(rows) == 9
    return rows


@pytest.mark.parametrize("task", ["echo4", "echo6"])
def test_ping_row(far, rows, task):
    row = rows[task]
    assert row["outcome"] == "ok" and row["af"] == int(task[-1])
    assert row["addr"] == (far.server.v4 if row["af"] == 4 else far.server.v6)
    assert (row["metrics"]["sent"], row["metrics"]["rcvd"], row["metrics"]["loss"]) == (4, 4, 0)
    assert 20 <= row["metrics"]["rtt_min_ms"] <= row["metrics"]["rtt_p50_ms"] < 60
    assert row["detail"]["ttl"] == 62


def test_dns_rows(far, rows):
    assert (rows["name"]["outcome"], rows["name"]["metrics"]["rcode"]) == ("ok", 0)
    assert rows["no-name"]["metrics"]["rcode"] == 3
    for row in (rows["name"], rows["no-name"]):
        assert row["addr"] == far.resolver.v4 and 20 <= row["metrics"]["rt_ms"] < 100


def test_http_rows(far, rows):
    page = rows["page"]
    assert (page["outcome"], page["addr"], page["metrics"]["status"]) == ("ok", far.server.v4, 200)
    assert page["metrics"]["lookup_ms"] >= 20 and page["metrics"]["connect_ms"] >= 20
    assert page["metrics"]["total_ms"] >= 60
    assert rows["closed"]["outcome"] == "refused" and "status" not in rows["closed"]["metrics"]


def test_throughput_row(far, rows):
    row = rows["rate"]
    assert row["outcome"] == "ok" and row["addr"] == far.server.v4
    assert row["metrics"]["down_mbps"] > 1 and row["metrics"]["up_mbps"] > 1
    assert 20 <= row["metrics"]["idle_rtt_ms"] < 100
    assert row["metrics"]["bytes_used"] > 100_000


@pytest.mark.parametrize("task", ["way4", "way6"])
def test_traceroute_row(far, rows, task):
    row = rows[task]
    family = int(task[-1])
    assert row["outcome"] == "ok" and row["af"] == family
    assert (row["metrics"]["hops"], row["metrics"]["reached"]) == (3, 1) and row["metrics"]["rtt_ms"] >= 20
    hops = [{packet["from"] for packet in hop["result"]} for hop in row["detail"]["hops"]]
    near = far.r1.towards(far.client, family)
    if family == 4:  # in the network under which the collector sees the probe
        near = near.rsplit(".", 1)[0] + ".0"
    assert hops == [{near}, {far.r2.towards(far.r1, family)},
                    {far.server.v4 if family == 4 else far.server.v6}]


def test_focal_point_and_place_are_known(far, rows):
    assert far.collector.sql("SELECT f.name, d.name, c.zone FROM probe_context c JOIN focal_point f USING (focal_point_no)"
                             " JOIN department d ON d.iso = c.department") == [("Parakou", "Borgou", "rural")]
