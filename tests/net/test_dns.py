"""dns over every transport, resolver, dnssec, edns, delegation: against real servers, and against broken ones."""
import ipaddress
import os
import re

import pytest
import servers
import zones
from conftest import BUILD, Agent
from topology import Network
from zones import BIND, BLOCKING, BROKEN, FLOOD, KNOT, NSD, PLAIN, REWRITING, STALE, VALIDATING, WHOAMI


@pytest.fixture(scope="module")
def world_of_names():
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    with Network() as net:
        net.client, net.server = net.host("dns-client"), net.host("dns-server")
        net.link(net.client, net.server)
        net.route()
        net.client.ip(4, "route", "add", "10.78.0.0/24", "via", net.server.v4)
        net.client.ip(6, "route", "add", "fd78::/64", "via", net.server.v6)
        folder = net.folder / "zones"
        folder.mkdir()
        net.zones, names = zones.write(folder)
        net.cert = servers.start(net, net.server, net.zones, names)
        servers.whoami(net, net.server, BUILD)
        yield net


@pytest.fixture
def agent(world_of_names):
    return Agent(world_of_names)


# ---- dnssec ----

CHAINS = [
    ("www.clean.essai", "A", "secure", None, None),
    ("clean.essai", "SOA", "secure", None, None),
    ("none.clean.essai", "A", "secure", None, None),  # the absence is proven
    ("www.clean.essai", "TXT", "secure", None, None),
    ("alias.clean.essai", "A", "secure", None, None),
    ("some.wild.clean.essai", "A", "secure", None, None),
    ("empty.clean.essai", "A", "secure", None, None),
    ("deep.empty.clean.essai", "A", "secure", None, None),
    ("www.nsec3.essai", "A", "secure", None, None),
    ("none.nsec3.essai", "A", "secure", None, None),
    ("deep.empty.nsec3.essai", "A", "secure", None, None),
    ("some.wild.nsec3.essai", "A", "secure", None, None),
    ("www.plain.essai", "A", "insecure", "DS plain.essai.", "unsigned_delegation"),
    ("www.expired.essai", "A", "bogus", "A www.expired.essai.", "rrsig_expired"),
    ("alias.expired.essai", "A", "bogus", "A www.expired.essai.", "rrsig_expired"),
    ("ns.expired.essai", "A", "secure", None, None),
    ("www.future.essai", "A", "bogus", "A www.future.essai.", "rrsig_not_yet_valid"),
    ("www.wrongds.essai", "A", "bogus", "DS wrongds.essai.", "ds_mismatch"),
    ("www.nonsec.essai", "TXT", "bogus", "TXT www.nonsec.essai.", "denial_missing"),
    ("www.nonsec.essai", "A", "secure", None, None),
    ("www.oldsoa.essai", "A", "secure", None, None),
    ("none.oldsoa.essai", "A", "bogus", "SOA oldsoa.essai.", "rrsig_expired"),
    ("www.oldsoa.essai", "TXT", "bogus", "SOA oldsoa.essai.", "rrsig_expired"),
]


def delv(net, name, kind):
    """What BIND's own validator says: secure, insecure or bogus."""
    anchor = net.folder / "delv.anchor"
    tag, algorithm, digest, value = net.zones.anchor().read_text().split()[3:7]
    anchor.write_text(f'trust-anchors {{ "." static-ds {tag} {algorithm} {digest} "{value}"; }};\n')
    done = net.client.run("delv", "-a", anchor, f"@{PLAIN}", "+root=.", name, kind, check=False)
    text = done.stdout + done.stderr
    if re.search("resolution failed: (?!ncache)|pending validation", text):  # an absence is a failure to delv, too
        return "bogus"
    if "unsigned answer" in text:
        return "insecure"
    assert "fully validated" in text, text
    return "secure"


