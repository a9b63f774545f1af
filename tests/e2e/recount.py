"""The figures of measured indicators, made once more of raw results: by what their definitions say, and not by the collector's SQL
or C. Nothing but Python is used, and all of it is slow and plain.

What a probe measured in a day says one thing of an indicator (OF_DAY). With where it stood, the network of its household and who vouches for
it that is a Row; the rows of a place are a cell (gather), and each cell has a Figure (recount)."""

import collections
import datetime
import functools
import math
import statistics
from pathlib import Path

import recount_line
import recount_saying
import recount_watch

SCHEMA = Path(__file__).resolve().parents[2] / "schema"
NETWORKS, PROBES, DAYS = 5, 5, 30  # what the floor asks
PARTS = ("geo", "operator", "technology", "family", "zone")
CUTS = ((), ("geo",), ("operator",), ("technology",), ("family",), ("operator", "geo"), ("zone",), ("operator", "technology"))
DIMENSIONS = {"department": "geo", "operator": "operator", "technology": "technology", "family": "family", "zone": "zone"}

# A probe-day of an indicator; value None: nothing but failures. due: how many days it stands for; ended: the last of a silent probe.
Row = collections.namedtuple("Row", "line day place network voucher family value samples failed due ended weight", defaults=(None,))

Figure = collections.namedtuple("Figure", "value n_samples n_failed n_days n_probes n_networks n_silent method_version")


# ---- the figure of a cell ----

def quantile(pairs, q):
    """Of values with weights, between the closest ranks, as if they were as many as their weights are worth."""
    total = sum(w for _, w in pairs)
    n = total ** 2 / sum(w * w for _, w in pairs)
    rank, upto, value = q * (n - 1), 0, 0
    for x, weight in sorted(pairs):
        before, upto = upto, upto + weight * n / total
        value += x * (min(1, max(0, upto - rank)) - min(1, max(0, before - rank)))
    return value


def enough(rows):
    networks = {row.network for row in rows} - {None}
    return len(networks) >= NETWORKS and len({row.line.household for row in rows}) >= PROBES and len(rows) >= DAYS


def fifth(sums):
    """Cuts the heaviest to a fifth of the whole, as few as will do."""
    order = sorted(sums.values(), reverse=True)
    for cut in range(5):
        most = sum(order[cut:]) / (5 - cut)
        if order[cut] <= most:
            break
    return {line: min(s, most) for line, s in sums.items()}


def vouched(sums, vouchers):
    """Nobody's word weighs more than all others', unless one of the others came to more than a fifth."""
    of = collections.Counter()
    for line, s in sums.items():
        of[vouchers[line]] += s
    own, name = max([(s, v) for v, s in of.items() if v], default=(0, None))
    others = {line: s for line, s in sums.items() if vouchers[line] != name}
    rest = sum(others.values())
    if not name or not others or own <= rest:
        return sums
    scale = min(1, max(rest, 5 * max(others.values()) - rest) / own)
    return {line: s * (1 if line in others else scale) for line, s in sums.items()}


def own_sums(rows):
    """household -> what it weighs by itself."""
    days = collections.Counter(row.line.household for row in rows)
    due = collections.Counter()
    for row in rows:
        due[row.line.household] += row.due
    return {line: min(due[line], 4 * days[line]) for line in days}


def bounded(sums, vouchers):
    return vouched(fifth(sums), vouchers) if len(sums) >= 5 else sums


def weights(rows):
    """household -> what it weighs: each of its days what it does in all cells, or, of rows that are in none, what they come to here."""
    if any(row.weight is None for row in rows):
        return bounded(own_sums(rows), {row.line.household: row.voucher for row in rows})
    sums = collections.Counter()
    for row in rows:
        sums[row.line.household] += row.weight
    return sums


def once_settled(own, vouchers, cells):
    """household -> what a day of it weighs. What bounds a line in one cell does so in all, but no more than to a quarter for the sake of a
    finer one; vouchers are bounded once, and again in countries, up to ten times, for what lines were cut to in between. own: by itself; cells: (whether
    it is a country's, household -> its days there)"""
    found, least = dict(own), {}

    def take(days, sums, least):
        now = {line: min(found[line], max(sums[line] / n, least.get(line, 0))) for line, n in days.items()}
        changed = any(now[line] < found[line] * (1 - 1e-9) for line in now)
        found.update(now)
        return changed

    def bound(days, rule, least, weights=found):
        sums = {line: n * weights[line] for line, n in days.items()}
        return len(sums) >= 5 and take(days, rule(sums), least)

    def of_voucher(sums):
        return vouched(sums, {line: vouchers[line] for line in sums})

    def bound_vouchers(of_country):
        before = dict(found)
        for coarse, days in cells:
            if coarse == of_country:
                bound(days, of_voucher, {} if coarse else least, before)

    def bound_lines():
        for _ in range(100):
            if not any([bound(days, fifth, {} if coarse else least) for coarse, days in reversed(cells)]):
                break

    for coarse, days in cells:
        if coarse:
            bound(days, fifth, {})
    bound_vouchers(True)
    least.update({line: w / 4 for line, w in found.items()})
    bound_vouchers(False)
    bound_lines()
    for _ in range(10):
        bound_vouchers(True)
        bound_lines()
    return {line: max(1, math.floor(w * 1e6 + 0.5)) / 1e6 for line, w in found.items()}


