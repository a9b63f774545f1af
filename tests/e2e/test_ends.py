"""How far figures may be off, and what is counted beside them, tells what no single line says."""
import csv
import html
import io
import re

import pytest
import recount_saying
import recount_interval
from recount_told import may_be as may_be_told
from test_compared import Panel

pytestmark = pytest.mark.long(15)


@pytest.fixture
def panel(own_collector):
    return Panel(own_collector)


def numbers_in(table):
    """Of rows with their columns: all numbers but counts, years and versions."""
    for row in table:
        for name, value in row.items():
            if name.startswith("n_") or name in ("year", "period", "version", "method_version") or value in (None, "", True, False):
                continue
            try:
                yield name, float(value)
            except (TypeError, ValueError):
                pass


def everything(panel):
    """What anybody can ask of figures: (where, number)."""
    for route in ("indicators", "changes"):
        yield from ((f"{route}: {name}", n) for name, n in numbers_in(panel.get(route)))
        sheet = panel.c.request("GET", f"/api/v1/{route}?format=csv").body.decode()
        yield from ((f"{route}, CSV: {name}", n) for name, n in numbers_in(csv.DictReader(io.StringIO(sheet))))
    yield from (("days", n) for row in panel.sql("SELECT value, low, high FROM public_indicator_day") for n in row if n is not None)
    page = re.sub(r"<svg.*?</svg>", lambda svg: " ".join(re.findall(r"<(?:title|desc|text)[^>]*>([^<]*)<", svg[0])), panel.page("en"), flags=re.S)
    for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", page, re.S):
        words = html.unescape(re.sub("<[^>]*>", " ", cell))
        yield from (("page", float(word.replace(",", ""))) for word in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", words))


@pytest.mark.parametrize("extreme", [45, 700, 95000])
def test_one_extreme_line_of_six_is_told_by_nothing(panel, extreme):
    """Five lines' names are resolved in some ten milliseconds, the sixth's take much longer."""
    for ms in (8.2, 9.1, 10, 10.6, 11, extreme):
        probe = panel.line()
        for year in (2023, 2024):
            panel.asks(probe, year, ms)
    panel.c.run("rollup")
    said, numbers = recount_saying.bucket_middle(extreme), list(everything(panel))
    highs = {where: n for where, n in numbers if where.endswith("high")}
    assert highs["indicators: high"] >= 1.2 * said and any(where == "days" and n > said for where, n in numbers)
    assert {where for where, n in numbers if abs(n - said) < 0.2 * said} == set()


@pytest.mark.parametrize("part", [2, 4.9])
def test_what_a_mean_may_be_off_does_not_tell_its_largest_line(panel, part, monkeypatch):
    """Of 24 lines one loses so many times what all others but the second do. Whoever knows how the others lie, and the sum, tries what the
    one may have lost, and looks for which of it the ends would be as they are told."""
    others = [0.2 + n / 50 for n in range(22)]
    sums, second = (1 + part) * sum(others), 0.7
    largest = part * sum(others)

    def lines(tried):
        rest = (sums - tried) / sum(others)
        return [tried, second, *(rest * other for other in others)]

    for loss in lines(largest):
        panel.measures(panel.line(), 2024, loss)
    panel.c.run("rollup")
    [f] = [f for f in panel.get("indicators?indicator=PER8&year=2024") if not (f["operator"] or f["geo"] or f["technology"])]
    assert f["interval_kind"] == "studentised95" and f["value"] in may_be_told((sums + second) / 24, 2)

    def ends(times):
        return recount_interval.interval_of_figure("mean", lines(times * largest), [1.0] * 24,
                                                   recount_interval.seed_of("PER8", f["method_version"]), 100, 2)[:2]

    def may_be(told):
        """Up to what a mean cuts it to."""
        return [times for times in (0.6 + n / 20 for n in range(15)) if times * largest <= 5 / 6 * sums and ends(times) == pytest.approx(told, rel=1e-3)]

    assert ends(1) == pytest.approx((f["low"], f["high"]), rel=1e-3)
    assert max(abs(times - 1) for times in may_be((f["low"], f["high"]))) >= 0.2
    monkeypatch.setattr(recount_interval, "as_far_of_mean", lambda low, _value, high: (low, high))  # without the rule
    assert may_be(ends(1)) == [pytest.approx(1)]
