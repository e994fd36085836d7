"""A widget that shows HTML made in Python."""

from __future__ import annotations

from pathlib import Path

import traitlets

from spasmlib.widgets.actions import ActionWidget

HERE = Path(__file__).parent


class HtmlPanel(ActionWidget):
    """HTML from Python; clicks come back by name.

    Attributes
    ----------
    html : str
        Trusted markup: make it with an escaping template. A click on an element with
        ``data-action`` (and ``data-value``) is that action. When the markup changes, the
        focus stays at its place and ``details`` with an ``id`` stay open.
    """

    _esm = HERE / "html_panel.js"

    html = traitlets.Unicode("").tag(sync=True)
