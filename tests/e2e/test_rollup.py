"""Days made of results: what they come to, and that it is the same whenever, however often and in whatever order results come."""
import concurrent.futures
import datetime
import os
import random
import signal
import subprocess
import threading
from pathlib import Path

import psycopg
import pytest

import wire
from conftest import Collector, scratch, wait_until
from terminal import Terminal
from wire import ping

pytestmark = pytest.mark.long(70)

TABLES = {"rollup_day": "day, check_no, target_no, af, t.source, t.simulated, ok, partial, timeout, refused, unreachable, reset, dns_error, "
                        "tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max",
          "rollup_day_sketch": "day, check_no, target_no, af, position, ok, buckets, counts",
          "rollup_day_origin": "day, target_no, af, asns"}
TABLES |= {table.replace("day", "other"): TABLES[table] for table in ("rollup_day", "rollup_day_sketch")}
WATCH = {"rollup_watch": "day, tests, watched_us, down_us, cuts, first_at, last_at, from_midnight, to_midnight, opens_us, opens_tests, closes_us, "
                         "closes_tests"}  # plain SQL has none
OUTCOMES = ["ok"] * 8 + ["partial", "timeout", "unreachable", "dns_error", "error", "skipped"]


@pytest.fixture(scope="module")
def world():
    """Nothing is rolled up but by hand."""
    with scratch() as folder:
        c = Collector(folder)
        try:
            yield c.start_idle()
            c.stop()
        finally:
            c.clean()


def at(day, second):
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.timezone.utc)
    return wire.stamp(midnight + datetime.timedelta(seconds=second))


def results(seed, day, count=120):
    """Skewed values of several checks, targets, families and outcomes, some of them at the edges of the day."""
    chance = random.Random(seed)
    made = []
    for n in range(count):
        second = chance.choice([0, 86399.999999, chance.uniform(0, 86399)])
        outcome = chance.choice(OUTCOMES)
        value = chance.lognormvariate(3, 1.5)
        common = {"at": at(day, second), "outcome": outcome, "bytes": chance.randrange(10**6)}
        if n % 3:
            target, addr = chance.choice([("ns1.nic.bj", "154.65.28.218"), ("f.root-servers.net", "192.5.5.241"), ("nobody.example", "192.0.2.7")])
            metrics = {} if outcome in ("unreachable", "dns_error", "skipped") else {
                "rtt_min_ms": value, "rtt_p50_ms": value * 1.1, "sent": 10, "rcvd": 0 if outcome == "timeout" else 9}
            made.append(ping(target=target, af=4, addr=addr, metrics=metrics, **common))
        else:
            made.append({"task": "speed", "check": "throughput", "target": "http://target.example", "mono_us": n, "sync": True, "detail": {},
                         "metrics": {"down_mbps": value, "bytes_used": chance.randrange(2**24, 2**31)}} | common)
    return made


def stored(c, probe, made, **how):
    c.stored(probe.batch(made), **how)


def days(c, *probes, tables=TABLES):
    """What is there of the days of these probes, their names apart."""
    return {table: sorted(map(repr, c.sql(f"SELECT {columns} FROM {table} t JOIN probe p USING (probe_no) WHERE p.probe = ANY (%s)",
                                          [probe.id for probe in probes]))) for table, columns in tables.items()}


def plainly(c, first, last):
    """Makes the same days by plain SQL."""
    c.sql("SELECT rollup_mark(%s, %s)", first, last)
    assert c.plainly() > 0


@pytest.mark.quick
def test_a_day_is_what_plain_sql_makes_of_it(world):
    probes = [world.probe() for _ in range(3)]
    first, last = datetime.date(2024, 2, 28), datetime.date(2024, 3, 1)  # a leap day between
    for number, probe in enumerate(probes):
        for day in (first, first + datetime.timedelta(days=1), last):
            stored(world, probe, results(f"{number} {day}", day))
    world.run("rollup")
    made = days(world, *probes)
    watched = days(world, *probes, tables=WATCH)
    assert len(made["rollup_day"]) > 30 and len(made["rollup_day_sketch"]) > 30 and len(made["rollup_day_origin"]) > 0
    assert len(watched["rollup_watch"]) == 9
    plainly(world, first, last)
    assert days(world, *probes) == made
    world.run("rollup", "--from", str(first), "--to", str(last))
    assert days(world, *probes) == made and days(world, *probes, tables=WATCH) == watched, "made again it is the same"
    world.run("rebuild")
    world.run("rollup")
    assert days(world, *probes) == made and days(world, *probes, tables=WATCH) == watched, "of the ledger as well"


