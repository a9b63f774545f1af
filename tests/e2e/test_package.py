"""The Debian packages: built by their one command, installed into an empty root, and run there."""
import os
import re
import shutil
import subprocess

import pytest

import packages as debs
from packages import PROGRAMS, TOP

INSTALLS = pytest.mark.root("the packages' scripts make users")
# dpkg calls programs that are not in every user's PATH.
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


def run(*argv, **options):
    return subprocess.run([str(word) for word in argv], text=True, capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=400, **options)


def dpkg(root, *words):
    """Its scripts run without entering the root."""
    done = run("dpkg", f"--root={root}", "--force-script-chrootless", "--force-depends", *words,
               env={**os.environ, "PATH": PATH, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def packages():
    made = debs.made()
    assert not (TOP / "debian").exists(), "the tree stays as it is"
    return made


@pytest.fixture(scope="module")
def root(packages, tmp_path_factory):
    """All three in a root of its own: none has a path that is in another."""
    root = tmp_path_factory.mktemp("root")
    for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log", "etc", "usr/sbin"):
        (root / folder).mkdir(parents=True)
    for file in ("var/lib/dpkg/status", "var/lib/dpkg/available"):
        (root / file).touch()
    (root / "var/cache/debconf").mkdir(parents=True)
    shutil.copy("/etc/debconf.conf", root / "etc")
    (root / "said").write_text(dpkg(root, "--install", *packages.values()))
    return root


HELD = {
    "agent": {"/lib/systemd/system/internetmetre-agent.path", "/usr/lib/sysusers.d/internetmetre-agent.conf",
              "/usr/lib/tmpfiles.d/internetmetre-agent.conf", "/usr/lib/sysctl.d/50-internetmetre-agent.conf"},
    "collector": {"/usr/lib/sysusers.d/internetmetre-collector.conf", "/usr/lib/tmpfiles.d/internetmetre-collector.conf",
                  "/etc/logrotate.d/internetmetre-collector", "/usr/share/doc/internetmetre-collector/BACKUP.md",
                  "/usr/share/doc/internetmetre-collector/examples/nginx/internetmetre.conf"},
    "target": {"/usr/share/doc/internetmetre-target/examples/nginx/internetmetre.conf"},
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_holds_its_program_and_no_other(packages, name):
    listing = run("dpkg-deb", "-c", packages[name]).stdout
    paths = {line.split()[5].removeprefix(".").rstrip("/"): line for line in listing.splitlines()}
    package = f"internetmetre-{name}"
    own = {f"/usr/bin/{package}", f"/etc/internetmetre/{name}.conf", f"/lib/systemd/system/{package}.service",
           f"/usr/share/man/man1/{package}.1.gz", f"/usr/share/man/fr/man1/{package}.1.gz",
           f"/usr/share/{package}/locale/fr/LC_MESSAGES/internetmetre.mo", f"/usr/share/doc/{package}/copyright"}
    assert not (own | HELD[name]) - paths.keys()
    assert not [path for path in paths if any(other in path for other in PROGRAMS if other != name)]
    assert not [path for path in paths if path.endswith((".a", ".h"))]
    assert all(" root/root " in line for line in paths.values())
    assert f"{name}.conf" in run("dpkg-deb", "--info", packages[name], "conffiles").stdout


@pytest.mark.parametrize("name, wanted, never", [
    ("agent", {"libuv1", "libcurl4", "libc-ares2", "libldns3", "libjansson4", "ca-certificates"}, "postgres|libpq|microhttpd"),
    ("collector", {"libpq5", "libmicrohttpd12", "libjansson4"}, "libuv|libcurl|libc-ares|postgresql|curl"),
    ("target", {"libmicrohttpd12", "libldns3"}, "libuv|libcurl|libc-ares|postgres|libpq"),
])
def test_asks_for_what_it_needs(packages, name, wanted, never):
    names = set(re.findall(r"[a-z0-9.+-]+(?= \(|,|$| \|)", debs.field(packages[name], "Depends")))
    assert wanted <= names
    assert not [name for name in names if re.match(never, name)]


def test_the_database_is_recommended_only(packages):
    """A collector on another machine's server does without, and an upgrade of Debian keeps the version of the data."""
    assert debs.field(packages["collector"], "Recommends") == "postgresql-15"


def test_the_build_compiles_no_test(packages):
    log = (packages["agent"].parent / "build.log").read_text()
    assert "agent/internetmetre-agent" in log and "collector/target/internetmetre-target" in log
    assert not re.search(r"^\[\d+/\d+\].*\btests/", log, re.M)


@INSTALLS
def test_says_the_one_line_in_french(root):
    said = (root / "said").read_text()
    assert "sudo internetmetre-agent enroll https://ADRESSE" in said
    assert "sudo internetmetre-collector token create" in said


@INSTALLS
def test_runs_in_its_root(root):
    program = root / "usr/bin/internetmetre-agent"
    env = {"LC_ALL": "en_US.UTF-8", "PATH": os.environ["PATH"]}
    config = root / "etc/internetmetre/agent.conf"
    checks = run(program, "checks", "--config", config, env=env)
    assert checks.returncode == 0, checks.stderr
    for name in ("ping", "dns", "http", "throughput", "traceroute"):
        assert re.search(rf"^\W*{name}\b", checks.stdout, re.M), checks.stdout
    for name in PROGRAMS:
        assert run(root / "usr/bin" / f"internetmetre-{name}", "--version", env=env).stdout.startswith(f"internetmetre-{name} ")


@INSTALLS
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_configuration_names_every_key_in_french(root, name):
    text = (root / f"etc/internetmetre/{name}.conf").read_text()
    program = root / f"usr/bin/internetmetre-{name}"
    sample = {lang: run(program, "--sample-config", env={"LC_ALL": lang}).stdout for lang in ("en_US.UTF-8", "fr_FR.UTF-8")}
    keys = re.compile(r"^#([a-z_]+) = ", re.M)
    assert keys.findall(text) == keys.findall(sample["en_US.UTF-8"]) != []
    assert text == sample["fr_FR.UTF-8"] != sample["en_US.UTF-8"]


@INSTALLS
def test_nginx_fits_the_defaults(root):
    """The sample sends each name to where the program listens when nobody has configured anything."""
    defaults = {re.search(r"^#listen = (\S+)", (root / f"etc/internetmetre/{name}.conf").read_text(), re.M).group(1)
                for name in ("collector", "target")}
    for name in ("collector", "target"):
        sample = root / f"usr/share/doc/internetmetre-{name}/examples/nginx/internetmetre.conf"
        assert set(re.findall(r"proxy_pass http://([^;]+);", sample.read_text())) == defaults


@INSTALLS
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_units_are_read_whole(root, name):
    verified = run("systemd-analyze", "verify", "--man=no", f"--root={root}", f"internetmetre-{name}.service").stderr
    assert not re.search(r"internetmetre.*(Unknown|Failed to parse|ignoring)", verified), verified


# What `systemd-analyze security` gives at most, of 10. Each needs what it does: raw sockets; a database's processes; a port
# below 1024.
@INSTALLS
@pytest.mark.parametrize("name, most", [("agent", 2.2), ("collector", 1.6), ("target", 2.0)])
def test_the_service_is_hardened(root, name, most):
    unit = root / f"lib/systemd/system/internetmetre-{name}.service"
    told = run("systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={int(most * 10)}", unit)
    assert told.returncode == 0, told.stdout + told.stderr


@INSTALLS
def test_purge_takes_everything_away(root):
    for name in ("agent", "collector"):
        state = root / "var/lib/internetmetre" / name
        state.mkdir(parents=True, exist_ok=True)
        (state / "key").touch()
    dpkg(root, "--purge", *(f"internetmetre-{name}" for name in PROGRAMS))
    left = [path for path in root.rglob("*internetmetre*") if "dpkg" not in str(path)]
    assert left == []
