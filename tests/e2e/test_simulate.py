"""An imaginary country beside real lines: the same for the same seed, however it came about, marked everywhere, in no measured
figure, and gone when it is taken away."""
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import threading

import psycopg
import pytest

from conftest import BUILD, Collector, pages, scratch, wait_until
from terminal import Terminal
from wire import ping

pytestmark = pytest.mark.long(60)

ASKED = ("simulate", "--probes", "8", "--days", "40", "--from", "2024-02-01", "--rollups")
FIGURES = ("SELECT indicator, period, statistic, country, geo, operator, technology, family, zone, source, value, low, high, n_samples, n_probes, "
           "floor, rank_low FROM indicator_value WHERE computed AND source = '{}' ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9")


@pytest.fixture(scope="module")
def country():
    """A collector whose real lines are simulated ones that nobody calls so any more."""
    with scratch() as folder:
        c = Collector(folder)
        try:
            c.start_idle()
            c.run(*ASKED, "--seed", "1")
            c.sql("DELETE FROM simulation")
            c.sql("UPDATE probe SET simulated = false, source = 'agent'")
            c.sql("UPDATE rollup_day SET simulated = false, source = 'agent'")
            c.sql("UPDATE carrier_nat SET source = 'import'")
            c.sql("INSERT INTO indicator_dirty VALUES (2024) ON CONFLICT DO NOTHING")
            c.run("rollup")
            c.measured = c.sql(FIGURES.format("measured"))
            yield c
            c.stop()
        finally:
            c.clean()


def days(c):
    """Everything that was simulated, by the names of probes."""
    rows = c.sql("SELECT p.probe, p.enrolled_at, p.revoked_at, d.day, d.check_no, t.name, d.af, d.measured, d.ok, d.bytes, d.n, d.sum, d.min, d.max "
                 "FROM rollup_day d JOIN probe p USING (probe_no) LEFT JOIN target t USING (target_no) "
                 "WHERE p.simulated ORDER BY 1, 4, 5, 6")
    rows += c.sql("SELECT p.probe, s.day, s.check_no, t.name, s.position, s.ok, s.buckets, s.counts FROM rollup_day_sketch s "
                  "JOIN probe p USING (probe_no) LEFT JOIN target t USING (target_no) WHERE p.simulated ORDER BY 1, 2, 3, 4, 5, 6")
    rows += c.sql("SELECT p.probe, w.day, tests, watched_us, down_us, cuts, first_at, last_at, from_midnight, to_midnight, opens_us, opens_tests, "
                  "opens_target, closes_us, closes_tests, closes_target FROM rollup_watch w JOIN probe p USING (probe_no) WHERE p.simulated ORDER BY 1, 2")
    rows += c.sql("SELECT p.probe, x.valid_from, x.valid_to::text, x.department, x.technology, x.zone, o.name FROM probe_context x "
                  "JOIN probe p USING (probe_no) JOIN operator o USING (operator_no) WHERE p.simulated ORDER BY 1, 2")
    return rows


def warned(c):
    """Which pages say that not all of this is real."""
    return [path for path in pages() if re.search("Données simulées|Simulated data", c.request("GET", path).body.decode())]


