"""What the agent asks at a terminal, answered as people do, in both languages."""
import os
import re
from pathlib import Path

import pytest

from agent import Agent
from conftest import scratch
from terminal import CTRL_D, Terminal

pytestmark = pytest.mark.quick


@pytest.fixture
def agent():
    with scratch() as folder:
        agent = Agent(folder)
        agent.configure({})
        yield agent


def talk(agent, language, words, answers):
    """The exit status, and all that the terminal showed."""
    agent.env = {"LC_ALL": language}
    terminal = Terminal([str(word) for word in agent.command(*words)], os.environ | agent.env)
    try:
        for question, line in answers:
            terminal.answer(question, line)
        return terminal.end(), terminal.text
    finally:
        if terminal.program.poll() is None:
            terminal.program.kill()
            terminal.program.wait()


def enrol(agent, collector, language, answers, *options):
    url = f"http://127.0.0.1:{collector.port}"
    return talk(agent, language, ["enroll", url, collector.token(), *options], answers)


def contexts(collector, probe):
    return collector.sql("SELECT c.department, c.commune, c.zone, c.site, o.name, c.technology, c.metered, c.tariff FROM probe p "
                         "JOIN probe_context c USING (probe_no) LEFT JOIN operator o USING (operator_no) WHERE p.probe = %s",
                         probe)


# Questions in their order, each in both languages, and what a person may type.
FRENCH = ("fr_FR.UTF-8", [
    ("Acceptez-vous ? (oui/non) :", "peut-être"), ("Acceptez-vous ? (oui/non) :", "OUI"),
    ("Département (Entrée : non précisé) :", "Paris"), ("Département (Entrée : non précisé) :", "oueme"),
    ("Commune ou ville (Entrée : non précisé) :", "Porto-Novo"),
    ("Ville ou campagne (ville, campagne ; Entrée : non précisé) :", "en ville"),
    ("Ville ou campagne (ville, campagne ; Entrée : non précisé) :", "Ville"),
    ("Nature du lieu (domicile, école, centre de santé, mairie, entreprise, cybercafé, réseau communautaire, autre ;", "lycée"),
    ("Opérateur de la ligne (Entrée : non précisé) :", ""),
    ("Technologie de la ligne (fibre, ADSL, 4G, 5G, 3G, point d'accès Wi-Fi, réseau communautaire, satellite, radio, autre ;",
     "Fibre optique"),
    ("La ligne est-elle facturée au volume ? (oui/non ; Entrée : non) :", "peut-être"),
    ("La ligne est-elle facturée au volume ? (oui/non ; Entrée : non) :", "o"),
    ("Forfait (Entrée : non précisé) :", "15 000 F"),
    ("Comment le point focal peut-il vous joindre ? Jamais publié (Entrée : non précisé) :", ""),
])
ENGLISH = ("en_US.UTF-8", [
    ("Do you accept? (yes/no):", "Y"),
    ("Department (Enter: not said):", ""),
    ("Commune or town (Enter: not said):", "x" * 61), ("Commune or town (Enter: not said):", "Nikki"),
    ("Town or countryside (town, countryside; Enter: not said):", "campagne"),
    ("What kind of place it is (home, school, health centre, town hall, company, cybercafé, community network, other;", ""),
    ("Operator of the line (Enter: not said):", ""),
    ("Technology of the line (fibre, ADSL, 4G, 5G, 3G, Wi-Fi hotspot, community network, satellite, radio, other;", "wifi"),
    ("Is the line paid by volume? (yes/no; Enter: yes):", "No"),
    ("Subscription (Enter: not said):", ""),
    ("How can the focal point reach you? Never published (Enter: not said):", ""),
])


@pytest.mark.parametrize("language,answers,context,shown", [
    (*FRENCH, ("BJ-OU", "Porto-Novo", "urban", "school", None, "fibre", True, "15 000 F"),
     ["« peut-être » n'est pas compris ; réponses comprises : oui, non", "« en ville » n'est pas compris", "la sonde"]),
    (*ENGLISH, (None, "Nikki", "rural", None, None, "wifi-hotspot", False, None), ["1 to 60 bytes", "Enrolled"]),
], ids=["fr", "en"])
def test_enrolment_takes_what_people_type(collector, agent, language, answers, context, shown):
    status, text = enrol(agent, collector, language, answers)
    assert status == 0, text
    assert contexts(collector, agent.name()) == [context]
    assert [words for words in shown if words not in text] == []


