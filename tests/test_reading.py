"""Findings in a person's own words: what is said, denied, doubted, past or of others."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spasmlib
from spasmlib import Person, Tables, quantities, read_text
from spasmlib.person import understand
from spasmlib.phrases import PhraseBook, forms, word_set
from spasmlib.tables import records

SET_BY_FACTS = {"age", "sex", "pregnant"}
EMERGENCIES = {
    "saddle_numbness": "numbness between my legs",
    "bladder_dysfunction": "trouble passing urine",
    "bowel_dysfunction": "loss of bowel control",
    "leg_weakness": "weakness in my legs",
    "leg_numbness_or_tingling": "numbness in my legs",
    "chest_pain_or_breathless": "chest pain",
    "faint_or_cold_sweat": "fainting",
    "fever_or_chills": "fever",
    "confusion_or_drowsiness": "confusion",
    "seizure_or_throat_spasm": "seizures",
    "jaw_stiffness": "lockjaw",
    "vision_or_eye_problem": "double vision",
    "headache": "headaches",
    "unsteady_gait": "unsteadiness",
    "arm_weakness": "weakness in my arms",
}
DENIALS = [
    "I have no {}.",
    "I do not have {}.",
    "I don't have any {}.",
    "I have not had any {}.",
    "I haven't had {} at all.",
    "I have never had {}.",
    "I am without {}.",
    "There is no {}.",
    "She denies {}.",
    "No {}, but my lower back hurts.",
    "My lower back hurts, with no sign of {}.",
    "I have neither {} nor a rash.",
    "I have a sore back without {}.",
    "No pain in my neck, {} or nausea.",
    "I have not noticed {}, a rash or nausea.",
    "Neither a rash nor {}.",
]
CLAIMS = [
    "I have {}.",
    "Since yesterday I have {}.",
    "I have had {} for two days.",
    "No rash, but I have {}.",
    "I do not have a rash. I have {}.",
    "I have no rash and I have {}.",
    "I have not slept because of {}.",
    "Not only a sore back but also {}.",
    "There is no rash; however, there is {}.",
    "I could not work yesterday because I had {}.",
    "I did not fall, and now I have {}.",
]
OPEN = [
    "Could it be {}?",
    "I am afraid of {}.",
    "My mother had {}.",
    "My friend has {}.",
    "If I get {} I will call.",
    "I am not sure whether I have {}.",
    "Should I watch out for {}?",
    "What if I had {}?",
    "I read about {} on a website.",
]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return spasmlib.load()


def present(tables: Tables, text: str) -> frozenset[str]:
    return read_text(tables, text).person.present


def absent(tables: Tables, text: str) -> frozenset[str]:
    return read_text(tables, text).person.absent


@pytest.mark.parametrize("finding", EMERGENCIES)
@pytest.mark.parametrize("template", DENIALS)
def test_a_denied_emergency_is_absent(tables: Tables, finding: str, template: str) -> None:
    person = read_text(tables, template.format(EMERGENCIES[finding])).person
    assert finding in person.absent
    assert finding not in person.present


@pytest.mark.parametrize("finding", EMERGENCIES)
@pytest.mark.parametrize("template", CLAIMS)
def test_an_affirmed_emergency_is_present(tables: Tables, finding: str, template: str) -> None:
    person = read_text(tables, template.format(EMERGENCIES[finding])).person
    assert finding in person.present
    assert finding not in person.absent


@pytest.mark.parametrize("finding", EMERGENCIES)
@pytest.mark.parametrize("template", OPEN)
def test_a_supposed_emergency_is_left_open(tables: Tables, finding: str, template: str) -> None:
    person = read_text(tables, template.format(EMERGENCIES[finding])).person
    assert finding not in person.present
    assert finding not in person.absent


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        (
            "I have no fever, chills, weight loss or numbness but my leg is weak.",
            "leg_weakness",
            "fever_or_chills unexplained_weight_loss leg_numbness_or_tingling",
        ),
        (
            "Nothing wrong with my bladder or bowels.",
            "",
            "bladder_dysfunction bowel_dysfunction",
        ),
        ("My bladder and bowels are fine.", "", "bladder_dysfunction bowel_dysfunction"),
        ("My legs are not numb.", "", "leg_numbness_or_tingling"),
        ("My lower back pain has not gone below the knee.", "loc_low_back", "pain_below_knee"),
        ("I cannot pass urine.", "bladder_dysfunction", ""),
        ("I can't feel when my bladder is full.", "cannot_feel_bladder", ""),
        ("The pain is not eased by rest.", "", "better_with_rest"),
        ("Nothing helps, not even rest.", "", "better_with_rest"),
        ("The pain does not wake me at night.", "", "night_pain"),
        ("I have never had cancer.", "", "history_of_cancer"),
        ("I had breast cancer ten years ago.", "history_of_cancer", ""),
        ("My father has ankylosing spondylitis.", "family_history_spondyloarthritis", ""),
        ("I had a fever last year.", "", ""),
        ("I no longer have a fever.", "", "fever_or_chills"),
        ("I have pain in my lower back for three weeks.", "duration_under_6_weeks", ""),
        ("My back has hurt since yesterday.", "duration_under_6_weeks", ""),
        ("It started 2 days ago in my lower back.", "duration_under_6_weeks", ""),
        ("My lower back has hurt for two months.", "duration_6_to_12_weeks", ""),
        ("For years I have had pain in my neck.", "duration_over_12_weeks loc_neck", ""),
        ("I have had back pain for six months.", "duration_over_12_weeks", ""),
    ],
)
def test_what_is_said_and_what_is_denied(tables: Tables, text: str, yes: str, no: str) -> None:
    person = read_text(tables, text).person
    assert set(yes.split()) <= person.present
    assert set(no.split()) <= person.absent
    assert not set(yes.split()) & person.absent
    if not yes and not no:
        assert not person.present | person.absent


def test_what_is_both_said_and_denied_is_open(tables: Tables) -> None:
    reading = read_text(tables, "I have night pain. The pain does not wake me at night.")
    assert "night_pain" not in reading.person.present | reading.person.absent
    answers = {span.answer for span in reading.spans if span.value == "night_pain"}
    assert answers == {"unclear"}


def test_one_of_two_things_is_enough(tables: Tables) -> None:
    assert "fever_or_chills" in present(tables, "I have no fever, but night sweats.")


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("I am 40.", 40),
        ("I'm 40 and my back hurts.", 40),
        ("A 40-year-old man with back pain.", 40),
        ("I am a forty-two year old woman.", 42),
        ("Aged 40, I lifted a box.", 40),
        ("My mother is 80 years old.", None),
        ("The pain is 8 out of 10.", None),
        ("I am 20 weeks pregnant.", None),
        ("I weigh 80 kg.", None),
        ("I am asking for my son, who is 14. He hurt his back.", 14),
    ],
)
def test_ages(tables: Tables, text: str, age: int | None) -> None:
    assert read_text(tables, text).person.age == age


def test_a_decade_gives_only_what_is_sure(tables: Tables) -> None:
    person = read_text(tables, "I am in my 70s.").person
    assert {"age_over_50", "age_over_65"} <= person.present
    assert "age_over_70" not in person.present | person.absent
    assert {"age_under_20", "age_under_45"} <= person.absent


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("I am a 56 year old man.", "male"),
        ("I am a woman of 30.", "female"),
        ("I am a mother of two and my back hurts.", "female"),
        ("I am asking for my husband. He fell and he cannot feel his legs.", "male"),
        ("A woman told me to rest.", None),
        ("My mother had cancer.", None),
    ],
)
def test_sex(tables: Tables, text: str, sex: str | None) -> None:
    assert read_text(tables, text).person.sex == sex


@pytest.mark.parametrize(
    ("text", "pregnant"),
    [
        ("I am 20 weeks pregnant.", True),
        ("I gave birth three weeks ago.", True),
        ("I am not pregnant.", False),
        ("My sister is pregnant.", None),
        ("My back hurts.", None),
    ],
)
def test_pregnancy(tables: Tables, text: str, pregnant: bool | None) -> None:
    assert read_text(tables, text).person.pregnant is pregnant


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("I take simvastatine for my heart.", "takes_statin"),
        ("I take hydroclorothiazide.", "takes_diuretic"),
        ("I am on atorvastatin and ramipril.", "takes_statin"),
        ("I take warfarin.", "blood_thinner"),
    ],
)
def test_medicines_lead_to_findings(tables: Tables, text: str, finding: str) -> None:
    person = read_text(tables, text).person
    assert finding in understand(tables, person).present


def test_a_misspelt_medicine_keeps_the_words_of_the_person(tables: Tables) -> None:
    reading = read_text(tables, "I took ibuprofin for my back.")
    assert reading.person.medicines == ("ibuprofin",)
    assert [span.label for span in reading.spans if span.kind == "medicine"] == ["ibuprofen"]


@pytest.mark.parametrize(
    "text",
    [
        "I do not take warfarin.",
        "Should I take warfarin?",
        "My mother takes warfarin.",
        "I am allergic to naproxen.",
    ],
)
def test_medicines_that_are_not_taken(tables: Tables, text: str) -> None:
    assert read_text(tables, text).person.medicines == ()


def test_conditions(tables: Tables) -> None:
    person = read_text(tables, "I have diabetes and kidney disease, but no asthma.").person
    known = understand(tables, Person(conditions=person.conditions))
    assert {"diabetes", "kidney_disease"} <= known.conditions
    assert not any("asthma" in name for name in person.conditions)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t ",
        "The committee will meet on Thursday to discuss the new library roof.",
        "Add two eggs, a cup of flour and some sugar, then stir until it is smooth.",
        "Our train was late again and the coffee was cold.",
        "The software update failed with an error in the second module.",
        "He scored twice in the final and the crowd went home happy.",
        "Prices rose by three percent over the summer, the bank said.",
    ],
)
def test_texts_about_other_things_give_nothing(tables: Tables, text: str) -> None:
    reading = read_text(tables, text)
    assert reading.spans == ()
    assert reading.person == Person()


def test_spans_point_at_the_text(tables: Tables) -> None:
    text = "I’m 40.  My lower  back hurts;\nno fever. I take ibuprofen."
    reading = read_text(tables, text)
    found = {str(span.value): text[span.start : span.end] for span in reading.spans}
    assert found["loc_low_back"] == "lower  back"
    assert found["fever_or_chills"] == "fever"
    assert found["ibuprofen"] == "ibuprofen"
    assert "40" in found["40"]
    assert [span.start for span in reading.spans] == sorted(span.start for span in reading.spans)


@pytest.mark.parametrize("sign", ["İ", "ß", "😀", "\u202e", "\ud7ff", "ﬁ", "\x00", "é"])
def test_odd_signs_do_not_shift_spans(tables: Tables, sign: str) -> None:
    text = f"{sign * 3} I have a fever {sign} and my neck hurts."
    found = {span.value: text[span.start : span.end] for span in read_text(tables, text).spans}
    assert found["fever_or_chills"] == "fever"
    assert found["loc_neck"] == "neck"


def test_a_long_text_is_read_in_time(tables: Tables) -> None:
    read_text(tables, "warm up")
    text = "My lower back hurts when I bend, but I have no fever or numbness. " * 1500
    began = time.perf_counter()
    reading = read_text(tables, text)
    assert time.perf_counter() - began < 20
    assert "fever_or_chills" in reading.person.absent


def test_a_long_sentence_is_read_in_time(tables: Tables) -> None:
    began = time.perf_counter()
    read_text(tables, "no back pain and leg " * 500)
    assert time.perf_counter() - began < 20


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_can_be_read(tables: Tables, text: str) -> None:
    reading = read_text(tables, text)
    assert all(0 <= span.start < span.end <= len(text) for span in reading.spans)


WORDS = sorted(
    word_set(
        "I my no not never but and or , . ? leg legs numb weak back pain fever have had is was "
        "bladder cannot feel if mother 40 weeks for since without neither nor worse when"
    )
)


@given(st.lists(st.sampled_from(WORDS), max_size=25))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_order_of_words_can_be_read(tables: Tables, words: list[str]) -> None:
    person = read_text(tables, " ".join(words)).person
    assert not person.present & person.absent


def test_every_finding_has_a_phrase(tables: Tables) -> None:
    needed = {
        row["finding_id"]
        for row in records(tables["findings"])
        if row["set_by"] not in SET_BY_FACTS and row["exclusive_set"] != "duration"
    }
    needed -= {name for name in needed if name.startswith("duration_")}
    assert needed <= set(tables["phrases"]["finding_id"])


def test_every_phrase_matches_something(tables: Tables) -> None:
    groups = {row["name"]: row["words"] for row in records(tables["phrase_words"])}
    for row in records(tables["phrases"]):
        name, pattern, meaning = row["finding_id"], row["pattern"], str(row["meaning"])
        book = PhraseBook([(name, pattern, meaning)], groups)
        for form in forms(pattern):
            assert book.find(example(form, groups)), pattern


def test_every_word_group_is_used(tables: Tables) -> None:
    used = " ".join(tables["phrases"]["pattern"])
    assert all(f"<{name}>" in used for name in tables["phrase_words"]["name"])


def test_an_unknown_word_group_is_named() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        PhraseBook([("fever", "<nowhere> fever", "present")], {})


@pytest.mark.parametrize("text", ["three", "3", "twenty-one", "2.5"])
def test_numbers(text: str) -> None:
    assert quantities.number(text) is not None


def example(form: str, groups: dict[str, str]) -> list[str]:
    """Write the first words that a pattern fits."""
    words = []
    for part in form.split():
        if part.startswith(("?", "_")) and len(part) > 1:
            continue
        choice = part.split("|")[0]
        if choice.startswith("<"):
            choice = groups[choice[1:-1]].split("|")[0]
        words.append("3" if choice == "#" else choice.replace("*", "") or "*")
    return words
