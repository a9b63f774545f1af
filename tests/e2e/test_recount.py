"""Every measured indicator, cell by cell, against a recomputation from raw results that shares nothing with the collector (recount.py)."""

import collections
import copy
import dataclasses
import datetime
import decimal
import itertools
import math
import re
import statistics

import pytest
import recount
import recount_saying
import recount_day
import recount_interval
import recount_iqb
import recount_past
import recount_residue
import recount_server
import recount_watch
from conftest import Collector, scratch
from country import CARRIER, GONE, KNOWN, OUTCOMES, SEED, TARGETS, YEARS, Country
from recount_change import common_pairs, over_cells, step
from recount_day import Point, chart, main_statistic
from recount_past import Past, bears, changes, fresh, may_follow, said, told_too_much, weighed
from recount_told import TIE, digits_of, may_be, nearest, outwards

pytestmark = pytest.mark.long(70)


@pytest.fixture(scope="module")
def country():
    with scratch() as folder:
        c = Collector(folder)
        try:
            print(f"INTERNETMETRE_SEED={SEED}")
            made = Country(c.prepare().start(), SEED)
            made.measure()
            made.tell()
            yield made
            c.stop()
        finally:
            c.clean()


@pytest.fixture(scope="module")
def cells(country):
    """year -> its cells, as they are before the later editions."""
    return {year: country.cells(year) for year in YEARS}


# ---- the comparison ----

# Figures of lines; the others are made of these (recount_derived).
OF_LINES = "computed AND indicator NOT IN ('PER10', 'REL1', 'SEC5')"


def figures(c, year):
    """As analysts have them."""
    rows = c.sql("SELECT indicator, statistic, country, geo, operator, technology, family, zone, source, floor, note, value, n_samples, n_failed, n_days, "
                 "n_probes, n_networks, n_silent, method_version FROM indicator_value "
                 f"WHERE {OF_LINES} AND period = %s", str(year))
    found = {row[:9]: row[9:] for row in rows}
    assert len(found) == len(rows)
    assert all(row[0] == "met" or re.match("below|would tell|one line|not enough|too few", row[1]) for row in found.values())
    return found


def wrong_with(figure, large, floor, note, numbers, digits):
    """What is not as it has to be of a figure; nothing where all is."""
    if not large:
        return None if floor == "n<5" and not any(numbers[:-1]) else "too small a cell"
    if floor == "hidden":
        told = (figure is None) == (note == "too few lines for this percentile")
        return None if not any(numbers[:-1]) and (told or "subtraction" in note or "one line" in note) else "hidden for no reason"
    if floor != "met" or figure is None:
        return "shown or hidden wrongly"
    return None if numbers[0] in may_be(figure.value, digits) and tuple(numbers[1:]) == tuple(figure[1:]) else "other numbers"


@pytest.mark.parametrize("year", YEARS)
def test_every_cell_is_what_raw_results_say(country, cells, year):
    wanted, heavy = recount.recount(cells[year]), recount.heavy(cells[year])
    got = figures(country.c, year)
    assert not [key for key, (floor, note, *_) in got.items() if ((key[0], *key[2:]) in heavy) != ("fifth" in (note or "")) and floor != "n<5"]
    assert sorted(map(str, got)) == sorted(map(str, wanted))
    wrong = {key: (found, wanted[key], (floor, note, numbers)) for key, (floor, note, *numbers) in got.items()
             if (found := wrong_with(wanted[key][1], wanted[key][0], floor, note, numbers, digits_of(key[0])))}
    for key, (found, want, have) in sorted(wrong.items(), key=str):
        print(found, key, want, have, sep="\n  ")
    assert not wrong
    means = {key: rows for key, rows in recount.cut_once(cells[year]).items() if recount.definitions()[key[0]][2] == ["mean"]}
    shown = [rows for key, rows in means.items() if got[key[0], "mean", *key[1:]][0] == "met"]
    assert not any(map(recount.dominated, shown)) and (shown or year != 2024)


