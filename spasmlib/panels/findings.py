"""The questions: what a person notices, and who they are."""

from __future__ import annotations

from typing import Any

import traitlets

from spasmlib.panels.rendering import render
from spasmlib.person import OLDEST, Person
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import FindingsForm

FAILED = (
    "The explorer could not work this out. Your answers are kept. Change the last answer, or "
    "reload this page. If you have an emergency sign, do not wait for this page."
)


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


def findings_view(tables: Tables, model: FindingsModel) -> FindingsForm:
    """Build the form over `model`."""
    form = FindingsForm(html=render("findings", **_questions(tables)))

    def read(_: object) -> None:
        try:
            with model.hold_trait_notifications():
                model.about = form.person
                model.answers = form.answers
        except Exception:
            form.message = FAILED
            raise
        finally:
            form.replied = form.asked

    form.observe(read, "asked")
    return form


def _questions(tables: Tables) -> dict[str, Any]:
    findings = tables["findings"]
    # What facts about the person settle is asked once, above the groups.
    asked = findings[findings["set_by"].isna()].astype({"group": str})
    asked = asked.assign(
        searched=asked[["label", "question", "words"]].fillna("").agg(" ".join, axis=1)
    )
    by_group = {name: records(rows) for name, rows in asked.groupby("group")}
    groups = records(tables["finding_groups"].sort_values("position"))
    return {
        "oldest": OLDEST,
        "conditions": _conditions(tables),
        "page": tables.schema.page,
        "groups": [
            {**group, "findings": by_group[group["group"]]}
            for group in groups
            if group["group"] in by_group
        ],
    }


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
