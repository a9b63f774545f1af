"""A small country of lines that measure: all outcomes of each check, both families, moves, doubts, departures, what comes late, a month that
is retained. Made of a seed, and given to a collector as agents and teams give it."""

import datetime
import ipaddress
import json
import os
import random

import psycopg
import recount
import recount_line
import wire
from conftest import wait_until
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from recount_line import UTC, Line
from recount_saying import Targets

SEED = int(os.environ.get("INTERNETMETRE_SEED", 20231231))
YEARS = (2023, 2024)
DAYS = [datetime.date(2023, 12, 24) + datetime.timedelta(n) for n in range(14)] + \
    [datetime.date(2024, *day) for day in ((1, 30), (1, 31), (2, 1), (2, 3), (2, 4))]
# What comes late: of months that are retained by then, the second in the middle of a year; of one that is not.
GONE, LATE = (datetime.date(2023, 12, 28), datetime.date(2024, 1, 3)), datetime.date(2024, 2, 1)
FRESH = [datetime.date(2024, 2, 20) + datetime.timedelta(n) for n in range(6)]  # after the first edition
PACK = json.loads((recount.SCHEMA / "countries/countries.json").read_text(encoding="utf-8"))["BJ"]
BIG, OTHER = "Celtiis (SBIN)", "JENY"  # in whose networks targets are
# The second year has another set than the pack's; of home.example only its address says whose network it is in.
SETS = {
    "BJ": [(0, PACK["targets"]), (2024, {
        "version": PACK["targets"]["version"] + 1, "since": 2024,
        "domestic": [{"name": "ns1.nic.bj", "operator": OTHER, "kind": "cctld"}, {"name": "home.example", "operator": None, "kind": "domestic"}],
        "abroad": [{"name": "paris.example", "place": "Paris", "unicast": True}, {"name": "away.example", "place": "Lagos", "unicast": True},
                   {"name": "any.example", "place": "everywhere", "unicast": False}]})],
    "TG": [(0, {"version": 1, "domestic": [{"name": "far.example", "operator": None, "kind": "domestic"}], "abroad": []})],
}
# name -> kind, country, addresses of both families
TARGETS = {
    "ns1.nic.bj": ("cctld", "BJ", "154.65.28.218", "2001:db8::1"), "ns2.nic.bj": ("cctld", "BJ", "41.85.191.2", "2001:db8::2"),
    "home.example": ("domestic", "BJ", "41.85.191.9", "2001:db8::3"), "far.example": ("domestic", "TG", "192.0.2.4", "2001:db8::4"),
    "paris.example": ("abroad", None, "192.0.2.5", "2001:db8::5"), "away.example": ("abroad", None, "137.255.0.9", "2001:4320::9"),
    "any.example": ("abroad", None, "192.0.2.6", "2001:db8::6"), "ixp.example": ("ixp", "BJ", "192.0.2.7", "2001:db8::7"),
    "f.root-servers.net": ("root", None, "192.0.2.8", "2001:db8::8"), "beacon.example": ("beacon", "BJ", "192.0.2.9", "2001:db8::9"),
}
SEEDED = {"resolver.example": "resolver", "http://target.example": None} | {name: kind for name, (kind, *_) in TARGETS.items()}
MEMBERS, INSIDE = "nas.family.home", (None, None, "192.168.1.2", "fd00::2")  # some measure to it as well
KNOWN = Targets(SEEDED, SETS,
                {("BJ", o["name"]): [*map(ipaddress.ip_network, o.get("prefixes", ()))] for o in PACK["operators"]})
OUTCOMES = ("timeout", "refused", "unreachable", "reset", "dns_error", "tls_error", "protocol_error", "blocked", "denied", "skipped", "error")
CARRIER = "41.85.160.0/24"
BEFORE = datetime.datetime(2022, 6, 1, tzinfo=UTC)


# ---- what is measured ----

def result(check, target, at, outcome, metrics, **more):
    return {"task": check, "check": check, "target": target, "at": wire.stamp(at), "mono_us": 1, "sync": True, "outcome": outcome, "bytes": 100,
            "metrics": metrics, "detail": {}} | {k: v for k, v in more.items() if v is not None}


