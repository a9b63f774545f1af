"""What the chart of an indicator and the series of its metric tell together: both speak of the same days, and each counts lines by its own
rules."""

import datetime

import pytest
from test_floor import YEAR, get
from test_newcomer import FIRST, Country, time_passes

pytestmark = pytest.mark.long(15)

NEWCOMER, ONE = 20, 9
COMES, FIVE, OTHERWISE, NOTHING, LEAVES = 30, 31, 32, 33, 41  # days
HALVES = 0.1  # Mbit/s: each of the two is rounded by half of that
HIDDEN = 33.0  # Mbit/s, of the one line that comes late; nobody else is near


class Speeds(Country):
    """Lines whose download is measured, half of them slow."""

    def speed(self, line, first, days, mbps=None):
        mbps = mbps or (HIDDEN if line >= NEWCOMER else 10 + line if line < 10 else 60 + line)
        self.measure(line, first, days)
        self.c.sql("INSERT INTO rollup_day_sketch (day, probe_no, check_no, af, position, ok, buckets, counts) "
                   "SELECT %s::date + d, %s, check_no, 4, position, true, ARRAY[sketch_bucket(%s::real)], ARRAY[10] "
                   "FROM generate_series(0, %s - 1) d, metric m JOIN check_kind k USING (check_no) "
                   "WHERE k.name = 'throughput' AND m.name = 'down_mbps'", FIRST + datetime.timedelta(first), self.probes[line], mbps, days)

    def all_speed(self, first, days):
        for line in range(NEWCOMER):
            if line not in self.refused:
                self.speed(line, first, days)

    def look(self):
        """What the chart says, and the series, by day since the first."""
        c = self.c
        c.sql("INSERT INTO indicator_dirty (year) VALUES (%s) ON CONFLICT DO NOTHING", YEAR)
        c.sql("SELECT cell_mark(%s, %s)", FIRST, FIRST + datetime.timedelta(60))
        c.run("rollup")
        rows = get(c, "series?indicator=PER5"), get(c, "series?check=throughput&metric=down_mbps")
        return [{(datetime.date.fromisoformat(row["day"]) - FIRST).days: row.get("value") or row.get("p50") for row in told} for told in rows]


def test_targets_of_ones_own_are_in_neither(own_collector):
    """A member's own server, fast or slow, is no throughput of the country's: with forty lines, x = 2·42.5 - 40 would be a household's."""
    country = Speeds(own_collector.start_idle())
    country.all_speed(0, 30)
    country.c.sql("INSERT INTO target (name, ours) VALUES ('nas.family.home', false)")
    country.c.sql("INSERT INTO rollup_day_sketch (day, probe_no, check_no, target_no, af, position, ok, buckets, counts) "
                  "SELECT s.day, s.probe_no, s.check_no, t.target_no, 4, s.position, true, ARRAY[sketch_bucket(999)], ARRAY[50] "
                  "FROM rollup_day_sketch s JOIN check_kind k USING (check_no), target t "
                  "WHERE k.name = 'throughput' AND t.name = 'nas.family.home' AND s.probe_no = %s", country.probes[ONE])
    chart, series = country.look()
    assert set(chart) == set(series) == set(range(30))
    assert all(series[day] == pytest.approx(chart[day], abs=HALVES) for day in chart)
    [told] = country.c.sql("SELECT max(u.value) FROM rollup_cell_day d, unnest(d.medians) u (value) WHERE d.scope = 'all'")
    assert told[0] > 900, "analysts read what the line said of all targets"


def test_a_line_is_in_neither_what_the_other_lacks(own_collector):
    """Days are told in series when their lines have come, and wait for the next edition of the chart. Until then something happens."""
    country = Speeds(own_collector.start_idle(), more=4)
    country.all_speed(0, 30)
    country.look()
    chart, series = {}, {}
    for day in (COMES, FIVE, OTHERWISE, NOTHING):  # one by one: no more than that is no edition
        country.all_speed(day, 1)
        chart, series = country.look()
        assert day in series and day not in chart
    country.speed(NEWCOMER, COMES, 1)
    for line in range(NEWCOMER, NEWCOMER + 5):
        country.speed(line, FIVE, 1)
    country.speed(ONE, OTHERWISE, 1, HIDDEN)
    country.all_speed(NOTHING + 1, 6)
    time_passes(country.c, 30)
    chart, later = country.look()
    assert {day for day in later if day in series and later[day] != series[day]} == {FIVE}
    assert OTHERWISE not in chart and {COMES, FIVE, NOTHING, NOTHING + 3} <= chart.keys()
    assert all(chart[day] == pytest.approx(later[day], abs=HALVES) for day in chart)

    country.all_speed(LEAVES, 1)
    country.look()
    country.refuse(ONE)
    country.all_speed(LEAVES + 1, 6)
    time_passes(country.c, 30)
    chart, later = country.look()
    assert LEAVES in later and LEAVES not in chart and LEAVES + 3 in chart
    assert all(chart[day] == pytest.approx(later[day], abs=HALVES) for day in chart)
