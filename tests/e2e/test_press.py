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
        c = Collector(folder, publication_floor="simulated", upkeep="no")
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
        assert rows[line - 2][column] == value and text in {shown(value, lang, decimals) for decimals in (0, 1, 2)}, (text, value, line)
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
