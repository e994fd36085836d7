"""Charts of how often the ranking is right."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from spasmlib.figures.style import FOR_COLOUR, OTHER_COLOUR, bars, wrapped


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
        cliponaxis=False,
        customdata=rows["pairs"].tolist(),
        hovertemplate="given %{x:.0f}%, true %{y:.0f}% of %{customdata} pairs<extra></extra>",
    )
    return _points(figure, "Share that it was given", "Share of cases in which it was right")


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
            y=[wrapped(name) for name in rows["name"]],
            mode="markers",
            marker={"size": 10, "color": FOR_COLOUR},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (high - rate).tolist(),
                "arrayminus": (rate - low).tolist(),
            },
            cliponaxis=False,
            customdata=rows["of"].tolist(),
            hovertemplate="%{y}: %{x:.0f}% of %{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 100], ticksuffix="%")
    return bars(figure, "Share of cases<br>(line: 95% interval)")


def _points(figure: go.Figure, across: str, up: str) -> go.Figure:
    figure.update_xaxes(
        title={"text": across, "font": {"size": 13}}, range=[0, 100], ticksuffix="%"
    )
    figure.update_yaxes(title={"text": up, "font": {"size": 13}}, range=[0, 100], ticksuffix="%")
    return figure.update_layout(
        height=440,
        margin={"l": 72, "r": 24, "t": 16, "b": 64},
        showlegend=False,
        font={"size": 14},
        template="none",
    )
