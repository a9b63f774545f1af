"""Nothing sealed is lost, doubled or let go on a false word: power cuts of the agent's disk, answers that are not the
collector's, copied and restored state directories, a new key, leaving."""

import contextlib
import json
import os
import random
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import wire
from agent import BUILD, Agent, exactly_once, key_of
from conftest import free_port, scratch, wait_until
from disk import Disk

ROUNDS = int(os.environ.get("POWERCUT_ROUNDS", "8"))
SEED = int(os.environ.get("POWERCUT_SEED", "20261122"))
OFTEN = {f"p{n}": {"check": "ping", "target": "127.0.0.1", "interval": "1s", "count": "1"} for n in range(6)}
JOURNAL_SYNC = 1
QUICK = {"seal_interval": "1s", "journal_sync": f"{JOURNAL_SYNC}s", "retry_max": "1s"}
SLACK = 0.5  # seconds that a timer may come late on a machine that runs other tests as well


@pytest.fixture
def agent(collector):
    """Enrolled with the shared collector."""
    with scratch() as folder:
        a = Agent(folder)
        a.configure(OFTEN, **QUICK)
        a.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
        try:
            yield a
        finally:
            a.clean()


@contextlib.contextmanager
def beside(own_collector):
    """An agent of this collector, which the test may stop and put back; its first batch is stored."""
    with scratch() as folder:
        own_collector.start()
        agent = Agent(folder)
        agent.configure(OFTEN, **QUICK)
        agent.run("enroll", f"http://127.0.0.1:{own_collector.port}", own_collector.token(), "--yes")
        agent.run("run", "--once")
        yield agent, folder


# ---- power cuts ----

def journalled(log, lines):
    """What journals were given until a cut, as the interposer saw it; lines: line → seconds that it was open when the power
    went, 0 when it had been made durable."""
    written, files = {}, {}
    for entry in log.read_text(errors="replace").splitlines():
        what, at, name, rest = entry.split(" ", 3)
        if what == "s":
            for line in files.pop(name, []):
                written[line] = None
        elif what == "c":
            lines |= {line: 0 if since is None else float(at) - since for line, since in written.items()}
        elif rest.startswith('{"task"'):
            written.setdefault(rest, float(at))
            files.setdefault(name, []).append(rest)


def cut(agent, at, seed, log):
    """Runs the agent until its disk loses power."""
    env = os.environ | {
        "LD_PRELOAD": str(BUILD / "tests/power/powercut.so"), "POWERCUT_ROOT": str(agent.state), "POWERCUT_AT": str(at),
        "POWERCUT_SEED": str(seed), "POWERCUT_LOG": str(log),
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
    }
    with open(agent.log, "ab") as out:
        process = subprocess.Popen(agent.command("run"), stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=env)
    assert process.wait(60) == -9, agent.log.read_text()[-2000:]


def test_power_cuts_lose_only_what_no_sync_had_seen(collector, agent):
    """Nothing that is sealed or was made durable goes; of the open results at most those of the journal's interval."""
    log, lines = agent.state.parent / "journal.log", {}
    agent.state.parent.chmod(0o777)  # for the folder that the interposer keeps beside
    agent.configure(OFTEN, **QUICK | {"seal_interval": "3s"})
    chance = random.Random(SEED)
    for n in range(ROUNDS):
        log.write_bytes(b"")
        log.chmod(0o666)
        cut(agent, chance.randint(1, 120), SEED + n, log)
        journalled(log, lines)
        agent.run("spool", "verify")  # its status says that nothing is bad
    assert "fork" not in agent.log.read_text()
    agent.run("run", "--once")
    wait_until(lambda: not agent.files(), what="the spool's emptying")
    lines = {key_of(json.loads(line)): age for line, age in lines.items()}
    assert len(lines) > 5 * ROUNDS and 0 in lines.values()
    counts = {}
    for results in agent.sealed().values():
        for result in results:
            counts[key_of(result)] = counts.get(key_of(result), 0) + 1
    assert not {key for key, count in counts.items() if count > 1}, "a result was sealed twice"
    lost = {key: age for key, age in lines.items() if key not in counts}
    assert 0 not in lost.values(), "results that were durable are gone"
    print(f"{ROUNDS} cuts, seed {SEED}: {len(lines)} results, {len(lost)} open ones lost, the oldest written"
          f" {max(lost.values(), default=0):.2f} s before its cut; none that was durable, none doubled")
    assert max(lost.values(), default=0) <= JOURNAL_SYNC + SLACK
    assert exactly_once(collector, agent) == len(agent_results(agent))


