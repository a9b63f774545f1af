"""What stays of a country's figure when its days are taken off, where lines weigh otherwise in the one than in the other
(collector/disclosure/residue.h): by trying all ratios that there are."""

import collections
import math

import recount

PARTS = 3
# Of amounts: six times the largest and five times the second are too much of five times all; and neither is more than five elevenths where the
# largest is not.
AMOUNT_PARTS, LARGEST, SECOND = 2.2, 2.4, 2
NOTHING, FEW, MANY = "nothing", "few", "many"

Unit = collections.namedtuple("Unit", "block line network added taken")
Sum = collections.namedtuple("Sum", "mixed days crowds least gains largest seconds")


def ratio(unit):
    return unit.added / unit.taken if unit.taken else math.inf


def kinds_of(units):
    """Units that go together, and those that stay whatever goes."""
    kinds = []
    for unit in sorted((u for u in units if u.taken), key=ratio):
        if kinds and math.isclose(ratio(kinds[-1][-1]), ratio(unit), rel_tol=1e-9):
            kinds[-1].append(unit)
        else:
            kinds.append([unit])
    return kinds, [u for u in units if not u.taken]


def staying(units, who, known):
    """Parties that no block before had (`known` gets them), but for those that may go together."""
    new = {who(u) for u in units} - known
    known |= new
    return min(len(new & {who(u) for u in units if u not in gone}) for gone in [*kinds_of(units)[0], []])


def parts(units, who, times):
    """Of a block: the least that can stay of all, and of each party how much so many times its own, less all, can be above that."""
    least, most = math.inf, collections.defaultdict(lambda: -math.inf)
    for r in {ratio(u) for u in units if u.taken} or {0}:
        own = collections.Counter()
        for u in units:
            own[who(u)] += abs(u.added - (r * u.taken if u.taken else 0))
        least = min(least, own.total())
        for party, part in own.items():
            most[party] = max(most[party], times * part - own.total())
    return least, {party: value + least for party, value in most.items()}


def of_day(units, amounts=False):
    blocks = collections.defaultdict(list)
    for u in units:
        blocks[u.block].append(u)
    mixed = days = 0
    for block in blocks.values():
        kinds, whole = kinds_of(block)
        mixed += bool(kinds) and len(kinds) + bool(whole) > 1
        days += len(block) - max(map(len, kinds), default=0)
    crowds, least, gains, largest, seconds = [], [], [], [], []
    for who, floor in ((lambda u: u.line, recount.PROBES), (lambda u: u.network, recount.NETWORKS)):
        known, seen = set(), [seen for block in blocks.values() if (seen := [u for u in block if who(u)])]
        crowds.append(sum(staying(some, who, known) for some in seen) >= floor)
        for times, into in ((AMOUNT_PARTS if amounts else PARTS, gains), (LARGEST, largest), (SECOND, seconds)):
            found = [parts(some, who, times) for some in seen]
            into.append(sum((collections.Counter(gain) for _, gain in found), collections.Counter()))
        least.append(sum(few for few, _ in found))
    return Sum(mixed, days, crowds, least, gains, largest, seconds)


def verdict(sums):
    if not any(s.mixed for s in sums):
        return NOTHING
    for side in range(2):
        gains = sum((s.gains[side] for s in sums), collections.Counter())
        if max(gains.values(), default=0) > sum(s.least[side] for s in sums) + 1e-6 or not any(s.crowds[side] for s in sums):
            return FEW
    return FEW if sum(s.days for s in sums) < recount.DAYS else MANY


def tells(sums):
    """Of amounts: does any line give more than five times what all but it and any second do?"""
    for side in range(2):
        least = sum(s.least[side] for s in sums)
        gains, largest, seconds = (sum((found[side] for found in of), collections.Counter())
                                   for of in zip(*((s.gains, s.largest, s.seconds) for s in sums)))
        for party in [party for party, gain in gains.items() if gain > least + 1e-6]:
            if largest[party] + max((g for other, g in seconds.items() if other != party), default=0) > 2 * least + 1e-6:
                return True
    return False


# ---- a country and its days ----

def cut(rows, sums, statistic):
    """The lines whose values a mean cuts down -> to what part."""
    if statistic != "mean" or len(sums) < 3:
        return {}
    order = sorted((value * sums[line], line) for line, value in recount.said(rows, lambda v: sum(v) / len(v)).items())[::-1]
    most = 5 * sum(part for part, _ in order[2:])
    return {line: most / own for own, line in order[:2] if own > most}


def counts(rows, sums, statistic):
    """household -> what one of its days counts of what it says; nothing where it is cut by a fifth or more, and is told by nothing"""
    days, left = collections.Counter(row.line.household for row in rows), cut(rows, sums, statistic)
    return {line: (left.get(line, 1) > 0.8) * left.get(line, 1) * sums[line] / days[line] for line in days}


def of_rows(rows, added, taken, place_of, amounts=False):
    """taken: row -> what it counts in its day's point, or 0; amounts: not what rows weigh, but what they give."""
    def times(row):
        return row.value if amounts else 1

    return of_day([Unit(place_of(row), row.line.household, row.network, times(row) * added[row.line.household], times(row) * taken(row))
                   for row in rows], amounts)


def of_told(rows, added, before, place_of, amounts=False):
    """Of days that were told: who takes the last figure off, so many times, is left with what their weights have changed by, and with those
    that it had not. before: row -> what it counted there, or 0."""
    return [of_rows([row for row in rows if bool(before(row)) == had], added, before, place_of, amounts) for had in (False, True)]
