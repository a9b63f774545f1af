"""Root's commands act as the owner of the state folder: nothing changes hands beside a collector that runs as another user."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import Collector, scratch
from wire import ping

pytestmark = pytest.mark.root("to act as another")


def owners(folder):
    """Whose everything is; PostgreSQL makes and removes files of its own all the while."""
    paths = [folder, *folder.iterdir(), *(folder / "tombstones").glob("*")]
    return {path.name: (path.owner(), path.stat().st_mode) for path in paths}


@pytest.fixture
def service():
    """A collector that runs as nobody, who is not the first that its commands would choose."""
    with scratch() as folder:
        c = Collector(folder, user="nobody")
        try:
            c.start()
            c.config.write_text(f"listen = 127.0.0.1:{c.port}\n")
            yield c
            c.stop()
        finally:
            c.clean()


def commands(collector, folder):
    """One of each that opens the database or writes in the state folder; what they read is closed to all but root."""
    probe, gone = collector.probe(), collector.probe()
    folder.mkdir(mode=0o700)
    (folder / "a.batch").write_bytes(probe.batch([ping()]))
    (folder / "figures.csv").write_text(collector.run("import", "--template").replace("an example: replace this line", ""))
    (folder / "pfx2as").write_text("192.0.2.0\t24\t64500\n")
    (folder / "carrier-nat").write_text("192.0.2.0/24\n")
    shutil.copy(collector.state / "recovery.key", folder / "recovery.key")
    yield "token", "create"
    yield "token", "list"
    yield "key", "create", "an analyst"
    yield "probe", "list"
    yield "probe", "show", probe.id
    yield "load", folder / "a.batch"
    yield "migrate",
    yield "import", "csv", folder / "figures.csv"
    yield "import", "pfx2as", folder / "pfx2as"
    yield "import", "carrier-nat", folder / "carrier-nat"
    yield "rebuild",
    yield "rollup",
    yield "indicators", "--year", "2026"
    yield "probe", "forget", gone.id
    yield "key", "succeed"
    yield "key", "succeed", "--recovery", folder / "recovery.key"


def test_root_takes_nothing_over(service):
    before = owners(service.state)
    for words in commands(service, service.config.parent / "sources"):
        said = service.run(*words)
        now = owners(service.state)
        assert {name: whose for name, whose in now.items() if name in before} == before, words
        assert {owner for owner, _ in now.values()} == {"nobody"}, words
        assert "chown" not in said and service.responds(), words
    service.stored(service.probe().batch([ping()]))
    service.stop()
    service.start()
    assert {owner for owner, _ in owners(service.state).values()} == {"nobody"}


def test_nothing_of_roots_group_is_kept(service):
    """Neither by what runs on nor on what was made: root is raised once on the way, to take the folder."""
    nobody = pwd.getpwnam("nobody")
    for pid in (service.process.pid, *service.servers().values()):
        status = Path(f"/proc/{pid}/status").read_text()
        for ids, wanted in (("Uid", nobody.pw_uid), ("Gid", nobody.pw_gid)):
            assert f"\n{ids}:" + f"\t{wanted}" * 4 + "\n" in status, (pid, ids)
    service.run("probe", "forget", service.probe().id)
    assert {path.stat().st_gid for path in (service.state, *service.state.iterdir(), *(service.state / "tombstones").iterdir())} == {
        nobody.pw_gid}


def test_a_command_alone_acts_as_the_owner_too(service):
    service.stop()
    before = owners(service.state)
    token = service.token()
    assert owners(service.state) == {name: whose for name, whose in before.items() if name != "run"}
    service.config.write_text(service.config.read_text() + "user = postgres\n")
    said = subprocess.run(service.command("token", "list"), capture_output=True, text=True, env=os.environ | service.env)
    assert said.returncode == 0 and "user = postgres is not followed" in said.stderr and token not in said.stdout
    assert owners(service.state)["state"][0] == "nobody"


def test_somebody_elses_folder_is_left_alone(service):
    """Neither another user nor a folder that was half taken over gets further; what is said helps and does no harm."""
    postgres = pwd.getpwnam("postgres")
    before = owners(service.state)
    other = subprocess.run(service.command("token", "create"), capture_output=True, text=True, user="postgres", extra_groups=[],
                           env=os.environ | service.env)
    assert other.returncode == 1 and f"{service.state} belongs to the user nobody; do this as that user, or as root" in other.stderr
    service.stop()
    os.chown(service.state, postgres.pw_uid, postgres.pw_gid)
    said = service.run("token", "create", status=1)
    assert f"Stop the collector, then: chown -R nobody: {service.state}" in said
    subprocess.run(["chown", "-R", "nobody:", service.state], check=True)
    service.run("token", "create")
    assert owners(service.state) == {name: whose for name, whose in before.items() if name != "run"}


@pytest.mark.parametrize("holds, taken", [
    ((), True), (("lost+found/",), True), (("collector.key",), True), (("passwd",), False),
    (("postgresql/",), False), (("lock/",), False), (("lock",), False), (("cluster.lock/",), False)])
def test_a_folder_of_roots_is_taken_when_it_is_for_us(holds, taken):
    with scratch() as folder:
        c = Collector(folder, user="nobody")
        c.state.mkdir(mode=0o755)
        for name in holds:
            (c.state / name).mkdir() if name.endswith("/") else (c.state / name).touch()
        try:
            said = c.run("token", "create", status=0 if taken else 1)
            assert c.state.owner() == ("nobody" if taken else "root")
            if not taken:
                assert "choose another --state-dir" in said
                assert [path.name for path in c.state.iterdir()] == [name.strip("/") for name in holds]
        finally:
            c.clean()


def test_the_packages_user_comes_first():
    """Seen through a passwd of its own, in which that user exists."""
    with scratch() as folder:
        c = Collector(folder)
        passwd = folder / "passwd"
        with open("/etc/passwd") as known:
            lines = [line for line in known if not line.startswith("internetmetre")]
        passwd.write_text("".join(lines) + "internetmetre:x:64998:64998::/:/bin/false\n"
                          "internetmetre-collector:x:64999:64999::/:/bin/false\n")
        passwd.chmod(0o644)
        try:
            subprocess.run(["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/passwd && exec "$@"', passwd,
                            *c.command("token", "create")], check=True, stdout=subprocess.DEVNULL)
            assert c.state.stat().st_uid == (c.state / "postgresql").stat().st_uid == 64999
        finally:
            c.clean()
