"""What widgets of which something can be clicked have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget


class ActionWidget(anywidget.AnyWidget):
    """A widget whose page sends named actions with a value."""

    def on_action(self, name: str, call: Callable[[str], None]) -> None:
        """Call `call` with the value whenever the page sends the action `name`.

        The value comes from the page and may be any text.
        """

        def receive(_: object, content: dict[str, Any], __: object) -> None:
            if content.get("action") == name:
                call(str(content.get("value", "")))

        self.on_msg(receive)
