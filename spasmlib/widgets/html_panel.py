"""A widget that shows HTML made in Python and can hold other widgets."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

from spasmlib.widgets.actions import ActionWidget

HERE = Path(__file__).parent


def _references(slots: dict[str, anywidget.AnyWidget], _: object) -> dict[str, str]:
    return {name: f"anywidget:{widget.model_id}" for name, widget in slots.items()}


class HtmlPanel(ActionWidget):
    """HTML from Python; clicks come back by name.

    Attributes
    ----------
    html : str
        Trusted markup: make it with an escaping template. A click on an element with
        ``data-action`` (and ``data-value``) is that action; elements with an ``id`` keep
        focus, and ``details`` with an ``id`` stay open, when the markup changes.
    slots : dict of str to widget
        Widgets by the ``data-slot`` of the element that shall hold them.
    """

    _esm = HERE / "html_panel.js"

    html = traitlets.Unicode("").tag(sync=True)
    slots = traitlets.Dict().tag(sync=True, to_json=_references)


class Page(HtmlPanel):
    """The panel that holds a whole page; it brings the style sheet."""

    _css = HERE / "style.css"
