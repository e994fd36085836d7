"""Markup with a form of filters and places for other widgets: what a study tab is made of."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

from spasmlib.widgets.actions import ActionWidget

HERE = Path(__file__).parent


def references(slots: dict[str, anywidget.AnyWidget], _: object) -> dict[str, str]:
    """Name widgets so that the page can find them."""
    return {name: f"anywidget:{widget.model_id}" for name, widget in slots.items()}


class Board(ActionWidget):
    """Markup, shown once, that holds other widgets and a form of filters.

    A click on an element with ``data-action`` (and ``data-value``) is that action.

    Attributes
    ----------
    html : str
        Trusted markup: make it with an escaping template.
    slots : dict of str to widget
        Widgets by the ``data-slot`` of the element that shall hold them.
    form : dict of str to str or list of str
        What the fields of the forms in ``html`` hold, by name; a list for check boxes.
        Set it to change the fields. It comes from the page too and may hold anything.
    """

    _esm = HERE / "board.js"

    html = traitlets.Unicode("").tag(sync=True)
    slots = traitlets.Dict().tag(sync=True, to_json=references)
    form = traitlets.Dict().tag(sync=True)
