"""The questions: what a person notices, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import traitlets

from spasmlib.panels.rendering import render
from spasmlib.person import OLDEST, Person
from spasmlib.reasoning import assess
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import FindingsForm
from spasmlib.widgets.actions import FAILED

FIRST = 7
"""Questions in sight at each step, so that it fits on the screen of a phone."""


class FindingsModel(traitlets.HasTraits):
    """What has been answered so far.

    Attributes
    ----------
    answers : dict of str to {"yes", "no"}
        By finding id.
    about : dict
        ``age``, ``sex``, ``pregnant``, ``medicines`` and ``conditions``.
    """

    answers = traitlets.Dict()
    about = traitlets.Dict()

    def understood(self) -> tuple[Person, str]:
        """Return the answers as a person, and what is wrong with an entry, if anything.

        An impossible age is left out: a warning sign among the other answers must not go
        unsaid because of it.
        """
        try:
            return self._person(self.about.get("age")), ""
        except ValueError as error:
            return self._person(None), f"{error}. The age is left out."

    def _person(self, age: object) -> Person:
        return Person(
            present=self._answered("yes"),
            absent=self._answered("no"),
            age=age,  # type: ignore[arg-type]
            sex=self.about.get("sex"),
            pregnant=self.about.get("pregnant"),
            medicines=tuple(self.about.get("medicines", ())),
            conditions=tuple(self.about.get("conditions", ())),
        )

    def _answered(self, answer: str) -> frozenset[str]:
        return frozenset(name for name, given in self.answers.items() if given == answer)

    @property
    def asked(self) -> bool:
        """Whether anything has been answered."""
        return bool(self.answers) or any(
            value not in (None, [], ()) for value in self.about.values()
        )


def answered(
    sets: Mapping[str, str], answers: Mapping[str, str], said: Mapping[str, str]
) -> dict[str, str]:
    """Add what is said to what was answered before.

    Of answers that exclude each other the later one holds.

    Parameters
    ----------
    sets : mapping of str to str
        From `exclusive_sets`.
    answers, said : mapping of str to str
        "yes" or "no" by finding id; anything else in `said` takes an answer back.
    """
    known = dict(answers)
    for finding, answer in said.items():
        known.pop(finding, None)
        if answer not in ("yes", "no"):
            continue
        own = sets.get(finding) if answer == "yes" else None
        if own is not None:
            rivals = [name for name, given in known.items() if given == "yes"]
            for name in rivals:
                if sets.get(name) == own:
                    del known[name]
        known[finding] = answer
    return known


@lru_cache(maxsize=8)
def exclusive_sets(tables: Tables) -> dict[str, str]:
    """Name the set of each finding of which only one can be true."""
    rows = tables["findings"].dropna(subset=["exclusive_set"])
    return dict(zip(rows["finding_id"], rows["exclusive_set"], strict=True))


def findings_view(tables: Tables, model: FindingsModel) -> FindingsForm:
    """Build the form over `model`."""
    form = FindingsForm(html=render("findings", **_questions(tables)))

    def read(_: object) -> None:
        try:
            with model.hold_trait_notifications():
                model.about = model.about | form.change.get("person", {})
                model.answers = answered(
                    exclusive_sets(tables), model.answers, form.change.get("answers", {})
                )
        except Exception:
            form.message = FAILED
            raise
        finally:
            form.replied = form.asked

    form.observe(read, "asked")
    return form


def first_questions(tables: Tables) -> frozenset[str]:
    """Name the findings that each step asks first: those that tell most before any answer.

    Answers that exclude each other, such as three durations, are asked together.
    """
    told = assess(tables, Person()).questions[["finding_id", "gain"]]
    groups = tables["finding_groups"][["group", "step_id"]].astype(str)
    rows = tables["findings"][["finding_id", "group", "exclusive_set"]].astype({"group": str})
    rows = rows.merge(told).merge(groups).sort_values("gain", ascending=False)
    first = rows.groupby("step_id").head(FIRST)
    together = rows.merge(first[["step_id", "exclusive_set"]].dropna().drop_duplicates())
    return frozenset(first["finding_id"]) | frozenset(together["finding_id"])


def _questions(tables: Tables) -> dict[str, Any]:
    steps = records(tables["steps"].sort_values("position"))
    groups = _groups(tables)
    told_of_person = {group["step_id"] for group in groups if not group["findings"]}
    return {
        "oldest": OLDEST,
        "conditions": _conditions(tables),
        "page": tables.schema.page,
        "steps": [
            step
            | {
                "groups": [
                    group
                    for group in groups
                    if group["findings"] and group["step_id"] == step["step_id"]
                ],
                "person": step["step_id"] in (told_of_person or {steps[-1]["step_id"]}),
            }
            for step in steps
        ],
    }


def _groups(tables: Tables) -> list[dict[str, Any]]:
    """List the groups with what is asked in them.

    What facts about the person settle is asked once, with these facts: the group of such
    findings has none to ask.
    """
    findings = tables["findings"]
    asked = findings[findings["set_by"].isna()].astype({"group": str})
    searched = asked[["label", "question", "words"]].fillna("").agg(" ".join, axis=1)
    rest = ~asked["finding_id"].isin(first_questions(tables))
    asked = asked.assign(searched=searched, rest=rest).sort_values("position")
    by_group = {name: records(rows) for name, rows in asked.groupby("group")}
    return [
        group
        | {
            "findings": by_group.get(group["group"], []),
            "more": sum(finding["rest"] for finding in by_group.get(group["group"], [])),
        }
        for group in records(tables["finding_groups"].sort_values("position"))
    ]


def _conditions(tables: Tables) -> list[dict[str, Any]]:
    """Group the conditions to tick: those that a caution names and no other answer settles."""
    rows = tables["conditions"]
    settled = rows[["age_min", "age_max", "pregnant", "finding_id"]].notna().any(axis=1)
    named = rows["condition_id"].isin(tables["contraindication_conditions"]["condition_id"])
    rows = rows[named & ~settled].sort_values("label")
    kinds = labels(tables, "condition_kind")
    by_kind = {str(kind): records(group) for kind, group in rows.groupby("kind", observed=True)}
    return [
        {"label": label, "conditions": by_kind[kind]}
        for kind, label in kinds.items()
        if kind in by_kind
    ]
