"""Whether days that are shown one by one tell of few beside the figures of parts over all days (collector/disclosure/calendar.h): who adds
up parts, and takes days off, may be left with few lines, or with few days of them."""

import collections
import itertools

import recount

GROUPS = 16  # of days; with more it is taken for granted
PRIME = (1 << 61) - 1  # numbers are exact, and a chance zero is as good as impossible

# A line's day. place: the parts that it lies in; stay: of its days one after the other, in one place and network, the same
Unit = collections.namedtuple("Unit", "line network place day stay")


def units_of(days, behind, place_of):
    """behind: rows that no day can show."""
    rows = [(row, day) for day, of in days.items() for row in of] + [(row, None) for row in behind]
    rows.sort(key=lambda each: (str(each[0].line.household), str(each[0].line.probe), each[0].day))
    stays = itertools.groupby(rows, lambda each: (each[0].line.household, each[0].network, place_of(each[0])))
    return [Unit(*of, day, n) for n, (of, stay) in enumerate(stays) for _, day in stay]


def many(units):
    return len({u.line for u in units}) >= recount.PROBES and len({u.network for u in units} - {None}) >= recount.NETWORKS


def tells(units, shown):
    """Of days: shown."""
    row_of = {day: day if day in shown else None for day in {u.day for u in units}}
    rest = [u for u in units if row_of[u.day] is None]
    if not shown or not units:
        return False
    if rest and not (many(rest) and len(rest) >= recount.DAYS):
        return True
    parts = sorted(set().union(*(u.place for u in units)), key=str)
    if not parts:
        return False
    return few_lines(units, row_of) or few_days(units, row_of, parts)


# ---- few lines ----

def groups(units, row_of):
    """Days that have lines enough in common go together, and so do groups of them. One by one, the largest day first."""
    rows = collections.defaultdict(list)
    for u in units:
        rows[row_of[u.day]].append(u)
    order = sorted((row for row in rows if row is not None), key=str) + [row for row in rows if row is None]
    found, left = [], sorted(order, key=lambda row: -len(rows[row]))
    while left and len(found) <= GROUPS:
        group, met = [left.pop(0)], set()
        while True:
            met |= {u.stay for row in group for u in rows[row]}
            more = [row for row in left if many([u for u in rows[row] if u.stay in met])]
            if not more:
                break
            group += more
            left = [row for row in left if row not in more]
        found.append(group)
    while len(found) <= GROUPS:
        stays = [{u.stay for row in group for u in rows[row]} for group in found]
        pair = next(((a, b) for a, b in itertools.combinations(range(len(found)), 2)
                     if many([u for row in found[a] for u in rows[row] if u.stay in stays[b]])), None)
        if not pair:
            break
        a, b = pair
        found[a] += found.pop(b)
    return found


def rank(rows):
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(done, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        inverse = pow(rows[done][column], -1, PRIME)
        for r in range(done + 1, len(rows)):
            if by := rows[r][column] * inverse % PRIME:
                rows[r] = [(x - by * y) % PRIME for x, y in zip(rows[r], rows[done])]
        done += 1
    return done


def few_lines(units, row_of):
    """Is there a sum of groups of days and of parts that is of few lines alone? Then what they can tell gets less without these."""
    found = groups(units, row_of)
    if len(found) == 1 or len(found) > GROUPS:
        return len(found) > 1
    number = {row: n for n, group in enumerate(found) for row in group}
    atoms = collections.defaultdict(set)  # who stands where in which group
    for u in units:
        atoms[number[row_of[u.day]], u.place].add(u)
    keys = sorted(atoms, key=str)
    parts = set().union(*(place for _, place in keys))
    rows = [[int(group == n) for group, _ in keys] for n in range(len(found))] + [[int(part in place) for _, place in keys] for part in parts]
    whole = rank(rows)
    return any(rank([[row[n] for n, key in enumerate(keys) if key not in few] for row in rows]) < whole for few in too_few(atoms))


def too_few(atoms):
    """Sets of atoms in which there are too few lines, or networks, as large as may be."""
    found = set()
    for who, least in ((lambda u: u.line, recount.PROBES), (lambda u: u.network, recount.NETWORKS)):
        of = {key: {who(u) for u in units} - {None} for key, units in atoms.items()}
        small = {key: parties for key, parties in of.items() if len(parties) < least}
        everybody = sorted(set().union(*small.values()), key=str)
        for some in itertools.combinations(everybody, min(least - 1, len(everybody))):
            found.add(frozenset(key for key, parties in small.items() if parties <= set(some)))
    return found - {frozenset()}


# ---- few days ----

def directed(vector):
    """The multiple of it that all multiples of it have."""
    first = next((x for x in vector if x), None)
    if first in (None, 1):
        return None if first is None else vector
    inverse = pow(first, -1, PRIME)
    return tuple(x * inverse % PRIME for x in vector)


def without(vector, direction, at):
    """What is left of it where that direction, whose first number is there, is nothing."""
    times = vector[at]
    return tuple((x - times * y) % PRIME for x, y in zip(vector, direction)) if times else vector


def left_over(alike):
    """Of classes, of which those beside each other count each something else, on each day all but the largest stay: so many at least."""
    left = 0
    for classes in alike:
        if len(classes) > 1:
            for day in set().union(*classes):
                left += sum(lines[day] for lines in classes) - max(lines[day] for lines in classes)
        if left >= recount.DAYS:
            break
    return left


def along(classes, direction):
    """Classes that differ by it alone, side by side."""
    at, found = direction.index(1), collections.defaultdict(list)
    for vector, lines in classes.items():
        found[without(vector, direction, at)].append(lines)
    return found


def directions(classes):
    """Those of many lines come first, of which most would stay."""
    seen = set()
    for a, b in itertools.combinations(sorted(classes, key=lambda vector: -classes[vector].total()), 2):
        found = difference(a, b)
        if found not in seen:
            seen.add(found)
            yield found


def difference(a, b):
    return directed(tuple((x - y) % PRIME for x, y in zip(a, b)))


def told_apart(classes, apart):
    """Classes of which any two count something else, side by side, each of them once."""
    left, found = list(classes), []
    while left:
        group = [left.pop(0)]
        for vector in list(left):
            if all(difference(vector, other) in apart for other in group):
                group.append(vector)
                left.remove(vector)
        found.append([classes[vector] for vector in group])
    return found


def few_left(classes, apart):
    """classes: what a place counts by, in any sum of parts -> its lines on each day; apart: directions that count something."""
    while len(classes) > 1:
        nothing = next((d for d in directions(classes) if left_over(along(classes, d).values()) >= recount.DAYS), None)
        if nothing is None:
            left = left_over(told_apart(classes, apart))
            nothing = next((d for d in directions(classes) if d not in apart), None)
            if nothing is None:
                return 0 < left < recount.DAYS
            if left >= recount.DAYS:
                return False
            if few_left(classes, apart | {nothing}):
                return True
        at = nothing.index(1)
        apart = {directed(without(d, nothing, at)) for d in apart}
        if None in apart:
            return False  # it counts, and what stays is enough
        classes = {vector: sum(lines, collections.Counter()) for vector, lines in along(classes, nothing).items()}
    return False


def few_days(units, row_of, parts):
    classes = collections.defaultdict(collections.Counter)
    for u in units:
        classes[tuple(int(part in u.place) for part in parts)][row_of[u.day]] += 1
    return few_left(dict(classes), frozenset())
