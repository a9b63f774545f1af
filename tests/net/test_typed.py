"""What people type for a name, an address, a URL, and what a home box writes into resolv.conf: what becomes of it."""
import json
import os
import pathlib
import sys
import time

import pytest

from conftest import Agent
from topology import Network

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="module")
def home():
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    with Network() as net:
        net.client, net.server = net.host("typed-client"), net.host("typed-server")
        net.link(net.client, net.server)
        net.route()
        net.client.sysctl("net.ipv4.ping_group_range", "0 2147483647")
        net.inside = net.client.interface(net.server)
        net.router = link_local(net.server, net.server.interface(net.client))
        for number, address in enumerate((net.server.v4, f"{net.router}%{net.server.interface(net.client)}")):
            net.server.start(sys.executable, HERE / "by_table.py", address, 53, net.server.v4,
                             ready=lambda: net.server.run("ss", "-H", "-lun").stdout.count(":53 ") > number)
        net.server.start(sys.executable, HERE / "by_table.py", net.server.v4, 5353, net.server.v4,
                         ready=lambda: net.server.listens(5353))
        net.server.start(sys.executable, HERE / "site.py", "::", 80, ready=lambda: net.server.listens(80, "-ltn"))
        net.agent = Agent(net)
        yield net


def link_local(host, interface):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        listed = json.loads(host.run("ip", "-j", "-6", "addr", "show", "dev", interface).stdout)[0]["addr_info"]
        for address in listed:
            if address["scope"] == "link" and not address.get("tentative"):
                return address["local"]
    raise RuntimeError(f"{interface} has no link-local address")


def resolv_conf(net, *servers):
    folder = pathlib.Path("/etc/netns") / net.client.space
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "resolv.conf").write_text("".join(f"nameserver {server}\n" for server in servers))


def asked(net):
    """The names that any of the servers was asked for."""
    return [line for log in net.folder.glob("typed-server-python*.log") for line in log.read_text().splitlines()]


def test_the_router_s_own_address_is_asked(home):
    """`nameserver fe80::…%eth0`, as a router's advertisement gives it, and no server that the file does not name."""
    resolv_conf(home, f"{home.router}%{home.inside}")
    assert home.agent.measure("dns", qname="here.test", timeout_ms=1000)["addr"] == home.router
    assert home.agent.measure("ping", "here.test", count=1, timeout_ms=1000)["addr"] == home.server.v4
    row = home.agent.measure("resolver", timeout_ms=1000, control=home.server.v4, count=1)
    assert (row["addr"], row["metrics"]["failures"]) == (home.router, 0)


def test_each_line_keeps_its_place(home):
    resolv_conf(home, f"{home.router}%{home.inside}", home.server.v4, f"{home.server.v4}:5353", "fe80::1%nosuch", "nonsense")
    for nth, address in ((1, home.router), (2, home.server.v4), (3, home.server.v4)):
        assert home.agent.measure("dns", qname="here.test", nth=nth, timeout_ms=1000)["addr"] == address
    assert home.agent.measure("dns", qname="here.test", nth=1, family=4, timeout_ms=1000)["addr"] == home.server.v4
    for nth, says in ((4, "nosuch"), (5, "nonsense"), (6, "no such resolver")):
        row = home.agent.measure("dns", qname="here.test", nth=nth)
        assert row["outcome"] == "skipped" and says in row["detail"]["reason"], row
        assert "addr" not in row


@pytest.mark.parametrize("servers", [[], ["fe80::1"]], ids=["none", "unusable"])
def test_no_server_stands_in_for_another(home, servers):
    resolv_conf(home, *servers)
    assert home.agent.measure("dns", qname="here.test")["outcome"] == "skipped"
    assert home.agent.measure("resolver")["outcome"] == "skipped"
    row = home.agent.measure("delegation", "here.test")
    assert row["outcome"] == "skipped" and "problems" not in row.get("metrics", {}) | row["detail"]
    assert home.agent.measure("ping", "here.test", count=1)["outcome"] == "dns_error"


