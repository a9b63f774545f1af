"""Pages as they are served: made once for each version of the data, and never older than it."""

import concurrent.futures
import datetime
import re
import time

import psycopg
import pytest
import wire
from conftest import wait_until

TODAY = datetime.date.today()


def dns(rt_ms, second):
    at = datetime.datetime.combine(TODAY, datetime.time(0, 0, second), datetime.timezone.utc)
    return {"task": "dns", "check": "dns", "target": "", "addr": "192.0.2.53", "af": 4, "at": wire.stamp(at),
            "mono_us": second, "sync": True, "outcome": "ok", "bytes": 150, "metrics": {"rt_ms": rt_ms, "size": 64, "rcode": 0},
            "detail": {}}


@pytest.fixture
def quiet(own_collector):
    """A collector that makes figures when it is told to, and has one."""
    own_collector.settings = {"upkeep": "no"}
    own_collector.move(own_collector.port)
    c = own_collector.start()
    c.line = c.probe(operator="Grand")
    c.stored(c.line.batch([dns(31.0, 1)], sealed_at=wire.now()))
    c.sql("UPDATE probe_context SET valid_from = '2020-01-01'")
    c.run("rollup")
    return c


def statements(c):
    return re.findall(r"(?:statement|execute \S+): (.*)", (c.state / "postgresql.log").read_text())


def get(c, path, **headers):
    return c.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_page_that_was_made_costs_two_statements(quiet):
    c = quiet
    c.sql("ALTER SYSTEM SET log_statement = 'all'")
    c.sql("SELECT pg_reload_conf()")
    wait_until(lambda: get(c, "/fr/").status == 200 and "data_version" in " ".join(statements(c)), what="statements in the log")
    costs = []
    for _ in range(3):
        before = len(statements(c))
        assert get(c, "/fr/").status == 200
        costs.append(statements(c)[before:])
    # The pool's own look at the connection, and the version.
    assert all(len(cost) <= 2 and "data_version" in cost[-1] for cost in costs), costs
    before = len(statements(c))
    c.sql("UPDATE indicator_value SET value = value")
    assert get(c, "/fr/").status == 200
    assert len(statements(c)) - before > 10  # made anew


def test_a_client_that_has_the_page_is_told_so(quiet):
    c = quiet
    first = get(c, "/fr/")
    tag = first.headers["ETag"]
    again = get(c, "/fr/", If_None_Match=f'"other", W/{tag}')
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert {"Cache-Control", "Content-Security-Policy"} <= set(again.headers.keys())
    assert again.headers.get("Content-Length") in (None, str(len(first.body)))  # never another page's
    assert get(c, "/en/", If_None_Match=tag).status == 200  # another page
    assert get(c, "/fr/", If_None_Match='"other"').body == first.body == get(c, "/fr/").body
    assert c.request("HEAD", "/fr/", headers={"If-None-Match": tag}).status == 304


def figure(c, tmp_path, value):
    """Imports it, whoever is asked says it at once."""
    file = tmp_path / "figures.csv"
    file.write_text("indicator,country,period,value,unit,source,source_url,retrieved\n"
                    f"ACC1,BJ,2025,{value},% of population,INStaD,https://instad.bj/,2026-01-31\n")
    c.run("import", "csv", file)
    return f"<b>{value}</b>".replace(".", ",")


def test_new_data_are_shown_at_once(quiet, tmp_path):
    c = quiet
    shown = figure(c, tmp_path, 47.5)
    first = get(c, "/fr/")
    assert shown in first.body.decode()
    shown = figure(c, tmp_path, 57.5)
    second = get(c, "/fr/", If_None_Match=first.headers["ETag"])
    assert second.status == 200 and f"Selon l’INStaD, {shown}" in second.body.decode()
    assert "1 sonde active" in second.body.decode()
    c.run("probe", "revoke", c.line.id)
    assert "1 sonde active" not in get(c, "/fr/").body.decode()


