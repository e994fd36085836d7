"""The study page of warning signs: graded by how soon to act, each with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from spasmlib.flags import warning_signs
from spasmlib.panels.rendering import render
from spasmlib.panels.study_fields import choice, ticked, words
from spasmlib.panels.study_tab import StudyTab
from spasmlib.schema import SOURCED
from spasmlib.sources import with_citations
from spasmlib.tables import Tables, records
from spasmlib.widgets import HtmlPanel

PAGE = 20
"""How many signs of a level are shown before one asks for more."""

FIELDS = ("level", "cause", "text")
TICKS = ("studied", "sourced")


class FlagsModel(traitlets.HasTraits):
    """Which warning signs are shown.

    Attributes
    ----------
    level, cause : str
        Ids of an urgency level and of a cause that is looked for; empty for all.
    text : str
        Words that the signs, the question or the advice must hold.
    studied, sourced : bool
        Only those with a likelihood ratio; only those read in a source.
    shown : dict of str to int
        How many of each level, where more than `PAGE` were asked for.
    """

    level = traitlets.Unicode("")
    cause = traitlets.Unicode("")
    text = traitlets.Unicode("")
    studied = traitlets.Bool(False)
    sourced = traitlets.Bool(False)
    shown = traitlets.Dict()

    def __init__(self, tables: Tables):
        self.tables = tables
        super().__init__()

    def levels(self) -> dict[str, str]:
        """Return the labels of the levels that a sign has, most urgent first."""
        signs = warning_signs(self.tables)
        return dict(zip(signs["urgency"], signs["urgency_label"], strict=True))

    def causes(self) -> dict[str, str]:
        """Return the labels of the causes that are looked for, from A to Z."""
        signs = warning_signs(self.tables)
        named = signs[signs["suspected_id"] != ""].sort_values("suspected")
        return dict(zip(named["suspected_id"], named["suspected"], strict=True))

    def fill(self, form: Mapping[str, Any]) -> None:
        """Take over what the fields hold; what is not known counts as no filter."""
        with self.hold_trait_notifications():
            self.level = choice(form, "level", self.levels())
            self.cause = choice(form, "cause", self.causes())
            self.text = words(form, "text")
            self.studied, self.sourced = (ticked(form, name) for name in TICKS)
            self.shown = {}

    def more(self, level: str) -> None:
        """Show all signs of a level."""
        if level in self.levels():
            self.shown = {**self.shown, level: len(warning_signs(self.tables))}

    def form(self) -> dict[str, str | list[str]]:
        """Return what the fields hold for what is shown."""
        ticks = {name: ["yes"] if getattr(self, name) else [] for name in TICKS}
        return {name: getattr(self, name) for name in FIELDS} | ticks

    @property
    def signs(self) -> pd.DataFrame:
        """The warning signs that the filters leave, the most urgent first."""
        signs = warning_signs(self.tables)
        if self.level:
            signs = signs[signs["urgency"] == self.level]
        if self.cause:
            signs = signs[signs["suspected_id"] == self.cause]
        if self.studied:
            signs = signs[signs["lr_pos"].notna()]
        if self.sourced:
            signs = signs[signs["basis"] == SOURCED]
        for word in self.text.casefold().split():
            said = signs["name"] + " " + signs["question"] + " " + signs["advice"].fillna("")
            signs = signs[said.str.casefold().str.contains(word, regex=False)]
        return signs.reset_index(drop=True)


class FlagsTab(StudyTab):
    """The page of warning signs; its places are their ids.

    Examples
    --------
    >>> import spasmlib
    >>> tab = FlagsTab(spasmlib.load())
    >>> tab.form = {"level": "emergency"}
    >>> set(tab.model.signs["urgency"])
    {'emergency'}
    """

    _css = Path(__file__).parent / "styles" / "study_flags.css"

    def __init__(self, tables: Tables):
        self.model = FlagsModel(tables)
        self.item, self.listed = HtmlPanel(), HtmlPanel()
        signs = warning_signs(tables)
        super().__init__(
            tables,
            html=render(
                "study_flags",
                tables=tables,
                total=len(signs),
                sourced=int((signs["basis"] == SOURCED).sum()),
                studied=int(signs["lr_pos"].notna().sum()),
                facts=records(with_citations(tables, tables["facts"])),
                levels=self.model.levels(),
                causes=self.model.causes(),
            ),
            form=self.model.form(),
            slots={"item": self.item, "list": self.listed},
        )
        self.observe(lambda _: self.model.fill(self.form), ["form"])
        self.observe(lambda _: self._open(), ["place"])
        self.model.observe(lambda _: self._show(), [*FIELDS, *TICKS, "shown"])
        self.listed.on_action("more", self.model.more)
        self.listed.on_action("csv", lambda _: self._hand_over())
        self._show()
        self._open()

    def _show(self) -> None:
        signs = self.model.signs
        levels = records(self.tables["urgency_levels"].sort_values("position"))
        self.listed.html = render(
            "study_flags_list",
            levels=[
                level
                | {
                    "found": int((signs["urgency"] == level["urgency"]).sum()),
                    "signs": self._first(signs, level["urgency"]),
                }
                for level in levels
                if level["urgency"] in set(signs["urgency"])
            ],
            found=len(signs),
            total=len(warning_signs(self.tables)),
        )

    def _first(self, signs: pd.DataFrame, level: str) -> list[dict[str, Any]]:
        own = signs[signs["urgency"] == level]
        return records(own.head(self.model.shown.get(level, PAGE)))

    def _open(self) -> None:
        signs = warning_signs(self.tables)
        found = records(signs[signs["red_flag_id"] == self.place])
        if found:
            levels = self.tables["urgency_levels"]
            level = records(levels[levels["urgency"] == found[0]["urgency"]])[0]
            self.item.html = render(
                "study_flags_item", sign=found[0], level=level, tables=self.tables
            )
        else:
            self.item.html = render("study_flags_unknown", place=self.place) if self.place else ""

    def _hand_over(self) -> None:
        signs = self.model.signs
        self.hand_over("warning-signs", signs.drop(columns=["signs"]))