@pytest.mark.parametrize("name,kind,verdict,link,why", CHAINS)
def test_dnssec(world_of_names, agent, name, kind, verdict, link, why):
    row = agent.measure("dnssec", name, type=kind, resolver=PLAIN, anchor=world_of_names.zones.anchor())
    detail = row["detail"]
    assert (detail["verdict"], detail.get("link"), detail.get("why")) == (verdict, link, why), detail
    assert row["outcome"] == ("dns_error" if verdict == "bogus" else "ok")
    assert row["metrics"]["verdict"] == ["secure", "insecure", "bogus"].index(verdict)
    assert detail["chain"][0]["zone"] == "." and detail["algorithms"] == ["ECDSAP256SHA256"]
    if verdict == "secure":
        assert 29 * 86400 < row["metrics"]["lifetime_s"] < 31 * 86400
        assert row["metrics"]["zones"] >= 3
    assert delv(world_of_names, name, kind) == verdict


def unbound(net, name, kind):
    """What unbound says: its AD, or its SERVFAIL."""
    text = net.client.run("dig", "+dnssec", "+time=2", "+tries=1", f"@{VALIDATING}", name, kind).stdout
    if "status: SERVFAIL" in text:
        return "bogus"
    return "secure" if re.search(r"flags:[^;]* ad[ ;]", text) else "insecure"


# verdict in the zones with NSEC, with NSEC3, and with NSEC3 and opt-out
SAME = [
    ("www", "A", "secure", "secure", "secure"),
    ("x.wild", "A", "secure", "secure", "insecure"),  # RFC 5155 section 9.2
    ("x.y.wild", "A", "secure", "secure", "insecure"),
    ("x.wild", "AAAA", "secure", "secure", "insecure"),
    ("*.wild", "A", "secure", "secure", "secure"),
    ("q.wc", "A", "secure", "secure", "insecure"),
    ("q.wc", "AAAA", "secure", "secure", "insecure"),
    ("r.wc2", "A", "secure", "secure", "insecure"),
    ("toplain", "A", "insecure", "insecure", "insecure"),
    ("tonothing", "A", "insecure", "insecure", "insecure"),
    # a wildcard that is an empty non-terminal: knot leaves out the NSEC that would say so
    ("x.ent", "A", "bogus", "secure", "insecure"),
    ("q.ent", "TXT", "bogus", "secure", "insecure"),
    ("ins", "DS", "secure", "secure", "insecure"),
    ("gone", "A", "secure", "secure", "insecure"),
    ("deep.empty", "A", "secure", "secure", "secure"),
    ("empty", "A", "secure", "secure", "secure"),
    ("www.dn", "A", "secure", "secure", "secure"),
]


@pytest.mark.parametrize("column,zone", enumerate(["clean", "nsec3", "out"], 2))
def test_dnssec_says_what_unbound_says(world_of_names, agent, column, zone):
    anchor = world_of_names.zones.anchor()
    for row in SAME:
        name = f"{row[0]}.{zone}.essai"
        said = agent.measure("dnssec", name, type=row[1], resolver=PLAIN, anchor=anchor)["detail"]
        assert (name, row[1], said["verdict"]) == (name, row[1], row[column]), said
        assert (name, row[1], unbound(world_of_names, name, row[1])) == (name, row[1], row[column])


@pytest.mark.parametrize("name,kind,verdict,link,why", [
    ("www.cut.alias.clean.essai", "A", "secure", None, None),
    ("tosigned.plain.essai", "A", "insecure", "DS plain.essai.", "unsigned_delegation"),
    ("tooptout.plain.essai", "A", "insecure", "DS plain.essai.", "unsigned_delegation"),
    ("tobogus.plain.essai", "A", "bogus", "A www.expired.essai.", "rrsig_expired"),  # no end at the unsigned alias
    ("x.wild.out.essai", "A", "insecure", "A x.wild.out.essai.", "opt_out"),
    ("q.wc.out.essai", "A", "insecure", "CNAME q.wc.out.essai.", "opt_out"),
])
def test_dnssec_of_aliases_and_cuts(world_of_names, agent, name, kind, verdict, link, why):
    row = agent.measure("dnssec", name, type=kind, resolver=PLAIN, anchor=world_of_names.zones.anchor())
    detail = row["detail"]
    assert (detail["verdict"], detail.get("link"), detail.get("why")) == (verdict, link, why), detail
    assert unbound(world_of_names, name, kind) == verdict


