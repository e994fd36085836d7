"""What trials and guidelines say: a map of what was studied, effects, and stances."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from spasmlib.figures.forest import Line, Mark, Names, forest
from spasmlib.figures.style import (
    AGAINST_COLOUR,
    FOR_COLOUR,
    LINE_HEIGHT,
    OTHER_COLOUR,
    THIRD_COLOUR,
    wrapped,
)
from spasmlib.tables import records
from spasmlib.wording import signed

MIXED_COLOUR = THIRD_COLOUR


class DirectionMark(NamedTuple):
    """How what trials found is drawn, and as which sign it is written."""

    symbol: str
    sign: str
    colour: str = OTHER_COLOUR


DIRECTION_MARKS = {
    "benefit": DirectionMark("triangle-up", "▲", FOR_COLOUR),
    "no_difference": DirectionMark("square", "■"),
    "unclear": DirectionMark("circle", "●"),
    "mixed": DirectionMark("diamond", "◆", MIXED_COLOUR),
    "harm": DirectionMark("triangle-down", "▼", AGAINST_COLOUR),
}
"""Marks in the order of the legend. Each differs from all others in its shape too."""

UNKNOWN_MARK = DirectionMark("pentagon", "⬟")
"""Of a direction that is not among them."""

SHADES = {"high": 1.0, "moderate": 0.7, "low": 0.4, "very_low": 0.15, "not_graded": 0.0}
"""How full a mark is, from the surest down; those that nobody graded are hollow."""

SIZES = {0: 10, 100: 15, 1_000: 21, 10_000: 28}
"""Pixels by the number of people from which on. Steps, as the numbers span from ten to more
than a hundred thousand: with areas in proportion most marks would be too small to see."""

MARK_TITLE = "<b>Mark: what trials found</b>"
SHADE_TITLE = "<b>Shade: how sure the best result is</b>"
SIZE_TITLE = "<b>Size: how many people were studied</b>"

ROW = 34  # pixels, the least that a row is high
SIZE_KEY = 44  # pixels
ROW_LABEL, WIDE_LABEL, NARROW_LABEL = 25, 13, 24  # characters
WIDE, NARROW = 96, 40  # pixels, a column with its name across or upright
FEW = 12  # columns, of which the names still stand across
LETTER, WIDE_LETTER, BOLD_LETTER = 7, 7.4, 8.3  # pixels
LEAST_WIDTH = 700  # pixels, so that the parts of the legend stand side by side
LEGEND_LINE = 21  # pixels
HOVER = 46  # characters

TAG = re.compile(r"</?b>|&\w+;")

RATIOS = ("RR", "OR", "HR")
HIGHER = "higher"
SIDES = ("better", "worse")


class StanceMark(NamedTuple):
    """How a stance of a guideline is written, in short, and drawn."""

    sign: str
    word: str
    colour: str = OTHER_COLOUR


STANCE_MARKS = {
    "against": StanceMark("✗", "Against", AGAINST_COLOUR),
    "conditional_against": StanceMark("(✗)", "Mostly against", AGAINST_COLOUR),
    "neutral": StanceMark("○", "Neither"),
    "conditional_for": StanceMark("(✓)", "For some people", FOR_COLOUR),
    "for": StanceMark("✓", "For", FOR_COLOUR),
}
"""Stances from left to right."""

PLACES = {direction: number for number, direction in enumerate(STANCE_MARKS)}

BODY_LABEL = 19  # characters
CELL = 0.46  # half of the width of a cell, of the distance between two
STANCE_WIDTH = 132  # pixels


def evidence_map(cells: pd.DataFrame) -> go.Figure:
    """Draw who was studied with what, and where there is no trial.

    Parameters
    ----------
    cells : DataFrame
        Rows of `spasmlib.trials.evidence_map`; it may be empty.

    Returns
    -------
    plotly.graph_objects.Figure
        A row an intervention, in the order of the rows; a column a group of people or an
        outcome. The shape and colour of a mark say what trials found, its size how many
        people were studied (in steps), its shade how sure the best result is; a small
        cross is a gap. The legend says so in words. ``customdata`` of a cell is
        ``intervention_id+column``.

    Examples
    --------
    >>> import spasmlib
    >>> from spasmlib.trials import Selection, evidence_map as cells
    >>> figure = evidence_map(cells(spasmlib.load(), Selection(kind="surgery")))
    >>> [trace.name for trace in figure.data if trace.name][:2]
    ['Results differ', 'No trial in our tables']
    """
    if cells.empty:
        return go.Figure()
    rows = dict(zip(cells["intervention_id"], cells["label"], strict=True))
    columns = dict(zip(cells["column"], cells["column_label"], strict=True))
    down, height = _places(rows)
    across = {name: number for number, name in enumerate(columns)}
    figure = go.Figure()
    told = records(cells)
    drawn = [row for row in told if row["n_results"]]
    marks = {row["direction"] for row in drawn}
    known = [mark for mark in DIRECTION_MARKS if mark in marks]
    for direction in [*known, *sorted(marks - set(known))]:
        own = [row for row in drawn if row["direction"] == direction]
        _add_cells(figure, own, across, down)
    _add_gaps(figure, [row for row in told if not row["n_results"]], across, down)
    _add_shades(figure, drawn)
    _add_sizes(figure)
    return _laid_out(figure, rows, down, list(columns.values()), height)


def evidence_map_width(columns: int) -> int:
    """Return the least width in pixels at which a map of so many columns can be read."""
    return max(LEAST_WIDTH, ROW_LABEL * LETTER + 24 + _column_width(columns) * columns)


def effects_chart(rows: pd.DataFrame, label: str = "label", group: str = "") -> go.Figure:
    """Draw results that can be compared, with the line of a worthwhile effect.

    Parameters
    ----------
    rows : DataFrame
        Rows of `spasmlib.trials.results` that share ``comparable``, in the order to show
        them in; it may be empty.
    label : {"label", "comparator"}
        What names each row: the intervention, or what it was compared with.
    group : str, optional
        A column that gives headings, such as ``population_label``.

    Returns
    -------
    plotly.graph_objects.Figure
        A forest plot, of ratios on a log axis. The words over it say on which side the
        intervention does better. ``customdata`` of a mark is its ``evidence_id``.

    Raises
    ------
    ValueError
        If the rows can't be compared.

    Examples
    --------
    >>> import spasmlib
    >>> from spasmlib.trials import results
    >>> rows = results(spasmlib.load(), intervention_id="oral_nsaid")
    >>> figure = effects_chart(rows[rows["comparable"] == rows["comparable"][0]])
    >>> [trace.name for trace in figure.data if trace.name and "10" in trace.name]
    ['10 points better: a gap that matters']
    """
    if rows.empty:
        return go.Figure()
    kinds = set(rows["comparable"])
    if len(kinds) > 1 or "" in kinds:
        raise ValueError(f"these results can't be compared: {', '.join(sorted(kinds))}")
    first = records(rows.head(1))[0]
    better = first["better"] == HIGHER
    told = pd.DataFrame(
        {
            "id": row["evidence_id"],
            "label": row["label"] if label == "label" else _compared(row["comparator"]),
            "note": _note(row, label),
            "group": row[group] if group else "",
            **{name: row[name] for name in ("value", "ci_low", "ci_high")},
            "n_participants": row["n_participants"],
            "direction": row["direction"],
        }
        for row in _together(records(rows), group)
    )
    labels = dict(zip(rows["direction"], rows["direction_label"], strict=True))
    return forest(
        told,
        Names(
            note="note", mark="direction", group="group" if group else "", weight="n_participants"
        ),
        marks={name: _forest_mark(name, said) for name, said in _in_order(labels).items()},
        log=first["measure"] in RATIOS,
        sides=SIDES[::-1] if better else SIDES,
        line=_worthwhile(first, better),
        title=wrapped(_scale(first), 40),
    )


def agreement_chart(rows: pd.DataFrame) -> go.Figure:
    """Draw what each body says of each intervention, from against on the left to for.

    Parameters
    ----------
    rows : DataFrame
        Rows of `spasmlib.trials.agreement`; it may be empty.

    Returns
    -------
    plotly.graph_objects.Figure
        A row an intervention, with the bodies named where they stand. A line from side to
        side marks those on which bodies disagree about the same people. A star marks a
        body that says something else for other groups; brackets mark what does not count
        as disagreeing. ``customdata`` of a cell is the ``intervention_id``.

    Examples
    --------
    >>> import spasmlib
    >>> from spasmlib.trials import agreement
    >>> figure = agreement_chart(agreement(spasmlib.load()).head(1))
    >>> figure.layout.yaxis.ticktext[0].endswith("Guidelines disagree")
    True
    """
    if rows.empty:
        return go.Figure()
    ticks, top = {}, 0.0
    shapes: list[dict[str, Any]] = []
    texts: list[tuple[int, float, str, str, str]] = []
    for name, own in rows.groupby("intervention_id", sort=False):
        told = records(own)
        cells = _stances(told)
        label = _agreement_label(told[0])
        lines = max(label.count("<br>") + 1, *(text.count("<br>") + 1 for text in cells.values()))
        tall = LINE_HEIGHT * lines + 20
        middle = top + tall / 2
        ticks[middle] = label
        shapes += _stance_shapes(cells, middle, tall, told[0]["disagree"])
        texts += [
            (PLACES[direction], middle, text, str(name), told[0]["label"])
            for direction, text in cells.items()
        ]
        top += tall
    figure = go.Figure()
    figure.add_scatter(
        x=[text[0] for text in texts],
        y=[text[1] for text in texts],
        mode="text",
        text=[text[2] for text in texts],
        customdata=[text[3] for text in texts],
        hovertext=[f"<b>{wrapped(text[4], HOVER)}</b><br>{text[2]}" for text in texts],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_yaxes(range=[top, 0], tickvals=list(ticks), ticktext=list(ticks.values()))
    return _stances_laid_out(figure, shapes, top)


def agreement_width() -> int:
    """Return the least width in pixels at which `agreement_chart` can be read."""
    return ROW_LABEL * LETTER + len(STANCE_MARKS) * STANCE_WIDTH


def _scale(row: dict[str, Any]) -> str:
    return f"{row['comparable_label']}. {row['better'].capitalize()} is better."


def _compared(comparator: str | None) -> str:
    return f"compared with {comparator or 'what the source does not say'}"


def _note(row: dict[str, Any], label: str) -> str:
    parts = [_compared(row["comparator"])] if label == "label" else []
    parts += [row["followup"] or ""]
    if row["n_participants"]:
        parts.append(f"{row['n_participants']:,} people")
    parts.append(row["certainty_label"].lower())
    return "; ".join(part for part in parts if part)


def _together(rows: list[dict[str, Any]], group: str) -> list[dict[str, Any]]:
    """Put rows of one group under each other, groups in the order in which they come."""
    if not group:
        return rows
    order = list(dict.fromkeys(row[group] for row in rows))
    return sorted(rows, key=lambda row: order.index(row[group]))


def _in_order(named: dict[str, str]) -> dict[str, str]:
    order = [*DIRECTION_MARKS, *sorted(set(named) - set(DIRECTION_MARKS))]
    return {name: named[name] for name in order if name in named}


def _forest_mark(direction: str, label: str) -> Mark:
    mark = DIRECTION_MARKS.get(direction, UNKNOWN_MARK)
    return Mark(label, mark.symbol, mark.colour)


def _worthwhile(row: dict[str, Any], higher: bool) -> Line | None:
    if row["worthwhile"] is None:
        return None
    at = row["worthwhile"] if higher else -row["worthwhile"]
    return Line(at, f"{signed(row['worthwhile'])} points better: a gap that matters")


def _column_width(columns: int) -> int:
    return WIDE if columns <= FEW else NARROW


def _key(row: dict[str, Any]) -> str:
    return f"{row['intervention_id']}+{row['column']}"


def _hover(row: dict[str, Any]) -> str:
    heading = f"<b>{wrapped(row['label'], HOVER)}</b><br>{wrapped(row['column_label'], HOVER)}"
    if not row["n_results"]:
        return f"{heading}<br>{wrapped(row['direction_label'], HOVER)}"
    people = "number of people not given"
    if row["participants"] is not None:
        people = f"{row['participants']:,} people"
    return f"{heading}<br>{wrapped(row['found'], HOVER)}<br>{people}<br>{row['certainty_label']}"


def _add_gaps(
    figure: go.Figure, rows: list[dict[str, Any]], across: dict[str, int], down: dict[str, float]
) -> None:
    if not rows:
        return
    figure.add_scatter(
        x=[across[row["column"]] for row in rows],
        y=[down[row["intervention_id"]] for row in rows],
        mode="markers",
        name=wrapped(rows[0]["direction_label"], HOVER),
        legendgroup="mark",
        legendgrouptitle={"text": MARK_TITLE},
        customdata=[_key(row) for row in rows],
        marker={"symbol": "x-thin", "size": 6, "line": {"color": OTHER_COLOUR, "width": 1}},
        hovertext=[_hover(row) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _add_cells(
    figure: go.Figure, rows: list[dict[str, Any]], across: dict[str, int], down: dict[str, float]
) -> None:
    mark = DIRECTION_MARKS.get(rows[0]["direction"], UNKNOWN_MARK)
    figure.add_scatter(
        x=[across[row["column"]] for row in rows],
        y=[down[row["intervention_id"]] for row in rows],
        mode="markers",
        legendgroup="mark",
        showlegend=False,
        customdata=[_key(row) for row in rows],
        marker={
            "symbol": mark.symbol,
            "size": [_size(row["participants"]) for row in rows],
            "color": [_filled(mark.colour, row["certainty"]) for row in rows],
            "opacity": 1,
            "line": {"color": mark.colour, "width": 2},
        },
        hovertext=[_hover(row) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    _add_legend(
        figure,
        rows[0]["direction_label"],
        ("mark", MARK_TITLE),
        {"symbol": mark.symbol, "size": 14, "color": mark.colour},
        mark.colour,
    )


def _add_shades(figure: go.Figure, rows: list[dict[str, Any]]) -> None:
    named = {row["certainty"]: row["certainty_label"] for row in rows}
    for certainty in [name for name in SHADES if name in named]:
        _add_legend(
            figure,
            named[certainty],
            ("shade", SHADE_TITLE),
            {"symbol": "circle", "size": 14, "color": _filled(OTHER_COLOUR, certainty)},
            OTHER_COLOUR,
        )


def _add_sizes(figure: go.Figure) -> None:
    """Draw the key of sizes over the columns, as plotly's legend shows all large marks alike."""
    starts = list(SIZES)
    said = [(f"{start:,} to", f"{end - 1:,}") for start, end in pairwise(starts)]
    said[0] = (f"under {starts[1]:,}", "or not given")
    said.append((f"{starts[-1]:,}", "or more"))
    figure.add_scatter(
        x=list(range(len(starts))),
        y=[0] * len(starts),
        xaxis="x2",
        yaxis="y2",
        mode="markers+text",
        text=["<br>".join(f"\u00a0\u00a0{line}" for line in text) for text in said],
        textposition="middle right",
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
        marker={
            "symbol": "circle",
            "size": list(SIZES.values()),
            "color": _filled(OTHER_COLOUR, "low"),
            "opacity": 1,
            "line": {"color": OTHER_COLOUR, "width": 2},
        },
    )


