"""A collector whose disk is lost comes back as deploy/BACKUP.md says. The commands and settings are the page's own: only the
paths, the owner and the service manager are replaced by those of the test."""
import os
import pwd
import re
import shutil
import signal
import subprocess
import textwrap
from pathlib import Path

import pytest
import wire
from agent import Agent, exactly_once, stored
from conftest import scratch, wait_until
from wire import ping

PAGE = Path(__file__).resolve().parents[2] / "deploy/BACKUP.md"
OFTEN = {f"p{n}": {"check": "ping", "target": "127.0.0.1", "interval": "1s", "count": "1"} for n in range(3)}
QUICK = {"seal_interval": "1s", "journal_sync": "1s", "retry_max": "1s"}
RESULTS = "result", "result_problem", "epoch", "delegation_server", "edns_server"
ROLLUPS = "rollup_day", "rollup_day_sketch"


def block(section, word):
    """The one block of the page, within its section, that has this word: text that stands four places in after an empty
    line."""
    text = PAGE.read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    found = [textwrap.dedent(b) for b in re.split(r"\n\n+", text) if b.startswith("    ") and word in b]
    assert len(found) == 1, f"{len(found)} blocks with {word}"
    return found[0]


class Site:
    """A collector, its backup and somebody who follows the page."""

    def __init__(self, folder, collector):
        self.folder, self.collector = folder, collector
        self.owner = pwd.getpwuid(collector.state.stat().st_uid).pw_name

    def here(self, text):
        text = text.replace("/var/lib/internetmetre/collector", str(self.collector.state))
        text = re.sub(r"(-o |chown -R )internetmetre-collector", rf"\g<1>{self.owner}", text)
        return re.sub(r"(?<![\w.-])/backup", str(self.folder / "backup"), text)

    def follow(self, section, word):
        for line in self.here(block(section, word)).splitlines():
            program, *words = line.split()
            if program == "systemctl":
                assert words[1:] == ["internetmetre-collector"]
                for verb in {"restart": ["stop", "start"]}.get(words[0], words[:1]):
                    getattr(self.collector, verb)()
            elif program == "internetmetre-collector":
                self.collector.run(*words)
            else:
                subprocess.run(["bash", "-c", line], check=True, timeout=60, cwd=self.folder)

    def configure(self, text):
        with open(self.collector.state / "postgresql/postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(text + "\n")

    def archive(self):
        self.follow("Embedded PostgreSQL", "install -d")
        self.configure(self.here(block("Embedded PostgreSQL", "archive_command")))
        self.follow("Embedded PostgreSQL", "restart")

    def back_up(self):
        if not (self.folder / "backup").exists():
            self.follow("Embedded PostgreSQL", "install -d")
        self.follow("Embedded PostgreSQL", "pg_basebackup")

    def archived(self):
        """Waits until the write-ahead log, up to now, is in the backup."""
        [(name,)] = self.collector.sql("SELECT pg_walfile_name(pg_switch_wal())")
        wait_until((self.folder / "backup/wal" / name).exists, what=f"the archiving of {name}")

    def lose_the_disk(self):
        pid = self.collector.postmaster()
        self.collector.kill()
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: not Path(f"/proc/{pid}/cwd").exists(), what="PostgreSQL's end")
        shutil.rmtree(self.collector.state)
        self.collector.state = self.folder / "restored"

    def put_back(self, log):
        self.follow("Restore", "base")
        if log:
            self.follow("Restore", "recovery.signal")
            # A far archive: the collector must not take a database that still reads its log for one that is ready.
            self.configure(self.here("restore_command = 'sleep 0.5; cp /backup/wal/%f %p'"))
        self.follow("Restore", "tombstones")
        self.follow("Restore", "chown")
        self.follow("Restore", "probe list")


@pytest.fixture
def site(own_collector):
    with scratch() as folder:
        own_collector.start()
        yield Site(folder, own_collector)
        own_collector.stop()


@pytest.fixture
def agent(site):
    a = Agent(site.folder)
    a.configure(OFTEN, **QUICK)
    a.run("enroll", f"http://127.0.0.1:{site.collector.port}", site.collector.token(), "--yes")
    try:
        yield a
    finally:
        a.clean()


def more(collector, agent, count=2):
    """Waits for so many more batches of a running agent."""
    before = len(stored(collector, agent.name()))
    wait_until(lambda: len(stored(collector, agent.name())) >= before + count, what="the next batches")


def rows(collector, tables):
    return {t: collector.sql(f"SELECT to_jsonb(r)::text FROM {t} r ORDER BY 1") for t in tables}


def reads(collector, key):
    return collector.request("GET", "/api/v1/results?limit=1", headers={"Authorization": f"Bearer {key}"}).status


def is_whole(collector, agent):
    count = exactly_once(collector, agent)
    assert collector.sql("SELECT count(*) FROM chain_hole") == [(0,)] and collector.sql("SELECT count(*) FROM fork") == [(0,)]
    assert "missing" not in collector.run("probe", "show", agent.name())
    assert not agent.files() and not agent.files("rejected")
    return count


