"""The explorer: questions on one side, what goes with the answers on the other."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from spasmlib import figures
from spasmlib.panels import result
from spasmlib.panels.findings import FindingsModel, findings_view
from spasmlib.panels.next_question import ANSWERS, NextQuestionModel, next_question_html
from spasmlib.panels.own_words import OwnWordsModel, merged, own_words_html
from spasmlib.panels.rendering import render
from spasmlib.panels.result import ResultModel, alarm, leading_cause, listed, telling
from spasmlib.panels.what_if import WhatIfModel, what_if_html
from spasmlib.person import Person
from spasmlib.reasoning import View, assess
from spasmlib.sources import citations, with_citations
from spasmlib.tables import Tables, TablesError, load, records
from spasmlib.widgets import Chart, HtmlPanel, Page

CHARTS = {
    "causes_chart": "Bar chart of the leading causes; the list says the same",
    "why_chart": "Bar chart of reasons for and against; the table says the same",
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
        self._shown: tuple[object, ...] = ()
        self._form = findings_view(tables, self.findings)
        self._panels = {
            name: HtmlPanel()
            for name in ("urgency", "causes", "why_lead", "why", "helps", "medicines")
        }
        self._asking = {name: HtmlPanel() for name in ("own_words", "next_question", "what_if")}
        self._charts = {name: Chart(label=label) for name, label in CHARTS.items()}
        slots = {"findings": self._form, **self._asking, **self._panels, **self._charts}
        super().__init__(html=_page(tables), slots=slots, **traits)
        self.findings.observe(self._answered, ["answers", "about"])
        self.result.observe(self._show, ["view", "chosen"])
        self._panels["causes"].on_action("choose", self._choose)
        self._charts["causes_chart"].on_action("click", self._choose)
        self._listen()
        self._show()
        self._show_words()

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
        self._panels["why"].on_action("answer", self._look_at("answer"))
        self._panels["why"].on_action("risk", self._look_at("risk"))
        self._panels["medicines"].on_action("medicine", self._look_at("medicine"))
        self._asking["what_if"].on_action("close", self._look_at(""))
        self.own_words.observe(self._show_words, ["text", "items", "read"])
        self.next_question.observe(self._show_question, ["skipped"])
        self.what_if.observe(self._show_what_if, ["kind", "value"])

    def _look_at(self, kind: str) -> Callable[[str], None]:
        def look(value: str) -> None:
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
            self.findings.answers = self.findings.answers | {finding: answer}

    def _confirm(self, form: str) -> None:
        items = self.own_words.confirmed(form)
        answers, about = merged(self.tables, self.findings.answers, self.findings.about, items)
        with self.findings.hold_trait_notifications():
            self.findings.answers, self.findings.about = answers, about
        self.own_words.clear()

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
        with self.result.hold_trait_notifications():
            self.result.asked = self.findings.asked
            self.result.view = view
            self.result.picked = self.result.picked and self.result.asked
            if not self.result.asked:
                self.result.chosen = ""
            elif not self.result.picked:
                self.result.chosen = leading_cause(view)

    def _show(self, _: object = None) -> None:
        shown = (self.view, self.result.chosen, self.result.asked)
        if shown == self._shown:  # one change of several traits calls this for each
            return
        self._shown = shown
        self._form.alarm = alarm(self.result)
        for name, panel in self._panels.items():
            panel.html = getattr(result, f"{name}_html")(self.result)
        self._show_question()
        self._show_what_if()
        if not self.result.asked:
            for chart in self._charts.values():
                chart.figure = {}
            return
        self._charts["causes_chart"].show(
            figures.cause_chart(listed(self.view, self.result.chosen), self.result.chosen)
        )
        chosen = self.result.chosen
        reasons = telling(self.view.reasons(chosen)) if chosen else None
        if reasons is None or reasons.empty:
            self._charts["why_chart"].figure = {}
        else:
            self._charts["why_chart"].show(figures.reason_chart(reasons))


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


def _page(tables: Tables) -> str:
    levels = tables["urgency_levels"].sort_values("position")
    signs = tables["emergency_signs"].sort_values("position")
    return render(
        "page",
        title=tables.schema.title,
        description=tables.schema.description,
        version=tables.schema.version,
        emergency=records(levels)[0],
        signs=records(with_citations(tables, signs)),
        facts=records(with_citations(tables, tables["facts"])),
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
