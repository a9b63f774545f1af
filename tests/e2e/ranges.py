"""schema/ranges.tsv as a test reads it: what a result's numbers break."""
import pathlib
import re

RANGES = pathlib.Path(__file__).parents[2] / "schema/ranges.tsv"


def _read():
    limits, rules = {}, {}
    for line in RANGES.read_text().splitlines():
        if line.startswith("#"):
            continue
        checks, what, *more = line.split("\t")
        for check in checks.split(","):
            if more:
                limits.update({(check, name): (float(more[0]), float(more[1]), more[2] == "whole") for name in what.split(",")})
            else:
                rules.setdefault(check, []).append(what)
    return limits, rules


LIMITS, RULES = _read()


def _breaks(rule, have):
    if match := re.fullmatch(r"(\w+) needs (\w+)", rule):
        return match[1] in have and match[2] not in have
    if match := re.fullmatch(r"(\w+) = 1 - (\w+) / (\w+)", rule):
        loss, rcvd, sent = map(have.get, match.groups())
        return None not in (loss, rcvd, sent) and abs(loss - (1 - rcvd / sent)) > 0.001
    order = [have[name] for name in rule.split(" <= ") if name in have]
    return any(a > b * (1 + 1e-6) for a, b in zip(order, order[1:]))


def broken(result):
    """What the result breaks; an agent that noticed it itself has it in detail.out_of_range. Empty when it is fine."""
    check, have = result["check"], result["metrics"]
    found = [f"{name} is {value}" for name, value in have.items() if (check, name) in LIMITS
             and not (LIMITS[check, name][0] <= value <= LIMITS[check, name][1] and (value % 1 == 0 or not LIMITS[check, name][2]))]
    if not found:  # a rule may divide by what has to be in range
        found = [rule for rule in RULES.get(check, []) if _breaks(rule, have)]
    return found + [f"the agent's own: {why}" for why in [result.get("detail", {}).get("out_of_range")] if why]
