"""One assessment opened into the steps of its sum, for those who study the ranking."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from spasmlib.model import (
    Answers,
    Floats,
    Model,
    Weights,
    answers_of,
    best_variants,
    model_of,
    scores,
    weigh,
)
from spasmlib.person import Person, unknown
from spasmlib.reasoning import View, assess
from spasmlib.sources import with_citations
from spasmlib.tables import Tables, records
from spasmlib.wording import odds_in_words, share_in_words, times_in_words

NEGLIGIBLE = 0.02
"""Log odds; what weighs less is not worth a word (2 in 100 more or less likely)."""

NAMED = 2
"""How many of the open questions that weigh most are named."""

STEPS = ("prior", "strangers", "form", "answer", "silence", "forms", "scale")
"""The kinds of steps, in the order in which they are taken."""

_STEP = ["step", "finding_id"]
_NUMBERS = ["p_given_cause", "p_background", "full_weight", "weight", "total"]
COLUMNS = [
    "step",
    "label",
    "finding_id",
    "answer",
    "p_given_cause",
    "p_background",
    "full_weight",
    "weight",
    "total",
    "words",
    "table",
    "key",
    "basis",
    "source_id",
    "note",
    "background_basis",
    "background_source_id",
    "background_note",
]

Row = dict[str, Any]


def worked_person(tables: Tables) -> Person:
    """Return the made-up person with whom the ranking is explained.

    Returns
    -------
    Person
        Of the table ``worked_case``; reports nothing where that table is empty.

    Raises
    ------
    ValueError
        If a row of the table gives neither an answer to a finding nor an age.
    """
    said: dict[str, set[str]] = {"yes": set(), "no": set()}
    age = None
    for row in records(tables["worked_case"]):
        if row["finding_id"] and row["answer"]:
            said[row["answer"]].add(row["finding_id"])
        elif row["age"] is not None:
            age = row["age"]
        else:
            raise ValueError(
                f"worked_case, position {row['position']}: expected a finding_id with an answer, "
                "or an age"
            )
    return Person(present=frozenset(said["yes"]), absent=frozenset(said["no"]), age=age)


def steps(view: View, cause_id: str) -> pd.DataFrame:
    """Open the share of one cause into the steps of the sum, first to last.

    Parameters
    ----------
    view : View
        From `spasmlib.assess`.
    cause_id : str
        Any cause of its tables.

    Returns
    -------
    DataFrame
        One row per step. ``step`` is one of

        - ``prior``: log of the share among all who come;
        - ``strangers``: what is added because some people are not like them;
        - ``form``: log of the share of the form that fits best, if there are several;
        - ``answer``: one a finding, as in `View.reasons`, weightiest first;
        - ``silence``: of all findings left unanswered together;
        - ``forms``: what the other forms add;
        - ``scale``: minus the log of the sum over all causes, so that the shares sum to 1.

        ``label`` and ``words`` say the step plainly; ``weight`` is what it adds and
        ``total`` the sum so far, both in natural logs, so that ``exp(total)`` of the last
        row is the ``share`` of the cause in ``view.causes``. An answer has ``finding_id``,
        ``answer``, ``p_given_cause``, ``p_background`` and ``full_weight`` (before a no
        counts less and overlap is damped). ``table`` and ``key`` name the row of the
        tables that a figure stands in, ``basis``, ``source_id`` and ``note`` where it
        comes from; empty where a step is a rule and no figure.

    Raises
    ------
    ValueError
        If there is no such cause.

    Examples
    --------
    >>> import spasmlib
    >>> view = spasmlib.assess(spasmlib.load(), spasmlib.Person(present={"loc_low_back"}))
    >>> first = view.causes.iloc[0]
    >>> last = steps(view, first["cause_id"]).iloc[-1]
    >>> bool(abs(math.exp(last["total"]) - first["share"]) < 1e-9)
    True
    """
    ids = list(view.tables["causes"]["cause_id"])
    if cause_id not in ids:
        raise ValueError(unknown("cause", cause_id, ids))
    sum_ = _Sum(view, cause_id)
    rows = [*sum_.start(), *sum_.answers(), *sum_.end()]
    columns = {
        name: [row.get(name, np.nan) for row in rows]
        if name in _NUMBERS
        else [row.get(name) or "" for row in rows]
        for name in COLUMNS
    }
    table = pd.DataFrame(columns)
    return table.assign(total=table["weight"].cumsum())


def leading_steps(view: View, top: int = 3) -> pd.DataFrame:
    """Set the steps of the leading causes side by side.

    Returns
    -------
    DataFrame
        One row per step: ``step``, ``finding_id``, ``label``, and one column per cause
        (its label) that holds the weights. What a cause has not is missing.
    """
    table = pd.DataFrame()
    for cause in records(view.causes.head(top)[["cause_id", "label"]]):
        own = steps(view, cause["cause_id"])[[*_STEP, "label", "weight"]]
        own = own.rename(columns={"weight": cause["label"]})
        table = own if table.empty else table.merge(own, how="outer", on=[*_STEP, "label"])
    order = table["step"].map(STEPS.index)
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def worked_view(tables: Tables) -> View:
    """Assess the person of the worked case."""
    return assess(tables, worked_person(tables))


class _Sum:
    """The parts of the score of the form of one cause that fits best."""

    def __init__(self, view: View, cause_id: str):
        self.view, self.cause_id = view, cause_id
        self.model: Model = model_of(view.tables, view.parameters)
        self.given: Answers = answers_of(self.model, view.known)
        self.weights: Weights = weigh(self.model, self.given)
        self.score: Floats = scores(self.model, self.weights)
        self.place = list(self.model.causes["cause_id"]).index(cause_id)
        self.row = int(best_variants(self.model, self.score)[self.place])
        self.variant_id = str(self.model.variants["variant_id"].iloc[self.row])

    def start(self) -> Iterator[Row]:
        """Yield what stands before any answer."""
        model, row = self.model, self.row
        prior = float(np.log(model.prior[self.place]))
        cause = records(model.causes.iloc[[self.place]])[0]
        among = self.view.tables.schema.page["among"]
        yield {
            "step": "prior",
            "label": "Start",
            "weight": prior,
            "words": f"Of all people {among}, {share_in_words(model.prior[self.place])} have it.",
            "table": "causes",
            "key": self.cause_id,
            "basis": str(cause["prior_basis"]),
            "source_id": cause["prior_source_id"],
            "note": cause["prior_note"],
        }
        mixed = float(self.weights.base[row] - model.usual[row])
        if mixed:
            yield {
                "step": "strangers",
                "label": "Not all people are alike",
                "weight": mixed,
                "words": "Some who look this up are not like those in the studies. "
                "So rare causes start higher and common ones lower. "
                f"This makes it {odds_in_words(mixed)}.",
            }
        if self.variant_id:
            yield self._form(float(model.usual[row]) - prior)

    def answers(self) -> Iterator[Row]:
        """Yield one row an answer, weightiest first."""
        reasons = records(self.view.reasons(self.cause_id))
        group = self.view.tables["findings"].set_index("finding_id")["overlap_group"].to_dict()
        own = self._own_figures()
        for reason in reasons:
            said, finding = reason["answer"], reason["finding_id"]
            alike = [
                other["label"]
                for other in reasons
                if group[other["finding_id"]] == group[finding]
                and other["direction"] == reason["direction"]
                and other is not reason
            ]
            table, key = own.get(finding, ("findings", finding))
            kept = [name for name in COLUMNS if name in reason]
            yield {name: reason[name] for name in kept} | {
                "step": "answer",
                "label": f"{said.capitalize()}: {reason['label']}",
                "words": _answer_in_words(reason, alike, self.view.parameters.denial),
                "table": table,
                "key": key,
            }

    def end(self) -> Iterator[Row]:
        """Yield what follows the answers."""
        silence = float(self.weights.silence[self.row])
        if silence:
            yield {
                "step": "silence",
                "label": "What was left open",
                "weight": silence,
                "words": self._silence_in_words(silence),
            }
        forms = np.flatnonzero(self.model.cause == self.place)
        if len(forms) > 1:
            more = float(np.logaddexp.reduce(self.score[forms]) - self.score[self.row])
            yield {
                "step": "forms",
                "label": "Its other forms",
                "weight": more,
                "words": "The share of a cause is that of all its forms. "
                f"The others make it {odds_in_words(more)}.",
            }
        scale = -float(np.logaddexp.reduce(self.score))
        yield {
            "step": "scale",
            "label": "All causes add up to 100%",
            "weight": scale,
            "words": "The sums of all causes are scaled by one factor, so that their shares "
            "add up to 100%. It is the same for each cause and changes no order.",
        }

    def _form(self, weight: float) -> Row:
        variants = self.view.tables["cause_variants"]
        form = records(variants[variants["variant_id"] == self.variant_id])[0]
        return {
            "step": "form",
            "label": "The form that fits best",
            "weight": weight,
            "words": "The cause has forms with figures of their own. "
            f"This one fits best: {form['label']}. "
            f"Of those with the cause {share_in_words(form['share'])} have it.",
            "table": "cause_variants",
            "key": self.variant_id,
            "basis": str(form["basis"]),
            "source_id": form["source_id"],
            "note": form["note"],
        }

    def _own_figures(self) -> dict[str, tuple[str, str]]:
        """Name the row in which each figure of this form stands, by finding."""
        found: dict[str, tuple[str, str]] = {}
        for table, column, name in (
            ("cause_findings", "cause_id", self.cause_id),
            ("variant_findings", "variant_id", self.variant_id),
        ):
            rows = self.view.tables[table]
            for finding in rows.loc[rows[column] == name, "finding_id"]:
                found[finding] = (table, f"{name}+{finding}")
        return found

    def _silence_in_words(self, weight: float) -> str:
        open_ = self.view.unsaid(self.cause_id)
        most = open_[open_["weight"] * math.copysign(1, weight) > NEGLIGIBLE].head(NAMED)
        named = " and ".join(f"“{label}”" for label in most["label"])
        said = f"{len(open_)} questions were left open, and each counts a little as a no. "
        if named:
            said += f"Most of it comes from {named}. "
        return f"{said}In all this makes it {odds_in_words(weight)}."


def with_sources(tables: Tables, table: pd.DataFrame) -> pd.DataFrame:
    """Add the sources of both figures of each step: ``citation``, ``background_citation``, …."""
    own = with_citations(tables, table)
    other = with_citations(
        tables, table[["background_source_id"]].set_axis(["source_id"], axis="columns")
    )
    names = ["citation", "link", "complete"]
    return own.assign(**{f"background_{name}": other[name].to_numpy() for name in names})


def _answer_in_words(reason: Row, alike: list[str], denial: float) -> str:
    if reason["basis"] == "nothing_known":
        return "The tables hold no figure on it for this cause, so it counts for nothing."
    with_it, overall = reason["p_given_cause"], reason["p_background"]
    said = (
        f"Of people with this cause {share_in_words(with_it)} say {reason['answer']}, "
        f"of all people {share_in_words(overall)}: {times_in_words(with_it / overall)}."
    )
    weight, full = reason["weight"], reason["full_weight"]
    if abs(full - weight) < NEGLIGIBLE:
        return said
    why = []
    if reason["answer"] == "no" and denial < 1:
        why.append("a no counts less than a yes")
    if abs(weight) < abs(full) * (denial if reason["answer"] == "no" else 1) - 1e-9:
        why.append(
            f"it says partly the same as {' and '.join(f'“{label}”' for label in alike)}"
            if alike
            else "one group of answers may not rule out a dangerous cause"
        )
    return f"{said} It counts as {odds_in_words(weight)}, since {' and '.join(why)}."
