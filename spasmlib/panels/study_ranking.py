"""The study tab on the ranking: its sum on a worked case, its rules, how often it is right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go
import traitlets

from spasmlib import reference_results
from spasmlib.figures import (
    assumption_chart,
    calibration_chart,
    measures_chart,
    times,
    waterfall,
)
from spasmlib.model import DEFAULTS
from spasmlib.panels.rendering import render
from spasmlib.panels.study_fields import choice
from spasmlib.panels.study_tab import StudyTab
from spasmlib.reference import ALL, COUNTED
from spasmlib.schema import SOURCED
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import Chart, HtmlPanel
from spasmlib.worked import steps, with_sources, worked_view

WORKED = "worked_share"
CASE = "case."
"""What the place of a reference case begins with."""

SHOWN = {
    "missed": "Those that went wrong",
    "cause_missed": "No right cause in the first three",
    "urgency_missed": "Called less urgent than the readers did",
    "all": "All cases",
}
CALLED = {"reading": "reference_reading", "cases": "reference_group"}
"""Kinds of terms that give the choices of a field their names."""

NOTHING = go.Figure()

Row = dict[str, Any]


class Place(NamedTuple):
    """What an address of the tab names: a ``cause``, a ``case``, or ``unknown``."""

    kind: str = ""
    id: str = ""


class RankingModel(traitlets.HasTraits):
    """What of the ranking is shown.

    Attributes
    ----------
    cause_id : str
        The cause whose sum is opened; empty where there is no worked case.
    assumption_id : str
        The rule whose values are shown; empty for all rules, each one left out.
    measure : str
        What is counted for them: one of `spasmlib.reference.COUNTED`, or ``worked_share``.
    reading, cases : str
        What the explorer was given, and the group of cases: ids of the terms
        ``reference_reading`` and ``reference_group``.
    shown : str
        Which cases are listed, one of `SHOWN`.
    """

    cause_id = traitlets.Unicode("")
    assumption_id = traitlets.Unicode("")
    measure = traitlets.Unicode(COUNTED[0])
    reading = traitlets.Unicode("answers")
    cases = traitlets.Unicode(ALL)
    shown = traitlets.Enum(list(SHOWN), default_value="missed")

    def __init__(self, tables: Tables):
        self.tables = tables
        self.view = None if tables["worked_case"].empty else worked_view(tables)
        super().__init__(cause_id=next(iter(self.causes()), ""))

    def causes(self) -> dict[str, str]:
        """Return the causes that can be opened, those that come first in the worked case first."""
        if self.view is None:
            return {}
        rows = self.view.causes[["cause_id", "label"]]
        return dict(zip(rows["cause_id"], rows["label"], strict=True))

    def choices(self) -> dict[str, dict[str, str]]:
        """Return the values of each field with their names."""
        measures = labels(self.tables, "reference_measure")
        counted = {name: measures[name] for name in COUNTED}
        first = next(iter(self.causes().values()), "")
        worked = {WORKED: f"The share of “{first}” in the worked case"} if first else {}
        rules = self.tables["assumptions"].sort_values("position")
        return {
            "cause_id": self.causes(),
            "assumption_id": dict(zip(rules["assumption_id"], rules["label"], strict=True)),
            "measure": counted | worked,
            **{name: labels(self.tables, kind) for name, kind in CALLED.items()},
            "shown": SHOWN,
        }

    def fill(self, form: Mapping[str, Any]) -> None:
        """Take over what the fields hold; what is not known is left as it was."""
        with self.hold_trait_notifications():
            for name, known in self.choices().items():
                allowed = {"", *known} if name == "assumption_id" else known
                self.set_trait(name, choice(form, name, allowed, getattr(self, name)))

    def form(self) -> dict[str, str]:
        """Return what the fields hold for what is shown."""
        return {name: getattr(self, name) for name in self.choices()}

    @property
    def steps(self) -> pd.DataFrame:
        """The sum of the chosen cause in the worked case, with sources."""
        assert self.view is not None
        return with_sources(self.tables, steps(self.view, self.cause_id))

    @property
    def tried(self) -> pd.DataFrame:
        """The values of the chosen rule, or of all left out one by one."""
        if not self.assumption_id:
            return reference_results.assumptions_off(self.tables)
        return reference_results.assumptions_tried(self.tables, self.assumption_id)

    @property
    def measures(self) -> pd.DataFrame:
        """How often the ranking is right, as chosen."""
        return reference_results.measures_shown(self.tables, self.reading, self.cases)

    @property
    def listed(self) -> pd.DataFrame:
        """The chosen reference cases."""
        rows = reference_results.cases(self.tables)
        missed = rows["cause_missed"] | rows["urgency_missed"]
        kept = {"missed": missed, "all": missed | ~missed}
        return rows[kept[self.shown] if self.shown in kept else rows[self.shown]]


class RankingTab(StudyTab):
    """The tab on the ranking.

    Its places: the id of a cause, whose sum is opened on the worked case, or ``case.``
    with the id of a reference case.

    Examples
    --------
    >>> import spasmlib
    >>> tab = RankingTab(spasmlib.load())
    >>> tab.place = "muscle_strain"
    >>> tab.model.cause_id
    'muscle_strain'
    """

    _css = Path(__file__).parent / "styles" / "study_ranking.css"

    def __init__(self, tables: Tables):
        self.model = RankingModel(tables)
        self.case, self.sum, self.steps = HtmlPanel(), HtmlPanel(), HtmlPanel()
        self.tried, self.measured, self.listed = HtmlPanel(), HtmlPanel(), HtmlPanel()
        self.waterfall = Chart(name="ranking-steps")
        self.effects = Chart(
            label="How the results change with each rule; the table below says the same",
            name="ranking-rules",
        )
        self.rates = Chart(
            label="How often the ranking is right; the table beside it says the same",
            name="ranking-results",
        )
        self.calibration = Chart(
            label="How often a cause was the right one, by the share that it was given; "
            "the table beside it says the same",
            name="ranking-calibration",
        )
        rows = tables["reference_calibration"]
        super().__init__(
            tables,
            html=render(
                "study_ranking",
                tables=tables,
                rate=rate,
                page=tables.schema.page,
                known=reference_results.provenance(tables),
                model=self.model,
                choices=self.model.choices(),
                told=_told(self.model),
                parameters=DEFAULTS,
                rules=records(tables["assumptions"].sort_values("position")),
                bins=records(rows),
                people=_people(tables),
                cases=len(tables["reference_cases"]),
            ),
            form=self.model.form(),
            slots={
                "case": self.case,
                "sum": self.sum,
                "waterfall": self.waterfall,
                "steps": self.steps,
                "effects": self.effects,
                "tried": self.tried,
                "rates": self.rates,
                "measured": self.measured,
                "calibration": self.calibration,
                "listed": self.listed,
            },
        )
        self.calibration.show(calibration_chart(rows) if len(rows) else NOTHING, rows)
        self.observe(lambda _: self.model.fill(self.form), ["form"])
        self.observe(lambda _: self._opened(), ["place"])
        self.model.observe(lambda _: self._add_up(), ["cause_id"])
        self.model.observe(lambda _: self._try(), ["assumption_id", "measure"])
        self.model.observe(lambda _: self._measure(), ["reading", "cases"])
        self.model.observe(lambda _: self._list(), ["shown"])
        self.listed.on_action("csv", lambda _: self.hand_over("ranking-cases", self.model.listed))
        for show in (self._add_up, self._try, self._measure, self._list, self._opened):
            show()

    @property
    def opened(self) -> Place:
        """What the tab's place names."""
        if not self.place:
            return Place()
        name = self.place.removeprefix(CASE)
        if name != self.place:
            known = set(self.tables["reference_cases"]["case_id"])
            return Place("case" if name in known else "unknown", name)
        return Place("cause" if self.place in self.model.causes() else "unknown", self.place)

    def _opened(self) -> None:
        kind, name = self.opened
        if kind == "cause":
            self.model.cause_id = name
            self.form = self.model.form()
        if kind == "case":
            found = reference_results.open_case(self.tables, name)
            self.case.html = render(
                "study_ranking_case", found=found, case=found.case, answers=_weighed(found.answers)
            )
        else:
            unknown = kind == "unknown"
            self.case.html = render("study_ranking_unknown", place=self.place) if unknown else ""
        self._say_sum()

    def _add_up(self) -> None:
        if self.model.view is None:
            return
        table = self.model.steps
        label = self.model.causes()[self.model.cause_id]
        self.waterfall.label = f"The sum for {label}, step by step; the table below says the same"
        self.waterfall.show(waterfall(table), table)
        self.steps.html = render(
            "study_ranking_steps",
            rows=_weights(table),
            label=label,
            page=self.tables.schema.page,
            sourced=sum((table["basis"] == SOURCED) & (table["table"] != "")),
            figures=int(((table["table"] != "") & (table["basis"] != "nothing_known")).sum()),
        )
        self._say_sum()

    def _say_sum(self) -> None:
        if self.model.view is None:
            return
        causes = self.model.view.causes
        self.sum.html = render(
            "study_ranking_sum",
            chosen=records(causes[causes["cause_id"] == self.model.cause_id])[0],
            rank=list(causes["cause_id"]).index(self.model.cause_id) + 1,
            leading=records(causes.head(3)),
            opened=self.opened.kind == "cause",
        )

    def _try(self) -> None:
        rows = self.model.tried
        said = self.model.choices()["measure"][self.model.measure]
        self.effects.show(
            assumption_chart(rows, self.model.measure, said) if len(rows) else NOTHING, rows
        )
        self.tried.html = render(
            "study_ranking_tried",
            rows=records(rows),
            counted={name: self.model.choices()["measure"][name] for name in COUNTED},
            worked=self.model.choices()["measure"].get(WORKED, ""),
        )

    def _measure(self) -> None:
        rows = self.model.measures
        self.rates.show(measures_chart(rows) if len(rows) else NOTHING, rows)
        self.measured.html = render("study_ranking_measured", rows=records(rows), rate=rate)

    def _list(self) -> None:
        rows = self.model.listed
        self.listed.html = render("study_ranking_list", rows=records(rows))


