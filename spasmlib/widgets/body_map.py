"""A widget that shows the back view of a body, on which places can be marked."""

from __future__ import annotations

from pathlib import Path

import traitlets

from spasmlib.widgets.actions import ActionWidget

HERE = Path(__file__).parent

TEXTS = {
    "label": "Where does it hurt? Back view of a body",
    "help": "Arrow keys move from place to place. The space bar marks a place or clears it.",
    "hint": "Seen from behind. Tap where it hurts.",
    "none": "Nothing is marked yet.",
    "marked": "Marked: {}.",
    "implied": "From your answers: {}.",
    "settled": "Nowhere else.",
    "key_marked": "You marked this place.",
    "key_implied": "From your answers. Tap a spot to mark it.",
    "nowhere_else": "It hurts nowhere else",
    "clear": "Clear the map",
}
"""What the widget says, by what it says it of; ``{}`` stands for names of places."""


class BodyMap(ActionWidget):
    """The back view of a body with places to mark.

    A tap, a click, the space bar or Enter marks a place or takes its mark away. The arrow keys
    move from place to place. The two buttons are the actions ``nowhere_else`` and ``clear``.

    Attributes
    ----------
    regions : list of dict
        What is drawn, in order: ``region_id``, ``label``, ``side``, ``finding_id`` and
        ``shape``. Regions without a ``finding_id`` are only drawn. A shape is the data of an
        SVG path in the units of `view_box`; one that is not closed is drawn as a line.
    marked : list of str
        Ids of the marked regions. The page changes it.
    implied : list of str
        Ids of regions that other answers speak of, shown hatched.
    settled : bool
        Whether it is said that nothing else hurts.
    sides : dict of str to str
        What to write beside the picture, by ``left`` and ``right``.
    view_box : str
        The view box of the picture.
    texts : dict of str to str
        What the widget says, see `TEXTS`.

    Examples
    --------
    >>> square = {"region_id": "back", "label": "Back", "finding_id": "f", "shape": "M0 0h9v9h-9Z"}
    >>> BodyMap(regions=[square], marked=["back"]).marked
    ['back']
    """

    _esm = HERE / "body_map.js"

    regions = traitlets.List(traitlets.Dict()).tag(sync=True)
    marked = traitlets.List(traitlets.Unicode()).tag(sync=True)
    implied = traitlets.List(traitlets.Unicode()).tag(sync=True)
    settled = traitlets.Bool(False).tag(sync=True)
    sides = traitlets.Dict().tag(sync=True)
    view_box = traitlets.Unicode("8 6 184 428").tag(sync=True)
    texts = traitlets.Dict(default_value=TEXTS).tag(sync=True)
