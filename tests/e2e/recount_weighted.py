"""What lines of a technology have, each operator by its part of the market (schema/views/weighted.sql): of published figures and shares."""

import collections

import recount_told

Weighted = collections.namedtuple("Weighted", "values unweighted n_operators n_eff covered without_share without_figure")


def names(operators):
    return ", ".join(sorted(operators)) or None


def weighted(figures, parts, digits):
    """figures: operator -> its figure, or None; parts: operator -> its part of the market. values: what it may be told as, or None."""
    percent = {operator: 100 * part / sum(parts.values()) for operator, part in parts.items()}
    known = {operator: value for operator, value in figures.items() if value is not None}
    both = {operator: percent[operator] for operator in known if percent.get(operator)}
    whole = sum(both.values())
    values = unweighted = eff = None
    if both:
        values = recount_told.may_be(sum(weight * known[operator] for operator, weight in both.items()) / whole, digits)
        unweighted = recount_told.may_be(sum(known[operator] for operator in both) / len(both), digits)
        eff = round(whole ** 2 / sum(weight ** 2 for weight in both.values()), 2)
    return Weighted(values, unweighted, len(both), eff, round(whole, 1), names(known.keys() - percent.keys()), names(percent.keys() - known.keys()))
