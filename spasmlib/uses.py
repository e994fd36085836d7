"""Every row of every table in plain words: its links, its sources, and what refers to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from spasmlib.schema import SOURCED, Column, ForeignKey, Table
from spasmlib.sources import Source, citations, cited
from spasmlib.tables import Tables, labels, records

PAGES = {
    "causes": "causes/{}",
    "findings": "causes/finding.{}",
    "risk_factors": "risks/{}",
    "interventions": "interventions/{}",
    "claims": "article/{}",
    "red_flags": "flags/{}",
    "glossary": "glossary/{}",
    "sources": "sources/{}",
}
"""Addresses of the tables whose rows have a page of their own in the study part."""

NAMES = ("label", "term", "citation", "claim", "question", "sign", "text", "medicine_class")
"""Columns that name a row, the first there is. Where the name stands twice, or there is none,
a row goes by what it links, too."""

MORE = ("condition", "guideline", "outcome", "population", "phase", "pattern", "rule", "name")
"""Columns that tell apart rows that link the same."""

BETWEEN = " · "
REFERRING = 20
"""How many rows of one table that refer to a row are listed."""


class Link(NamedTuple):
    """A row in plain words and where it stands in the study part."""

    label: str
    address: str
    table: str


class Cell(NamedTuple):
    """One value of a row.

    Attributes
    ----------
    name : str
        The column.
    heading : str
        What stands in it, in words.
    text : str
        The value in words; empty where it is missing.
    address : str
        Of the row that it names; empty for a plain value.
    """

    name: str
    heading: str
    text: str
    address: str


class SourceRow(NamedTuple):
    """A source with its id."""

    source_id: str
    source: Source


class Basis(NamedTuple):
    """What a figure or statement of a row rests on.

    `label` says whether it is sourced; `sources` are empty for an estimate. `column` is
    the column that says so; empty where the row names sources without one.
    """

    column: str
    label: str
    sourced: bool
    sources: tuple[SourceRow, ...]


class Referring(NamedTuple):
    """Rows of one table that name a row in one of their columns; at most `REFERRING`."""

    table: str
    title: str
    heading: str
    total: int
    rows: tuple[Link, ...]


@dataclass(frozen=True)
class Row:
    """One row of a table with all that hangs on it.

    Attributes
    ----------
    key : str
        Values of the primary key with + between.
    page : str
        Address of its own page in the study part; empty where it has none.
    """

    table: str
    title: str
    key: str
    label: str
    page: str
    cells: tuple[Cell, ...]
    bases: tuple[Basis, ...]
    used_by: tuple[Referring, ...]


def address_of(table: str, key: str) -> str:
    """Return the address of a row: its own page, or its place in the table.

    Examples
    --------
    >>> address_of("causes", "muscle_strain")
    'causes/muscle_strain'
    >>> address_of("evidence", "ev_heat_1")
    'rows/evidence/ev_heat_1'
    """
    return PAGES.get(table, f"rows/{table}/{{}}").format(key)


def keys(tables: Tables, table: str) -> tuple[str, ...]:
    """Return the key of each row: the values of the primary key with + between.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    _require_table(tables, table)
    return _keys(tables, table)


def row_labels(tables: Tables, table: str) -> tuple[str, ...]:
    """Return each row in a few plain words.

    Raises
    ------
    ValueError
        If there is no such table.

    Examples
    --------
    >>> import spasmlib
    >>> "Muscle strain" in row_labels(spasmlib.load(), "causes")
    True
    """
    _require_table(tables, table)
    return _labels(tables, table)


