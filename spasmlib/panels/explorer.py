"""The explorer: questions on one side, what goes with the answers on the other."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from typing import Any

import anywidget

from spasmlib import figures
from spasmlib.links import telling
from spasmlib.panels import result
from spasmlib.panels.answers import answers_html, live_html
from spasmlib.panels.body_map import body_map_view, map_step
from spasmlib.panels.emergency import emergency_list
from spasmlib.panels.findings import (
    FindingsModel,
    answered,
    exclusive_sets,
    findings_view,
)
from spasmlib.panels.helps import helps_html
from spasmlib.panels.links import LinksModel, links_html, links_view
from spasmlib.panels.next_question import ANSWERS, NextQuestionModel, next_question_html
from spasmlib.panels.opening import opened
from spasmlib.panels.own_words import OwnWordsModel, merged, own_words_html
from spasmlib.panels.rendering import render
from spasmlib.panels.result import ResultModel, alarm, listed
from spasmlib.panels.study import Study, parts, search_field
from spasmlib.panels.take_along import download, take_along_html
from spasmlib.panels.what_if import WhatIfModel, what_if_html
from spasmlib.panels.words import explain_words
from spasmlib.person import Person
from spasmlib.reasoning import View, assess, leading_cause
from spasmlib.sources import citations
from spasmlib.tables import Tables, TablesError, load, records
from spasmlib.widgets import Chart, HtmlPanel, Page, Session

CHARTS = {
    "causes_chart": "Bar chart of the leading causes; the list says the same",
    "why_chart": "Bar chart of reasons for and against; the table says the same",
}
RESULTS: dict[str, Callable[[ResultModel], str]] = {
    "urgency": result.urgency_html,
    "causes": result.causes_html,
    "why_lead": result.why_lead_html,
    "why": result.why_html,
    "medicines": result.medicines_html,
    "live": live_html,
}
"""The panels that show nothing but the result and are always up to date."""

ASKING = ("own_words", "next_question", "answers", "what_if")
IN_TABS = ("helps", "links_detail", "take_along")
TABS = {
    "causes": "Causes",
    "helps": "What helps",
    "links": "Links",
    "take": "Take along",
}


class Explorer(Page):
    """The whole dashboard over one data package.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.

    Attributes
    ----------
    findings : FindingsModel
        What is answered; set ``findings.answers`` to answer from code.
    result : ResultModel
        What is shown; ``result.chosen`` opens a cause.
    next_question : NextQuestionModel
        Which questions were passed over.
    own_words : OwnWordsModel
        A description and what was read in it.
    what_if : WhatIfModel
        The change that is looked at.

    Examples
    --------
    >>> import spasmlib
    >>> explorer = Explorer(spasmlib.load())
    >>> explorer.findings.answers = {"onset_lifting_or_twisting": "yes"}
    >>> explorer.view.causes["label"].iloc[0]
    'Muscle strain'
    """

    def __init__(self, tables: Tables, **traits: Any):
        self.tables = tables
        self.findings = FindingsModel()
        self.result = ResultModel(view=assess(tables, Person()))
        self.next_question = NextQuestionModel()
        self.own_words = OwnWordsModel()
        self.what_if = WhatIfModel()
        self.links = LinksModel()
        self.session = Session()
        self._shown: tuple[object, ...] = ()
        self._form = findings_view(tables, self.findings)
        self._results = {name: HtmlPanel() for name in RESULTS}
        self._asking = {name: HtmlPanel() for name in ASKING}
        self._in_tabs = {name: HtmlPanel() for name in IN_TABS}
        self._charts = {name: Chart(label=label) for name, label in CHARTS.items()}
        self._columns = links_view(self.links)
        self._fresh: set[str] = set()
        super().__init__(html=_page(tables), slots=self._slots(), **traits)
        explain_words(self, tables)
        self._study = Study(self, tables)
        self.findings.observe(self._answered, ["answers", "about"])
        self.result.observe(self._show, ["view", "chosen", "picked"])
        self._listen()
        self._show()
        self._show_words()

    def _slots(self) -> dict[str, anywidget.AnyWidget]:
        picture = body_map_view(self.tables, self.findings)
        return {
            "session": self.session,
            "search": search_field(self.tables),
            "findings": self._form,
            "links": self._columns,
            **({"body_map": picture} if picture else {}),
            **self._asking,
            **self._in_tabs,
            **self._results,
            **self._charts,
        }

    @property
    def view(self) -> View:
        """The latest assessment, with its tables as DataFrames."""
        return self.result.view

    def _listen(self) -> None:
        """Let the small panels answer their buttons."""
        words, question = self._asking["own_words"], self._asking["next_question"]
        words.on_action("read", lambda form: self.own_words.submit(self.tables, form))
        words.on_action("clear_words", lambda _: self.own_words.clear())
        words.on_action("confirm_words", self._confirm)
        question.on_action("answer", self._answer_one)
        self._results["causes"].on_action("choose", self._choose)
        self._charts["causes_chart"].on_action("click", self._choose)
        self._results["why"].on_action("answer", self._look_at("answer"))
        self._results["why"].on_action("risk", self._look_at("risk"))
        self._results["medicines"].on_action("medicine", self._look_at("medicine"))
        self._asking["what_if"].on_action("close", self._look_at(""))
        self._asking["answers"].on_action("clear", lambda _: self._answer({}, {}))
        self._in_tabs["links_detail"].on_action("open_cause", self._open_cause)
        self._in_tabs["take_along"].on_action("download", self._download)
        self.session.on_action("open", self._open)
        self.own_words.observe(self._show_words, ["text", "items", "read", "added"])
        self.next_question.observe(self._show_question, ["skipped"])
        self.what_if.observe(self._show_what_if, ["kind", "value"])
        self.links.observe(lambda _: self._show_links(), ["chosen"])
        self.observe(lambda _: self._show_tab(), ["tab"])

    def _answer(self, answers: dict[str, str], about: dict[str, Any]) -> None:
        with self.findings.hold_trait_notifications():
            self.findings.answers, self.findings.about = answers, about

    def _open(self, form: str) -> None:
        """Take up a visit that an address or the browser's tab has kept."""
        places = {"at": _places(self.tables), "tab": tuple(TABS), "mode": ("path", "all")}
        found = opened(self.tables, form, places)
        if found.personal:
            self._answer(found.answers, found.about)
        if found.cause:
            self._choose(found.cause)
        with self.hold_trait_notifications():
            for name, value in found.page.items():
                self.set_trait(name, value)
            if found.study:
                self.mode, self.study = "study", found.study
        self.session.note = found.note
        self.session.send({"action": "opened"})

    def _download(self, value: str) -> None:
        chosen = self.result.chosen
        file = download(self.view, chosen, value, datetime.date.today())
        if file is not None:
            self.session.download(*file)

    def _look_at(self, kind: str) -> Callable[[str], None]:
        def look(value: str) -> None:
            if (kind, value) == (self.what_if.kind, self.what_if.value):
                self.what_if.kind = ""  # asked again: it shall come into sight again
            with self.what_if.hold_trait_notifications():
                self.what_if.kind, self.what_if.value = kind, value

        return look

    def _answer_one(self, said: str) -> None:
        # The page sends this: it may be anything.
        finding, _, answer = said.partition(":")
        if finding not in set(self.tables["findings"]["finding_id"]) or answer not in ANSWERS:
            return
        if answer == "skip":
            self.next_question.skipped = [*self.next_question.skipped, finding]
        else:
            self.findings.answers = answered(
                exclusive_sets(self.tables), self.findings.answers, {finding: answer}
            )

    def _confirm(self, form: str) -> None:
        items = self.own_words.confirm(form)
        self._answer(*merged(self.tables, self.findings.answers, self.findings.about, items))

    def _show_words(self, _: object = None) -> None:
        self._asking["own_words"].html = own_words_html(self.own_words)

    def _show_question(self, _: object = None) -> None:
        html = next_question_html(self.view, self.next_question.skipped)
        self._asking["next_question"].html = html

    def _show_what_if(self, _: object = None) -> None:
        self._asking["what_if"].html = what_if_html(self.what_if, self.view)

    def _choose(self, cause_id: str) -> None:
        # The page sends this: it may be anything.
        if cause_id in set(self.view.causes["cause_id"]):
            with self.result.hold_trait_notifications():
                self.result.picked = True
                self.result.chosen = cause_id

    def _answered(self, _: object) -> None:
        person, problem = self.findings.understood()
        self._form.message = f"{problem[:1].upper()}{problem[1:]}"
        self._form.answers = self.findings.answers
        self._form.person = self.findings.about
        self._update(assess(self.tables, person))

    def _update(self, view: View) -> None:
        calm_before = not alarm(self.result)
        with self.result.hold_trait_notifications():
            self.result.asked = self.findings.asked
            self.result.view = view
            # A harmless cause that was picked must not stay open when an alarm comes.
            alarmed = calm_before and bool(alarm(self.result))
            self.result.picked = self.result.picked and self.result.asked and not alarmed
            if not self.result.asked:
                self.result.chosen = ""
            elif not self.result.picked:
                self.result.chosen = leading_cause(view)
        if not self.result.asked:
            self._forget()

    def _forget(self) -> None:
        """Leave nothing that hangs on answers when all of them are taken back."""
        self.next_question.skipped = []
        self.what_if.kind = ""
        self.links.chosen = ""

    def _open_cause(self, cause_id: str) -> None:
        self._choose(cause_id)
        self.tab = "causes"

    def _show_tab(self) -> None:
        """Bring the tab in sight up to date; the others can wait until they are opened."""
        if self.tab in self._fresh:
            return
        self._fresh.add(self.tab)
        if self.tab == "helps":
            self._in_tabs["helps"].html = helps_html(self.result)
        elif self.tab == "links":
            self._show_links()
        elif self.tab == "take":
            self._in_tabs["take_along"].html = take_along_html(
                self.view, self.result.chosen, self.result.asked, datetime.date.today()
            )

    def _show_links(self) -> None:
        self._columns.show(self.links, self.result)
        self._in_tabs["links_detail"].html = links_html(self.links, self.result)

    def _show(self, _: object = None) -> None:
        shown = (self.view, self.result.chosen, self.result.asked, self.result.picked)
        if shown == self._shown:  # one change of several traits calls this for each
            return
        self._shown = shown
        self.session.cause = self.result.chosen if self.result.picked else ""
        for name, panel in self._results.items():
            panel.html = RESULTS[name](self.result)
        self._asking["answers"].html = answers_html(
            self.tables, self.findings.answers, self.findings.about
        )
        self._show_question()
        self._show_what_if()
        self._show_charts()
        self._fresh = set()
        for panel in self._in_tabs.values():
            panel.html = ""  # nothing outdated may be printed, or shown before its tab is filled
        self._show_tab()

    def _show_charts(self) -> None:
        chosen = self.result.chosen
        reasons = telling(self.view.reasons(chosen)) if self.result.asked and chosen else None
        self._charts["why_chart"].leads_to = f"#reason-{chosen}-{{}}" if chosen else ""
        for name, figure in {
            "causes_chart": figures.cause_chart(listed(self.view, chosen), chosen)
            if self.result.asked
            else None,
            "why_chart": figures.reason_chart(reasons)
            if reasons is not None and len(reasons)
            else None,
        }.items():
            if figure is None:
                self._charts[name].figure = {}
            else:
                self._charts[name].show(figure)


