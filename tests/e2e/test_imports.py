"""Files that somebody imports: whose they are, whole or not at all, and back again. One collector for all of them."""
import csv
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess

import pytest
from conftest import Collector, scratch

# Figures that stand in public documents, in the layouts in which they are published (README there).
SOURCES = pathlib.Path(__file__).with_name("sources")
HEADER = "indicator,country,zone,period,value,unit,source,source_url,retrieved,margin\n"


def dump(c):
    """All that imports fill, octet by octet."""
    tables = [table for table, in c.sql("SELECT unnest(import_tables())")]
    assert {"indicator_value", "plan_price", "market_part", "economy", "event", "vrp"} <= set(tables)
    return c.sql(" UNION ALL ".join(f"SELECT '{table}', v::text FROM {table} v" for table in tables) + " ORDER BY 1, 2")


@pytest.fixture(scope="module")
def c():
    with scratch() as folder:
        collector = Collector(folder)
        try:
            yield collector.start_idle()
            collector.stop()
        finally:
            collector.clean()


@pytest.fixture
def file(tmp_path):
    def write(*lines, name="figures.csv", header=HEADER):
        path = tmp_path / name
        path.write_text(header + "".join(f"{line}\n" for line in lines))
        return path
    return write


def figure(period, value, zone="", source="INStaD"):
    return f"ACC1,BJ,{zone},{period},{value},% of population,{source},https://instad.bj/,2026-01-31,"


def said(c, *words, status=0):
    """All that a command said, on both ways."""
    done = subprocess.run(c.command(*words), capture_output=True, text=True, timeout=120, env=os.environ | c.env)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def runs(c):
    return json.loads(c.run("import", "list", "--format", "json"))