def cells_of(tables: Tables, table: str, row: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return the values of a record of a table in words."""
    shape = tables.schema.tables[table]
    linked = {key.column: key for key in shape.foreign_keys}
    return tuple(_cell(tables, column, linked.get(column.name), row) for column in shape.columns)


def item_links(tables: Tables, table: str, row: Mapping[str, Any]) -> tuple[Link, ...]:
    """Return the rows with pages of their own that a record names, sources apart."""
    return tuple(
        _link(tables, key, row[key.column])
        for key in tables.schema.tables[table].foreign_keys
        if key.table in PAGES and key.table != "sources" and row[key.column] is not None
    )


def row_of(tables: Tables, table: str, key: str) -> Row:
    """Return one row with its values in words, what it rests on and what refers to it.

    Parameters
    ----------
    table : str
    key : str
        Values of the primary key with + between.

    Raises
    ------
    ValueError
        If there is no such table, or no such row in it; in words for visitors.

    Examples
    --------
    >>> import spasmlib
    >>> row = row_of(spasmlib.load(), "causes", "muscle_strain")
    >>> row.label, row.page
    ('Muscle strain', 'causes/muscle_strain')
    """
    record = records(row_frame(tables, table, key))[0]
    shape = tables.schema.tables[table]
    return Row(
        table=table,
        title=shape.title,
        key=key,
        label=_labels(tables, table)[_places(tables, table)[key]],
        page=address_of(table, key) if table in PAGES else "",
        cells=cells_of(tables, table, record),
        bases=tuple(_bases(tables, shape, record)),
        used_by=tuple(_referring(tables, table, record)),
    )


def row_frame(tables: Tables, table: str, key: str) -> pd.DataFrame:
    """Return one row as a table of its own, as it stands in the file.

    Raises
    ------
    ValueError
        As `row_of`.
    """
    _require_table(tables, table)
    place = _places(tables, table).get(key)
    if place is None:
        title = tables.schema.tables[table].title
        raise ValueError(f"There is no row “{key}” in the table “{title}”.")
    return tables[table].iloc[[place]]


def source_uses(tables: Tables) -> pd.DataFrame:
    """Return where each source is used: one row for each row that names it.

    Returns
    -------
    DataFrame
        ``source_id``, ``table``, ``title`` (of the table), ``key`` and ``label`` (of the
        row), ``address`` (of the row in the study part), ``items`` (a tuple of `Link`: what
        the row is about that has a page of its own).

    Examples
    --------
    >>> import spasmlib
    >>> uses = source_uses(spasmlib.load())
    >>> uses.loc[uses["source_id"] == "shoemaker_1997_massage_flow", "table"].tolist()
    ['evidence', 'claim_sources']
    """
    return _source_uses(tables).copy()


def source_list(tables: Tables) -> pd.DataFrame:
    """Return every source with how often it is used, the most used first.

    Returns
    -------
    DataFrame
        ``source_id``, what `spasmlib.sources.citations` says of it, ``kind_label``,
        ``uses`` (how many rows name it) and ``tables`` (a tuple of their names).
    """
    return _source_list(tables).copy()


def provenance(tables: Tables) -> pd.DataFrame:
    """Count, for each table, the rows that were read in a source.

    Returns
    -------
    DataFrame
        ``table``, ``title``, ``description``, ``rows``, ``sourced`` (rows whose basis is
        ``sourced`` or, where a table has no basis, that name a source) and ``share``;
        the last two are missing for tables that state nothing to source, such as lists of
        labels.

    Examples
    --------
    >>> import spasmlib
    >>> shares = provenance(spasmlib.load()).set_index("table")
    >>> float(shares.loc["evidence", "share"])
    1.0
    """
    return _provenance(tables).copy()


@lru_cache(maxsize=8)
def _provenance(tables: Tables) -> pd.DataFrame:
    rows = []
    for name, shape in tables.schema.tables.items():
        frame = tables[name]
        read = _read(shape, frame)
        rows.append(
            {
                "table": name,
                "title": shape.title,
                "description": shape.description,
                "rows": len(frame),
                "sourced": None if read is None else int(read.sum()),
                "share": float(read.mean()) if read is not None and len(read) else None,
            }
        )
    return pd.DataFrame(rows).astype({"sourced": "Int64", "share": "float64"})


def _read(shape: Table, frame: pd.DataFrame) -> pd.Series | None:
    """Say of each row whether it was read in a source; None where none could be."""
    basis = _basis_column(shape)
    if basis:
        return frame[basis] == SOURCED
    sources = _source_columns(shape)
    return frame[sources].notna().any(axis=1) if sources else None


def _basis_column(shape: Table) -> str:
    """Return the column that says what a row as a whole rests on."""
    named = [rule.basis for rule in shape.sourced]
    named += [column.name for column in shape.columns if column.terms == "basis"]
    return named[0] if named else ""


def _source_columns(shape: Table) -> list[str]:
    return [key.column for key in shape.foreign_keys if key.table == "sources"]


@lru_cache(maxsize=8)
def _source_uses(tables: Tables) -> pd.DataFrame:
    columns = ["source_id", "table", "title", "key", "label", "address", "items"]
    return pd.DataFrame.from_records(list(_uses(tables)), columns=columns)


def _uses(tables: Tables) -> Iterator[tuple[Any, ...]]:
    for name, shape in tables.schema.tables.items():
        for column in _source_columns(shape):
            rows = records(tables[name])
            for key, label, row in zip(
                _keys(tables, name), _labels(tables, name), rows, strict=True
            ):
                if row[column] is not None:
                    own = (Link(label, address_of(name, key), name),) if name in PAGES else ()
                    items = own + item_links(tables, name, row)
                    yield (
                        *(row[column], name, shape.title, key, label),
                        *(f"rows/{name}/{key}", items),
                    )


@lru_cache(maxsize=8)
def _source_list(tables: Tables) -> pd.DataFrame:
    known = citations(tables).reset_index()
    used = _source_uses(tables).groupby("source_id")["table"]
    names = {name: tuple(dict.fromkeys(found)) for name, found in used}
    named = [names.get(source_id, ()) for source_id in known["source_id"]]
    found = known.assign(
        kind=known["kind"].astype(object),
        kind_label=known["kind"].astype(object).map(labels(tables, "source_kind")),
        uses=known["source_id"].map(used.size()).fillna(0).astype(int),
        tables=pd.Series(named, dtype=object),
    )
    return found.sort_values("uses", ascending=False, kind="stable", ignore_index=True)


@lru_cache(maxsize=256)
def _keys(tables: Tables, table: str) -> tuple[str, ...]:
    shape, frame = tables.schema.tables[table], tables[table]
    parts = [frame[name].astype(str).tolist() for name in shape.primary_key]
    return tuple("+".join(values) for values in zip(*parts, strict=True))


@lru_cache(maxsize=256)
def _places(tables: Tables, table: str) -> dict[str, int]:
    return {key: place for place, key in enumerate(_keys(tables, table))}


@lru_cache(maxsize=256)
def _labels(tables: Tables, table: str) -> tuple[str, ...]:
    shape, frame = tables.schema.tables[table], tables[table]
    name = next((name for name in NAMES if name in frame), "")
    if name and not frame[name].dropna().duplicated().any():
        parts = [frame[name]]
    else:
        parts = [
            frame[key.column].map(_by_value(tables, key))
            for key in shape.foreign_keys
            if key.table != "sources"
        ]
        parts += [frame[name]] if name else _telling(tables, shape, frame)
    # Where there is nothing to go by, the key has to do.
    rows = zip(*parts, strict=True) if parts else [()] * len(frame)
    told = [BETWEEN.join(str(part) for part in row if pd.notna(part)) for row in rows]
    return tuple(label or key for label, key in zip(told, _keys(tables, table), strict=True))


def _telling(tables: Tables, shape: Table, frame: pd.DataFrame) -> list[pd.Series]:
    return [_words(tables, column, frame) for column in shape.columns if _tells(shape, column)]


def _tells(shape: Table, column: Column) -> bool:
    """Say whether a plain column tells apart rows that link the same."""
    if column.name in {key.column for key in shape.foreign_keys}:
        return False
    return column.name in MORE or bool(column.terms and column.name in shape.primary_key)


def _words(tables: Tables, column: Column, frame: pd.DataFrame) -> pd.Series:
    values = frame[column.name].astype(object)
    return values.map(labels(tables, column.terms)) if column.terms else values


@lru_cache(maxsize=256)
def _by_value(tables: Tables, key: ForeignKey) -> dict[str, str]:
    """Return the label of each row that a foreign key may name, by the value that names it."""
    return dict(
        zip(tables[key.table][key.target].astype(str), _labels(tables, key.table), strict=True)
    )


@lru_cache(maxsize=256)
def _key_by_value(tables: Tables, key: ForeignKey) -> dict[str, str]:
    return dict(
        zip(tables[key.table][key.target].astype(str), _keys(tables, key.table), strict=True)
    )


def _link(tables: Tables, key: ForeignKey, value: object) -> Link:
    name = str(value)
    address = address_of(key.table, _key_by_value(tables, key)[name])
    return Link(_by_value(tables, key)[name], address, key.table)


def _cell(tables: Tables, column: Column, key: ForeignKey | None, row: Mapping[str, Any]) -> Cell:
    value = row[column.name]
    heading = column.description or column.name
    if value is None:
        return Cell(column.name, heading, "", "")
    if key:
        link = _link(tables, key, value)
        return Cell(column.name, heading, link.label, link.address)
    known = labels(tables, column.terms) if column.terms else {}
    return Cell(column.name, heading, known.get(str(value)) or in_words(value), "")


def in_words(value: object) -> str:
    """Write a value of a table as people read it.

    Examples
    --------
    >>> in_words(True), in_words(0.00004), in_words(815.0), in_words(-7.3)
    ('yes', '0.00004', '815', '−7.3')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".").replace("-", "−")
    return str(value).replace("-", "−") if isinstance(value, int) else str(value)