def test_late_doubled_and_out_of_order_it_is_the_same(world):
    """Two probes measure the same; half of what the second sends comes after its day was made, twice and backwards."""
    punctual, tardy = world.probe(), world.probe()
    day = datetime.date(2024, 5, 1)
    made = results("the same", day, 200)
    parts = [made[n:n + 20] for n in range(0, 200, 20)]
    for part in parts:
        stored(world, punctual, part)
    batches = [tardy.batch(part) for part in parts]
    for batch in batches[:5]:
        world.stored(batch)
    world.run("rollup")
    assert days(world, tardy) != days(world, punctual)
    for batch in batches[:4:-1] + batches:
        world.stored(batch)
    world.run("rollup")
    assert days(world, tardy) == days(world, punctual)
    assert world.sql("SELECT count(*) FROM rollup_dirty") == [(0,)]


def test_a_day_whose_results_are_gone_goes(world):
    probe, day = world.probe(), datetime.date(2024, 6, 1)
    stored(world, probe, results("gone", day))
    world.run("rollup")
    assert days(world, probe)["rollup_day"]
    world.sql("DELETE FROM result r USING probe p WHERE p.probe_no = r.probe_no AND p.probe = %s", probe.id)
    world.sql("INSERT INTO rollup_dirty SELECT %s, probe_no FROM probe WHERE probe = %s", day, probe.id)
    world.run("rollup")
    assert not any(days(world, probe).values())


def backlog(c, day, count):
    """Probe-days enough for several transactions, of the results of one."""
    c.sql("SELECT partition_make('result', %s)", day)
    probe = c.probe()
    stored(c, probe, results("many", day))
    c.run("rollup")
    last = day + datetime.timedelta(days=count - 1)
    for month in {(day + datetime.timedelta(days=n)).replace(day=1) for n in range(count)}:
        c.sql("SELECT partition_make('result', %s)", month)
    c.sql("INSERT INTO result SELECT (r.at + n * interval '1 day'), r.batch_no, r.probe_no, r.target_no, r.task_no, r.bytes, r.check_no, "
          "r.ordinal, r.af, r.outcome, r.addr, r.metrics, r.exact FROM result r JOIN probe p USING (probe_no), generate_series(1, %s) n "
          "WHERE p.probe = %s", count - 1, probe.id)
    c.sql("SELECT rollup_mark(%s, %s)", day, last)
    return probe, last