def test_a_line_needs_days_to_say_what_it_holds(country):
    """PER12 takes the days of PER5, of lines that have as many as its file asks for: with ten nobody is left here, with three some are."""
    def days(indicator, least):
        body = "SELECT" + (recount.SCHEMA / f"indicators/{indicator}.sql").read_text(encoding="utf-8").split("\nSELECT", 1)[1]
        body = body.replace("$1", "'2024-01-01'").replace("$2", "'2025-01-01'").replace("days >= 10", f"days >= {least}")
        return country.c.sql("SELECT r.day, coalesce(h.household, r.probe_no), r.buckets, r.counts, r.failed FROM (" + body + ") r "
                             "LEFT JOIN probe_household h USING (probe_no) ORDER BY 1, 2, r.probe_no")
    every = days("PER5", 10)
    valued = collections.Counter(line for _, line, buckets, *_ in every if buckets is not None)
    for least in (3, 10):
        assert days("PER12", least) == [row for row in every if valued[row[1]] >= least]
    assert 0 < len(days("PER12", 3)) < len(every)


def test_nothing_is_left_out(country):
    """All outcomes of each check, both families, and figures that are shown, small, and hidden for what others would tell."""
    found = [x for results in country.raw.values() for x in results]
    for check in ("dns", "ping", "throughput"):
        assert {x["outcome"] for x in found if x["check"] == check} == {"ok", "partial", *OUTCOMES}
    shown = [key for key, row in figures(country.c, 2024).items() if row[0] == "met"]
    assert {key[0] for key in shown} == set(recount_saying.OF_DAY) - {"PER12"}  # of which few lines have the ten days that it takes
    assert any(key[4] and key[5] for key in figures(country.c, 2024)), "operators by technology"
    assert {key[6] for key in shown} == {None, "ipv4", "ipv6"} and {key[7] for key in shown} == {None, "urban", "rural"} and {key[2] for key in shown} == {"BJ", "TG"}
    assert {row[0] for year in YEARS for row in figures(country.c, year).values()} == {"met", "n<5", "hidden"}
    assert sum(row[8] for row in figures(country.c, 2024).values() if row[8]) > 0  # silent ones
    assert [day for day, in country.c.sql("SELECT DISTINCT day FROM rollup_late ORDER BY day")] == [*GONE]
    cuts = [row for (indicator, *_), cell in country.cells(2024).items() if indicator == "REL2_CUTS" for row in cell]
    assert {row.value > 0 for row in cuts} == {True, False}


# ---- day by day ----

def charts(c, year):
    """(indicator, country, source) -> day -> what it says."""
    found = collections.defaultdict(dict)
    for *key, day, value, low, high, probes, networks in c.sql(
            "SELECT indicator, country, source, day, value, low, high, n_probes, n_networks FROM indicator_day WHERE extract(year FROM day) = %s", year):
        found[tuple(key)][day] = Point(value, low, high, probes, networks)
    return found


def wholes(cells):
    """(indicator, country, source) -> the rows of a country."""
    return {(key[0], key[1], key[-1]): rows for key, rows in cells.items() if not any(key[2:-1])}


def in_digits(point, digits):
    ends = (None, None) if point.low is None else outwards(point.low, point.high, digits)
    return Point(nearest(point.value, digits), *ends, *point[3:])


def same(got, made, indicator):
    return got.value in may_be(made.value, digits_of(indicator)) and got[1:] == in_digits(made, digits_of(indicator))[1:]


def places(cells, shown, key):
    """Of a country's rows: the cells of both families that are shown anew, and have it."""
    found = collections.defaultdict(set)
    for cell in shown:
        if cell[:2] + cell[-1:] == key[:2] + key[-1:] and not cell[-3]:
            for row in cells[cell]:
                found[row].add(cell)
    return lambda row: tuple(sorted(found[row], key=str))


