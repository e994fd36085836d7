"""What all figures share: colours, labels that wrap, plain axes."""

from __future__ import annotations

import html
import textwrap

import plotly.graph_objects as go

# Blue-green and orange differ for every kind of colour vision and keep a contrast of at
# least 3 to 1 on white as on near-black.
FOR_COLOUR = "#1f8a99"
AGAINST_COLOUR = "#c8641f"
OTHER_COLOUR = "#7c8794"
THIRD_COLOUR = "#8a63d2"

LABEL_WIDTH = 24  # characters
LINE_HEIGHT = 18  # pixels


def wrapped(text: str, width: int = LABEL_WIDTH) -> str:
    """Break a label into lines and escape it, as plotly takes HTML."""
    return "<br>".join(html.escape(line, quote=False) for line in textwrap.wrap(text, width))


def bars(figure: go.Figure, title: str) -> go.Figure:
    """Lay out a figure of labelled rows: as high as its rows need, `title` under the axis."""
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
