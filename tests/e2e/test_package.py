"""The probe's Debian package: built by its one command, installed into an empty root, and run there."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]


def run(*argv, **options):
    return subprocess.run([str(word) for word in argv], text=True, capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=400, **options)


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    out = tmp_path_factory.mktemp("deb")
    built = run(TOP / "deploy/debian/build", out)
    assert built.returncode == 0, built.stdout + built.stderr
    found = list(out.glob("*.deb"))
    assert [str(path) for path in found] == built.stdout.split()[-1:]
    assert not (TOP / "debian").exists(), "the tree stays as it is"
    return found[0]


@pytest.fixture(scope="module")
def root(package, tmp_path_factory):
    """The package installed by dpkg into a root of its own, its scripts run without entering it."""
    root = tmp_path_factory.mktemp("root")
    for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log", "etc", "usr/sbin"):
        (root / folder).mkdir(parents=True)
    for file in ("var/lib/dpkg/status", "var/lib/dpkg/available"):
        (root / file).touch()
    installed = run("dpkg", f"--root={root}", "--force-script-chrootless", "--force-depends", "--force-not-root",
                    "--install", package, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})
    assert installed.returncode == 0, installed.stdout + installed.stderr
    (root / "said").write_text(installed.stdout)
    return root


def test_holds_the_probe_and_nothing_of_the_collector(package):
    listing = run("dpkg-deb", "-c", package).stdout
    paths = {line.split()[5].removeprefix(".").rstrip("/"): line for line in listing.splitlines()}
    for wanted in ("/usr/bin/internetmetre-agent", "/etc/internetmetre/agent.conf",
                   "/lib/systemd/system/internetmetre-agent.service", "/lib/systemd/system/internetmetre-agent.path",
                   "/usr/lib/sysusers.d/internetmetre-agent.conf", "/usr/lib/tmpfiles.d/internetmetre-agent.conf",
                   "/usr/share/man/man1/internetmetre-agent.1.gz", "/usr/share/man/fr/man1/internetmetre-agent.1.gz",
                   "/usr/share/locale/fr/LC_MESSAGES/internetmetre.mo", "/usr/share/doc/internetmetre-agent/copyright"):
        assert wanted in paths
    assert not [path for path in paths if "collector" in path or "target" in path or path.endswith((".a", ".h"))]
    assert all(" root/root " in line for line in paths.values())


def test_asks_for_libraries_and_not_for_a_database(package):
    depends = run("dpkg-deb", "-f", package, "Depends").stdout
    names = set(re.findall(r"[a-z0-9.+-]+(?= \(|,|$| \|)", depends.strip()))
    assert {"libuv1", "libcurl4", "libc-ares2", "libldns3", "libjansson4", "ca-certificates"} <= names
    assert not [name for name in names if "postgres" in name or "libpq" in name or "microhttpd" in name]
    assert "agent.conf" in run("dpkg-deb", "--info", package, "conffiles").stdout


def test_says_the_one_line_in_french(root):
    assert "sudo internetmetre-agent enroll https://" in (root / "said").read_text()


def test_runs_in_its_root(root):
    program = root / "usr/bin/internetmetre-agent"
    env = {"LC_ALL": "en_US.UTF-8", "PATH": os.environ["PATH"]}
    config = root / "etc/internetmetre/agent.conf"
    checks = run(program, "checks", "--config", config, env=env)
    assert checks.returncode == 0, checks.stderr
    for name in ("ping", "dns", "http", "throughput", "traceroute"):
        assert re.search(rf"^\W*{name}\b", checks.stdout, re.M), checks.stdout
    assert run(program, "--version", env=env).stdout.startswith("internetmetre-agent ")


def test_the_configuration_names_every_key_in_french(root):
    text = (root / "etc/internetmetre/agent.conf").read_text()
    program = root / "usr/bin/internetmetre-agent"
    sample = run(program, "--sample-config", env={"LC_ALL": "en_US.UTF-8"}).stdout
    keys = re.compile(r"^#([a-z_]+) = ", re.M)
    assert keys.findall(text) == keys.findall(sample) != []
    assert text != sample


def test_the_service_is_hardened(root):
    unit = (root / "lib/systemd/system/internetmetre-agent.service").read_text()
    for line in ("AmbientCapabilities=CAP_NET_RAW", "CapabilityBoundingSet=CAP_NET_RAW", "NoNewPrivileges=yes",
                 "ProtectSystem=strict", "StateDirectory=internetmetre/agent", "User=internetmetre"):
        assert line in unit.splitlines()
    if shutil.which("systemd-analyze"):
        verified = run("systemd-analyze", "verify", "--man=no", f"--root={root}", "internetmetre-agent.service").stderr
        assert not re.search(r"internetmetre.*(Unknown|Failed to parse|ignoring)", verified), verified


def test_purge_takes_everything_away(root, tmp_path):
    state = root / "var/lib/internetmetre/agent"
    state.mkdir(parents=True, exist_ok=True)
    (state / "key").touch()
    purged = run("dpkg", f"--root={root}", "--force-script-chrootless", "--force-depends", "--force-not-root",
                 "--purge", "internetmetre-agent", env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert purged.returncode == 0, purged.stdout + purged.stderr
    left = [path for path in root.rglob("*internetmetre*") if "dpkg" not in str(path)]
    assert left == []
