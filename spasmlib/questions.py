"""What to ask next: warning signs that are one answer away, then what tells causes apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from spasmlib.model import (
    Answers,
    Floats,
    Model,
    Numbers,
    Weights,
    scores,
    shares,
    weight_of_one_more,
)
from spasmlib.person import Known
from spasmlib.tables import Tables
from spasmlib.urgency import flags_one_answer_away

COLUMNS = [
    "finding_id",
    "label",
    "question",
    "help",
    "reason",
    "gain",
    "p_yes",
    "raises",
    "lowers",
    "red_flag_id",
    "flag_urgency",
]


@dataclass(frozen=True)
class Asked:
    """Everything the order of the questions depends on."""

    tables: Tables
    model: Model
    known: Known
    answers: Answers
    weights: Weights
    urgency: str


def questions(asked: Asked) -> pd.DataFrame:
    """Order the unanswered findings by what an answer would tell.

    Returns
    -------
    DataFrame
        One row per finding that can be asked: first those that would complete a more
        urgent warning sign of which everything else is present, then by ``gain``, the
        expected fall of the entropy of the causes in bits (Lindley 1956). ``reason`` is
        ``red_flag`` or ``gain``, ``p_yes`` the share of people with this pattern who say
        yes, ``raises`` and ``lowers`` the labels of the causes whose share a yes moves
        most, ``red_flag_id`` and ``flag_urgency`` those of the sign, else empty.
    """
    model, known = asked.model, asked.known
    columns = _open(asked.tables, model, known, asked.answers)
    score = scores(model, asked.weights)
    now = shares(model, score)
    yes, no = weight_of_one_more(model, asked.answers, asked.weights, columns)
    after_yes, after_no = shares(model, score + yes.T), shares(model, score + no.T)
    variant = np.exp(score - score.max())
    p_yes = (variant / variant.sum()) @ model.p[:, columns]
    gain = _entropy(now) - p_yes * _entropy(after_yes) - (1 - p_yes) * _entropy(after_no)
    moved = after_yes - now
    findings = asked.tables["findings"].iloc[columns]
    table = findings[["finding_id", "label", "question", "help"]].assign(
        gain=np.maximum(gain, 0),
        p_yes=p_yes,
        raises=model.fixed["label"][moved.argmax(axis=1)],
        lowers=model.fixed["label"][moved.argmin(axis=1)],
    )
    flags = flags_one_answer_away(asked.tables, known, asked.urgency)
    table = table.merge(flags, how="left", on="finding_id")
    flagged = table["red_flag_id"].notna()
    table = table.assign(
        reason=np.where(flagged, "red_flag", "gain"),
        help=table["help"].fillna(""),
        red_flag_id=table["red_flag_id"].fillna(""),
        flag_urgency=table["flag_urgency"].fillna(""),
        place=table["place"].fillna(np.inf),
    )
    ordered = table.sort_values(["place", "gain"], ascending=[True, False], kind="stable")
    return ordered[COLUMNS].reset_index(drop=True)


def _open(tables: Tables, model: Model, known: Known, answers: Answers) -> Numbers:
    """Give the columns of the findings that can still be asked."""
    settled = known.present | known.absent
    closed = {
        name
        for names in _exclusive(tables)
        if names & known.present  # one of the set is true, so the others are not
        for name in names
    }
    done = [model.finding_number[name] for name in settled | closed]
    return np.setdiff1d(model.asked, np.array(done, dtype=np.intp))


@lru_cache(maxsize=8)
def _exclusive(tables: Tables) -> tuple[frozenset[str], ...]:
    findings = tables["findings"]
    return tuple(frozenset(names) for _, names in findings.groupby("exclusive_set")["finding_id"])


def _entropy(share: Floats) -> Floats:
    bits: Floats = -(share * np.log2(np.maximum(share, 1e-300))).sum(axis=-1)
    return bits
