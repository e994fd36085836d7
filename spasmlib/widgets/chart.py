"""A thin plotly widget: the figure as JSON, plotly.js once per page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import traitlets

from spasmlib.exports import to_csv
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
    name : str
        Under which the picture and its table can be downloaded, without an ending; empty
        for no downloads.
    min_width : int
        In pixels; where there is less room the picture scrolls sideways.

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
    name = traitlets.Unicode("").tag(sync=True)
    min_width = traitlets.Int(0).tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._table: pd.DataFrame | None = None
        self.on_msg(self._send_plotly)
        self.on_action("csv", lambda _: self._hand_over_table())

    def show(self, figure: go.Figure, table: pd.DataFrame | None = None) -> Chart:
        """Show `figure`; returns the chart itself.

        Parameters
        ----------
        figure : go.Figure
        table : DataFrame, optional
            What the figure is a picture of, for those who download it.
        """
        self._table = table
        self.figure = json.loads(figure.to_json())
        return self

    def _hand_over_table(self) -> None:
        if self._table is not None:
            self.download(f"{self.name}.csv", "text/csv", to_csv(self._table))

    def _send_plotly(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("action") == "plotly":
            self.send({"action": "plotly"}, buffers=[PLOTLY.read_bytes()])
