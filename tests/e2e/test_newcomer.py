"""Whoever watches the figures of a year that goes on: a household joins, one leaves, one sends late data."""

import collections
import csv
import datetime
import io
import itertools
import random

import pytest
from test_floor import YEAR, Line, audit, get, household, own

pytestmark = pytest.mark.long(45)

FIRST = datetime.date(YEAR, 3, 1)
NEWCOMER, LEAVER, LATE = 20, 4, 11
LOSS = 3.0  # of the newcomer; of all others 1, more or less

Unit = collections.namedtuple("Unit", "probe network days department operator technology day version")


class Country:
    """Twenty-one lines in three departments; what they measured is known here, and in the database."""

    def __init__(self, c, more=0):
        self.c, self.random, self.said, self.refused = c, random.Random(5), {}, set()
        departments = [iso for (iso,) in c.sql("SELECT iso FROM department ORDER BY iso LIMIT 3")]
        self.lines = [Line(own(n), department=departments[n % 3], operator="Op0" if n % 3 < 2 else "Op1", days=0)
                      for n in range(NEWCOMER + 1 + more)]
        self.probes = [household(c, line, n) for n, line in enumerate(self.lines)]

    def measure(self, line, first, days, loss=1.0, spread=0.3):
        """Days of a line, counted from the first of all."""
        losses = [loss * self.random.uniform(1 - spread, 1 + spread) for _ in range(days)]
        for n in range(days):
            self.said[line, first + n] = self.said.get((line, first + n), 0) + 1
        for table in ("rollup_day", "rollup_day_sketch"):
            self.c.sql(f"DELETE FROM {table} WHERE probe_no = %s AND day >= %s AND day < %s", self.probes[line],
                       FIRST + datetime.timedelta(first), FIRST + datetime.timedelta(first + days))
        self.c.sql("INSERT INTO rollup_day_sketch (day, probe_no, check_no, af, position, ok, buckets, counts) "
                   "SELECT %s::date + d::int - 1, %s, check_no, 4, position, true, ARRAY[sketch_bucket((20 * l.loss)::real)], ARRAY[10] "
                   "FROM unnest(%s::double precision[]) WITH ORDINALITY AS l (loss, d), metric "
                   "WHERE check_no = 1 AND name = 'rtt_p50_ms'", FIRST + datetime.timedelta(first), self.probes[line], losses)
        self.c.sql("""INSERT INTO rollup_day (day, probe_no, check_no, af, source, simulated, ok, partial, timeout, refused,
                          unreachable, reset, dns_error, tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
                      SELECT %s::date + d::int - 1, %s, check_no, 4, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 840,
                          array_agg(CASE WHEN name IN ('sent', 'rcvd') THEN 1 ELSE 0 END ORDER BY position), array_agg(v ORDER BY position),
                          array_agg(v::real ORDER BY position), array_agg(v::real ORDER BY position)
                      FROM unnest(%s::double precision[]) WITH ORDINALITY AS l (loss, d),
                          LATERAL (SELECT m.*, CASE name WHEN 'sent' THEN 1000 WHEN 'rcvd' THEN 1000 - 10 * l.loss ELSE 0
                                   END::double precision AS v FROM metric m WHERE check_no = 1) m
                      GROUP BY d, check_no""", FIRST + datetime.timedelta(first), self.probes[line], losses)

    def all_measure(self, first, days, but=()):
        for line in range(len(self.lines)):
            if line not in but:
                self.measure(line, first, days, LOSS if line == NEWCOMER else 1.0)

    def refuse(self, line):
        """The team doubts it: its days are in no figure any more."""
        self.refused.add(line)
        self.c.sql("UPDATE probe SET revoked_at = now(), revoked_reason = 'stolen' WHERE probe_no = %s", self.probes[line])

    def units(self):
        return {Unit(n, own(n), 1, self.lines[n].department, self.lines[n].operator, "fibre", day, version)
                for (n, day), version in self.said.items() if n not in self.refused}


