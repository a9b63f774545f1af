"""An answer that is cut says so and where it goes on, in every format; pages are the whole, each row once."""

import csv
import http.client
import io
import json
import re
import socket
import urllib.parse

import pytest
import wire
from conftest import Collector, scratch

MOMENT = "2026-11-22T10:00:00.000001Z"
ALIKE, TARGETS = 7, 12


@pytest.fixture(scope="module")
def alike():
    """Two lines with ten results each, of which seven of each have one moment."""
    with scratch() as folder:
        c = Collector(folder)
        try:
            c.start_idle()
            c.everybodys(dict.fromkeys(f"t{n}.example" for n in range(TARGETS)))
            for _ in range(2):
                ats = [MOMENT] * ALIKE + ["2026-11-22T09:59:59.999999Z", "2026-11-22T10:00:00.000002Z", "2026-11-22T23:59:59.999999Z"]
                c.stored(c.probe().batch([wire.ping(at=at, target=f"t{n}.example", task=f"t{n}", mono_us=n) for n, at in enumerate(ats)]))
            c.key = c.run("key", "create", "paging").strip()
            yield c
            c.stop()
        finally:
            c.clean()


def get(c, path, **headers):
    return c.request("GET", path, headers=headers | {"Authorization": f"Bearer {c.key}"})


def follow(c, path, **headers):
    """All pages from this one on; how a client of RFC 8288 goes on."""
    pages = []
    while True:
        reply = get(c, path, **headers)
        assert reply.status == 200, reply.body
        pages.append(reply.body.decode())
        link = reply.headers["Link"]
        if not link:
            return pages
        target, relation = re.fullmatch(r"<([^<>\s]*)>; (.*)", link).groups()
        assert relation == 'rel="next"' and len(pages) < 100
        path = urllib.parse.urljoin(path, target)


def rows_of(page, media):
    if media == "json":
        return [json.dumps(row) for row in json.loads(page)]
    lines = page.splitlines()
    return lines[1:] if media == "csv" else lines


