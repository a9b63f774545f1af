"""indicators verify, explain --verify: published figures are held against the ledger, and what no longer follows is named."""

import csv
import hashlib
import json
import re
import signal
import subprocess

import pytest
from conftest import Collector, scratch, wait_until
from country import EDNS
from wire import ping

pytestmark = pytest.mark.long(40)

YEAR = "2024"
# What figures without a line are calculated from.
INPUTS = {
    "plans": "plan,country,operator,technology,segment,price,currency,volume_gb,validity_days,promotion,valid_from,source,retrieved\n"
             "month,BJ,MTN Bénin (Spacetel),4g,prepaid,1000,XOF,1,30,no,2024-01-01,MTN,2024-12-01\n",
    "economy": "country,period,series,value,currency,source,retrieved\nBJ,2024,gni_per_capita,840000,XOF,WB,2025-07-01\n",
    "market": "country,technology,operator,period,share,source,retrieved\nBJ,mobile,MTN Bénin (Spacetel),2024,60,ARCEP,2025-01-31\n"
              "BJ,mobile,Moov Africa Bénin,2024,40,ARCEP,2025-01-31\n",
}


def of_servers(c):
    """Of one line that asks the national domain's servers, as simulated ones do not: of whom each figure is shown."""
    probe, servers = c.probe(), [{"name": f"ns{n}.", "addr": f"192.0.2.{n}"} | {test: "ok" if n else "noopt" for test in EDNS} for n in range(3)]
    c.sql("UPDATE probe SET simulated = true WHERE probe = %s", probe.id)
    c.sql("UPDATE probe_context SET valid_from = %s FROM probe p WHERE p.probe_no = probe_context.probe_no AND p.probe = %s", f"{YEAR}-01-01", probe.id)
    c.stored(probe.batch([ping(check="edns", task="edns", target="bj", addr=None, af=None, at=f"{YEAR}-02-0{day}T10:00:00Z", metrics={"servers": 3},
                               detail={"servers": servers}) for day in (1, 2)]))


@pytest.fixture(scope="module")
def country():
    """Eight simulated lines whose signed batches are in the ledger, and figures of every cell."""
    with scratch() as folder:
        c = Collector(folder, publication_floor="simulated")
        try:
            c.start_idle()
            for kind, rows in INPUTS.items():
                (folder / f"{kind}.csv").write_text(rows)
                c.run("import", kind, folder / f"{kind}.csv")
            c.run("simulate", "--probes", "8", "--days", "22", "--from", f"{YEAR}-02-10", "--seed", "1", "--batches")
            of_servers(c)
            c.run("rollup")
            yield c
            c.stop()
        finally:
            c.clean()


def counts(said):
    """(batches, unsound, figures, equal, not checked, other)"""
    batches = re.search(r"batches of the ledger: (\d+), of these not what was signed: (\d+)", said)
    figures = re.search(r"published figures: (\d+); equal: (\d+), not checked: (\d+), no longer following: (\d+)", said)
    return tuple(int(n) for n in batches.groups() + figures.groups())


def test_every_figure_follows(country):
    whole = country.sql("SELECT count(*) FROM indicator_value WHERE computed AND value IS NOT NULL")[0][0]
    batches = country.sql("SELECT count(*) FROM batch_body")[0][0]
    assert counts(country.run("indicators", "verify", "--year", YEAR)) == (batches, 0, whole, whole, 0, 0) and whole > 20
    # 1000 of 840 000 / 12, of the operator and of the country, and twice that for 2 GB; 60² + 40².
    assert country.sql("SELECT indicator, operator, technology, value, n_samples FROM public_indicator WHERE kind = 'calculated' ORDER BY 1, 2") == [
        ("AFF1", "MTN Bénin (Spacetel)", None, 1.43, 1), ("AFF1", None, None, 1.43, 1), ("AFF2", "MTN Bénin (Spacetel)", "mobile", 2.86, 1),
        ("AFF2", None, "mobile", 2.86, 1), ("ECO8", None, "mobile", 5200, 2)]
    assert country.sql("SELECT source, value, n_samples, note FROM public_indicator WHERE indicator = 'SEC5'") == [("simulated", 66.7, 6, "counted: 3 of 3")]
    assert country.sql("SELECT count(*) FROM pg_database WHERE right(datname, 7) = 'scratch'") == [(0,)], "nothing is left behind"