def test_a_country_comes_and_goes(country):
    c = country
    assert warned(c) == []
    assert "--beside-real" in c.run(*ASKED, "--seed", "2", status=1)
    said = c.run(*ASKED, "--seed", "2", "--beside-real")
    assert "simulated probes: 8, days: 40" in said
    first, truth = days(c), (c.state / "truth.json").read_bytes()
    # Marked, each of them.
    assert c.sql("SELECT DISTINCT simulated, source FROM probe ORDER BY 1") == [(False, "agent"), (True, "simulated")]
    assert c.sql("SELECT DISTINCT simulated FROM rollup_day WHERE source = 'simulated'") == [(True,)]
    # In no measured figure; and there are figures of both.
    assert c.measured and c.sql(FIGURES.format("measured")) == c.measured
    assert any(row[10] is not None for row in c.sql(FIGURES.format("simulated")))
    for row in c.request("GET", "/api/v1/indicators?format=json").json():
        assert row["simulated"] == (row["source"] == "simulated")
    assert warned(c) == pages()
    standing = [re.search(r" (counts|simulated) +\w+$", line)[1] for line in c.run("probe", "list").strip().splitlines()[1:]]
    assert sorted(standing) == ["counts"] * 8 + ["simulated"] * 8
    assert "another simulated country is here: --country BJ --probes 8 --days 40 --seed 2" in c.run(*ASKED, "--seed", "3", "--beside-real", status=1)
    # Away again, as if it had never been.
    assert "taken away: 8" in c.run("simulate", "--remove")
    assert warned(c) == [] and not (c.state / "truth.json").exists()
    assert days(c) == [] and not c.sql(FIGURES.format("simulated")) and c.sql(FIGURES.format("measured")) == c.measured
    assert c.sql("SELECT count(*) FROM carrier_nat WHERE source = 'simulated'") == [(0,)]
    # And the same once more, stopped on its way.
    stop_half_way(c)
    assert c.sql("SELECT done FROM simulation") == [(1,)]
    c.run(*ASKED, "--seed", "2", "--beside-real")
    assert days(c) == first and (c.state / "truth.json").read_bytes() == truth
    assert "taken away: 8" in c.run("simulate", "--remove")


