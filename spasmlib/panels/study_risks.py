"""The study tab of risk factors: what was measured, what goes with what, what acts on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from spasmlib.figures import Mark, Names, forest, risk_grid, risk_grid_width
from spasmlib.figures.style import AGAINST_COLOUR, FOR_COLOUR, OTHER_COLOUR, THIRD_COLOUR
from spasmlib.panels.rendering import render
from spasmlib.panels.study_fields import choice, ticked, words
from spasmlib.panels.study_tab import StudyTab
from spasmlib.risks import SAYS, RiskProfile, acting, effects, risk_matrix, risk_profile
from spasmlib.schema import SOURCED
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import Chart, HtmlPanel

SIGNS = {"raises": "▲", "protects": "▼", "unclear": "●", "against": "◆"}
MARKS = {
    "raises": Mark(SAYS["raises"], "triangle-up", AGAINST_COLOUR),
    "protects": Mark(SAYS["protects"], "triangle-down", FOR_COLOUR),
    "unclear": Mark(SAYS["unclear"], "circle", OTHER_COLOUR),
    "against": Mark(SAYS["against"], "diamond", THIRD_COLOUR),
}
"""How a measured effect is drawn: shape and colour tell it apart, and the legend says it."""

NAMES = Names(
    label="label",
    note="comparison",
    value="value",
    low="ci_low",
    high="ci_high",
    key="risk_factor_id",
    mark="says",
    group="outcome_label",
)
AXIS = "Ratio on a log axis: 1 means no<br>difference. Line: 95% interval"
SIDES = ("seen less often", "seen more often")
TERMS = {"kind": "risk_kind", "modifiable": "modifiable"}
FIELDS = ("outcome", "kind", "modifiable", "says", "design", "group")


class RisksModel(traitlets.HasTraits):
    """Which risk factors, effects and links are shown.

    Attributes
    ----------
    outcome, kind, modifiable, says, design, group : str
        Ids to keep: of the outcome measured, the kind of risk factor, whether it can be
        changed, what the effect comes to (`spasmlib.risks.SAYS`), the weakest design, and
        the group of causes; empty for all.
    text : str
        Words that the name of the risk factor must hold.
    sourced : bool
        Whether only links that were read in a source are kept.
    """

    outcome = traitlets.Unicode("")
    kind = traitlets.Unicode("")
    modifiable = traitlets.Unicode("")
    says = traitlets.Unicode("")
    design = traitlets.Unicode("")
    group = traitlets.Unicode("")
    text = traitlets.Unicode("")
    sourced = traitlets.Bool(False)

    def __init__(self, tables: Tables):
        self.tables = tables
        super().__init__()
        self.outcome = str(effects(tables)["outcome"].value_counts().idxmax())
        groups = risk_matrix(tables)["cause_group"].astype(str)
        self.group = next(name for name in labels(tables, "cause_group") if name in set(groups))

    def choices(self) -> dict[str, dict[str, str]]:
        """Return the values of each filter with their labels, those that something has."""
        measured, linked = effects(self.tables), risk_matrix(self.tables)
        factors = self.tables["risk_factors"]
        return {
            "outcome": _used(labels(self.tables, "risk_outcome"), measured["outcome"]),
            "says": _used(SAYS, measured["says"]),
            "design": _used(labels(self.tables, "design"), measured["design"]),
            "group": _used(labels(self.tables, "cause_group"), linked["cause_group"]),
            **{
                name: _used(labels(self.tables, kind), factors[name])
                for name, kind in TERMS.items()
            },
        }

    def fill(self, form: Mapping[str, Any]) -> None:
        """Take over what the fields hold; what is not known counts as no filter."""
        with self.hold_trait_notifications():
            for name, known in self.choices().items():
                self.set_trait(name, choice(form, name, known))
            self.text = words(form, "text")
            self.sourced = ticked(form, "sourced")

    def form(self) -> dict[str, Any]:
        """Return what the fields hold for what is shown."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in (*FIELDS, "text")}
        return kept | {"sourced": ["yes"] if self.sourced else []}

    @property
    def effects(self) -> pd.DataFrame:
        """The effects that the filters leave."""
        rows = self._of_factors(effects(self.tables))
        for name in ("outcome", "says"):
            if value := getattr(self, name):
                rows = rows[rows[name].astype(str) == value]
        if self.design:
            strongest_first = list(labels(self.tables, "design"))
            rows = rows[rows["strength"] <= strongest_first.index(self.design) + 1]
        return rows.reset_index(drop=True)

    @property
    def links(self) -> pd.DataFrame:
        """The links to causes that the filters leave."""
        rows = self._of_factors(risk_matrix(self.tables))
        if self.group:
            rows = rows[rows["cause_group"].astype(str) == self.group]
        if self.sourced:
            rows = rows[rows["basis"] == SOURCED]
        return rows.reset_index(drop=True)

    @property
    def factors(self) -> pd.DataFrame:
        """The risk factors that the filters leave."""
        return self._of_factors(self.tables["risk_factors"]).reset_index(drop=True)

    def _of_factors(self, rows: pd.DataFrame) -> pd.DataFrame:
        for name in TERMS:
            if value := getattr(self, name):
                rows = rows[rows[name].astype(str) == value]
        for word in self.text.casefold().split():
            rows = rows[rows["label"].str.casefold().str.contains(word, regex=False)]
        return rows


