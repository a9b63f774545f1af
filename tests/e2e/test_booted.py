"""The packages on machines that boot, by README's commands as they stand there: a collector and a target on one, a probe on
another, a second chapter's collector on a third with its database on a fourth. The tests go on from each other, in the order
in which a chapter begins, works and ends."""
import json
import re
import subprocess

import pytest

import debian
import packages as debs
from conftest import wait_until
from machine import HAS, USER, Site
from packages import TOP

pytestmark = pytest.mark.long(140)
ANSWERS = {
    "Acceptez-vous ? (oui/non) :": "oui",
    "Département (Entrée : non précisé) :": "Borgou",
    "Commune ou ville (Entrée : non précisé) :": "Parakou",
    "Ville ou campagne (ville, campagne ; Entrée : non précisé) :": "ville",
    "Nature du lieu": "",
    "Opérateur de la ligne (Entrée : non précisé) :": "",
    "Technologie de la ligne": "fibre",
    "La ligne est-elle facturée au volume ?": "non",
    "Forfait (Entrée : non précisé) :": "",
    "Comment le point focal peut-il vous joindre ?": "",
}
ARCHITECTURE = subprocess.run(["dpkg", "--print-architecture"], text=True, capture_output=True, check=True).stdout.strip()
NOBODYS = "/home", "/proc", "/sys", "/dev", "/run", "/var/log", "/var/cache", "/var/lib/dpkg", "/var/lib/apt"
# What an hour of a probe is otherwise: some seconds.
HURRY = "\n".join(["allow_private_targets = yes", "seal_interval = 1s", "retry_max = 1s",
                   "[task target-ping]", "check = ping", "target = target.example", "interval = 2s", "count = 2",
                   "[task target-web]", "check = http", "target = https://target.example/v1/ping", "interval = 3s", ""])


def commands(page):
    return [line for text in re.findall(r"```sh\n(.*?)```", (TOP / page).read_text(), re.S) for line in text.splitlines()]


def readme(word, **replaced):
    """The one command of README that has this word."""
    found = [line for line in commands("README.md") if word in line]
    assert len(found) == 1, f"{word}: {found}"
    line = found[0].replace("amd64", ARCHITECTURE)
    for old, new in replaced.items():
        assert old in line
        line = line.replace(old, new)
    return line


def higher(package, version, folder):
    """The same package as a later version."""
    tree = folder / package.stem
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True, capture_output=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*", f"Version: {version}", control.read_text(), flags=re.M))
    made = folder / re.sub(r"_[^_]+_", f"_{version}_", package.name)
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, made], check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    packages = debs.made()
    wanted = ", ".join(debs.field(package, name) for package in packages.values() for name in ("Depends", "Recommends"))
    needed = set(re.findall(r"(?:^|,\s*)(?:(?:Depends|Recommends): )?([a-z0-9][a-z0-9.+-]+)", wanted))
    with debian.root(*HAS, *sorted(needed)) as base:
        folder = base.parent / "machines"
        folder.mkdir()
        site = Site(base, folder)
        try:
            site.run("useradd", "-R", base, "-m", "-s", "/bin/bash", USER)
            site.run("sh", "-c", f"echo '{USER} ALL=(ALL) NOPASSWD: ALL' >{base}/etc/sudoers.d/{USER}")
            yield site
        finally:
            site.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority, and what it signed for the two names."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.crt",
            "-days", "30", "-subj", "/CN=Test CA")
    for name in ("collector.example", "target.example"):
        (folder / "names").write_text(f"subjectAltName=DNS:{name}")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
                f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
                "-extfile", "names", "-out", f"{name}.crt")
    return folder


def bring(machine, *names):
    for name in names:
        package = debs.made()[name]
        machine.give(package, f"/home/{USER}/{package.name}")


@pytest.fixture(scope="module")
def server(site):
    """The machine of the collector and the target."""
    machine = site.boot("parakou")
    bring(machine, "collector", "target")
    machine.shell(readme("internetmetre-target_"))
    return machine


