"""What stands around answers: neither status nor headers nor octets say whether what is hidden from everybody is there at all."""

import pytest
from conftest import Collector, scratch
from test_floor import YEAR
from test_newcomer import FIRST, NEWCOMER, Country

pytestmark = pytest.mark.long(10)

DAYS = 40
HIDDEN, ABSENT = ("BJ-ZO", "Typed by one", "satellite"), ("BJ-PL", "Typed by two", "5g")
SERIES = "series?check=ping&metric=rtt_p50_ms"
ROUTES = [f"{SERIES}&department={{0}}", f"{SERIES}&operator={{1}}", f"{SERIES}&technology={{2}}", f"{SERIES}&target={{3}}", f"{SERIES}&probe={{4}}",
          f"{SERIES}&operator={{1}}&department={{0}}", f"{SERIES}&group=operator&target={{3}}", "results?probe={4}", "results?target={3}",
          "indicators?operator={1}"]


@pytest.fixture(scope="module")
def c():
    with scratch() as folder:
        c = Collector(folder)
        try:
            yield c.start_idle()
            c.stop()
        finally:
            c.clean()


@pytest.fixture(scope="module")
def names(c):
    """What is there and hidden, and what is not: department, operator, technology, a member's own target, a probe."""
    country = Country(c)
    department, operator, technology = HIDDEN
    c.sql("INSERT INTO operator (country, name, state) VALUES ('BJ', %s, 'waits')", operator)
    c.sql("UPDATE probe_context SET department = %s, technology = %s, operator_no = (SELECT operator_no FROM operator WHERE name = %s) "
          "WHERE probe_no = %s", department, technology, operator, country.probes[NEWCOMER])
    country.all_measure(0, DAYS)
    c.sql("INSERT INTO target (name) VALUES ('nas.family.home')")
    c.sql("INSERT INTO indicator_dirty VALUES (%s) ON CONFLICT DO NOTHING", YEAR)
    c.sql("SELECT cell_mark(%s::date, %s::date + 60)", FIRST, FIRST)
    c.run("rollup")
    [(probe,)] = c.sql("SELECT probe FROM probe WHERE probe_no = %s", country.probes[NEWCOMER])
    return [(*HIDDEN, "nas.family.home", probe), (*ABSENT, "nas.nobody.home", "bcdefghij234567bcdef")]


def ask(c, route, of):
    """All of an answer, but for the name that it was asked for."""
    reply = c.request("GET", "/api/v1/" + route.format(*(part.replace(" ", "%20") for part in of)))
    body = reply.body.decode()
    for part in of:
        body = body.replace(part, "…")
    return reply.status, {k: v for k, v in reply.headers.items() if k != "Date"}, body


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_hidden_answers_as_what_is_not_there(c, names, route):
    there, not_there = (ask(c, route, of) for of in names)
    assert there == not_there


def test_what_is_shown_answers_otherwise(c, names):
    """And of what is hidden days are there, which a member of the team sees."""
    assert c.sql("SELECT count(DISTINCT day) FROM rollup_cell_day JOIN rollup_cell USING (cell_no) WHERE department = %s", HIDDEN[0]) == [(DAYS,)]
    assert ask(c, SERIES + "&technology={0}", ("fibre",))[2] != ask(c, ROUTES[2], names[0])[2] == "[]\n"
    assert ask(c, ROUTES[-1], ("", "Op0"))[0] == 200
