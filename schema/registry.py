"""The registry: checks and their metrics from metrics.tsv, what their values may be from ranges.tsv; and its C table.

usage: registry.py METRICS.TSV RANGES.TSV OUTPUT [NAME…]
A check, or a metric as CHECK/NAME, is left out, as in a version from before it was added.
"""
import dataclasses
import itertools
import re
import sys

METRICS_MAX = 64  # common/limits.h
WHOLE_MAX = 10**15 - 1  # digits that the agent writes


@dataclasses.dataclass
class Metric:
    id: int
    check: str
    name: str
    unit: str
    better: str
    kind: str
    min: float = None
    max: float = None
    whole: bool = None


@dataclasses.dataclass
class Check:
    name: str
    id: int
    metrics: dict  # of Metric by name, in the order of the database
    rules: list  # of words: a, "needs" or "<=", b; or "loss", "rcvd", "sent"


def rows(path):
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        if not line.startswith("#") and line.strip():
            yield f"{path}:{number}: ", line.rstrip("\n").split("\t")


def read_metrics(path):
    checks, seen = {}, set()
    for where, fields in rows(path):
        if len(fields) != 7:
            sys.exit(f"{where}{len(fields)} columns, 7 wanted")
        ident, check_id, check, name, unit, better, kind = fields
        if ident in seen:
            sys.exit(f"{where}id {ident} is used twice")
        seen.add(ident)
        if better not in ("low", "high", "-") or kind not in ("value", "count", "category"):
            sys.exit(f"{where}better is low, high or -; kind is value, count or category")
        known = checks.setdefault(check, Check(check, int(check_id), {}, []))
        if known.id != int(check_id):
            sys.exit(f"{where}check {check} has id {known.id} already")
        known.metrics[name] = Metric(int(ident), check, name, unit, better, kind)
        if len(known.metrics) > METRICS_MAX:
            sys.exit(f"{where}check {check} has more than {METRICS_MAX} metrics")
    return checks


def add_range(where, check, names, low, high, number):
    for name in names.split(","):
        metric = check.metrics.get(name) or sys.exit(f"{where}{check.name} has no metric {name}")
        if metric.whole is not None:
            sys.exit(f"{where}{check.name}/{name} has a range already")
        metric.min, metric.max, metric.whole = float(low), float(high), number == "whole"
        if number not in ("whole", "real") or not metric.min < metric.max:
            sys.exit(f"{where}a range is its least and greatest value, and whole or real")
        if metric.whole and not (metric.min % 1 == metric.max % 1 == 0 and -WHOLE_MAX <= metric.min and metric.max <= WHOLE_MAX):
            sys.exit(f"{where}whole numbers have at most 15 digits")
        if metric.kind != "value" and not metric.whole:
            sys.exit(f"{where}{check.name}/{name} is a {metric.kind}: a whole number")


def add_rule(where, check, text):
    loss = re.fullmatch(r"(\w+) = 1 - (\w+) / (\w+)", text)
    needs = re.fullmatch(r"(\w+) needs (\w+)", text)
    chain = text.split(" <= ")
    if loss:
        rules = [("loss", *loss.groups())]
    elif needs:
        rules = [("needs", *needs.groups())]
    elif len(chain) > 1:
        rules = [("<=", *pair) for pair in itertools.combinations(chain, 2)]  # any of them may be absent
    else:
        sys.exit(f"{where}a rule is a <= b…, a needs b, or a = 1 - b / c")
    for word, *names in rules:
        for name in names:
            if name not in check.metrics:
                sys.exit(f"{where}{check.name} has no metric {name}")
        if word == "<=" and len({check.metrics[name].whole for name in names}) > 1:
            sys.exit(f"{where}{text}: both are whole, or both real")
        if (word, *names) not in check.rules:
            check.rules.append((word, *names))


def read(metrics, ranges):
    """Checks by name, in the order of metrics.tsv; leaves with a message where a file is wrong."""
    checks = read_metrics(metrics)
    for where, fields in rows(ranges):
        for name in fields[0].split(","):
            check = checks.get(name) or sys.exit(f"{where}there is no check {name}")
            if len(fields) == 5:
                add_range(where, check, *fields[1:])
            elif len(fields) == 2:
                add_rule(where, check, fields[1])
            else:
                sys.exit(f"{where}{len(fields)} columns; a range has 5, a rule 2")
    for check in checks.values():
        for metric in check.metrics.values():
            if metric.whole is None:
                sys.exit(f"{ranges}: {check.name}/{metric.name} of {metrics} has no range")
    return checks


def leave_out(checks, names):
    for name in names:
        check, _, metric = name.partition("/")
        if metric:
            del checks[check].metrics[metric]
            checks[check].rules = [rule for rule in checks[check].rules if metric not in rule]
        else:
            del checks[check]


KINDS = {"<=": "RULE_AT_MOST", "needs": "RULE_NEEDS", "loss": "RULE_LOSS"}


def write(checks, path):
    """Ranges and rules stand apart, without a pointer: they stay in the file's own pages (RssFile, not RssAnon)."""
    with open(path, "w", encoding="ascii") as out:
        out.write('#include "common/metric.h"\n\n')
        for check in checks.values():
            places = {name: i for i, name in enumerate(check.metrics)}
            out.write(f"static const struct metric {check.name}_metrics[] = {{\n")
            for m in check.metrics.values():
                out.write(f'    {{{m.id}, {len(m.name)}, "{m.name}", "{m.unit}", "{m.better}", METRIC_{m.kind.upper()}}},\n')
            out.write(f"}};\nstatic const struct metric_range {check.name}_ranges[] = {{\n")
            for m in check.metrics.values():
                out.write(f"    {{{m.min:.17g}, {m.max:.17g}}}, /* {m.name} */\n")
            out.write(f"}};\nstatic const struct metric_rule {check.name}_rules[] = {{\n")
            for word, *names in check.rules:
                out.write(f"    {{{KINDS[word]}, {{{', '.join(str(places[name]) for name in names)}}}}},\n")
            out.write("    {0}};\n\n")
        out.write("const struct metric_set metric_sets[] = {\n")
        for check in checks.values():
            whole = sum(1 << i for i, m in enumerate(check.metrics.values()) if m.whole)
            out.write(f'    {{{check.id}, {len(check.name)}, {len(check.metrics)}, {len(check.rules)}, {whole:#x}, "{check.name}", '
                      f"{check.name}_metrics, {check.name}_ranges, {check.name}_rules}},\n")
        out.write(f"}};\n\nconst size_t metric_set_count = {len(checks)};\n")


def main(metrics, ranges, output, *left_out):
    checks = read(metrics, ranges)
    leave_out(checks, left_out)
    write(checks, output)


if __name__ == "__main__":
    main(*sys.argv[1:])
