"""The study part: tabs over the whole evidence, each built when it is first opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from spasmlib.panels.emergency import emergency_list
from spasmlib.panels.rendering import render
from spasmlib.panels.study_article import ArticleTab
from spasmlib.panels.study_causes import CausesTab
from spasmlib.panels.study_flags import FlagsTab
from spasmlib.panels.study_glossary import GlossaryTab
from spasmlib.panels.study_interventions import InterventionsTab
from spasmlib.panels.study_ranking import RankingTab
from spasmlib.panels.study_risks import RisksTab
from spasmlib.panels.study_rows import RowsTab
from spasmlib.panels.study_sources import SourcesTab
from spasmlib.panels.study_tab import StudyTab
from spasmlib.panels.words import explain_words
from spasmlib.search import search
from spasmlib.tables import Tables, TablesError, load
from spasmlib.widgets import Found, Page, Search


class Part(NamedTuple):
    """A tab: its name for visitors, what makes it, and whether the list of tabs shows it."""

    label: str
    make: Callable[[Tables], StudyTab]
    listed: bool = True


PARTS: dict[str, Part] = {
    "causes": Part("Causes", CausesTab),
    "risks": Part("Risk factors", RisksTab),
    "interventions": Part("Interventions", InterventionsTab),
    "flags": Part("Warning signs", FlagsTab),
    "article": Part("The article, checked", ArticleTab),
    "ranking": Part("How the ranking works", RankingTab),
    "sources": Part("Sources", SourcesTab),
    "glossary": Part("Glossary", GlossaryTab),
    "rows": Part("All the data", RowsTab, listed=False),
}


class Study:
    """The study part of a page: it fills the page's places as its address asks for them.

    Parameters
    ----------
    page : Page
        Made with `study_html`; its ``study`` is the address.
    tables : Tables

    Attributes
    ----------
    tabs : dict of str to StudyTab
        Those that were opened, by name.
    """

    def __init__(self, page: Page, tables: Tables):
        self.page = page
        self.tables = tables
        self.tabs: dict[str, StudyTab] = {}
        page.observe(lambda _: self._open(), ["study", "mode"])
        self._open()

    def _open(self) -> None:
        name, _, place = self.page.study.partition("/")
        if self.page.mode != "study":
            return
        if name not in PARTS:
            self.page.study = next(iter(PARTS))
            return
        if name not in self.tabs:
            self._build(name)
        self.tabs[name].place = place

    def _build(self, name: str) -> None:
        tab = self.tabs[name] = PARTS[name].make(self.tables)
        tab.observe(lambda change: self._moved(name, change["new"]), ["place"])
        self.page.slots = {**self.page.slots, f"study-{name}": tab}

    def _moved(self, name: str, place: str) -> None:
        self.page.study = f"{name}/{place}" if place else name


class StudyPage(Page):
    """The study part alone, as the notebooks show it.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    at : str
        The address to open, such as ``causes`` or ``interventions/heat``.

    Raises
    ------
    ValueError
        If there is no such tab.

    Examples
    --------
    >>> import spasmlib
    >>> page = StudyPage(spasmlib.load(), "causes")
    >>> page.at_hand("causes").place
    ''
    """

    def __init__(self, tables: Tables, at: str, **traits: Any):
        name = at.partition("/")[0]
        if name not in PARTS:
            raise ValueError(f"no study tab {name!r}; there are: {', '.join(PARTS)}")
        super().__init__(
            html=render(
                "study_page",
                title=tables.schema.title,
                parts=parts(),
                **emergency_list(tables),
            ),
            slots={"search": search_field(tables)},
            mode="study",
            study=at,
            **traits,
        )
        explain_words(self, tables)
        self._study = Study(self, tables)

    def at_hand(self, name: str) -> StudyTab:
        """Return a tab that was opened, to read or set its model from code."""
        return self._study.tabs[name]


def load_study(at: str, path: str | os.PathLike[str] | None = None) -> Page:
    """Make the study part over a data package, or a page that says what is wrong with it.

    Parameters
    ----------
    at : str
        The address to open, such as ``causes``.
    path : path-like, optional
        As for `spasmlib.load`.
    """
    try:
        return StudyPage(load(path), at)
    except TablesError as error:
        return Page(html=render("broken", error=str(error), folder=path or ""))


def search_field(tables: Tables) -> Search:
    """Make the field that searches everything."""
    return Search(
        lambda query: [_found(hit) for hit in search(tables, query)],
        label="Search everything",
        hint="Search causes, treatments, words …",
    )


def parts() -> Mapping[str, Part]:
    """Return the tabs by name, for a page's list of them."""
    return PARTS


def _found(hit: Any) -> Found:
    return Found(kind=hit.kind_label, label=hit.label, note=hit.note, address=hit.address)