def _add_legend(
    figure: go.Figure, label: str, group: tuple[str, str], marker: dict[str, Any], colour: str
) -> None:
    # A trace without points: the marks themselves vary in size and shade.
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        name=wrapped(label, HOVER),
        legendgroup=group[0],
        legendgrouptitle={"text": group[1]},
        marker={**marker, "line": {"color": colour, "width": 2}},
        hoverinfo="skip",
    )


def _size(participants: int | None) -> int:
    return max(size for start, size in SIZES.items() if (participants or 0) >= start)


def _filled(colour: str, certainty: str) -> str:
    """Let the ground through the less sure a result is."""
    return _see_through(colour, SHADES.get(certainty, 0.0))


def _see_through(colour: str, share: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"


def _short(labels: Sequence[str]) -> list[str]:
    """Leave out what stands in brackets, where names can be told apart without it."""
    short = [label.partition(" (")[0] for label in labels]
    return [
        one if short.count(one) == 1 else label for one, label in zip(short, labels, strict=True)
    ]


def _places(rows: Mapping[str, str]) -> tuple[dict[str, float], float]:
    """Return how far down each row stands, and how high all are together, in pixels."""
    down, height = {}, 0.0
    for name, label in rows.items():
        tall = max(ROW, LINE_HEIGHT * (wrapped(label, ROW_LABEL).count("<br>") + 1) + 6)
        down[name] = height + tall / 2
        height += tall
    return down, height


def _laid_out(
    figure: go.Figure,
    rows: Mapping[str, str],
    down: Mapping[str, float],
    columns: list[str],
    height: float,
) -> go.Figure:
    upright = len(columns) > FEW
    heads = [wrapped(label, NARROW_LABEL if upright else WIDE_LABEL) for label in _short(columns)]
    lines = max(head.count("<br>") + 1 for head in heads)
    longest = max(len(line) for head in heads for line in head.split("<br>"))
    head = longest * LETTER + 16 if upright else lines * LINE_HEIGHT + 16
    groups = [trace.legendgroup for trace in figure.data if trace.showlegend is not False]
    legend = LEGEND_LINE * (max(groups.count(group) for group in set(groups)) + 1) + 16
    whole = height + head + SIZE_KEY
    plain = {"fixedrange": True, "zeroline": False, "showline": False}
    figure.update_xaxes(
        **plain,
        side="top",
        range=[-0.5, len(columns) - 0.5],
        tickvals=list(range(len(columns))),
        ticktext=heads,
        tickangle=-90 if upright else 0,
    )
    figure.add_annotation(
        text=SIZE_TITLE,
        x=0,
        xref="paper",
        xanchor="left",
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
    )
    return figure.update_layout(
        yaxis={
            **plain,
            "range": [height, 0],
            "domain": [0, height / whole],
            "tickvals": list(down.values()),
            "ticktext": [wrapped(label, ROW_LABEL) for label in rows.values()],
            "automargin": True,
            "ticklabelstandoff": 8,
        },
        xaxis2={"range": [-0.12, len(SIZES) - 0.12], "visible": False},
        yaxis2={"domain": [1 - SIZE_KEY / whole, 1], "visible": False},
        height=whole + legend + LEGEND_LINE + 8,
        margin={"l": 8, "r": 24, "t": legend + LEGEND_LINE, "b": 8},
        font={"size": 13},
        hovermode="closest",
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "itemclick": False,
            "itemdoubleclick": False,
            "bgcolor": "rgba(0,0,0,0)",
            "grouptitlefont": {"size": 13},
        },
        template="none",
    )