@pytest.fixture(scope="module")
def home(site, server, certificates):
    """The machine of the probe: installed, and not enrolled."""
    machine = site.boot("maison")
    machine.knows(server, "collector.example", "target.example", "example.org")
    machine.give(certificates / "ca.crt", "/usr/local/share/ca-certificates/test.crt", owner="root")
    machine.run("update-ca-certificates")
    bring(machine, "agent")
    assert machine.ping_range() == "1 0", "as Debian leaves it"
    assert "sudo internetmetre-agent enroll" in machine.shell(readme("./internetmetre-agent_"))
    return machine


def healthy(machine):
    wait_until(lambda: machine.status("http://127.0.0.1:8080/healthz") == 200, what=f"the health of {machine.name}'s collector")


def secret(kind, said):
    """The token or key that was shown, on a line of its own."""
    return re.search(rf"^{kind}_\w+$", said, re.M).group()


def pid(machine, unit):
    return machine.ask("systemctl", "show", "--value", "-p", "MainPID", unit)


def owners(machine):
    """Who owns what in the collector's folder."""
    return set(machine.run("find", "/var/lib/internetmetre/collector", "-printf", "%u:%g\n").split())


# ---- a chapter begins ----

def test_both_readmes_have_the_same_commands():
    french, english = ([re.sub(r"\s*#.*", "", line) for line in commands(page) if line.startswith(("sudo ", "echo "))]
                       for page in ("LISEZMOI.md", "README.md"))
    for there, here in (("collecteur.example", "collector.example"), ("/media/cle", "/media/usb"),
                        ("NOM DE L'ANALYSTE", "ANALYST'S NAME"), ("chiffres.csv", "figures.csv"), ("tarifs.csv", "tariffs.csv")):
        french = [line.replace(there, here) for line in french]
    assert french == english

def test_collector_and_target_run_once_they_are_installed(server):
    for unit in ("internetmetre-collector", "internetmetre-target"):
        assert (server.active(unit), server.ask("systemctl", "is-enabled", unit)) == ("active", "enabled")
    healthy(server)
    assert server.status("http://127.0.0.1:8081/v1/ping") == 200
    assert server.run("stat", "-c", "%U %a", "/var/lib/internetmetre/collector").strip() == "internetmetre-collector 700"
    # it may hold the password of a database
    assert server.run("stat", "-c", "%U:%G %a", "/etc/internetmetre/collector.conf").strip() == "root:internetmetre-collector 640"


def test_tokens_and_keys_are_made_beside_the_running_service(server):
    before = pid(server, "internetmetre-collector")
    assert secret("imt", server.shell(readme("token create")))
    key = secret("imk", server.shell(readme("key create")))
    assert owners(server) == {"internetmetre-collector:internetmetre-collector"}
    assert (pid(server, "internetmetre-collector"), server.active("internetmetre-collector")) == (before, "active")
    assert server.status("http://127.0.0.1:8080/api/v1/results?limit=1", "-H", f"Authorization: Bearer {key}") == 200


def test_nginx_brings_tls(server, certificates):
    for name in ("collector.example", "target.example"):
        server.run("mkdir", "-p", f"/etc/letsencrypt/live/{name}")
        server.give(certificates / f"{name}.crt", f"/etc/letsencrypt/live/{name}/fullchain.pem", owner="root")
        server.give(certificates / f"{name}.key", f"/etc/letsencrypt/live/{name}/privkey.pem", owner="root")
    for word in ("install nginx", "examples/nginx", "proxies =", "restart internetmetre-collector nginx"):
        server.shell(readme(word))
    healthy(server)
    for name in ("collector.example", "target.example"):
        assert server.status(f"https://{name}/healthz", "--cacert", str(certificates / "ca.crt"),
                             "--resolve", f"{name}:443:127.0.0.1") == 200


