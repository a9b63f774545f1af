"""The share of servers that keep to EDNS (schema/indicators/SEC5.sql), made once more of raw results: each household has a voice of each
server, and each server the word of most."""

import collections
import dataclasses

import recount
import recount_line
import recount_told
from country import EDNS

ZONES = {"bj": "BJ"}


@dataclasses.dataclass
class Server:
    voices: dict = dataclasses.field(default_factory=dict)  # household -> whether it finds it good
    networks: set = dataclasses.field(default_factory=set)
    days: int = 0  # of each household, added up
    asked: set = dataclasses.field(default_factory=set)  # household, day
    tests: int = 0

    @property
    def counts(self):
        return len(self.voices) >= recount.PROBES and len(self.networks) >= recount.NETWORKS and self.days >= recount.DAYS


def verdict(server):
    """None: it answered not even the plain question, or it could not be asked."""
    made = [test for test in EDNS if test in server]
    return None if made in ([], ["dns"]) else all(server.get(test) == "ok" for test in EDNS)


def heard(lines, raw, known, carrier_nat, year):
    """country, source, address -> household, network -> (day, verdict) …, of lines that stood there and were on none but their own."""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for line, network, _voucher, _due, days in recount.measured(lines, raw, known.networks, carrier_nat, year):
        away = {recount_line.day_of(r) for r in raw[line.probe] if r["check"] == "edns" and line.boots and recount_line.away(line, r, known.networks)}
        for day, place, results in days:
            for r in results:
                country = ZONES.get(r["target"].rstrip("."))
                if r["check"] == "edns" and country == place[0] and day not in away:
                    for server in r["detail"]["servers"]:
                        found[country, line.source, server["addr"]][line.household, network].append((day, verdict(server)))
    return found


def words(lines, raw, known, carrier_nat, year):
    """country, source -> address -> Server"""
    found = collections.defaultdict(lambda: collections.defaultdict(Server))
    for (country, source, addr), voices in heard(lines, raw, known, carrier_nat, year).items():
        server = found[country, source][addr]
        for (household, network), said in voices.items():
            said = [(day, good) for day, good in said if good is not None]
            if said:
                server.voices[household] = sum(good for _, good in said) > len(said) / 2
                server.networks |= {network} - {None}
                server.days += len({day for day, _ in said})
                server.asked |= {(household, network, day) for day, _ in said}
                server.tests += len(said)
    return found


def figure(servers):
    """As indicator_value has it."""
    counted = [server for server in servers.values() if server.counts]
    if not counted:
        return None, None, None, None, None, "n<5", None
    good = sum(sum(server.voices.values()) > len(server.voices) / 2 for server in counted)
    asked = set.union(*(server.asked for server in counted))
    return (recount_told.nearest(100 * good / len(counted), recount_told.digits_of("SEC5")), sum(server.tests for server in counted),
            len({(household, day) for household, _, day in asked}), len({household for household, *_ in asked}),
            len({network for _, network, _ in asked} - {None}), "met", f"counted: {len(counted)} of {len(servers)}")