def is_made_again(collector):
    """Rows that are gone come from the ledger, days and figures from them."""
    today = wire.now()[:10]
    collector.run("rollup", "--from", "2026-01-01")
    before = rows(collector, RESULTS + ROLLUPS)
    assert all(before[t] for t in ("result", "epoch", *ROLLUPS))
    collector.sql(f"TRUNCATE {', '.join(RESULTS)}")
    collector.run("rebuild")
    assert rows(collector, RESULTS) == {t: before[t] for t in RESULTS}
    for table in ROLLUPS:  # the days of a probe that was forgotten stay, and could not be made again
        collector.sql(f"DELETE FROM {table} WHERE probe_no IN (SELECT probe_no FROM result)")
    collector.run("rollup", "--from", "2026-01-01", "--to", today)
    assert rows(collector, ROLLUPS) == {t: before[t] for t in ROLLUPS}


def test_lost_disk_with_archived_log(site, agent):
    c = site.collector
    token, key = c.token("--uses", "5"), c.run("key", "create", "before the loss").strip()
    site.archive()
    agent.start()
    more(c, agent)
    gone = c.probe(contact="Afi")
    c.stored(gone.batch([ping()]))
    for _ in range(2):  # the second takes the first's place
        site.back_up()
    more(c, agent)
    c.run("probe", "forget", gone.id)
    site.follow("Embedded PostgreSQL", "cp -a")
    late_key = c.run("key", "create", "after the base backup").strip()
    safe = stored(c, agent.name())
    site.archived()
    more(c, agent)
    agent.stop()
    held = stored(c, agent.name())
    assert len(held) >= len(safe) + 2
    site.lose_the_disk()

    site.put_back(log=True)
    back = stored(c, agent.name())
    assert safe.items() <= back.items() and back != held, "the archived log and no more"
    agent.run("run", "--once")
    assert held.items() <= stored(c, agent.name()).items()
    assert is_whole(c, agent) == sum(map(len, agent.sealed().values()))
    assert c.push(gone.batch([ping()])).problem() == "forgotten-probe"
    assert c.results_of(gone) == 0
    assert reads(c, key) == reads(c, late_key) == 200
    assert c.enrol(wire.Probe(), token).status == 200
    is_made_again(c)
    site.archived()  # the log goes on, under a name of its own


def test_lost_disk_with_a_base_backup_alone(site, agent):
    """What only the backup holds is as old as the backup; what agents hold comes back."""
    c = site.collector
    token, key = c.token(), c.run("key", "create", "before").strip()
    gone = c.probe()
    c.stored(gone.batch([ping()]))
    agent.start()
    more(c, agent)
    site.back_up()
    more(c, agent)
    agent.stop()
    c.run("probe", "forget", gone.id)
    site.follow("Embedded PostgreSQL", "cp -a")
    late_token, late_key = c.token(), c.run("key", "create", "after").strip()
    late = Agent(site.folder / "late")
    late.state.parent.mkdir()
    late.configure(OFTEN, **QUICK)
    late.run("enroll", f"http://127.0.0.1:{c.port}", c.token(), "--yes")
    late.run("run", "--once")
    held = stored(c, agent.name())
    site.lose_the_disk()

    site.put_back(log=False)
    assert "probes forgotten again, as their tombstones say: 1" in c.log.read_text()
    assert c.push(gone.batch([ping()])).problem() == "forgotten-probe"
    back = stored(c, agent.name())
    assert back and back.items() < held.items()
    agent.run("run", "--once")
    assert held.items() <= stored(c, agent.name()).items()
    is_whole(c, agent)
    assert reads(c, key) == 200 and reads(c, late_key) == 401
    assert c.enrol(wire.Probe(), token).status == 200
    assert c.enrol(wire.Probe(), late_token).status == 403
    name = late.name()
    late.run("run", "--once", status=1)
    assert len(late.files("rejected")) == 1
    late.run("enroll", f"http://127.0.0.1:{c.port}", c.token(), "--yes")
    assert late.name() == name
    late.run("run", "--once")
    is_whole(c, late)
    is_made_again(c)


def test_rebuild_makes_nothing_of_what_the_ledger_does_not_hold(site):
    c = site.collector
    probe = c.probe(contact="Afi", department="BJ-BO")
    c.stored(probe.batch([ping()]))
    for table in ("api_key", "probe_contact", "probe_context", "probe_key"):
        c.sql(f"DELETE FROM {table}")
    c.run("rebuild")
    c.run("rollup", "--from", "2026-01-01")
    for table in ("api_key", "probe_contact", "probe_context", "probe_key"):
        assert c.sql(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert c.sql("SELECT count(*) FROM result") == [(1,)]


def test_archiving_bears_a_broken_copy_and_a_second_try(site):
    """PostgreSQL may ask again for what it was told is archived, and a power cut leaves half a copy."""
    (site.folder / "backup/wal").mkdir(parents=True)
    command = re.search(r"archive_command = '(.*)'", block("Embedded PostgreSQL", "archive_command"))[1]
    segment = site.folder / "segment"
    segment.write_bytes(os.urandom(9000))

    def archive(name):
        done = site.here(command).replace("%p", str(segment)).replace("%f", name)
        return subprocess.run(["sh", "-c", done], check=False).returncode

    (site.folder / "backup/wal/.1").write_bytes(b"half")
    assert archive("1") == 0 and archive("1") == 0
    copy = site.folder / "backup/wal/1"
    assert copy.read_bytes() == segment.read_bytes()
    copy.write_bytes(b"of another server")
    assert archive("1") != 0 and copy.read_bytes() == b"of another server"
