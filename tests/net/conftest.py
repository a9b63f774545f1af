"""client - r1 - r2 - server, and a resolver beside the server: three hops from the client to each."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from kept import pytest_terminal_summary  # noqa: F401
from topology import Network

sys.path.append(str(pathlib.Path(__file__).parents[1] / "e2e"))
import ranges  # noqa: E402

BUILD = pathlib.Path(os.environ.get("INTERNETMETRE_BUILD") or os.environ.get("IMT_BUILD")
                     or pathlib.Path(__file__).parents[2] / "build")
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]

KNOT = """
server:
    listen: [ 0.0.0.0@53, ::@53 ]
    rundir: {folder}
    pidfile: {folder}/knotd.pid
log:
  - target: stderr
    any: warning
database:
    storage: {folder}
template:
  - id: default
    storage: {folder}
    file: "%s.zone"
zone:
  - domain: essai.bj
"""
ZONE = """$ORIGIN essai.bj.
$TTL 3600
@ SOA ns hostmaster 1 3600 600 86400 300
@ NS ns
ns A {v4}
www A 192.0.2.1
www A 192.0.2.2
www AAAA 2001:db8::1
alias CNAME www
text TXT "un deux" "trois"
""" + "".join(f'big TXT "{n:02d}{"x" * 200}"\n' for n in range(12))
UNBOUND = """
server:
    interface: 0.0.0.0
    interface: ::0
    port: 53
    access-control: 0.0.0.0/0 allow
    access-control: ::/0 allow
    directory: "{folder}"
    pidfile: "{folder}/unbound.pid"
    username: ""
    chroot: ""
    use-syslog: no
    do-not-query-localhost: no
    module-config: "iterator"
    local-zone: "refuse.bj." refuse
stub-zone:
    name: "essai.bj"
    stub-addr: {v4}
stub-zone:
    name: "perdu.bj"
    stub-addr: {v4}
remote-control:
    control-enable: no
"""


def pytest_configure(config):
    config.addinivalue_line("markers", "timed: compares what time takes with what it should: tests/run has it alone on the machine")
    config.addinivalue_line("markers", "quick: one of those that tell most: tests/run --quick has them alone")


@pytest.fixture(scope="session")
def world():
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    with Network() as net:
        net.client, net.r1, net.r2 = net.host("client"), net.router("r1"), net.router("r2")
        net.server, net.resolver = net.host("server"), net.host("resolver")
        for a, b in (("client", "r1"), ("r1", "r2"), ("r2", "server"), ("r2", "resolver")):
            net.link(getattr(net, a), getattr(net, b))
        net.route()
        net.client.sysctl("net.ipv4.ping_group_range", "1 0")
        start_knot(net)
        start_unbound(net)
        yield net


def start_knot(net):
    folder = net.folder / "knot"
    folder.mkdir(mode=0o777)
    (folder / "essai.bj.zone").write_text(ZONE.format(v4=net.server.v4))
    (folder / "knot.conf").write_text(KNOT.format(folder=folder))
    net.server.start("/usr/sbin/knotd", "-c", folder / "knot.conf",
                     ready=lambda: net.server.listens(53) and net.server.listens(53, "-ltn"))


def start_unbound(net):
    folder = net.folder / "unbound"
    folder.mkdir(mode=0o777)
    (folder / "unbound.conf").write_text(UNBOUND.format(folder=folder, v4=net.server.v4))
    net.resolver.start("/usr/sbin/unbound", "-d", "-c", folder / "unbound.conf",
                       ready=lambda: net.resolver.listens(53) and net.resolver.listens(53, "-ltn"))


@pytest.fixture
def net(world):
    """The network without what an earlier test has put in the way."""
    yield world
    for host in world.hosts:
        host.run("nft", "flush", "ruleset")


class Agent:
    """`internetmetre-agent measure` inside the client's namespace; the row that it prints."""

    def __init__(self, net):
        self.net = net
        # A copy that everybody may read and run, wherever the build stands.
        self.program = net.folder / "internetmetre-agent"
        if not self.program.exists():
            shutil.copy(BUILD / "agent" / "internetmetre-agent", self.program)
            self.program.chmod(0o755)
        self.config = net.folder / "agent.conf"
        self.config.write_text("allow_private_targets = yes\n")
        self.config.chmod(0o644)

    def measure(self, check, target=None, prefix=(), config=True, flags=(), **params):
        words = [*prefix, self.program, "measure", check, *flags]
        if target:
            words.append(target)
        for name, value in params.items():
            words += ["--set", f"{name}={value}"]
        words.append("--json")
        if config:
            words += ["--config", self.config]
        done = self.net.client.run(*words, check=False, timeout=60)
        assert done.returncode in (0, 1), f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}"
        assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
        row = json.loads(done.stdout.strip().splitlines()[-1])
        assert (row["outcome"] == "ok") == (done.returncode == 0)
        assert not ranges.broken(row), row
        return row


@pytest.fixture
def agent(net):
    return Agent(net)


@pytest.fixture
def unprivileged(net):
    """Words that make a program run as nobody, with no capability, in a network that lets groups ping."""
    net.client.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    yield NOBODY
    net.client.sysctl("net.ipv4.ping_group_range", "1 0")


@pytest.fixture
def forbidden(net):
    """The same where pings are not let."""
    return NOBODY


@pytest.fixture
def background(net):
    """Programs inside the network that end with the test."""
    started = []

    def start(host, *words, **more):
        started.append(host.start(*words, **more))
        return started[-1]

    yield start
    for program in started:
        program.terminate()
        try:
            program.wait(5)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
