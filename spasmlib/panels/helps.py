"""What helps: the care for a cause along the time since it began, as HTML over one model."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from spasmlib.guidelines import AGAINST, FOR, Statement
from spasmlib.panels.rendering import lower_first, render
from spasmlib.panels.result import ResultModel, alarm
from spasmlib.plan import AVOID, Absolute, Caution
from spasmlib.sources import Source
from spasmlib.tables import Tables, labels, records

Step = Mapping[str, Any]

SEE = "referral"
BLOCKS = (
    ("do", "Do", "✓", ("first_line", "second_line", "prevention")),
    ("avoid", "What to avoid", "✗", (AVOID,)),
    ("see", "See someone", "→", (SEE,)),
)
"""The parts of a phase: kind, title, mark and the roles of care that stand in it."""

CLEAR = ("benefit", "harm")
"""Directions in which a difference between two groups is more than chance may bring."""

PEOPLE = 100
A_ROW = 10
SIDE = 10
"""People in a picture, in a row of it, and the side of the square that one takes up."""


class Block(NamedTuple):
    """What to do, or what not to do, in one phase."""

    kind: str
    title: str
    mark: str
    steps: list[Step]


class Phase(NamedTuple):
    """One stretch of time and the care that belongs to it."""

    phase: str
    label: str
    blocks: list[Block]


class Crowd(NamedTuple):
    """A picture of 100 people, some of whom had something happen to them.

    ``had`` and ``others`` are SVG paths over the squares of the people concerned.
    """

    number: int
    had: str
    others: str


class Certainty(NamedTuple):
    """How sure a result is, in a word and in dots; none where nobody graded it."""

    label: str
    dots: str


def helps_html(model: ResultModel) -> str:
    """Show what is done for the chosen cause, by phase; before any is, for the usual one."""
    view, page = model.view, model.view.tables.schema.page
    cause_id = shown_cause(model)
    if not cause_id:
        return render("helps", cause=None, alarm=alarm(model))
    causes = records(view.tables["causes"])
    cause = next(cause for cause in causes if cause["cause_id"] == cause_id)
    steps = records(view.plan(cause_id))
    usual = f"{page['usual_title']} ({lower_first(cause['label'])})"
    return render(
        "helps",
        cause=cause,
        title=cause["label"] if model.chosen else usual,
        chosen=bool(model.chosen),
        phases=timeline(steps),
        tried=any(step["effect"] or step["harms"] for step in steps),
        certainty=certainties(view.tables),
        directions=labels(view.tables, "effect_direction"),
        without_cautions=view.known.without_cautions,
        alarm=alarm(model),
        page=page,
        crowd=crowd,
        gap=gap,
        sides=sides,
        on_the_line=on_the_line,
        sources_of=sources_of,
    )


def shown_cause(model: ResultModel) -> str:
    """Name the cause whose care is shown; none where an alarm has no cause of its own.

    A harmless cause must not seem to explain an alarm away.
    """
    if model.chosen or alarm(model):
        return model.chosen
    return model.view.tables.schema.page["usual_cause"]


def timeline(steps: list[dict[str, Any]]) -> list[Phase]:
    """Sort the steps of a plan into phases, and each phase into what to do and what not."""
    return [
        Phase(phase, rows[0]["phase_label"], _blocks(rows))
        for phase, group in groupby(steps, key=itemgetter("phase"))
        for rows in [list(group)]
    ]


def _blocks(steps: list[dict[str, Any]]) -> list[Block]:
    found = [
        Block(kind, title, mark, [step for step in steps if step["role"] in roles])
        for kind, title, mark, roles in BLOCKS
    ]
    if steps[0]["role"] == SEE:  # the plan puts getting care first where it presses
        found.insert(0, found.pop())
    return [block for block in found if block.steps]


def crowd(percent: float) -> Crowd:
    """Draw a share as so many of 100 people, row by row.

    Examples
    --------
    >>> crowd(31.4).number
    31
    >>> crowd(12).had
    'M0 0h100v10h-100zM0 10h20v10h-20z'
    """
    number = int(percent + 0.5)
    return Crowd(number, _squares(0, number), _squares(number, PEOPLE))


def _squares(start: int, stop: int) -> str:
    """Outline the squares from one place to another, one rectangle a row."""
    path = ""
    for row in range(PEOPLE // A_ROW):
        first, last = max(start, row * A_ROW), min(stop, (row + 1) * A_ROW)
        if first < last:
            wide = (last - first) * SIDE
            left, top = first % A_ROW * SIDE, row * SIDE
            path += f"M{left} {top}h{wide}v{SIDE}h-{wide}z"
    return path


def gap(absolute: Absolute) -> str:
    """Say in a sentence what an intervention changed for 100 people.

    The people counted are those in the pictures, so that both tell the same story.
    """
    more = crowd(absolute.with_percent).number - crowd(absolute.without_percent).number
    if not more:
        same = absolute.with_percent == absolute.without_percent
        return "As many with as without." if same else "The gap is less than 1 in 100 people."
    word = "more" if more > 0 else "fewer"
    said = f"With {absolute.with_what}, about {abs(more)} {word} of 100 {absolute.event}."
    return said if absolute.direction in CLEAR else f"{said} But this gap may be chance."


def sides(statements: tuple[Statement, ...]) -> dict[str, list[Statement]]:
    """Sort what guidelines say into for, against and neither."""
    found: dict[str, list[Statement]] = {"for": [], "against": [], "neither": []}
    for statement in statements:
        side = {FOR: "for", AGAINST: "against"}
        own = next((side[group] for group in side if statement.direction in group), "neither")
        found[own].append(statement)
    return found


def on_the_line(step: Step) -> tuple[list[Caution], int]:
    """Take the cautions of this person that must be seen unopened, and count their others.

    The strictest stand there in full: a long list would hide them.
    """
    own = [caution for caution in step["cautions"] if caution.personal]
    strictest = [caution for caution in own if caution.action == step["standing"]] or own
    return strictest, len(own) - len(strictest)


def sources_of(step: Step) -> list[Source]:
    """Collect the sources of all that is told of trials, guidelines and the article, once each."""
    told: list[Source] = [*step["evidence_source"]]
    told += [step["absolute"].source] if step["absolute"] else []
    told += [harm.source for harm in step["harms"]]
    told += [statement.source for statement in step["statements"]]
    told += [source for claim in step["claims"] for source in claim.sources]
    return list(dict.fromkeys(told))


def certainties(tables: Tables) -> dict[str, Certainty]:
    """Give each certainty its label and dots, from full for the surest down to one."""
    named = labels(tables, "certainty")
    most = len(named) - 1
    return {
        name: Certainty(label, "●" * (most - place) + "○" * place if place < most else "")
        for place, (name, label) in enumerate(named.items())
    }
