"""The article's claims at a glance: one square a claim, marked with its verdict."""

from __future__ import annotations

import html
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from spasmlib.figures.style import wrapped
from spasmlib.tables import records

ACROSS = 10
"""Squares in a line."""

SQUARE, LINE, EDGE = 26, 34, 8  # pixels: a square, the line it stands in, around all
HOVER_WIDTH = 40  # characters


class VerdictMark(NamedTuple):
    """How a verdict is drawn; the sign stands in the square.

    White signs have a contrast of at least 4.5 to 1 on the colour, and the colour of 3 to 1
    on a white ground as on a near-black one. One that is `hollow` has an outline only.
    """

    sign: str
    colour: str = "#6a7280"
    hollow: bool = False


VERDICTS = {
    "supported": VerdictMark("✓", "#1c7d8c"),
    "partly_supported": VerdictMark("±", "#3a6fb5"),
    "uncertain": VerdictMark("?"),
    "not_supported": VerdictMark("✗", "#b4560f"),
    "contradicted": VerdictMark("≠", "#b8489a"),
    "not_checked": VerdictMark("–", hollow=True),
}
"""Marks of the verdicts, in the order in which they are drawn."""


def verdict_chart(claims: pd.DataFrame, by: str = "verdict_label") -> go.Figure:
    """Draw one square a claim, in blocks.

    Parameters
    ----------
    claims : DataFrame
        Rows of `spasmlib.claims.checked`: ``claim_id``, ``claim``, ``verdict``,
        ``verdict_label`` and the column named by `by`.
    by : str, optional
        The column that parts them into blocks: ``verdict_label`` or ``section_label``.

    Returns
    -------
    plotly.graph_objects.Figure
        Over each block stand its name and its share of all squares. ``customdata`` of a
        square is its ``claim_id``. Without claims there is nothing in it.

    Raises
    ------
    ValueError
        If there is no such column.
    """
    if by not in claims:
        raise ValueError(f"no column {by!r}; there are: {', '.join(map(str, claims))}")
    if claims.empty:
        return go.Figure()
    told = records(claims)
    ordered = _in_order(told)
    named = dict.fromkeys(row[by] for row in (ordered if by == "verdict_label" else told))
    heads, squares, line = [], [], 0
    for label in named:
        rows = [row for row in ordered if row[by] == label]
        heads.append(
            (line, f"<b>{html.escape(str(label), quote=False)}</b>: {len(rows)} of {len(claims)}")
        )
        for place, row in enumerate(rows):
            squares.append((row, place % ACROSS, line + 1 + place // ACROSS))
        line += 2 + (len(rows) - 1) // ACROSS
    figure = go.Figure([_squares(squares), _heads(heads)])
    axis: dict[str, Any] = {"visible": False, "fixedrange": True}
    return figure.update_layout(
        height=LINE * line + 2 * EDGE,
        margin=dict.fromkeys("lrtb", EDGE),
        xaxis={**axis, "range": [-0.5, ACROSS - 0.5]},
        yaxis={**axis, "range": [line - 0.5, -0.5]},
        showlegend=False,
        font={"size": 14},
        template="none",
    )


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    order = list(VERDICTS)
    return sorted(
        rows,
        key=lambda row: order.index(row["verdict"]) if row["verdict"] in order else len(order),
    )


def _squares(squares: list[tuple[dict[str, Any], int, int]]) -> go.Scatter:
    marks = [VERDICTS.get(row["verdict"], VerdictMark("")) for row, _, _ in squares]
    return go.Scatter(
        x=[across for _, across, _ in squares],
        y=[down for _, _, down in squares],
        mode="markers+text",
        marker={
            "symbol": ["square-open" if mark.hollow else "square" for mark in marks],
            "size": SQUARE,
            "color": [mark.colour for mark in marks],
            "line": {"width": 2, "color": [mark.colour for mark in marks]},
            "opacity": 1,
        },
        text=[mark.sign for mark in marks],
        textfont={
            "size": 15,
            "color": [mark.colour if mark.hollow else "#ffffff" for mark in marks],
        },
        customdata=[row["claim_id"] for row, _, _ in squares],
        hovertext=[
            f"<b>{html.escape(row['verdict_label'])}</b><br>{wrapped(row['claim'], HOVER_WIDTH)}"
            for row, _, _ in squares
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _heads(heads: list[tuple[int, str]]) -> go.Scatter:
    return go.Scatter(
        x=[-0.45] * len(heads),
        y=[line + 0.1 for line, _ in heads],
        mode="text",
        text=[text for _, text in heads],
        textposition="middle right",
        hoverinfo="skip",
    )