def test_what_has_no_figure_is_in_a_list_of_its_own(quiet, tmp_path):
    """With the reason, and under the country's names; how it would be made is told where there is something to tell."""
    figure(quiet, tmp_path, 47.5)
    for language, why in (("fr", "pas encore mesuré par les boîtiers"), ("en", "The boxes do not measure throughput from chosen services yet")):
        page = get(quiet, f"/{language}/").body.decode()
        listed = re.search("<details>.*?</details>", page, re.S)[0]
        told = set(re.findall('<dt id="([A-Z0-9_]+)">', page))
        assert why in listed and ".bj" in listed and "cctld" not in page
        assert {"ACC1", "PER7"} <= told and not told & set(re.findall("<small>([A-Z0-9_]+)</small>", listed)) and "OPN3" not in told


def test_no_commit_is_missed(quiet, tmp_path):
    """What was begun before another change, and is committed after it, has no earlier version."""
    c = quiet
    figure(c, tmp_path, 47.5)
    with psycopg.connect(host=str(c.state / "run"), dbname="internetmetre", user="internetmetre") as slow:
        slow.execute("UPDATE indicator_value SET value = 71.5 WHERE indicator = 'ACC1'")
        assert "<b>47,5</b>" in get(c, "/fr/").body.decode()
        c.sql("UPDATE department SET name = name || ' '")
        assert "<b>47,5</b>" in get(c, "/fr/").body.decode()
        slow.commit()
        assert "<b>71,5</b>" in get(c, "/fr/").body.decode()


def test_a_database_that_was_put_back_is_another(quiet, tmp_path):
    """Under a running collector: it comes to the same number again, with other data."""
    c = quiet
    shown = figure(c, tmp_path, 47.5)
    kept = ("indicator_value", "data_version")
    for table in kept:
        c.sql(f"COPY {table} TO '{c.state}/{table}.copy'")
    assert shown in get(c, "/fr/").body.decode()
    figure(c, tmp_path, 57.5)
    [(number,)] = c.sql("SELECT version FROM data_version")
    assert "<b>57,5</b>" in get(c, "/fr/").body.decode()
    c.sql("SET session_replication_role = replica;"  # a restore fires no triggers
          + "".join(f"DELETE FROM {table}; COPY {table} FROM '{c.state}/{table}.copy';" for table in kept))
    assert shown in get(c, "/fr/").body.decode()  # what was made of these data then is right
    figure(c, tmp_path, 67.5)
    assert c.sql("SELECT version FROM data_version") == [(number,)]
    assert "<b>67,5</b>" in get(c, "/fr/").body.decode()


def test_many_who_ask_at_once_have_it_made_once(quiet):
    c = quiet
    assert get(c, "/fr/").status == 200
    c.sql("UPDATE indicator_value SET value = value")
    with psycopg.connect(host=str(c.state / "run"), dbname="internetmetre", user="internetmetre") as slow:
        slow.execute("LOCK TABLE indicator_value IN ACCESS EXCLUSIVE MODE")
        with concurrent.futures.ThreadPoolExecutor(20) as many:
            asked = [many.submit(get, c, "/fr/") for _ in range(20)]
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            wait_until(lambda: c.sql(waiting) != [(0,)], what="a page under way")
            time.sleep(0.5)
            # More than there are connections, and the rest is there for others.
            assert c.sql(waiting) == [(1,)] and get(c, "/api/v1/checks").status == 200
            slow.rollback()
            replies = [a.result() for a in asked]
    assert {(r.status, r.body) for r in replies} == {(200, get(c, "/fr/").body)}


@pytest.mark.parametrize("path", ["/de/", "/fr/nothing", "/fr//", "/fr/index.html", "/EN/"])
def test_there_is_no_other_page(collector, path):
    reply = get(collector, path)
    assert (reply.status, reply.problem()) == (404, "not-found")
