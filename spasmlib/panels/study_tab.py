"""What the tabs of the study part have in common."""

from __future__ import annotations

from typing import Any

import traitlets

from spasmlib.exports import to_csv
from spasmlib.tables import Tables
from spasmlib.widgets import Board


class StudyTab(Board):
    """One tab of the study part: a board of filters, panels and charts over one model.

    Attributes
    ----------
    tables : Tables
        What it shows.
    place : str
        Where in the tab one is, such as the id of a cause; empty for its overview. It is
        part of the address of the page, so it may hold anything: a tab says so where it
        knows no such place. Set it to go there.
    """

    place = traitlets.Unicode("")

    def __init__(self, tables: Tables, **traits: Any):
        self.tables = tables
        super().__init__(**traits)

    def hand_over(self, name: str, frame: Any) -> None:
        """Hand the visitor a table as a CSV file; `name` is without an ending."""
        self.download(f"{name}.csv", "text/csv", to_csv(frame))
