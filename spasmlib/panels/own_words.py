"""A description in the person's own words: what was read in it, to confirm before it counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import traitlets

from spasmlib.panels.findings import answered, exclusive_sets
from spasmlib.panels.rendering import render
from spasmlib.person import Person, understand
from spasmlib.tables import Tables

LONGEST = 5000
"""Letters of a description that are read."""

FACTS = ("age", "sex", "pregnant")
WORDS = ("medicine", "condition")


@dataclass(frozen=True)
class Item:
    """One thing that was read: what it is, and the pieces of text it was read in."""

    key: str
    kind: str
    value: str
    label: str
    answer: str
    quotes: tuple[str, ...]


class OwnWordsModel(traitlets.HasTraits):
    """A description and what was read in it; both live in this session only.

    Attributes
    ----------
    text : str
        The description.
    items : tuple of Item
        What was read and waits to be confirmed.
    read : bool
        Whether the text was read, so that an empty list means that nothing was found.
    added : int
        How many items were confirmed last.
    """

    text = traitlets.Unicode("")
    items = traitlets.Tuple()
    read = traitlets.Bool(False)
    added = traitlets.Int(0)

    def submit(self, tables: Tables, form: str) -> None:
        """Read the text of the form that the page sent."""
        text = _fields(form).get("text", [""])[0][:LONGEST]
        with self.hold_trait_notifications():
            self.text, self.added = text, 0
            self.items = read_items(tables, text)
            self.read = bool(text.strip())

    def confirmed(self, form: str) -> tuple[Item, ...]:
        """Return the items whose boxes were left ticked in the form that the page sent."""
        kept = set(_fields(form).get("item", []))
        return tuple(item for item in self.items if item.key in kept)

    def clear(self) -> None:
        """Forget the text and what was read in it."""
        with self.hold_trait_notifications():
            self.text, self.items, self.read, self.added = "", (), False, 0

    def confirm(self, form: str) -> tuple[Item, ...]:
        """Take the confirmed items and forget the rest."""
        items = self.confirmed(form)
        with self.hold_trait_notifications():
            self.clear()
            self.added = len(items)
        return items


def read_items(tables: Tables, text: str) -> tuple[Item, ...]:
    """List what a description says, each thing once."""
    # The language library is loaded only by who uses it.
    from spasmlib.reading import read_text

    found: dict[tuple[str, str, str], list[Any]] = {}
    for span in read_text(tables, text).spans:
        found.setdefault((span.kind, str(span.value), span.answer), []).append(span)
    return tuple(
        Item(
            key=str(number),
            kind=kind,
            value=value,
            label=spans[0].label,
            answer=answer,
            quotes=tuple(dict.fromkeys(text[span.start : span.end] for span in spans)),
        )
        for number, ((kind, value, answer), spans) in enumerate(found.items())
    )


def merged(
    tables: Tables, answers: dict[str, str], about: dict[str, Any], items: tuple[Item, ...]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Add confirmed items to the answers and facts of a person."""
    known = set(tables["findings"]["finding_id"])
    new = {
        item.value: item.answer
        for item in items
        if item.kind == "finding" and item.value in known and item.answer in ("yes", "no")
    }
    facts = dict(about)
    for item in items:
        if item.kind == "age":
            facts["age"] = int(item.value)
        elif item.kind == "sex":
            facts["sex"] = item.value
        elif item.kind == "pregnant":
            facts["pregnant"] = item.answer == "yes"
    said = {
        kind: [i.value for i in items if i.kind == kind and i.answer == "yes"] for kind in WORDS
    }
    facts["medicines"] = list(dict.fromkeys([*about.get("medicines", ()), *said["medicine"]]))
    named = understand(tables, Person(conditions=tuple(said["condition"]))).conditions
    always = understand(tables, Person()).conditions
    facts["conditions"] = list(
        dict.fromkeys([*about.get("conditions", ()), *sorted(named - always)])
    )
    return answered(exclusive_sets(tables), answers, new), facts


def own_words_html(model: OwnWordsModel) -> str:
    """Show the field for the description, and what was read in it."""
    return render(
        "own_words",
        text=model.text,
        longest=LONGEST,
        read=model.read,
        added=model.added,
        clear=[item for item in model.items if item.answer != "unclear"],
        unclear=[item for item in model.items if item.answer == "unclear"],
    )


def _fields(form: str) -> dict[str, list[str]]:
    """Read the fields of a form; the page sends them, so they may be anything."""
    try:
        pairs = json.loads(form)
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(str(name), []).append(str(value))
    except (TypeError, ValueError):
        return {}
    return fields
