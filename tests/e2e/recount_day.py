"""What a chart shows day by day (collector/figure/day.h), made of the rows of a country's cell."""

import collections
import math

import recount

Point = collections.namedtuple("Point", "value low high n_probes n_networks")


def interval(values):
    """Of a median, by order statistics: the largest k with P(Binomial(n, 1/2) <= k - 1) <= 0.025 gives the k-th of either end."""
    n, k, below = len(values), 0, 0
    while below + math.comb(n, k) <= 0.025 * 2 ** n:
        below += math.comb(n, k)
        k += 1
    return (sorted(values)[k - 1], sorted(values)[n - k]) if k else (None, None)


def of_its_day(row):
    """In a day it stands for no other."""
    return row._replace(due=1)


def point(rows, statistic):
    """No range is told of fewer than six lines."""
    figure = recount.figure([of_its_day(row) for row in rows], statistic, None)
    low, high = interval([row.value for row in rows]) if statistic == "p50" and figure.n_probes >= 6 else (None, None)
    return Point(figure.value, low, high, figure.n_probes, figure.n_networks)


def crowded(rows):
    return len({row.network for row in rows} - {None}) >= recount.NETWORKS and len({row.line.household for row in rows}) >= recount.PROBES


def most_that_stay(days, late=(), cover=False):
    """The days that are shown: those of lines enough. What the figure of the year counts and none of them shows is its difference from
    them, and has to be enough as well: where it is not, days of the fewest rows are hidden too, of equal ones the last. late: rows that
    no day can show; cover: rows of before are gone, which has to be covered by some."""
    shown = {day for day, rows in days.items() if crowded(rows)}

    def hidden():
        return [*late, *(row for day, rows in days.items() if day not in shown for row in rows)]

    while shown and (hidden() or cover) and not recount.enough(hidden()):
        shown.remove(min(shown, key=lambda day: (len(days[day]), -day.toordinal())))
    return shown


def chart(rows, statistic, **before):
    """day -> Point"""
    days = collections.defaultdict(list)
    for row in rows:
        if row.value is not None:
            days[row.day].append(row)
    return {day: point(days[day], statistic) for day in most_that_stay(days, **before)}


def main_statistic(indicator):
    statistics = recount.definitions()[indicator][2]
    return "p50" if "p50" in statistics else statistics[0]
