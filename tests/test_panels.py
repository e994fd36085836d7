"""Panels as a visitor meets them, without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import spasmlib
from spasmlib import figures
from spasmlib.panels import Explorer, load_explorer


@pytest.fixture
def explorer(tables: spasmlib.Tables) -> Explorer:
    return Explorer(tables)


def panel(explorer: Explorer, name: str) -> str:
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
    assert 'role="status"' in panel(explorer, "urgency")


def test_an_emergency_opens_what_is_looked_for_not_what_is_likely(explorer: Explorer) -> None:
    explorer.findings.answers = {"saddle_numbness": "yes", "pain_below_knee": "yes"}
    assert explorer.result.chosen == "cauda_equina_syndrome"
    assert "First act on the advice above" in panel(explorer, "helps")
    assert explorer.slots["findings"].alarm == "Get emergency help now"
    explorer.findings.answers = {"worse_sitting": "yes"}
    assert explorer.slots["findings"].alarm == ""


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
    explorer.findings.about = {"medicines": ["lithium", "warfarin"]}
    explorer.findings.answers = {"onset_lifting_or_twisting": "yes"}
    assert "We hold no cautions on “lithium”" in panel(explorer, "helps")
    assert "no cautions on “warfarin”" not in panel(explorer, "helps")


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
