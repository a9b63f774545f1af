"""The project's Debian packages, built once for all the tests of a run."""
import fcntl
import os
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("INTERNETMETRE_BUILD", TOP / "build"))
PROGRAMS = ("agent", "collector", "target")


def newest_source():
    listed = subprocess.run(["git", "-C", TOP, "ls-files", "-co", "--exclude-standard", "-z"], capture_output=True, check=True)
    paths = (TOP / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name)
    return max(path.lstat().st_mtime for path in paths if path.is_symlink() or path.exists())


def made():
    """Program → its package. Files that run side by side wait for each other, and for one build."""
    out = BUILD / "deb"
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = {name: list(out.glob(f"internetmetre-{name}_*.deb")) for name in PROGRAMS}
        since = newest_source()
        if not all(len(paths) == 1 and paths[0].stat().st_mtime > since for paths in found.values()):
            built = subprocess.run([TOP / "deploy/debian/build", out], text=True, capture_output=True,
                                   stdin=subprocess.DEVNULL, timeout=400)
            assert built.returncode == 0, built.stdout + built.stderr
            found = {name: [Path(path)] for name, path in zip(PROGRAMS, built.stdout.splitlines()[-3:])}
    return {name: paths[0] for name, paths in found.items()}


def field(package, *names):
    told = subprocess.run(["dpkg-deb", "-f", package, *names], text=True, capture_output=True, check=True).stdout
    return told.strip()
