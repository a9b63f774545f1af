"""The figures of measured indicators, made once more of raw results: by what their definitions say, and not by the collector's SQL
or C. Nothing but Python is used, and all of it is slow and plain.

What a probe measured in a day says one thing of an indicator (OF_DAY). With where it stood, the network of its household and who vouches for
it that is a Row; the rows of a place are a cell (gather), and each cell has a Figure (recount)."""

import collections
import dataclasses
import datetime
import functools
import ipaddress
import itertools
import math
import statistics
import struct
from pathlib import Path

import recount_watch

SCHEMA = Path(__file__).resolve().parents[2] / "schema"
NETWORKS, PROBES, DAYS = 5, 5, 30  # what the floor asks
BOX = ("denied", "skipped", "error")  # outcomes that say something of the box alone
PARTS = ("geo", "operator", "technology", "family", "zone")
CUTS = ((), ("geo",), ("operator",), ("technology",), ("family",), ("operator", "geo"), ("zone",), ("operator", "technology"))
DIMENSIONS = {"department": "geo", "operator": "operator", "technology": "technology", "family": "family", "zone": "zone"}
UTC = datetime.timezone.utc


@dataclasses.dataclass(eq=False)
class Line:
    """A probe, as its team knows it. Boxes that replaced one another are one household."""
    probe: str
    household: str  # the last of its boxes
    source: str  # as figures name it
    enrolled: datetime.datetime
    let_in: bool  # nobody else could use its token
    team: str | None  # whose token it was
    confirmed: str | None  # by whom
    places: list  # (since, country, department, operator, technology, zone), in order
    pushes: dict  # year -> prefix -> how often
    revoked: tuple | None = None  # when, why
    replaced: datetime.datetime | None = None  # from when on another box stands there
    watched: dict = dataclasses.field(default_factory=dict)  # day -> recount_watch.Watch, of the last recount
    boots: list = dataclasses.field(default_factory=list)  # (from, to, spells within: (from, to, link, network)), in order, as far as it told

    @property
    def voucher(self):
        """Whoever hands out tokens that are no team's is one as well."""
        return self.team or self.confirmed or ("the collector's own" if self.let_in else None)


@dataclasses.dataclass(eq=False)
class Targets:
    """What is known of targets."""
    kinds: dict  # name -> kind, of those that are everybody's
    sets: dict  # country -> (first year, set as in a country's pack), in order
    networks: dict  # country, operator -> its prefixes, as ipaddress has them


# A probe-day of an indicator; value None: nothing but failures. due: how many days it stands for; ended: the last of a silent probe.
Row = collections.namedtuple("Row", "line day place network voucher family value samples failed due ended weight", defaults=(None,))

Figure = collections.namedtuple("Figure", "value n_samples n_failed n_days n_probes n_networks n_silent method_version")


def day_of(result):
    return datetime.date.fromisoformat(result["at"][:10])


def midnight(day):
    return datetime.datetime.combine(day, datetime.time(), UTC)


# ---- sketches and quantiles ----

def bucket_middle(value):
    """What stands for a value, kept with 32 bits: the geometric middle of its bucket [1.02^k, 1.02^(k+1))."""
    value, = struct.unpack("f", struct.pack("f", value))
    return 0.0 if value == 0 else 1.02 ** (math.floor(math.log(value) / math.log(1.02)) + 0.5)


def median(values):
    values = sorted(bucket_middle(v) for v in values)
    place = (len(values) - 1) / 2
    below, above = values[math.floor(place)], values[math.ceil(place)]
    return below + (place - math.floor(place)) * (above - below)


def quantile(pairs, q):
    """Of values with weights, between the closest ranks, as if they were as many as their weights are worth."""
    total = sum(w for _, w in pairs)
    n = total ** 2 / sum(w * w for _, w in pairs)
    rank, upto, value = q * (n - 1), 0, 0
    for x, weight in sorted(pairs):
        before, upto = upto, upto + weight * n / total
        value += x * (min(1, max(0, upto - rank)) - min(1, max(0, before - rank)))
    return value


# ---- what a probe says in a day: (family, value, samples, failed) ----

def told(results):
    return [r for r in results if r["outcome"] not in BOX]


def number_of(results, metric, family=None):
    """Results without the number failed, unless they ended well and had none to give."""
    values = [r["metrics"][metric] for r in results if metric in r["metrics"]]
    failed = sum(r["outcome"] != "ok" and metric not in r["metrics"] for r in results)
    return family, median(values) if values else None, len(values), failed


def everybodys(result, targets):
    """A member adds targets of their own. No target: the box's own resolver."""
    return not result["target"] or result["target"] in targets.kinds


def of_check(check, results, targets):
    return [r for r in told(results) if r["check"] == check and everybodys(r, targets)]


def of_the_line(result):
    """Asked of no server by its name: of the box's own resolver."""
    return not result["target"]


