"""The study tab of the article: every claim with its verdict, the reason and the sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from spasmlib.claims import INTRODUCTION, belonging, checked, items, verdict_counts
from spasmlib.figures import VERDICTS, VerdictMark, verdict_chart
from spasmlib.panels.rendering import render
from spasmlib.panels.study_fields import choice, words
from spasmlib.panels.study_tab import StudyTab
from spasmlib.schema import SOURCED
from spasmlib.sources import with_citations
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import Chart, HtmlPanel

FILTERS = ("section", "verdict", "certainty")
BLOCKS = {"verdict_label": "Verdict", "section_label": "Part of the article"}
"""What the squares of the picture can be put together by."""

KINDS = {
    "causes": "Cause",
    "findings": "Sign",
    "risk_factors": "Risk factor",
    "interventions": "Care",
}
"""What visitors call the rows that claims are about."""


class ArticleModel(traitlets.HasTraits):
    """Which claims are shown.

    Attributes
    ----------
    section, verdict, certainty : str
        Ids of the terms ``article_section``, ``verdict`` and ``certainty``; empty for all.
    text : str
        Words that the claim, its reason or its item must hold.
    blocks : str
        What the squares of the picture are put together by, one of `BLOCKS`.
    """

    section = traitlets.Unicode("")
    verdict = traitlets.Unicode("")
    certainty = traitlets.Unicode("")
    text = traitlets.Unicode("")
    blocks = traitlets.Enum(list(BLOCKS), default_value="verdict_label")

    def __init__(self, tables: Tables):
        self.tables = tables
        super().__init__()

    def choices(self) -> dict[str, dict[str, str]]:
        """Return the values of each filter with their labels, those that a claim has."""
        claims = checked(self.tables)
        kinds = {"section": "article_section", "verdict": "verdict", "certainty": "certainty"}
        return {
            name: {
                value: label
                for value, label in labels(self.tables, kind).items()
                if value in set(claims[name])
            }
            for name, kind in kinds.items()
        }

    def fill(self, form: Mapping[str, Any]) -> None:
        """Take over what the fields hold; what is not known counts as no filter."""
        with self.hold_trait_notifications():
            for name, known in self.choices().items():
                self.set_trait(name, choice(form, name, known))
            self.text = words(form, "text")
            self.blocks = choice(form, "blocks", BLOCKS, "verdict_label")

    def form(self) -> dict[str, str]:
        """Return what the fields hold for what is shown."""
        return {name: getattr(self, name) for name in (*FILTERS, "text", "blocks")}

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return any(getattr(self, name) for name in (*FILTERS, "text"))

    @property
    def claims(self) -> pd.DataFrame:
        """The claims that the filters leave."""
        claims = checked(self.tables)
        for name in FILTERS:
            if value := getattr(self, name):
                claims = claims[claims[name] == value]
        for word in self.text.casefold().split():
            said = claims["item_label"] + " " + claims["claim"] + " " + claims["why"]
            claims = claims[said.str.casefold().str.contains(word, regex=False)]
        return claims.reset_index(drop=True)


class ArticleTab(StudyTab):
    """The tab of the article.

    Its places: the id of a claim, or section and number of an item with a dot between,
    such as ``cause.5``.

    Examples
    --------
    >>> import spasmlib
    >>> tab = ArticleTab(spasmlib.load())
    >>> tab.form = {"verdict": "contradicted"}
    >>> len(tab.model.claims)
    2
    """

    _css = Path(__file__).parent / "styles" / "study_article.css"

    def __init__(self, tables: Tables):
        self.model = ArticleModel(tables)
        self.item, self.counts, self.listed = HtmlPanel(), HtmlPanel(), HtmlPanel()
        self.picture = Chart(
            label="One square for each claim of the article, by verdict; "
            "the table beside it says the same",
            name="the-article-checked",
        )
        claims = checked(tables)
        super().__init__(
            tables,
            html=render(
                "study_article",
                tables=tables,
                page=tables.schema.page,
                total=len(claims),
                sourced=int((claims["basis"] == SOURCED).sum()),
                sections=_sections(tables),
                article=_article(tables),
                choices=self.model.choices(),
                blocks=BLOCKS,
                marks=_marks(tables),
            ),
            form=self.model.form(),
            slots={
                "item": self.item,
                "picture": self.picture,
                "counts": self.counts,
                "list": self.listed,
            },
        )
        self.observe(lambda _: self.model.fill(self.form), ["form"])
        self.observe(lambda _: self._open(), ["place"])
        self.model.observe(lambda _: self._show(), [*FILTERS, "text", "blocks"])
        self.picture.on_action("click", self._clicked)
        self.counts.on_action("filter", self._filter)
        self.listed.on_action("csv", lambda _: self._hand_over())
        self.listed.on_action("all", lambda _: setattr(self, "form", self._no_filter()))
        self._show()
        self._open()

    def _show(self) -> None:
        claims = self.model.claims
        self.picture.show(verdict_chart(claims, self.model.blocks), _flat(claims))
        self.counts.html = render("study_article_counts", **_counted(self.tables, claims))
        self.listed.html = render(
            "study_article_list",
            tables=self.tables,
            sections=_listed(self.tables, claims, self.model.filtered),
            shown=len(claims),
            total=len(checked(self.tables)),
            filtered=self.model.filtered,
            marks=_marks(self.tables),
            kinds=KINDS,
        )

    def _open(self) -> None:
        place, claims = self.place, checked(self.tables)
        found = records(claims[claims["claim_id"] == place])
        item = next((item for item in items(self.tables) if item.item_id == place), None)
        values = {"tables": self.tables, "marks": _marks(self.tables), "kinds": KINDS}
        if found:
            ids = claims["claim_id"].tolist()
            at = ids.index(place)
            self.item.html = render(
                "study_article_claim",
                **values,
                claim=found[0],
                said=next(one for one in items(self.tables) if one.item_id == found[0]["item_id"]),
                before=ids[at - 1] if at else "",
                after=ids[at + 1] if at + 1 < len(ids) else "",
            )
        elif item:
            own = claims[claims["item_id"] == place]
            self.item.html = render(
                "study_article_item",
                **values,
                item=item,
                claims=records(own),
                belonging=belonging(self.tables, item),
            )
        else:
            self.item.html = render("study_article_unknown", place=place) if place else ""

    def _clicked(self, claim_id: str) -> None:
        # The page sends this: it may be anything.
        if claim_id in set(checked(self.tables)["claim_id"]):
            self.place = claim_id

    def _filter(self, value: str) -> None:
        """Show the claims of one cell of the table of counts: verdict and section."""
        verdict, _, section = value.partition(" ")
        self.form = self._no_filter() | {"verdict": verdict, "section": section}

    def _no_filter(self) -> dict[str, str]:
        return dict.fromkeys([*FILTERS, "text"], "") | {"blocks": self.model.blocks}

    def _hand_over(self) -> None:
        self.hand_over(self.picture.name, _flat(self.model.claims))


def _flat(claims: pd.DataFrame) -> pd.DataFrame:
    """Return claims ready for a spreadsheet, with lists as text."""
    return claims.drop(columns=["sources"]).assign(
        about=[", ".join(link.label for link in links) for links in claims["about"]],
        source_ids=[", ".join(ids) for ids in claims["source_ids"]],
    )


def _marks(tables: Tables) -> dict[str, tuple[str, str]]:
    """Return sign and label of each verdict."""
    return {
        verdict: (VERDICTS.get(verdict, VerdictMark("")).sign, label)
        for verdict, label in labels(tables, "verdict").items()
    }


def _sections(tables: Tables) -> list[tuple[str, int]]:
    """Return the parts of the article with how many numbered items each has."""
    numbered = [item.section_label for item in items(tables) if item.number != INTRODUCTION]
    return [(label, numbered.count(label)) for label in dict.fromkeys(numbered)]


def _article(tables: Tables) -> dict[str, Any]:
    """Return the first item of the article with where it stands."""
    return records(with_citations(tables, tables["article_items"].head(1)))[0]


def _counted(tables: Tables, claims: pd.DataFrame) -> dict[str, Any]:
    """Return the table of counts: verdicts in rows, parts of the article in columns."""
    every = verdict_counts(tables)
    known = dict(zip(every["section"], every["label"], strict=True))
    found = claims.groupby(["verdict", "section"]).size().to_dict()
    rows = [
        {
            "verdict": verdict,
            "sign": sign,
            "label": label,
            "cells": [(section, found.get((verdict, section), 0)) for section in known],
            "total": int((claims["verdict"] == verdict).sum()),
        }
        for verdict, (sign, label) in _marks(tables).items()
    ]
    return {"sections": known, "rows": rows, "total": len(claims), "tables": tables}


def _listed(tables: Tables, claims: pd.DataFrame, filtered: bool) -> list[dict[str, Any]]:
    """Return the items with their claims by part of the article; without filters all items."""
    sections: dict[str, list[dict[str, Any]]] = {}
    rows = records(claims)
    for item in items(tables):
        own = [row for row in rows if row["item_id"] == item.item_id]
        if own or not filtered:
            sections.setdefault(item.section_label, []).append({"item": item, "claims": own})
    return [{"label": label, "items": found} for label, found in sections.items()]
