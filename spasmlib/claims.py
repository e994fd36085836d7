"""The article's claims, each with what studies say of it and where that was read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from spasmlib.sources import cited_by
from spasmlib.tables import Tables, labels, records
from spasmlib.uses import Link, address_of, item_links, keys, row_labels

GROUPINGS = ("section", "article_item")
"""By what `verdict_counts` counts."""

NUMBERED = {
    "cause": ("causes", "article_item"),
    "treatment": ("interventions", "article_treatment"),
}
"""Which table has rows that belong to an item of a section, and in which column it says so."""

INTRODUCTION = 0
"""Number of the item that opens a section and is not one of its numbered ones."""


class Item(NamedTuple):
    """One item of the article: a treatment, a cause, or a piece of advice.

    Attributes
    ----------
    item_id : str
        Section and number with a dot between, such as ``cause.5``.
    number : int
        0 is the introduction of the section.
    source_id : str
        The article.
    """

    item_id: str
    section: str
    section_label: str
    number: int
    label: str
    text: str
    source_id: str


@lru_cache(maxsize=8)
def items(tables: Tables) -> tuple[Item, ...]:
    """Return the items of the article, in its order."""
    sections = labels(tables, "article_section")
    order = {section: place for place, section in enumerate(sections)}
    rows = sorted(
        records(tables["article_items"]), key=lambda row: (order[row["section"]], row["item"])
    )
    return tuple(
        Item(
            item_id=f"{row['section']}.{row['item']}",
            section=row["section"],
            section_label=sections[row["section"]],
            number=row["item"],
            label=row["label"],
            text=row["text"],
            source_id=row["source_id"] or "",
        )
        for row in rows
    )


def belonging(tables: Tables, item: Item) -> tuple[Link, ...]:
    """Return the causes or interventions that belong to an item of the article.

    Examples
    --------
    >>> import spasmlib
    >>> tables = spasmlib.load()
    >>> item = next(item for item in items(tables) if item.item_id == "cause.4")
    >>> [link.label for link in belonging(tables, item)]
    ['Muscle strain']
    """
    table, column = NUMBERED.get(item.section, ("", ""))
    if not table:
        return ()
    belongs = (tables[table][column] == item.number).fillna(False)
    named = zip(keys(tables, table), row_labels(tables, table), belongs, strict=True)
    return tuple(Link(label, address_of(table, key), table) for key, label, own in named if own)


def checked(tables: Tables) -> pd.DataFrame:
    """Return every claim of the article with its verdict, in the order of the article.

    Returns
    -------
    DataFrame
        ``claim_id``, ``section`` and ``section_label``, ``article_item`` (its number),
        ``item_id`` and ``item_label``, ``claim``, ``verdict`` and ``verdict_label``,
        ``certainty`` and ``certainty_label``, ``why``, ``basis``, ``about`` (a tuple of
        `spasmlib.uses.Link`: the causes, findings, risk factors and interventions it is
        about), ``source_ids`` and ``sources`` (tuples, the latter of
        `spasmlib.sources.Source`).

    Examples
    --------
    >>> import spasmlib
    >>> claims = checked(spasmlib.load())
    >>> claims.loc[0, ["claim_id", "item_label", "verdict_label"]].tolist()
    ['a01', 'Treatments for back muscle spasms', 'Supported']
    """
    return _checked(tables).copy()


@lru_cache(maxsize=8)
def _checked(tables: Tables) -> pd.DataFrame:
    claims = tables["claims"].astype({"section": object, "verdict": object, "certainty": object})
    named = {(item.section, item.number): item for item in items(tables)}
    places = list(zip(claims["section"], claims["article_item"], strict=True))
    order = {place: number for number, place in enumerate(named)}
    about, sources = _about(tables), cited_by(tables, "claim_sources", "claim_id")
    source_ids = _source_ids(tables)
    claims = claims.assign(
        section_label=claims["section"].map(labels(tables, "article_section")),
        item_id=[f"{section}.{number}" for section, number in places],
        item_label=[named[place].label if place in named else "" for place in places],
        verdict_label=claims["verdict"].map(labels(tables, "verdict")),
        certainty_label=claims["certainty"].map(labels(tables, "certainty")),
        about=_tuples(claims["claim_id"], about),
        source_ids=_tuples(claims["claim_id"], source_ids),
        sources=_tuples(claims["claim_id"], sources),
        place=[order.get(place, len(order)) for place in places],
    )
    columns = [
        *("claim_id", "section", "section_label", "article_item", "item_id", "item_label"),
        *("claim", "verdict", "verdict_label", "certainty", "certainty_label", "why", "basis"),
        *("about", "source_ids", "sources"),
    ]
    return claims.sort_values("place", kind="stable", ignore_index=True)[columns]


def claims_about(tables: Tables, table: str, key: str) -> pd.DataFrame:
    """Return the rows of `checked` that are about one row of another table.

    Examples
    --------
    >>> import spasmlib
    >>> claims_about(spasmlib.load(), "interventions", "hydration")["claim_id"].tolist()[:1]
    ['a16']
    """
    own = address_of(table, key)
    claims = _checked(tables)
    about = [any(link.address == own for link in links) for links in claims["about"]]
    return claims[about].reset_index(drop=True)


def verdict_counts(tables: Tables, by: str = "section") -> pd.DataFrame:
    """Count the claims by verdict within each part of the article.

    Parameters
    ----------
    by : {"section", "article_item"}
        The parts: the sections, or the numbered items of each.

    Returns
    -------
    DataFrame
        One row a part and verdict, also where there is no claim: ``section`` or
        ``item_id``, ``label``, ``verdict``, ``verdict_label`` and ``claims``.

    Raises
    ------
    ValueError
        If `by` is neither.

    Examples
    --------
    >>> import spasmlib
    >>> counts = verdict_counts(spasmlib.load())
    >>> int(counts["claims"].sum())
    62
    """
    if by not in GROUPINGS:
        raise ValueError(f"by must be one of {', '.join(GROUPINGS)}, not {by!r}")
    key, label = ("section", "section_label") if by == "section" else ("item_id", "item_label")
    claims, verdicts = _checked(tables), labels(tables, "verdict")
    found = claims.groupby([key, "verdict"]).size().to_dict()
    parts = dict(zip(claims[key], claims[label], strict=True))
    return pd.DataFrame(
        [
            {
                key: part,
                "label": name,
                "verdict": verdict,
                "verdict_label": said,
                "claims": found.get((part, verdict), 0),
            }
            for part, name in parts.items()
            for verdict, said in verdicts.items()
        ],
        columns=[key, "label", "verdict", "verdict_label", "claims"],
    )


def _about(tables: Tables) -> dict[str, tuple[Link, ...]]:
    rows = tables["claim_links"].sort_values(["claim_id", "position"], kind="stable")
    about: dict[str, list[Link]] = {}
    for row in records(rows):
        links = item_links(tables, "claim_links", row)
        # The row names the claim itself, too.
        found = about.setdefault(row["claim_id"], [])
        found += [link for link in links if link.table != "claims"]
    return {name: tuple(links) for name, links in about.items()}


def _source_ids(tables: Tables) -> dict[str, tuple[str, ...]]:
    rows = tables["claim_sources"].sort_values("position", kind="stable")
    return {str(name): tuple(found) for name, found in rows.groupby("claim_id")["source_id"]}


def _tuples(ids: pd.Series, found: dict[str, tuple[Any, ...]]) -> pd.Series:
    return pd.Series([found.get(name, ()) for name in ids], index=ids.index, dtype=object)
