"""The numbers behind the ranking: the tables as arrays, and how answers are weighed.

The ranking is a naive Bayes sum in log odds, damped where findings overlap.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasmlib.person import Known
from spasmlib.schema import SOURCED
from spasmlib.tables import Tables

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Parameters:
    """The few numbers of the model that are not in the tables.

    Attributes
    ----------
    strangers : float
        Share of visitors who are not like all those who come with back or neck pain: among
        them every cause is taken to be as common as any other. People whose trouble is
        plain seldom look it up, and the priors of rare causes are rough.
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
    denial : float
        How much a no counts, as a share of its full weight. People say no to what they have
        only a little or have not noticed, and many have a cause without its usual signs.
    unsaid, unsaid_hallmark : float
        How often people bring up a finding that they have without being asked: `unsaid` for
        any finding, and up to `unsaid_hallmark` more, with the eighth power of its
        probability, for the one thing that nearly all with a cause have. So a finding left
        unanswered counts a little as a no, and a missing hallmark more.
    spread_sourced, spread_estimate, spread_prior : float
        Standard deviations, in log odds, of sourced probabilities, estimated ones, and
        priors. Estimates are given roughly a factor of two either way.
    draws : int
        How often the shares are drawn again for the intervals.
    seed : int
        Makes those draws the same each time.
    """

    strangers: float = 0.3
    overlap: float = 1.25
    group_cap: float = 2.3
    floor: float = 0.002
    denial: float = 0.5
    unsaid: float = 0.1
    unsaid_hallmark: float = 0.6
    spread_sourced: float = 0.3
    spread_estimate: float = 0.7
    spread_prior: float = 0.5
    draws: int = 400
    seed: int = 20261124

    def __post_init__(self) -> None:
        for name, low, high in (
            ("strangers", 0, 1),
            ("overlap", 1, math.inf),
            ("group_cap", 0, math.inf),
            ("floor", 1e-9, 0.4),
            ("denial", 0, 1),
            ("unsaid", 0, 0.4),
            ("unsaid_hallmark", 0, 0.6),
            ("spread_sourced", 0, 10),
            ("spread_estimate", 0, 10),
            ("spread_prior", 0, 10),
            ("draws", 1, 1_000_000),
        ):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not low <= value <= high:
                raise ValueError(f"{name} is {value!r}; expected a number from {low:g} to {high:g}")


DEFAULTS = Parameters()


@dataclass(frozen=True, eq=False)
class Model:
    """The tables as arrays; C causes, V variants, F findings, D draws.

    A cause that shows itself in different ways, such as a strain of the neck or of the
    low back, has a variant for each; every other cause has one, without a name.

    Attributes
    ----------
    causes : DataFrame
        The table ``causes``, in the order of the arrays.
    fixed : dict of (C,) arrays
        What is shown of a cause whatever the answers: ``cause_id``, ``label``, ``group``,
        ``urgency``, ``must_not_miss``.
    variants : DataFrame
        ``variant_id`` and ``label`` (empty if a cause has but one) of each variant, those
        of one cause side by side, the causes in their order.
    cause : (V,) array
        Row in `causes` of each variant.
    first : (C,) array
        Row in `variants` of the first variant of each cause.
    prior : (C,) array
        The priors of the tables, rescaled to sum to 1.
    usual, base : (V,) arrays
        Log of the prior times the share that the variant has of its cause: among all who
        come, and with the `strangers` of `Parameters` among them.
    p, spread : (V, F) arrays
        Probability of a finding given a variant, and the standard deviation of its log
        odds; where the tables say nothing, the background and 0.
    background : (F,) array
        Probability of a finding in ordinary back or neck pain.
    silence : (V, F) array
        Weight of leaving a finding unanswered, in log odds; 0 where a fact such as the age
        settles it.
    asked : array
        Columns of the findings that no fact about the person settles.
    group : (F,) array
        Overlap group of each finding, as a number.
    finding_number : dict
        Column of each finding id.
    cap : (V,) array
        What one group can count against a variant.
    noise : (D, V) array
        Standard normal draws.
    """

    parameters: Parameters
    causes: pd.DataFrame
    fixed: dict[str, NDArray[Any]]
    variants: pd.DataFrame
    cause: Numbers
    first: Numbers
    prior: Floats
    usual: Floats
    base: Floats
    p: Floats
    spread: Floats
    background: Floats
    silence: Floats
    asked: Numbers
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
    """Weights of k answers for V variants, in natural log odds.

    Attributes
    ----------
    full, damped : (V, k) arrays
        As if each answer were new evidence, and after damping within overlap groups.
    base : (V,) array
        What stands before any answer: the usual shares until something is reported.
    silence : (V,) array
        Of all findings that were left unanswered together; 0 if none was reported at all.
    spread : (V,) array
        Standard deviation of the sum of the damped weights and the log prior.
    """

    full: Floats
    damped: Floats
    base: Floats
    silence: Floats
    spread: Floats


@lru_cache(maxsize=8)
def model_of(tables: Tables, parameters: Parameters = DEFAULTS) -> Model:
    """Turn tables into the arrays of a `Model`, once per package."""
    causes, findings = tables["causes"], tables["findings"]
    low, high = parameters.floor, 1 - parameters.floor
    variants = _variants(tables)
    cause = pd.Index(causes["cause_id"]).get_indexer(pd.Index(variants["cause_id"]))
    background = findings["p_background"].clip(low, high).to_numpy(float)
    p = np.tile(background, (len(variants), 1))
    spread = np.zeros_like(p)
    for row, column, value, basis in _pairs(tables, variants):
        p[row, column] = value
        spread[row, column] = np.where(
            basis == SOURCED, parameters.spread_sourced, parameters.spread_estimate
        )
    p = np.clip(p, low, high)
    prior = causes["prior"].to_numpy(float)
    prior = prior / prior.sum()
    mixed = (1 - parameters.strangers) * prior + parameters.strangers / len(prior)
    form = np.log(variants["share"].to_numpy(float))
    careful = causes["must_not_miss"].to_numpy(bool)[cause]
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
        variants=variants[["variant_id", "label"]],
        cause=cause,
        first=np.flatnonzero(np.diff(cause, prepend=-1)),
        prior=prior,
        usual=np.log(prior[cause]) + form,
        base=np.log(mixed[cause]) + form,
        p=p,
        spread=spread,
        background=background,
        silence=np.where(
            findings["set_by"].isna(),
            np.log(_unsaid(p, parameters) / _unsaid(background, parameters)),
            0.0,
        ),
        asked=np.flatnonzero(findings["set_by"].isna()),
        group=pd.factorize(findings["overlap_group"])[0],
        finding_number={name: i for i, name in enumerate(findings["finding_id"])},
        cap=np.where(careful, parameters.group_cap, np.inf),
        noise=rng.standard_normal((parameters.draws, len(variants))),
    )


def answers_of(model: Model, known: Known) -> Answers:
    """Give the columns of the findings that count, leaving out what only repeats another answer."""
    return Answers(
        yes=_numbers(model, known.present - known.repeated),
        no=_numbers(model, known.absent - known.repeated),
    )


def weigh(model: Model, answers: Answers) -> Weights:
    """Weigh answers for every variant of every cause.

    A yes weighs ``log(P(finding | cause) / P(finding))``, a no
    a share of ``log((1 - P(finding | cause)) / (1 - P(finding)))``; both are then damped
    within overlap groups, reasons for and reasons against apart. A finding that nobody asked about
    weighs ``log((1 - r P(finding | cause)) / (1 - r' P(finding)))``, where r is how often
    people bring it up by themselves.
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
    counted = _counted(model, full, len(answers.yes))
    factor = np.where(
        counted > 0,
        _damping(np.maximum(counted, 0), group, norm, np.full_like(model.cap, np.inf)),
        _damping(np.maximum(-counted, 0), group, norm, model.cap),
    )
    damped = counted * factor
    # The derivative of log p is 1 - p in log odds, of log(1 - p) it is -p.
    slope = np.hstack([1 - p_yes, p_no])
    slope = _counted(model, slope, len(answers.yes))
    sd = model.spread[:, answers.columns] * slope * factor
    variance = model.parameters.spread_prior**2 + (sd**2).sum(axis=1)
    return Weights(
        full=full,
        damped=damped,
        base=model.base if reported(model, answers) else model.usual,
        silence=model.silence[:, unsaid(model, answers)].sum(axis=1),
        spread=np.sqrt(variance),
    )


def weight_of_one_more(
    model: Model, answers: Answers, weights: Weights, columns: Numbers
) -> tuple[Floats, Floats]:
    """Return what a yes and what a no to one more question would add to the scores.

    Parameters
    ----------
    columns : (q,) array
        Findings not answered yet; each is taken alone.

    Returns
    -------
    yes, no : (V, q) arrays
        In natural log odds, damped within overlap groups like every answer.
    """
    p, background = model.p[:, columns], model.background[columns]
    said = model.silence[:, columns] if weights.silence.any() else 0.0
    denied = model.parameters.denial * np.log((1 - p) / (1 - background))
    more = [np.log(p / background), denied]
    counted = _counted(model, weights.full, len(answers.yes))
    group, norm = model.group[columns], model.parameters.overlap
    member = model.group[answers.columns][:, None] == group[None, :]
    added = []
    for full in more:
        total = np.zeros_like(full)
        for sign, cap in ((1.0, np.full_like(model.cap, np.inf)), (-1.0, model.cap)):
            before = np.maximum(sign * counted, 0) ** norm @ member
            new = np.maximum(sign * full, 0) ** norm
            joined = np.minimum((before + new) ** (1 / norm), cap[:, None])
            total += sign * (joined - np.minimum(before ** (1 / norm), cap[:, None]))
        added.append(total - said)
    return added[0], added[1]


def unsaid(model: Model, answers: Answers) -> Numbers:
    """Give the columns of the findings left unanswered, none if no finding was reported."""
    if not reported(model, answers):
        return answers.yes[:0]
    return np.setdiff1d(model.asked, answers.columns)


def reported(model: Model, answers: Answers) -> bool:
    """Whether a finding is reported that no fact such as the age settles."""
    return bool(np.isin(answers.yes, model.asked).any())


def scores(model: Model, weights: Weights) -> Floats:
    """Add the weights to what stands before any answer, (V,)."""
    total: Floats = weights.base + weights.damped.sum(axis=1) + weights.silence
    return total


def shares(model: Model, scores: Floats) -> Floats:
    """Turn scores of variants, (..., V), into shares of causes, (..., C), that sum to 1."""
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    normal = odds / odds.sum(axis=-1, keepdims=True)
    by_cause: Floats = np.add.reduceat(normal, model.first, axis=-1)
    return by_cause


def best_variants(model: Model, scores: Floats) -> Numbers:
    """Name, for each cause, the row of the variant that fits best, (C,)."""
    order = np.lexsort((-scores, model.cause))
    return order[model.first]


def _unsaid(p: Floats, parameters: Parameters) -> Floats:
    """Return the probability that a finding of probability `p` is not brought up."""
    brought_up = parameters.unsaid + parameters.unsaid_hallmark * p**8
    left: Floats = 1 - brought_up * p
    return left


def _variants(tables: Tables) -> pd.DataFrame:
    """List the variants of all causes, in the order of the causes."""
    causes, variants = tables["causes"][["cause_id"]], tables["cause_variants"]
    rows = causes.merge(variants, how="left", on="cause_id")
    return rows.fillna({"variant_id": "", "label": "", "share": 1.0})


def _pairs(
    tables: Tables, variants: pd.DataFrame
) -> Iterator[tuple[Numbers, Numbers, Floats, NDArray[Any]]]:
    """Yield rows, columns, probabilities and bases: of whole causes, then of variants."""
    finding = pd.Index(tables["findings"]["finding_id"])
    for name, key in (("cause_findings", "cause_id"), ("variant_findings", "variant_id")):
        rows = variants.reset_index()[["index", key]].merge(tables[name], on=key)
        yield (
            rows["index"].to_numpy(),
            finding.get_indexer(pd.Index(rows["finding_id"])),
            rows["p"].to_numpy(float),
            rows["basis"].astype(str).to_numpy(),
        )


def _numbers(model: Model, names: frozenset[str]) -> Numbers:
    return np.array(sorted(model.finding_number[name] for name in names), dtype=np.intp)


def _counted(model: Model, weights: Floats, yes: int) -> Floats:
    """Let the columns after the first `yes` ones, those of a no, count only in part."""
    return np.hstack([weights[:, :yes], model.parameters.denial * weights[:, yes:]])


def _damping(weights: Floats, group: Numbers, norm: float, cap: Floats) -> Floats:
    """Return the factor on each of (V, k) weights so that a group's sum is its norm.

    The norm never falls when a weight is added, so one more supporting answer can never
    lower a cause. It is capped at `cap`, a (V,) array.
    """
    member = group[:, None] == np.unique(group)[None, :]
    plain = weights @ member
    joined = np.minimum((weights**norm @ member) ** (1 / norm), cap[:, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(plain > 0, joined / plain, 1.0)
    spread_out: Floats = factor @ member.T
    return spread_out
