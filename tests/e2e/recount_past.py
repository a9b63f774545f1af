"""When a figure that was shown may be replaced (collector/disclosure/floor.h): under cover of days enough that nobody was told of before. Of each
figure by itself, of each two of which one holds the other, and of a whole less its parts."""

import collections
import dataclasses
import math

import recount


def unit(row):
    return row.line.probe, row.day


def valued(rows):
    return [row for row in rows if row.value is not None]


def said(cells):
    """(indicator, probe, day) -> all that the results of a probe-day come to, in whatever family, and what failed on the days without any
    value before it."""
    days, found, failing = collections.defaultdict(set), {}, collections.Counter()
    for (indicator, *_), rows in cells.items():
        for row in rows:
            days[indicator, *unit(row)].add((row.family, row.place, row.value, row.samples, row.failed, row.line.household))
    for (indicator, probe, day), says in sorted(days.items(), key=lambda known: known[0]):
        if any(value is not None for _, _, value, *_ in says):
            found[indicator, probe, day] = says | {failing.pop((indicator, probe), 0)}
        else:
            failing[indicator, probe] += sum(failed for *_, failed, _ in says)
    return found


@dataclasses.dataclass
class Past:
    """What editions have shown: of each cell the days of its last figure with what they said, and all days that any counted."""
    last: dict = dataclasses.field(default_factory=dict)  # cell -> (probe, day) -> what it said
    told: set = dataclasses.field(default_factory=set)  # (indicator, probe, day)
    weights: dict = dataclasses.field(default_factory=dict)  # of each cell what a day of each line weighed in its last figure
    quiet: set = dataclasses.field(default_factory=set)  # countries of which failed tests, nearly all of one line, were not told once
    cut: dict = dataclasses.field(default_factory=dict)  # and the lines of which that says nothing, as it cut them so far

    def show(self, cells, replaced):
        says = said(cells)
        for key in replaced:
            self.last[key] = {unit(row): says[key[0], *unit(row)] for row in valued(cells[key])}
            self.told |= {(key[0], *known) for known in self.last[key]}
            if not any(key[2:-1]) and recount.of_one(recount.failures(cells[key])):
                self.quiet.add(key)
            statistic = recount.definitions()[key[0]][2][0]
            self.weights[key] = weigh_cut(cells[key], statistic)
            self.cut[key] = {line for line, part in parts(cells[key], statistic).items() if part <= 0.8}


def keep_quiet(past, key, figure):
    """The number that was not told once is not told from then on."""
    return figure._replace(n_failed=None) if figure and key in past.quiet else figure


def weigh(rows):
    """household -> what one of its days weighs"""
    days = collections.Counter(row.line.household for row in valued(rows))
    return {line: round(whole / days[line], 6) for line, whole in recount.weights(valued(rows)).items()}


def weigh_cut(rows, statistic):
    """The same of a country's rows, where a mean cuts its largest lines down."""
    found = weigh(rows)
    return found | {line: math.floor(found[line] * part * 1e6) / 1e6 for line, part in parts(rows, statistic).items()}


def parts(rows, statistic):
    return recount.too_large(rows) if statistic == "mean" else {}


def had(past, key, rows, says):
    """row -> what it counted in the country's last figure: nothing where that has it not, or it says something else now; nor where the
    line was cut by a fifth or more."""
    now, told = weigh(rows), past.weights[key]

    def counted(row):
        if past.last[key].get(unit(row)) != says[key[0], *unit(row)]:
            return 0
        household = row.line.household
        return 0 if household in past.cut[key] else told.get(household, now[household])

    return counted


def weighed(past, key, rows):
    """Does any line weigh something else than it did when it was told? In quantiles, which are no sums, that tells of nobody."""
    statistic = recount.definitions()[key[0]][2][0]
    now = {} if statistic.startswith("p") else weigh_cut(rows, statistic)
    return any(past.weights[key].get(line, weight) != weight for line, weight in now.items())


def fresh(past, key, rows):
    return [row for row in valued(rows) if (key[0], *unit(row)) not in past.told]


def changes(past, key, rows, says):
    """Days that came to a cell's figure, or went: what says something else went and came."""
    now = {unit(row): says[key[0], *unit(row)] for row in valued(rows)}
    before = past.last[key]
    return [known for known in now if before.get(known) != now[known]] + [known for known in before if before[known] != now.get(known)]


def bears(rows):
    """Either nobody is told of, or enough."""
    return not rows or recount.enough(rows)


def may_follow(past, key, rows, says, households):
    """Fresh days are a crowd by themselves, and no household is most of what came or went."""
    changed = collections.Counter(households[probe] for probe, _ in changes(past, key, rows, says))
    covered = bool(fresh(past, key, rows)) and bears(fresh(past, key, rows))
    return recount.enough(valued(rows)) and covered and 2 * max(changed.values(), default=0) <= changed.total()


def told_too_much(past, cells, shown):
    """Pairs of cells that are shown anew, one within the other, whose difference tells of too few fresh days; wholes less their parts."""
    found = []
    parts = {key: {unit(row): row for row in fresh(past, key, cells[key])} for key in shown}
    for whole in shown:
        within = [key for key in shown if key != whole and key[:2] + key[-1:] == whole[:2] + whole[-1:] and parts[key].keys() <= parts[whole].keys()]
        rests = [[key] for key in within]
        for cut in {tuple(map(bool, key)) for key in within}:
            rests.append([key for key in within if tuple(map(bool, key)) == cut])
        for less in rests:
            gone = set().union(*(parts[key].keys() for key in less))
            rest = [row for known, row in parts[whole].items() if known not in gone]
            if not bears(rest):
                found.append((whole, less))
    return found
