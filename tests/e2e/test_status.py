"""What `status` tells, to whom, and when the box is not well: a full disk, a clock that is wrong, a collector that moved."""
import datetime
import json
import os
import re
import signal
import subprocess
import time

import pytest

from agent import BUILD, Agent
from conftest import free_port, scratch, wait_until

TASKS = {"echo": {"check": "ping", "target": "127.0.0.1", "interval": "1s", "count": "1"}}
OFTEN = {f"echo{n}": TASKS["echo"] for n in range(8)}
QUICK = {"seal_interval": "1s", "journal_sync": "1s", "retry_max": "1s"}
AS_OTHER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@pytest.fixture
def agent(collector):
    """Enrolled with the shared collector, who hosts it has left a contact."""
    with scratch() as folder:
        a = Agent(folder, ["sh", "-c", 'umask 077; exec "$@"', "-"])  # as the service
        a.configure(TASKS, **QUICK)
        a.state.mkdir(0o711)
        a.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes", "--contact", "+229 97 00 11 22")
        try:
            yield a
        finally:
            a.clean()


def seen(agent, *prefix):
    """The same agent's folder, looked at in another way."""
    other = Agent(agent.config.parent, prefix)
    other.state = agent.state
    return other


def told(agent):
    return json.loads(agent.run("status", "--json"))


# ---- who may know what ----

@pytest.mark.root("to look at another user's processes, and to be another one")
def test_any_user_of_the_box_sees_how_it_is_and_nothing_that_opens_anything(collector, agent):
    other = seen(agent, *AS_OTHER)
    agent.start()
    wait_until(lambda: told(agent)["last_ack"], what=f"a delivery ({agent.log.read_text()})")
    text, data, own = other.run("status"), told(other), told(agent)
    assert agent.name() in text and f"http://127.0.0.1:{collector.port}" in text
    assert re.search(r"^Agent: +running$", text, re.M) and "sudo internetmetre-agent status" in text
    assert data["enrolled"] and data["running"] and data["results"] > 0 and data["last_ack_age_s"] < 60
    assert data["owner_link"] is None and own["owner_link"]
    secrets = [own["owner_link"].rpartition("=")[2], (agent.state / "key").read_text().strip(), "97 00 11 22"]
    public = (agent.state / "status.json").read_text()
    assert not [secret for secret in secrets for said in (text, json.dumps(data), public) if secret in said]
    agent.stop()
    assert not told(other)["running"] and re.search(r"^Agent: +not running$", other.run("status"), re.M)


def test_nothing_else_of_the_folder_is_open_to_others(collector, agent):
    """Not even the names of files; and nobody else can hold the lock."""
    agent.run("rotate-key")
    agent.start()
    wait_until(lambda: agent.files("acked") and agent.open_results(), what="files of every kind")
    agent.process.send_signal(signal.SIGSTOP)  # no file is half made
    open_to_others = {str(path.relative_to(agent.state)) for path in agent.state.rglob("*") if path.stat().st_mode & 0o077}
    assert open_to_others - {"status.json.tmp"} == {"status.json"}
    assert (agent.state.stat().st_mode & 0o777, (agent.state / "status.json").stat().st_mode & 0o777) == (0o711, 0o644)
    if os.geteuid() == 0:
        assert subprocess.run([*AS_OTHER, "ls", agent.state], capture_output=True).returncode != 0
        assert subprocess.run([*AS_OTHER, "flock", "-n", agent.state / "lock", "true"], capture_output=True).returncode != 0
    agent.process.send_signal(signal.SIGCONT)
    agent.stop()


@pytest.mark.root("to look at another user's processes, and to be another one")
def test_a_folder_that_others_may_not_enter(collector, agent):
    agent.state.chmod(0o700)
    assert "sudo" in seen(agent, *AS_OTHER).fails("status")


@pytest.mark.root("to look at another user's processes, and to be another one")
@pytest.mark.parametrize("verb", ["list", "verify", "export /tmp"])
def test_whoever_may_not_see_the_spool_is_told_who_may(collector, agent, verb):
    agent.run("run", "--once")
    assert "sudo" in seen(agent, *AS_OTHER).fails("spool", *verb.split())


def test_the_spool_of_no_probe_is_not_called_empty():
    with scratch() as folder:
        a = Agent(folder)
        a.configure({})
        assert "enroll" in a.fails("spool", "list") and not a.state.exists()


