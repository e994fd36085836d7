"""Plotly figures of what `spasmlib.reasoning` found. Each is a picture of one table."""

from __future__ import annotations

import html
import math
import textwrap

import pandas as pd
import plotly.graph_objects as go

from spasmlib.tables import records

# Blue-green and orange differ for every kind of colour vision and keep a contrast of at
# least 3 to 1 on white as on near-black.
FOR_COLOUR = "#1f8a99"
AGAINST_COLOUR = "#c8641f"
OTHER_COLOUR = "#7c8794"

LABEL_WIDTH = 24  # characters
LINE_HEIGHT = 18  # pixels

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
            y=[_wrapped(label) for label in rows["label"]],
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
    return _bars(figure, "Share of people<br>(line: 80% interval)")


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
            y=[_wrapped(f"{row['answer'].capitalize()}: {row['label']}") for row in rows],
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
    return _bars(figure, "◀ against    for ▶")


def calibration_chart(calibration: pd.DataFrame) -> go.Figure:
    """Draw how often a cause was true against the share it was given.

    Parameters
    ----------
    calibration : DataFrame
        ``report.calibration`` of `spasmlib.evaluation.evaluate`.

    Returns
    -------
    plotly.graph_objects.Figure
        One point a bin with its 95% Wilson interval, in percent; on the dashed line the
        shares are as true as they claim.
    """
    rows = calibration[calibration["pairs"] > 0]
    given, true, low, high = (
        100 * rows[name] for name in ("mean_share", "true_share", "true_low", "true_high")
    )
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"dash": "dash", "color": OTHER_COLOUR},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=given.tolist(),
        y=true.tolist(),
        mode="markers",
        marker={"size": 10, "color": FOR_COLOUR},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": (high - true).tolist(),
            "arrayminus": (true - low).tolist(),
        },
        customdata=rows["pairs"].tolist(),
        hovertemplate="given %{x:.0f}%, true %{y:.0f}% of %{customdata} pairs<extra></extra>",
    )
    return _points(figure, "Share that the cause was given", "Share of cases in which it was true")


def measures_chart(measures: pd.DataFrame) -> go.Figure:
    """Draw rates of `spasmlib.evaluation.evaluate` with their 95% Wilson intervals.

    Parameters
    ----------
    measures : DataFrame
        ``report.measures``: ``name``, ``rate``, ``low``, ``high``, ``of``.
    """
    rows = measures[::-1]
    rate, low, high = (100 * rows[name] for name in ("rate", "low", "high"))
    figure = go.Figure(
        go.Scatter(
            x=rate.tolist(),
            y=[_wrapped(name) for name in rows["name"]],
            mode="markers",
            marker={"size": 10, "color": FOR_COLOUR},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (high - rate).tolist(),
                "arrayminus": (rate - low).tolist(),
            },
            customdata=rows["of"].tolist(),
            hovertemplate="%{y}: %{x:.0f}% of %{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 100], ticksuffix="%")
    return _bars(figure, "Share of cases (line: 95% interval)")


def _points(figure: go.Figure, across: str, up: str) -> go.Figure:
    figure.update_xaxes(title=across, range=[0, 100], ticksuffix="%")
    figure.update_yaxes(title=up, range=[0, 100], ticksuffix="%")
    return figure.update_layout(
        height=420, width=560, showlegend=False, font={"size": 14}, template="none"
    )


def _bars(figure: go.Figure, title: str) -> go.Figure:
    labels = figure.data[0].y
    lines = max((label.count("<br>") + 1 for label in labels), default=1)
    return figure.update_layout(
        height=110 + (LINE_HEIGHT * max(lines, 2) + 6) * len(labels),
        margin={"l": 8, "r": 16, "t": 8, "b": 72},
        bargap=0.35,
        showlegend=False,
        font={"size": 14},
        xaxis={
            "title": {"text": title, "font": {"size": 13}},
            "fixedrange": True,
            "tickangle": 0,
        },
        yaxis={"automargin": True, "fixedrange": True, "ticklabelstandoff": 8},
        template="none",
    )


def _wrapped(text: str) -> str:
    return "<br>".join(html.escape(line) for line in textwrap.wrap(text, LABEL_WIDTH))
