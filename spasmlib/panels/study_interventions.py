"""The study tab of interventions: what was studied, how large effects are, what guidelines say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go
import traitlets

from spasmlib import guidelines, trials
from spasmlib.figures import (
    DIRECTION_MARKS,
    STANCE_MARKS,
    UNKNOWN_MARK,
    agreement_chart,
    agreement_width,
    effects_chart,
    evidence_map,
    evidence_map_width,
)
from spasmlib.panels.helps import certainties, crowd, gap, sides
from spasmlib.panels.rendering import lower_first, render
from spasmlib.panels.study_fields import choice, ticked, words
from spasmlib.panels.study_tab import StudyTab
from spasmlib.plan import absolute
from spasmlib.schema import SOURCED
from spasmlib.sources import Source, cited
from spasmlib.tables import Tables, labels, records
from spasmlib.trials import HIGHER, NEAR, Profile, Selection, Worthwhile
from spasmlib.widgets import Chart, HtmlPanel
from spasmlib.wording import effect_in_numbers, signed

OUTCOME = "outcome."
"""Before an outcome in an address; a group of people stands there without."""

COLUMNS = {"population": "Who was studied", "outcome": "What was measured"}

ROWS, STANCES, EFFECTS = 24, 14, 40
"""Rows of the map, of the picture of guidelines and of that of effects, before one asks for all."""

WORTH = {
    "yes": "By this line, its whole interval is a gap that matters to people.",
    "perhaps": "By this line, a gap that matters to people lies within its interval.",
    "no": "By this line, its whole interval stays short of a gap that matters to people.",
}
"""What a result with an interval comes to beside what matters to people."""

NOTHING = go.Figure()

Row = dict[str, Any]


class Place(NamedTuple):
    """What an address of the tab names; all is empty for the overview.

    ``known`` is false where the tables hold no such thing.
    """

    intervention_id: str = ""
    population: str = ""
    outcome: str = ""
    known: bool = True


class InterventionsModel(traitlets.HasTraits):
    """What of all interventions and results is shown.

    Attributes
    ----------
    selection : Selection
        Which interventions and results all views show.
    by : str
        What the columns of the map are, one of `COLUMNS`.
    comparable : str
        Which results the picture of effects shows; empty for those that most say.
    all_rows, all_stances : bool
        Whether the map and the guidelines show all that fits, however long.
    """

    selection = traitlets.Instance(Selection)
    by = traitlets.Enum(list(COLUMNS), default_value="population")
    comparable = traitlets.Unicode("")
    all_rows = traitlets.Bool(False)
    all_stances = traitlets.Bool(False)

    def __init__(self, tables: Tables):
        self.tables = tables
        self.known = _choices(tables)
        super().__init__(selection=Selection(population=self._usual()))

    def fill(self, form: Mapping[str, Any]) -> None:
        """Take over what the fields hold; what is not known counts as no filter."""
        selection = Selection(
            phase=choice(form, "phase", self.known["phase"]),
            kind=choice(form, "kind", self.known["kind"]),
            self_care=ticked(form, "self_care"),
            population=choice(form, "population", self.known["population"], self._usual()),
            outcome=choice(form, "outcome", self.known["outcome"]),
            certainty=choice(form, "certainty", self.known["certainty"]),
            text=words(form, "text"),
        )
        with self.hold_trait_notifications():
            self.by = choice(form, "by", COLUMNS, "population")
            if selection != self.selection:
                self.comparable = ""
                self.all_rows = self.all_stances = False
                self.selection = selection

    def form(self) -> dict[str, str | list[str]]:
        """Return what the fields hold for what is shown."""
        chosen = self.selection
        return {
            **{name: getattr(chosen, name) for name in self.known},
            "self_care": ["yes"] if chosen.self_care else [],
            "text": chosen.text,
            "by": self.by,
        }

    @property
    def cells(self) -> pd.DataFrame:
        """The rows of the map that hold a trial, and their gaps."""
        cells = trials.evidence_map(self.tables, self.selection, self.by)
        studied = set(cells.loc[cells["n_results"] > 0, "intervention_id"])
        return cells[cells["intervention_id"].isin(studied)].reset_index(drop=True)

    @property
    def never_studied(self) -> pd.DataFrame:
        """The interventions of the selection without any trial in it."""
        chosen = trials.chosen(self.tables, self.selection)
        studied = trials.results(self.tables, self.selection)["intervention_id"]
        return chosen[~chosen["intervention_id"].isin(studied)].reset_index(drop=True)

    def _usual(self) -> str:
        """Return the groups to begin with: those near the usual cause, if anyone was studied."""
        return NEAR if NEAR in self.known["population"] else ""


class InterventionsTab(StudyTab):
    """The tab of interventions.

    Its places: an intervention's id; the same with ``+`` and the id of a group of people,
    or with ``+outcome.`` and the id of an outcome.

    Examples
    --------
    >>> import spasmlib
    >>> tab = InterventionsTab(spasmlib.load())
    >>> tab.place = "heat+acute_lbp"
    >>> tab.opened
    Place(intervention_id='heat', population='acute_lbp', outcome='', known=True)
    """

    _css = Path(__file__).parent / "styles" / "study_interventions.css"

    def __init__(self, tables: Tables):
        self.model = InterventionsModel(tables)
        self.head, self.plots, self.rest = HtmlPanel(), HtmlPanel(), HtmlPanel()
        self.said, self.cells, self.kinds = HtmlPanel(), HtmlPanel(), HtmlPanel()
        self.effects_said, self.stances = HtmlPanel(), HtmlPanel()
        self.picture = Chart(leads_to="#si-{}")
        self.map = Chart(
            label="Who was studied with what, what trials found and where there are none; "
            "the table below says the same",
            name="evidence-map",
        )
        self.effects = Chart(
            label="How large the effects were, with their intervals; the table below says the same",
            name="effects",
        )
        self.guidelines = Chart(
            label="Which bodies are for and which against each intervention; "
            "the table below says the same",
            name="guidelines",
            min_width=agreement_width(),
        )
        super().__init__(
            tables,
            html=render(
                "study_interventions",
                tables=tables,
                page=tables.schema.page,
                counts=_counts(tables),
                fields=_fields(self.model),
                columns=COLUMNS,
                self_care=_self_care(tables),
            ),
            form=self.model.form(),
            slots={
                "head": self.head,
                "plots": self.plots,
                "picture": self.picture,
                "rest": self.rest,
                "said": self.said,
                "map": self.map,
                "cells": self.cells,
                "kinds": self.kinds,
                "effects": self.effects,
                "effects-said": self.effects_said,
                "guidelines": self.guidelines,
                "stances": self.stances,
            },
        )
        self.observe(lambda _: self.model.fill(self.form), ["form"])
        self.observe(lambda _: self._open(), ["place"])
        self.model.observe(lambda _: self._draw(), ["selection"])
        self.model.observe(lambda _: self._draw_map(), ["by", "all_rows"])
        self.model.observe(lambda _: self._draw_effects(), ["comparable"])
        self.model.observe(lambda _: self._draw_stances(), ["all_stances"])
        self.cells.on_action("all", lambda _: setattr(self.model, "all_rows", True))
        self.stances.on_action("all", lambda _: setattr(self.model, "all_stances", True))
        self.kinds.on_action("plot", lambda value: setattr(self.model, "comparable", value))
        self.plots.on_action("plot", self._draw_picture)
        self.map.on_action("click", self._go_to_cell)
        self.guidelines.on_action("click", self._go)
        self.effects.on_action("click", self._go_to_result)
        self._draw()
        self._open()

    @property
    def opened(self) -> Place:
        """What the tab's place names."""
        return place_of(self.tables, self.place)

    def _draw(self) -> None:
        self._draw_map()
        self._draw_effects()
        self._draw_stances()

    def _draw_map(self) -> None:
        model, cells = self.model, self.model.cells
        never = records(model.never_studied)
        rows = list(dict.fromkeys(cells["intervention_id"]))
        shown = rows if model.all_rows else rows[:ROWS]
        drawn = cells[cells["intervention_id"].isin(shown)]
        self.map.min_width = evidence_map_width(drawn["column"].nunique())
        self.map.show(evidence_map(drawn), _flat_cells(cells))
        self.said.html = render(
            "study_interventions_said",
            studied=len(rows),
            never=len(never),
            cells=int((cells["n_results"] > 0).sum()),
            gaps=int((cells["n_results"] == 0).sum()),
            results=len(trials.results(self.tables, model.selection)),
        )
        self.cells.html = render(
            "study_interventions_cells",
            rows=_by_intervention(drawn, model.by),
            by=model.by,
            heading=COLUMNS[model.by],
            more=len(rows) - len(shown),
            never=never,
            marks=_signs(self.tables),
            certainty=certainties(self.tables),
            tables=self.tables,
        )

    def _draw_effects(self) -> None:
        found = trials.results(self.tables, self.model.selection)
        plots = _plots(found)
        chosen = self.model.comparable if self.model.comparable in plots else _first_plot(found)
        rows = found[found["comparable"] == chosen] if chosen else found.head(0)
        rows = _strongest_first(rows)
        drawn = rows.head(EFFECTS)
        self.kinds.html = render(
            "study_interventions_plots",
            plots=plots,
            chosen=chosen,
            lines=_lines(self.tables, rows),
            many=max(0, len(rows) - EFFECTS),
            better=_better(rows),
            tables=self.tables,
            name="interventions",
        )
        self.effects.show(effects_chart(drawn, group="population_label"), _flat_results(rows))
        self.effects_said.html = render(
            "study_interventions_effects",
            rows=records(drawn),
            signed=signed,
            marks=_signs(self.tables),
            certainty=certainties(self.tables),
            tables=self.tables,
        )

    def _draw_stances(self) -> None:
        rows = trials.agreement(self.tables, self.model.selection)
        names = list(dict.fromkeys(rows["intervention_id"]))
        shown = names if self.model.all_stances else names[:STANCES]
        drawn = rows[rows["intervention_id"].isin(shown)]
        self.guidelines.show(agreement_chart(drawn), _flat_stances(rows))
        told = records(drawn)
        self.stances.html = render(
            "study_interventions_stances",
            rows=[[row for row in told if row["intervention_id"] == name] for name in shown],
            bodies=_bodies(self.tables, drawn),
            counts=_agreements(rows),
            more=len(names) - len(shown),
            stances=STANCE_MARKS,
            tables=self.tables,
        )

    def _open(self) -> None:
        """Fill the panels of what the tab's place names."""
        place = self.opened
        if not place.intervention_id:
            unknown = "" if place.known else self.place
            self.head.html = render("study_interventions_unknown", place=unknown) if unknown else ""
            self.rest.html = ""
        else:
            found = trials.profile(self.tables, place.intervention_id)
            values = _item(self.tables, found, place)
            self.head.html = render("study_interventions_item", **values)
            self.rest.html = render("study_interventions_rest", **values)
            self.picture.name = f"effects-{place.intervention_id}"
            self.picture.label = (
                f"Effects of {lower_first(found.label)} with their intervals; "
                "the results below say the same"
            )
        self._draw_picture("")

    def _draw_picture(self, plot: str) -> None:
        place = self.opened
        if not place.intervention_id:
            self.plots.html = ""
            self.picture.show(NOTHING)
            return
        found = _own(trials.profile(self.tables, place.intervention_id).results, place)
        plots = _plots(found)
        # The page sends this: it may be anything.
        chosen = plot if plot in plots else _first_plot(found)
        rows = found[found["comparable"] == chosen] if chosen else found.head(0)
        self.plots.html = (
            render(
                "study_interventions_plots",
                plots=plots,
                chosen=chosen,
                lines=_lines(self.tables, rows),
                many=0,
                better=_better(rows),
                tables=self.tables,
                name="item",
            )
            if plots
            else ""
        )
        group = "" if place.population else "population_label"
        self.picture.show(
            effects_chart(rows, label="comparator", group=group), _flat_results(found)
        )

    def _go(self, place: str) -> None:
        # The page sends this: it may be anything.
        if place_of(self.tables, place).intervention_id:
            self.place = place

    def _go_to_cell(self, cell: str) -> None:
        intervention, _, column = cell.partition("+")
        self._go(address_of_cell(intervention, column, self.model.by))

    def _go_to_result(self, evidence_id: str) -> None:
        found = trials.results(self.tables)
        for row in records(found[found["evidence_id"] == evidence_id]):
            self._go(address_of_cell(row["intervention_id"], row["population"], "population"))


