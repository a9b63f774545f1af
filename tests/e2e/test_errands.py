"""What a person asks a probe beside its measuring: to send now, another key, to tell the collector anew, to leave."""

import pytest

from agent import Agent, exactly_once
from conftest import free_port, scratch

TASKS = {"echo": {"check": "ping", "target": "127.0.0.1", "interval": "1s", "count": "1"}}
QUICK = {"seal_interval": "1s", "journal_sync": "1s", "retry_max": "1s"}


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
