"""A probe as its team knows it: where it stood, on behalf of whom, on which line, and on which days something was expected of it."""

import collections
import dataclasses
import datetime
import ipaddress
import itertools

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


def day_of(result):
    return datetime.date.fromisoformat(result["at"][:10])


def midnight(day):
    return datetime.datetime.combine(day, datetime.time(), UTC)


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
