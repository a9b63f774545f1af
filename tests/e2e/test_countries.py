"""Another chapter's edition: its data package is taken whole or not at all, stands beside our figures, and is never counted with them."""
import csv
import hashlib
import html
import io
import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import Collector, scratch
from test_report import Numbers

YEAR = "2024"
TABLE, PACKAGE = "indicators.csv", "datapackage.json"


def said(c, *words, status=0):
    done = subprocess.run(c.command(*words), capture_output=True, text=True, check=False, env=os.environ | c.env | {"PATH": "/nowhere"})
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def theirs():
    """What the chapter of Senegal hands on: the report of an imaginary country, from a collector of its own."""
    with scratch() as folder:
        c = Collector(folder, publication_floor="simulated", country="SN")
        c.start_idle()
        c.run("simulate", "--probes", "8", "--days", "20", "--seed", "3", "--from", f"{YEAR}-02-01", "--rollups")
        said(c, "report", "--year", YEAR, "--lang", "fr", "--out", folder / "sn")
        c.stop()
        yield folder / "sn"


@pytest.fixture(scope="module")
def ours():
    with scratch() as folder:
        c = Collector(folder, publication_floor="simulated")
        c.start_idle()
        c.run("simulate", "--country", "BJ", "--probes", "8", "--days", "24", "--seed", "7", "--from", "2023-12-20", "--rollups")
        said(c, "report", "--year", YEAR, "--lang", "fr", "--out", folder / "before")
        yield c
        c.stop()


def rows_of(folder):
    return list(csv.DictReader((folder / TABLE).open(encoding="utf-8")))


def kept(c):
    """All that was imported of others, octet by octet."""
    with c.database() as db:
        return [db.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall() for table in ("peer_edition", "peer_figure", "indicator_value", "import_replaced")]


