"""The exercises of docs/, their commands word for word: each prints what the page says that it does."""
import os
import re
import subprocess
from pathlib import Path

import pytest

from conftest import BUILD, free_port, scratch

pytestmark = pytest.mark.long(60)

TOP = Path(__file__).resolve().parents[2]
FRENCH, ENGLISH = ((TOP / "docs" / page).read_text() for page in ("exercices.md", "exercises.md"))
# What stands in the commands of one page and not of the other.
NAMES = {"exercices": "exercises", "collecteur": "collector", "chiffres": "figures", "serveur": "server", "journal": "log",
         "septembre": "september", "pannes": "outages", "ensemble": "whole", "contiennent la vérité :": "contain the truth:",
         "INDICATEUR STATISTIQUE": "INDICATOR STATISTIC", '"de"': '"from"', '"à"': '"to"', '"sondes"': '"probes"', '"rang"': '"rank"',
         'inside, "from"': 'inside, "of"'}
# And in what they print.
PRINTED = {" de ": " from ", " à ": " to ", "sondes": "probes", "rang": "rank", "ensemble": "whole"}


def blocks(text, kind="sh"):
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)


def followed(text, folder):
    """What each block printed, all of them in one shell and in their order."""
    text = text.replace("8090", str(free_port()))
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
        said = followed(FRENCH, folder)
        assert not (folder / "exercices").exists()  # cleared away
    assert len(said) == 10 and said[2:8] == blocks(FRENCH, "text")


def replaced(text, names):
    for name, other in names.items():
        text = text.replace(name, other)
    return text


def test_both_pages_have_the_same_commands():
    """But for the names that stand in them; and what they print."""
    assert [replaced(block, NAMES) for block in blocks(FRENCH)] == blocks(ENGLISH)
    printed = [replaced(block, PRINTED) for block in blocks(FRENCH, "text")]
    printed[-1] = replaced(printed[-1], {"contiennent la vérité :": "contain the truth:", " from ": " of "})
    assert printed == blocks(ENGLISH, "text")


def test_the_demonstration_is_this_country():
    """`deploy/quickstart --demo` makes what the exercises are about."""
    asked = re.search(r"simulate (.*) --events docs/exercises.csv", ENGLISH)[1]
    assert f"simulate {asked}" in (TOP / "deploy/quickstart").read_text().replace("\\\n        ", "")