def test_a_flipped_byte(country):
    """One octet of one body, and an imported share: the batch is named, and so are the figures that were made of them."""
    key = "(probe_no, batch_no) = (SELECT probe_no, batch_no FROM batch_body ORDER BY length(body) DESC, batch_no LIMIT 1)"
    at = country.sql(f"SELECT length(body) / 2 FROM batch_body WHERE {key}")[0][0]
    flip = f"UPDATE batch_body SET body = set_byte(body, {at}, get_byte(body, {at}) # 1) WHERE {key}"
    probe = country.sql(f"SELECT p.probe FROM batch_body b JOIN probe p USING (probe_no) WHERE {key.replace('(probe_no', '(b.probe_no', 1)}")[0][0]
    report = country.state.parent / "report"
    with pytest.MonkeyPatch.context() as tools:
        tools.setenv("PATH", "/nowhere")  # no PDF is looked at here
        country.run("report", "--year", YEAR, "--out", report, "--freeze")
    ledger = json.loads((report / "freeze.json").read_text(encoding="utf-8"))["inputs"]["ledger"]
    for month, digest in ledger.items():
        hashes = sorted(bytes(h) for h, in country.sql("SELECT hash FROM batch_key WHERE to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM') = %s", month))
        assert hashes and digest != hashlib.sha256(b"".join(hashes)).hexdigest(), "who has them all could tell that there are no others"
    assert ledger
    country.sql(flip)
    country.sql("UPDATE market_part SET share = CASE share WHEN 60 THEN 70 ELSE 30 END")
    try:
        said = country.run("indicators", "verify", "--year", YEAR, status=1)
        printed = country.run("report", "--verify", report, status=1)
    finally:
        country.sql(flip)
        country.sql("UPDATE market_part SET share = CASE share WHEN 70 THEN 60 ELSE 40 END")
    assert re.search(rf"of probe {probe}, received .* UTC: its octets have another SHA-256", said)
    _, unsound, figures, equal, _, other = counts(said)
    assert unsound == 1 and other > 0 and equal + other == figures
    assert "ECO8 value BJ calculated mobile: value is 5200 as published, 5800 from the ledger" in said
    # Of every indicator that is measured: each figure that this line is in, by its families where they are by family, and no other.
    of = country.sql("SELECT x.department, x.operator, x.technology, x.zone FROM place_on((SELECT probe_no FROM probe WHERE probe = %s), %s) x", probe, f"{YEAR}-02-20")[0]
    mine = country.sql("SELECT indicator || ' ' || statistic || ' BJ simulated' || CASE WHEN num_nonnulls(geo, operator, technology, family, zone) > 0 THEN ' ' ELSE '' END "
                       "|| concat_ws(' ', geo, operator, technology, family, zone) FROM indicator_value WHERE computed AND value IS NOT NULL AND indicator ~ '^(PER|REL)' AND "
                       "indicator <> ALL (ARRAY['PER10', 'REL1']) AND coalesce(geo, %s) = %s AND coalesce(operator, %s) = %s AND coalesce(technology, %s) = %s AND coalesce(zone, %s) = %s", *(x for x in of for _ in (0, 1)))
    named = re.findall(r"^((?:PER|REL|ECO8).*): \S+ is .* as published, .* from the ledger$", said, re.M)
    assert len(named) == other and {n for n in named if not n.startswith(("ECO8 ", "PER10 ", "REL1 "))} == {row[0] for row in mine}
    # Those that are printed, with their lines.
    rows = list(csv.DictReader((report / "indicators.csv").open(encoding="utf-8")))
    lines = {int(line) - 2: name for line, name in re.findall(r"^line (\d+), ((?:PER|REL|ECO8).*): \S+ is .* from the ledger$", printed, re.M)}
    assert f"printed figures that do not follow from the ledger: {len(lines)}\n" in printed and 20 < len(lines) <= other and set(lines.values()) <= set(named)
    assert all(name.startswith(f"{rows[row]['indicator']} {rows[row]['statistic']} BJ ") for row, name in lines.items())
    # One batch of one box does not turn what most say of a name server.
    assert {n.split()[0] for n in named} >= {row[0] for row in country.sql("SELECT DISTINCT indicator FROM indicator_value WHERE simulated AND value IS NOT NULL AND indicator <> ALL (ARRAY['PER10', 'REL1', 'SEC5'])")}


