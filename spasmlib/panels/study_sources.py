"""The study tab of sources: all that was read, and what each is used for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from spasmlib.panels.rendering import render
from spasmlib.panels.study_fields import choice, ticked, words
from spasmlib.panels.study_tab import StudyTab
from spasmlib.sources import IDENTIFIERS
from spasmlib.tables import Tables, labels, records
from spasmlib.uses import provenance, source_list, source_uses
from spasmlib.widgets import HtmlPanel

PAGE = 50
"""How many sources are shown before one asks for more."""

ORDERS = {"uses": "Most used first", "year": "Newest first", "citation": "A to Z"}
LINKS = {"doi": "DOI", "pmid": "PubMed", "pmcid": "PubMed Central", "url": "Web page"}


class SourcesModel(traitlets.HasTraits):
    """Which sources are shown.

    Attributes
    ----------
    kind, table : str
        A kind of source, and a table that names it; empty for all.
    text : str
        Words that the citation must hold.
    incomplete : bool
        Only those without a year or without an identifier.
    order : str
        One of `ORDERS`.
    shown : int
        How many of them.
    """

    kind = traitlets.Unicode("")
    table = traitlets.Unicode("")
    text = traitlets.Unicode("")
    incomplete = traitlets.Bool(False)
    order = traitlets.Enum(list(ORDERS), default_value="uses")
    shown = traitlets.Int(PAGE)

    def __init__(self, tables: Tables):
        self.tables = tables
        super().__init__()

    def kinds(self) -> dict[str, str]:
        """Return the labels of the kinds that a source has."""
        used = set(source_list(self.tables)["kind"])
        kinds = labels(self.tables, "source_kind")
        return {kind: label for kind, label in kinds.items() if kind in used}

    def naming(self) -> dict[str, str]:
        """Return the titles of the tables that name a source."""
        uses = source_uses(self.tables)
        return dict(zip(uses["table"], uses["title"], strict=True))

    def fill(self, form: Mapping[str, Any]) -> None:
        """Take over what the fields hold; what is not known counts as no filter."""
        with self.hold_trait_notifications():
            self.kind = choice(form, "kind", self.kinds())
            self.table = choice(form, "table", self.naming())
            self.text = words(form, "text")
            self.incomplete = ticked(form, "incomplete")
            self.order = choice(form, "order", ORDERS, "uses")
            self.shown = PAGE

    def form(self) -> dict[str, str | list[str]]:
        """Return what the fields hold for what is shown."""
        incomplete = ["yes"] if self.incomplete else []
        return {name: getattr(self, name) for name in ("kind", "table", "text", "order")} | {
            "incomplete": incomplete
        }

    @property
    def sources(self) -> pd.DataFrame:
        """All sources that the filters leave, in the order chosen."""
        sources = source_list(self.tables)
        if self.kind:
            sources = sources[sources["kind"] == self.kind]
        if self.table:
            sources = sources[[self.table in named for named in sources["tables"]]]
        if self.incomplete:
            sources = sources[~sources["complete"]]
        for word in self.text.casefold().split():
            said = sources["citation"].str.casefold()
            sources = sources[said.str.contains(word, regex=False)]
        if self.order == "year":
            sources = sources.sort_values("year", ascending=False, kind="stable")
        elif self.order == "citation":
            sources = sources.sort_values("citation", key=lambda names: names.str.casefold())
        return sources.reset_index(drop=True)


class SourcesTab(StudyTab):
    """The tab of sources; its places are their ids.

    Examples
    --------
    >>> import spasmlib
    >>> tab = SourcesTab(spasmlib.load())
    >>> tab.form = {"kind": "guideline", "text": "NICE"}
    >>> bool(tab.model.sources["citation"].str.contains("NICE").all())
    True
    """

    _css = Path(__file__).parent / "styles" / "study_sources.css"

    def __init__(self, tables: Tables):
        self.model = SourcesModel(tables)
        self.item, self.listed = HtmlPanel(), HtmlPanel()
        super().__init__(
            tables,
            html=render(
                "study_sources",
                tables=tables,
                kinds=self.model.kinds(),
                naming=self.model.naming(),
                orders=ORDERS,
                **_shares(tables),
            ),
            form=self.model.form(),
            slots={"item": self.item, "list": self.listed},
        )
        self.observe(lambda _: self.model.fill(self.form), ["form"])
        self.observe(lambda _: self._open(), ["place"])
        self.model.observe(
            lambda _: self._show(), ["kind", "table", "text", "incomplete", "order", "shown"]
        )
        self.listed.on_action("more", lambda _: self._more())
        self.listed.on_action("csv", lambda _: self._hand_over())
        self.item.on_action("csv", lambda _: self._hand_over_uses())
        self.on_action("csv", lambda _: self.hand_over("provenance", provenance(self.tables)))
        self._show()
        self._open()

    def _show(self) -> None:
        sources = self.model.sources
        self.listed.html = render(
            "study_sources_list",
            rows=[
                row | {"link_label": LINKS.get(row["link_kind"], "")}
                for row in records(sources.head(self.model.shown))
            ],
            found=len(sources),
            total=len(self.tables["sources"]),
            shown=self.model.shown,
            page=PAGE,
        )

    def _more(self) -> None:
        self.model.shown += PAGE

    def _open(self) -> None:
        sources = source_list(self.tables)
        found = records(sources[sources["source_id"] == self.place])
        if found:
            self.item.html = render(
                "study_sources_item",
                row=found[0],
                link_label=LINKS.get(found[0]["link_kind"], ""),
                tables=self.tables,
                uses=self._uses(),
            )
        else:
            self.item.html = render("study_sources_unknown", place=self.place) if self.place else ""

    def _uses(self) -> list[dict[str, Any]]:
        """Return the rows that use the source that is open, by table."""
        uses = source_uses(self.tables)
        by_table: dict[str, list[dict[str, Any]]] = {}
        for row in records(uses[uses["source_id"] == self.place]):
            by_table.setdefault(row["table"], []).append(row)
        return [
            {"table": table, "title": rows[0]["title"], "rows": rows}
            for table, rows in by_table.items()
        ]

    def _hand_over(self) -> None:
        sources = self.model.sources
        named = ["; ".join(names) for names in sources["tables"]]
        self.hand_over("sources", sources.assign(tables=named))

    def _hand_over_uses(self) -> None:
        uses = source_uses(self.tables)
        own = uses[uses["source_id"] == self.place].drop(columns=["items"])
        self.hand_over(f"source-{self.place}", own)


def _shares(tables: Tables) -> dict[str, Any]:
    """Return how complete the sources are, of what kind, and how much of each table is read."""
    sources, table = source_list(tables), tables["sources"]
    total = max(len(sources), 1)
    read = provenance(tables)
    told = read[read["sourced"].notna() & (read["rows"] > 0)]
    kinds = sources["kind_label"].value_counts()
    return {
        "total": len(sources),
        "complete": int(sources["complete"].sum()),
        "identified": int(table[IDENTIFIERS].notna().any(axis=1).sum()),
        "linked": int((sources["link"] != "").sum()),
        "unused": int((sources["uses"] == 0).sum()),
        "by_kind": [(label, int(count), count / total) for label, count in kinds.items()],
        "by_table": records(told.sort_values("rows", ascending=False)),
        "untold": int(read["sourced"].isna().sum()),
        "stated": int(told["rows"].sum()),
        "read": int(told["sourced"].sum()),
    }
