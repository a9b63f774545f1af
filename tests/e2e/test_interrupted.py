"""Commands of the agent that a power cut interrupts at each of their operations: what they began is finished, or can be done
again, and nothing of it stands in the way."""

import os
import subprocess
import time

import pytest

from agent import Agent, exactly_once
from conftest import scratch, wait_until
from disk import Disk

EVERY = int(os.environ.get("INTERRUPTED_EVERY", "6"))  # every so many operations
TASKS = {"p": {"check": "ping", "target": "127.0.0.1", "interval": "1s", "count": "1"}}


def interrupted(command, disk, at, worst):
    """Runs it until its disk has done `at` operations; False when it had ended before that."""
    disk.cut_after(at)
    process = subprocess.Popen(command, env=os.environ | disk.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while process.poll() is None and not disk.dead():
        time.sleep(0.01)
    cut = disk.dead()
    disk.cut(worst)
    out = process.communicate()[0]
    assert cut or process.returncode == 0, out
    return cut


@pytest.fixture
def at_each(collector):
    """Calls a story with a fresh agent, an operation to interrupt at and what the cut does, until it comes to no cut."""
    def tell(story):
        for n in range(0, 1000, EVERY):
            with scratch() as folder:
                agent = Agent(folder)
                agent.configure(TASKS, seal_interval="1s")
                agent.state.mkdir()
                if not story(agent, n, n // EVERY % 2 == 0):
                    assert n > EVERY
                    return
    return tell


def enrolment(collector):
    return "enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes"


def enrolled(agent):
    return (agent.state / "identity.json").exists()


def test_enrolment(collector, at_each):
    """The token counts once, whatever became of the answer."""
    def story(agent, n, worst):
        words = enrolment(collector)
        cut = interrupted(agent.command(*words), Disk(agent.state, n), n, worst)
        if not enrolled(agent):
            agent.run(*words)
        agent.run("run", "--once")
        assert exactly_once(collector, agent) == 1
        return cut

    at_each(story)


def test_batch_that_brings_a_new_key(collector, at_each):
    def story(agent, n, worst):
        agent.run(*enrolment(collector))
        agent.run("run", "--once")
        name = agent.name()
        agent.run("rotate-key")
        cut = interrupted(agent.command("run", "--once"), Disk(agent.state, n), n, worst)
        for _ in range(2):
            agent.run("run", "--once")
        agent.run("spool", "verify")
        assert agent.name() == name and not agent.files() and not agent.files("rejected")
        assert exactly_once(collector, agent) >= 3
        return cut

    at_each(story)


def test_a_new_key_with_results_that_are_open(collector, at_each):
    """Whatever was written of it: the old key or the new one is in force, and the collector knows which."""
    def story(agent, n, worst):
        agent.run(*enrolment(collector))
        agent.configure(TASKS, seal_interval="15m", journal_sync="1s")
        agent.start()
        wait_until(agent.open_results, what="a result")
        agent.kill()
        opened, name = len(agent.open_results()), agent.name()
        cut = interrupted(agent.command("rotate-key"), Disk(agent.state, n), n, worst)
        agent.run("rotate-key")
        for _ in range(2):
            agent.run("run", "--once")
        agent.run("spool", "verify")
        assert agent.name() == name and not agent.files() and not agent.files("rejected")
        assert not (agent.state / "key.next").exists()
        assert exactly_once(collector, agent) >= opened + 2
        return cut

    at_each(story)


def test_leaving(collector, at_each):
    """Whoever was forgotten can become another probe, which has nothing of the first."""
    def story(agent, n, worst):
        agent.run(*enrolment(collector))
        agent.run("run", "--once")
        name = agent.name()
        cut = interrupted(agent.command("leave", "--yes", "--forget"), Disk(agent.state, n), n, worst)
        if enrolled(agent):
            agent.run("leave", "--yes", "--forget")
        agent.run(*enrolment(collector))
        assert agent.name() != name
        agent.run("run", "--once")
        assert exactly_once(collector, agent) == 1
        assert collector.sql("SELECT top FROM chain JOIN probe USING (probe_no) WHERE probe = %s", agent.name()) == [(1,)]
        assert not list(agent.state.glob("*.left"))
        return cut

    at_each(story)
