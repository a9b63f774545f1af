"""Metrics hour by hour, for analysts: held to what plain Python makes of the results that were sent."""

import collections
import csv
import hashlib
import io
import json
import random
import statistics
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from conftest import Collector, scratch
from recount import quantile
from wire import ping, stamp

pytestmark = pytest.mark.long(20)

PATH = "series?check=ping&metric=rtt_p50_ms&grain=hour"
ZONES = {"BJ": "Africa/Porto-Novo", "CV": "Atlantic/Cape_Verde"}  # east and west of Greenwich; of the latter there is no pack
KINDS = {"ns1.nic.bj": "cctld", "f.root-servers.net": "root", "nas.example": None}
Line = collections.namedtuple("Line", "country department operator technology zone")
LINES = [Line("BJ", "BJ-BO", "MTN Bénin (Spacetel)", "fibre", "urban"), Line("BJ", "BJ-BO", "MTN Bénin (Spacetel)", "4g", "rural"),
         Line("BJ", "BJ-LI", "Celtiis (SBIN)", "4g", "urban"), Line("BJ", "BJ-LI", "Celtiis (SBIN)", "4g", None),
         Line("CV", None, None, "fibre", "urban"), Line("CV", None, None, "4g", "rural")]
LATE = 1  # half of what it measured comes later
# Ends of hours and of days, there and in the countries.
EDGES = [0, 3599.999999, 3600, 22 * 3600 + 3599.999999, 23 * 3600, 86399.999999]
Result = collections.namedtuple("Result", "line probe at target outcome metrics")


def day(ago):
    return datetime.combine(datetime.now(timezone.utc).date() - timedelta(ago), time(), timezone.utc)


DAYS = [day(3), day(2)]
FIRST = day(89)  # whose hours are kept


def measure(chance, line, probe, midnight, count):
    """Skewed values of a day, of which some results have none, and others say something of the box alone."""
    for n in range(count):
        outcome = chance.choices(["ok", "partial", "timeout", "skipped"], [8, 2, 1, 1])[0]
        value = chance.lognormvariate(3 + line / 4, 1)
        seconds = EDGES[n] if n < len(EDGES) else chance.uniform(0, 86399)
        yield Result(line, probe.id, midnight + timedelta(seconds=seconds), chance.choice(list(KINDS)), outcome,
                     {} if outcome in ("timeout", "skipped") else {"rtt_min_ms": value / 2, "rtt_p50_ms": value})


class Hours:
    """What probes sent, and what of it counts by now."""

    def __init__(self, c):
        self.c, self.sent, chance = c, [], random.Random(12)
        c.sql("INSERT INTO country VALUES ('CV', %s)", ZONES["CV"])
        c.sql("INSERT INTO target (name, kind) VALUES ('ns1.nic.bj', 'cctld'), ('f.root-servers.net', 'root') ON CONFLICT (name) DO "
              "UPDATE SET kind = excluded.kind")
        self.probes = [c.probe(**{k: v for k, v in line._replace(country="BJ")._asdict().items() if v}) for line in LINES]
        c.sql("UPDATE probe_context SET country = 'CV' WHERE operator_no IS NULL")
        c.counted(day(120), *{midnight.date() for midnight in [*DAYS, FIRST]})
        for number, probe in enumerate(self.probes):
            made = [r for midnight in DAYS for r in measure(chance, number, probe, midnight, 120)]
            made += measure(chance, number, probe, FIRST, len(EDGES))
            chance.shuffle(made)
            self.send(made[::2])
            if number == LATE:
                self.late = made[1::2]
            else:
                self.send(made[1::2])
        c.run("rollup")
        c.key = c.run("key", "create", "tests").strip()

    def send(self, made):
        self.c.stored(self.probes[made[0].line].batch(
            [ping(at=stamp(r.at), target=r.target, addr="192.0.2.7", af=4, outcome=r.outcome, metrics=r.metrics) for r in made]))
        self.sent += made

    def rows(self, path, key="analyst", kind=None):
        reply = self.ask(path, key, kind)
        assert reply.status == 200, reply.body
        return reply.json() if kind is None else reply.body.decode()

    def ask(self, path, key="analyst", kind=None, **headers):
        headers |= {"Authorization": f"Bearer {self.c.key if key == 'analyst' else key}"} if key else {}
        return self.c.request("GET", f"/api/v1/{path}" + (f"&format={kind}" if kind else ""), headers=headers)

    def expected(self, group=(), metric="rtt_p50_ms", first=None, last=None, q=0.25, **only):
        """Hour, country and what is grouped by → lines, samples, percentiles."""
        lines = collections.defaultdict(lambda: collections.defaultdict(list))
        for r in self.sent:
            facts = LINES[r.line]._asdict() | {"target": r.target, "target_kind": KINDS[r.target], "probe": r.probe}
            if metric in r.metrics and all(facts[k] == v for k, v in only.items()) and (first or FIRST) <= r.at < (last or day(-1)):
                hour = r.at.replace(minute=0, second=0, microsecond=0)
                lines[hour, facts["country"], *(facts[g] for g in group)][r.line].append(r.metrics[metric])
        medians = {key: [statistics.median(values) for values in of.values()] for key, of in lines.items()}
        return {key: (len(of), sum(map(len, of.values())), *(quantile([(v, 1) for v in medians[key]], at) for at in (0.1, 0.5, 0.9, q)))
                for key, of in lines.items()}


