"""A page of steps and tabs that holds other widgets."""

from __future__ import annotations

from pathlib import Path

import traitlets

from spasmlib.widgets.actions import ActionWidget
from spasmlib.widgets.board import references

HERE = Path(__file__).parent


class Page(ActionWidget):
    """A page of steps and tabs that holds other widgets; it brings the style sheet.

    Going from step to step needs no reply from Python. Elements with ``data-go`` lead to
    a step (or ``next`` and ``back``), those with ``data-goto`` to a part of the page,
    whatever step or tab it lies in. Elements with ``data-study`` open an address of the
    study part, and a click on one with ``data-term`` is the action ``term``, whose reply
    (a message ``term`` with ``html``) pops up beside it.

    Attributes
    ----------
    html : str
        Trusted markup, shown once: make it with an escaping template.
    slots : dict of str to widget
        Widgets by the ``data-slot`` of the element that shall hold them; more may be added
        later.
    at : str
        The step in sight.
    mode : {"path", "all", "study"}
        One step at a time, everything at once, or the study part.
    tab : str
        The part of the result in sight.
    study : str
        The address in the study part: the name of a tab and, after ``/``, a place in it.
    """

    _esm = HERE / "page.js"
    _css = HERE / "style.css"

    html = traitlets.Unicode("").tag(sync=True)
    slots = traitlets.Dict().tag(sync=True, to_json=references)
    at = traitlets.Unicode("start").tag(sync=True)
    mode = traitlets.Enum(["path", "all", "study"], "path").tag(sync=True)
    tab = traitlets.Unicode("causes").tag(sync=True)
    study = traitlets.Unicode("").tag(sync=True)
