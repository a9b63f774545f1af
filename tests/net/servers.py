"""Starts the servers of zones.py inside one namespace, each on its own address."""
import pathlib
import subprocess

from zones import BIND, BLOCKING, BROKEN, FLOOD, KNOT, NSD, PLAIN, REWRITING, STALE, VALIDATING, WHOAMI, six

HERE = pathlib.Path(__file__).parent

KNOT_CONF = """
server:
    listen: [ {v4}@53, {v6}@53 ]
    rundir: {folder}
    pidfile: {folder}/knotd.pid
    identity: "knot.essai"
    nsid: "knot-1"
    udp-max-payload: 1232
log:
  - target: stderr
    any: warning
database:
    storage: {folder}
mod-cookies:
  - id: default
template:
  - id: default
    storage: {zones}
    semantic-checks: off
    zonefile-load: whole
zone:
"""
UNBOUND_CONF = """
server:
    interface: {v4}
    {more}
    access-control: 0.0.0.0/0 allow
    access-control: ::/0 allow
    directory: "{folder}"
    pidfile: "{folder}/unbound.pid"
    username: ""
    chroot: ""
    use-syslog: no
    verbosity: 1
    do-not-query-localhost: no
    root-hints: "{folder}/hints"
    module-config: "{modules}"
    qname-minimisation: no
    outgoing-interface: {v4}
    do-not-query-address: {stale}
remote-control:
    control-enable: no
"""
BIND_CONF = """
options {{
    directory "{folder}";
    pid-file "{folder}/named.pid";
    session-keyfile "{folder}/session.key";
    listen-on {{ {v4}; }};
    listen-on-v6 {{ {v6}; }};
    query-source address {v4};
    dnssec-validation no;
    recursion {recursion};
    allow-query {{ any; }};
    server-id "{v4}";
}};
controls {{ }};
"""
NSD_CONF = """
server:
    ip-address: {v4}
    ip-address: {v6}
    ip-address: {stale}
    username: ""
    chroot: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/nsd.pid"
    xfrdfile: "{folder}/xfrd.state"
    zonelistfile: "{folder}/zone.list"
    nsid: "ascii_nsd-1"
remote-control:
    control-enable: no
zone:
    name: nsd.essai
    zonefile: {zones}/nsd.essai.signed
zone:
    name: sick.essai
    zonefile: {zones}/sick.essai.second
zone:
    name: four.essai
    zonefile: {zones}/four.essai.stale
"""


def folder(net, name):
    path = net.folder / name
    path.mkdir(mode=0o777)
    return path


def answers(host, address, name=".", kind="SOA"):
    asked = host.run("dig", "+time=1", "+tries=1", f"@{address}", name, kind, check=False)
    return "status: NOERROR" in asked.stdout


def knot(net, host, zones, names):
    here = folder(net, "dns-knot")
    text = KNOT_CONF.format(folder=here, zones=zones.folder, v4=KNOT, v6=six(KNOT))
    for name in names:
        text += f"  - domain: {name}\n    file: {zones.path(name)}\n"
        if name == "knot.essai.":
            text += "    module: mod-cookies/default\n"
    (here / "knot.conf").write_text(text)
    host.start("/usr/sbin/knotd", "-c", here / "knot.conf", ready=lambda: answers(host, KNOT))


def nsd(net, host, zones):
    here = folder(net, "dns-nsd")
    (here / "nsd.conf").write_text(NSD_CONF.format(folder=here, zones=zones.folder, v4=NSD, v6=six(NSD), stale=STALE))
    host.start("/usr/sbin/nsd", "-d", "-c", here / "nsd.conf", ready=lambda: answers(host, NSD, "sick.essai"))


def bind(net, host, zones):
    here = folder(net, "dns-bind")
    text = BIND_CONF.format(folder=here, v4=BIND, v6=six(BIND), recursion="no")
    text += f'zone "bind.essai" {{ type primary; file "{zones.path("bind.essai.")}"; }};\n'
    text += f'zone "sick.essai" {{ type primary; file "{zones.path("sick.essai.")}"; }};\n'
    text += f'zone "four.essai" {{ type primary; file "{zones.path("four.essai.")}"; }};\n'
    (here / "named.conf").write_text(text)
    host.start("/usr/sbin/named", "-f", "-c", here / "named.conf", ready=lambda: all(answers(host, BIND, f"{name}.essai") for name in ("bind", "sick")))


