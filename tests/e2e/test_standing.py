"""Which probes count where figures of few lines are hidden: the networks they are seen in, and who confirmed them."""

import os
import pwd
import subprocess

import psycopg
import pytest

from wire import Probe, ping

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


@pytest.mark.parametrize("options, many", [((), True), (("--uses", "20"), True), (("--uses", "1"), False), (("--count", "3"), False),
                                           (("--count", "3", "--uses", "2"), True)])
def test_who_makes_a_token_for_many_learns_that_their_probes_wait(collector, options, many):
    done = subprocess.run(collector.command("token", "create", *options), capture_output=True, text=True, timeout=60,
                          env=os.environ | collector.env, check=True)
    assert ("once somebody confirms them" in done.stderr) == many and "confirm" not in done.stdout


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


# ---- tokens, and who vouches for a probe ----

def standing(collector, probe):
    """What probe list says of it."""
    line = next(line for line in collector.run("probe", "list").splitlines() if line.startswith(probe.id))
    return next(words for words in ("waits for confirmation", "too young", "counts", "refused") if words in line)


def age(collector, probe):
    collector.sql("UPDATE probe SET enrolled_at = enrolled_at - interval '7 days' WHERE probe = %s", probe.id)


def test_a_list_of_tokens_lets_in_one_probe_each(collector):
    tokens = collector.run("token", "create", "--count", "3", "--focal-point", "Savé", "--expires", "30d").splitlines()
    assert len(set(tokens)) == 3 and all(len(token) == 36 and token.startswith("imt_") for token in tokens)
    assert [collector.enrol(Probe(), token).status for token in tokens] == [200, 200, 200]
    assert [collector.enrol(Probe(), token).problem() for token in tokens] == ["token-exhausted"] * 3
    assert collector.sql("SELECT DISTINCT name, uses_max, expires_at > now() + interval '29 days' FROM token JOIN focal_point "
                         "USING (focal_point_no) WHERE name = 'Savé'") == [("Savé", 1, True)]
    collector.run("token", "create", "--count", "2", "--uses", "3", "--focal-point", "Banikoara")
    assert collector.sql("SELECT uses_max FROM token JOIN focal_point USING (focal_point_no) WHERE name = 'Banikoara'") == [(3,), (3,)]


def test_a_probe_of_a_token_of_many_uses_waits_for_somebodys_word(collector):
    tokens = {"many": collector.token("--uses", "2"), "one": collector.token("--count", "1")}
    probes = {}
    for kind, token in tokens.items():
        probes[kind] = Probe()
        assert collector.enrol(probes[kind], token).status == 200
    many, one = probes["many"], probes["one"]
    assert (standing(collector, many), standing(collector, one)) == ("waits for confirmation", "too young")
    age(collector, many), age(collector, one)
    assert (standing(collector, many), standing(collector, one)) == ("waits for confirmation", "counts")

    assert collector.run("probe", "confirm", many.id, one.id, "--by", "Aïcha") == (
        f"{many.id} is confirmed by Aïcha\n{one.id} is confirmed by Aïcha\n")
    assert collector.run("probe", "confirm", many.id, "--by", "Bio") == f"{many.id} was confirmed already, by Aïcha\n"
    assert standing(collector, many) == "counts"
    assert collector.run("probe", "confirm", many.id, "--undo") == f"{many.id} is no longer confirmed\n"
    assert collector.run("probe", "confirm", many.id, "--undo") == f"{many.id} was not confirmed\n"
    assert standing(collector, many) == "waits for confirmation"
    asking = os.geteuid() == 0 and os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name
    shown = [line.split()[2:5] for line in collector.run("probe", "show", many.id).splitlines() if " confirmed " in line and "-" in line]
    assert shown == [["Aïcha", "confirmed", "yes"], [asking, "confirmed", "-"]], shown


def test_nobody_is_confirmed_when_one_cannot_be(collector):
    good, revoked = collector.probe(), collector.probe()
    collector.run("probe", "revoke", revoked.id, "--reason", "a room full of them")
    for other, says in ((revoked.id, "was revoked"), ("a" * 20, "no probe")):
        assert says in collector.run("probe", "confirm", good.id, other, status=1)
    assert standing(collector, good) == "waits for confirmation" and standing(collector, revoked) == "refused"


def test_whose_word_it_was_goes_with_the_probe(collector):
    probe = collector.probe()
    collector.run("probe", "confirm", probe.id, "--by", "Aïcha")
    collector.run("probe", "forget", probe.id)
    assert collector.sql("SELECT count(*) FROM probe_change JOIN probe USING (probe_no) WHERE probe = %s", probe.id) == [(0,)]


def test_prefixes_of_carrier_nat_are_imported_and_taken_back(own_collector, tmp_path):
    c, file = own_collector.start(), tmp_path / "carrier"
    marked = "SELECT prefix::text FROM carrier_nat WHERE source = 'import' ORDER BY 1"
    file.write_text(c.run("import", "carrier-nat", "--template") + "127.0.0.0/16 # here\n192.0.2.0/24\n")
    assert "prefixes of carrier NAT imported: 2" in c.run("import", "carrier-nat", file)
    assert c.sql(marked) == [("127.0.0.0/16",), ("192.0.2.0/24",)]
    file.write_text("192.0.2.0/24\n198.51.100.1/24\n")
    assert f"{file}: line 2: 198.51.100.1 is not the first address" in c.run("import", "carrier-nat", file, status=1)
    assert c.sql(marked) == [("127.0.0.0/16",), ("192.0.2.0/24",)]
    file.write_text("192.0.2.0/24\n")
    c.run("import", "carrier-nat", file)
    assert c.sql(marked) == [("192.0.2.0/24",)]
    assert "taken back" in c.run("import", "carrier-nat", "--undo") and c.sql(marked) == []


@pytest.mark.parametrize("before", ["left", "forgotten"])
def test_a_team_that_doubts_a_probe_has_the_last_word(collector, probe, before):
    collector.sql("UPDATE probe SET revoked_at = now(), revoked_reason = %s WHERE probe = %s", before, probe.id)
    assert standing(collector, probe) != "refused"
    collector.run("probe", "revoke", probe.id)
    assert standing(collector, probe) == "refused"
