"""What figures say of lines that fail: a department for each way of failing, cut off for twelve hours a day."""

import datetime

import pytest
import wire
from conftest import Collector, scratch

YEAR = 2024
DAYS = [datetime.date(YEAR, 3, 1) + datetime.timedelta(days=d) for d in range(6)]
LINES = 6
# What a question comes to during the cut, and the code of the answer if there is one; what a test comes to.
CUTS = {
    "BJ-AL": ("ok", 0, "ok"),
    "BJ-AK": ("timeout", None, "timeout"),
    "BJ-AQ": ("refused", 5, "refused"),
    "BJ-BO": ("unreachable", None, "unreachable"),
    "BJ-CO": ("reset", None, "reset"),
    "BJ-DO": ("tls_error", None, "tls_error"),
    "BJ-KO": ("protocol_error", None, "protocol_error"),
    "BJ-LI": ("blocked", None, "blocked"),
    "BJ-MO": ("dns_error", None, "dns_error"),
    "BJ-OU": ("dns_error", 2, "timeout"),
    "BJ-PL": ("ok", 3, "partial"),
    "BJ-ZO": ("denied", None, "skipped"),
}
# An answer NXDOMAIN is useful, a test that gave its number is one, and what a box denies or skips says nothing of its line.
FINE = {"BJ-AL", "BJ-PL", "BJ-ZO"}

TARGETS = {"dns": "", "ping": "ns1.nic.bj", "throughput": "http://target.example"}


def result(check, day, hour, outcome, **metrics):
    at = datetime.datetime.combine(day, datetime.time(hour), datetime.timezone.utc)
    return {"task": check, "check": check, "target": TARGETS[check], "addr": "192.0.2.53", "af": 4, "at": wire.stamp(at), "mono_us": 1,
            "sync": True, "outcome": outcome, "bytes": 150, "metrics": metrics, "detail": {}}


def hour_of(department, day, hour):
    question, rcode, test = CUTS[department] if hour < 12 else CUTS["BJ-AL"]
    gives = test in ("ok", "partial")
    return [
        result("dns", day, hour, question, **({} if rcode is None else {"rt_ms": 20, "size": 64, "rcode": rcode})),
        result("ping", day, hour, test, **({"rtt_p50_ms": 10, "sent": 10, "rcvd": 10} if gives else {})),
        result("throughput", day, hour, test, **({"down_mbps": 10, "up_mbps": 4} if gives else {})),
    ]


def settle(c):
    """All probes are lines that count, each behind a network of its own, and figures are made."""
    c.counted("2024-01-01", "2024-03-01")
    c.run("rollup")


@pytest.fixture(scope="module")
def country():
    with scratch() as folder:
        c = Collector(folder)
        try:
            c.start_idle()
            c.everybodys(dict.fromkeys(TARGETS.values()))
            token = c.token()
            for n in range(LINES * len(CUTS)):
                probe, department = wire.Probe(), list(CUTS)[n % len(CUTS)]
                assert c.enrol(probe, token, department=department, technology="fibre", operator="Op").status == 200
                c.stored(probe.batch([r for day in DAYS for hour in range(0, 24, 2) for r in hour_of(department, day, hour)]))
            settle(c)
            yield c
            c.stop()
        finally:
            c.clean()


def departments(c, indicator):
    """Its main statistic's figures, by department."""
    figures = c.request("GET", f"/api/v1/indicators?year={YEAR}&indicator={indicator}").json()
    found = {f["geo"]: f for f in figures if f["geo"] and not f["operator"] and f["statistic"] in ("p50", "mean")}
    assert set(found) == set(CUTS) and all(f["value"] is not None for f in found.values()), found
    return found


def whole(c, indicator):
    figures = c.request("GET", f"/api/v1/indicators?year={YEAR}&indicator={indicator}").json()
    [figure] = [f for f in figures if not any(f[k] for k in ("geo", "operator", "technology", "family")) and f["statistic"] in ("p50", "mean")]
    return figure


def failed_in(c, indicator):
    return dict(c.sql("SELECT geo, n_failed FROM indicator_value WHERE indicator = %s AND geo IS NOT NULL AND operator IS NULL AND statistic IN "
                      "('p50', 'mean')", indicator))


