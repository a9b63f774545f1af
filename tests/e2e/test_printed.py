"""A command whose words did not get out has failed, and a secret that nobody saw does not count.

What there is to try is read from the programs' own help: a command or a verb that has no row here fails a test.
"""
import itertools
import os
import re
import shutil
import string
import subprocess

import pytest

from agent import Agent
from conftest import BUILD, scratch

PROGRAMS = {"agent": BUILD / "agent/internetmetre-agent", "collector": BUILD / "collector/internetmetre-collector",
            "target": BUILD / "collector/target/internetmetre-target"}
ENGLISH = os.environ | {"LC_ALL": "en_US.UTF-8"}


def help_of(program, *words):
    return subprocess.run([PROGRAMS[program], *words, "--help"], capture_output=True, text=True, check=True, env=ENGLISH).stdout


def commands_of(program):
    return re.findall(r"^  ([a-z][a-z-]*) +\S", help_of(program).partition("\n\nOptions")[0], re.M)


def forms():
    """(program, command, verb) of every line of usage; the verb is "" where there is none."""
    found = set()
    for program in PROGRAMS:
        for command in commands_of(program):
            block = help_of(program, command).partition("\n\n")[0]
            lines = re.findall(rf"internetmetre-{program} {command}(?: (.*))?$", block, re.M)
            assert lines, block
            found |= {(program, command, verb[1] if (verb := re.match(r"([a-z][a-z0-9-]*)( |$)", line)) else "") for line in lines}
    return found


SILENT = "says what it does in its log"
# Where what stands in braces is made anew for each try. More than one line of words: each is tried.
ROWS = {
    ("agent", "checks", ""): ["checks", "checks ping", "checks --cost"],
    ("agent", "measure", ""): ["measure tcp 127.0.0.1 --set port=9", "measure tcp 127.0.0.1 --set port=9 --json"],
    ("agent", "enroll", ""): ["enroll {url} {token} --yes"],
    ("agent", "run", ""): SILENT,
    ("agent", "status", ""): ["status", "status --json", "status --state-dir /nonexistent"],
    ("agent", "spool", "list"): ["spool list"],
    ("agent", "spool", "verify"): ["spool verify"],
    ("agent", "spool", "export"): ["spool export {folder}"],
    ("agent", "spool", "push"): ["spool push"],
    ("agent", "rotate-key", ""): ["rotate-key"],
    ("agent", "leave", ""): ["leave --yes", "leave --yes --forget"],
    ("collector", "serve", ""): SILENT,
    ("collector", "migrate", ""): SILENT,
    ("collector", "token", "create"): ["token create", "token create --focal-point nobody --uses 1 --expires 1d", "token create --count 2"],
    ("collector", "token", "list"): ["token list"],
    ("collector", "token", "revoke"): SILENT,
    ("collector", "probe", "list"): ["probe list"],
    ("collector", "probe", "show"): ["probe show {probe}"],
    ("collector", "probe", "confirm"): ["probe confirm {probe}", "probe confirm {probe} --undo"],
    ("collector", "probe", "set"): ["probe set {probe} commune=Kandi", "probe set {probe} zone="],
    ("collector", "probe", "revoke"): SILENT,
    ("collector", "probe", "forget"): ["probe forget {probe}"],
    ("collector", "operator", "list"): ["operator list"],
    ("collector", "operator", "accept"): ["operator accept {operator}", "operator accept {operator} --why known"],
    ("collector", "operator", "merge"): ["operator merge {operator} ISOCEL"],
    ("collector", "operator", "reject"): ["operator reject {operator}"],
    ("collector", "key", "create"): ["key create somebody"],
    ("collector", "key", "list"): ["key list"],
    ("collector", "key", "revoke"): SILENT,
    ("collector", "key", "succeed"): ["key succeed --recovery {state}/recovery.key --state-dir {state}"],
    ("collector", "load", ""): ["load /nonexistent"],
    ("collector", "rebuild", ""): ["rebuild --to 2001-01-01"],
    ("collector", "rollup", ""): SILENT,
    ("collector", "import", "csv"): SILENT,
    ("collector", "import", "worldbank"): SILENT,
    ("collector", "import", "datapackage"): SILENT,
    ("collector", "import", "events"): ["import events --template"],
    ("collector", "import", "admit"): SILENT,
    ("collector", "import", "plans"): ["import plans --template"],
    ("collector", "import", "market"): ["import market --template"],
    ("collector", "import", "economy"): ["import economy --template"],
    ("collector", "import", "pfx2as"): SILENT,
    ("collector", "import", "vrp"): SILENT,
    ("collector", "import", "carrier-nat"): ["import carrier-nat --template"],
    ("collector", "import", "comments"): ["import comments --template"],
    ("collector", "import", "list"): ["import list", "import list --format json"],
    ("collector", "import", "undo"): SILENT,
    ("collector", "import", ""): ["import --template", "import csv --template"],
    ("collector", "indicators", ""): ["indicators --year 2025", "indicators --year 2025 --format json", "indicators --year 2025 --format table"],
    ("collector", "indicators", "list"): ["indicators list", "indicators list --format csv", "indicators list --format json"],
    ("collector", "indicators", "explain"): ["indicators explain PER1"],
    ("collector", "indicators", "close"): ["indicators close --year {year}"],
    ("collector", "indicators", "versions"): ["indicators versions", "indicators versions --year {year}"],
    ("collector", "indicators", "verify"): SILENT,  # where the ledger has no batch of such a year
    ("collector", "indicators", "goals"): ["indicators goals --year 2025", "indicators goals --year 2025 --format json"],
    ("collector", "indicators", "compare"): ["indicators compare --year {year}", "indicators compare --year {year} --format json"],
    ("collector", "indicators", "export"): ["indicators export --consultation --out {paper}"],
    ("collector", "framework", "list"): ["framework list"],
    ("collector", "report", ""): ["report --year 2026 --out {paper}", "report --press --year 2026 --out {paper}", "report --compare 2025,2026 --out {paper}", "report --activity --year 2026 --out {paper}"],
    ("collector", "framework", "open"): ["framework open 2027 --country {country}"],
    ("collector", "framework", "show"): ["framework show --country {open}"],
    ("collector", "framework", "propose"): ["framework propose PER1 --country {open}"],
    ("collector", "framework", "retire"): ["framework retire PER2 --country {open} --why why"],
    ("collector", "framework", "comments"): ["framework comments --country {open}", "framework comments 1 --country {open}"],
    ("collector", "framework", "answer"): ["framework answer 1 --country {open} --verdict taken --text text"],
    ("collector", "framework", "unname"): ["framework unname 1 --country {open} --organisation"],
    ("collector", "framework", "rate"): ["framework rate ZED1 --country {open} --score 2 --why why --source https://example.org/"],
    ("collector", "framework", "adopt"): ["framework adopt --country {open} --reason trial"],
    ("collector", "simulate", ""): ["simulate --remove"],
    ("target", "serve", ""): SILENT,
}
YEARS = itertools.count(1900)  # long before any figure of another test
COUNTRIES = map("".join, itertools.product("QXZ", string.ascii_uppercase))
TRIED = [(program, line) for (program, *_), lines in ROWS.items() if lines != SILENT for line in lines]
TRIED += [(program, line) for program in PROGRAMS for line in ("--help", "--version", "--sample-config")]
TRIED += [(program, f"{command} --help") for program, command in sorted({key[:2] for key in ROWS})]


