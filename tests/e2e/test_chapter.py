"""Indicators of a chapter's own: a file beside the configuration, imported or measured, and what becomes of a faulty one."""
import csv
import io
import json
from pathlib import Path

import pytest
from conftest import Collector, scratch

SCHEMA = Path(__file__).resolve().parents[2] / "schema/indicators"
WIFI = """-- id: BJ_WIFI
-- name.fr: Bornes Wi-Fi publiques
-- name.en: Public Wi-Fi hotspots
-- unit: count
-- unit.fr: nombre
-- better: high
-- status: proposed
-- nature: quantitative
-- kind: imported
-- method: 1
-- dimensions: zone
-- aggregate: value
-- headline.fr: Il y a {value} bornes Wi-Fi publiques.
-- headline.en: There are {value} public Wi-Fi hotspots.
-- definition.fr: Bornes que la commune tient ouvertes à tous sous {cctld}.
-- definition.en: Hotspots that the commune keeps open to all under {cctld}.
"""


def other(text, *changes):
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def c():
    with scratch() as folder:
        made = Collector(folder)
        try:
            made.settings = {"upkeep": "no", "publication_floor": "simulated"}
            made.move(made.port)
            own = made.config.parent / "indicators.d"
            own.mkdir()
            own.chmod(0o755)
            twin = (SCHEMA / "PER1.sql").read_text().replace("-- id: PER1", "-- id: MY_DNS")
            for name, text in {"wifi": WIFI, "dns": twin, "shadow": other(WIFI, ("BJ_WIFI", "PER1")), "key": other(WIFI, ("-- better: high", "-- better: more")),
                               "sql": other(twin, ("MY_DNS", "MY_BAD"), (", probe_no", ", probe_number")),
                               "zero": other(twin, ("MY_DNS", "MY_ZERO"), ("WHERE ", "WHERE 1 / (probe_no - probe_no) = 1 AND ")),
                               "write": other(twin, ("MY_DNS", "MY_WRITE"), ("sum(failed)", "(SELECT length(probe_forget(probe)::text) FROM probe LIMIT 1) + sum(failed)")),
                               # not of the role, which it sets back; nor of what a session keeps
                               "dare": other(twin, ("MY_DNS", "MY_DARE"), ("WHERE ", "WHERE length(query_to_xml(CASE WHEN set_config('role', 'none', true) <> '' THEN 'SELECT probe_forget(probe) FROM probe LIMIT 1' END, true, false, '')::text) > 0 AND ")),
                               "keep": other(twin, ("MY_DNS", "MY_KEEP"), ("WHERE ", "WHERE set_config('extra_float_digits', '-14', false) <> '' AND 1 / CASE current_setting('statement_timeout') WHEN '0' THEN 0 ELSE 1 END = 1 AND ")),
                               "read": other(twin, ("MY_DNS", "MY_READ"), ("sum(failed)", "(SELECT count(*) FROM probe_contact) + sum(failed)")),
                               "column": other(twin[:twin.index("SELECT day")], ("MY_DNS", "MY_ODD")) + "SELECT $1::date AS day, $2::date AS until\n"}.items():
                (own / f"{name}.sql").write_text(text)
            made.start()
            made.run("simulate", "--probes", "30", "--days", "40", "--seed", "3", "--from", "2024-03-01", "--rollups")
            made.run("rollup")
            yield made
            made.stop()
        finally:
            made.clean()


def test_what_is_faulty_is_named_and_left_out(c):
    log = c.log.read_text()
    for says in ("shadow.sql: id: there is a PER1 already; choose another", 'key.sql: line 6: better: "more" is not one of: low high -',
                 'sql.sql: its SELECT, from line 18 on: PostgreSQL: column "probe_number" does not exist', "write.sql: its SELECT, from line 18 on: PostgreSQL: permission denied for function probe_forget",
                 "read.sql: its SELECT, from line 18 on: PostgreSQL: permission denied for table probe_contact", "column.sql: its SELECT, from line 18 on: PostgreSQL: column g."):
        assert says in log, says
    listed = {row["indicator"]: row for row in json.loads(c.run("indicators", "list", "--format", "json"))}
    assert {"BJ_WIFI", "MY_DNS"} <= listed.keys() and not {"MY_BAD", "MY_ODD"} & listed.keys()
    assert listed["PER1"]["kind"] == listed["MY_DNS"]["kind"] == "measured"
    c.run("indicators", "explain", "MY_BAD", status=1)