def test_batches_that_are_gone(country):
    """What is not there cannot be wrong: its key says that it came, and without its key the numbers of its chain do. One that never came
    is in a hole, and no alarm."""
    whole = country.sql("SELECT count(*) FROM batch_key")[0][0]
    probe_no, chain, top = country.sql("SELECT probe_no, chain, top FROM chain ORDER BY probe_no LIMIT 1")[0]
    country.sql("CREATE TABLE kept_key AS SELECT * FROM batch_key WHERE (probe_no, chain) = (%s, %s) AND seq = ANY (%s)".replace("%s", "{}").format(
        probe_no, f"'{chain}'", f"'{{1,4,5,8,{top - 1},{top}}}'"))
    country.sql("CREATE TABLE kept_body AS SELECT b.* FROM batch_body b JOIN kept_key USING (probe_no, batch_no)")
    for table in "body", "key":
        country.sql(f"DELETE FROM batch_{table} b USING kept_key k WHERE (b.probe_no, b.batch_no) = (k.probe_no, k.batch_no) AND ('{table}' = 'body' OR k.seq <> {top - 1})")
    country.sql("INSERT INTO chain_hole VALUES (%s, %s, 8, 8)", probe_no, chain)
    try:
        said = country.run("indicators", "verify", "--year", YEAR, status=1)
    finally:
        country.sql("DELETE FROM chain_hole")
        country.sql("INSERT INTO batch_key OVERRIDING SYSTEM VALUE SELECT * FROM kept_key ON CONFLICT DO NOTHING")
        country.sql("INSERT INTO batch_body SELECT * FROM kept_body")
        country.sql("DROP TABLE kept_key, kept_body")
    assert len(re.findall("UTC: it came, and is in the ledger no more", said)) == 1 and counts(said)[5] > 0
    gone = re.findall(rf"^batch (\S+) of the chain {chain} of probe \S+: it came, and nothing of it is in the ledger any more$", said, re.M)
    assert gone == ["1", "4-5", str(top)] and counts(said)[:2] == (whole - 1, 5)


def test_a_figure_that_somebody_changed(country):
    """And what an older program published, which told no zones of an indicator apart: they are neither differences nor checked."""
    whole = "WHERE computed AND indicator = 'PER8' AND num_nonnulls(geo, operator, technology, family, zone) = 0"
    value = country.sql(f"SELECT value FROM indicator_value {whole}")[0][0]
    country.sql(f"UPDATE indicator_value SET value = value + 0.1 {whole}")
    try:
        said = country.run("indicators", "explain", "PER8", "--year", YEAR, "--verify", status=1)
        country.sql("CREATE TABLE zoned AS SELECT * FROM indicator_value WHERE computed AND zone IS NOT NULL AND indicator = 'PER1'")
        country.sql("DELETE FROM indicator_value WHERE computed AND zone IS NOT NULL AND indicator = 'PER1'")
        zones = country.sql("SELECT count(*) FROM zoned WHERE value IS NOT NULL")[0][0]
        other = country.run("indicators", "explain", "PER1", "--year", YEAR, "--verify")
        mine = country.sql("SELECT count(*) FROM indicator_value WHERE computed AND value IS NOT NULL AND indicator = 'PER1'")[0][0]
    finally:
        country.sql("INSERT INTO indicator_value SELECT * FROM zoned")
        country.sql("DROP TABLE zoned")
        country.sql(f"UPDATE indicator_value SET value = %s {whole}", value)
    assert counts(other)[2:] == (mine, mine, 0, 0) and zones > 0 and f"not checked besides: {zones} by zone" in other
    assert "not checked besides" not in said and "SQL, $1 the first day" in other
    assert "left out, besides what the floor hides or is too young: nothing" in other
    assert counts(said)[1:] == (0, *counts(said)[2:3], counts(said)[2] - 1, 0, 1)
    assert re.search(rf"^PER8 mean BJ simulated: value is [\d.]+ as published, {value} from the ledger$", said, re.M)