def _bases(tables: Tables, shape: Table, row: Mapping[str, Any]) -> Iterator[Basis]:
    """Say what a row rests on: once for each column that says so, and for linked sources."""
    said = labels(tables, "basis")
    ruled = {rule.basis: [rule.source] for rule in shape.sourced}
    own = _source_columns(shape)
    linked = _linked_sources(tables, shape, row)
    columns = [column.name for column in shape.columns if column.terms == "basis"]
    for name in (name for name in columns if row[name] is not None):
        sourced = row[name] == SOURCED
        read = _named_sources(tables, row, ruled.get(name, own)) if sourced else ()
        yield Basis(
            name, said.get(str(row[name]), ""), sourced, read or (linked if sourced else ())
        )
    if not columns and own:
        yield Basis("", said[SOURCED], True, _named_sources(tables, row, own))
    if linked and not any(name not in ruled for name in columns):
        yield Basis("", said[SOURCED], True, linked)


def _named_sources(
    tables: Tables, row: Mapping[str, Any], columns: Iterable[str]
) -> tuple[SourceRow, ...]:
    named = [str(row[name]) for name in columns if row[name] is not None]
    return tuple(SourceRow(name, _sources(tables)[name]) for name in named)


def _linked_sources(tables: Tables, shape: Table, row: Mapping[str, Any]) -> tuple[SourceRow, ...]:
    """Return the sources that a table of links names for a row."""
    found: dict[str, None] = {}
    for name, other in tables.schema.tables.items():
        naming = [key for key in other.foreign_keys if key.table == shape.name]
        sources = [key for key in other.foreign_keys if key.table == "sources"]
        # A table of links is one whose key is nothing but what it links.
        if (
            naming
            and sources
            and {key.column for key in naming + sources} == set(other.primary_key)
        ):
            rows = tables[name]
            rows = rows[rows[naming[0].column] == row[naming[0].target]]
            found |= dict.fromkeys(rows[sources[0].column].astype(str))
    return tuple(SourceRow(name, _sources(tables)[name]) for name in found)


@lru_cache(maxsize=8)
def _sources(tables: Tables) -> dict[str, Source]:
    known = citations(tables).reset_index()
    return {row["source_id"]: cited(row) for row in records(known)}


def _referring(tables: Tables, table: str, row: Mapping[str, Any]) -> Iterator[Referring]:
    for name, shape in tables.schema.tables.items():
        for key in (key for key in shape.foreign_keys if key.table == table):
            rows = tables[name]
            places = (rows[key.column] == row[key.target]).fillna(False).to_numpy().nonzero()[0]
            if len(places):
                keys, told = _keys(tables, name), _labels(tables, name)
                links = (Link(told[at], address_of(name, keys[at]), name) for at in places)
                heading = next(c.description for c in shape.columns if c.name == key.column)
                first = tuple(link for link, _ in zip(links, range(REFERRING), strict=False))
                yield Referring(name, shape.title, heading, len(places), first)


def _require_table(tables: Tables, table: str) -> None:
    if table not in tables:
        raise ValueError(f"There is no table “{table}” in these data.")
