"""The real agent, run in a state directory of its own, and what its disk and the collector's database hold of it."""
import json
import os
import signal
import subprocess
from pathlib import Path

import wire

BUILD = Path(os.environ.get("INTERNETMETRE_BUILD", Path(__file__).resolve().parents[2] / "build"))


class Agent:
    def __init__(self, folder, prefix=()):
        self.state, self.config, self.log = folder / "agent", folder / "agent.conf", folder / "agent.log"
        self.prefix = prefix
        self.env = {"LC_ALL": "en_US.UTF-8"}
        self.process = None
        self.hashes = {}

    def configure(self, tasks, **settings):
        """tasks: name → members of its section; "check" comes first."""
        settings = {"allow_private_targets": "yes", "schedule": "off"} | settings
        text = "".join(f"{key} = {value}\n" for key, value in settings.items())
        for name, members in tasks.items():
            text += f"\n[task {name}]\n" + "".join(f"{key} = {value}\n" for key, value in members.items())
        self.config.write_text(text)

    def command(self, *words):
        return [*self.prefix, BUILD / "agent/internetmetre-agent", *words, "--config", self.config,
                "--state-dir", self.state]

    def run(self, *words, status=0):
        return self.done(words, status).stdout

    def fails(self, *words, status=1):
        """What it says on standard error."""
        return self.done(words, status).stderr

    def done(self, words, status):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=120,
                              env=os.environ | self.env)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command("run"), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env=os.environ | self.env)
        return self

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(30) == 0, self.log.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def clean(self):
        if self.alive():
            self.kill()

    # its disk

    def files(self, place=""):
        return sorted((self.state / "spool" / place).glob("*.batch"))

    def batches(self):
        """The file of every batch it sealed and still has, by hash."""
        for path in self.files() + self.files("acked"):
            if path.name not in self.hashes:
                self.hashes[path.name] = wire.batch_hash(path.read_bytes())
        return {self.hashes[path.name]: path for path in self.files() + self.files("acked")}

    def sealed(self):
        """Every batch it sealed and still has: hash → its results."""
        batches = {}
        for path in self.files() + self.files("acked"):
            file = path.read_bytes()
            batches[wire.batch_hash(file)] = [json.loads(line) for line in wire.results_of(file).splitlines()]
        return batches

    def open_results(self):
        """What the journal holds: every whole line."""
        lines = [line for path in (self.state / "journal").glob("*.ndjson") for line in path.read_bytes().splitlines(True)]
        return [json.loads(line) for line in lines if line.startswith(b'{"task"') and line.endswith(b"\n")]

    def name(self):
        return json.loads((self.state / "identity.json").read_text())["probe"]


def key_of(result):
    """Two results of one probe never share it."""
    return result["task"], result["mono_us"], result["at"]


def stored(collector, probe):
    """Every batch of the probe in the ledger: hash → ordinals of its results, each a row, or listed because the probe did
    not know the time yet (a restarted agent asks the collector for it, who may be away)."""
    rows = collector.sql(
        "SELECT encode(k.hash, 'hex'), ARRAY(SELECT ordinal FROM result r WHERE (r.probe_no, r.batch_no) = (k.probe_no, k.batch_no)"
        " UNION ALL SELECT ordinal FROM result_problem r WHERE (r.probe_no, r.batch_no) = (k.probe_no, k.batch_no)"
        " AND reason = 'clock' ORDER BY 1)"
        " FROM probe p JOIN batch_key k USING (probe_no) WHERE p.probe = %s", probe)
    assert len(rows) == len({hash for hash, _ in rows})
    return dict(rows)


def exactly_once(collector, agent):
    """Every sealed result is in the database once, and nothing else of this probe is; returns how many."""
    sealed = {hash: list(range(len(results))) for hash, results in agent.sealed().items()}
    held = stored(collector, agent.name())
    wrong = {hash: (sealed.get(hash), held.get(hash)) for hash in sealed.keys() | held.keys()
             if sealed.get(hash) != held.get(hash)}
    assert not wrong, f"of {len(sealed)} batches, sealed and stored differ: {wrong}"
    return sum(map(len, sealed.values()))