def asked(results, targets):
    return [r for r in of_check("dns", results, targets) if of_the_line(r)]


def dns_time(results, targets, _place, _line):
    """Only what succeeded has a time; all else failed, whatever numbers it gave."""
    questions = asked(results, targets)
    good = [r for r in questions if r["outcome"] == "ok"]
    family, value, samples, _ = number_of(good, "rt_ms")
    return [(family, value, samples, len(questions) - len(good))] if questions else []


def dns_failures(results, targets, _place, _line):
    questions = asked(results, targets)
    bad = sum(r["outcome"] != "ok" or r["metrics"].get("rcode") not in (0, 3) for r in questions)
    return [(None, 100 * bad / len(questions), len(questions), 0)] if questions else []


def set_of(targets, country, year):
    """The last set that had begun; a country may have none."""
    begun = [a_set for since, a_set in targets.sets.get(country, []) if since <= year]
    return begun[-1] if begun else {"domestic": [], "abroad": []}


def unicast(member):
    return member["unicast"]


def members(a_set, scope):
    """name -> in whose network it is, as the pack says."""
    return {m["name"]: m.get("operator") for m in a_set[scope] if scope == "domestic" or unicast(m)}


def own_by_pack(operator, of):
    return operator is not None and operator == of


address = functools.cache(ipaddress.ip_address)


def own_by_address(addr, prefixes):
    return addr is not None and any(address(addr) in prefix for prefix in prefixes)


def to_targets(results, targets, place, scope, own):
    country, _, operator, *_ = place
    found = members(set_of(targets, country, day_of(results[0]).year), scope)
    prefixes = targets.networks.get((country, operator), ())
    return [r for r in told(results) if r["check"] == "ping" and r["target"] in found
            and own == (own_by_pack(operator, found[r["target"]]) or own_by_address(r.get("addr"), prefixes))]


def round_trip(scope, own):
    def one(results, targets, place, _line):
        pings = to_targets(results, targets, place, scope, own)
        families = sorted({r["af"] for r in pings if r.get("af")})
        parts = [(None, pings)] + [(f"ipv{af}", [r for r in pings if r.get("af") == af]) for af in families]
        return [number_of(part, "rtt_p50_ms", family) for family, part in parts if part]
    return one


def jitter(results, targets, place, _line):
    """To the same targets as domestic round trips, not told apart by family."""
    found = to_targets(results, targets, place, "domestic", False)
    return [number_of(found, "jitter_ms")] if found else []


def throughput(metric):
    def one(results, targets, _place, _line):
        tests = of_check("throughput", results, targets)
        return [number_of(tests, metric)] if tests else []
    return one


def loss(results, targets, _place, _line):
    pings = of_check("ping", results, targets)
    unnamed = sum(r["outcome"] == "dns_error" for r in pings)
    tried = [r for r in pings if r["outcome"] != "dns_error"]
    counted = [r["metrics"] for r in tried if "sent" in r["metrics"]]
    sent, lost = sum(m["sent"] for m in counted), sum(m["sent"] - m["rcvd"] for m in counted)
    unsent = (len(tried) - len(counted)) * (sent / len(counted) if counted else 1)
    value = 100 * (lost + unsent) / (sent + unsent) if tried else None
    return [(None, value, sent, unnamed)] if pings else []


OF_DAY = {"PER1": dns_time, "PER2": dns_failures, "PER3": round_trip("domestic", False), "PER3_OWN": round_trip("domestic", True),
          "PER4": round_trip("abroad", False), "PER4_OWN": round_trip("abroad", True), "PER5": throughput("down_mbps"), "PER6": throughput("up_mbps"),
          "PER7": jitter, "PER8": loss, "PER12": throughput("down_mbps")} | recount_watch.OF_DAY


# ---- where, and on behalf of whom ----

def place_on(line, day):
    """The place that held for most of the day, of two the later."""
    begin, end = midnight(day), midnight(day + datetime.timedelta(1))
    until = [place[0] for place in line.places[1:]] + [line.replaced or datetime.datetime.max.replace(tzinfo=UTC)]
    held = [(min(to, end) - max(place[0], begin), place) for place, to in zip(line.places, until)]
    held = [(span, place[0], place[1:]) for span, place in held if span > datetime.timedelta(0)]
    return max(held, key=lambda h: h[:2])[2] if held else None


def counts(line, year):
    """Nobody doubts it, somebody's word stands behind it, and it was there a week before the year's end. Who leaves was good until then."""
    good = not line.revoked or line.revoked[1] in ("left", "forgotten")
    return good and (line.let_in or bool(line.confirmed)) and line.enrolled <= midnight(datetime.date(year + 1, 1, 1)) - datetime.timedelta(7)


def network_of(line, lines, year, carrier_nat):
    """From where its household pushed most often. Behind carrier NAT a confirmed one is its own."""
    pushes = collections.Counter()
    for box in lines:
        if box.household == line.household:
            pushes.update(box.pushes.get(year, {}))
    if not pushes:
        return None
    most = max(pushes, key=pushes.get)
    return f"household {line.household}" if most in carrier_nat and line.confirmed else most


