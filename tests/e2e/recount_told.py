"""In how many digits figures are told (collector/figure/rounding.h): in those that the indicator's definition names."""

import decimal
import functools

import recount

TIE = 1e-9  # two sums of the same numbers may differ by so much, and then go either way


def last(digits):
    return decimal.Decimal(1).scaleb(-digits)


def nearest(value, digits):
    """Halves go away from zero."""
    return float(decimal.Decimal(value).quantize(last(digits), decimal.ROUND_HALF_UP)) + 0.0


def outwards(low, high, digits):
    """What holds both, but for a millionth of the last digit."""
    hair = last(digits) / 10 ** 6
    return (float((decimal.Decimal(low) + hair).quantize(last(digits), decimal.ROUND_FLOOR)) + 0.0,
            float((decimal.Decimal(high) - hair).quantize(last(digits), decimal.ROUND_CEILING)) + 0.0)


def may_be(value, digits):
    """What it may be told as: of what is half way, either."""
    return {nearest(value - TIE, digits), nearest(value + TIE, digits)}


@functools.cache
def digits_of(indicator):
    head = (recount.SCHEMA / "indicators" / f"{indicator}.sql").read_text(encoding="utf-8")
    [digits] = [line.split(": ")[1] for line in head.splitlines() if line.startswith("-- decimals: ")]
    return int(digits)


def three_digits(value):
    """What a percentile of a metric may be told as. Days are kept with seven digits."""
    return {float(f"{value * (1 + off):.3g}") for off in (-1e-6, 1e-6)}
