"""Bare Debian 12 in folders of their own, as a new machine has it before any of the project's packages is there.

    with debian.root("systemd-sysv", "nginx") as root:
        subprocess.run([*debian.AS_ROOT, "chroot", root, "nginx", "-t"])

What mmdebstrap makes is kept as an archive in the build folder, one for each set of packages: whoever started the tests owns
it, and a build folder pays for each set once. A root itself belongs to root and lies in /var/tmp, since /tmp may be memory.
"""
import contextlib
import fcntl
import hashlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

BUILD = Path(os.environ.get("INTERNETMETRE_BUILD", Path(__file__).resolve().parents[2] / "build"))
AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]


def need_root():
    """These tests act as root without a question, or not at all."""
    if AS_ROOT and subprocess.run([*AS_ROOT, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs root, or sudo without a question")


def network_settings():
    """This machine's way to the packages: proxies, and what it does not check of a mirror."""
    settings = subprocess.run(["apt-config", "dump", "--format", '%F "%v";%n', "Acquire"], text=True, capture_output=True,
                              check=True).stdout.splitlines()
    return [f"--aptopt={line}" for line in settings if re.match(r'Acquire::(.*::proxy|check-[^:]+|retries) "[^"]', line, re.I)]


def make(archive, packages):
    done = subprocess.run([*AS_ROOT, "mmdebstrap", "--quiet", "--variant=minbase", "--dpkgopt=force-unsafe-io",
                           *network_settings(), "--include=" + ",".join(["ca-certificates", *packages]), "--format=tar",
                           "bookworm", "-"], stdin=subprocess.DEVNULL, stdout=open(archive, "wb"), stderr=subprocess.PIPE,
                          text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr


def base(*packages):
    """The archive of a bare system with these packages and what they depend on, made when it is not there yet."""
    name = hashlib.sha256("\n".join(sorted(packages)).encode()).hexdigest()[:12]
    folder = BUILD / "debian"
    folder.mkdir(exist_ok=True)
    archive = folder / f"{name}.tar"
    # tests run side by side: the second one waits for what the first one makes
    with open(folder / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.exists():
            half = archive.with_suffix(".half")
            make(half, packages)
            half.rename(archive)
    return archive


@contextlib.contextmanager
def root(*packages):
    """A folder with such a system, which goes when the block ends; nothing may be mounted in it by then."""
    need_root()
    archive = base(*packages)
    scratch = Path(tempfile.mkdtemp(prefix="imt-debian-", dir="/var/tmp"))
    scratch.chmod(0o755)
    try:
        folder = scratch / "root"
        folder.mkdir()
        subprocess.run([*AS_ROOT, "tar", "-C", folder, "--numeric-owner", "-xpf", archive], check=True, timeout=300)
        # the archive may be older than this machine's way to names
        subprocess.run([*AS_ROOT, "cp", "-L", "/etc/resolv.conf", folder / "etc/resolv.conf"], check=True)
        yield folder
    finally:
        subprocess.run([*AS_ROOT, "rm", "-rf", "--one-file-system", scratch], check=False, timeout=300)


# The root becomes the whole file system, with processes of its own and, where wanted, an empty network.
ENTER = """
set -e
root=$1 user=$2 words=$3
mount --make-rprivate / && mount --bind "$root" "$root" && cd "$root"
mount -t proc proc proc && mount -t sysfs sys sys && mount --rbind /dev dev && mount --make-rslave dev
hostname bare && echo "127.0.0.1 localhost bare" >etc/hosts
ip link set lo up
pivot_root . mnt && umount -l /mnt
exec env -i TERM=dumb su - "$user" -c "$words"
"""


def inside(root, user, words, seconds, network=True):
    """The command that runs words of a shell in a root as one of its users, who has just logged in; all that they start ends
    with them, or after some seconds."""
    apart = ["--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", *([] if network else ["--net"])]
    return [*AS_ROOT, "timeout", "-s", "KILL", str(seconds), "unshare", *apart, "bash", "-c", ENTER, "bash", root, user, words]


def user_who_may_sudo(root, name):
    subprocess.run([*AS_ROOT, "chroot", root, "sh", "-ec",
                    f"useradd -m -s /bin/bash {name}; echo '{name} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/{name}"], check=True)