def place_of(tables: Tables, place: str) -> Place:
    """Read an address of the tab.

    Examples
    --------
    >>> import spasmlib
    >>> place_of(spasmlib.load(), "heat+outcome.pain")
    Place(intervention_id='heat', population='', outcome='pain', known=True)
    >>> place_of(spasmlib.load(), "heat+martians").known
    False
    """
    if not place:
        return Place()
    intervention, _, column = place.partition("+")
    outcome = column.removeprefix(OUTCOME) if column.startswith(OUTCOME) else ""
    population = "" if outcome else column
    known = intervention in set(tables["interventions"]["intervention_id"])
    if not known or (population and population not in labels(tables, "population")):
        return Place(known=False)
    if outcome and outcome not in labels(tables, "outcome"):
        return Place(known=False)
    return Place(intervention, population, outcome)


def address_of_cell(intervention_id: str, column: str, by: str) -> str:
    """Return the place of a cell of the map, without the name of the tab.

    Examples
    --------
    >>> address_of_cell("heat", "pain", "outcome")
    'heat+outcome.pain'
    """
    return f"{intervention_id}+{OUTCOME if by == 'outcome' else ''}{column}"


def _choices(tables: Tables) -> dict[str, dict[str, str]]:
    """Return the values of each filter with their labels, those that lead to something."""
    usual = tables["causes"].set_index("cause_id")["label"][tables.schema.page["usual_cause"]]
    groups = set(tables["evidence"]["population"].astype(str)) | set(
        tables["recommendation_populations"]["population"].astype(str)
    )
    known = tables["cause_populations"]
    near = known["cause_id"] == tables.schema.page["usual_cause"]
    studied = groups & set(known.loc[near, "population"].astype(str))
    close = {NEAR: f"Groups close to: {lower_first(usual)}"} if studied else {}
    return {
        "population": {"": "All groups"} | close | _used(tables, "population", groups),
        "phase": {"": "Any time"}
        | _used(tables, "phase", tables["intervention_phases"]["phase"].astype(str)),
        "kind": {"": "All kinds"}
        | _used(tables, "intervention_kind", tables["interventions"]["kind"].astype(str)),
        "outcome": {"": "All outcomes"}
        | _used(tables, "outcome", tables["evidence"]["outcome"].astype(str)),
        "certainty": {"": "Any, also not graded"}
        | _at_least(labels(tables, "certainty"), set(tables["evidence"]["certainty"].astype(str))),
    }


