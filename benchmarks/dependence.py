"""Compare models of how findings hang together, by cross-validation on the reference cases.

Writes ``dependence.csv`` beside this file. Each model has at most one number to tune; it is
chosen by the log loss on nine tenths of the cases and judged on the last tenth.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

import spasmlib
from spasmlib.cases import Case, read_cases
from spasmlib.model import Answers, Floats, Model, Parameters, answers_of, model_of, scores, weigh
from spasmlib.model import shares as shares_of
from spasmlib.person import understand
from spasmlib.tables import Tables

HERE = Path(__file__).parent
CASES = HERE.parent / "tests" / "cases" / "cases.jsonl"
FOLDS = 10
SEED = 20261124

Scored = Callable[[Model, Answers], Floats]


@dataclass(frozen=True)
class Candidate:
    """One way to join the answers, with the values of its number that are tried."""

    name: str
    values: tuple[float, ...]
    make: Callable[[Tables, float], tuple[Model, Scored]]


def product(tables: Tables, overlap: float, **others: float) -> tuple[Model, Scored]:
    """Score with the model of spasmlib under other parameters."""
    model = model_of(tables, replace(Parameters(draws=1), overlap=overlap, **others))
    return model, lambda model, answers: scores(model, weigh(model, answers))


def one_form(tables: Tables, overlap: float) -> tuple[Model, Scored]:
    """Score with one blurred profile a cause instead of its forms."""
    model = model_of(tables, replace(Parameters(draws=1), overlap=overlap))
    share = np.exp(model.usual) / np.add.reduceat(np.exp(model.usual), model.first)[model.cause]
    blurred = np.add.reduceat(model.p * share[:, None], model.first, axis=0)
    model = replace(model, p=blurred[model.cause])
    return model, lambda model, answers: scores(model, weigh(model, answers))


def noisy_or(tables: Tables, leak: float) -> tuple[Model, Scored]:
    """Let each finding arise by the cause or, with a leak, by chance as in everyone."""
    model = model_of(tables, Parameters(draws=1))
    p = 1 - (1 - model.p) * (1 - leak * model.background)
    return replace(model, p=p), lambda model, answers: scores(model, weigh(model, answers))


def severity(tables: Tables, step: float) -> tuple[Model, Scored]:
    """Let a hidden severity shift all findings of a person, and average over it."""
    model = model_of(tables, replace(Parameters(draws=1), overlap=1.0))
    logit = np.log(model.p / (1 - model.p))
    levels = [
        (weight, replace(model, p=expit(logit + shift * step)))
        for shift, weight in ((-1.0, 0.25), (0.0, 0.5), (1.0, 0.25))
    ]

    def score(_: Model, answers: Answers) -> Floats:
        found = [np.log(weight) + scores(level, weigh(level, answers)) for weight, level in levels]
        return np.logaddexp.reduce(found)

    return model, score


def tree(tables: Tables, strength: float) -> tuple[Model, Scored]:
    """Give each overlap group a hidden node: with it, its findings go together.

    A small Bayesian network (a tree): with probability `strength` all findings of a group
    come from one draw, so that the rarest decides; else they are independent.
    """
    model = model_of(tables, replace(Parameters(draws=1), overlap=1.0))

    def score(model: Model, answers: Answers) -> Floats:
        weights = weigh(model, answers)
        joined = np.zeros(len(model.base))
        columns = answers.columns
        for group in np.unique(model.group[columns]):
            own = weights.full[:, model.group[columns] == group]
            together = own[np.arange(len(own)), np.abs(own).argmax(axis=1)]
            joined += np.logaddexp(
                np.log(strength + 1e-12) + together, np.log(1 - strength + 1e-12) + own.sum(axis=1)
            )
        return weights.base + weights.silence + joined

    return model, score


def expit(x: Floats) -> Floats:
    """Turn log odds into probabilities."""
    odds: Floats = 1 / (1 + np.exp(-x))
    return odds


CANDIDATES = (
    Candidate("independent findings (naive Bayes)", (1.0,), product),
    Candidate("norm within overlap groups", (1.1, 1.25, 1.5, 2.0), product),
    Candidate("only the strongest of a group", (50.0,), product),
    Candidate("the same norm, one form a cause", (1.25,), one_form),
    Candidate(
        "the same norm, silence says nothing",
        (1.25,),
        lambda tables, overlap: product(tables, overlap, unsaid=0.0, unsaid_hallmark=0.0),
    ),
    Candidate(
        "the same norm, a no counts in full",
        (1.25,),
        lambda tables, overlap: product(tables, overlap, denial=1.0),
    ),
    Candidate(
        "the same norm, priors as they are",
        (1.25,),
        lambda tables, overlap: product(tables, overlap, strangers=0.0),
    ),
    Candidate("noisy-or with a leak", (0.25, 0.5, 1.0), noisy_or),
    Candidate("hidden severity", (0.3, 0.6, 1.0), severity),
    Candidate("hidden node a group (tree)", (0.25, 0.5, 0.75), tree),
)


def judge(tables: Tables, cases: Iterable[Case], model: Model, score: Scored) -> pd.DataFrame:
    """Return rank, accepted rank and log loss of each case."""
    ids = list(model.causes["cause_id"])
    rows = []
    for case in cases:
        answers = answers_of(model, understand(tables, case.person))
        share = shares_of(model, score(model, answers))
        place = {ids[i]: number for number, i in enumerate(np.argsort(-share), 1)}
        best = min(place[name] for name in case.accepted)
        loss = -np.log(max(share[ids.index(case.cause_id)], 1e-9))
        rows.append((place[case.cause_id], best, loss))
    return pd.DataFrame(rows, columns=["rank", "accepted", "loss"])


def compare(tables: Tables, cases: tuple[Case, ...]) -> pd.DataFrame:
    """Cross-validate every candidate."""
    fold = np.random.default_rng(SEED).permutation(len(cases)) % FOLDS
    rows = []
    for candidate in CANDIDATES:
        found = [judge(tables, cases, *candidate.make(tables, v)) for v in candidate.values]
        held, chosen = [], []
        for number in range(FOLDS):
            losses = [table["loss"][fold != number].mean() for table in found]
            best = int(np.argmin(losses))
            chosen.append(candidate.values[best])
            held.append(found[best][fold == number])
        table = pd.concat(held)
        rows.append(
            {
                "model": candidate.name,
                "tried": " ".join(f"{value:g}" for value in candidate.values),
                "chosen": " ".join(f"{value:g}" for value in sorted(set(chosen))),
                "first": (table["rank"] == 1).mean(),
                "in_three": (table["rank"] <= 3).mean(),
                "accepted_in_three": (table["accepted"] <= 3).mean(),
                "log_loss": table["loss"].mean(),
            }
        )
    return pd.DataFrame(rows).round(3)


def main() -> None:
    """Print the table and write it beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="?", type=Path, default=CASES)
    tables = spasmlib.load()
    cases, bad = read_cases(tables, parser.parse_args().cases)
    assert not bad, bad
    table = compare(tables, cases)
    print(table.to_string(index=False))
    table.to_csv(HERE / "dependence.csv", index=False)


if __name__ == "__main__":
    main()
