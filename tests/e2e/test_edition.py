"""How the yearly report begins and ends: what deciders read in three minutes, what its authors recommend, who paid, how it is cited."""
import csv
import os
import re
import subprocess

import pytest

from conftest import Collector, scratch
from test_report import LANGUAGES, Numbers

YEAR = "2024"

# Of a French edition; the English one has none.
EDITION = """[edition]
issn = 2049-3630
doi = 10.5281/zenodo.1234567
publisher = ISOC Bénin
published = 2025-03-01
[funder Fondation <Exemple>]
gave = 40 000 EUR ; rien d’autre
[conflict A. Dossou]
text = Travaille pour un opérateur.
[request Débits vendus]
of = ARCEP
asked = 2024-10-05
[questionnaire Ménages]
file = menages.pdf
[questionnaire Ménages ruraux]
file = menages.pdf
[questionnaire Écoles]
file = ecoles.html
[recommendation 1]
to = regulator
text = Publier chaque trimestre les débits obtenus,
text = et non seulement les débits vendus.
figures = PER5, PER5.p10, ACC1.TG, PER55
[recommendation 2]
to = state
text = Relier les écoles.
figures = ACC1
[outcome a]
became = begun
why = Deux départements ont leurs chiffres.
[erratum Page 12]
date = 2025-04-12
wrong = Mo/s
right = Mbit/s
"""
BEFORE = """[recommendation a]
to = regulator
text = Publier les débits par département.
figures = PER5
[recommendation b]
to = donors
text = Financer vingt sondes.
figures = PER5
"""


@pytest.fixture(scope="module")
def year():
    """Two winter months of a small imaginary country, and what one source says of Benin and two neighbours."""
    with scratch() as folder:
        c = Collector(folder, publication_floor="simulated")
        c.start_idle()
        c.run("simulate", "--country", "BJ", "--probes", "8", "--days", "50", "--seed", "7", "--from", "2023-12-01", "--rollups")
        path = c.state.parent / "figures.csv"
        path.write_text("indicator,country,period,value,unit,source,source_url,retrieved\n"
                        + "".join(f"ACC1,{country},{period},{value},% of population,ITU,https://example.org/itu,2024-11-02\n"
                                  for country, period, value in (("BJ", 2021, 33.5), ("BJ", 2023, 34.25), ("TG", 2023, 41.1), ("NE", 2023, 22)))
                        + "ECO8,BJ,2024,3800,0-10000,ARCEP,https://example.org/q,2024-11-02\n")
        c.run("import", "csv", path)
        for when, text in ((YEAR, EDITION), ("2023", BEFORE)):
            folder = c.config.parent / "chapters" / when / "fr"
            folder.mkdir(parents=True)
            (folder / "edition.conf").write_text(text, encoding="utf-8")
        (c.config.parent / "chapters" / YEAR / "fr" / "menages.pdf").write_bytes(b"%PDF-1.4 questions")
        (c.config.parent / "chapters" / YEAR / "fr" / "ecoles.html").write_text("<img src=file:///etc/hostname>")
        yield c
        c.stop()


def write(c, out, lang, when=YEAR):
    """Without the programs for PDF and PNG, which have their own tests."""
    empty = c.state.parent / "nothing"
    empty.mkdir(exist_ok=True)
    return subprocess.run(c.command("report", "--year", when, "--lang", lang, "--out", out), capture_output=True, text=True,
                          env=os.environ | c.env | {"PATH": str(empty)})


@pytest.fixture(scope="module")
def reports(year):
    made = {}
    for lang in LANGUAGES:
        made[lang] = year.state.parent / lang
        done = write(year, made[lang], lang)
        assert done.returncode == 0, done.stderr
        (made[lang] / "said").write_text(done.stderr, encoding="utf-8")
    return made


def section(out, name):
    text = (out / "report.html").read_text(encoding="utf-8")
    found = re.search(rf'<section id="{name}">\n(.*?)(?=<section id="[a-z0-9-]+">\n<h2>|</main>)', text, re.S)
    return found and found[1].rsplit("</section>", 1)[0]


