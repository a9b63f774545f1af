"""What a chart shows day by day (collector/figure/day.h), made of the rows of a country's cell."""

import collections
import functools
import itertools
import math
import os
import statistics

import recount
import recount_calendar
import recount_interval
import recount_residue
import recount_told
import recount_transport

Point = collections.namedtuple("Point", "value low high n_probes n_networks")


@functools.lru_cache
def law(units):
    """Of a median: how probable it is that lines below it weigh so many units, and no more."""
    chances = [1.0]
    for unit in units:
        chances = [(x + y) / 2 for x, y in zip(chances + [0] * unit, [0] * unit + chances)]
    return list(itertools.accumulate(chances))


def end(lines):
    """The first value up to which lines weigh more than they seldom do; where that is the next step and they are beyond it in less than
    one case of a hundred, a part of the way to the next value
    (docs/intervals.md)."""
    upto, n = law(tuple(unit for _, unit in lines)), len(lines)
    seldom = max(s for s, chance in enumerate(upto) if chance <= 0.025)
    sums = list(itertools.accumulate(unit for _, unit in lines))
    r = next(i for i, s in enumerate(sums) if s > seldom)
    if upto[seldom] >= 0.01 or r + 1 == n or upto[sums[r]] > upto[seldom + 1] * (1 + 1e-9):
        return lines[r][0]
    part = 1 / (1 + (r + 1) / (n - r - 1) * (upto[sums[r]] - 0.025) / (0.025 - upto[seldom]))
    return lines[r][0] + part * (lines[r + 1][0] - lines[r][0])


def interval(said, sums, digits):
    """Of a median, by order statistics of what lines say and weigh, as it is told around one of so many digits."""
    total, scale = sum(sums.values()), max(2048, 8 * len(sums))
    lines = sorted((value, max(1, math.floor(sums[line] / total * scale + 0.5))) for line, value in said.items())
    found = recount_interval.Interval(end(lines), -end([(-value, unit) for value, unit in reversed(lines)]), "order95")
    value = recount.quantile([(value, sums[line]) for line, value in said.items()], 0.5)
    return recount_interval.told(found, said.values(), recount_told.nearest(value, digits))[:2]


def of_its_day(row):
    """In a day it stands for no other."""
    return row._replace(due=1, weight=None)


def point(rows, statistic, digits):
    """No range is told of fewer than six lines. A mean's largest lines are cut for each day."""
    if statistic == "mean":
        rows = recount.cut(rows, recount.too_large([of_its_day(row) for row in rows]))
    figure = recount.figure([of_its_day(row) for row in rows], statistic, None)
    low = high = None
    if statistic == "p50" and figure.n_probes >= 6:
        low, high = interval(recount.said(rows, statistics.median), recount.weights([of_its_day(row) for row in rows]), digits)
    return Point(figure.value, low, high, figure.n_probes, figure.n_networks)


def crowded(rows):
    return len({row.network for row in rows} - {None}) >= recount.NETWORKS and len({row.line.household for row in rows}) >= recount.PROBES


