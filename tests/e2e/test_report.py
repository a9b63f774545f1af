"""The yearly report: each of its numbers stands in indicators.csv and is what everybody is told, and what is missing is said."""
import csv
import html
import html.parser
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree
import zipfile

import openpyxl
import pytest

import judges
from conftest import BUILD, Collector, scratch

YEAR = "2024"
LANGUAGES = ("fr", "en")


class Numbers(html.parser.HTMLParser):
    """Every <data>: what it says, of which line and column; and what the document would ask others for."""

    def __init__(self, text):
        super().__init__()
        self.found, self.asks, self.open, self.inside = [], [], [], None
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)
        self.asks += [of[name] for name in ("src", "data", "xlink:href") if of.get(name) and not of[name].startswith("data:image/")]
        if tag == "data":
            self.inside = (of["value"], int(of["data-line"]), of.get("data-column", "value"))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "data":
            self.inside = None

    def handle_data(self, data):
        if self.inside:
            self.found.append((data, *self.inside))


@pytest.fixture(scope="module")
def year():
    """A small imaginary country of which nothing is hidden, and what others say of Benin and a neighbour."""
    with scratch() as folder:
        c = Collector(folder, publication_floor="simulated")
        c.start_idle()
        c.run("simulate", "--country", "BJ", "--probes", "8", "--days", "40", "--seed", "7", "--from", f"{YEAR}-02-01", "--rollups")
        path = c.state.parent / "figures.csv"
        path.write_text("indicator,country,period,sex,value,margin,visa,unit,source,source_url,retrieved\n"
                        + "".join(f"ACC1,{country},{period},{sex},{value},{margin},% of population,ITU,https://example.org/itu,2024-11-02\n" for country, period, sex, value, margin in (
                            ("BJ", 2021, "", 33.5, ","), ("BJ", 2023, "", 34.25, ","), ("TG", 2023, "", 41.1, ","), ("BJ", 2023, "female", 28, "2,INStaD 1"), ("BJ", 2023, "male", 40.5, "2,INStaD 1")))
                        + "".join(f"ACC2,{country},{period},,{value},,,% of households,ITU,https://example.org/itu,2024-11-02\n" for country, period, value in (
                            ("BJ", 2020, 9.5), ("BJ", 2021, 11.25), ("BJ", 2023, 14), ("TG", 2021, 20.5))))
        c.run("import", "csv", path)
        chapters = c.config.parent / "chapters" / YEAR / "fr"
        chapters.mkdir(parents=True)
        (chapters / "10-preface.md").write_text("# Préface\n\n{{PER1}} ms; {{ACC1.femmes.2023}} %; {{ACC1.TG}}; {{PER1.p95.Littoral}}; {{PER1.MTN}}; "
                                                "{{PER55.p50}}.\n\n## Vu\n\n{{picture PER1 operators}}\n\n![Un rond](rond.svg)\n")
        (chapters / "rond.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>')
        yield c
        c.stop()


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def chunks(png):
    """What a PNG is made of: (kind, bytes)."""
    at = 8
    while at < len(png):
        length, = struct.unpack(">I", png[at:at + 4])
        yield png[at + 4:at + 8], png[at + 8:at + 8 + length]
        at += 12 + length


PDF, PNG = "weasyprint", "rsvg-convert"
MISSING = {PDF: "no PDF: WeasyPrint is not installed (Debian's package weasyprint)", PNG: "no PNG: rsvg-convert is not installed (Debian's package librsvg2-bin)"}


def written(c, folder, lang, when=YEAR, tools=()):
    """The folder with the report in it; tools: the other people's programs that are there for it, each of which takes its time."""
    out, path = c.state.parent / folder, c.state.parent / f"{folder}.bin"
    path.mkdir()
    for tool in tools:
        (path / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run(c.command("report", "--year", when, "--lang", lang, "--out", out), capture_output=True, text=True, check=True,
                          env=os.environ | c.env | {"PATH": str(path)})
    pictures = {p.stem for p in out.glob("figures/*.svg")}
    assert {tool: done.stderr.count(said) for tool, said in MISSING.items()} == {PDF: PDF not in tools, PNG: PNG not in tools and pictures != set()}, done.stderr
    assert {p.stem for p in out.glob("figures/*.png")} == (pictures if PNG in tools else set())
    assert set(done.stdout.split()) == {str(path) for path in files(out)}
    assert {path.name for path in out.iterdir()} - {"figures"} == {"report.html", "indicators.csv", "indicators.xlsx", "datapackage.json"} | ({"report.pdf"} if PDF in tools else set())
    return out


@pytest.fixture(scope="module")
def reports(year):
    """In each language."""
    return {lang: written(year, lang, lang, tools=(PDF, PNG) if lang == "fr" else ()) for lang in LANGUAGES}


def shown(value, lang, decimals):
    text = f"{float(value):,.{decimals}f}"
    return text.translate(str.maketrans({",": "\u202f", ".": ","})) if lang == "fr" else text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_has_its_line(year, reports, lang):
    """As it is written in the language; and the file is what `indicators` prints, year by year."""
    out = reports[lang]
    rows = list(csv.DictReader((out / "indicators.csv").open(encoding="utf-8")))
    printed = [row for y in ("2020", "2021", "2023", YEAR) for row in csv.DictReader(year.run("indicators", "--year", y).splitlines())]
    key = lambda row: tuple(sorted(row.items()))
    assert sorted(map(key, rows)) == sorted(key(row) for row in printed if row["country"] in ("BJ", "TG"))
    numbers = Numbers((out / "report.html").read_text(encoding="utf-8"))
    assert numbers.asks == [] and len(numbers.found) > 100
    decimals = {path.stem: int(re.search(r"^-- decimals: (\d)", path.read_text(encoding="utf-8"), re.M)[1])
                for path in (pathlib.Path(__file__).parents[2] / "schema/indicators").glob("*.sql")}
    for text, value, line, column in numbers.found:
        row = rows[line - 2]
        assert row[column] == value and text == shown(value, lang, 0 if column.startswith("n_") else decimals[row["indicator"]]), (text, value, row)
    told = {(rows[line - 2]["indicator"], rows[line - 2]["country"], rows[line - 2]["sex"], column) for _, _, line, column in numbers.found}
    assert {("ACC1", "BJ", "", "value"), ("ACC1", "BJ", "female", "value"), ("ACC1", "TG", "", "value"), ("PER1", "BJ", "", "value")} <= told
    # An index is not told without what it failed at: in its own place as a grid, elsewhere behind it.
    document = (out / "report.html").read_text(encoding="utf-8")
    place = re.search(r'<article id="PER10">.*?</article>', document, re.S)[0]
    lines = lambda text: [rows[int(n) - 2] for n in re.findall(r'(?:<tr[^>]*><th|<p class="big">)(?:(?!</tr>|</p>).)*?data-line="(\d+)"', text)]
    signs = {"download": "↓", "upload": "↑", "latency": "L", "loss": "P"}
    uses = ("web browsing", "video streaming", "audio streaming", "video conferencing", "online backup", "gaming")
    grid = [re.findall(r"<td>(.*?)</td>", line) for table in re.findall(r'<table class="grid">.*?</table>', place, re.S) for line in re.findall(r"<tr>.*?</tr>", table)[1:]]
    failed = [dict(use.partition(": ")[::2] for use in row["note"].removeprefix("failed: ").split("; ")) for row in lines(place)]
    assert len(grid) > 4 and [[re.sub("<[^>]*>", "", cell) for cell in line] for line in grid] == [
        [" ".join(signs[measure] for measure in of[use].split(", ")) if use in of else "✓" for use in uses] for of in failed]
    words = "Exigences qui ne sont pas tenues\u00a0: " if lang == "fr" else "Requirements that are not met: "
    elsewhere = document.replace(place, "")
    assert elsewhere.count(words) == len([row for row in lines(elsewhere) if row["indicator"] == "PER10" and row["note"] != "failed: none"]) > 4


def test_says_where_it_comes_from(reports):
    text = (reports["fr"] / "report.html").read_text(encoding="utf-8")
    for words in ("Selon l’UIT, ", "Chiffres provisoires", "Données simulées", "Femmes et hommes", ">IPv4<", "Togo", "La méthode", "CC BY 4.0"):
        assert words in text, words
    assert text.count('utilise Internet. <span class="badge">2023</span>') == 1 and '<p class="from">UIT, 2023</p>' in text  # not passed off as this year's
    assert "Chiffres provisoires\u00a0: " in text and not re.search("[\\w»] [;!?](?:[\\s<]|$)", re.sub("(?s)<style>.*?</style>", "", text))
    places = re.findall(r' id="([^"]+)"', text)
    assert len(places) == len(set(places)) and set(re.findall(r' href="#([^"]+)"', text)) <= set(places)
    assert {"PER1", "def-PER1", "def-ACC1"} <= set(places) and text.count("Part des personnes qui ont utilisé Internet") == 1
    # An older value of the same source is history, and no figure of the year.
    assert text.count('value="33.5"') == len(re.findall('La même source donnait <data value="33.5"[^>]*>33,5</data> pour 2021', text)) > 0


@pytest.mark.parametrize("kind, column", (("departments", "geo"), ("operators", "operator")))
def test_a_sheet_tells_of_its_part_beside_the_whole(reports, kind, column):
    rows = list(csv.DictReader((reports["en"] / "indicators.csv").open(encoding="utf-8")))
    text = (reports["en"] / "report.html").read_text(encoding="utf-8")
    section = re.search(rf'<section id="{kind}">.*?</section>', text, re.S)[0]
    cuts = ("geo", "operator", "technology", "family", "zone", "sex", "age_group", "plan", "item")
    of = {}
    for sheet in re.split('<div class="portrait(?: long)?" id="', section)[1:]:
        for line in re.findall(r"<tr><th.*?</tr>", sheet.split("</table>")[0])[1:]:
            here, *_, whole = (rows[int(n) - 2] for n in re.findall(r'data-line="(\d+)"(?: data-column="\w+")?>', line))
            assert [here[c] for c in cuts if c != column] == [""] * 8 and {here[c] for c in cuts} - {""} == {here[column]}
            assert [whole[c] for c in cuts] == [""] * 9 and all(here[c] == whole[c] for c in ("indicator", "statistic", "source", "period", "country"))
            of.setdefault(here[column], []).append(here["indicator"])
    main = {(row[column], row["indicator"]) for row in rows if row["country"] == "BJ" and row["period"] == YEAR and row["kind"] == "measured" and row["value"]
            and row[column] and not any(row[c] for c in cuts if c != column)}
    assert of and {(part, i) for part, names in of.items() for i in names} == main


def test_women_stand_beside_men(reports):
    text = (reports["fr"] / "report.html").read_text(encoding="utf-8")
    section = re.search(r'<section id="women">.*?</section>', text, re.S)[0]
    assert re.search(r"Part d’internautes.*28,0</data>.*40,5</data>", section) and "<caption>UIT, 2023</caption>" in section and "USE5" not in section and "USE1" in section
    assert re.findall(r'<small><data value="([\d.]+)" [^>]*"low">[^<]*</data> – <data value="([\d.]+)"', section) == [("26", "30"), ("38.5", "42.5")]  # of both


def test_same_data_same_bytes(year, reports):
    """In another folder and time zone, 400 days later; and a picture drawn again somewhere else."""
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Pacific/Auckland")
        elsewhere.setenv("LD_PRELOAD", f"{BUILD}/tests/net/wrong_clock.so")
        elsewhere.setenv("WRONG_CLOCK", str(400 * 86400))
        elsewhere.setenv("ASAN_OPTIONS", os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
        again = written(year, "again", "fr", tools=(PDF,))
    one, other = ({str(path.relative_to(folder)): path.read_bytes() for path in files(folder)} for folder in (reports["fr"], again))
    assert {name: data for name, data in one.items() if not name.endswith(".png")} == other
    drawn = subprocess.run([PNG, "--zoom=2", "--background-color=white", again / "figures/PER1-operators.svg"], env={"TZ": "Pacific/Auckland", "HOME": "/"},
                           capture_output=True, check=True).stdout
    assert drawn == one["figures/PER1-operators.png"]


def printed_lines(pdf):
    """Of each page its width and height, and its lines from top to bottom: (left, top, right, bottom, text), in points."""
    told = subprocess.run(["pdftotext", "-bbox-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    numbers = r'xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)"'
    for width, height, page in re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', told, re.S):
        found = [(*map(float, box), html.unescape(" ".join(re.findall(r">([^<]+)</word>", words)))) for *box, words in re.findall(rf"<line {numbers}>(.*?)</line>", page, re.S)]
        yield float(width), float(height), sorted(found, key=lambda line: line[3])


def test_pages_are_laid_out(reports):
    """Nothing leaves a page, no heading and no head of a table is its last line, and no page but the cover, the contents and the last is half empty."""
    text = (reports["fr"] / "report.html").read_text(encoding="utf-8")
    headings = {" ".join(html.unescape(re.sub("<[^>]+>", "", heading)).split()) for heading in re.findall(r"<h[2-4][^>]*>(.*?)</h[2-4]>|<caption>(.*?)</caption>", text, re.S) for heading in heading if heading}
    pages = list(printed_lines(reports["fr"] / "report.pdf"))
    seen = set()
    for number, (width, height, lines) in enumerate(pages, 1):
        assert all(45 < left and right < width - 45 and 20 < top and bottom < height - 20 for left, top, right, bottom, _ in lines), number
        inside = [line for line in lines if line[1] > 55 and line[3] < height - 50]  # without running head and foot
        seen |= headings & {line[4] for line in inside}
        assert inside[-1][4] not in headings and not inside[-1][4].startswith(("Partie Valeur", "Indicateur ")), (number, inside[-1])
        assert number in (1, 2, len(pages)) or inside[-1][3] > 0.5 * height, (number, inside[-1])
    assert len(seen) > 20


def test_is_printed(reports):
    out = reports["fr"]
    info = subprocess.run(["pdfinfo", out / "report.pdf"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Page size: +595.* x 841.* pts \(A4\)", info) and "L’état de l’Internet au Bénin" in info
    assert re.search(r"^Tagged: +yes", info, re.M) and b"/Lang (fr)" in (out / "report.pdf").read_bytes()
    tags = subprocess.run(["pdfinfo", "-struct", out / "report.pdf"], capture_output=True, text=True, check=True).stdout
    assert {"H1", "H2", "H3", "P", "Table", "THead", "TBody", "TR", "TH", "TD", "L", "LI", "Link"} <= set(re.findall(r"^ *(\w+)(?: \(\w+\))?$", tags, re.M))
    fonts = subprocess.run(["pdffonts", out / "report.pdf"], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts and all(line.split()[-5] == "yes" for line in fonts)


def test_a_frozen_one_is_held_against_what_is_published(year):
    """What was altered by hand, what is gone, and what is published otherwise by now, with the reason."""
    out = year.state.parent / "frozen"
    env = os.environ | year.env | {"PATH": "/nowhere"}
    ask = lambda *words: subprocess.run(year.command("report", *words), capture_output=True, text=True, check=False, env=env)
    assert "only a report that was written with --freeze" in ask("--verify", year.state.parent).stderr
    assert ask("--year", YEAR, "--lang", "fr", "--out", out, "--freeze").returncode == 0
    frozen = json.loads((out / "freeze.json").read_text(encoding="utf-8"))
    assert (frozen["country"], frozen["year"], frozen["language"]) == ("BJ", YEAR, "fr") and frozen["inputs"]["schema"] and frozen["inputs"]["ledger"] == {}
    assert [set(run) for run in frozen["inputs"]["imports"]] == [{"run", "kind", "sha256"}], "no name of a file that is not published"
    assert {file["path"] for file in frozen["files"]} == {str(path.relative_to(out)) for path in files(out)} - {"freeze.json"}
    done = ask("--verify", out)
    count = len(Numbers((out / "report.html").read_text(encoding="utf-8")).found)
    assert done.returncode == 0 and f"printed numbers: {count}; as published: {count}, altered: 0" in done.stdout and "the ledger has no batch" in done.stdout
    again = ask("--year", YEAR, "--lang", "fr", "--out", out)
    assert again.returncode == 1 and "is frozen" in again.stderr and ask("--verify", out).returncode == 0
    path = out / "report.html"
    text = path.read_text(encoding="utf-8")
    number = re.search(r'<data value="[^"]+" data-line="(\d+)">([^<]+)</data>', text)
    path.write_text(text[:number.start(2)] + "99,9" + text[number.end(2):], encoding="utf-8")
    (out / "figures/PER1-days.svg").unlink()
    of = "WHERE indicator = %s AND period = %s AND country = 'BJ' AND statistic = %s AND num_nonnulls(geo, operator, technology, family, zone, sex) = 0"
    year.sql(f"UPDATE indicator_value SET value = value + 1, method_version = method_version + 1 {of}", "PER1", YEAR, "p50")
    try:
        done = ask("--verify", out)
    finally:
        year.sql(f"UPDATE indicator_value SET value = value - 1, method_version = method_version - 1 {of}", "PER1", YEAR, "p50")
    assert done.returncode == 1
    for words in ("report.html: is not the file that was written", "figures/PER1-days.svg: is gone", f"line {number[1]}, ", "the document says 99,9",
                  " is published as ", "(method_version: "):
        assert words in done.stdout, done.stdout


def test_is_described_as_open_data(reports):
    out = reports["en"]
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    resource, = package["resources"]
    header = (out / "indicators.csv").open(encoding="utf-8").readline().strip().split(",")
    assert [field["name"] for field in resource["schema"]["fields"]] == header
    assert package["name"] == f"internetmetre-bj-{YEAR}" and package["licenses"][0]["name"] == "CC-BY-4.0"
    digest = subprocess.run(["sha256sum", out / "indicators.csv"], capture_output=True, text=True, check=True).stdout.split()[0]
    assert resource["hash"] == f"sha256:{digest}" and resource["bytes"] == (out / "indicators.csv").stat().st_size


# Column of indicators.csv: how the head of the workbook has it in each language; numbers, and words that stand as they are.
NUMBERS = {"value": ("Valeur", "Value"), "low": ("Intervalle, de", "Interval, from"), "high": ("Intervalle, à", "Interval, to"),
           "n_probes": ("Sondes, au moins", "Probes, at least"), "n_samples": ("Mesures ou personnes", "Tests or persons"),
           "method_version": ("Version de la méthode", "Version of the method"), "rank_low": ("Rang, de", "Rank, from")}
WORDS = {"indicator": ("Indicateur", "Indicator"), "period": ("Période", "Period"), "country": ("Pays", "Country"), "operator": ("Opérateur", "Operator"),
         "source_url": ("Adresse", "Address"), "retrieved": ("Relevé le", "Retrieved on")}


def same_figures(book, out, lang):
    """Each line of indicators.csv on one sheet of the workbook, of its area, and what is missing is an empty cell."""
    rows, seen = list(csv.DictReader((out / "indicators.csv").open(encoding="utf-8"))), {}
    for sheet in [sheet for sheet in book.worksheets[1:-1] if sheet.auto_filter.ref]:
        heads, *cells = sheet.iter_rows()
        heads = [cell.value for cell in heads]
        for row in cells:
            told, at = {head: cell for head, cell in zip(heads, row)}, row[-1].value
            assert at not in seen, (sheet.title, at)
            seen[at] = sheet.title
            for kinds, read in ((NUMBERS, lambda v: "" if v is None else float(v)), (WORDS, lambda v: "" if v is None else str(v).removesuffix(" 00:00:00"))):
                for column, names in kinds.items():
                    wanted, head = rows[at - 2][column], names[LANGUAGES.index(lang)]
                    assert read(told[head].value if head in told else None) == (float(wanted) if wanted and kinds is NUMBERS else wanted), (at, column)
    assert sorted(seen) == list(range(2, len(rows) + 2))
    assert {(row["indicator"][:3], seen[at]) for at, row in enumerate(rows, 2)} >= {("PER", "Performance"), ("ACC", ("Accès", "Access")[LANGUAGES.index(lang)])}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_workbook_has_the_same_figures(reports, lang):
    """With the digits of each indicator, in the language, and what tells what it is, from where, and how to cite it."""
    book = openpyxl.load_workbook(reports[lang] / "indicators.xlsx")
    same_figures(book, reports[lang], lang)
    cover = " ".join(str(cell.value) for row in book.worksheets[0] for cell in row if cell.value is not None)
    for words in {"fr": ("au Bénin", YEAR, "Chiffres provisoires", "imaginaire", "CC BY 4.0", "À citer ainsi", "PER1"),
                  "en": ("in Benin", YEAR, "Provisional figures", "imaginary", "CC BY 4.0", "Cite as", "PER1")}[lang]:
        assert words in cover, words
    assert ("UIT" if lang == "fr" else "ITU", "https://example.org/itu") in {(row[0].value, row[1].value) for row in book.worksheets[-1]}
    sheet = book["Performance"]
    value = sheet.cell(2, [cell.value for cell in sheet[1]].index(NUMBERS["value"][LANGUAGES.index(lang)]) + 1)
    assert value.number_format == {"fr": "[$-40C]#,##0.0", "en": "[$-809]#,##0.0"}[lang] and sheet.freeze_panes and sheet.auto_filter.ref
    assert book.properties.created.date().isoformat() == max(row["retrieved"] for row in csv.DictReader((reports[lang] / "indicators.csv").open(encoding="utf-8")))


def test_workbook_draws(reports):
    """Operators beside all lines, with intervals, and the years of a source; each from cells that are figures of indicators.csv."""
    rows = list(csv.DictReader((reports["fr"] / "indicators.csv").open(encoding="utf-8")))
    sheet = openpyxl.load_workbook(reports["fr"] / "indicators.xlsx")["Graphiques"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    operators = [row for row in cells if isinstance(row[5], (int, float))]
    assert len(operators) > 10 and {row[0] for row in operators} >= {"Toutes les lignes mesurées"} | {row["operator"] for row in rows if row["indicator"] == "PER1" and row["operator"]}
    for label, value, low, high, _, line, *_ in operators:
        of = rows[line - 2]
        assert [None if of[name] == "" else float(of[name]) for name in ("value", "low", "high")] == [value, low, high] and label == (of["operator"] or "Toutes les lignes mesurées")
    at = next(at for at, row in enumerate(cells) if row[0] == "Part d’internautes, au fil des ans")
    assert [row[:2] for row in cells[at + 1:at + 5]] == [["Année", "UIT"], ["2021", 33.5], ["2022", None], ["2023", 34.25]]
    drawn = {"".join(run.t for run in chart.title.tx.rich.p[0].r): chart for chart in sheet._charts}
    assert len(drawn) == len({row[0] for row in cells if row[0] and ", " in row[0]}) and f"Temps de résolution de noms, par opérateur, {YEAR} – Données simulées" in drawn
    assert [series.val.numRef.f for series in drawn["Part d’internautes, au fil des ans"].series] == [f"Graphiques!$B${at + 3}:$B${at + 5}"]


@pytest.mark.model
@pytest.mark.parametrize("lang", LANGUAGES)
def test_is_read_without_sight(reports, lang, year):
    """Nothing that axe-core finds wanting."""
    assert judges.page_faults(reports[lang] / "report.html", year.state.parent) == []


@pytest.mark.model
def test_workbook_survives_another_program(reports, year):
    """LibreOffice opens it and saves it: no value is lost, and each chart draws from the same cells."""
    def charts(sheet):
        return [[(series.cat.strRef or series.cat.numRef).f for series in chart.series] + [series.val.numRef.f for series in chart.series] for chart in sheet._charts]
    ours, theirs = (openpyxl.load_workbook(path) for path in (reports["en"] / "indicators.xlsx", judges.resaved(reports["en"] / "indicators.xlsx", year.state.parent)))
    assert ours.sheetnames == theirs.sheetnames and sum(len(sheet._charts) for sheet in ours) > 5
    for one, other in zip(ours, theirs):
        assert {cell.coordinate: (cell.value, other[cell.coordinate].value) for row in one for cell in row if cell.value != other[cell.coordinate].value} == {}
        assert one.dimensions == other.dimensions and charts(one) == charts(other), one.title


@pytest.mark.model
def test_is_open_data_to_others(reports, year):
    """Every row fits its schema, as the standard's own library reads it; it sees one that does not. And what it reads is what the database has."""
    rows = list(csv.DictReader((reports["en"] / "indicators.csv").open(encoding="utf-8")))
    assert judges.package_read(reports["en"] / "datapackage.json") == {"errors": [], "rows": len(rows)}
    wrong = year.state.parent / "wrong"
    wrong.mkdir()
    shutil.copy(reports["en"] / "indicators.csv", wrong)
    described = json.loads((reports["en"] / "datapackage.json").read_text(encoding="utf-8"))
    next(field for field in described["resources"][0]["schema"]["fields"] if field["name"] == "source")["type"] = "number"
    (wrong / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    assert judges.package_read(wrong / "datapackage.json")["errors"]
    told = year.sql("SELECT indicator, country, period, statistic, source, operator, geo, technology, value::text, low::text, high::text, n_probes::text, retrieved::text "
                    "FROM public_indicator WHERE country IN ('BJ', 'TG')")
    key = lambda row: [row[name] for name in ("indicator", "country", "period", "statistic", "source", "operator", "geo", "technology", "value", "low", "high", "n_probes", "retrieved")]
    assert sorted(map(key, rows)) == sorted([value or "" for value in row] for row in told)


def test_pictures_go_their_own_way(reports):
    """Title, source and sample stand inside, in the language; departments on the pack's map where one has a figure."""
    pictures = {path.name: path.read_text(encoding="utf-8") for path in (reports["fr"] / "figures").glob("*.svg")}
    assert {"PER1-days.svg", "PER1-operators.svg", "PER1-departments.svg"} <= set(pictures)
    sampled = {row["indicator"] for row in csv.DictReader((reports["fr"] / "indicators.csv").open(encoding="utf-8"))
               if row["n_probes"] and row["kind"] == "measured" and not any(row[c] for c in ("geo", "operator", "technology", "zone", "family"))}
    assert "PER1" in sampled
    for name, text in pictures.items():
        assert xml.etree.ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg", name
        assert name == "ACC2-years.svg" or all(words in text for words in ("InternetMetre", YEAR, "Données simulées")), name
        assert ("n = " in text) == (name.split("-")[0] in sampled), name
    assert all(words in pictures["ACC2-years.svg"] for words in ("Bénin 14,0", "Togo 20,5 (2021)", "UIT", "2023")) and "ACC1-years.svg" not in pictures  # of two years
    told = re.search(r'<p class="history">.*?</p>', (reports["fr"] / "report.html").read_text(encoding="utf-8"))[0]
    assert re.findall(r'value="([0-9.]+)"', told) == ["9.5", "11.25", "14"]
    assert "Temps de résolution de noms, par opérateur" in pictures["PER1-operators.svg"] and "Littoral" in pictures["PER1-departments.svg"]
    assert not any(">BJ-" in text for text in pictures.values())  # a department has its name, with a figure or without


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_number_of_a_picture_is_a_figure(year, reports, lang):
    """Beside each name its own value, or the word that says why there is none; the last day of a line as everybody is told it."""
    rows = [row for row in csv.DictReader((reports[lang] / "indicators.csv").open(encoding="utf-8")) if row["country"] == "BJ" and row["period"] == YEAR and row["kind"] == "measured"]
    cuts = ("geo", "operator", "technology", "family", "zone", "sex", "age_group", "plan", "item")
    decimals = {path.stem: int(re.search(r"^-- decimals: (\d)", path.read_text(encoding="utf-8"), re.M)[1])
                for path in (pathlib.Path(__file__).parents[2] / "schema/indicators").glob("*.sql")}
    names = dict(year.sql("SELECT iso, name FROM department WHERE country = 'BJ'"))
    days = {row[0]: row[1:] for row in year.sql("SELECT DISTINCT ON (indicator) indicator, extract(day FROM day)::int, value FROM public_indicator_day "
                                                "WHERE country = 'BJ' AND value IS NOT NULL ORDER BY indicator, day DESC")}
    seen = {"operators": 0, "departments": 0, "days": 0}
    for path in (reports[lang] / "figures").glob("PER*.svg"):
        indicator, kind = path.stem.split("-")
        texts = [("".join(text.itertext()), text.get("class", "").split()) for text in xml.etree.ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
        texts = [(words, classes) for words, classes in texts if "halo" not in classes]
        told = lambda row: shown(row["value"], lang, decimals[indicator]) if row["value"] else {"n<5": "n<5", "hidden": "masqué" if lang == "fr" else "hidden"}[row["floor"]]
        if kind == "days":
            words, = (words for words, classes in texts if "value" in classes)
            assert words.split("\u00a0:")[0].split(":")[0].strip().replace("1er", "1").split()[0] == str(days[indicator][0]) and words.endswith(f" {shown(days[indicator][1], lang, decimals[indicator])}"), (path, words)
        elif kind in ("operators", "departments"):
            column = "operator" if kind == "operators" else "geo"
            mine = [row for row in rows if row["indicator"] == indicator and not any(row[c] for c in cuts if c != column)]
            main = {row["statistic"] for row in mine if row[column]}
            main = {"p50"} if "p50" in main else main
            wanted = {(names[row["geo"]] if row["geo"] else row[column]) or ("Toutes les lignes mesurées" if lang == "fr" else "All measured lines"): told(row)
                      for row in mine if {row["statistic"]} == main and (row[column] or kind == "operators")}
            drawn = {words: after for (words, _), (after, classes) in zip(texts, texts[1:]) if words in wanted and {"value", "muted"} & set(classes)}
            drawn |= {name: words.removeprefix(f"{name} ") for words, _ in texts for name in wanted if words.startswith(f"{name} ")}
            # A small department may have its value alone, inside it.
            alone = sorted(after for (words, _), (after, classes) in zip(texts, texts[1:]) if "value" in classes and words not in names.values() and " " not in after)
            rest = sorted(value for name, value in wanted.items() if name not in drawn)
            assert wanted and drawn == {name: value for name, value in wanted.items() if name in drawn} and (kind == "operators" or rest == alone), path
            assert len(rest) <= (kind == "departments"), path
        seen[kind] += 1
    assert min(seen.values()) > 2, seen


def test_pictures_for_who_takes_no_svg(reports):
    """Each as PNG beside it, as large, fine enough to be printed, and with nothing in it but the picture."""
    figures = reports["fr"] / "figures"
    for path in figures.glob("*.png"):
        drawn, data = xml.etree.ElementTree.parse(path.with_suffix(".svg")).getroot(), path.read_bytes()
        ratio = [float(value) for value in drawn.get("viewBox").split()[2:]]
        width, height = struct.unpack(">II", data[16:24])
        assert data[:8] == b"\x89PNG\r\n\x1a\n" and width == 1286 and abs(height / width - ratio[1] / ratio[0]) < 0.002, path
        assert {kind for kind, _ in chunks(data)} <= {b"IHDR", b"IDAT", b"IEND", b"bKGD", b"pHYs"}, path


def test_its_authors_have_their_word(year, reports):
    """Figures by name, in the place that the file's name says; what is broken is marked, and what is dangerous stops all of it."""
    text = (reports["fr"] / "report.html").read_text(encoding="utf-8")
    preface = text[text.index('<section id="chapter-1">\n<h2>Préface</h2>'):text.index('<section id="summary">')]
    assert {"28", "41.1"} <= {value for _, value, *_ in Numbers(preface).found}
    assert '<a href="#chapter-1-1">Vu</a>' in text and "src=\"data:image/svg+xml;base64," in preface
    assert "</data> <span class=\"badge\">simulé</span> ms\u202f; " in preface and preface.count("<svg") == 1
    assert "<mark>Un chiffre manque ici\u00a0: «\u00a0PER55.p50\u00a0» n’est pas compris.</mark>" in preface
    assert "chapter-" not in (reports["en"] / "report.html").read_text(encoding="utf-8")
    path, out = year.config.parent / "chapters" / YEAR / "fr" / "20-faulty.md", year.state.parent / "faulty"
    path.write_text("# Titre\n\nTexte <img src=x onerror=alert(1)>\n")
    done = subprocess.run(year.command("report", "--year", YEAR, "--lang", "fr", "--out", out), capture_output=True, text=True, check=False,
                          env=os.environ | year.env)
    path.unlink()
    assert done.returncode == 1 and f"{path}: line 3: HTML is not taken" in done.stderr and not out.exists(), done.stderr
    assert f"{path.parent}/10-preface.md: line 3: {{{{PER55.p50}}}} is not understood" in done.stderr and "nearest: {{PER5.p50}}" in done.stderr


def test_a_chapter_brings_its_own_map(year):
    path = year.config.parent / "BJ.geo.json"
    path.write_text('{"type": "FeatureCollection"}')
    done = subprocess.run(year.command("report", "--year", YEAR, "--out", year.state.parent / "map"), capture_output=True, text=True, check=False,
                          env=os.environ | year.env)
    path.unlink()
    assert done.returncode == 1 and str(path) in done.stderr, done.stderr


def test_a_year_without_figures(year):
    """What others said before stands in it; of the rest it says that it is missing."""
    text = (written(year, "before", "en", "2022") / "report.html").read_text(encoding="utf-8")
    assert "According to the ITU, " in text and "Too few measured lines to publish a figure." in text and "Simulated" not in text
    nothing = (written(year, "nothing", "en", "1999") / "report.html").read_text(encoding="utf-8")
    assert "No figure can be published yet." in nothing and Numbers(nothing).found == []


def test_reports_do_not_mix(year):
    """One that fails, while it is made or while it is written, leaves the earlier one as it was; one of another year takes its pictures and its PDF away."""
    out, path = year.state.parent / "twice", year.state.parent / "twice.bin"
    path.mkdir()
    def report(when, does):
        (path / PDF).write_text(f"#!/bin/sh\n{does}\n")
        (path / PDF).chmod(0o755)
        done = subprocess.run(year.command("report", "--year", when, "--out", out), capture_output=True, text=True, env=os.environ | year.env | {"PATH": str(path)})
        return done, {str(p.relative_to(out)): p.read_bytes() for p in files(out)}
    done, first = report(YEAR, 'echo made >"$4"')
    assert done.returncode == 0 and {"report.pdf", "figures/PER1-days.svg"} <= set(first), done.stderr
    done, again = report("2023", "echo no font; exit 1")
    assert done.returncode == 1 and "no font" in done.stderr and done.stdout == "" and again == first
    kept = out / "figures"
    kept.rename(out / "kept")
    kept.write_text("no folder")
    done, again = report("2024", "echo made >\"$4\"")
    assert done.returncode == 1 and "figures" in done.stderr and done.stdout == "" and again["report.html"] == first["report.html"] and again["indicators.csv"] == first["indicators.csv"]
    assert not list(out.rglob("*.tmp"))
    kept.unlink()
    (out / "kept").rename(kept)
    (path / PDF).unlink()
    done = subprocess.run(year.command("report", "--year", "2019", "--out", out), capture_output=True, text=True, env=os.environ | year.env | {"PATH": str(path)}, check=True)
    assert set(done.stdout.split()) == {str(p) for p in files(out)} and f"{out}/figures/PER1-days.svg was of an earlier report" in done.stderr
    done = subprocess.run(year.command("report", "--activity", "--year", YEAR, "--out", out), capture_output=True, text=True, env=os.environ | year.env | {"PATH": str(path)})
    assert done.returncode == 1 and f"{out}/report.html is another document" in done.stderr and not (out / "activity.html").exists()


def words_of(folder):
    """What stands in the files of a folder, as those read it who unpack them: text and titles, cells, a PDF's text and what it says of itself."""
    for path in files(folder):
        if path.suffix == ".pdf":
            yield "".join(subprocess.run([program, *options, path, *to], capture_output=True, text=True, check=True).stdout
                          for program, options, to in (("pdftotext", ["-layout"], ["-"]), ("pdfinfo", [], []), ("pdfinfo", ["-struct"], [])))
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                yield from (re.sub("<[^>]*>", " ", packed.read(name).decode()) for name in packed.namelist())
        elif path.suffix in (".html", ".svg"):
            text = re.sub("(?s)<style.*?</style>", "", path.read_text(encoding="utf-8"))
            yield re.sub("<[^>]*>", " ", text) + " ".join(re.findall(r'<data value="([^"]+)"', text))
        elif path.suffix != ".png":
            yield path.read_text(encoding="utf-8")


def numbers_in(folder):
    return {number for text in words_of(folder) for number in re.findall(r"(?<![\w.,])\d+[.,]\d+(?![\w.,]*\d)", text)}


def fractions(rows, lang, wanted):
    """The values of those rows as they may stand somewhere; whole numbers are those of lines and of texts as well."""
    return {text for row in rows if wanted(row) for column in ("value", "low", "high") if "." in row[column]
            for text in (row[column], *(shown(row[column], lang, digits) for digits in (1, 2))) if len(text) > 3}


def test_what_is_hidden_is_nowhere(year, reports):
    """With the floor that everybody has, of eight lines nothing is told by operator or department: no document has it, in none of its files."""
    read = lambda folder: list(csv.DictReader((folder / "indicators.csv").open(encoding="utf-8")))
    before = read(reports["fr"])
    operator = next(row["operator"] for row in before if row["operator"])
    year.stop()
    year.settings = {"upkeep": "no"}
    year.move(year.port)
    year.start()
    year.run("rollup")
    out = written(year, "floor", "fr", tools=(PDF,))
    rows = read(out)
    assert all(row["value"] == row["low"] == "" for row in rows if row["operator"])
    told, hidden = fractions(rows, "fr", lambda row: True), fractions(before, "fr", lambda row: row["operator"] or row["geo"])
    days = [dict(zip(("indicator", "value", "low", "high"), row)) for row in year.sql(
        "SELECT indicator, coalesce(value::text, ''), coalesce(low::text, ''), coalesce(high::text, '') FROM public_indicator_day")]
    hidden -= told | fractions(days, "fr", lambda row: True)
    assert len(hidden) > 20 and len(hidden & numbers_in(reports["fr"])) > 20, "a search that finds them where they are told"
    elsewhere = year.state.parent / "elsewhere"
    with pytest.MonkeyPatch.context() as tools:
        tools.setenv("PATH", "/nowhere")
        for folder, asked in {"press": "--press --year 2024", "review": "--review --year 2024", "activity": "--activity --year 2024", "years": "--compare 2023,2024",
                              "month": "--month 2024-02 --email", "quarter": "--quarter 2024-Q1 --email"}.items():
            asked = [part for word in asked.split() for part in ([word, operator] if word == "--review" else [word])]
            year.run("report", *asked, "--lang", "fr", "--out", elsewhere / folder)
    for period in ("month", "quarter"):
        lines = list(csv.DictReader((elsewhere / period / "bulletin.csv").open(encoding="utf-8")))
        hidden -= fractions([line for line in lines if not line["operator"]], "fr", lambda row: True)  # made of the days of all lines
    for folder in (out, elsewhere):
        assert len(hidden) > 20 and numbers_in(folder) and numbers_in(folder) & hidden == set()
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "<b>n&lt;5</b> " in text and "; <span class=\"none\">pas de données</span>" in text
    assert not list(out.glob("figures/*-operators.*"))
    same_figures(openpyxl.load_workbook(out / "indicators.xlsx"), out, "fr")
