"""Writes docs/metrics.md: what is measured, from the registry and the schemas of the checks, and what the collector counts of itself.

usage: metrics.py           prints the page
       metrics.py --check   compares it with docs/metrics.md
"""
import json
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
PAGE = TOP / "docs/metrics.md"
# Where GET /metrics is answered: sample(out, NAME, TYPE, HELP, …) and family(out, NAME, TYPE, HELP).
COUNTERS = "collector/health.c"

HEAD = """# What is measured

<!-- Made by `python3 schema/metrics.py >docs/metrics.md`; tests/lint/metrics compares. Words: the "description" of each metric in schema/checks/. -->

A result carries the metrics of its check (`schema/metrics.tsv`); one that could not be had is absent, never 0. The **id** stands
for a metric for ever: it is never used again, and its row never changes. **Better** is what is good for people, – where neither is.
**Kind**: of a *value* means and percentiles make sense, of a *count* sums, of a *category* only how often each code comes. What else a
check tells stands in its schema, `schema/checks/NAME.json`, under `detail`; how a result is written in [`batch.md`](batch.md).
"""

TAIL = """
## What the collector counts

`GET /metrics`, in Prometheus' text format; counters begin at 0 with each start.

| name | type | |
|---|---|---|
"""


def registry():
    """Each check, in the registry's order: its rows."""
    checks = {}
    for line in (TOP / "schema/metrics.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            ident, _, check, *rest = line.split("\t")
            checks.setdefault(check, []).append((ident, *rest))
    return checks


def resolve(schema, shared):
    """A metric's own words over those that it refers to in result.json."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return {**(shared[name] if name else {}), **schema}


def spread(schema):
    """The range of values, as a reader would say it."""
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and high is None:
        return "any"
    return f"{low} …" if high is None else f"{low} … {high}"


def check_lines(check, rows, shared):
    schema = json.loads((TOP / f"schema/checks/{check}.json").read_text(encoding="utf-8"))
    known = schema["properties"]["metrics"]["properties"]
    yield f"\n## {schema['title']}\n\n| metric | unit | range | better | kind | id | |\n|---|---|---|---|---|---|---|\n"
    for ident, name, unit, better, kind in rows:
        if "description" not in known.get(name, {}):
            sys.exit(f"schema/checks/{check}.json: {name} has no description; say in one line what it is")
        full = resolve(known[name], shared)
        yield (f"| `{name}` | {unit} | {spread(full)} | {'–' if better == '-' else better} | {kind} | {ident} | "
               f"{known[name]['description']} |\n")


def counter_lines():
    source = (TOP / COUNTERS).read_text(encoding="utf-8")
    found = re.findall(r'\b(?:sample|family)\(out, "(\w+)", "(\w+)",\s*"([^"]+)"', source)
    if not found:
        sys.exit(f"{COUNTERS}: no counter is found; this script reads sample(out, …) and family(out, …)")
    for name, kind, words in found:
        yield f"| `internetmetre_{name}` | {kind} | {words} |\n"


def page():
    shared = json.loads((TOP / "schema/result.json").read_text(encoding="utf-8"))["$defs"]
    parts = [HEAD]
    for check, rows in registry().items():
        parts += check_lines(check, rows, shared)
    return "".join([*parts, TAIL, *counter_lines()])


if sys.argv[1:] != ["--check"]:
    print(page(), end="")
elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
    sys.exit("docs/metrics.md is not what the registry and the schemas say: python3 schema/metrics.py >docs/metrics.md")