def all_charts(country, cells, year):
    """Each (indicator, country, source) whose figure is shown, and its chart."""
    told = figures(country.c, year).items()
    shown = {cell_of(key) for key, row in told if row[0] == "met" or row[1] == "too few lines for this percentile"}
    for key in sorted(shown, key=str):
        if not any(key[2:-1]):
            yield (key[0], key[1], key[-1]), chart(cells[year][key], main_statistic(key[0]), digits_of(key[0]),
                                                   place_of=places(cells[year], shown, key))


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_what_raw_results_say(country, cells, year):
    wanted = dict(all_charts(country, cells, year))
    got = charts(country.c, year)
    assert {key: points.keys() for key, points in got.items()} == {key: points.keys() for key, points in wanted.items() if points}
    wrong = {(*key, day): (p, wanted[key][day]) for key, points in got.items() for day, p in points.items() if not same(p, wanted[key][day], key[0])}
    assert not wrong
    assert any(p.low for points in got.values() for p in points.values())


WRONG_DAYS = {
    "what_stays": lambda *_: lambda _shown: recount_residue.NOTHING,
    "crowded": lambda rows: len(rows) >= 4,
    "most_that_stay": lambda days, **_before: {day for day, rows in days.items() if recount_day.crowded(rows)},
    "interval": lambda said, _sums, _digits: (min(said.values()), max(said.values())),
    "of_its_day": lambda row: row,
}


def days_told(country, cells):
    """Each chart of each year, and what its days say."""
    for year in YEARS:
        for key, points in all_charts(country, cells, year):
            yield (year, *key), {day: in_digits(p, digits_of(key[0]))[:3] for day, p in points.items()}


@pytest.fixture(scope="module")
def right_days(country, cells):
    return dict(days_told(country, cells))


@pytest.mark.model
@pytest.mark.parametrize("rule", WRONG_DAYS)
def test_each_rule_moves_a_day_that_is_compared(country, cells, right_days, monkeypatch, rule):
    monkeypatch.setattr(recount_day, rule, WRONG_DAYS[rule])
    assert any(says != right_days[key] for key, says in days_told(country, cells))


# ---- how far it may be off ----

def of_lines(rows, statistic):
    """What each line says and weighs, in the order of their names."""
    rows = [row for row in rows if row.value is not None]
    values, sums = recount.said(rows, statistics.fmean if statistic == "mean" else statistics.median), recount.weights(rows)
    return [values[line] for line in sorted(values)], [sums[line] for line in sorted(values)]


def seed(indicator):
    return recount_interval.seed_of(indicator, recount.definitions()[indicator][0])


def most(indicator):
    return 100 if indicator in ("PER2", "PER8") else math.inf


def test_every_interval_is_what_lines_tell(country, cells):
    cells, kinds = recount.cut_once(cells[2024]), set()
    for indicator, statistic, *key, low, high, kind, why, least in country.c.sql(
            "SELECT indicator, statistic, country, geo, operator, technology, family, zone, source, low, high, interval_kind, interval_why, "
            f"interval_lines FROM indicator_value WHERE {OF_LINES} AND period = '2024' AND value IS NOT NULL"):
        lines = of_lines(cells[indicator, *key], statistic)
        wanted = (recount_interval.interval_of_figure(statistic, *lines, seed(indicator), most(indicator), digits_of(indicator), lean)
                  for lean in (-TIE, TIE))
        assert any((low, high, kind, why) == found for found in wanted), (indicator, statistic, key)
        assert least == (None if kind else recount_interval.lines_least(statistic))
        kinds.add((statistic, kind or why))
    assert kinds >= {("p50", "order95"), ("mean", "studentised95"), ("mean", "lines"), ("p10", "order95")}


