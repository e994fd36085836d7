"""Charts of how the ranking works: the sum of one cause, and what each assumption does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from spasmlib.figures.style import (
    AGAINST_COLOUR,
    FOR_COLOUR,
    OTHER_COLOUR,
    bars,
    wrapped,
)
from spasmlib.tables import records

TOTAL = "<b>In all</b>"

ROOM = 0.3
"""Share of the axis that is kept free on either side for the numbers beside the bars."""

LEAST = 3.0
"""The axis reaches at least so many times either way."""

TICKS = ((12.0, (2.0, 5.0)), (200.0, (3.0, 10.0, 30.0, 100.0)), (1e5, (10.0, 100.0, 1e3, 1e4)))
"""The ticks, either way, of an axis that spans no more than so many times."""

UNSEEN = 0.03
"""Log odds; steps that weigh less are drawn together."""

WORKED = "worked_share"

UNSEEN_BLANK = "\u200b"

SAID = 72
"""Pixels beside the axis of `assumption_chart` for what stands at the marks."""

LEGEND = 36
"""Pixels above a chart that its legend takes."""

NARROW = 20
"""Characters of a line of the labels, which must leave room on a phone."""


class _Dot(NamedTuple):
    """A mark in percent, with the ends of its interval, and what it says."""

    name: str
    in_use: bool
    at: float
    low: float
    high: float
    said: str


def waterfall(steps: pd.DataFrame) -> go.Figure:
    """Draw the sum of one cause step by step, from its start to its share.

    Parameters
    ----------
    steps : DataFrame
        From `spasmlib.worked.steps`: ``label`` and ``weight`` in natural logs; the first
        row is where the sum starts.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar a step, first at the top; each begins where the one before it ends. The
        axis is a log one and says how many times as likely the cause is as at the start.
        What the step does stands beside its bar: × 4 or ÷ 2. What hardly changes anything
        is one bar, and the last bar is the whole.
    """
    rows = list(_seen(steps))
    weights = [row["weight"] for row in rows]
    ends = [sum(weights[: number + 1]) for number in range(len(weights))]
    whole = ends[-1] if ends else 0.0
    figure = go.Figure(
        go.Bar(
            x=[*weights, whole][::-1],
            base=[*(end - weight for end, weight in zip(ends, weights, strict=True)), 0.0][::-1],
            y=[*(wrapped(f"{n}. {row['label']}", NARROW) for n, row in enumerate(rows, 1)), TOTAL][
                ::-1
            ],
            orientation="h",
            text=[*map(times, weights), f"<b>{times(whole)}</b>"][::-1],
            textposition="outside",
            cliponaxis=False,
            marker={"color": [*map(_colour, weights), OTHER_COLOUR][::-1]},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    low, high = min([0.0, *ends]), max([0.0, *ends])
    low, high = min(low, -math.log(LEAST)), max(high, math.log(LEAST))
    room = ROOM * (high - low)
    ticks = _ticks(low - room, high + room)
    figure.update_xaxes(
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
        range=[low - room, high + room],
        zeroline=True,
        zerolinewidth=2,
    )
    return bars(figure, "Times as likely<br>as at the start")


def assumption_chart(assumptions: pd.DataFrame, measure: str, title: str = "") -> go.Figure:
    """Draw what other values of the assumptions do, with the ones in use marked.

    Parameters
    ----------
    assumptions : DataFrame
        Rows of ``assumption_values`` with the label of their assumption as
        ``assumption``: ``label``, ``in_use``, ``cases`` and `measure`.
    measure : str
        A column of counts of `cases`, or ``worked_share``, a share with its 80% interval
        ``worked_low`` and ``worked_high``.
    title : str
        Of the axis; what is counted.

    Returns
    -------
    plotly.graph_objects.Figure
        Dots in percent, under a heading for each assumption if there are several: filled
        diamonds are in use, open circles only tried. On the dashed line is what the values
        in use give.
    """
    names, dots = _dots(assumptions, measure)
    figure = go.Figure()
    # The headings hold their places only if all names stand in one trace.
    figure.add_scatter(
        x=[None] * len(names), y=names[::-1], mode="markers", hoverinfo="skip", showlegend=False
    )
    for in_use in (False, True):
        own = [dot for dot in dots if dot.in_use == in_use]
        figure.add_scatter(
            x=[dot.at for dot in own],
            y=[dot.name for dot in own],
            mode="markers",
            text=[dot.said for dot in own],
            name="in use" if in_use else "tried",
            marker={
                "size": 12,
                "symbol": "diamond" if in_use else "circle-open",
                "color": FOR_COLOUR if in_use else OTHER_COLOUR,
                "line": {"width": 2},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [dot.high - dot.at for dot in own],
                "arrayminus": [dot.at - dot.low for dot in own],
                "visible": measure == WORKED,
                "thickness": 1.5,
                "width": 5,
            },
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    figure.add_scatter(
        x=[dot.high for dot in dots],
        y=[dot.name for dot in dots],
        mode="text",
        text=[f"\u2002\u2002{dot.said}" for dot in dots],
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    for dot in [dot for dot in dots if dot.in_use][:1]:
        figure.add_vline(x=dot.at, line={"dash": "dash", "width": 1, "color": OTHER_COLOUR})
    low = min((dot.low for dot in dots), default=0.0)
    high = max((dot.high for dot in dots), default=100.0)
    figure.update_xaxes(range=[max(0.0, low - 6), high + 4], ticksuffix="%", nticks=4)
    figure.update_yaxes(range=[-0.7, max(len(names), 1) - 0.3])
    laid = bars(figure, wrapped(title))
    return laid.update_layout(
        height=laid.layout.height + LEGEND,
        showlegend=True,
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "x": 0},
        margin={"t": LEGEND, "r": SAID},
    )


def times(weight: float) -> str:
    """Write a weight as a factor.

    Examples
    --------
    >>> times(1.386), times(-0.693), times(0.001), times(9.3)
    ('× 4', '÷ 2', '× 1', '× 11,000')
    """
    factor = math.exp(min(abs(weight), 700))
    sign = "÷" if weight < 0 and factor >= 1.005 else "×"
    if factor >= 1e7:
        return f"{sign} over 10 million"
    digits = f"{factor:.2g}" if factor < 10 else f"{float(f'{factor:.2g}'):,.0f}"
    return f"{sign} {digits}"


def _seen(steps: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the steps after the start, those too small to see as one at the end."""
    rows = records(steps[["step", "label", "weight"]])[1:]
    small = [row for row in rows if abs(row["weight"]) < UNSEEN and row["step"] != "scale"]
    kept = [row for row in rows if row not in small]
    if len(small) > 1:
        weight = sum(row["weight"] for row in small)
        last = [row for row in kept if row["step"] == "scale"]
        yield from (row for row in kept if row["step"] != "scale")
        yield {"label": f"{len(small)} steps that change next to nothing", "weight": weight}
        yield from last
    else:
        yield from rows


