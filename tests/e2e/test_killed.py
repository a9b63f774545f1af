"""A collector that is away for a while, and programs that are killed at any moment, while two agents push."""
import itertools
import os
import random
import signal
import time
from pathlib import Path

import pytest

from agent import Agent, exactly_once, key_of, stored
from conftest import wait_until

pytestmark = pytest.mark.long(30)
KILLS = int(os.environ.get("KILL_ROUNDS", "8"))  # of each, at least
SEED = int(os.environ.get("KILL_SEED", "20261123"))
VICTIMS = ["agent one", "agent two", "collector", "PostgreSQL"]
SETS = [set(some) for n in range(1, 5) for some in itertools.combinations(VICTIMS, n)]  # each victim is in 8 of the 15


def load_tasks(port):
    """About twenty results a second; some of them fail while the collector is away, and are results all the same."""
    tasks = {f"echo-{n}": {"check": "ping", "target": f"127.0.0.{n + 1}", "interval": "1s", "count": 1} for n in range(15)}
    tasks |= {f"page-{n}": {"check": "http", "target": f"http://127.0.0.1:{port}/healthz", "interval": "1s"} for n in range(3)}
    tasks |= {f"way-{n}": {"check": "traceroute", "target": f"127.0.1.{n + 1}", "interval": "1s"} for n in range(2)}
    return tasks


@pytest.fixture
def load(own_collector):
    """A collector and two enrolled agents that push to it."""
    agents = []
    own_collector.start()
    try:
        for name in ("one", "two"):
            folder = own_collector.config.parent / name
            folder.mkdir()
            agents.append(Agent(folder))
            agents[-1].configure(load_tasks(own_collector.port), seal_interval="1s", retry_max="1s")
            agents[-1].run("enroll", f"http://127.0.0.1:{own_collector.port}", own_collector.token(), "--yes")
            agents[-1].start()
        wait_until(lambda: all(a.files("acked") for a in agents), what="a first acknowledgement")
        yield own_collector, agents
        for agent in agents:
            agent.stop()
    finally:
        for agent in agents:
            agent.clean()


def deliver_all(collector, agents):
    """The number of results, when each that was sealed is in the database once."""
    for agent in agents:
        agent.stop()
        agent.run("spool", "push")
        assert agent.files() == [] and agent.files("rejected") == []
        agent.run("spool", "verify")  # its status says that nothing is bad
    return sum(exactly_once(collector, agent) for agent in agents)


def test_away_for_a_while_then_everything_arrives_and_load_changes_nothing(load):
    collector, agents = load
    agent = agents[0]
    collector.stop()
    wait_until(lambda: all(len(a.files()) >= 5 for a in agents), what="a row of batches that wait")
    before = len(agent.files("acked"))
    collector.start()
    wait_until(lambda: len(agent.files("acked")) >= before + 5, what="their delivery")
    assert deliver_all(collector, agents) > 100

    stick = agent.state.parent / "stick"
    stick.mkdir()
    (stick / "pulled-out-too-early.batch.tmp").touch()
    agent.run("spool", "export", stick, "--all")
    files = sorted(stick.iterdir())
    assert len(files) == len(agent.sealed())
    held = [stored(collector, a.name()) for a in agents]
    for _ in range(2):
        collector.run("load", *files)
        assert [stored(collector, a.name()) for a in agents] == held
    assert collector.sql("SELECT count(*) FROM batch_body") == [(sum(map(len, held)),)]


# ---- kill -9 ----

def postgres_processes(collector):
    """The postmaster's id and its servers'; none when it is gone already, with the collector that was killed before."""
    postmaster = collector.postmaster()
    try:
        if Path(f"/proc/{postmaster}/cwd").resolve(strict=True) == (collector.state / "postgresql").resolve():
            servers = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            return [postmaster, *map(int, servers)]
    except OSError:
        pass
    return []


def test_start_waits_for_a_postgresql_that_recovers(own_collector):
    """A server of PostgreSQL and the collector died together: the postmaster is there, and does not answer yet."""
    own_collector.start()
    own_collector.kill()
    own_collector.break_down()
    own_collector.start()
    assert own_collector.sql("SELECT count(*) FROM probe") == [(0,)]


def of_postgres(collector, chance):
    """The postmaster alone, one of its servers, or all."""
    processes = postgres_processes(collector)
    return chance.choice([processes[:1], processes[-1:], processes, chance.sample(processes, min(1, len(processes)))])


def strike(chosen, collector, agents, chance):
    """Kills them all at the same moment; returns what had been written to the killed agents' journals."""
    named = dict(zip(VICTIMS, [*agents, collector]))
    victims = [named[name] for name in VICTIMS[:3] if name in chosen]
    pids = [victim.process.pid for victim in victims]
    if "PostgreSQL" in chosen:
        pids += of_postgres(collector, chance)
    chance.shuffle(pids)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for victim in victims:
        victim.process.wait()
    kept = {}
    for agent in agents:
        if agent in victims:
            kept[agent] = {key_of(result) for result in agent.open_results()}
            agent.start()
    if collector in victims:
        collector.launch()
    return kept


def test_a_postgresql_that_does_not_start_is_told_of_once(own_collector):
    """A line each second would fill the disk, which may be why it does not start."""
    own_collector.start()
    control = own_collector.state / "postgresql/global/pg_control"
    said = "PostgreSQL died and does not start: "
    for times in (1, 2):
        away = control.rename(control.with_name("away"))
        os.kill(own_collector.postmaster(), signal.SIGQUIT)
        wait_until(lambda: own_collector.log.read_text().count(said) == times, what="that PostgreSQL does not start")
        time.sleep(3)
        assert own_collector.log.read_text().count(said) == times
        away.rename(control)
        wait_until(lambda: own_collector.log.read_text().count("PostgreSQL had died and runs again") == times, what="PostgreSQL again")


def test_rounds_of_kill_9(load):
    """One, some or all of the agents, the collector and PostgreSQL."""
    collector, agents = load
    chance = random.Random(SEED)
    written = {agent: set() for agent in agents}

    def revive():
        """As the service's Restart=on-failure: a `serve` whose PostgreSQL is killed while it starts gives up."""
        if collector.process.poll() is not None:
            collector.launch()
        return collector.responds()

    rounds = SETS * -(-KILLS // 8)
    chance.shuffle(rounds)
    for chosen in rounds:
        if chance.random() < 0.5:
            wait_until(revive, 60, what="the collector's return")
        time.sleep(chance.uniform(0.1, 1.2))
        revive()
        assert all(agent.alive() for agent in agents), [agent.log.read_text()[-2000:] for agent in agents]
        for agent, keys in strike(chosen, collector, agents, chance).items():
            written[agent] |= keys
    wait_until(revive, 60, what="the collector's return")
    held = [len(agent.files("acked")) for agent in agents]
    wait_until(lambda: all(len(agent.files("acked")) > n for agent, n in zip(agents, held)), 60,
               what="an acknowledgement after the last kill")
    count = deliver_all(collector, agents)
    for agent in agents:
        sealed = [key_of(result) for results in agent.sealed().values() for result in results]
        assert len(sealed) == len(set(sealed)), "a result was sealed twice"
        assert written[agent] <= set(sealed), "a result that was in the journal is gone"
    assert count > 20 * len(rounds) and all(written.values())
    kills = {name: sum(name in chosen for chosen in rounds) for name in VICTIMS}
    print(f"{len(rounds)} rounds of kill -9, seed {SEED}: {kills}; {count} results, "
          f"{sum(map(len, written.values()))} of them in a journal at a kill; none lost, none doubled")
