"""Technical words that open to their meaning."""

from __future__ import annotations

from spasmlib.glossary import entries
from spasmlib.panels.rendering import render
from spasmlib.tables import Tables
from spasmlib.widgets import Page


def explain_words(page: Page, tables: Tables) -> None:
    """Let a page's words, marked with ``data-term``, open to their meaning."""

    def reply(entry_id: str) -> None:
        # The page sends this: it may be anything.
        entry = next((entry for entry in entries(tables) if entry.entry_id == entry_id), None)
        if entry:
            page.send({"action": "term", "html": render("word", entry=entry)})

    page.on_action("term", reply)