def test_dnssec_of_an_alias_made_by_dname(world_of_names, agent):
    """Asked for its CNAME, which unbound calls bogus: RFC 6672 section 5.3.1 has a validator make it from the DNAME."""
    row = agent.measure("dnssec", "www.dn.clean.essai", type="CNAME", resolver=PLAIN,
                        anchor=world_of_names.zones.anchor())
    assert row["detail"]["verdict"] == "secure", row
    assert delv(world_of_names, "www.dn.clean.essai", "CNAME") == "secure"


def test_dnssec_of_a_loop(world_of_names, agent):
    row = agent.measure("dnssec", "loopa.clean.essai", type="A", resolver=PLAIN, anchor=world_of_names.zones.anchor())
    assert row["outcome"] == "dns_error" and row["detail"]["verdict"] in ("bogus", "indeterminate"), row


def test_dnssec_by_the_compiled_anchor(world_of_names, agent):
    """This world's root is not the real one."""
    row = agent.measure("dnssec", "www.clean.essai", type="A", resolver=PLAIN)
    assert (row["detail"]["verdict"], row["detail"]["link"], row["detail"]["why"]) == (
        "bogus", "DS .", "anchor_mismatch")


def test_dnssec_without_an_answer(world_of_names, agent):
    row = agent.measure("dnssec", "www.clean.essai", resolver=BROKEN["silent"], timeout_ms=100, retries=1)
    assert (row["outcome"], row["detail"]["verdict"]) == ("timeout", "indeterminate")
    row = agent.measure("dnssec", "www.clean.essai", resolver=BROKEN["servfail"])
    assert (row["outcome"], row["detail"]["verdict"], row["detail"]["why"]) == ("dns_error", "indeterminate", "servfail")


DAY = 86400


@pytest.mark.parametrize("name,kind", [
    ("four.essai", "SOA"),
    ("www.four.essai", "A"),
    ("gone.four.essai", "A"),
    ("alias.four.essai", "A"),
    ("far.four.essai", "A"),  # another zone's server gives the end of it
])
def test_dnssec_of_every_server(world_of_names, agent, name, kind):
    """The resolver, which asks three of the four, sees nothing of the one with stale signatures."""
    words = {"type": kind, "resolver": PLAIN, "anchor": world_of_names.zones.anchor()}
    row = agent.measure("dnssec", name, every_server="yes", **words)
    detail, metrics = row["detail"], row["metrics"]
    assert (row["outcome"], detail["reason"], detail["verdict"]) == ("dns_error", "ns3.four.essai.: rrsig_expired", "secure"), row
    assert {server["addr"]: (server["name"], server["verdict"]) for server in detail["servers"]} == {
        address if "." in address else ipaddress.ip_address(address).compressed: (f"{server}.four.essai.", "bogus" if address == STALE else "secure")
        for server, _, address in zones.FOUR}
    for server in detail["servers"]:
        if server["addr"] == STALE:
            assert (server["link"], server["why"]) == ("DNSKEY four.essai.", "rrsig_expired")
            assert -2 * DAY < server["lifetime_s"] <= -DAY
        else:
            assert 29 * DAY < server["lifetime_s"] < 31 * DAY and "why" not in server
    assert (metrics["servers_tested"], metrics["servers_bogus"]) == (4, 1)
    assert -2 * DAY < metrics["servers_lifetime_s"] <= -DAY
    seen = agent.measure("dnssec", name, **words)
    assert seen["outcome"] == "ok" and "servers" not in seen["detail"] and "servers_tested" not in seen["metrics"]