class RisksTab(StudyTab):
    """The tab of risk factors; its places are their ids.

    Examples
    --------
    >>> import spasmlib
    >>> tab = RisksTab(spasmlib.load())
    >>> tab.form = {"outcome": "sciatica"}
    >>> set(tab.model.effects["outcome_label"])
    {'Sciatica (nerve pain down the leg)'}
    """

    _css = Path(__file__).parent / "styles" / "study_risks.css"

    def __init__(self, tables: Tables):
        self.model = RisksModel(tables)
        self.item, self.table, self.linked, self.listed = (HtmlPanel() for _ in range(4))
        self.forest = Chart(
            label="Measured effects of risk factors with their intervals; "
            "the table below says the same",
            name="risk-factor-effects",
        )
        self.grid = Chart(
            label="Risk factors against causes; the list below says the same",
            name="risk-factors-and-causes",
        )
        super().__init__(
            tables,
            html=render(
                "study_risks", tables=tables, counts=_counts(tables), choices=self.model.choices()
            ),
            form=self.model.form(),
            slots={
                "item": self.item,
                "forest": self.forest,
                "table": self.table,
                "grid": self.grid,
                "linked": self.linked,
                "list": self.listed,
            },
        )
        self.observe(lambda _: self.model.fill(self.form), ["form"])
        self.observe(lambda _: self._open(), ["place"])
        self.model.observe(lambda _: self._show(), [*FIELDS, "text", "sourced"])
        for chart in (self.forest, self.grid):
            chart.on_action("click", self._clicked)
        self._show()
        self._open()

    def _show(self) -> None:
        measured, linked = self.model.effects, self.model.links
        figure = forest(measured, NAMES, marks=MARKS, sides=SIDES, title=AXIS)
        self.forest.show(figure, measured)
        self.grid.min_width = risk_grid_width(linked)
        self.grid.show(risk_grid(linked), linked)
        values = {"tables": self.tables, "signs": SIGNS}
        self.table.html = render("study_risks_effects", **values, rows=records(measured))
        self.linked.html = render("study_risks_links", **values, rows=records(linked))
        self.listed.html = render(
            "study_risks_list",
            **values,
            groups=_grouped(self.tables, self.model.factors),
            effects=effects(self.tables)["risk_factor_id"].value_counts().to_dict(),
            links=risk_matrix(self.tables)["risk_factor_id"].value_counts().to_dict(),
            acting=acting(self.tables)["risk_factor_id"].value_counts().to_dict(),
        )

    def _open(self) -> None:
        known = set(self.tables["risk_factors"]["risk_factor_id"])
        if self.place in known:
            self.item.html = _item_html(self.tables, risk_profile(self.tables, self.place))
        else:
            self.item.html = render("study_risks_unknown", place=self.place) if self.place else ""

    def _clicked(self, risk_factor_id: str) -> None:
        # The page sends this: it may be anything.
        if risk_factor_id in set(self.tables["risk_factors"]["risk_factor_id"]):
            self.place = risk_factor_id


def _item_html(tables: Tables, profile: RiskProfile) -> str:
    return render(
        "study_risks_item",
        tables=tables,
        page=tables.schema.page,
        signs=SIGNS,
        factor=profile.factor,
        sources=profile.sources,
        effects=records(profile.effects),
        causes=records(profile.causes),
        interventions=records(profile.interventions),
        findings=records(profile.findings),
        claims=records(profile.claims),
    )


def _used(named: Mapping[str, str], values: pd.Series) -> dict[str, str]:
    used = set(values.astype(str))
    return {name: label for name, label in named.items() if name in used}


def _grouped(tables: Tables, factors: pd.DataFrame) -> list[tuple[str, list[dict[str, Any]]]]:
    """Sort risk factors by what one can do about them."""
    return [
        (label, records(own))
        for value, label in labels(tables, "modifiable").items()
        if len(own := factors[factors["modifiable"].astype(str) == value])
    ]


def _counts(tables: Tables) -> dict[str, int]:
    linked, measured, acts = risk_matrix(tables), effects(tables), acting(tables)
    return {
        "factors": len(tables["risk_factors"]),
        "effects": len(measured),
        "intervals": int(measured["ci_low"].notna().sum()),
        "links": len(linked),
        "links_sourced": int((linked["basis"] == SOURCED).sum()),
        "acting": len(acts),
        "acting_sourced": int((acts["basis"] == SOURCED).sum()),
    }
