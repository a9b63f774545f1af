"""What lines weigh, in one figure and in the next: the same, or one less the other would be a line."""
import collections
import datetime

import pytest
import recount
import recount_day
import recount_transport
from test_compared import Panel

pytestmark = pytest.mark.long(15)

HALF = 0.005 + 1e-9  # of the last digit in which packet loss is told


@pytest.fixture
def panel(own_collector):
    return Panel(own_collector)


def losses(panel, year=2024):
    """(department, operator) -> packet loss of the year, of what is shown."""
    panel.c.run("rollup")
    return {(f["geo"], f["operator"]): f["value"] for f in panel.get(f"indicators?year={year}&indicator=PER8") if f["value"] is not None}


def test_a_line_that_is_cut_in_a_town_is_cut_in_its_country(panel):
    """One measured on 300 days and five on 30; elsewhere ten on all. In the town alone the one would be more than a fifth."""
    for loss, days, department in [(3, 300, "BJ-BO"), *[(2, 30, "BJ-BO")] * 5, *[(1, 300, "BJ-LI")] * 10]:
        panel.measures(panel.line("Grand", department), 2024, loss, days)
    got = losses(panel)
    whole, town, rest = got[None, None], got["BJ-BO", None], got["BJ-LI", None]
    assert (3900 * whole - 3000 * rest - 750 * town) / 150 != pytest.approx(3, rel=0.2)
    assert rest == 1 and town == pytest.approx((3 * 150 + 2 * 600) / 750, abs=HALF)
    assert whole == pytest.approx((3 * 150 + 2 * 600 + 3000) / 3750, abs=HALF)


def test_what_a_voucher_is_cut_to_in_a_town_it_is_in_its_country(panel):
    """A team vouches for nine of ten lines in a town; elsewhere each of ten for itself."""
    for n, (loss, department) in enumerate([(3, "BJ-BO"), *[(2, "BJ-BO")] * 9, *[(1, "BJ-LI")] * 10]):
        probe = panel.line("Grand", department)
        panel.sql("UPDATE probe SET confirmed_by = %s WHERE probe_no = %s", "Borgou" if 0 < n < 10 else f"own {n}", probe)
        panel.measures(probe, 2024, loss)
    got = losses(panel)
    whole, town, rest = got[None, None], got["BJ-BO", None], got["BJ-LI", None]
    assert (9 * 5 * town - 4 * (20 * whole - 10 * rest)) / 5 != pytest.approx(3, rel=0.2)
    assert rest == 1 and town == pytest.approx((3 + 4 * 2) / 5, abs=HALF) and whole == pytest.approx((3 + 4 * 2 + 10) / 15, abs=HALF)


def test_a_place_where_one_line_is_too_much_is_none(panel):
    """It would have to be cut to less than a quarter of what it weighs in the country: which is left as if that place were not there."""
    for loss, days, department in [(3, 300, "BJ-BO"), *[(2, 10, "BJ-BO")] * 5, *[(1, 300, "BJ-LI")] * 10]:
        panel.measures(panel.line("Grand", department), 2024, loss, days)
    got = losses(panel)
    assert ("BJ-BO", None) not in got
    [hidden] = [f for f in panel.get("indicators?year=2024&indicator=PER8") if f["geo"] == "BJ-BO" and not f["operator"]]
    assert hidden["floor"] == "hidden" and hidden["note"] == "one line would be more than a fifth of it; counted in the figure of all lines"
    assert got[None, None] == pytest.approx((3 * 300 + 5 * 2 * 40 + 10 * 300) / 3500, abs=HALF)


def test_a_place_that_nobody_sees_cuts_no_line(panel):
    """Two of its five lines have one network."""
    for n, (loss, days, department) in enumerate([(3, 300, "BJ-BO"), *[(2, 30, "BJ-BO")] * 4, *[(1, 300, "BJ-LI")] * 10]):
        panel.measures(panel.line("Grand", department), 2024, loss, days, network="198.51.0.0/24" if n < 2 else None)
    got = losses(panel)
    assert ("BJ-BO", None) not in got
    assert got[None, None] == pytest.approx((3 * 300 + 4 * 2 * 120 + 10 * 300) / 3780, abs=HALF)


