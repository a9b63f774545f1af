"""How a probe joins: what it says of itself is kept, and what is wrong is named."""

import threading
import time

import pytest
import wire


def test_enrolment_keeps_the_surroundings(collector):
    token = collector.token("--focal-point", "Parakou")
    probe = wire.Probe()
    assert collector.enrol(probe, token, department="Borgou", commune="Parakou", zone="urban", operator="ISOCEL",
                           technology="fibre", tariff="15 000 F", metered=True, contact="a@example.bj").status == 200
    assert collector.sql(
        "SELECT c.country, department, commune, zone, o.name, technology, fp.name, tariff, metered, consent_version "
        "FROM probe JOIN probe_context c USING (probe_no) LEFT JOIN operator o USING (operator_no) "
        "LEFT JOIN focal_point fp USING (focal_point_no) WHERE probe = %s", probe.id,
    ) == [("BJ", "BJ-BO", "Parakou", "urban", "ISOCEL", "fibre", "Parakou", "15 000 F", True, "1")]


def test_probe_show_says_yes_and_no_in_the_readers_language(collector, monkeypatch):
    token = collector.token()
    for metered, words in ((True, ("yes", "oui")), (False, ("no", "non"))):
        probe = wire.Probe()
        assert collector.enrol(probe, token, metered=metered).status == 200
        for locale, word in zip(("en_US.UTF-8", "fr_FR.UTF-8"), words):
            monkeypatch.setitem(collector.env, "LC_ALL", locale)
            shown = collector.run("probe", "show", probe.id).split("\n\n")
            heads, row = next(part for part in shown if "metered" in part).splitlines()
            at = heads.index("metered")
            assert row[at:].split()[0] == word


def test_enrolment_again_is_the_same(collector):
    token = collector.token("--uses", "1")
    probe = wire.Probe()
    assert [collector.enrol(probe, token).status for _ in range(3)] == [200, 200, 200]
    assert collector.sql("SELECT count(*) FROM probe_context JOIN probe USING (probe_no) WHERE probe = %s", probe.id) == [(1,)]
    reply = collector.enrol(wire.Probe(), token)
    assert (reply.status, reply.problem()) == (403, "token-exhausted")


def test_what_is_not_said_again_stays(collector):
    """`enroll --yes`, typed once more to be sure, does not take the probe's place from it; another country does."""
    token, probe = collector.token("--uses", "5"), wire.Probe()
    asked = ("SELECT country, department, commune, zone, technology, isfinite(valid_to) FROM probe_context "
             "JOIN probe USING (probe_no) WHERE probe = %s ORDER BY valid_from")
    here = ("BJ", "BJ-BO", "Parakou", "urban", "fibre")
    collector.enrol(probe, token, department="Borgou", commune="Parakou", zone="urban", technology="fibre")
    collector.enrol(probe, token)
    assert collector.sql(asked, probe.id) == [(*here, False)]
    collector.enrol(probe, token, technology="4g")
    assert collector.sql(asked, probe.id) == [(*here, True), (*here[:4], "4g", False)]
    collector.enrol(probe, token, country="ML")
    assert collector.sql(asked, probe.id)[-1] == ("ML", None, None, None, None, False)


def test_new_surroundings_count_from_now_on(collector):
    probe = wire.Probe()
    collector.enrol(probe, collector.token(), department="BJ-LI", technology="fibre")
    collector.enrol(probe, collector.token(), department="BJ-ZO", technology="4g")
    assert collector.sql(
        "SELECT department, isfinite(valid_to) FROM probe_context JOIN probe USING (probe_no) WHERE probe = %s "
        "ORDER BY valid_from", probe.id) == [("BJ-LI", True), ("BJ-ZO", False)]


@pytest.mark.parametrize("members, slug, names", [
    ({"department": "Atlantis"}, "department", ["BJ-BO (Borgou)", "BJ-ZO (Zou)"]),
    ({"technology": "pigeon"}, "technology", ["fibre", "community"]),
    ({"zone": "orbit"}, "zone", ["urban", "rural"]),
    ({"site": "boat"}, "site", ["school", "health-centre", "town-hall"]),
    ({"country": "benin"}, "request", ["country"]),
    ({"country": "bj"}, "country", ["ISO 3166-1"]),
    ({"consent": None}, "request", ["consent"]),
    ({"commune": "x" * 1000}, "request", ["commune"]),
    ({"metered": "yes"}, "request", ["metered"]),
])
def test_enrolment_names_what_is_wrong(collector, members, slug, names):
    token = collector.token("--uses", "1")
    probe = wire.Probe()
    reply = collector.enrol(probe, token, **members)
    assert reply.status in (400, 422) and reply.problem() == slug
    assert all(name in reply.json()["detail"] for name in names), reply.body
    assert collector.sql("SELECT count(*) FROM probe WHERE probe = %s", probe.id) == [(0,)]
    assert collector.enrol(probe, token).status == 200  # no use was counted


@pytest.mark.quick
def test_enrolment_wants_proof_and_a_good_token(collector):
    probe, thief = wire.Probe(), wire.Probe()
    reply = collector.request("POST", "/api/v1/probes", probe.enrolment(collector.token(), key=thief.key))
    assert (reply.status, reply.problem()) == (403, "signature")
    reply = collector.enrol(probe, "imt_" + "0" * 32)
    assert (reply.status, reply.problem()) == (403, "token")
    revoked = collector.token()
    collector.run("token", "revoke", revoked)
    reply = collector.enrol(probe, revoked)
    assert (reply.status, reply.problem()) == (403, "token-revoked")
    expired = collector.token("--expires", "1s")
    time.sleep(1.1)
    reply = collector.enrol(probe, expired)
    assert (reply.status, reply.problem()) == (403, "token-expired")
    for body in (b"", b"{}\n{}\n", b"x" * 100, b'{"public":"AAAA"}\n{"sig":""}\n'):
        reply = collector.request("POST", "/api/v1/probes", body)
        assert (reply.status, reply.problem()) == (400, "request")


def test_last_use_of_a_token_goes_to_one_probe(collector):
    token = collector.token("--uses", "3")
    statuses = []
    def one():
        statuses.append(collector.enrol(wire.Probe(), token).status)
    threads = [threading.Thread(target=one) for _ in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(statuses) == [200] * 3 + [403] * 9


def test_a_revoked_probe_cannot_enrol_again(collector, probe):
    collector.run("probe", "revoke", probe.id)
    reply = collector.enrol(probe, collector.token())
    assert (reply.status, reply.problem()) == (403, "revoked-probe")


def test_secrets_are_kept_as_hashes_only(collector):
    token, key = collector.token(), collector.run("key", "create", "Université de Parakou").strip()
    assert token.startswith("imt_") and key.startswith("imk_")
    dump = str(collector.sql("SELECT t::text FROM token t UNION ALL SELECT k::text FROM api_key k"))
    assert token[4:] not in dump and key[4:] not in dump
    assert "Université de Parakou" in collector.run("key", "list")
