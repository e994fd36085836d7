"""Panels as a visitor meets them, without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import spasmlib
from spasmlib import figures
from spasmlib.panels import Explorer, load_explorer
from spasmlib.panels.findings import answered, exclusive_sets


@pytest.fixture
def explorer(tables: spasmlib.Tables) -> Explorer:
    return Explorer(tables)


def panel(explorer: Explorer, name: str) -> str:
    if name == "helps":  # made only once its tab is in sight
        explorer.tab = "helps"
    return str(explorer.slots[name].html)


def test_the_first_screen_holds_the_emergency_list_before_any_answer(
    explorer: Explorer, tables: spasmlib.Tables
) -> None:
    assert explorer.html.index("Emergency signs") < explorer.html.index('data-slot="findings"')
    for sign in tables.emergency_signs["sign"]:
        assert str(sign) in explorer.html
    assert "Nothing answered yet" in panel(explorer, "urgency")
    assert explorer.slots["causes_chart"].figure == {}


def test_answers_lead_to_causes_reasons_and_care(explorer: Explorer) -> None:
    explorer.findings.answers = {"onset_lifting_or_twisting": "yes", "pain_below_knee": "no"}
    assert explorer.result.chosen == "muscle_strain"
    assert "Muscle strain" in panel(explorer, "causes").split("</li>")[0]
    assert "▲ for" in panel(explorer, "why")
    assert "No: Pain runs down a leg" in panel(explorer, "why")
    assert "https://doi.org/" in panel(explorer, "helps")
    assert explorer.slots["why_chart"].figure["data"][0]["type"] == "bar"


def test_an_emergency_is_announced_as_an_alert(explorer: Explorer) -> None:
    explorer.findings.answers = {"saddle_numbness": "yes"}
    assert 'role="alert"' in panel(explorer, "urgency")
    assert "Get emergency help now" in panel(explorer, "urgency")
    explorer.findings.answers = {"worse_sitting": "yes"}
    assert 'role="alert"' not in panel(explorer, "urgency")
    assert "data-say" in panel(explorer, "urgency")  # read out politely


def test_an_emergency_opens_what_is_looked_for_not_what_is_likely(explorer: Explorer) -> None:
    explorer.findings.answers = {"saddle_numbness": "yes", "pain_below_knee": "yes"}
    assert explorer.result.chosen == "cauda_equina_syndrome"
    assert "First act on the advice above" in panel(explorer, "helps")
    assert "Get emergency help now" in panel(explorer, "live")
    explorer.findings.answers = {"worse_sitting": "yes"}
    assert "Get emergency help now" not in panel(explorer, "live")


def test_age_or_medicines_alone_never_sound_like_all_clear(explorer: Explorer) -> None:
    explorer.findings.about = {"age": 35, "medicines": ["ibuprofen"]}
    assert "Nothing answered yet" in panel(explorer, "urgency")
    assert "care for this at home" not in panel(explorer, "urgency")


def test_a_danger_without_a_cause_of_its_own_opens_no_harmless_one(explorer: Explorer) -> None:
    explorer.findings.answers = {"seizure_or_throat_spasm": "yes"}
    assert "Get emergency help now" in panel(explorer, "urgency")
    assert explorer.result.chosen == ""
    assert explorer.slots["why_chart"].figure == {}
    assert "Choose a cause above" in panel(explorer, "helps")


def test_silence_on_a_medicine_is_said(explorer: Explorer) -> None:
    explorer.findings.about = {"medicines": ["zopidrox", "lithium"]}
    explorer.findings.answers = {"onset_lifting_or_twisting": "yes"}
    assert "We hold no cautions on “zopidrox”" in panel(explorer, "helps")
    assert "no cautions on “lithium”" not in panel(explorer, "helps")
    assert "Do not use: If you take lithium" in panel(explorer, "helps")
    assert "We do not know zopidrox" in panel(explorer, "medicines")


def test_a_stand_in_cause_is_not_shown(explorer: Explorer, tables: spasmlib.Tables) -> None:
    flags = tables.red_flags
    hidden = flags.loc[~flags["shows_cause"], "red_flag_id"].iloc[0]
    links = tables.red_flag_findings
    needed = links.loc[links["red_flag_id"] == hidden, "finding_id"]
    explorer.findings.answers = dict.fromkeys(needed, "yes")
    raised = explorer.view.red_flags.set_index("red_flag_id")
    assert raised.loc[hidden, "suspected"] == ""
    item = re.search(rf"<li>(?:(?!</li>).)*flag-{hidden}", panel(explorer, "urgency"), re.S)
    assert item and "Looked for because of" not in item[0]


def test_the_opened_cause_follows_the_leader_until_one_is_picked(explorer: Explorer) -> None:
    explorer.findings.answers = {"onset_lifting_or_twisting": "yes"}
    explorer._choose("kidney_stone")
    explorer.findings.answers = {"onset_lifting_or_twisting": "yes", "worse_sitting": "yes"}
    assert explorer.result.chosen == "kidney_stone"
    explorer._choose("<b>no such cause</b>")
    assert explorer.result.chosen == "kidney_stone"
    explorer.findings.answers = {}
    assert explorer.result.chosen == ""
    explorer.findings.answers = {"onset_lifting_or_twisting": "yes"}
    assert explorer.result.chosen == "muscle_strain"


def test_an_impossible_age_never_silences_an_emergency(explorer: Explorer) -> None:
    explorer.findings.about = {"age": 400}
    explorer.findings.answers = {"saddle_numbness": "yes"}
    assert "400" in explorer.slots["findings"].message
    assert 'role="alert"' in panel(explorer, "urgency")


def test_every_message_of_the_page_is_answered(explorer: Explorer) -> None:
    form = explorer.slots["findings"]
    for number in (1, 2):  # the second time nothing has changed
        form.asked = number
        assert form.replied == number


def test_only_what_changed_on_the_page_changes(explorer: Explorer) -> None:
    """An answer of the map or an address must not be lost to a form that knows it not yet."""
    explorer.findings.answers = {"loc_neck": "yes", "worse_sitting": "no"}
    explorer.findings.about = {"age": 44, "sex": "male"}
    form = explorer.slots["findings"]
    form.change = {"answers": {"loc_low_back": "yes", "worse_sitting": ""}, "person": {"age": 45}}
    form.asked = 1
    assert explorer.findings.answers == {"loc_neck": "yes", "loc_low_back": "yes"}
    assert explorer.findings.about == {"age": 45, "sex": "male"}
    assert form.answers == explorer.findings.answers


def test_of_answers_that_exclude_each_other_the_later_one_holds(
    tables: spasmlib.Tables, explorer: Explorer
) -> None:
    sets = exclusive_sets(tables)
    short, long = "duration_under_6_weeks", "duration_over_12_weeks"
    assert answered(sets, {short: "yes"}, {long: "yes"}) == {long: "yes"}
    assert answered(sets, {short: "yes"}, {long: "no"}) == {short: "yes", long: "no"}
    explorer._open(json.dumps({"y": [short, long]}))
    assert explorer.findings.answers == {long: "yes"}
    explorer._answer_one(f"{short}:yes")
    assert explorer.findings.answers == {short: "yes"}


def test_a_cause_that_was_picked_gives_way_to_an_alarm(explorer: Explorer) -> None:
    explorer.findings.answers = {"onset_lifting_or_twisting": "yes"}
    explorer._choose("muscle_strain")
    assert explorer.session.cause == "muscle_strain"
    explorer.findings.answers = explorer.findings.answers | {"saddle_numbness": "yes"}
    assert explorer.result.chosen == "cauda_equina_syndrome"
    explorer._choose("muscle_strain")  # who picks it now has seen the alarm
    explorer.findings.answers = explorer.findings.answers | {"worse_sitting": "yes"}
    assert explorer.result.chosen == "muscle_strain"


def test_nothing_outdated_can_be_printed(explorer: Explorer) -> None:
    explorer.findings.answers = {"onset_lifting_or_twisting": "yes"}
    explorer.tab = "take"
    assert "care for this at home" in explorer.slots["take_along"].html
    explorer.tab = "causes"
    explorer.findings.answers = explorer.findings.answers | {"saddle_numbness": "yes"}
    assert explorer.slots["take_along"].html == ""
    explorer.tab = "take"
    assert "Get emergency help now" in explorer.slots["take_along"].html


def test_taking_all_answers_back_leaves_nothing(explorer: Explorer) -> None:
    first = explorer.view.questions["finding_id"].iloc[0]
    explorer._answer_one(f"{first}:skip")
    explorer.findings.answers = {"worse_sitting": "yes"}
    explorer._answer({}, {})
    assert explorer.next_question.skipped == []
    assert explorer.session.cause == ""


def test_an_impossible_age_is_explained_and_loses_nothing(explorer: Explorer) -> None:
    explorer.findings.answers = {"worse_sitting": "yes"}
    before = explorer.view
    explorer.findings.about = {"age": 400}
    assert "400" in explorer.slots["findings"].message
    assert "0 to 120" in explorer.slots["findings"].message
    assert explorer.view.causes.equals(before.causes)
    explorer.findings.about = {"age": 40}
    assert explorer.slots["findings"].message == ""


def test_broken_tables_give_a_page_that_says_what_to_do(package: Path) -> None:
    (package / "care.csv").write_text("nonsense\n", encoding="utf-8")
    page = load_explorer(package)
    assert "care.csv" in page.html
    assert "What to do" in page.html


def test_everything_can_be_opened_for_every_cause(explorer: Explorer) -> None:
    explorer.findings.answers = {"loc_low_back": "yes", "worse_sitting": "no"}
    explorer.findings.about = {"age": 70, "sex": "female", "conditions": ["pregnancy"]}
    for cause in explorer.tables.causes["cause_id"]:
        explorer._choose(str(cause))
        for name in ("why_lead", "why", "helps"):
            html = panel(explorer, name)
            assert not re.search(r">\s*(None|nan|NaT|<NA>)\b", html), (cause, name)


def test_only_conditions_that_a_caution_names_can_be_ticked(explorer: Explorer) -> None:
    ticked = re.findall(r'name="person-condition" value="(\w+)"', explorer.slots["findings"].html)
    named = set(explorer.tables.contraindication_conditions["condition_id"])
    assert len(ticked) > 30
    assert set(ticked) <= named


def test_the_next_question_is_answered_with_one_click(explorer: Explorer) -> None:
    explorer.findings.answers = {"history_of_cancer": "yes", "loc_low_back": "yes"}
    asked = panel(explorer, "next_question")
    finding = explorer.view.questions["finding_id"].iloc[0]
    assert f'data-value="{finding}:yes"' in asked
    assert "a yes would be a warning sign" in asked
    explorer._answer_one(f"{finding}:yes")
    assert explorer.findings.answers[finding] == "yes"
    assert explorer.slots["findings"].answers[finding] == "yes"
    second = explorer.view.questions["finding_id"].iloc[0]
    explorer._answer_one(f"{second}:skip")
    assert second not in explorer.findings.answers
    assert f'data-value="{second}:yes"' not in panel(explorer, "next_question")
    before = dict(explorer.findings.answers)
    for nonsense in ("", "no_such_finding:yes", f"{second}:<b>", ":yes", "yes"):
        explorer._answer_one(nonsense)
    assert explorer.findings.answers == before


def test_what_if_stands_beside_the_present_result(explorer: Explorer) -> None:
    explorer.findings.about = {"medicines": ["simvastatin"]}
    explorer.findings.answers = {"muscle_pain_both_thighs_or_shoulders": "yes"}
    explorer._look_at("medicine")("simvastatin")
    shown = panel(explorer, "what_if")
    assert "Without: simvastatin" in shown
    assert "Statin" in shown and "▼" in shown
    assert "Do not stop a prescribed medicine by yourself" in shown
    assert "26.6% on placebo" in panel(explorer, "medicines")
    explorer._look_at("risk")("smoking")
    assert "95% interval" in panel(explorer, "what_if")
    explorer._look_at("answer")("muscle_pain_both_thighs_or_shoulders:no")
    assert "What if?" in panel(explorer, "what_if")
    for nonsense in ("", "x", "loc_neck:perhaps", "<b>:no"):
        explorer._look_at("answer")(nonsense)
        assert panel(explorer, "what_if") == ""
    explorer._look_at("")("")
    assert panel(explorer, "what_if") == ""


def test_doubt_about_the_order_is_said(explorer: Explorer) -> None:
    explorer.findings.answers = {"arm_pain_or_tingling": "yes"}
    assert explorer.view.causes["first"].iloc[0] < 0.8
    assert "The order of the first causes could change" in panel(explorer, "causes")
    explorer.findings.answers = dict.fromkeys(
        ("colicky_pain", "loc_flank", "groin_pain", "restless_cannot_lie_still"), "yes"
    )
    assert "could change" not in panel(explorer, "causes")
    assert "comes first" in panel(explorer, "causes")


def test_a_cause_opened_from_far_down_is_listed_and_drawn(explorer: Explorer) -> None:
    explorer.findings.answers = {"loc_low_back": "yes"}
    last = str(explorer.view.causes["cause_id"].iloc[-1])
    explorer._choose(last)
    assert f'<li value="{len(explorer.view.causes)}">' in panel(explorer, "causes")
    assert last in explorer.slots["causes_chart"].figure["data"][0]["customdata"]


def test_what_is_missing_from_a_story_is_named(explorer: Explorer) -> None:
    explorer.findings.answers = {"loc_neck": "yes", "limited_movement": "yes"}
    explorer._choose("whiplash")
    assert "Not reported, though most people with this cause have it: " in panel(explorer, "why")
    assert "car collision" in panel(explorer, "why")


WORDS = "I am a 56 year old man. No numbness between my legs. I take simvastatine. My leg is weak."


def test_own_words_count_only_once_confirmed(explorer: Explorer) -> None:
    explorer.own_words.submit(explorer.tables, json.dumps([["text", WORDS]]))
    shown = panel(explorer, "own_words")
    assert "Nothing counts before you confirm it" in shown
    assert "simvastatine" in shown
    assert not explorer.findings.asked
    items = {item.value: item for item in explorer.own_words.items}
    assert items["saddle_numbness"].answer == "no"
    assert items["leg_weakness"].answer == "yes"
    kept = [["item", item.key] for item in items.values() if item.value != "leg_weakness"]
    explorer._confirm(json.dumps(kept))
    assert explorer.findings.answers == {"saddle_numbness": "no"}
    assert explorer.findings.about["age"] == 56
    assert explorer.findings.about["sex"] == "male"
    assert explorer.slots["findings"].person["age"] == 56
    assert "takes_statin" in explorer.view.known.present
    assert explorer.own_words.text == ""


def test_own_words_of_any_kind_break_nothing(explorer: Explorer) -> None:
    for form in ("", "17", "[1]", '[["text"]]', "{}", json.dumps([["text", "<script>"]])):
        explorer.own_words.submit(explorer.tables, form)
        assert "<script>" not in panel(explorer, "own_words")
        explorer._confirm(form)
    assert explorer.findings.answers == {}


def test_text_of_a_visitor_is_shown_and_never_run(explorer: Explorer) -> None:
    explorer.findings.about = {"medicines": ["<img src=x onerror=alert(1)>"]}
    assert "<img" not in panel(explorer, "helps")
    assert "&lt;img" in panel(explorer, "helps")


def test_charts_show_what_the_tables_say(tables: spasmlib.Tables) -> None:
    person = spasmlib.Person(present=frozenset({"worse_sitting"}), absent=frozenset({"night_pain"}))
    view = spasmlib.assess(tables, person)
    bars = figures.cause_chart(view.causes, top=5).data[0]
    assert list(bars.x)[::-1] == pytest.approx(list(100 * view.causes["share"].head(5)))
    assert list(bars.customdata)[::-1] == list(view.causes["cause_id"].head(5))
    reasons = view.reasons(view.causes["cause_id"].iloc[0])
    weights = figures.reason_chart(reasons).data[0]
    shown = reasons[reasons["direction"] != "neutral"]
    assert list(weights.x)[::-1] == pytest.approx(list(shown["weight"]))
    assert not figures.reason_chart(reasons.head(0)).data[0].x
    assert not figures.cause_chart(view.causes.head(0)).data[0].x
