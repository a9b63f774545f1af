"""Who comes before whom (collector/figure/rank.h), from what is published of the tests: Brunner and Munzel (2000) with lines exchanged at random
(Neubert and Brunner 2007), and the steps of Holm (1979). Draws are Python's own."""

import itertools
import math
import statistics

WRONG, STRICT, DRAWS = 0.05, 1.4, 3000  # STRICT: of quantiles, collector/figure/duel.h


def munzel(one, other):
    """Above 0: lines of `one` say more."""
    def placed(lines, among):
        return [sum((y < x) + (y == x) / 2 for y in among) / len(among) for x in lines]

    a, b = placed(one, other), placed(other, one)
    error = math.sqrt(statistics.variance(a) / len(a) + statistics.variance(b) / len(b))
    apart = statistics.fmean(a) - 0.5
    return apart / error if error else math.copysign(math.inf, apart) if apart else 0


def every_exchange(one, other):
    both = one + other
    for chosen in itertools.combinations(range(len(both)), len(one)):
        yield [both[i] for i in chosen], [both[i] for i in range(len(both)) if i not in chosen]


def some_exchanges(one, other, r):
    both = one + other
    for _ in range(DRAWS):
        r.shuffle(both)
        yield both[:len(one)], both[len(one):]


def p_of(one, other, exchanges):
    far = abs(munzel(one, other)) * (1 - 1e-9)
    found = [abs(munzel(*both)) >= far for both in exchanges]
    return (sum(found) + 1) / (len(found) + 1)


def ranks(cells, r):
    """name -> lines; the least value is the best. name -> (best, worst place), and the narrowest that a decision was, in standard errors of p."""
    value = {name: statistics.median(lines) for name, lines in cells.items()}
    pairs = []
    for better, worse in itertools.permutations(cells, 2):
        if value[better] < value[worse]:
            same_way = munzel(cells[better], cells[worse]) < 0
            pairs.append((p_of(cells[better], cells[worse], some_exchanges(cells[better], cells[worse], r)) if same_way else 1, better, worse))
    places, narrow = {name: [1, len(cells)] for name in cells}, math.inf
    for tried, (p, better, worse) in enumerate(sorted(pairs)):
        allowed = WRONG / (len(pairs) - tried) / STRICT
        narrow = min(narrow, abs(p - allowed) / math.sqrt(p * (1 - p + 1e-9) / 2000))  # the collector may draw so few
        if p > allowed:
            break
        places[worse][0] += 1
        places[better][1] -= 1
    return {name: tuple(place) for name, place in places.items()}, narrow
