"""The private PostgreSQL when it is slow, stands still, or cannot be seen: it is waited for, it ends, and there is one of it."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from conftest import BUILD, scratch, wait_until

pytestmark = pytest.mark.long(75)
PATIENCE = 60  # seconds, of a start of which nothing is heard (START_WAIT_US)


# ---- a start ----

@pytest.fixture
def recovering(own_collector):
    """Launched on a backup whose log has no end until the test says so."""
    end = own_collector.state / "end"
    with open(own_collector.state / "postgresql/postgresql.conf", "a") as conf:
        conf.write(f"restore_command = 'until test -e {end}; do sleep 0.1; done; false'\n")
    (own_collector.state / "postgresql/recovery.signal").touch()
    own_collector.launch()
    wait_until(lambda: "it is waited for until it answers" in own_collector.log.read_text(), what="the word that it recovers")
    yield own_collector, end
    end.touch()


def test_a_long_recovery_is_waited_for(recovering):
    collector, end = recovering
    launched = time.monotonic()
    postmaster = collector.postmaster()
    wait_until(lambda: time.monotonic() > launched + PATIENCE + 2, PATIENCE + 10)  # this is what the test is about
    assert collector.process.poll() is None and collector.postmaster() == postmaster, collector.log.read_text()
    end.touch()
    wait_until(collector.answers, what="the end of the recovery")
    assert collector.postmaster() == postmaster
    assert collector.log.read_text().count("it is waited for") == 1


def test_a_recovery_can_be_told_to_end(recovering):
    collector, _ = recovering
    collector.process.send_signal(signal.SIGTERM)
    assert collector.process.wait(20) == 0
    assert "told to end while PostgreSQL was starting" in collector.log.read_text() and not collector.postmaster()


def test_what_a_cut_left_of_a_file_is_swept_away(own_collector):
    own_collector.start()
    own_collector.run("probe", "forget", own_collector.probe().id)
    own_collector.stop()
    left = [own_collector.state / "listen.tmp", own_collector.state / "tombstones/abc.tmp"]
    for path in left:
        path.write_text("half")
    own_collector.start()
    assert not any(path.exists() for path in left) and len(list((own_collector.state / "tombstones").iterdir())) == 1


# ---- an end ----

@pytest.mark.parametrize("which", ["postmaster", "checkpointer", "walwriter"])
def test_an_end_with_a_process_that_stands_still(own_collector, which):
    own_collector.start()
    pid = wait_until(lambda: own_collector.servers().get(which), what=which)
    os.kill(pid, signal.SIGSTOP)
    own_collector.process.send_signal(signal.SIGTERM)
    assert own_collector.process.wait(30) == 0
    assert f"process {pid} stands still" in own_collector.log.read_text()
    assert not Path(f"/proc/{pid}").exists() and not own_collector.postmaster()


def backends(collector):
    """The processes of the embedded PostgreSQL that answer the collector."""
    folders = [Path(f"/proc/{pid}") for pid in Path(f"/proc/{collector.postmaster()}/task/{collector.postmaster()}/children")
               .read_text().split()]
    return [int(folder.name) for folder in folders if "[local]" in (folder / "cmdline").read_text()]


def test_an_end_while_somebody_waits_for_what_stands_still(own_collector):
    c = own_collector.start()
    tasks = Path(f"/proc/{c.process.pid}/task")
    before, ended = len(list(tasks.iterdir())), threading.Event()

    def ask():
        while not ended.is_set():
            c.responds()

    def waits():
        """Connections may come after those that were stopped."""
        for pid in backends(c):
            os.kill(pid, signal.SIGSTOP)
        return len(list(tasks.iterdir())) > before + len(waiting) // 2  # one that was there may be gone

    waiting = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for thread in waiting:
        thread.start()
    wait_until(waits, what="somebody who is being answered")
    ended.set()
    c.process.send_signal(signal.SIGTERM)
    assert c.process.wait(30) == 0
    assert "stands still" in c.log.read_text() and not c.postmaster()


# ---- one that outlived its collector, and does not answer ----

@pytest.fixture
def left_alone(own_collector):
    own_collector.start()
    own_collector.kill()
    return own_collector


def watch(collector, command):
    """How the command ended, what it said, and the postmasters that were named meanwhile, 0 for none."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | collector.env)
    seen = []
    while process.poll() is None:
        if (pid := collector.postmaster()) not in seen[-1:]:
            seen.append(pid)
        time.sleep(0.01)
    return process.returncode, process.communicate()[1], seen


@pytest.mark.root("with fewer capabilities")
def test_root_who_may_not_look_at_others_waits_for_it_too(left_alone):
    """As containers have it: without CAP_SYS_PTRACE, and once without CAP_DAC_OVERRIDE."""
    for dropped in ("-sys_ptrace", "-sys_ptrace,-dac_override,-dac_read_search"):
        postmaster = left_alone.break_down()
        status, said, seen = watch(left_alone, ["setpriv", "--inh-caps=" + dropped, "--bounding-set=" + dropped,
                                                *left_alone.command("token", "list")])
        assert status == 0, said
        assert seen in ([postmaster], [postmaster, 0]), "it was named until the command ended it, and no other"
        left_alone.start()
        left_alone.kill()


@pytest.mark.root("to cover /proc")
def test_nothing_is_touched_when_it_cannot_be_told(left_alone):
    pid_file, run = left_alone.state / "postgresql/postmaster.pid", left_alone.state / "run"
    run.rename(run.with_name("away"))  # it does not answer
    before = pid_file.stat()
    for words in (("token", "list"), ("serve",), ("migrate", "--upgrade-cluster")):
        done = subprocess.run(["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh",
                               *left_alone.command(*words)], capture_output=True, text=True, env=os.environ | left_alone.env)
        assert done.returncode == 1 and f"kill -INT {left_alone.postmaster()}" in done.stderr, done.stderr
        after = pid_file.stat()
        assert (after.st_ino, after.st_mtime) == (before.st_ino, before.st_mtime), words
    run.rmdir()
    run.with_name("away").rename(run)
    assert "state" in left_alone.run("token", "list")


def test_a_command_says_when_it_has_made_a_database():
    """A folder that was mistyped has no tokens either."""
    with scratch() as folder:
        command = [BUILD / "collector/internetmetre-collector", "token", "list", "--state-dir", folder / "state"]
        first, second = (subprocess.run(command, capture_output=True, text=True, timeout=120, check=True,
                                        env=os.environ | {"LC_ALL": "en_US.UTF-8"}).stderr for _ in range(2))
        assert f"{folder}/state/postgresql holds a new, empty database" in first and "empty database" not in second, first + second