class Watcher:
    """Keeps all that was ever shown of packet loss, and of whom it was."""

    def __init__(self, country):
        self.country, self.ever, self.last, self.numbers = country, {}, {}, collections.defaultdict(list)

    def look(self):
        """Refreshes, reads all public figures, and returns the names of those that changed."""
        c, units, changed = self.country.c, self.country.units(), set()
        c.sql("INSERT INTO indicator_dirty (year) VALUES (%s)", YEAR)
        c.run("rollup")
        rows = [r for r in get(c, f"indicators?year={YEAR}&indicator=PER8") if r["statistic"] == "mean"]
        sheet = list(csv.DictReader(io.StringIO(
            c.request("GET", f"/api/v1/indicators?year={YEAR}&indicator=PER8&format=csv").body.decode())))
        assert [r["value"] for r in sheet if r["statistic"] == "mean"] == [
            "" if r["value"] is None else r["value"] for r in csv_numbers(rows)]
        for row in rows:
            name = row["geo"], row["operator"], row["technology"]
            cell = {u for u in units if row["geo"] in (None, u.department) and row["operator"] in (None, u.operator)}
            self.note(name, row, row["value"], cell, changed)
        for day, value, probes in c.sql("SELECT day, value, n_probes FROM public_indicator_day WHERE indicator = 'PER8'"):
            number = (day - FIRST).days
            self.note(("day", number), {"n_probes": probes}, value, {u for u in units if u.day == number}, changed)
        return changed

    def note(self, name, row, value, cell, changed):
        told = value, row.get("as_of"), row.get("n_days"), row["n_probes"]  # another figure may come to the same rounded value
        if value is None or self.last.get(name) == told:
            assert value is not None or name not in self.last, f"{name} was shown, and is hidden"
            return
        changed.add(name)
        self.last[name] = told
        self.ever[name, frozenset(cell)] = cell
        if name[0] != "day":
            self.numbers[name].append((row["n_days"], value))


def csv_numbers(rows):
    """The values as a CSV has them."""
    for row in rows:
        yield row | {"value": None if row["value"] is None else repr(row["value"]).removesuffix(".0")}


def time_passes(c, days):
    c.sql("UPDATE told_cell SET made = made - %s", days)


@pytest.fixture
def watcher(own_collector):
    w = Watcher(Country(own_collector.start_idle()))
    w.country.all_measure(0, 30, but={NEWCOMER})
    assert {(None, None, None), ("day", 0), ("day", 29)} < w.look()
    return w


