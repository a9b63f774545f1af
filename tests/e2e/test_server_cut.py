"""The server's power goes at any moment: the collector and its PostgreSQL run on a disk that forgets what they did not make
durable, while two agents outside push. What was acknowledged is there after each cut, and in the end everything once."""

import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest

import wire
from agent import Agent, exactly_once
from conftest import Collector, scratch, wait_until
from disk import Disk
from wire import ping

pytestmark = pytest.mark.long(50)
ROUNDS = int(os.environ.get("SERVER_CUT_ROUNDS", "5"))
SEED = int(os.environ.get("SERVER_CUT_SEED", "20261124"))
TASKS = {f"p{n}": {"check": "ping", "target": "127.0.0.1", "interval": "1s", "count": "1"} for n in range(6)}


# ---- the disk itself ----

WRITER = """
import os, subprocess, sys
def put(name, octets, synced=True, at=0):
    fd = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
    os.pwrite(fd, octets, at)
    if synced:
        os.fsync(fd)
    os.close(fd)
def sync_folder():
    fd = os.open(".", os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
for name in ("kept", "torn", "by-other", "shrunk", "old-name", "doomed", "spared", "replaced"):
    put(name, b"a" * 8192)
sync_folder()
put("kept", b"b" * 4096, at=2048)
put("torn", b"b" * 4096, synced=False, at=2048)
put("by-other", b"b" * 4096, synced=False, at=2048)
subprocess.run([sys.executable, "-c", "import os; os.fdatasync(os.open('by-other', os.O_RDONLY))"], check=True)
os.truncate("shrunk", 100)
os.rename("old-name", "new-name")
os.unlink("doomed")
put("fresh", b"c" * 8192)
put("fresh-and-named", b"c" * 8192)
put("replaced.tmp", b"d" * 8192)
os.rename("replaced.tmp", "replaced")
if sys.argv[1] == "folder":
    sync_folder()
while True:
    put("tick", b"e", synced=False)
"""


def after_cut(seed, last, worst=False):
    """What stands in the folder: name → octets."""
    with scratch() as folder:
        root = folder / "root"
        root.mkdir()
        disk = Disk(root, seed)
        process = subprocess.Popen([sys.executable, "-c", WRITER, last], cwd=root, env=os.environ | disk.env)
        wait_until(lambda: (root / "tick").exists(), what="the end of the writing")
        disk.cut(worst)
        process.wait()
        return {path.name: path.read_bytes() for path in root.iterdir()}


def sectors(octets):
    return [octets[at:at + 512] for at in range(0, len(octets), 512)]


def test_disk_keeps_what_was_made_durable_and_forgets_the_rest():
    new = b"a" * 2048 + b"b" * 4096 + b"a" * 2048
    seen = {}
    for seed in range(24):
        left = after_cut(seed, "folder" if seed % 2 else "none")
        assert left["kept"] == left["by-other"] == new and left["spared"] == b"a" * 8192
        assert len(left["torn"]) == 8192 and all(s in (b"a" * 512, b"b" * 512) for s in sectors(left["torn"]))
        assert 100 <= len(left["shrunk"]) <= 8192
        assert left["replaced"] in (b"a" * 8192, b"d" * 8192)
        if seed % 2:
            assert left["replaced"] == b"d" * 8192 and "doomed" not in left and "old-name" not in left
            assert left["new-name"] == b"a" * 8192 and left["fresh"] == b"c" * 8192
        else:
            assert ("old-name" in left) != ("new-name" in left)
        for name in left.keys() | seen.keys() | {"doomed"}:
            seen.setdefault(name, set()).add(left.get(name))
    both = {name for name, versions in seen.items() if len(versions) > 1}
    assert both >= {"torn", "shrunk", "old-name", "new-name", "doomed", "fresh", "replaced"}
    assert len(seen["torn"]) > 2  # some of it came through


def test_disk_at_its_worst_keeps_only_what_was_made_durable():
    left = after_cut(1, "none", worst=True)
    assert set(left) == {"kept", "torn", "by-other", "shrunk", "old-name", "doomed", "spared", "replaced"}
    assert left["torn"] == left["shrunk"] == left["replaced"] == b"a" * 8192


# ---- the server on it ----

