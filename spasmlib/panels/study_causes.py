"""The study tab of causes: all of them, the matrix of findings, one cause, several side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go
import traitlets

from spasmlib import profiles
from spasmlib.figures import comparison_chart, heat_map, heat_map_width
from spasmlib.panels.rendering import render
from spasmlib.panels.study_fields import choice, ticked, words
from spasmlib.panels.study_tab import StudyTab
from spasmlib.profiles import COMPARED, Selected, Selection
from spasmlib.schema import SOURCED
from spasmlib.sources import with_citations
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import Chart, HtmlPanel
from spasmlib.wording import times_in_words

ALL = "all"

TOP = 8
"""How many rows of a list are shown before one asks for more."""

STEP = 40
"""How many more are shown then."""

PAGE = 40
"""How many rows of the table of pairs are shown at once."""

WIDE = 12
"""Columns beyond which the map needs the whole width."""

LISTINGS = {
    "group": "Kind of cause",
    "article": "The article’s items",
    "common": "How common it is",
    "name": "A to Z",
}
DIRECTIONS = {
    "for": "More common than overall",
    "against": "Less common than overall",
    "neither": "About as common",
}
ORDERS = {
    "strength": "What tells most first",
    "tables": "As in the article and the questions",
    "common": "Most common first",
    "name": "A to Z",
}
MOST = {"15": "The 15 that tell most", "40": "The 40 that tell most", ALL: "All that fit"}

NOT_IN_ARTICLE = "Not among the article’s items"

NOTHING = go.Figure()

Row = dict[str, Any]


class Place(NamedTuple):
    """What an address of the tab names; `kind` is empty for the overview."""

    kind: str
    ids: tuple[str, ...] = ()


class Item(NamedTuple):
    """What the tab shows of one place: markup, picture, its table and how they are called."""

    head: str = ""
    rest: str = ""
    picture: go.Figure = NOTHING
    table: pd.DataFrame | None = None
    label: str = ""
    name: str = ""


class CausesModel(traitlets.HasTraits):
    """What of all causes and pairs is shown.

    Attributes
    ----------
    listing : str
        How the list of causes is parted, one of `LISTINGS`.
    selection : Selection
        Which pairs the matrix shows.
    page : int
        How many rows of the table of pairs are shown.
    """

    listing = traitlets.Enum(list(LISTINGS), default_value="group")
    selection = traitlets.Instance(Selection)
    page = traitlets.Int(PAGE)

    def __init__(self, tables: Tables):
        self.tables = tables
        super().__init__(selection=Selection(cause_group=self._first_group(), most=15))

    @property
    def selected(self) -> Selected:
        """The pairs that the filters leave."""
        return profiles.select(self.tables, self.selection)

    def fill(self, form: Mapping[str, Any]) -> None:
        """Take over what the fields hold; what is not known is left as it was."""
        was = self.form()

        def chosen(name: str, known: Mapping[str, str]) -> str:
            return choice(form, name, known, str(was[name]))

        most = chosen("most", MOST)
        self.listing = chosen("listing", LISTINGS)
        selection = Selection(
            cause_group=_unless_all(chosen("cause_group", self.cause_groups())),
            finding_group=_unless_all(chosen("finding_group", self.finding_groups())),
            direction=_unless_all(chosen("direction", {ALL: "", **DIRECTIONS})),
            sourced=ticked(form, "sourced"),
            text=words(form, "text"),
            order=chosen("order", ORDERS),
            most=0 if most == ALL else int(most),
        )
        if selection != self.selection:
            self.page = PAGE
            self.selection = selection

    def form(self) -> dict[str, str | list[str]]:
        """Return what the fields hold for what is shown."""
        chosen = self.selection
        return {
            "listing": self.listing,
            "cause_group": chosen.cause_group or ALL,
            "finding_group": chosen.finding_group or ALL,
            "direction": chosen.direction or ALL,
            "sourced": ["yes"] if chosen.sourced else [],
            "text": chosen.text,
            "order": chosen.order,
            "most": str(chosen.most) if chosen.most else ALL,
        }

    def cause_groups(self) -> dict[str, str]:
        """Return the names of the groups that hold a cause."""
        used = set(self.tables["causes"]["group"].astype(str))
        groups = labels(self.tables, "cause_group").items()
        return {ALL: "All causes"} | {name: label for name, label in groups if name in used}

    def finding_groups(self) -> dict[str, str]:
        """Return the names of the groups of findings."""
        groups = self.tables["finding_groups"].sort_values("position")
        named = zip(groups["group"].astype(str), groups["label"], strict=True)
        return {ALL: "All answers"} | dict(named)

    def _first_group(self) -> str:
        """Return the group to begin with: none where all causes fit into one picture."""
        if len(self.tables["causes"]) <= WIDE:
            return ""
        return next(name for name in self.cause_groups() if name != ALL)


class CausesTab(StudyTab):
    """The tab of causes.

    Its places: a cause's id; two or three ids joined by ``+``; ``finding.`` with the id of
    a finding; ``pair.`` with the ids of a cause and a finding joined by ``+``.

    Examples
    --------
    >>> import spasmlib
    >>> tab = CausesTab(spasmlib.load())
    >>> tab.place = "muscle_strain+herniated_disc"
    >>> tab.opened
    Place(kind='compare', ids=('muscle_strain', 'herniated_disc'))
    """

    _css = Path(__file__).parent / "styles" / "study_causes.css"

    def __init__(self, tables: Tables):
        self.model = CausesModel(tables)
        self.head, self.rest, self.pair = HtmlPanel(), HtmlPanel(), HtmlPanel()
        self.listed, self.picker, self.table = HtmlPanel(), HtmlPanel(), HtmlPanel()
        self.picture = Chart()
        self.map = Chart(
            label="How much more or less common each answer is with each cause than overall; "
            "the table below says the same",
            name="causes-and-answers",
        )
        self._shown: dict[str, int] = {}
        super().__init__(
            tables,
            html=render(
                "study_causes",
                tables=tables,
                page=tables.schema.page,
                counts=_counts(tables),
                listings=LISTINGS,
                fields=_fields(self.model),
            ),
            form=self.model.form(),
            slots={
                "head": self.head,
                "picture": self.picture,
                "rest": self.rest,
                "listed": self.listed,
                "picker": self.picker,
                "map": self.map,
                "pair": self.pair,
                "table": self.table,
            },
        )
        self.picker.html = render("study_causes_picker", **self._picks(()))
        self.observe(lambda _: self.model.fill(self.form), ["form"])
        self.observe(lambda _: self._opened(), ["place"])
        self.model.observe(lambda _: self._list(), ["listing"])
        self.model.observe(lambda _: self._draw(), ["selection"])
        self.model.observe(lambda _: self._tell(), ["page"])
        for panel in (self.head, self.rest, self.picker):
            panel.on_action("compare", self._compare)
        for panel in (self.head, self.rest):
            panel.on_action("more", self._more)
            panel.on_action("csv", lambda _: self._hand_over_item())
        self.table.on_action("more", lambda _: setattr(self.model, "page", self.model.page + PAGE))
        self.table.on_action(
            "csv", lambda _: self.hand_over(self.map.name, self.model.selected.pairs)
        )
        for chart in (self.map, self.picture):
            chart.on_action("click", self._clicked)
        self._list()
        self._draw()
        self._opened()

    @property
    def opened(self) -> Place:
        """What the tab's place names; kind ``unknown`` if there is no such thing."""
        return place_of(self.tables, self.place)

    def _list(self) -> None:
        self.listed.html = render(
            "study_causes_list", parts=_parts(self.tables, self.model.listing)
        )

    def _draw(self) -> None:
        pairs, findings, causes = self.model.selected
        self.map.min_width = heat_map_width(len(causes))
        self.map.show(heat_map(pairs, findings, causes) if len(pairs) else NOTHING, pairs)
        self._tell()
        if self.opened.kind != "pair":
            self._explain_map()

    def _tell(self) -> None:
        pairs, findings, causes = self.model.selected
        self.table.html = render(
            "study_causes_table",
            rows=_told(pairs.head(self.model.page)),
            total=len(pairs),
            sourced=int((pairs["basis"] == SOURCED).sum()),
            findings=len(findings),
            causes=len(causes),
            page=self.tables.schema.page,
            tables=self.tables,
        )

    def _explain_map(self) -> None:
        wide = len(self.model.selected.causes) > WIDE
        self.pair.html = render("study_causes_key", tables=self.tables, wide=wide)

    def _opened(self) -> None:
        self._shown = {}
        self._show()

    def _show(self) -> None:
        """Fill the panels of what is open."""
        kind, ids = self.opened
        item = self._item(kind, ids)
        self.picture.label, self.picture.name = item.label, item.name
        self.picture.show(item.picture, item.table)
        self.head.html, self.rest.html = item.head, item.rest
        if kind == "pair":
            self.pair.html = self._pair(*ids)
        else:
            self._explain_map()

    def _item(self, kind: str, ids: tuple[str, ...]) -> Item:
        if kind == "cause":
            return self._cause(*ids)
        if kind == "compare":
            return self._compared(ids)
        if kind == "finding":
            return self._finding(*ids)
        if kind == "unknown":
            return Item(render("study_causes_unknown", place=self.place))
        return Item()

    def _cause(self, cause_id: str) -> Item:
        found = profiles.profile(self.tables, cause_id)
        pairs = pd.concat([found.for_, found.against], ignore_index=True)
        drawn = pd.concat([found.for_.head(TOP), found.against.head(TOP)])
        values = self._values() | {
            "found": found,
            "cause": found.cause,
            "forms": records(found.forms),
            "risks": records(found.risks),
            "phases": _by_phase(found.care),
            "flags": records(found.flags),
            "claims": records(found.claims),
            "sides": {"for": _told(found.for_), "against": _told(found.against)},
            "directions": labels(self.tables, "effect_direction"),
            "certainty": labels(self.tables, "certainty"),
            **self._picks((cause_id,)),
        }
        chart = comparison_chart(drawn, overall=self.tables.schema.page["overall"])
        label = f"What is more and what is less common with {found.cause['label']} than overall"
        return Item(
            render("study_causes_cause", **values),
            render("study_causes_cause_rest", **values),
            chart if len(drawn) else NOTHING,
            pairs,
            f"{label}; the tables below say the same",
            f"cause-{cause_id}",
        )

    def _compared(self, ids: tuple[str, ...]) -> Item:
        compared = profiles.compare(self.tables, ids)
        causes = profiles.causes_listed(self.tables).set_index("cause_id", drop=False)
        chosen = records(causes.loc[list(ids)])
        answers = [
            {"finding": own[0] | {"gap_text": times_in_words(own[0]["times"])}, "of": own}
            for own in _chunks(_told(compared), len(ids))
        ]
        values = self._values() | {
            "causes": chosen,
            "answers": answers,
            "no_figure": profiles.NO_FIGURE,
            "known": int((compared["basis"] != profiles.NO_FIGURE).sum()),
            "sourced": int((compared["basis"] == SOURCED).sum()),
            **self._picks(ids),
        }
        drawn = compared.head((TOP + 4) * len(ids))
        chart = comparison_chart(drawn, overall=self.tables.schema.page["overall"])
        named = " and ".join(row["label"] for row in chosen)
        return Item(
            render("study_causes_compare", **values),
            render("study_causes_compare_rest", **values),
            chart if len(drawn) else NOTHING,
            compared,
            f"The answers that best tell {named} apart; the table below says the same",
            f"compare-{'-'.join(ids)}",
        )

    def _finding(self, finding_id: str) -> Item:
        found = profiles.finding_profile(self.tables, finding_id)
        telling = found.pairs[found.pairs["direction"] != "neither"]
        drawn = pd.concat([telling.head(TOP), telling.tail(min(TOP, len(telling) - TOP))])
        drawn = drawn if len(telling) > TOP else telling
        values = self._values() | {
            "finding": found.finding,
            "pairs": _told(found.pairs),
            "flags": records(found.flags),
            "studies": records(found.studies),
            "missing": len(self.tables["causes"]) - len(found.pairs),
        }
        chart = comparison_chart(drawn, rows="cause", overall=self.tables.schema.page["overall"])
        return Item(
            render("study_causes_finding", **values),
            render("study_causes_finding_rest", **values),
            chart if len(drawn) else NOTHING,
            found.pairs,
            "With which causes people report this more or less often: "
            f"{found.finding['label']}; the table below says the same",
            f"answer-{finding_id}",
        )

    def _pair(self, cause_id: str, finding_id: str) -> str:
        pairs = profiles.matrix(self.tables)
        own = pairs[(pairs["cause_id"] == cause_id) & (pairs["finding_id"] == finding_id)]
        findings = with_citations(self.tables, self.tables["findings"])
        studies = profiles.study_rows(self.tables, cause_id, finding_id)
        return render(
            "study_causes_pair",
            **self._values(),
            pair=next(iter(_told(own)), None),
            cause=records(self._row("causes", cause_id))[0],
            finding=records(findings[findings["finding_id"] == finding_id])[0],
            forms=records(profiles.form_rows(self.tables, cause_id, finding_id)),
            studies=records(studies),
            wide=len(self.model.selected.causes) > WIDE,
        )

    def _row(self, table: str, value: str) -> pd.DataFrame:
        frame = self.tables[table]
        return frame[frame[f"{table[:-1]}_id"] == value]

    def _values(self) -> dict[str, Any]:
        return {
            "tables": self.tables,
            "page": self.tables.schema.page,
            "many": lambda name: self._shown.get(name, TOP),
        }

    def _picks(self, ids: tuple[str, ...]) -> dict[str, Any]:
        """Return what the form that picks causes to compare needs."""
        causes = self.tables["causes"]
        kinds = labels(self.tables, "cause_group")
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in records(causes[["cause_id", "label", "group"]]):
            groups.setdefault(kinds[str(row["group"])], []).append((row["cause_id"], row["label"]))
        return {
            "groups": groups,
            "picked": [*ids, *[""] * (COMPARED[1] - len(ids))],
            "needed": COMPARED[0],
        }

    def _compare(self, value: str) -> None:
        """Go to the causes picked in a form: a list of names and values as JSON."""
        picked = list(dict.fromkeys(chosen for _, chosen in json.loads(value) if chosen))
        if place_of(self.tables, "+".join(picked)).kind in ("cause", "compare"):
            self.place = "+".join(picked)

    def _more(self, name: str) -> None:
        self._shown = {**self._shown, name: self._shown.get(name, TOP) + STEP}
        self._show()

    def _clicked(self, pair: str) -> None:
        place = f"pair.{pair}"
        if place_of(self.tables, place).kind == "pair":
            self.place = place

    def _hand_over_item(self) -> None:
        makers: dict[str, Callable[[], pd.DataFrame]] = {
            "cause": lambda: _own(profiles.matrix(self.tables), "cause_id", self.opened.ids[0]),
            "finding": lambda: _own(profiles.matrix(self.tables), "finding_id", self.opened.ids[0]),
            "compare": lambda: profiles.compare(self.tables, self.opened.ids),
        }
        if make := makers.get(self.opened.kind):
            self.hand_over(self.picture.name, make())


