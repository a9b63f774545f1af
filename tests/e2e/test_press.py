"""What is made of a year beside the yearly report: for the press, for an operator before publication, for who pays."""
import csv
import os
import re
import struct
import subprocess
import xml.etree.ElementTree

import pytest

from conftest import Collector, scratch
from test_report import LANGUAGES, PDF, PNG, Numbers, chunks, files, shown

YEAR = "2024"


@pytest.fixture(scope="module")
def year():
    """A small imaginary country, and what others say of Benin and a neighbour."""
    with scratch() as folder:
        c = Collector(folder, publication_floor="simulated")
        c.start_idle()
        c.run("simulate", "--country", "BJ", "--probes", "12", "--days", "35", "--seed", "7", "--from", f"{YEAR}-02-01", "--rollups")
        path = c.state.parent / "figures.csv"
        path.write_text("indicator,country,period,value,unit,source,source_url,retrieved\n"
                        + "".join(f"{i},{country},{period},{value},{unit},ITU,https://example.org/itu,2024-11-02\n" for i, country, period, value, unit in (
                            ("ACC1", "BJ", 2021, 33.5, "% of population"), ("ACC1", "BJ", 2023, 35.27, "% of population"), ("ACC1", "TG", 2023, 41.1, "% of population"),
                            ("ACC2", "BJ", 2021, 11.25, "% of households"), ("ACC2", "BJ", 2023, 14, "% of households"))))
        c.run("import", "csv", path)
        yield c
        c.stop()


def ask(c, out, *words, tools=()):
    """What the command said, and left in the folder; tools: the other people's programs that are there for it."""
    path = c.state.parent / f"{out.name}.bin"
    path.mkdir(exist_ok=True)
    for tool in tools:
        (path / tool).symlink_to(f"/usr/bin/{tool}")
    return subprocess.run(c.command("report", *words, "--out", out), capture_output=True, text=True, check=False, env=os.environ | c.env | {"PATH": str(path)})


def rows_of(out):
    return list(csv.DictReader((out / "indicators.csv").open(encoding="utf-8")))


def stands_in_its_line(out, page, lang):
    """Each number of the page is as indicators.csv has it; returns the rows that they are of."""
    rows = rows_of(out)
    numbers = Numbers((out / page).read_text(encoding="utf-8"))
    assert numbers.asks == []
    for text, value, line, column in numbers.found:
        assert rows[line - 2][column] == value and text.replace("\u2212", "-") in {shown(value, lang, decimals) for decimals in (0, 1, 2)}, (text, value, line)
    return [rows[line - 2] for _, _, line, _ in numbers.found]


# ---- for the press ----

@pytest.fixture(scope="module")
def press(year):
    made = {}
    for lang in LANGUAGES:
        out = year.state.parent / f"press-{lang}"
        done = ask(year, out, "--press", "--year", YEAR, "--lang", lang, *(("--embargo", "2025-03-12") if lang == "fr" else ("--contact", "A. Bio & co")),
                   tools=(PDF, PNG) if lang == "fr" else ())
        assert done.returncode == 0, done.stderr
        made[lang] = out
    return made


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_release_has_findings_that_are_more_than_chance(press, lang):
    out = press[lang]
    text = (out / "press.html").read_text(encoding="utf-8")
    told = re.findall(r"<li>(.*?)</li>", re.search(r"<ol>(.*?)</ol>", text, re.S)[1])
    rows = stands_in_its_line(out, "press.html", lang)
    assert 3 <= len(told) <= 5 and len({row["indicator"] for row in rows}) == len(told)
    for row in rows:
        assert row["kind"] == "imported" or row["low"] and row["high"] or row["statistic"] == "p10", row
    assert ("Sous embargo jusqu’au 12 mars 2025" in text, "For immediate release" in text) == ((True, False) if lang == "fr" else (False, True))
    assert "A. Bio &amp; co" in text if lang == "en" else "InternetMetre.bj</p>" in text
    assert (text.count("simulé</span>") if lang == "fr" else text.count("simulated</span>")) == len({row["indicator"] for row in rows if row["simulated"] == "t" or row["simulated"] == "true"})


