"""Days of metrics: told once, in blocks of lines, for everybody; made of whatever the days say now, for analysts."""

import datetime
import itertools
import math
import statistics

import pytest
import recount
from conftest import Collector, scratch
from recount_told import three_digits
from test_floor import YEAR
from test_newcomer import FIRST, LATE, Country

pytestmark = pytest.mark.long(35)

PATH = "series?check=ping&metric=rtt_p50_ms"
GROUPS = ["", "operator", "department", "technology", "zone", "operator,department"]
COME, FAR = range(21, 26), range(26, 32)  # five that come late, six of a country west of Greenwich
ALIKE = [21, 22, 24, 25, 33]  # five of one operator that come late
LEAP = datetime.date(YEAR, 2, 29)


@pytest.fixture(scope="module")
def country():
    with scratch() as folder:
        c = Collector(folder)
        try:
            c.start_idle()
            country = Country(c, more=13)
            c.sql("UPDATE probe_context SET country = 'CV', department = NULL WHERE probe_no = ANY (%s)", [country.probes[n] for n in FAR])
            for line in range(21):
                country.measure(line, -5, 35)
            for line in FAR:
                country.measure(line, -5, 4)
            c.key = c.run("key", "create", "tests").strip()
            refresh(c)
            yield country
            c.stop()
        finally:
            c.clean()


def refresh(c):
    c.sql("INSERT INTO indicator_dirty (year) VALUES (%s) ON CONFLICT DO NOTHING", YEAR)
    c.sql("SELECT cell_mark(%s, %s)", datetime.date(YEAR, 1, 1), datetime.date(YEAR, 12, 31))
    c.run("rollup")


def get(c, path, key=None):
    reply = c.request("GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"} if key else {})
    assert reply.status == 200, reply.body
    return reply.json()


def told(c):
    """All that everybody can read, by grouping, place and day."""
    return {(group, row["country"], row["operator"], row["department"], row["technology"], row["zone"], row["day"]): row
            for group in GROUPS for row in get(c, PATH + (f"&group={group}" if group else ""))}


def measured(country, day):
    """Line → its median of a day, from the sketches."""
    rows = country.c.sql("SELECT probe_no, buckets[1]::int FROM rollup_day_sketch WHERE day = %s", day)
    return {country.probes.index(probe): 1.02 ** (bucket - 9999.5) for probe, bucket in rows}


def quantile(values, q):
    at, values = q * (len(values) - 1), sorted(values)
    low, high = values[math.floor(at)], values[math.ceil(at)]
    return low + (at - math.floor(at)) * (high - low)


def test_a_country_at_a_time(country):
    """Thirty-five days with a leap day in them, of lines of one country; of another there are twenty-four days of lines."""
    rows = get(country.c, PATH)
    assert len(rows) == 35 and {row["country"] for row in rows} == {"BJ"}
    for row in rows:
        values = [v for line, v in measured(country, row["day"]).items() if line not in FAR]
        assert row["p50"] in three_digits(statistics.median(values)) and row["n_probes"] == row["n_networks"] == 20
        assert row["p10"] in three_digits(quantile(values, 0.1))
    assert str(LEAP) in {row["day"] for row in rows}
    for line in FAR:
        country.measure(line, -1, 1)
    refresh(country.c)
    far = get(country.c, PATH + "&country=CV")
    assert [row["day"] for row in far] == [str(FIRST + datetime.timedelta(n)) for n in range(-5, 0)]
    assert {(row["country"], row["n_probes"], row["p10"]) for row in far} == {("CV", 5, None)}
    assert len(get(country.c, PATH)) == 40


def members(c, day):
    """Whom each point of a day counts."""
    return {group: frozenset(probes) for group, probes in c.sql(
        "SELECT s.group_no, array_agg(p) FROM series_part(%s::date, '{}') s JOIN series_block b USING (block_no), unnest(b.probes) p "
        "WHERE s.scope = 'all' GROUP BY s.group_no", day)}


