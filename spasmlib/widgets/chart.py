"""A thin plotly widget: the figure as JSON, plotly.js once per page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import traitlets

from spasmlib.widgets.actions import ActionWidget

HERE = Path(__file__).parent
# The npm package plotly.js-cartesian-dist-min, unchanged; its licence lies beside it.
PLOTLY = HERE / "static" / "plotly-cartesian.min.js"


class Chart(ActionWidget):
    """A plotly figure that redraws in place.

    plotly's own ``FigureWidget`` sends a copy of plotly.js with each figure; this one
    loads it once per page, from a file that JupyterLab and Voilà serve. A click on a mark
    is the action ``click`` with the mark's ``customdata``.

    Attributes
    ----------
    figure : dict
        The JSON of a ``go.Figure``. Text, grid and background take the page's colours,
        light or dark.
    label : str
        What the picture shows, for people who can't see it; give them a table as well.
    leads_to : str
        Selector of the part of the page to which a click on a mark leads, with ``{}`` in
        place of the mark's ``customdata``; empty for none.

    Examples
    --------
    >>> chart = Chart(label="one bar").show(go.Figure(go.Bar(x=[1], y=["a"])))
    >>> chart.figure["data"][0]["type"]
    'bar'
    """

    _esm = HERE / "chart.js"
    _css = HERE / "chart.css"

    figure = traitlets.Dict().tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    leads_to = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self.on_msg(self._send_plotly)

    def show(self, figure: go.Figure) -> Chart:
        """Show `figure`; returns the chart itself."""
        self.figure = json.loads(figure.to_json())
        return self

    def _send_plotly(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("action") == "plotly":
            self.send({"action": "plotly"}, buffers=[PLOTLY.read_bytes()])
