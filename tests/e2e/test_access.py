"""Who reads what: everybody aggregates, analysts all results, who hosts a probe the results of that one."""
import csv
import io
import json

import pytest

import wire
from agent import Agent
from conftest import scratch
from wire import ping

pytestmark = pytest.mark.quick
TASKS = {"echo": {"check": "ping", "target": "127.0.0.1", "interval": "1h", "count": "1"},
         "other": {"check": "ping", "target": "127.0.0.2", "interval": "1h", "count": "1"}}


@pytest.fixture(scope="module")
def agent(collector):
    with scratch() as folder:
        a = Agent(folder)
        a.configure(TASKS)
        said = a.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
        a.run("run", "--once")
        assert link(a) in said
        yield a


def link(agent):
    found = json.loads(agent.run("status", "--json"))["owner_link"]
    assert found in agent.run("status")
    return found


def secret(agent):
    return link(agent).rpartition("=")[2]


def get(collector, path, key=None):
    return collector.request("GET", path, headers={"Authorization": f"Bearer {key}"} if key else {})


def test_owner_reads_what_the_probe_measured_and_nothing_else(collector, agent):
    collector.stored(collector.probe().batch([ping()]))
    base, _, path = link(agent).partition("/api/")
    assert base == f"http://127.0.0.1:{collector.port}"
    reply = get(collector, "/api/" + path)
    rows = list(csv.DictReader(io.StringIO(reply.body.decode())))
    assert {row["task"] for row in rows} == set(TASKS) and {row["probe"] for row in rows} == {agent.name()}
    assert (reply.headers["Cache-Control"], reply.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert [row["task"] for row in get(collector, "/api/v1/results?target=127.0.0.2", secret(agent)).json()] == ["other"]
    assert get(collector, f"/api/v1/results?probe={agent.name()}", secret(agent)).status == 200
    assert get(collector, "/api/v1/series?format=json", secret(agent)).status == 200


def test_what_a_secret_does_not_open(collector, agent):
    other = collector.probe()
    assert get(collector, f"/api/v1/results?probe={other.id}", secret(agent)).problem() == "other-probe"
    for wrong in ("imo_" + "0" * 32, secret(agent)[:-1], secret(agent) + "0", "imt_" + secret(agent)[4:], "imk_" + secret(agent)[4:]):
        assert get(collector, "/api/v1/results", wrong).status == 401, wrong
    assert get(collector, "/api/v1/results").status == 401
    analyst = collector.run("key", "create", "access").strip()
    reply = get(collector, f"/api/v1/results?key={analyst}")
    assert reply.problem() == "parameter" and analyst not in reply.body.decode()
    assert get(collector, f"/api/v1/indicators?key={secret(agent)}").problem() == "parameter"


def test_a_secret_is_written_down_nowhere_but_on_the_box(collector, agent):
    get(collector, f"/api/v1/results?key={secret(agent)}")
    assert secret(agent) not in collector.log.read_text()
    stored = collector.sql("SELECT encode(hash, 'hex') FROM probe_owner JOIN probe USING (probe_no) WHERE probe = %s", agent.name())
    assert len(stored) == 1 and secret(agent)[4:] not in stored[0][0]
    assert (agent.state / "owner").stat().st_mode & 0o777 == 0o600


def test_a_link_that_went_astray_is_replaced_and_forgetting_ends_it(collector):
    """Enrolling again at the same collector keeps the probe, its key and its chain."""
    with scratch() as folder:
        agent = Agent(folder)
        agent.configure(TASKS)
        url = f"http://127.0.0.1:{collector.port}"
        agent.run("enroll", url, collector.token(), "--yes")
        agent.run("run", "--once")
        first, name = secret(agent), agent.name()
        (agent.state / "owner").unlink()
        assert json.loads(agent.run("status", "--json"))["owner_link"] is None
        agent.run("enroll", url, collector.token(), "--yes", "--technology", "fibre")
        agent.run("run", "--once")
        assert agent.name() == name and secret(agent) != first
        assert get(collector, "/api/v1/results", first).status == 401
        assert len(get(collector, "/api/v1/results", secret(agent)).json()) == 2 * len(TASKS)
        assert collector.sql("SELECT count(*)::int, count(DISTINCT chain)::int FROM batch_key JOIN probe USING (probe_no) WHERE probe = %s",
                             name) == [(2, 1)]
        agent.run("enroll", "http://127.0.0.1:9", collector.token(), "--yes", status=1)
        assert agent.name() == name
        agent.run("rotate-key")
        agent.run("run", "--once")
        agent.run("enroll", url, collector.token(), "--yes", status=1)  # its first key is gone
        last = secret(agent)
        agent.run("leave", "--yes", "--forget")
        assert get(collector, "/api/v1/results", last).status == 401


@pytest.mark.parametrize("member", ["commune", "operator", "tariff", "contact", "department"])
def test_enrolment_brings_no_control_characters(collector, member):
    """A team reads at a terminal where its probes are: what a probe says of itself must not move it."""
    for text in ("a\nb", "\x1b]0;x\x07", "\x7f", "\x9b2J"):
        reply = collector.enrol(wire.Probe(), collector.token(), **{member: text})
        assert reply.status == 400 and reply.problem() == "request", text


def test_enrolment_with_a_hash_that_is_none(collector):
    for wrong in ("x", "0" * 63, "g" * 64):
        assert collector.enrol(wire.Probe(), collector.token(), owner=wrong).problem() == "owner"
