"""Warning signs catch emergencies, one case each, and leave ordinary people in peace."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import spasmlib
from spasmlib.ordinary import SEED, Habits, ordinary_people
from spasmlib.person import understand
from spasmlib.urgency import pressing_levels, raised_flags

TABLES = spasmlib.load()
LEVELS = list(TABLES.urgency_levels.sort_values("position")["urgency"].astype(str))
PRESSING = pressing_levels(TABLES)
GRADES = dict(
    zip(TABLES.red_flags["red_flag_id"], TABLES.red_flags["urgency"].astype(str), strict=True)
)
with (Path(__file__).parent / "flag_cases.csv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file))

SIGNS = {
    "numb_between_legs": ["saddle_numbness", "sexual_dysfunction"],
    "bladder_or_bowel": ["bladder_dysfunction", "cannot_feel_bladder", "bowel_dysfunction"],
    "weak_legs": [
        "both_legs_affected+duration_under_6_weeks",
        "both_legs_affected+leg_weakness",
        "leg_weakness+steadily_worsening",
    ],
    "chest_or_breath": [
        "chest_pain_or_breathless",
        "pain_spreads_to_arms_or_jaw+faint_or_cold_sweat",
    ],
    "sudden_tearing_pain": [
        "tearing_pain",
        "faint_or_cold_sweat+age=51",
        "faint_or_cold_sweat+severe_constant_pain",
        "pulsating_abdomen",
    ],
    "accident_or_fall": ["onset_major_trauma"],
    "face_speech_or_sight": [
        "vision_or_eye_problem",
        "confusion_or_drowsiness",
        "loc_neck+headache+onset_sudden_without_cause+severe_constant_pain",
    ],
    "fever_and_very_ill": [
        "fever_or_chills+confusion_or_drowsiness",
        "fever_or_chills+headache+loc_neck+limited_movement",
        "fever_or_chills+immunosuppressed",
        "fever_or_chills+iv_drug_use",
    ],
    "sudden_confusion": ["confusion_or_drowsiness"],
    "fit_or_tight_throat": ["seizure_or_throat_spasm"],
    "cancer_and_legs": ["history_of_cancer+leg_weakness", "history_of_cancer+unsteady_gait"],
    "severe_belly_pain": [
        "abdominal_pain+severe_constant_pain+nausea_or_vomiting",
        "lower_abdominal_pain+severe_constant_pain+nausea_or_vomiting",
        "pregnant_or_recent_birth+abdominal_pain+severe_constant_pain",
        "pregnant_or_recent_birth+lower_abdominal_pain+severe_constant_pain",
    ],
    "dark_urine": ["dark_urine_cola", "crush_or_long_lie"],
    "stiff_jaw": [
        "jaw_stiffness+trouble_swallowing",
        "jaw_stiffness+recent_wound",
        "jaw_stiffness+visible_or_hard_spasm+steadily_worsening",
    ],
}
"""What each line of the list on the first screen names; slurred speech and a drooping
face are counted by the question on confusion."""

HARMLESS = [
    "night_pain",
    "takes_statin",
    "history_of_cancer",
    "immunosuppressed",
    "leg_weakness+duration_over_12_weeks",
    "both_legs_affected+duration_over_12_weeks",
    "jaw_stiffness",
    "pain_spreads_to_arms_or_jaw",
    "long_term_steroids",
    "numb_hands",
]


def read(written: str) -> spasmlib.Person:
    """Read finding ids joined by +, with an age such as age=72 among them."""
    parts = written.split("+")
    ages = [int(part.removeprefix("age=")) for part in parts if part.startswith("age=")]
    return spasmlib.Person(
        present={part for part in parts if not part.startswith("age=")},
        age=ages[0] if ages else None,
    )


def flags_of(person: spasmlib.Person) -> dict[str, str]:
    """Return each raised flag with its urgency, most urgent first."""
    flags = raised_flags(TABLES, understand(TABLES, person))
    return dict(zip(flags["red_flag_id"], flags["urgency"].astype(str), strict=True))


def test_every_flag_has_one_case_and_no_case_is_left_over() -> None:
    named = [case["red_flag_id"] for case in CASES]
    assert len(named) == len(set(named))
    assert set(named) == set(GRADES)
    assert all(case["story"].endswith(".") for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["red_flag_id"] for case in CASES])
def test_a_flag_is_raised_by_its_case_and_not_by_the_near_miss(case: dict[str, str]) -> None:
    flag = case["red_flag_id"]
    raised = flags_of(read(case["raising"]))
    assert flag in raised
    assert LEVELS.index(next(iter(raised.values()))) <= LEVELS.index(GRADES[flag])
    near = flags_of(read(case["near_miss"]))
    assert case["near_miss"] and flag not in near
    if GRADES[flag] == LEVELS[0]:
        assert LEVELS[0] not in near.values()


def test_every_line_of_the_list_is_tested() -> None:
    assert set(SIGNS) == set(TABLES.emergency_signs["sign_id"])


@pytest.mark.parametrize(
    ("sign", "written"), [(sign, written) for sign, ways in SIGNS.items() for written in ways]
)
def test_what_the_list_names_is_an_emergency_without_any_other_answer(
    sign: str, written: str
) -> None:
    raised = flags_of(read(written))
    assert LEVELS[0] in raised.values(), (sign, raised)


def test_the_flag_of_each_line_is_raised_by_it() -> None:
    lines = TABLES.emergency_signs
    for sign, flag in zip(lines["sign_id"], lines["red_flag_id"], strict=True):
        assert any(flag in flags_of(read(written)) for written in SIGNS[sign]), (sign, flag)


@pytest.mark.parametrize("written", HARMLESS)
def test_one_common_answer_alone_is_not_for_today(written: str) -> None:
    assert not PRESSING & set(flags_of(read(written)).values())
    assert spasmlib.assess(TABLES, read(written)).urgency not in PRESSING


def test_age_alone_is_not_for_today() -> None:
    for age in range(101):
        assert not PRESSING & set(flags_of(spasmlib.Person(age=age)).values())


@pytest.mark.parametrize(
    ("habits", "most_emergency", "most_today"),
    [(Habits(), 0.055, 0.165), (Habits(within=0, between=0), 0.06, 0.18)],
    ids=["answers hang together", "independent answers"],
)
def test_few_ordinary_people_are_sent_at_once(
    habits: Habits, most_emergency: float, most_today: float
) -> None:
    number, seeds = 2000, range(SEED, SEED + 5)  # one draw of 2000 is half a percent off at times
    levels = [
        set(flags_of(person).values())
        for seed in seeds
        for person in ordinary_people(TABLES, number, seed=seed, habits=habits)
    ]
    assert sum(LEVELS[0] in raised for raised in levels) / len(levels) <= most_emergency
    assert sum(bool(PRESSING & raised) for raised in levels) / len(levels) <= most_today
