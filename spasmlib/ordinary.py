"""Ordinary people with back or neck pain, drawn from the background of the tables.

They are not real people. They answer every question as often with yes as people with
back or neck pain do, so that one can see where the explorer would send them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasmlib.person import OLDEST, SEXES, Person
from spasmlib.tables import Tables, records

YOUNGEST = 12
"""Years; children younger than this seldom come with back or neck pain."""

FERTILE = range(16, 46)
"""Ages at which a drawn woman can be pregnant."""

SEED = 20261124


@dataclass(frozen=True)
class Habits:
    """How answers hang together; none of it is in the tables.

    Attributes
    ----------
    within : float
        Correlation of the answers of one overlap group, on the scale of a latent normal
        trait: who has one leg symptom more often has another. An estimate.
    between : float
        Correlation of all answers: some people report more of everything. An estimate.
    """

    within: float = 0.35
    between: float = 0.1


def ordinary_people(
    tables: Tables, number: int, seed: int = SEED, habits: Habits | None = None
) -> Iterator[Person]:
    """Draw people with ordinary back or neck pain.

    Ages follow the shares of the age findings, each is female or male, at most one answer
    of a set of which only one can be true is yes, and answers are correlated within their
    overlap group (a Gaussian copula).

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    number : int
        How many people; at least 1.
    seed : int, optional
        Makes the draw the same each time.
    habits : Habits, optional
        How answers hang together.

    Yields
    ------
    Person
        Every finding that no fact about the person settles is answered.

    Raises
    ------
    ValueError
        If `number` is below 1.

    Examples
    --------
    >>> import spasmlib
    >>> people = list(ordinary_people(spasmlib.load(), 3))
    >>> [person.sex in ("female", "male") for person in people]
    [True, True, True]
    """
    if number < 1:
        raise ValueError(f"number of people is {number!r}; expected at least 1")
    rng = np.random.default_rng(seed)
    findings = tables["findings"]
    ages = _ages(findings, number, rng)
    female = rng.random(number) < _share(findings, "sex", "female")
    pregnant = _pregnant(findings, ages, female, rng)
    asked = findings[findings["set_by"].isna()]
    yes = _answers(asked, number, rng, habits or Habits())
    names = asked["finding_id"].to_numpy(object)
    for row in range(number):
        yield Person(
            present=frozenset(names[yes[row]]),
            absent=frozenset(names[~yes[row]]),
            age=int(ages[row]),
            sex=SEXES[0] if female[row] else SEXES[1],
            pregnant=bool(pregnant[row]),
        )


def _share(findings: pd.DataFrame, column: str, value: str) -> float:
    shares = findings.loc[findings[column] == value, "p_background"]
    return float(shares.iloc[0]) if len(shares) else 0.0  # a topic that does not ask it


def _ages(findings: pd.DataFrame, number: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw ages whose bands have the shares of the background."""
    bands = findings[findings["set_by"] == "age"]
    edges = {YOUNGEST: 0.0, OLDEST - 20: 1.0}
    for band in records(bands):
        young = not band["age_min"]
        edge = band["age_max"] + 1 if young else band["age_min"]
        share = band["p_background"]
        edges[edge] = share if young else 1 - share
    known = sorted(edges)
    shares = np.maximum.accumulate([edges[edge] for edge in known])
    return np.floor(np.interp(rng.random(number), shares, known)).astype(np.intp)


def _pregnant(
    findings: pd.DataFrame, ages: NDArray[Any], female: NDArray[Any], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Let so many women be pregnant that their share among all people is the background."""
    able = female & (ages >= FERTILE.start) & (ages < FERTILE.stop)
    share = _share(findings, "set_by", "pregnant") / max(able.mean(), 1e-9)
    drawn: NDArray[np.bool_] = able & (rng.random(len(ages)) < share)
    return drawn


def _answers(
    asked: pd.DataFrame, number: int, rng: np.random.Generator, habits: Habits
) -> NDArray[np.bool_]:
    """Draw correlated yes and no, (number, findings)."""
    from scipy.stats import norm

    group = pd.factorize(asked["overlap_group"])[0]
    own = 1 - habits.within - habits.between
    latent = (
        np.sqrt(habits.between) * rng.standard_normal((number, 1))
        + np.sqrt(habits.within) * rng.standard_normal((number, group.max() + 1))[:, group]
        + np.sqrt(own) * rng.standard_normal((number, len(asked)))
    )
    background = asked["p_background"].to_numpy(float)
    yes: NDArray[np.bool_] = latent < norm.ppf(background)
    for _, places in asked.reset_index(drop=True).groupby("exclusive_set"):
        columns = places.index.to_numpy()
        # One of the set, as often as the background says; none in the rest of the cases.
        share = np.append(background[columns], max(0.0, 1 - background[columns].sum()))
        chosen = rng.choice(len(share), size=number, p=share / share.sum())
        yes[:, columns] = chosen[:, None] == np.arange(len(columns))
    return yes
