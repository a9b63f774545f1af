"""Attacks on the publication floor through what everybody may read."""

import collections
import datetime
import importlib.machinery
import importlib.util
import json
import random
from pathlib import Path

import pytest

pytestmark = pytest.mark.long(45)

LOADER = importlib.machinery.SourceFileLoader("audit", str(Path(__file__).resolve().parents[1] / "floor/audit"))
audit = importlib.util.module_from_spec(importlib.util.spec_from_loader("audit", LOADER))
LOADER.exec_module(audit)

YEAR = 2024
ROUTES = ("indicators?year=2024", "series?check=ping", "probes", "targets")

Line = collections.namedtuple("Line", "network confirmed department operator technology loss days team zone", defaults=(
    None, True, "BJ-BO", "Op0", "fibre", 1.0, 10, None, None))  # team: whose token of one use let it in; "": the collector's own


def household(c, line, number):
    """A line and what it measured, as the ledger and the rollup would have left it."""
    name = "".join(chr(97 + number // 26 ** i % 26) for i in range(3)).ljust(20, "a")
    [(probe,)] = c.sql("INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by) VALUES (%s, '2023-01-01', "
                       "CASE WHEN %s THEN now() END, CASE WHEN %s THEN 'Parakou' END) RETURNING probe_no", name, line.confirmed,
                       line.confirmed)
    if line.team is not None:
        c.sql("INSERT INTO focal_point (name) SELECT %s WHERE %s <> '' ON CONFLICT DO NOTHING", line.team, line.team)
        c.sql("WITH t AS (INSERT INTO token (hash, uses_max, focal_point_no) SELECT %s, 1, (SELECT focal_point_no FROM focal_point WHERE "
              "name = %s) RETURNING token_no) UPDATE probe SET token_no = t.token_no FROM t WHERE probe_no = %s", name.encode(), line.team, probe)
    c.sql("INSERT INTO operator (country, name, state) VALUES ('BJ', %s, 'accepted') ON CONFLICT DO NOTHING", line.operator)
    c.sql("INSERT INTO probe_context (probe_no, country, department, commune, zone, operator_no, technology, valid_from, "
          "consent_version) SELECT %s, 'BJ', %s, %s, %s, operator_no, %s, '2023-01-01', 'tests' FROM operator WHERE name = %s", probe, line.department, f"Spelling {number}",
          line.zone, line.technology, line.operator)
    for network in [line.network] if isinstance(line.network, str) else line.network or []:
        c.sql("INSERT INTO probe_network VALUES ('2024-03-01', %s, %s, 10)", probe, network)
    c.sql("""INSERT INTO rollup_day (day, probe_no, check_no, af, source, simulated, ok, partial, timeout, refused, unreachable,
                                     reset, dns_error, tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
             SELECT date '2024-03-01' + d, %s, check_no, 4, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 840,
                    array_agg(CASE WHEN name IN ('sent', 'rcvd') THEN 1 ELSE 0 END ORDER BY position), array_agg(v ORDER BY position),
                    array_agg(v::real ORDER BY position), array_agg(v::real ORDER BY position)
             FROM generate_series(0, %s - 1) d,
                  (SELECT m.*, CASE name WHEN 'sent' THEN 1000 WHEN 'rcvd' THEN 1000 - 10 * %s ELSE 0 END::double precision AS v
                   FROM metric m WHERE check_no = 1) m
             GROUP BY d, check_no""", probe, line.days, line.loss)
    return probe


def measured(c, lines):
    for number, line in enumerate(lines):
        household(c, line, number)
    c.sql("INSERT INTO indicator_dirty VALUES (%s) ON CONFLICT DO NOTHING", YEAR)
    c.run("rollup")
    return figures(c)


def get(c, route):
    reply = c.request("GET", f"/api/v1/{route}")
    assert reply.status == 200, reply.body
    return reply.json()


def figures(c):
    return [f for f in get(c, f"indicators?year={YEAR}&indicator=PER8") if f["statistic"] == "mean"]


def whole(rows):
    [f] = [f for f in rows if not any(f[k] for k in ("geo", "operator", "technology", "family", "zone"))] or [None]
    return f


def own(n):
    return f"198.51.{n}.0/24"


MOBILE = "41.85.160.0/24"


@pytest.mark.parametrize("lines, shown", [
    # Five spellings of a commune, an operator and a technology, from one network.
    ([Line(own(1), operator=f"Op{n}", technology=t) for n, t in enumerate(("fibre", "4g", "3g", "5g", "vsat"))], False),
    # Sybils of one token with several uses surround a victim; the victim alone counts.
    ([Line(own(n), n == 0) for n in range(9)], False),
    # Sybils of three tokens with one use each, a victim: four.
    ([Line(own(n)) for n in range(4)], False),
    # One line on changing addresses, and three more.
    ([Line([own(n) for n in range(20)])] + [Line(own(n)) for n in range(20, 23)], False),
    # Twenty lines that nobody confirmed, and twenty that somebody did, behind one carrier NAT.
    ([Line(MOBILE, False) for _ in range(20)], False),
    ([Line(MOBILE, False) for _ in range(12)], False),
    ([Line(MOBILE, days=3) for _ in range(12)], True),
    # Three sybils of tokens with one use each beside two households: five lines that count. SECURITY.md says what remains.
    ([Line(own(n), False, team="Mallory") for n in range(3)] + [Line(own(n)) for n in range(3, 5)], True),
    # Twelve keys on a fixed line's network are one line.
    ([Line(own(1)) for _ in range(12)], False),
    # Brought on sticks: no network was seen.
    ([Line(None) for _ in range(12)], False),
    # Five lines of five days.
    ([Line(own(n), days=5) for n in range(5)], False),
    ([Line(own(n), days=6) for n in range(5)], True),
])
def test_what_makes_a_crowd(own_collector, lines, shown):
    c = own_collector.start_idle()
    c.sql("INSERT INTO carrier_nat VALUES (%s, 'import') ON CONFLICT DO NOTHING", MOBILE)
    country = whole(measured(c, lines))
    if shown:
        assert country["floor"] == "met" and country["value"] == pytest.approx(1.0, rel=0.01)
    else:
        assert country is None or (country["floor"] == "n<5" and country["value"] is None)
        for route in ROUTES[:2]:
            for row in get(c, route):
                assert all(row.get(k) is None for k in ("value", "low", "high", "p50", "n_samples", "n_probes")), row
        assert all(p["operator"] is None for p in get(c, "probes") if len({line.operator for line in lines}) > 1)


def test_a_probe_of_yesterday_counts_in_a_week(own_collector):
    c = own_collector.start_idle()
    measured(c, [Line(own(n), days=30) for n in range(5)])
    before = figures(c)
    probe = household(c, Line(own(9), loss=80.0), 9)
    c.sql("UPDATE probe SET enrolled_at = now() WHERE probe_no = %s", probe)
    c.sql("INSERT INTO indicator_dirty VALUES (%s) ON CONFLICT DO NOTHING", YEAR)
    c.run("rollup")
    assert figures(c) == before


@pytest.mark.parametrize("word", [{"team": "Mallory", "confirmed": False}, {}, {"team": "", "confirmed": False}])
def test_one_voucher_weighs_no_more_than_all_others(own_collector, word):
    """Whether a leader confirmed the sybils, or handed out a token for each: a team's, or one that names none."""
    c = own_collector.start_idle()
    sybil = Line(loss=80.0, days=30, **word)
    honest = [Line(own(n), False, days=30, team="Kandi") for n in range(5)]
    rows = measured(c, honest + [sybil._replace(network=own(n)) for n in range(5, 25)])
    assert whole(rows)["value"] == pytest.approx((1.0 + 80.0) / 2, rel=0.01)


def test_one_extreme_value_is_not_the_figure(own_collector):
    c = own_collector.start_idle()
    rows = measured(c, [Line(own(n), loss=90.0 if n == 0 else 0.1, days=30) for n in range(6)])
    # Five times what all but the two largest give, over all: who knows the others learns 2 %, and not 90 %.
    assert whole(rows)["value"] == pytest.approx((0.5 + 5 * 0.4) / 6, rel=0.01)
    for row in get(c, "series?check=ping"):
        assert row["p10"] is None and row["p90"] is None


@pytest.mark.parametrize("seed", [1, 2])
def test_no_sum_of_public_figures_tells_of_few(own_collector, seed):
    """A country of random lines: all nested pairs, all sums of siblings, and all sums that four atoms could make."""
    c, r = own_collector.start_idle(), random.Random(seed)
    zones = random.Random(seed + 100)
    departments = [iso for (iso,) in c.sql("SELECT iso FROM department ORDER BY iso LIMIT 5")]
    lines = [Line(own(n), department=departments[min(int(r.expovariate(0.6)), 4)], operator=f"Op{min(int(r.expovariate(0.7)), 3)}",
                  loss=r.choice([0.1, 1, 5, 20]), days=r.choice([3, 10, 30]), zone=zones.choices(("urban", "rural", None), (6, 3, 1))[0],
                  technology=zones.choice(("fibre", "4g", "4g"))) for n in range(70)]
    rows = measured(c, lines)
    units = [audit.Unit(n, line.network, line.days, line.department, line.operator, line.technology, zone=line.zone) for n, line in enumerate(lines)]
    shown, hidden = {}, 0
    for row in rows:
        cell = {u for u in units if row["geo"] in (None, u.department) and row["operator"] in (None, u.operator)
                and row["technology"] in (None, u.technology) and row["zone"] in (None, u.zone)}
        cut = ("operator", "department") if row["geo"] and row["operator"] else \
            ("operator", "technology") if row["technology"] and row["operator"] else ("department",) if row["geo"] else \
            ("operator",) if row["operator"] else ("technology",) if row["technology"] else ("zone",) if row["zone"] else ()
        if row["value"] is None:
            hidden += 1
            assert {row[k] for k in ("low", "high", "n_samples", "n_days", "n_probes", "n_networks")} == {None}
            continue
        assert row["n_probes"] in (5, 10, 20, 50) and row["n_probes"] <= len(cell) and row["interval_kind"] != "range"
        shown[cut, (row["geo"], row["operator"], row["technology"], row["zone"])] = cell
    assert len(shown) > 3 and hidden > 0 and {row["zone"] for row in rows} == {None, "urban", "rural"}
    audit.nested_pairs(shown)
    audit.sums_of_siblings(shown)
    assert audit.light_sum(shown, 3) is None
    # Days: each by itself, and the year less all of them.
    days = {row["day"]: row for row in get(c, "series?check=ping&metric=rcvd") if row["n_probes"]}
    assert all(row["n_probes"] >= 5 and row["n_networks"] >= 5 for row in days.values())
    points = c.sql("SELECT day, n_probes FROM public_indicator_day WHERE indicator = 'PER8'")
    of_day = [{u for u in units if u.days > d} for d in range(30)]
    told = {(day - datetime.date(YEAR, 3, 1)).days for day, _ in points}
    left = [(u, d) for d in range(30) for u in of_day[d] if d not in told]
    assert told and (not left or (len({u for u, _ in left}) >= 5 and len(left) >= 30))
    # The days of a place are of five lines as well (test_series.py); the list tells no place that few share.
    for place in ("operator=Op0", f"department={departments[0]}", "technology=fibre"):
        assert all(row["n_probes"] >= 5 and row["n_networks"] >= 5 for row in get(c, f"series?check=ping&{place}"))
    alike = collections.Counter((line.department, line.operator, line.technology) for line in lines)
    for probe in get(c, "probes"):
        place = probe["department"], probe["operator"], probe["technology"]
        assert place[1] is None or alike[place] >= 5, probe
    assert json.dumps(get(c, "probes")).find("Spelling") < 0


def all_public(c):
    """What everybody reads, with what stands around it."""
    formats = [f"/api/v1/{route}{'&' if '?' in route else '?'}format={f}" for route in ("indicators", "changes", "versions", "probes", "targets", "edns",
                                                                                    "series?check=ping&metric=rcvd") for f in ("json", "csv")]
    replies = {path: c.request("GET", path) for path in (*formats, "/fr/", "/en/", "/healthz")}
    return {path: (reply.status, {k: v for k, v in reply.headers.items() if k != "Date"}, reply.body) for path, reply in replies.items()}


def test_nothing_tells_when_few_measured(own_collector):
    """Three lines are in no figure, and nothing that is around figures moves with them: no length, no tag, no time."""
    c = own_collector.start_idle()
    measured(c, [Line(own(n), days=10) for n in range(3)])
    c.sql("UPDATE indicator_value SET stored_at = stored_at - interval '3 days', retrieved = retrieved - 3")
    before = all_public(c)
    c.sql("UPDATE rollup_day SET sum[8] = sum[8] / 2 WHERE day = '2024-03-05'")
    c.sql("INSERT INTO indicator_dirty VALUES (%s) ON CONFLICT DO NOTHING", YEAR)
    c.run("rollup")
    after = all_public(c)
    assert {path for path in after if after[path] != before[path]} == set()