def test_what_is_imported_is_known_and_goes_again(c, file):
    before = dump(c)
    path = file(figure(2019, 30.5), figure(2020, 33))
    assert "this is import 1; to take it back: import undo 1" in said(c, "import", "csv", path, "--by", "Aïcha Bio")
    first = dump(c)
    assert c.sql("SELECT period, run FROM indicator_value WHERE run IS NOT NULL ORDER BY 1") == [("2019", 1), ("2020", 1)]
    known, = runs(c)
    assert known["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() and known["octets"] == path.stat().st_size
    assert {name: known[name] for name in ("import", "kind", "file", "lines", "entries", "sources", "by", "state", "undone_by")} == {
        "import": 1, "kind": "csv", "file": "figures.csv", "lines": 3, "entries": 2, "sources": "INStaD", "by": "Aïcha Bio",
        "state": "stands", "undone_by": None}
    # The same file says so, and does nothing.
    assert "the very file of import 1" in said(c, "import", "csv", path) and len(runs(c)) == 1 and dump(c) == first
    # A later one stands on it, and goes first.
    said(c, "import", "csv", file(figure(2020, 34), figure(2021, 35, source="ITU")))
    assert "import 1 is not taken back: later ones took the place of what it brought: 2;" in said(c, "import", "undo", "1", status=1)
    c.run("import", "undo", "2")
    assert dump(c) == first
    c.run("import", "undo", "1", "--by", "Bio")
    assert dump(c) == before
    assert "taken back already" in said(c, "import", "undo", "1", status=1)
    assert "there is no import 99" in said(c, "import", "undo", "99", status=1)
    assert [(r["import"], r["state"], r["undone_by"]) for r in runs(c)][-1] == (1, "undone", "Bio")
    sheet = list(csv.DictReader(io.StringIO(c.run("import", "list", "--format", "csv"))))
    assert [row["import"] for row in sheet] == ["2", "1"]
    # What was taken back can be brought again.
    assert "this is import 3" in said(c, "import", "csv", path)
    c.run("import", "undo", "3")


def test_two_at_once_do_not_mix(c, file):
    """Same keys, in opposite orders: one of the two stands whole, on what the other brought whole."""
    keys = [f"{year}-{month:02}" for year in range(1995, 2020) for month in range(1, 13)]
    paths = [file(*(figure(key, value) for key in order), name=f"{value}.csv") for value, order in ((11, keys), (22, keys[::-1]))]
    begun = [subprocess.Popen(c.command("import", "csv", path), env=os.environ | c.env, stderr=subprocess.PIPE) for path in paths]
    assert [(one.communicate(timeout=120), one.returncode)[1] for one in begun] == [0, 0]
    last, earlier = runs(c)[:2]
    assert c.sql("SELECT run, value, count(*) FROM indicator_value WHERE run IS NOT NULL GROUP BY 1, 2") == [
        (last["import"], float(last["file"][:2]), len(keys))]
    assert c.sql("SELECT earlier, (was->>'value')::float, count(*) FROM import_replaced GROUP BY 1, 2") == [
        (earlier["import"], float(earlier["file"][:2]), len(keys))]
    for run in (last, earlier):
        c.run("import", "undo", str(run["import"]))
    assert c.sql("SELECT count(*) FROM indicator_value WHERE run IS NOT NULL") == [(0,)]


def test_prefixes_have_a_run_as_well(c, file):
    before = dump(c)
    said(c, "import", "pfx2as", file("192.0.2.0\t24\t64500", header="", name="pfx2as"))
    said(c, "import", "carrier-nat", file("192.0.2.0/24", header="", name="nat"))
    nat, origins = runs(c)[:2]
    assert (origins["kind"], origins["sources"], origins["entries"]) == ("pfx2as", "pfx2as IPv4", 1)
    assert (nat["kind"], nat["lines"], nat["state"]) == ("carrier-nat", 1, "stands")
    assert c.sql("SELECT run FROM prefix_origin WHERE source = 'pfx2as'") == [(origins["import"],)]
    said(c, "import", "vrp", file('{"roas":[{"asn":"AS64500","prefix":"192.0.2.0/24","maxLength":24,"ta":"x"}]}', header="", name="vrp.json"))
    assert c.sql("SELECT route_state('192.0.2.0/24', 64500), route_state('192.0.2.0/25', 64500)") == [("valid", "invalid")]
    c.run("import", "undo", str(runs(c)[0]["import"]))
    assert c.sql("SELECT count(*) FROM vrp") == [(0,)]
    c.run("import", "carrier-nat", "--undo")
    c.run("import", "undo", str(origins["import"]))
    assert dump(c) == before and {r["state"] for r in runs(c)} == {"undone"}


def test_what_figures_are_calculated_from(c, file):
    """Tariffs, incomes and market shares: figures of our own beside imported ones, with what they are made of, and gone with it."""
    before = dump(c)
    mtn, moov = "MTN Bénin (Spacetel)", "Moov Africa Bénin"
    terms = "4g,prepaid,{},XOF,2,30,no,{},ARCEP,https://x.example/,2026-01-31"
    c.run("import", "csv", file("AFF1,BJ,,2025,2.5,% of GNI per capita,UIT,https://itu.int/,2026-01-31,", name="itu.csv"))
    c.run("import", "plans", file(f"m,BJ,{mtn}," + terms.format(1000, "2024-01-01"), f"m,BJ,{mtn}," + terms.format(1100, "2025-01-01"),
                                  f"n,BJ,{moov.lower()}," + terms.format(1400, "2025-01-01"),
                                  header="plan,country,operator,technology,segment,price,currency,volume_gb,validity_days,promotion,valid_from,"
                                         "source,source_url,retrieved\n"))
    money = "country,period,series,value,currency,source,retrieved\n"
    c.run("import", "economy", file("BJ,2025,gni_per_capita,840000,XOF,WB,2026-01-31", "BJ,2025,cpi,112.2,,WB,2026-01-31", "BJ,2024,cpi,110,,WB,2026-01-31",
                                    "BJ,2025,minimum_wage_hour,300,XOF,JO,2026-01-31", header=money))
    market = "country,technology,operator,period,share,source,retrieved\n"
    assert "line 2: the shares of mobile in BJ, 2025, after ARCEP, come to 90 and not to 100" in said(
        c, "import", "market", file(f"BJ,mobile,{mtn},2025,50,ARCEP,2026-01-31", f"BJ,mobile,{moov},2025,40,ARCEP,2026-01-31", header=market), status=1)
    c.run("import", "market", file(f"BJ,mobile,{mtn},2025,40,ARCEP,2026-01-31", f"BJ,mobile,{moov},2025,60,ARCEP,2026-01-31", header=market))
    less = file(f"BJ,mobile,{mtn},2025,100,ARCEP,2026-01-31", header=market, name="less.csv")
    assert f"line 2: {moov} was part of the market (mobile, 2025) in an earlier import" in said(c, "import", "market", less, "--strict", status=1)
    told = c.run("indicators", "--year", "2025", "--format", "json")
    figures = {(f["indicator"], f["operator"], f["technology"]): f for f in json.loads(told) if f["kind"] == "calculated"}
    # 1100 and 1400 of 70 000 a month; 1.1 over 1.02; 40² + 60².
    assert {key: f["value"] for key, f in figures.items()} == {
        ("AFF1", None, None): 1.57, ("AFF1", mtn, None): 1.57, ("AFF1", moov, None): 2, ("AFF2", None, "mobile"): 2, ("AFF2", mtn, "mobile"): 1.57,
        ("AFF2", moov, "mobile"): 2, ("AFF3", None, None): 10, ("AFF3", mtn, None): 10, ("AFF3_REAL", None, None): 7.8, ("AFF3_REAL", mtn, None): 7.8,
        ("ECO8", None, "mobile"): 5200}
    best = figures["AFF1", None, None]
    assert (best["source"], best["n_samples"], best["low"], best["speaks_of"], best["retrieved"]) == ("calculated", 2, None, None, "2026-01-31")
    assert best["note"] == "price: 1100 XOF, 3.7 hours of minimum wage; plan: " + mtn + ", m; sources: ARCEP 2026-01-31, JO 2026-01-31, WB 2026-01-31"
    table = c.run("indicators", "--year", "2025", "--format", "table")
    assert "calculated from imported data" in table and " ITU " in table
    assert re.search(r"^ECO8 .* mobile  +5,200 .*  calculated from imported data", table, re.M) and not re.search("^ECO8 .*calculated for want", table, re.M)
    assert re.search(r"ECO8(.|\n){1,300}There is no figure of the whole country", c.request("GET", "/en/").body.decode())
    explained = c.run("indicators", "explain", "AFF2", "--year", "2025")
    assert f"2025 tariff: {mtn}, m: 1100 XOF, 2 GB, 30 d; ARCEP, retrieved 2026-01-31, import" in explained
    assert "2026 gni_per_capita: missing" in c.run("indicators", "explain", "AFF1", "--year", "2026")
    assert "calculated for want of: GNI per capita, market shares." in c.run("indicators", "--year", "2026", "--format", "table")
    verified = c.run("indicators", "verify", "--year", "2025")
    assert f"published figures: {len(figures)}; equal: {len(figures)}" in verified
    for run in runs(c)[:4]:
        c.run("import", "undo", str(run["import"]))
    c.run("indicators", "--year", "2025")
    assert dump(c) == before


WRONG = [  # lines, and what is said of them that no file says of itself
    ([figure(2019, 1), figure(2019, 1)], "line 3: the same figure as line 2 (all columns of its key are equal); keep one"),
    ([figure(2019, 1), figure(2018, 1), figure(2019, 1.5)], "line 4: the same figure as line 2 (all columns of its key are equal) with "
     "another value, 1 there and 1.5 here"),
    (["ACC1,BJ,,2018,1,% of population,INStaD,,2020-01-31,,MTN"], 'line 2: column operator: "MTN" is no known operator of BJ; nearest: '
     "MTN Bénin (Spacetel), "),
]


@pytest.mark.parametrize("lines, says", WRONG)
def test_nothing_of_a_wrong_file_is_imported(c, file, lines, says):
    before, known = dump(c), runs(c)
    wide = lines[0].count(",") == HEADER.count(",") + 1
    path = file(*lines, header=HEADER[:-1] + ",operator\n" if wide else HEADER)
    assert f"{path}: {says}" in said(c, "import", "csv", path, status=1)
    assert dump(c) == before and runs(c) == known


def test_what_is_unusual_is_told_and_a_strict_import_refuses_it(c, file):
    c.run("import", "csv", file(figure(2010, 10)))
    path = file(figure(2011, 15.1), figure(2012, 7.5), figure(2011, 3, zone="urban", source=" instad "), figure(1990, 0), name="odd.csv")
    path.write_text(path.read_text().replace("7.5,% of population,INStaD,https://instad.bj/", "7.5,% of population,INStaD,"))
    before = dump(c)
    told = [f"{path}: line 2: 2010 it was 10, here 15.1: more than half of it away", f"{path}: line 3: 2011 it was 15.1, here 7.5",
            f'{path}: line 4: the source "instad" is written "INStaD" elsewhere', f"{path}: line 3: without source_url",
            f"{path}: line 5: of a year before 1992"]
    strictly = said(c, "import", "csv", path, "--strict", status=1)
    assert [t for t in told if t not in strictly] == [] and "5 warnings, and --strict takes none" in strictly
    assert dump(c) == before
    gently = said(c, "import", "csv", path)
    assert [t for t in told if t not in gently] == []
    assert "made without this --strict; take it back first" in said(c, "import", "csv", path, "--strict", status=1)
    for run in runs(c)[:2]:
        c.run("import", "undo", str(run["import"]))


def year(c, at, *words):
    return list(csv.DictReader(io.StringIO(c.run("indicators", "--year", str(at), "--format", "csv", *words))))


def test_the_world_banks_files_are_taken_as_they_are_published(c, file):
    """All countries of a series, and an extract that does not say of when it is. What is empty is no zero."""
    before, path = dump(c), SOURCES / "worldbank_users.csv"
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()[4:]))
    wanted = {(line[1][:2], when): float(value) for line in lines[1:] if line[1] in ("BEN", "BFA")
              for when, value in zip(lines[0], line) if when.isdigit() and value}
    told = said(c, "import", "worldbank", path)
    assert f"figures of the World Bank imported: {len(wanted)}" in told and "that are not ours: 2;" in told
    assert {({"BJ": "BE"}.get(country, country), when): value for country, when, value in
            c.sql("SELECT country, period, value FROM indicator_value WHERE run IS NOT NULL")} == wanted
    # A later file takes a year back; one from before it does not.
    last = str(max(int(when) for country, when in wanted if country == "BE"))
    gone = path.read_text(encoding="utf-8-sig").replace(f'"{wanted["BE", last]}","",\n', '"","",\n')
    assert gone.count('"","",\n') == 1 + path.read_text().count('"","",\n')
    for day, withdrawn in ("2018-05-01", False), ("2018-06-01", True):
        later = file(name="later.csv", header=gone.replace("2018-05-02", day))
        assert ("are given no more, taken away: 1" in said(c, "import", "worldbank", later)) == withdrawn
        assert (c.sql(f"SELECT count(*) FROM indicator_value WHERE (country, period) = ('BJ', '{last}')") == [(0,)]) == withdrawn
        c.run("import", "undo", str(runs(c)[0]["import"]))
    mine, beside = sorted(year(c, 2016), key=lambda row: row["country"], reverse=True)
    assert (mine["country"], beside["country"]) == ("BJ", "BF") and float(beside["value"]) == 13.96
    assert {name: mine[name] for name in ("indicator", "value", "source", "method", "retrieved", "source_url")} == {
        "indicator": "ACC1", "value": "11.994047908223", "source": "World Bank", "retrieved": "2018-05-02",
        "method": "IT.NET.USER.ZS, World Development Indicators",
        "source_url": "https://data.worldbank.org/indicator/IT.NET.USER.ZS?locations=BJ"}
    extract = SOURCES / "worldbank_benin.csv"
    assert f"{extract}: the file does not say when it was published" in said(c, "import", "worldbank", extract, status=1)
    told = said(c, "import", "worldbank", extract, "--retrieved", "2021-05-31", "--by", "Bio")
    assert "IT.CEL.SETS: counts mobile lines" in told and "imported: 23" in told
    assert "nothing is to be done" in said(c, "import", "worldbank", extract, "--retrieved", "2021-05-31")
    assert "made without this --retrieved; take it back first: import undo" in said(c, "import", "worldbank", extract, "--retrieved", "2021-06-01", status=1)
    assert [(row["indicator"], row["value"]) for row in year(c, 2019)] == [("EQU3", "41.529239654541")]
    for run in [run for run in runs(c) if run["state"] == "stands"]:
        c.run("import", "undo", str(run["import"]))
    assert dump(c) == before


