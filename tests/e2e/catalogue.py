"""The texts of the programs in both languages, and which of them stand in what a program wrote."""

import ast
import functools
import re
from pathlib import Path

PO = Path(__file__).resolve().parents[2] / "common/po/fr.po"
DIRECTIVE = re.compile(r"%(?:<\w+>|[-+ #0-9.*]*(?:hh|h|ll|l|z|j|t)?[a-zA-Z%])")


def entries():
    """(English, French) of every text that differs."""
    field, texts = None, {"msgid": "", "msgstr": ""}
    for line in [*PO.read_text().splitlines(), ""]:
        if match := re.match(r'(msgid|msgstr) (".*")$', line):
            field = match[1]
            texts[field] = ast.literal_eval(match[2])
        elif line.startswith('"'):
            texts[field] += ast.literal_eval(line)
        elif not line and field:
            if texts["msgid"] and texts["msgid"] != texts["msgstr"]:
                yield texts["msgid"], texts["msgstr"]
            field, texts = None, {"msgid": "", "msgstr": ""}


def pattern(text):
    """Long enough not to be found by chance: two words and twelve letters of its own."""
    fixed = DIRECTIVE.split(text)
    letters = " ".join(re.findall(r"[^\W\d_]+", " ".join(fixed)))
    if len(letters) < 12 or " " not in letters:
        return None
    return re.compile(r"[^\n]*?".join(re.escape(part) for part in fixed))


@functools.cache
def patterns(language):
    texts = sorted({pair[language] for pair in entries()})
    return [(text, found) for text in texts if (found := pattern(text))]


def english(output):
    return [text for text, found in patterns(0) if found.search(output)]


def french(output):
    return [text for text, found in patterns(1) if found.search(output)]
