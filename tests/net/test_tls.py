"""tcp, tls and http over TLS against real servers: what a connection and a certificate are said to be worth."""
import hashlib
import math
import pathlib
import re
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from conftest import Agent
from emulator import emulated_link
from pki import Authority
from topology import Network

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1; user root;
events {{ worker_connections 64; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 443 ssl http2; listen [::]:443 ssl http2; ssl_certificate {folder}/good.pem;
    ssl_certificate_key {folder}/good.key; ssl_protocols TLSv1.2 TLSv1.3; location / {{ return 200 "bon\\n"; }} }} }}
"""
# Port, and options of `openssl s_server` for what nginx would not serve.
SERVERS = {
    "expired": (4431, ["-cert_chain", "ca.pem"]), "future": (4432, []), "selfsigned": (4433, []), "wrong": (4434, []),
    "orphan": (4435, []), "tls12": (4436, ["-tls1_2"]), "tls10": (4437, ["-tls1", "-cipher", "ALL:@SECLEVEL=0"]),
    "wants13": (4441, ["-tls1_3", "-Verify", "1"]), "wants12": (4442, ["-tls1_2", "-Verify", "1"]),
    "several": (4438, []), "weak": (4439, ["-cipher", "ALL:@SECLEVEL=0"]), "notca": (4440, ["-cert_chain", "notca-ca.pem"]),
}


@pytest.fixture(scope="module")
def world():
    with Network() as net:
        net.client, net.server = net.host("tlsnear"), net.host("tlsfar")
        net.line = emulated_link(net, net.client, net.server)
        net.route()
        net.agent = Agent(net)
        folder = pathlib.Path("/etc/netns") / net.client.space
        folder.mkdir(parents=True)
        (folder / "hosts").write_text(f"{net.server.v4} probe.example\n{net.server.v6} probe.example\n")
        net.pki = net.folder / "pki"
        net.pki.mkdir()
        certify(net)
        (net.pki / "nginx.conf").write_text(NGINX.format(folder=net.pki))
        net.server.start("/usr/sbin/nginx", "-p", net.pki, "-c", net.pki / "nginx.conf",
                         ready=lambda: net.server.listens(443, "-ltn"))
        for name, (port, options) in SERVERS.items():
            net.server.start("openssl", "s_server", "-accept", port, "-cert", f"{name}.pem", "-key", f"{name}.key",
                             "-quiet", *options, cwd=net.pki)
        for port, _ in SERVERS.values():
            wait(lambda port=port: net.server.listens(port, "-ltn"))
        net.server.start("/usr/bin/python3", "-c", ODD, ready=lambda: net.server.listens(5003, "-ltn"))
        yield net


# What no TLS server does: says something else, hangs up, stays silent.
ODD = """
import socket, struct, threading
def serve(port, act):
    listener = socket.create_server(("", port))
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=act, args=(peer,), daemon=True).start()
def plain(peer):
    peer.recv(4096); peer.sendall(b"220 bonjour ESMTP\\r\\n"); peer.close()
def http(peer):
    peer.recv(4096); peer.sendall(b"HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n"); peer.close()
def alert(peer):
    peer.recv(4096); peer.sendall(bytes.fromhex("15030300020250")); peer.close()
def nonsense(peer):
    peer.recv(4096); peer.sendall(bytes.fromhex("1603030005ffffffffff")); peer.close()
def hang_up(peer):
    peer.recv(4096); peer.close()
def cut(peer):
    peer.recv(10); peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); peer.close()
def silent(peer):
    threading.Event().wait()
for port, act in ((5000, plain), (5001, hang_up), (5002, cut), (5005, http), (5006, alert), (5007, nonsense)):
    threading.Thread(target=serve, args=(port, act), daemon=True).start()