def test_no_end_is_what_a_line_says_of_itself(country, cells, monkeypatch):
    """The rule is seen: without it ends are lines' values, or lie between two."""
    cells, found = recount.cut_once(cells[2024]), set()
    monkeypatch.setattr(recount_interval, "told", lambda found, *_: found)
    for indicator, statistic, *key, low, high in country.c.sql(
            "SELECT indicator, statistic, country, geo, operator, technology, family, zone, source, low, high FROM indicator_value "
            "WHERE computed AND period = '2024' AND interval_kind = 'order95'"):
        exact = recount_interval.interval_of_figure(statistic, *of_lines(cells[indicator, *key], statistic), seed(indicator), digits=digits_of(indicator))
        found |= {round(exact.low / low, 9) if low else 1, round(high / exact.high, 9) if exact.high else 1}
    assert min(found) >= 1 and not [ratio for ratio in found if 1 < ratio < 1.2] and 1 in found and max(found) < 1.2 * 1.6 ** 2


# ---- what everybody has ----

def two_digits(n):
    return n and int(decimal.Decimal(n).quantize(decimal.Decimal(1).scaleb(max(0, len(str(n)) - 2)), decimal.ROUND_HALF_UP))


@pytest.mark.parametrize("year", YEARS)
def test_everybody_has_the_same_in_steps(country, year):
    exact = figures(country.c, year)
    public = {tuple(f[k] for k in ("indicator", "statistic", "country", "geo", "operator", "technology", "family", "zone", "source")): f
              for f in country.c.request("GET", f"/api/v1/indicators?year={year}").json()
              if (f["n_probes"] or f["floor"] != "met") and f["indicator"] != "SEC5"}
    assert public.keys() == exact.keys()
    def of_all(key, count):
        """Counts of few, of a country alone."""
        return None if any(key[3:-1]) or count is None else 1 if count in range(1, 5) else step(count)

    shown = {(key[0], *key[2:]) for key, figure in exact.items() if figure[2] is not None}

    def in_a_word(key, floor):
        """Of an operator in a department, or by a technology, one for whatever hides all of it."""
        return "hidden" if key[4] and (key[3] or key[5]) and floor in ("n<5", "hidden") and (key[0], *key[2:]) not in shown else floor

    for key, (floor, _, value, samples, failed, days, probes, networks, silent, method) in exact.items():
        f = public[key]
        assert (f["floor"], f["method_version"]) == (in_a_word(key, floor), method), key
        assert f["value"] == value
        assert (f["n_samples"], f["n_failed"], f["n_days"]) == (two_digits(samples), of_all(key, failed), two_digits(days)), key
        assert (f["n_probes"], f["n_networks"], f["n_silent"]) == (step(probes), step(networks), of_all(key, silent)), key


# ---- made of figures ----

@pytest.mark.parametrize("year", YEARS)
def test_the_quality_index_is_what_published_figures_pass(country, year):
    """Of the country, and of each of its parts that has all four."""
    parts = {"PER5": "p50", "PER6": "p50", "PER3": "p50", "PER8": "mean"}
    cell = "country, geo, operator, technology, zone, source"
    found = {row[:6]: row[6:] for row in country.c.sql(
        f"SELECT {cell}, value, note, floor, statistic, unit FROM indicator_value WHERE computed AND indicator = 'PER10' AND period = %s", str(year))}
    told = collections.defaultdict(dict)
    for indicator, statistic, value, *place in country.c.sql(
            f"SELECT indicator, statistic, value, {cell} FROM indicator_value WHERE computed AND period = %s AND value IS NOT NULL AND family IS NULL",
            str(year)):
        if parts.get(indicator) == statistic:
            told[tuple(place)][indicator] = value
    whole = {place: values for place, values in told.items() if len(values) == len(parts)}
    assert found.keys() == whole.keys() and found
    for place, v in whole.items():
        score, failed = recount_iqb.iqb(v["PER5"], v["PER6"], v["PER3"], v["PER8"] / 100)
        assert found[place] == (round(score, 2), f"failed: {failed}", "met", "value", "0-1"), place
    assert year != 2024 or all(any(place[n] for place in found) for n in range(4)), "a department, an operator and a technology have one"


