"""Bar charts of one assessment: the leading causes, and what speaks for and against one."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from spasmlib.figures.style import AGAINST_COLOUR, FOR_COLOUR, OTHER_COLOUR, bars, wrapped
from spasmlib.tables import records

TIMES = (3, 10, 30, 100)
"""How many times as likely: the ticks of the chart of reasons, on either side."""


def cause_chart(causes: pd.DataFrame, chosen: str = "", top: int = 7) -> go.Figure:
    """Draw the leading causes as bars with their 80% intervals.

    Parameters
    ----------
    causes : DataFrame
        ``view.causes``: ``cause_id``, ``label``, ``share``, ``low``, ``high``.
    chosen : str, optional
        The cause to mark.
    top : int, optional
        How many causes to draw.

    Returns
    -------
    plotly.graph_objects.Figure
        Shares in percent; ``customdata`` of each bar is its ``cause_id``.
    """
    rows = causes.head(top)[::-1]
    share, low, high = (100 * rows[name] for name in ("share", "low", "high"))
    figure = go.Figure(
        go.Bar(
            x=share.tolist(),
            y=[wrapped(label) for label in rows["label"]],
            orientation="h",
            customdata=rows["cause_id"].tolist(),
            marker={
                "color": [
                    FOR_COLOUR if name == chosen else OTHER_COLOUR for name in rows["cause_id"]
                ]
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (high - share).tolist(),
                "arrayminus": (share - low).tolist(),
                "thickness": 1.5,
                "width": 5,
            },
            text=rows["words"].tolist(),
            hovertemplate="%{y}<br>%{text} people with this pattern<extra></extra>",
            textposition="none",
        )
    )
    reach = min(100.0, max(10.0, 1.05 * float(high.max()))) if len(rows) else 100.0
    figure.update_xaxes(range=[0, reach], ticksuffix="%", nticks=5)
    return bars(figure, "Share of people<br>(line: 80% interval)")


def reason_chart(reasons: pd.DataFrame, top: int = 12) -> go.Figure:
    """Draw what speaks for and against one cause.

    Parameters
    ----------
    reasons : DataFrame
        ``view.reasons(cause_id)``.
    top : int, optional
        How many of the weightiest reasons to draw.

    Returns
    -------
    plotly.graph_objects.Figure
        Bars to the right speak for the cause, to the left against it. Positions are log
        odds; the axis says how many times as likely, or less likely, each answer makes
        the cause.
    """
    rows = records(reasons[reasons["direction"] != "neutral"].head(top)[::-1])
    weights = [row["weight"] for row in rows]
    figure = go.Figure(
        go.Bar(
            x=weights,
            y=[wrapped(f"{row['answer'].capitalize()}: {row['label']}") for row in rows],
            orientation="h",
            customdata=[row["finding_id"] for row in rows],
            marker={"color": [FOR_COLOUR if weight > 0 else AGAINST_COLOUR for weight in weights]},
            hovertemplate="%{y}<extra></extra>",
        )
    )
    reach = max([1.3, *(1.1 * abs(weight) for weight in weights)])
    ticks = {0.0: "even"}
    for times in TIMES:
        ticks |= {-math.log(times): f"{times}×", math.log(times): f"{times}×"}
    figure.update_xaxes(
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
        range=[-reach, reach],
        zeroline=True,
        zerolinewidth=2,
    )
    return bars(figure, "◀ against    for ▶")