def dns(r, at, base, target=""):
    outcome = r.choice(["ok"] * 20 + ["partial", *OUTCOMES])
    time = round(base * r.lognormvariate(0, 0.4), 3)
    if outcome == "ok":
        metrics = {"rt_ms": time, "size": 64, "rcode": r.choice((0, 0, 0, 0, 3))}
    elif outcome in ("partial", "dns_error", "blocked", "denied", "error") and r.random() < 0.7:
        metrics = {"rt_ms": time, "size": 64, "rcode": r.choice((0, 2, 5))}
    else:
        metrics = {}
    return result("dns", target, at, outcome, metrics, addr="192.0.2.53", af=4)


def ping(r, at, base, target):
    outcome = r.choice(["ok"] * 20 + ["partial"] * 4 + list(OUTCOMES))
    sent = r.choice((4, 10, 10, 20))
    rcvd = {"ok": sent, "timeout": 0}.get(outcome, r.randint(1, sent - 1))
    metrics = {"sent": sent, "rcvd": rcvd, "loss": round(1 - rcvd / sent, 6)}
    if rcvd:
        low = round(base * r.lognormvariate(0, 0.2), 3)
        metrics |= {"rtt_min_ms": low, "rtt_p50_ms": round(low * r.uniform(1, 1.5), 3)}
    if rcvd > 1:
        metrics["jitter_ms"] = round(low * rcvd / 40, 3)
    if outcome not in ("ok", "partial", "timeout") and (outcome not in ("denied", "error", "blocked") or r.random() < 0.5):
        metrics = {}
    if outcome == "dns_error":
        return result("ping", target, at, outcome, {})
    af = r.choice((4, 6))
    return result("ping", target, at, outcome, metrics, af=af, addr=TARGETS.get(target, INSIDE)[2 if af == 4 else 3])


def speed(r, at, base, target="http://target.example"):
    outcome = r.choice(["ok"] * 12 + ["partial", *OUTCOMES])
    metrics = {"down_mbps": round(base * r.lognormvariate(0, 0.3), 3), "up_mbps": round(base / 4 * r.lognormvariate(0, 0.3), 3)}
    if outcome != "ok" and (outcome not in ("partial", "protocol_error", "error") or r.random() < 0.5):
        metrics = {}
    elif outcome != "ok" or r.random() < 0.15:
        del metrics["up_mbps"]
    return result("throughput", target, at, outcome, metrics)


def day_of(r, n, day):
    """What line n measures in a day: at the first and the last moment of it as well."""
    begin = recount_line.midnight(day)
    moments = sorted(begin + datetime.timedelta(seconds=r.randrange(1, 86399)) for _ in range(r.randint(10, 15)))
    moments = [begin, *moments, begin + datetime.timedelta(days=1, microseconds=-1)]
    base = 8 + 3 * n
    kinds = (lambda at: dns(r, at, base), lambda at: dns(r, at, base), lambda at: dns(r, at, 2, r.choice(("ns1.nic.bj", "resolver.example"))),
             lambda at: ping(r, at, base, r.choice([*TARGETS])), lambda at: ping(r, at, base, r.choice([*TARGETS][:6])),
             lambda at: ping(r, at, base, r.choice([*TARGETS][:6])), lambda at: speed(r, at, 2 + n))
    results = [r.choice(kinds)(at) for at in moments]
    results[-1] = dns(r, moments[-1], base)
    return [answered(x) if n in QUIET else x for x in results] + at_home(n, begin) + watched(n, begin) + edns_tested(n, begin)


def answered(x):
    """A question that got its answer."""
    return x | {"outcome": "ok", "metrics": {"rt_ms": 20.0} | x["metrics"] | {"size": 64, "rcode": 0}} if x["check"] == "dns" else x


def at_home(n, begin):
    """What every fourth line measures to a target of its member's own."""
    r = random.Random(f"{n} {begin}")
    moments = [begin + datetime.timedelta(seconds=r.randrange(1, 86399)) for _ in range(3)]
    return [] if n % 4 else [dns(r, moments[0], 900, MEMBERS), ping(r, moments[1], 0.1, MEMBERS), speed(r, moments[2], 900, MEMBERS)]


def connected(target, at, lost):
    return result("tcp", target, at, "timeout" if lost else "ok", {"sent": 1, "rcvd": int(not lost)}, af=4, addr=TARGETS[target][2])


