"""Sources as a visitor sees them: a citation, one link, and whether the record is complete."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

import pandas as pd

from spasmlib.tables import Tables, records

RESOLVERS = {
    "doi": "https://doi.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    "url": "{}",
}
"""Kinds of link in the order in which they are preferred, with how each becomes an address."""

IDENTIFIERS = ["doi", "pmid", "pmcid"]


class Source(NamedTuple):
    """A citation, where to read it, and whether year and identifier are known.

    The link is empty where none may be shown.
    """

    citation: str
    link: str
    complete: bool


def citations(tables: Tables) -> pd.DataFrame:
    """Return every source with the link to show for it.

    Returns
    -------
    DataFrame
        Indexed by ``source_id``: ``citation``, ``kind``, ``year``, ``link`` (empty where
        none may be shown), ``link_kind`` and ``complete`` (it has a year and an
        identifier: DOI, PubMed or PubMed Central number).
    """
    return _citations(tables).copy()


@lru_cache(maxsize=8)
def _citations(tables: Tables) -> pd.DataFrame:
    sources = tables["sources"].set_index("source_id")
    link = pd.Series("", index=sources.index, dtype="str")
    kind = link.copy()
    for name, pattern in reversed(RESOLVERS.items()):
        address = sources[name].fillna("").map(lambda value, p=pattern: p.format(_quoted(value)))
        known = sources[name].notna() & address.str.match(r"https?://")
        link = link.mask(known, address)
        kind = kind.mask(known, name)
    complete = sources["year"].notna() & sources[IDENTIFIERS].notna().any(axis=1)
    return sources[["citation", "kind", "year"]].assign(
        link=link, link_kind=kind, complete=complete.astype(bool)
    )


def _quoted(value: str) -> str:
    # Some DOIs hold < > and #; what is quoted already stays as it is.
    return quote(value, safe="/:;()._-~%?=&+,@!$'*[]")


def with_citations(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    """Add ``citation``, ``link`` and ``complete`` to rows that have a ``source_id``."""
    known = _citations(tables)[["citation", "link", "complete"]]
    cited_rows = rows.merge(known, how="left", left_on="source_id", right_index=True)
    complete = cited_rows["complete"].eq(True)
    return cited_rows.fillna({"citation": "", "link": ""}).assign(complete=complete)


def cited(row: Mapping[str, Any]) -> Source:
    """Take the source out of a row that `with_citations` made; empty for an estimate."""
    return Source(row.get("citation") or "", row.get("link") or "", bool(row.get("complete")))


@lru_cache(maxsize=16)
def cited_by(tables: Tables, table: str, key: str) -> dict[str, tuple[Source, ...]]:
    """Return the sources that a table of links names, in their order, by the id in `key`."""
    sources: dict[str, list[Source]] = {}
    for row in records(with_citations(tables, tables[table].sort_values("position"))):
        sources.setdefault(row[key], []).append(cited(row))
    return {name: tuple(found) for name, found in sources.items()}
