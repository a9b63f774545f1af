"""How long a line was up and cut, of raw results: tests in their order, over midnight as well, and rates of what was watched of it."""

import collections
import datetime
import functools
import ipaddress
import itertools

import recount_line

HOUR, MOMENT, HALF_A_DAY = datetime.timedelta(hours=1), datetime.timedelta(minutes=5), datetime.timedelta(hours=12)
NONE = datetime.timedelta()
NEAR = [*map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7",
                                    "fe80::/10", "::1/128"))]
Watch = collections.namedtuple("Watch", "tests watched down cuts", defaults=(0, NONE, NONE, 0))
Test = collections.namedtuple("Test", "at up target")


@functools.cache
def near(addr):
    return any(ipaddress.ip_address(addr) in net for net in NEAR)


def says(result):
    """Whether it shows the line up, or that nothing came over it; None: neither."""
    outcome, addr = result["outcome"], result.get("addr")
    if not result["target"]:
        return None
    if outcome == "dns_error":
        return None if addr else False
    if outcome not in ("ok", "partial", "timeout", "unreachable") or not addr or near(addr):
        return None
    return outcome in ("ok", "partial")


def powered(line, a, b):
    """One boot held both; who tells of no boot is taken to be on."""
    return not line.boots or any(since <= a and b <= until for since, until, _ in line.boots)


def at_home(line, a, b, networks):
    """No spell on another line lies between."""
    return not any(since < b and until > a and recount_line.away(line, {"at": since.isoformat()}, networks)
                   for *_, spells in line.boots for since, until, *_ in spells)


def is_watched(line, a, b, networks):
    """Is the time between two tests? A year stands by itself."""
    return b.at - a.at <= HOUR and a.at.year == b.at.year and powered(line, a.at, b.at) and at_home(line, a.at, b.at, networks)


def is_cut(run, until):
    return len(run) >= 3 and len({test.target for test in run}) > 1 and until - run[0].at > MOMENT


def runs(tests, watched):
    """Tests without an answer that follow one another with nothing unwatched in between, and when they end: with the next answer, else the
    last of them. watched: whether the time behind each test is."""
    run = []
    for test, following, joined in itertools.zip_longest(tests, tests[1:], watched):
        run = [] if test.up else [*run, test]
        if run and (not joined or following.up):
            yield run, following.at if joined else test.at
            run = []


def spread(run, until):
    """day -> what is down on it of a cut, and the day on which it counts. What a day has of it is down on the day itself where that is a cut
    for those who know that day alone, else on the next; what lies over midnight is down on the later day."""
    down, own, parts = collections.Counter(), [], [[*part] for _, part in itertools.groupby(run, lambda test: test.at.date())]
    days = sorted({test.at.date() for test in run} | {until.date()})
    for n, part in enumerate(parts):
        end = until if until.date() == days[n] else part[-1].at
        following = parts[n + 1][0].at if n + 1 < len(parts) else until
        alone = is_cut(part, end)
        own += [days[n]] * alone
        down[days[n] if alone or n + 1 == len(days) else days[n + 1]] += (end - part[0].at) / HOUR
        if n + 1 < len(days):
            down[days[n + 1]] += (following - end) / HOUR
    return down, own[0] if own else days[-1]


def tests_of(results):
    said = [(r, up) for r in results if (up := says(r)) is not None]
    return sorted((Test(datetime.datetime.fromisoformat(r["at"]), up, r["target"]) for r, up in said), key=lambda test: (test.at, not test.up))


def by_day(line, days, networks):
    """day -> what was watched of it, of all days of which anything was."""
    def has_some(tests):
        return any(is_watched(line, a, b, networks) for a, b in itertools.pairwise(tests))

    of_days = {day: tests_of(results) for day, results in days.items()}
    tests = [test for day in sorted(of_days) if has_some(of_days[day]) for test in of_days[day]]
    found = collections.defaultdict(Watch)
    pairs = [(a, b, is_watched(line, a, b, networks)) for a, b in itertools.pairwise(tests)]
    for test in tests:
        day = test.at.date()
        found[day] = found[day]._replace(tests=found[day].tests + 1)
    for a, b, watched in pairs:
        if watched:
            found[b.at.date()] = found[b.at.date()]._replace(watched=found[b.at.date()].watched + b.at - a.at)
    for run, until in runs(tests, [watched for *_, watched in pairs]):
        if is_cut(run, until):
            down, counts = spread(run, until)
            for day, hours in down.items():
                found[day] = found[day]._replace(down=found[day].down + hours * HOUR)
            found[counts] = found[counts]._replace(cuts=found[counts].cuts + 1)
    return {day: watch._replace(down=min(watch.down, watch.watched)) for day, watch in found.items()}


def rates(line, days, networks, year):
    """Day of a year -> what was watched since the last such day at the same place, once that is half a day."""
    sums, found = {}, {}
    for day, watch in sorted(by_day(line, days, networks).items()):
        if day.year == year:
            place = recount_line.place_on(line, day)
            sums[place] = Watch(*(a + b for a, b in zip(sums.get(place, Watch()), watch)))
            if sums[place].watched >= HALF_A_DAY:
                found[day] = sums.pop(place)
    return found


def figure(what):
    def one(results, _targets, _place, line):
        watch = line.watched.get(recount_line.day_of(results[0]))
        return [(None, what(watch), watch.tests, 0)] if watch else []
    return one


def down_hours(watch):
    """Of a year of 8760 hours."""
    return 8760 * (watch.down / watch.watched)


def cuts(watch):
    return 8760 * watch.cuts / (watch.watched / HOUR)


OF_DAY = {"REL2": figure(down_hours), "REL2_CUTS": figure(cuts)}
