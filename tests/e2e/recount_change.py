"""Of what a country's main figure changed from one year to the next (collector/figure/pair.h, schema/functions/change.sql)."""

import collections
import statistics

from recount_interval import Pair


def of_line(values, statistic):
    """What a line says of a year: no more on many days than on few."""
    return statistics.fmean(values) if statistic == "mean" else statistics.median(values)


def year_of(rows):
    """household -> its rows that have a value"""
    lines = collections.defaultdict(list)
    for row in rows:
        if row.value is not None:
            lines[row.line.household].append(row)
    return lines


def common_pairs(first, second, statistic):
    """What the lines of both years said in each, in the order of their names. A line counts as the one who vouches for it in the second
    year."""
    lines = [year_of(first), year_of(second)]
    return [Pair(*(of_line([row.value for row in year[line]], statistic) for year in lines), lines[1][line][-1].voucher)
            for line in sorted(lines[0].keys() & lines[1].keys())]


def step(n):
    """5 to 9, 10 to 19, 20 to 49, …: the first of them."""
    return n and max(s for e in range(6) for s in (10 ** e, 2 * 10 ** e, 5 * 10 ** e) if s <= n)


def over_cells(first, second):
    """(value, number of probes) by (operator, department), of what was shown with an interval in each year: the finest cut in which two cells
    at least, with half of each year's lines, are in both."""
    cuts = (lambda o, g: o and g, lambda o, g: o and not g, lambda o, g: g and not o)
    for of_cut in cuts:
        common = [cell for cell in first if cell in second and of_cut(*cell)]
        weights = [sum(step(year[cell][1]) for cell in common) for year in (first, second)]
        if len(common) > 1 and all(2 * w >= step(year[None, None][1]) for w, year in zip(weights, (first, second)) if (None, None) in year):
            return tuple(sum(step(first[cell][1]) * year[cell][0] for cell in common) / weights[0] for year in (first, second)) + (len(common),)
    return None