def _colour(weight: float) -> str:
    if abs(weight) < 0.005:
        return OTHER_COLOUR
    return FOR_COLOUR if weight > 0 else AGAINST_COLOUR


def _ticks(low: float, high: float) -> dict[float, str]:
    span = math.exp(min(high - low, 700))
    either = next((each for most, each in TICKS if span <= most), (1e3, 1e6, 1e9))
    ticks = {0.0: "same"}
    for factor in either:
        for sign in (-1, 1):
            at = sign * math.log(factor)
            if low <= at <= high:
                ticks[at] = f"{'×' if sign > 0 else '÷'} {factor:,.0f}"
    return ticks


def _dots(assumptions: pd.DataFrame, measure: str) -> tuple[list[str], list[_Dot]]:
    """Return the names of all rows, headings included, and the marks of those with a value."""
    names: list[str] = []
    dots: list[_Dot] = []
    for number, (heading, rows) in enumerate(assumptions.groupby("assumption", sort=False)):
        if assumptions["assumption"].nunique() > 1:
            names.append(f"<b>{wrapped(str(heading))}</b>")
        for row in records(rows.dropna(subset=[measure])):
            # Two assumptions may try what is called the same: blanks that are not seen differ.
            names.append(wrapped(row["label"], NARROW) + UNSEEN_BLANK * number)
            if measure == WORKED:
                at, low, high = (100 * row[name] for name in (WORKED, "worked_low", "worked_high"))
                said = f"{at:.0f}%"
            else:
                at = low = high = 100 * row[measure] / max(row["cases"], 1)
                said = f"{row[measure]} of {row['cases']}"
            dots.append(_Dot(names[-1], bool(row["in_use"]), at, low, high, said))
    return names, dots
