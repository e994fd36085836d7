"""Findings against causes: a heat map of all pairs, and shares side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from spasmlib.figures.style import (
    AGAINST_COLOUR,
    FOR_COLOUR,
    LINE_HEIGHT,
    OTHER_COLOUR,
    THIRD_COLOUR,
    wrapped,
)
from spasmlib.schema import SOURCED
from spasmlib.tables import records

REACH = math.log(10)
"""Natural logarithm of the ratio that has the full colour; beyond it stays as it is."""

STEPS = (1.1, 2.0, 5.0)
"""A pair gets one sign more from each of these ratios on, and from their inverse."""

# The middle is see-through, so that a pair that says nothing fades into a light ground as
# into a dark one; the ends let the ground through a little, so that signs on them are read.
SCALE = [
    (0.0, "rgba(200,100,31,0.72)"),
    (0.5, "rgba(124,135,148,0.14)"),
    (1.0, "rgba(31,138,153,0.72)"),
]

TICKS = {-REACH: "10× less", -math.log(3): "3× less", 0.0: "same", math.log(3): "3×", REACH: "10×"}

CELL = 40  # pixels, the least that a cell is wide
HEAD_WIDTH, SIDE_WIDTH = 30, 22  # characters, of names above and beside
FOOT = 84  # pixels, the scale of colours
LETTER = 7  # pixels, a letter of the names

SYMBOLS = ("circle", "diamond", "square")
COLOURS = (FOR_COLOUR, AGAINST_COLOUR, THIRD_COLOUR)
"""Marks of the things compared: told apart by shape as by colour, 3 to 1 on either ground."""


def heat_map(
    pairs: pd.DataFrame, findings: Sequence[str] = (), causes: Sequence[str] = ()
) -> go.Figure:
    """Draw how much more or less common each finding is with each cause than overall.

    Parameters
    ----------
    pairs : DataFrame
        Rows of `spasmlib.profiles.matrix`.
    findings, causes : sequence of str, optional
        Ids in the order of rows and columns; by default that of `pairs`.

    Returns
    -------
    plotly.graph_objects.Figure
        A row a finding, a column a cause. Colour and signs (+ for, − against, · neither;
        up to three) say how many times as common, a dot below the signs that the figure
        was read in a source; cells without a figure are empty. ``customdata`` of a cell is
        ``cause_id+finding_id``.
    """
    cells = {(row["finding_id"], row["cause_id"]): row for row in records(pairs)}
    rows = list(findings or dict.fromkeys(pairs["finding_id"]))
    columns = list(causes or dict.fromkeys(pairs["cause_id"]))
    side = _names(pairs, "finding", rows, SIDE_WIDTH)
    head = _names(pairs, "cause", columns, HEAD_WIDTH)

    of_finding = dict(zip(rows, side, strict=True))
    of_cause = dict(zip(columns, head, strict=True))

    def grid(of: Any, empty: Any) -> list[list[Any]]:
        return [[of(cells[r, c]) if (r, c) in cells else empty for c in columns] for r in rows]

    figure = go.Figure(
        go.Heatmap(
            z=grid(lambda row: row["log_ratio"], None),
            x=list(range(len(columns))),
            y=list(range(len(rows))),
            customdata=grid(lambda row: f"{row['cause_id']}+{row['finding_id']}", None),
            text=grid(
                lambda row: _told(row, of_finding[row["finding_id"]], of_cause[row["cause_id"]]),
                "",
            ),
            hovertemplate="%{text}<extra></extra>",
            hoverongaps=False,
            colorscale=SCALE,
            zmin=-REACH,
            zmax=REACH,
            xgap=2,
            ygap=2,
            colorbar=_scale_bar(),
        )
    )
    signed = [
        (c, r, cells[row, column])
        for r, row in enumerate(rows)
        for c, column in enumerate(columns)
        if (row, column) in cells
    ]
    # As text of its own, not of the map: it takes the colour of the page, light or dark.
    figure.add_scatter(
        x=[x for x, _, _ in signed],
        y=[y for _, y, _ in signed],
        mode="text",
        text=[_signs(row) for _, _, row in signed],
        textfont={"size": 13},
        hoverinfo="skip",
        showlegend=False,
    )
    tall = max([CELL, *(LINE_HEIGHT * (label.count("<br>") + 1) for label in side)])
    top = 24 + LETTER * max(
        (len(line) for label in head for line in label.split("<br>")), default=0
    )
    figure.update_xaxes(
        side="top",
        tickvals=list(range(len(columns))),
        ticktext=head,
        tickangle=-90,
        range=[-0.5, len(columns) - 0.5],
        constrain="domain",
        constraintoward="left",
        **_plain(),
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=side,
        range=[len(rows) - 0.5, -0.5],
        scaleanchor="x",
        scaleratio=tall / CELL,
        constrain="domain",
        constraintoward="top",
        **_plain(),
    )
    return figure.update_layout(
        height=round(top + tall * len(rows) + FOOT),
        margin={"l": 8, "r": 8, "t": round(top), "b": FOOT},
        font={"size": 13},
        showlegend=False,
        template="none",
    )


def heat_map_width(causes: int) -> int:
    """Return the least width in pixels at which a heat map of so many causes can be read."""
    return round(SIDE_WIDTH * LETTER) + 24 + CELL * causes


def comparison_chart(compared: pd.DataFrame, rows: str = "finding", overall: str = "") -> go.Figure:
    """Draw shares of people with a finding, side by side.

    Parameters
    ----------
    compared : DataFrame
        Rows of `spasmlib.profiles.compare` or `spasmlib.profiles.matrix`, in the order to
        show them in; of no more than three causes (or findings, with ``rows="cause"``).
    rows : {"finding", "cause"}
        What has a row of its own; the other has a mark of its own.
    overall : str, optional
        Name of the share overall; empty leaves it out.

    Returns
    -------
    plotly.graph_objects.Figure
        Shares in percent. A filled mark was read in a source, an open one is an estimate
        or a figure taken as overall. ``customdata`` of a mark is ``cause_id+finding_id``.

    Raises
    ------
    ValueError
        If `rows` is neither, or if there are more things than marks.
    """
    if rows not in ("finding", "cause"):
        raise ValueError(f"rows must be 'finding' or 'cause', not {rows!r}")
    other = "cause" if rows == "finding" else "finding"
    order = list(dict.fromkeys(compared[f"{rows}_id"]))
    series = list(dict.fromkeys(compared[f"{other}_id"]))
    if len(series) > len(SYMBOLS):
        raise ValueError(f"expected at most {len(SYMBOLS)} {other}s, not {len(series)}")
    labels = _names(compared, rows, order, SIDE_WIDTH)
    place = {name: number for number, name in enumerate(order)}
    figure = go.Figure()
    _reaches(figure, compared, place, rows, bool(overall))
    if overall:
        first = compared.drop_duplicates(f"{rows}_id")
        figure.add_scatter(
            x=(100 * first["p_background"]).tolist(),
            y=[place[name] for name in first[f"{rows}_id"]],
            mode="markers",
            name=wrapped(overall, 40),
            marker={"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": OTHER_COLOUR}},
            hovertemplate="%{x:.3~g}%<extra></extra>",
        )
    for number, name in enumerate(series):
        own = records(compared[compared[f"{other}_id"] == name])
        symbol, colour = SYMBOLS[number], COLOURS[number]
        figure.add_scatter(
            x=[100 * row["p"] for row in own],
            y=[place[row[f"{rows}_id"]] for row in own],
            mode="markers",
            name=wrapped(own[0][other], 40),
            customdata=[f"{row['cause_id']}+{row['finding_id']}" for row in own],
            text=[wrapped(f"{row['finding']}: {row['cause']}", 40) for row in own],
            hovertemplate="%{text}<br>%{x:.3~g}%<extra></extra>",
            marker={
                "symbol": [symbol if row["basis"] == SOURCED else f"{symbol}-open" for row in own],
                "size": 12,
                "color": colour,
                "line": {"width": 2.5, "color": colour},
            },
        )
    figure.update_xaxes(
        range=[-2, 102],
        tickvals=[0, 25, 50, 75, 100],
        title={"text": "Of 100 people, <br>so many report it", "font": {"size": 13}},
        tickangle=0,
        fixedrange=True,
        zeroline=False,
    )
    figure.update_yaxes(
        tickvals=list(place.values()),
        ticktext=labels,
        range=[len(order) - 0.5, -0.5],
        automargin=True,
        fixedrange=True,
        ticklabelstandoff=8,
        zeroline=False,
        showgrid=False,
    )
    lines = max((label.count("<br>") + 1 for label in labels), default=1)
    keys = len(series) + bool(overall)
    return figure.update_layout(
        height=round(100 + 24 * keys + (LINE_HEIGHT * max(lines, 2) + 6) * len(order)),
        margin={"l": 8, "r": 16, "t": 12 + 24 * keys, "b": 80},
        font={"size": 13},
        showlegend=True,
        legend={"x": 1, "xanchor": "right", "xref": "paper", "y": 1, "yanchor": "bottom"},
        template="none",
    )


def _reaches(
    figure: go.Figure, compared: pd.DataFrame, place: dict[str, int], rows: str, overall: bool
) -> None:
    """Draw a thin line from the least to the largest share of each row."""
    x: list[float | None] = []
    y: list[int | None] = []
    for name, own in compared.groupby(f"{rows}_id", sort=False):
        shares = [*own["p"], *(own["p_background"] if overall else ())]
        x += [100 * min(shares), 100 * max(shares), None]
        y += [place[str(name)]] * 2 + [None]
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"width": 2, "color": OTHER_COLOUR},
        opacity=0.6,
        hoverinfo="skip",
        showlegend=False,
    )


def _names(pairs: pd.DataFrame, what: str, ids: list[str], width: int) -> list[str]:
    names = dict(zip(pairs[f"{what}_id"], pairs[what], strict=True))
    return [wrapped(names[name], width) for name in ids]


def _signs(row: dict[str, Any]) -> str:
    times = max(row["ratio"], 1 / row["ratio"])
    sign = {"for": "+", "against": "−"}.get(row["direction"])
    signs = sign * max(1, sum(times >= step for step in STEPS)) if sign else "·"
    return f"<b>{signs}</b>" + ("<br>●" if row["basis"] == SOURCED else "")


def _told(row: dict[str, Any], finding: str, cause: str) -> str:
    basis = "read in a source" if row["basis"] == SOURCED else "our estimate"
    return (
        f"{finding}<br><b>{cause}</b><br>{100 * row['p']:.3g} of 100 with it, "
        f"{100 * row['p_background']:.3g} of 100 overall"
        f"<br>{basis}"
    )


def _scale_bar() -> dict[str, Any]:
    return {
        "orientation": "h",
        "thickness": 12,
        "lenmode": "pixels",
        "len": 330,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "ypad": 14,
        "xpad": 18,
        "outlinewidth": 0,
        "tickvals": list(TICKS),
        "ticktext": list(TICKS.values()),
        "tickangle": 0,
        "tickfont": {"size": 12},
        "title": {"text": "Times as common as overall", "side": "bottom", "font": {"size": 13}},
    }


def _plain() -> dict[str, Any]:
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
    }