@pytest.fixture(scope="module")
def hours():
    with scratch() as folder:
        c = Collector(folder)
        try:
            yield Hours(c.start_idle())
            c.stop()
        finally:
            c.clean()


def held(rows, expected, group=()):
    """Rows are those that are expected: counts exactly, values within what a sketch may be off."""
    said = {(datetime.fromisoformat(row["hour"]), row["country"], *(row[g] for g in group)): row for row in rows}
    assert said.keys() == expected.keys() and len(rows) == len(said) > 0
    for key, (lines, samples, *values) in expected.items():
        row = said[key]
        assert (row["n_probes"], row["n_networks"], row["n_samples"]) == (lines, lines, samples), key
        assert [row[name] for name in ("p10", "p50", "p90", "quantile")] == pytest.approx(values, rel=0.02), key


GROUPS = ["", "operator", "department", "technology", "zone", "target_kind", "operator,department", "technology,target_kind"]


@pytest.mark.quick
@pytest.mark.parametrize("group", GROUPS)
def test_hours_are_what_was_measured_in_them(hours, group):
    names = tuple(group.split(",")) if group else ()
    rows = hours.rows(f"{PATH}&quantile=0.25" + (f"&group={group}" if group else ""))
    held(rows, hours.expected(names), names)
    assert {row[name] for row in rows for name in ("department", "operator", "technology", "zone", "target_kind") if name not in names} <= {None}
    assert {(row["check"], row["metric"], row["unit"], row["source"], row["simulated"]) for row in rows} == {("ping", "rtt_p50_ms", "ms", "agent", False)}


@pytest.mark.parametrize("only", [
    {"country": "CV"}, {"operator": "Celtiis (SBIN)"}, {"department": "BJ-BO"}, {"technology": "4g"}, {"zone": "urban"}, {"target_kind": "root"},
    {"target": "nas.example"}, {"technology": "4g", "target_kind": "cctld"}], ids=lambda only: ",".join(only.values()))
def test_filters_narrow(hours, only):
    held(hours.rows(f"{PATH}&quantile=0.25&" + "&".join(f"{k}={v}" for k, v in only.items()).replace(" ", "%20")), hours.expected(**only))


def test_the_clock_on_the_wall_is_the_countrys(hours):
    """What began at eleven in the evening, universal time, began at midnight in Benin; and at midnight, at eleven in Praia."""
    rows = hours.rows(PATH)
    for row in rows:
        local = datetime.fromisoformat(row["hour"]).astimezone(ZoneInfo(ZONES[row["country"]]))
        assert (row["timezone"], row["local"]) == (ZONES[row["country"]], local.isoformat())
    told = {(row["country"], row["hour"]): row["local"] for row in rows}
    assert told["BJ", f"{DAYS[0]:%F}T23:00:00Z"] == f"{DAYS[1]:%F}T00:00:00+01:00"
    assert told["CV", f"{DAYS[1]:%F}T00:00:00Z"] == f"{DAYS[0]:%F}T23:00:00-01:00"


@pytest.mark.parametrize("since, until, first, last", [(22.5, 23.5, 22, 24), (22, 23, 22, 23), (23, 25, 23, 25)])
def test_hours_are_whole(hours, since, until, first, last):
    since, until, first, last = (DAYS[0] + timedelta(hours=h) for h in (since, until, first, last))
    held(hours.rows(f"{PATH}&quantile=0.25&from={since:%FT%TZ}&to={until:%FT%TZ}"), hours.expected(first=first, last=last))


