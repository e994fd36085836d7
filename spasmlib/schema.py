"""The schema of a data package: types, keys and rules as its ``datapackage.json`` states them.

Nothing else in spasmlib knows a column's type or key; see the Data Package and Table
Schema standards (https://datapackage.org).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spasmlib.locations import bundled_data

DESCRIPTOR = "datapackage.json"

PAGE_TEXTS = (
    "overall",
    "among",
    "article",
    "search_example",
    "medicine_example",
    "medicine_effect",
    "usual_cause",
    "usual_title",
    "trials_note",
)
"""What a descriptor's ``page`` must hold: the words of the page that depend on the topic.

``usual_cause`` is the id of the cause whose care is shown before any is chosen.
"""

SOURCED = "sourced"
"""The basis of a row whose figure or statement was read in its source."""


@dataclass(frozen=True)
class ForeignKey:
    """A column whose values must stand in another table's column."""

    column: str
    table: str
    target: str


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    type : str
        ``string``, ``integer``, ``number`` or ``boolean``.
    constraints : dict
        Table Schema constraints: ``required``, ``unique``, ``enum``, ``minimum``,
        ``maximum``, ``pattern``.
    terms : str
        Kind of ``terms`` whose rows give the column's ids their plain labels; empty if none.
    visitor_text : bool
        Whether visitors read this text, so that it must be in plain words.
    description : str
        What stands in it.
    """

    name: str
    type: str
    constraints: dict[str, Any]
    terms: str
    visitor_text: bool
    description: str = ""


@dataclass(frozen=True)
class SourceRule:
    """A row whose `basis` says sourced must name a source, and no other row may.

    Nothing but a source makes a figure more than an estimate, and an estimate must not
    borrow the weight of one.
    """

    basis: str
    source: str

    @property
    def formula(self) -> str:
        """The rule as an expression over one row, as Frictionless checks it."""
        return f"({self.basis} == {SOURCED!r}) == ({self.source} != None)"

    def __str__(self) -> str:
        return (
            f"{self.basis} must be {SOURCED!r} where {self.source} names a source, "
            f"and something else where {self.source} is empty"
        )


@dataclass(frozen=True)
class Table:
    """One table of a data package.

    Attributes
    ----------
    may_be_empty : bool
        Whether a topic can do without it, such as without a picture to mark places on.
    """

    name: str
    path: str
    may_be_empty: bool
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    sourced: tuple[SourceRule, ...]
    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class Schema:
    """A whole data package as its descriptor describes it.

    Attributes
    ----------
    page : dict of str to str
        Short texts of the page that depend on the topic, by the names in `PAGE_TEXTS`.
    """

    title: str
    description: str
    version: str
    page: dict[str, str]
    tables: dict[str, Table]


def read_schema(folder: Path) -> Schema:
    """Read the schema of the data package in `folder`.

    Raises
    ------
    ValueError
        If ``datapackage.json`` is missing, is not JSON, or lacks what a schema needs.
    """
    file = folder / DESCRIPTOR
    try:
        descriptor = json.loads(file.read_text(encoding="utf-8"))
        tables = [_table(resource) for resource in descriptor["resources"]]
        untold = [name for name in PAGE_TEXTS if not isinstance(descriptor["page"][name], str)]
        if untold:
            raise TypeError(f"text for {untold} in page")
    except OSError as error:
        raise ValueError(
            f"{file}: cannot be read ({error.strerror}); a data package is a folder with "
            f"{DESCRIPTOR} beside its CSV files"
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{file}: not valid JSON in UTF-8: {error}") from error
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{file}: not a data package descriptor: lacks {error}") from error
    _require_targets(file, tables)
    return Schema(
        title=descriptor.get("title", ""),
        description=descriptor.get("description", ""),
        version=descriptor.get("version", ""),
        page=descriptor["page"],
        tables={table.name: table for table in tables},
    )


def missing_labels(schema: Schema, known: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """List the ids of enumerated columns that have no label.

    Parameters
    ----------
    known : iterable of (kind, term_id)
        The rows of ``terms``.

    Returns
    -------
    list of (kind, term_id)
    """
    labelled = set(known)
    needed = {
        (column.terms, str(value))
        for table in schema.tables.values()
        for column in table.columns
        if column.terms
        for value in column.constraints.get("enum", ())
    }
    return sorted(needed - labelled)


def unknown_usual_cause(schema: Schema, cause_ids: Iterable[str]) -> str:
    """Say what is wrong with the page's ``usual_cause``; empty if it is a cause."""
    named = schema.page["usual_cause"]
    return "" if named in set(cause_ids) else f"page: usual_cause {named!r} is no row of causes"


def missing_parts(schema: Schema) -> list[tuple[str, str]]:
    """List the tables and columns that spasmlib works with and `schema` lacks.

    Returns
    -------
    list of (file, column)
        ``column`` is empty where the whole table is missing.
    """
    gaps = []
    for name, table in read_schema(bundled_data()).tables.items():
        own = schema.tables.get(name)
        if own is None:
            gaps.append((table.path, ""))
            continue
        present = {column.name for column in own.columns}
        gaps += [(own.path, column.name) for column in table.columns if column.name not in present]
    return gaps


def _table(resource: dict[str, Any]) -> Table:
    schema = resource["schema"]
    return Table(
        name=resource["name"],
        path=resource["path"],
        may_be_empty=bool(resource.get("mayBeEmpty", False)),
        columns=tuple(_column(field) for field in schema["fields"]),
        primary_key=_as_tuple(schema.get("primaryKey", ())),
        foreign_keys=tuple(
            ForeignKey(
                column=_one(key["fields"]),
                table=key["reference"]["resource"] or resource["name"],
                target=_one(key["reference"]["fields"]),
            )
            for key in schema.get("foreignKeys", ())
        ),
        sourced=tuple(
            SourceRule(rule["basis"], rule["source"]) for rule in schema.get("sourced", ())
        ),
        title=resource.get("title", ""),
        description=resource.get("description", ""),
    )


def _column(field: dict[str, Any]) -> Column:
    return Column(
        name=field["name"],
        type=field.get("type", "string"),
        constraints=field.get("constraints", {}),
        terms=field.get("terms", ""),
        visitor_text=field.get("visitorText", False),
        description=field.get("description", ""),
    )


def _require_targets(file: Path, tables: list[Table]) -> None:
    columns = {table.name: {column.name for column in table.columns} for table in tables}
    for table in tables:
        if not isinstance(table.path, str):
            raise ValueError(f"{file}: path of {table.name} is {table.path!r}; expected one file")
        for key in table.foreign_keys:
            if key.target not in columns.get(key.table, ()):
                raise ValueError(
                    f"{file}: a foreign key of {table.name} names {key.table}.{key.target}, "
                    "which is not described"
                )


def _one(value: str | list[str]) -> str:
    names = _as_tuple(value)
    if len(names) != 1:
        raise TypeError(f"a foreign key of one column, not {names}")
    return names[0]


def _as_tuple(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
