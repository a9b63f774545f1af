"""How far a figure and a change may be off, and who comes before whom, made once more of what lines say: by docs/intervals.md, and not by
the collector's C. Draws are its own (collector/figure/random.h, and the seed of an indicator), so that all of it agrees to rounding."""

import bisect
import collections
import functools
import itertools
import math
import statistics

import recount
from recount_told import nearest, outwards

TAIL, SELDOM, EXACT, UNITS = 0.025, 0.01, 512, 2048
LINES, MEAN_LINES, PAIRS, REPLICATES = 6, 12, 36, 1000
MEAN_TAILS, CHANGE_TAILS, ERROR_OFF, ERROR_LEAST = 0.8, 0.52, 1.75, 0.64
WRONG, STRICT_MEAN, STRICT_QUANTILE = 0.05, 2.5, 1.4
NORMAL = statistics.NormalDist()
ROUNDING = 1e-9
WORD = 1 << 64

Interval = collections.namedtuple("Interval", "low high kind why", defaults=(None,))
Line = collections.namedtuple("Line", "value weight")
Pair = collections.namedtuple("Pair", "before after voucher")


def none(why):
    return Interval(None, None, None, why)


# ---- draws ----

def seed_of(indicator, method):
    """FNV-1a."""
    value = 0xcbf29ce484222325
    for octet in f"{indicator}/{method}".encode():
        value = (value ^ octet) * 0x100000001b3 % WORD
    return value


def draws(seed):
    """splitmix64; the upper half of each number."""
    while True:
        seed = (seed + 0x9e3779b97f4a7c15) % WORD
        z = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9 % WORD
        z = (z ^ z >> 27) * 0x94d049bb133111eb % WORD
        yield (z ^ z >> 31) >> 32


def below(stream, n):
    return next(stream) * n >> 32


# ---- quantiles and shares ----

def q_of(statistic):
    return int(statistic[1:]) / 100


@functools.lru_cache(maxsize=4096)
def law(units, p):
    """How probable it is that lines which are counted with the probability p weigh so many units together, and no more."""
    if len(units) > EXACT:
        return edgeworth(units, p)
    chances = [1.0]
    for unit in units:
        chances = [(1 - p) * x + p * y for x, y in zip(chances + [0.0] * unit, [0.0] * unit + chances)]
    return list(itertools.accumulate(chances))


def edgeworth(units, p):
    """The normal law, its skewness taken off; half a line further, as steps want it."""
    total, squares, cubes = (sum(unit ** power for unit in units) for power in (1, 2, 3))
    deviation = math.sqrt(p * (1 - p) * squares)
    skew = p * (1 - p) * (1 - 2 * p) * cubes / deviation ** 3
    found = []
    for s in range(total + 1):
        z = (s + squares / total / 2 - p * total) / deviation
        found.append(min(1, max(0, NORMAL.cdf(z) - NORMAL.pdf(z) * skew * (z * z - 1) / 6)))
    return found


def units_of(lines):
    total, scale = sum(line.weight for line in lines), max(UNITS, 8 * len(lines))
    return tuple(max(1, math.floor(line.weight / total * scale + 0.5)) for line in lines)


def bridged(r, n, q, under, over):
    """How far it is from the r-th of n values to the next one: Nyblom (1992), formula (4)."""
    return 1 / (1 + r * (1 - q) / ((n - r) * q) * (over - TAIL) / (TAIL - under))


def end(lines, q):
    """The first value up to which lines weigh more than they seldom do; where that is the next step and they are beyond it in less than
    one case of a hundred, a part of the way to the next value."""
    units = units_of(lines)
    upto, sums = law(units, q), list(itertools.accumulate(units))
    seldom = max(s for s, chance in enumerate(upto) if chance <= TAIL)
    r = next(i for i, s in enumerate(sums) if s > seldom)
    if upto[seldom] >= SELDOM or r + 1 == len(lines) or upto[sums[r]] > upto[seldom + 1] * (1 + ROUNDING):
        return lines[r].value
    return lines[r].value + bridged(r + 1, len(lines), q, upto[seldom], upto[sums[r]]) * (lines[r + 1].value - lines[r].value)