def plain(html):
    return re.sub(r"[\s\u202f\u00a0]+", " ", re.sub(r"<[^>]*>", "", html)).replace("&nbsp;", " ")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_tells_what_matters_most(year, reports, lang):
    """At most three figures an area, each of the country as a whole, with what it means; the rest is named."""
    summary = section(reports[lang], "summary")
    rows = list(csv.DictReader((reports[lang] / "indicators.csv").open(encoding="utf-8")))
    areas = summary.split("<h3>")[1:]
    assert areas and all(1 <= area.count('class="card"') <= 3 for area in areas)
    cards = {re.search(r'href="#(\w+)"', card)[1]: card[card.index("<data"):card.index("\n</div>")] for card in summary.split('<div class="card">')[1:]}
    assert len(cards) <= 24 and {"ACC1", "PER5", "PER3", "PER10", "REL1"} <= cards.keys() and "PER1" not in cards
    for indicator, card in cards.items():
        (_, _, line, column), *_ = Numbers(card[:card.index("</p>")]).found
        row = rows[line - 2]
        assert (row["indicator"], row["country"], column, row["operator"], row["geo"]) == (indicator, "BJ", "value", "", "")
    said = plain(cards["ACC1"])
    assert {"fr": "La même source donnait 33,5 pour 2021.", "en": "The same source gave 33.5 for 2021."}[lang] in said
    assert {"fr": "Mieux placés, d’après la même source : Togo 41,1. Moins bien placés : Niger 22,0.",
            "en": "Better placed, by the same source: Togo 41.1. Less well placed: Niger 22.0."}[lang] in said
    assert {"fr": "Objectif pour 2030 : au moins 100 %", "en": "Goal for 2030: at least 100 %"}[lang] in said
    assert "ECO8" in cards, "no indicator that is marked has a figure in this area, so its first stands for it"
    assert {"fr": "sur une échelle de 0 à 10 000", "en": "on a scale from 0 to 10,000"}[lang] in plain(cards["ECO8"])
    change = [row for row in rows if row["indicator"] == "PER3" and row["period"] == YEAR and row["change_low"]]
    assert change and ("2023" in plain(cards["PER3"]))
    unknown = plain(summary[summary.index('<p class="unknown">'):])
    assert {"fr": "Adoption d’IPv6", "en": "IPv6 adoption"}[lang] in unknown and {"fr": "Part d’internautes", "en": "Individuals using"}[lang] not in unknown


def test_a_sentence_stands_once(reports):
    """What the summary says in figures is said in full where the indicator stands, and not before."""
    summary, areas = section(reports["en"], "summary"), section(reports["en"], "areas")
    says = re.findall(r'<p class="says">(.*?)</p>', areas)
    assert len(says) > 10 and not any(plain(said) in plain(summary) for said in says)
    assert any("Nothing allows to say" in said or "not by chance" in said for said in says)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_measured_days_are_told_at_the_beginning(year, reports, lang):
    """On the cover and in the summary: the first and the last with a result, and to what day the data go; of the data, not of today."""
    text = (reports[lang] / "report.html").read_text(encoding="utf-8")
    (first, last), = year.sql("SELECT min(day)::text, max(day)::text FROM public_indicator_day WHERE country = 'BJ' AND value IS NOT NULL AND day >= '2024-01-01'")
    assert (first, last) == ("2024-01-01", "2024-01-19")
    said = {"fr": "Mesuré du 1er janvier 2024 au 19 janvier 2024, sur 5–9 lignes. Données arrêtées au 2 novembre 2024.",
            "en": "Measured from 1 January 2024 to 19 January 2024, on 5–9 lines. Data up to 2 November 2024."}[lang]
    cover = text[text.index('<header class="cover">'):text.index("</header>")]
    assert said in plain(cover) and said in plain(section(reports[lang], "summary"))


def test_recommendations_rest_on_figures(reports):
    """By addressee, each with its figures as indicators.csv has them; a reference that is broken is told with what comes nearest."""
    said, text = (reports["fr"] / "said").read_text(encoding="utf-8"), section(reports["fr"], "recommendations")
    rows = list(csv.DictReader((reports["fr"] / "indicators.csv").open(encoding="utf-8")))
    assert re.findall("<h3>(.*?)</h3>", text) == ["À l’État", "Au régulateur", "Ce que sont devenues celles de l’édition 2023"]
    assert "Publier chaque trimestre les débits obtenus, et non seulement les débits vendus." in text
    rests = [(rows[line - 2]["indicator"], rows[line - 2]["statistic"], rows[line - 2]["country"]) for _, _, line, column in Numbers(text).found if column == "value"]
    assert rests == [("ACC1", "value", "BJ"), ("PER5", "p50", "BJ"), ("PER5", "p10", "BJ"), ("ACC1", "value", "TG")]
    assert "<mark>Un chiffre manque ici" in text and re.search(r"2024/fr/edition\.conf: line \d+: \{\{PER55\}\} is not understood.*nearest: \{\{PER5\}\}", said)


def test_last_years_are_answered_or_not(reports):
    outcomes = [plain(row) for row in re.findall("<tr>(.*?)</tr>", section(reports["fr"], "recommendations"), re.S)][1:]
    assert outcomes == ["Publier les débits par département.Au régulateurcommencéeDeux départements ont leurs chiffres.",
                        "Financer vingt sondes.Aux bailleurssans réponse"]


def test_who_paid_and_how_to_cite_it(reports):
    fr, lines = reports["fr"], plain(section(reports["fr"], "credits"))
    assert "Fondation &lt;Exemple&gt;" in section(fr, "funding") and "40\u202f000 EUR\u202f; rien d’autre" in section(fr, "funding") and "A. Dossou" in section(fr, "funding")
    assert "ARCEP" in section(fr, "requests") and "5 octobre 2024" in section(fr, "requests") and "pas de réponse" in section(fr, "requests")
    assert "ISOC Bénin. ISSN 2049-3630. https://doi.org/10.5281/zenodo.1234567" in lines and "1er mars 2025" in lines
    assert "Page 1212 avril 2025Mo/sMbit/s" in lines and "5–9 lignes de volontaires" in lines
    assert (fr / "questionnaires" / "menages.pdf").read_bytes() == b"%PDF-1.4 questions"
    assert "Ménages ruraux" in section(fr, "requests")


