"""What moves when one answer, one risk factor or one medicine is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from spasmlib.person import Person, understand, unknown
from spasmlib.reasoning import View, assess
from spasmlib.sources import with_citations
from spasmlib.tables import Tables, labels, records
from spasmlib.wording import ratio_in_numbers

ANSWERS = ("yes", "no", "unknown")

NOTHING_KNOWN = "We hold no measured effect of changing this."
NEVER_STOP_ALONE = (
    "Do not stop a prescribed medicine by yourself. Ask a doctor or pharmacist first."
)
ASSOCIATION = (
    "These figures compare groups of people. They do not show what changing it does for one person."
)


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Two results side by side.

    Attributes
    ----------
    label : str
        What was changed, in plain words.
    before, after : View
        The results before and after the change.
    moves : DataFrame
        One row per cause, those that move most first: ``cause_id``, ``label``, ``before``
        and ``after`` (shares of 1), ``change``.
    effects : DataFrame
        What studies measured of a risk factor: ``outcome``, ``number``, ``comparison``,
        ``summary``, ``design``, ``source_id``, ``citation``, ``link``, ``complete``; empty
        for an answer or a medicine, or if nothing was measured.
    note : str
        How far the figures carry.
    """

    label: str
    before: View
    after: View
    moves: pd.DataFrame
    effects: pd.DataFrame
    note: str

    @property
    def moves_anything(self) -> bool:
        """Whether any share changes by half a percent or more, or the urgency does."""
        moved = self.moves["change"].abs().max() >= 0.005
        return bool(moved) or self.before.urgency != self.after.urgency


def change_answers(view: View, answers: Mapping[str, str]) -> WhatIf:
    """Compare a result with that of other answers.

    Parameters
    ----------
    view : View
        The result to start from.
    answers : mapping of str to {"yes", "no", "unknown"}
        New answers by finding id; all others stay.

    Raises
    ------
    ValueError
        If a finding or an answer is unknown.

    Examples
    --------
    >>> import spasmlib
    >>> tables = spasmlib.load()
    >>> view = spasmlib.assess(tables, spasmlib.Person(present={"takes_statin"}))
    >>> changed = change_answers(view, {"takes_statin": "no"})
    >>> changed.moves["cause_id"].iloc[0], bool(changed.moves["change"].iloc[0] < 0)
    ('statin_side_effect', True)
    """
    known = view.tables["findings"].set_index("finding_id")["label"]
    for finding, answer in answers.items():
        if finding not in known.index:
            raise ValueError(unknown("finding", finding, known.index))
        if answer not in ANSWERS:
            raise ValueError(unknown("answer", answer, ANSWERS))
    changed = set(answers)
    said = {kind: {name for name, a in answers.items() if a == kind} for kind in ("yes", "no")}
    person = replace(
        view.person,
        present=view.person.present - changed | said["yes"],
        absent=view.person.absent - changed | said["no"],
    )
    label = ", ".join(f"{known[name]}: {answer}" for name, answer in answers.items())
    return _compare(view, person, label)


def change_risk(view: View, risk_factor_id: str) -> WhatIf:
    """Compare a result with that of the same person without a risk factor.

    The shares move only where a finding stands for the risk factor; what studies measured
    is given beside them, and it is said so where nothing was.

    Raises
    ------
    ValueError
        If there is no such risk factor.
    """
    tables = view.tables
    factors = tables["risk_factors"].set_index("risk_factor_id")["label"]
    if risk_factor_id not in factors.index:
        raise ValueError(unknown("risk factor", risk_factor_id, factors.index))
    links = tables["risk_findings"]
    findings = set(links.loc[links["risk_factor_id"] == risk_factor_id, "finding_id"])
    person = replace(
        view.person,
        present=view.person.present - findings,
        absent=view.person.absent | findings,
    )
    effects = _effects(tables, risk_factor_id)
    note = NOTHING_KNOWN if effects.empty else ASSOCIATION
    return _compare(view, person, f"Without: {factors[risk_factor_id]}", effects, note)


def leave_out_medicine(view: View, medicine: str) -> WhatIf:
    """Compare a result with that of the same person without one of the named medicines.

    Raises
    ------
    ValueError
        If the person did not name it.
    """
    if medicine not in view.person.medicines:
        raise ValueError(unknown("medicine", medicine, view.person.medicines))
    left = tuple(name for name in view.person.medicines if name != medicine)
    without = replace(view.person, medicines=left)
    meant = {
        _finding_of(view.tables, name) for said, name in view.known.medicines if said in medicine
    }
    still = understand(view.tables, replace(without, present=frozenset())).present
    gone = {finding for finding in meant if finding} - still
    person = replace(without, present=without.present - gone, absent=without.absent | gone)
    return _compare(view, person, f"Without: {medicine}", note=NEVER_STOP_ALONE)


def _finding_of(tables: Tables, medicine_id: str) -> str | None:
    """Name the finding that taking a medicine means."""
    rows = tables["medicines"]
    finding: str | None = records(rows[rows["medicine_id"] == medicine_id])[0]["finding_id"]
    return finding


def _compare(
    view: View,
    person: Person,
    label: str,
    effects: pd.DataFrame | None = None,
    note: str = "",
) -> WhatIf:
    after = assess(view.tables, person, view.parameters)
    both = view.causes[["cause_id", "label", "share"]].merge(
        after.causes[["cause_id", "share"]], on="cause_id", suffixes=("_before", "_after")
    )
    moves = both.rename(columns={"share_before": "before", "share_after": "after"})
    moves = moves.assign(change=moves["after"] - moves["before"])
    order = moves["change"].abs().sort_values(ascending=False, kind="stable").index
    return WhatIf(
        label=label,
        before=view,
        after=after,
        moves=moves.loc[order].reset_index(drop=True),
        effects=pd.DataFrame() if effects is None else effects,
        note=note,
    )


def _effects(tables: Tables, risk_factor_id: str) -> pd.DataFrame:
    rows = tables["risk_effects"]
    own = with_citations(tables, rows[rows["risk_factor_id"] == risk_factor_id])
    measures, outcomes = labels(tables, "risk_measure"), labels(tables, "risk_outcome")
    designs = labels(tables, "design")
    kept = ["comparison", "summary", "source_id", "citation", "link", "complete"]
    numbers = [ratio_in_numbers(measures[row["measure"]], row) for row in records(own)]
    return own[kept].assign(
        outcome=own["outcome"].astype(str).map(outcomes),
        design=own["design"].astype(str).map(designs),
        number=numbers,
    )
