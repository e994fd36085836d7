"""The study part: tabs over the whole evidence, each built when it is first opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from spasmlib import search
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
from spasmlib.tables import Tables, TablesError, load
from spasmlib.widgets import Found, Page, Search


class Part(NamedTuple):
    """A tab: its name for visitors, what makes it, what it answers, and whether it is listed.

    ``words`` are what people search for who want the whole tab.
    """

    label: str
    make: Callable[[Tables], StudyTab]
    note: str
    words: tuple[str, ...] = ()
    listed: bool = True


PARTS: dict[str, Part] = {
    "causes": Part(
        "Causes",
        CausesTab,
        "All causes, and what goes with each",
        ("all causes", "compare causes", "tell causes apart", "differential"),
    ),
    "risks": Part(
        "Risk factors",
        RisksTab,
        "Measured effects, and what one can do",
        ("what raises the risk", "protective factors", "prevention", "forest plot"),
    ),
    "interventions": Part(
        "Interventions",
        InterventionsTab,
        "What was tried for whom, and what guidelines say",
        ("treatments", "what helps", "evidence map", "trials", "guidelines disagree"),
    ),
    "flags": Part(
        "Warning signs",
        FlagsTab,
        "All of them, graded by how soon to act",
        ("red flags", "emergency", "when to see a doctor"),
    ),
    "article": Part(
        "The article, checked",
        ArticleTab,
        "Each of its claims with a verdict",
        ("article wrong", "what the article got wrong", "fact check", "claims"),
    ),
    "ranking": Part(
        "How the ranking works",
        RankingTab,
        "What is added up, and how often it is right",
        ("method", "model", "formula", "accuracy", "how it works"),
    ),
    "sources": Part(
        "Sources",
        SourcesTab,
        "Every source, and what it is used for",
        ("references", "literature", "studies", "citations"),
    ),
    "glossary": Part(
        "Glossary", GlossaryTab, "Technical words, explained", ("words", "definitions", "jargon")
    ),
    "rows": Part(
        "All the data",
        RowsTab,
        "Every row of every table",
        ("tables", "download", "csv", "data"),
        listed=False,
    ),
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
    pages = tuple(
        search.Page(part.label, part.note, name, part.words) for name, part in PARTS.items()
    )
    return Search(
        lambda query: [_found(hit) for hit in search.search(tables, query, pages=pages)],
        label="Search everything",
        hint="Search everything …",
    )


def parts() -> Mapping[str, Part]:
    """Return the tabs by name, for a page's list of them."""
    return PARTS


def _found(hit: search.Hit) -> Found:
    return Found(kind=hit.kind_label, label=hit.label, note=hit.note, address=hit.address)