def test_dnssec_of_every_server_that_is_well(world_of_names, agent):
    words = {"resolver": PLAIN, "every_server": "yes", "anchor": world_of_names.zones.anchor()}
    row = agent.measure("dnssec", "clean.essai", **words)
    assert (row["outcome"], row["metrics"]["servers_tested"], row["metrics"]["servers_bogus"]) == ("ok", 2, 0), row
    row = agent.measure("dnssec", "www.plain.essai", type="A", **words)
    assert {server["verdict"] for server in row["detail"]["servers"]} == {"insecure"} and "servers_lifetime_s" not in row["metrics"]


def test_dnssec_of_every_server_where_some_do_not_answer(world_of_names, agent):
    """No answer, or one without authority, is held against nobody; a name without its proofs is."""
    row = agent.measure("dnssec", "broken.essai", resolver=VALIDATING, every_server="yes", timeout_ms=100, retries=0,
                        anchor=world_of_names.zones.anchor())
    said = {server["addr"]: (server["verdict"], server["why"]) for server in row["detail"]["servers"]}
    for what, why in (("silent", "timeout"), ("noaa", "not_authoritative"), ("servfail", "servfail"), ("tcreset", "reset")):
        verdict, word = said[BROKEN[what]]
        assert (verdict, word) == ("indeterminate", why), (what, row)
    assert said[BROKEN["good"]][0] == "bogus", row
    assert row["metrics"]["servers_bogus"] == sum(verdict == "bogus" for verdict, _ in said.values()) < row["metrics"]["servers_tested"]


# ---- edns ----

TESTS = "dns edns edns1 edns@512 ednsopt edns1opt do ednsflags optlist edns512tcp".split()
BREACHES = {  # what ISC's genreport says of each breach; every test not named is "ok"
    "good": {},
    "silent": {"dns": "timeout"},
    "drops": {test: "timeout" for test in TESTS[1:]} | {"edns512tcp": "eof"},
    "formerr": {test: "formerr,noopt" for test in TESTS[1:]} | {
        "edns1": "formerr,noopt", "edns1opt": "formerr,noopt"},
    "noopt": {test: "noopt" for test in TESTS[1:]} | {
        "edns1": "noerror,noopt", "edns1opt": "noerror,noopt"},
    "opt": {"dns": "opt"},
    "echo": {"ednsopt": "echoed", "edns1opt": "echoed"},
    "version": {"edns1": "noerror,badversion,soa", "edns1opt": "noerror,badversion,soa"},
    "version1": {test: "version-not-zero" for test in TESTS[1:]} | {
        "edns1": "version-not-zero,badversion", "edns1opt": "version-not-zero,badversion"},
    "mbz": {"ednsflags": "mbz"},
    "nodo": {test: "nodo" for test in ("edns@512", "do", "edns512tcp")},
    "nosoa": {test: "nosoa" for test in ("dns", "edns", "ednsopt", "do", "ednsflags", "optlist")},
    "noaa": {test: "noaa" for test in TESTS if "1" not in test or "512" in test},
    "big": {"edns@512": "toobig"},
    "truncated": {test: "malformed" for test in TESTS if test != "edns512tcp"},
    "malformed": {test: "malformed" for test in TESTS},
    "tc": {},
    "tcreset": {test: "reset" for test in TESTS if test != "edns@512"},
    "flags": {test: "rd,ad,cd,z" for test in TESTS} | {test: "rd,cd,z" for test in ("edns@512", "do", "edns512tcp")},
    "opts": {test: "malformed" for test in TESTS[1:]},
    "cookie": {"optlist": "cookie-mismatch", "edns1": "timeout", "edns1opt": "timeout"},
    "reset": {"edns512tcp": "reset"},
    "id": {"dns": "timeout"},
    "servfail": {test: "servfail" for test in TESTS} | {
        "edns1": "servfail,badversion", "edns1opt": "servfail,badversion"},
}