def table(c, at, locale):
    """The rows of a year for people, blanks between columns made one bar."""
    told = subprocess.run(c.command("indicators", "--year", str(at), "--format", "table"), capture_output=True, text=True, check=True,
                          timeout=120, env=os.environ | c.env | {"LC_ALL": locale}).stdout
    return [re.sub(r" {2,}", " | ", line.strip()) for line in told.splitlines()]


def test_sources_stand_side_by_side_in_both_languages(c):
    before = dump(c)
    said(c, "import", "worldbank", SOURCES / "worldbank_users.csv")
    said(c, "import", "csv", SOURCES / "regulator.csv")
    told = said(c, "import", "csv", SOURCES / "survey.csv")
    assert "survey.csv: line 5, and 1 more: a survey without the visa" in told
    english, french = table(c, 2007, "en_US.UTF-8"), table(c, 2007, "fr_FR.UTF-8")
    for row in ("ACC1 | Individuals using the Internet | women, 16+ | 5.3 | % of population | - | Research ICT Africa | 2007",
                "ACC1 | Individuals using the Internet | - | 1.8 | % of population | - | World Bank | 2007"):
        assert row in english
    for row in ("ACC1 | Part d’internautes | femmes, 16+ | 5,3 | % de la population | - | Research ICT Africa | 2007",
                "ACC1 | Part d’internautes | - | 1,8 | % de la population | - | Banque mondiale | 2007"):
        assert row in french
    said(c, "indicators", "--year", "2007", "--country", "FR", status=2)
    beside = said(c, "indicators", "--year", "2016", "--country", "BF", "--format", "table")
    assert "13.96" not in beside and re.search("ACC1 .* 14.0 .* World Bank", beside) and "No data" not in beside
    assert {row["country"] for row in year(c, 2016, "--country", "BJ")} == {"BJ"}
    assert "ACC3 | Abonnements à l’Internet mobile | Moov Africa Bénin | 18,4 | pour 100 habitants | - | ARCEP Bénin | 2025-Q3" in table(
        c, 2025, "fr_FR.UTF-8")
    told = table(c, 2024, "fr_FR.UTF-8")
    assert "ACC1 | Part d’internautes | rural, femmes, 15+ | 17,6 | % de la population | 14,5 – 20,7 | ISOC Bénin * | 2024" in told
    assert "USE2 | Freins à l’usage | rural, 15+, le prix | 38,5 | % des non-utilisateurs | 34,4 – 42,6 | ISOC Bénin | 2024" in told
    assert any(line.startswith("* une enquête sans le visa") for line in told)
    rows = year(c, 2024)
    assert {(row["item"], row["visa"], row["admitted"]) for row in rows} == {
        ("", "", "false"), ("price", "INStaD 12/2024", "true"), ("skills", "INStaD 12/2024", "true")}
    survey = runs(c)[0]["import"]
    assert "--why TEXT" in said(c, "import", "admit", str(survey), status=2)
    said(c, "import", "admit", str(survey), "--by", "Bio", "--why", "made before there were visas")
    assert {row["admitted"] for row in year(c, 2024)} == {"true"} and runs(c)[0]["admitted_by"] == "Bio"
    for run in runs(c)[:3]:
        c.run("import", "undo", str(run["import"]))
    assert dump(c) == before