def _stances(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return who stands where, as text by stance."""
    found: dict[str, list[str]] = {}
    for row in rows:
        said: dict[str, bool] = {}
        for statement in row["statements"]:
            said[statement.direction] = said.get(statement.direction, False) or statement.counts
        for direction, counts in said.items():
            name = f"{row['body']}{'*' if len(said) > 1 else ''}"
            found.setdefault(direction, []).append(name if counts else f"[{name}]")
    return {
        direction: "<br>".join(
            wrapped(f"{STANCE_MARKS[direction].sign} {name}", BODY_LABEL)
            for name in found[direction]
        )
        for direction in STANCE_MARKS
        if direction in found
    }


def _agreement_label(row: dict[str, Any]) -> str:
    label = wrapped(row["label"], ROW_LABEL)
    if not row["disagree"]:
        return label
    return f"<b>{label}</b><br>⚠ {wrapped(row['agreement_label'], ROW_LABEL)}"


def _stance_shapes(
    cells: Mapping[str, str], middle: float, tall: float, disagree: bool
) -> list[dict[str, Any]]:
    """Return the boxes of a row, and where bodies disagree the lines that join them."""
    joints = pairwise(PLACES[direction] for direction in cells) if disagree else ()
    lines = [
        {
            "type": "line",
            "x0": one + CELL,
            "x1": other - CELL,
            "y0": middle,
            "y1": middle,
            "layer": "below",
            "line": {"color": AGAINST_COLOUR, "width": 3, "dash": "dot"},
        }
        for one, other in joints
    ]
    boxes = [
        {
            "type": "rect",
            "x0": PLACES[direction] - CELL,
            "x1": PLACES[direction] + CELL,
            "y0": middle - tall / 2 + 4,
            "y1": middle + tall / 2 - 4,
            "layer": "below",
            "fillcolor": _see_through(STANCE_MARKS[direction].colour, 0.14),
            "line": {
                "color": STANCE_MARKS[direction].colour,
                "width": 2 if disagree else 1,
                "dash": "dash" if direction.startswith("conditional") else "solid",
            },
        }
        for direction in cells
    ]
    return lines + boxes


def _stances_laid_out(figure: go.Figure, shapes: list[dict[str, Any]], height: float) -> go.Figure:
    plain = {"fixedrange": True, "zeroline": False, "showline": False}
    figure.update_xaxes(
        **plain,
        side="top",
        showgrid=False,
        range=[-0.55, len(STANCE_MARKS) - 0.45],
        tickvals=list(range(len(STANCE_MARKS))),
        ticktext=[
            f"<b>{mark.sign}</b><br>{wrapped(mark.word, BODY_LABEL)}"
            for mark in STANCE_MARKS.values()
        ],
        tickangle=0,
    )
    figure.update_yaxes(**plain, showgrid=False, automargin=True, ticklabelstandoff=8)
    return figure.update_layout(
        shapes=shapes,
        height=height + 60,
        margin={"l": 8, "r": 16, "t": 52, "b": 8},
        font={"size": 13},
        showlegend=False,
        hovermode="closest",
        template="none",
    )