def stop_half_way(c):
    """Its first probe waits for a lock, until it has been told to stop."""
    with psycopg.connect(host=str(c.state / "run"), dbname="internetmetre", user="internetmetre") as db:
        db.execute("LOCK probe_context IN EXCLUSIVE MODE")
        with subprocess.Popen(c.command(*ASKED, "--seed", "2", "--beside-real"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as process:
            wait_until(lambda: c.sql("SELECT done FROM simulation"), what="its beginning")
            for words in (("simulate", "--remove"), (*ASKED, "--seed", "2", "--beside-real")):
                assert "another simulate is at work" in c.run(*words, status=1)
            process.send_signal(signal.SIGINT)
            db.commit()
            said = process.communicate(timeout=60)[0]
        assert process.returncode == 1 and "stopped; simulated probes so far:" in said, said


def test_events_say_what_is_wrong(country):
    file = country.config.parent / "events.csv"
    file.write_text("start,duration,department,operator,kind,size\n2024-02-30,1d,,,outage,1\n")
    file.chmod(0o644)
    said = country.run(*ASKED, "--seed", "2", "--beside-real", "--events", str(file), status=1)
    assert str(file) in said and "line 2: " in said and "write a day such as" in said


def test_events_of_other_days_are_told(country):
    """A leap day alone is simulated, whose first hour is one in the morning in Benin."""
    file = country.config.parent / "events.csv"
    starts = ["2024-02-29T00:00", "2024-02-29T01:00", "2024-03-01T00:00", "2024-03-01T01:00", "2025-02-28T12:00"]
    file.write_text("start,duration,department,operator,kind,size\n" + "".join(f"{start},1h,,,slow,3\n" for start in starts))
    file.chmod(0o644)
    asked = ("simulate", "--probes", "1", "--days", "1", "--from", "2024-02-29", "--seed", "7", "--rollups", "--beside-real")
    done = subprocess.run(country.command(*asked, "--events", file), capture_output=True, text=True, timeout=120, check=True, env=os.environ | country.env)
    assert "warn: events that touch no simulated day: 3 of 5; look at their start" in done.stderr
    country.run("simulate", "--remove")


@pytest.mark.parametrize("words, status, said", [
    ("--days 0", 2, "--days 0: a whole number from 1"),
    ("--probes 0", 2, "--probes 0: a whole number from 1"),
    ("--seed -1", 2, "a whole number from 0"),
    ("--country XX", 1, "there is no country pack XX; there are: BJ, ML, SN"),
    ("--from 2019-01-01", 1, "nothing before 2020-01-01 is kept"),
    ("--from 2999-01-01", 1, "which is not over"),
    ("--events /nonexistent", 1, "/nonexistent"),
    ("--remove", 2, "goes with no other option"),
])
def test_what_cannot_be(country, words, status, said):
    asked = {"--probes": "2", "--days": "3", "--seed": "1", "--from": "2024-01-01"}
    option, value = (*words.split(), None)[:2]
    asked[option] = value
    line = [word for pair in asked.items() for word in pair if word is not None]
    assert said in country.run("simulate", "--beside-real", *line, status=status)


@pytest.mark.parametrize("where, probes, days, since", [
    ("SN", 1, 1, "2024-02-29"),  # a country west of Greenwich, a leap day, one line, and no set of targets
    ("ML", 3, 2, "2024-12-31"),  # two years
])
def test_small_countries(country, where, probes, days, since):
    said = country.run("simulate", "--country", where, "--probes", str(probes), "--days", str(days), "--seed", "5", "--from", since,
                       "--rollups", "--beside-real")
    assert f"simulated probes: {probes}, days: {days}" in said
    assert country.sql("SELECT count(*), min(first)::text FROM probe, simulation WHERE simulated") == [(probes, since)]
    truth = json.loads((country.state / "truth.json").read_text())
    assert {f["period"] for f in truth["figures"]} == ({"2024"} if days == 1 else {"2024", "2025"})
    country.run("simulate", "--remove")


def test_its_floor_is_lifted_where_everybody_reads(country):
    """publication_floor = simulated: of three lines all is told, and of measured ones what was told before."""
    c = country

    def restart(**settings):
        c.stop()
        c.settings = {"upkeep": "no", **settings}
        c.move(c.port)
        c.start()
        c.run("rollup")

    def told(source):
        return [row | {"stored_at": None} for row in c.request("GET", "/api/v1/indicators?year=2024", headers={"X-Forwarded-For": "198.51.100.7"}).json()
                if row["source"] == source]

    def series(simulated):
        return c.sql("SELECT * FROM public_series WHERE simulated = %s ORDER BY 1, 2, 3, 13, 14, 15, 16, 17, 18, 19, 20, 21", simulated)

    def kept():
        return (c.sql("SELECT (to_jsonb(v) - 'stored_at')::text FROM indicator_value v WHERE source = 'measured' ORDER BY 1"),
                c.sql("SELECT d::text FROM indicator_day d WHERE source = 'measured' ORDER BY 1"), told("measured"), series(False))

    c.run("simulate", "--probes", "3", "--days", "40", "--seed", "5", "--from", "2024-02-01", "--rollups", "--beside-real")
    before = kept()
    assert any(row["value"] is None for row in before[2]) and any(row["value"] is not None for row in before[2])
    assert told("simulated") and all(row["value"] is None for row in told("simulated")) and series(True) == []
    restart(publication_floor="simulated", listen=f"0.0.0.0:{c.port}")
    assert "publication_floor = simulated: every figure of a simulated country is shown" in c.log.read_text()
    assert {row["floor"] for row in told("simulated")} == {"off"} and all(row["value"] is not None for row in told("simulated"))
    assert any(row["operator"] and row["n_probes"] == 1 for row in told("simulated"))
    cell = ("indicator", "statistic", "geo", "operator", "technology", "zone")
    true = {tuple(f[name] for name in cell) for f in json.loads((c.state / "truth.json").read_text())["figures"]}
    known = {f[0] for f in true}
    # What lines measure, and what is made of it, is of each technology and zone apart.
    of_lines = {row["indicator"] for row in told("simulated") if re.match("PER|REL", row["indicator"])}
    assert {"PER3_OWN", "PER10", "PER12", "REL1"} <= of_lines
    for part in "technology", "zone":
        assert {row["indicator"] for row in told("simulated") if row[part]} >= of_lines
    assert {"PER1", "PER8"} <= known and {tuple(row[name] for name in cell) for row in told("simulated") if row["indicator"] in known} <= true
    assert before[3] and series(True) and kept() == before and warned(c) == pages()
    restart()
    assert series(True) == [] and all(row["value"] is None for row in told("simulated")) and kept() == before
    c.run("simulate", "--remove")


def test_its_page_says_so_of_each_table(own_collector):
    """Where nothing else is: whose probes they are, and each column of the departments, which may be looked at alone."""
    c = own_collector
    c.settings |= {"upkeep": "no", "publication_floor": "simulated"}
    c.move(c.port)
    c.start()
    c.run("simulate", "--probes", "3", "--days", "3", "--seed", "5", "--from", "2024-02-28", "--rollups")  # a leap day among them
    page = c.request("GET", "/fr/").body.decode()
    assert "3 sondes simulées en 2024" in page and "sondes actives" not in page and "provisoires" not in page
    table = re.search(r'<table class="matrix">(.*?)</thead>', page, re.S)[1]
    assert table.count("<th scope") - 1 == table.count("simulé") > 3, table


def test_nothing_of_it_is_left(own_collector):
    """Where nobody is but its probes: no row of any table that was not there before."""
    c = own_collector
    c.settings["upkeep"] = "no"
    c.move(c.port)
    c.start()
    c.run("rollup")
    before = rows(c)
    c.run("simulate", "--country", "SN", "--probes", "2", "--days", "2", "--seed", "5", "--from", "2024-02-28", "--batches")
    assert rows(c) != before
    c.run("simulate", "--remove")
    assert {name: count for name, count in rows(c).items() if before[name] != count} == {}


def rows(c):
    """Of each table that tells of probes and figures: how many; partitions, what is counted on and the dictionaries are left out."""
    tables = [name for name, in c.sql("SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
                                      "AND NOT c.relispartition AND c.relname NOT IN ('indicator_dirty', 'data_version', 'told_set', 'target', 'task') "
                                      "ORDER BY 1")]
    return {name: c.sql(f"SELECT count(*) FROM {name}")[0][0] for name in tables}


def test_taken_away_while_others_are_stored(own_collector):
    """Batches of a real probe come before, meanwhile and after; each is stored, and its days are whole. Its task was a simulated one
    before, which the collector met when it projected batches again."""
    c = own_collector
    c.start()
    asked = ("simulate", "--probes", "3", "--days", "4", "--seed", "5", "--from", "2024-03-01", "--batches")
    c.run(*asked)
    task, = c.sql("SELECT name FROM task JOIN result USING (task_no) LIMIT 1")[0]
    c.sql("INSERT INTO project_again (probe_no, batch_no) SELECT probe_no, batch_no FROM batch_body")
    wait_until(lambda: not c.sql("SELECT batch_no FROM project_again"), what="their projection")
    c.run("simulate", "--remove")
    probe, done, taken = c.probe(), threading.Event(), []

    def push():
        while not done.wait(0.05):  # else its days are never made to their end
            at = f"2024-03-{1 + len(taken) % 9:02}T12:00:{len(taken) % 60:02}.{len(taken):06}Z"
            c.stored(probe.batch([ping(task=task, at=at) for _ in range(20)]))
            taken.append(20)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        pushing = pool.submit(push)
        wait_until(lambda: taken or pushing.done(), what="the first batch")
        try:
            for _ in range(2):
                c.run(*asked, "--beside-real")
                assert "taken away: 3" in c.run("simulate", "--remove")
        finally:
            done.set()
        pushing.result()
    c.run("rollup")
    assert c.sql("SELECT count(*) FROM result r JOIN probe p USING (probe_no) JOIN task USING (task_no) WHERE p.probe = %s", probe.id) == [(sum(taken),)]
    assert c.sql("SELECT sum(measured), bool_or(simulated) FROM rollup_day JOIN probe p USING (probe_no, simulated) WHERE p.probe = %s", probe.id) \
        == [(sum(taken), False)]
    assert c.sql("SELECT count(*) FROM result") == [(sum(taken),)] and not re.search("^error", c.log.read_text(), re.M)


@pytest.mark.root("to mount")
def test_a_full_disk_is_named_and_it_goes_on(own_collector):
    """The same command comes to the same once there is room."""
    c = own_collector
    asked = ("simulate", "--probes", "16", "--days", "200", "--seed", "4", "--from", "2024-02-01", "--rollups")
    whole = c.state.rename(c.state.with_name("whole"))
    c.state.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "disk", c.state], check=True)
    try:
        subprocess.run(["cp", "-a", f"{whole}/.", c.state], check=True)
        used = sum(path.stat().st_blocks * 512 for path in c.state.rglob("*") if path.is_file())
        subprocess.run(["mount", "-o", f"remount,size={used + (24 << 20)}", c.state], check=True)
        done = subprocess.run(c.command(*asked), capture_output=True, text=True, timeout=120, env=os.environ | c.env)
        assert done.returncode == 1 and "disk is full, make room on it" in done.stderr, done.stderr
        subprocess.run(["mount", "-o", "remount,size=1g", c.state], check=True)
        assert "simulated probes: 16, days: 200" in c.run(*asked)
        c.start()
        assert c.sql("SELECT count(*), (SELECT done FROM simulation) FROM probe") == [(16, 16)]
        c.stop()
    finally:
        subprocess.run(["umount", c.state], check=True)


