"""Reading a data package into pandas tables that cannot be changed by accident."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasmlib.locations import chosen_data
from spasmlib.schema import (
    SOURCED,
    Column,
    Schema,
    Table,
    missing_labels,
    missing_parts,
    read_schema,
    unknown_usual_cause,
)


class TablesError(ValueError):
    """A data package is broken; the message lists every fault found.

    Attributes
    ----------
    faults : tuple
        What `spasmlib.checking.check` reports, one `spasmlib.checking.Fault` each.
    """

    def __init__(self, folder: Path, faults: tuple[object, ...]):
        self.faults = faults
        count = f"{len(faults)} fault{'s' * (len(faults) != 1)}"
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"The tables in {folder} cannot be used, {count}:\n{lines}")


class Tables(Mapping[str, pd.DataFrame]):
    """The tables of one data package, by name, read-only.

    ``tables.causes`` and ``tables["causes"]`` give the same table. Each access hands out
    a copy: changing it never changes the tables themselves.

    Examples
    --------
    >>> import spasmlib
    >>> tables = spasmlib.load()
    >>> "causes" in tables
    True
    >>> tables.causes.loc[tables.causes["cause_id"] == "muscle_strain", "label"].item()
    'Muscle strain'
    """

    __slots__ = ("_frames", "folder", "schema")

    folder: Path
    schema: Schema
    _frames: dict[str, pd.DataFrame]

    def __init__(self, folder: Path, schema: Schema, frames: Mapping[str, pd.DataFrame]):
        object.__setattr__(self, "folder", folder)
        object.__setattr__(self, "schema", schema)
        object.__setattr__(self, "_frames", dict(frames))

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name].copy()

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                f"no table {name!r}; there are: {', '.join(self._frames)}"
            ) from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"tables are read-only: {name!r} cannot be set")

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    # One package is one value: it is looked up by identity, never compared cell by cell.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.folder, self.schema, self._frames)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._frames]

    def __repr__(self) -> str:
        rows = sum(len(frame) for frame in self._frames.values())
        return (
            f"<Tables {self.schema.title!r} {self.schema.version}: {len(self)} tables, {rows} rows>"
        )


def load(path: str | os.PathLike[str] | None = None) -> Tables:
    """Read a data package into typed tables.

    Parameters
    ----------
    path : path-like, optional
        Folder that holds ``datapackage.json`` and its CSV files. By default the folder
        named by the environment variable ``SPASM_DATA``, else the tables that come with
        spasmlib.

    Returns
    -------
    Tables
        One DataFrame a table. Columns with an enumeration are categoricals, integers are
        nullable (``Int64``), numbers ``float64``, the rest strings; an empty cell is
        missing.

    Raises
    ------
    TablesError
        If anything in the package breaks its schema; lists all faults by file, row,
        column and value. It is a `ValueError`.
    """
    folder = chosen_data(path)
    try:
        schema = read_schema(folder)
        if missing_parts(schema):
            raise ValueError("tables or columns are missing")
        frames = {table.name: _read(folder, table) for table in schema.tables.values()}
        for table in schema.tables.values():
            _require_keys(table, frames)
        unlabelled = missing_labels(schema, _pairs(frames["terms"]))
        if unlabelled:
            raise ValueError(f"terms.csv: no label for {unlabelled}")
        if fault := unknown_usual_cause(schema, frames["causes"]["cause_id"]):
            raise ValueError(fault)
    except (OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise _explain(folder, error) from None
    return Tables(folder, schema, frames)


def labels(tables: Tables, kind: str) -> dict[str, str]:
    """Return the plain labels of one kind of term, in their order, by id."""
    terms = tables["terms"]
    chosen = terms[terms["kind"] == kind].sort_values("position")
    return dict(zip(chosen["term_id"], chosen["label"], strict=True))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dicts of plain Python values, missing ones as ``None``."""
    # By column: DataFrame.to_dict after where() takes several times as long.
    columns = [
        [None if gone else value for value, gone in zip(cells.tolist(), cells.isna(), strict=True)]
        for _, cells in frame.items()
    ]
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _pairs(terms: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(terms["kind"], terms["term_id"], strict=True))


