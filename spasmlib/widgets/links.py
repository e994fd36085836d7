"""A widget with three columns of items and the links between them."""

from __future__ import annotations

from pathlib import Path

import traitlets

from spasmlib.widgets.actions import ActionWidget

HERE = Path(__file__).parent


class LinkedColumns(ActionWidget):
    """Items in three columns, joined by bands; choosing one shows what it links to.

    Choosing an item is the action ``choose`` with its id; choosing it again, or Escape,
    is the same action with nothing. On a narrow page the columns stand below one another,
    without bands, and what is linked comes first.

    Attributes
    ----------
    nodes : list of dict
        ``id``, ``column`` (0, 1 or 2), ``label`` and ``note`` (a few words below it).
    links : list of dict
        ``from`` and ``to`` (ids, left to right), ``look`` (how it is drawn: for, against,
        helps, avoid, open), ``sign`` (one character), ``words`` (what the sign says) and
        ``width`` (0 to 1).
    chosen : str
        The id of the item whose links are shown; empty for none.
    headings : list of str
        Titles of the columns.
    detail : str
        CSS selector of the place on the page that tells of the links of the chosen item.
    warning : str
        What to say above the columns, if anything.
    """

    _esm = HERE / "links.js"

    nodes = traitlets.List(traitlets.Dict()).tag(sync=True)
    links = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
    headings = traitlets.List(traitlets.Unicode()).tag(sync=True)
    warning = traitlets.Unicode("").tag(sync=True)
    detail = traitlets.Unicode("").tag(sync=True)
