"""A country of sixteen lines and eight days, all of it sent as signed batches, and how it is asked for its numbers."""

import contextlib
import csv
import datetime
import io

import wire
from conftest import Collector, scratch
from wire import ping

YEAR = 2024  # long past, so that no clock of the machine matters
DAYS = [datetime.date(YEAR, 3, 1) + datetime.timedelta(days=d) for d in range(8)]
PROBES = 16
DEPARTMENTS = ["BJ-LI", "BJ-BO", "BJ-AK"]
GRAND = 11
TARGETS = dict.fromkeys(["resolver.example", "http://target.example"])
# The second has two lines and the third three: below the floor, the second hostile to pages.
OPERATORS = GRAND * ["Grand"] + 2 * ["<b>Petit & Cie</b>"] + 3 * ["Lent"]


def at(day, second):
    return wire.stamp(datetime.datetime.combine(day, datetime.time(10, second // 60, second % 60), datetime.timezone.utc))


def dns(day, n, rt_ms, outcome="ok", rcode=0, target=""):
    metrics = {} if rt_ms is None else {"rt_ms": rt_ms, "size": 64, "rcode": rcode}
    return {"task": "dns", "check": "dns", "target": target, "addr": "192.0.2.53", "af": 4, "at": at(day, n), "mono_us": n,
            "sync": True, "outcome": outcome, "bytes": 150, "metrics": metrics, "detail": {}}


def day_of(p, d, day):
    """What probe p measures on day d; see expected() for what the indicators must make of it."""
    base = 20 + 4 * p + d
    results = [dns(day, n, base + n) for n in range(5)]
    results += [dns(day, 10, None, "timeout"), dns(day, 11, 300.0, "dns_error", 2), dns(day, 12, 2.0, target="ns1.nic.bj"),
                dns(day, 13, 900.0, target="resolver.example")]
    for n, (target, af, addr) in enumerate([("ns1.nic.bj", 4, "154.65.28.218"), ("ns1.nic.bj", 6, "2001:db8::1"),
                                            ("f.root-servers.net", 4, "192.5.5.241")]):
        rtt = 10 + p if target == "ns1.nic.bj" else 150
        results.append(ping(task="ping", target=target, af=af, addr=addr, at=at(day, 20 + n),
                            metrics={"rtt_min_ms": rtt, "rtt_p50_ms": rtt, "sent": 10, "rcvd": 9, "loss": 0.1},
                            outcome="partial"))
    results.append({"task": "speed", "check": "throughput", "target": "http://target.example", "at": at(day, 40),
                    "mono_us": 1, "sync": True, "outcome": "ok", "bytes": 9_000_000, "metrics": {"down_mbps": 10 + 5 * p},
                    "detail": {}})
    return results


def counted(c, since):
    """Makes lines that count of all probes, seen two months later, and a team knows their operators."""
    c.sql("UPDATE operator SET state = 'accepted' WHERE state = 'waits'")
    c.counted(since, since + datetime.timedelta(days=60))


@contextlib.contextmanager
def sixteen():
    """A collector of theirs."""
    with scratch() as folder:
        c = Collector(folder)
        try:
            c.start_idle()
            c.everybodys(TARGETS)
            c.sent = {}
            for p in range(PROBES):
                probe = c.probe(department=DEPARTMENTS[p % 3], commune=f"commune {p}", technology="fibre",
                                operator=OPERATORS[p])
                results = [r for d, day in enumerate(DAYS) for r in day_of(p, d, day)]
                c.stored(probe.batch(results))
                c.sent[probe.id] = results
            counted(c, datetime.date(2024, 1, 1))
            c.run("rollup")
            c.key = c.run("key", "create", "tests").strip()
            yield c
            c.stop()
        finally:
            c.clean()


def get(c, path, key=None, **headers):
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return c.request("GET", path, headers=headers, timeout=120)


def rows(c, path, key=None):
    reply = get(c, path, key)
    assert reply.status == 200, reply.body
    assert reply.headers["Content-Type"] == "application/json"
    return reply.json()


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def figure(numbers, indicator, statistic, **cell):
    wanted = dict({"geo": None, "operator": None, "technology": None, "family": None}, **cell)
    found = [f for f in rows(numbers, f"/api/v1/indicators?year={YEAR}&indicator={indicator}")
             if f["statistic"] == statistic and all(f[k] == v for k, v in wanted.items())]
    assert len(found) == 1, found
    return found[0]