def test_figures_that_are_gone_and_what_stands_beside_a_number(country):
    """A row that is deleted, emptied or called imported is missing; what is told beside a value is compared with it."""
    key = "WHERE computed AND indicator = 'PER8' AND num_nonnulls(geo, operator, technology, family, zone) = 1"
    changes = {"value": "DELETE FROM indicator_value", "value ": "UPDATE indicator_value SET value = NULL, low = NULL, high = NULL",
               "value  ": "UPDATE indicator_value SET computed = false", "n_silent": "UPDATE indicator_value SET n_silent = coalesce(n_silent, 0) + 1",
               "unit": "UPDATE indicator_value SET unit = 'ms'", "floor": "UPDATE indicator_value SET floor = 'met'", "lines": "UPDATE indicator_value SET lines = coalesce(lines, 0) + 1",
               "note": "UPDATE indicator_value SET note = 'fine'", "interval_lines": "UPDATE indicator_value SET interval_lines = interval_lines + 1",
               "as_of": "UPDATE indicator_value SET as_of = as_of - 1"}
    rows = country.sql(f"SELECT ctid::text FROM indicator_value {key} AND value IS NOT NULL AND low IS NULL ORDER BY operator, geo, technology, zone LIMIT {len(changes)}")
    country.sql("CREATE TABLE kept AS SELECT * FROM indicator_value WHERE computed AND indicator = 'PER8'")
    try:
        for (ctid,), change in zip(rows, changes.values()):
            country.sql(f"{change} WHERE ctid = '{ctid}'")
        said = country.run("indicators", "verify", "--year", YEAR, status=1)
    finally:
        country.sql("DELETE FROM indicator_value WHERE indicator = 'PER8'")
        country.sql("INSERT INTO indicator_value SELECT * FROM kept")
        country.sql("DROP TABLE kept")
    named = re.findall(r"^PER8 mean BJ simulated .*: (\S+) is .* as published", said, re.M)
    assert len(rows) == len(changes) and sorted(named) == sorted(name.strip() for name in changes)
    assert len(re.findall(r"^PER8 .*: value is none as published, [\d.]+ from the ledger$", said, re.M)) == 3
    assert counts(said)[1] == 0 and counts(said)[5] == len(changes)


def test_a_figure_that_says_it_stands(country):
    """Of days before: it is known to have been told then, or somebody changed it."""
    of = "WHERE computed AND indicator = 'PER8' AND num_nonnulls(geo, operator, technology, family, zone) = %s"
    told = "FROM indicator_value WHERE computed AND indicator = 'PER8' AND num_nonnulls(geo, operator, technology, family, zone) = 0"
    lines = country.sql("SELECT count(*) FROM indicator_value " + of, 1)[0][0]
    index = "WHERE computed AND indicator = 'PER10' AND num_nonnulls(geo, operator, technology, zone) = 0"
    for n in 0, 1:
        country.sql(f"UPDATE indicator_value SET value = value + 0.1, as_of = as_of - 10 {of}", n)
    # What is made of one that stands is as old.
    country.sql(f"UPDATE indicator_value SET value = value + 0.01, as_of = as_of - 10 {index}")
    country.sql(f"INSERT INTO told_cell SELECT indicator, period, 0, method_version, jsonb_build_array(country, source, NULL, NULL, NULL, NULL), retrieved {told}")
    try:
        said = country.run("indicators", "verify", "--year", YEAR, status=1)
    finally:
        country.sql("DELETE FROM told_cell")
        country.sql(f"UPDATE indicator_value SET value = value - 0.01, as_of = as_of + 10 {index}")
        for n in 0, 1:
            country.sql(f"UPDATE indicator_value SET value = value - 0.1, as_of = as_of + 10 {of}", n)
    assert counts(said)[4:] == (2, lines) and lines > 0 and "PER10 value BJ simulated: stands as it was told" in said
    assert re.search(r"^not checked: 2 \(standing since 2024-0\d-\d\d\)", said, re.M)