@pytest.mark.parametrize("language,question,listed,typed,kept", [
    ("fr_FR.UTF-8", "Votre forfait : son numéro, ou son nom s'il n'y figure pas", "   1  Pass mois 1 Go : 1 000 XOF, 1 Go, 30 jours, puis 0,1 Mbit/s", "1", "month-1gb"),
    ("en_US.UTF-8", "Your subscription: its number, or what it is called", "   2  big: 5,000 XOF, no limit of volume, 30 days", "mine", "mine"),
], ids=["fr", "en"])
def test_a_plan_is_picked_from_those_that_the_operator_sells(collector, agent, tmp_path, language, question, listed, typed, kept):
    operator, other = "Moov Africa Bénin", "MTN Bénin (Spacetel)"
    path = tmp_path / "plans.csv"
    path.write_text("plan,country,operator,technology,name,segment,price,currency,volume_gb,validity_days,throttled_mbps,promotion,valid_from,source,retrieved\n"
                    f"big,BJ,{operator},5g,,prepaid,5000,XOF,,30,,no,2025-01-01,Moov,2026-01-31\n"
                    f"month-1gb,BJ,{operator},mobile,Pass mois 1 Go,prepaid,1000,XOF,1,30,0.1,no,2025-01-01,Moov,2026-01-31\n"
                    f"box,BJ,{operator},fibre,,postpaid,1,XOF,,30,,no,2025-01-01,Moov,2026-01-31\n"
                    f"x,BJ,{other},4g,,prepaid,1,XOF,,1,,no,2025-01-01,MTN,2026-01-31\n")
    collector.run("import", "plans", path)
    given = {"department": "Borgou", "commune": "Parakou", "zone": "ville", "site": "mairie", "operator": "moov", "technology": "4g", "contact": "x"}
    options = ["--consent", "--metered", *(word for name, value in given.items() for word in (f"--{name}", value))]
    try:
        status, text = enrol(agent, collector, language, [(question, typed)], *options)
        assert status == 0, text
        assert listed in re.sub("[\u202f\u00a0]", " ", text) and " 3  " not in text
        assert contexts(collector, agent.name())[0][7] == kept
    finally:
        collector.run("import", "undo", str(collector.sql("SELECT max(run) FROM import_run")[0][0]))


METERED = "La ligne est-elle facturée au volume ?"


@pytest.mark.parametrize("technology,typed,metered", [
    (None, ["peut-être"] * 3, True), ("fibre", ["je ne sais pas", "?", "1"], True), ("fibre", [""], False),
    ("4g", [""], True), (None, [""], True), ("4g", ["NON"], False), ("adsl", ["peut-être", "yes"], True),
])
def test_a_line_that_is_not_clearly_unmetered_is_metered(collector, agent, technology, typed, metered):
    given = {"department": "Borgou", "commune": "Parakou", "zone": "ville", "site": "mairie", "operator": "ISOCEL", "tariff": "x", "contact": "x"}
    given |= {"technology": technology} if technology else {}
    options = ["--consent", *(word for name, value in given.items() for word in (f"--{name}", value))]
    before = [] if technology else [("Technologie de la ligne", "")]
    status, text = enrol(agent, collector, "fr_FR.UTF-8", before + [(METERED, line) for line in typed], *options)
    assert status == 0, text
    assert contexts(collector, agent.name())[0][6] is metered
    assert ("Cela compte comme oui." in text) == (len(typed) == 3)


@pytest.mark.parametrize("answered", range(len(ENGLISH[1])))
def test_ctrl_d_at_any_question_sends_nothing(collector, agent, answered):
    language, answers = ENGLISH
    before = collector.sql("SELECT count(*) FROM probe")
    status, text = enrol(agent, collector, language, answers[:answered] + [(answers[answered][0], CTRL_D)])
    assert status == 1 and "nothing was sent: you stopped" in text, text
    assert collector.sql("SELECT count(*) FROM probe") == before
    assert list(agent.state.glob("*")) == []


@pytest.mark.parametrize("typed", [["non"], ["", "", ""], ["peut-être", "ouais", "hein"]])
def test_without_consent_nothing_is_sent(collector, agent, typed):
    status, text = enrol(agent, collector, "fr_FR.UTF-8", [("Acceptez-vous ?", line) for line in typed])
    assert status == 1 and "sans consentement" in text, text
    assert list(agent.state.glob("*")) == []


@pytest.mark.parametrize("language,question,kept,gone", [
    ("fr_FR.UTF-8", "En êtes-vous sûr ? (oui/non) :", [["non"], [CTRL_D], ["peut-être", CTRL_D], ["x", "y a", "z"]], "OUI"),
    ("en_US.UTF-8", "Are you sure? (yes/no):", [["No"], [CTRL_D], ["", "", ""]], "Yes"),
], ids=["fr", "en"])
def test_leaving_takes_a_yes_as_enrolling_does(collector, agent, language, question, kept, gone):
    agent.run("enroll", f"http://127.0.0.1:{collector.port}", collector.token(), "--yes")
    for typed in kept:
        status, text = talk(agent, language, ["leave"], [(question, line) for line in typed])
        assert status == 1 and ("rien n'a été changé" in text or "nothing was changed" in text), text
        assert agent.name()
    status, text = talk(agent, language, ["leave"], [(question, gone)])
    assert status == 0 and not (agent.state / "identity.json").exists(), text


@pytest.mark.parametrize("language, no, said, page", [
    ("en_US.UTF-8", ("Do you accept?", "no"), ["which network (/24, /48), and whose", "for {} months", "those networks with them", "daily sums behind these, stay"], "README.md"),
    ("fr_FR.UTF-8", ("Acceptez-vous ?", "non"), ["quel réseau (/24, /48), et de qui", "garde {} mois", "ces réseaux compris", "sommes par jour dont ils viennent, restent"], "LISEZMOI.md"),
])
def test_who_consents_is_told_what_is_kept_of_their_network(agent, collector, language, no, said, page):
    """For as long as the database keeps it, in the README as well."""
    top = Path(__file__).resolve().parents[2]
    months = re.search(r"interval '(\d+) months'", (top / "schema/functions/network.sql").read_text())[1]
    status, text = enrol(agent, collector, language, [no])
    text = " ".join(text.split())
    assert status == 1 and [words for words in said if words.format(months) not in text] == []
    assert re.search(rf"/24, /48\).* {months} mo(nth|i)s.* `forget` ", " ".join((top / page).read_text().split()))