def test_what_one_household_does_changes_nothing_by_itself(watcher):
    country, c = watcher.country, watcher.country.c
    assert watcher.look() == set()
    for happens in (lambda: country.measure(NEWCOMER, 20, 20, LOSS), lambda: country.refuse(LEAVER),
                    lambda: country.measure(LATE, -20, 20), lambda: country.measure(LATE, 7, 1, 9.0)):
        happens()
        for days in (0, 10, 100):
            time_passes(c, days)
            assert watcher.look() == set()
    # Under cover of a week of all it counts, and what was decided stays.
    country.all_measure(40, 14, but={LEAVER})
    changed = watcher.look()
    assert (None, None, None) in changed and ("day", 40) in changed
    assert not changed & {("day", day) for day in range(-20, 40)}
    assert watcher.look() == set()
    # All but those two measured on each day since the first; what they weighed is kept for the next edition.
    weighed = dict(c.sql("SELECT probe_no, (SELECT max(w) FROM unnest(weights) w) FROM told_line WHERE indicator = 'PER8' "
                         "AND period = %s", str(YEAR)))
    assert (weighed[country.probes[0]], weighed[country.probes[1]]) == (54 * 1000000 // 44 + 1,) * 2, weighed


def test_a_figure_whose_lines_are_all_gone_goes_with_the_next_edition(watcher):
    """Whoever is the last to go does not take it away by themselves, nor the days of a country."""
    country, c = watcher.country, watcher.country.c
    gone = [n for n, line in enumerate(country.lines) if line.operator == "Op1" or n == LEAVER]  # all others are no sum of what was shown

    def shown():
        return {(r["geo"], r["operator"], r["technology"]): r["value"] for r in get(c, f"indicators?year={YEAR}&indicator=PER8")
                if r["statistic"] == "mean" and r["value"] is not None}

    before, place = shown(), (None, "Op1", None)
    assert place in before
    for n in gone:
        country.refuse(n)
    assert watcher.look() == set() and shown() == before
    time_passes(c, 100)
    country.all_measure(30, 14, but={NEWCOMER, *gone})
    assert (None, None, None) in watcher.look() and place not in shown()
    assert watcher.look() == set()

    before, days = shown(), c.sql("SELECT * FROM public_indicator_day ORDER BY indicator, day")
    for n in range(len(country.lines)):
        country.refuse(n)
    time_passes(c, 100)
    assert watcher.look() == set() and shown() == before
    assert days and c.sql("SELECT * FROM public_indicator_day ORDER BY indicator, day") == days
    c.run("operator", "reject", "Op0")  # whose name is for nobody to read
    assert watcher.look() == set() and shown() == {place: value for place, value in before.items() if place[1] != "Op0"} != before


def test_lifting_the_floor_forgets_nothing(watcher):
    country, c = watcher.country, watcher.country.c

    def lifted_and_put_back():
        for lifted in (True, False):
            c.sql("SELECT floor_lift(%s)", lifted)
            c.run("rollup")
        return {(r["geo"], r["operator"], r["technology"]): r["value"] for r in
                get(c, f"indicators?year={YEAR}&indicator=PER8") if r["statistic"] == "mean"}

    before = {k: value for k, (value, *_) in watcher.last.items() if k[0] != "day"}
    assert {k: v for k, v in lifted_and_put_back().items() if v is not None} == before
    country.measure(NEWCOMER, 20, 20, LOSS)
    assert lifted_and_put_back()[None, None, None] is None, "with the newcomer in it, and nothing else new"
    country.all_measure(40, 14)
    assert lifted_and_put_back()[None, None, None] is not None


def test_no_sum_of_all_that_was_ever_shown_tells_of_few(watcher):
    country, r = watcher.country, random.Random(2)
    for week in range(5):
        begin = 30 + 7 * week
        if week == 1:
            country.measure(NEWCOMER, 25, 12, LOSS)
            watcher.look()
        if week == 3:
            country.refuse(LEAVER)
        country.measure(LATE, -7 * week - 7, 3)
        if week % 2:
            country.measure(r.randrange(NEWCOMER), r.randrange(30), 1)
        watcher.look()
        # Not everybody measures every day, and the newcomer only once it is there.
        country.all_measure(begin, 7, but={r.randrange(20), *({NEWCOMER} if week == 0 else {})} | country.refused)
        time_passes(country.c, 7)
        watcher.look()
    figures = {k: cell for k, cell in watcher.ever.items() if k[0][0] != "day"}
    assert len(watcher.numbers[None, None, None]) > 3, "the country's figure moves on"
    assert len([k for k in watcher.ever if k[0][0] == "day"]) > 50
    audit.nested_pairs(figures)
    assert audit.light_sum(figures, 3) is None
    assert audit.light_sum(watcher.ever, 1) is None
    # The plain attack: what the sums that everybody can reckon differ by.
    for name, told in watcher.numbers.items():
        for (n1, v1), (n2, v2) in itertools.combinations(told, 2):
            if n1 != n2:
                guess = (n2 * v2 - n1 * v1) / (n2 - n1)
                assert not 0.8 * LOSS <= guess <= 1.2 * LOSS, (name, guess)


def test_a_day_of_the_series_takes_five_at_once(own_collector):
    country = Country(own_collector.start_idle(), more=5)
    for line in range(NEWCOMER + 1):
        country.measure(line, 0, 30)
    c = country.c

    def days():
        c.sql("INSERT INTO indicator_dirty (year) VALUES (%s)", YEAR)
        c.sql("SELECT cell_mark(%s, %s)", FIRST, FIRST + datetime.timedelta(60))
        c.run("rollup")
        return {row["day"]: (row["p50"], row["n_samples"]) for row in get(c, "series?check=ping&metric=rtt_p50_ms")}

    first = days()
    assert len(first) == 30 and all(p50 for p50, _ in first.values())
    for line in range(NEWCOMER + 1, NEWCOMER + 5):
        country.measure(line, 5, 1, 50.0)
    country.refuse(LEAVER)
    assert days() == first
    country.measure(NEWCOMER + 5, 5, 1, 50.0)
    later = days()
    moved = str(FIRST + datetime.timedelta(5))
    assert {day for day in first if later[day] != first[day]} == {moved} and later[moved][1] > first[moved][1]