def parcel(theirs, folder, change=None, table=None):
    """A copy of their package in a folder of its own, changed: change(package), and table(text); the hash and size are of what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    text = (theirs / TABLE).read_text(encoding="utf-8")
    text = table(text) if table else text
    (folder / TABLE).write_text(text, encoding="utf-8")
    package = json.loads((theirs / PACKAGE).read_text(encoding="utf-8"))
    package["resources"][0] |= {"hash": f"sha256:{hashlib.sha256(text.encode()).hexdigest()}", "bytes": len(text.encode())}
    if change:
        change(package)
    (folder / PACKAGE).write_text(json.dumps(package), encoding="utf-8")
    return folder


@pytest.mark.quick
def test_their_figures_stand_beside_ours_and_go_again(ours, theirs):
    nothing, rows = kept(ours), rows_of(theirs)
    told = said(ours, "import", "datapackage", theirs, "--by", "Aïcha")
    assert f"figures of SN in {YEAR} imported: {len(rows)}, of the edition of Internet Society Senegal Chapter" in told
    assert "the figures are provisional" in told and "imaginary country" in told
    assert "nothing is to be done" in said(ours, "import", "datapackage", theirs / PACKAGE)
    listed = next(csv.DictReader(said(ours, "import", "list", "--format", "csv").splitlines()))
    assert (listed["kind"], listed["sources"], listed["by"]) == ("datapackage", f"Internet Society Senegal Chapter {YEAR}", "Aïcha")
    with ours.database() as db:
        stored = db.execute("SELECT * FROM public_peer_figure").fetchall()
        names = [column.name for column in db.execute("SELECT * FROM public_peer_figure LIMIT 0").description]
        assert db.execute("SELECT country, year, version, simulated, licence FROM public_peer_edition").fetchall() == [("SN", int(YEAR), 0, True, "CC-BY-4.0")]
    assert {row["source"] for row in (dict(zip(names, row)) for row in stored)} == {"Internet Society Senegal Chapter"}
    plain = lambda v: "" if v is None else str(v).lower() if isinstance(v, bool) else f"{v:.10g}" if isinstance(v, float) else str(v)
    same = [name for name in names if name != "source"]
    theirs_told = sorted(tuple(row[name] for name in same) for row in rows)
    assert sorted(tuple(plain(value) for name, value in zip(names, row) if name != "source") for row in stored) == theirs_told
    # Another edition takes its place; the one before it is given back.
    first = kept(ours)
    again = parcel(theirs, ours.state.parent / "again", table=lambda text: text + "\n")
    assert "import 2" in said(ours, "import", "datapackage", again)
    assert "later ones took the place" in said(ours, "import", "undo", "1", status=1)
    said(ours, "import", "undo", "2")
    assert kept(ours) == first
    said(ours, "import", "undo", "1")
    # Of a later version, and then of an earlier one again, which is unusual.
    later = parcel(theirs, ours.state.parent / "later", table=lambda text: text.replace(",true,0,provisional", ",true,2,closed"))
    assert "provisional" not in said(ours, "import", "datapackage", later)
    assert "version 2 of this edition was imported before; this is version 0" in said(ours, "import", "datapackage", theirs, "--strict", status=1)
    with ours.database() as db:
        assert db.execute("SELECT version, count(*) FROM public_peer_figure WHERE edition = 'closed' GROUP BY 1").fetchall() == [(2, len(rows))]
    said(ours, "import", "undo", "3")
    assert kept(ours) == nothing


def test_no_figure_of_theirs_is_one_of_ours(ours, theirs):
    """Not in what is printed, ranked or sought, nor in our report."""
    before, after = ours.state.parent / "before", ours.state.parent / "after"
    ask = lambda: [said(ours, *words) for words in (("indicators", "--year", YEAR), ("indicators", "--year", YEAR, "--country", "SN"),
                                                    ("indicators", "goals", "--year", YEAR), ("indicators", "explain", "PER1", "--year", YEAR))]
    asked = ask()
    said(ours, "import", "datapackage", theirs)
    assert ask() == asked
    said(ours, "report", "--year", YEAR, "--lang", "fr", "--out", after)
    assert all((before / name).read_bytes() == (after / name).read_bytes() for name in ("report.html", TABLE, PACKAGE, "indicators.xlsx"))
    said(ours, "import", "undo", str(max(int(row["import"]) for row in csv.DictReader(said(ours, "import", "list", "--format", "csv").splitlines()))))


def line(text, number, old, new):
    lines = text.splitlines(keepends=True)
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new, 1)
    return "".join(lines)


HOSTILE = {
    "another hash": (lambda p: p["resources"][0].update(hash="sha256:" + 64 * "0"), None, "is not the file that the package was made of"),
    "a way out": (lambda p: p["resources"][0].update(path="../before/indicators.csv"), None, '"path" is "../before/indicators.csv": only a file beside the package is read'),
    "too large": (lambda p: p["resources"][0].update(bytes=1 << 40), None, '"bytes" is 1099511627776: a table has at most 64 MB'),
    "cut off": (None, lambda text: text[:-20], "line "),
    "ours": (lambda p: p["edition"].update(country="BJ"), lambda text: text.replace(",SN,", ",BJ,"), "edition: it is of BJ, this collector's own country"),
    "no pack": (lambda p: p["edition"].update(country="TG"), None, 'there is no country pack of "TG"; there are those of: BJ, ML, SN'),
    "no report": (lambda p: p.pop("edition"), None, '"edition" does not say of which country and year it is'),
    "an unknown indicator": (None, lambda text: line(text, 3, "PER1,", "PER77,"), 'indicators.csv: line 3: column indicator: "PER77" is no indicator here'),
    "an unknown statistic": (None, lambda text: line(text, 2, ",p50,", ",p51,"), 'indicators.csv: line 2: column statistic: "p51" is no statistic of PER1'),
    "another schema": (lambda p: p["resources"][0]["schema"]["fields"].pop(3), None, "schema: field 4 is"),
    "a line twice": (None, lambda text: text + text.splitlines(keepends=True)[1], "the same figure as line 2"),
    "below the floor": (None, lambda text: line(text, 2, ",off,", ",n<5,"), "the value is below the publication floor"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_package_that_does_not_hold_is_refused_whole(ours, theirs, what):
    change, table, message = HOSTILE[what]
    before, folder = kept(ours), parcel(theirs, ours.state.parent / "hostile", change, table)
    told = said(ours, "import", "datapackage", folder, status=1)
    assert message in told and f"{folder}/{PACKAGE}: " in told and "nothing of the file was imported" in told, told
    assert kept(ours) == before


def test_what_is_no_package_is_said(ours):
    empty = ours.state.parent / "empty"
    empty.mkdir()
    assert f"{empty}/{PACKAGE}" in said(ours, "import", "datapackage", empty, status=1)
    assert "Is a directory" in said(ours, "import", "csv", empty, status=1)


# ---- the documents ----

def written(c, folder, *words):
    """The document's text and the rows of its table; every number in it is of one of them."""
    out = c.state.parent / folder
    said(c, "report", *words, "--lang", "fr", "--out", out)
    assert {path.name for path in out.iterdir()} == {"report.html", TABLE, PACKAGE}
    text, rows = (out / "report.html").read_text(encoding="utf-8"), rows_of(out)
    numbers = Numbers(text)
    assert numbers.asks == [] and numbers.found
    assert all(rows[line - 2][column] == value for _, value, line, column in numbers.found)
    assert "edition" not in json.loads((out / PACKAGE).read_text(encoding="utf-8"))
    return text, rows


