"""indicators close: what was published of a closed year stays, and what comes late makes the next version."""

import csv
import datetime
import html
import io
import json
import os
import re
import subprocess

import pytest
import wire
from conftest import wait_until
from wire import ping

pytestmark = pytest.mark.long(45)

LINES = 6
YEAR = datetime.datetime.now(datetime.timezone.utc).year - 1


def results(line, year, month, lost):
    """A ping a day from the month's first to its sixth, of ten packets, `lost` of them."""
    first = datetime.datetime(year, month, 1, 10, line, tzinfo=datetime.timezone.utc)
    return [ping(at=wire.stamp(first + datetime.timedelta(days=d)), outcome="partial" if lost else "ok",
                 metrics={"rtt_min_ms": 11, "rtt_p50_ms": 12, "sent": 10, "rcvd": 10 - lost, "loss": lost / 10}) for d in range(6)]


@pytest.fixture
def country(own_collector):
    """A collector with six lines that count, and figures of a year that is over. What is made is made by a command."""
    c = own_collector
    restart(c, upkeep="no")
    c.lines = [c.probe(department="BJ-LI", operator="Grand", technology="fibre") for _ in range(LINES)]
    c.counted("2020-01-01", f"{YEAR}-12-31")
    for n, probe in enumerate(c.lines):
        c.stored(probe.batch(results(n, YEAR, 3, lost=1)))
    c.run("rollup")
    assert whole(c)["value"] == pytest.approx(10)
    return c


def restart(c, **settings):
    c.stop()
    c.settings = settings
    c.move(c.port)
    c.start()


def get(c, path):
    reply = c.request("GET", f"/api/v1/{path}")
    assert reply.status == 200, reply.body
    return reply.body


def page(c):
    return c.request("GET", "/fr/").body.decode()


def figures(c, query):
    return json.loads(get(c, f"indicators?{query}"))


def whole(c, year=YEAR):
    """The country's packet loss."""
    figure, = (f for f in figures(c, f"year={year}&indicator=PER8") if f["statistic"] == "mean"
               and f["geo"] is f["operator"] is f["technology"] is None)
    return figure


def editions(c):
    return {(f["version"], f["edition"]) for f in figures(c, f"year={YEAR}")}


def late(c, month=4, lost=5):
    """Days of the year that all boxes bring when it is over: what one of them brings waits for the others' (figure/past.h)."""
    for n, probe in enumerate(c.lines):
        c.stored(probe.batch(results(n, YEAR, month, lost)))


def changes(c, *options):
    return list(csv.DictReader(io.StringIO(c.run("indicators", "compare", "--year", str(YEAR), *options))))


def first_version(c):
    """Its octets, from everywhere."""
    return [get(c, f"indicators?year={YEAR}&version=1"), get(c, f"indicators?year={YEAR}&version=1&format=csv"),
            c.run("indicators", "--year", str(YEAR), "--edition", "1"),
            c.run("indicators", "--year", str(YEAR), "--edition", "1", "--format", "json")]


@pytest.mark.quick
def test_late_results_make_a_version_and_leave_the_first(country):
    assert editions(country) == {(0, "provisional")}
    open_page = page(country)
    assert f"Chiffres provisoires : l’année {YEAR} n’est pas encore close." in open_page and "api/v1/versions" not in open_page
    before = [f | {"version": 1, "edition": "closed"} for f in figures(country, f"year={YEAR}")]
    assert "closed by Aïcha" in country.run("indicators", "close", "--year", str(YEAR), "--by", "Aïcha")
    assert figures(country, f"year={YEAR}") == figures(country, f"year={YEAR}&version=1") == before
    kept, days = first_version(country), country.sql("SELECT * FROM public_indicator_day ORDER BY 1, 2, 3, 4")

    late(country)
    country.plainly()
    assert get(country, f"indicators?year={YEAR}") == kept[0], "nothing is told before it is a version"
    country.run("rollup")
    assert editions(country) == {(2, "closed")} and whole(country)["value"] == pytest.approx(30)
    closed_page = page(country)
    assert f"L’année {YEAR} est close : version 2 de ses chiffres." in closed_page and "provisoires" not in closed_page
    link = html.unescape(re.search(r'href="/api/v1/(indicators[?]year[^"]*)">Chiffres de [0-9]+, année close, version 2', closed_page)[1])
    assert get(country, link) == get(country, f"indicators?year={YEAR}&version=2&format=csv")
    assert "/api/v1/versions?format=csv" in closed_page
    assert first_version(country) == kept
    assert country.sql("SELECT * FROM public_indicator_day ORDER BY 1, 2, 3, 4") != days
    assert country.sql("SELECT version, count(*) > 0 FROM closed_day WHERE year = %s GROUP BY 1 ORDER BY 1", YEAR) == [(1, True), (2, True)]

    changed, = (row for row in changes(country) if row["statistic"] == "mean" and not row["geo"] + row["operator"] + row["technology"])
    assert (changed["indicator"], changed["change"], changed["why"]) == ("PER8", "changed", "late")
    assert float(changed["old_value"]) == pytest.approx(10) and float(changed["new_value"]) == whole(country)["value"]
    assert json.loads(get(country, f"versions?year={YEAR}"))[1] | {"made_at": ""} == {
        "year": YEAR, "version": 2, "latest": True, "made_at": "", "changed": len(changes(country)), "why": "late"}
    for said in country.run("indicators", "versions", "--year", str(YEAR)), country.run("indicators", "explain", "PER8"):
        assert f"{YEAR} version 1 of" in said and "late results" in said


