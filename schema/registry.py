"""Writes the C table of checks and metrics from metrics.tsv.

usage: registry.py METRICS.TSV OUTPUT [NAME…]
A check, or a metric as CHECK/NAME, is left out, as in a version from before it was added.
"""
import sys

source, output, *left_out = sys.argv[1:]
checks = {}
seen = set()
for number, line in enumerate(open(source, encoding="utf-8"), 1):
    if line.startswith("#") or not line.strip():
        continue
    fields = line.rstrip("\n").split("\t")
    if len(fields) != 7:
        sys.exit(f"{source}:{number}: {len(fields)} columns, 7 wanted")
    ident, check_id, check, name, unit, better, kind = fields
    if check in left_out or f"{check}/{name}" in left_out:
        continue
    if ident in seen:
        sys.exit(f"{source}:{number}: id {ident} is used twice")
    seen.add(ident)
    if better not in ("low", "high", "-") or kind not in ("value", "count", "category"):
        sys.exit(f"{source}:{number}: better is low, high or -; kind is value, count or category")
    known = checks.setdefault(check, (check_id, []))
    if known[0] != check_id:
        sys.exit(f"{source}:{number}: check {check} has id {known[0]} already")
    known[1].append((ident, name, unit, better, kind))

with open(output, "w", encoding="ascii") as out:
    out.write('#include "common/metric.h"\n\n')
    for check, (_, metrics) in checks.items():
        out.write(f"static const struct metric {check}_metrics[] = {{\n")
        for ident, name, unit, better, kind in metrics:
            out.write(f'    {{{ident}, "{name}", "{unit}", "{better}", METRIC_{kind.upper()}}},\n')
        out.write("};\n\n")
    out.write("const struct metric_set metric_sets[] = {\n")
    for check, (check_id, metrics) in checks.items():
        out.write(f'    {{{check_id}, "{check}", {check}_metrics, {len(metrics)}}},\n')
    out.write(f"}};\n\nconst size_t metric_set_count = {len(checks)};\n")