def test_availability_is_what_published_outages_leave(country):
    """And so it tells nothing of a line that they do not."""
    place = "country, geo, operator, technology, zone, source, period, floor"
    up, down = ({row[:-1]: row[-1] for row in country.c.sql(f"SELECT {place}, value FROM indicator_value WHERE computed AND indicator = %s AND value "
                                                             "IS NOT NULL", indicator)} for indicator in ("REL1", "REL2"))
    assert up == {key: round(100 - hours / 87.6, 2) for key, hours in down.items()}
    assert {(key[-2], sum(map(bool, key[1:5]))) for key in up} >= {("2023", 0), ("2024", 0), ("2024", 1)}


# ---- of servers ----

@pytest.mark.parametrize("year", YEARS)
def test_each_server_has_the_word_of_most(country, year):
    words = recount_server.words(country.lines, country.raw, KNOWN, {CARRIER}, year)
    got = {row[:2]: row[2:] for row in country.c.sql("SELECT country, source, value, n_samples, n_days, n_probes, n_networks, floor, note FROM "
                                                     "indicator_value WHERE indicator = 'SEC5' AND period = %s", str(year))}
    assert got == {key: recount_server.figure(of) for key, of in words.items()}
    assert {server.counts for of in words.values() for server in of.values()} == {True, False}
    told = country.c.run("indicators", "explain", "SEC5", "--year", str(year))
    for (where, source), of in words.items():
        for name, server in of.items():
            assert (f"  {where} {source} {name}: households {len(server.voices)}, for which it is good {sum(server.voices.values())}, networks "
                    f"{len(server.networks)}, days {server.days}{'' if server.counts else '; too few to count'}\n") in told


# ---- from year to year, and among each other ----

def test_every_change_is_what_raw_results_say(country, cells):
    first, second = (wholes(cells[year]) for year in YEARS)
    kinds = set()
    for f in country.c.request("GET", "/api/v1/changes?year=2024").json():
        key, statistic = (f["indicator"], f["country"], f["source"]), main_statistic(f["indicator"])
        kinds.add(f["kind"] or f["why"])
        targets = f["country"] == "BJ" and f["indicator"][:4] in ("PER3", "PER4", "PER7")  # another set in the second year
        assert (f["why"] in ("method", "missing")) == (targets or key not in first), f
        if f["kind"] == "lines":
            pairs = common_pairs(first[key], second[key], statistic)
            if key[1] == "BJ":  # it takes a while
                wanted = recount_interval.change(statistic, pairs, seed(f["indicator"]))
                told_as = [recount_interval.told_change(statistic, pairs, wanted, most(f["indicator"]), digits_of(f["indicator"]), lean)
                           for lean in (-TIE, TIE)]
                assert tuple(f[k] for k in ("value_from", "value_to", "low", "high")) in told_as, f
            assert f["n_lines"] == step(len(pairs))
    assert {"lines", "few", "method"} <= kinds


def test_changes_over_cells_are_those_of_published_figures(country):
    def year_of(key, year):
        return {(o, g): (v, n) for o, g, v, n in country.c.sql(
            "SELECT operator, geo, value, n_probes FROM indicator_value WHERE computed AND period = %s AND (indicator, statistic, country, source) = "
            "(%s, %s, %s, %s) AND num_nonnulls(technology, family, zone) = 0 AND num_nulls(value, low, high) = 0", str(year), *key)}

    some = 0
    for key in {(k[0], k[1], k[2], k[-1]) for k in figures(country.c, 2024)}:
        wanted = over_cells(year_of(key, 2023), year_of(key, 2024))
        got = country.c.sql("SELECT value_from, value_to, cells FROM change_over_cells(%s, %s, %s, %s, 2024)", *key)
        assert bool(got) == bool(wanted), key
        for value_from, value_to, cells in got:
            assert all(value in may_be(made, digits_of(key[0])) for value, made in zip((value_from, value_to), wanted)) and cells == wanted[2], key
        some += wanted is not None
    assert some


