"""What a probe says of an indicator in a day (OF_DAY): (family, value, samples, failed), of the results of that day."""

import dataclasses
import functools
import ipaddress
import math
import struct

import recount_watch
from recount_line import day_of

BOX = ("denied", "skipped", "error")  # outcomes that say something of the box alone


@dataclasses.dataclass(eq=False)
class Targets:
    """What is known of targets."""
    kinds: dict  # name -> kind, of those that are everybody's
    sets: dict  # country -> (first year, set as in a country's pack), in order
    networks: dict  # country, operator -> its prefixes, as ipaddress has them


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
