"""Usable by everyone: axe on every step and tab, small and zoomed screens, the keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from visiting import Visit, label_of

import spasmlib

pytestmark = pytest.mark.browser

TARGET = 24  # px, WCAG 2.2, 2.5.8

every_size = pytest.mark.parametrize(
    "visit",
    [{"width": width, "scheme": scheme} for width in (1280, 360) for scheme in ("light", "dark")],
    ids=["1280-light", "1280-dark", "360-light", "360-dark"],
    indirect=True,
)
# 200% zoom of a window of 1280 by 800 leaves 640 by 400 CSS pixels.
small = pytest.mark.parametrize(
    "visit",
    [{"width": 320}, {"width": 640, "height": 400, "device_scale_factor": 2}],
    ids=["320", "200%"],
    indirect=True,
)


def steps_of(tables: spasmlib.Tables) -> list[str]:
    return ["start", *tables["steps"].sort_values("position")["step_id"], "result"]


def too_small(visit: Visit) -> list[Any]:
    """List controls in sight that are too small to hit; links within text may be."""
    found = visit.page.evaluate(
        """(least) => [...document.querySelectorAll(".spasm :is(button, input, select, summary)")]
        .filter((part) => part.checkVisibility({ visibilityProperty: true }))
        .map((part) => ({ part, box: (part.closest("label") ?? part).getBoundingClientRect() }))
        .filter(({ box }) => box.width && (box.width < least || box.height < least))
        .map(({ part, box }) => [part.outerHTML.slice(0, 90), box.width, box.height])""",
        TARGET,
    )
    return list(found)


def walk(visit: Visit, tables: spasmlib.Tables, look: Any) -> None:
    """Look at every step and tab, before and after answers, folded and unfolded."""
    page = visit.page
    for step in steps_of(tables):
        visit.go(step)
        look(f"{step}, empty")
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.go("signs")
    page.locator("[data-more]:visible").first.click()
    visit.answer(label_of(tables, "saddle_numbness"))
    look("signs, unfolded")
    visit.go("about")
    page.get_by_text("Medicines and illnesses").click()
    page.get_by_label(re.compile("^Medicines taken")).fill("simvastatin")
    page.get_by_label("Age", exact=True).fill("200")
    page.get_by_label("Age", exact=True).blur()
    visit.settled()
    expect(visit.alert("0 to 120")).to_be_visible()
    look("about, unfolded, with an age that cannot be")
    visit.go("result")
    for tab in ("Causes", "What helps", "Links", "Take along"):
        panel = visit.tab(tab)
        expect(panel.get_by_role("heading").first).to_be_visible()
        look(f"{tab}")
        for _ in range(3):  # what is folded within what was folded
            page.evaluate(
                """() => document.querySelectorAll("[role=tabpanel]:not([hidden]) details")
                .forEach((part) => (part.open = true))"""
            )
        look(f"{tab}, all opened")
    visit.tab("Causes")
    page.locator('[data-action="answer"][id^="whatif-"]').first.click()
    expect(page.get_by_role("region", name=re.compile("^What if"))).to_be_visible()
    look("what if")


@every_size
def test_axe_finds_nothing_on_any_step_or_tab(visit: Visit, tables: spasmlib.Tables) -> None:
    def look(state: str) -> None:
        visit.fits(state)
        visit.accessible(state)
        assert too_small(visit) == [], state

    walk(visit, tables, look)
    visit.page.get_by_role("button", name="Show everything", exact=True).click()
    look("everything")
    visit.page.get_by_role("button", name="Show everything", exact=True).click()
    visit.go("start")
    visit.page.get_by_role("button", name=re.compile("^One question at a time")).click()
    look("one question at a time")
    visit.go("start")
    visit.page.get_by_role("button", name=re.compile("^In your own words")).click()
    words = visit.page.get_by_role("region", name="In your own words")
    words.get_by_role("textbox").fill("I am 56. My left leg is weak, no numbness. I take statins.")
    words.get_by_role("button", name="Read it").click()
    expect(visit.page.locator("#words-found")).to_be_visible(timeout=20_000)
    look("own words, read")
    assert visit.errors == []


@small
def test_small_and_zoomed_screens_need_no_sideways_scroll(
    visit: Visit, tables: spasmlib.Tables
) -> None:
    walk(visit, tables, visit.fits)


def test_every_chart_has_a_table(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.go("result")
    causes = visit.tab("Causes")
    expect(causes.get_by_role("img", name=re.compile("says the same"))).to_have_count(2)
    causes.get_by_text(re.compile(r"^All \d+ causes, as a table")).click()
    expect(causes.get_by_role("table")).to_have_count(2)
    links = visit.tab("Links")
    links.get_by_text("All links as a table").click()
    expect(links.get_by_role("table")).to_be_visible()


# --- the five main tasks, with the keyboard only


def test_keyboard_from_the_emergency_list_to_causes(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.tab_to("None of these: begin")
    visit.press("Enter")
    for _ in range(len(tables["steps"])):
        assert visit.focus_is_seen()
        visit.tab_to(re.compile("Skip this step|See the result|Next"))
        visit.press("Enter")
    expect(visit.page.locator("main")).to_have_attribute("data-at", "result")
    expect(visit.page.get_by_role("heading", name="Result", exact=True)).to_be_focused()


def test_keyboard_answers_and_the_focus_stays(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("began")
    label = label_of(tables, "onset_lifting_or_twisting")
    group = visit.page.get_by_role("group", name=label, exact=True)
    for _ in range(80):
        visit.press("Tab")
        if group.locator("input:focus").count():
            break
    visit.press("ArrowLeft", "ArrowLeft")
    expect(group.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    visit.settled()
    expect(group.get_by_role("radio", name="Yes", exact=True)).to_be_focused()
    assert visit.focus_is_seen()
    expect(visit.causes().first).to_contain_text("Muscle strain")


def test_keyboard_opens_a_cause_to_its_numbers(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("feels")
    visit.answer(label_of(tables, "limited_movement"))
    visit.go("result")
    second = visit.causes().nth(1).get_by_role("button")
    name = second.locator(".sp-cause-label").inner_text()
    visit.tab_to(re.compile(f"^{re.escape(name)}"))
    visit.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(second).to_be_focused()
    visit.tab_to("See why")
    visit.press("Enter")
    expect(visit.page.get_by_role("heading", name="Why", exact=True)).to_be_focused()
    for _ in range(10):
        visit.press("Tab")
        if visit.page.locator("details[id^=reason-] > summary:focus").count():
            break
    visit.press("Enter")
    opened = visit.page.locator("details[id^=reason-][open]")
    expect(opened).to_contain_text("As a weight in log odds")
    assert visit.focus_is_seen()


def test_keyboard_reads_what_helps_to_its_sources(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.go("result")
    visit.tab_to("Causes", role="tab")
    visit.press("ArrowRight")
    panel = visit.page.get_by_role("tabpanel", name="What helps")
    expect(panel.get_by_role("heading", name="First 48 hours")).to_be_visible()
    for _ in range(20):
        visit.press("Tab")
        if panel.locator("summary:focus").count():
            break
    visit.press("Enter", "Tab", "Enter")
    expect(panel.get_by_role("link").first).to_be_visible()
    assert visit.focus_is_seen()


def test_keyboard_takes_it_along(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.go("result")
    visit.tab_to("Causes", role="tab")
    visit.press("End")
    visit.tab_to("Download the summary")
    with visit.page.expect_download() as handed:
        visit.press("Enter")
    text = handed.value.path().read_text(encoding="utf-8")
    assert handed.value.suggested_filename.endswith(".html")
    assert label_of(tables, "onset_lifting_or_twisting") in text
    visit.tab_to("Copy a share address")
    visit.press("Enter")
    expect(visit.page.locator("[data-share-said]")).not_to_be_empty()
    assert visit.focus_is_seen()


def test_the_skip_link_leads_to_the_questions(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.press("Tab")
    skip = visit.page.get_by_role("link", name="Skip to the questions")
    expect(skip).to_be_focused()
    visit.press("Enter")
    expect(
        visit.page.get_by_role("heading", name=re.compile("Choose how to begin"))
    ).to_be_focused()
    assert "#" not in visit.page.url
