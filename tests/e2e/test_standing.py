"""Which probes count where figures of few lines are hidden: the networks they are seen in, and who confirmed them."""

import psycopg
import pytest

from wire import ping

# What nobody but the owner sees of where somebody was.
HIDDEN = ["SELECT * FROM probe_network", "INSERT INTO probe_network VALUES (current_date, 1, '192.0.2.0/24', 1)",
          "DELETE FROM probe_network", "SELECT network_note('[]')", "SELECT network_retain()", "SELECT * FROM probe_standing(current_date, current_date)",
          "SELECT * FROM probe_change", "SELECT * FROM carrier_nat"]


@pytest.fixture
def behind(own_collector):
    """A collector behind a proxy of its own, so that a test chooses where it is called from."""
    own_collector.config.write_text(own_collector.config.read_text() + "proxies = 127.0.0.1\n")
    return own_collector.start()


def push(collector, probe, source):
    batch = probe.batch([ping()])
    collector.stored(batch, headers={"X-Forwarded-For": source} if source else {})
    return batch


def networks(collector, probe):
    return collector.sql("SELECT n.prefix::text, n.pushes FROM probe_network n JOIN probe p USING (probe_no) WHERE p.probe = %s AND "
                         "n.day = (now() AT TIME ZONE 'UTC')::date ORDER BY 1", probe.id)


def test_a_push_tells_its_network_and_a_file_does_not(behind, tmp_path):
    probe = behind.probe()
    for source in ("203.0.113.7", "203.0.113.250", "198.51.100.9, 127.0.0.1", "2001:db8:1:2::3", "nonsense", "6.6.6.6, 203.0.113.8"):
        batch = push(behind, probe, source)
    behind.stored(batch, headers={"X-Forwarded-For": "192.0.2.1"})  # it is held already
    file = tmp_path / "one.batch"
    file.write_bytes(probe.batch([ping()]))
    behind.run("load", file)
    assert networks(behind, probe) == [("198.51.100.0/24", 1), ("2001:db8:1::/48", 1), ("203.0.113.0/24", 3)]


def test_without_a_proxy_of_ours_the_socket_tells(collector, probe):
    push(collector, probe, "203.0.113.7")
    assert networks(collector, probe) == [("127.0.0.0/24", 1)]


def test_a_forgotten_probe_has_been_nowhere(behind):
    probe, other = behind.probe(), behind.probe()
    push(behind, probe, "203.0.113.7"), push(behind, other, "203.0.113.7")
    behind.run("probe", "forget", probe.id)
    assert behind.sql("SELECT p.probe FROM probe_network JOIN probe p USING (probe_no)") == [(other.id,)]


@pytest.mark.parametrize("role", ["internetmetre_reader", "internetmetre_analyst", "internetmetre_ingest"])
def test_no_role_sees_where_a_probe_was(collector, role):
    for query in HIDDEN:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            with psycopg.connect(host=str(collector.state / "run"), dbname="internetmetre", user="internetmetre") as db:
                db.execute(f"SET ROLE {role}")
                db.execute(query)
