"""Collectors of which little is known: each page, each route and each command answers, and says why there is no more."""

import html
import json
import re

import pytest

from test_floor import YEAR, Line, household, measured, own

# What arithmetic on nothing leaves, and what a template leaves of a value that was not there.
GONE_WRONG = re.compile(r"\b(nan|NaN|inf|Infinity|null|undefined|None)\b|%[sdlz]\b|\{\{|\}\}|\(\)")
NOT_YET = ["Pas encore assez de lignes", "Lignes qui comptent à ce jour : 1 ou 2 sur 5."]
FIRST = ["Les premiers chiffres paraissent dès que 5 lignes comptent"]
SHOWN = ["1,00 % des paquets se perdent en route sur"]
TOO_FEW = ["n<5"]

# Country, what is there, what the French page says of it, what it does not.
STATES = {
    "empty": ("BJ", [], FIRST, SHOWN + NOT_YET),
    "one-probe": ("BJ", [Line(own(1), days=30)], NOT_YET + FIRST, SHOWN + ["n’a encore mesuré"]),
    "one-operator": ("BJ", [Line(own(n), days=30) for n in range(6)], SHOWN + ["5–9 lignes mesurées au Bénin"], NOT_YET + FIRST),
    "department-of-four": ("BJ", [Line(own(n), department="BJ-AL" if n < 4 else "BJ-BO", operator=f"Op{n % 2}", days=30)
                                  for n in range(20)], SHOWN + TOO_FEW, NOT_YET + FIRST),
    "three-towns": ("BJ", [Line(own(n), department=("BJ-AQ", "BJ-LI", "BJ-BO")[n % 3], operator=f"Op{n % 2}", days=30) for n in range(20)],
                    SHOWN, NOT_YET + FIRST),
    "no-shares": ("ML", [Line(own(n), department=None, operator=f"Op{n % 2}", days=30) for n in range(12)],
                  SHOWN + ["lignes mesurées au Mali"], NOT_YET + FIRST + ["80 % du marché"]),
}
ROUTES = ["indicators", f"indicators?year={YEAR}", f"indicators?year={YEAR}&format=csv", "series?check=ping", "series?check=ping&format=csv",
          "series?group=operator,department", "series?indicator=PER8",
          "probes", "targets", "checks", "changes", "edns"]
# What the report of the year says of each in French, and of what it has a picture.
NOTHING = "Aucun chiffre ne peut encore être publié."
REPORTS = {"empty": ([NOTHING], []), "one-probe": ([NOTHING], []), "one-operator": (["1,00 % des paquets", "Rien ne peut encore être publié de"], ["PER8-operators"]),
           "department-of-four": (["1,00 % des paquets", "n<5 Alibori"], ["PER8-operators"]), "no-shares": (["1,00 % des paquets", "au Mali"], ["PER8-operators"]),
           "three-towns": (["1,00 % des paquets", "Atlantique", "Littoral", "Borgou"], ["PER8-operators", "PER8-departments"])}
# An empty year, an indicator without a source, a pack without plans: what is asked, and what the answer has to say.
COMMANDS = {"indicators --year 1993 --format table": "There is no figure of {country} in 1993.",
            "indicators --year 1993 --format json": "[]",
            "indicators --year 1993": "indicator,name_fr,",
            "indicators goals --year 1993": "country,indicator,",
            "indicators explain ACC1 --year 1993": "inputs: none yet",
            "indicators explain AFF1 --year 1993": "1993 tariff: missing, so nothing is calculated that needs it",
            "indicators verify --year 2090": "there is no figure of 2090"}


def words(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style.*?</style>", " ", page, flags=re.S))))


@pytest.fixture(params=STATES)
def small(request, own_collector):
    country, lines, says, never = STATES[request.param]
    c = own_collector
    c.settings = {"upkeep": "no", "country": country}
    c.move(c.port)
    c.start()
    for number, line in enumerate(lines):
        household(c, line, number)
    c.sql("UPDATE probe_context SET country = %s", country)
    measured(c, [])
    c.says, c.never, c.report_says = says, never, REPORTS[request.param]
    return c


def check_report(c, folder):
    """In each language: whole, with what is missing said, and a chapter of ten thousand words whose one reference is broken."""
    says, pictures = c.report_says
    for lang in ("fr", "en"):
        chapters, out = c.config.parent / "chapters" / str(YEAR) / lang, folder / lang
        chapters.mkdir(parents=True)
        (chapters / "75-long.md").write_text("# Essai\n\n" + "mot {{PER8}} dit par tous les autres mots du livre.\n\n" * 1000 + "{{PER8.p77}}\n")
        with pytest.MonkeyPatch.context() as tools:
            tools.setenv("PATH", "/nowhere")  # what is printed is made of the same document
            c.run("report", "--year", str(YEAR), "--lang", lang, "--out", out)
        text = (out / "report.html").read_text(encoding="utf-8")
        assert not (wrong := GONE_WRONG.search(words(text))), (lang, wrong, words(text)[wrong.start() - 80:wrong.end() + 80])
        for table in re.findall(r"<table.*?</table>", text, re.S):
            assert re.search(r"<tbody[^>]*>\s*<tr", table), f"{lang}: a table with nothing in it"
        assert text.count("<mark>") == 1 and text.count("mot <") == 1000
        if lang == "fr":
            assert [say for say in says if say not in words(text)] == []
        assert {path.stem for path in out.glob("figures/PER8-*.svg")} == set(pictures)


def test_little_is_known_and_all_of_it_answers(small, tmp_path):
    c = small
    for path in ("/fr/", "/en/"):
        reply = c.request("GET", path)
        page = reply.body.decode()
        assert reply.status == 200 and not (wrong := GONE_WRONG.search(words(page))), (path, wrong)
        for table in re.findall(r"<table.*?</table>", page, re.S):
            assert re.search(r"<tbody[^>]*>\s*<tr", table), f"{path}: a table with nothing in it"
        for figure in re.findall(r"<figure>(.*?)</figure>", page, re.S):
            assert words(figure).strip(), f"{path}: a picture of nothing"
    french = words(c.request("GET", "/fr/").body.decode())
    assert [say for say in c.says if say not in french] == [] and [say for say in c.never if say in french] == []
    for route in ROUTES:
        reply = c.request("GET", f"/api/v1/{route}")
        assert reply.status == 200 and not re.search(rb"\b(nan|inf)\b", reply.body, re.I), (route, reply.body[:500])
        if "csv" in route:
            assert reply.body.count(b"\n") > 0  # the header at least
        else:
            assert isinstance(json.loads(reply.body), list)
    figures = c.run("indicators", "--year", str(YEAR))
    assert not re.search(r"\b(nan|inf)\b", figures, re.I)
    explained = c.run("indicators", "explain", "PER8")
    assert "PER8" in explained and not re.search(r"\b(nan|inf)\b|%[sd]", explained, re.I)
    for line, says in COMMANDS.items():
        said = c.run(*line.split(), status=int("verify" in line))
        assert says.format(country=c.settings["country"]) in said and not re.search(r"\b(nan|inf)\b|%[sd]", said), line
    hidden = [f for f in c.request("GET", f"/api/v1/indicators?year={YEAR}").json() if f["value"] is None]
    assert all(f["floor"] in ("n<5", "hidden") and f["note"] for f in hidden)
    check_report(c, tmp_path)