def test_events_stand_beside_figures(c, file):
    before = dump(c)
    header = "country,date,geo,kind,title_fr,title_en,source,source_url,retrieved\n"
    lines = ["BJ,2022-10-24,,licence,Celtiis ouvre son réseau mobile,Celtiis opens its mobile network,ARCEP,https://arcep.bj/,2026-01-31",
             "BJ,2024-03-14,BJ-LI,cable,Quatre câbles coupés,Four cables cut,NetBlocks,https://netblocks.org/,2026-01-31"]
    assert "line 2: column geo: BJ-XX is no department of BJ" in said(
        c, "import", "events", file(lines[0].replace("24,,", "24,BJ-XX,"), header=header), status=1)
    assert "events imported: 2" in said(c, "import", "events", file(*lines, header=header))
    response = c.request("GET", "/api/v1/events?country=BJ&year=2024")
    told, = json.loads(response.body)
    assert {name: told[name] for name in ("date", "place", "kind", "title_fr", "source")} == {
        "date": "2024-03-14", "place": "Littoral", "kind": "cable", "title_fr": "Quatre câbles coupés", "source": "NetBlocks"}
    c.run("import", "undo", str(runs(c)[0]["import"]))
    assert json.loads(c.request("GET", "/api/v1/events").body) == [] and dump(c) == before
