"""What cannot be right is refused before anything is touched: status 2, one line, with what is wanted and where it is told.
And what is reread on SIGHUP changes nothing when it is wrong."""
import json
import os
import signal
import subprocess

import pytest

from agent import Agent
from conftest import BUILD, scratch, wait_until

pytestmark = pytest.mark.quick
PROGRAMS = {"agent": BUILD / "agent/internetmetre-agent", "collector": BUILD / "collector/internetmetre-collector",
            "target": BUILD / "collector/target/internetmetre-target"}

WRONG = [
    ("agent", "", "a command is missing"),
    ("agent", "mesure ping localhost", "mesure: no such command"),
    ("agent", "checks pong", "pong: no such check"),
    ("agent", "checks --costs", "--costs: checks has no such option"),
    ("agent", "measure", "something is missing"),
    ("agent", "measure ping", "ping needs a target"),
    ("agent", "measure ping localhost --set count=12x", "count cannot be"),
    ("agent", "measure ping localhost --set count=1 --set count=2", "count stands twice"),
    ("agent", "measure ping localhost --set count", "write --set key=value"),
    ("agent", "measure dnssec nic.bj --set type=ANY", "a type of record that a zone signs"),
    ("agent", "run --seconds 12x", "a whole number from 1"),
    ("agent", "run --seconds -1", "a whole number from 1"),
    ("agent", "run --once --once", "--once stands twice"),
    ("agent", "status --json=yes", "--json takes no value"),
    ("agent", "spool", "spool needs a verb: list, verify, export, push"),
    ("agent", "spool list --all", "--all does not go with spool list"),
    ("agent", "spool export", "something is missing; usage: internetmetre-agent spool export DIR [--all]"),
    ("agent", "enroll ftp://x imt_x --yes", "ftp://x"),
    ("agent", "enroll https://300.1.1.1 imt_x --yes", "300.1.1.1"),
    ("agent", "enroll https://x ticket --yes", "imt_"),
    ("agent", "enroll https://x imt_x --yes --country XX", "XX"),
    ("agent", "enroll https://x imt_x --yes --department Atlantis", "Atlantis"),
    ("agent", "enroll https://x imt_x --yes --zone sea", "zone"),
    ("agent", "enroll https://x imt_x --yes --technology pigeon", "technology"),
    ("agent", "enroll https://x imt_x --yes --replaces me", "--replaces me"),
    ("agent", "enroll https://x imt_x --yes --pin short", "--pin short"),
    ("agent", "enroll https://x imt_x --yes --metered --no-metered", "contradict"),
    ("collector", "", "a command is missing"),
    ("collector", "tokens list", "tokens: no such command"),
    ("collector", "serve now", "now: one word too many"),
    ("collector", "migrate --upgrade", "--upgrade: migrate has no such option"),
    ("collector", "token", "token needs a verb: create, list, revoke"),
    ("collector", "token make", "make: token knows no such verb"),
    ("collector", "token create 5", "5: one word too many"),
    ("collector", "token create --uses 12x", "--uses 12x: a whole number from 1 to 100000"),
    ("collector", "token create --uses 0", "--uses 0: "),
    ("collector", "token create --uses -5", "--uses -5: "),
    ("collector", "token create --uses", "--uses needs a value"),
    ("collector", "token create --uses 5 --uses 5", "--uses stands twice"),
    ("collector", "token create --focal-point=", "--focal-point : a text of 1 to 60"),
    ("collector", "token create --focal-point \udcff", "a text of 1 to 60"),
    ("collector", "token create --expires yesterday", "--expires yesterday: a duration such as 30d or a day"),
    ("collector", "token create --expires 2026-02-30", "--expires 2026-02-30: "),
    ("collector", "simulate", "--probes, --days and --seed are wanted; or --remove"),
    ("collector", "simulate --probes 1 --days 1 --seed 1 --batches --rollups", "contradict each other"),
    ("collector", "simulate --remove --seed 1", "--remove takes all of it away"),
    ("collector", "token create --expires 2020-01-01", "--expires 2020-01-01: this is past"),
    ("collector", "token create --expires 99999999d", "--expires 99999999d: "),
    ("collector", "token create --count 0", "--count 0: a whole number from 1 to 1000"),
    ("collector", "token list --uses 5", "--uses does not go with token list"),
    ("collector", "token revoke", "something is missing; usage: internetmetre-collector token revoke NUMBER|TOKEN"),
    ("collector", "token revoke 12x", "12x: a number of the list"),
    ("collector", "token revoke imk_0123456789abcdef0123456789abcdef", "imt_"),
    ("collector", "probe show somebody", "somebody: a probe's name is wanted"),
    ("collector", "probe forget " + "A" * 20, "a probe's name is wanted"),
    ("collector", "probe confirm", "something is missing"),
    ("collector", "probe confirm somebody", "somebody: a probe's name is wanted"),
    ("collector", "probe revoke aaaaaaaaaaaaaaaaaaaa --undo", "--undo does not go with probe revoke"),
    ("collector", "probe set aaaaaaaaaaaaaaaaaaaa", "something is missing"),
    ("collector", "probe set aaaaaaaaaaaaaaaaaaaa commune", "commune: a probe's name is wanted"),
    ("collector", "probe set aaaaaaaaaaaaaaaaaaaa colour=red", "colour=red: KEY=VALUE is wanted, with one of these keys: department"),
    ("collector", "probe set aaaaaaaaaaaaaaaaaaaa zone=sea", "zone=sea: one of these is wanted: urban, rural"),
    ("collector", "probe list --reason x", "--reason does not go with probe list"),
    ("collector", "key create \u0007", "a name of 1 to 100 letters"),
    ("collector", "key revoke 0", "0: a number of the list"),
    ("collector", "key succeed --keep 90", "--keep 90: a duration"),
    ("collector", "key succeed --keep -3d", "--keep -3d: a duration"),
    ("collector", "key list --keep 3d", "--keep does not go with key list"),
    ("collector", "load", "something is missing"),
    ("collector", "rebuild --from yesterday", "--from yesterday: a day such as"),
    ("collector", "rebuild --from 2026-02-02 --to 2026-02-01", "--from 2026-02-02 is later than --to 2026-02-01"),
    ("collector", "rollup --from 2026-13-01", "--from 2026-13-01: a day such as"),
    ("collector", "rollup --to 2026-02-01x", "--to 2026-02-01x: a day such as"),
    ("collector", "rollup --from 2026-02-02 --to 2026-02-01", "--from 2026-02-02 is later than --to 2026-02-01"),
    ("collector", "rollup 2026-02-02", "2026-02-02: one word too many"),
    ("collector", "import", "a file is missing"),
    ("collector", "import xls x", "xls: import knows no such verb, only: csv, worldbank, datapackage, plans, market, economy, events, pfx2as, vrp, carrier-nat, comments, list, undo"),
    ("collector", "import csv", "a file is missing"),
    ("collector", "import csv x --template", "one of a file, --template and --undo is wanted"),
    ("collector", "import carrier-nat x --undo", "one of a file, --template and --undo is wanted"),
    ("collector", "import pfx2as --template", "there is no template"),
    ("collector", "import csv --undo", "--undo does not go with import csv"),
    ("collector", "import undo", "something is missing"),
    ("collector", "import undo 0", "0: the number of an import is wanted"),
    ("collector", "import list --template", "--template does not go with import list"),
    ("collector", "indicators", "--year is missing; or name an indicator"),
    ("collector", "indicators --year 26", "--year 26: a year of four digits"),
    ("collector", "indicators --year 2026 --format xml", "--format xml: one of these is wanted: table, csv, json"),
    ("collector", "indicators explain NONE", "NONE: no indicator"),
    ("collector", "indicators explain PER1 --format csv", "--format does not go with indicators explain"),
    ("collector", "indicators close", "--year is missing; a year of four digits"),
    ("collector", "indicators compare --from 1", "--year is missing; a year of four digits"),
    ("collector", "indicators close --year 2025 --format csv", "--format does not go with indicators close"),
    ("collector", "indicators --year 2025 --edition 0", "--edition 0: a whole number from 1"),
    ("collector", "indicators compare --year 2025 --by me", "--by does not go with indicators compare"),
    ("collector", "framework adopt --reason", "--reason"),
    ("collector", "framework answer 1 --verdict maybe", "--verdict maybe: one of these is wanted: taken, partly, not-taken"),
    ("collector", "framework answer 1 --verdict taken", "--text is missing"),
    ("collector", "framework rate QAL1 --score 5", "--score 5: a whole number from 0 to 4"),
    ("collector", "framework rate QAL1 --score 3 --why x --source hearsay", "--source hearsay: an address that begins with"),
    ("collector", "report --out x", "--year is missing"),
    ("collector", "report --year 2026", "--out is missing"),
    ("collector", "report --countries BJ,SN --out x", "--year is missing"),
    ("collector", "report --countries BJ,SN --year 2026 --country SN --out x", "--country does not go with --countries"),
    ("collector", "report --countries BJ,TG --year 2026 --out x", '"BJ,TG" is no list of countries with a pack'),
    ("collector", "report --compare 2026,2025 --out x", '"2026,2025" is no list of years'),
    ("collector", "report --year 26 --out x", "--year 26: a year of four digits is wanted"),
    ("collector", "report --year 2026 --out x --country TG", '"TG" has no country pack; there are: BJ, ML, SN'),
    ("collector", "report --press --out x", "--year is missing"),
    ("collector", "report --press --year 2026 --out x --embargo soon", "--embargo soon: "),
    ("collector", "report --review MTN --out x", "--year is missing"),
    ("collector", "report --review MTN --press --year 2026 --out x", "are two documents"),
    ("collector", "report --year 2026 --out x --embargo 2027-03-01", "--embargo goes with --press alone"),
    ("collector", "report --press --year 2026 --out x --until 2027-03-01", "--until goes with --review alone"),
    ("collector", "report --activity --year 2026 --out x --freeze", "--freeze is of the yearly report"),
    ("collector", "report --month 2026-13 --out x", '"2026-13" is no month; write one as 2026-11'),
    ("collector", "report --quarter 2026-11 --out x", '"2026-11" is no quarter; write one as 2026-Q3'),
    ("collector", "report --month 2026-11 --quarter 2026-Q3 --out x", "--month and --quarter are two documents"),
    ("collector", "report --month 2026-11 --year 2026 --out x", "leave --year out"),
    ("collector", "report --month 2026-11 --freeze --out x", "--freeze is of the yearly report"),
    ("collector", "report --year 2026 --email --out x", "--email is of a bulletin"),
    ("collector", "framework open 20/27", "20/27: the name of an edition is wanted"),
    ("target", "", "a command is missing"),
    ("target", "run", "run: no such command"),
    ("target", "serve twice", "twice: one word too many"),
    ("target", "serve --state-dir x", "--state-dir: serve has no such option"),
    ("target", "serve --listen nowhere", "listen = nowhere: not allowed"),
    ("target", "serve --listen 127.0.0.1:99999", "listen = 127.0.0.1:99999: not allowed"),
]
WRONG += [(program, line, says) for program, command in (("agent", "status"), ("collector", "token list"), ("target", "serve"))
          for line, says in ((f"{command} --config", "--config needs a value"), (f"{command} --config=", "a path is wanted"),
                             (f"{command} --config a --config b", "--config stands twice"), (f"{command} -c", "-c: options are"),
                             (f"{command} --config /nonexistent/x.conf", "/nonexistent/x.conf"))]