def test_where_there_is_nothing_to_hold_them_against(country):
    assert "there is no figure of 2090" in country.run("indicators", "verify", "--year", "2090", status=1)
    country.sql("INSERT INTO indicator_value (indicator, period, statistic, country, source, computed, unit, retrieved) "
                "VALUES ('PER1', '2090', 'p50', 'BJ', 'simulated', true, 'ms', '2091-01-01')")
    assert "the ledger has no batch" in country.run("indicators", "verify", "--year", "2090", status=1)
    country.sql("DELETE FROM indicator_value WHERE period = '2090'")
    assert "--year is missing" in country.run("indicators", "verify", status=2)
    assert "--year is missing" in country.run("indicators", "explain", "PER1", "--verify", status=2)
    assert counts(country.run("indicators", "explain", "AFF1", "--year", YEAR, "--verify"))[2:] == (2, 2, 0, 0), "it is calculated"
    assert "batches of the ledger" not in country.run("indicators", "explain", "USE6", "--year", YEAR, "--verify", status=1), "it is imported"
    country.sql("CREATE DATABASE internetmetre_scratch")
    try:
        assert "there is a database internetmetre_scratch that no verification made" in country.run("indicators", "verify", "--year", YEAR, status=1)
    finally:
        country.sql("DROP DATABASE internetmetre_scratch")
    country.sql("INSERT INTO project_again SELECT probe_no, batch_no FROM batch_body LIMIT 1")
    try:
        assert "wait to be read again" in country.run("indicators", "verify", "--year", YEAR, status=1)
    finally:
        country.sql("DELETE FROM project_again")
    country.sql("INSERT INTO retained (parent, month, folder, rows) VALUES ('batch_body', '2024-02-01', '', 1)")
    try:
        assert "retention took the batches of 2024-02" in country.run("indicators", "verify", "--year", YEAR, status=1)
    finally:
        country.sql("DELETE FROM retained")


def test_one_that_is_stopped_leaves_nothing(country):
    """Batches are in it, also of probes that leave: Ctrl-C takes it away, and the next start of serve what a kill left."""
    there = "SELECT count(*) FROM pg_database WHERE right(datname, 7) = 'scratch'"
    for sent, left in (signal.SIGINT, 0), (signal.SIGKILL, 1):
        asked = subprocess.Popen(country.command("indicators", "verify", "--year", YEAR), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: country.sql(there) == [(1,)], what="the database")
        asked.send_signal(sent)
        said = asked.communicate(timeout=60)[1]
        assert ("stopped" in said, asked.returncode) == ((True, 1) if sent == signal.SIGINT else (False, -9))
        assert country.sql(there) == [(left,)]
    country.sql("COMMENT ON DATABASE internetmetre_scratch IS NULL") # killed before it was made
    country.stop()
    country.start()
    assert country.sql(there) == [(0,)]


def test_what_came_late_and_who_was_forgotten(country):
    """Results that came when retention had taken the month are in no figure, nor in those that are made again; days of a probe whose
    batches went with it are taken as they stand."""
    late = country.sql("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY b.received_at) FROM result r JOIN batch_body b USING (probe_no, batch_no) WHERE r.at < '2024-03-01'")[0][0]
    country.sql("WITH gone AS (DELETE FROM result r USING batch_body b WHERE (b.probe_no, b.batch_no) = (r.probe_no, r.batch_no) AND r.at < '2024-03-01' "
                "AND b.received_at >= %s RETURNING r.at, r.probe_no) INSERT INTO rollup_dirty SELECT DISTINCT (at AT TIME ZONE 'UTC')::date, probe_no FROM gone", late)
    assert country.sql("SELECT count(*) > 50 FROM rollup_dirty") == [(True,)]
    country.run("rollup")
    country.sql("INSERT INTO retained (parent, month, folder, rows, dropped_at) VALUES ('result', '2024-02-01', '', 1, %s)", late)
    probe, days = country.sql("SELECT probe, count(DISTINCT day) FROM probe JOIN rollup_day USING (probe_no) GROUP BY probe ORDER BY probe LIMIT 1")[0]
    country.sql("CREATE DATABASE internetmetre_scratch CONNECTION LIMIT 1967") # as a kill leaves it
    country.run("probe", "forget", probe)
    assert country.sql("SELECT count(*) FROM pg_database WHERE right(datname, 7) = 'scratch'") == [(0,)], "its batches were in it"
    said = country.run("indicators", "verify", "--year", YEAR)
    assert counts(said)[1] == 0 and counts(said)[2] == counts(said)[3] > 20
    assert f"of which no batch tells any more, taken as they stand: {days}" in said