def rewriting(net, host, hints):
    """BIND as a resolver with a redirect zone: what does not exist becomes 10.78.0.99."""
    here = folder(net, "dns-rewriting")
    (here / "hints").write_text(hints)
    (here / "redirect").write_text("$TTL 60\n@ SOA x. x. 1 1 1 1 1\n@ NS x.\n*. A 10.78.0.99\n")
    text = BIND_CONF.format(folder=here, v4=REWRITING, v6=six(REWRITING), recursion="yes")
    text += f'zone "." {{ type hint; file "{here}/hints"; }};\n'
    text += f'zone "." {{ type redirect; file "{here}/redirect"; allow-query {{ any; }}; }};\n'
    (here / "named.conf").write_text(text)
    host.start("/usr/sbin/named", "-f", "-c", here / "named.conf", ready=lambda: answers(host, REWRITING, "essai"))


def unbound(net, host, address, hints, more="", modules="iterator"):
    here = folder(net, f"dns-unbound-{address}")
    (here / "hints").write_text(hints)
    text = UNBOUND_CONF.format(folder=here, v4=address, modules=modules, more=more, stale=STALE)
    (here / "unbound.conf").write_text(text)
    host.start("/usr/sbin/unbound", "-d", "-c", here / "unbound.conf", ready=lambda: answers(host, address, "essai"))


def whoami(net, host, build):
    here = folder(net, "dns-target")
    (here / "target.conf").write_text(f"listen = 127.0.0.1:8081\ndns_listen = {WHOAMI}:53\ndns_zone = whoami.essai\n")
    host.start(build / "collector" / "target" / "internetmetre-target", "serve", "--config", here / "target.conf",
               ready=lambda: answers(host, WHOAMI, "whoami.essai"))


def certificate(net):
    here = folder(net, "dns-tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=resolver.essai", "-addext",
                    f"subjectAltName=DNS:resolver.essai,IP:{VALIDATING}", "-keyout", here / "key.pem",
                    "-out", here / "cert.pem"], check=True, capture_output=True)
    return here


def broken_zone():
    """The list of broken servers as a resolver's own data: asking them for it would be a test of the resolver."""
    text = 'local-zone: "broken.essai." static\n'
    for what, address in BROKEN.items():
        text += f'    local-data: "broken.essai. NS {what}.broken.essai."\n'
        text += f'    local-data: "{what}.broken.essai. A {address}"\n'
    return text


def start(net, host, zones, names):
    addresses = [KNOT, BIND, NSD, STALE, VALIDATING, PLAIN, REWRITING, BLOCKING, WHOAMI, FLOOD, *BROKEN.values()]
    for address in addresses:
        host.ip(4, "addr", "add", f"{address}/32", "dev", "lo")
        host.ip(6, "addr", "add", f"{six(address)}/128", "dev", "lo", "nodad")
    knot(net, host, zones, names)
    nsd(net, host, zones)
    bind(net, host, zones)
    hints = f". 3600000 NS ns.root.\nns.root. 3600000 A {KNOT}\n"
    tls = certificate(net)
    secure = "\n    ".join([
        f"interface: {VALIDATING}@853", f"interface: {VALIDATING}@443", f'trust-anchor-file: "{zones.anchor()}"',
        f'tls-service-key: "{tls}/key.pem"', f'tls-service-pem: "{tls}/cert.pem"', "https-port: 443", "tls-port: 853",
        broken_zone()])
    unbound(net, host, VALIDATING, hints, secure, "validator iterator")
    unbound(net, host, PLAIN, hints)
    unbound(net, host, BLOCKING, hints, 'local-zone: "www.clean.essai." always_nxdomain')
    rewriting(net, host, hints)
    host.start("/usr/bin/python3", HERE / "broken.py", 53, f"flood={FLOOD}", *(f"{what}={a}" for what, a in BROKEN.items()),
               ready=lambda: answers(host, BROKEN["good"], "broken.essai"))
    return tls / "cert.pem"


def certificate_of(net):
    return net.folder / "dns-tls" / "cert.pem"