@pytest.mark.quick
def test_a_cut_is_half_of_all_questions_however_it_shows(country):
    shares = {geo: f["value"] for geo, f in departments(country, "PER2").items()}
    assert shares == pytest.approx({geo: 0 if geo in FINE else 50 for geo in CUTS})


def test_a_cut_is_half_of_all_packets_unless_there_was_no_address(country):
    figures = departments(country, "PER8")
    assert {geo: f["value"] for geo, f in figures.items()} == pytest.approx(
        {geo: 0 if geo in FINE | {"BJ-MO"} else 50 for geo in CUTS})
    # Six hours of six days on six lines, which everybody is told of for the whole country, in steps: 200 to 499.
    assert failed_in(country, "PER8") == {geo: 0 if geo != "BJ-MO" else 6 * len(DAYS) * LINES for geo in CUTS}
    assert {f["n_failed"] for f in figures.values()} == {None} and whole(country, "PER8")["n_failed"] == 200


@pytest.mark.parametrize("indicator, value", [("PER1", 20), ("PER3", 10), ("PER5", 10), ("PER6", 4)])
def test_failures_stand_beside_what_is_made_of_the_others(country, indicator, value):
    for geo, f in departments(country, indicator).items():
        assert f["value"] == pytest.approx(value, rel=0.02)
        assert (f["n_samples"], f["n_failed"]) == (430 if geo in FINE - {"BJ-ZO"} else 220, None), (geo, f)
    # Nine departments, of which analysts have the number as it is.
    each = 6 * len(DAYS) * LINES
    assert failed_in(country, indicator) == {geo: 0 if geo in FINE else each for geo in CUTS}
    assert country.sql("SELECT DISTINCT n_failed FROM indicator_value WHERE indicator = %s AND n_probes = %s", indicator,
                       LINES * len(CUTS)) == [(9 * each,)]
    assert whole(country, indicator)["n_failed"] == 1000


def test_no_share_passes_the_whole(country):
    figures = country.request("GET", f"/api/v1/indicators?year={YEAR}").json()
    shares = [f[k] for f in figures if f["unit"] == "%" for k in ("value", "low", "high") if f[k] is not None]
    assert shares and all(0 <= s <= 100 for s in shares)


@pytest.mark.parametrize("lang, words", [("fr", "1\u202f000–1\u202f999 essais sans résultat"), ("en", "1,000–1,999 tests without a result")])
def test_the_page_says_how_many(country, lang, words):
    assert words in country.request("GET", f"/{lang}/").body.decode()


def test_a_line_that_is_off_counts_like_the_others(own_collector):
    """Nine lines: the first loses half of its packets, is off every other day, and off for good after sixteen of thirty."""
    c = own_collector.start_idle()
    token, first = c.token(), datetime.date(YEAR, 3, 1)
    days = [first + datetime.timedelta(days=d) for d in range(30)]
    for n in range(9):
        probe = wire.Probe()
        assert c.enrol(probe, token, department="BJ-BO", operator="Op").status == 200
        c.stored(probe.batch([result("ping", day, 1, "ok", rtt_p50_ms=10, sent=10, rcvd=9 if n else 5)
                              for day in (days if n else days[:16:2])]))
    settle(c)
    [(value, silent)] = c.sql("SELECT value, n_silent FROM indicator_value WHERE indicator = 'PER8' AND num_nonnulls(geo, operator) = 0")
    assert value == pytest.approx((8 * 10 + 50) / 9, abs=0.005) and silent == 1
    figures = c.request("GET", f"/api/v1/indicators?indicator=PER8&year={YEAR}").json()
    assert len(figures) > 1 and [f["n_silent"] for f in figures if f["value"] is not None] == [
        None if f["geo"] or f["operator"] or f["technology"] or f["family"] else 1 for f in figures if f["value"] is not None]
    for language, beside, explained in (("fr", "dont 1–4 sondes muettes à la fin", "Une sonde muette à la fin n’a plus rien donné"),
                                        ("en", "of the probes, 1–4 silent at the end", "A probe that is silent at the end gave nothing")):
        page = c.request("GET", f"/{language}/").body.decode()
        assert beside in page and explained in page
