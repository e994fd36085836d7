"""A widget with many questions of three answers, as one piece of plain HTML."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).parent


class FindingsForm(anywidget.AnyWidget):
    """Questions answered yes, no or not sure, and facts about the person.

    Each change is told to the page around it by the event ``spasm:answers``.

    Attributes
    ----------
    html : str
        The form, read once: elements with ``data-finding`` hold the radios.
    answers : dict of str to {"yes", "no"}
        What to show, by finding id; a finding that is not answered is not there.
    person : dict
        What to show: ``age``, ``sex``, ``pregnant``, ``medicines`` and ``conditions``.
    change : dict
        What the visitor changed since the last reply: ``answers`` ("yes", "no" or "" by
        finding id) and ``person`` (some of its fields).
    asked, replied : int
        The page counts what it asked; Python repeats that number once the result stands.
    message : str
        What is wrong with an entry, shown beside the form.
    """

    _esm = HERE / "findings_form.js"

    html = traitlets.Unicode("").tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    person = traitlets.Dict().tag(sync=True)
    change = traitlets.Dict().tag(sync=True)
    asked = traitlets.Int(0).tag(sync=True)
    replied = traitlets.Int(0).tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
