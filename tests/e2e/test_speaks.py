"""Of what the figures speak: of the lines that were measured, until an edition reaches far enough to speak of the country."""

import datetime
import html
import json
import re

import pytest
import wire
from conftest import Collector, scratch

YEAR = 2024
DAYS = [datetime.date(YEAR, 3, 1) + datetime.timedelta(days=d) for d in range(6)]
DEPARTMENTS = ["BJ-LI", "BJ-BO", "BJ-AK"]
LINES = 18


def dns(day, rt_ms, second):
    at = datetime.datetime.combine(day, datetime.time(10, 0, second), datetime.timezone.utc)
    return {"task": "dns", "check": "dns", "target": "", "addr": "192.0.2.53", "af": 4, "at": wire.stamp(at),
            "mono_us": second, "sync": True, "outcome": "ok", "bytes": 150, "metrics": {"rt_ms": rt_ms, "size": 64, "rcode": 0},
            "detail": {}}


@pytest.fixture(scope="module")
def country():
    """Eighteen lines of one operator in three departments, a third of them in the country."""
    with scratch() as folder:
        c = Collector(folder)
        try:
            c.start_idle()
            for n in range(LINES):
                probe = c.probe(department=DEPARTMENTS[n % 3], operator="Grand", zone="rural" if n < 6 else "urban")
                c.stored(probe.batch([dns(day, 20 + n, n) for day in DAYS]))
            c.run("operator", "accept", "Grand")
            c.counted("2024-01-01", "2024-03-01")
            c.run("rollup")
            yield c
            c.stop()
        finally:
            c.clean()


def words(c, lang):
    text = re.sub(r"<style>.*?</style>", "", c.request("GET", f"/{lang}/").body.decode(), flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<(?!/?(h1|title))[^>]*>", " ", text)))


def speaks(c):
    figures = json.loads(c.run("indicators", "--year", str(YEAR), "--format", "json"))
    assert figures == c.request("GET", f"/api/v1/indicators?year={YEAR}").json()
    parts = {f["speaks_of"] for f in figures if f["geo"] or f["operator"] or f["zone"]}
    return parts, {f["speaks_of"] for f in figures if not (f["geo"] or f["operator"] or f["zone"])}


SAYS = {
    "fr": {"title": "L’état de l’Internet : lignes mesurées au Bénin", "sentence": "sur 10–19 lignes mesurées au Bénin.",
           "missing": ["9 départements qui ont leurs propres chiffres (3 à ce jour)", "20 lignes rurales (5 au moins à ce jour)",
                       "des opérateurs qui tiennent ensemble 80 % du marché (0 % à ce jour)"],
           "bar": "Toutes les lignes mesurées", "whole": "L’état de l’Internet : Bénin", "country": "ms au Bénin."},
    "en": {"title": "The state of the Internet: measured lines in Benin", "sentence": "on 10–19 measured lines in Benin.",
           "missing": ["9 departments with figures of their own (3 so far)", "20 rural lines (at least 5 so far)",
                       "operators that together hold 80% of the market (0% so far)"],
           "bar": "All measured lines", "whole": "The state of the Internet: Benin", "country": "ms in Benin."},
}


@pytest.mark.quick
@pytest.mark.parametrize("lang", SAYS)
def test_three_departments_are_measured_lines(country, lang):
    text, says = words(country, lang), SAYS[lang]
    assert f"<h1>{says['title']}</h1>" in text and f"<title>{says['title']} ·" in text
    assert says["sentence"] in text and says["bar"] in text
    for missing in says["missing"]:
        assert missing in text
    # The part of the rural lines, a third, is enough; and nothing speaks of a country.
    assert "20 % de lignes" not in text and "20% of rural" not in text
    assert says["whole"] + "<" not in text and says["country"] not in text
    assert not re.search("chiffre du pays|pays entier|Ensemble du pays|[Ww]hole country|country’s figure", text)
    assert speaks(country) == ({"lines"}, {"lines"})


@pytest.mark.parametrize("lang", SAYS)
def test_an_edition_that_reaches_far_enough_speaks_of_the_country(country, lang):
    country.sql("CREATE TABLE kept_rule AS SELECT * FROM edition_rule")
    country.sql("CREATE TABLE kept_share AS SELECT * FROM market_share")
    try:
        country.sql("UPDATE edition_rule SET departments = 3, rural_lines = 6")
        assert SAYS[lang]["title"] in words(country, lang)  # the operators are missing still
        country.sql("UPDATE market_share SET operator = 'Grand', lines = 90000000 WHERE operator LIKE 'MTN%%'")
        text, says = words(country, lang), SAYS[lang]
        assert f"<h1>{says['whole']}</h1>" in text and says["country"] in text
        assert says["title"] not in text and says["bar"] not in text and says["missing"][0] not in text
        assert speaks(country) == ({"lines"}, {"country"})
    finally:
        for table in ("rule", "share"):
            name = {"rule": "edition_rule", "share": "market_share"}[table]
            country.sql(f"DELETE FROM {name}")
            country.sql(f"INSERT INTO {name} SELECT * FROM kept_{table}")
            country.sql(f"DROP TABLE kept_{table}")


def test_explain_says_what_is_missing(country):
    text = country.run("indicators", "explain", "PER1")
    assert f"{YEAR} BJ measured: the measured lines; for the country this is missing: {SAYS['en']['missing'][0]}; " in text
