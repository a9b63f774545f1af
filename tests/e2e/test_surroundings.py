"""probe set: what a team knows better of a probe than the probe."""

import pytest

QUESTION = ("SELECT c.department, c.commune, c.zone, c.site, o.name, c.technology, c.tariff, c.metered, f.name FROM probe p "
            "JOIN probe_context c USING (probe_no) LEFT JOIN operator o USING (operator_no) LEFT JOIN focal_point f "
            "ON f.focal_point_no = c.focal_point_no WHERE p.probe = %s ORDER BY c.valid_from")


@pytest.fixture
def old(collector):
    """A probe that was enrolled long ago."""
    probe = collector.probe(department="BJ-MO", commune="Kandy", zone="urban")
    collector.sql("UPDATE probe_context SET valid_from = '2026-01-01' WHERE probe_no = (SELECT probe_no FROM probe WHERE probe = %s)",
                  probe.id)
    return probe


def test_all_of_it_can_be_set_and_be_unknown_again(collector, old):
    collector.token("--focal-point", "Kandi")
    words = ["department=alibori", "commune=Kandi", "zone=campagne", "site=école", "operator=isocel", "technology=fibre optique", "tariff=10 Mbit/s",
             "metered=oui", "focal-point=kandi"]
    collector.run("probe", "set", old.id, *words, "--from", "2025-01-01")
    assert collector.sql(QUESTION, old.id) == [("BJ-AL", "Kandi", "rural", "school", "ISOCEL", "fibre", "10 Mbit/s", True, "Kandi")]
    collector.run("probe", "set", old.id, *(word.partition("=")[0] + "=" for word in words if word != "metered=oui"), "metered=no",
                  "--from", "2025-01-01")
    assert collector.sql(QUESTION, old.id) == [(None,) * 7 + (False, None)]


def test_what_holds_since_when_and_who_said_why(collector, old):
    said = collector.run("probe", "set", old.id, "commune=Kandi", "zone=urban", "--from", "2026-03-01", "--why", "typing error",
                         "--by", "Aïcha")
    assert said == f"{old.id}: set: commune\n"
    assert collector.run("probe", "set", old.id, "commune=Kandi") == f"{old.id}: it was so already\n"
    assert [row[1] for row in collector.sql(QUESTION, old.id)] == ["Kandy", "Kandi"]
    shown = collector.run("probe", "show", old.id)
    change, = (line for line in shown.splitlines() if "typing error" in line)
    assert "Aïcha" in change and "commune" in change and "Kandi" in change and "2026-03-01" in change


def test_an_operator_that_only_members_named_is_not_taken_for_a_known_one(collector, old):
    typed = "Isocel de Kandi"
    collector.probe(operator=typed)
    said = collector.run("probe", "set", old.id, f"operator={typed.lower()}")
    assert said.startswith(f"{old.id}: set: operator\n\"{typed}\"") and "operator merge" in said
    assert collector.run("probe", "set", old.id, "operator=isocel") == f"{old.id}: set: operator\n"


WRONG = [("operator=MTN", "known: ABC Corporation, Celtiis"), ("department=Ashanti", "known: BJ-AK (Atacora), BJ-AL (Alibori)"),
         ("focal-point=nowhere", "focal-point=nowhere: not known here"), ("commune=A commune=B", "commune stands twice"),
         ("commune=A --from 2999-01-01", "--from 2999-01-01 is yet to come")]


@pytest.mark.parametrize("words, says", WRONG)
def test_what_is_not_known_changes_nothing(collector, old, words, says):
    assert says in collector.run("probe", "set", old.id, "tariff=free", *words.split(), status=1)
    assert collector.sql(QUESTION, old.id) == [("BJ-MO", "Kandy", "urban", None, None, None, None, False, None)]


def test_nothing_is_set_of_a_probe_that_was_replaced(collector, old):
    collector.sql("UPDATE probe_context SET valid_to = '2026-02-01' WHERE probe_no = (SELECT probe_no FROM probe WHERE probe = %s)",
                  old.id)
    assert "nothing is known" in collector.run("probe", "set", old.id, "commune=Kandi", status=1)
    assert collector.run("probe", "set", old.id, "commune=Kandi", "--from", "2026-01-15") == f"{old.id}: set: commune\n"