def test_two_at_once_make_each_day_once(world):
    day = datetime.date(2025, 1, 1)
    probe, last = backlog(world, day, 250)
    said = []
    threads = [threading.Thread(target=lambda: said.append(world.run("rollup"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 2
    made = days(world, probe)
    assert len({row.split(")")[0] for row in made["rollup_day"]}) == 250
    plainly(world, day, last)
    assert days(world, probe) == made


def test_what_comes_meanwhile_is_lost_to_no_one(world):
    """Late results come while their days are made, by several at once, and projected again. Others lost them, or counted them twice:
    InfluxDB's issues 510 and 5966, TimescaleDB's 7960, 9221 and 10219."""
    probe, day = world.probe(), datetime.date(2023, 3, 1)
    made = [results(f"meanwhile {n}", day + datetime.timedelta(n % 4), 20) for n in range(120)]
    batches = [probe.batch(part) for part in made]
    for batch in batches[:20]:
        world.stored(batch)
    words = [["rollup", "--from", str(day)], ["rollup", "--to", "2023-12-31"], ["rebuild"], ["rollup"]]
    coming = threading.Event()

    def at_work(command):
        while not coming.is_set():
            world.run(*command)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        working = [pool.submit(at_work, command) for command in words]
        try:
            for batch in batches[20:] + batches[50:60]:
                world.stored(batch)
        finally:
            coming.set()
        assert [work.result() for work in working] == [None] * len(words)
    world.run("rollup")
    counted = world.sql("SELECT sum(ok + partial + timeout + unreachable + dns_error + error + skipped)::int FROM rollup_day JOIN probe p USING (probe_no) "
                        "WHERE p.probe = %s", probe.id)
    assert counted == [(120 * 20,)]
    found = days(world, probe)
    plainly(world, day, day + datetime.timedelta(3))
    assert days(world, probe) == found


def test_who_pushes_on_and_on_is_not_followed_for_ever(world):
    """A run ends with what was listed when it began; the next one makes the rest."""
    probe, day = world.probe(), datetime.date(2024, 6, 1)
    stored(world, probe, results("on and on", day, 30))
    world.sql("CREATE FUNCTION pushed_again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO rollup_dirty (day, probe_no) "
              "SELECT day, probe_no FROM gone; RETURN NULL; END $$")
    world.sql("CREATE TRIGGER push AFTER DELETE ON rollup_dirty REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION pushed_again()")
    try:
        world.run("rollup")
    finally:
        world.sql("DROP FUNCTION pushed_again CASCADE")
    assert world.sql("SELECT DISTINCT day, probe FROM rollup_dirty JOIN probe USING (probe_no)") == [(day, probe.id)]
    found = days(world, probe)
    assert found["rollup_day"]
    world.run("rollup")
    assert world.sql("SELECT count(*) FROM rollup_dirty") == [(0,)]
    assert days(world, probe) == found


@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_what_ends_in_the_middle_loses_nothing_and_goes_on(world, ends):
    day = datetime.date(2026, 1, 1) if ends == signal.SIGKILL else datetime.date(2026, 4, 1)
    probe, last = backlog(world, day, 20)
    before = days(world, probe)
    with psycopg.connect(host=str(world.state / "run"), dbname="internetmetre", user="internetmetre") as db:
        db.execute("LOCK TABLE rollup_day_sketch IN SHARE MODE")  # it waits there, with half of its work done
        running = subprocess.Popen(world.command("rollup"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: world.sql("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'rollup_day_sketch'::regclass")[0][0])
        running.send_signal(ends)
        running.wait(30)
    assert days(world, probe) == before and world.sql("SELECT count(*) FROM rollup_dirty") == [(20,)]
    world.run("rollup")
    made = days(world, probe)
    plainly(world, day, last)
    assert days(world, probe) == made != before


def test_hours_add_up_to_their_day_and_are_kept_for_90_days(world):
    probe = world.probe()
    today = datetime.datetime.now(datetime.timezone.utc).date()
    recent, old = today - datetime.timedelta(days=1), today - datetime.timedelta(days=90)
    for day in (recent, old):
        stored(world, probe, results(f"hours {day}", day))
    world.run("rollup")
    of_probe = "JOIN probe p USING (probe_no) WHERE p.probe = %s"
    assert world.sql(f"SELECT DISTINCT day FROM rollup_hour {of_probe}", probe.id) == [(recent,)]
    key = "check_name, metric, target_no, af, ok, bucket"
    assert world.sql(f"SELECT {key}, sum(n) FROM hour_bucket {of_probe} GROUP BY {key} ORDER BY {key}", probe.id) == world.sql(
        f"SELECT {key}, sum(n) FROM day_bucket {of_probe} AND day = %s GROUP BY {key} ORDER BY {key}", probe.id, recent)
    assert world.sql(f"SELECT metric, sum(n), sum(sum) FROM hour_count {of_probe} GROUP BY 1 ORDER BY 1", probe.id) == world.sql(
        f"SELECT metric, sum(n), sum(sum) FROM day_metric {of_probe} AND day = %s AND kind = 'count' GROUP BY 1 ORDER BY 1", probe.id, recent)
    raw = world.sql("SELECT date_trunc('hour', at), o.word, count(*) FROM result r JOIN probe p USING (probe_no) JOIN outcome o ON "
                    "o.outcome_no = r.outcome WHERE p.probe = %s AND at >= %s GROUP BY 1, 2 ORDER BY 1, 2", probe.id, recent)
    assert world.sql(f"SELECT hour, outcome, sum(n) FROM hour_outcome {of_probe} GROUP BY 1, 2 ORDER BY 1, 2", probe.id) == raw
    assert len({hour for hour, _, _ in raw}) > 12
    world.sql("UPDATE rollup_hour SET day = day - 89")
    world.sql("SELECT hour_retain()")
    assert world.sql("SELECT count(*) FROM rollup_hour") == [(0,)]


def test_who_forgets_a_probe_waits_for_whoever_changes_its_days(world):
    """A rollup that is at them, a team that moves the line, and a ledger that is read again: none in a circle. Of what was made meanwhile
    no hour is left."""
    def waiting(count):
        wait_until(lambda: world.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(count,)])

    probes, day = [world.probe(country="BJ") for _ in range(3)], datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
    for part in ("made", "to be made again"):
        for probe in probes:
            stored(world, probe, results(f"{part} of {probe.id}", day))
        if part == "made":
            world.run("rollup")
    # Of an epoch that is not there yet, as that of a batch which an older program stored, the probe's row is asked for.
    world.stored(probes[2].batch([], epochs=[{"boot": "b" * 32, "link": "wifi", "from_mono_us": 0, "to_mono_us": 1}]))
    world.sql("DELETE FROM epoch")
    with concurrent.futures.ThreadPoolExecutor() as pool, psycopg.connect(host=str(world.state / "run"), dbname="internetmetre", user="internetmetre") as db:
        db.execute("LOCK TABLE rollup_other IN SHARE MODE")
        working = [pool.submit(world.run, "rollup")]
        waiting(1)
        working.append(pool.submit(world.run, "probe", "forget", probes[0].id))
        waiting(2)
        db.commit()
        for work in working:
            work.result()
        db.execute("SELECT FROM probe WHERE probe = %s FOR UPDATE", [probes[1].id])
        forgetting = pool.submit(world.run, "probe", "forget", probes[1].id)
        waiting(1)
        db.execute("UPDATE probe_context SET department = 'BJ-BO' FROM probe p WHERE p.probe_no = probe_context.probe_no AND p.probe = %s", [probes[1].id])
        db.commit()
        forgetting.result()
        db.execute("LOCK TABLE epoch IN SHARE MODE")
        working = [pool.submit(world.run, "rebuild")]
        waiting(1)
        working.append(pool.submit(world.run, "probe", "forget", probes[2].id))
        waiting(2)
        db.commit()
        for work in working:
            work.result()
    gone = [probe.id for probe in probes]
    assert world.sql("SELECT count(*), count(first_at) FROM rollup_watch JOIN probe USING (probe_no) WHERE probe = ANY (%s)", gone) == [(3, 0)]
    assert world.sql("SELECT count(*) FROM rollup_hour JOIN probe USING (probe_no) WHERE probe = ANY (%s)", gone) == [(0,)]


DAYS = ["days of probes: ", "days of cells: ", "figures of indicators: ", "days of series: "]


@pytest.mark.parametrize("words, status, stages", [
    (["rollup"], 0, DAYS),
    (["indicators", "--year", "2022"], 0, DAYS),
    (["indicators", "close", "--year", "2022"], 1, DAYS),
    (["rebuild", "--from", "2020-01-01"], 0, ["batches: "]),
])
def test_a_terminal_shows_how_far_it_is(world, words, status, stages):
    backlog(world, datetime.date(2022, 1, 1), 60)
    terminal = Terminal(world.command(*words), os.environ | world.env)
    for stage in stages:
        terminal.await_text(stage)
    assert terminal.end() == status, "one line's year is not closed"
    assert "\r" not in world.run("rollup", "--from", "2022-01-01", "--to", "2022-02-01"), "nobody looks on"


def test_a_terminal_shows_how_much_of_files(world, tmp_path):
    tmp_path.chmod(0o755)
    figures = world.run("import", "--template").splitlines()
    line = figures[1].replace("an example: replace this line", "")
    (tmp_path / "figures").write_text("\n".join([figures[0], line, line.replace(",2025,", ",2024,")]) + "\n")
    (tmp_path / "origins").write_text("192.0.2.0\t24\t64500\n198.51.100.0\t24\t64501\n")
    (tmp_path / "carrier").write_text("192.0.2.0/24\n198.51.100.0/24\n")
    (tmp_path / "batch").write_bytes(world.probe().batch([ping()]))
    for words, shown in ((["import", "pfx2as", "origins"], "prefixes: 0/2"), (["import", "csv", "figures"], "figures: 0/2"),
                         (["import", "carrier-nat", "carrier"], "prefixes: 0/2"), (["load", "batch", "batch"], "files: 0/2")):
        words = [tmp_path / word if (tmp_path / word).exists() else word for word in words]
        terminal = Terminal(world.command(*words), os.environ | world.env)
        terminal.await_text(shown)
        assert terminal.end() == 0
        assert "\r\x1b[K" in terminal.seen, "taken away again"
    world.run("import", "carrier-nat", "--undo")


# ---- lines ----

BOOT = datetime.datetime(2024, 3, 31, 12, tzinfo=datetime.timezone.utc)
FIBRE = {"country": "BJ", "operator": "MTN Bénin (Spacetel)", "technology": "fibre"}
HOME = {"link": "ethernet", "net": "197.234.216.0/24"}
PHONE = {"link": "wifi", "net": "137.255.0.0/24"}  # Celtiis's


def on_fibre(c):
    probe = c.probe(**FIBRE)
    c.sql("UPDATE probe_context SET valid_from = '2024-01-01'")
    return probe


def spell(probe, hours, network, made):
    """What a box that was started at BOOT sends of these hours from April the first on, on that network: of `made` what began then."""
    first, last = (datetime.datetime(2024, 4, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(hours=hour) for hour in hours)
    mono = [(moment - BOOT) // datetime.timedelta(microseconds=1) for moment in (first, last)]
    return probe.batch([x for x in made if wire.stamp(first) <= x["at"] < wire.stamp(last)], boot="c" * 32, sealed_at=wire.stamp(last),
                       mono_us=mono[1], epochs=[{"boot": "c" * 32, "from_mono_us": mono[0], "to_mono_us": mono[1]} | network])


def failover(probe, name):
    """Three days: home, a phone from noon of the first to the end of the second, and home; its batches, and how many results are whose."""
    made = [x for n in range(3) for x in results(f"{name} {n}", datetime.date(2024, 4, 1) + datetime.timedelta(n))]
    spells = [((0, 12), HOME), ((12, 24), PHONE), ((24, 48), PHONE), ((48, 72), HOME)]
    batches = [spell(probe, hours, network, made) for hours, network in spells]
    counted = [sum(x["at"][:10] == day and (PHONE if "2024-04-01T12" <= x["at"] < "2024-04-03" else HOME) is network for x in made)
               for network in (HOME, PHONE) for day in ("2024-04-01", "2024-04-02", "2024-04-03")]
    return batches, counted


def counts(c, probe):
    """Results by day, of the line itself and of others."""
    outcomes = "sum(measured + denied + skipped + error)"
    return [c.sql(f"SELECT coalesce({outcomes}, 0)::int FROM {table} JOIN probe p USING (probe_no) WHERE p.probe = %s AND day = %s", probe.id, day)[0][0]
            for table in ("rollup_day", "rollup_other") for day in ("2024-04-01", "2024-04-02", "2024-04-03")]


@pytest.mark.quick
def test_what_a_phone_measured_is_not_the_fibres(world):
    probe, backwards = on_fibre(world), on_fibre(world)
    batches, counted = failover(probe, "failover")
    assert counted[1] == counted[5] == 0 and sorted(counted)[2] > 0
    for batch in batches:
        world.stored(batch)
    for batch in failover(backwards, "failover")[0][::-1] * 2:
        world.stored(batch)
        world.run("rollup")
    assert counts(world, probe) == counted
    assert days(world, probe) == days(world, backwards), "whenever it came"
    assert [day for day, in world.sql("SELECT day FROM rollup_line l JOIN probe p USING (probe_no) WHERE p.probe = %s ORDER BY day", probe.id)] == [
        datetime.date(2024, 4, 1), datetime.date(2024, 4, 3)], "a day on the phone lies in no cell"
    made = days(world, probe)
    assert made["rollup_other_sketch"]
    plainly(world, "2024-04-01", "2024-04-03")
    assert days(world, probe) == made


def test_a_line_that_turns_out_to_be_the_phones_has_its_days(world):
    probe = on_fibre(world)
    batches, counted = failover(probe, "turns out")
    for batch in batches:
        world.stored(batch)
    world.run("rollup")
    assert counts(world, probe) == counted
    world.run("probe", "set", probe.id, "operator=Celtiis (SBIN)", "--from", "2024-01-01")
    world.run("rollup")
    assert counts(world, probe) == counted[3:] + counted[:3]


# ---- cells ----

CELLS = (Path(__file__).resolve().parents[1] / "sql/plain/cell.psql").read_text()


def cells(c):
    """What is there of days by cell, after it was held to plain SQL: a median may differ in a real's last digit."""
    with psycopg.connect(host=str(c.state / "run"), dbname="internetmetre", user="internetmetre", autocommit=True) as db:
        db.execute(CELLS)
        order = "ORDER BY day, cell_no, check_no, position, scope, kind, target_no"
        made, plain = (db.execute(f"SELECT * FROM {table} {order}").fetchall() for table in ("rollup_cell_day", "pg_temp.plain_cell_day"))
    assert [row[:-1] for row in made] == [row[:-1] for row in plain]
    for one, other in zip(made, plain):
        assert one[-1] == pytest.approx(other[-1], rel=1e-6), (one, other)
    assert c.sql("SELECT count(*) FROM rollup_cell_dirty") == [(0,)]
    return made


def lies(c, probe):
    """Where the days of a probe lie."""
    return c.sql("SELECT DISTINCT c.country, c.department, o.name, c.technology FROM rollup_line l JOIN probe p USING (probe_no) "
                 "JOIN rollup_cell c USING (cell_no) LEFT JOIN operator o USING (operator_no) WHERE p.probe = %s ORDER BY 1, 2, 3, 4", probe.id)


def test_days_by_cell_follow_their_lines(world):
    day = datetime.date(2024, 7, 1)
    where = {"country": "BJ", "department": "BJ-BO", "operator": "MTN Bénin (Spacetel)", "technology": "fibre"}
    first, second, late = (world.probe(**where) for _ in range(3))
    world.sql("UPDATE probe_context SET valid_from = '2024-01-01'")
    for number, probe in enumerate([first, second]):
        stored(world, probe, results(f"cell {number}", day))
    world.run("rollup")
    before = cells(world)
    assert lies(world, first) == lies(world, second) == [("BJ", "BJ-BO", "MTN Bénin (Spacetel)", "fibre")]
    stored(world, late, results("late in the cell", day))
    world.run("rollup")
    after = cells(world)
    assert len(after) >= len(before) and after != before
    world.run("rollup", "--from", str(day), "--to", str(day))
    assert cells(world) == after, "made again it is the same"

    world.run("probe", "set", second.id, "department=BJ-LI", "--from", "2024-01-01")
    world.run("rollup")
    moved = cells(world)
    assert lies(world, second) == [("BJ", "BJ-LI", "MTN Bénin (Spacetel)", "fibre")] and lies(world, first) != lies(world, second) and moved != after
    world.sql("DELETE FROM result r USING probe p WHERE p.probe_no = r.probe_no AND p.probe = %s", late.id)
    world.sql("INSERT INTO rollup_dirty SELECT %s, probe_no FROM probe WHERE probe = %s", day, late.id)
    world.run("rollup")
    gone = cells(world)
    assert lies(world, late) == [] and gone != moved
    kind, = world.sql("SELECT target_no, kind FROM target WHERE target_no = (SELECT max(target_no) FROM rollup_day)")
    world.sql("UPDATE target SET kind = 'beacon' WHERE target_no = %s", kind[0])
    world.run("rollup")
    assert cells(world) != gone, "kinds of targets are told of too"
    world.sql("UPDATE target SET kind = %s WHERE target_no = %s", kind[1], kind[0])
    world.run("rollup")
    assert cells(world) == gone


def test_an_operator_that_a_team_accepts_is_a_cell(world):
    probe, day = world.probe(country="BJ", operator="Nouveau"), datetime.date(2024, 8, 1)
    world.sql("UPDATE probe_context SET valid_from = '2024-01-01'")
    stored(world, probe, results("accepted", day))
    world.run("rollup")
    assert [row[2] for row in lies(world, probe)] == [None]
    world.run("operator", "accept", "Nouveau", "--country", "BJ")
    world.run("rollup")
    assert [row[2] for row in lies(world, probe)] == ["Nouveau"]
    cells(world)


def test_days_that_were_written_otherwise_are_placed_by_request(world):
    day = datetime.date(2024, 9, 1)
    probe = world.probe()
    stored(world, probe, results("by request", day))
    world.run("rollup")
    made = cells(world)
    world.sql("DELETE FROM rollup_cell_day")
    world.sql("DELETE FROM rollup_line")
    world.sql("SELECT cell_mark('2020-01-01', '2030-01-01')")
    world.run("rollup")
    assert cells(world) == made