@pytest.mark.parametrize("program, line, says", WRONG, ids=lambda value: ascii(value).replace(" ", "_"))
def test_what_does_not_fit_is_refused(tmp_path, program, line, says):
    state = tmp_path / "state"
    argv = [PROGRAMS[program], *line.split(" "), *([] if program == "target" else ["--state-dir", state])]
    done = subprocess.run([word for word in argv if word != ""], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "en_US.UTF-8"}, errors="surrogateescape")
    assert done.returncode == 2 and done.stdout == "", done.stdout + done.stderr
    assert says in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    assert not state.exists()


@pytest.mark.parametrize("program, line, says", [
    ("agent", "run --seconds 12x", "--seconds 12x : il faut"), ("collector", "token create --uses 0", "--uses 0 : il faut"),
    ("collector", "token revoke 12x", "12x : il faut"),
])
def test_what_is_refused_stands_before_its_colon_as_french_writes_it(tmp_path, program, line, says):
    done = subprocess.run([PROGRAMS[program], *line.split(), "--state-dir", tmp_path / "state"], capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "fr_FR.UTF-8"})
    assert done.returncode == 2 and says in done.stderr, done.stderr


# ---- the collector's schedule, a file beside the configuration ----

TASK = {"name": "a", "check": "ping", "target": "192.0.2.1", "interval_s": 60}