def test_looking_changes_nothing(collector, agent):
    def all_of_it():
        return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in [agent.state, *agent.state.rglob("*")]}

    agent.run("run", "--once")
    before = all_of_it()
    for words in (["status"], ["status", "--json"]):
        agent.run(*words)
    assert all_of_it() == before


def test_a_killed_agent_does_not_run(collector, agent):
    agent.start()
    wait_until(lambda: (agent.state / "status.json").exists() and told(agent)["running"], what="its start")
    agent.kill()
    assert not told(agent)["running"]


# ---- where to ----

def test_the_address_in_the_configuration_counts(collector, agent):
    moved = f"http://127.0.0.1:{free_port()}"
    kept = told(agent)["collector"]
    agent.start()
    wait_until(lambda: (agent.state / "status.json").exists() and told(agent)["running"], what="its start")
    agent.configure(TASKS, **QUICK, collector=moved)
    assert told(agent)["collector"] == kept  # it sends there still
    assert re.search(rf"next start on: {moved}$", agent.run("status"), re.M)
    agent.stop()
    assert told(agent)["collector"] == moved and told(agent)["owner_link"].startswith(moved)
    assert "next start" not in agent.run("status")


# ---- a disk, a clock ----

@pytest.mark.root("to look at another user's processes, and to be another one")
def test_a_full_disk_shows_to_everybody(collector, agent):
    folder = agent.state.parent / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "none", folder], check=True)
    try:
        subprocess.run(["cp", "-a", agent.state, folder], check=True)
        agent.state = folder / "agent"
        other = seen(agent, *AS_OTHER)
        agent.configure(OFTEN, **QUICK, collector=f"http://127.0.0.1:{free_port()}")  # nothing is held that could go first
        agent.start()
        wait_until(lambda: (agent.state / "status.json").exists() and told(agent)["results"] > 1, what="results")
        with open(folder / "films", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 512)
            except OSError:
                pass
        for who in (agent, other):
            wait_until(lambda: told(who)["lost"] > 1, what=f"results that are lost ({agent.log.read_text()})")
            assert told(who)["running"] and told(who)["disk_error"] == 28
            text = who.run("status")
            assert "the disk is full" in text and re.search(r"^Lost results: +\d+$", text, re.M)
        lost = told(other)["lost"]
        wait_until(lambda: told(other)["lost"] > lost, what="news of the next one")
        (folder / "films").unlink()
        wait_until(lambda: told(agent)["disk_error"] == 0, what="its recovery")
        assert re.search(r"^Agent: +running$", other.run("status"), re.M)
        agent.stop()
    finally:
        agent.clean()
        subprocess.run(["umount", folder], check=True)


def at_year(agent, year):
    seconds = int(datetime.datetime(year, 1, 20, tzinfo=datetime.timezone.utc).timestamp() - time.time())
    asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return seen(agent, "env", f"LD_PRELOAD={BUILD}/tests/net/wrong_clock.so", f"WRONG_CLOCK={seconds}", f"ASAN_OPTIONS={asan}")


@pytest.mark.parametrize("then, now", [(1970, None), (2038, None), (None, 1970), (None, 2038), (1970, 2038)])
def test_a_wrong_clock_then_or_now(collector, agent, then, now):
    """Within a boot it is known how long ago something was, whatever the clock; of an earlier boot only when the clock can have
    been right."""
    agent.configure(TASKS, **QUICK, collector=f"http://127.0.0.1:{free_port()}")  # nobody tells it the time
    measures, looks = (at_year(agent, year) if year else agent for year in (then, now))
    measures.run("run", "--seconds", "3")
    text = looks.run("status")
    assert re.search(r"^Last result: +just now$", text, re.M) and told(looks)["last_result_age_s"] < 60, text
    path = agent.state / "status.json"
    status = json.loads(path.read_text())
    status["boot"] = "another"
    path.write_text(json.dumps(status))
    text = looks.run("status")
    if (then, now) == (None, 2038):
        assert re.search(r"^Last result: +[\d,]+ days ago$", text, re.M), text  # nothing shows that this is not so
    else:
        assert re.search(r"^Last result: +at a moment that is not known", text, re.M), text
        assert told(looks)["last_result_age_s"] is None