@pytest.mark.parametrize("zone,server", [("knot.essai", KNOT), ("bind.essai", BIND), ("nsd.essai", NSD)])
def test_edns_passes(world_of_names, agent, zone, server):
    row = agent.measure("edns", zone, resolver=PLAIN)
    assert row["outcome"] == "ok", row["detail"]
    assert [entry["addr"] for entry in row["detail"]["servers"]] == [server, zones.six(server)]
    for entry in row["detail"]["servers"]:
        assert [entry[test] for test in TESTS] == ["ok"] * 10, entry
    metrics = row["metrics"]
    assert (metrics["servers"], metrics["addresses"], metrics["tested"], metrics["compliant"]) == (1, 2, 2, 2)
    assert (metrics["tests"], metrics["passed"]) == (20, 20)
    assert not any(value for name, value in metrics.items() if name.startswith("fail_"))


def test_edns_tells_every_breach(world_of_names, agent):
    row = agent.measure("edns", "broken.essai", resolver=VALIDATING, timeout_ms=250, retries=1)
    seen = {entry["name"].split(".")[0]: entry for entry in row["detail"]["servers"]}
    assert set(seen) == set(BREACHES)
    for what, breach in BREACHES.items():
        tests = TESTS if what not in ("silent", "id") else TESTS[:1]
        assert {test: seen[what][test] for test in tests} == {test: breach.get(test, "ok") for test in tests}, what
        assert set(TESTS) & set(seen[what]) == set(tests)
    assert row["outcome"] == "partial"
    assert row["metrics"]["compliant"] == 2 and row["metrics"]["tested"] == len(BREACHES)
    tags = {tag for entry in seen.values() for test in TESTS if test in entry for tag in entry[test].split(",")}
    assert tags >= set("ok timeout noopt nosoa soa echoed mbz nodo noaa badversion version-not-zero toobig malformed"
                       " reset eof rd ad cd z cookie-mismatch formerr servfail".split())
    failing = sum("edns1" in breach for breach in BREACHES.values())
    assert row["metrics"]["fail_edns1"] == failing


# ---- delegation ----


def test_delegation_of_a_healthy_zone(world_of_names, agent):
    row = agent.measure("delegation", "clean.essai", resolver=PLAIN)
    detail, metrics = row["detail"], row["metrics"]
    assert row["outcome"] == "ok" and detail["parent"] == "essai."
    assert detail["parent_ns"] == detail["child_ns"] == ["ns.clean.essai."]
    assert [(entry["addr"], entry["udp"], entry["tcp"], entry["serial"]) for entry in detail["servers"]] == [
        (KNOT, "ok", "ok", 1), (zones.six(KNOT), "ok", "ok", 1)]
    assert detail["problems"] == ["single_server"]  # of two addresses
    assert (metrics["agree"], metrics["udp"], metrics["tcp"], metrics["lame"], metrics["serials"]) == (1, 2, 2, 0, 1)
    assert (metrics["prefixes4"], metrics["prefixes6"]) == (1, 1)


def test_delegation_of_a_sick_zone(world_of_names, agent):
    row = agent.measure("delegation", "sick.essai", resolver=PLAIN)
    detail, metrics = row["detail"], row["metrics"]
    assert detail["parent_ns"] == ["gone.sick.essai.", "lame.sick.essai.", "ns.sick.essai."]
    assert set(detail["problems"]) == {
        "ns_mismatch", "lame", "no_address", "serials_differ", "no_ipv6", "single_prefix"}
    servers = {entry["name"]: entry for entry in detail["servers"]}
    assert servers["lame.sick.essai."]["udp"] == "not_authoritative"
    assert servers["ns.sick.essai."]["serial"] == 7 and servers["second.sick.essai."]["serial"] == 8
    assert (metrics["agree"], metrics["serials"], metrics["lame"], metrics["prefixes4"]) == (0, 2, 1, 1)
    assert metrics["problems"] == 6


def test_delegation_that_is_none(world_of_names, agent):
    row = agent.measure("delegation", "www.clean.essai", resolver=PLAIN)
    assert row["outcome"] == "dns_error" and "no_referral" in row["detail"]["problems"]


