"""What widgets of which something can be clicked have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget

FAILED = (
    "The explorer could not work this out. Your answers are kept. Try again, or reload this "
    "page. If an emergency sign fits, do not wait for this page."
)


class ActionWidget(anywidget.AnyWidget):
    """A widget whose page sends named actions with a value."""

    def on_action(self, name: str, call: Callable[[str], None]) -> None:
        """Call `call` with the value whenever the page sends the action `name`.

        The value comes from the page and may be any text. If `call` fails, the page is told
        (a message ``failed`` with the text to show) before the error is raised.
        """

        def receive(_: object, content: dict[str, Any], __: object) -> None:
            if content.get("action") != name:
                return
            try:
                call(str(content.get("value", "")))
            except Exception:
                self.send({"action": "failed", "text": FAILED})
                raise

        self.on_msg(receive)

    def download(self, name: str, kind: str, text: str) -> None:
        """Hand the visitor a file.

        Parameters
        ----------
        name : str
            Of the file.
        kind : str
            Its media type, such as ``text/csv``.
        text : str
            What is in it.
        """
        self.send({"action": "download", "name": name, "kind": kind, "text": text})
