"""Who reads what in which language: a person at a terminal their own, a log English, data English."""

import json
import os
import pty
import signal
import subprocess
import threading
from pathlib import Path

import pytest

import wire
from agent import Agent
from catalogue import english, french
from conftest import BUILD, Collector, scratch, wait_until
from pki import Authority
from topology import Network

# As on a Debian that was installed in French, whether or not the locale is there.
FRENCH = {"LC_ALL": "", "LC_MESSAGES": "", "LANGUAGE": "", "LANG": "fr_FR.UTF-8"}

AGENT, COLLECTOR, TARGET = (BUILD / path for path in (
    "agent/internetmetre-agent", "collector/internetmetre-collector", "collector/target/internetmetre-target"))


def speak(*words, stdin=""):
    """What a French person sees."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, input=stdin, env=os.environ | FRENCH)
    return done.stdout + done.stderr


def is_french(output):
    assert english(output) == [], output
    assert french(output) != [], output
    return True


@pytest.fixture(scope="module")
def folder():
    with scratch() as path:
        yield path


@pytest.fixture(scope="module")
def home(folder):
    """A French collector, whose log is looked at when everything has been said."""
    c = Collector(folder)
    c.env = FRENCH
    try:
        yield c.start()
        c.stop()
    finally:
        c.clean()


# ---- the collector's answers ----

REFUSALS = {
    "not-found": ("GET", "/nothing", None),
    "method": ("DELETE", "/healthz", None),
    "parameter": ("GET", "/api/v1/series?nope=1", None),
    "key": ("GET", "/api/v1/results", None),
    "probe": ("GET", "/api/v1/schedule?probe=x", None),
    "nonce": ("GET", "/api/v1/time?nonce=x", None),
    "request": ("POST", "/api/v1/probes", b"nothing"),
    "token": ("POST", "/api/v1/probes", lambda: wire.Probe().enrolment("imt_nosuchtoken")),
    "framing": ("POST", "/api/v1/batches", b"one line\n"),
    "unknown-probe": ("POST", "/api/v1/batches", lambda: wire.Probe().batch([wire.ping()])),
}


@pytest.mark.parametrize("slug", REFUSALS)
def test_refusals_are_in_the_client_s_language(home, slug):
    method, path, body = REFUSALS[slug]
    body = body() if callable(body) else body
    for accept, lang in [("fr", "fr"), ("en", "en"), (None, "fr"), ("de", "fr"), ("fr;q=0.3,en-GB;q=0.4", "en")]:
        reply = home.request(method, path, body, {"Accept-Language": accept})
        assert reply.problem() == slug
        assert (reply.headers["Content-Language"], reply.headers["Vary"]) == (lang, "Accept-Language")
        problem = reply.json()
        for text in (problem["title"], problem["detail"]):
            assert (french if lang == "en" else english)(text) == [], text


def test_clients_of_two_languages_at_once(home):
    """Threads that answer side by side do not take each other's language."""
    wrong = []

    def ask(lang):
        for _ in range(200):
            problem = home.request("GET", "/api/v1/results", headers={"Accept-Language": lang}).json()
            if problem["title"] != {"fr": "Il faut une clé d'analyste", "en": "An analyst's key is wanted"}[lang]:
                wrong.append((lang, problem["title"]))

    threads = [threading.Thread(target=ask, args=(lang,)) for lang in ["fr", "en"] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_is_kept_is_english(home):
    """Who sends a batch, and who makes results again, may be French; what is said of a result is data."""
    probe = wire.Probe()
    home.enrol(probe, home.token())
    home.stored(probe.batch([wire.ping(), wire.ping(mono_us="soon")]), headers={"Accept-Language": "fr"})

    def details():
        return home.sql("SELECT p.detail FROM result_problem p JOIN probe USING (probe_no) WHERE probe = %s", probe.id)

    before = details()
    assert len(before) == 1 and french(before[0][0]) == []
    home.run("rebuild")
    assert details() == before


# ---- services ----

def test_logs_are_english(home, folder):
    """Of a collector, a probe and a target that a French person installed: not half and half."""
    agent = Agent(folder)
    agent.env = FRENCH
    agent.configure({"gateway": {"check": "ping", "target": "127.0.0.1", "interval": "1s"}}, retry_max="1s", language="fr")
    agent.run("enroll", f"http://127.0.0.1:{home.port}", home.token(), "--yes")
    home.request("POST", "/api/v1/batches", b"one line\n", {"Accept-Language": "fr"})  # is logged, too
    try:
        agent.start()
        wait_until(lambda: "collector http" in agent.log.read_text(), what="the start")
        agent.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "read anew" in agent.log.read_text(), what="the configuration's reading")
        agent.stop()
    finally:
        agent.clean()
    assert "refused (framing): " in home.log.read_text()
    for log in (agent.log, home.log):
        assert log.read_text() and french(log.read_text()) == [], log.read_text()
    wrong = subprocess.run([TARGET, "serve", "--listen", "nowhere"], capture_output=True, text=True, timeout=60,
                           env=os.environ | FRENCH)
    assert wrong.stderr and french(wrong.stderr) == []


