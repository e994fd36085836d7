"""How long an answer takes, against a plain loop over the same tables, in one run.

Prints milliseconds for orientation; the ratios are what can be compared between machines.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import spasmlib
from spasmlib.model import DEFAULTS, Model, Parameters, answers_of, model_of, weigh
from spasmlib.panels import Explorer
from spasmlib.panels.explorer import TABS
from spasmlib.person import understand
from spasmlib.reasoning import ranked
from spasmlib.tables import Tables

ROUNDS = 40


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of `work`, once warm."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def plain_loop(tables: Tables, person: spasmlib.Person) -> list[tuple[float, str]]:
    """Sum the log ratios as one would write it first: rows of DataFrames, no damping."""
    background = tables.findings.set_index("finding_id")["p_background"]
    pairs = tables.cause_findings.set_index(["cause_id", "finding_id"])["p"]
    scores = []
    for cause in tables.causes.itertuples():
        score = math.log(float(cause.prior))
        for finding in sorted(person.present):
            p = pairs.get((cause.cause_id, finding), background[finding])
            score += math.log(max(p, 0.002) / background[finding])
        scores.append((score, str(cause.cause_id)))
    return sorted(scores, reverse=True)


def persons(tables: Tables) -> Iterator[tuple[str, spasmlib.Person]]:
    """Yield persons who answered nothing, a few and many questions."""
    asked = tables.findings[tables.findings["set_by"].isna()]["finding_id"]
    for count in (0, 5, 20, 60):
        names = list(asked.iloc[:: max(1, len(asked) // max(1, count))][:count])
        yield (
            f"{count} answers",
            spasmlib.Person(present=frozenset(names[::2]), absent=frozenset(names[1::2]), age=50),
        )


def growth(tables: Tables, person: spasmlib.Person) -> Iterator[tuple[str, float]]:
    """Yield times of the arithmetic alone for more causes, findings and draws."""
    model = model_of(tables)
    answers = answers_of(model, understand(tables, person))
    weights = weigh(model, answers)
    yield "weights and shares", milliseconds(lambda: ranked(model, weigh(model, answers)))
    for times in (2, 4):
        more = model_of(tables, Parameters(draws=times * DEFAULTS.draws))
        yield f"draws x {times}", milliseconds(lambda more=more: ranked(more, weights))
    for times in (2, 4):
        wide = wider(model, times)
        yield (
            f"causes x {times}",
            milliseconds(lambda wide=wide: ranked(wide, weigh(wide, answers))),
        )
    for times in (2, 4):
        deep = deeper(model, times)
        yield (
            f"findings x {times}",
            milliseconds(lambda deep=deep: ranked(deep, weigh(deep, answers))),
        )


def wider(model: Model, times: int) -> Model:
    """Repeat all causes of a model."""
    number = len(model.causes)
    rows = ("p", "spread", "silence", "prior", "usual", "base", "cap")
    return replace(
        model,
        causes=pd.concat([model.causes] * times),
        fixed={name: np.tile(values, times) for name, values in model.fixed.items()},
        variants=pd.concat([model.variants] * times),
        cause=np.concatenate([model.cause + place * number for place in range(times)]),
        first=np.concatenate([model.first + place * len(model.cause) for place in range(times)]),
        noise=np.tile(model.noise, (1, times)),
        **{
            name: np.tile(values, (times, 1) if values.ndim == 2 else times)
            for name in rows
            for values in [getattr(model, name)]
        },
    )


def deeper(model: Model, times: int) -> Model:
    """Repeat all findings of a model; the new ones are left unanswered."""
    number = len(model.background)
    return replace(
        model,
        asked=np.concatenate([model.asked + place * number for place in range(times)]),
        **{name: np.tile(getattr(model, name), (1, times)) for name in ("p", "spread", "silence")},
        **{name: np.tile(getattr(model, name), times) for name in ("background", "group")},
    )


def main() -> None:
    """Print the table."""
    tables = spasmlib.load()
    loop = None
    print(f"{'task':34}{'ms':>9}{'against the plain loop':>26}")
    for name, person in persons(tables):
        if name == "5 answers":
            loop = milliseconds(lambda person=person: plain_loop(tables, person))
    assert loop is not None
    print(f"{'plain loop over pandas, 5 answers':34}{loop:9.2f}{'1':>26}")
    for name, person in persons(tables):
        spent = milliseconds(lambda person=person: spasmlib.assess(tables, person))
        print(f"{'assess, ' + name:34}{spent:9.2f}{spent / loop:>25.3f}x")
        view = spasmlib.assess(tables, person)
        best = view.causes["cause_id"].iloc[0]
        spent = milliseconds(lambda view=view, best=best: view.reasons(best))
        print(f"{'  reasons':34}{spent:9.2f}{spent / loop:>25.3f}x")
        spent = milliseconds(lambda view=view: view.questions)
        print(f"{'  questions':34}{spent:9.2f}{spent / loop:>25.3f}x")
    for name, spent in growth(tables, person):
        print(f"{'  ' + name:34}{spent:9.2f}{spent / loop:>25.3f}x")
    explorer = Explorer(tables)
    answers = {"loc_low_back": "yes", "worse_sitting": "yes", "pain_below_knee": "no"}
    last = list(answers)[-1]

    def click() -> None:
        answers[last] = "yes" if answers[last] == "no" else "no"
        explorer.findings.answers = dict(answers)

    for tab in TABS:
        explorer.tab = tab
        spent = milliseconds(click)
        print(f"{f'click, with the tab {tab} open':34}{spent:9.2f}{spent / loop:>25.3f}x")
    folder = Path(tables.folder)
    load = milliseconds(lambda: spasmlib.load(folder))
    start = time.perf_counter()
    spasmlib.check(folder)
    check = 1000 * (time.perf_counter() - start)
    print(f"{'load':34}{load:9.2f}{load / loop:>25.3f}x")
    print(f"{'check with Frictionless':34}{check:9.2f}{check / loop:>25.3f}x")
    print(f"load takes {load / check:.3f} of the time of a full check of the same files")


if __name__ == "__main__":
    main()