serve(5003, silent)
"""


def wait(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def certify(net):
    ca = Authority(net.pki, "ca")
    net.ca_file = ca.write()
    net.good = ca.issue("good", addresses=[net.server.v4, net.server.v6])
    ca.issue("expired", days=(-90, -3))
    ca.issue("future", days=(5, 90))
    ca.issue("selfsigned", self_signed=True)
    ca.issue("wrong", host="www.example")
    for name in ("tls12", "wants13", "wants12"):
        ca.issue(name)
    ca.issue("tls10", key=rsa.generate_private_key(65537, 2048))
    ca.issue("several", host="www.example", days=(-90, -1))
    ca.issue("weak", key=rsa.generate_private_key(65537, 1024))
    orphan = Authority(net.pki, "nobody")
    orphan.issue("orphan")
    notca = Authority(net.pki, "notca-ca", signer=ca, ca=False)
    notca.write()
    notca.issue("notca")


def measure(world, port=443, **params):
    return world.agent.measure("tls", params.pop("target", world.server.v4), port=port, **{"ca_file": world.ca_file,
                                  "server_name": "probe.example", **params})


# Long beside what a handshake waits for a processor on a busy machine: up to 80 ms were seen.
TRIP_MS = 400


@pytest.fixture
def slow(world):
    world.line.set(delay_ms=TRIP_MS / 2)
    yield world.line
    world.line.set(delay_ms=0)


def trips(ms):
    """Round trips of the slow line that went into a time, to which a busy machine adds its own."""
    return round(ms / TRIP_MS)


def octets(line):
    """Of all IP packets, once nothing crosses any more: the closing is on its way when the result is there."""
    before, now = None, line.report()
    while now != before:
        time.sleep(1.25 * TRIP_MS / 1000)
        before, now = now, line.report()
    return sum(way["bytes_in"] - 14 * way["in"] for way in now.values())


@pytest.mark.timed
@pytest.mark.parametrize("family", [4, 6])
def test_good_chain(world, slow, family):
    row = measure(world, target=world.server.v4 if family == 4 else world.server.v6)
    m, d = row["metrics"], row["detail"]
    assert (row["outcome"], row["af"]) == ("ok", family)
    assert (m["version"], m["chain_valid"]) == (13, 1)
    # TLS 1.3: one round trip for the connection, one for the handshake.
    assert m["connect_ms"] == pytest.approx(TRIP_MS, rel=0.02) and trips(m["tls_ms"]) == 1
    assert m["total_ms"] == pytest.approx(m["lookup_ms"] + m["connect_ms"] + m["tls_ms"], abs=0.01)
    assert m["days_to_expiry"] == pytest.approx(90, abs=0.1)
    assert d["chain"] == {"verdict": "valid", "errors": [], "certificates": 1}
    assert d["alpn"] == "h2" and d["cipher"].startswith("TLS_") and d["group"] == "x25519"
    spki = world.good.public_key().public_bytes(serialization.Encoding.DER,
                                                serialization.PublicFormat.SubjectPublicKeyInfo)
    assert d["certificate"]["spki_sha256"] == hashlib.sha256(spki).hexdigest()
    assert d["certificate"]["key"] == "EC 256"
    assert d["certificate"]["issuer"] == "CN=ca"
    assert d["certificate"]["not_after"].startswith(world.good.not_valid_after.isoformat())
    assert row["bytes"] == pytest.approx(octets(slow), rel=0.05)


def test_address_in_the_certificate(world):
    row = measure(world, server_name="")
    assert row["outcome"] == "ok"
    row = measure(world, target="[" + world.server.v6 + "]", server_name="")
    assert row["outcome"] == "ok" and row["af"] == 6


@pytest.mark.timed
def test_tls12_takes_two_round_trips(world, slow):
    row = measure(world, 4436, alpn="")
    assert row["metrics"]["version"] == 12 and trips(row["metrics"]["tls_ms"]) == 2
    assert "alpn" not in row["detail"]


@pytest.mark.parametrize("name, verdict, others", [
    ("expired", "expired", []), ("future", "not_yet_valid", []), ("selfsigned", "self_signed", []),
    ("wrong", "wrong_host", []), ("orphan", "unknown_issuer", []), ("weak", "weak_key", []),
    ("several", "wrong_host", ["expired"]), ("notca", "not_a_ca", ["wrong_purpose"]),
])
def test_what_is_wrong_with_a_chain(world, name, verdict, others):
    row = measure(world, SERVERS[name][0])
    chain = row["detail"]["chain"]
    assert row["outcome"] == "tls_error"
    assert row["metrics"]["chain_valid"] == 0 and row["metrics"]["tls_ms"] > 0
    assert chain["verdict"] == verdict
    assert sorted({error["error"] for error in chain["errors"]}) == sorted([verdict, *others])
    assert row["detail"]["cause"] == verdict and row["detail"]["reason"] == chain["errors"][0]["text"]
    if name == "expired":
        assert row["metrics"]["days_to_expiry"] == pytest.approx(-3, abs=0.1)


def test_old_version_is_measured(world):
    row = measure(world, 4437)
    assert (row["outcome"], row["metrics"]["version"]) == ("ok", 10)


@pytest.mark.parametrize("port, outcome, cause", [
    (5000, "protocol_error", "no_tls"), (5001, "reset", "handshake_cut"), (5002, "reset", "connection_reset"),
    (5003, "timeout", "handshake_timeout"), (5004, "refused", "connection_refused"),
])
def test_what_is_no_handshake(world, port, outcome, cause):
    row = measure(world, port, timeout_ms=500)
    assert (row["outcome"], row["detail"]["cause"]) == (outcome, cause)
    assert "tls_ms" not in row["metrics"] and "chain_valid" not in row["metrics"]


def every_speaker(world, port):
    """The rows of all that speak TLS, to one port."""
    yield measure(world, port, timeout_ms=1000)
    yield fetch(world, port, timeout_ms=2000)
    for transport in ("tls", "https"):
        yield world.agent.measure("dns", "probe.example", transport=transport, port=port, ca_file=world.ca_file, qname="bj",
                                  timeout_ms=1000)


@pytest.mark.parametrize("port, outcome, cause", [
    (5000, "protocol_error", "no_tls"),   # another protocol's greeting
    (5005, "protocol_error", "no_tls"),   # HTTP in plain
    (5006, "tls_error", "tls_alert_internal_error"),
    (5007, "tls_error", "tls_broken"),    # a handshake record with nonsense in it
    (4441, "tls_error", "tls_alert_certificate_required"),  # after the handshake, as TLS 1.3 has it
    (4442, "tls_error", "tls_alert_handshake_failure"),
])
def test_one_word_in_every_check(world, port, outcome, cause):
    """And none of a library's: neither its version nor its numbers stand in a result."""
    for row in every_speaker(world, port):
        assert (row["outcome"], row["detail"]["cause"]) == (outcome, cause), row
        assert not re.search("OpenSSL|SSL routines|error:|errno", row["detail"]["reason"])