class Server:
    """A collector whose state directory lies on a disk that forgets, and agents whose disks do not."""

    def __init__(self, collector, seed):
        collector.state.mkdir(exist_ok=True)
        self.collector, self.agents = collector, []
        self.disk = Disk(collector.state, seed)
        collector.env |= self.disk.env

    def add_agent(self, name):
        folder = self.collector.config.parent / name
        folder.mkdir()
        agent = Agent(folder)
        agent.configure(TASKS, seal_interval="1s", retry_max="1s")
        agent.run("enroll", f"http://127.0.0.1:{self.collector.port}", self.collector.token(), "--yes")
        self.agents.append(agent.start())
        return agent

    def cut(self, worst=False):
        """Agents stand still until somebody lets them go on, so that they cannot fill up what the server has lost."""
        self.disk.cut(worst)
        if self.collector.process:
            self.collector.process.wait()
        for agent in self.agents:
            agent.process.send_signal(signal.SIGSTOP)

    def checkpoint(self):
        """Begins one, after which a segment of the log is used again; it may well end after the cut."""
        subprocess.Popen(["psql", "-qX", "-h", self.collector.state / "run", "-U", "internetmetre", "-c", "SELECT pg_switch_wal()",
                          "-c", "CHECKPOINT"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def go_on(self):
        for agent in self.agents:
            agent.process.send_signal(signal.SIGCONT)

    def clean(self):
        for agent in self.agents:
            agent.clean()
        self.disk.kill_all()


# Pages leave the small memory early and unsynced, and segments of the log are used again soon.
BUSY = """
shared_buffers = 1MB
bgwriter_delay = 10ms
bgwriter_lru_maxpages = 1000
checkpoint_timeout = 30s
max_wal_size = 32MB
min_wal_size = 32MB
autovacuum_naptime = 1s
"""


@pytest.fixture
def server(own_collector):
    with open(own_collector.state / "postgresql/postgresql.auto.conf", "a") as conf:
        conf.write(BUSY)
    s = Server(own_collector, SEED)
    try:
        yield s
    finally:
        s.clean()


def own_files(collector):
    """What the collector keeps beside the database."""
    paths = [path for path in collector.state.rglob("*") if not path.relative_to(collector.state).parts[0].startswith("postgresql")]
    return {path.name: path.read_bytes() for path in paths if path.is_file() and path.name not in ("lock", "cluster.lock")
            and not path.name.startswith(".s.PGSQL")}


def finished(files):
    """Without those that a cut left unfinished; the next start sweeps them away."""
    return {name: octets for name, octets in files.items() if not name.endswith(".tmp")}


def acknowledged(agent):
    return {hash for hash, path in agent.batches().items() if path.parent.name == "acked"}


def check(server):
    """All that was acknowledged is held, and what the ledger says of its chains is so."""
    sql = server.collector.sql
    held = {hash for hash, in sql("SELECT encode(hash, 'hex') FROM batch_key")}
    for agent in server.agents:
        missing = acknowledged(agent) - held
        assert not missing, f"{len(missing)} batches that were acknowledged are missing"
    assert sql("SELECT count(*) FROM batch_key k FULL JOIN batch_body b USING (batch_no) WHERE k.hash IS NULL OR b.body IS NULL"
               ) == [(0,)]
    chains = {}
    for probe, chain, seq in sql("SELECT probe_no, chain, seq FROM batch_key"):
        chains.setdefault((probe, chain), set()).add(seq)
    holes = {(probe, chain, seq) for probe, chain, first, last in sql("SELECT probe_no, chain, first, last FROM hole")
             for seq in range(first, last + 1)}
    assert {(probe, chain): top for probe, chain, top in sql("SELECT probe_no, chain, top FROM chain")} == \
        {key: max(seqs) for key, seqs in chains.items()}
    assert holes == {(*key, seq) for key, seqs in chains.items() for seq in set(range(1, max(seqs))) - seqs}


def during_start(server, chance):
    """The power goes while it starts and recovers; whether it came so far or not, it goes."""
    server.disk.cut_after(int(1.006 ** chance.randint(1, 1300)))
    server.collector.launch()
    wait_until(lambda: server.disk.dead() or server.collector.answers(), 60, what="a start, or a cut")
    server.cut()


def under_load(server, chance):
    server.collector.start()
    check(server)
    server.go_on()
    if chance.random() < 0.5:
        server.checkpoint()
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0, 2))
    else:
        server.disk.cut_after(chance.randint(1, 400))
        wait_until(server.disk.dead, what="a cut")
    server.cut()


def begin(server):
    """Until both agents were acknowledged something."""
    server.collector.start()
    for name in ("one", "two"):
        server.add_agent(name)
    wait_until(lambda: all(agent.files("acked") for agent in server.agents), what="a first acknowledgement")


def rounds(server, count):
    """Ends with a server that runs and holds all that was sealed."""
    chance = random.Random(SEED)
    begin(server)
    files = own_files(server.collector)
    server.cut()
    for n in range(1, count):
        assert finished(own_files(server.collector)) == files
        (during_start if chance.random() < 0.3 else under_load)(server, chance)
    server.collector.start()
    check(server)
    server.go_on()
    for agent in server.agents:
        agent.stop()
        agent.run("spool", "push")
        agent.run("spool", "verify")
        assert agent.files() == [] and agent.files("rejected") == []
    check(server)
    assert own_files(server.collector) == files
    return sum(exactly_once(server.collector, agent) for agent in server.agents)


