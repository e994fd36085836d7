"""The parts of the result in a real browser: the map, what helps, links, what to take along."""

from __future__ import annotations

import io
import re
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import expect
from visiting import Visit, label_of

import spasmlib

pytestmark = pytest.mark.browser

both_widths = pytest.mark.parametrize(
    "visit",
    [{"width": 1280}, {"width": 360, "has_touch": True}],
    ids=["1280", "360"],
    indirect=True,
)


def answered(visit: Visit, tables: spasmlib.Tables) -> spasmlib.View:
    """Answer two questions and go to the result; returns the same result from the library."""
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.go("signs")
    visit.answer(label_of(tables, "pain_below_knee"), "No")
    visit.go("result")
    return spasmlib.assess(
        tables, spasmlib.Person(present={"onset_lifting_or_twisting"}, absent={"pain_below_knee"})
    )


def place(visit: Visit, name: str) -> Any:
    return visit.page.get_by_role("checkbox", name=name, exact=True)


@both_widths
def test_the_map_and_the_list_say_the_same(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("where")
    page = visit.page
    place(visit, "Lower back, left").click()
    expect(place(visit, "Lower back, left")).to_have_attribute("aria-checked", "true")
    low = page.get_by_role("group", name=label_of(tables, "loc_low_back"), exact=True)
    expect(low.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    one_side = page.get_by_role("group", name=label_of(tables, "loc_one_side"), exact=True)
    expect(one_side.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    expect(page.get_by_text(re.compile("^Marked: lower back, left", re.IGNORECASE))).to_be_visible()
    page.get_by_role("button", name="It hurts nowhere else").click()
    neck = page.get_by_role("group", name=label_of(tables, "loc_neck"), exact=True)
    expect(neck.get_by_role("radio", name="No", exact=True)).to_be_checked()
    visit.answer(label_of(tables, "loc_low_back"), "Not sure")
    expect(place(visit, "Lower back, left")).to_have_attribute("aria-checked", "false")
    visit.answer(label_of(tables, "loc_buttock"))
    expect(place(visit, "Buttock, left")).to_have_attribute("aria-checked", "mixed")


def test_the_map_by_keyboard(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("where")
    for _ in range(20):
        visit.press("Tab")
        if visit.page.locator("[role=checkbox]:focus").count():
            break
    places = [visit.page.evaluate("document.activeElement.getAttribute('aria-label')")]
    for _ in range(3):
        visit.press("ArrowDown")
        places.append(visit.page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert len(set(places)) == 4, places
    expect(visit.page.locator(".sp-body-ring")).to_be_visible()  # the mark of the focus
    visit.press("Space")
    expect(place(visit, places[-1])).to_have_attribute("aria-checked", "true")
    expect(place(visit, places[-1])).to_be_focused()
    current = visit.page.locator(".sp-steps [aria-current]")
    expect(current).to_contain_text("answered")


@both_widths
def test_what_helps_stands_before_any_answer_and_opens_to_its_sources(
    visit: Visit, tables: spasmlib.Tables
) -> None:
    visit.go("result")
    helps = visit.tab("What helps")
    usual = tables.schema.page["usual_cause"]
    label = tables["causes"].set_index("cause_id").loc[usual, "label"]
    expect(helps.get_by_role("heading", name=re.compile(str(label), re.IGNORECASE))).to_be_visible()
    for phase in ("First 48 hours", "First weeks", "After 12 weeks", "To prevent it"):
        expect(helps.get_by_role("heading", name=phase)).to_be_visible()
    item = helps.locator("details[id^=step-]").filter(has_text="ice").first
    item.locator("summary").first.click()
    expect(item).to_contain_text("Use ice for the first 48 hours and only then change to heat")
    expect(item).to_contain_text("Not supported")
    item.get_by_text("How to do it, cautions and sources").click()
    expect(item.get_by_role("link").first).to_be_visible()
    assert re.match("https?://", item.get_by_role("link").first.get_attribute("href"))


@both_widths
def test_an_icon_array_shows_the_shares_of_its_source(
    visit: Visit, tables: spasmlib.Tables
) -> None:
    view = answered(visit, tables)
    cause = view.causes["cause_id"].iloc[0]
    helps = visit.tab("What helps")
    shown = [step for step in view.plan(cause).itertuples() if step.absolute]
    assert shown
    step = shown[0]
    item = helps.locator(f"#step-{step.care_id}")
    item.locator("summary").first.click()
    pictures = item.get_by_role("img", name=re.compile("of 100"))
    expect(pictures.first).to_be_visible()
    names = [one.get_attribute("aria-label") for one in pictures.all()[:2]]
    assert f"{round(step.absolute.with_percent)} of 100" in " ".join(names)
    assert f"{round(step.absolute.without_percent)} of 100" in " ".join(names)


@both_widths
def test_choosing_on_any_side_opens_the_links(visit: Visit, tables: spasmlib.Tables) -> None:
    view = answered(visit, tables)
    links = visit.tab("Links")
    leader = view.causes.iloc[0]
    links.get_by_role("button", name=re.compile(f"^{re.escape(leader.label)}")).first.click()
    expect(links).to_contain_text(re.compile("times as often"))
    expect(links.get_by_role("link").first).to_be_visible()
    label = label_of(tables, "onset_lifting_or_twisting")
    links.get_by_role("button", name=re.compile(f"^{re.escape(label)}")).first.click()
    expect(links.get_by_text("estimate").first).to_be_visible()
    links.get_by_role("button", name=re.compile("^Open this cause")).first.click()
    expect(visit.page.get_by_role("tab", name="Causes")).to_have_attribute("aria-selected", "true")


@both_widths
def test_tables_are_handed_over(visit: Visit, tables: spasmlib.Tables) -> None:
    view = answered(visit, tables)
    take = visit.tab("Take along")
    with visit.page.expect_download() as handed:
        take.get_by_role("button", name=re.compile("^Causes")).click()
    assert handed.value.suggested_filename.endswith(".csv")
    data = handed.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # spreadsheets read it as UTF-8 by this mark
    causes = pd.read_csv(io.BytesIO(data))
    assert len(causes) == len(view.causes)
    assert causes.iloc[0].astype(str).str.contains(view.causes["label"].iloc[0]).any()


def test_the_summary_prints_on_one_page(visit: Visit, tables: spasmlib.Tables) -> None:
    answered(visit, tables)
    visit.tab("Take along")
    expect(visit.page.locator(".sp-summary")).to_be_visible()
    for paper in ("A4", "Letter"):
        printed = visit.page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, paper
    visit.page.emulate_media(media="print")
    expect(visit.page.locator(".sp-summary")).to_be_visible()
    for part in ("[data-steps]", ".sp-bar", ".sp-emergency", "[role=tablist]"):
        expect(visit.page.locator(part)).not_to_be_visible()