def load_explorer(path: str | os.PathLike[str] | None = None) -> Page:
    """Make the explorer over a data package, or a page that says what is wrong with it.

    Parameters
    ----------
    path : path-like, optional
        As for `spasmlib.load`.
    """
    try:
        return Explorer(load(path))
    except TablesError as error:
        return Page(html=render("broken", error=str(error), folder=path or ""))


def _steps(tables: Tables) -> list[dict[str, Any]]:
    return records(tables["steps"].sort_values("position"))


def _places(tables: Tables) -> tuple[str, ...]:
    """Name all that can be in sight: the steps of the path and the ways beside it."""
    return ("start", "words", "ask", *(step["step_id"] for step in _steps(tables)), "result")


def _page(tables: Tables) -> str:
    steps = _steps(tables)
    named = [(step["step_id"], step["short"]) for step in steps]
    return render(
        "page",
        title=tables.schema.title,
        description=tables.schema.description,
        version=tables.schema.version,
        places=_places(tables),
        path=[("start", "Emergency?"), *named, ("result", "Result")],
        steps=steps,
        map_step=map_step(tables),
        tabs=list(TABS.items()),
        parts=parts(),
        **emergency_list(tables),
        counts=_counts(tables),
    )


def _counts(tables: Tables) -> dict[str, int]:
    pairs = tables["cause_findings"]
    return {
        **{name: len(tables[name]) for name in ("causes", "findings", "interventions", "sources")},
        "pairs": len(pairs),
        "sourced": int((pairs["basis"] == "sourced").sum()),
        "incomplete": int((~citations(tables)["complete"]).sum()),
    }
