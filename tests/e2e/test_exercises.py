"""The exercises of docs/, their commands word for word, on a shorter year: what they say of it holds."""
import os
import re
import subprocess
from pathlib import Path

import pytest

from conftest import BUILD, free_port, scratch

pytestmark = pytest.mark.long(50)

TOP = Path(__file__).resolve().parents[2]
SHORTER = {"--days 366": "--days 31"}


def blocks(text):
    return re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)


def followed(page, folder):
    """What each block printed, all of them in one shell and in their order."""
    text = (TOP / "docs" / page).read_text()
    for words, other in {**SHORTER, "8090": str(free_port())}.items():
        assert words in text
        text = text.replace(words, other)
    (folder / "docs").mkdir()
    (folder / "docs/exercises.csv").write_bytes((TOP / "docs/exercises.csv").read_bytes())
    script = "set -eu\n" + "".join(f"{block}\necho '=== next'\n" for block in blocks(text))
    script = re.sub(r"wait \$(\w+)", r"wait $\1 || true", script)
    done = subprocess.run(["bash"], input=script, capture_output=True, text=True, timeout=300, cwd=folder,
                          env=os.environ | {"PATH": f"{BUILD / 'collector'}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split("=== next\n")


def test_exercises():
    with scratch() as folder:
        said = followed("exercices.md", folder)
        assert not (folder / "exercices").exists()  # cleared away
    one, two, three, four, five, six = said[2:8]
    assert int(one.splitlines()[-1]) > 50
    values = dict(re.findall(r"^(MTN|Moov)\D*([\d.]+)", two, re.M))
    assert float(values["Moov"]) > float(values["MTN"])
    assert three.startswith("ensemble")
    assert "n<5" in four
    assert "manque : ['2024-01-20']" in five
    inside, of = map(int, re.search(r"contiennent la vérité : (\d+) de (\d+)", six).groups())
    assert 0.7 * of < inside <= of


def test_both_pages_have_the_same_commands():
    """But for the names that stand in them."""
    names = {"exercices": "exercises", "collecteur": "collector", "chiffres": "figures", "serveur": "server", "journal": "log",
             "janvier": "january", "ensemble": "whole", "contiennent la vérité :": "contain the truth:", '"de"': '"from"', '"à"': '"to"',
             '"sondes"': '"probes"', "manque :": "missing:", "INDICATEUR STATISTIQUE": "INDICATOR STATISTIC", 'inside, "from"': 'inside, "of"'}
    french = "".join(blocks((TOP / "docs/exercices.md").read_text()))
    for name, other in names.items():
        french = french.replace(name, other)
    assert french == "".join(blocks((TOP / "docs/exercises.md").read_text()))


def test_the_demonstration_is_this_country():
    """`deploy/quickstart --demo` makes what the exercises are about."""
    asked = re.search(r"simulate (.*) --events docs/exercises.csv", (TOP / "docs/exercises.md").read_text())[1]
    assert f"simulate {asked}" in (TOP / "deploy/quickstart").read_text().replace("\\\n        ", "")
