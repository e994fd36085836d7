"""The next best question, with answers of one click, and why it is asked."""

from __future__ import annotations

from collections.abc import Iterable

import traitlets

from spasmlib.panels.rendering import render
from spasmlib.reasoning import View
from spasmlib.tables import records
from spasmlib.wording import share_in_words

TELLING = 0.02
"""Bits; a question that promises less would hardly change the picture."""

ANSWERS = ("yes", "no", "skip")


class NextQuestionModel(traitlets.HasTraits):
    """Which questions were passed over.

    Attributes
    ----------
    skipped : list of str
        Finding ids that were answered with "not sure" here.
    """

    skipped = traitlets.List(traitlets.Unicode())


def next_question_html(view: View, skipped: Iterable[str]) -> str:
    """Show the first open question that was not passed over."""
    table = view.questions
    open_ones = table[~table["finding_id"].isin(list(skipped))]
    telling = open_ones[(open_ones["reason"] == "red_flag") | (open_ones["gain"] >= TELLING)]
    question = records(telling.head(1))
    levels = view.tables["urgency_levels"].astype({"urgency": str}).set_index("urgency")["label"]
    return render(
        "next_question",
        question=question[0] if question else None,
        share=share_in_words(question[0]["p_yes"]) if question else "",
        urgency=levels[question[0]["flag_urgency"]]
        if question and question[0]["flag_urgency"]
        else "",
    )
