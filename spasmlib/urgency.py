"""How soon someone should act: from warning signs first, then from the usual causes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from spasmlib.model import Answers, Floats, Model, scores, shares, weigh
from spasmlib.person import Known
from spasmlib.sources import with_citations
from spasmlib.tables import Tables


@dataclass(frozen=True)
class Urgency:
    """How soon to act.

    Attributes
    ----------
    urgency : str
        An id of the table ``urgency_levels``.
    basis : {"red_flags", "causes"}
        Whether warning signs or the leading causes decided it.
    """

    urgency: str
    basis: str


def raised_flags(tables: Tables, known: Known) -> pd.DataFrame:
    """Return the warning signs of which every finding is present, most urgent first.

    Returns
    -------
    DataFrame
        ``red_flag_id``, ``signs`` (labels of its findings), ``question``, ``urgency``,
        ``advice``, ``suspected`` (label of the suspected cause, empty where the danger has
        no cause of its own), ``lr_pos``, ``note``, ``basis``, ``source_id``, ``citation``,
        ``link`` and more.
    """
    raised = [place for place, names in enumerate(_needs(tables)) if names <= known.present]
    return _texts(tables).iloc[raised].reset_index(drop=True)


def urgency_of(tables: Tables, model: Model, flags: pd.DataFrame, answers: Answers) -> Urgency:
    """Take the most urgent of the raised flags and of what the leading causes usually need.

    A level is called for by the causes if at least its ``threshold`` of the people with
    the pattern have a cause that usually needs this level or a higher one. Only answers
    of yes are used for that: a no to one question must never calm an alarm that another
    answer raised.
    """
    levels = _levels(tables)
    yes_only = Answers(yes=answers.yes, no=answers.no[:0])
    share = shares(model, scores(model, weigh(model, yes_only)))
    by_level = [share[model.fixed["urgency"] == level].sum() for level in levels]
    usual = int(np.argmax(np.cumsum(by_level) >= _thresholds(tables)))
    raised = levels.index(flags["urgency"].iloc[0]) if len(flags) else len(levels)
    if raised <= usual:
        return Urgency(levels[raised], "red_flags")
    return Urgency(levels[usual], "causes")


def flags_one_answer_away(tables: Tables, known: Known, urgency: str) -> pd.DataFrame:
    """List the findings that alone are missing from a warning sign.

    Parameters
    ----------
    known : Known
        What is known so far; a sign of which nothing is present yet does not count.
    urgency : str
        Only signs more urgent than this are worth asking for first.

    Returns
    -------
    DataFrame
        ``finding_id``, ``red_flag_id``, ``flag_urgency`` and ``place``, their order; the
        most urgent sign of each finding.
    """
    texts, levels = _texts(tables), _levels(tables)
    rows: dict[str, tuple[str, str]] = {}
    for flag, urgent, names in zip(
        texts["red_flag_id"], texts["urgency"], _needs(tables), strict=True
    ):
        missing = names - known.present
        near = len(missing) == 1 and len(names) > 1 and not missing & known.absent
        if near and levels.index(urgent) < levels.index(urgency):
            rows.setdefault(next(iter(missing)), (flag, urgent))
    found = [(name, flag, urgent) for name, (flag, urgent) in rows.items()]
    table = pd.DataFrame(found, columns=["finding_id", "red_flag_id", "flag_urgency"])
    return table.assign(place=[levels.index(urgent) for urgent in table["flag_urgency"]])


@lru_cache(maxsize=8)
def pressing_levels(tables: Tables) -> frozenset[str]:
    """Return the ids of the urgencies that must not wait until tomorrow."""
    levels = tables["urgency_levels"]
    return frozenset(levels.loc[levels["act_today"], "urgency"].astype(str))


@lru_cache(maxsize=8)
def _levels(tables: Tables) -> list[str]:
    return list(tables["urgency_levels"].sort_values("position")["urgency"].astype(str))


@lru_cache(maxsize=8)
def _thresholds(tables: Tables) -> Floats:
    levels = tables["urgency_levels"].sort_values("position")["threshold"].to_numpy(float).copy()
    levels[-1] = 0.0  # whatever the causes, the calmest level always holds
    return levels


@lru_cache(maxsize=8)
def _needs(tables: Tables) -> list[frozenset[str]]:
    """Return the findings that each flag needs, in the order of `_texts`."""
    links = tables["red_flag_findings"]
    needed = {
        str(flag): frozenset(names) for flag, names in links.groupby("red_flag_id")["finding_id"]
    }
    return [needed[flag] for flag in _texts(tables)["red_flag_id"]]


@lru_cache(maxsize=8)
def _texts(tables: Tables) -> pd.DataFrame:
    """Return all flags that name findings, most urgent first, as they are shown."""
    flags = with_citations(tables, tables["red_flags"]).astype({"urgency": object})
    links = tables["red_flag_findings"].merge(tables["findings"][["finding_id", "label"]])
    signs = {flag: tuple(names) for flag, names in links.groupby("red_flag_id")["label"]}
    causes = tables["causes"].set_index("cause_id")["label"]
    shown = flags["suspected_cause_id"].where(flags["shows_cause"])
    flags = flags.assign(
        signs=pd.Series([signs.get(flag) for flag in flags["red_flag_id"]], dtype=object),
        suspected=causes.reindex(shown).fillna("").to_numpy(),
        position=[_levels(tables).index(level) for level in flags["urgency"]],
    )
    flags = flags[flags["signs"].notna()]
    return flags.sort_values("position", kind="stable", ignore_index=True)
