"""deploy/quickstart on a bare machine, in a fresh clone: what a newcomer sees."""
import csv
import http.client
import io
import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import urllib.request

import pytest

import debian
import wire

pytestmark = pytest.mark.long(150)
TOP = pathlib.Path(__file__).resolve().parents[2]
CHECKS = {"ping", "dns", "http", "throughput", "traceroute", "tcp", "stamp"}


class Machine:
    """A bare Debian with nothing but git and sudo, whose one user may sudo and has cloned the project."""

    def __init__(self, root):
        self.root = root
        debian.user_who_may_sudo(root, "afi")
        home = root / "home/afi"
        subprocess.run([*debian.AS_ROOT, "git", "clone", "-q", "--no-hardlinks", TOP, home / "internetmetre"], check=True, timeout=60)
        subprocess.run([*debian.AS_ROOT, "chroot", root, "chown", "-R", "afi:", "/home/afi"], check=True)

    def start(self, words, seconds=200, network=True):
        return subprocess.Popen(debian.inside(self.root, "afi", f"cd internetmetre\n{words}", seconds, network), stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, words, status, **how):
        """What the words said."""
        started = self.start(words, **how)
        text, _ = started.communicate()
        assert started.returncode == status, text
        return text


@pytest.fixture(scope="module")
def machine():
    with debian.root("git", "sudo") as root:
        yield Machine(root)


@pytest.fixture(scope="module")
def first_run(machine):
    """What it said. In French, as no language is set."""
    return machine.run("deploy/quickstart --once", 0, seconds=900)


def outcomes(text):
    """The table's rows: check and outcome."""
    return dict(re.findall(r"^([a-z]+)  +.*? (ok|partial|timeout|refused|unreachable|reset|\w+_error|denied|skipped|error)  ",
                           text, re.M))


# Until standard input ends; then Ctrl-C, and what is left of it.
LASTING = """
env --default-signal=INT %s deploy/quickstart &
cat >/dev/null
kill -INT $!; wait $!; echo "status $?"
cat /proc/sys/net/ipv4/ping_group_range
grep -lz 'build-[q]uickstart' /proc/[0-9]*/cmdline
"""


def until_it_lasts(lasting):
    text = ""
    for line in lasting.stdout:
        text += line
        if "Ctrl-C" in line:
            return text
    raise AssertionError(text)


