"""publication_floor = no: every figure is shown on a machine of one's own, marked as what it is, and none of them later; = simulated:
those of a simulated country are, everywhere."""
import pytest
from wire import ping


def figures(c):
    """What everybody may read of this year's packet loss: its floor, how many probes, the value."""
    return [(row["floor"], row["n_probes"], row["value"]) for row in c.request("GET", "/api/v1/indicators?indicator=PER8").json()
            if row["geo"] is row["operator"] is None]


def test_one_line_is_shown_while_the_floor_is_lifted_and_not_after(own_collector):
    c = own_collector
    c.settings = {"upkeep": "no", "publication_floor": "no"}
    c.move(c.port)
    c.start()
    assert "publication_floor = no: every figure is shown" in c.log.read_text()
    c.stored(c.probe(operator="Grand").batch([ping()]))
    c.run("rollup")
    assert figures(c) and {floor for floor, *_ in figures(c)} == {"off"} and all(probes == 1 for _, probes, _ in figures(c))
    for language, words in (("fr", "Ils ne sont pas à publier."), ("en", "They are not for publication.")):
        page = c.request("GET", f"/{language}/").body.decode()
        assert words in page and "<svg" in page

    # A proxy on this machine that nobody told the collector of, and a page whose name was turned here.
    for headers in ({"X-Forwarded-For": "198.51.100.7"}, {"Host": "collector.example"}):
        for path in ("/fr/", "/api/v1/indicators", "/api/v1/probes"):
            assert c.request("GET", path, headers=headers).problem() == "floor"

    c.stop()
    c.settings = {"upkeep": "no"}
    c.move(c.port)
    c.start()
    assert figures(c) == []  # not even until the next refresh
    c.run("rollup")
    assert figures(c) == []  # of a probe that nobody confirmed
    page = c.request("GET", "/fr/").body.decode()
    assert "Ils ne sont pas à publier." not in page and "<svg" not in page


def test_of_simulated_lines_two_are_shown_and_pages_say_so(own_collector):
    c = own_collector
    c.settings = {"upkeep": "no", "publication_floor": "simulated", "proxies": "192.0.2.1"}
    c.move(c.port)
    c.start()
    c.stored(c.probe(operator="Grand").batch([ping()]))
    c.run("simulate", "--probes", "2", "--days", "3", "--seed", "1", "--from", "2024-03-01", "--rollups", "--beside-real")
    c.run("rollup")
    rows = c.request("GET", "/api/v1/indicators").json()
    assert {(row["floor"], row["source"]) for row in rows} == {("off", "simulated")}
    for language, words in (("fr", "Les chiffres mesurés gardent leur seuil."), ("en", "Measured figures keep their floor.")):
        page = c.request("GET", f"/{language}/", headers={"X-Forwarded-For": "198.51.100.7"}).body.decode()
        assert words in page and "Ils ne sont pas à publier." not in page and "They are not for publication." not in page


@pytest.mark.parametrize("others,says", [
    ({"listen": "0.0.0.0:8080"}, "listen = 0.0.0.0:8080"),
    ({"listen": ":8080"}, "listen = :8080"),
    ({"listen": "[::]:8080"}, "listen = [::]:8080"),
    ({"listen": "127.example.org:8080"}, "listen = 127.example.org:8080"),
    ({"proxies": "192.0.2.1"}, "proxies is set"),
    ({"database": "postgresql://database.example/internetmetre"}, "database names a server"),
])
def test_it_is_refused_where_others_reach_the_collector(own_collector, others, says):
    c = own_collector
    c.settings = {"publication_floor": "no"} | others
    c.move(c.port)
    c.launch()
    assert c.process.wait(60) != 0
    assert says in c.log.read_text() and "publication_floor = no: only where nobody else reaches the collector" in c.log.read_text()
