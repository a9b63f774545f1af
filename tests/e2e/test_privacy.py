"""Where a probe stands is told to /24 and /48, and no closer: the box's own address and the one that its router goes out
with are looked for in everything that is written down or answered, in text, in octets, and in what is packed."""
import base64
import binascii
import ipaddress
import json
import re
import subprocess
from pathlib import Path

import pytest
import zstandard

import wire
from agent import BUILD, Agent, exactly_once
from conftest import FarCollector, pages, scratch
from pki import Authority
from topology import Network

pytestmark = pytest.mark.root("network namespaces")
BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))

UNBOUND = """
server:
    interface: 0.0.0.0
    interface: ::0
    access-control: 0.0.0.0/0 allow
    access-control: ::/0 allow
    do-not-query-localhost: no
    directory: "{folder}"
    pidfile: "{folder}/unbound.pid"
    username: ""
    chroot: ""
    use-syslog: no
    module-config: "iterator"
    local-zone: "essai." nodefault
    local-zone: "fournisseur.essai." static
    local-data: "fournisseur.essai. 300 A {server}"
stub-zone:
    name: "whoami.essai"
    stub-addr: {server}
remote-control:
    control-enable: no
"""

# Tells everybody where they come from, in every way that HTTP has.
ECHO = """
import http.server, socket, sys
class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        you = self.client_address[0].removeprefix("::ffff:")
        self.send_response(200 if self.path != "/" else 302)
        self.send_header("Location", f"/you/{you}/{you.replace('.', '-').replace(':', '-')}.dyn.example?ip={you}")
        self.send_header("X-Your-Address", you)
        self.send_header("Content-Length", str(len(you)))
        self.end_headers()
        self.wfile.write(you.encode())
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
Server(("::", 9000), Echo).serve_forever()
"""