def middle(days, shown):
    """Of the longest row of days that are shown, the first of these."""
    rows = [[day for _, day in row] for of, row in itertools.groupby(((day in shown, day) for day in sorted(days)), lambda each: each[0]) if of]
    longest = max(rows, key=len)
    return longest[len(longest) - 1 - len(longest) // 2]


def most_that_stay(days, late=(), cover=False, stays=lambda _shown: recount_residue.NOTHING, told=lambda _shown: {}, beside=lambda _shown: False):
    """The days that are shown: those of lines enough. What the figure of the year counts and none of them shows is its difference from
    them, and has to be enough as well, and so has what days do not take off of it: where it is not, days of the fewest rows are hidden too,
    of equal ones the last. late: rows that no day can show; cover: rows of before are gone or weigh otherwise, which has to be covered by
    some; stays: what days that are shown leave of lines that count otherwise; beside: whether they tell of few beside parts: then days of the
    fewest rows are hidden, twice as many each time, and of the last so many as few as halving them finds; told: what is given, day by day,
    by lines of which they tell so: those are hidden on which that is most, and in turn some of all times."""
    shown, more, last = {day for day, rows in days.items() if crowded(rows)}, 1, []

    def covered(shown):
        hidden = [*late, *(row for day, rows in days.items() if day not in shown for row in rows)]
        left = stays(shown)
        return left != recount_residue.FEW and (recount.enough(hidden) or
                                                not hidden and (not cover or left == recount_residue.MANY))

    def hide(day):
        shown.remove(day)
        last.append(day)

    def fewest():
        return min(shown, key=lambda day: (len(days[day]), -day.toordinal()))

    while True:
        while shown and not covered(shown):
            hide(fewest())
        few_beside = bool(shown) and beside(shown)
        given = told(shown) if shown and not few_beside else {}
        if not given and not few_beside:
            break
        last.clear()
        for n in range(min(more, len(shown))):
            hide(fewest() if few_beside else middle(days, shown) if n % 2 else max(sorted(shown), key=lambda day: given[day]))
        more *= 2
    few, enough = 0, len(last) if more > 1 and shown else 0
    while few + 1 < enough:
        half = (few + enough) // 2
        if covered(again := shown | set(last[half:])) and not beside(again) and not told(again):
            enough = half
        else:
            few = half
    return shown | set(last[enough:]) if enough else shown


def told_beside(days, behind, whole, statistic, place_of):
    """Of means: recount_transport.told, of days that are shown. behind: rows of days that were told without them."""
    if statistic != "mean":
        return lambda _shown: {}
    units, covered = recount_transport.units_of(days, behind, whole, place_of, statistic), set()
    return lambda shown: recount_transport.told(units, shown, covered)


def few_beside(days, late, place_of):
    """recount_calendar.tells, of days that are shown. late: rows that no day can show."""
    if "INTERNETMETRE_SEED" not in os.environ:  # in the country of every day it hides none, and takes a minute
        return lambda _shown: False

    def parts(row):
        return tuple(cell for cell in place_of(row) or () if any(cell[2:-1]))

    units = recount_calendar.units_of(days, late, parts)
    return lambda shown: recount_calendar.tells(units, shown)


def what_stays(days, whole, statistic, place_of, told=(), before=None):
    """Of days that are shown, of a country's figure over all its rows: taken off it as a whole, or off its parts. told: rows of days that
    were told; before: what each counted in the last figure, or 0."""
    if statistic not in ("mean", "share"):
        return lambda _shown: recount_residue.NOTHING  # no sum, of which anything could be taken off
    added = recount_residue.counts(whole, recount.weights(whole), statistic)

    def sums(amounts, of_place):
        shows, hidden = {}, {}
        for day, rows in days.items():
            alike = [of_its_day(row) for row in rows]
            taken = recount_residue.counts(alike, recount.weights(alike), statistic)
            for into, of in ((shows, lambda row, taken=taken: taken[row.line.household]), (hidden, lambda _row: 0)):
                into[day] = recount_residue.of_rows(rows, added, of, of_place, amounts)
        of_told = recount_residue.of_told(told, added, before, of_place, amounts)
        return lambda shown: [*of_told, *((shows if day in shown else hidden)[day] for day in days)]

    of_places = (lambda _row: None, place_of)
    weights, amounts = ([sums(of, each) for each in of_places] if statistic == "mean" or not of else [] for of in (False, True))

    def stays(shown):
        if any(recount_residue.tells(of(shown)) for of in amounts):
            return recount_residue.FEW
        found = {recount_residue.verdict(of(shown)) for of in weights}
        return next(v for v in (recount_residue.FEW, recount_residue.NOTHING, recount_residue.MANY) if v in found)

    return stays


def chart(rows, statistic, digits, whole=None, place_of=lambda _row: None, told=(), weighed=None, **before):
    """day -> Point. whole: the rows of the figure, where these are but what came; place_of: those that no figure tells apart have the same;
    told, weighed: rows of days that were told, and what each counted in the last figure, or 0."""
    days = collections.defaultdict(list)
    for row in rows:
        if row.value is not None:
            days[row.day].append(row)
    whole = [row for row in whole or rows if row.value is not None]
    stays = what_stays(days, whole, statistic, place_of, told, weighed)
    given = told_beside(days, [row for row in told if not weighed(row)], whole, statistic, place_of)
    shown = most_that_stay(days, stays=stays, told=given, beside=few_beside(days, before.get("late", ()), place_of), **before)
    return {day: point(days[day], statistic, digits) for day in shown}


def main_statistic(indicator):
    names = recount.definitions()[indicator][2]
    return "p50" if "p50" in names else names[0]