@pytest.mark.parametrize("year", YEARS)
def test_every_place_is_what_lines_tell(country, cells, year):
    cells, groups = cells[year], collections.defaultdict(dict)
    exact = recount.recount(cells)
    better = dict(country.c.sql("SELECT indicator, better FROM indicator"))
    for indicator, statistic, *key, low, high in country.c.sql(
            "SELECT indicator, statistic, country, geo, operator, technology, family, zone, source, rank_low, rank_high FROM indicator_value "
            f"WHERE {OF_LINES} AND period = %s AND value IS NOT NULL AND num_nonnulls(geo, operator) = 1 AND technology IS NULL", str(year)):
        if statistic == main_statistic(indicator) and better[indicator] != "-":
            groups[indicator, statistic, key[0], key[1] is None, key[-1]][key[1] or key[2]] = (
                exact[indicator, statistic, *key][1].value, of_lines(cells[indicator, *key], statistic)[0], (low, high))
    some = 0
    for (indicator, statistic, *_), found in groups.items():
        names = sorted(found)
        wanted = recount_interval.ranks(statistic, better[indicator] == "high", [found[name][:2] for name in names], seed(indicator))
        assert [found[name][2] for name in names] == (wanted if len(found) > 1 else [(None, None)]), (indicator, found)
        some += any(low > 1 for low, _ in wanted)
    assert some


@pytest.mark.parametrize("year", YEARS)
def test_places_are_in_the_order_of_values(country, cells, year):
    """By operator, and by department: whose lines tell it apart has the better value of raw results, and all have a place or none."""
    wanted, groups = recount.recount(cells[year]), collections.defaultdict(list)
    better = {row[0]: row[1] for row in country.c.sql("SELECT indicator, better FROM indicator")}
    for indicator, statistic, *key, low, high in country.c.sql(
            "SELECT indicator, statistic, country, geo, operator, technology, family, zone, source, rank_low, rank_high FROM indicator_value "
            f"WHERE {OF_LINES} AND period = %s AND value IS NOT NULL AND num_nonnulls(geo, operator) = 1 AND technology IS NULL", str(year)):
        if statistic == main_statistic(indicator):
            sign = -1 if better[indicator] == "high" else 1
            groups[indicator, key[0], key[1] is None, key[-1]].append((sign * wanted[indicator, statistic, *key][1].value, low, high))
    for (indicator, *_), cells in groups.items():
        if better[indicator] == "-" or len(cells) == 1:
            assert not any(low or high for _, low, high in cells)
            continue
        assert all(1 <= low <= high <= len(cells) for _, low, high in cells)
        assert all(a[0] < b[0] for a in cells for b in cells if a[2] < b[1])
        # What one is before, the others are behind: places that were taken from above and from below are as many.
        assert sum(low - 1 for _, low, _ in cells) == sum(len(cells) - high for _, _, high in cells)
    assert any(low > 1 for cells in groups.values() for _, low, _ in cells if low)


IS_WATCHED = recount_watch.is_watched

