"""The path: from the emergency list to the result, one step at a time, on a desk and a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from visiting import Visit, label_of

import spasmlib
from spasmlib.panels.findings import FIRST, first_questions

pytestmark = pytest.mark.browser

both_widths = pytest.mark.parametrize(
    "visit", [{"width": 1280}, {"width": 360}], ids=["1280", "360"], indirect=True
)
phone = pytest.mark.parametrize("visit", [{"width": 360}], ids=["360"], indirect=True)


def test_each_step_asks_few_questions_first(tables: spasmlib.Tables) -> None:
    first = first_questions(tables)
    groups = tables["finding_groups"].set_index("group")["step_id"]
    findings = tables["findings"].astype({"group": str})
    chosen = findings[findings["finding_id"].isin(first)]
    # Answers that exclude each other come together, so a step may have a few more.
    counts = groups.loc[chosen["group"]].value_counts()
    assert set(counts.index) == set(tables["steps"]["step_id"])
    assert counts.between(FIRST - 1, FIRST + 3).all(), counts.to_dict()
    assert {"duration_under_6_weeks", "duration_over_12_weeks"} <= first


@both_widths
def test_the_emergency_list_comes_first(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    signs = page.get_by_role("region", name="Emergency signs")
    for sign in tables["emergency_signs"]["sign"]:
        expect(signs.get_by_text(str(sign)).first).to_be_visible()
    expect(page.locator("[data-finding]:visible")).to_have_count(0)
    expect(page.locator("[data-next]")).to_be_in_viewport()
    expect(page.locator("[data-next]")).to_have_text("None of these: begin")
    visit.go("began")
    expect(signs).to_be_in_viewport()
    expect(signs.locator("li strong").first).to_be_hidden()
    signs.get_by_role("heading", name="Emergency signs").click()
    expect(signs.locator("li strong").first).to_be_visible()


@both_widths
def test_from_the_list_to_the_result(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    go_on = page.locator("[data-next]")
    steps = tables["steps"].sort_values("position")
    for step in steps.itertuples():
        go_on.click()
        expect(page.get_by_role("heading", name=step.label, exact=True)).to_be_focused()
        current = page.locator("[data-steps] [aria-current=step]")
        expect(current).to_contain_text(step.short)
        last = step.step_id == steps["step_id"].iloc[-1]
        expect(go_on).to_have_text("See the result" if last else "Skip this step")
        if step.step_id == "began":
            visit.answer(label_of(tables, "onset_lifting_or_twisting"))
            expect(go_on).to_have_text("Next")
            expect(current).to_contain_text("answered")
    go_on.click()
    expect(page.get_by_role("heading", name="Result", exact=True)).to_be_focused()
    expect(visit.causes().first).to_contain_text("Muscle strain")
    expect(go_on).to_be_hidden()
    page.locator("[data-back]").click()
    expect(page.locator("main")).to_have_attribute("data-at", steps["step_id"].iloc[-1])
    page.go_back()  # the browser's own button
    expect(page.locator("main")).to_have_attribute("data-at", "result")


@phone
def test_one_screenful_a_step(visit: Visit, tables: spasmlib.Tables) -> None:
    for step in tables["steps"]["step_id"]:
        visit.go(str(step))
        tall = visit.page.locator(".sp-ask").bounding_box()["height"]
        assert tall < 2 * 800, f"{step}: {tall} px"
        expect(visit.page.locator("[data-next]")).to_be_in_viewport()
        expect(visit.page.locator("h2:focus")).to_be_in_viewport()
        visit.fits(str(step))


@phone
def test_the_result_is_live_below_the_questions(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("began")
    live = visit.page.locator(".sp-live button")
    expect(live).to_have_text("No answers yet")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    expect(live).to_contain_text("muscle strain")
    expect(live).to_be_in_viewport()
    visit.go("signs")
    visit.page.get_by_role("button", name=re.compile("more questions.*Arms")).click()
    visit.answer(label_of(tables, "saddle_numbness"))
    expect(live).to_have_text("Get emergency help now")
    expect(live).to_be_in_viewport()
    live.click()
    expect(visit.alert("Get emergency help now")).to_be_in_viewport()


@both_widths
def test_answers_stay_editable(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("feels")
    label = label_of(tables, "limited_movement")
    visit.answer(label)
    visit.go("about")
    visit.page.get_by_label("Age", exact=True).fill("44")
    visit.page.get_by_label("Age", exact=True).blur()
    visit.settled()
    visit.go("result")
    listed = visit.page.get_by_role("region", name="Answers so far")
    expect(listed).to_contain_text("Age: 44")
    listed.get_by_role("button", name=re.compile(label)).click()
    expect(visit.page.locator("main")).to_have_attribute("data-at", "feels")
    group = visit.page.get_by_role("group", name=label, exact=True)
    expect(group.get_by_role("radio", name="Yes", exact=True)).to_be_focused()
    visit.answer(label, "Not sure")
    visit.go("result")
    expect(listed).not_to_contain_text(label)
    listed.get_by_role("button", name="Clear all answers").click()
    expect(listed).to_contain_text("None yet")
    assert visit.given() == {}
    expect(listed.get_by_role("heading")).to_be_focused()  # the button is gone, not the focus


@both_widths
def test_a_later_question_comes_into_sight_when_led_to(
    visit: Visit, tables: spasmlib.Tables
) -> None:
    """What was answered elsewhere is found again among the questions that are folded away."""
    finding = next(
        name
        for name in tables["findings"].loc[tables["findings"]["group"] == "nerve", "finding_id"]
        if name not in first_questions(tables)
    )
    visit.go("signs")
    group = visit.page.get_by_role("group", name=label_of(tables, finding), exact=True)
    expect(group).to_have_count(0)
    visit.page.get_by_role("button", name=re.compile("more questions.*Arms")).click()
    visit.answer(label_of(tables, finding), "No")
    visit.page.get_by_role("button", name=re.compile("Fewer questions.*Arms")).click()
    expect(group).to_be_visible()  # an answered question is never hidden


@both_widths
def test_the_most_telling_question_can_lead(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    page.get_by_role("button", name=re.compile("^One question at a time")).click()
    question = page.get_by_role("region", name="Next question")
    first = spasmlib.assess(tables, spasmlib.Person()).questions.iloc[0]
    expect(question).to_contain_text(str(first.question))
    question.get_by_role("button", name="Yes", exact=True).click()
    answers = page.get_by_role("region", name="Answers so far")
    expect(answers).to_contain_text(str(first.label))
    expect(question).not_to_contain_text(str(first.question))
    page.get_by_role("button", name="See the result").click()
    expect(visit.causes().first).to_be_visible()


@both_widths
def test_own_words_lead_to_the_result(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    page.get_by_role("button", name=re.compile("^In your own words")).click()
    words = page.get_by_role("region", name="In your own words")
    words.get_by_role("textbox").fill("I lifted a box, and my lower back locked up.")
    words.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Use these answers").click(timeout=20_000)
    expect(page.get_by_role("button", name="Use these answers")).to_have_count(0)
    page.get_by_role("button", name="See the result").click()
    expect(visit.causes().first).to_contain_text("Muscle strain")


@both_widths
def test_what_was_written_is_read_before_going_on(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    page.get_by_role("button", name=re.compile("^In your own words")).click()
    words = page.get_by_role("region", name="In your own words")
    words.get_by_role("textbox").fill("I lifted a box, and my lower back locked up.")
    page.get_by_role("button", name="See the result").click()
    found = page.get_by_role("form", name="This was read in it. Take out what is wrong")
    expect(found).to_be_focused(timeout=20_000)
    page.get_by_role("button", name="See the result").click()  # a second time means it
    expect(page.locator("main")).to_have_attribute("data-at", "result")


@both_widths
def test_parts_of_the_result(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.go("result")
    page.get_by_role("button", name="See what helps").click()
    helps = page.get_by_role("tab", name="What helps")
    expect(helps).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("heading", name="What helps", exact=True)).to_be_focused()
    helps.focus()
    visit.press("ArrowRight")
    expect(page.get_by_role("tab", name="Links")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Links")).to_be_visible()
    visit.press("Home")
    expect(page.get_by_role("tabpanel", name="Causes")).to_be_visible()


@both_widths
def test_none_of_these_fits(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.go("signs")
    visit.page.get_by_role("button", name=re.compile("more questions.*The rest")).click()
    visit.answer(label_of(tables, "cold_intolerance_or_weight_gain"))
    visit.go("result")
    causes = visit.page.get_by_role("region", name="Possible causes")
    causes.get_by_text("None of these fits?").click()
    expect(causes).to_contain_text(label_of(tables, "cold_intolerance_or_weight_gain"))
    causes.get_by_role("button", name="underactive thyroid", exact=True).click()
    why = visit.page.get_by_role("region", name="Why", exact=True)
    expect(why.get_by_role("heading", name="Underactive thyroid")).to_be_visible()
