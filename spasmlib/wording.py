"""Numbers in plain words, for groups of people and never for one person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def share_in_words(share: float) -> str:
    """Say a share as a visitor can picture it.

    Parameters
    ----------
    share : float
        0 to 1.

    Examples
    --------
    >>> share_in_words(0.42)
    'about 4 in 10'
    >>> share_in_words(0.031)
    'about 3 in 100'
    >>> share_in_words(0.004)
    'fewer than 1 in 100'
    >>> share_in_words(0.98)
    'nearly all'
    """
    if share >= 0.95:
        return "nearly all"
    if share >= 0.095:
        return f"about {round(share * 10)} in 10"
    if share >= 0.0095:
        return f"about {round(share * 100)} in 100"
    if share >= 0.001:
        return "fewer than 1 in 100"
    return "fewer than 1 in 1,000"


def times_in_words(ratio: float) -> str:
    """Say how many times as often one thing happens as another.

    Examples
    --------
    >>> times_in_words(3.04)
    '3 times as often'
    >>> times_in_words(0.25)
    '4 times less often'
    >>> times_in_words(1.04)
    'about as often'
    """
    if 0.9 < ratio < 1.1:
        return "about as often"
    if ratio >= 1:
        return f"{_short(ratio)} times as often"
    return f"{_short(1 / ratio)} times less often"


def odds_in_words(weight: float) -> str:
    """Say what a weight in natural log odds does to how likely a cause is.

    Examples
    --------
    >>> odds_in_words(1.1)
    '3 times as likely'
    >>> odds_in_words(-0.69)
    '2 times less likely'
    >>> odds_in_words(0.02)
    'neither more nor less likely'
    """
    factor = math.exp(abs(weight))
    if factor < 1.05:
        return "neither more nor less likely"
    return f"{_short(factor)} times {'as' if weight > 0 else 'less'} likely"


def effect_in_numbers(row: Mapping[str, Any], measures: Mapping[str, str]) -> str:
    """Write the result of a row of ``evidence`` with its interval, scale and size.

    Examples
    --------
    >>> row = {
    ...     "measure": "MD_0_100", "value": -7.3, "ci_low": -10.98, "ci_high": -3.61,
    ...     "scale": "pain, 0 to 100", "better": "lower", "comparator": "placebo",
    ...     "n_trials": 4, "n_participants": 815, "followup": "2 weeks",
    ... }
    >>> effect_in_numbers(row, {"MD_0_100": "Mean difference"})
    'Mean difference: −7.3 (95% interval −10.98 to −3.61) on pain, 0 to 100; lower
    is better. Compared with: placebo. After: 2 weeks. 4 trials, 815 people.'
    """
    parts = []
    if row["value"] is not None:
        number = f"{measures.get(row['measure'], 'Result')}: {signed(row['value'])}"
        if row["ci_low"] is not None and row["ci_high"] is not None:
            number += f" (95% interval {signed(row['ci_low'])} to {signed(row['ci_high'])})"
        scale = f" on {row['scale']}" if row["scale"] else ""
        better = f"; {row['better']} is better" if row["better"] else ""
        parts.append(f"{number}{scale}{better}".rstrip("."))
    for name, said in (("comparator", "Compared with"), ("followup", "After")):
        if row[name]:
            parts.append(f"{said}: {row[name].rstrip('.')}")
    size = [
        f"{int(row[name]):,} {one if row[name] == 1 else many}"
        for name, one, many in (
            ("n_trials", "trial", "trials"),
            ("n_participants", "person", "people"),
        )
        if row[name]
    ]
    if size:
        parts.append(", ".join(size))
    return "".join(f"{part}. " for part in parts).rstrip()


def ratio_in_numbers(measure: str, row: Mapping[str, Any]) -> str:
    """Write a ratio with its interval.

    Examples
    --------
    >>> ratio_in_numbers("Odds ratio", {"value": 1.31, "ci_low": 1.11, "ci_high": 1.55})
    'Odds ratio 1.31 (95% interval 1.11 to 1.55)'
    """
    interval = ""
    if row["ci_low"] is not None and row["ci_high"] is not None:
        interval = f" (95% interval {row['ci_low']:g} to {row['ci_high']:g})"
    return f"{measure} {row['value']:g}{interval}"


def signed(value: float) -> str:
    """Write a number with a true minus sign.

    Examples
    --------
    >>> signed(-7.3)
    '−7.3'
    """
    return f"{value:g}".replace("-", "−")


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 9.5 else f"{value:.1f}".removesuffix(".0")