# ---- the target's name server, and resolver ----


def ask(net, name, kind, *options, server=WHOAMI):
    """dig's answer as (status, data of the answers, flags, size)."""
    text = net.client.run("dig", f"@{server}", "+tries=1", "+time=2", "+noauthority", *options, name, kind).stdout
    answers = [line.split(None, 4)[4] for line in text.splitlines() if line and not line.startswith(";")]
    return (re.search(r"status: (\w+)", text)[1], answers, re.search(r"flags: ([a-z ]*);", text)[1].split(),
            int(re.search(r"MSG SIZE\s+rcvd: (\d+)", text)[1]))


def test_whoami_tells_who_asks(world_of_names):
    net = world_of_names
    status, answers, flags, _ = ask(net, "X1.WhoAmI.whoami.essai", "TXT", "+subnet=192.0.2.0/24", "+bufsize=1400")
    assert status == "NOERROR" and "aa" in flags
    facts = dict(answer.strip('"').split("=", 1) for answer in answers)
    assert facts["addr"] == net.client.v4 and facts["transport"] == "udp"
    assert (facts["bufsize"], facts["do"], facts["ecs"]) == ("1400", "0", "192.0.2.0/24")
    assert ask(net, "whoami.whoami.essai", "A")[1] == [net.client.v4]
    assert ask(net, "whoami.whoami.essai", "AAAA")[:2] == ("NOERROR", [])
    _, answers, _, _ = ask(net, "whoami.whoami.essai", "TXT", "+tcp", "+noedns")
    assert '"transport=tcp"' in answers and not any("bufsize" in answer for answer in answers)


@pytest.mark.parametrize("name,kind,status,answers", [
    ("whoami.essai", "NS", "NOERROR", ["ns.whoami.essai."]),
    ("ns.whoami.essai", "A", "NOERROR", [WHOAMI]),
    ("a.b.wild.whoami.essai", "A", "NOERROR", ["192.0.2.53"]),
    ("a.wild.whoami.essai", "AAAA", "NOERROR", ["2001:db8::53"]),
    ("wild.whoami.essai", "A", "NOERROR", []),
    ("a.nx.whoami.essai", "A", "NXDOMAIN", []),
    ("other.whoami.essai", "A", "NXDOMAIN", []),
    ("pad9.whoami.essai", "TXT", "NXDOMAIN", []),
    ("clean.essai", "SOA", "REFUSED", []),
    ("bj3kaaaabbbbccccdddd.beacon.whoami.essai", "A", "NOERROR", ["192.0.2.53"]),
])
def test_whoami_zone(world_of_names, name, kind, status, answers):
    assert ask(world_of_names, name, kind)[:2] == (status, answers)


def test_whoami_counts_beacons(world_of_names):
    ask(world_of_names, "probe7.beacon.whoami.essai", "A")
    assert any("beacon of probe7 by DNS" in log.read_text()
               for log in world_of_names.folder.glob("dns-server-internetmetre-target-*.log"))


@pytest.mark.parametrize("size", [128, 512, 1232, 4096])
def test_whoami_never_amplifies(world_of_names, size):
    net, name = world_of_names, f"r.pad{size}.whoami.essai"
    _, answers, flags, received = ask(net, name, "TXT", "+ignore", "+nocookie", "+bufsize=4096")
    query = 12 + len(name) + 2 + 4 + 11
    assert received <= 6 * query
    assert ("tc" in flags) == (size > 6 * query) and bool(answers) == ("tc" not in flags)
    _, answers, _, received = ask(net, name, "TXT", "+tcp", "+nocookie")
    assert answers and abs(received - size) <= 16
    # who proves that the address is its own, by the cookie that came back, gets all of it
    text = net.client.run("dig", f"@{WHOAMI}", "whoami.essai", "SOA", "+cookie=0011223344556677").stdout
    cookie = re.search(r"COOKIE: ([0-9a-f]{48})", text)[1]
    _, answers, flags, received = ask(net, name, "TXT", "+ignore", f"+cookie={cookie}", "+bufsize=4096")
    assert answers and "tc" not in flags
    forged = cookie[:-1] + ("0" if cookie[-1] != "0" else "1")
    _, answers, flags, received = ask(net, name, "TXT", "+ignore", f"+cookie={forged}", "+bufsize=4096")
    assert received <= 6 * (query + 28)