@pytest.mark.quick
@pytest.mark.parametrize("media", ["json", "ndjson", "csv"])
@pytest.mark.parametrize("limit", [1, 3, 19, 20, 21])
def test_pages_are_the_whole(alike, media, limit):
    whole = get(alike, f"/api/v1/results?format={media}")
    assert whole.headers["Link"] is None
    wanted = rows_of(whole.body.decode(), media)
    assert len(wanted) == 20
    pages = [rows_of(page, media) for page in follow(alike, f"/api/v1/results?limit={limit}&format={media}")]
    assert [len(page) for page in pages] == [limit] * (20 // limit) + [20 % limit] * (20 % limit > 0)
    assert [row for page in pages for row in page] == wanted


def test_the_order_is_the_same_again_and_of_what_was_asked(alike):
    first = get(alike, "/api/v1/results").json()
    assert get(alike, "/api/v1/results").json() == first
    assert [row["at"] for row in first] == sorted(row["at"] for row in first)
    query = f"/api/v1/results?from={MOMENT}&to=2026-11-22T10:00:00.000002Z&check=ping&target=t3.example&limit=1"
    found = [row for page in follow(alike, query) for row in json.loads(page)]
    assert [row["target"] for row in found] == ["t3.example"] * 2 and len({row["probe"] for row in found}) == 2


def test_what_comes_late_is_no_row_twice(alike):
    reply = get(alike, "/api/v1/results?limit=10")
    seen = reply.json()
    with alike.database() as db:
        db.execute("INSERT INTO result (at, batch_no, probe_no, task_no, bytes, check_no, ordinal, outcome, metrics) "
                   "SELECT '2026-11-22T09:00:00Z', 0, probe_no, task_no, 1, check_no, 0, outcome, metrics FROM result LIMIT 1")
        db.commit()
    try:
        rest = follow(alike, urllib.parse.urljoin("/api/v1/results", reply.headers["Link"][1:].partition(">")[0]))
        rows = [json.dumps(row) for row in seen] + [row for page in rest for row in rows_of(page, "json")]
        assert len(rows) == len(set(rows)) == 20
    finally:
        alike.sql("DELETE FROM result WHERE batch_no = 0")


def test_a_long_page_is_sent_before_it_is_whole(alike):
    """More than are gathered: 12 000 results of one moment, in pages of 11 000."""
    alike.sql("INSERT INTO result (at, batch_no, probe_no, task_no, bytes, check_no, ordinal, outcome, metrics) "
              "SELECT '2026-11-21', -1 - n / 1000, p.probe_no, p.task_no, 1, p.check_no, n %% 1000, p.outcome, p.metrics "
              "FROM generate_series(0, 11999) n, (SELECT * FROM result LIMIT 1) p")
    try:
        for limit, wanted in ((11_000, [11_000, 1_000]), (12_000, [12_000]), (12_001, [12_000])):
            pages = follow(alike, f"/api/v1/results?to=2026-11-21&limit={limit}&format=ndjson")
            assert [page.count("\n") for page in pages] == wanted
    finally:
        alike.sql("DELETE FROM result WHERE batch_no < 0")


def test_aggregates_have_pages_too(alike):
    for path in ("targets", "probes", "checks?check=ping", "checks"):
        whole = get(alike, f"/api/v1/{path}").json()
        pages = [json.loads(page) for page in follow(alike, f"/api/v1/{path}{'&' if '?' in path else '?'}limit=5")]
        assert [row for page in pages for row in page] == whole and len(whole) >= 2, path
        assert {len(page) for page in pages[:-1]} <= {5}


def test_days_that_are_made_for_analysts_have_pages_too(alike):
    alike.run("rollup")
    path = "/api/v1/series?check=ping&target=t3.example"
    whole = get(alike, path).json()
    assert len(whole) > 1
    pages = [json.loads(page) for page in follow(alike, path + "&limit=1")]
    assert pages == [[row] for row in whole]


def test_who_pages_learns_that_rows_have_changed(alike):
    link = get(alike, "/api/v1/targets?limit=5").headers["Link"][1:].partition(">")[0]
    alike.everybodys({"a-new-one.example": None})
    try:
        reply = get(alike, urllib.parse.urljoin("/api/v1/targets", link))
        assert (reply.status, reply.problem()) == (409, "moved") and "without `after`" in reply.json()["detail"]
    finally:
        alike.sql("DELETE FROM target WHERE name = 'a-new-one.example'")
    assert get(alike, urllib.parse.urljoin("/api/v1/targets", link)).status == 200


def test_a_link_keeps_what_was_asked(alike):
    reply = get(alike, "/api/v1/results?technology=other&target=b%C3%A9nin%20%26%20%3Cx%3E%22&limit=1")
    assert reply.json() == [] and reply.headers["Link"] is None
    link = get(alike, "/api/v1/results?from=2026-11-22T11:00:00%2B01:00&limit=1&format=csv").headers["Link"]
    assert link.startswith("<?format=csv&limit=1&from=2026-11-22T11%3A00%3A00%2B01%3A00&after=")


@pytest.mark.parametrize("accept, media", [
    (None, "application/json"), ("text/csv", "text/csv"), ("text/csv;q=0, application/json", "application/json"),
    ("text/csv;q=0.1, application/json", "application/json"), ("application/json;q=0", "application/x-ndjson"),
    ("application/x-ndjson;q=0, application/json;q=0, */*", "text/csv"), ("text/html", "application/json"),
])
def test_accept_is_respected(alike, accept, media):
    reply = alike.request("GET", "/api/v1/checks?limit=1", headers={"Accept": accept} if accept else {})
    assert reply.headers["Content-Type"].split(";")[0] == media and "Accept" in reply.headers.get_all("Vary")
    assert alike.request("GET", "/api/v1/checks?limit=1&format=csv", headers={"Accept": "*/*;q=0"}).status == 200


def test_who_refuses_all_is_told(alike):
    reply = alike.request("GET", "/api/v1/checks", headers={"Accept": "*/*;q=0"})
    assert (reply.status, reply.problem()) == (406, "accept")


@pytest.mark.parametrize("query, says", [
    ("from=0000-01-01", 'from: "0000-01-01" is outside the years 0001 to 9999'), ("to=10000-01-01", "to: "),
    ("from=99999-01-01", "from: "), ("to=infinity", "to: "), ("from=0044-03-15%20BC", "from: "), ("after=nothing", "after: "),
    ("after=12", "after: "), (f"from={MOMENT}&to={MOMENT}", "from: is the moment of `to`"),
])
def test_what_is_no_span_and_no_place_is_named(alike, query, says):
    reply = get(alike, f"/api/v1/results?{query}")
    assert (reply.status, reply.problem()) == (400, "parameter") and reply.json()["detail"].startswith(says)


@pytest.mark.parametrize("octet", ["%00", "%0A", "%1b", "%7F"])
@pytest.mark.parametrize("query", ["results?target=t1.example{}junk", "targets?target={}", "results?limit=5{}000", "time?nonce=abcdefgh{}zz",
                                   "schedule?probe={}", "series?group=zone{}", "checks?che{}ck=ping"])
def test_control_octets_are_refused(alike, query, octet):
    reply = get(alike, "/api/v1/" + query.format(octet))
    assert (reply.status, reply.problem()) == (400, "query") and octet.upper() in reply.json()["detail"]


def test_absolute_targets(alike):
    """RFC 9112, section 3.2.2: a server must take them, though clients send them to proxies alone."""
    def ask(target):
        with socket.create_connection(("127.0.0.1", alike.port)) as client:
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n".encode())
            reply = http.client.HTTPResponse(client)
            reply.begin()
            return reply.status, reply.read()

    assert ask("http://collector.example/healthz") == ask("/healthz")
    status, body = ask("http://collector.example:8080/api/v1/checks?check=ping&format=csv")
    assert status == 200 and {row["check"] for row in csv.DictReader(io.StringIO(body.decode()))} == {"ping"}
    assert ask("http://collector.example")[0] == 302  # to the page, as /


def test_no_setting_of_the_database_or_the_host_moves_a_time(alike):
    """The last of this file: it starts the collector anew, in New York, on a database that writes days as in Germany."""
    paths = ["results", "results?format=csv", "results?limit=3", f"results?from={MOMENT}&to=2026-11-22", "series?check=ping"]
    before = [get(alike, f"/api/v1/{path}") for path in paths]
    alike.sql("ALTER DATABASE internetmetre SET timezone = 'Africa/Porto-Novo'")
    alike.sql("ALTER DATABASE internetmetre SET datestyle = 'German, DMY'")
    alike.stop()
    alike.env["TZ"] = "America/New_York"
    alike.start_idle()
    after = [get(alike, f"/api/v1/{path}") for path in paths]
    assert [(reply.body, reply.headers["Link"]) for reply in after] == [(reply.body, reply.headers["Link"]) for reply in before]
    assert after[2].headers["Link"] and len(after[3].json()) == 18