def _explain(folder: Path, error: Exception) -> TablesError:
    # The full report needs the Frictionless library, which is slow to import and to run:
    # only broken tables pay for it.
    from spasmlib.checking import check

    return TablesError(folder, tuple(check(folder)) or (str(error),))


def _read(folder: Path, table: Table) -> pd.DataFrame:
    text = pd.read_csv(
        folder / table.path,
        dtype=str,
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
        on_bad_lines="error",
        index_col=False,
        skip_blank_lines=False,
    )
    names = [column.name for column in table.columns]
    if list(text.columns) != names:
        raise ValueError(f"{table.path}: columns are {list(text.columns)}, expected {names}")
    if text.empty and not table.may_be_empty:
        raise ValueError(f"{table.path}: no rows")
    _require_sources(text, table)
    try:
        typed = {column.name: _typed(text[column.name], column) for column in table.columns}
    except ValueError as error:
        raise ValueError(f"{table.path}, {error}") from None
    return pd.DataFrame(typed)


def _require_sources(text: pd.DataFrame, table: Table) -> None:
    for rule in table.sourced:
        sourced = text[rule.basis] == SOURCED
        if (text[rule.source].notna() != sourced).any():
            raise ValueError(f"{table.path}: {rule}")


def _typed(text: pd.Series, column: Column) -> pd.Series:
    rules = column.constraints
    if rules.get("required"):
        _require(text, text.notna(), "empty where a value is required")
    given = text.dropna()
    if "pattern" in rules:
        _require(given, given.str.fullmatch(rules["pattern"]), f"not like {rules['pattern']}")
    if "enum" in rules:
        known = [str(value) for value in rules["enum"]]
        _require(given, given.isin(known), f"not one of {', '.join(known)}")
    if rules.get("unique"):
        _require(given, ~given.duplicated(), "stands twice")
    values = _cast(text, column)
    for rule, holds in (("minimum", values.ge), ("maximum", values.le)):
        if rule in rules:
            _require(text, holds(rules[rule]) | values.isna(), f"breaks {rule} {rules[rule]}")
    return values


def _cast(text: pd.Series, column: Column) -> pd.Series:
    given = text.dropna()
    if column.type == "integer":
        _require(given, given.str.fullmatch(r"[+-]?\d{1,15}"), "not a whole number")
        return pd.to_numeric(text).astype("Int64")
    if column.type == "number":
        values = pd.to_numeric(text, errors="coerce").astype("float64")
        _require(text, values.abs().lt(np.inf) | text.isna(), "not a finite number")
        return values
    if column.type == "boolean":
        _require(given, given.isin(["true", "false"]), "not true or false")
        return text.map({"true": True, "false": False}).astype("boolean")
    if "enum" in column.constraints:
        return text.astype(pd.CategoricalDtype(column.constraints["enum"], ordered=True))
    return text


def _require(text: pd.Series, holds: pd.Series, rule: str) -> None:
    """Raise for the first cell that breaks `rule`; the header is row 1."""
    broken = text[~holds.reindex(text.index).astype(bool)]
    if len(broken):
        row, value = int(broken.index[0]) + 2, broken.iloc[0]
        raise ValueError(f"row {row}, column {text.name}, value {value!r}: {rule}")


def _require_keys(table: Table, frames: Mapping[str, pd.DataFrame]) -> None:
    frame = frames[table.name]
    key = list(table.primary_key)
    if key and (frame[key].isna().any(axis=None) or frame.duplicated(key).any()):
        raise ValueError(f"{table.path}: primary key {key} is empty or stands twice")
    for link in table.foreign_keys:
        known = frames[link.table][link.target]
        if not frame[link.column].dropna().isin(known).all():
            raise ValueError(f"{table.path}: {link.column} names a row missing in {link.table}")