def test_whoami_keeps_to_edns(world_of_names, agent):
    row = agent.measure("edns", "whoami.essai", resolver=PLAIN)
    (entry,) = row["detail"]["servers"]
    assert {test: entry[test] for test in TESTS} == {test: "ok" for test in TESTS}


WORLD = {"zone": "whoami.essai", "control": PLAIN, "nxdomain": "clean.essai", "good": "www.clean.essai",
         "bogus": "www.expired.essai", "names": "www.clean.essai,ns.clean.essai,gone.clean.essai"}


@pytest.mark.parametrize("server,outcome,verdict,dnssec,names", [
    (VALIDATING, "ok", "ok", "validating", ["ok", "ok", "ok"]),
    (PLAIN, "ok", "ok", "not_validating", ["ok", "ok", "ok"]),
    (REWRITING, "blocked", "rewritten", "not_validating", ["ok", "ok", "rewritten"]),
    (BLOCKING, "blocked", "blocked", "not_validating", ["blocked", "ok", "ok"]),
])
def test_resolver(world_of_names, agent, server, outcome, verdict, dnssec, names):
    row = agent.measure("resolver", server, **WORLD)
    detail, metrics = row["detail"], row["metrics"]
    assert (row["outcome"], detail["verdict"], detail["dnssec"]) == (outcome, verdict, dnssec), row
    assert [detail["names"][name] for name in WORLD["names"].split(",")] == names
    assert (metrics["names"], metrics["names_ok"]) == (3, names.count("ok"))
    assert (metrics["names_blocked"], metrics["names_rewritten"]) == (names.count("blocked"), names.count("rewritten"))
    assert detail["whoami"]["addr"] == str(ipaddress.ip_network(f"{server}/24", strict=False)) and metrics["ecs"] == 0
    assert metrics["rewrites"] == (verdict == "rewritten") and metrics["wildcard"] == 1
    assert metrics["failures"] == 0 and metrics["tcp"] == 1
    assert 500 < metrics["udp_size"] <= 4096
    assert 0 < metrics["cached_ms"] and 0 < metrics["uncached_ms"]
    if verdict == "rewritten":
        assert detail["rewritten_to"] == "10.78.0.99"


def test_resolver_of_the_system(world_of_names, agent):
    world_of_names.client.resolver(VALIDATING)
    row = agent.measure("resolver", **WORLD)
    assert (row["addr"], row["detail"]["verdict"]) == (VALIDATING, "ok")
    assert agent.measure("resolver", nth=2, **WORLD)["outcome"] == "skipped"


def test_resolver_that_is_silent(world_of_names, agent):
    row = agent.measure("resolver", BROKEN["silent"], timeout_ms=100, **WORLD)
    assert row["outcome"] == "timeout" and row["metrics"]["failures"] == row["metrics"]["queries"]
    assert row["detail"]["verdict"] == "unknown" and row["detail"]["dnssec"] == "unknown"


# ---- dns: what it asks and tells ----


def test_dns_identity(world_of_names, agent):
    row = agent.measure("dns", KNOT, qname="knot.essai", type="SOA", rd="no", nsid="yes", identity="yes")
    assert row["detail"]["identity"] == {"nsid": "knot-1", "hostname.bind": "knot.essai", "id.server": "knot.essai"}
    row = agent.measure("dns", BIND, qname="bind.essai", type="SOA", rd="no", nsid="yes", identity="yes")
    assert row["detail"]["identity"]["id.server"] == BIND and row["detail"]["identity"]["nsid"] == BIND