def voucher_of(line, lines):
    """A household counts as the one who vouches for its last box."""
    [last] = [box.voucher for box in lines if box.probe == line.household]
    return last or line.voucher


# ---- on which line ----

def modem(link, technology):
    """Beside a line that has none."""
    return link == "mobile" and technology in ("fibre", "adsl", "satellite")


def of_another(network, declared, networks):
    """An operator that is known, where the declared one's networks are known as well."""
    of = {key for key, prefixes in networks.items() if any(ipaddress.ip_network(network)[0] in prefix for prefix in prefixes)}
    return bool(of and networks.get(declared) and declared not in of)


def away(line, result, networks):
    """Did it begin while the box hung on another line than the declared one?"""
    at = datetime.datetime.fromisoformat(result["at"])
    for since, until, link, network in (spell for *_, spells in line.boots for spell in spells):
        if since <= at < until:
            _, country, _, operator, technology, _ = [place for place in line.places if place[0] <= at][-1]
            return modem(link, technology) or (network is not None and of_another(network, (country, operator), networks))
    return False


def unpowered(boots):
    """The whole days between two boots."""
    found = set()
    for (_, end, _), (begin, *_) in itertools.pairwise(boots):
        day = (end - datetime.timedelta(microseconds=1)).date() + datetime.timedelta(1)
        while day < begin.date():
            found.add(day)
            day += datetime.timedelta(1)
    return found


def elsewhere(results):
    """Days of results that another line measured."""
    return {day_of(r) for r in results}


# ---- the days expected of a probe ----

def counted(day, idle):
    """The day, as if those before it on which nothing could come had not been."""
    return day - datetime.timedelta(sum(i < day for i in idle))


def expected(lines, days, year, idle):
    """line.probe -> the first and last day on which something was expected of it, and whether it fell silent: nothing came for a fortnight,
    and nobody took it away. They begin with its first result, and end before it was taken away, else with the last day of any probe of its
    source. Days on which nothing could come (idle: line.probe -> days) are no silence. days: line.probe -> those with results, of all years."""
    heard = {line: [day for day in days[line.probe] if day.year == year] for line in lines}
    latest = collections.defaultdict(lambda: datetime.date.min)
    for line in lines:
        latest[line.source] = max([latest[line.source], *heard[line]])
    found = {}
    for line in lines:
        if not heard[line]:
            continue
        gone = min([when.date() for when in (line.revoked and line.revoked[0], line.replaced) if when], default=datetime.date.max)
        found[line.probe] = (max(datetime.date(year, 1, 1), min(days[line.probe])), min(latest[line.source], gone - datetime.timedelta(1)),
                             gone > datetime.date(year, 12, 31) and (counted(latest[line.source] + datetime.timedelta(1), idle[line.probe])
                                                                     - counted(max(heard[line]), idle[line.probe])).days > 14)
    return found


def stand_for(days, first, last):
    """Each day with a value stands for those without one behind it, the first for those before it as well."""
    due = []
    for n, day in enumerate(days):
        behind = (days[n + 1] - day).days if n + 1 < len(days) else max(1, (last - day).days + 1)
        due.append(behind + (max(0, (day - first).days) if n == 0 else 0))
    return due


# ---- the figure of a cell ----

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
        days[day_of(r)].append(r)
    return days


def measured(lines, raw, networks, carrier_nat, year):
    """Of each line that counts: it, its network, who vouches for it, what was expected of it and when nothing could come, and where it stood
    and what it measured itself, day by day."""
    others = {line.probe: [r for r in raw[line.probe] if line.boots and away(line, r, networks)] for line in lines}
    days = {line.probe: by_day([r for r in raw[line.probe] if r not in others[line.probe]] if others[line.probe] else raw[line.probe])
            for line in lines}
    idle = {line.probe: (unpowered(line.boots) | elsewhere(others[line.probe])) - days[line.probe].keys() for line in lines}
    due_of = expected(lines, days, year, idle)
    for line in lines:
        line.watched = recount_watch.rates(line, days[line.probe], networks, year)
    return [(line, network_of(line, lines, year, carrier_nat), voucher_of(line, lines), (*due_of[line.probe], idle[line.probe]),
             [(day, place, results) for day, results in sorted(days[line.probe].items()) if day.year == year and (place := place_on(line, day))])
            for line in lines if line.probe in due_of and counts(line, year)]


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
            last_counted = counted(last + datetime.timedelta(1), idle) - datetime.timedelta(1)
            due = dict(zip(valued, stand_for([counted(day, idle) for day in valued], counted(first, idle), last_counted)))
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
            for key, cell in weigh(cells_of(steady(indicator, rows_of(OF_DAY[indicator], lines, targets)), columns)).items()}


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
