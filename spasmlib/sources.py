"""Sources as a visitor sees them: a citation, one link, and whether the record is complete."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from spasmlib.tables import Tables

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


@lru_cache(maxsize=8)
def citations(tables: Tables) -> pd.DataFrame:
    """Return every source with the link to show for it.

    Returns
    -------
    DataFrame
        Indexed by ``source_id``: ``citation``, ``kind``, ``year``, ``link`` (empty where
        none may be shown), ``link_kind`` and ``complete`` (it has a year and an
        identifier: DOI, PubMed or PubMed Central number).
    """
    sources = tables["sources"].set_index("source_id")
    link = pd.Series("", index=sources.index, dtype="str")
    kind = link.copy()
    for name, pattern in reversed(RESOLVERS.items()):
        known = sources[name].notna()
        link = link.mask(known, sources[name].fillna("").map(pattern.format))
        kind = kind.mask(known, name)
    complete = sources["year"].notna() & sources[IDENTIFIERS].notna().any(axis=1)
    return sources[["citation", "kind", "year"]].assign(
        link=link, link_kind=kind, complete=complete.astype(bool)
    )


def with_citations(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    """Add ``citation``, ``link`` and ``complete`` to rows that have a ``source_id``."""
    known = citations(tables)[["citation", "link", "complete"]]
    return rows.merge(known, how="left", left_on="source_id", right_index=True).fillna(
        {"citation": "", "link": ""}
    )


def cited(row: Mapping[str, Any]) -> Source:
    """Take the source out of a row that `with_citations` made; empty for an estimate."""
    return Source(row.get("citation") or "", row.get("link") or "", bool(row.get("complete")))
