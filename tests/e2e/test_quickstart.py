"""deploy/quickstart in a fresh clone: what a newcomer sees."""
import csv
import fcntl
import http.client
import io
import json
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import urllib.request

import pytest
import zstandard

from conftest import scratch

TOP = pathlib.Path(__file__).resolve().parents[2]
CHECKS = {"ping", "dns", "http", "throughput", "traceroute", "tcp", "stamp"}


def environment(lang):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return kept | ({"LANG": lang} if lang else {})


@pytest.fixture(scope="module")
def clone():
    with scratch() as folder:
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", TOP, folder / "internetmetre"], check=True, timeout=60)
        yield folder / "internetmetre"


def interruptible():
    """A shell cannot trap a signal that it was started with as ignored, as in the background of another shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(clone, *words, lang=None):
    return subprocess.Popen([clone / "deploy/quickstart", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, env=environment(lang), cwd="/", start_new_session=True,
                            preexec_fn=interruptible)


def outcomes(text):
    """The table's rows: check and outcome."""
    return dict(re.findall(r"^([a-z]+)  +.*? (ok|partial|timeout|refused|unreachable|reset|\w+_error|denied|skipped|error)  ",
                           text, re.M))


def programs(clone):
    """Processes that run from the clone, or for a state directory in it."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(clone) in line:
            found.append(line.replace("\0", " "))
    return found


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
        path.write_bytes(zstandard.ZstdCompressor().compress(f'{{"batch":1}}\n{json.dumps(row)}\n{{"sig":""}}\n'.encode()))
    stored = [{name: row[name] for name in row if name != "detail"} for row in rows[1:]]
    table = [TOP / "deploy/quickstart-table", "en", f"--spool={tmp_path}", "ping", "tcp", "stamp"]
    done = subprocess.run(table, input="".join(json.dumps(row) + "\n" for row in stored), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert [re.split(r"  +", line)[2:] for line in done.stdout.splitlines()[1:]] == [
        ["ok", "median RTT 0.5 ms, loss 0 %"], ["denied", "it is not allowed; sysctl allows it"],
        ["partial", "median RTT 2 ms, loss 50 %"], ["timeout", "no answer"]]


def test_once_in_french_exits_0_with_every_check_ok(clone):
    once = start(clone, "--once")
    text, _ = once.communicate(timeout=400)
    assert once.returncode == 0, text
    assert {check: "ok" for check in CHECKS}.items() <= outcomes(text).items(), text
    assert "une série de mesures" in text and "la page          http://127.0.0.1:" in text
    assert programs(clone) == []


def test_goes_on_and_its_rows_and_page_can_be_read(clone):
    """The second run uses the first one's state and speaks English."""
    lasting = start(clone, lang="en_US.UTF-8")
    try:
        text = ""
        for line in lasting.stdout:
            text += line
            if "Ctrl-C" in line:
                break
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
        without_key = http.client.HTTPConnection(page.removeprefix("http://"), timeout=30)
        without_key.request("GET", "/api/v1/results")
        assert without_key.getresponse().status == 401
    finally:
        os.kill(lasting.pid, signal.SIGINT)
        rest, _ = lasting.communicate(timeout=180)
    assert lasting.returncode == 130, rest
    assert programs(clone) == []


def test_refuses_a_state_in_use_and_a_port_that_is_taken(clone):
    state = clone / "build-quickstart/other-state"
    state.mkdir()
    with open(state / "quickstart.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text, _ = (taken := start(clone, "--once", "--state-dir", state)).communicate(timeout=200)
        assert taken.returncode == 1 and f"{state} sert déjà" in text
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        text, _ = (taken := start(clone, "--once", "--state-dir", state, "--port", port)).communicate(timeout=200)
        assert taken.returncode == 1 and f"le port {port} est déjà pris" in text
    text, _ = (wrong := start(clone, "--twice")).communicate(timeout=200)
    assert wrong.returncode == 2 and "--twice" in text
