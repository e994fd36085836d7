"""A page of steps and tabs that holds other widgets."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).parent


def _references(slots: dict[str, anywidget.AnyWidget], _: object) -> dict[str, str]:
    return {name: f"anywidget:{widget.model_id}" for name, widget in slots.items()}


class Page(anywidget.AnyWidget):
    """A page of steps and tabs that holds other widgets; it brings the style sheet.

    Going from step to step needs no reply from Python. Elements with ``data-go`` lead to
    a step (or ``next`` and ``back``), those with ``data-goto`` to a part of the page,
    whatever step or tab it lies in.

    Attributes
    ----------
    html : str
        Trusted markup, shown once: make it with an escaping template.
    slots : dict of str to widget
        Widgets by the ``data-slot`` of the element that shall hold them.
    at : str
        The step in sight.
    mode : {"path", "all"}
        One step at a time, or everything at once.
    tab : str
        The part of the result in sight.
    """

    _esm = HERE / "page.js"
    _css = HERE / "style.css"

    html = traitlets.Unicode("").tag(sync=True)
    slots = traitlets.Dict().tag(sync=True, to_json=_references)
    at = traitlets.Unicode("start").tag(sync=True)
    mode = traitlets.Enum(["path", "all"], "path").tag(sync=True)
    tab = traitlets.Unicode("causes").tag(sync=True)
