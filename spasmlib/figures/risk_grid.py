"""Risk factors against causes: which raises or lowers which, how strongly, how one knows."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from spasmlib.figures.style import AGAINST_COLOUR, FOR_COLOUR, LINE_HEIGHT, wrapped
from spasmlib.schema import SOURCED
from spasmlib.tables import records

DIRECTIONS = {
    "raises": ("triangle-up", AGAINST_COLOUR),
    "lowers": ("triangle-down", FOR_COLOUR),
}
"""Mark and colour of each direction of ``cause_risks``."""

SIZES = (18, 14, 10, 8)
"""Pixels, from the strongest link down."""

COLUMN, SIDE, HEAD = 64, 260, 130
"""Pixels: a cause, the names of the risk factors, and those of the causes."""


def risk_grid(links: pd.DataFrame) -> go.Figure:
    """Draw each link of a risk factor to a cause as a mark.

    Parameters
    ----------
    links : DataFrame
        Rows of `spasmlib.risks.risk_matrix`, in the order in which they shall stand.

    Returns
    -------
    plotly.graph_objects.Figure
        A row a risk factor, a column a cause. A triangle up raises the risk, one down
        lowers it; the larger, the stronger the link; an open one is an estimate.
        ``customdata`` is the id of the risk factor. No trace where there are no links.
    """
    figure = go.Figure()
    rows = records(links)
    factors = {row["risk_factor_id"]: wrapped(row["label"], 34) for row in rows}
    causes = {row["cause_id"]: wrapped(row["cause_label"], 14) for row in rows}
    down = {name: place for place, name in enumerate(factors)}
    across = {name: place for place, name in enumerate(causes)}
    strengths = {name: place for place, name in enumerate(links["strength"].cat.categories)}
    for direction, (symbol, colour) in DIRECTIONS.items():
        for known, style in ((True, symbol), (False, f"{symbol}-open")):
            own = [
                row
                for row in rows
                if row["direction"] == direction and (row["basis"] == SOURCED) == known
            ]
            if not own:
                continue
            figure.add_scatter(
                x=[across[row["cause_id"]] for row in own],
                y=[down[row["risk_factor_id"]] for row in own],
                mode="markers",
                name=f"{own[0]['direction_label']}, {'sourced' if known else 'estimate'}",
                customdata=[row["risk_factor_id"] for row in own],
                marker={
                    "symbol": style,
                    "color": colour,
                    "size": [SIZES[min(strengths[row["strength"]], 3)] for row in own],
                    "line": {"width": 2, "color": colour},
                },
                hovertext=[
                    f"<b>{wrapped(row['label'], 40)}</b><br>{row['direction_label']}: "
                    f"{wrapped(row['cause_label'], 40)}<br>{row['strength_label']}"
                    for row in own
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
    lines = max((label.count("<br>") + 1 for label in factors.values()), default=1)
    tall = (LINE_HEIGHT * lines + 8) * len(factors)
    figure.update_xaxes(
        side="top",
        range=[-0.6, len(causes) - 0.4],
        tickvals=list(across.values()),
        ticktext=list(causes.values()),
        tickangle=-50,
        fixedrange=True,
        zeroline=False,
    )
    figure.update_yaxes(
        range=[len(factors) - 0.4, -0.6],
        tickvals=list(down.values()),
        ticktext=list(factors.values()),
        automargin=True,
        fixedrange=True,
        zeroline=False,
    )
    return figure.update_layout(
        height=HEAD + max(tall, 60) + 60,
        margin={"l": 8, "r": 16, "t": HEAD, "b": 60},
        font={"size": 13},
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemsizing": "constant"},
        template="none",
    )


def risk_grid_width(links: pd.DataFrame) -> int:
    """Return how many pixels wide the grid has to be for its names to be read."""
    return SIDE + COLUMN * links["cause_id"].nunique()