def watched(n, begin):
    """What tells how long two lines in three are up: a test every 50 minutes for most of the day. Every other day they are cut, mostly for
    minutes that make a cut; some nights over midnight, by so little on both sides that it may take both to be one."""
    def night(of_day):
        r = random.Random(f"night {n} {of_day}")
        return r.random() < 0.4, r.choice((2, 3))

    def lost(moments, others=("ns1.nic.bj", "ns2.nic.bj", "ixp.example")):
        return [connected(others[k % len(others)], at, True) for k, at in enumerate(moments)]

    if n % 3 == 0:
        return []
    r, minute = random.Random(f"watch {n} {begin}"), datetime.timedelta(minutes=1)
    found = [connected("ixp.example", begin + minute * (10 + 50 * part), False) for part in range(r.randint(8, 20))]
    if r.random() < 0.5:
        first, minutes = r.randrange(60, 1200), r.choice((4, 5, *range(6, 60)))
        moments = [begin + minute * (first + minutes * part / 4) for part in range(5)]
        found += [*lost(moments[:4]), connected("ixp.example", moments[4], False)]
    (tonight, tests), (last_night, before) = night(begin), night(begin - datetime.timedelta(days=1))
    if tonight:
        found += lost([begin + minute * (1440 - 2 * part) for part in range(tests, 0, -1)])
    if last_night:
        found += lost([begin + minute * 2 * part for part in range(1, before)]) + [connected("ns2.nic.bj", begin + minute * 8, False)]
    return found


NAME_SERVERS = ("154.65.28.218", "41.85.191.2", "196.216.168.33", "194.0.9.1", "2001:678:c::1", "2001:db8::53")
EDNS = ("dns", "edns", "edns1", "edns@512", "ednsopt", "edns1opt", "do", "ednsflags", "optlist", "edns512tcp")


def of_server(r, n, k, addr):
    """Of what line n finds at the k-th of the name servers: the first keeps to EDNS, and so does the second behind some lines; the third for
    most of the time, the fourth hardly ever; few lines reach the fifth, and nobody the last."""
    if k == 5 or r.random() < 0.1 or (k == 4 and n > 3):
        return {"name": f"ns{k}.", "addr": addr} | ({"dns": "timeout"} if r.random() < 0.7 else {"skipped": "no route from here"})
    good = (r.random() < 0.97, n % 2 == 0, r.random() < 0.6, r.random() < 0.3, True)[k]
    return {"name": f"ns{k}.", "addr": addr} | dict.fromkeys(EDNS, "ok") | ({} if good else {r.choice(EDNS): r.choice(("timeout", "badversion", "noopt"))})


def edns_tested(n, begin):
    """Two lines in three ask the country's name servers on most days, once or twice; a neighbour's, which are in no pack, as well."""
    r, found = random.Random(f"edns {n} {begin}"), []
    for zone in ("bj", "bj.", "tg")[:r.choice((0, 1, 1, 1, 3)) if n % 3 else 0]:
        at, servers = begin + datetime.timedelta(seconds=r.randrange(1, 86399)), [of_server(r, n, k, addr) for k, addr in enumerate(NAME_SERVERS)]
        found.append(result("edns", zone, at, r.choice(("ok", "partial")), {"servers": 6, "addresses": 6}, detail={"servers": servers}))
    return found


def broken(day):
    """More came back than went: it is kept, and no figure is made of it."""
    at = recount_line.midnight(day) + datetime.timedelta(hours=12)
    return result("ping", "ns1.nic.bj", at, "ok", {"sent": 10, "rcvd": 20, "rtt_min_ms": 1, "rtt_p50_ms": 1}, af=4, addr=TARGETS["ns1.nic.bj"][2])


# ---- who measures ----

LINES = 55  # of them 36 ordinary ones, 6 of a neighbour country, 6 simulated, 4 that are young, doubted or gone, 3 in the place of others
FEW = (8, 9, 12, 14, 15)  # five lines with a technology of their own, of which some were expected for less than others
NEAR = (0, 1, 10, 18, 19, 27, 28)  # enough lines, but most of them behind one network
FOUR = (11, 16, 21, 26)  # four households, one of which has a second box, elsewhere
REPLACED = {52: 16, 53: 17, 54: 53}  # box -> the one in whose place it stands
KANDI = (2, 9, 16, 23, 30, 36, 37, 38, 39, 52)  # of a team that hands out a token to each of its lines: most of the neighbours
UNCONFIRMED = (2, 16, 30, 36, 37, 38, 39)  # of them; the token is the team's word
QUIET = (43, 44, 45, 46, 47)  # of the simulated ones all but one, which has all their failures of questions
FAILOVER, DARK = 31, 34  # a fibre that fails over to a phone, and to a modem; a box that has no power for a week