def test_no_two_places_tell_of_few(country):
    c = country.c
    points = told(c)
    by_group = {group: [key for key in points if key[0] == group] for group in GROUPS}
    assert all(by_group.values())
    assert {key[2] for key in by_group["operator"] if key[1] == "BJ"} == {"Op0", "Op1"}
    assert len({key[3] for key in by_group["department"] if key[1] == "BJ"}) == 3
    sets = members(c, LEAP)
    assert len(sets) > 8
    for a, b in itertools.permutations(sets.values(), 2):
        assert not 0 < len(a - b) < 5 and not 0 < len(a & b) < 5
    place = get(c, f"{PATH}&operator=Op1&from={LEAP}&to={LEAP}")
    values = [v for line, v in measured(country, LEAP).items() if line < 21 and line % 3 == 2]
    assert [(row["operator"], row["department"]) for row in place] == [("Op1", None)]
    assert place[0]["p50"] in three_digits(statistics.median(values))


def test_what_is_told_stays_until_five_come(country):
    c, day = country.c, 5
    first = told(c)
    country.measure(LATE, day, 1, 90.0)
    for line in list(COME)[:4]:
        country.measure(line, day, 1, 50.0)
    refresh(c)
    assert told(c) == first
    country.measure(COME[4], day, 1, 50.0)
    refresh(c)
    later = told(c)
    changed = {key for key in later if later[key] != first.get(key)}
    assert {key[-1] for key in changed} == {str(FIRST + datetime.timedelta(day))}
    assert ("", "BJ", None, None, None, None, str(FIRST + datetime.timedelta(day))) in changed


def test_a_told_line_that_says_something_else_is_not_seen_through_others(country):
    """The country less an operator with new lines, less the other one as it was told, would be the one line of it that changed."""
    c, day = country.c, 40
    date = str(FIRST + datetime.timedelta(day))
    for line in range(20):
        country.measure(line, day, 1, 0.5 if line == LATE else 1 + line / 8, spread=0)
    refresh(c)
    first, others = told(c), sorted(v for line, v in measured(country, date).items() if line != LATE)
    # Under the cover of five, late, what would be the country's median: nobody else is near.
    hidden = (others[11] + others[12]) / 2
    country.measure(LATE, day, 1, hidden / 20, spread=0)
    for line in ALIKE:
        country.measure(line, day, 1, 50.0, spread=0)
    refresh(c)
    later = told(c)
    assert first["operator", "BJ", "Op1", None, None, None, date] == later["operator", "BJ", "Op1", None, None, None, date]
    assert first["operator", "BJ", "Op0", None, None, None, date] != later["operator", "BJ", "Op0", None, None, None, date]
    country_row = later["", "BJ", None, None, None, None, date]
    assert country_row["n_probes"] == 20 and country_row["p50"] in three_digits(others[11])
    assert not [key for key, row in later.items() if key[-1] == date and row["p50"] == pytest.approx(hidden, rel=0.02)]


@pytest.mark.parametrize("query, word", [
    ("group=operator,technology", "by operator and department"), ("group=operator&zone=urban", "by operator and department"),
    ("quantile=0.25", "`quantile`"), ("target=ns1.nic.bj&group=operator", "one target"), ("probe=abcdefghij234567abcd", "one probe"),
])
def test_what_needs_a_key(country, query, word):
    reply = country.c.request("GET", f"/api/v1/{PATH}&{query}")
    assert (reply.status, reply.problem()) == (401, "key") and word in reply.json()["detail"]
    get(country.c, f"{PATH}&{query}", country.c.key)


def test_analysts_part_as_they_like(country):
    c, values = country.c, measured(country, LEAP)
    span = f"{PATH}&from={LEAP}&to={LEAP}"
    rows = get(c, f"{span}&group=operator,department,technology&quantile=0.25", c.key)
    assert len(rows) == 5 and sum(row["n_probes"] for row in rows) == len(values)
    for row in rows:
        lines = [n for n in values if (n in FAR) == (row["country"] == "CV") and row["department"] in (None, country.lines[n].department)
                 and row["operator"] == country.lines[n].operator] if row["country"] == "BJ" else None
        if lines:
            own = [values[n] for n in lines]
            assert (row["n_probes"], row["n_networks"], row["technology"]) == (len(lines), len(lines), "fibre")
            assert row["quantile"] == pytest.approx(quantile(own, 0.25), rel=1e-6)
    assert [row["n_probes"] for row in get(c, f"{span}&country=CV", c.key)] == [len(FAR)]
    assert {row["target_kind"] for row in get(c, f"{span}&group=target_kind", c.key)} == {None}


