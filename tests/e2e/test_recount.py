"""Every measured indicator, cell by cell, against a recomputation from raw results that shares nothing with the collector (recount.py)."""

import datetime
import decimal
import math
import os
import random

import psycopg
import pytest
import recount
import wire
from conftest import Collector, scratch, wait_until
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from recount import UTC, Line

SEED = int(os.environ.get("INTERNETMETRE_SEED", 20231231))
YEARS = (2023, 2024)
DAYS = [datetime.date(2023, 12, 24) + datetime.timedelta(n) for n in range(14)] + \
    [datetime.date(2024, 1, day) for day in (15, 16, 17, 19, 20)]
LATE = (datetime.date(2023, 12, 28), datetime.date(2024, 1, 16))  # in the month that is retained by then, and in one that is not
TARGETS = {
    "ns1.nic.bj": ("cctld", "BJ"), "ixp.example": ("ixp", "BJ"), "op.example": ("operator", "BJ"), "home.example": ("domestic", "BJ"),
    "far.example": ("domestic", "TG"), "f.root-servers.net": ("root", None), "beacon.example": ("beacon", "BJ"),
    "resolver.example": ("resolver", None),
}
OUTCOMES = ("timeout", "refused", "unreachable", "reset", "dns_error", "tls_error", "protocol_error", "blocked", "denied", "skipped", "error")
CARRIER = "41.85.160.0/24"
BEFORE = datetime.datetime(2022, 6, 1, tzinfo=UTC)

pytestmark = pytest.mark.long(20)


# ---- what is measured ----

def result(check, target, at, outcome, metrics, **more):
    return {"task": check, "check": check, "target": target, "at": wire.stamp(at), "mono_us": 1, "sync": True, "outcome": outcome, "bytes": 100,
            "metrics": metrics, "detail": {}} | {k: v for k, v in more.items() if v is not None}


def dns(r, at, base, target="resolver.example"):
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
    if outcome not in ("ok", "partial", "timeout") and (outcome not in ("denied", "error", "blocked") or r.random() < 0.5):
        metrics = {}
    if outcome == "dns_error":
        return result("ping", target, at, outcome, {})
    af = r.choice((4, 4, 6))
    return result("ping", target, at, outcome, metrics, af=af, addr="192.0.2.9" if af == 4 else "2001:db8::9")


def speed(r, at, base):
    outcome = r.choice(["ok"] * 12 + ["partial", *OUTCOMES])
    metrics = {"down_mbps": round(base * r.lognormvariate(0, 0.3), 3), "up_mbps": round(base / 4 * r.lognormvariate(0, 0.3), 3)}
    if outcome != "ok" and (outcome not in ("partial", "protocol_error", "error") or r.random() < 0.5):
        metrics = {}
    elif outcome != "ok" or r.random() < 0.15:
        del metrics["up_mbps"]
    return result("throughput", "http://target.example", at, outcome, metrics)


def day_of(r, n, day):
    """What line n measures in a day: at the first and the last moment of it as well."""
    begin = recount.midnight(day)
    moments = sorted(begin + datetime.timedelta(seconds=r.randrange(1, 86399)) for _ in range(r.randint(7, 12)))
    moments = [begin, *moments, begin + datetime.timedelta(days=1, microseconds=-1)]
    base = 8 + 3 * n
    results = [r.choice((lambda at: dns(r, at, base), lambda at: dns(r, at, 2, r.choice(("ns1.nic.bj", "f.root-servers.net"))),
                         lambda at: ping(r, at, base, r.choice([*TARGETS][:7])), lambda at: ping(r, at, base, r.choice([*TARGETS][:4])),
                         lambda at: dns(r, at, base), lambda at: speed(r, at, 2 + n)))(at) for at in moments]
    results[-1] = dns(r, moments[-1], base)
    return results


def broken(day):
    """More came back than went: it is kept, and no figure is made of it."""
    at = recount.midnight(day) + datetime.timedelta(hours=12)
    return result("ping", "ns1.nic.bj", at, "ok", {"sent": 10, "rcvd": 20, "rtt_min_ms": 1, "rtt_p50_ms": 1}, af=4, addr="192.0.2.9")