def test_recovery_key_moves_to_a_stick(server):
    server.run("mkdir", "-p", "/media/usb")
    server.shell(readme("recovery.key"))
    server.run("systemctl", "restart", "internetmetre-collector")
    healthy(server)


# ---- a probe ----

def test_every_user_may_ping_once_the_probe_is_installed(home):
    assert home.ping_range() == "0 2147483647"
    told = home.shell("internetmetre-agent measure ping example.org --json")
    assert json.loads(told.splitlines()[0])["outcome"] == "ok", told


def test_probe_enrols_by_the_words_of_readme(server, home):
    assert home.active("internetmetre-agent") == "inactive"
    home.write("/etc/internetmetre/agent.conf", HURRY)
    token = secret("imt", server.shell(readme("token create")))
    said = home.type(readme("enroll https", imt_xxxxxxxxxxxxxxxx=token), list(ANSWERS.items()))
    assert "https://collector.example" in said
    wait_until(lambda: home.active("internetmetre-agent") == "active", what="the probe's start")


def test_results_arrive(server, home):
    key = secret("imk", server.shell("sudo internetmetre-collector key create results"))

    def outcomes():
        rows = server.get("http://127.0.0.1:8080/api/v1/results?format=ndjson", "-H", f"Authorization: Bearer {key}").splitlines()
        found = {(row["task"], row["outcome"]) for row in map(json.loads, rows)}
        return {("target-ping", "ok"), ("target-web", "ok")} <= found

    wait_until(outcomes, 60, "results of both tasks")
    assert probe_of(home) in server.shell("sudo internetmetre-collector probe list")


def probe_of(machine):
    return json.loads(machine.read("/var/lib/internetmetre/agent/identity.json"))["probe"]


def test_probe_comes_back_with_its_machine(home):
    name = probe_of(home)
    home.reboot()
    wait_until(lambda: home.active("internetmetre-agent") == "active", what="the probe's start")
    assert (probe_of(home), home.ping_range()) == (name, "0 2147483647")


# ---- a later version ----

def test_upgrade_keeps_state_and_settings(server, home, tmp_path):
    pids = {unit: pid(machine, unit) for machine, unit in ((server, "internetmetre-collector"), (server, "internetmetre-target"),
                                                           (home, "internetmetre-agent"))}
    name, probes = probe_of(home), server.shell("sudo internetmetre-collector probe list")
    for machine, names in ((server, ("collector", "target")), (home, ("agent",))):
        for program in names:
            later = higher(debs.made()[program], "9.0", tmp_path)
            machine.give(later, f"/home/{USER}/{later.name}")
            machine.shell(f"sudo apt install ./{later.name}")
            unit = f"internetmetre-{program}"
            assert (machine.active(unit), pid(machine, unit) == pids[unit]) == ("active", False)
    healthy(server)
    assert probe_of(home) == name
    assert name in server.shell("sudo internetmetre-collector probe list") and name in probes
    assert "proxies = 127.0.0.1" in server.read("/etc/internetmetre/collector.conf")
    assert server.run("stat", "-c", "%U:%G %a", "/etc/internetmetre/collector.conf").strip() == "root:internetmetre-collector 640"
    assert home.read("/etc/internetmetre/agent.conf") == HURRY


def test_the_log_of_postgresql_is_rotated_while_it_writes(server):
    folder = "/var/lib/internetmetre/collector"
    server.run("sh", "-c", f"echo more >>{folder}/postgresql.log")
    server.run("logrotate", "--force", "/etc/logrotate.d/internetmetre-collector")
    assert server.run("stat", "-c", "%s", f"{folder}/postgresql.log").strip() == "0"
    assert "more" in server.run("zcat", f"{folder}/postgresql.log.1.gz")
    assert owners(server) == {"internetmetre-collector:internetmetre-collector"}


# ---- the end of a probe ----

