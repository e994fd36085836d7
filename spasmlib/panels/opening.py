"""An address or a kept visit that is opened again: what its fields say, checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from spasmlib.tables import Tables

ANSWERS = {"y": "yes", "n": "no"}
FACTS = {"sex": ("female", "male"), "pregnant": ("yes", "no")}
LONGEST = 300
"""Letters of one field; no name of a medicine is longer."""


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
    unknown : tuple of str
        What these tables do not know, which was left out.
    """

    answers: dict[str, str]
    about: dict[str, Any]
    cause: str
    page: dict[str, str]
    unknown: tuple[str, ...]

    @property
    def note(self) -> str:
        """Say what was left out; empty if nothing was."""
        if not self.unknown:
            return ""
        return (
            "Some of what this address holds is not in these tables and was left out: "
            f"{', '.join(self.unknown)}."
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

    answers = {
        finding: answer for name, answer in ANSWERS.items() for finding in known(name, findings)
    }
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
        unknown=tuple(dict.fromkeys(value[:40] for value in unknown)),
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
