"""What a visitor can take along: one page for a visit, the tables as CSV, a share address."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import pandas as pd

from spasmlib.exports import (
    background_source,
    cause_label,
    facts_said,
    opened_cause,
    own_source,
    said,
    shown_causes,
    shown_tables,
    to_csv,
)
from spasmlib.links import NEGLIGIBLE, telling
from spasmlib.panels.rendering import render
from spasmlib.person import Person
from spasmlib.plan import AVOID, STRICTEST_FIRST
from spasmlib.reasoning import View
from spasmlib.sources import Source
from spasmlib.tables import labels, records
from spasmlib.urgency import pressing_levels

REASONS = {"for": 3, "against": 2}
"""Reasons given for each cause: the weightiest; the other causes get them too, to compare."""

ROWS = 8
"""Answers in the table of reasons."""

STEPS = {"referral": 2, "first_line": 3, "personal": 4, AVOID: 3}
"""Steps of care in each part of the summary; a caution for this person is never left out."""

OPEN = 3
"""Findings that are listed as still open because a yes would be a warning sign."""

TABLES = {
    "answers": "Answers",
    "causes": "Causes",
    "reasons": "Reasons for and against",
    "risk_factors": "What raises or lowers the risk",
    "red_flags": "Warning signs",
    "plan": "What helps",
    "links": "Links",
    "questions": "Open questions",
    "medicines": "Medicines",
    "unsaid": "Signs left open",
    "sources": "Sources",
}
"""What the tables are called on their buttons."""


class Download(NamedTuple):
    """A file to hand over: its name, media type and text."""

    name: str
    type: str
    text: str


class Figure(NamedTuple):
    """How many of a group give an answer, and which way that speaks."""

    share: float | None
    way: str
    sources: tuple[Source, ...]


class Reason(NamedTuple):
    """An answer with its figures: for each cause, and overall."""

    answer: str
    label: str
    causes: list[Figure]
    overall: Figure


class Step(NamedTuple):
    """One thing to do or leave, short enough for a summary."""

    text: str
    phase: str
    finding: str
    cautions: tuple[tuple[str, tuple[Source, ...]], ...]
    sources: tuple[Source, ...]


class Part(NamedTuple):
    """Steps of one kind, and how many more there are."""

    kind: str
    label: str
    steps: list[Step]
    more: int


def take_along_html(
    view: View, chosen: str, asked: bool, today: datetime.date | None = None
) -> str:
    """Show what can be taken along, with the summary as it will print.

    Parameters
    ----------
    view : View
        The latest assessment.
    chosen : str
        The cause that is opened; empty for none.
    asked : bool
        Whether anything was answered yet.
    today : date, optional
        The day to write on the summary.
    """
    if not asked:
        return render("take_along", asked=False)
    frames = shown_tables(view, chosen)
    return render(
        "take_along",
        tables=[
            {"name": name, "id": name.replace("_", "-"), "label": TABLES[name], "rows": len(frame)}
            for name, frame in frames.items()
            if len(frame)
        ],
        level=3,
        **_summary(view, chosen, asked, today),
    )


def summary_html(
    view: View, chosen: str, asked: bool, today: datetime.date | None = None, level: int = 3
) -> str:
    """Write the summary for a visit, one page when printed.

    Parameters
    ----------
    view, chosen, asked, today
        As for `take_along_html`.
    level : int, optional
        Level of its first heading.
    """
    return render("summary", level=level, **_summary(view, chosen, asked, today))


def summary_page(view: View, chosen: str, asked: bool, today: datetime.date | None = None) -> str:
    """Write the summary as a document of its own that asks nothing of any server."""
    return render("summary_page", level=1, **_summary(view, chosen, asked, today))


def download(view: View, chosen: str, value: str, today: datetime.date) -> Download | None:
    """Make the file that a button stands for.

    Parameters
    ----------
    view, chosen
        As for `take_along_html`.
    value : str
        ``summary``, or ``csv:`` and the name of a table. It comes from the page: it may be
        anything.
    today : date
        The day to write on the summary.

    Returns
    -------
    Download or None
        None if `value` stands for no file, or if nothing was answered.
    """
    if view.person == Person():
        return None
    if value == "summary":
        text = summary_page(view, chosen, True, today)
        topic = re.sub(r"\W+", "-", view.tables.schema.title.lower()).strip("-")
        return Download(f"{topic}-summary.html", "text/html", text)
    kind, _, table = value.partition(":")
    if kind != "csv" or table not in TABLES:
        return None
    text = to_csv(shown_tables(view, chosen)[table])
    return Download(f"spasm-{table.replace('_', '-')}.csv", "text/csv", text)


def _summary(view: View, chosen: str, asked: bool, today: datetime.date | None) -> dict[str, Any]:
    """Gather what the summary says."""
    if not asked:
        return {"asked": False, "sources": []}
    opened = opened_cause(view, chosen)
    levels = {row["urgency"]: row for row in records(view.tables["urgency_levels"])}
    flags = [row | {"sources": own_source(row)} for row in records(view.red_flags)]
    shown = shown_causes(view, opened)
    reasons = _reasons(view, shown)
    plan = list(_plan(view, opened)) if opened else []
    medicines = [row | {"sources": own_source(row)} for row in records(view.medicines)]
    sources = list(dict.fromkeys(_cited([*flags, *medicines], reasons, plan)))
    return {
        "asked": True,
        "today": f"{today:%B} {today.day}, {today.year}" if today else "",
        "explorer": view.tables.schema.title,
        "version": view.tables.schema.version,
        "page": view.tables.schema.page,
        "urgency": levels[view.urgency],
        "pressing": view.urgency in pressing_levels(view.tables),
        # Age or medicines alone say nothing of how soon to act: no calm from silence.
        "noticed": bool(view.person.present or view.person.absent or len(view.red_flags)),
        "by_flags": view.urgency_basis == "red_flags",
        "flags": flags,
        "flag_levels": {name: level["label"] for name, level in levels.items()},
        "yes": said(view, "yes"),
        "no": said(view, "no"),
        "facts": [
            (name, [value for _, value in values])
            for name, values in groupby(facts_said(view), key=itemgetter(0))
        ],
        "causes": [
            row | {"rank": rank}
            for rank, row in enumerate(records(view.causes), 1)
            if row["cause_id"] in shown
        ],
        "reasons": reasons,
        "opened": cause_label(view, opened) if opened else "",
        "plan": plan,
        "without_cautions": view.known.without_cautions,
        "medicines": medicines,
        "still_open": _still_open(view),
        "sources": sources,
        "numbers": {source: number for number, source in enumerate(sources, 1)},
    }


def _reasons(view: View, causes: list[str]) -> list[Reason]:
    """Gather the answers that weigh most for or against any of the causes, with all figures."""
    tables = [view.reasons(cause_id) for cause_id in causes]
    weights = pd.concat([_weightiest(table) for table in tables])
    order = weights.abs().groupby(level=0).max().sort_values(ascending=False, kind="stable")
    rows = [{row["finding_id"]: row for row in records(table)} for table in tables]
    return [
        Reason(
            answer=rows[0][name]["answer"],
            label=rows[0][name]["label"],
            causes=[_figure(row[name]) for row in rows],
            overall=Figure(rows[0][name]["p_background"], "", background_source(rows[0][name])),
        )
        for name in order.index[:ROWS]
    ]


def _weightiest(reasons: pd.DataFrame) -> pd.Series[float]:
    """Give the weights of the few answers that speak most for a cause, and most against it."""
    clear = telling(reasons).set_index("finding_id")
    return pd.concat(
        [clear.loc[clear["direction"] == way, "weight"].head(most) for way, most in REASONS.items()]
    )


def _figure(row: Mapping[str, Any]) -> Figure:
    if row["basis"] == "nothing_known":
        return Figure(None, "neutral", ())
    clear = abs(row["full_weight"]) > NEGLIGIBLE
    return Figure(row["p_given_cause"], row["direction"] if clear else "neutral", own_source(row))


def _plan(view: View, cause_id: str) -> Iterator[Part]:
    """Pick what a visit needs to know of the plan: first choices, cautions, what to avoid."""
    steps = records(view.plan(cause_id).drop_duplicates(["intervention_id", "role"]))
    names = labels(view.tables, "role")
    wanted = {
        "referral": ("referral", names["referral"]),
        "first_line": ("first_line", names["first_line"]),
        "personal": ("", "Cautions for this person"),
        AVOID: (AVOID, names[AVOID]),
    }
    if view.causes.set_index("cause_id")["urgency"][cause_id] not in pressing_levels(view.tables):
        wanted["referral"] = wanted.pop("referral")  # the last: first comes what most people do
    for kind, (role, label) in wanted.items():
        own = [step for step in steps if _belongs(step, kind, role)]
        own.sort(key=lambda step: step["standing"] == "")
        kept = max(STEPS[kind], sum(step["standing"] != "" for step in own))
        if own:
            shown = [_step(view, step, kind) for step in own[:kept]]
            yield Part(kind, label, shown, len(own) - len(shown))


def _belongs(step: Mapping[str, Any], kind: str, role: str) -> bool:
    cautioned = step["standing"] in STRICTEST_FIRST and step["role"] != AVOID
    return cautioned if kind == "personal" else step["role"] == role and not cautioned


def _step(view: View, step: Mapping[str, Any], kind: str) -> Step:
    certainty, directions = (
        labels(view.tables, "certainty"),
        labels(view.tables, "effect_direction"),
    )
    found = ", ".join(
        words[step[name]].lower()
        for name, words in (("direction", directions), ("certainty", certainty))
        if step[name]
    )
    return Step(
        text=_forbidden(step) if kind == AVOID else step["action"].rstrip("."),
        phase=step["phase_label"],
        finding="" if kind == "referral" else found,
        cautions=tuple(
            (caution.text, (caution.source,) if caution.source else ())
            for caution in step["cautions"]
            if caution.personal
        ),
        sources=tuple(dict.fromkeys((*own_source(step), *step["evidence_source"])))
        or step["sources"][:1],
    )


def _forbidden(step: Mapping[str, Any]) -> str:
    """Name what to avoid so that it can't be read as advice to do it."""
    action = step["action"].rstrip(".")
    says_so = action.lower().startswith(("avoid", "do not", "don’t", "don't"))
    return str(action if says_so else step["label"])


def _still_open(view: View) -> list[str]:
    questions = view.questions
    return list(questions.loc[questions["reason"] == "red_flag", "label"].head(OPEN))


def _cited(
    rows: Iterable[Mapping[str, Any]], reasons: Iterable[Reason], plan: Iterable[Part]
) -> Iterator[Source]:
    """Give the sources in the order in which the summary names them."""
    for row in rows:
        yield from row["sources"]
    for reason in reasons:
        for figure in (*reason.causes, reason.overall):
            yield from figure.sources
    for step in (step for part in plan for step in part.steps):
        yield from step.sources
        for _, sources in step.cautions:
            yield from sources
