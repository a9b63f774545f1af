"""Fixtures that run the real programs against a real PostgreSQL, each in a state directory of its own."""

import contextlib
import fcntl
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

import wire

sys.path.append(str(Path(__file__).resolve().parents[1] / "net"))
import kept  # noqa: E402
from kept import pytest_terminal_summary  # noqa: E402, F401

PLAIN_ROLLUP = (Path(__file__).resolve().parents[1] / "sql/plain/rollup.psql").read_text()
BUILD = Path(os.environ.get("INTERNETMETRE_BUILD", Path(__file__).resolve().parents[2] / "build"))
ROOM = 3 << 30  # four workers' collectors take a third of it


def pytest_configure(config):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what was started in the background, and by all it starts
    config.addinivalue_line("markers", "root(why): tests/run runs it as root, also for a user who may sudo")
    config.addinivalue_line("markers", "quick: one of those that tell most: tests/run --quick has them alone")
    config.addinivalue_line("markers", "model: looks at what the tests' own model says without one of its rules, or what other people's programs say of what was written; ours do nothing meanwhile")
    config.addinivalue_line("markers", "long(seconds): what its file takes alone: the longest starts first, so that none is waited for")


def pytest_collection_modifyitems(items):
    def seconds(item):
        mark = item.get_closest_marker("long")
        return mark.args[0] if mark else 0

    items.sort(key=seconds, reverse=True)


