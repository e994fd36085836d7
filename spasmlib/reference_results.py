"""What the stored results on reference cases show, for those who study the ranking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from spasmlib.person import unknown
from spasmlib.schema import SOURCED
from spasmlib.tables import Tables, labels, records
from spasmlib.wording import odds_in_words

TELLING = 0.3
"""Log odds by which an answer must part two causes to be named."""

NAMED = 3
"""How many such answers are named."""


class Share(NamedTuple):
    """How many figures of a kind were read in a source."""

    sourced: int
    of: int


@dataclass(frozen=True, eq=False)
class OpenedCase:
    """One reference case.

    Attributes
    ----------
    case : dict
        Its row of `cases`.
    answers : DataFrame
        What was reported: ``finding_id``, ``label``, ``answer``, ``weight`` (for the cause
        that was found in the end) and ``first_weight`` (for the one that came first), in
        natural log odds; those first that part the two most.
    why : tuple of str
        Sentences on why the one came before the other; none where the cause came first.
    """

    case: dict[str, Any]
    answers: pd.DataFrame
    why: tuple[str, ...]


def provenance(tables: Tables) -> dict[str, Share]:
    """Count what was read in a source: ``answers``, ``overall`` and ``priors``."""
    pairs = [tables[name]["basis"] for name in ("cause_findings", "variant_findings")]
    kinds = {
        "answers": pd.concat([rows.astype(str) for rows in pairs]),
        "overall": tables["findings"]["basis"],
        "priors": tables["causes"]["prior_basis"],
    }
    return {name: Share(int((rows == SOURCED).sum()), len(rows)) for name, rows in kinds.items()}


def assumptions_tried(tables: Tables, assumption_id: str = "") -> pd.DataFrame:
    """Return the rows of ``assumption_values`` with the label of their ``assumption``.

    Parameters
    ----------
    assumption_id : str, optional
        Only those of this one.
    """
    named = tables["assumptions"].sort_values("position")[["assumption_id", "label"]]
    named = named.rename(columns={"label": "assumption"})
    values = tables["assumption_values"].sort_values("position", kind="stable")
    rows = named.merge(values, on="assumption_id")
    return rows[rows["assumption_id"] == assumption_id] if assumption_id else rows


def assumptions_off(tables: Tables) -> pd.DataFrame:
    """Return what comes of leaving out one assumption at a time, and of using all.

    Returns
    -------
    DataFrame
        As of `assumptions_tried`, the first value of each assumption, which is that of
        leaving it out, with the label of the assumption as ``label``; then one row in use.
    """
    rows = assumptions_tried(tables)
    off = rows.groupby("assumption_id", sort=False).head(1)
    off = off.assign(label="Without: " + off["assumption"].map(_lower_first))
    used = rows[rows["in_use"].astype(bool)].tail(1)
    return pd.concat([off, used], ignore_index=True).assign(assumption="")


def measures_shown(tables: Tables, reading: str, cases: str) -> pd.DataFrame:
    """Return the measures of one reading and group of cases with their labels as ``name``.

    Returns
    -------
    DataFrame
        In the order of the labels; empty if there are none.
    """
    rows = tables["reference_measures"]
    own = rows[(rows["reading"] == reading) & (rows["cases"] == cases)]
    own = own.assign(name=own["measure"].astype(str).map(labels(tables, "reference_measure")))
    return own.sort_values("measure").reset_index(drop=True)


def cases(tables: Tables) -> pd.DataFrame:
    """Return the reference cases with labels.

    Returns
    -------
    DataFrame
        The columns of ``reference_cases`` and ``cause``, ``first_cause``, ``urgency_label``,
        ``soonest_label``, ``latest_label``, ``kind_label``, ``certainty_label``; those that
        failed worst first.
    """
    rows = tables["reference_cases"]
    named = tables["causes"].set_index("cause_id")["label"].to_dict()
    levels = tables["urgency_levels"].astype({"urgency": str}).set_index("urgency")["label"]
    rows = rows.assign(
        cause=rows["cause_id"].map(named),
        first_cause=rows["first_cause_id"].map(named),
        kind_label=rows["kind"].astype(str).map(labels(tables, "case_kind")),
        certainty_label=rows["certainty"].astype(str).map(labels(tables, "case_certainty")),
        **{
            f"{name.removesuffix('_label')}_label": rows[name].astype(str).map(levels.to_dict())
            for name in ("urgency", "soonest", "latest")
        },
    )
    order = ["urgency_missed", "cause_missed", "right_place", "place"]
    return rows.sort_values(order, ascending=[False, False, False, False]).reset_index(drop=True)


def open_case(tables: Tables, case_id: str) -> OpenedCase:
    """Open one reference case.

    Raises
    ------
    ValueError
        If there is no such case.
    """
    rows = cases(tables)
    if case_id not in set(rows["case_id"]):
        raise ValueError(unknown("case", case_id, rows["case_id"]))
    case = records(rows[rows["case_id"] == case_id])[0]
    answers = tables["reference_answers"]
    answers = answers[answers["case_id"] == case_id].merge(
        tables["findings"][["finding_id", "label"]], on="finding_id"
    )
    apart = (answers["first_weight"] - answers["weight"]).abs()
    answers = answers.loc[apart.sort_values(ascending=False, kind="stable").index]
    answers = answers.reset_index(drop=True)
    return OpenedCase(case, answers, tuple(_why(case, answers)) if case["place"] != 1 else ())


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _why(case: dict[str, Any], answers: pd.DataFrame) -> list[str]:
    """Say what put one cause before another, from what the answers weighed."""
    gaps = answers["first_weight"] - answers["weight"]
    first, cause = f"“{case['first_cause']}”", f"“{case['cause']}”"
    # Stored shares have four decimals: one of 0 is less than half of the last.
    whole = math.log(case["first_share"] / max(case["share"], 5e-5))
    given = float(gaps.sum())
    said = [
        f"In the end {first} was {odds_in_words(whole)} compared with {cause}. "
        f"The answers alone made it {odds_in_words(given)}. "
        "How common each cause is, and what was left open, "
        f"made it {odds_in_words(whole - given)}."
    ]
    for way, rows in ((first, answers[gaps > TELLING]), (cause, answers[gaps < -TELLING])):
        named = [f"{row['answer']} to “{row['label']}”" for row in records(rows.head(NAMED))]
        if named:
            said.append(f"What spoke for {way}: {', '.join(named)}.")
    return said