class Search:
    """Finds whole addresses in bytes: as text in their usual forms, as octets, and both behind base64, hex and zstd."""

    def __init__(self, *addresses):
        self.texts, self.octets = [], []
        for address in map(ipaddress.ip_address, addresses):
            reverse = address.reverse_pointer.split(".")[:-2]
            self.octets += [address.packed, b"".join(bytes([len(label)]) + label.encode() for label in reverse)]
            if address.version == 4:
                parts = str(address).split(".")
                forms = [re.escape(by).join(order) for by in ".-_" for order in (parts, parts[::-1])]
                forms.append(re.escape(str(ipaddress.ip_address("::ffff:" + str(address)))))
            else:
                nibbles = address.reverse_pointer.removesuffix(".ip6.arpa")
                forms = [re.escape(str(address)), re.escape(address.exploded), re.escape(nibbles),
                         re.escape(str(address).replace(":", "-")), nibbles[::-1].replace(".", "")]
            before, after = (rb"(?<![0-9])", rb"(?![0-9])") if address.version == 4 else (rb"(?<![0-9a-f:])", rb"(?!:?[0-9a-f])")
            self.texts += [re.compile(before + form.encode() + after, re.I) for form in forms]

    def plain(self, bytes_):
        return [pattern.search(bytes_).group().decode() for pattern in self.texts if pattern.search(bytes_)]

    def unpacked(self, bytes_):
        for found in re.finditer(rb"[A-Za-z0-9+/_-]{6,}={0,2}", bytes_):
            text = found.group()
            with_padding = text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4)
            try:
                yield base64.b64decode(with_padding, altchars=b"-_" if b"-" in text or b"_" in text else None)
            except binascii.Error:
                pass
        for found in re.finditer(rb"[0-9a-fA-F]{8,}", bytes_):
            yield binascii.unhexlify(found.group()[: len(found.group()) // 2 * 2])
        if bytes_.startswith(zstandard.FRAME_HEADER):
            yield zstandard.ZstdDecompressor().decompressobj().decompress(bytes_)
        if bytes_.startswith(wire.frame(wire.HEADER_FRAME, b"")[:4]):
            yield wire.results_of(bytes_)

    def __call__(self, bytes_, deep=2):
        found = self.plain(bytes_)
        for inner in self.unpacked(bytes_) if deep else ():
            found += [f"octets {o.hex()}" for o in self.octets if o in inner]
            found += self(inner, deep - 1)
        return found


class Everywhere:
    """All that was written down or can be asked for, as (where, bytes)."""

    def __init__(self, world):
        self.world, self.collector = world, world.collector

    def files(self):
        for folder in (self.world.folder, self.world.net.folder):
            for path in sorted(folder.rglob("*")):
                inside = path.relative_to(folder).parts
                ours = "postgresql" not in inside and "python3" not in path.name and path.suffix not in (".pem", ".key", ".conf")
                if path.is_file() and ours:
                    yield str(path), path.read_bytes()

    def ledger(self):
        for number, body in self.collector.sql("SELECT batch_no, body FROM batch_body"):
            yield f"batch {number} of the ledger", bytes(body)

    def dump(self):
        done = subprocess.run([BIN / "pg_dump", "-h", self.collector.state / "run", "-U", "internetmetre", "internetmetre"],
                              capture_output=True, check=True)
        yield "dump of the database", done.stdout

    def answers(self):
        key = self.collector.run("key", "create", "privacy").strip()
        bearer = {"Authorization": f"Bearer {key}"}
        spec = (Path(__file__).resolve().parents[2] / "schema/openapi.yaml").read_text()
        routes = re.findall(r"^  (/\S*):\n    get:", spec, re.M)
        assert len(routes) > 8
        for route in [*routes, *pages()]:
            for form in ("json", "csv", "ndjson") if route.startswith("/api/v1/") else ("",):
                path = route + (f"?format={form}" if form else "")
                yield f"GET {path}", self.collector.request("GET", path, headers=bearer).body
        yield "probe show", self.collector.run("probe", "show", self.world.agent.name()).encode()
        yield "probe list", self.collector.run("probe", "list").encode()

    def said(self):
        yield "status", self.world.agent.run("status").encode()
        yield "status --json", self.world.agent.run("status", "--json").encode()
        yield "spool list", self.world.agent.run("spool", "list").encode()

    def __iter__(self):
        for part in (self.files, self.ledger, self.dump, self.answers, self.said):
            yield from part()


def tasks(world):
    server, gateway, resolver = world.server.v4, world.cpe.towards(world.box), world.cpe.towards(world.box)
    site = f"http://{server}:9000/"
    found = {
        "ping-gateway": ("ping", gateway, {"count": 1}), "ping-own": ("ping", world.box.v4, {"count": 1}),
        f"ping-{world.box.v4.replace('.', '-')}": ("ping", world.box.v6, {"count": 1}),
        "stamp": ("stamp", server, {"port": 8620, "count": 2}), "tcp": ("tcp", server, {"port": 9000, "count": 1}),
        "way4": ("traceroute", server, {}), "way6": ("traceroute", world.server.v6, {}), "way-near": ("traceroute", gateway, {}),
        "name-direct": ("dns", server, {"qname": "a.whoami.whoami.essai", "type": "TXT"}),
        "name-address": ("dns", server, {"qname": "b.whoami.whoami.essai", "type": "A"}),
        "name-home": ("dns", resolver, {"qname": "c.whoami.whoami.essai", "type": "TXT"}),
        "name-six": ("dns", world.server.v6, {"qname": "d.whoami.whoami.essai", "type": "AAAA"}),
        "reverse": ("dns", resolver, {"qname": ipaddress.ip_address(world.public).reverse_pointer, "type": "PTR"}),
        "reverse6": ("dns", resolver, {"qname": ipaddress.ip_address(world.box.v6).reverse_pointer, "type": "PTR"}),
        "resolver": ("resolver", resolver, {"zone": "whoami.essai"}),
        "edns": ("edns", "whoami.essai", {}), "delegation": ("delegation", "whoami.essai", {}),
        "dnssec": ("dnssec", "www.whoami.essai", {}),
        "page4": ("http", site, {"redirects": 3}), "page6": ("http", f"http://[{world.server.v6}]:9000/", {"redirects": 3}),
        "tls": ("tls", server, {"port": 9443}), "rate": ("throughput", f"http://{server}:8090", {}),
    }
    return {name: {"check": check, "target": target, "interval": "1h", **more} for name, (check, target, more) in found.items()}


@pytest.fixture(scope="module")
def world():
    """box - its router, which hides it (IPv4) and resolves for it - provider - server."""
    with Network() as net, scratch() as folder:
        net.box, net.cpe, net.isp, net.server = net.host("box"), net.router("cpe"), net.router("isp"), net.host("far")
        net.link(net.box, net.cpe)
        net.link(net.cpe, net.isp)
        net.link(net.isp, net.server)
        net.route()
        world = type("World", (), {"net": net, "folder": folder, "box": net.box, "cpe": net.cpe, "server": net.server})()
        world.public = net.cpe.towards(net.isp)
        net.cpe.nft("table ip nat {\n chain post {\n type nat hook postrouting priority 100;\n"
                    f"oifname {net.cpe.interface(net.isp)} masquerade\n }}\n }}\n")
        for host in (net.box, net.cpe):
            host.sysctl("net.ipv4.ping_group_range", "0 2147483647")
        (folder / "unbound.conf").write_text(UNBOUND.format(folder=folder, server=net.server.v4))
        net.cpe.start("/usr/sbin/unbound", "-d", "-c", folder / "unbound.conf", ready=lambda: net.cpe.listens(53))
        net.box.resolver(net.cpe.towards(net.box))
        (folder / "target.conf").write_text("stamp_listen = [::]:8620\ndns_listen = [::]:53\ndns_zone = whoami.essai\nlog_level = debug\n")
        net.server.start(BUILD / "collector/target/internetmetre-target", "serve", "--listen", "[::]:8090", "--config",
                         folder / "target.conf", ready=lambda: net.server.listens(53) and net.server.listens(8090, "-ltn"))
        net.server.start("/usr/bin/python3", "-c", ECHO, ready=lambda: net.server.listens(9000, "-ltn"))
        authority = Authority(folder, "ca")
        authority.issue("home", host=f"{world.public.replace('.', '-')}.dyn.example", addresses=[world.public, net.box.v6])
        net.server.start("openssl", "s_server", "-accept", "9443", "-cert", folder / "home.pem", "-key", folder / "home.key", "-quiet",
                         ready=lambda: net.server.listens(9443, "-ltn"))
        world.collector = FarCollector(folder, net.server, f"{net.server.v4}:8080", log_level="debug")
        world.agent = Agent(folder, ["ip", "netns", "exec", net.box.space])
        try:
            world.collector.start()
            yield world
            world.collector.stop()
        finally:
            world.agent.clean()
            world.collector.clean()


def test_the_search_finds_what_is_there():
    search = Search("192.0.2.77", "2001:db8:1:2::3")
    packed = zstandard.ZstdCompressor().compress(b'{"raw":"' + base64.b64encode(b"...\xc0\x00\x02\x4d...") + b'"}')
    batch = wire.Probe().batch([b'{"detail":"from 192.0.2.77"}\n'])
    for planted in (batch, batch.hex().encode(), b"from 192.0.2.77:4000", b"192-0-2-77.dyn", b"77.2.0.192.in-addr.arpa", b"::ffff:192.0.2.77", b"2001:db8:1:2::3",
                    b"2001:0DB8:0001:0002:0000:0000:0000:0003", packed, base64.b64encode(packed),
                    ipaddress.ip_address("2001:db8:1:2::3").reverse_pointer.encode(), packed.hex().encode()):
        assert search(planted), planted
    for harmless in (b"192.0.2.0/24", b"192.0.2.770", b"1192.0.2.77", b"2001:db8:1::/48", b"2001:db8:1:2::30"):
        assert not search(harmless), harmless


def test_nothing_tells_where_the_box_is(world):
    agent, collector = world.agent, world.collector
    own = {world.box.v4, world.public, world.box.v6}
    agent.configure(tasks(world), seal_interval="1s", journal_sync="1s", retry_max="1s", log_level="debug")
    said = agent.run("enroll", f"http://{world.server.v4}:8080", collector.token(), "--yes")
    for _ in range(2):
        out = subprocess.run(agent.command("run", "--once"), capture_output=True)
        said += (out.stdout + out.stderr).decode()
        assert out.returncode == 0, said
    # also by the way of what is refused
    probe = wire.Probe()
    curl = ["ip", "netns", "exec", world.box.space, "curl", "-sS", "-o", "/dev/null", "--data-binary", "@-"]
    for path, body in (("batches", probe.batch([])), ("batches", b"{}"), ("probes", probe.enrolment("imt_wrong")), ("leave", b"x\n")):
        subprocess.run([*curl, f"http://{world.server.v4}:8080/api/v1/{path}"], input=body, check=True)
    assert exactly_once(collector, agent)
    results = [r for batch in agent.sealed().values() for r in batch]
    assert {r["check"] for r in results} == {t["check"] for t in tasks(world).values()}
    measured = {r["task"]: r["outcome"] for r in results}
    assert sum(outcome in ("ok", "partial") for outcome in measured.values()) > 15, measured
    told = json.dumps(results)
    assert world.public.rsplit(".", 1)[0] + ".0" in told and "fd77:1::" in told, "what is cut is told"

    search = Search(*own)
    found = {where: hits for where, bytes_ in Everywhere(world) if (hits := search(bytes_))}
    if hits := search(said.encode()):
        found["the agent's messages"] = hits
    assert not found, "\n".join(f"{where}: {sorted(set(hits))}" for where, hits in found.items())
