"""delegation: what operators look for first, against servers of which each zone has one fault."""
import os
import pathlib
import time

import operators
import pytest
from conftest import BUILD, Agent
from operators import V4, V6, address
from topology import Network

HERE = pathlib.Path(__file__).parent
RESOLVER = address(operators.RESOLVER)
# Of every zone here: private addresses of one network, without IPv6.
COMMON = {"A01_LOCAL_USE_ADDR", "A01_NO_GLOBALLY_REACHABLE_ADDR", "CN04_IPV4_SINGLE_PREFIX", "NO_IPV6_NS_CHILD"}
MISNAMED = {"NAMESERVER_IP_PTR_MISMATCH"}  # the addresses have the names of plain.essai


@pytest.fixture(scope="module")
def agent():
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    with Network() as net:
        net.client, net.server = net.host("operators-client"), net.host("operators-server")
        net.link(net.client, net.server)
        net.route()
        net.client.ip(4, "route", "add", f"{V4}0/24", "via", net.server.v4)
        net.client.ip(6, "route", "add", f"{V6}/64", "via", net.server.v6)
        for number in [operators.RESOLVER, operators.PARENT, *operators.MEN]:
            net.server.ip(4, "addr", "add", f"{address(number)}/32", "dev", "lo")
        net.server.ip(6, "addr", "add", f"{address(116)}/128", "dev", "lo", "nodad")
        net.server.start("/usr/bin/python3", HERE / "operators.py", V4, V6, ready=lambda: net.server.listens(53))
        yield Agent(net)


def findings(row):
    """{tag: [(level, servers, values)]}"""
    found = {}
    for one in row["detail"]["findings"]:
        found.setdefault(one["tag"], []).append((one["level"], one["servers"], one["values"]))
    return found


def measure(agent, zone, **params):
    row = agent.measure("delegation", f"{zone}.essai", resolver=RESOLVER, **{"timeout_ms": 8000, **params})
    levels = [one["level"] for one in row["detail"]["findings"]]
    assert levels == sorted(levels, key="CRITICAL ERROR WARNING NOTICE INFO".split().index)
    return row, findings(row)


def at(label, zone, number):
    return f"{label}.{zone}.essai./{address(number)}"


def test_a_good_zone(agent):
    row, found = measure(agent, "plain")
    assert row["outcome"] == "ok" and set(found) == COMMON
    assert row["detail"]["problems"] == ["single_prefix", "no_ipv6"]


@pytest.mark.parametrize("zone", ["upper", "UPPER"])
def test_names_are_equal_whatever_their_case(agent, zone):
    row, found = measure(agent, zone)
    assert set(found) == COMMON | MISNAMED and row["metrics"]["agree"] == 1
    assert row["detail"]["child_ns"] == ["ns1.upper.essai.", "ns2.upper.essai."]


@pytest.mark.parametrize("zone,tags,problem", [
    ("one", {"NOT_ENOUGH_NS_CHILD", "NOT_ENOUGH_NS_DEL"} | MISNAMED, "single_server"),
    ("shared", {"CHILD_NS_SAME_IP", "NOT_ENOUGH_NS_CHILD"} | MISNAMED, "same_address"),
    ("alias", {"NS_IS_CNAME"} | MISNAMED, "ns_cname"),
    ("glue", {"GLUE_ONLY", "Z01_MNAME_NOT_RESOLVE"} | MISNAMED, "glue_only"),
    ("old", {"MULTIPLE_SOA_SERIALS", "Z01_MNAME_NOT_MASTER"} | MISNAMED, "serials_differ"),
    ("noaa", {"B02_NS_NOT_AUTH", "NAMESERVER_IP_WITHOUT_REVERSE"} | MISNAMED, "lame"),
    ("names", {"NAMESERVER_NON_ALLOWED_CHARS", "Z01_MNAME_NOT_IN_NS_LIST", "Z01_MNAME_NOT_AUTHORITATIVE"} | MISNAMED, None),
])
def test_one_fault(agent, zone, tags, problem):
    row, found = measure(agent, zone)
    expected = COMMON | tags
    if zone in ("one", "shared"):
        expected -= {"CN04_IPV4_SINGLE_PREFIX"}
    if zone == "one":
        expected |= {"NAMESERVER_IP_WITHOUT_REVERSE"}  # its IPv6 address
        expected -= {"NO_IPV6_NS_CHILD"}
    assert set(found) == expected
    assert problem is None or problem in row["detail"]["problems"]


def test_one_host_is_one_server(agent):
    """A and AAAA of one name, and two names of one address."""
    row, found = measure(agent, "one")
    assert (row["metrics"]["addresses4"], row["metrics"]["addresses6"]) == (1, 1)
    assert found["NOT_ENOUGH_NS_CHILD"] == [("ERROR", [], {"count": 1, "minimum": 2})]
    row, found = measure(agent, "shared")
    assert row["metrics"]["addresses4"] == 1 and len(row["detail"]["servers"]) == 1
    assert found["CHILD_NS_SAME_IP"] == [("ERROR", [at("ns1", "shared", 11), at("ns2", "shared", 11)], {"addr": address(11)})]
    row = agent.measure("edns", "shared.essai", resolver=RESOLVER)
    assert (row["metrics"]["servers"], row["metrics"]["addresses"], row["metrics"]["tests"]) == (2, 1, 10)


