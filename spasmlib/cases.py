"""Reference cases: published stories of people whose cause is known, one JSON object a line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spasmlib.person import Person, unknown
from spasmlib.tables import Tables

TEXTS = ("case_id", "cause_id", "urgency", "narrative", "source_id", "kind", "dx_certainty")
LISTS = (
    "also_acceptable",
    "present",
    "absent",
    "unmapped",
    "medicines",
    "conditions",
    "urgency_readers",
    "present_2",
    "absent_2",
)


@dataclass(frozen=True)
class Case:
    """One reference case.

    Attributes
    ----------
    case_id, cause_id : str
        Its own id, and the cause that was found in the end.
    also_acceptable : tuple of str
        Causes that are true of the case as well.
    urgency : str
        What a careful clinician would advise when the story is told.
    urgency_readers : tuple of str
        What independent readers of the story advised.
    person : Person
        The coded story: findings present and absent, age, sex, medicines, conditions.
    unmapped : tuple of str
        Remarks of the coder that no finding stood for.
    narrative : str
        The story in the first person.
    present_2, absent_2 : frozenset of str
        A second reader's coding of the narrative.
    kind : str
        ``case_report``, ``exam_vignette`` or ``teaching_case``.
    dx_certainty : str
        How sure the cause is: ``clear``, ``fair``, ``doubtful``.
    source_id : str
        Where the case was published.
    """

    case_id: str
    cause_id: str
    also_acceptable: tuple[str, ...]
    urgency: str
    urgency_readers: tuple[str, ...]
    person: Person
    unmapped: tuple[str, ...]
    narrative: str
    present_2: frozenset[str]
    absent_2: frozenset[str]
    kind: str
    dx_certainty: str
    source_id: str

    @property
    def accepted(self) -> frozenset[str]:
        """All causes that count as right."""
        return frozenset({self.cause_id, *self.also_acceptable})


@dataclass(frozen=True)
class BadLine:
    """A line that is no case, and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


def read_cases(
    tables: Tables, path: str | os.PathLike[str]
) -> tuple[tuple[Case, ...], tuple[BadLine, ...]]:
    """Read reference cases from a file of JSON lines.

    Parameters
    ----------
    tables : Tables
        Whose ids of causes, findings and urgencies the cases must use.
    path : path-like
        The file. Empty lines are passed over.

    Returns
    -------
    cases : tuple of Case
    bad : tuple of BadLine
        Every line that could not be read, by number.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is not text in UTF-8.
    """
    file = Path(path)
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: not text in UTF-8: {error}") from None
    known = _Known.of(tables)
    cases: list[Case] = []
    bad: list[BadLine] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = _case(known, line)
            if case.case_id in seen:
                raise ValueError(f"case_id {case.case_id!r} stands twice")
        except ValueError as error:
            bad.append(BadLine(file.name, number, str(error)))
        else:
            seen.add(case.case_id)
            cases.append(case)
    return tuple(cases), tuple(bad)


@dataclass(frozen=True)
class _Known:
    """The ids that a case may name."""

    causes: Sequence[str]
    findings: Sequence[str]
    urgencies: Sequence[str]

    @classmethod
    def of(cls, tables: Tables) -> _Known:
        return cls(
            causes=list(tables["causes"]["cause_id"]),
            findings=list(tables["findings"]["finding_id"]),
            urgencies=list(tables["urgency_levels"]["urgency"].astype(str)),
        )

    def require(self, what: str, values: Sequence[str]) -> None:
        ids = {"cause": self.causes, "finding": self.findings, "urgency": self.urgencies}[what]
        strangers = [value for value in values if value not in ids]
        if strangers:
            raise ValueError("; ".join(unknown(what, value, ids) for value in strangers))


def _case(known: _Known, line: str) -> Case:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise ValueError(f"holds {type(row).__name__}; expected an object with the case's fields")
    texts = {name: _text(row, name) for name in TEXTS}
    lists = {name: _list(row, name) for name in LISTS}
    known.require("cause", [texts["cause_id"], *lists["also_acceptable"]])
    for name in ("present", "absent", "present_2", "absent_2"):
        known.require("finding", lists[name])
    known.require("urgency", [texts["urgency"], *lists["urgency_readers"]])
    person = Person(
        present=frozenset(lists["present"]),
        absent=frozenset(lists["absent"]),
        age=row.get("age"),
        sex=row.get("sex"),
        pregnant=row.get("pregnant"),
        medicines=lists["medicines"],
        conditions=lists["conditions"],
    )
    return Case(
        person=person,
        present_2=frozenset(lists["present_2"]),
        absent_2=frozenset(lists["absent_2"]),
        also_acceptable=lists["also_acceptable"],
        urgency_readers=lists["urgency_readers"] or (texts["urgency"],),
        unmapped=lists["unmapped"],
        **texts,
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, None if name in ("case_id", "cause_id", "urgency") else "")
    if not isinstance(value, str) or (name in ("case_id", "cause_id", "urgency") and not value):
        raise ValueError(f"{name} is {value!r}; expected a text")
    return value


def _list(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} is {value!r}; expected a list of texts")
    return tuple(value)