def place_of(tables: Tables, place: str) -> Place:
    """Understand a place of the tab; it may be any text."""
    if not place:
        return Place("")
    causes, findings = set(tables["causes"]["cause_id"]), set(tables["findings"]["finding_id"])
    kind, dot, rest = place.partition(".")
    if dot:
        ids = tuple(rest.split("+"))
        if kind == "finding" and len(ids) == 1 and ids[0] in findings:
            return Place(kind, ids)
        if kind == "pair" and len(ids) == 2 and ids[0] in causes and ids[1] in findings:
            return Place(kind, ids)
        return Place("unknown")
    ids = tuple(place.split("+"))
    if not causes.issuperset(ids) or len(set(ids)) < len(ids) or len(ids) > COMPARED[1]:
        return Place("unknown")
    return Place("compare" if len(ids) >= COMPARED[0] else "cause", ids)


def _own(frame: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    return frame[frame[column] == value]


def _counts(tables: Tables) -> dict[str, int]:
    """Count what was read in a source."""
    return {
        "causes": len(tables["causes"]),
        "findings": len(tables["findings"]),
        "pairs": len(tables["cause_findings"]),
        "pairs_sourced": int((tables["cause_findings"]["basis"] == SOURCED).sum()),
        "priors_sourced": int((tables["causes"]["prior_basis"] == SOURCED).sum()),
        "studies": len(tables["finding_studies"]),
    }


def _fields(model: CausesModel) -> list[tuple[str, str, dict[str, str]]]:
    """Return the selects of the matrix: name, label, choices."""
    return [
        ("cause_group", "Causes", model.cause_groups()),
        ("finding_group", "Answers about", model.finding_groups()),
        ("direction", "Direction", {ALL: "All", **DIRECTIONS}),
        ("most", "How many answers", MOST),
        ("order", "Order", ORDERS),
    ]


def _parts(tables: Tables, listing: str) -> list[tuple[str, Row | None, list[Row]]]:
    """Part the list of causes: a heading, the item of the article if it is one, and causes."""
    causes = profiles.causes_listed(tables)
    if listing == "common":
        return [("", None, records(causes.sort_values("prior", ascending=False, kind="stable")))]
    if listing == "name":
        return [
            ("", None, records(causes.sort_values("label", key=lambda names: names.str.lower())))
        ]
    if listing == "group":
        kinds = labels(tables, "cause_group").items()
        parts = [(label, None, records(causes[causes["group"] == name])) for name, label in kinds]
        return [part for part in parts if part[2]]
    items = [
        (
            f"{row['item']}. {row['label']}",
            row,
            records(causes[causes["article_item"] == row["item"]]),
        )
        for row in records(profiles.article_items(tables))
    ]
    return [*items, (NOT_IN_ARTICLE, None, records(causes[causes["article_item"].isna()]))]


def _told(pairs: pd.DataFrame) -> list[Row]:
    return [
        row
        | {
            "times_text": times_in_words(row["ratio"]),
            "place": f"causes/pair.{row['cause_id']}+{row['finding_id']}",
        }
        for row in records(pairs)
    ]


def _by_phase(care: pd.DataFrame) -> list[tuple[str, list[Row]]]:
    phases: dict[str, list[Row]] = {}
    for row in records(care):
        phases.setdefault(row["phase_label"], []).append(row)
    return list(phases.items())


def _chunks(rows: list[Row], size: int) -> list[list[Row]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _unless_all(value: str) -> str:
    return "" if value == ALL else value
