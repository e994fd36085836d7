"""An address or a kept visit that is opened again: what its fields say, checked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from spasmlib.panels.findings import answered, exclusive_sets
from spasmlib.tables import Tables

ANSWERS = {"y": "yes", "n": "no"}
FACTS = {"sex": ("female", "male"), "pregnant": ("yes", "no")}
LONGEST = 300
"""Letters of one field; no name of a medicine is longer."""

NAMED = 5
"""Unknown values that are named; the rest is counted."""

PLAIN = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)
"""What is repeated from an address: an id, and no words that the page would seem to say."""


@dataclass(frozen=True)
class Opened:
    """What an address holds.

    Attributes
    ----------
    answers, about : dict
        As in `spasmlib.panels.findings.FindingsModel`.
    cause : str
        The cause to open; empty for none.
    page : dict of str to str
        Values of ``at``, ``tab`` and ``mode`` of the page.
    study : str
        Where to go in the study part; empty for nowhere. The part itself says if it knows
        no such place.
    personal : bool
        Whether it holds more than a place in the study part.
    unknown : tuple of str
        What these tables do not know, which was left out.
    """

    answers: dict[str, str]
    about: dict[str, Any]
    cause: str
    page: dict[str, str]
    study: str
    personal: bool
    unknown: tuple[str, ...]

    @property
    def note(self) -> str:
        """Say what was left out; empty if nothing was."""
        if not self.unknown:
            return ""
        plain = [value for value in self.unknown if PLAIN.fullmatch(value)][:NAMED]
        named = f" ({', '.join(plain)})" if plain else ""
        number = len(self.unknown)
        return (
            f"{number} {'entry' if number == 1 else 'entries'}{named} of what was opened "
            f"{'is' if number == 1 else 'are'} not in these tables and "
            f"{'was' if number == 1 else 'were'} left out."
        )


def opened(tables: Tables, form: str, places: dict[str, tuple[str, ...]]) -> Opened:
    """Read the fields of an address that the page sent.

    Parameters
    ----------
    form : str
        JSON: lists of texts by the name of the field. It comes from an address that anyone
        may have written, so it may be anything.
    places : dict of str to tuple of str
        What ``at``, ``tab`` and ``mode`` may be.
    """
    raw = _fields(form)
    findings = set(tables["findings"]["finding_id"])
    conditions = set(tables["conditions"]["condition_id"])
    causes = set(tables["causes"]["cause_id"])
    unknown: list[str] = []

    def known(name: str, among: set[str]) -> list[str]:
        said = [value for value in raw.get(name, []) if value]
        unknown.extend(value for value in said if value not in among)
        return [value for value in said if value in among]

    answers: dict[str, str] = {}
    for name, answer in ANSWERS.items():
        said = dict.fromkeys(known(name, findings), answer)
        answers = answered(exclusive_sets(tables), answers, said)
    about: dict[str, Any] = {
        name: next(iter(known(name, set(values))), None) for name, values in FACTS.items()
    }
    about["pregnant"] = {"yes": True, "no": False, None: None}[about["pregnant"]]
    about["age"] = _age(raw.get("age", []), unknown)
    about["medicines"] = [name for name in raw.get("medicine", []) if name.strip()]
    about["conditions"] = known("condition", conditions)
    return Opened(
        answers=answers,
        about=about,
        cause=next(iter(known("cause", causes)), ""),
        page={
            name: value
            for name, among in places.items()
            for value in raw.get(name, [])[:1]
            if value in among
        },
        # A blank is what a + comes to in an address that was written by hand.
        study=next(iter(raw.get("study", [])), "").replace(" ", "+"),
        personal=bool(set(raw) - {"study"}),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _age(said: list[str], unknown: list[str]) -> int | None:
    if not said:
        return None
    if said[0].isascii() and said[0].isdigit():
        return int(said[0][:4])  # whether anyone can be that old is said beside the field
    unknown.append(said[0])
    return None


def _fields(form: str) -> dict[str, list[str]]:
    try:
        fields = json.loads(form)
        return {
            str(name): [str(value)[:LONGEST] for value in values]
            for name, values in fields.items()
            if isinstance(values, list)
        }
    except (AttributeError, TypeError, ValueError):
        return {}