def test_what_gives_equal_figures_makes_no_version(country):
    country.run("indicators", "close", "--year", str(YEAR))
    country.run("rebuild")
    country.run("rollup", "--from", f"{YEAR}-01-01", "--to", f"{YEAR}-12-31")
    country.stored(country.lines[0].batch([ping()]))  # of today
    country.run("rollup")
    assert editions(country) == {(1, "closed")} and changes(country) == []


def test_a_year_without_a_figure_says_why(collector):
    """Beside the figures, which a program reads."""
    done = subprocess.run(collector.command("indicators", "--year", "1950"), capture_output=True, text=True, timeout=120,
                          env=os.environ | collector.env, check=True)
    assert done.stdout.count("\n") == 1 and done.stdout.startswith("indicator,")
    assert "no figure of 1950" in done.stderr and "5 lines" in done.stderr


def test_what_cannot_be_closed(country):
    this = datetime.datetime.now(datetime.timezone.utc).year
    for wrong, says in ((this, f"{this} is not over; it can be closed from {this + 1}-01-01"), (1950, "there is no figure of 1950")):
        assert says in country.run("indicators", "close", "--year", str(wrong), status=1)
    assert "is not closed" in country.run("indicators", "--year", str(YEAR), "--edition", "1", status=1)
    assert "is not closed" in country.run("indicators", "compare", "--year", str(YEAR), status=1)
    country.run("indicators", "close", "--year", str(YEAR))
    assert f"{YEAR} is closed already, version 1 of" in country.run("indicators", "close", "--year", str(YEAR), status=1)
    assert f"there is no version 2 of {YEAR}, the last is 1" in country.run("indicators", "--year", str(YEAR), "--edition", "2", status=1)
    reply = country.request("GET", f"/api/v1/indicators?year={YEAR}&version=2")
    assert (reply.status, reply.problem()) == (400, "parameter") and "there are 0, 1" in reply.json()["detail"]


def of_before(c):
    """Figures of the program before, whose method gave twice the value."""
    c.sql("UPDATE indicator SET method_version = method_version - 1 WHERE indicator = 'PER8'")
    c.sql("UPDATE indicator_value SET method_version = method_version - 1, value = value * 2 WHERE indicator = 'PER8'")
    c.sql("UPDATE told_cell SET method_version = method_version - 1 WHERE indicator = 'PER8'")


def test_another_method_is_a_version_with_that_reason(country):
    """Closed by the program before."""
    of_before(country)
    assert country.sql("SELECT year_close(%s, 'tests')", YEAR) == [("done",)]
    kept = first_version(country)
    assert editions(country) == {(2, "closed")} and first_version(country) == kept
    rows = changes(country)
    assert {(row["indicator"], row["why"]) for row in rows} == {("PER8", "method")}
    assert {int(row["new_method"]) - int(row["old_method"]) for row in rows} == {1}


def test_another_method_tells_of_no_single_line(country):
    """What one line brought stays out of the new method's figures, which else would be its value beside the old ones. A number of failures
    that was hidden once is not told by them either."""
    of_before(country)
    country.stored(country.lines[0].batch(results(0, YEAR, 4, lost=5)))
    country.run("rollup")
    method, = {row[0] for row in country.sql("SELECT method_version FROM indicator WHERE indicator = 'PER8'")}
    assert (whole(country)["value"], whole(country)["method_version"], whole(country)["n_failed"]) == (pytest.approx(20), method - 1, 0)
    country.sql("UPDATE told_cell SET failed_hidden = true WHERE indicator = 'PER8'")
    for n, probe in enumerate(country.lines[1:], 1):
        country.stored(probe.batch(results(n, YEAR, 4, lost=5)))
    country.run("rollup")
    assert (whole(country)["value"], whole(country)["method_version"], whole(country)["n_failed"]) == (pytest.approx(30), method, None)
    assert country.sql("SELECT DISTINCT failed_hidden FROM told_cell WHERE indicator = 'PER8'") == [(True,)]


def lifted_and_put_back(c):
    c.sql("SELECT floor_lift(true)")
    c.run("rollup")
    c.sql("SELECT floor_lift(false)")


def weighs(c):
    c.sql("UPDATE told_line SET weights = ARRAY(SELECT w / 2 FROM unnest(weights) w), wholes = NULL WHERE indicator = 'PER8' AND probe_no = "
          "(SELECT probe_no FROM probe WHERE probe = %s)", c.lines[0].id)


def joins(c):
    c.sql("UPDATE probe SET replaced_by = (SELECT probe_no FROM probe WHERE probe = %s) WHERE probe = %s", c.lines[4].id, c.lines[5].id)


