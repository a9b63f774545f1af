"""Who may reach private addresses: an owner who types them, and an owner's tasks with their leave; a collector never."""
import json
import os
import subprocess

import pytest

from agent import Agent
from conftest import scratch

TASKS = {
    "ping": {"check": "ping", "target": "127.0.0.1", "count": 1},
    "tcp": {"check": "tcp", "target": "localhost", "port": 9, "count": 1},
    "http": {"check": "http", "target": "http://127.0.0.1:9/"},
    "dns": {"check": "dns", "target": "127.0.0.1", "timeout_ms": 200},
    "edns": {"check": "edns", "target": "bj", "resolver": "127.0.0.1"},
}


def round_of(agent, collector):
    """One round of every task: results by task, and what the log says."""
    agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
    done = subprocess.run(agent.command("run", "--once"), capture_output=True, text=True, timeout=120,
                          env=os.environ | agent.env)
    assert done.returncode == 0, done.stderr
    return {row["task"]: row for batch in agent.sealed().values() for row in batch}, done.stderr


def denied(results):
    return {name for name, row in results.items() if row["outcome"] == "denied"}


@pytest.fixture
def agent():
    with scratch() as folder:
        yield Agent(folder)


@pytest.mark.parametrize("leave", ["no", "yes"])
def test_own_tasks_reach_private_addresses_with_their_owners_leave(collector, agent, leave):
    agent.configure({name: task | {"interval": "1h"} for name, task in TASKS.items()}, allow_private_targets=leave)
    results, log = round_of(agent, collector)
    assert results.keys() == TASKS.keys()
    assert denied(results) == (TASKS.keys() if leave == "no" else set())
    for name, row in results.items() if leave == "no" else []:
        assert "allow_private_targets = yes" in row["detail"]["reason"]
        assert f"{name}: denied: {row['detail']['reason']}" in log
    typed = agent.run("measure", "http", "http://127.0.0.1:9/", "--json", status=1)
    assert json.loads(typed)["outcome"] == "refused"


def test_a_collectors_tasks_never_do(own_collector, agent):
    schedule = own_collector.state.parent / "schedule.json"
    tasks = [{"name": name, "check": task["check"], "target": task["target"], "interval_s": 3600,
              "params": {key: value for key, value in task.items() if key not in ("check", "target")}}
             for name, task in TASKS.items()]
    schedule.write_text(json.dumps({"schedule": 1, "version": 7, "tasks": tasks}))
    schedule.chmod(0o644)
    own_collector.settings |= {"schedule": schedule, "packs": ""}
    own_collector.move(own_collector.port)
    own_collector.start()
    agent.configure({}, schedule="remote", allow_private_targets="yes")
    results, log = round_of(agent, own_collector)
    assert len(results) == len(TASKS) and denied(results) == results.keys(), log