def rate(share: float) -> str:
    """Write a counted share, which may be none or all, in percent.

    Examples
    --------
    >>> rate(0), rate(0.0412), rate(0.625), rate(1)
    ('0%', '4.1%', '62%', '100%')
    """
    digits = 0 if share in (0, 1) or share >= 0.0995 else 1
    return f"{100 * share:.{digits}f}%"


def _told(model: RankingModel) -> dict[str, list[str]]:
    """Say what the person of the worked case reports, by answer; the age as ``age``."""
    rows = records(model.tables["worked_case"].sort_values("position"))
    named = model.tables["findings"].set_index("finding_id")["label"]
    said: dict[str, list[str]] = {"yes": [], "no": [], "age": []}
    for row in rows:
        if row["finding_id"]:
            said[row["answer"]].append(str(named[row["finding_id"]]))
        else:
            said["age"].append(str(row["age"]))
    return said


def _weights(table: pd.DataFrame) -> list[Row]:
    """Return the steps with their weights as factors."""
    rows = records(table)
    start = rows[0]["weight"]
    return [
        row
        | {
            "number": number,
            "counts": times(row["weight"]),
            "full": "" if row["full_weight"] is None else times(row["full_weight"]),
            "so_far": times(row["total"] - start),
            "way": _way(row["weight"]),
        }
        for number, row in enumerate(rows)
    ]


def _weighed(answers: pd.DataFrame) -> list[Row]:
    return [
        row
        | {
            "for_cause": times(row["weight"]),
            "for_first": times(row["first_weight"]),
            "cause_way": _way(row["weight"]),
            "first_way": _way(row["first_weight"]),
        }
        for row in records(answers)
    ]


def _way(weight: float) -> str:
    if math.isclose(weight, 0, abs_tol=0.005):
        return "neither"
    return "for" if weight > 0 else "against"


def _people(tables: Tables) -> list[Row]:
    levels = tables["urgency_levels"][["urgency", "label", "position"]]
    rows = tables["reference_people"].astype({"urgency": str})
    return records(
        rows.merge(levels.astype({"urgency": str}), on="urgency").sort_values("position")
    )