def test_every_command_has_a_row():
    assert forms() == ROWS.keys()


@pytest.mark.parametrize("program, command", sorted({key[:2] for key in ROWS if key[2]}))
def test_usage_names_every_verb(program, command):
    """That of the reader of the command line, too."""
    said = subprocess.run([PROGRAMS[program], command, "no-such-verb"], capture_output=True, text=True, env=ENGLISH)
    assert said.returncode == 2 and len(said.stderr.splitlines()) == 1
    verbs = re.search(r"only: ([a-z0-9, -]+)", said.stderr)[1].split(", ")
    assert set(verbs) == {key[2] for key in ROWS if key[:2] == (program, command)} - {""}


# ---- places where nothing can be printed ----

def full(command):
    with open("/dev/full", "w") as out:
        return subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, timeout=120, env=ENGLISH)


def reader_gone(command):
    reader, out = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, timeout=120, env=ENGLISH)
    finally:
        os.close(out)


def closed(command):
    """Where nothing is open, the next file that is opened must not take what is printed."""
    return subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE, text=True, timeout=120, env=ENGLISH)


NOWHERE = [full, reader_gone, closed]


@pytest.fixture(scope="module")
def enrolled(collector):
    with scratch() as folder:
        agent = Agent(folder)
        agent.configure({})
        agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
        yield agent


@pytest.fixture
def words(collector, enrolled):
    with scratch() as folder:
        yield maker(collector, enrolled, folder)


