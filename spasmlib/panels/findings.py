"""The questions: what a person notices, and who they are."""

from __future__ import annotations

from typing import Any

import traitlets

from spasmlib.panels.rendering import render
from spasmlib.person import OLDEST, Person
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import FindingsForm


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

    @property
    def person(self) -> Person:
        """The answers as a checked person.

        Raises
        ------
        ValueError
            If an answer cannot be, such as an age of 150.
        """
        return Person(
            present=self._answered("yes"),
            absent=self._answered("no"),
            age=self.about.get("age"),
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
        with model.hold_trait_notifications():
            model.about = form.person
            model.answers = form.answers

    form.observe(read, "asked")
    return form


def _questions(tables: Tables) -> dict[str, Any]:
    findings = tables["findings"]
    # Age and sex are asked once, above; recent birth goes beyond being pregnant.
    asked = findings[~findings["set_by"].isin(["age", "sex"])].astype({"group": str})
    asked = asked.assign(
        searched=asked[["label", "question", "words"]].fillna("").agg(" ".join, axis=1)
    )
    by_group = {name: records(rows) for name, rows in asked.groupby("group")}
    groups = records(tables["finding_groups"].sort_values("position"))
    return {
        "oldest": OLDEST,
        "conditions": _conditions(tables),
        "groups": [
            {**group, "findings": by_group[group["group"]]}
            for group in groups
            if group["group"] in by_group
        ],
    }


def _conditions(tables: Tables) -> list[dict[str, Any]]:
    """Group the conditions to tick; what other answers settle is not asked again."""
    rows = tables["conditions"]
    settled = rows[["age_min", "age_max", "pregnant", "finding_id"]].notna().any(axis=1)
    rows = rows[~settled].sort_values("label")
    kinds = labels(tables, "condition_kind")
    by_kind = {str(kind): records(group) for kind, group in rows.groupby("kind", observed=True)}
    return [
        {"label": label, "conditions": by_kind[kind]}
        for kind, label in kinds.items()
        if kind in by_kind
    ]