def settled(own, vouchers, cells):
    """household -> what a day of it weighs, and the keys of cells in which one would be more than a fifth in spite of all: those are not
    shown, and the others are settled as if they were not there. cells: key -> as above"""
    refused = set()
    while True:
        found = once_settled(own, vouchers, [cell for key, cell in cells.items() if key not in refused])
        sums = {key: [n * found[line] for line, n in days.items()] for key, (coarse, days) in cells.items() if not coarse}
        more = {key for key, of in sums.items() if len(of) >= 5 and max(of) > 0.2 * (1 + 1e-4) * sum(of)} - refused
        if not more:
            return found, refused
        refused |= more


def balanced(cells):
    """The same of an indicator's cells. Those that are too small to be shown bound nothing."""
    order = sorted(cells, key=lambda key: [set(cut) == {c for c, value in zip(PARTS, key[1:-1], strict=True) if value} for cut in CUTS].index(True))
    valued = {key: [row for row in cells[key] if row.value is not None] for key in order}
    whole = [row for key in order if not any(key[1:-1]) for row in valued[key]]
    days = collections.Counter(row.line.household for row in whole)
    own = {row.line.household: 1 for rows in valued.values() for row in rows} | {line: s / days[line] for line, s in own_sums(whole).items()}
    vouchers = dict.fromkeys(own) | {row.line.household: row.voucher for row in whole}
    return settled(own, vouchers, {key: (not any(key[1:-1]), collections.Counter(row.line.household for row in valued[key]))
                                   for key in order if enough(valued[key])})


def weigh(cells):
    """The cells of an indicator, with rows that know what they weigh."""
    found, _ = balanced(cells)
    return {key: [row._replace(weight=found.get(row.line.household)) for row in rows] for key, rows in cells.items()}


def heavy(cells):
    """Those in which one line would be more than a fifth, in spite of all bounds."""
    return {(indicator, *key) for indicator in {key[0] for key in cells}
            for key in balanced({key[1:]: rows for key, rows in cells.items() if key[0] == indicator})[1]}


def said(rows, how):
    """household -> what it says of the period: one value, however many its days."""
    days = collections.defaultdict(list)
    for row in rows:
        days[row.line.household].append(row.value)
    return {line: how(values) for line, values in days.items()}


def says(indicator):
    """How a line says one thing of its days: four days in five reach what PER12 says."""
    return (lambda values: quantile([(value, 1) for value in values], 0.2)) if indicator == "PER12" else statistics.median


def steady(indicator, rows):
    """Of PER12 a line needs ten days that have a value."""
    days = collections.Counter(row.line.household for row in rows if row.value is not None)
    return [row for row in rows if days[row.line.household] >= 10] if indicator == "PER12" else rows


def given(rows):
    """household -> what it gives to a sum."""
    rows = [row for row in rows if row.value is not None]
    sums = weights(rows)
    return {line: value * sums[line] for line, value in said(rows, statistics.fmean).items()}


def dominated(rows):
    """Is one line more than five times all but it and the second?"""
    order = sorted(given(rows).values(), reverse=True)
    return order[0] > 5 * sum(order[2:]) * (1 + 1e-3)


def too_large(rows):
    """household -> to what part it is cut: neither of the two that give most counts as more than five times what all others give."""
    order = sorted(((amount, line) for line, amount in given(rows).items()), reverse=True)
    most = 5 * sum(amount for amount, _ in order[2:])
    return {line: most / amount for amount, line in order[:2] if len(order) > 2 and amount > most}


def cut(rows, parts):
    return [row if row.value is None else row._replace(value=row.value * parts.get(row.line.household, 1)) for row in rows]


def cut_once(cells):
    """What a mean's largest lines in a country are cut to holds in all its cells."""
    found, known = dict(cells), definitions()
    for (indicator, country, *parts, source), whole in cells.items():
        if known[indicator][2] == ["mean"] and not any(parts):
            left = too_large(whole)
            for key, rows in cells.items():
                if (key[0], key[1], key[-1]) == (indicator, country, source):
                    found[key] = cut(rows, left)
    return found


def mean(rows, sums):
    return sum(value * sums[line] for line, value in said(rows, statistics.fmean).items()) / sum(sums.values())


def failures(rows):
    """household -> its own: those of lines without any value only where such lines are many."""
    speak = {row.line.household for row in rows if row.value is not None}
    many, found = enough([row for row in rows if row.line.household not in speak]), collections.Counter()
    for row in rows:
        found[row.line.household] += row.failed * (many or row.line.household in speak)
    return found


def of_one(failed):
    """Are one household's more than five times what all but one other have?"""
    largest = sorted(failed.values(), reverse=True)
    return largest[0] > 5 * sum(largest[2:])