def test_power_cuts_of_the_server_lose_nothing_that_was_acknowledged(server):
    count = rounds(server, ROUNDS)
    lost = ", ".join(f"{n} {what}" for what, n in sorted(server.disk.lost.items()))
    print(f"{ROUNDS} cuts of the server, seed {SEED}: forgotten {lost}; {count} results, "
          f"{sum(len(agent.sealed()) for agent in server.agents)} batches, none lost, none doubled")
    assert count > 10 * ROUNDS and server.disk.lost["files"] > ROUNDS


def make_unsafe(server, setting):
    with open(server.collector.state / "postgresql/postgresql.auto.conf", "a") as conf:
        conf.write(f"{setting} = off\n")
    server.collector.config.write_text(server.collector.config.read_text() + "unsafe_database = yes\n")


def test_a_database_that_does_not_sync_is_found_out(server):
    make_unsafe(server, "fsync")
    begin(server)
    server.cut(worst=True)
    server.collector.start()
    with pytest.raises(AssertionError, match="that were acknowledged are missing"):
        check(server)


def test_a_database_with_torn_pages_is_found_out(server):
    """The rounds that pass fail when PostgreSQL does not write whole pages to its log: it cannot recover, and says why."""
    make_unsafe(server, "full_page_writes")
    with pytest.raises((AssertionError, psycopg.Error)) as found:
        rounds(server, 40)
    said = server.collector.log.read_text()
    assert isinstance(found.value, psycopg.Error) or "PostgreSQL does not start" in said or "did not happen" in str(found.value)
    # not an answer to one of the collector's own tries
    assert "FATAL:  the database system is" not in said


def test_power_cuts_while_the_cluster_is_made():
    """A half-made cluster is made anew, and one that is whole is not."""
    chance = random.Random(SEED)
    with scratch() as folder:
        collector = Collector(folder)
        server = Server(collector, SEED)
        try:
            for _ in range(max(2, ROUNDS // 10)):
                server.disk.cut_after(int(1.007 ** chance.randint(600, 1300)))
                collector.launch()
                wait_until(lambda: server.disk.dead() or collector.answers(), 60, what="a start, or a cut")
                server.cut()
            collector.start()
            assert collector.sql("SELECT setting FROM pg_settings WHERE name = 'max_connections'") == [("150",)]
            probe = collector.probe()
            collector.stored(probe.batch([ping()]))
        finally:
            server.clean()


def test_a_new_server_is_durable_before_its_first_words():
    """A token from the command that made the cluster, a first acknowledgement, a probe that is forgotten: after each word all
    goes that may go."""
    with scratch() as folder:
        collector = Collector(folder)
        server = Server(collector, SEED)
        try:
            token = collector.token()
            server.cut(worst=True)
            collector.start()
            probe, leaver = wire.Probe(), wire.Probe()
            assert [collector.enrol(one, token).status for one in (probe, leaver)] == [200, 200]
            plain, farewell = probe.batch([ping()]), leaver.batch([ping()])
            collector.stored(plain)
            collector.stored(farewell)
            wish = {"leave": 1, "probe": leaver.id, "at": wire.now(), "turn": 2, "forget": True}
            reply = collector.request("POST", "/api/v1/leave", wire.statement(leaver.key, wire.LEAVE, wish))
            assert wire.open_statement(collector.public, wire.LEAVE, reply.body)["forgotten"]
            files = own_files(collector)
            server.cut(worst=True)
            assert own_files(collector) == files
            collector.start()
            assert collector.sql("SELECT encode(hash, 'hex') FROM batch_key JOIN batch_body USING (batch_no)"
                                 ) == [(wire.batch_hash(plain),)]
            assert collector.push(farewell).problem() == "forgotten-probe"
            collector.stored(probe.batch([ping()]))
        finally:
            server.clean()


def test_a_new_key_and_an_archive_outlive_a_cut(server):
    """The key that a command made, and what retention took out of the database."""
    c = server.collector
    c.start()
    probe = c.probe()
    c.stored(probe.batch([ping(at="2024-03-05T10:00:00Z"), ping(at="2024-03-06T10:00:00Z")]))
    c.run("rollup")
    c.stop()
    c.run("key", "succeed")
    files = own_files(c)
    server.cut(worst=True)
    assert own_files(c) == files

    c.config.write_text(c.config.read_text() + "keep_results = 60d\n")
    c.start()
    wait_until(lambda: c.sql("SELECT count(*) FROM retained WHERE folder <> ''") == [(1,)], what="retention")
    files = own_files(c)
    server.cut(worst=True)
    assert own_files(c) == files and f"{probe.id}.ndjson.zst" in files
    c.start()
    assert c.sql("SELECT rows FROM retained") == [(2,)] and c.sql("SELECT count(*) FROM result") == [(0,)]
    c.stop()
