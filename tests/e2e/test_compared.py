"""What is compared: operators with each other, and a year with the one before."""
import re

import pytest


class Panel:
    """Lines of a collector, and what they measured, as the ledger and the rollup would have left it."""

    def __init__(self, collector):
        self.c, self.count = collector, 0
        collector.settings = {"upkeep": "no"}
        collector.move(collector.port)
        collector.start()

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

    def measures(self, probe, year, loss, days=10, network=None):
        """Packet loss in percent, on so many days of a year."""
        self.c.sql("INSERT INTO probe_network VALUES (%s, %s, %s, 10)", f"{year}-03-01", probe, network or f"198.51.{probe % 256}.0/24")
        self.c.sql("""INSERT INTO rollup_day (day, probe_no, check_no, af, source, simulated, ok, partial, timeout, refused, unreachable,
                                              reset, dns_error, tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max)
                      SELECT make_date(%s, 3, 1) + d, %s, check_no, 4, 'agent', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 840,
                             array_agg(CASE WHEN name IN ('sent', 'rcvd') THEN 1 ELSE 0 END ORDER BY position), array_agg(v ORDER BY position),
                             array_agg(v::real ORDER BY position), array_agg(v::real ORDER BY position)
                      FROM generate_series(0, %s - 1) d,
                           (SELECT m.*, CASE m.name WHEN 'sent' THEN 1000 WHEN 'rcvd' THEN 1000 - 10 * %s ELSE 0 END::double precision AS v
                            FROM metric m JOIN check_kind k USING (check_no) WHERE k.name = 'ping') m
                      GROUP BY d, check_no""", year, probe, days, loss)
        self.c.sql("INSERT INTO indicator_dirty VALUES (%s) ON CONFLICT DO NOTHING", year)

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
        for n in range(3 if operator.startswith("Few") else 8):
            panel.measures(panel.line(operator), 2024, losses[0] + n * losses[1])
    panel.c.run("rollup")
    rows = {f["operator"]: (f["rank_low"], f["rank_high"]) for f in panel.get("indicators?year=2024&indicator=PER8") if not f["geo"]}
    assert rows == {None: (None, None), "Zed": (1, 1), "Alpha": (2, 3), "Beta": (2, 3), "Few": (None, None),
                    "Fewer": (None, None)}
    for language in ("fr", "en"):
        bars = re.search(r'<svg[^>]*aria-labelledby="PER8-b-t.*?</svg>', panel.page(language), re.S).group()
        labels = re.findall(r'class="label"[^>]*>([^<]*)<', bars)
        assert labels == ["1. Zed", "Alpha", "Beta", "Few", "Fewer"] and bars.count("n&lt;5</text>") == 2
    assert "leur différence n’est pas significative" in panel.page("fr") and "their difference is not significant" in panel.page("en")
    lines = panel.c.run("indicators", "--year", "2024").splitlines()
    assert any(",Zed," in line and ",1,1," in line for line in lines)