def maker(collector, enrolled, here):
    """Makes the whole command, and what its braces name."""
    def make(program, line):
        made = {}
        if "{url}" in line:
            made |= {"url": f"http://127.0.0.1:{collector.port}", "token": collector.token()}
        if "{probe}" in line:
            made["probe"] = collector.probe().id
        if "{operator}" in line:
            made["operator"] = f"Printed{os.urandom(4).hex()}"
            collector.probe(operator=made["operator"])
        if "{year}" in line:
            made["year"] = year = next(YEARS)
            collector.sql("INSERT INTO indicator_value (indicator, period, statistic, country, source, computed, value, unit, retrieved) "
                          "VALUES ('ACC1', %s, 'value', 'BJ', 'tests', false, 1, '%% of population', '2026-01-31')", str(year))
            if "close" not in line:
                collector.sql("SELECT year_close(%s, 'tests')", year)
        if "{paper}" in line:
            made["paper"] = here / "paper"
            collector.sql("SELECT framework_open('BJ', '2027', 'tests', NULL, '[]')")
        if "{country}" in line or "{open}" in line:
            made["country"] = made["open"] = country = next(COUNTRIES)
        if "{open}" in line:
            collector.sql("SELECT framework_open(%s, '2027', 'tests', NULL, (SELECT jsonb_agg(jsonb_build_object('indicator', i, 'status', 'proposed', "
                          "'nature', 'qualitative', 'kind', 'imported', 'dimensions', '{}'::text[], 'method_version', 1, 'name_fr', 'n', 'name_en', 'n', "
                          "'unit_fr', 'u', 'unit_en', 'u', 'definition_fr', 'd', 'definition_en', 'd')) FROM unnest('{PER2,ZED1}'::text[]) i))", country)
            collector.sql("SELECT framework_comments(framework_no, '[{\"stakeholder_group\": \"users\", \"said_on\": \"2026-01-31\", \"comment\": \"text\"}]', NULL) "
                          "FROM framework WHERE country = %s", country)
        if "{folder}" in line:
            made["folder"] = here / "stick"
            made["folder"].mkdir()
        if "{state}" in line:
            made["state"] = here / "keys"
            made["state"].mkdir()
            subprocess.run(["cp", "-a", *collector.state.glob("*key*"), collector.state / "recovery.pub", made["state"]], check=True)
            owner = collector.state.stat()
            os.chown(made["state"], owner.st_uid, owner.st_gid)
        argv = [word.format(**made) for word in line.split()]
        if program == "agent" and "--state-dir" not in argv:
            state = here / "agent"
            if "{url}" not in line:
                shutil.copytree(enrolled.state, state)
            argv += ["--state-dir", str(state)]
        elif program == "collector" and "--state-dir" not in argv:
            argv += ["--state-dir", str(collector.state)]
        config = {"agent": enrolled.config, "collector": collector.config}.get(program)
        return [str(PROGRAMS[program]), *argv, *(["--config", str(config)] if config else [])]
    return make


@pytest.mark.parametrize("nowhere", NOWHERE, ids=lambda nowhere: nowhere.__name__)
@pytest.mark.parametrize("program, line", TRIED, ids=lambda value: value.replace(" ", "_"))
def test_what_is_not_printed_is_no_success(words, program, line, nowhere):
    done = nowhere(words(program, line))
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("standard output: ") == 1, done.stderr


@pytest.mark.parametrize("program, line", TRIED, ids=lambda value: value.replace(" ", "_"))
def test_what_is_tried_prints(words, program, line):
    done = subprocess.run(words(program, line), capture_output=True, text=True, timeout=120, env=ENGLISH)
    assert done.stdout and done.returncode in (0, 1) and "standard output" not in done.stderr, done.stderr


# ---- secrets ----

@pytest.mark.parametrize("nowhere", NOWHERE, ids=lambda nowhere: nowhere.__name__)
@pytest.mark.parametrize("table, line", [("token", "token create --focal-point unseen"), ("api_key", "key create unseen")])
def test_a_secret_that_nobody_saw_is_not_made(collector, words, nowhere, table, line):
    before = collector.sql(f"SELECT count(*) FROM {table}")
    said = nowhere(words("collector", line))
    assert said.returncode == 1 and "nothing was made" in said.stderr
    assert "Keep it now" not in said.stderr
    assert collector.sql(f"SELECT count(*) FROM {table}") == before
    assert not collector.sql("SELECT FROM focal_point WHERE name = 'unseen'")


@pytest.mark.parametrize("nowhere", NOWHERE, ids=lambda nowhere: nowhere.__name__)
def test_no_token_is_spent_on_a_link_that_nobody_sees(collector, words, nowhere):
    argv = words("agent", "enroll {url} {token} --yes")
    said = nowhere(argv)
    assert said.returncode == 1 and "nothing was sent" in said.stderr
    state = argv[argv.index("--state-dir") + 1]
    assert not os.path.exists(f"{state}/identity.json")
    assert subprocess.run(argv, capture_output=True, env=ENGLISH).returncode == 0  # with the same token