def of_quantile(lines, q):
    """lines: in the order of their values."""
    return Interval(end(lines, q), -end([Line(-line.value, line.weight) for line in reversed(lines)], 1 - q), "order95")


def least_share(units, yes):
    """Under which so many are as improbable as can be."""
    low, high = 0.0, 1.0
    for _ in range(40 if yes else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - law(units, middle)[yes - 1] < TAIL else (low, middle)
    return low


def of_share(lines):
    units = units_of(lines)
    yes = sum(unit for unit, line in zip(units, lines) if line.value > 0)
    return Interval(100 * least_share(units, yes), 100 * (1 - least_share(units, sum(units) - yes)), "exact95")


# ---- means ----

def percentile(ordered, q):
    rank = q * (len(ordered) - 1)
    under, over = ordered[math.floor(rank)], ordered[math.ceil(rank)]
    return under + (rank - math.floor(rank)) * (over - under) if over != under else under


def student(freedom):
    """Its 97.5th percentile, as Cornish and Fisher expand it."""
    z, n = NORMAL.inv_cdf(0.975), freedom
    return z * (1 + (z ** 2 + 1) / (4 * n) + (5 * z ** 4 + 16 * z ** 2 + 3) / (96 * n ** 2)
                + (3 * z ** 6 + 19 * z ** 4 + 17 * z ** 2 - 15) / (384 * n ** 3))


def expanded(replicates, n, tails):
    """Hesterberg (2015)."""
    tail = tails * NORMAL.cdf(-student(n - 1) * math.sqrt(n / (n - 1)))
    ordered = sorted(replicates)
    return percentile(ordered, tail), percentile(ordered, 1 - tail)


def moments(lines, times):
    """Mean, its standard error, and how many lines of equal weight would say as much. times: how often each counts."""
    counted = [(line.value, line.weight, n) for line, n in zip(lines, times) if n]
    whole, squares = sum(n * w for _, w, n in counted), sum(n * w * w for _, w, n in counted)
    mean, worth = sum(n * w * v for v, w, n in counted) / whole, whole ** 2 / squares
    spread = sum(n * w * w * (v - mean) ** 2 for v, w, n in counted)
    return mean, math.sqrt(spread * worth / (worth - 1)) / whole if worth > 1 + ROUNDING else 0.0, worth


def error_least(worth):
    return min(1 - ERROR_OFF / math.sqrt(worth), ERROR_LEAST)


def studentised(lines, tails, least, seed):
    """least: of the lines' own error, so much is that of drawn ones at least."""
    stream, n = draws(seed), len(lines)
    mean, error, worth = moments(lines, [1] * n)
    replicates = []
    for _ in range(REPLICATES):
        times = [0] * n
        for _ in range(n):
            times[below(stream, n)] += 1
        drawn, own, _ = moments(lines, times)
        far = max(own, least * error)
        replicates.append((drawn - mean) / far if own > ROUNDING * error else math.inf if drawn > mean else -math.inf)
    low, high = expanded(replicates, worth, tails)
    if math.isinf(low) or math.isinf(high) or low != low or high != high:
        return none("alike")
    return Interval(mean - high * error, mean - low * error, "studentised95")


# ---- what is told of it ----

FEW = 5
PREFERRED = [float(f"{digits}e{power}") for power in range(-15, 15) for digits in ("1", "1.6", "2.5", "4", "6.3")]


ROOM = 1.5625


def farther(end, value, upwards, most):
    """The next of Renard's numbers that differs by a fifth. In percent: of the end, or of what it lacks, whichever is less. The one behind it
    where all that would be told by the next lies near the figure."""
    if end < 0:
        return -farther(-end, -value, not upwards, math.inf)
    if end == 0 or end >= most:
        return end
    if end > most / 2:
        return most - farther(most - end, most - value, not upwards, math.inf)
    if upwards:
        far = [number for number in PREFERRED if number >= 1.2 * end * (1 - ROUNDING)]
        return far[1] if value > 0 and far[0] < 1.2 * ROOM * value else far[0]
    far = [number for number in reversed(PREFERRED) if number <= 0.8 * end * (1 + ROUNDING)]
    return far[1] if value > 0 and far[0] > 0.8 * value / ROOM else far[0]


def next_number(off):
    return off and min(number for number in PREFERRED if number >= off * (1 - ROUNDING))


def as_far(low, value, high):
    """Two ends that are off by the same, one of Renard's numbers, and hold what lies between two others."""
    off = next_number(max(value - low, high - value))
    return value - off, value + off


def as_far_of_mean(low, value, high):
    """In parts of the mean, by five quarters of these numbers; wider ones are told as two and a half of it."""
    if value <= 0 or low == high:
        return as_far(low, value, high)
    part = 1.25 * next_number(max(value - low, high - value) / value / 1.25)
    part = 2.5 if 1 < part < 2.5 else part
    return value - part * value, value + part * value


def told(found, values, value, most=math.inf):
    """Of a quantile: an end at which or beyond which fewer than five say something is told from farther out. Of a mean, both are as far
    off as a line's part of it cannot be told from."""
    if found.kind == "studentised95":
        low, high = as_far_of_mean(found.low, value, found.high)
        return found._replace(low=max(low, 0) if min(values) >= 0 else low, high=min(high, most))
    if found.kind != "order95":
        return found
    if sum(v <= found.low for v in values) < FEW:
        found = found._replace(low=farther(found.low, value, False, most))
    if sum(v >= found.high for v in values) < FEW:
        found = found._replace(high=farther(found.high, value, True, most))
    return found


# ---- of a figure ----

def value_of(statistic, values, weights):
    if statistic in ("mean", "share"):
        return sum(v * w for v, w in zip(values, weights)) / sum(weights)
    return recount.quantile(list(zip(values, weights)), q_of(statistic))


def cut_mean(values, weights):
    """Neither of the two largest parts is more than five times what all others give."""
    parts = [v * w for v, w in zip(values, weights)]
    most = 5 * sum(sorted(parts)[:-2]) if len(parts) > 2 else math.inf
    return [most / w if part > most else v for v, w, part in zip(values, weights, parts)]


def lines_least(statistic):
    if statistic == "mean":
        return MEAN_LINES
    if statistic == "share":
        return LINES
    q = max(q_of(statistic), 1 - q_of(statistic))
    return next(n for n in itertools.count(LINES) if q ** n <= TAIL)


def interval(statistic, lines, seed):
    """lines: what each says and weighs; of equal values in the order of their households."""
    lines = sorted(lines, key=lambda line: line.value)
    if len(lines) < lines_least(statistic):
        return none("lines")
    if statistic == "share":
        return of_share(lines)
    if statistic != "mean":
        return of_quantile(lines, q_of(statistic))
    worth = moments(lines, [1] * len(lines))[2]
    if worth < MEAN_LINES * (1 - ROUNDING):
        return none("lines")
    return studentised(lines, MEAN_TAILS, error_least(worth), seed)


def interval_of_figure(statistic, values, weights, seed, most=math.inf, digits=None, lean=0):
    """As it is told, around the value that is. The largest lines of a mean are cut before; of what is never negative no end is. digits None:
    in all that there are; lean: added to a value that may be half way."""
    values = cut_mean(values, weights) if statistic == "mean" else values
    found = interval(statistic, [Line(*line) for line in zip(values, weights)], seed)
    if statistic == "mean" and found.kind and min(values) >= 0:
        found = found._replace(low=max(0, found.low))
    value = value_of(statistic, values, weights)
    if digits is None or not found.kind:
        return told(found, values, value, most)
    found = told(found, values, nearest(value + lean, digits), most)
    return Interval(*outwards(found.low, found.high, digits), *found[2:])


# ---- of a change ----

def weights_of(pairs):
    """No line weighs more than another, and nobody's word more than all others'."""
    sums = {n: 1 for n in range(len(pairs))}
    if len(pairs) >= 5:
        sums = recount.vouched(recount.fifth(sums), {n: pair.voucher for n, pair in enumerate(pairs)})
    return [sums[n] for n in range(len(pairs))]


STEPS = 4096


@functools.lru_cache
def around(q, n):
    """What Harrell and Davis (1982) weigh lines up to each part with: the beta law, by the middles of so many steps."""
    a, b, upto = (n + 1) * q - 1, (n + 1) * (1 - q) - 1, [0.0]
    for step in range(STEPS):
        u = (step + 0.5) / STEPS
        upto.append(upto[-1] + math.exp(a * math.log(u / q) + b * math.log((1 - u) / (1 - q))))
    return [x / upto[-1] for x in upto]


def smooth(upto, order, values, times):
    """Harrell and Davis's estimator of lines that are counted `times`. order: their numbers, by value."""
    whole, reached, before, found = sum(times), 0, 0.0, values[order[0]]
    for n in order:
        reached += times[n]
        at = min(1, reached / whole) * STEPS
        step = min(STEPS - 1, math.floor(at))
        part = upto[step] + (at - step) * (upto[step + 1] - upto[step])
        found += (part - before) * (values[n] - values[order[0]])
        before = part
    return found


def change_of_quantiles(years, weights, q, seed):
    """Lines are drawn with both of their years."""
    stream, n = draws(seed), len(weights)
    upto = around(q, sum(weights) ** 2 / sum(w * w for w in weights))
    orders = [sorted(range(n), key=lambda line, year=year: year[line]) for year in years]
    replicates = []
    for _ in range(REPLICATES):
        times = [0.0] * n
        for _ in range(n):
            drawn = below(stream, n)
            times[drawn] += weights[drawn]
        first, second = (smooth(upto, order, year, times) for order, year in zip(orders, years))
        replicates.append(second - first)
    return expanded(replicates, n, 1)


def change_of_means(years, weights, seed):
    lines = [Line(b - a, w) for a, b, w in zip(*years, weights)]
    mean, error, worth = moments(lines, [1] * len(lines))
    if worth < PAIRS * (1 - ROUNDING):
        return None
    if error <= ROUNDING * abs(mean):
        return mean, mean
    found = studentised(lines, CHANGE_TAILS, 0, seed)
    return found[:2] if found.kind else None


def change_of_shares(years, weights):
    """Bonett and Price (2012): a line more went either way, and two more were there."""
    n = sum(weights) ** 2 / sum(w * w for w in weights)
    up, down = ((sum(w for a, b, w in zip(*years, weights) if sign * (b - a) > 0) / sum(weights) * n + 1) / (n + 2) for sign in (1, -1))
    far = NORMAL.inv_cdf(0.975) * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    return max(-100, 100 * (up - down - far)), min(100, 100 * (up - down + far))


def told_change(statistic, pairs, change, most=math.inf, digits=None, lean=0):
    """As far on either side where a mean is told of, or few lines changed so much; digits and lean as of figures."""
    if change is None:
        return change
    before, after, low, high = change
    if digits is not None:
        before, after = nearest(before + lean, digits), nearest(after + lean, digits)
    changes = [pair.after - pair.before for pair in pairs]
    if statistic == "mean" or statistic != "share" and min(sum(c <= low for c in changes), sum(c >= high for c in changes)) < FEW:
        low, high = as_far(low, after - before, high)
        low, high = max(-most, low), min(most, high)
    return before, after, *((low, high) if digits is None else outwards(low, high, digits))


def change(statistic, pairs, seed):
    """(before, after, low, high), of lines in the order of their names; None where they are too few to tell."""
    if len(pairs) < (PAIRS if statistic == "mean" else LINES):
        return None
    weights = weights_of(pairs)
    years = [[pair.before for pair in pairs], [pair.after for pair in pairs]]
    if statistic in ("mean", "share"):
        years = [cut_mean(year, weights) for year in years] if statistic == "mean" else years
        before, after = (sum(v * w for v, w in zip(year, weights)) / sum(weights) for year in years)
        ends = change_of_means(years, weights, seed) if statistic == "mean" else change_of_shares(years, weights)
    else:
        q = q_of(statistic)
        before, after = (recount.quantile([*zip(year, weights)], q) for year in years)
        ends = change_of_quantiles(years, weights, q, seed)
    return ends and (before, after, min(ends[0], after - before), max(ends[1], after - before))


# ---- ranks ----

def over(difference, error):
    return difference / error if error > 0 else math.copysign(math.inf, difference) if difference else 0.0


def munzel(one, other):
    """Above 0: lines of `one` say more."""
    def placed(lines, among):
        among = sorted(among)
        return [(bisect.bisect_left(among, x) + bisect.bisect_right(among, x)) / 2 / len(among) for x in lines]

    a, b = placed(one, other), placed(other, one)
    return over(statistics.fmean(a) - 0.5, math.sqrt(variance(a) / len(a) + variance(b) / len(b)))


def variance(values):
    mean = statistics.fmean(values)
    found = sum((v - mean) ** 2 for v in values) / (len(values) - 1)
    return found if found > 1e-24 * max(1, mean * mean) else 0.0


def welch(one, other, shift=0.0):
    difference = statistics.fmean(one) - statistics.fmean(other) - shift
    alike = abs(difference) <= ROUNDING * (abs(min(*one, *other)) + abs(max(*one, *other)))
    return over(0.0 if alike else difference, math.sqrt(variance(one) / len(one) + variance(other) / len(other)))


def difference(one, other):
    return statistics.fmean(one) - statistics.fmean(other)


def apart(statistic):
    return {"mean": welch, "share": difference}.get(statistic, munzel)


def strictness(statistic):
    return {"mean": STRICT_MEAN, "share": 1}.get(statistic, STRICT_QUANTILE)


def p_exchanged(statistic, one, other, count, most, stream):
    both, far, as_far = one + other, abs(apart(statistic)(one, other)) * (1 - ROUNDING), 0
    for _ in range(count):
        if (as_far + 1) / (count + 1) > most:
            break
        for i in range(len(one)):
            at = i + below(stream, len(both) - i)
            both[i], both[at] = both[at], both[i]
        as_far += abs(apart(statistic)(both[:len(one)], both[len(one):])) >= far
    return (as_far + 1) / (count + 1)


def p_redrawn(one, other, count, most, stream):
    """Lines of each cell drawn again are about its own mean."""
    t, shift, as_far = welch(one, other), difference(one, other), 0
    for _ in range(count):
        if 2 * (as_far + 1) / (count + 1) > most:
            break
        drawn = [[cell[below(stream, len(cell))] for _ in cell] for cell in (one, other)]
        as_far += math.copysign(1, t) * welch(*drawn, shift) >= abs(t) * (1 - ROUNDING)
    return 2 * (as_far + 1) / (count + 1)


def p_of(statistic, one, other, count, most, stream):
    """Lines of each in the order of their values. More than `most` where it is sure to be."""
    if min(len(one), len(other)) < (MEAN_LINES if statistic == "mean" else 2):
        return 1
    strict = strictness(statistic)
    p = p_exchanged(statistic, one, other, count, most / strict, stream)
    if statistic == "mean" and p <= most / strict:
        p = max(p, p_redrawn(one, other, count, most / strict, stream))
    return min(1, strict * p)


def ranks(statistic, high_is_better, cells, seed):
    """cells: (value, lines) in their order. Best and worst place of each, by the steps of Holm (1979)."""
    cells = [(value, sorted(lines)) for value, lines in cells]
    every = len(cells) * (len(cells) - 1) // 2
    count = int(min(9999, max(1999, 2 * strictness(statistic) * (2 if statistic == "mean" else 1) * every / WRONG)))
    stream, tried = draws(seed), []
    for a, b in itertools.combinations(range(len(cells)), 2):
        if cells[a][0] == cells[b][0]:
            continue
        better, worse = (a, b) if (cells[a][0] > cells[b][0]) == high_is_better else (b, a)
        one, other = cells[better][1], cells[worse][1]
        more = apart(statistic)(one, other) if min(len(one), len(other)) > 1 else 0
        same_way = more > 0 if high_is_better else more < 0
        tried.append((p_of(statistic, one, other, count, WRONG, stream) if same_way else 1, better, worse))
    places = [[1, len(cells)] for _ in cells]
    for n, (p, better, worse) in enumerate(sorted(tried)):
        if p > WRONG / (every - n):
            break
        places[worse][0] += 1
        places[better][1] -= 1
    return [tuple(place) for place in places]