def test_nothing_reads_the_truth():
    """It is for people and tests: a program that read it would prove itself right."""
    top = BUILD.parent
    found = subprocess.run(["git", "grep", "-l", "truth.json", "--", "agent", "collector", "common"], cwd=top, capture_output=True,
                           text=True, check=True).stdout.split()
    assert found == ["collector/command/simulate.c"]


def cells(c):
    """What lines of a cell measured, day by day."""
    return c.sql("SELECT d.day, x.country, x.department, x.zone, x.operator_no, x.technology, d.check_no, d.position, d.scope, d.kind, "
                 "d.target_no, cardinality(d.probes), d.samples, d.medians FROM rollup_cell_day d JOIN rollup_cell x USING (cell_no) "
                 "WHERE x.simulated ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11")


def test_both_ways_come_to_the_same(own_collector):
    """What is signed, sent and rolled up, and what is summed at once: each sum and each sketch."""
    c = own_collector
    c.settings["upkeep"] = "no"
    c.move(c.port)
    c.start()
    asked = ("simulate", "--probes", "4", "--days", "12", "--seed", "9", "--from", "2025-03-01")
    c.run(*asked, "--batches")
    # As if it had been stopped in its last pass: it goes on, and shows how far it is.
    c.sql("INSERT INTO project_again (probe_no, batch_no) SELECT probe_no, batch_no FROM batch_body")
    terminal = Terminal(c.command(*asked, "--batches"), os.environ | c.env)
    terminal.await_text("batches: 0/")
    assert terminal.end() == 0 and c.sql("SELECT count(*) FROM project_again") == [(0,)]
    # But for what a box measured that never learnt the time, of which no day is told.
    assert c.sql("SELECT DISTINCT reason FROM result_problem") == [("clock",)]
    assert c.sql("SELECT count(*) > 100 FROM batch_key") == [(True,)]
    assert c.sql("SELECT count(*) FROM probe_key") == [(0,)]  # whoever knows the seed is a stranger
    sent, sent_cells = days(c), cells(c)
    c.run("simulate", "--remove")
    assert c.sql("SELECT count(*) FROM rollup_cell WHERE simulated") == [(0,)]
    assert c.sql("SELECT count(*) FROM result") == [(0,)] and c.sql("SELECT count(*) FROM batch_body") == [(0,)]
    c.run(*asked, "--rollups")
    assert [rounded(row) for row in days(c)] == [rounded(row) for row in sent]
    assert sent_cells and cells(c) == sent_cells


def rounded(row):
    """Sums are of the same numbers in another order."""
    return [[float(f"{x:.10g}") if isinstance(x, float) else x for x in cell] if isinstance(cell, list) else cell for cell in row]