def test_what_the_log_says_in_english_a_person_reads_in_french(home, folder):
    """The collector revoked the probe: the agent's log, and a day later its owner's question."""
    agent = Agent(folder)
    agent.state = folder / "revoked"
    agent.env = FRENCH
    agent.configure({"gateway": {"check": "ping", "target": "127.0.0.1", "interval": "1d"}}, retry_max="1s")
    agent.run("enroll", f"http://127.0.0.1:{home.port}", home.token(), "--yes")
    home.run("probe", "revoke", agent.name())
    subprocess.run(agent.command("run", "--once"), env=os.environ | FRENCH, stderr=open(agent.log, "wb"), timeout=120)
    log, status = agent.log.read_text(), agent.run("status")
    assert "This probe was revoked" in log and french(log) == [], log
    assert "Cette sonde a été révoquée" in status and is_french(status)
    assert "This probe was revoked" in json.loads(agent.run("status", "--json"))["last_fault"]


# ---- a person at a terminal ----

@pytest.fixture(scope="module")
def files(folder):
    texts = {
        "empty.csv": "", "wrong.csv": "indicator,year\nx,2026\n", "wrong.batch": "nothing\n", "wrong.pfx2as": "a\tb\tc\n", "wrong.nat": "0.0.0.0/0\n",
        "agent.wrong": "listen = 1\n", "collector.wrong": "listen = 1\n", "target.wrong": "connections = x\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder


PERSON = [
    "agent --help", "agent", "agent nonsense", "agent --nonsense", "agent checks", "agent checks ping", "agent checks nonsense",
    "agent checks --cost", *(f"agent {name} --help" for name in "checks measure enroll run status spool rotate-key leave".split()),
    "agent status", "agent spool list", "agent spool verify", "agent spool push", "agent spool export /nonexistent",
    "agent spool nonsense", "agent leave --yes", "agent rotate-key",
    "agent enroll", "agent enroll nowhere imt_x --yes", "agent enroll http://127.0.0.1:9 nothing --yes",
    "agent enroll http://127.0.0.1:9 imt_x --yes --technology carrier-pigeon", "agent enroll http://127.0.0.1:9 imt_x",
    "agent enroll http://127.0.0.1:9 imt_x --yes --country XX", "agent enroll http://127.0.0.1:9 imt_x --yes",
    "agent measure", "agent measure nonsense x", "agent measure ping", "agent measure ping x --set count=many",
    "agent measure ping x --set nonsense=1", "agent measure dns 127.0.0.1 --set name=bad..name",
    "agent measure ping 192.0.2.1 --set count=1 --set timeout_ms=100",
    "agent measure tcp 127.0.0.1 --set port=9 --set count=1", "agent measure http http://127.0.0.1:9/",
    "agent measure tls 127.0.0.1 --set port=9", "agent measure http ftp://x", "agent measure dns 127.0.0.1 --set port=9 --set name=bj",
    "agent measure http http://no.such.name.invalid/", "agent measure throughput http://127.0.0.1:9",
    "agent measure traceroute 192.0.2.1 --set max_hops=1 --set timeout_ms=100",
    "agent checks --config FOLDER/agent.wrong",
    "collector --help", "collector", "collector nonsense",
    *(f"collector {name} --help" for name in "serve migrate token key probe load import rebuild rollup indicators framework".split()),
    "collector token list nonsense", "collector token create --uses 0", "collector token create --expires never",
    "collector token revoke 4711", "collector key create", "collector key revoke 4711", "collector key succeed --keep x",
    "collector probe show x", "collector probe forget x", "collector load FOLDER/wrong.batch", "collector load /nonexistent",
    "collector import csv FOLDER/empty.csv", "collector import csv FOLDER/wrong.csv", "collector import csv /nonexistent",
    "collector import nonsense FOLDER/empty.csv", "collector import pfx2as FOLDER/wrong.pfx2as",
    "collector import comments FOLDER/empty.csv", "collector import comments FOLDER/wrong.csv",
    "collector framework show", "collector framework retire PER1", "collector framework open x/y",
    "collector import carrier-nat FOLDER/wrong.nat", "collector import carrier-nat FOLDER/empty.csv",
    "collector rebuild --from never", "collector rollup --from never", "collector indicators --year x",
    "collector indicators explain nonsense", "collector indicators --year 2026 --format odd", "collector indicators explain internet_users",
    "collector migrate", "collector token create", "collector token list --config FOLDER/collector.wrong",
    "target --help", "target", "target nonsense", "target serve --nonsense",
]


@pytest.mark.parametrize("words", PERSON)
def test_a_person_reads_their_own_language(home, files, words):
    program, *rest = words.replace("FOLDER", str(files)).split()
    own = {"agent": ["--state-dir", files / "nobody"], "collector": ["--state-dir", home.state], "target": []}[program]
    if program == "collector" and "--config" not in rest:
        own += ["--config", home.config]
    output = speak({"agent": AGENT, "collector": COLLECTOR, "target": TARGET}[program], *rest, *own)
    assert output and english(output) == [], output


@pytest.mark.parametrize("words", [[AGENT, "run"], [TARGET, "serve", "--listen", "nowhere"],
                                   [COLLECTOR, "serve", "--config", "FOLDER/collector.wrong"]], ids=lambda words: words[0].name)
def test_a_service_that_does_not_start(files, words):
    """Its log is English; who starts it by hand, on a terminal, reads their own language."""
    words = [str(word).replace("FOLDER", str(files)) for word in words]
    words += ["--state-dir", str(files / "nobody")] if words[0] == str(AGENT) else []
    log = subprocess.run(words, capture_output=True, text=True, timeout=60, env=os.environ | FRENCH)
    assert log.returncode and log.stderr and french(log.stderr) == []
    ours, theirs = pty.openpty()
    assert subprocess.run(words, stderr=theirs, timeout=60, env=os.environ | FRENCH).returncode == log.returncode
    assert is_french(os.read(ours, 4096).decode())
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("words", ["agent measure http http://127.0.0.1:9/ --json", "collector import --template"])
def test_machines_read_the_same_everywhere(words):
    program, *rest = words.split()
    command = [AGENT if program == "agent" else COLLECTOR, *rest]
    outputs = [subprocess.run(command, capture_output=True, text=True, env=os.environ | env).stdout
               for env in (FRENCH, FRENCH | {"LANG": "en_US.UTF-8"})]
    if program == "agent":
        outputs = [{name: json.loads(output)[name] for name in ("outcome", "detail")} for output in outputs]
        assert french(json.dumps(outputs[0], ensure_ascii=False)) == []
    assert outputs[0] == outputs[1]


# ---- what will not go away must not say "try again later" ----

CERTIFICATES = {
    "expired": ({"days": (-20, -10)}, "son certificat a expiré", "l'horloge de cette machine"),
    "early": ({"days": (10, 20)}, "n'est pas encore valable", "l'horloge de cette machine"),
    "other": ({"host": "other.example"}, "est pour un autre nom", "vérifiez l'adresse"),
    "stranger": (None, "que cette machine ne connaît pas", "prévenez votre point focal"),
    "old": ({}, "aucune version de TLS", "prévenez votre point focal"),
}


@pytest.fixture(scope="module")
def box(folder):
    """A namespace whose one authority every program in it believes."""
    with Network() as net:
        host = net.host("words")
        etc = Path("/etc/netns") / host.space
        (etc / "ssl/certs").mkdir(parents=True)
        (etc / "hosts").write_text("127.0.0.1 localhost collector.example\n")
        authority = Authority(etc / "ssl/certs", "ca")
        authority.write()
        subprocess.run(["openssl", "rehash", etc / "ssl/certs"], check=True)
        authority.folder = folder
        stranger = Authority(folder, "stranger-ca")
        for port, (name, (wish, *_)) in enumerate(CERTIFICATES.items(), 8441):
            (stranger if wish is None else authority).issue(name, **{"host": "collector.example"} | (wish or {}))
            host.start("openssl", "s_server", "-accept", str(port), "-cert", folder / f"{name}.pem", "-key", folder / f"{name}.key",
                       "-quiet", "-tls1_2", ready=lambda port=port: host.listens(port, "-ltn"))
        (folder / "openssl.cnf").write_text("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.3\n")
        yield host


def enroll(folder, url, *prefix):
    return speak(*prefix, AGENT, "enroll", url, "imt_aaaaaaaaaaaaaaaa", "--yes", "--state-dir", folder / "nobody")


@pytest.mark.root("network namespaces")
@pytest.mark.parametrize("name", CERTIFICATES)
def test_tls_that_stays_wrong(box, folder, name):
    port = 8441 + list(CERTIFICATES).index(name)
    prefix = ["ip", "netns", "exec", box.space]
    if name == "old":
        prefix += ["env", f"OPENSSL_CONF={folder}/openssl.cnf"]
    output = enroll(folder, f"https://collector.example:{port}", *prefix)
    _, what, cure = CERTIFICATES[name]
    assert what in output and cure in output and "Réessayez" not in output and is_french(output)


def test_other_faults_that_stay(home, folder):
    wrong_address = enroll(folder, f"https://127.0.0.1:{home.port}")
    assert any(words in wrong_address for words in ("ne parle pas TLS", "avec https://"))  # it answers, or cuts at once
    assert is_french(wrong_address)
    no_name = enroll(folder, "http://collector.invalid")
    assert "Réessayez" not in no_name or "son nom ne peut pas être résolu" in no_name  # without a resolver nobody can tell
    no_token = enroll(folder, f"http://127.0.0.1:{home.port}")
    assert "Ce jeton est inconnu" in no_token and "Réessayez" not in no_token and is_french(no_token)
    nobody = enroll(folder, "http://127.0.0.1:9")
    assert "Réessayez plus tard" in nobody and is_french(nobody)
