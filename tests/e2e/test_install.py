"""deploy/install-packages while another program installs."""
import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest

import debian

pytestmark = pytest.mark.long(60)
INSTALL = Path(__file__).resolve().parents[2] / "deploy/install-packages"
LOCKS = {"update": "var/lib/apt/lists/lock", "packages": "var/lib/dpkg/lock-frontend", "archives": "var/cache/apt/archives/lock"}
SMALL = {"packages": "bc", "update": "hello", "archives": "ncal", "never": "ed"}
HOLD = "import fcntl, sys; lock = open(sys.argv[1], 'w'); fcntl.lockf(lock, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"


@pytest.fixture(scope="module")
def installing(tmp_path_factory):
    """A root, and the command that installs a package there; the list has one small one a test."""
    with debian.root("git", "sudo") as root:
        folder = tmp_path_factory.mktemp("deploy")
        shutil.copy(INSTALL, folder)
        (folder / "packages").write_text("".join(f"{name}\t{group}\t-\ta small one\n" for group, name in SMALL.items()))
        subprocess.run([*debian.AS_ROOT, "cp", "-r", folder, root / "srv/deploy"], check=True)

        def start(group, patience):
            words = f"LOCK_WAIT_S={patience} /srv/deploy/install-packages {group}"
            return subprocess.Popen(debian.inside(root, "root", words, 200), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True)

        yield root, start


@contextlib.contextmanager
def held(lock):
    """The lock as another program that installs has it."""
    holder = subprocess.Popen([*debian.AS_ROOT, "/usr/bin/python3", "-c", HOLD, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    try:
        yield
    finally:
        holder.communicate()


@pytest.mark.parametrize("group", LOCKS)
def test_waits_for_another_one_that_installs(installing, group):
    """However often it runs: what an earlier run has installed is taken away."""
    root, start = installing
    subprocess.run([*debian.AS_ROOT, "chroot", root, "dpkg", "--purge", SMALL[group]], check=True)
    with held(root / LOCKS[group]):
        started, said = start(group, 120), ""
        for line in started.stdout:
            said += line
            if "waiting for it" in line:
                break
    rest, _ = started.communicate()
    assert started.returncode == 0, said + rest
    assert "Setting up" in rest and "Could not get lock" not in said + rest


def test_does_not_wait_for_ever(installing):
    root, start = installing
    with held(root / LOCKS["packages"]):
        started = start("never", 3)
        said, _ = started.communicate()
    assert started.returncode == 1 and "still installs after 3 s" in said and "lock-frontend" in said, said