def line_of(r, n, probe):
    togo, simulated = 36 <= n < 42, 42 <= n < 48
    place = (BEFORE, "TG" if togo else "BJ", None if togo or n % 17 == 5 else r.choice(("BJ-LI", "BJ-LI", "BJ-BO", "BJ-AK", "BJ-AL")),
             None if n % 19 == 7 else r.choice((BIG, BIG, OTHER, "Petit", "Rare" if n % 3 == 0 else BIG)),
             "satellite" if n in FEW else "adsl" if n in NEAR else "radio" if n in FOUR or n == 52 else r.choice(("fibre", "4g", "4g")),
             None if n % 13 == 6 else "rural" if n % 3 == 1 or n % 7 == 5 else "urban")
    # Some behind one network, some behind carrier NAT, some that nobody saw push.
    own, other = f"198.51.{n if n % 9 else 1}.0/24", f"203.0.{n}.0/24"
    pushes = {year: {} if n == 13 else {CARRIER if n % 6 == 2 else own: 40 if n < 52 else 30, other: 9} for year in YEARS}
    if n == 20:
        pushes[2024] = {own: 3, other: 30}
    confirmed = "Parakou" if n % 5 < 3 or n >= 48 else "Cotonou" if n % 5 == 3 else None
    return Line(probe.id, probe.id, "simulated" if simulated else "measured", BEFORE, True, "Kandi" if n in KANDI else None,
                None if n in UNCONFIRMED else confirmed, [place], pushes)


def oddities(lines):
    """Moved, young, unconfirmed, revoked, gone: what they are, and with whom it is so."""
    def at(*when):
        return datetime.datetime(*when, tzinfo=UTC)

    def moved(n, when, **to):
        country, department, operator, technology, zone = lines[n].places[0][1:]
        lines[n].places.append((when, country, to.get("department", department), to.get("operator", operator), technology, to.get("zone", zone)))

    moved(0, at(2024, 1, 3, 8), department="BJ-BO")  # the new place for the most of the day
    moved(1, at(2024, 1, 4, 17), department="BJ-AK", operator=OTHER)  # the old one
    moved(2, at(2023, 12, 28, 12), operator="Petit")  # neither: the later
    moved(3, at(2024, 1, 1), department="BJ-LI", zone="rural")  # from the new year on
    lines[48].enrolled = at(2023, 12, 27)  # young at the end of the first year, not of the second
    lines[49].confirmed, lines[49].let_in = None, False
    lines[50].revoked = at(2024, 1, 31), "no household"
    lines[51].revoked = at(2024, 1, 31, 9), "left"  # of its own will: what it gave counts
    for n in (5, 6, 51):
        lines[n].let_in = False  # and confirmed
    # The first two were enrolled long before they were put up; the third is in the place of a box that was in another's.
    for n, when in {52: at(2024, 1, 2, 10), 53: at(2023, 12, 27, 15), 54: at(2024, 1, 31, 11)}.items():
        old = lines[REPLACED[n]]
        old.replaced = when
        lines[n].places[0] = (when, *(lines[n] if n == 52 else old).places[0][1:])
    lines[FAILOVER].places[0] = (*lines[FAILOVER].places[0][:3], OTHER, "fibre", "urban")
    home, phone = ("ethernet", "154.65.29.0/24"), ("wifi", "137.255.4.0/24")  # which is BIG's
    lines[FAILOVER].boots = [(at(2023, 12, 24), at(2024, 2, 20), [
        (at(2023, 12, 24), at(2023, 12, 26, 12), *home), (at(2023, 12, 26, 12), at(2023, 12, 28), *phone),
        (at(2023, 12, 28), at(2024, 1, 31, 12), *home), (at(2024, 1, 31, 12), at(2024, 2, 1), "mobile", home[1]),
        (at(2024, 2, 1), at(2024, 2, 20), *home)])]
    lines[DARK].boots = [(since, until, [(since, until, None, None)]) for since, until in
                         ((at(2023, 12, 24), at(2023, 12, 26)), (at(2024, 1, 2), at(2024, 2, 20)))]
    for line in (lines[17], lines[53], lines[54]):
        line.household = lines[54].probe
    lines[16].household = lines[52].probe


