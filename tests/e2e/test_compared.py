"""What is compared: operators with each other, and a year with the one before."""
import itertools
import json
import operator
import random
import re

import pytest
import recount_saying
import recount_rank
import recount_told
import recount_weighted

pytestmark = pytest.mark.long(40)


class Panel:
    """Lines of a collector, and what they measured, as the ledger and the rollup would have left it."""

    def __init__(self, collector):
        self.c, self.count = collector.start_idle(), 0

    def line(self, operator="Grand", department="BJ-BO"):
        self.count += 1
        name = "".join(chr(97 + self.count // 26 ** i % 26) for i in range(3)).ljust(20, "a")
        [(probe,)] = self.c.sql("INSERT INTO probe (probe, enrolled_at, confirmed_at, confirmed_by) VALUES (%s, '2020-01-01', now(), "
                                "'Parakou') RETURNING probe_no", name)
        self.c.sql("INSERT INTO operator (country, name, state) VALUES ('BJ', %s, 'accepted') ON CONFLICT DO NOTHING", operator)
        self.c.sql("INSERT INTO probe_context (probe_no, country, department, operator_no, technology, valid_from, consent_version) "
                   "SELECT %s, 'BJ', %s, operator_no, 'fibre', '2020-01-01', 'tests' FROM operator WHERE name = %s",
                   probe, department, operator)
        return probe

    def measures(self, probe, year, loss, days=10, network=None, after=0):
        """Packet loss in percent, on so many days from a year's first, or from one after it."""
        self.c.sql("INSERT INTO probe_network VALUES (%s, %s, %s, 10) ON CONFLICT DO NOTHING", f"{year}-03-01", probe,
                   network or f"198.51.{probe % 256}.0/24")
        self.c.sql("""INSERT INTO rollup_day (day, probe_no, check_no, af, source, simulated, ok, partial, timeout, refused, unreachable,
                                              reset, dns_error, tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
                      SELECT make_date(%s, 1, 1) + d, %s, check_no, 4, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 840,
                             array_agg(CASE WHEN name IN ('sent', 'rcvd') THEN 1 ELSE 0 END ORDER BY position), array_agg(v ORDER BY position),
                             array_agg(v::real ORDER BY position), array_agg(v::real ORDER BY position)
                      FROM generate_series(%s, %s - 1) d,
                           (SELECT m.*, CASE m.name WHEN 'sent' THEN 1000 WHEN 'rcvd' THEN 1000 - 10 * %s ELSE 0 END::double precision AS v
                            FROM metric m JOIN check_kind k USING (check_no) WHERE k.name = 'ping') m
                      GROUP BY d, check_no""", year, probe, after, after + days, loss)
        self.c.sql("INSERT INTO indicator_dirty VALUES (%s) ON CONFLICT DO NOTHING", year)

    def asks(self, probe, year, ms):
        """What answers of its resolver take, on ten days."""
        self.measures(probe, year, 1)
        self.c.sql("INSERT INTO rollup_day_sketch (day, probe_no, check_no, af, position, ok, buckets, counts) "
                   "SELECT make_date(%s, 1, 1) + d, %s, check_no, 4, position, true, ARRAY[sketch_bucket(%s::real)], ARRAY[10] "
                   "FROM generate_series(0, 9) d, metric m JOIN check_kind k USING (check_no) WHERE k.name = 'dns' AND m.name = 'rt_ms'",
                   year, probe, ms)

    def sql(self, text, *params):
        return self.c.sql(text, *params)

    def get(self, route):
        reply = self.c.request("GET", f"/api/v1/{route}")
        assert reply.status == 200, reply.body
        return reply.json()

    def page(self, language):
        return self.c.request("GET", f"/{language}/").body.decode()


@pytest.fixture
def panel(own_collector):
    return Panel(own_collector)


def test_no_rank_where_lines_tell_of_none(panel):
    """Zed's lines lose less than the others'; Alpha's and Beta's lose as much as each other, though Beta's figure is better."""
    for operator, losses in {"Zed": (0.5, 0.1), "Alpha": (10.1, 1), "Beta": (10, 1), "Few": (90, 0), "Fewer": (90, 0)}.items():
        for n in range(3 if operator.startswith("Few") else 12):
            department = "BJ-AK" if operator == "Few" else "BJ-BO" if n % 2 or operator == "Fewer" else "BJ-LI"
            panel.measures(panel.line(operator, department), 2024, losses[0] + n * losses[1])
    panel.c.run("rollup")
    rows = {f["operator"]: (f["rank_low"], f["rank_high"]) for f in panel.get("indicators?year=2024&indicator=PER8") if not (f["geo"] or f["technology"])}
    assert rows == {None: (None, None), "Zed": (1, 1), "Alpha": (2, 3), "Beta": (2, 3), "Few": (None, None),
                    "Fewer": (None, None)}
    for language in ("fr", "en"):
        bars = re.search(r'<svg[^>]*aria-labelledby="PER8-b-t.*?</svg>', panel.page(language), re.S).group()
        labels = re.findall(r'class="label"[^>]*>([^<]*)<', bars)
        assert labels == ["1. Zed", "Alpha", "Beta", "Few", "Fewer"] and bars.count("n&lt;5</text>") == 2
    assert "leur différence n’est pas significative" in panel.page("fr") and "their difference is not significant" in panel.page("en")
    # Of three departments the smallest is small; one of the others is not, and would tell of it.
    for language, hidden in (("fr", "masqué"), ("en", "hidden")):
        table = dict(re.findall(r'<th scope="row">([^<]*)</th><td class="n">([^<]*)</td>', panel.page(language)))
        assert (table.pop("Atacora"), table.pop("Littoral")) == ("n&lt;5", hidden) and re.fullmatch("[0-9]+[,.][0-9]+", table["Borgou"])
    lines = panel.c.run("indicators", "--year", "2024").splitlines()
    assert any(",Zed," in line and ",1,1," in line for line in lines)
    weighs_by_shares(panel, {"fixed": {"Zed": 70, "Alpha": 20, "Few": 10}}, {"without_share": "Beta", "without_figure": "Few", "n_operators": 2})
    # Fibre has shares of its own, of one who has no lines here, and of one who is gone.
    weighs_by_shares(panel, {"fibre": {"Zed": 1, "Beta": 4, "Alpha": 3, "Else": 2, "Gone": 0}}, {"without_figure": "Else, Gone", "n_operators": 3})
    # However many operators there are, those that are not drawn are counted.
    for n in range(9):
        panel.measures(panel.line(f"Small {n}", "BJ-BO"), 2024, 50)
    panel.c.run("rollup")
    for language, others in (("fr", "4 autres"), ("en", "4 others")):
        bars = re.search(r'<svg[^>]*aria-labelledby="PER8-b-t.*?</svg>', panel.page(language), re.S).group()
        assert re.findall(r'class="label"[^>]*>([^<]*)<', bars)[-1] == others


def weighs_by_shares(panel, markets, has):
    """What is measured of fibre with each operator by its part of the market, against published figures and these parts alone."""
    panel.sql("INSERT INTO import_run (run, kind, whole, file, sha256, octets, lines, by_whom) VALUES (99, 'market', false, 'f', repeat('0', 64), 1, 1, "
              "'Bio') ON CONFLICT DO NOTHING")
    panel.sql("INSERT INTO market_part (country, technology, operator, period, subscriptions, source, retrieved, run) SELECT 'BJ', t.key, o.key, "
              "'2024', o.value::int, 'ARCEP', '2025-01-31', 99 FROM jsonb_each(%s) t, jsonb_each(t.value) o", json.dumps(markets))
    figures = {f["operator"]: f["value"] for f in panel.get("indicators?year=2024&indicator=PER8") if f["operator"] and f["technology"]}
    [of] = markets
    wanted = recount_weighted.weighted(figures, markets[of], recount_told.digits_of("PER8"))
    [got] = panel.get("weighted?year=2024&indicator=PER8")
    assert got["value"] in wanted.values and got["unweighted"] in wanted.unweighted and got["value"] != got["unweighted"]
    assert tuple(got[name] for name in wanted._fields[2:]) == wanted[2:] and got["share_technology"] == of, (got, wanted)
    assert {name: got[name] for name in has} == has


def test_ranks_against_a_recomputation(panel):
    """Operators whose lines are parted clearly, or hardly, or spread unequally."""
    r, cells = random.Random(3), {}
    for operator, (middle, spread, count) in {"Near": (10, 0.2, 12), "Beside": (10.2, 0.2, 12), "Wide": (14, 0.9, 8), "Far": (40, 0.2, 12),
                                              "Farther": (90, 0.2, 12)}.items():
        times = [round(middle * r.lognormvariate(0, spread), 3) for _ in range(count)]
        cells[operator] = [recount_saying.bucket_middle(ms) for ms in times]
        for ms in times:
            panel.asks(panel.line(operator), 2024, ms)
    panel.c.run("rollup")
    places, narrow = recount_rank.ranks(cells, r)
    assert narrow > 4, narrow  # else the draws decide
    assert places == {"Near": (1, 3), "Beside": (1, 3), "Wide": (1, 3), "Far": (4, 4), "Farther": (5, 5)}
    rows = {f["operator"]: (f["rank_low"], f["rank_high"]) for f in panel.get("indicators?year=2024&indicator=PER1")
            if f["operator"] and not (f["geo"] or f["technology"]) and f["statistic"] == "p50"}
    assert rows == places


def test_exchanges_at_random_are_those_that_there_are():
    """Of few lines, all of them can be tried."""
    one, other = [1.0, 2, 4, 7, 8, 11], [3.0, 6, 9, 10, 12, 13]
    every = recount_rank.p_of(one, other, recount_rank.every_exchange(one, other))
    assert recount_rank.p_of(one, other, recount_rank.some_exchanges(one, other, random.Random(1))) == pytest.approx(every, abs=0.03)
    assert 0.05 < every < 0.2


def change(panel, year):
    [row] = panel.get(f"changes?indicator=PER8&year={year}")
    return row


def test_a_panel_that_grows_is_no_trend(panel):
    """Thirty-six lines lose as much in both years, and as many that lose more came: the panel's figure doubles and nobody's line changed."""
    lines = [panel.line(operator="Grand" if n < 18 else "Petit") for n in range(36)]
    for year in (2023, 2024):
        for n, probe in enumerate(lines):
            panel.measures(probe, year, 1 + n % 9 / 10)
    for n in range(36):
        panel.measures(panel.line(operator="Nouveau"), 2024, 5)
    panel.c.run("rollup")
    row = change(panel, 2024)
    assert (row["comparable"], row["kind"], row["from_period"], row["n_lines"], row["why"]) == (True, "lines", "2023", 20, None)
    assert row["value_from"] == row["value_to"] == pytest.approx(1.4) and row["change"] == row["low"] == row["high"] == 0
    assert row["significant"] is False and row["whole_from"] == pytest.approx(1.4) and row["whole_to"] == pytest.approx(3.2)
    assert (change(panel, 2023)["why"], change(panel, 2023)["whole_from"]) == ("missing", None)

    # What January said of the year does not stay when it can be compared, though nothing came since.
    panel.sql("UPDATE indicator_change SET why = 'unfinished', kind = NULL, value_from = NULL, value_to = NULL, low = NULL, high = NULL, "
              "n_common = NULL WHERE to_period = '2024'")
    assert change(panel, 2024)["why"] == "unfinished"
    panel.c.run("rollup")
    assert change(panel, 2024) == row

    # A box that took another's place is the same line; a change of all is one.
    new = panel.line(operator="Grand")
    panel.sql("UPDATE probe SET replaced_by = %s WHERE probe_no = %s", new, lines[0])
    for n, probe in enumerate([new, *lines[1:]]):
        panel.measures(probe, 2025, 3 + n % 9 / 10)
    panel.c.run("rollup")
    row = change(panel, 2025)
    assert row["n_lines"] == 20 and row["significant"] is True and row["low"] <= row["change"] <= row["high"]
    assert row["change"] == pytest.approx(2, rel=0.01) and row["percent"] == pytest.approx(100 * 2 / 1.4, rel=0.01)
    figures = {f["period"]: f for f in panel.get("indicators?indicator=PER8") if not (f["geo"] or f["operator"] or f["technology"])}
    assert figures["2025"]["change_from"] == "2024" and figures["2025"]["change"] == row["change"]
    assert figures["2023"]["change"] is None and figures["2023"]["change_why"] == "missing"
    told = "De 2024 à 2025 : [+]2,00 points? sur les 20–49 lignes communes aux deux années .* Toutes les lignes de chaque année : 3,20 puis 3,40 %"
    assert re.search(told, panel.page("fr")) and "the 20–49 lines common to both years" in panel.page("en")
    assert [line for line in panel.c.run("indicators", "--year", "2025").splitlines() if line.startswith("PER8,") and ",2024," in line]


def test_too_few_common_lines_are_not_compared(panel):
    """Five lines in both years have no interval, and no cell is in both; as many cells as hold half of the lines are compared."""
    for n in range(10):
        probe = panel.line(operator=f"Op{n // 5}")
        panel.measures(probe, 2023, 1 + n / 10)
        if n < 5:
            panel.measures(probe, 2024, 1 + n / 10)
    for n in range(6):
        panel.measures(panel.line(operator="Op2"), 2024, 9)
    panel.c.run("rollup")
    row = change(panel, 2024)
    assert (row["comparable"], row["why"], row["change"], row["n_lines"]) == (False, "few", None, None)
    assert row["whole_from"] == pytest.approx(1.45, rel=0.01) and row["whole_to"] > 5
    assert "car trop peu de lignes sont communes aux deux années" in panel.page("fr")


def test_explain_says_it_in_french(collector, monkeypatch):
    monkeypatch.setitem(collector.env, "LC_ALL", "fr_FR.UTF-8")
    assert re.search("état +proposé, version de méthode", collector.run("indicators", "explain", "PER1"))


def test_explain_says_how_it_is_compared(collector):
    text = collector.run("indicators", "explain", "PER1")
    assert "ranks            of p50, among operators" in text and "permutation test" in text and "at most 5 times in a hundred (Holm)" in text
    assert "change           of p50, over lines common to both years" in text


# ---- what means tell of one line ----

LINES = {None: 16, "BJ-BO": 6, "BJ-LI": 10}


def near(shown, value):
    """What lies within a fifth of a value, of all that figures by place and their sums and differences tell. How many lines stand behind each
    is known."""
    sums = [figure * LINES[geo] for geo, figure in shown.items()]
    told = [*shown.values(), *(sum(map(operator.mul, times, sums)) for times in itertools.product((-1, 0, 1), repeat=len(sums)))]
    return [x for x in told if abs(abs(x) - value) <= value / 5]


@pytest.mark.parametrize("lost, others, shown", [
    (40, 1, {None}),  # six lines lose 40.5 together, which is the country less the ten
    (100, 1, {None, "BJ-LI"}),  # cut to 47.5 in the country, and so in all that is told
    (2, 1, {None, "BJ-BO", "BJ-LI"}),
])
def test_one_line_is_not_most_of_what_is_told(panel, lost, others, shown):
    """Six lines in Borgou, of which one loses much more than the rest; ten in Littoral."""
    for n in range(16):
        panel.measures(panel.line(operator="Grand" if n % 2 else "Petit", department="BJ-BO" if n < 6 else "BJ-LI"), 2024,
                       lost if n == 0 else 0.1 if n < 6 else others)
    panel.c.run("rollup")
    figures = [f for f in panel.get("indicators?year=2024&indicator=PER8") if not (f["operator"] or f["technology"])]
    values = {f["geo"]: f["value"] for f in figures if f["floor"] == "met"}
    assert values.keys() == shown
    assert {f["note"] for f in figures if f["floor"] == "hidden"} <= {
        "one line would be most of it, or of its difference from others; counted in the figure of all lines"}
    assert lost == 2 or not near(values, lost)


# ---- what changes tell of one line ----

def common_lines(panel, years, count=40, losses=tuple(1 + n / 10 for n in range(9))):
    """Lines that lose a little more or less than each other in all of these years."""
    lines = [panel.line(operator="Grand" if n < 20 else "Petit") for n in range(count)]
    for year in years:
        for n, probe in enumerate(lines):
            panel.measures(probe, year, losses[n % len(losses)])
    return lines


def test_two_changes_tell_of_no_line_by_the_year_that_they_share(panel):
    """The second year's mean over lines of the first, less that over lines of the third, would be the line that went between."""
    common_lines(panel, (2022, 2023, 2024))
    goes = panel.line(operator="Grand")
    for year in (2022, 2023):
        panel.measures(goes, year, 3)
    for n in range(6):  # so that neither is the year's figure less one line
        panel.measures(panel.line(operator="Grand"), 2023, 1 + n / 10)
    panel.c.run("rollup")
    first, second = change(panel, 2023), change(panel, 2024)
    assert first["kind"] == "lines" and (second["value_from"] is None or second["kind"] == "cells")


@pytest.mark.parametrize("happens", [
    lambda panel, line: panel.sql("UPDATE rollup_day SET sum[8] = 0 WHERE probe_no = %s AND day = '2024-01-05'", line),
    lambda panel, line: panel.sql("UPDATE probe SET revoked_at = now(), revoked_reason = 'stolen' WHERE probe_no = %s", line),
])
def test_a_change_does_not_move_with_one_line(panel, happens):
    """It says something else, or is doubted: the mean over common lines, less what it was, would be what became of that one."""
    lines = common_lines(panel, (2023, 2024))
    panel.c.run("rollup")
    before = change(panel, 2024)
    assert before["kind"] == "lines"
    happens(panel, lines[7])
    panel.sql("INSERT INTO indicator_dirty VALUES (2023), (2024) ON CONFLICT DO NOTHING")
    panel.c.run("rollup")
    assert change(panel, 2024) == before


def of_before(panel):
    """All that is told of packet loss was made by the method before."""
    for table in ("indicator", "indicator_value", "told_cell", "indicator_change", "told_change"):
        panel.sql(f"UPDATE {table} SET method_version = method_version - 1 WHERE indicator = 'PER8'")


def lifted_meanwhile(panel):
    panel.sql("SELECT floor_lift(true)")
    panel.c.run("rollup")
    panel.sql("SELECT floor_lift(false)")


@pytest.mark.parametrize("made_again", [of_before, lifted_meanwhile])
def test_a_change_that_is_made_again_forgets_no_line(panel, made_again):
    """Figures are made anew under cover of days that come. The mean over common lines, less what it was, would be the line that went."""
    losses = (3.125, 6.25, 12.5)  # of any number of days, the same mean to the last bit
    lines = common_lines(panel, (2023, 2024), losses=losses)
    panel.c.run("rollup")
    before = change(panel, 2024)
    made_again(panel)
    panel.sql("UPDATE probe SET revoked_at = now(), revoked_reason = 'stolen' WHERE probe_no = %s", lines[7])
    for year in (2023, 2024):
        for n, probe in enumerate(lines):
            if n != 7:
                panel.measures(probe, year, losses[n % 3], after=10)
    panel.c.run("rollup")
    after = change(panel, 2024)
    [(method,)] = panel.sql("SELECT method_version FROM indicator WHERE indicator = 'PER8'")
    assert before["kind"] == "lines" and after["method_version"] == method and after["whole_to"] is not None
    assert after["kind"] == "cells"


# ---- what is left where lines weigh otherwise in a year's figure ----

def whole(panel, year):
    [figure] = [f for f in panel.get(f"indicators?year={year}&indicator=PER8")
                if f["statistic"] == "mean" and not (f["geo"] or f["operator"] or f["technology"] or f["family"])]
    return figure["value"]


def points(panel, year):
    """Of the year's day: its value."""
    return {day.timetuple().tm_yday: value for day, value in
            panel.sql("SELECT day, value FROM indicator_day WHERE indicator = 'PER8' AND extract(year FROM day) = %s ORDER BY day", year)}


def test_a_chart_tells_of_no_line_that_weighs_more(panel):
    """One of eleven lines fails every other day, so that each day of it counts twice: the year less all days would be the line's."""
    for n in range(10):
        probe = panel.line()
        for day in range(10):  # it is worse by the day
            panel.measures(probe, 2024, (1 + n % 5 / 10) * (1 + day ** 2 / 10), days=1, after=day)
    odd = panel.line()
    panel.measures(odd, 2024, 9, days=5)
    panel.c.run("rollup")
    told = points(panel, 2024)
    assert len(told) >= 5
    for unknown in (told[max(told)], sum(told.values()) / len(told)):
        days = sum((11 if day <= 5 else 10) * told.get(day, unknown) for day in range(1, 11))
        assert abs((110 * whole(panel, 2024) - days) / 5 - 9) > 0.2 * 9, told


def test_a_change_tells_of_no_line_that_weighs_less(panel):
    """One line has two days of the second year, of which each counts four times: the ten of the others count ten."""
    lines = [panel.line(operator="Grand" if n < 20 else "Petit") for n in range(41)]
    for year in (2023, 2024):
        for n, probe in enumerate(lines):
            loss = 9 if n == 40 else 1 + n % (year - 2015) / 10
            panel.measures(probe, year, loss, days=2 if (n, year) == (40, 2024) else 10)
    panel.c.run("rollup")
    row = change(panel, 2024)
    assert row["whole_to"] and (row["value_to"] is None or abs((410 * row["value_to"] - 408 * row["whole_to"]) / 2 - 9) > 0.2 * 9), row


def test_a_change_may_cut_what_figures_cut(panel):
    """One line loses all of both years: of its loss nothing is told that is not five times what all others lose."""
    common_lines(panel, (2023, 2024), losses=(0.1, 0.12, 0.14))
    lost = panel.line(operator="Grand")
    for year in (2023, 2024):
        panel.measures(lost, year, 100)
    panel.c.run("rollup")
    row = change(panel, 2024)
    assert row["kind"] == "lines" and row["value_to"] == pytest.approx(row["whole_to"], rel=0.02) and 41 * row["value_to"] < 40


def test_a_change_that_cuts_two_lines_is_not_most_of_a_third(panel):
    """Two lines are dead, and count five times what all others lose: of that, one line loses nearly all."""
    lines = common_lines(panel, (2023, 2024), losses=(0.01, 0.02))
    for year in (2023, 2024):
        for probe in lines[:2]:
            panel.sql("UPDATE rollup_day SET sum[8] = 0 WHERE probe_no = %s", probe)
        panel.sql("UPDATE rollup_day SET sum[8] = 970 WHERE probe_no = %s", lines[2])
    panel.c.run("rollup")
    assert change(panel, 2024)["kind"] != "lines"


def test_a_change_of_an_ordinary_country_is_told(panel):
    """Three operators in three towns: a line is alone with its operator in its town here and there, or came late in the year."""
    r = random.Random(1)
    for n in range(45):
        probe = panel.line(operator=("Grand", "Petit", "Nouveau")[n * 7 % 11 % 3], department=("BJ-BO", "BJ-LI", "BJ-AK")[n * 5 % 13 % 3])
        loss = min(30, r.lognormvariate(0, 1))
        for year in (2023, 2024):
            late = 4 if n % 5 == 0 and year == 2024 else 0
            panel.measures(probe, year, round(loss * r.lognormvariate(0, 0.1), 1), days=10 - late, after=late)
    panel.c.run("rollup")
    row = change(panel, 2024)
    assert row["kind"] == "lines", row


def test_a_change_is_of_the_days_that_figures_have(panel):
    """Late days of the second year are in no figure that stands: nor does its change have them, be they of a line that it had not, or of one
    that it had. What was not told before for want of a first year still is."""
    lines = [panel.line(operator="Grand" if n < 20 else "Petit") for n in range(40)]
    late = panel.line(operator="Grand")
    for n, probe in enumerate(lines):
        panel.measures(probe, 2024, 1 + n % 9 / 8)
    panel.c.run("rollup")
    panel.measures(lines[7], 2024, 80, after=20)
    for n, probe in enumerate(lines):
        panel.measures(probe, 2023, 1 + n % 9 / 8)
    panel.c.run("rollup")
    row = change(panel, 2024)
    assert row["kind"] == "lines" and row["value_to"] == row["value_from"] == row["whole_to"] == 1.47

    panel.measures(late, 2021, 9)
    for n, probe in enumerate(lines):
        for year in (2021, 2022):
            panel.measures(probe, year, 1 + n % 9 / 8)
    panel.c.run("rollup")
    panel.measures(late, 2022, 9)
    panel.c.run("rollup")
    row = change(panel, 2022)
    assert row["whole_to"] == 1.47
    assert row["value_to"] is None or abs(41 * row["value_to"] - 40 * row["whole_to"] - 9) > 0.2 * 9, row