def test_what_a_town_cuts_of_others_is_cut_of_a_voucher(panel):
    """A team vouches for six lines in one town; in another, each for itself, a line on 300 days is cut to what it is beside four on 40:
    the team would have more than half of the country."""
    for n, (loss, days, department) in enumerate([*[(2, 40, "BJ-BO")] * 6, (1, 300, "BJ-LI"), *[(1, 40, "BJ-LI")] * 4]):
        probe = panel.line("Grand", department)
        panel.sql("UPDATE probe SET confirmed_by = %s WHERE probe_no = %s", "Borgou" if n < 6 else f"own {n}", probe)
        panel.measures(probe, 2024, loss, days)
    assert losses(panel)[None, None] == pytest.approx(1.5, abs=HALF)


def points(panel):
    """(day since the first, value, lines) of what the chart of 2024 shows."""
    return panel.sql("SELECT day - '2024-01-01'::date, value, n_probes FROM indicator_day WHERE indicator = 'PER8' ORDER BY day")


def test_what_a_line_comes_to_weigh_is_covered(panel):
    """Z is one of four in its town, until a fifth comes: it would be more than a fifth of them, and is cut in their country's figure. Who
    takes that, and the days between, off what was told before has what Z weighs less: its loss, if others say next to nothing."""
    z, fifth = panel.line("Grand", "BJ-BO"), panel.line("Grand", "BJ-BO")
    town, country = [panel.line("Grand", "BJ-BO") for _ in range(3)], [panel.line("Grand", "BJ-LI") for _ in range(20)]
    for probe in (z, *town, *country):
        panel.measures(probe, 2024, 3 if probe == z else 0.45, 5 if probe in town else 100)
    before = losses(panel)[None, None]
    assert before == pytest.approx((3 * 100 + 0.45 * 2060) / 2160, abs=HALF) and len(points(panel)) > 90
    for probe in (z, fifth, *town, *country):
        panel.measures(probe, 2024, 3 if probe == z else 0.45, 40 if probe in (z, *country) else 10, after=100)
    panel.sql("UPDATE told_cell SET made = made - 30")
    now = losses(panel)  # forty of each in the town: of Z as well, of its hundred and forty
    assert now[None, None] == pytest.approx((3 * 40 + 0.45 * 2960) / 3000, abs=HALF)
    new = [(value, lines) for day, value, lines in points(panel) if day >= 100]
    left = before * 2160 + sum(value * lines for value, lines in new) - now[None, None] * 3000
    changed = 100 * 5 / 7 + len(new) * 5 / 7 - (40 - len(new)) * 2 / 7
    assert left / changed != pytest.approx(3, rel=0.2)


Household = collections.namedtuple("Household", "household")


def row(n, operator, day, loss):
    return recount.Row(Household(n), datetime.date(2024, 1, 1) + datetime.timedelta(day), operator, n, None, None, loss, 1, 0, 1, False, 1.0)


