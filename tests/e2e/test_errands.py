"""What a person asks a probe beside its measuring: to send now, another key, to tell the collector anew, to leave."""

import json
import os
import signal
import socket
import time

import pytest

from agent import Agent, exactly_once
from conftest import free_port, scratch, wait_until

TASKS = {"echo": {"check": "ping", "target": "127.0.0.1", "interval": "1s", "count": "1"}}
QUICK = {"seal_interval": "1s", "journal_sync": "1s", "retry_max": "1s"}
SLOW = {"seal_interval": "15m", "journal_sync": "1s", "retry_max": "1h"}


@pytest.fixture
def agent(collector):
    """Enrolled with the shared collector."""
    with scratch() as folder:
        a = Agent(folder)
        a.configure(TASKS, **QUICK)
        a.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
        try:
            yield a
        finally:
            a.clean()


def left(agent):
    return [path.name for path in agent.state.rglob("*")] == ["lock"]


@pytest.mark.parametrize("forget", [True, False])
def test_leaving_with_a_key_that_the_collector_has_not_heard_of(collector, agent, forget):
    """The batch that brings the key waits still: it goes first."""
    agent.run("run", "--once")
    name = agent.name()
    agent.run("rotate-key")
    agent.configure(TASKS, **QUICK, collector=f"http://127.0.0.1:{free_port()}")
    for _ in range(2):
        agent.run("run", "--seconds", "3")
    assert len(agent.files()) >= 2
    said = agent.run("leave", "--yes", status=1)  # there nobody answers
    assert not said and len(agent.files()) >= 2
    agent.configure(TASKS, **QUICK)
    agent.run("leave", "--yes", *["--forget"] * forget)
    assert left(agent)
    (batches, results), = collector.sql("SELECT count(*), (SELECT count(*) FROM result r WHERE r.probe_no = p.probe_no)"
                                        " FROM probe p JOIN batch_key USING (probe_no) WHERE probe = %s GROUP BY p.probe_no", name)
    assert batches >= 2 and (results == 0 or not forget)


def test_a_key_that_waits_to_be_announced_is_made_once(collector, agent):
    agent.run("run", "--once")
    assert "next batch announces" in agent.run("rotate-key")
    wish = (agent.state / "key.next").read_bytes()
    assert "waits already" in agent.run("rotate-key")
    assert (agent.state / "key.next").read_bytes() == wish
    agent.run("run", "--once")
    assert not (agent.state / "key.next").exists()
    assert exactly_once(collector, agent) == 2


# ---- beside the agent that runs ----

def run_beside(agent, **settings):
    """It measures, and has results that are not sealed yet."""
    agent.configure(TASKS, **settings)
    agent.start()
    wait_until(lambda: agent.open_results() or agent.files() or agent.files("acked"), what=f"a result ({agent.log.read_text()})")
    assert (agent.state / "control").stat().st_mode & 0o7777 == 0o600
    return agent


def ended(agent):
    assert agent.process.wait(30) == 0, agent.log.read_text()
    return left(agent)


@pytest.mark.parametrize("forget", [True, False])
def test_leaving_beside(collector, agent, forget):
    """With open results, one of them not even durable: the service ends well, and nothing of the probe is on the box."""
    run_beside(agent, **SLOW)
    name = agent.name()
    said = agent.run("leave", "--yes", *["--forget"] * forget)
    assert name in said and ("deletes" in said) == forget
    assert ended(agent)
    assert collector.sql("SELECT revoked_at IS NOT NULL OR (SELECT count(*) FROM batch_key k WHERE k.probe_no = p.probe_no) = 0"
                         " FROM probe p WHERE probe = %s", name) in ([(True,)], [])
    agent.run("status", status=1)
    agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
    assert agent.name() != name


def test_leaving_beside_with_a_key_that_the_collector_has_not_heard_of(own_collector):
    with scratch() as folder:
        agent = Agent(folder)
        agent.configure(TASKS, **QUICK)
        own_collector.start()
        agent.run("enroll", f"http://127.0.0.1:{own_collector.port}", own_collector.token(), "--yes")
        own_collector.stop()
        try:
            run_beside(agent, **SLOW)
            key = (agent.state / "key").read_text()
            assert "is in force" in agent.run("rotate-key")
            assert (agent.state / "key").read_text() != key
            agent.run("leave", "--yes", status=1)  # nobody is there
            assert agent.alive() and agent.files()
            own_collector.start()
            agent.run("leave", "--yes", "--forget")
            assert ended(agent)
        finally:
            agent.clean()


def test_sending_beside_ends_the_pause(own_collector):
    with scratch() as folder:
        agent = Agent(folder)
        agent.configure(TASKS, **QUICK)
        own_collector.start()
        agent.run("enroll", f"http://127.0.0.1:{own_collector.port}", own_collector.token(), "--yes")
        own_collector.stop()
        try:
            run_beside(agent, **SLOW)
            agent.run("rotate-key")  # seals what is open
            said = agent.run("spool", "push", status=1)
            assert "waiting: 1" in said and "acknowledged: 0" in said
            for _ in range(8):  # so that the pause is longer than the test
                agent.run("spool", "push", status=1)
            own_collector.start()
            assert "acknowledged: 1, refused: 0, waiting: 0" in agent.run("spool", "push")
            assert "acknowledged: 0, refused: 0, waiting: 0" in agent.run("spool", "push")
            agent.stop()
            agent.run("spool", "push")
            assert exactly_once(own_collector, agent) >= 1
            assert not (agent.state / "control").exists()
        finally:
            agent.clean()


