"""The graded warning signs as a list: what must be there together, and how soon to act."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from spasmlib.sources import with_citations
from spasmlib.tables import Tables, records
from spasmlib.uses import Link, address_of


def warning_signs(tables: Tables) -> pd.DataFrame:
    """Return all warning signs, the most urgent first.

    Returns
    -------
    DataFrame
        ``red_flag_id``, ``question``, ``signs`` (a tuple of `spasmlib.uses.Link`: the
        findings that must be there together), ``name`` (their labels joined), ``urgency``
        and ``urgency_label``, ``advice``, ``suspected_id`` and ``suspected`` (the cause
        that is looked for; empty where the danger has no row of its own), ``lr_pos``,
        ``note``, ``basis``, ``source_id``, ``citation``, ``link``, ``complete``.

    Examples
    --------
    >>> import spasmlib
    >>> signs = warning_signs(spasmlib.load())
    >>> signs.loc[0, "urgency"]
    'emergency'
    """
    return _warning_signs(tables).copy()


@lru_cache(maxsize=8)
def _warning_signs(tables: Tables) -> pd.DataFrame:
    flags = with_citations(tables, tables["red_flags"]).astype({"urgency": object})
    levels = tables["urgency_levels"].astype({"urgency": object}).set_index("urgency")
    causes = tables["causes"].set_index("cause_id")["label"]
    needed = tables["red_flag_findings"].merge(tables["findings"][["finding_id", "label"]])
    signs: dict[str, list[Link]] = {}
    for row in records(needed):
        link = Link(row["label"], address_of("findings", row["finding_id"]), "findings")
        signs.setdefault(row["red_flag_id"], []).append(link)
    together = [tuple(signs.get(flag, ())) for flag in flags["red_flag_id"]]
    suspected = flags["suspected_cause_id"].where(flags["shows_cause"]).fillna("")
    flags = flags.assign(
        signs=pd.Series(together, dtype=object),
        name=[" + ".join(link.label for link in links) for links in together],
        urgency_label=flags["urgency"].map(levels["label"]),
        place=flags["urgency"].map(levels["position"]),
        suspected_id=suspected,
        suspected=suspected.map(causes).fillna(""),
    )
    columns = [
        *("red_flag_id", "question", "signs", "name", "urgency", "urgency_label", "advice"),
        *("suspected_id", "suspected", "lr_pos", "note", "basis"),
        *("source_id", "citation", "link", "complete"),
    ]
    return flags.sort_values("place", kind="stable", ignore_index=True)[columns]
