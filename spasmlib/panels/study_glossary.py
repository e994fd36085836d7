"""The study tab of words: every technical word with its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from spasmlib.glossary import Entry, entries
from spasmlib.panels.rendering import render
from spasmlib.panels.study_fields import words
from spasmlib.panels.study_tab import StudyTab
from spasmlib.schema import SOURCED
from spasmlib.sources import Source, with_citations
from spasmlib.tables import Tables, records
from spasmlib.widgets import HtmlPanel

DIGITS = "0–9"
"""Where words stand that begin with no letter."""


class GlossaryModel(traitlets.HasTraits):
    """Which words are shown.

    Attributes
    ----------
    text : str
        What the word, another way to write it, or its meaning must hold.
    """

    text = traitlets.Unicode("")

    def __init__(self, tables: Tables):
        self.tables = tables
        super().__init__()

    def fill(self, form: Mapping[str, Any]) -> None:
        """Take over what the field holds."""
        self.text = words(form, "text")

    @property
    def entries(self) -> list[Entry]:
        """The words that the filter leaves, from A to Z."""
        wanted = self.text.casefold().split()
        return [
            entry
            for entry in entries(self.tables)
            if all(word in _said(entry).casefold() for word in wanted)
        ]


class GlossaryTab(StudyTab):
    """The tab of words; its places are the ids of their entries.

    Examples
    --------
    >>> import spasmlib
    >>> tables = spasmlib.load()
    >>> tab = GlossaryTab(tables)
    >>> len(tab.model.entries) == len(tables.glossary)
    True
    """

    _css = Path(__file__).parent / "styles" / "study_glossary.css"

    def __init__(self, tables: Tables):
        self.model = GlossaryModel(tables)
        self.listed = HtmlPanel()
        every = entries(tables)
        super().__init__(
            tables,
            html=render(
                "study_glossary",
                total=len(every),
                sourced=sum(entry.basis == SOURCED for entry in every),
            ),
            form={"text": ""},
            slots={"list": self.listed},
        )
        self.observe(lambda _: self.model.fill(self.form), ["form"])
        self.observe(lambda _: self._show(), ["place"])
        self.model.observe(lambda _: self._show(), ["text"])
        self.listed.on_action("csv", lambda _: self._hand_over())
        self._show()

    def _show(self) -> None:
        found, every = self.model.entries, entries(self.tables)
        # What the address names is shown whatever the filter says.
        named = [entry for entry in every if entry.entry_id == self.place and entry not in found]
        letters: dict[str, list[Entry]] = {}
        for entry in sorted([*named, *found], key=every.index):
            first = entry.term[:1].upper()
            letters.setdefault(first if first.isalpha() else DIGITS, []).append(entry)
        self.listed.html = render(
            "study_glossary_list",
            letters=letters,
            place=self.place,
            known=self.place in {entry.entry_id for entry in every},
            found=len(found),
            total=len(every),
            read=self._read(),
        )

    def _read(self) -> dict[str, Source]:
        """Return the source of each entry that has one."""
        rows = records(with_citations(self.tables, self.tables["glossary"]))
        return {
            row["entry_id"]: Source(row["citation"], row["link"], bool(row["complete"]))
            for row in rows
            if row["citation"]
        }

    def _hand_over(self) -> None:
        ids = [entry.entry_id for entry in self.model.entries]
        table: pd.DataFrame = self.tables["glossary"]
        self.hand_over("glossary", table.set_index("entry_id").loc[ids].reset_index())


def _said(entry: Entry) -> str:
    return " ".join([entry.term, *entry.words, entry.meaning])