def lines_of(text, rows):
    """Of each row of a table with a number: its words, and the lines of the file that it shows."""
    for row in re.findall(r"<tr[^>]*>.*?</tr>", text, re.S):
        lines = [int(line) for line in re.findall(r'data-line="(\d+)"', row)]
        if lines:
            yield html.unescape(re.sub("<[^>]+>", " ", row)), [rows[line - 2] for line in lines]


def test_years_stand_side_by_side(ours):
    """A change is told where the database knows it from one of these years to the next, and none where the method changed."""
    with ours.database() as db:
        db.execute("UPDATE indicator_value SET method_version = method_version - 1 WHERE indicator = 'PER1' AND period = '2023'")
        db.execute("UPDATE indicator_change SET kind = 'lines', why = NULL, value_from = 10, value_to = 9, low = -2, high = -0.5, n_common = 7 "
                   "WHERE indicator = 'PER3' AND to_period = '2024' AND statistic = 'p50'")
    text, rows = written(ours, "years", "--compare", f"2023,{YEAR}")
    assert "d’une\u00a0année\u00a0à\u00a0l’autre" in text and "<p class=\"edition\">2023, 2024</p>" in text
    told = list(lines_of(text, rows))
    assert text.count("Chiffres provisoires\u00a0: l’année 202") == 2  # of each of them
    assert {row["period"] for words, shown in told if "De 2023" not in words for row in shown} == {"2023", YEAR}
    assert all(row["country"] == "BJ" and not row["geo"] and not row["operator"] for _, shown in told for row in shown)
    changes = {shown[0]["indicator"]: words for words, shown in told if words.strip().startswith("De 2023 à 2024")}
    assert "PER3" in changes and "progrès, et ce n’est pas le hasard" in changes["PER3"] and "−1,0" in changes["PER3"]
    assert all(row["change_from"] == "2023" and row["change_low"] for words, shown in told if "De 2023 à 2024" in words for row in shown)
    per1 = text[text.index('<span class="id">PER1</span>'):text.index('<span class="id">PER2</span>')]
    assert "la méthode a changé (version 6, puis 7)" in per1.replace("\u00a0", " ") and 'data-column="change"' not in per1 and "méthode 7" in per1
    assert "<figcaption" in text and 'id="PER1-bars' not in text and 'id="PER3-bars' in text
    for years in ("2024", "2024,2023", "2024,24", "2023,2023"):
        assert "is no list of years; write two to 8 of them" in said(ours, "report", "--compare", years, "--out", ours.state.parent / "no", status=2)


def mali_of(text):
    """Senegal's figures as those of a Mali that closed its year, resolves names by an older method, and has lines a hundred times as fast."""
    rows, out = list(csv.DictReader(io.StringIO(text))), io.StringIO()
    write = csv.DictWriter(out, rows[0], lineterminator="\n")
    write.writeheader()
    for row in rows:
        row |= {"country": "ML", "version": "2", "edition": "closed"}
        if row["indicator"] == "PER1":
            row["method_version"] = "6"
        if row["indicator"] == "PER5":
            row.update({c: str(round(100 * float(row[c]), 1)) for c in ("value", "low", "high") if row[c]})
        write.writerow(row)
    return out.getvalue()