def test_what_a_command_did_outlives_a_cut_at_its_end(collector):
    """Enrolment, a first batch, a new key, a schedule's tasks: after each all goes that no sync had kept."""
    with scratch() as folder:
        agent = Agent(folder)
        agent.configure(OFTEN, **QUICK)
        agent.state.mkdir()
        disk = Disk(agent.state, SEED)
        agent.env |= disk.env
        agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
        disk.cut(worst=True)
        agent.run("run", "--once")
        name, key = agent.name(), (agent.state / "key").read_text()
        disk.cut(worst=True)
        assert agent.name() == name and len(agent_results(agent)) == len(OFTEN)
        agent.run("rotate-key")
        disk.cut(worst=True)
        for n in (2, 3):
            agent.run("run", "--once")
            disk.cut(worst=True)
            assert agent.name() == name and len(agent_results(agent)) == n * len(OFTEN)
        assert (agent.state / "key").read_text() != key
        agent.run("spool", "verify")
        assert sorted(seq for seqs in chains(agent).values() for seq in seqs) == [1, 2, 3]
        assert exactly_once(collector, agent) == 3 * len(OFTEN)
        agent.run("leave", "--yes", "--forget")
        disk.cut(worst=True)
        agent.run("status", status=1)
        assert not list(agent.state.rglob("*.batch")) and not (agent.state / "key").exists()


def agent_results(agent):
    return [result for results in agent.sealed().values() for result in results]


# ---- false words ----

