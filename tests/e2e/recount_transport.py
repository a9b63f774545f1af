"""Whether days that are shown tell of a line beside the figures of a country and its parts, in amounts (collector/disclosure/transport.h): by
looking for another country in which the line gives less by a fifth, and all that is published is the same."""

import collections
import math

import recount
import recount_residue

SECONDS = 4  # those that give most, of whom each may know themselves; the line is no second to itself
FIFTH = 0.2 / 1.02  # weights are the same within a fiftieth

# place: the figures that it lies in, and how often they count what the day's point does
Place = collections.namedtuple("Place", "figures weight")
Unit = collections.namedtuple("Unit", "line place day amount free")  # free: what is cut in no sum, and may be otherwise


def units_of(days, behind, whole, place_of, statistic):
    """What lines give on days, where figures do not cut them too far. Rows behind days are in no point, nor are those that are cut so there.
    whole: the rows of the country's figure"""
    sums = recount.weights(whole)
    added, cut = recount_residue.counts(whole, sums, statistic), recount_residue.cut(whole, sums, statistic)
    found, free = collections.Counter(), collections.Counter()

    def count(row, day, times, cut_there=()):
        line = row.line.household
        if added[line]:
            key = line, Place(place_of(row), 1.02 ** round(math.log(added[line] / times, 1.02))), day
            found[key] += abs(row.value) * times
            free[key] += abs(row.value) * times * (line not in cut and line not in cut_there)

    for day, rows in days.items():
        alike = [row._replace(due=1, weight=None) for row in rows]
        counts, cut_there = (of(alike, recount.weights(alike), statistic) for of in (recount_residue.counts, recount_residue.cut))
        for row in rows:
            if times := counts[row.line.household]:
                count(row, day, times, cut_there)
            else:
                count(row, None, 1)
    for row in behind:
        count(row, None, 1)
    return [Unit(*key, amount, free[key]) for key, amount in found.items()]


def solved(rows, right):
    """The solution of linear equations, by elimination; what they leave open is next to nothing."""
    n = len(right)
    rows = [[*row, b] for row, b in zip(rows, right)]
    least = 1e-10 * max((rows[i][i] for i in range(n)), default=0) or 1
    for i in range(n):
        rows[i][i] += least
        pivot = rows[i]
        for k in range(i + 1, n):
            if times := rows[k][i] / pivot[i]:
                rows[k][i:] = [x - times * y for x, y in zip(rows[k][i:], pivot[i:])]
    found = [0.0] * n
    for i in reversed(range(n)):
        found[i] = (rows[i][n] - sum(x * y for x, y in zip(rows[i][i + 1:n], found[i + 1:]))) / rows[i][i]
    return found


def clipped(price):
    return max(-1, min(1, price))


def moves(edges, due):
    """edges: (what it bears, the sums that it is in: number -> how often) …; due: by how much each sum has to change. Is there a change of
    edges by no more than they bear? Its squares are least where each edge has, as a part of itself, what its sums' prices come to."""
    prices, most = [0.0] * len(due), max(map(abs, due), default=0)

    def at(prices, sums):
        return sum(prices[k] * often for k, often in sums.items())

    def worth(prices):
        value = sum(price * of for price, of in zip(prices, due))
        for bears, sums in edges:
            price = at(prices, sums)
            value -= bears * clipped(price) * (price - clipped(price) / 2)
        return value

    for _ in range(100):
        left, rows, sure = list(due), [[0.0] * len(due) for _ in due], sum(price * of for price, of in zip(prices, due))
        for bears, sums in edges:
            price = at(prices, sums)
            sure -= bears * abs(price)
            for i, often in sums.items():
                left[i] -= often * bears * clipped(price)
                for k in sums:
                    rows[i][k] += often * sums[k] * bears * (abs(price) < 1)
        if max(map(abs, left), default=0) <= 1e-7 * most:
            return True
        if sure > 1e-9 * most:
            return False  # the sums, so weighed, change by more than all edges together
        step = solved(rows, left)
        longest = max((abs(at(step, sums)) for _, sums in edges), default=0)
        by, rise, before = min(1, 2 / longest if longest else 1), sum(x * y for x, y in zip(step, left)), worth(prices)
        while by > 1e-9 and worth([p + by * s for p, s in zip(prices, step)]) < before + 1e-4 * by * rise:
            by /= 2
        prices = [p + by * s for p, s in zip(prices, step)]
    return False


def others(units, line, key):
    """What others give, less the one of them that gives most, by whatever key says."""
    sums = collections.defaultdict(collections.Counter)
    for unit in units:
        if unit.line != line:
            sums[key(unit)][unit.line] += unit.free
    return collections.Counter({of: found.total() - max(found.values()) for of, found in sums.items()})


def is_covered(units, line, shown, largest):
    own = [unit for unit in units if unit.line == line]
    at_place = others(units, line, lambda unit: (unit.place, unit.day))
    if all(FIFTH * unit.amount <= at_place[unit.place, unit.day] for unit in own):
        return True
    due = collections.Counter()

    def sums_of(place, day):
        return dict.fromkeys(place.figures, place.weight) | dict.fromkeys({day} & shown, 1)

    for unit in own:
        for of, often in sums_of(unit.place, unit.day).items():
            due[of] += often * FIFTH * unit.amount

    def without(seconds):
        edges = collections.Counter()
        for unit in units:
            if unit.line != line and unit.line not in seconds:
                edges[unit.place, unit.day] += unit.free
        edges = [(bears, sums_of(*of)) for of, bears in edges.items() if bears]
        numbers = {of: n for n, of in enumerate({**due, **{of: 0 for _, sums in edges for of in sums}})}
        return moves([(bears, {numbers[of]: often for of, often in sums.items()}) for bears, sums in edges], [due[of] for of in numbers])

    return without(largest) or all(without({second}) for second in largest if second != line)


def told_anew(out, units, points, shown):
    """The same of parts that never had a figure, or had one that lacks days that are out. out, points: without these, and the days that are
    out; units, shown: with all, and days that may come. Whom the first tell of is passed over."""
    covered = set()
    return told(units, shown, {unit.line for unit in out} - covered if told(out, points, covered) else set())


def told(units, shown, covered):
    """day -> what those give on it that are told of. covered: those that were not, of more days; it gets those that are not now, where others
    are."""
    amounts, free, found, now = collections.Counter(), collections.Counter(), collections.Counter(), set()
    for unit in units:
        amounts[unit.line] += unit.amount
        free[unit.line] += unit.free
    largest = sorted(amounts, key=lambda line: (-free[line], line))[:SECONDS]
    for line, amount in amounts.items():
        if line in covered or not amount or is_covered(units, line, shown, set(largest)):
            now.add(line)
            continue
        for unit in units:
            found[unit.day] += unit.amount * (unit.line == line)
    if found:
        covered |= now
    return found