def figure(rows, statistic, method, whole=False, how=statistics.median):
    """None where one line may fill the whole tail of a percentile. whole: of a country."""
    failed = failures(rows)
    values = [row for row in rows if row.value is not None]
    sums = weights(values)
    if statistic == "mean":
        value = mean(values, sums)
    else:
        q = int(statistic[1:]) / 100
        if max(sums.values()) / sum(sums.values()) >= min(q, 1 - q) - 1e-9:
            return None
        value = quantile([(v, sums[line]) for line, v in said(values, how).items()], q)
    return Figure(value, sum(row.samples for row in values), None if whole and of_one(failed) else failed.total(), len(values), len(sums),
                  len({row.network for row in values} - {None}), sum(row.ended for row in values), method)


# ---- all ----

@functools.cache
def definitions():
    """Of measured indicators: id -> method, columns, statistics; from their headers and no further."""
    found = {}
    for path in sorted((SCHEMA / "indicators").glob("*.sql")):
        head = dict(line[3:].rstrip("\n").split(": ", 1) for line in path.open(encoding="utf-8") if line.startswith("-- "))
        if "measured" in head["kind"] and "waits.fr" not in head and "over" not in head:
            found[head["id"]] = (int(head["method"]), {DIMENSIONS[d] for d in head["dimensions"].split(", ")},
                                 head["aggregate"].split(", "))
    return found


def by_day(results):
    days = collections.defaultdict(list)
    for r in results:
        days[recount_line.day_of(r)].append(r)
    return days


def measured(lines, raw, networks, carrier_nat, year):
    """Of each line that counts: it, its network, who vouches for it, what was expected of it and when nothing could come, and where it stood
    and what it measured itself, day by day."""
    others = {line.probe: [r for r in raw[line.probe] if line.boots and recount_line.away(line, r, networks)] for line in lines}
    days = {line.probe: by_day([r for r in raw[line.probe] if r not in others[line.probe]] if others[line.probe] else raw[line.probe])
            for line in lines}
    idle = {line.probe: (recount_line.unpowered(line.boots) | recount_line.elsewhere(others[line.probe])) - days[line.probe].keys() for line in lines}
    due_of = recount_line.expected(lines, days, year, idle)
    for line in lines:
        line.watched = recount_watch.rates(line, days[line.probe], networks, year)
    return [(line, recount_line.network_of(line, lines, year, carrier_nat), recount_line.voucher_of(line, lines), (*due_of[line.probe], idle[line.probe]),
             [(day, place, results) for day, results in sorted(days[line.probe].items()) if day.year == year and (place := recount_line.place_on(line, day))])
            for line in lines if line.probe in due_of and recount_line.counts(line, year)]


def rows_of(of_day, lines, targets):
    """lines: as they measured."""
    rows = []
    for line, network, voucher, (first, last, silent, idle), days in lines:
        by_family = collections.defaultdict(list)
        for day, place, results in days:
            for family, value, samples, failed in of_day(results, targets, place, line):
                by_family[family].append((day, place, value, samples, failed))
        for family, told_days in by_family.items():
            valued = [t[0] for t in told_days if t[2] is not None]
            last_counted = recount_line.counted(last + datetime.timedelta(1), idle) - datetime.timedelta(1)
            due = dict(zip(valued, recount_line.stand_for([recount_line.counted(day, idle) for day in valued], recount_line.counted(first, idle), last_counted)))
            rows += [Row(line, day, place, network, voucher, family, value, samples, failed, due.get(day),
                         silent and value is not None and day == valued[-1])
                     for day, place, value, samples, failed in told_days if value is not None or failed]
    return rows


def cells_of(rows, columns):
    """(country, geo, operator, technology, family, zone, source) -> its rows."""
    cells = collections.defaultdict(list)
    for row in rows:
        whole = dict(zip(("country", "geo", "operator", "technology", "zone"), row.place, strict=True), family=row.family)
        for cut in CUTS:
            if set(cut) <= columns and ("family" in cut) == (row.family is not None) and all(whole[c] for c in cut):
                key = (whole["country"], *(whole[c] if c in cut else None for c in PARTS),
                       row.line.source)
                cells[key].append(row)
    return {key: found for key, found in cells.items() if any(row.value is not None for row in found)}


def gather(lines, raw, targets, carrier_nat, year):
    """(indicator, country, geo, operator, technology, family, zone, source) -> the rows of a cell."""
    lines = measured(lines, raw, targets.networks, carrier_nat, year)
    return {(indicator, *key): cell for indicator, (_, columns, _) in definitions().items()
            for key, cell in weigh(cells_of(steady(indicator, rows_of(recount_saying.OF_DAY[indicator], lines, targets)), columns)).items()}


def recount(cells):
    """(indicator, statistic, country, geo, operator, technology, family, zone, source) -> whether the cell is large enough, and its Figure
    (None: a percentile that one line would tell)."""
    found, known = {}, definitions()
    for (indicator, *key), cell in cut_once(cells).items():
        method, _, names = known[indicator]
        large = enough([row for row in cell if row.value is not None])
        for statistic in names:
            found[indicator, statistic, *key] = large, figure(cell, statistic, method, not any(key[1:-1]), says(indicator))
    return found
