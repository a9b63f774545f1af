"""Another chapter's edition: its data package is taken whole or not at all, stands beside our figures, and is never counted with them."""
import csv
import hashlib
import json
import os
import shutil
import subprocess

import pytest

from conftest import Collector, scratch

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
        c.run("simulate", "--country", "BJ", "--probes", "8", "--days", "20", "--seed", "7", "--from", f"{YEAR}-02-01", "--rollups")
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
