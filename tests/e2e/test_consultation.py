"""A consultation on the indicators, by commands alone: from the document and the form, through 40 comments of seven groups and their
answers, to an edition that is adopted, and changes no more."""

import csv
import io
import itertools
import re

import pytest

from conftest import Collector, scratch

SAID = {  # by group, as it writes itself: how many comments, in which language's form
    "Administrations publiques": (7, "fr"), "Opérateurs": (6, "fr"), "communauté technique": (6, "fr"), "Universities and research": (6, "en"),
    "users": (5, "en"), "Diaspora": (5, "en"), "Société civile et entreprises": (5, "fr"),
}
WHOLE = {"fr": "ensemble", "en": "whole"}
ZED1 = """-- id: ZED1
-- name.fr: Cadre juridique des coupures
-- name.en: Legal framework of shutdowns
-- unit: 0-4
-- decimals: 0
-- better: high
-- status: proposed
-- nature: qualitative
-- kind: qualitative
-- method: 1
-- dimensions:
-- aggregate: value
-- headline.fr: {value}
-- headline.en: {value}
-- definition.fr: De 0 à 4, avec justification et source.
-- definition.en: From 0 to 4, with justification and source.
"""


@pytest.fixture(scope="module")
def held():
    """The collector, where a consultation has been held up to its answers; what it printed on the way."""
    with scratch() as folder:
        c = Collector(folder)
        try:
            yield hold(c.start_idle(), folder)
            c.stop()
        finally:
            c.clean()


def hold(c, folder):
    c.out, c.bin = folder / "consultation", folder / "bin"
    c.bin.mkdir()
    (c.bin / "weasyprint").write_text('#!/bin/sh\ncp "$3" "$4"\n')  # its own work is not tried here
    (c.bin / "weasyprint").chmod(0o755)
    c.run("framework", "open", "2027", "--by", "A. Bio")
    (folder / "ZED1.sql").write_text(ZED1)
    c.run("framework", "propose", "ZED1", "--file", folder / "ZED1.sql", "--by", "Réseau des universités")
    c.empty = document(c, "fr")
    document(c, "en")
    c.forms = [fill(c, folder, *said) for said in zip(itertools.count(), SAID, SAID.values())]
    c.imported = [c.run("import", "comments", form) for form in c.forms]
    return c


def document(c, language):
    c.run("indicators", "export", "--consultation", "--out", c.out, "--lang", language, path=c.bin)
    page = (c.out / f"consultation-2027-{language}.html").read_text()
    assert (c.out / f"consultation-2027-{language}.pdf").read_text() == page
    return page


def form(c, language):
    text = (c.out / f"comments-2027-{language}.csv").read_text("utf-8-sig")
    lines = [line for line in text.splitlines() if not line.lstrip('"').startswith("#")]
    return list(csv.reader(lines, delimiter=";" if language == "fr" else ","))


def fill(c, folder, number, group, said):
    """A form, filled in and saved as a spreadsheet of its language does."""
    count, language = said
    header, *rows = form(c, language)
    at = {name: place for place, name in enumerate(header)}
    for row, n in zip(rows, range(count)):
        if n == 0:
            row[at["group" if language == "en" else "groupe"]] = group
            row[at["organisation"]] = f"Organisation {number}"
            row[at["person" if language == "en" else "personne"]] = f"Person {number}"
            row[at["may be named" if language == "en" else "nom publiable"]] = "" if number % 2 else "oui"
            row[at["date"]] = "15/03/2025" if language == "fr" else "2025-03-15"
        row[-1] = f"Remark {number}.{n}; <script>alert(1)</script>\n=second line, of two"
    text = io.StringIO()
    csv.writer(text, delimiter=";" if language == "fr" else ",", lineterminator="\r\n").writerows([header, *rows])
    path = folder / f"form{number}.csv"
    path.write_text(text.getvalue(), "utf-8-sig", newline="")
    return path


def other(path):
    """The same, saved once more: the very same file is not read again."""
    path.write_bytes(path.read_bytes() + b"\r\n")
    return path


def again(c, number):
    return c.run("import", "comments", other(c.forms[number]))


def comments(c):
    return c.sql("SELECT number, stakeholder_group, indicator, comment, verdict, answer FROM framework_comment ORDER BY number")