def pytest_runtest_setup(item):
    mark = item.get_closest_marker("root")
    if mark and os.geteuid() != 0:
        pytest.skip(f"needs root: {mark.args[0]}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(condition, seconds=30, what="it"):
    """Returns what the condition gives once that is true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def pages():
    """The paths of all pages in all languages, as their texts say; of those with members only who knows one can ask."""
    texts = Path(__file__).resolve().parents[2] / "collector/texts"
    found = [(path.parent.name, json.loads(path.read_text())) for path in sorted(texts.glob("*/*.json"))]
    return [f"/{language}/{text['path']}" for language, text in found if "{" not in text.get("path", "{")]


def built(program):
    """Where a program of the build folder lies that few want; nobody else has built it. Two ninjas in a folder take turns."""
    with open(BUILD / "built.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["ninja", "-C", BUILD, program], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
    return BUILD / program


def memory():
    """Where files are memory, when there is enough for all workers; None else, and when somebody says where files go, or keeps them.
    PostgreSQL asks the disk to have written with every commit: no test looks at what a disk did, and each would wait for it."""
    place = Path("/dev/shm")
    if "TMPDIR" in os.environ or "KEEP" in os.environ or not place.is_dir():
        return None
    room = os.statvfs(place)
    available = int(re.search(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.M)[1]) * 1024
    usable = os.access(place, os.W_OK | os.X_OK) and not room.f_flag & (os.ST_NOEXEC | os.ST_RDONLY)
    return place if usable and min(room.f_bavail * room.f_frsize, available) >= ROOM else None


@contextlib.contextmanager
def scratch(place=None):
    """A folder that the unprivileged user, whom the collector becomes when root starts it, can enter."""
    folder = kept.folder("imt-e2e-", place or memory())
    try:
        yield folder
    finally:
        kept.leave(folder)


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def problem(self):
        """The slug of the problem type."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        problem = self.json()
        assert problem["status"] == self.status and problem["title"] and problem["detail"]
        return problem["type"].removeprefix("urn:internetmetre:problem:")


class Collector:
    def __init__(self, folder, **settings):
        self.state = folder / "state"
        self.config = folder / "collector.conf"
        self.log = folder / "serve.log"
        self.settings = settings
        self.env = {"LC_ALL": "en_US.UTF-8"}
        self.move(free_port())
        self.process = None
        self.kept = None  # the postmaster that ran when it started idle, and a connection to it
        self.public = None  # the collector's key, once a probe enrolled

    def move(self, port):
        """To another port; counts from the next start."""
        self.port = port
        settings = {"listen": f"127.0.0.1:{port}"} | self.settings
        self.config.write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        self.config.chmod(0o644)

    # the program

    def command(self, *words):
        return [BUILD / "collector/internetmetre-collector", *words, "--config", self.config, "--state-dir", self.state]

    def run(self, *words, status=0, path=None):
        """What the command printed; its messages when it has to fail, or printed nothing."""
        path = f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=120,
                              env=os.environ | self.env | {"PATH": path})
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout or done.stderr

    def launch(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command("serve"), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env=os.environ | self.env)

    def start(self):
        self.launch()
        wait_until(self.answers, what=f"the collector's start ({self.log.read_text()})")
        return self

    def start_idle(self):
        """It makes no figures by itself: those that are compared are of one state, and no edition comes between two that a test makes."""
        self.settings = self.settings | {"upkeep": "no"}
        self.move(self.port)
        self.prepare()
        self.start()
        if postmaster := self.postmaster():
            self.kept = postmaster, self.database(prepare_threshold=None)
        return self

    def prepare(self):
        """With cluster and schema, unless it has its own: not each waits for initdb and every migration."""
        if not self.state.exists():
            subprocess.run(["cp", "-a", prepared(), self.state], check=True)
        return self

    def release(self):
        if self.kept:
            self.kept[1].close()
            self.kept = None

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        return self.responds()

    def responds(self):
        try:
            return self.request("GET", "/healthz").status == 200
        except OSError:
            return False

    def stop(self):
        self.release()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(60) == 0, self.log.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def postmaster(self):
        """Process id of the embedded PostgreSQL, 0 when there is none."""
        try:
            return int((self.state / "postgresql/postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return 0

    def servers(self):
        """What each process of the embedded PostgreSQL says that it is → its number."""
        postmaster, found = self.postmaster(), {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it ended meanwhile
                state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
                if int(parent) == postmaster and state != "Z":
                    found[(folder / "cmdline").read_text().split("postgres: ")[-1].strip("\0 ")] = int(folder.name)
        return found | {"postmaster": postmaster}

    def break_down(self):
        """One of its servers crashes: the others have to end, and one cannot for the five seconds that it is given."""
        servers = wait_until(lambda: {"checkpointer", "walwriter"} <= (found := self.servers()).keys() and found, what="servers")
        os.kill(servers["walwriter"], signal.SIGSTOP)
        os.kill(servers["checkpointer"], signal.SIGKILL)
        return servers["postmaster"]

    def clean(self):
        """Whatever a test did, nothing of it goes on running."""
        self.release()
        if self.process and self.process.poll() is None:
            self.kill()
        if pid := self.postmaster():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
                wait_until(lambda: not Path(f"/proc/{pid}/cwd").exists(), what="PostgreSQL's end")

    # its interfaces

    def request(self, method, path, body=None, headers=None, timeout=30):
        """In English unless headers say otherwise; one that is None is left out."""
        headers = {"Accept-Language": "en"} | (headers or {})
        headers = {name: value for name, value in headers.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read())
        finally:
            connection.close()

    def push(self, batch, headers=None):
        return self.request("POST", "/api/v1/batches", batch, {"Content-Type": wire.MEDIA_TYPE} | (headers or {}))

    def stored(self, batch, **how):
        """Pushes, and returns the acknowledgement, whose signature is checked."""
        reply = self.push(batch, **how)
        assert reply.status == 200, reply.body + self.log.read_bytes()
        ack = wire.open_statement(self.public, wire.ACK, reply.body)
        assert ack["stored"] == [wire.batch_hash(batch)]
        return ack

    def token(self, *options):
        return self.run("token", "create", *options).strip()

    def enrol(self, probe, token, **members):
        reply = self.request("POST", "/api/v1/probes", probe.enrolment(token, **members))
        if reply.status == 200:
            self.public = json.loads(reply.body.splitlines()[0])["keys"][0]
            assert wire.open_statement(self.public, wire.ENROL, reply.body)["probe"] == probe.id
        return reply

    def probe(self, **members):
        """A probe that is enrolled."""
        probe = wire.Probe()
        reply = self.enrol(probe, self.token(), **members)
        assert reply.status == 200, reply.body + self.log.read_bytes()
        return probe

    def counted(self, since, *seen, by="tests"):
        """Makes lines that count of all probes: they enrolled before they measured, somebody confirmed them, and on the days `seen` each
        pushed from a network of its own, more often than from where it really did."""
        self.sql("UPDATE probe_context SET valid_from = %s", since)
        self.sql("UPDATE probe SET enrolled_at = %s, confirmed_at = %s, confirmed_by = %s", since, since, by)
        for day in seen:
            self.sql("INSERT INTO probe_network SELECT %s::date, probe_no, format('198.51.%%s.0/24', probe_no)::cidr, 1000 FROM probe", day)

    def everybodys(self, targets):
        """Targets, with their kinds, as if tasks of the collector's own schedule measured to them."""
        self.sql("SELECT target_seed(%s::jsonb)", json.dumps([{"name": name, "kind": kind} for name, kind in targets.items()]))

    def database(self, **how):
        """A connection to it, each statement a transaction."""
        return psycopg.connect(host=str(self.state / "run"), dbname="internetmetre", user="internetmetre", autocommit=True, **how)

    def sql(self, query, *values):
        """What it answers. Who compares figures gives hundreds of lines, each in some statements: of what those cost, a connection of their
        own is most. They share the one of before, as long as its server runs."""
        shared = self.kept and self.kept[0] == self.postmaster()
        with contextlib.nullcontext(self.kept[1]) if shared else self.database() as db:
            cursor = db.execute(query, values)
            return cursor.fetchall() if cursor.description else None

    def results_of(self, probe):
        """How many are stored."""
        return self.sql("SELECT count(*) FROM result JOIN probe USING (probe_no) WHERE probe = %s", probe.id)[0][0]

    def batches_of(self, probe):
        """How many are stored."""
        return self.sql("SELECT count(*) FROM batch_key JOIN probe USING (probe_no) WHERE probe = %s", probe.id)[0][0]

    def plainly(self):
        """Makes the days that are listed, and no figures, by plain SQL. Returns how many."""
        with self.database() as db:
            db.execute(PLAIN_ROLLUP)
            return db.execute("SELECT pg_temp.rollup_some(1000000)").fetchone()[0]


class FarCollector(Collector):
    """A collector in a namespace; it is spoken to from in there."""

    def __init__(self, folder, host, listen, **settings):
        super().__init__(folder, listen=listen, **settings)
        self.host, self.listen = host, listen

    def command(self, *words):
        return ["ip", "netns", "exec", self.host.space, *super().command(*words)]

    def request(self, method, path, body=None, headers=None, timeout=30):
        words = [part for name, value in (headers or {}).items() for part in ("-H", f"{name}: {value}")]
        done = subprocess.run(["ip", "netns", "exec", self.host.space, "curl", "-sS", "-w", "\n%{http_code}", "-X", method,
                               *words, f"http://{self.listen}{path}"], capture_output=True, timeout=timeout)
        if done.returncode:
            raise OSError(done.stderr.decode())
        body, status = done.stdout.rsplit(b"\n", 1)
        return Reply(int(status), {}, body)


@pytest.fixture(scope="session")
def collector():
    """One that all tests share which do not stop it."""
    with scratch() as folder:
        c = Collector(folder)
        try:
            yield c.start()
            c.stop()
        finally:
            c.clean()


MADE = []  # the folder of what prepared() gives, once it is there


def prepared():
    """A state directory with its cluster and schema, which nobody starts."""
    if not MADE:
        MADE.append(kept.folder("imt-e2e-", memory()))
        Collector(MADE[0]).run("migrate")
    return MADE[0] / "state"


def pytest_sessionfinish():
    for folder in MADE:
        kept.leave(folder)


@pytest.fixture
def own_collector():
    """One that the test may stop and kill; not started yet."""
    with scratch() as folder:
        c = Collector(folder)
        c.prepare()
        try:
            yield c
            c.stop()
        finally:
            c.clean()


@pytest.fixture
def probe(collector):
    return collector.probe()
