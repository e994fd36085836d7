"""The numbers behind the ranking: the tables as arrays, and how answers are weighed.

The ranking is a naive Bayes sum in log odds, damped where findings overlap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasmlib.person import Known
from spasmlib.tables import Tables

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Parameters:
    """The few numbers of the model that are not in the tables.

    Attributes
    ----------
    overlap : float
        Findings of one overlap group are joined by this norm: 1 adds them up as if each
        were new evidence, infinity lets only the strongest count. At 1.25, four equally
        strong ways of saying one thing count like three, and ten like six.
    group_cap : float
        The most that one overlap group can count against a cause that must not be missed,
        in log odds (2.3: ten to one). A dangerous disease with an untypical story is
        still dangerous.
    floor : float
        Probabilities closer than this to 0 or 1 are pulled in: no estimate is so sure.
    spread_sourced, spread_estimate, spread_prior : float
        Standard deviations, in log odds, of sourced probabilities, estimated ones, and
        priors. Estimates are given roughly a factor of two either way.
    draws : int
        How often the shares are drawn again for the intervals.
    seed : int
        Makes those draws the same each time.
    typical : float
        The share of people with this pattern whose cause is at least as urgent as the
        urgency that is shown.
    """

    overlap: float = 1.25
    group_cap: float = 2.3
    floor: float = 0.002
    spread_sourced: float = 0.3
    spread_estimate: float = 0.7
    spread_prior: float = 0.5
    draws: int = 400
    seed: int = 20261124
    typical: float = 0.5

    def __post_init__(self) -> None:
        for name, low, high in (
            ("overlap", 1, math.inf),
            ("group_cap", 0, math.inf),
            ("floor", 1e-9, 0.4),
            ("spread_sourced", 0, 10),
            ("spread_estimate", 0, 10),
            ("spread_prior", 0, 10),
            ("draws", 1, 1_000_000),
            ("typical", 0, 0.99),
        ):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not low <= value <= high:
                raise ValueError(f"{name} is {value!r}; expected a number from {low:g} to {high:g}")


DEFAULTS = Parameters()


@dataclass(frozen=True, eq=False)
class Model:
    """The tables as arrays; C causes, F findings, D draws.

    Attributes
    ----------
    causes : DataFrame
        The table ``causes``, in the order of the arrays.
    fixed : dict of (C,) arrays
        What is shown of a cause whatever the answers: ``cause_id``, ``label``, ``group``,
        ``urgency``, ``must_not_miss``.
    log_prior : (C,) array
        Log of the priors, rescaled to sum to 1.
    p, spread : (C, F) arrays
        Probability of a finding given a cause, and the standard deviation of its log
        odds; where the tables say nothing, the background and 0.
    background : (F,) array
        Probability of a finding in ordinary back or neck pain.
    group : (F,) array
        Overlap group of each finding, as a number.
    finding_number : dict
        Column of each finding id.
    cap : (C,) array
        What one group can count against a cause.
    noise : (D, C) array
        Standard normal draws.
    """

    parameters: Parameters
    causes: pd.DataFrame
    fixed: dict[str, NDArray[Any]]
    log_prior: Floats
    p: Floats
    spread: Floats
    background: Floats
    group: Numbers
    finding_number: dict[str, int]
    cap: Floats
    noise: Floats


@dataclass(frozen=True)
class Answers:
    """Columns of the findings answered yes and no; k in all."""

    yes: Numbers
    no: Numbers

    @property
    def columns(self) -> Numbers:
        """Columns of all answers, yes ones first."""
        return np.concatenate([self.yes, self.no])


@dataclass(frozen=True)
class Weights:
    """Weights of k answers for C causes, in natural log odds.

    Attributes
    ----------
    full, damped : (C, k) arrays
        As if each answer were new evidence, and after damping within overlap groups.
    spread : (C,) array
        Standard deviation of the sum of the damped weights and the log prior.
    """

    full: Floats
    damped: Floats
    spread: Floats


@lru_cache(maxsize=8)
def model_of(tables: Tables, parameters: Parameters = DEFAULTS) -> Model:
    """Turn tables into the arrays of a `Model`, once per package."""
    causes, findings, pairs = tables["causes"], tables["findings"], tables["cause_findings"]
    rows = pd.Index(causes["cause_id"]).get_indexer(pd.Index(pairs["cause_id"]))
    columns = pd.Index(findings["finding_id"]).get_indexer(pd.Index(pairs["finding_id"]))
    low, high = parameters.floor, 1 - parameters.floor
    background = findings["p_background"].clip(low, high).to_numpy(float)
    p = np.tile(background, (len(causes), 1))
    p[rows, columns] = pairs["p"].clip(low, high)
    spread = np.zeros_like(p)
    spread[rows, columns] = np.where(
        pairs["basis"] == "sourced", parameters.spread_sourced, parameters.spread_estimate
    )
    prior = causes["prior"].to_numpy(float)
    rng = np.random.default_rng(parameters.seed)
    return Model(
        parameters=parameters,
        causes=causes,
        fixed={
            name: causes[name].astype(kind).to_numpy()
            for name, kind in (
                ("cause_id", object),
                ("label", object),
                ("group", object),
                ("urgency", object),
                ("must_not_miss", bool),
            )
        },
        log_prior=np.log(prior / prior.sum()),
        p=p,
        spread=spread,
        background=background,
        group=pd.factorize(findings["overlap_group"])[0],
        finding_number={name: i for i, name in enumerate(findings["finding_id"])},
        cap=np.where(causes["must_not_miss"].to_numpy(bool), parameters.group_cap, np.inf),
        noise=rng.standard_normal((parameters.draws, len(causes))),
    )


def answers_of(model: Model, known: Known) -> Answers:
    """Give the columns of the findings that count, leaving out what only repeats another answer."""
    return Answers(
        yes=_numbers(model, known.present - known.repeated),
        no=_numbers(model, known.absent - known.repeated),
    )


def weigh(model: Model, answers: Answers) -> Weights:
    """Weigh answers for every cause.

    A yes weighs ``log(P(finding | cause) / P(finding))``, a no
    ``log((1 - P(finding | cause)) / (1 - P(finding)))``; both are then damped within
    overlap groups, reasons for and reasons against apart.
    """
    p_yes, p_no = model.p[:, answers.yes], model.p[:, answers.no]
    full = np.hstack(
        [
            np.log(p_yes / model.background[answers.yes]),
            np.log((1 - p_no) / (1 - model.background[answers.no])),
        ]
    )
    group = model.group[answers.columns]
    norm = model.parameters.overlap
    factor = np.where(
        full > 0,
        _damping(np.maximum(full, 0), group, norm, np.full_like(model.cap, np.inf)),
        _damping(np.maximum(-full, 0), group, norm, model.cap),
    )
    # The derivative of log p is 1 - p in log odds, of log(1 - p) it is -p.
    slope = np.hstack([1 - p_yes, p_no])
    sd = model.spread[:, answers.columns] * slope * factor
    variance = model.parameters.spread_prior**2 + (sd**2).sum(axis=1)
    return Weights(full=full, damped=full * factor, spread=np.sqrt(variance))


def scores(model: Model, weights: Weights) -> Floats:
    """Add the weights to the log priors, (C,)."""
    total: Floats = model.log_prior + weights.damped.sum(axis=1)
    return total


def shares(scores: Floats) -> Floats:
    """Turn scores, (..., C), into shares that sum to 1 over the causes."""
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    normal: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return normal


def _numbers(model: Model, names: frozenset[str]) -> Numbers:
    return np.array(sorted(model.finding_number[name] for name in names), dtype=np.intp)


def _damping(weights: Floats, group: Numbers, norm: float, cap: Floats) -> Floats:
    """Return the factor on each of (C, k) weights so that a group's sum is its norm.

    The norm never falls when a weight is added, so one more supporting answer can never
    lower a cause. It is capped at `cap`, a (C,) array.
    """
    member = group[:, None] == np.unique(group)[None, :]
    plain = weights @ member
    joined = np.minimum((weights**norm @ member) ** (1 / norm), cap[:, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(plain > 0, joined / plain, 1.0)
    spread_out: Floats = factor @ member.T
    return spread_out