@pytest.mark.parametrize("group", GROUPS[:-1])
def test_hours_add_up_to_their_day(hours, group):
    span = f"&from={DAYS[0]:%F}&to={DAYS[0]:%F}" + (f"&group={group}" if group else "")
    place = ("country", "department", "operator", "technology", "zone", "target_kind")
    sums = collections.Counter()
    for row in hours.rows(PATH + span):
        sums[tuple(row[name] for name in place)] += row["n_samples"]
    days = {tuple(row[name] for name in place): row["n_samples"] for row in hours.rows(PATH.replace("=hour", "=day") + span)}
    assert sums == days and len(days) > 1


def test_every_metric_and_one_probe(hours):
    rows = hours.rows("series?grain=hour&quantile=0.25")
    assert {row["metric"] for row in rows} == {"rtt_min_ms", "rtt_p50_ms"}
    held([row for row in rows if row["metric"] == "rtt_min_ms"], hours.expected(metric="rtt_min_ms"))
    probe = hours.probes[4].id
    own = hours.rows(f"{PATH}&quantile=0.25&probe={probe}")
    held(own, hours.expected(probe=probe))
    secret = "imo_" + "0" * 32
    hours.c.sql("INSERT INTO probe_owner (probe_no, hash) SELECT probe_no, %s FROM probe WHERE probe = %s", hashlib.sha256(secret.encode()).digest(), probe)
    assert hours.rows(f"{PATH}&quantile=0.25", key=secret) == own, "who hosts it reads its hours, and no others"


def test_what_comes_late_is_in_its_hour(hours):
    before = hours.rows(f"{PATH}&quantile=0.25")
    hours.send(hours.late)
    hours.c.run("rollup")
    after = hours.rows(f"{PATH}&quantile=0.25")
    held(after, hours.expected())
    assert before != after


@pytest.mark.parametrize("query, status, words", [
    (f"&from={FIRST - timedelta(1):%F}", 400, f"from: hours are kept from {FIRST:%F} on"),
    (f"&from={FIRST - timedelta(microseconds=1):%FT%T.%fZ}", 400, f"from: hours are kept from {FIRST:%F} on"),
    (f"&to={FIRST - timedelta(1):%F}", 400, f"to: hours are kept from {FIRST:%F} on"),
    (f"&from={FIRST:%F}", 200, ""), (f"&to={FIRST:%F}", 200, ""), ("&from=2020-01-01&grain=day", 400, "grain: stands twice"),
    ("&group=commune", 400, "group:"),
])
def test_what_cannot_be_asked_says_why(hours, query, status, words):
    reply = hours.ask(PATH + query)
    assert reply.status == status, reply.body
    assert status == 200 and reply.json() or reply.problem() == "parameter" and words in reply.json()["detail"]


def test_hours_are_not_for_everybody(hours):
    for query in (PATH, "series?grain=hour", f"{PATH}&from=2020-01-01", f"{PATH}&group=operator"):
        reply = hours.ask(query, key=None)
        assert (reply.status, reply.problem()) == (401, "key") and "blocks of five lines" in reply.json()["detail"]
    french = hours.ask(PATH, key=None, **{"Accept-Language": "fr"})
    assert "blocs d'au moins cinq lignes" in french.json()["detail"] and hours.ask(PATH, key="imk_" + "0" * 32).status == 401
    assert hours.ask(PATH.replace("=hour", "=day"), key=None).status == 200


def test_an_indicator_has_days_alone(hours):
    for key in ("analyst", None):
        reply = hours.ask("series?indicator=PER8&grain=hour", key)
        assert (reply.status, reply.problem()) == (400, "parameter") and "day by day" in reply.json()["detail"]
    assert hours.rows("series?indicator=PER8&grain=day") == hours.rows("series?indicator=PER8")


def test_every_format_says_the_same(hours):
    rows = hours.rows(PATH)
    assert [json.loads(line) for line in hours.rows(PATH, kind="ndjson").splitlines()] == rows
    table = list(csv.DictReader(io.StringIO(hours.rows(PATH, kind="csv"))))
    assert list(table[0]) == list(rows[0]) and list(rows[0])[:3] == ["hour", "local", "timezone"]
    assert [{k: v or None for k, v in row.items() if not k[0] in "npq"} | {"simulated": row["simulated"] == "true"} for row in table] == [
        {k: v for k, v in row.items() if not k[0] in "npq"} for row in rows]
    assert [float(row["p50"]) for row in table] == [row["p50"] for row in rows]
    assert hours.rows(f"{PATH}&technology=satellite") == []
    assert hours.rows(f"{PATH}&technology=satellite", kind="csv").splitlines() == [",".join(rows[0])]
