"""Answers that take long: nobody else waits for them, and they end with whoever asked, or when their time is over."""

import contextlib
import socket
import threading
import time

import psycopg
import pytest

from conftest import Collector, scratch, wait_until

TIMEOUT_S, ANALYST_TIMEOUT_S = 6, 4
# Route → a table that it reads and no page does, and a word of its statement.
ROUTES = {
    "series?check=ping": ("series_point", "FROM public_series_of("),
    "indicators?year=2024": ("indicator_value", "FROM public_indicator "),
    "probes": ("probe_context", "FROM public_probe "),
    "results": ("result", "FROM result r"),
    "series": ("rollup_cell_day", "FROM rollup_cell_day d"),
    "series?grain=hour": ("rollup_hour", "FROM series_hour("),
}


@pytest.fixture(scope="module")
def one_at_a_time():
    with scratch() as folder:
        c = Collector(folder, answers=1, answer_timeout=f"{TIMEOUT_S}s", analyst_timeout=f"{ANALYST_TIMEOUT_S}s")
        try:
            c.start_idle()
            c.key = c.run("key", "create", "answers").strip()
            c.sql("INSERT INTO rollup_cell (source, simulated, country) VALUES ('agent', false, 'BJ')")  # whose days could be asked for
            yield c
            c.stop()
        finally:
            c.clean()


@contextlib.contextmanager
def slow(c, table):
    """What reads the table waits until this is over."""
    with psycopg.connect(host=str(c.state / "run"), dbname="internetmetre", user="internetmetre") as db:
        db.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def running(c, word):
    return [begun for (begun,) in c.sql("SELECT query_start FROM pg_stat_activity WHERE state = 'active' AND strpos(query, %s) > 0 "
                                        "AND pid <> pg_backend_pid() ORDER BY query_start", word)]


KEYED = ("results", "series", "series?grain=hour")


@pytest.mark.parametrize("route", ROUTES)
def test_who_leaves_has_no_query(one_at_a_time, route):
    c, (table, word) = one_at_a_time, ROUTES[route]
    key = f"Authorization: Bearer {c.key}\r\n" if route in KEYED else ""
    with slow(c, table), socket.create_connection(("127.0.0.1", c.port)) as client:
        client.sendall(f"GET /api/v1/{route} HTTP/1.1\r\nHost: x\r\n{key}\r\n".encode())
        wait_until(lambda: running(c, word), what="the query")
        client.close()
        wait_until(lambda: not running(c, word), seconds=1, what="its end")
    assert c.request("GET", "/api/v1/checks").status == 200  # the connection serves the next


def test_eight_slow_ones_do_not_stop_a_page(one_at_a_time):
    c, replies = one_at_a_time, []
    table, word = ROUTES["series?check=ping"]
    clients = [threading.Thread(target=lambda: replies.append(c.request("GET", "/api/v1/series?check=ping"))) for _ in range(8)]
    with slow(c, table):
        for client in clients:
            client.start()
        wait_until(lambda: running(c, word), what="the query")
        for path in ("/fr/", "/en/", "/healthz"):
            assert c.request("GET", path).status == 200
        assert replies == []  # the pages came first
        for client in clients:
            client.join()
    said = {(reply.status, reply.problem()) for reply in replies}
    assert said == {(504, "timeout"), (503, "unavailable")}
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in replies)
    assert any("`from`" in reply.json()["detail"] for reply in replies)


def test_equal_ones_share_one_query(own_collector):
    """Everybody's and analysts', even when who asked first goes away; another format is another question."""
    c = own_collector
    c.start_idle()
    key = c.run("key", "create", "answers").strip()
    c.sql("INSERT INTO rollup_cell (source, simulated, country) VALUES ('agent', false, 'BJ')")
    for route in ("series?check=ping", "series"):
        share_one(c, *ROUTES[route], {"Authorization": f"Bearer {key}"} if route in KEYED else {})


def share_one(c, table, word, headers):
    """Nobody waits for another longer than 5 s."""
    replies, paths = {}, ["/api/v1/series?check=ping&limit=9&format=csv", *["/api/v1/series?limit=9&check=ping&format=json"] * 5]
    clients = [threading.Thread(target=lambda n=n, path=path: replies.setdefault(n, c.request("GET", path, headers=headers)))
               for n, path in enumerate(paths)]
    with slow(c, table), socket.create_connection(("127.0.0.1", c.port)) as first:
        lines = [f"GET {paths[1]} HTTP/1.1", "Host: x", *[f"{name}: {value}" for name, value in headers.items()]]
        first.sendall("\r\n".join([*lines, "", ""]).encode())
        wait_until(lambda: running(c, word), what="the query")
        clients[0].start()
        asked = wait_until(lambda: len(running(c, word)) == 2 and running(c, word), what="that of the CSV")
        for client in clients[1:]:
            client.start()
        time.sleep(0.3)
        assert running(c, word) == asked
        first.close()
        wait_until(lambda: running(c, word)[1:] > asked[1:], what="that of another")
    for client in clients:
        client.join()
    assert [replies[n].status for n in range(len(paths))] == [200] * len(paths)
    assert replies[0].body.startswith(b"day,") and {replies[n].body for n in range(1, len(paths))} == {b"[]\n"}


def test_analysts_have_a_time_too(one_at_a_time):
    """All that they may ask, at once."""
    c, replies = one_at_a_time, []
    clients = [threading.Thread(target=lambda route=route: replies.append(
        c.request("GET", f"/api/v1/{route}", headers={"Authorization": f"Bearer {c.key}"}))) for route in KEYED]
    with contextlib.ExitStack() as stack:
        for route in KEYED:
            stack.enter_context(slow(c, ROUTES[route][0]))
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert [(reply.status, reply.problem()) for reply in replies] == [(504, "timeout")] * len(KEYED)
    for reply in replies:
        assert int(reply.headers["Retry-After"]) > 0 and "`from`" in reply.json()["detail"] and "`group`" in reply.json()["detail"]