def test_countries_stand_side_by_side(ours, theirs):
    """In the order that was asked for; of another method apart, and told apart only where intervals do not overlap."""
    mali = parcel(theirs, ours.state.parent / "mali", lambda p: p["edition"].update(country="ML"), mali_of)
    figures = ours.state.parent / "itu.csv"
    figures.write_text("indicator,country,period,value,unit,source,source_url,retrieved\n" + "".join(
        f"ACC1,{country},{year},{value},% of population,{by},https://example.org/itu,2024-11-02\n"
        for country, year, value, by in (("BJ", 2023, 34.25, "ITU"), ("SN", 2023, 61, "ITU"), ("ML", 2022, 33, "ITU"), ("BJ", 2024, 36, "ITU"), ("ML", 2023, 30, "Afrobarometer"))))
    before = {row["import"] for row in csv.DictReader(said(ours, "import", "list", "--format", "csv").splitlines())}
    for words in (("datapackage", theirs), ("datapackage", mali), ("csv", figures)):
        said(ours, "import", *words)
    text, rows = written(ours, "countries", "--countries", "SN,BJ,ML", "--year", YEAR)
    assert {(row["country"], row["source"]) for row in rows if row["kind"] == "measured"} == {
        ("BJ", "simulated"), ("SN", "Internet Society Senegal Chapter"), ("ML", "Internet Society Mali Chapter")}
    package = json.loads((ours.state.parent / "countries" / PACKAGE).read_text(encoding="utf-8"))
    assert {"title": "ITU", "path": "https://example.org/itu"} in package["sources"] and {"title": "Internet Society Mali Chapter"} in package["sources"]
    assert "chapitre sénégalais de l’Internet Society" in text and "CC-BY-4.0" in text and "simulé" in text
    states = {name: re.sub("<[^>]+>", " ", re.search(rf'<tr><th scope="row">{name}</th>.*?</tr>', text, re.S)[0]).replace("\u00a0", " ") for name in ("Sénégal", "Bénin", "Mali")}
    assert "Chiffres provisoires : l’année n’est pas close." in states["Sénégal"] and "Année close, version 2." in states["Mali"]
    assert f"Chiffres provisoires : l’année {YEAR} n’est pas encore close" in states["Bénin"]
    seen, verdicts = {}, set()
    for words, shown in lines_of(text, rows):
        row = shown[0]
        seen.setdefault((row["indicator"], row["kind"], row["source"] if row["kind"] == "imported" else "", row["period"]), []).append(row["country"])
        assert all(other == row for other in shown)
        if row["kind"] != "measured":
            continue
        ref = next(r for r in rows if r["country"] == "BJ" and all(r[c] == row[c] for c in ("indicator", "statistic", "period")) and r["kind"] == "measured"
                   and not any(r[c] for c in ("geo", "operator", "technology", "family", "zone")))
        apart = row["method_version"] != ref["method_version"]
        known = row["low"] and ref["low"] and not apart
        clear = known and (float(row["low"]) > float(ref["high"]) or float(row["high"]) < float(ref["low"]))
        says = next(what for what in ("référence", "au-delà du hasard", "se recouvrent", "sans intervalle", "méthode version") if what in words)
        assert says == ("référence" if row is ref else "méthode version" if apart else "sans intervalle" if not known else "au-delà du hasard" if clear else "se recouvrent"), (words, row)
        verdicts.add(says)
    assert verdicts == {"référence", "se recouvrent", "sans intervalle", "méthode version", "au-delà du hasard"}
    assert seen["PER1", "measured", "", YEAR] == seen["PER5", "measured", "", YEAR] == ["SN", "BJ", "ML"]
    assert seen["ACC1", "imported", "ITU", "2023"] == ["SN", "BJ"] and ("ACC1", "imported", "ITU", YEAR) not in seen  # of one source and one year
    assert not any(key[2] == "Afrobarometer" for key in seen)
    assert 'id="PER5-countries' in text
    assert '"edition" does not say of which country' in said(ours, "import", "datapackage", ours.state.parent / "countries", status=1)
    for run in sorted({int(row["import"]) for row in csv.DictReader(said(ours, "import", "list", "--format", "csv").splitlines()) if row["import"] not in before}, reverse=True):
        said(ours, "import", "undo", str(run))
    for countries in ("BJ", "BJ,TG", "BJ,BJ", "BJ;SN"):
        assert "is no list of countries with a pack; write two or more of: BJ, ML, SN" in said(
            ours, "report", "--countries", countries, "--year", YEAR, "--out", ours.state.parent / "no", status=2)
    assert "--year is missing" in said(ours, "report", "--countries", "BJ,SN", "--out", ours.state.parent / "no", status=2)


def test_nobody_else_was_imported(ours):
    said(ours, "report", "--countries", "BJ,SN", "--year", YEAR, "--lang", "en", "--out", ours.state.parent / "alone")
    text = (ours.state.parent / "alone" / "report.html").read_text(encoding="utf-8")
    assert "No edition of this country was imported for this year" in text and "No figure speaks of two of these countries" in text