# Each rule as it must not be. That of five probes is none by itself: each has one network at most.
WRONG = {
    "recount_saying.BOX": (),
    "recount_saying.everybodys": lambda _result, _targets: True,
    "recount_saying.of_the_line": lambda _result: True,
    "recount_saying.set_of": lambda targets, country, _year: targets.sets[country][0][1],
    "recount_saying.members": lambda _set, _scope: dict.fromkeys(TARGETS),
    "recount_saying.unicast": lambda _member: True,
    "recount_saying.own_by_pack": lambda _operator, _of: False,
    "recount_saying.own_by_address": lambda _addr, _prefixes: False,
    "NETWORKS": 1,
    "DAYS": 1,
    "recount_line.place_on": lambda line, _day: line.places[-1][1:],
    "recount_line.counts": lambda _line, _year: True,
    "recount_line.Line.household": property(lambda line: line.probe),
    "recount_line.Line.voucher": property(lambda line: line.confirmed),
    "recount_line.network_of": lambda line, _lines, year, _carrier_nat: next(iter(line.pushes[year]), None),
    "recount_line.modem": lambda _link, _technology: False,
    "recount_line.of_another": lambda _network, _declared, _networks: False,
    "recount_line.unpowered": lambda _boots: set(),
    "recount_line.elsewhere": lambda _results: set(),
    "recount_line.stand_for": lambda days, _first, _last: [1 for _ in days],
    "fifth": lambda sums: sums,
    "vouched": lambda sums, _voucher_of: sums,
    "said": lambda rows, how: {row.line.household: row.value for row in rows},
    "cut_once": lambda cells: cells,
    "failures": lambda rows: collections.Counter({row.line.household: row.failed for row in rows}),
    "of_one": lambda _failed: True,
    "recount_watch.HALF_A_DAY": datetime.timedelta(hours=1),
    "recount_watch.is_watched": lambda line, a, b, networks: a.at.date() == b.at.date() and IS_WATCHED(line, a, b, networks),
    "recount_watch.MOMENT": datetime.timedelta(0),
    "recount_watch.near": lambda _addr: False,
    "recount_watch.is_cut": lambda run, until: until - run[0].at > recount_watch.MOMENT,
}


def told(cells):
    return {key: (large, large and figure and figure._replace(value=nearest(figure.value, digits_of(key[0]))))
            for key, (large, figure) in recount.recount(cells).items()}


@pytest.fixture(scope="module")
def right(cells):
    return {year: told(cells[year]) for year in YEARS}


@pytest.mark.model
@pytest.mark.parametrize("rule", WRONG)
def test_each_rule_moves_a_figure_that_is_compared(country, right, monkeypatch, rule):
    """Else the data would agree with a collector that lacks it."""
    monkeypatch.setattr(rule if rule.startswith("recount_") else f"recount.{rule}", WRONG[rule], raising=False)
    assert any(told(country.cells(year)) != right[year] for year in YEARS)


# ---- later editions ----

@dataclasses.dataclass
class Edition:
    """What was shown, and what a first edition would be of all that is known by then."""
    figures: dict
    charts: dict
    cells: dict
    past: Past  # what had been shown before


def cell_of(key):
    return key[0], *key[2:]


def shown(figures_of):
    """Cells with a figure, of which something is remembered: no household is simulated."""
    return {cell_of(key) for key, row in figures_of.items() if row[0] == "met" and key[-1] == "measured"}


def replaced(before, after):
    return {cell_of(key) for key, row in after.figures.items() if row != before.figures.get(key)} & shown(after.figures)


@pytest.fixture(scope="module")
def editions(country):
    """The first, one when little came, one when much did, one when a line was doubted."""
    country.rest()
    found, past = [], Past()
    for come in (lambda: None, country.few, country.many, lambda: country.doubt(10)):
        come()
        country.edition()
        found.append(Edition(figures(country.c, 2024), charts(country.c, 2024), country.cells(2024), copy.deepcopy(past)))
        past.show(found[-1].cells, replaced(found[-2], found[-1]) if len(found) > 1 else shown(found[-1].figures))
    return found


def test_a_figure_is_the_last_one_or_the_new_one(editions):
    for before, after in itertools.pairwise(editions):
        wanted = {key: (large, recount_past.keep_quiet(after.past, cell_of(key), figure)) for key, (large, figure) in recount.recount(after.cells).items()}
        assert shown(before.figures) <= shown(after.figures)
        assert not {key: (row, before.figures.get(key), wanted[key]) for key, row in after.figures.items()
                    if row != before.figures.get(key) and wrong_with(wanted[key][1], wanted[key][0], row[0], row[1], row[2:], digits_of(key[0]))}


