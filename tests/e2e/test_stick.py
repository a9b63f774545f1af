"""`spool export`: what a volunteer carries to the team is on the stick, or the command says that it is not."""
import contextlib
import os
import shutil
import subprocess

import pytest

from agent import Agent
from conftest import scratch
from terminal import Terminal

pytestmark = [pytest.mark.root("to mount, and to become another user"), pytest.mark.quick]
PAGE = 4096  # of a tmpfs: a small batch takes one


@pytest.fixture(scope="module")
def agent(collector):
    """Enrolled; its spool holds four small batches that nobody acknowledged."""
    with scratch() as folder:
        agent = Agent(folder)
        agent.configure({"nobody": {"check": "tcp", "target": "127.0.0.1", "port": 9, "interval": "1h", "count": 1}})
        agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
        for _ in range(4):
            agent.run("run", "--once")
        for path in agent.files("acked"):
            path.rename(agent.state / "spool" / path.name)
        assert len(agent.files()) == 4 and all(path.stat().st_size < PAGE for path in agent.files())
        yield agent


@contextlib.contextmanager
def stick(folder, options):
    """A file system of its own."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "stick", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def export(agent, folder, status, *words):
    done = subprocess.run(agent.command("spool", "export", folder, *words), capture_output=True, text=True, timeout=60,
                          env=os.environ | agent.env)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout, done.stderr


def carried(folder):
    return {path.name.split("-")[1]: path.read_bytes() for path in folder.iterdir()}


def spooled(agent):
    return {path.name: path.read_bytes() for path in agent.files()}


def test_a_stick_takes_every_batch(agent, tmp_path):
    with stick(tmp_path / "usb", "size=1m") as usb:
        for _ in range(2):  # what lies there already is no hindrance
            said, warned = export(agent, usb, 0)
            assert f"Batches copied to {usb}: 4." in said and warned == ""
            assert carried(usb) == spooled(agent)
        assert {path.name.split("-")[0] for path in usb.iterdir()} == {agent.name()}


@pytest.mark.parametrize("words", [("export", "{stick}"), ("verify",)])
def test_a_terminal_shows_how_far_it_is(agent, tmp_path, words):
    with stick(tmp_path / "usb", "size=1m") as usb:
        terminal = Terminal(agent.command("spool", *(word.format(stick=usb) for word in words)), os.environ | agent.env)
        terminal.await_text("batches: 0/4")
        assert terminal.end() == 0
        assert "\r\x1b[K" in terminal.seen, "taken away again"


def test_a_full_stick_says_how_many_it_has(agent, tmp_path):
    with stick(tmp_path / "usb", f"size={2 * PAGE}") as usb:
        said, warned = export(agent, usb, 1)
        assert said == "" and "No space left on device" in warned
        assert warned.splitlines()[-1] == (f"internetmetre-agent: {usb}: 2 of 4 batches are there, whole; "
                                           "the others were not copied and stay here")
        assert carried(usb) == dict(list(spooled(agent).items())[:2])


def test_a_stick_that_can_only_be_read_is_refused(agent, tmp_path):
    with stick(tmp_path / "usb", "ro") as usb:
        said, warned = export(agent, usb, 1)
        assert said == "" and f"{usb}: cannot be written to; it can only be read" in warned


@pytest.mark.parametrize("place,words", [
    ("none", ["there is no such folder", "plugged in and mounted", "lsblk"]),
    ("file", ["is not a folder", "lsblk"]), ("file/below", ["there is no such folder"]),
    ("device", ["is a device", "sudo mount"]),
])
def test_what_is_no_folder_is_refused(agent, tmp_path, place, words):
    (tmp_path / "file").write_text("")
    if place == "device":
        subprocess.run(["mknod", tmp_path / "device", "b", "7", "99"], check=True)
    before = sorted(tmp_path.iterdir())
    said, warned = export(agent, tmp_path / place, 1)
    assert said == "" and [word for word in [str(tmp_path / place), *words] if word not in warned] == []
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_of_another_user_is_refused(agent):
    """As somebody who may read the spool and not write into the folder."""
    with scratch() as folder:
        state, there, program = folder / "state", folder / "there", folder / "internetmetre-agent"
        shutil.copytree(agent.state, state)
        subprocess.run(["chown", "-R", "65534:65534", state], check=True)
        shutil.copy(agent.command()[0], program)
        there.mkdir()
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "spool", "export", there,
                               "--state-dir", state], capture_output=True, text=True, env=os.environ | agent.env)
        assert done.returncode == 1 and f"{there}: " in done.stderr and "sudo" in done.stderr, done.stderr
        assert list(there.iterdir()) == []


@pytest.mark.parametrize("of", ["the system", "the spool"])
def test_the_machines_own_disk_is_no_stick(agent, of):
    """It may be meant: the batches are copied, and the warning stands beside."""
    folder = agent.state.parent / "own" if of == "the spool" else None
    with scratch("/var/tmp") if folder is None else contextlib.nullcontext(folder) as there:
        there.mkdir(exist_ok=True)
        if of == "the system" and there.stat().st_dev != os.stat("/").st_dev:
            pytest.skip("the scratch folder is not on the system's disk")
        said, warned = export(agent, there, 0)
        assert "copied" in said and f"warning: {there} lies on this machine's own disk" in warned and "lsblk" in warned
        assert carried(there) == spooled(agent)


def test_nothing_that_waits_is_said(agent, tmp_path):
    with stick(tmp_path / "usb", "size=1m") as usb, scratch() as folder:
        idle = Agent(folder)
        idle.state.mkdir()
        idle.configure({})
        said, warned = export(idle, usb, 0)
        assert (said, warned) == ("No batch waits: there was nothing to copy.\n", "") and list(usb.iterdir()) == []