def test_equal_serials_are_not_equal_records(agent):
    row, found = measure(agent, "soa")
    one, two = [at("ns1", "soa", 11)], [at("ns2", "soa", 12)]
    assert row["metrics"]["serials"] == 1 and "MULTIPLE_SOA_SERIALS" not in found
    assert found["MULTIPLE_SOA_RNAMES"] == [
        ("NOTICE", one, {"rname": "root.soa.essai."}), ("NOTICE", two, {"rname": "other.soa.essai."})]
    assert found["MULTIPLE_SOA_MNAMES"] == [
        ("NOTICE", one, {"mname": "ns1.soa.essai."}), ("NOTICE", two, {"mname": "ns2.soa.essai."})]
    assert [values for _, _, values in found["MULTIPLE_SOA_TIME_PARAMETER_SET"]] == [
        {"refresh": 14400, "retry": 3600, "expire": 604800, "minimum": 300},
        {"refresh": 60, "retry": 60, "expire": 50, "minimum": 90000}]
    # the limits of Zonemaster's ZONE02 to ZONE06
    assert {tag: found[tag] for tag in found if "VALUE" in tag or "LOWER_THAN" in tag} == {
        "REFRESH_MINIMUM_VALUE_LOWER": [("NOTICE", two, {"refresh": 60, "required": 14400})],
        "REFRESH_LOWER_THAN_RETRY": [("INFO", two, {"retry": 60, "refresh": 60})],
        "RETRY_MINIMUM_VALUE_LOWER": [("NOTICE", two, {"retry": 60, "required": 3600})],
        "EXPIRE_MINIMUM_VALUE_LOWER": [("WARNING", two, {"expire": 50, "required": 604800})],
        "EXPIRE_LOWER_THAN_REFRESH": [("WARNING", two, {"expire": 50, "refresh": 60})],
        "SOA_DEFAULT_TTL_MAXIMUM_VALUE_HIGHER": [("NOTICE", two, {"minimum": 90000, "highest": 86400})],
    }


def test_what_a_server_should_not_do(agent):
    _, found = measure(agent, "open")
    two = [at("ns2", "open", 16)]
    assert found["IS_A_RECURSOR"] == [("ERROR", two, {})]
    assert found["AXFR_AVAILABLE"] == [("NOTICE", two, {})]
    assert found["AAAA_UNEXPECTED_RCODE"] == [("ERROR", two, {"rcode": "SERVFAIL"})]
    assert found["MULTIPLE_SOA"] == [("ERROR", two, {"count": 2})]
    assert found["Z01_MNAME_NOT_RESOLVE"] == [("NOTICE", ["gone.open.essai."], {})]
    assert "AXFR_AVAILABLE" not in measure(agent, "open", transfer="no")[1]


def test_names_that_are_none(agent):
    _, found = measure(agent, "names")
    assert [servers for _, servers, _ in found["NAMESERVER_NON_ALLOWED_CHARS"]] == [["-ns2.names.essai.", "ns_1.names.essai."]]
    assert found["Z01_MNAME_NOT_AUTHORITATIVE"] == [("NOTICE", [at("away", "names", 15)], {})]
    assert [values for _, _, values in found["NAMESERVER_IP_PTR_MISMATCH"]] == [
        {"ptr": "ns2.plain.essai."}, {"ptr": "ns1.plain.essai."}]


def test_dead_servers_end_in_time(agent):
    """Whatever else is silent: here the resolver is, too, about the zone."""
    begin = time.monotonic()
    row, found = measure(agent, "dead", timeout_ms=3000, retries=1)
    assert time.monotonic() - begin < 3 + 4  # the agent's own start, on a busy machine
    assert row["outcome"] == "dns_error" and row["metrics"]["lame"] == row["metrics"]["tested"] == 2
    assert found["B02_NO_WORKING_NS"] == [("CRITICAL", [], {})]
    assert found["B02_NS_NO_RESPONSE"] == [
        ("WARNING", [at("ns1", "dead", 13), at("ns2", "dead", 14)], {"answer": "timeout"})]
    assert "GLUE_ONLY" not in found  # the resolver did not say so


@pytest.mark.parametrize("lang,says", [
    ("en", ["Errors\n", "answers anybody's questions, as a resolver does  [IS_A_RECURSOR]\n",
            "→ turn recursion off on authoritative servers\n"]),
    ("fr", ["Erreurs\n", "répond aux questions de n’importe qui, comme un résolveur  [IS_A_RECURSOR]\n",
            "→ fermer la récursion sur les serveurs faisant autorité\n"]),
])
def test_a_list_to_work_through(agent, lang, says):
    # the program in its place, where its catalogues are
    done = agent.net.client.run("env", f"LC_ALL={lang}", BUILD / "agent" / "internetmetre-agent", "measure", "delegation",
                                "open.essai", "--set", f"resolver={RESOLVER}", "--config", agent.config)
    places = [done.stdout.find(words) for words in says]
    assert -1 not in places and places == sorted(places), done.stdout
    assert f"\n      {at('ns2', 'open', 16)}\n" in done.stdout