def days_of(r, n):
    """Some are off every now and then, one falls silent, one begins late."""
    if n == 8:
        return DAYS[:12]
    if n == 9:
        return DAYS[10:]
    # Boxes come in the place of others; on the day of the change both have measured.
    if n in (16, 52):
        return DAYS[:10] if n == 16 else DAYS[9:]
    if n in (17, 53, 54):
        return DAYS[:4] if n == 17 else DAYS[3:16] if n == 53 else DAYS[15:]
    days = [day for day in DAYS if r.random() < (0.45 if n % 7 == 4 else 0.92)]
    return DAYS if n in (FAILOVER, DARK) else days


class Country:
    """Lines, what they measured, and the collector that has it all."""

    def __init__(self, c, seed):
        self.c, self.r = c, random.Random(seed)
        # Days note where they found targets of sets: so those come before.
        c.sql("SELECT target_set_seed(%s::jsonb)", json.dumps({code: {"targets": sets[-1][1]} for code, sets in SETS.items()}))
        c.everybodys(SEEDED)
        tokens = c.run("token", "create", "--count", str(LINES)).split()
        kandi = c.run("token", "create", "--count", str(LINES), "--focal-point", "Kandi").split()
        many = c.token("--uses", "50")
        self.probes = [wire.Probe(Ed25519PrivateKey.from_private_bytes(self.r.randbytes(32))) for _ in range(LINES)]
        self.lines = [line_of(self.r, n, probe) for n, probe in enumerate(self.probes)]
        oddities(self.lines)
        for n, (line, probe) in enumerate(zip(self.lines, self.probes)):
            _, country, department, operator, technology, zone = line.places[0]
            members = {"department": department, "operator": operator, "technology": technology, "zone": zone,
                       "replaces": n in REPLACED and self.probes[REPLACED[n]].id}
            reply = c.enrol(probe, (kandi if line.team else tokens)[n] if line.let_in else many, country=country,
                            **{k: v for k, v in members.items() if v})
            assert reply.status == 200, reply.body
        c.sql("UPDATE probe SET simulated = true WHERE probe = ANY (%s)", [line.probe for line in self.lines if line.source == "simulated"])
        self.raw = {}

    def cells(self, year):
        return recount.gather(self.lines, self.raw, KNOWN, {CARRIER}, year)

    def tell_boots(self, line, probe):
        """When the box was on, and on which line: boot by boot, before what it measured. What is declared of it is known by then: days that
        are retained are made no more."""
        if line.boots:
            self.c.sql("UPDATE probe_context c SET valid_from = %s FROM probe p WHERE p.probe_no = c.probe_no AND p.probe = %s",
                       line.places[0][0], line.probe)
        for n, (begin, end, spells) in enumerate(line.boots):
            def mono(moment):
                return (moment - begin) // datetime.timedelta(microseconds=1)

            clock = {"boot": f"{n:032x}", "sealed_at": wire.stamp(end), "mono_us": mono(end)}
            self.c.stored(probe.batch([], epochs=[{"boot": clock["boot"], "from_mono_us": mono(since), "to_mono_us": mono(until)}
                                                  | ({"link": link, "net": net} if link else {}) for since, until, link, net in spells], **clock))

    def measure(self):
        late = []
        for n, (line, probe) in enumerate(zip(self.lines, self.probes)):
            days = days_of(self.r, n)
            self.tell_boots(line, probe)
            off = recount_line.unpowered(line.boots)
            results = [x for day in days for x in day_of(self.r, n, day) if day not in off]
            # Of every third line the last batch comes late; what is of months retained by then changes nothing any more.
            after = [x for x in results if n % 3 == 0 and recount_line.day_of(x) == LATE]
            self.raw[line.probe] = results
            self.c.stored(probe.batch([x for x in results if x not in after] + [broken(days[0])]))
            if n % 3 == 0:
                late.append((probe, after + [x for day in GONE for x in day_of(self.r, 40, day)]))
        self.c.run("rollup")
        self.retain()
        for probe, results in late:
            self.c.stored(probe.batch(results))
        self.c.run("rollup", "--from", str(DAYS[0]))

    def retain(self):
        """The first year's month, and the second's first, are archived and taken away."""
        self.c.stop()
        days = (datetime.datetime.now(UTC).date() - datetime.date(2024, 2, 15)).days
        self.c.config.write_text(self.c.config.read_text() + f"keep_results = {days}d\n")
        self.c.start()
        wait_until(lambda: self.c.sql("SELECT count(*) FROM retained WHERE parent = 'result' AND folder <> ''") == [(2,)], what="retention")
        assert self.c.sql("SELECT min(at) >= '2024-02-01' FROM result") == [(True,)]

    def tell(self):
        """What is known of lines and targets; no line counts before all is, so that there is one edition."""
        self.c.sql("UPDATE operator SET state = 'accepted' WHERE state = 'waits'")
        with psycopg.connect(host=str(self.c.state / "run"), dbname="internetmetre", user="internetmetre") as db:
            for name, (kind, country, *_) in TARGETS.items():
                db.execute("UPDATE target SET kind = %s, country = %s WHERE name = %s", (kind, country, name))
            db.execute("INSERT INTO carrier_nat VALUES (%s, 'import')", (CARRIER,))
            for line in self.lines:
                self.tell_line(db, line)
            db.execute("INSERT INTO indicator_dirty SELECT unnest(%s::int[]) ON CONFLICT DO NOTHING", (list(YEARS),))
        self.c.run("rollup")
        wait_until(lambda: self.c.sql("SELECT count(*) FROM indicator_dirty") == [(0,)], what="the figures")

    # ---- what comes after the first edition ----

    def rest(self):
        """Nothing is made from now on that nobody asked for."""
        self.c.stop()
        self.c.config.write_text(self.c.config.read_text() + "upkeep = no\n")
        self.c.start()

    def edition(self):
        """Makes the next one of the second year, a month after the last."""
        self.c.sql("UPDATE told_cell SET made = made - 30")
        self.c.sql("DELETE FROM indicator_dirty WHERE year <> 2024")
        self.c.run("rollup")

    def more(self, numbers, days):
        for n in numbers:
            results = [x for day in days if self.r.random() < 0.9 for x in day_of(self.r, n, day)]
            if results:
                self.c.stored(self.probes[n].batch(results))
                self.raw[self.lines[n].probe] += results

    def few(self):
        """New days, and late ones, of three lines."""
        self.more((0, 3, 36), FRESH[:1] + DAYS[-2:])

    def many(self):
        """New days of nearly all, days of before that say more, a move and a doubt."""
        self.more([n for n in range(LINES) if n not in (4, 8, 16, 17, 50, 51, 53)], FRESH)
        self.more(range(0, 48, 5), [LATE])
        self.c.run("probe", "set", self.lines[24].probe, "operator=Petit", "--from", "2024-01-01", "--by", "Parakou")
        self.lines[24].places.append((datetime.datetime(2024, 1, 1, tzinfo=UTC), *self.lines[24].places[0][1:3], "Petit", *self.lines[24].places[0][4:]))
        self.doubt(4)

    def doubt(self, n):
        self.c.run("probe", "revoke", self.lines[n].probe, "--reason", "no household")
        self.lines[n].revoked = datetime.datetime.now(UTC), "no household"

    def tell_line(self, db, line):
        when, why = line.revoked or (None, None)
        [(no,)] = db.execute("UPDATE probe SET enrolled_at = %s, confirmed_by = %s, confirmed_at = %s, revoked_at = %s, revoked_reason = %s "
                             "WHERE probe = %s RETURNING probe_no", (line.enrolled, line.confirmed, line.enrolled if line.confirmed else None,
                                                                     when, why, line.probe)).fetchall()
        db.execute("UPDATE probe_context SET valid_from = %s WHERE probe_no = %s", (line.places[0][0], no))
        for since, _, department, operator, _, zone in line.places[1:]:
            db.execute("INSERT INTO probe_context SELECT (jsonb_populate_record(c, jsonb_build_object('valid_from', %s::text, 'department', "
                       "%s::text, 'zone', %s::text, 'operator_no', (SELECT operator_no FROM operator WHERE name = %s AND country = c.country)))).* "
                       "FROM probe_context c WHERE probe_no = %s AND valid_to = 'infinity'", (since.isoformat(), department, zone, operator, no))
            db.execute("UPDATE probe_context SET valid_to = %s WHERE probe_no = %s AND valid_from < %s AND valid_to = 'infinity'",
                       (since, no, since))
        if line.replaced:
            db.execute("UPDATE probe_context SET valid_to = %s WHERE probe_no = %s", (line.replaced, no))
        for year, prefixes in line.pushes.items():
            for prefix, pushes in prefixes.items():
                db.execute("INSERT INTO probe_network VALUES (make_date(%s, 1, 5), %s, %s, %s)", (year, no, prefix, pushes))
