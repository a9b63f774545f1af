"""What lines weigh, in one figure and in the next: the same, or one less the other would be a line."""
import pytest
from test_compared import Panel

pytestmark = pytest.mark.long(15)


@pytest.fixture
def panel(own_collector):
    return Panel(own_collector)


def losses(panel):
    """(department, operator) -> packet loss of 2024, of what is shown."""
    panel.c.run("rollup")
    return {(f["geo"], f["operator"]): f["value"] for f in panel.get("indicators?year=2024&indicator=PER8") if f["value"] is not None}


def test_a_line_that_is_cut_in_a_town_is_cut_in_its_country(panel):
    """One measured on 300 days and five on 30; elsewhere ten on all. In the town alone the one would be more than a fifth."""
    for loss, days, department in [(3, 300, "BJ-BO"), *[(2, 30, "BJ-BO")] * 5, *[(1, 300, "BJ-LI")] * 10]:
        panel.measures(panel.line("Grand", department), 2024, loss, days)
    got = losses(panel)
    whole, town, rest = got[None, None], got["BJ-BO", None], got["BJ-LI", None]
    assert (3900 * whole - 3000 * rest - 750 * town) / 150 != pytest.approx(3, rel=0.2)
    assert rest == 1 and town == pytest.approx((3 * 150 + 2 * 600) / 750, rel=1e-5)
    assert whole == pytest.approx((3 * 150 + 2 * 600 + 3000) / 3750, rel=1e-5)


def test_what_a_voucher_is_cut_to_in_a_town_it_is_in_its_country(panel):
    """A team vouches for nine of ten lines in a town; elsewhere each of ten for itself."""
    for n, (loss, department) in enumerate([(3, "BJ-BO"), *[(2, "BJ-BO")] * 9, *[(1, "BJ-LI")] * 10]):
        probe = panel.line("Grand", department)
        panel.sql("UPDATE probe SET confirmed_by = %s WHERE probe_no = %s", "Borgou" if 0 < n < 10 else f"own {n}", probe)
        panel.measures(probe, 2024, loss)
    got = losses(panel)
    whole, town, rest = got[None, None], got["BJ-BO", None], got["BJ-LI", None]
    assert (9 * 5 * town - 4 * (20 * whole - 10 * rest)) / 5 != pytest.approx(3, rel=0.2)
    assert rest == 1 and town == pytest.approx((3 + 4 * 2) / 5, rel=1e-5) and whole == pytest.approx((3 + 4 * 2 + 10) / 15, rel=1e-5)


def test_a_place_where_one_line_is_too_much_is_none(panel):
    """It would have to be cut to less than a quarter of what it weighs in the country."""
    for loss, days, department in [(3, 300, "BJ-BO"), *[(2, 10, "BJ-BO")] * 5, *[(1, 300, "BJ-LI")] * 10]:
        panel.measures(panel.line("Grand", department), 2024, loss, days)
    got = losses(panel)
    assert ("BJ-BO", None) not in got
    [hidden] = [f for f in panel.get("indicators?year=2024&indicator=PER8") if f["geo"] == "BJ-BO" and not f["operator"]]
    assert hidden["floor"] == "hidden" and hidden["note"] == "one line would be more than a fifth of it; counted in the figure of all lines"