class Portal(BaseHTTPRequestHandler):
    """Answers every push with 200 and the body that the test chose."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = self.server.answer
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Type", self.server.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def portal():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    server.answer, server.kind, server.asked = b"", "text/html", 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_only_the_signed_word_for_this_batch_lets_go(collector, agent, portal):
    agent.run("run", "--once")
    first, = agent.files("acked")
    old = wire.open_statement(collector.public or key_of_collector(agent), wire.ACK, collector.push(first.read_bytes()).body)
    genuine_old = collector.push(first.read_bytes()).body  # for another batch than the one that will wait
    agent.configure(OFTEN, **QUICK, collector=f"http://127.0.0.1:{portal.server_port}")
    stranger = wire.Probe()
    forged = {
        "captive portal": (b"<html>Welcome! Please log in</html>", "text/html"),
        "bare OK": (b"OK", "text/plain"),
        "empty": (b"", "application/x-ndjson"),
        "cached by a proxy": (genuine_old, "application/x-ndjson"),
        "another's signature": (wire.statement(stranger.key, wire.ACK, old), "application/x-ndjson"),
        "cut": (genuine_old[:-20], "application/x-ndjson"),
    }
    subprocess.run(agent.command("run", "--seconds", "2"), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    waiting = {path.name: path.read_bytes() for path in agent.files()}
    assert waiting
    for name, (portal.answer, portal.kind) in forged.items():
        asked = portal.asked
        agent.run("spool", "push", status=1)
        assert portal.asked > asked, name
        assert {path.name: path.read_bytes() for path in agent.files()} == waiting, name
        assert not agent.files("rejected"), name
    agent.configure({}, **QUICK)
    agent.run("spool", "push")
    assert not agent.files()
    assert exactly_once(collector, agent)


def key_of_collector(agent):
    return json.loads((agent.state / "identity.json").read_text())["keys"][0]


# ---- copied and restored folders ----

def copy_of(agent, name):
    other = Agent(agent.state.parent / name)
    other.state.parent.mkdir()
    shutil.copytree(agent.state, other.state)
    shutil.copy(agent.config, other.config)
    subprocess.run(["chown", "-R", "--reference", agent.state, other.state.parent], check=True)
    return other


def chains(agent):
    """chain → its seqs, of all that the agent has sealed."""
    found = {}
    for path in agent.files() + agent.files("acked"):
        header = wire.header_of(path.read_bytes())
        found.setdefault(header["chain"], []).append(header["seq"])
    return found


def test_cloned_card(collector, agent):
    """Two boxes with one state directory: both go on, each in a chain of its own, and nothing of either is lost."""
    agent.run("run", "--once")
    old, = chains(agent)
    clone = copy_of(agent, "clone")
    for one in (agent, clone, agent, clone, agent, clone):
        one.run("run", "--once")
    mine, theirs = chains(agent), chains(clone)
    assert old in mine and old in theirs
    new, clones = set(mine) - {old}, set(theirs) - {old}
    assert new | clones and not new & clones, "nobody began a chain of its own"
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in (mine | theirs).values())
    sealed = agent.sealed() | clone.sealed()
    held = dict(collector.sql(
        "SELECT encode(hash, 'hex'), results FROM batch_key JOIN probe USING (probe_no) WHERE probe = %s", agent.name()))
    assert held == {hash: len(results) for hash, results in sealed.items()}
    forked = [one for one, own in ((agent, new), (clone, clones)) if own]
    assert all(json.loads(one.run("status", "--json"))["forks"] for one in forked)


def test_card_restored_to_last_week(collector, agent):
    agent.run("run", "--once")
    backup = copy_of(agent, "backup")
    for _ in range(3):
        agent.run("run", "--once")
    before = agent.sealed()
    old, = chains(agent)
    for _ in range(3):
        backup.run("run", "--once")
    found = chains(backup)
    assert found[old] == [1, 2] and len(found) == 2, "one batch forks, then a new chain goes on"
    assert sorted(seqs for chain, seqs in found.items() if chain != old) == [[1, 2]]
    held = dict(collector.sql(
        "SELECT encode(hash, 'hex'), results FROM batch_key JOIN probe USING (probe_no) WHERE probe = %s", agent.name()))
    assert held == {hash: len(results) for hash, results in (before | backup.sealed()).items()}
    assert json.loads(backup.run("status", "--json"))["forks"] == 1


# ---- a new key, a collector put back ----

def test_new_key_in_the_middle_of_a_chain(collector, agent):
    agent.run("run", "--once")
    name, first = agent.name(), (agent.state / "key").read_text()
    agent.run("rotate-key")
    agent.run("rotate-key")  # one wish is enough
    for _ in range(3):
        agent.run("run", "--once")
    headers = [wire.header_of(path.read_bytes()) for path in agent.files("acked")]
    assert ["rotate" in header for header in headers] == [False, True, False, False]
    assert len({header["chain"] for header in headers}) == 1 and agent.name() == name
    assert (agent.state / "key").read_text() != first and not (agent.state / "key.next").exists()
    agent.run("spool", "verify")  # its status says that nothing is bad
    assert exactly_once(collector, agent)


def test_collector_put_back_from_a_backup_is_filled_again(own_collector):
    with beside(own_collector) as (agent, folder):
        own_collector.stop()
        backup = folder / "backup"
        subprocess.run(["cp", "-a", own_collector.state, backup], check=True)
        own_collector.start()
        for _ in range(3):
            agent.run("run", "--once")
        exactly_once(own_collector, agent)
        put_back(own_collector, backup)
        agent.run("run", "--once")
        assert exactly_once(own_collector, agent) == 5 * len(OFTEN)
        assert list(chains(agent).values()) == [[1, 2, 3, 4, 5]], "no fork"


def test_collector_that_moved_to_another_address(own_collector):
    """What waits goes to the new address, in the same chain, by a probe that does not enrol again."""
    with beside(own_collector) as (agent, folder):
        identity = (agent.state / "identity.json").read_text()
        own_collector.stop()
        agent.run("run", "--seconds", "3")
        waiting = len(agent.files())
        assert waiting > 1
        own_collector.move(free_port())
        own_collector.start()
        agent.run("spool", "push", status=1)  # nobody has told it yet
        agent.configure(OFTEN, **QUICK, collector=f"http://127.0.0.1:{own_collector.port}")
        agent.run("run", "--once")
        assert not agent.files() and not agent.files("rejected")
        assert (agent.state / "identity.json").read_text() == identity
        last = waiting + 2
        assert list(chains(agent).values()) == [list(range(1, last + 1))]
        assert own_collector.sql("SELECT count(*) FROM probe") == [(1,)]
        assert own_collector.sql("SELECT top, (SELECT count(*) FROM hole) FROM chain") == [(last, 0)]
        assert exactly_once(own_collector, agent) > 3 * len(OFTEN)


def put_back(collector, backup):
    collector.stop()
    shutil.rmtree(collector.state)
    subprocess.run(["cp", "-a", backup, collector.state], check=True)
    collector.start()


def test_collector_put_back_to_before_a_key_changed(own_collector):
    """What the new key signs is refused there, until the batch that brings the key has come once more."""
    with beside(own_collector) as (agent, folder):
        own_collector.stop()
        backup = folder / "backup"
        subprocess.run(["cp", "-a", own_collector.state, backup], check=True)
        own_collector.start()
        for _ in range(2):
            agent.run("rotate-key")
            agent.run("run", "--once")
            agent.run("run", "--once")
        put_back(own_collector, backup)
        agent.run("run", "--once")
        assert not agent.files("rejected")
        assert exactly_once(own_collector, agent) == 6 * len(OFTEN)
        assert list(chains(agent).values()) == [[1, 2, 3, 4, 5, 6]]


def test_batches_that_were_refused_by_mistake_come_in_once_it_is_mended(own_collector):
    with beside(own_collector) as (agent, folder):
        own_collector.run("probe", "revoke", agent.name(), "--reason", "by mistake")
        own_collector.stop()
        own_collector.start()
        for _ in range(3):
            agent.run("run", "--once", status=1)
        assert len(agent.files("rejected")) == 3
        own_collector.sql("UPDATE probe SET revoked_at = NULL")
        own_collector.stop()
        own_collector.start()
        agent.run("run", "--once")
        assert not agent.files("rejected") and not agent.files()
        assert exactly_once(own_collector, agent) == 5 * len(OFTEN)


def test_redacted_before_it_is_signed(collector, agent):
    """The box's own address, measured by itself, is cut in what is sealed."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("198.51.100.1", 9))
        except OSError:
            pytest.skip("this machine has no address of its own")
        own = s.getsockname()[0]
    agent.configure({"self": {"check": "ping", "target": own, "interval": "1m", "count": "1"}}, **QUICK)
    agent.run("run", "--once")
    result, = agent_results(agent)
    cut = own.rsplit(".", 1)[0] + ".0"
    assert result["target"] == result["addr"] == cut
    assert all(own.encode() not in path.read_bytes() + wire.results_of(path.read_bytes()) for path in agent.files("acked"))


