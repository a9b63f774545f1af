"""Probes that leave, are forgotten, or are replaced by another box."""
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import wire
from wire import ping


def leave(collector, *of, **what):
    return collector.request("POST", "/api/v1/leave", wire.leaving(*of, **what))


def test_wish_that_somebody_kept_does_not_count_again(collector):
    """Wishes of a probe are signed, and go over the network: the number they carry only grows."""
    probe = collector.probe(owner="ab" * 32)
    token = collector.token()
    owner = "SELECT encode(hash, 'hex') FROM probe_owner JOIN probe USING (probe_no) WHERE probe = %s"
    for turn, hashed, status in ((5, "cd" * 32, 200), (5, "cd" * 32, 200), (4, "ef" * 32, 409), (1, "ab" * 32, 409)):
        reply = collector.enrol(probe, token, owner=hashed, turn=turn)
        assert reply.status == status and (status == 200 or reply.problem() == "stale")
        assert collector.sql(owner, probe.id) == [("cd" * 32,)]
    for turn in (0, -1, None, "6", 2**63):
        assert collector.enrol(probe, token, turn=turn).problem() == "request"
    assert leave(collector, probe, turn=4).problem() == "stale"
    collector.stored(probe.batch([ping()]))
    new = Ed25519PrivateKey.generate()
    collector.stored(probe.batch([], rotate=wire.rotation(probe, new)))  # of turn 2: the key came with the enrolment, before any
    probe.key = new
    assert collector.sql("SELECT turn FROM probe WHERE probe = %s", probe.id) == [(5,)]
    assert leave(collector, probe, turn=4).problem() == "stale"
    for turn in (6, 6, 7):
        assert leave(collector, probe, turn=turn).status == 200


@pytest.mark.quick
def test_leave(collector, probe):
    plain = probe.batch([ping()])
    collector.stored(plain)
    assert leave(collector, probe, Ed25519PrivateKey.generate()).problem() == "signature"
    assert leave(collector, probe, forget="yes").problem() == "request"
    assert leave(collector, probe, named="x").problem() == "request"
    assert leave(collector, wire.Probe()).problem() == "unknown-probe"
    assert collector.request("POST", "/api/v1/leave", b"{").problem() == "request"
    collector.stored(plain)
    for _ in range(2):
        answer = wire.open_statement(collector.public, wire.LEAVE, leave(collector, probe).body)
        assert (answer["left"], answer["probe"], answer["forgotten"]) == (1, probe.id, False)
    assert collector.push(probe.batch([])).problem() == "revoked-probe"
    assert collector.results_of(probe) == 1


def held(collector, probe):
    return collector.sql(
        "SELECT (SELECT count(*) FROM batch_body b WHERE b.probe_no = p.probe_no), (SELECT count(*) FROM result r WHERE "
        "r.probe_no = p.probe_no), (SELECT count(*) FROM result_problem r WHERE r.probe_no = p.probe_no), (SELECT count(*) "
        "FROM probe_contact c WHERE c.probe_no = p.probe_no) FROM probe p WHERE probe = %s", probe.id)


def days(collector, probe):
    return collector.sql("SELECT count(*) FROM rollup_day JOIN probe USING (probe_no) WHERE probe = %s", probe.id)[0][0]


def test_forgotten_by_its_owner_or_by_the_team(collector, tmp_path):
    for way in ("leave", "forget"):
        probe = collector.probe(contact="Afi, +229 97 00 00 00")
        plain = probe.batch([ping(), b"{}\n"])
        collector.stored(plain)
        collector.run("rollup")
        assert held(collector, probe) == [(1, 1, 1, 1)] and days(collector, probe) == 1
        if way == "leave":
            answer = leave(collector, probe, forget=True)
            assert wire.open_statement(collector.public, wire.LEAVE, answer.body)["forgotten"]
        else:
            collector.run("probe", "forget", probe.id)
            leave(collector, probe, forget=True)  # once more; tells the running collector as well
        assert held(collector, probe) == [(0, 0, 0, 0)]
        path = tmp_path / f"{way}.batch"
        path.write_bytes(plain)
        assert collector.push(plain).problem() == "forgotten-probe"
        assert "forgotten" in collector.run("load", path, status=1)
        assert collector.enrol(probe, collector.token()).problem() == "forgotten-probe"
        collector.run("rebuild", "--from", wire.now()[:10])
        collector.run("rollup", "--from", wire.now()[:10])
        assert held(collector, probe) == [(0, 0, 0, 0)] and days(collector, probe) == 1
    collector.run("probe", "forget", "a" * 20, status=1)


def test_a_restored_database_forgets_again(own_collector):
    own_collector.start()
    probe = own_collector.probe()
    own_collector.stored(probe.batch([ping()]))
    assert (own_collector.state / "tombstones").exists() is False
    (own_collector.state / "tombstones").mkdir()
    (own_collector.state / "tombstones" / probe.id).write_text("forgotten\n")
    own_collector.stop()
    own_collector.start()
    assert held(own_collector, probe) == [(0, 0, 0, 0)]
    assert own_collector.push(probe.batch([])).problem() == "forgotten-probe"


def context(collector, probe):
    return collector.sql(
        "SELECT c.department, c.commune, c.zone, c.site, o.name, c.technology, c.metered FROM probe JOIN probe_context c USING "
        "(probe_no) LEFT JOIN operator o USING (operator_no) WHERE probe = %s ORDER BY valid_from DESC LIMIT 1", probe.id)[0]


def test_a_new_box_replaces_a_dead_one(collector):
    token = collector.token("--focal-point", "Natitingou")
    old, new, other = wire.Probe(), wire.Probe(), wire.Probe()
    assert collector.enrol(old, token, department="BJ-AK", commune="Natitingou", zone="urban", site="health-centre", operator="SBIN",
                           technology="4g", metered=True).status == 200
    for wrong in ("a" * 20, new.id):
        assert collector.enrol(new, token, replaces=wrong).problem() == "replaces"
    assert collector.enrol(new, collector.token("--focal-point", "Lokossa"), replaces=old.id).problem() == "replaces-other-team"
    for _ in range(2):
        assert collector.enrol(new, token, replaces=old.id, technology="fibre", metered=None).status == 200
    assert context(collector, new)[:6] == ("BJ-AK", "Natitingou", "urban", "health-centre", "SBIN", "fibre")
    assert collector.enrol(other, token, replaces=old.id).problem() == "replaces-again"
    assert [r for r in collector.run("probe", "list").splitlines() if old.id in r][0].rstrip().endswith("replaced")
    collector.stored(new.batch([ping()]))
    collector.stored(old.batch([ping()]))  # what still lies on its card