def test_one_that_fails_on_what_was_measured_stops_no_other(c):
    """Said once, in the list as long as it lasts. One that writes fails, whoever it is; one that sets something has it for itself."""
    said = "SELECT indicator, year, why, found_at FROM indicator_fault ORDER BY indicator"
    fault = c.sql(said)
    assert [row[:2] for row in fault] == [("MY_DARE", 2024), ("MY_ZERO", 2024)]
    assert "in a read-only transaction" in fault[0][2] and "division by zero" in fault[1][2]
    c.sql("SELECT years_stale('asked', ARRAY[2024])")
    c.run("rollup")
    assert c.sql(said) == fault
    listed = {row["indicator"]: row for row in json.loads(c.run("indicators", "list", "--format", "json"))}
    assert "fails on what was measured in 2024" in listed["MY_ZERO"]["no_data_en"] and not listed["MY_ZERO"]["data"]


def test_a_measured_one_has_figures_as_any_other(c):
    rows = list(csv.DictReader(io.StringIO(c.run("indicators", "--year", "2024"))))
    figures = {name: {(r["statistic"], r["geo"], r["operator"], r["technology"], r["zone"]): r["value"] for r in rows if r["indicator"] == name}
               for name in ("PER1", "MY_DNS", "MY_KEEP")}
    assert figures["PER1"] == figures["MY_DNS"] == figures["MY_KEEP"] and figures["PER1"]["p50", "", "", "", ""]
    assert c.request("GET", "/api/v1/indicators?indicator=MY_DNS&year=2024").json()


def test_an_imported_one_takes_files(c, tmp_path):
    assert json.loads(c.run("indicators", "list", "--format", "json"))[6]["indicator"] == "AFF1"
    file = tmp_path / "wifi.csv"
    file.write_text("indicator,country,period,value,unit,source,retrieved\nBJ_WIFI,BJ,2024,12,count,Mairie,2025-01-31\n")
    c.run("import", "csv", file)
    page = c.request("GET", "/fr/").body.decode()
    assert "Bornes Wi-Fi publiques" in page and "sous .bj." in page
    assert "Hotspots that the commune keeps open to all under .bj." in c.run("indicators", "explain", "BJ_WIFI")


def test_what_a_command_reads_elsewhere_changes_nothing(c):
    """Neither another file of the same indicator, nor none at all, is what serve reads."""
    before = c.sql("SELECT * FROM indicator ORDER BY indicator")
    there, config = c.config.parent / "other", c.config
    (there / "indicators.d").mkdir(parents=True)
    (there / config.name).write_text(config.read_text())
    twin = (config.parent / "indicators.d/dns.sql").read_text()
    (there / "indicators.d/dns.sql").write_text(other(twin, ("-- method: ", "-- method: 9"), ("WHERE ", "WHERE false AND ")))
    try:
        c.config = there / config.name
        c.sql("SELECT years_stale('asked', ARRAY[2024])")
        c.run("rollup")
        assert c.sql("SELECT * FROM indicator ORDER BY indicator") == before
        assert c.sql("SELECT count(*) > 0 FROM indicator_value WHERE indicator = 'MY_DNS' AND value IS NOT NULL") == [(True,)]
    finally:
        c.config = config


def test_one_that_is_taken_away_is_retired(c):
    """Not one whose file is there, and faulty: neither here, where wifi.sql is gone and key.sql names the same. A year that failed is
    made again when its file says something else."""
    own = c.config.parent / "indicators.d"
    (own / "wifi.sql").unlink()
    (own / "dare.sql").unlink()
    (own / "zero.sql").write_text(other((own / "zero.sql").read_text(), ("WHERE 1 /", "WHERE 1 +")))
    for left, status in ("key", "proposed"), (None, "retired"):
        c.stop()
        c.start()
        c.run("rollup")
        assert c.sql("SELECT status, value FROM public_indicator WHERE indicator = 'BJ_WIFI'") == [(status, 12)]
        assert c.sql("SELECT count(*) FROM indicator_fault") == [(0,)]
        assert c.sql("SELECT indicator FROM indicator_own ORDER BY indicator") == [("MY_DNS",), ("MY_KEEP",), ("MY_ZERO",)]
        if left:
            (own / f"{left}.sql").unlink()
