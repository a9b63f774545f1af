"""A country west of Greenwich, of one operator: its hours, days and page; and one that has summer time."""
import re

import pytest

from conftest import Collector, built, scratch

pytestmark = pytest.mark.long(20)

EVENTS = "start,duration,department,operator,kind,size\n2024-02-10T18:00,6h,,,shutdown,\n2024-04-01T18:00,6h,,,shutdown,\n"


class West(Collector):
    def command(self, *words):
        return [built("tests/e2e/internetmetre-collector-west"), *super().command(*words)[1:]]


@pytest.fixture(scope="module")
def west():
    with scratch() as folder:
        c = West(folder, upkeep="no", country="XA", publication_floor="simulated")
        (folder / "events.csv").write_text(EVENTS)
        (folder / "events.csv").chmod(0o644)
        try:
            yield c.start()
            c.stop()
        finally:
            c.clean()


def simulate(c, *words):
    c.run("simulate", *words, "--seed", "3", "--events", str(c.config.parent / "events.csv"))


def test_its_evening_is_the_night_of_the_next_day(west):
    """18:00 in UTC-1 is 19:00: a shutdown until midnight takes five hours of the UTC day, and one of the next. Figures are of UTC days."""
    c = west
    simulate(c, "--country", "XA", "--probes", "8", "--days", "40", "--from", "2024-02-01", "--rollups")
    cut = {row["day"]: row["value"] for row in c.request("GET", "/api/v1/series?indicator=PER2&from=2024-02-08&to=2024-02-13").json()}
    assert len(cut) == 6 and max(cut, key=cut.get) == "2024-02-10"
    assert cut["2024-02-10"] - cut["2024-02-09"] == pytest.approx(100 * 5 / 24, abs=5)
    assert cut["2024-02-11"] - cut["2024-02-12"] == pytest.approx(100 * 1 / 24, abs=3)
    page = c.request("GET", "/fr/").body.decode()
    assert re.search("[78] sondes simulées en 2024", page) and "heure de Cape Verde" in page and "Seule" in page  # one may have left
    [(now,)] = c.sql("SELECT to_char(max(stored_at) AT TIME ZONE 'Etc/GMT+1', 'HH24:MI') FROM indicator_value")
    assert f"à {now}, heure" in page
    rows = c.request("GET", "/api/v1/indicators?indicator=PER1").json()
    assert {(row["operator"], row["country"], row["simulated"]) for row in rows} == {(None, "XA", True), ("Seule", "XA", True)}
    assert {row["rank_low"] for row in rows if row["operator"]} <= {None, 1}, "nobody to be compared with"
    c.run("simulate", "--remove")


def test_events_know_summer_time(west):
    """The second day's clocks are put forward: what happens at 18:00 on the third is at 18:00 UTC, and no more at 19:00."""
    c = west
    simulate(c, "--country", "XB", "--probes", "2", "--days", "3", "--from", "2024-03-30", "--batches")
    hours = c.sql("SELECT extract(hour FROM at AT TIME ZONE 'UTC')::int FROM result JOIN outcome ON outcome_no = outcome "
                  "WHERE at >= '2024-04-01' GROUP BY 1 HAVING bool_and(word NOT IN ('ok', 'partial')) ORDER BY 1")
    assert hours == [(hour,) for hour in range(18, 24)]
    c.run("simulate", "--remove")
