"""What to ask next, and what moves when an answer changes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import spasmlib
from spasmlib.whatif import NOTHING_KNOWN, change_answers, change_risk, leave_out_medicine

TABLES = spasmlib.load()
LEVELS = list(TABLES.urgency_levels.sort_values("position")["urgency"])
PERSON = spasmlib.Person(present={"loc_low_back", "pain_below_knee"}, age=60)


def entropy(view: spasmlib.View) -> float:
    share = view.causes["share"]
    return float(-(share * np.log2(share)).sum())


@pytest.mark.parametrize(
    "finding", ["leg_numbness_or_tingling", "fever_or_chills", "worse_sitting"]
)
def test_the_gain_is_the_expected_fall_of_entropy(finding: str) -> None:
    view = spasmlib.assess(TABLES, PERSON)
    row = view.questions.set_index("finding_id").loc[finding]
    yes = spasmlib.assess(TABLES, replace(PERSON, present=PERSON.present | {finding}))
    no = spasmlib.assess(TABLES, replace(PERSON, absent=frozenset({finding})))
    expected = entropy(view) - row.p_yes * entropy(yes) - (1 - row.p_yes) * entropy(no)
    assert row.gain == pytest.approx(max(expected, 0), abs=1e-9)
    moved = yes.causes.set_index("label")["share"] - view.causes.set_index("label")["share"]
    assert (moved.idxmax(), moved.idxmin()) == (row.raises, row.lowers)


def test_only_open_questions_are_asked() -> None:
    person = replace(PERSON, present=PERSON.present | {"duration_under_6_weeks"})
    view = spasmlib.assess(TABLES, person)
    asked = set(view.questions["finding_id"])
    assert not asked & (view.known.present | view.known.absent)
    assert not asked & {"duration_over_12_weeks", "duration_6_to_12_weeks", "age_over_50", "male"}


def test_what_would_complete_a_warning_sign_comes_first() -> None:
    person = spasmlib.Person(present={"loc_low_back", "history_of_cancer"})
    questions = spasmlib.assess(TABLES, person).questions
    first = questions[questions["reason"] == "red_flag"]
    assert len(first) and (questions["reason"].head(len(first)) == "red_flag").all()
    urgency = [LEVELS.index(level) for level in first["flag_urgency"]]
    assert urgency == sorted(urgency)
    answered = replace(person, present=person.present | {first["finding_id"].iloc[0]})
    raised = spasmlib.assess(TABLES, answered).red_flags
    assert first["red_flag_id"].iloc[0] in set(raised["red_flag_id"])


def test_a_denied_sign_is_not_asked_again() -> None:
    person = spasmlib.Person(present={"history_of_cancer"}, absent={"leg_weakness"})
    assert "leg_weakness" not in set(spasmlib.assess(TABLES, person).questions["finding_id"])


def test_everything_answered_leaves_no_question() -> None:
    asked = TABLES.findings.loc[TABLES.findings["set_by"].isna(), "finding_id"]
    person = spasmlib.Person(present={"loc_low_back"}, absent=frozenset(asked) - {"loc_low_back"})
    assert spasmlib.assess(TABLES, person).questions.empty


def test_what_if_is_the_difference_of_two_results() -> None:
    view = spasmlib.assess(TABLES, PERSON)
    found = change_answers(view, {"pain_below_knee": "no", "night_pain": "yes"})
    other = replace(
        PERSON,
        present=frozenset({"loc_low_back", "night_pain"}),
        absent=frozenset({"pain_below_knee"}),
    )
    after = spasmlib.assess(TABLES, other).causes.set_index("cause_id")["share"]
    moves = found.moves.set_index("cause_id")
    assert np.allclose(moves["after"], after[moves.index])
    assert math.isclose(moves["change"].sum(), 0, abs_tol=1e-9)
    assert found.moves["change"].abs().is_monotonic_decreasing
    assert found.moves_anything
    same = change_answers(view, {"pain_below_knee": "yes"})
    assert not same.moves_anything


def test_a_risk_factor_shows_what_was_measured_or_that_nothing_was() -> None:
    view = spasmlib.assess(TABLES, replace(PERSON, present=PERSON.present | {"vascular_risk"}))
    smoking = change_risk(view, "smoking")
    assert smoking.effects["number"].str.contains("95% interval").any()
    assert smoking.effects["citation"].ne("").all()
    measured = set(TABLES.risk_effects["risk_factor_id"])
    unmeasured = next(n for n in TABLES.risk_factors["risk_factor_id"] if n not in measured)
    silent = change_risk(view, unmeasured)
    assert silent.effects.empty and silent.note == NOTHING_KNOWN


def test_a_medicine_left_out_takes_its_finding_along() -> None:
    person = spasmlib.Person(
        present={"takes_statin", "muscle_pain_both_thighs_or_shoulders"}, medicines=("simvastatin",)
    )
    found = leave_out_medicine(spasmlib.assess(TABLES, person), "simvastatin")
    assert found.moves["cause_id"].iloc[0] == "statin_side_effect"
    assert found.moves["change"].iloc[0] < 0
    assert "Do not stop" in found.note


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda view: change_answers(view, {"loc_nek": "yes"}), "unknown finding 'loc_nek'"),
        (lambda view: change_answers(view, {"loc_neck": "maybe"}), "unknown answer 'maybe'"),
        (lambda view: change_risk(view, "smokin"), "unknown risk factor 'smokin'; did you mean"),
        (lambda view: leave_out_medicine(view, "aspirin"), "unknown medicine 'aspirin'"),
    ],
)
def test_what_cannot_be_changed_is_refused(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(spasmlib.assess(TABLES, PERSON))  # type: ignore[operator]


def test_medicines_show_how_often_and_against_what() -> None:
    person = spasmlib.Person(medicines=("Simvastatin 40 mg", "hydroclorothiazide", "sugar"))
    view = spasmlib.assess(TABLES, person)
    table = view.medicines
    assert list(table["said"].unique()) == ["Simvastatin 40 mg", "hydroclorothiazide"]
    assert (
        "27.1%" in table["frequency"].iloc[0] and "26.6% on placebo" in table["frequency"].iloc[0]
    )
    assert {"takes_statin", "takes_diuretic"} <= view.known.present
    assert view.known.read_as == (("hydroclorothiazide", "hydrochlorothiazide"),)
    assert view.known.unrecognised == ("sugar",)
    assert spasmlib.assess(TABLES, spasmlib.Person(medicines=("none",))).known.unrecognised == ()


def test_what_is_to_be_avoided_is_never_a_first_choice() -> None:
    everything = tuple(TABLES.conditions["condition_id"])
    view = spasmlib.assess(TABLES, spasmlib.Person(conditions=everything, age=80))
    seen = 0
    for cause in TABLES.causes["cause_id"]:
        steps = view.plan(cause)
        avoided = steps[steps["standing"] == "avoid"]
        seen += len(avoided)
        assert not avoided["role"].isin(["first_line", "second_line"]).any()
        assert avoided["cautions"].map(len).gt(0).all()
        for _, phase in steps.groupby("phase", sort=False):
            late = (phase["standing"] == "avoid").tolist()
            first_choice = phase["role"].isin(["first_line"]).tolist()
            if True in late and True in first_choice:
                last_first = len(first_choice) - 1 - first_choice[::-1].index(True)
                assert all(place > last_first for place, a in enumerate(late) if a)
    assert seen > 20
