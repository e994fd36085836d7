"""From what a person reports to causes, warning signs and urgency, each open to its parts.

Meant for learning what goes with what in groups of people, not for telling one person
what they have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from spasmlib.medicines import cramp_medicines
from spasmlib.model import (
    DEFAULTS,
    Floats,
    Model,
    Parameters,
    Weights,
    answers_of,
    best_variants,
    model_of,
    scores,
    shares,
    unsaid,
    weigh,
)
from spasmlib.person import Known, Person, understand, unknown
from spasmlib.plan import plan
from spasmlib.questions import Asked, questions
from spasmlib.sources import with_citations
from spasmlib.tables import Tables
from spasmlib.urgency import pressing_levels, raised_flags, urgency_of
from spasmlib.wording import share_in_words

INTERVAL = (0.1, 0.9)
"""Ends of the interval that is shown with each share."""


ORIGIN = ["basis", "note", "source_id"]
BACKGROUND = {name: f"background_{name}" for name in [*ORIGIN, "citation", "link", "complete"]}


@dataclass(frozen=True, eq=False)
class View:
    """What the published figures say about people who report one pattern.

    Attributes
    ----------
    urgency : str
        An id of the table ``urgency_levels``.
    urgency_basis : {"red_flags", "causes"}
        Whether warning signs or the leading causes decided it.
    red_flags : DataFrame
        Warning signs of which every finding is present, most urgent first; columns as in
        `spasmlib.urgency.raised_flags`.
    causes : DataFrame
        One row per cause, best first: ``cause_id``, ``label``, ``share`` (0 to 1, sums to
        1), ``low`` and ``high`` (80% interval), ``first`` (how often it comes first when
        the figures are drawn again), ``words``, ``usual`` (the prior: share among all who
        come with back or neck pain), ``variant`` (the form of the cause that fits best,
        empty if it has but one), ``base``, ``unsaid`` and ``score`` (of that form: before
        the answers, what findings left unanswered add, and after all; log odds up to a
        constant), ``group``, ``urgency``, ``must_not_miss``.
    known : Known
        What was understood, findings that follow from age and the like included.
    """

    tables: Tables
    person: Person
    parameters: Parameters
    known: Known
    urgency: str
    urgency_basis: str
    red_flags: pd.DataFrame
    causes: pd.DataFrame

    def reasons(self, cause_id: str) -> pd.DataFrame:
        """Open one cause's score into its parts.

        Returns
        -------
        DataFrame
            One row per answered finding, weightiest first: ``finding_id``, ``label``,
            ``answer`` (yes, no), ``direction`` (for, against, neutral), ``p_given_cause``
            and ``p_background`` (of the answer given, as the tables have them), ``weight``
            (damped) and ``full_weight`` (undamped) in natural log odds, ``basis`` (sourced,
            estimate, nothing_known), ``note``, ``source_id``, ``citation``, ``link``,
            ``complete``, and the same with ``background_`` before the name for
            ``p_background``. They are those of the form of the cause that fits best; the
            weights, ``base`` and ``unsaid`` in `causes` add up to its ``score``.

        Raises
        ------
        ValueError
            If there is no such cause.
        """
        _require_cause(self, cause_id)
        return _reasons(self, cause_id).copy()

    @property
    def questions(self) -> pd.DataFrame:
        """What to ask next, best first; see `spasmlib.questions.questions`."""
        model = model_of(self.tables, self.parameters)
        answers = answers_of(model, self.known)
        weights = weigh(model, answers)
        return questions(Asked(self.tables, model, self.known, answers, weights, self.urgency))

    @property
    def medicines(self) -> pd.DataFrame:
        """Named medicines that go with cramps; see `spasmlib.medicines.cramp_medicines`."""
        return cramp_medicines(self.tables, self.known)

    def unsaid(self, cause_id: str) -> pd.DataFrame:
        """List findings left unanswered that count a little for or against a cause.

        Returns
        -------
        DataFrame
            ``finding_id``, ``label`` and ``weight`` in natural log odds, weightiest first;
            together they are ``unsaid`` in `causes`. Empty until something is reported.

        Raises
        ------
        ValueError
            If there is no such cause.
        """
        model, row = model_of(self.tables, self.parameters), _row(self, cause_id)
        columns = unsaid(model, answers_of(model, self.known))
        findings = self.tables["findings"].iloc[columns][["finding_id", "label"]]
        table = findings.assign(weight=model.silence[row, columns])
        order = table["weight"].abs().sort_values(ascending=False, kind="stable").index
        return table.loc[order].reset_index(drop=True)

    def plan(self, cause_id: str) -> pd.DataFrame:
        """Return what helps with a cause, by phase; see `spasmlib.plan.plan`."""
        return plan(self.tables, cause_id, self.known)


def assess(tables: Tables, person: Person, parameters: Parameters = DEFAULTS) -> View:
    """Compare what a person reports with the published figures.

    For each form of each cause the score is its damped log prior plus, for each finding
    answered yes, ``log(P(finding | cause) / P(finding))`` and for each answered no,
    a share of ``log((1 - P(finding | cause)) / (1 - P(finding)))``, both damped within
    overlap groups. The share of a cause is that of its forms together. Once something is
    reported, findings left unanswered count a little as a no (see `spasmlib.Parameters`);
    a finding on which the tables say nothing for a cause counts for nothing.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    person : Person
        What is reported.
    parameters : Parameters, optional
        The model's few global numbers.

    Returns
    -------
    View

    Raises
    ------
    ValueError
        If a finding id is unknown.

    Examples
    --------
    >>> import spasmlib
    >>> tables = spasmlib.load()
    >>> person = spasmlib.Person(present={"loc_low_back", "onset_lifting_or_twisting"})
    >>> spasmlib.assess(tables, person).causes["label"].iloc[0]
    'Muscle strain'
    """
    for name, value, kind in (("tables", tables, Tables), ("person", person, Person)):
        if not isinstance(value, kind):
            raise ValueError(f"{name} is {value!r}; expected a spasmlib.{kind.__name__}")
    model = model_of(tables, parameters)
    known = understand(tables, person)
    answers = answers_of(model, known)
    flags = raised_flags(tables, known)
    urgency = urgency_of(tables, model, flags, answers)
    return View(
        tables=tables,
        person=person,
        parameters=parameters,
        known=known,
        urgency=urgency.urgency,
        urgency_basis=urgency.basis,
        red_flags=flags,
        causes=ranked(model, weigh(model, answers)),
    )


def leading_cause(view: View) -> str:
    """Name the cause to open by itself.

    That is the most common one with this pattern, unless a warning sign calls for haste:
    then what it is looked for because of matters more than what is likely. Where that has
    no cause of its own, none is opened: a harmless one must not seem to explain it away.
    """
    flags = view.red_flags[view.red_flags["urgency"] == view.urgency]
    if view.urgency in pressing_levels(view.tables) and len(flags):
        shown = flags.loc[flags["suspected"] != "", "suspected_cause_id"]
        return str(shown.iloc[0]) if len(shown) else ""
    return str(view.causes["cause_id"].iloc[0])


def ranked(model: Model, weights: Weights) -> pd.DataFrame:
    """Turn weights into the table of causes of a `View`, best first."""
    score = scores(model, weights)
    share = shares(model, score)
    drawn = shares(model, score + model.noise * weights.spread)
    best = best_variants(model, score)
    low, high = np.quantile(drawn, INTERVAL, axis=0)
    order = np.lexsort((np.arange(len(share)), -share))
    found = {
        "share": share,
        "low": np.minimum(low, share),
        "high": np.maximum(high, share),
        "first": _how_often_first(drawn),
        "usual": model.prior,
        "variant": model.variants["label"].to_numpy(object)[best],
        "base": weights.base[best],
        "unsaid": weights.silence[best],
        "score": score[best],
    }
    # Sorting arrays first: a DataFrame that is sorted later costs most of the time.
    table = pd.DataFrame(
        {name: column[order] for name, column in (model.fixed | found).items()}, copy=False
    )
    table["words"] = [share_in_words(value) for value in share[order]]
    return table


def _how_often_first(drawn: Floats) -> Floats:
    return np.bincount(drawn.argmax(axis=1), minlength=drawn.shape[1]) / len(drawn)


@lru_cache(maxsize=32)  # several panels open the same causes after one answer
def _reasons(view: View, cause_id: str) -> pd.DataFrame:
    model, row = model_of(view.tables, view.parameters), _row(view, cause_id)
    answers = answers_of(model, view.known)
    weights = weigh(model, answers)
    columns = answers.columns
    yes = np.arange(len(columns)) < len(answers.yes)
    weight = weights.damped[row]
    findings = view.tables["findings"].iloc[columns]
    findings = findings[["finding_id", "label", "p_background", *ORIGIN]]
    table = with_citations(view.tables, findings).rename(columns=BACKGROUND)
    own = _pairs_of(view.tables, cause_id, str(model.variants["variant_id"].iloc[row]))
    table = with_citations(view.tables, table.merge(own, how="left", on="finding_id"))
    p, background = table["p"].fillna(table["p_background"]), table["p_background"]
    table = table.drop(columns="p").assign(
        answer=np.where(yes, "yes", "no"),
        direction=np.select([weight > 0, weight < 0], ["for", "against"], "neutral"),
        p_given_cause=np.where(yes, p, 1 - p),
        p_background=np.where(yes, background, 1 - background),
        weight=weight,
        full_weight=weights.full[row],
        basis=table["basis"].astype(object).fillna("nothing_known").astype(str),
        background_basis=table["background_basis"].astype(str),
    )
    strongest = table["weight"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[strongest].reset_index(drop=True)


def _require_cause(view: View, cause_id: str) -> None:
    ids: Sequence[str] = list(view.tables["causes"]["cause_id"])
    if not isinstance(cause_id, str) or cause_id not in ids:
        raise ValueError(unknown("cause", cause_id, ids))


def _row(view: View, cause_id: str) -> int:
    """Give the row of the form of a cause that fits best."""
    _require_cause(view, cause_id)
    model = model_of(view.tables, view.parameters)
    score = scores(model, weigh(model, answers_of(model, view.known)))
    place = list(model.causes["cause_id"]).index(cause_id)
    return int(best_variants(model, score)[place])


def _pairs_of(tables: Tables, cause_id: str, variant_id: str) -> pd.DataFrame:
    """Return the figures of one form of a cause: its own, else those of the whole cause."""
    columns = ["finding_id", "p", *ORIGIN]
    whole, forms = tables["cause_findings"], tables["variant_findings"]
    own = forms.loc[forms["variant_id"] == variant_id, columns]
    pairs = pd.concat([own, whole.loc[whole["cause_id"] == cause_id, columns]])
    return pairs.drop_duplicates("finding_id")
