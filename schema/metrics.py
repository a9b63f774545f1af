"""Writes docs/metrics.md: what is measured, from the registry and the schemas of the checks, and what the collector counts of itself.

usage: metrics.py           prints the page
       metrics.py --check   compares it with docs/metrics.md
"""
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import registry

TOP = pathlib.Path(__file__).resolve().parents[1]
PAGE = TOP / "docs/metrics.md"
# Where GET /metrics is answered: sample(out, NAME, TYPE, HELP, …) and family(out, NAME, TYPE, HELP).
COUNTERS = "collector/health.c"

HEAD = """# What is measured

<!-- Made by `python3 schema/metrics.py >docs/metrics.md`; tests/lint/metrics compares. Words: the "description" of each metric in schema/checks/. -->

A result carries the metrics of its check (`schema/metrics.tsv`); one that could not be had is absent, never 0. The **id** stands
for a metric for ever: it is never used again, and its row never changes. **Better** is what is good for people, – where neither is.
**Kind**: of a *value* means and percentiles make sense, of a *count* sums, of a *category* only how often each code comes. A result
with a metric out of its **range**, or that breaks a rule below the table (`schema/ranges.tsv`), makes no figure. What else a check
tells stands in its schema, `schema/checks/NAME.json`, under `detail`; how a result is written in [`batch.md`](batch.md). Each heading
leads to the check's page: parameters, formulas, outcomes, limits, what it does to the line ([`check/`](check/README.md)).
"""

TAIL = """
## What the collector counts

`GET /metrics`, in Prometheus' text format; counters begin at 0 with each start.

| name | type | |
|---|---|---|
"""


def rules():
    """Of each check, its rules as ranges.tsv has them."""
    of = {}
    for _, fields in registry.rows(TOP / "schema/ranges.tsv"):
        for check in fields[0].split(",") if len(fields) == 2 else ():
            of.setdefault(check, []).append(f"`{fields[1]}`")
    return of


def check_lines(check, own_rules):
    schema = json.loads((TOP / f"schema/checks/{check.name}.json").read_text(encoding="utf-8"))
    known = schema["properties"]["metrics"]["properties"]
    name, _, about = schema["title"].partition(":")
    yield f"\n## [{name}](check/{check.name}.md):{about}\n\n| metric | unit | range | better | kind | id | |\n|---|---|---|---|---|---|---|\n"
    for m in check.metrics.values():
        words = known.get(m.name, {}).get("description")
        if not words:
            sys.exit(f"schema/checks/{check.name}.json: {m.name} has no description; say in one line what it is")
        spread = f"{m.min:.15g} … {m.max:.15g}{', whole' if m.whole else ''}"
        yield f"| `{m.name}` | {m.unit} | {spread} | {'–' if m.better == '-' else m.better} | {m.kind} | {m.id} | {words} |\n"
    if own_rules:
        yield f"\nRules: {', '.join(own_rules)}.\n"


def counter_lines():
    source = (TOP / COUNTERS).read_text(encoding="utf-8")
    found = re.findall(r'\b(?:sample|family)\(out, "(\w+)", "(\w+)",\s*"([^"]+)"', source)
    if not found:
        sys.exit(f"{COUNTERS}: no counter is found; this script reads sample(out, …) and family(out, …)")
    for name, kind, words in found:
        yield f"| `internetmetre_{name}` | {kind} | {words} |\n"


def page():
    of = rules()
    parts = [HEAD]
    for check in registry.read(TOP / "schema/metrics.tsv", TOP / "schema/ranges.tsv").values():
        parts += check_lines(check, of.get(check.name))
    return "".join([*parts, TAIL, *counter_lines()])


if sys.argv[1:] != ["--check"]:
    print(page(), end="")
elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
    sys.exit("docs/metrics.md is not what the registry and the schemas say: python3 schema/metrics.py >docs/metrics.md")
