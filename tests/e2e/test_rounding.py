"""In how many digits figures are told: so few that no household's part of a mean is read off them."""
import csv
import decimal
import io
import itertools
import json

import pytest
from recount_told import digits_of, nearest
from test_compared import Panel

pytestmark = pytest.mark.long(15)

NUMBERS = ("value", "low", "high", "value_from", "value_to", "change", "change_low", "change_high", "whole_from", "whole_to")
ASKED = (97, 89, 83, 79, 73)  # questions of five households, which everybody knows


@pytest.fixture
def panel(own_collector):
    return Panel(own_collector)


def digits_behind(number):
    """Those that are written behind the point."""
    return max(0, -decimal.Decimal(number).as_tuple().exponent)


def written(panel):
    """(where, indicator, number as it is written) of all that everybody can ask of figures."""
    for route in ("indicators", "changes", *(f"series?indicator={i}" for i in ("PER1", "PER8"))):
        body = panel.c.request("GET", f"/api/v1/{route}").body
        sheet = panel.c.request("GET", f"/api/v1/{route}{'&' if '?' in route else '?'}format=csv").body.decode()
        for kind, rows in (("JSON", json.loads(body, parse_float=str, parse_int=str)), ("CSV", csv.DictReader(io.StringIO(sheet)))):
            for row in rows:
                yield from ((f"{route}, {kind}: {name}", row["indicator"], row[name]) for name in NUMBERS if row.get(name))


def test_no_figure_has_more_digits_than_its_indicator(panel):
    """Forty lines of two years that lose sevenths and thirteenths, and twenty whose names take such times."""
    for n in range(60):
        probe = panel.line(operator="Grand" if n % 3 else "Petit", department="BJ-BO" if n % 2 else "BJ-LI")
        for year in (2023, 2024):
            if n < 40:
                panel.measures(probe, year, (1 + n % 9) / (7 if year == 2023 else 13))
            else:
                panel.asks(probe, year, 10 + n / 7)
    panel.c.run("rollup")
    found = list(written(panel))
    for name in ("indicators, JSON: value", "indicators, CSV: low", "indicators, JSON: change_high", "changes, JSON: value_to", "changes, CSV: low",
                 "series?indicator=PER8, JSON: value", "series?indicator=PER1, CSV: high"):
        assert any(digits_behind(number) == digits_of(indicator) for where, indicator, number in found if where == name), name
    assert not [f for f in found if digits_behind(f[2]) > digits_of(f[1])]
    # Nor has the database, which analysts read, and backups are of.
    kept = [(indicator, n) for table, columns in (("indicator_value", "value, low, high"), ("indicator_day", "value, low, high"),
                                                  ("indicator_change", "value_from, value_to, low, high"))
            for indicator, *row in panel.sql(f"SELECT indicator, {columns} FROM {table}") for n in row if n is not None]
    assert len(kept) > 100 and not [k for k in kept if digits_behind(str(k[1])) > digits_of(k[0])]


def test_everybodys_series_have_three_digits(panel):
    for n in range(20):
        panel.asks(panel.line(), 2024, 10 + n / 7)
    panel.sql("SELECT cell_mark('2024-01-01', '2024-12-31')")
    panel.c.run("rollup")
    rows = json.loads(panel.c.request("GET", "/api/v1/series?check=dns&metric=rt_ms").body, parse_float=str)
    assert rows and all(len(decimal.Decimal(row[p]).normalize().as_tuple().digits) <= 3 for row in rows for p in ("p10", "p50", "p90"))


def test_no_household_is_read_off_the_digits_of_a_mean(panel):
    """Five households whose questions fail 1 to 5 times. Who knows how many each asked tries all that may have failed, and keeps what comes
    to the mean that is told."""
    failed = (3, 1, 4, 2, 5)
    for asked, bad in zip(ASKED, failed):
        panel.measures(panel.line(), 2024, 100 * bad / asked)
    panel.c.run("rollup")
    [f] = [f for f in panel.get("indicators?indicator=PER8&year=2024") if not (f["operator"] or f["geo"] or f["technology"] or f["family"])]
    days = {value for value, in panel.sql("SELECT value FROM public_indicator_day WHERE indicator = 'PER8'")}
    means = {tried: sum(100 * bad / asked for bad, asked in zip(tried, ASKED)) / 5 for tried in itertools.product(range(11), repeat=5)}

    def solutions(told, within):
        return [tried for tried, mean in means.items() if abs(mean - told) <= within]

    # With all its digits it is the one solution.
    assert solutions(means[failed], 1e-9) == [failed]
    assert f["value"] == nearest(means[failed], 2) and days == {f["value"]}
    left = solutions(f["value"], 0.005 + 1e-9)
    assert failed in left
    for household in range(5):
        assert {tried[household] for tried in left} == set(range(11))
