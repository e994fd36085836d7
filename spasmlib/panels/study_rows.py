"""The study pages of tables: every row of the data, with what it rests on and links to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from spasmlib.panels.rendering import render
from spasmlib.panels.study_tab import StudyTab
from spasmlib.tables import Tables, records
from spasmlib.uses import address_of, cells_of, keys, provenance, row_frame, row_labels, row_of
from spasmlib.widgets import HtmlPanel

PAGE = 50
"""How many rows of a table are shown before one asks for more."""

LONG = 160
"""Characters of a text beyond which a table shows only its beginning."""


class RowsModel(traitlets.HasTraits):
    """What of the data is open.

    Attributes
    ----------
    table, key : str
        A table, and one of its rows; empty for the list of tables, and for the whole table.
    shown : int
        How many rows of the table.
    """

    table = traitlets.Unicode("")
    key = traitlets.Unicode("")
    shown = traitlets.Int(PAGE)

    def go(self, place: str) -> None:
        """Open a place: a table, or a table and the key of a row with a slash between."""
        with self.hold_trait_notifications():
            self.table, _, self.key = place.partition("/")
            self.shown = PAGE


class RowsTab(StudyTab):
    """All rows of all tables.

    Its places: a table; a table and the key of a row with a slash between.

    Examples
    --------
    >>> import spasmlib
    >>> tab = RowsTab(spasmlib.load())
    >>> tab.place = "causes/muscle_strain"
    >>> tab.model.table, tab.model.key
    ('causes', 'muscle_strain')
    """

    _css = Path(__file__).parent / "styles" / "study_rows.css"

    def __init__(self, tables: Tables):
        self.model = RowsModel()
        self.view = HtmlPanel()
        super().__init__(tables, html=render("study_rows"), slots={"view": self.view})
        self.observe(lambda _: self.model.go(self.place), ["place"])
        self.model.observe(lambda _: self._show(), ["table", "key", "shown"])
        self.view.on_action("more", lambda _: self._more())
        self.view.on_action("csv", lambda _: self._hand_over())
        self._show()

    def _show(self) -> None:
        table, key = self.model.table, self.model.key
        name, values = "", {}
        try:
            # Only the tables say that there is no such place; a fault of a page is a fault.
            if key:
                name, values = "row", {"row": row_of(self.tables, table, key)}
            elif table:
                name, values = "table", self._table(table)
        except ValueError as error:
            self.view.html = self._all(str(error))
            return
        self.view.html = render(f"study_rows_{name}", **values) if name else self._all()

    def _all(self, problem: str = "") -> str:
        return render(
            "study_rows_all",
            problem=problem,
            title=self.tables.schema.title,
            version=self.tables.schema.version,
            rows=records(provenance(self.tables)),
        )

    def _table(self, table: str) -> dict[str, Any]:
        named = row_labels(self.tables, table)
        shape, shown = self.tables.schema.tables[table], self.model.shown
        told = provenance(self.tables)
        rows = zip(
            keys(self.tables, table)[:shown],
            named[:shown],
            records(self.tables[table].head(shown)),
            strict=True,
        )
        return {
            "shape": shape,
            "told": records(told[told["table"] == table])[0],
            "rows": [
                {
                    "address": address_of(table, key),
                    "key": key,
                    "label": label,
                    "cells": cells_of(self.tables, table, row),
                }
                for key, label, row in rows
            ],
            "total": len(named),
            "shown": shown,
            "page": PAGE,
            "long": LONG,
        }

    def _more(self) -> None:
        self.model.shown += PAGE

    def _hand_over(self) -> None:
        table, key = self.model.table, self.model.key
        if key:
            self.hand_over(f"{table}-row", row_frame(self.tables, table, key))
        elif table:
            self.hand_over(table, self.tables[table])
        else:
            self.hand_over("tables", provenance(self.tables))