def test_a_resolver_without_a_way_to_it(home):
    resolv_conf(home, "10.77.1.99")
    home.client.ip(4, "route", "add", "unreachable", "10.77.1.99")
    params = {"control": home.server.v4, "count": 1, "timeout_ms": 300, "names": ""}
    assert home.agent.measure("resolver", **params)["outcome"] == "unreachable"
    resolv_conf(home, f"{home.server.v4}:54")  # nobody listens there
    assert home.agent.measure("resolver", **params)["outcome"] == "refused"


def test_international_names(home):
    resolv_conf(home, home.server.v4)
    row = home.agent.measure("ping", "B\u00c9NIN.test", count=1, timeout_ms=1000)
    assert (row["target"], row["outcome"]) == ("xn--bnin-bpa.test", "ok")
    row = home.agent.measure("dns", home.server.v4, qname="b\u00e9nin.test")
    assert row["detail"]["qname"] == "xn--bnin-bpa.test" and row["detail"]["answers"]
    row = home.agent.measure("http", "http://b\u00e9nin.test/page")
    assert (row["target"], row["metrics"]["status"]) == ("http://xn--bnin-bpa.test/page", 200)
    assert not [name for name in asked(home) if not name.isascii()]


# What was typed, and what the cure says.
REFUSED = [
    ("ping", "127.1", "an IPv4 address has four"),
    ("ping", "[10.0.0.1]", "brackets"), ("ping", "fe80::1%nosuch", "no interface"), ("ping", "fe80::1", "fe80::1%eth0"),
    ("ping", " ok.test", "blank"), ("ping", "a..test", "empty"), ("ping", "x" * 64 + ".test", "63 letters"),
    ("ping", "http://ok.test/", "write the name alone"), ("ping", "ok.test:443", "a check that has ports"),
    ("edns", "http://ok.test/", "a domain name"), ("delegation", None, "a domain name"), ("http", "http://ok.test/a b", "%20"), ("tcp", "ok.test/path", "slash"), ("dns", "ok.test:53", "port"),
    ("http", "http://ok.test:99999/", "from 0 to 65535"), ("http", "http://me@ok.test/", "user name"),
    ("http", "http://[fe80::1]/", "fe80::1%eth0"), ("delegation", "192.0.2.1", "in-addr.arpa"),
    ("dns qname=ok .test", None, "blank"), ("dns qname=http://ok.test/", None, "URL"), ("dns qname=192.0.2.1", None, "arpa"),
    ("tls server_name=ok.test:443", "ok.test", "port"), ("resolver control=one.test", None, "address"),
]


@pytest.mark.parametrize("check, target, says", REFUSED, ids=lambda word: str(word)[:24])
def test_what_is_no_name_is_wrong_usage(home, check, target, says):
    """Status 2 with the cure, and the household's resolver hears nothing of it."""
    resolv_conf(home, home.server.v4)
    before = len(asked(home))
    check, _, parameter = check.partition(" ")
    words = [check] + ([target] if target else []) + (["--set", parameter] if parameter else [])
    done = home.client.run(home.agent.program, "measure", *words, "--config", home.agent.config, check=False,
                           env={**os.environ, "LC_ALL": "en_US.UTF-8"})
    assert done.returncode == 2 and says in done.stderr, done
    assert len(asked(home)) == before


def test_a_url_of_one_link(home):
    """RFC 6874: the interface stands behind %25; a redirect stays on it."""
    row = home.agent.measure("http", f"http://[{home.router}%25{home.inside}]/to?/page")
    assert (row["outcome"], row["addr"], row["metrics"]["redirects"]) == ("ok", home.router, 1)
    row = home.agent.measure("tcp", f"{home.router}%{home.inside}", port=80, count=1)
    assert (row["outcome"], row["addr"]) == ("ok", home.router)


@pytest.mark.parametrize("name, outcome", [("here.test.", "ok"), ("order.test", "ok"), ("odd.test", "ok"),
                                           ("_ok._tcp.test", "ok"),
                                           ("loop.test", "dns_error"), ("gone.example", "dns_error")])
def test_answers_that_few_resolvers_give(home, name, outcome):
    resolv_conf(home, home.server.v4)
    row = home.agent.measure("ping", name, count=1, timeout_ms=1000)
    assert row["outcome"] == outcome, row
    assert row["target"] == name.rstrip(".")