def free(country, edition):
    """Figures of before that may be replaced, as far as each tells by itself."""
    says, households = said(edition.cells), {line.probe: line.household for line in country.lines}
    return {key for key in edition.past.last if may_follow(edition.past, key, edition.cells[key], says, households)}


def test_it_is_replaced_under_cover_of_new_days_alone(country, editions):
    for before, after in itertools.pairwise(editions):
        new, may = replaced(before, after), free(country, after)
        countries = {key for key in may if not any(key[2:-1])}  # which are tried first
        assert new & after.past.last.keys() <= may and countries <= new
        assert all(bears(fresh(after.past, key, after.cells[key])) for key in new)
        assert not told_too_much(after.past, after.cells, new)


def chart_of(edition, before, key, new):
    """A country's chart where its figure is replaced: what was told stays, and days behind it come. What came late of others is hidden."""
    rows, past = edition.cells[key], edition.past
    known = {row for row in recount_past.valued(rows) if (key[0], *recount_past.unit(row)) in past.told}
    last = max(row.day for row in known)
    late, came = [row for row in fresh(past, key, rows) if row.day <= last], [row for row in fresh(past, key, rows) if row.day > last]
    cover = len(changes(past, key, rows, said(edition.cells))) > len(late) + len(came) or weighed(past, key, rows)
    statistic, told = main_statistic(key[0]), [row for row in recount_past.valued(rows) if row.day <= last]
    return before | recount_day.chart(came, statistic, digits_of(key[0]), whole=rows, place_of=places(edition.cells, new, key), late=late, cover=cover, told=told,
                                      weighed=recount_past.had(past, key, rows, said(edition.cells)))


def charts_go_on(editions):
    """Each edition and chart, and what that has to be, but for those of countries that had none."""
    for number, (before, after) in enumerate(itertools.pairwise(editions), 1):
        countries, new = [key for key in before.past.last.keys() | shown(before.figures) if not any(key[2:-1])], replaced(before, after)
        for key in sorted(countries, key=str):
            name = key[0], key[1], key[-1]
            had = before.charts.get(name, {})
            yield (number, name), chart_of(after, had, key, new) if key in new else had


@pytest.fixture(scope="module")
def right_charts(editions):
    return dict(charts_go_on(editions))


def test_a_chart_goes_on_where_it_ended(editions, right_charts):
    come = 0
    for (number, name), wanted in right_charts.items():
        had, got = (edition.charts.get(name, {}) for edition in editions[number - 1:number + 1])
        assert got.keys() == wanted.keys(), name
        assert not {day: (p, wanted[day]) for day, p in got.items() if not same(p, wanted[day], name[0])}, name
        come += len(got.keys() - had.keys())
    assert come


@pytest.mark.model
@pytest.mark.parametrize("rule, wrong", [("most_that_stay", lambda days, **_before: set(days)), ("crowded", lambda rows: len(rows) > 20)])
def test_each_rule_holds_a_day_back(editions, right_charts, monkeypatch, rule, wrong):
    monkeypatch.setattr(recount_day, rule, wrong)
    assert any(says != right_charts[key] for key, says in charts_go_on(editions))


def test_each_edition_has_what_it_is_made_for(editions):
    first, few, many, doubted = editions
    assert not replaced(first, few) and few.cells != first.cells
    assert not replaced(many, doubted) and doubted.cells.keys() and said(doubted.cells) != said(many.cells)
    new, says = replaced(few, many), said(many.cells)
    changed = {key for key in many.past.last if changes(many.past, key, many.cells[key], says)}
    assert new & changed and changed - new and new - many.past.last.keys()


@pytest.mark.model
@pytest.mark.parametrize("rule, wrong", [("bears", lambda _rows: True), ("fresh", lambda _past, _key, rows: rows)])
def test_each_rule_holds_a_figure_back(country, editions, monkeypatch, rule, wrong):
    right = [free(country, edition) for edition in editions]
    monkeypatch.setattr(recount_past, rule, wrong)
    assert any(free(country, edition) != may for edition, may in zip(editions, right))