def _used(tables: Tables, kind: str, values: Collection[str]) -> dict[str, str]:
    used = set(values)
    return {name: label for name, label in labels(tables, kind).items() if name in used}


def _at_least(named: Mapping[str, str], used: set[str]) -> dict[str, str]:
    """Return the grades that a result has, without the last, which means no grade."""
    *graded, _ = named.items()
    return {
        name: label if not place else f"{label} or more"
        for place, (name, label) in enumerate(graded)
        if name in used
    }


def _fields(model: InterventionsModel) -> list[tuple[str, str, dict[str, str]]]:
    named = {
        "population": "Who was studied",
        "phase": "When it is used",
        "kind": "Kind",
        "outcome": "What was measured in trials",
        "certainty": "Certainty of trial results",
    }
    return [(name, label, model.known[name]) for name, label in named.items()]


def _self_care(tables: Tables) -> str:
    """Return the kinds that people do by themselves, in words."""
    kinds = set(tables["self_care_kinds"]["kind"].astype(str))
    return ", ".join(
        lower_first(label)
        for kind, label in labels(tables, "intervention_kind").items()
        if kind in kinds
    )


def _counts(tables: Tables) -> dict[str, int]:
    evidence, interventions = tables["evidence"], tables["interventions"]
    return {
        "interventions": len(interventions),
        "how_to": int((interventions["basis"] == SOURCED).sum()),
        "results": len(evidence),
        "numbers": int(evidence["value"].notna().sum()),
        "graded": int((evidence["certainty"].astype(str) != _no_grade(tables)).sum()),
        "statements": len(tables["recommendations"]),
        "cautions": len(tables["contraindications"]),
        "cautions_sourced": int((tables["contraindications"]["basis"] == SOURCED).sum()),
    }