def test_what_authors_put_beside_is_not_printed(year):
    """A page of theirs may name files that only the collector reads."""
    path, out = year.state.parent / "printer", year.state.parent / "theirs"
    path.mkdir()
    (path / "weasyprint").write_text('#!/bin/sh\nexec /bin/cp "$3" "$4"\n')
    (path / "weasyprint").chmod(0o755)
    done = subprocess.run(year.command("report", "--year", YEAR, "--lang", "fr", "--out", out), capture_output=True, text=True, check=False,
                          env=os.environ | year.env | {"PATH": str(path)})
    assert done.returncode == 0 and {found.name for found in out.rglob("*.pdf")} == {"report.pdf", "menages.pdf"}, done.stderr
    assert (out / "questionnaires" / "ecoles.html").exists()
    # What a later report has no more is taken away; what else lies there stays.
    (out / "questionnaires" / "ours.txt").write_text("notes")
    (out / "report.html").write_text((out / "report.html").read_text(encoding="utf-8").replace("</ul>", "<li>Vieux – questionnaires/vieux.pdf</li></ul>"), encoding="utf-8")
    (out / "questionnaires" / "vieux.pdf").write_bytes(b"%PDF-1.4")
    again = subprocess.run(year.command("report", "--year", YEAR, "--lang", "fr", "--out", out), capture_output=True, text=True, check=False,
                           env=os.environ | year.env | {"PATH": str(path)})
    assert again.returncode == 0 and "vieux.pdf was of an earlier report, and is removed" in again.stderr, again.stderr
    assert {found.name for found in (out / "questionnaires").iterdir()} == {"menages.pdf", "ecoles.html", "ours.txt"}


def test_what_is_not_given_is_said(reports):
    """Where authors gave nothing, the report does not look as if there were nothing to give."""
    for name, words in (("recommendations", "This edition makes no recommendation."), ("funding", "No funding was declared"), ("funding", "No conflict of interest was declared."),
                        ("requests", "No request that came to nothing"), ("credits", "Not yet assigned."), ("credits", "No error has been reported")):
        assert words in section(reports["en"], name), words


@pytest.mark.parametrize("text, says", (
    ("[recommendation 1]\nto = state\ntext = Tout faire.\n", r"2022/fr/edition\.conf, line 2: \[recommendation 1\] lacks figures; add a line such as: figures = PER5"),
    ("[outcome x]\nbecame = done\nwhy = Parce que.\n", r"2022/fr/edition\.conf, line 2: the edition of the year before has no recommendations"),
    ("[questionnaire Q]\nfile = parti.pdf\n", r"2022/fr/edition\.conf, line 2: .*parti\.pdf"),
))
def test_what_is_faulty_is_refused(year, text, says):
    """With file, line and cure, and nothing is written."""
    folder, out = year.config.parent / "chapters" / "2022" / "fr", year.state.parent / "refused"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "edition.conf").write_text(text, encoding="utf-8")
    done = write(year, out, "fr", "2022")
    assert done.returncode == 1 and re.search(says, done.stderr) and not out.exists(), done.stderr


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_measures_stands_beside_the_country(reports, lang):
    """Lines in steps, of figures that are published; the share of inhabitants and of the market where they are known."""
    panel = section(reports[lang], "panel")
    rows = list(csv.DictReader((reports[lang] / "indicators.csv").open(encoding="utf-8")))
    lines = {plain(part): plain(step) for part, step in re.findall(r'<tr><th scope="row">(.*?)</th><td class="n">(.*?)</td>', panel)}
    for column in ("operator", "technology"):
        told = {row[column] for row in rows if row["period"] == YEAR and row["kind"] == "measured" and row["value"] and row[column]
                and not any(row[other] for other in {"operator", "technology", "geo", "family", "zone"} - {column})}
        assert told and len(told) <= len(lines)
    assert all(re.fullmatch(r"\d+(–\d+)?", step) for step in lines.values())
    assert {"fr": "habitants, INStaD, RGPH-4, 2013", "en": "inhabitants, INStaD, RGPH-4, 2013"}[lang] in panel and "2024-06" in panel
    assert {"fr": "MTN Bénin (Spacetel)", "en": "MTN Bénin (Spacetel)"}[lang] in lines and re.search(r"48.?%", plain(panel))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_method_says_what_changed(reports, lang):
    """Of the same program nothing has between the two years; and each source of figures of neighbours says how it works."""
    assert {"fr": "Ni méthode ni cibles n’ont changé", "en": "Neither methods nor targets have changed"}[lang] in section(reports[lang], "method")
    assert {"fr": "Recueille ce que chaque État déclare", "en": "Gathers what each State declares"}[lang] in section(reports[lang], "neighbours")
