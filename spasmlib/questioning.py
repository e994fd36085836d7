"""How many answers it takes to reach the final first three, by the order of the questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from spasmlib.cases import Case
from spasmlib.model import DEFAULTS, Parameters
from spasmlib.person import Person
from spasmlib.reasoning import View, assess
from spasmlib.tables import Tables

TOP = 3
SEED = 20261124
SHUFFLES = 3
"""How often each case is asked in a random order; the mean counts."""

Order = Callable[[View, Sequence[str]], Sequence[str]]
"""Puts the findings that were not asked yet in order."""


def answers_needed(
    tables: Tables,
    cases: Sequence[Case],
    parameters: Parameters = DEFAULTS,
    progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> pd.DataFrame:
    """Count until the first three causes are those of the whole story, and stay so.

    Each case is asked one finding after another. It answers what its coder wrote down and
    "not sure" to all else; age, sex and medicines are known from the start.

    Returns
    -------
    DataFrame
        One row per case and ``order``: ``next_best`` (of ``view.questions``), ``fixed`` (of
        the form) and ``random`` (mean of several shuffles). ``questions`` were asked, of
        which ``answers`` were a yes or no; ``story`` is how many the case has in all.
    """
    quick = replace(parameters, draws=1)
    rng = np.random.default_rng(SEED)

    def shuffled(_: View, left: Sequence[str]) -> Sequence[str]:
        return [left[int(place)] for place in rng.permutation(len(left))]

    orders: dict[str, tuple[Order, int]] = {
        "next_best": (_next_best, 1),
        "fixed": (lambda _, left: left, 1),
        "random": (shuffled, SHUFFLES),
    }
    findings = tables["findings"]
    asked = list(findings.loc[findings["set_by"].isna(), "finding_id"])
    rows = []
    for case in progress(cases):
        story = len((case.person.present | case.person.absent) & set(asked))
        for name, (order, times) in orders.items():
            found = [_needed(tables, case.person, asked, order, quick) for _ in range(times)]
            questions, answers = np.mean(found, axis=0)
            rows.append((case.case_id, name, float(questions), float(answers), story))
    return pd.DataFrame(rows, columns=["case_id", "order", "questions", "answers", "story"])


def _next_best(view: View, left: Sequence[str]) -> Sequence[str]:
    ranked = [name for name in view.questions["finding_id"] if name in set(left)]
    # What another answer rules out is no question any more; it comes last.
    return [*ranked, *(name for name in left if name not in set(ranked))]


def _needed(
    tables: Tables, known: Person, asked: Sequence[str], order: Order, parameters: Parameters
) -> tuple[int, int]:
    """Return questions and answers up to the last change of the first three."""
    final = _first_three(assess(tables, known, parameters))
    story = (known.present | known.absent) & set(asked)
    person = replace(known, present=known.present - story, absent=known.absent - story)
    left, questions, answers, needed = list(asked), 0, 0, (0, 0)
    while story:
        view = assess(tables, person, parameters)
        steps = order(view, left)
        # Until something is answered, nothing changes: one order serves for many questions.
        number = next(place for place, name in enumerate(steps, 1) if name in story)
        finding = steps[number - 1]
        questions, answers = questions + number, answers + 1
        if _first_three(view) != final:
            needed = (questions, answers)
        left = [name for name in left if name not in set(steps[:number])]
        story -= {finding}
        person = _answer(person, known, finding)
    return needed


def _answer(person: Person, known: Person, finding: str) -> Person:
    if finding in known.present:
        return replace(person, present=person.present | {finding})
    return replace(person, absent=person.absent | {finding})


def _first_three(view: View) -> frozenset[str]:
    return frozenset(view.causes["cause_id"].head(TOP))