def of_days(lines):
    """The rows of lines that measure each day: what they say, first and then, for thirty days each."""
    return [row(n, operator, day, loss[day // 30]) for n, (operator, *loss) in enumerate(lines) for day in range(60)]


def test_days_and_an_operator_leave_no_line(panel):
    """Ten lines of an operator lose nothing for thirty days, ten of another nothing after: of those days' sums, less all that the first one's
    figure says, Z's losses alone would be left. Others have to be able to make up for them, on days of both kinds that are not shown."""
    lines = [*[("Grand", 0, 1)] * 10, *[("Autre", 1, 0)] * 10, ("Autre", 0, 5)]
    for operator, first, then in lines:
        probe = panel.line(operator)
        panel.measures(probe, 2024, first, 30)
        panel.measures(probe, 2024, then, 30, after=30)
    got = losses(panel)
    assert got[None, "Grand"] == 0.5
    shown = [day for day, *_ in points(panel)]
    wanted = recount_day.chart(of_days(lines), "mean", 2, place_of=lambda row: ("all", row.place))
    assert shown == sorted((day - datetime.date(2024, 1, 1)).days for day in wanted)
    assert 30 < len(shown) < 60 and all(30 - sum(day // 30 == half for day in shown) >= 3 for half in (0, 1))


def quarters(lines):
    """The same of lines that measure from one of four quarters on, of thirty days each, and until another."""
    return [row(n, operator, 30 * quarter + day, loss[quarter]) for n, (operator, since, until, *loss) in enumerate(lines)
            for quarter in range(since, until) for day in range(30)]


@pytest.mark.parametrize("others, editions, kept_back", [(0, (2, 4), True), (1, (2, 4), False), (0, (1, 2, 4), True)])
def test_points_that_are_out_keep_an_operator_back(panel, others, editions, kept_back):
    """An operator has lines enough from the third quarter on, or in the first as well, and a figure of it. All of them lose one in the second and
    the last, where others lose nothing: points of these, the first of which are out, less what its figure says of them, would be Z's losses. Not so
    where others lose as much."""
    lines = [*[("Autre", 0, 4, 1, others, 1, others)] * 10, ("Autre", 0, 4, 0, 5, 0, 0), *[("Grand", 0, 4, 0, 1, 0, 1)] * 4,
             *[("Grand", 0, 1, 0, 1, 0, 1)] * (len(editions) - 2), *[("Grand", 2, 4, 0, 1, 0, 1)] * 6]
    probes = [panel.line(operator) for operator, *_ in lines]
    grand, told = [None], set()
    for before, edition in zip((0, *editions), editions):
        for probe, (_, since, until, *loss) in zip(probes, lines):
            for quarter in range(max(before, since), min(edition, until)):
                panel.measures(probe, 2024, loss[quarter], 30, after=30 * quarter)
        got = losses(panel)
        grand.append(got.get((None, "Grand")))
        assert (None, None) in got and len(points(panel)) > 30 * (edition > 1) and (edition != 2 or grand[-1] == grand[-2])
        told = {day for day, *_ in points(panel)} if edition == 2 else told
        panel.sql("UPDATE told_cell SET made = made - 30")
    rows, had = quarters(lines), 30 * editions[0] if len(editions) > 2 else 0
    days = {row.day: [other for other in rows if other.day == row.day] for row in rows}
    number = {day: (day - datetime.date(2024, 1, 1)).days for day in days}
    out = {day: of for day, of in days.items() if number[day] in told}

    def last(row):
        """The country's last figure, and the operator's."""
        return ["last"] * (number[row.day] < 60) + [f"last {row.place}"] * (row.place == "Grand" and number[row.day] < had)

    units = recount_transport.units_of(days, [], rows, lambda row: ("all", row.place, *last(row)), "mean")
    later = [row for row in rows if row.day not in out]
    before = recount_transport.units_of(out, later, rows, lambda row: ("all", *last(row)), "mean")
    assert bool(recount_transport.told_anew(before, units, out.keys(), set(days))) == kept_back
    assert (grand[-1] == grand[-2]) == kept_back and (grand[1] is not None) == (had > 0)


TODAY = datetime.datetime.now(datetime.timezone.utc).date()
SINCE = TODAY.timetuple().tm_yday - 1  # days of the year that are over


@pytest.mark.skipif(SINCE < 30, reason="the year has hardly begun")
def test_days_that_do_not_count_yet_are_not_expected(panel):
    """Today and yesterday count later: lines that measured on all days of late weigh as many as count of them, long or short."""
    for n in range(10):
        panel.measures(panel.line(), TODAY.year, 1, 11, after=SINCE - 30)
    assert losses(panel, TODAY.year)[None, None] == 1
    for n in range(10):
        days = 19 if n < 5 else 9
        panel.measures(panel.line(), TODAY.year, 2 if n < 5 else 3, days, after=SINCE - days + 1)
    assert losses(panel, TODAY.year)[None, None] == pytest.approx((10 * 11 + 5 * 17 * 2 + 5 * 7 * 3) / (10 * 11 + 5 * 17 + 5 * 7), abs=HALF)