def test_dns_flags(world_of_names, agent):
    row = agent.measure("dns", VALIDATING, qname="www.clean.essai", do="yes")
    assert "ad" in row["detail"]["flags"] and row["detail"]["edns"]["do"]
    row = agent.measure("dns", VALIDATING, qname="www.expired.essai")
    assert (row["outcome"], row["detail"]["rcode"]) == ("dns_error", "SERVFAIL")
    row = agent.measure("dns", VALIDATING, qname="www.expired.essai", cd="yes")
    assert row["outcome"] == "ok" and "cd" in row["detail"]["flags"]


def test_dns_mixed_case_and_cookie_and_raw(world_of_names, agent):
    import base64
    row = agent.measure("dns", BIND, qname="www.bind.essai", rd="no", mixed_case="yes", cookie="yes", raw="yes")
    detail = row["detail"]
    assert detail["case_kept"] and detail["qname"].lower() == "www.bind.essai" and detail["qname"] != "www.bind.essai"
    assert detail["cookie"] == "good"
    packet = base64.b64decode(detail["raw"], validate=True)
    assert len(packet) == row["metrics"]["size"] and packet[2] & 0x80
    row = agent.measure("dns", NSD, qname="www.nsd.essai", rd="no", mixed_case="yes")
    assert row["outcome"] == "ok"


# ---- dns over TLS and HTTPS ----


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls", "https"])
def test_dns_over_every_transport(world_of_names, agent, transport):
    row = agent.measure("dns", VALIDATING, qname="www.clean.essai", transport=transport, ca_file=world_of_names.cert,
                        tls_name=VALIDATING)
    detail = row["detail"]
    assert (row["outcome"], row["addr"], detail["transport"]) == ("ok", VALIDATING, transport), row
    assert [answer["data"] for answer in detail["answers"]] == ["192.0.2.1"]
    assert ("tls_ms" in detail) == (transport in ("tls", "https"))
    assert 0 < row["metrics"]["rt_ms"] < 1000 and row["bytes"] > 100


@pytest.mark.parametrize("transport", ["tls", "https"])
def test_dns_believes_no_strange_certificate(world_of_names, agent, transport):
    row = agent.measure("dns", VALIDATING, qname="www.clean.essai", transport=transport, tls_name=VALIDATING)
    assert row["outcome"] == "tls_error", row


def test_dns_over_tls_with_the_wrong_name(world_of_names, agent):
    options = {"qname": "www.clean.essai", "transport": "tls", "ca_file": world_of_names.cert}
    assert agent.measure("dns", VALIDATING, tls_name="other.essai", **options)["outcome"] == "tls_error"
    assert agent.measure("dns", VALIDATING, tls_name="resolver.essai", **options)["outcome"] == "ok"
    # without a name nothing is verified
    assert agent.measure("dns", VALIDATING, qname="www.clean.essai", transport="tls")["outcome"] == "ok"


@pytest.mark.parametrize("transport", ["tls", "https"])
def test_dns_where_nobody_speaks_tls(world_of_names, agent, transport):
    row = agent.measure("dns", PLAIN, qname="www.clean.essai", transport=transport, timeout_ms=500)
    assert row["outcome"] == "refused"
    row = agent.measure("dns", PLAIN, qname="www.clean.essai", transport=transport, port=53, timeout_ms=500)
    assert row["outcome"] in ("reset", "tls_error", "timeout", "protocol_error")


@pytest.mark.parametrize("transport", ["udp", "tcp"])  # of which the first is cut
def test_a_server_that_never_stops(world_of_names, agent, transport):
    row = agent.measure("dns", FLOOD, qname="broken.essai", transport=transport, timeout_ms=5000)
    assert row["outcome"] == "protocol_error" and sum(row["detail"]["ignored"].values()) == 4, row
    assert row["detail"]["cause"] == "malformed_answers" and row["bytes"] < 2**20, row