def _no_grade(tables: Tables) -> str:
    return list(labels(tables, "certainty"))[-1]


def _signs(tables: Tables) -> dict[str, str]:
    """Return the sign of each direction, as the pictures draw it."""
    known = [*labels(tables, "effect_direction"), *DIRECTION_MARKS]
    return {name: DIRECTION_MARKS.get(name, UNKNOWN_MARK).sign for name in known}


def _by_intervention(cells: pd.DataFrame, by: str) -> list[dict[str, Any]]:
    """Return the interventions of the map with their filled cells and the names of the gaps."""
    rows: dict[str, dict[str, Any]] = {}
    for cell in records(cells):
        name = cell["intervention_id"]
        row = rows.setdefault(name, {"intervention_id": name, "cells": [], "gaps": []})
        row["label"] = cell["label"]
        if cell["n_results"]:
            address = f"interventions/{address_of_cell(name, cell['column'], by)}"
            row["cells"].append(cell | {"address": address})
        else:
            row["gaps"].append(cell["column_label"].partition(" (")[0])
    return list(rows.values())


def _plots(found: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Return what results can be compared, with label and number, most first."""
    numbered = found[found["comparable"] != ""]
    kinds = numbered.drop_duplicates("comparable")
    # The same scale can stand for two outcomes.
    twice = kinds["comparable_label"].duplicated(keep=False)
    said = kinds["comparable_label"].where(
        ~twice, kinds["outcome_label"] + ": " + kinds["comparable_label"]
    )
    named = dict(zip(kinds["comparable"], said, strict=True))
    counts = Counter(numbered["comparable"])
    return {name: (named[name], count) for name, count in counts.most_common()}


def _first_plot(found: pd.DataFrame) -> str:
    """Choose the results to draw first: those with a line of what matters, then the most."""
    drawn = found[found["worthwhile"].notna()]
    return next(iter(_plots(drawn) or _plots(found)), "")


def _strongest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort the results of each group of people by their gain."""
    order = rows["population"].map(
        {name: at for at, name in enumerate(rows["population"].unique())}
    )
    return (
        rows.assign(order=order)
        .sort_values(["order", "gain"], ascending=[True, False], kind="stable", ignore_index=True)
        .drop(columns="order")
    )


def _lines(tables: Tables, rows: pd.DataFrame) -> tuple[Worthwhile, ...]:
    if rows.empty:
        return ()
    first = rows.iloc[0]
    return trials.worthwhile(tables, first["measure"], first["outcome"])


def _better(rows: pd.DataFrame) -> str:
    """Say on which side of the picture the intervention does better."""
    if rows.empty or not rows.iloc[0]["better"]:
        return ""
    return "right" if rows.iloc[0]["better"] == HIGHER else "left"


def _agreements(rows: pd.DataFrame) -> dict[str, int]:
    each = rows.drop_duplicates("intervention_id")["agreement"].value_counts()
    return {label: int(each.get(name, 0)) for name, label in trials.AGREEMENTS.items()}


def _bodies(tables: Tables, rows: pd.DataFrame) -> dict[str, str]:
    """Return the bodies that speak of anything shown, with their full names, in order."""
    used = set(rows["body"])
    known = tables["guidelines"].sort_values("position")
    named = dict(zip(known["body"], known["name"], strict=True))
    return {body: name for body, name in named.items() if body in used}


def _own(found: pd.DataFrame, place: Place) -> pd.DataFrame:
    """Leave the results of the cell that is open; all without one."""
    if place.population:
        return found[found["population"] == place.population]
    if place.outcome:
        return found[found["outcome"] == place.outcome]
    return found


def _item(tables: Tables, found: Profile, place: Place) -> dict[str, Any]:
    """Return what the templates of one intervention or cell show."""
    own = _own(found.results, place)
    statements = found.statements
    if place.population:
        statements = guidelines.meant_for(tables, statements, {place.population})
    column = ""
    if place.population:
        column = labels(tables, "population")[place.population]
    elif place.outcome:
        column = labels(tables, "outcome")[place.outcome]
    measures = labels(tables, "measure")
    return {
        "tables": tables,
        "page": tables.schema.page,
        "found": found,
        "place": place,
        "column": column,
        "groups": _groups(own, measures),
        "people": trials.people(records(own)),
        "surest": trials.surest(own),
        "elsewhere": _elsewhere(found, place),
        "others": _others(tables, place),
        "sides": sides(statements),
        "disagree": guidelines.disagreements(tables, statements),
        "cautions": _by_action(found.cautions),
        "care": _by_role(found.care),
        "marks": _signs(tables),
        "certainty": certainties(tables),
        "crowd": crowd,
        "gap": gap,
    }


def _groups(found: pd.DataFrame, measures: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return results by who was studied, each ready to be told."""
    groups: dict[str, dict[str, Any]] = {}
    for row in records(found):
        label = row["population_label"]
        group = groups.setdefault(label, {"label": label, "results": []})
        group["results"].append(
            row
            | {
                "number": effect_in_numbers(row, measures),
                "worth": WORTH.get(row["worth"], ""),
                "absolute": absolute(row, row["outcome_label"], row["population_label"]),
                "source": cited(row),
            }
        )
    return list(groups.values())


def _elsewhere(found: Profile, place: Place) -> dict[str, str]:
    """Return the other groups in which the intervention was studied, by address."""
    named = dict(zip(found.results["population"], found.results["population_label"], strict=True))
    return {
        f"interventions/{address_of_cell(found.intervention_id, name, 'population')}": label
        for name, label in named.items()
        if name != place.population
    }


def _others(tables: Tables, place: Place) -> dict[str, str]:
    """Return what else was studied in the group that is open, by address."""
    if not place.population:
        return {}
    found = trials.results(tables, Selection(population=place.population))
    named = dict(zip(found["intervention_id"], found["label"], strict=True))
    return {
        f"interventions/{address_of_cell(name, place.population, 'population')}": label
        for name, label in named.items()
        if name != place.intervention_id
    }


def _by_action(cautions: tuple[Row, ...]) -> dict[str, dict[Source, list[Row]]]:
    """Return cautions by what they ask for, the strictest first, and by their source."""
    found: dict[str, dict[Source, list[Row]]] = {}
    for caution in cautions:
        rows = found.setdefault(caution["action_label"], {})
        rows.setdefault(cited(caution), []).append(caution)
    return found


def _by_role(care: tuple[Row, ...]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for step in care:
        found.setdefault(step["role_label"], []).append(step)
    return found


def _flat_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the map ready for a spreadsheet, with lists as text."""
    return cells.assign(
        evidence_ids=[", ".join(ids) for ids in cells["evidence_ids"]],
        source_ids=[", ".join(ids) for ids in cells["source_ids"]],
    )


def _flat_results(found: pd.DataFrame) -> pd.DataFrame:
    return found.drop(columns=["comparable", "complete"]).astype({"certainty": str})


def _flat_stances(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a statement, ready for a spreadsheet."""
    told = [
        {
            **{name: row[name] for name in ("intervention_id", "label", "agreement_label")},
            "disagree_on": "; ".join(row["groups"]),
            "body": row["body"],
            "guideline": statement.guideline,
            "standing": statement.standing_label,
            "direction": statement.direction_label,
            "strength": statement.strength,
            "certainty": statement.certainty_label,
            "summary": statement.summary,
            "groups": "; ".join(statement.groups),
            "citation": statement.source.citation,
            "link": statement.source.link,
        }
        for row in records(rows)
        for statement in row["statements"]
    ]
    return pd.DataFrame(told)