def test_a_last_dot_reaches_neither_sni_nor_the_certificate(world):
    """RFC 6066 section 3."""
    assert measure(world, server_name="probe.example.")["outcome"] == "ok"
    assert measure(world, target="probe.example.", server_name="")["outcome"] == "ok"
    row = world.agent.measure("http", "https://probe.example./", ca_file=world.ca_file)
    assert row["outcome"] == "ok", row


def test_tcp_outcomes(world):
    far, server = world.server.v4, world.server
    row = world.agent.measure("tcp", far, count=4, interval_ms=50)
    assert row["outcome"] == "ok" and row["metrics"]["rcvd"] == 4 and row["metrics"]["loss"] == 0
    row = world.agent.measure("tcp", far, port=5004, count=3, interval_ms=50)
    assert row["outcome"] == "refused" and row["detail"]["failed"] == {"refused": 3} and row["metrics"]["loss"] == 1
    for rule, outcome in (("drop", "timeout"), ("reject with icmpx type host-unreachable", "unreachable")):
        server.nft(f"add table inet wall\nadd chain inet wall c {{ type filter hook input priority 0; }}\n"
                   f"add rule inet wall c tcp dport 5000 {rule}\n")
        row = world.agent.measure("tcp", far, port=5000, count=2, interval_ms=50, timeout_ms=300)
        server.run("nft", "flush", "ruleset")
        assert row["outcome"] == outcome and row["detail"]["failed"] == {outcome: 2}
        assert math.isclose(row["metrics"]["loss"], 1) and "rtt_p50_ms" not in row["metrics"]


def test_no_authorities_file(world):
    row = measure(world, ca_file=str(world.pki / "none.pem"), port=443)
    assert row["outcome"] == "error" and "none.pem" in row["detail"]["reason"]


# ---- http over TLS ----

def fetch(world, port=443, **params):
    return world.agent.measure("http", f"https://probe.example:{port}/", ca_file=world.ca_file, **params)


@pytest.mark.timed
def test_http2_over_both_families(world, slow):
    row = fetch(world, family="both")
    four, six = (row["detail"]["families"][family] for family in "46")
    assert row["outcome"] == four["outcome"] == six["outcome"] == "ok"
    assert (row["af"], row["addr"], four["addr"], six["addr"]) == (4, world.server.v4, world.server.v4, world.server.v6)
    for part in (row["metrics"], four, six):
        assert (part["http_version"], part["status"], part["redirects"], part["body_bytes"]) == (20, 200, 0, 4)
        # One round trip to connect, one for TLS 1.3, one for the request.
        request_ms = part["total_ms"] - part["connect_ms"] - part["tls_ms"]
        assert trips(part["connect_ms"]) == trips(part["tls_ms"]) == trips(request_ms) == 1
    assert row["detail"]["http"] == "2"
    seen = octets(slow)
    assert seen <= row["bytes"] <= 2.5 * seen  # TLS is estimated, for chains longer than this one


def test_http_over_one_family_of_two(world):
    world.server.nft("add table inet wall\nadd chain inet wall c { type filter hook input priority 0; }\n"
                     "add rule inet wall c meta nfproto ipv4 tcp dport 443 reject with tcp reset\n")
    row = fetch(world, family="both")
    alone = fetch(world, family=4)
    world.server.run("nft", "flush", "ruleset")
    assert (row["outcome"], row["af"], row["metrics"]["status"]) == ("partial", 6, 200)
    assert row["detail"]["families"]["4"]["outcome"] == alone["outcome"] == "refused"
    assert row["detail"]["families"]["6"]["outcome"] == "ok" and row["detail"]["reason"].startswith("IPv4: ")
    assert "families" not in alone["detail"]


def test_http_refuses_a_bad_chain(world):
    row = fetch(world, 4431, family="both")
    assert row["outcome"] == "tls_error" and "expired" in row["detail"]["reason"]
    assert "status" not in row["metrics"]
