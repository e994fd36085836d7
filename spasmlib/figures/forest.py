"""Forest plots: one mark a result with its interval, and risk factors against causes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from spasmlib.figures.style import LINE_HEIGHT, OTHER_COLOUR, wrapped
from spasmlib.tables import records
from spasmlib.wording import signed

TICKS = {
    5.0: (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4),
    300.0: (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10, 20, 50, 100),
    math.inf: (0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000),
}
"""The ticks of a log axis that spans no more than so many times its start."""

SIDE = 0.3  # each side of the line of no difference has at least this share of the axis
ROW_GAP = 12  # pixels
MARK_HEIGHT = 24  # pixels, of the line on which a mark stands
LABEL_WIDTH = 38  # characters, of the names over the marks
LEGEND_WIDTH = 36
MARK_SIZES = (9.0, 20.0)  # pixels, of the smallest and the largest study
PLAIN_SIZE = 11.0


class Mark(NamedTuple):
    """How one kind of result is drawn, and what the legend calls it.

    `symbol` is a marker symbol of plotly that has an open form, such as ``"circle"``.
    """

    label: str
    symbol: str = "circle"
    colour: str = OTHER_COLOUR


class Line(NamedTuple):
    """A second upright line, such as that of a worthwhile effect, named in the legend."""

    at: float
    label: str


class Names(NamedTuple):
    """Which columns of the rows `forest` draws; empty for those there are none of.

    Attributes
    ----------
    label, note : str
        What stands beside the mark: a name, and a longer remark under it.
    value, low, high : str
        The result and the ends of its interval. Where either end is missing the mark is
        open and has no line.
    key : str
        Becomes ``customdata`` of the mark: what a click on it says.
    mark : str
        Keys of ``marks``.
    group : str
        Headings; rows of one group must stand together.
    weight : str
        Numbers of people: the larger, the larger the mark. Missing ones get a small mark.
    """

    label: str = "label"
    note: str = ""
    value: str = "value"
    low: str = "ci_low"
    high: str = "ci_high"
    key: str = "id"
    mark: str = ""
    group: str = ""
    weight: str = ""


def forest(
    rows: pd.DataFrame,
    names: Names = Names(),  # noqa: B008 -- a named tuple cannot be changed
    *,
    marks: Mapping[str, Mark] | None = None,
    log: bool = True,
    sides: tuple[str, str] = ("", ""),
    line: Line | None = None,
    title: str = "",
    no_interval: str = "no interval given",
    label_width: int = LABEL_WIDTH,
) -> go.Figure:
    """Draw results with their intervals under each other, in the order of the rows.

    Parameters
    ----------
    rows : DataFrame
        One row a result; it may be empty.
    names : Names, optional
        Which columns hold what.
    marks : mapping of str to Mark, optional
        Shape, colour and name in the legend by what stands in the column ``names.mark``,
        in the order of the legend. Without it all marks are grey circles.
    log : bool, optional
        Whether the axis is a log axis of ratios, with the line of no difference at 1;
        else it is linear, with that line at 0.
    sides : pair of str, optional
        What the left and the right of that line mean, in words: they stand over the plot
        with an arrow, such as ``("lowers the risk", "raises the risk")``.
    line : Line, optional
        A second line, dashed.
    title : str, optional
        Under the axis: what was measured, in which unit.
    no_interval : str, optional
        What the legend calls an open mark.
    label_width : int, optional
        In characters, after which labels wrap.

    Returns
    -------
    plotly.graph_objects.Figure
        Names and numbers stand over each mark, so that it can be read in 320 pixels.
        Without any trace where there are no rows. Its height grows with the rows. The axis
        reaches all results; of an interval that runs far beyond them an arrow at the edge
        tells that it goes on, and hovering says how far.

    Raises
    ------
    ValueError
        If a column is missing, a mark has no entry in `marks`, or a ratio is not above 0.

    Examples
    --------
    >>> rows = pd.DataFrame({"id": ["a"], "label": ["Smoking"], "value": [1.31],
    ...                      "ci_low": [1.11], "ci_high": [1.55]})
    >>> figure = forest(rows, sides=("lowers the risk", "raises the risk"))
    >>> [trace.customdata for trace in figure.data if trace.customdata is not None]
    [('a',)]
    """
    marks = dict(marks or {"": Mark("")})
    _require(rows, names, marks, log)
    if rows.empty:
        return go.Figure()
    reference = 1.0 if log else 0.0
    points = _points(rows, names, label_width)
    low, high = _reach(points, reference, line, log)
    texts, places, height = _labels(points, label_width)
    figure = go.Figure()
    for key, mark in marks.items():
        own = [(point, at) for point, at in zip(points, places, strict=True) if point.mark == key]
        if own:
            _add_mark(figure, mark, own, (low, high))
    if any(point.low is None for point in points):
        _add_legend(figure, no_interval, "circle-open", OTHER_COLOUR)
    _add_line(figure, Line(reference, ""), places, "solid")
    if line:
        _add_line(figure, line, places, "dash")
    _add_sides(figure, sides, reference, log)
    for at, text in texts:
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=at,
            yanchor="top",
            text=text,
            align="left",
            showarrow=False,
        )
    figure.update_xaxes(**_axis(low, high, log), title={"text": title, "font": {"size": 13}})
    figure.update_yaxes(range=[height, 0], visible=False)
    return _laid_out(figure, height, len(title.split("<br>")), any(sides))


class _Point(NamedTuple):
    """A result as it is drawn."""

    key: str
    label: str
    group: str
    mark: str
    value: float
    low: float | None
    high: float | None
    size: float
    hover: str


def _require(rows: pd.DataFrame, names: Names, marks: Mapping[str, Mark], log: bool) -> None:
    if missing := sorted({name for name in names if name} - set(rows.columns)):
        raise ValueError(f"no column {', '.join(missing)} in the rows; there are: "
                         f"{', '.join(map(str, rows.columns))}")  # fmt: skip
    if names.mark and (unknown := sorted(set(rows[names.mark].astype(str)) - set(marks))):
        raise ValueError(f"no mark for {', '.join(unknown)}; there are: {', '.join(marks)}")
    if log and (rows[names.value] <= 0).any():
        raise ValueError(f"a log axis needs values above 0 in {names.value!r}")
    if rows[names.value].isna().any():
        raise ValueError(f"each row needs a value in {names.value!r}")


def _points(rows: pd.DataFrame, names: Names, width: int) -> list[_Point]:
    most = _most(rows, names.weight)
    return [
        _Point(
            key=str(row[names.key]),
            label=_label(row, names, width),
            group=str(row[names.group]) if names.group else "",
            mark=str(row[names.mark]) if names.mark else "",
            value=float(row[names.value]),
            low=None if _open(row, names) else float(row[names.low]),
            high=None if _open(row, names) else float(row[names.high]),
            size=_size(row[names.weight], most) if names.weight else PLAIN_SIZE,
            hover=_hover(row, names),
        )
        for row in records(rows)
    ]


def _open(row: Mapping[str, Any], names: Names) -> bool:
    return row[names.low] is None or row[names.high] is None


def _most(rows: pd.DataFrame, weight: str) -> float:
    most = rows[weight].max() if weight else None
    return float(most) if most is not None and not pd.isna(most) else 0.0


def _size(weight: float | None, most: float) -> float:
    least, largest = MARK_SIZES
    if not weight or not most:
        return least
    # The area, not the width, is what the eye compares.
    return least + (largest - least) * math.sqrt(weight / most)


def _label(row: Mapping[str, Any], names: Names, width: int) -> str:
    label = wrapped(str(row[names.label]), width)
    note = row[names.note] if names.note else ""
    number = _number(row, names)
    told = f"{wrapped(str(note), width)}<br>" if note else ""
    return f"<b>{label}</b><br>{told}{number}"


def _number(row: Mapping[str, Any], names: Names) -> str:
    """Write a result with its interval, as it is drawn."""
    number = signed(round(row[names.value], 2))
    if _open(row, names):
        return number
    low, high = (signed(round(row[name], 2)) for name in (names.low, names.high))
    return f"{number} ({low} to {high})"


def _hover(row: Mapping[str, Any], names: Names) -> str:
    note = f"<br>{wrapped(str(row[names.note]), 44)}" if names.note and row[names.note] else ""
    return f"<b>{wrapped(str(row[names.label]), 44)}</b>{note}<br>{_number(row, names)}"


def _reach(
    points: Sequence[_Point], reference: float, line: Line | None, log: bool
) -> tuple[float, float]:
    """Return the ends of the axis: all results, and so much of their intervals as fits well."""

    def along(value: float) -> float:
        # The end of an interval may be 0, for which a log axis has no place.
        return value if not log else math.log(value) if value > 0 else -math.inf

    zero = along(reference)
    values = [along(point.value) for point in points] + [zero] + ([along(line.at)] if line else [])
    ends = [along(end) for point in points for end in (point.low, point.high) if end is not None]
    least, most = min(values), max(values)
    beyond = max(most - least, math.log(2) if log else 0.1)
    left = max(min([least, *ends]), least - beyond)
    right = min(max([most, *ends]), most + beyond)
    room = 0.05 * (right - left)
    left, right = left - room, right + room
    needed = SIDE / (1 - SIDE)
    left, right = (
        min(left, zero - needed * (right - zero)),
        max(right, zero + needed * (zero - left)),
    )
    return (math.exp(left), math.exp(right)) if log else (left, right)


def _labels(
    points: Sequence[_Point], width: int
) -> tuple[list[tuple[float, str]], list[float], float]:
    """Return texts with the place of their top, the place of each mark, and the height.

    All in pixels from the top.
    """
    texts: list[tuple[float, str]] = []
    places = []
    down = 0.0
    group = ""
    for point in points:
        if point.group != group:
            group = point.group
            heading = wrapped(group, width)
            texts.append((down + ROW_GAP, f"<b>{heading}</b>"))
            down += LINE_HEIGHT * (heading.count("<br>") + 1) + 2 * ROW_GAP
        texts.append((down, point.label))
        down += LINE_HEIGHT * (point.label.count("<br>") + 1) + MARK_HEIGHT / 2
        places.append(down)
        down += MARK_HEIGHT / 2 + ROW_GAP
    return texts, places, down


def _add_mark(
    figure: go.Figure,
    mark: Mark,
    own: Sequence[tuple[_Point, float]],
    reach: tuple[float, float],
) -> None:
    least, most = reach
    across: list[float | None] = []
    down: list[float | None] = []
    edges: list[tuple[float, float, str, str]] = []
    for point, at in own:
        if point.low is None or point.high is None:
            continue
        across += [max(point.low, least), min(point.high, most), None]
        down += [at, at, None]
        if point.low < least:
            edges.append((least, at, "triangle-left", point.hover))
        if point.high > most:
            edges.append((most, at, "triangle-right", point.hover))
    figure.add_scatter(
        x=across,
        y=down,
        mode="lines",
        line={"color": mark.colour, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    if edges:
        figure.add_scatter(
            x=[edge[0] for edge in edges],
            y=[edge[1] for edge in edges],
            mode="markers",
            marker={
                "symbol": [edge[2] for edge in edges],
                "size": 10,
                "color": mark.colour,
            },
            hovertext=[edge[3] for edge in edges],
            hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
            showlegend=False,
        )
    figure.add_scatter(
        x=[point.value for point, _ in own],
        y=[at for _, at in own],
        mode="markers",
        customdata=[point.key for point, _ in own],
        marker={
            "symbol": [mark.symbol + ("-open" if point.low is None else "") for point, _ in own],
            "size": [point.size for point, _ in own],
            "color": mark.colour,
            "opacity": 1,
            "line": {"color": mark.colour, "width": 2},
        },
        hovertext=[point.hover for point, _ in own],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    if mark.label:
        _add_legend(figure, mark.label, mark.symbol, mark.colour)


def _add_legend(figure: go.Figure, label: str, symbol: str, colour: str) -> None:
    # A trace without points: the marks themselves vary in size and some are open.
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        name=wrapped(label, LEGEND_WIDTH),
        marker={
            "symbol": symbol,
            "size": 12,
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        hoverinfo="skip",
    )


def _add_line(figure: go.Figure, line: Line, places: Sequence[float], dash: str) -> None:
    """Draw an upright line beside each mark; between them stand the names."""
    figure.add_scatter(
        x=[line.at, line.at, None] * len(places),
        y=[end for at in places for end in (at - MARK_HEIGHT / 2, at + MARK_HEIGHT / 2, None)],
        mode="lines",
        name=wrapped(line.label, LEGEND_WIDTH),
        showlegend=bool(line.label),
        line={"color": OTHER_COLOUR, "dash": dash, "width": 2},
        hoverinfo="skip",
    )


def _add_sides(figure: go.Figure, sides: tuple[str, str], reference: float, log: bool) -> None:
    # plotly places annotations on a log axis by the exponent.
    at = math.log10(reference) if log else reference
    left, right = (wrapped(side, 12) for side in sides)
    for text, anchor in ((f"◀ {left}", "right"), (f"{right} ▶", "left")):
        if text.strip("◀▶ "):
            figure.add_annotation(
                x=at,
                y=1,
                yref="paper",
                xanchor=anchor,
                yanchor="bottom",
                align=anchor,
                text=text,
                showarrow=False,
                xshift=-6 if anchor == "right" else 6,
                font={"size": 13},
            )


def _axis(low: float, high: float, log: bool) -> dict[str, Any]:
    plain = {
        "fixedrange": True,
        "tickangle": 0,
        "zeroline": False,
        "showgrid": False,
        "ticks": "outside",
    }
    if not log:
        return {**plain, "range": [low, high], "nticks": 6}
    chosen = next(ticks for span, ticks in TICKS.items() if high / low <= span)
    ticks = [tick for tick in chosen if low <= tick <= high]
    return {
        **plain,
        "type": "log",
        "range": [math.log10(low), math.log10(high)],
        "tickvals": ticks,
        "ticktext": [f"{tick:g}" for tick in ticks],
    }


def _laid_out(figure: go.Figure, height: float, title_lines: int, sides: bool) -> go.Figure:
    above = 40 if sides else 8
    below = 48 + LINE_HEIGHT * title_lines
    shown = [trace.name for trace in figure.data if trace.name]
    legend = (LINE_HEIGHT + 4) * sum(name.count("<br>") + 1 for name in shown)
    return figure.update_layout(
        height=height + above + below + legend,
        margin={"l": 8, "r": 16, "t": above + legend, "b": below},
        font={"size": 13},
        showlegend=bool(shown),
        legend={
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "itemclick": False,
            "itemdoubleclick": False,
            "bgcolor": "rgba(0,0,0,0)",
        },
        yaxis={"fixedrange": True},
        template="none",
    )
