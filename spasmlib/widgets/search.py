"""A field that finds anything, with what it found below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

import traitlets

from spasmlib.widgets.actions import ActionWidget

HERE = Path(__file__).parent


class Found(TypedDict):
    """One row below the field; `address` is of the study part."""

    kind: str
    label: str
    note: str
    address: str


class Search(ActionWidget):
    """A search field with a list of what was found, for mouse, touch and keys.

    Control or Command with K goes to the field. Choosing a row opens its address (a click
    on ``data-study``, which the page handles).

    Attributes
    ----------
    label : str
        What the field is for.
    hint : str
        What stands in the empty field.
    """

    _esm = HERE / "search.js"

    label = traitlets.Unicode("Search").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)

    def __init__(self, find: Callable[[str], Sequence[Found]], **traits: object):
        super().__init__(**traits)
        self._find = find
        self.on_action("search", self._answer)

    def _answer(self, query: str) -> None:
        self.send({"action": "found", "query": query, "rows": list(self._find(query))})
