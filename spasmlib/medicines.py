"""Which of a person's medicines are known to go with cramps, how often, and how one knows."""

from __future__ import annotations

import pandas as pd

from spasmlib.person import Known
from spasmlib.sources import with_citations
from spasmlib.tables import Tables

COLUMNS = [
    "said",
    "medicine_id",
    "medicine_class",
    "mechanism",
    "frequency",
    "frequency_percent",
    "cause_id",
    "cause",
    "basis",
    "source_id",
    "citation",
    "link",
    "complete",
]


def cramp_medicines(tables: Tables, known: Known) -> pd.DataFrame:
    """Return what is known of the named medicines and cramps.

    Parameters
    ----------
    known : Known
        From `spasmlib.person.understand`.

    Returns
    -------
    DataFrame
        One row per named medicine and record on it: ``said`` (the person's words),
        ``medicine_class``, ``mechanism``, ``frequency`` in words (with the placebo group
        where a trial had one), ``frequency_percent``, ``cause`` and its ``cause_id``,
        ``basis``, ``source_id``, ``citation``, ``link``, ``complete``.

    Examples
    --------
    >>> import spasmlib
    >>> tables = spasmlib.load()
    >>> view = spasmlib.assess(tables, spasmlib.Person(medicines=("simvastatin",)))
    >>> "26.6% on placebo" in view.medicines["frequency"].iloc[0]
    True
    """
    named = pd.DataFrame(known.medicines, columns=["said", "medicine_id"], dtype=object)
    causes = tables["causes"][["cause_id", "label"]].rename(columns={"label": "cause"})
    rows = named.merge(tables["medicines"], on="medicine_id").merge(causes, on="cause_id")
    return with_citations(tables, rows).fillna({"mechanism": ""})[COLUMNS]