def test_the_document_asks_nobody_for_anything(held):
    """And has what is consulted on, each with a line in the form."""
    indicators = [name for name, in held.sql("SELECT indicator FROM framework_indicator ORDER BY 1")]
    assert not re.search(r'(?:src|action|data)="|@import|url\(|<script|<link[^>]*href="(?!data:)', held.empty)
    assert re.findall(r'href="(?!#|data:)[^"]*"', held.empty) == []
    assert set(re.findall(r'<article id="(\w+)"', held.empty)) == set(indicators) and "ZED1" in indicators
    for language in "fr", "en":
        _, *rows = form(held, language)
        assert sorted(row[1] for row in rows) == sorted([WHOLE[language], *indicators])
        assert {row[0] for row in rows} == {"BJ-2027"}
    assert held.empty.count("ne s’est pas exprimé à ce jour") == 7


def test_forty_comments_of_seven_groups_come_back(held):
    assert len(comments(held)) == sum(count for count, _ in SAID.values()) == 40
    assert held.sql("SELECT count(DISTINCT stakeholder_group), count(*) FILTER (WHERE indicator IS NULL) FROM framework_comment") == [(7, 7)]
    assert held.sql("SELECT DISTINCT person FROM framework_comment ORDER BY 1") == [(f"Person {n}",) for n in (0, 2, 4, 6)] + [(None,)]
    assert held.sql("SELECT DISTINCT said_on::text FROM framework_comment") == [("2025-03-15",)]
    assert "new comments: 0;" in again(held, 0)
    assert len(comments(held)) == 40
    page = document(held, "en")
    assert "<script" not in page and page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 40 and "7 groups of 7 spoke" in page
    assert "Person 0, Organisation 0" in page and "Person 1" not in page


def test_a_form_with_a_fault_brings_nothing(held, tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("indicator,group,comment\nPER1,users,fine\nPER1,strangers,not\n")
    assert "line 3: column group" in held.run("import", "comments", wrong, status=1)
    wrong.write_text("indicator,group,comment\nPER1,users,fine\nNONE,users,not\n")
    assert "line 3: column indicator" in held.run("import", "comments", wrong, status=1)
    assert len(comments(held)) == 40


def test_it_is_adopted_when_all_is_there_and_changes_no_more(held, tmp_path):
    refused = held.run("framework", "adopt", status=1)
    assert "comments without an answer: 1, 2, 3" in refused and "--reason" in refused
    for (number, *_), verdict in zip(comments(held), itertools.cycle(["taken", "partly", "not-taken"])):
        held.run("framework", "answer", str(number), "--verdict", verdict, "--text", f"Answer to {number}.", "--by", "A. Bio")
    refused = held.run("framework", "adopt", status=1)
    assert "comments without" not in refused and "without two raters" in refused and "ZED1" in refused
    # Whatever is qualitative waits for two.
    qualitative = [name for name, in held.sql("SELECT indicator FROM framework_indicator WHERE nature = 'qualitative' ORDER BY 1")]
    for indicator, (rater, score) in itertools.product(qualitative, [("C. Codjo", 1), ("D. Dossa", 3)]):
        held.run("framework", "rate", indicator, "--score", str(score), "--why", "Loi 2017-20", "--source", "https://example.org/loi", "--by", rater)
    before = held.run("framework", "show")
    again(held, 1)
    assert [(number, answer) for number, *_, answer in comments(held)] == [(n, f"Answer to {n}.") for n in range(1, 41)]
    assert held.run("framework", "show") == before
    assert "adopted and frozen" in held.run("framework", "adopt", "--by", "A. Bio")

    page, said = document(held, "en"), comments(held)
    assert "Adopted on" in page and page.count('class="answer"') == 40 and "No answer yet" not in page
    assert "Scores: 1 and 3. The two people do not agree." in page and "https://example.org/loi" in page
    for line in (["framework", "propose", "PER1"], ["framework", "retire", "PER1", "--why", "x"], ["framework", "adopt", "--reason", "x"],
                 ["framework", "answer", "1", "--verdict", "taken", "--text", "x"], ["import", "comments", other(held.forms[2])],
                 ["framework", "rate", "ZED1", "--score", "0", "--why", "x", "--source", "https://example.org/", "--by", "C. Codjo"]):
        refused = held.run(*line, status=1)
        assert "frozen" in refused and "framework open" in refused, line
    assert document(held, "en") == page and comments(held) == said

    held.run("framework", "open", "2028")
    assert re.search(r"edition 2027: adopted, .*\n.*edition 2028: in consultation, proposed by A[.] Bio", held.run("indicators", "explain", "PER1"))
    assert "open since" in held.run("framework", "show") and "adopted on" in held.run("framework", "show", "--edition", "2027")
