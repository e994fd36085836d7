"""Checking a data package against its own schema with the Frictionless library."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spasmlib.locations import chosen_data
from spasmlib.schema import (
    DESCRIPTOR,
    Schema,
    Table,
    missing_labels,
    missing_parts,
    read_schema,
    unknown_usual_cause,
)

MOST_FAULTS_A_TABLE = 100_000


@dataclass(frozen=True)
class Fault:
    """One fault in a data package.

    Attributes
    ----------
    file : str
        File within the package.
    row : int or None
        Line in the file, the header being line 1; ``None`` for a whole file.
    column : str
        Column name, empty where the fault is not in one column.
    value : str
        What stands there, empty if nothing does.
    rule : str
        The rule that is broken, in words.
    """

    file: str
    row: int | None
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column:
            place.append(f"column {self.column}")
        if self.value:
            place.append(f"value {self.value!r}")
        return f"{', '.join(place)}: {self.rule}"


def check(path: str | os.PathLike[str] | None = None) -> list[Fault]:
    """List every fault of the data package at `path`; an empty list means it is sound.

    Parameters
    ----------
    path : path-like, optional
        As for `spasmlib.load`.

    Returns
    -------
    list of Fault
        In file and row order.
    """
    folder = chosen_data(path)
    try:
        schema = read_schema(folder)
    except ValueError as error:
        return [Fault(DESCRIPTOR, None, "", "", str(error))]
    gaps = [
        Fault(
            DESCRIPTOR,
            None,
            column,
            "",
            f"describes no column {column} of {file}, which spasmlib needs"
            if column
            else f"describes no table {file}, which spasmlib needs",
        )
        for file, column in missing_parts(schema)
    ]
    cells = list(_frictionless_faults(folder, schema))
    return gaps + cells + list(_unlabelled(folder, schema)) + list(_page_faults(folder, schema))


def _unlabelled(folder: Path, schema: Schema) -> Iterator[Fault]:
    """Find ids without a plain label, which a page could not show."""
    terms = _rows(folder, schema, "terms", ("kind", "term_id"))
    if terms is None:
        return
    for kind, term in missing_labels(schema, [(row["kind"], row["term_id"]) for row in terms]):
        yield Fault("terms.csv", None, "term_id", term, f"no row of kind {kind} gives it a label")


def _page_faults(folder: Path, schema: Schema) -> Iterator[Fault]:
    """Find ids in the texts of the page that no table has."""
    causes = _rows(folder, schema, "causes", ("cause_id",))
    if causes is None:
        return
    if fault := unknown_usual_cause(schema, [row["cause_id"] for row in causes]):
        yield Fault(DESCRIPTOR, None, "", "", fault)


def _rows(
    folder: Path, schema: Schema, name: str, columns: tuple[str, ...]
) -> list[dict[str, str]] | None:
    """Read a table as text; ``None`` where it is so broken that this is reported already."""
    table = schema.tables.get(name)
    try:
        path = folder / (table.path if table else f"{name}.csv")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    return rows if all(column in row for row in rows for column in columns) else None


def _frictionless_faults(folder: Path, schema: Schema) -> Iterator[Fault]:
    from frictionless import Checklist, FrictionlessException, Package, checks, system

    # The caller chose this folder: paths in it are as trusted as the folder itself.
    with system.use_context(trusted=True):
        try:
            package = Package(str(folder / DESCRIPTOR))
            package.to_descriptor(validate=True)
        except FrictionlessException as problem:
            for detail in problem.reasons or [problem.error]:
                yield Fault(DESCRIPTOR, None, "", "", detail.message)
            return
        for resource in package.resources:
            table = schema.tables[resource.name]
            constraints = [checks.row_constraint(formula=rule.formula) for rule in table.sourced]
            report = resource.validate(
                Checklist(checks=constraints), limit_errors=MOST_FAULTS_A_TABLE
            )
            yield from _table_faults(table, report)


def _table_faults(table: Table, report: Any) -> Iterator[Fault]:
    for problem in report.errors:
        yield Fault(table.path, None, "", "", problem.message)
    for task in report.tasks:
        for problem in task.errors:
            yield _fault(table, problem)
        if task.stats.get("rows") == 0 and not task.errors and not table.may_be_empty:
            yield Fault(table.path, None, "", "", "has a header but no rows")


def _fault(table: Table, problem: Any) -> Fault:
    row = getattr(problem, "row_number", None)
    if problem.type == "row-constraint":
        rule = next(rule for rule in table.sourced if rule.formula in problem.note)
        return Fault(table.path, row, rule.basis, "", str(rule))
    if problem.type == "primary-key":
        # Key faults name no column: the row begins with its key.
        columns = ", ".join(table.primary_key)
        value = ", ".join(problem.cells[: len(table.primary_key)])
        return Fault(table.path, row, columns, value, f"primary key: {problem.note}")
    if problem.type == "foreign-key":
        columns, value = ", ".join(problem.field_names), ", ".join(problem.field_cells)
        rule_text = f"foreign key: no such row in {problem.reference_name}"
        return Fault(table.path, row, columns, value, rule_text)
    column = str(getattr(problem, "field_name", "") or getattr(problem, "label", "") or "")
    value = str(getattr(problem, "cell", "") or "")
    return Fault(table.path, row, column, value, f"{problem.title.lower()}: {problem.note}")