def test_one_probe_for_analysts(country):
    """Of its whole year, days of another country's line among the others."""
    c, year = country.c, f"from={YEAR}-01-01&to={YEAR}-12-31"
    for line in (3, FAR[0]):
        probe, = c.sql("SELECT probe FROM probe WHERE probe_no = %s", country.probes[line])[0]
        days = c.sql("SELECT day::text, buckets[1]::int FROM rollup_day_sketch WHERE probe_no = %s ORDER BY day", country.probes[line])
        rows = get(c, f"{PATH}&{year}&probe={probe}", c.key)
        assert [(row["day"], row["n_probes"], row["p50"]) for row in rows] == [
            (day, 1, pytest.approx(1.02 ** (bucket - 9999.5), rel=1e-6)) for day, bucket in days]


def test_a_kind_that_no_target_has_any_more_stays_apart(country):
    c, kinds = country.c, f"{PATH}&from={LEAP}&to={LEAP}&country=BJ&group=target_kind"
    whole, = get(c, kinds, c.key)
    few, = c.sql("UPDATE rollup_cell_day SET kind = 'beacon' WHERE ctid = (SELECT d.ctid FROM rollup_cell_day d JOIN rollup_cell USING (cell_no) "
                 "WHERE d.day = %s AND scope = 'kind' AND country = 'BJ' LIMIT 1) RETURNING cardinality(probes)", LEAP)[0]
    assert [(row["target_kind"], row["n_probes"]) for row in get(c, kinds, c.key)] == [("beacon", few), (None, whole["n_probes"] - few)]
    c.sql("UPDATE rollup_cell_day SET kind = NULL WHERE kind = 'beacon'")


def test_days_of_an_indicator_are_those_of_its_chart(country):
    rows = get(country.c, "series?indicator=PER8")
    days = country.c.sql("SELECT day::text, value, low, high, n_probes FROM public_indicator_day WHERE indicator = 'PER8' ORDER BY country, source, day")
    assert days and [(row["day"], row["value"], row["low"], row["high"], row["n_probes"]) for row in rows] == days
    assert {(row["indicator"], row["unit"]) for row in rows} == {("PER8", "%")}
    last = get(country.c, f"series?indicator=PER8&from={rows[-1]['day']}&country={rows[-1]['country']}")
    assert last == rows[-1:]
    reply = country.c.request("GET", "/api/v1/series?indicator=PER8&check=ping")
    assert (reply.status, reply.problem()) == (400, "parameter") and "allowed are" in reply.json()["detail"]


def test_a_team_weighs_no_more_than_all_others(country):
    """Of twenty lines fourteen are one team's: those weigh as much as the six, and all alike where no other is."""
    c, day = country.c, 60
    date, others = str(FIRST + datetime.timedelta(day)), range(2, 20, 3)  # the operator Op1's
    c.sql("UPDATE probe SET confirmed_by = 'Natitingou ' || probe_no WHERE probe_no = ANY (%s)", [country.probes[n] for n in others])
    for line in range(20):
        country.measure(line, day, 1, 5 + line / 8 if line in others else 1 + line / 8, spread=0)
    refresh(c)
    values, points = measured(country, date), told(c)
    pairs = [(v, 1 if n in others else 6 / 14) for n, v in values.items()]
    assert points["", "BJ", None, None, None, None, date]["p50"] in three_digits(recount.quantile(pairs, 0.5))
    assert points["operator", "BJ", "Op0", None, None, None, date]["p50"] in three_digits(
        statistics.median(v for n, v in values.items() if n not in others))