def test_a_release_is_one_page(press):
    info = subprocess.run(["pdfinfo", press["fr"] / "press.pdf"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Pages: +1$", info, re.M) and "(A4)" in info and re.search(r"^Tagged: +yes", info, re.M)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_six_pictures_go_from_phone_to_phone(press, lang):
    pictures = sorted((press[lang] / "phone").glob("*.svg"))
    assert len(pictures) == 6 and len({path.stem.split("-")[0] for path in pictures}) == 6
    for path in pictures:
        svg = xml.etree.ElementTree.parse(path).getroot()
        words = " ".join("".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text"))
        assert (svg.get("width"), svg.get("height")) == ("1080", "1080")
        assert "CC BY 4.0" in words and ("UIT" in words or "ITU" in words or "InternetMetre.bj" in words)
        assert re.search(r"n = \d+–\d+ (sondes|probes)|n non dit par la source|n not told by the source", words), words
        if lang == "fr":
            assert struct.unpack(">II", dict(chunks(path.with_suffix(".png").read_bytes()))[b"IHDR"][:8]) == (1080, 1080)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_radio_says_what_stands_in_the_margin(press, lang):
    """Rounded numbers in words, in 90 seconds; beside each the line, and the value that it was rounded from."""
    out = press[lang]
    text = (out / "radio.md").read_text(encoding="utf-8").replace("\u00a0", " ").replace("\u202f", " ")
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.split("|---|---|\n")[1].splitlines()]
    read = " ".join(said for said, _ in table)
    assert not re.search(r"\d", read)
    assert 200 <= len([word for word in read.split() if re.search(r"\w", word)]) <= 230
    assert max(len(sentence.split()) for said, _ in table for sentence in re.split(r"[.?!]", said)) <= 27
    rows, told = rows_of(out), []
    for said, margin in table:
        if margin:
            line, indicator, statistic, value = re.search(r"(?:ligne|line) (\d+) ?: (\w+) (\w+) = (\S+)", margin).groups()
            row = rows[int(line) - 2]
            assert (row["indicator"], row["statistic"]) == (indicator, statistic) and value in {shown(row["value"], lang, d) for d in (0, 1, 2)}
            told.append((indicator, said))
    said = dict(told)
    assert len(told) == len(said) >= 4
    assert ("un peu plus d’un tiers de la population utilise Internet" if lang == "fr" else "a little more than a third of the population use the Internet") in said["ACC1"]
    assert ("quatorze pour cent des ménages" if lang == "fr" else "fourteen per cent of households") in said["ACC2"]
    terms = (out / "terms.md").read_text(encoding="utf-8")
    assert "| Fon | Yoruba | Baatonum | Dendi |" in terms and terms.count("\n| ") >= 15


def test_what_changed_and_who_stands_apart_come_first(year):
    """A change that chance does not make, then a part with a place of its own; neither where the interval has both sides of zero, or the place is shared."""
    out = year.state.parent / "press-told"
    whole = "country = 'BJ' AND source = 'simulated'"
    kept = year.sql(f"SELECT indicator, from_period, kind, why, value_from, value_to, low, high, n_common FROM indicator_change WHERE {whole} AND to_period = %s", YEAR)
    operator, = year.sql(f"SELECT min(operator) FROM indicator_value WHERE {whole} AND period = %s AND indicator = 'PER3' AND value IS NOT NULL "
                         "AND num_nonnulls(geo, technology, family, zone) = 0", YEAR)[0]
    of = f"{whole} AND period = '{YEAR}' AND operator = %s AND indicator = 'PER3' AND num_nonnulls(geo, technology, family, zone) = 0"
    ranks = year.sql(f"SELECT rank_low, rank_high FROM indicator_value WHERE {of} LIMIT 1", operator)[0]
    assert kept and ranks[0] != ranks[1]

    def told(low, high, rank):
        year.sql(f"UPDATE indicator_change SET kind = 'cells', why = NULL, value_from = 60, value_to = 35, low = %s, high = %s, n_common = 5 "
                 f"WHERE {whole} AND to_period = %s AND indicator = 'PER1'", low, high, YEAR)
        year.sql(f"UPDATE indicator_value SET rank_low = 1, rank_high = %s WHERE {of}", rank, operator)
        done = ask(year, out, "--press", "--year", YEAR, "--lang", "en")
        assert done.returncode == 0, done.stderr
        stands_in_its_line(out, "press.html", "en")
        return re.findall(r"<li>(.*?)</li>", re.search(r"<ol>(.*?)</ol>", (out / "press.html").read_text(encoding="utf-8"), re.S)[1])

    try:
        changed, apart, *_ = told(-30, -20, 1)
        assert "A DNS lookup" in changed and "an improvement, and not by chance" in changed and 'data-column="change">-25.0</data>' in changed.replace("\u2212", "-")
        assert f"The lines of {operator} stand apart from those of all other operators" in apart
        plain = " ".join(told(-30, 2, 2))
        assert "by chance" not in plain and "stand apart" not in plain
    finally:
        year.sql(f"UPDATE indicator_value SET rank_low = %s, rank_high = %s WHERE {of}", *ranks, operator)
        for indicator, *row in kept:
            year.sql(f"UPDATE indicator_change SET from_period = %s, kind = %s, why = %s, value_from = %s, value_to = %s, low = %s, high = %s, n_common = %s "
                     f"WHERE {whole} AND to_period = %s AND indicator = %s", *row, YEAR, indicator)


def test_a_release_takes_what_an_earlier_one_left(year, press):
    """And not what the yearly report has in the same folder."""
    out = press["en"]
    other, of_the_year = out / "phone/QAL1-days.svg", out / "figures/PER1-days.svg"
    of_the_year.parent.mkdir()
    for path in (other, of_the_year, out / "press.pdf"):
        path.write_text("of an earlier one")
    before = {path.name for path in files(out / "phone")} - {other.name}
    assert ask(year, out, "--press", "--year", YEAR, "--lang", "en").returncode == 0
    assert {path.name for path in files(out / "phone")} == before and of_the_year.exists() and not (out / "press.pdf").exists()


# ---- for an operator, before publication ----

OF = "country = 'BJ' AND period = '2024' AND source = 'simulated'"


def hide(c, operator, indicator):
    """The operator's figures of the indicator, as if they were below the floor."""
    c.sql(f"UPDATE indicator_value SET value = NULL, low = NULL, high = NULL, interval_kind = NULL, n_samples = NULL, n_days = NULL, n_probes = NULL, "
          f"n_networks = NULL, n_failed = NULL, n_silent = NULL, interval_why = NULL, interval_lines = NULL, rank_low = NULL, rank_high = NULL, floor = 'hidden' WHERE {OF} AND operator = %s AND indicator = %s", operator, indicator)


@pytest.fixture(scope="module")
def operators(year):
    """Those of whom most is told first."""
    return [name for name, _ in year.sql(f"SELECT operator, count(*) FROM indicator_value WHERE {OF} AND operator IS NOT NULL AND value IS NOT NULL "
                                         "GROUP BY operator ORDER BY count(*) DESC, operator")]


@pytest.fixture(scope="module")
def review(year, operators):
    hide(year, operators[0], "PER5")
    made = {lang: year.state.parent / f"review-{lang}" for lang in LANGUAGES}
    for lang, out in made.items():
        done = ask(year, out, "--review", operators[0].upper() if lang == "fr" else operators[0].split()[0].lower(), "--year", YEAR, "--lang", lang, *(("--until", "2025-03-02") if lang == "fr" else ()))
        assert done.returncode == 0, done.stderr
    return made


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_operator_reads_all_that_is_published_of_it(review, operators, lang):
    out = review[lang]
    text = (out / "review.html").read_text(encoding="utf-8")
    rows, sheet = rows_of(out), re.search(r'<section id="figures">.*?</section>', text, re.S)[0]
    stands_in_its_line(out, "review.html", lang)
    lines = {int(line) for line in re.findall(r'<td class="n">(\d+)</td></tr>', sheet)}
    told = {n + 2 for n, row in enumerate(rows) if row["country"] == "BJ" and row["period"] == YEAR and row["operator"] == operators[0] and row["value"]}
    assert lines & told == told and {rows[n - 2]["operator"] for n in lines} == {operators[0]}
    assert {rows[n - 2]["indicator"] for n in lines - told} == {"PER5"}
    for line in re.findall(r'<tr><th scope="row">.*?</tr>', sheet):
        numbers = re.findall(r'data-line="(\d+)"(?: data-column="\w+")?>', line)
        own = rows[int(re.search(r'<td class="n">(\d+)</td></tr>', line)[1]) - 2]
        assert {rows[int(n) - 2]["operator"] for n in numbers} <= {operators[0], ""}
        for n in numbers:
            assert all(rows[int(n) - 2][same] == own[same] for same in ("indicator", "statistic", "geo", "technology", "zone", "family", "source"))
    assert ("2 mars 2025" in text, "within the 15 days after receipt" in text) == ((True, False) if lang == "fr" else (False, True))
    assert operators[0] in (out / "answer.md").read_text(encoding="utf-8").splitlines()[0]


def test_what_is_hidden_is_hidden_from_the_operator_too(review):
    out = review["fr"]
    block = re.search(r'<div class="block" id="PER5">.*?</table>', (out / "review.html").read_text(encoding="utf-8"), re.S)[0]
    rows = [re.findall(r"<td.*?</td>", row) for row in re.findall(r'<tr><th scope="row">.*?</tr>', block)]
    assert rows and all(cells[0] == '<td class="n">masqué</td>' and "<data" not in cells[1] for cells in rows)


def test_one_who_is_not_known_is_told_who_is(year, operators):
    out = year.state.parent / "nobody"
    done = ask(year, out, "--review", operators[0][:-1] + "x", "--year", YEAR)
    assert done.returncode == 1 and operators[0] in done.stderr and "nearest are" in done.stderr
    assert not out.exists()


def test_an_answer_is_printed_whole(year, operators):
    folder = year.config.parent / "chapters" / YEAR / "fr" / "answers"
    folder.mkdir(parents=True)
    (folder / f"{operators[0]}.md").write_text("# Nous avons lu\n\nTout est **dit**, à {{PER1}} ms ; fin.\n\n## Détail\n\nRien.\n")
    out = year.state.parent / "answered"
    done = ask(year, out, "--year", YEAR, "--lang", "fr")
    assert done.returncode == 0, done.stderr
    (folder / "Personne.md").write_text("# Non\n")
    other = ask(year, year.state.parent / "unanswered", "--year", YEAR, "--lang", "fr")
    assert other.returncode == 1 and "answers/Personne.md: " in other.stderr and not (year.state.parent / "unanswered").exists()
    section = re.search(r'<section id="operators">.*?</section>', (out / "report.html").read_text(encoding="utf-8"), re.S)[0]
    sheet, answer = section.split('<div class="answer">')
    assert sheet.rindex("<h3>") == sheet.index(f"<h3>{operators[0]}</h3>"), "behind its own sheet"
    assert re.search(rf"<h4>Réponse de {re.escape(operators[0])}\s: Nous avons lu</h4>", answer)
    assert re.search(r'Tout est <strong>dit</strong>, à <data value="[^"]+" data-line="\d+">[^<]+</data>.{0,60} ms\s; fin.', answer)
    assert re.search(r'<h5 id="answer-1-1">\s*Détail\s*</h5>', answer)


# ---- for who pays ----

@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_activity_report_says_what_may_be_said(year, lang):
    out = year.state.parent / f"activity-{lang}"
    done = ask(year, out, "--activity", "--year", YEAR, "--lang", lang)
    assert done.returncode == 0, done.stderr
    stands_in_its_line(out, "activity.html", lang)
    text = (out / "activity.html").read_text(encoding="utf-8")
    cells = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)</td>', text))
    (probes, tests, kept, size), = year.sql("SELECT count(DISTINCT probe_no), sum(measured + denied + skipped + error), sum(measured), sum(bytes) FROM rollup_day "
                                            "WHERE extract(year FROM day) = 2024")

    def two(n):
        return round(int(n), 2 - len(str(int(n))))

    names = ("Sondes qui ont mesuré", "Mesures tentées", "Mesures retenues", "Données échangées") if lang == "fr" else ("Probes that measured", "Tests tried", "Tests kept", "Data exchanged")
    assert probes == 12 and cells[names[0]] == "10–19"
    assert [cells[name] for name in names[1:3]] == [shown(two(n), lang, 0) for n in (tests, kept)]
    assert float(re.match(r"[\d.,]+", cells[names[3]])[0].replace(",", ".")) * 1e9 == pytest.approx(two(size))
    untold = "n’est pas public" if lang == "fr" else "is not public"
    assert {name for name, value in cells.items() if value == untold} >= ({"Villes et communes", "Foyers, écoles, bureaux", "Points focaux"} if lang == "fr" else
                                                                          {"Towns", "Homes, schools, offices", "Focal points"})