@pytest.mark.parametrize("schedule, says", [
    (None, "No such file"), ("{", "schedule.json"), ({"version": 1, "tasks": []}, "\"schedule\""),
    ({"schedule": 1, "version": 0, "tasks": []}, "\"version\""), ({"schedule": 1, "version": 1}, "\"tasks\""),
    ({"schedule": 1, "version": 1, "tasks": [TASK, TASK]}, "task 2: task \"a\" stands twice"),
    ({"schedule": 1, "version": 1, "tasks": [TASK | {"check": "pong"}]}, "task 1: a: no such check, \"pong\""),
    ({"schedule": 1, "version": 1, "tasks": [TASK | {"interval_s": 0}]}, "task 1: \"interval_s\""),
    ({"schedule": 1, "version": 1, "tasks": [TASK | {"name": "identity-a-root"}]}, "packs, dns: task 1"),
])
def test_a_schedule_that_probes_would_not_take_is_refused(schedule, says):
    with scratch() as folder:
        path, config = folder / "schedule.json", folder / "collector.conf"
        if schedule is not None:
            path.write_text(schedule if isinstance(schedule, str) else json.dumps(schedule))
        config.write_text(f"listen = 127.0.0.1:0\nschedule = {path}\n")
        done = subprocess.run([PROGRAMS["collector"], "serve", "--config", config, "--state-dir", folder / "state"], timeout=60,
                              capture_output=True, text=True, env=os.environ | {"LC_ALL": "en_US.UTF-8"})
        assert done.returncode == 2 and says in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
        assert not (folder / "state/postgresql").exists()