def test_a_new_key_while_tasks_run(collector, agent):
    """What was open is the last that the old key signs; the agent goes on, and every result arrives once."""
    run_beside(agent, **QUICK)
    name = agent.name()
    for n in (1, 2):
        key = (agent.state / "key").read_text()
        agent.run("rotate-key")
        wait_until(lambda: (agent.state / "key").read_text() != key, what="another key")
        wait_until(lambda: len(json.loads((agent.state / "identity.json").read_text())["was"]) == n, what="the old one's place")
    count = len(agent.files("acked"))
    wait_until(lambda: len(agent.files("acked")) > count + 1, what=f"two batches more ({agent.log.read_text()})")
    agent.stop()
    agent.run("spool", "push")
    agent.run("spool", "verify")
    assert agent.name() == name and not agent.files("rejected")
    assert exactly_once(collector, agent) > 2


def test_enrolling_again_beside(collector, agent):
    """A link that went astray is replaced, and where the probe stands is said anew; the agent goes on."""
    run_beside(agent, **QUICK)
    name, first = agent.name(), (agent.state / "owner").read_text()
    (agent.state / "owner").unlink()
    url = f"http://127.0.0.1:{collector.port}"
    said = agent.run("enroll", url, collector.token(), "--yes", "--technology", "fibre", "--tariff", "x" * 100)
    second = (agent.state / "owner").read_text()
    assert name in said and second.strip() in said and second != first
    assert agent.alive() and agent.name() == name
    agent.run("enroll", "http://127.0.0.1:9", collector.token(), "--yes", status=1)
    agent.stop()
    agent.run("spool", "push")
    assert agent.name() == name and exactly_once(collector, agent) > 0


def test_the_answer_is_in_the_language_of_who_asks(collector, agent):
    run_beside(agent, **QUICK)
    assert "Lots reçus" in agent_in(agent, "fr_FR.UTF-8").run("spool", "push")
    assert "Batches acknowledged" in agent_in(agent, "en_US.UTF-8").run("spool", "push")
    for lang, words in (("fr_FR.UTF-8", "le collecteur refuse"), ("en_US.UTF-8", "the collector refuses")):
        said = agent_in(agent, lang).fails("enroll", f"http://127.0.0.1:{collector.port}", "imt_" + "0" * 16, "--yes")
        assert words in said
    assert "refuse" not in agent.log.read_text()
    agent.stop()


def agent_in(agent, lang):
    """The same agent, spoken to in another language."""
    other = Agent(agent.state.parent)
    other.env = {"LC_ALL": lang}
    return other


def test_a_socket_that_was_left_behind(collector, agent):
    run_beside(agent, **QUICK)
    agent.kill()
    assert (agent.state / "control").exists()
    agent.run("spool", "push")
    run_beside(agent, **QUICK)
    agent.run("spool", "push")
    agent.kill()
    agent.run("leave", "--yes")
    assert left(agent)


def test_a_folder_whose_name_is_too_long_for_a_socket(collector, agent):
    long = agent.state.parent / ("x" * 90) / ("y" * 90)
    long.mkdir(parents=True)
    agent.state = agent.state.rename(long / "agent")
    run_beside(agent, **QUICK)
    agent.run("spool", "push")
    agent.run("leave", "--yes")
    assert ended(agent)


def test_an_agent_that_hangs(collector, agent):
    """The command says so, and what to do, in seconds; nothing has changed."""
    run_beside(agent, **QUICK)
    agent.process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        said = agent.fails("leave", "--yes")
        assert "does not answer" in said and "restart" in said
        assert time.monotonic() - began < 30
    finally:
        agent.process.send_signal(signal.SIGCONT)
    agent.run("leave", "--yes")
    assert ended(agent)


@pytest.mark.root("to act as another user")
def test_strangers_are_not_heard(collector, agent):
    """Another user of the box: the socket's mode keeps them off, and so does the kernel's word for who connected."""
    run_beside(agent, **QUICK)
    other = agent_in(agent, "en_US.UTF-8")
    other.prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    assert "sudo" in other.fails("leave", "--yes")
    (agent.state / "control").chmod(0o666)
    agent.state.chmod(0o755)
    for user, heard in ((0, True), (65534, False)):
        assert ask_as(user, agent.state / "control", b'{"errand":"none"}\n').startswith(b"\n") == heard
    assert agent.alive()
    agent.stop()


def ask_as(user, path, line):
    """What the agent answers to a process of that user."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        os.setgroups([])
        os.setresuid(user, user, user)
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(path))
            try:
                s.sendall(line)
                said = s.recv(65536)
            except OSError:
                said = b""
            theirs.sendall(b"+" + said)
        os._exit(0)
    theirs.close()
    said = ours.recv(65536)
    os.waitpid(pid, 0)
    ours.close()
    assert said[:1] == b"+"
    return said[1:]