def test_the_table_says_why_a_result_is_not_ok(tmp_path):
    def result(task, check, outcome, reason=None, **metrics):
        return {"task": task, "check": check, "target": "127.0.0.1", "outcome": outcome, "metrics": metrics,
                "detail": {"reason": reason} if reason else {}}

    rows = [result("old", "ping", "timeout", "nobody is at home"), result("old", "ping", "ok", rtt_p50_ms=0.5, loss=0),
            result("p", "ping", "denied", "it is not allowed; sysctl allows it"),
            result("t", "tcp", "partial", rtt_p50_ms=2, loss=0.5), result("s", "stamp", "timeout", "no answer")]
    (tmp_path / "acked").mkdir()
    for number, row in enumerate(rows):
        path = tmp_path / ("" if number % 2 else "acked") / f"{number:08}.batch"
        path.write_bytes(wire.Probe().batch([row]))
    stored = [{name: row[name] for name in row if name != "detail"} for row in rows[1:]]
    table = [TOP / "deploy/quickstart-table", "en", f"--spool={tmp_path}", "ping", "tcp", "stamp"]
    done = subprocess.run(table, input="".join(json.dumps(row) + "\n" for row in stored), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert [re.split(r"  +", line)[2:] for line in done.stdout.splitlines()[1:]] == [
        ["ok", "median RTT 0.5 ms, loss 0 %"], ["denied", "it is not allowed; sysctl allows it"],
        ["partial", "median RTT 2 ms, loss 50 %"], ["timeout", "no answer"]]


def test_once_exits_0_with_every_check_ok(first_run):
    assert {check: "ok" for check in CHECKS}.items() <= outcomes(first_run).items(), first_run
    assert "inscription de la sonde" in first_run
    assert "une série de mesures" in first_run and "la page          http://127.0.0.1:" in first_run


@pytest.mark.usefixtures("first_run")
def test_goes_on_and_its_rows_and_page_can_be_read(machine):
    """The second run uses the first one's state and speaks English."""
    lasting = machine.start(LASTING % "LANG=en_US.UTF-8")
    try:
        text = until_it_lasts(lasting)
        assert {check: "ok" for check in CHECKS}.items() <= outcomes(text).items(), text
        assert "enrolment of the probe" not in text

        command = shlex.split(re.search(r"^  (curl .*)$", text, re.M).group(1))
        rows = list(csv.DictReader(io.StringIO(subprocess.run([*command, "-sSf"], capture_output=True, text=True, check=True,
                                                              timeout=30).stdout)))
        assert {row["check"] for row in rows} >= CHECKS
        assert all(row["outcome"] == "ok" and int(row["bytes"]) > 0 for row in rows if row["check"] in CHECKS), rows
        by = {row["check"]: row for row in rows}
        assert by["ping"]["target"] == by["traceroute"]["target"] == "127.0.0.1"
        assert float(by["ping"]["rcvd"]) == float(by["ping"]["sent"]) > 0
        assert by["traceroute"]["hops"] == "1" and by["http"]["status"] == "200"
        assert float(by["throughput"]["down_mbps"]) > 1 and float(by["throughput"]["up_mbps"]) > 1

        page = re.search(r"^the page +(http://\S+)/en/$", text, re.M).group(1)
        for language, word in (("fr", "Latence"), ("en", "atency")):
            with urllib.request.urlopen(f"{page}/{language}/", timeout=30) as answer:
                html = answer.read().decode()
                assert answer.headers["Content-Type"].startswith("text/html")
            assert f'lang="{language}"' in html and word in html
            assert "<svg" in html and "<table" in html
        with urllib.request.urlopen(f"{page}/api/v1/indicators", timeout=30) as answer:
            assert "PER5" in {figure["indicator"] for figure in json.load(answer)}
        without_key = http.client.HTTPConnection(page.removeprefix("http://"), timeout=30)
        without_key.request("GET", "/api/v1/results")
        assert without_key.getresponse().status == 401
    finally:
        rest, _ = lasting.communicate()
    assert re.fullmatch(r"status 130\n\d+\t\d+\n", rest), "no program of it is left"


@pytest.mark.usefixtures("first_run")
def test_its_user_may_ping_meanwhile(machine):
    """In a network of its own, where nobody may, as on a bare Debian."""
    lasting = machine.start(LASTING % "", network=False)
    try:
        text = until_it_lasts(lasting)
    finally:
        rest, _ = lasting.communicate()
    assert "net.ipv4.ping_group_range passe à « 0 65534 », et revient à « 1 0 » à la fin" in text
    assert outcomes(text)["ping"] == "ok", text
    assert rest == "status 130\n1\t0\n"


@pytest.mark.usefixtures("first_run")
def test_where_pings_cannot_be_let_it_goes_on_and_says_why(machine):
    text = machine.run("""
        sudo mount --bind /proc/sys /proc/sys && sudo mount -o remount,bind,ro /proc/sys && deploy/quickstart --once""",
                       1, network=False)
    assert "net.ipv4.ping_group_range ne le permet pas à ce groupe, et ne se change pas d'ici" in text
    found = outcomes(text)
    assert (found["ping"], found["tcp"], found["http"]) == ("denied", "ok", "ok"), text
    assert re.search(r"^ping .* denied .*net.ipv4.ping_group_range", text, re.M), text


WRONG = [("--bogus", "option inconnue : --bogus", "no such option: --bogus"),
         ("--port", "--port : il manque sa valeur", "--port: its value is missing"),
         ("--state-dir", "--state-dir : il manque sa valeur", "--state-dir: its value is missing"),
         ("--port abc", "--port abc : il faut un nombre de 1 à", "--port abc: a number from 1 to"),
         ("--port 99999", "--port 99999 : il faut un nombre de 1 à", "--port 99999: a number from 1 to")]


@pytest.mark.parametrize("line, french, english", WRONG, ids=[row[0] for row in WRONG])
def test_says_what_is_wrong_with_its_options(line, french, english):
    for lang, says in (("", french), ("en_US.UTF-8", english)):
        done = subprocess.run([TOP / "deploy/quickstart", *line.split()], capture_output=True, text=True, timeout=30,
                              env=os.environ | {"LC_ALL": "", "LC_MESSAGES": "", "LANG": lang})
        assert done.returncode == 2 and done.stdout == "", done.stdout + done.stderr
        assert done.stderr.startswith(says) and len(done.stderr.splitlines()) == 1, done.stderr


def test_help_is_in_the_readers_language():
    said = {}
    for lang in ("", "fr_FR.UTF-8", "en_US.UTF-8"):
        env = os.environ | {"LC_ALL": "", "LC_MESSAGES": "", "LANG": lang}
        said[lang] = subprocess.run([TOP / "deploy/quickstart", "--help"], capture_output=True, text=True, check=True, env=env).stdout
    assert said[""] == said["fr_FR.UTF-8"] and said[""].startswith("usage : deploy/quickstart [--once]")
    assert said["en_US.UTF-8"].startswith("usage: deploy/quickstart [--once]")
    options = [re.findall(r"^  (--[a-z-]+)", text, re.M) for text in said.values()]
    assert options[0] == options[2] == ["--once", "--demo", "--state-dir", "--port"], "neither language lacks an option"


def test_refuses_a_state_in_use_and_a_port_that_is_taken(machine):
    state = "build-quickstart/other-state"
    text = machine.run(f"mkdir -p {state}; flock {state}/quickstart.lock deploy/quickstart --once --state-dir {state}", 1)
    assert f"{state} sert déjà" in text
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        text = machine.run(f"deploy/quickstart --once --state-dir {state} --port {port}", 1)
        assert f"le port {port} est déjà pris" in text
    assert "--twice" in machine.run("deploy/quickstart --twice", 2)