# ---- SIGHUP ----

def test_the_collector_keeps_its_settings_when_the_new_ones_are_wrong(own_collector):
    c = own_collector
    c.start()
    good = c.config.read_text()

    def reread(says):
        at = len(c.log.read_text())
        c.process.send_signal(signal.SIGHUP)
        wait_until(lambda: says in c.log.read_text()[at:], what=says)

    c.config.write_text(good + "log_level = debug\ncountry = XX\n")
    reread("line 3: country = XX: not allowed; allowed: BJ")
    c.config.write_text(good + "log_level = debug\nwriters = 3\n")
    reread("changed, and counts from the next start on: writers")
    c.config.unlink()
    reread("the earlier settings stay")
    assert "debug: " in c.log.read_text() or c.answers()
    c.config.write_text(good)


def test_the_probe_keeps_its_vetoes_when_the_new_ones_are_wrong(collector):
    with scratch() as folder:
        agent = Agent(folder)
        tasks = {"gateway": {"check": "ping", "target": "127.0.0.1", "interval": "1s"}}
        agent.configure(tasks, forbid="ping")
        agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
        agent.start()
        try:
            wait_until(lambda: "0 tasks" in agent.log.read_text(), what="the start")
            agent.configure(tasks, forbid="pingg")
            agent.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "forbid = pingg" in agent.log.read_text(), what="the refusal")
            assert "the configuration stays as it was" in agent.log.read_text()
            agent.configure(tasks, forbid="traceroute", collector="http://127.0.0.1:9")
            agent.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "read anew: 1 tasks" in agent.log.read_text(), what="the reading")
            assert "counts from the next start on: collector" in agent.log.read_text()
            agent.stop()
        finally:
            agent.clean()