@pytest.mark.parametrize("remakes, happens, stands", [(of_before, weighs, 20), (of_before, joins, 20), (lifted_and_put_back, weighs, None)])
def test_a_figure_that_is_made_again_tells_of_no_weight(country, remakes, happens, stands):
    """The days are those that were told, but one line weighs something else than then, or is one with another now."""
    remakes(country)
    happens(country)
    country.sql("INSERT INTO indicator_dirty VALUES (%s) ON CONFLICT DO NOTHING", YEAR)
    country.run("rollup")
    assert whole(country)["value"] == (stands and pytest.approx(stands))
    late(country)
    country.run("rollup")
    assert whole(country)["value"] == pytest.approx(30)


def test_who_corrects_is_a_reason(country):
    country.run("probe", "set", country.lines[5].id, "operator=Isocel", "--from", f"{YEAR}-01-01")
    country.run("probe", "confirm", country.lines[5].id, "--undo")
    assert country.sql("SELECT DISTINCT why FROM indicator_dirty WHERE year = %s ORDER BY 1", YEAR) == [("standing",), ("surroundings",)]
    country.sql("SELECT rollup_mark(make_date(%s, 1, 1), make_date(%s, 12, 31))", YEAR, YEAR)
    country.plainly()
    country.sql("DELETE FROM indicator_dirty WHERE why IN ('standing', 'surroundings')")
    assert country.sql("SELECT why FROM indicator_dirty WHERE year = %s", YEAR) == [("again",)]


def test_what_is_said_while_the_list_is_taken_stays_on_it(country):
    """What it is about cannot be seen before its transaction ends, by those figures either that are made meanwhile."""
    country.sql("SELECT years_stale('late', %s::int[])", [YEAR])
    with country.database() as db, db.transaction():
        db.execute("SELECT years_stale('late', %s::int[]), years_stale('late', %s::int[])", ([YEAR], [YEAR]))
        assert country.sql("SELECT years_take()") == [(YEAR,)]
    assert country.sql("SELECT year, why FROM indicator_dirty") == [(YEAR, "late")]


def test_an_imported_figure_is_of_the_version(country, tmp_path):
    def imported(value):
        path = tmp_path / "figures.csv"
        path.write_text("indicator,country,period,value,unit,source,retrieved\n"
                        f"ACC1,BJ,{YEAR}-S2,{value},% of population,INStaD,2026-01-31\n")
        country.run("import", "csv", path)

    imported(40)
    country.run("indicators", "close", "--year", str(YEAR))
    kept = first_version(country)
    imported(41)
    assert get(country, f"indicators?year={YEAR}") == kept[0]
    country.run("rollup")
    assert first_version(country) == kept
    assert [(row["indicator"], row["period"], row["old_value"], row["new_value"], row["why"]) for row in changes(country)] == [
        ("ACC1", f"{YEAR}-S2", "40", "41", "imported")]


def test_several_versions_are_compared(country):
    country.run("indicators", "close", "--year", str(YEAR))
    for month, lost in ((4, 5), (5, 9)):
        late(country, month, lost)
        country.run("rollup")
    one, two, both = (changes(country, "--from", a, "--to", b) for a, b in (("1", "2"), ("2", "3"), ("1", "3")))
    assert one and two == changes(country)
    for row in both:
        key = [row[k] for k in ("indicator", "statistic", "geo", "operator", "technology", "family")]
        step, = (r for r in one if [r[k] for k in ("indicator", "statistic", "geo", "operator", "technology", "family")] == key)
        assert step["old_value"] == row["old_value"]
    assert "exchange the two" in country.run("indicators", "compare", "--year", str(YEAR), "--from", "3", "--to", "2", status=1)


def test_serve_makes_one_by_itself_and_gathers_what_trickles_in(country):
    country.run("indicators", "close", "--year", str(YEAR))
    restart(country)
    late(country)
    wait_until(lambda: editions(country) == {(2, "closed")}, 60, "version 2")
    second = get(country, f"indicators?year={YEAR}")
    late(country, 5)
    wait_until(lambda: country.sql("SELECT why FROM closed_due WHERE year = %s", YEAR), 60, "the next figures")
    assert get(country, f"indicators?year={YEAR}") == second
    country.run("rollup")
    assert editions(country) == {(3, "closed")}


def test_without_the_floor_no_version_is_made_or_lost(country):
    country.run("indicators", "close", "--year", str(YEAR))
    kept = first_version(country)
    country.stored(country.lines[0].batch(results(0, YEAR - 1, 3, lost=1)))
    restart(country, upkeep="no", publication_floor="no")
    late(country)
    country.run("rollup")
    assert whole(country, YEAR - 1)["floor"] == "off"
    assert first_version(country) == kept and editions(country) == {(1, "closed")}
    assert "are never closed" in country.run("indicators", "close", "--year", str(YEAR - 1), status=1)
    restart(country, upkeep="no")
    country.run("rollup")
    assert first_version(country) == kept and editions(country) == {(2, "closed")}
    assert {f["floor"] for f in figures(country, f"year={YEAR}")} <= {"met", "n<5", "hidden"}