# ---- the collector's keys, the way out ----

def test_collector_changes_its_keys_and_agents_follow(own_collector):
    with beside(own_collector) as (agent, folder):
        first = json.loads((agent.state / "identity.json").read_text())
        serials = [first["serial"]]
        for options in ([], ["--recovery", own_collector.state / "recovery.key"]):
            own_collector.stop()
            own_collector.run("key", "succeed", *options)
            own_collector.start()
            agent.run("run", "--once")
            assert not agent.files()
            identity = json.loads((agent.state / "identity.json").read_text())
            serials.append(identity["serial"])
            assert identity["recovery"] == first["recovery"] and identity["probe"] == first["probe"]
        assert serials == sorted(set(serials)), "each list is newer"
        assert not set(first["keys"]) & set(identity["keys"]), "the recovery leaves no old key in force"
        assert exactly_once(own_collector, agent)


def test_leaving(collector, agent, portal):
    agent.run("run", "--once")
    name = agent.name()
    agent.configure(OFTEN, **QUICK, collector=f"http://127.0.0.1:{portal.server_port}")
    portal.answer = b'{"left":1,"probe":"%s"}\n' % name.encode()
    before = sorted(path.name for path in agent.state.rglob("*"))
    agent.run("leave", "--yes", status=1)  # somebody else says so
    assert sorted(path.name for path in agent.state.rglob("*")) == before
    agent.configure(OFTEN, **QUICK)
    agent.run("leave", "--yes", "--forget")
    assert [path.name for path in agent.state.rglob("*")] == ["lock"]
    agent.run("status", status=1)
    assert collector.sql("SELECT count(*) FROM result JOIN probe USING (probe_no) WHERE probe = %s", name) == [(0,)]
    agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
    assert agent.name() != name