def test_probe_leaves_while_its_service_runs(server, home):
    name = probe_of(home)
    assert home.active("internetmetre-agent") == "active"
    home.shell("sudo internetmetre-agent leave --yes")
    wait_until(lambda: home.active("internetmetre-agent") == "inactive", what="the probe's end")
    assert home.run("ls", "/var/lib/internetmetre/agent", status=None).split() in ([], ["lock"])
    assert re.search(rf"^{name} .*revoked$", server.shell("sudo internetmetre-collector probe list"), re.M)


def left_behind(machine):
    words = [word for path in NOBODYS for word in ("-path", path, "-prune", "-o")]
    return machine.run("find", "/", "-xdev", *words, "-name", "*internetmetre*", "-print").split()


def test_purge_of_the_probe_leaves_its_user_alone(home):
    home.shell("sudo apt remove --yes internetmetre-agent")
    assert home.ping_range() == "1 0"
    home.shell("sudo apt purge --yes internetmetre-agent")
    assert left_behind(home) == []
    assert "internetmetre" in home.read("/etc/passwd")


# ---- another chapter, with a PostgreSQL of its own ----

@pytest.fixture(scope="module")
def database(site):
    """Debian's PostgreSQL, open to the network of the site."""
    machine = site.boot("base")
    folder = "/etc/postgresql/15/main"
    machine.run("sh", "-c", f"echo \"listen_addresses = '*'\" >>{folder}/postgresql.conf && "
                f"echo 'host internetmetre internetmetre {machine.address}/24 scram-sha-256' >>{folder}/pg_hba.conf")
    machine.run("systemctl", "restart", "postgresql@15-main")
    machine.type(readme("createuser"), [("Enter password", "secret"), ("again", "secret")])
    machine.shell(readme("createdb --owner"))
    return machine


def test_another_chapter_on_a_server(site, database):
    chapter = site.boot("bamako")
    chapter.run("apt-get", "remove", "--yes", "postgresql-15")
    chapter.knows(database, "database.example")
    bring(chapter, "collector")
    chapter.shell(readme("--no-install-recommends"))
    chapter.shell(readme("database =", PASSWORD="secret"))
    chapter.shell(readme("country ="))
    wait_until(lambda: "internetmetre-collector migrate" in chapter.ask("journalctl", "-u", "internetmetre-collector"),
               what="the word that migrate is missing")
    chapter.shell(readme("collector migrate"))
    chapter.run("systemctl", "restart", "internetmetre-collector")
    healthy(chapter)
    assert secret("imt", chapter.shell(readme("token create", Parakou="Bamako")))
    assert database.run("runuser", "-u", "postgres", "--", "psql", "-At", "-c", "SELECT name FROM focal_point",
                        "internetmetre").split() == ["Bamako"]
    assert "postgresql" not in chapter.run("ls", "/var/lib/internetmetre/collector").split()


# ---- the end of a chapter ----

def test_ledger_stays_when_who_purges_says_so(server):
    server.shell("sudo apt remove --yes internetmetre-target internetmetre-collector")
    assert [server.active(f"internetmetre-{name}") for name in ("collector", "target")] == ["inactive", "inactive"]
    assert not server.ask("pgrep", "-u", "internetmetre-collector")
    said = server.type("sudo apt purge --yes internetmetre-collector", [("Delete everything that probes have sent?", "no")])
    assert "/var/lib/internetmetre/collector stays" in said
    assert "postgresql" in server.run("ls", "/var/lib/internetmetre/collector").split()


def test_purge_leaves_nothing_but_users(server):
    server.shell(f"sudo apt install ./internetmetre-collector_9.0_{ARCHITECTURE}.deb")
    server.shell("sudo rm /etc/nginx/sites-enabled/internetmetre.conf")
    healthy(server)
    assert "Parakou" in server.shell("sudo internetmetre-collector token list"), "the ledger that stayed"
    server.shell("sudo apt purge --yes internetmetre-collector internetmetre-target")
    assert left_behind(server) == []
    assert "internetmetre-collector" in server.read("/etc/passwd")
