"""The study part as a whole: tabs on demand, addresses, search, words, links from the result."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from playwright.sync_api import expect
from serving import free_port, running
from visiting import SOON, Visit, label_of, spasm

import spasmlib
from spasmlib.glossary import entries
from spasmlib.panels import Explorer, StudyPage, load_study
from spasmlib.panels.opening import opened
from spasmlib.panels.study import parts

FIXTURE = Path(__file__).parent / "packages" / "tension_headache"
LISTED = [name for name, part in parts().items() if part.listed]


def test_no_tab_is_built_before_it_is_opened(tables: spasmlib.Tables) -> None:
    explorer = Explorer(tables)
    assert not any(name.startswith("study-") for name in explorer.slots)
    explorer.mode, explorer.study = "study", "causes"
    assert [name for name in explorer.slots if name.startswith("study-")] == ["study-causes"]
    before = explorer.slots["study-causes"]
    explorer.study = "causes/muscle_strain"
    assert explorer.slots["study-causes"] is before


@pytest.mark.parametrize("name", list(parts()))
def test_every_tab_stands_by_itself(tables: spasmlib.Tables, name: str) -> None:
    page = StudyPage(tables, name)
    assert page.at_hand(name).html
    page.study = f"{name}/no such place<b>"
    assert page.study == f"{name}/no such place<b>"  # an address is never rewritten
    shown = [page.at_hand(name).html]
    shown += [getattr(slot, "html", "") for slot in page.at_hand(name).slots.values()]
    assert not any("place<b>" in html for html in shown)


def words_of(page: StudyPage, name: str) -> str:
    """Return all markup and every label of the pictures of a tab."""
    tab = page.at_hand(name)
    slots = tab.slots.values()
    pictures = [json.dumps(getattr(slot, "figure", {})) for slot in slots]
    return " ".join(
        [page.html, tab.html, *(getattr(slot, "html", "") for slot in slots), *pictures]
    )


@pytest.mark.parametrize("name", list(parts()))
def test_another_topic_drives_every_tab(tables: spasmlib.Tables, name: str) -> None:
    other = spasmlib.load(FIXTURE)
    page = StudyPage(other, name)
    shown = words_of(page, name)
    keys = {"causes": "cause_id", "risks": "risk_factor_id", "interventions": "intervention_id"}
    keys |= {"article": "claim_id", "flags": "red_flag_id", "sources": "source_id"}
    keys |= {"glossary": "entry_id"}
    table = {"risks": "risk_factors", "article": "claims", "flags": "red_flags"}.get(name, name)
    if name in keys:
        for place in other[table][keys[name]]:
            page.study = f"{name}/{place}"
            shown += words_of(page, name)
    theirs = " ".join(other[table].to_csv() for table in other)
    for own in ("causes", "interventions", "risk_factors"):
        ours = {label for label in tables[own]["label"] if label not in theirs}
        spoken = {label for label in ours if len(label) > 12 and label in shown}
        assert not spoken, f"{name} speaks of {spoken}"
    assert 'vice" <b>' not in shown


@pytest.mark.parametrize("address", ["", "nowhere", "/", "causes/../../x", "a" * 300])
def test_an_address_may_be_anything(tables: spasmlib.Tables, address: str) -> None:
    explorer = Explorer(tables)
    explorer.mode, explorer.study = "study", address
    assert explorer.mode == "study"
    assert explorer.study.partition("/")[0] in parts()


def test_a_notebook_says_which_tabs_there_are(tables: spasmlib.Tables) -> None:
    with pytest.raises(ValueError, match=r"no study tab 'nowhere'.*causes"):
        StudyPage(tables, "nowhere")


def test_the_emergency_list_stands_in_the_notebooks_too(tables: spasmlib.Tables) -> None:
    html = StudyPage(tables, "causes").html
    for sign in tables["emergency_signs"]["sign"]:
        assert str(escape(sign)) in html


def test_broken_tables_are_said(tmp_path: Path) -> None:
    assert "datapackage.json" in load_study("causes", tmp_path).html


def test_an_address_in_the_evidence_leaves_the_answers(tables: spasmlib.Tables) -> None:
    explorer = Explorer(tables)
    explorer.findings.answers = {"loc_low_back": "yes"}
    explorer._open('{"study": ["risks/smoking"]}')
    assert explorer.findings.answers == {"loc_low_back": "yes"}
    assert (explorer.mode, explorer.study) == ("study", "risks/smoking")


def test_an_address_may_be_written_by_hand(tables: spasmlib.Tables) -> None:
    """What stands between two ids comes as a blank then."""
    found = opened(tables, '{"study": ["causes/muscle_strain whiplash"]}', {})
    assert found.study == "causes/muscle_strain+whiplash"


def test_a_place_in_the_evidence_is_not_personal(tables: spasmlib.Tables) -> None:
    assert not opened(tables, '{"study": ["risks"]}', {}).personal
    assert opened(tables, '{"study": ["risks"], "y": ["loc_neck"]}', {}).personal


# --- in the browser


def study(browser: Any, address: str, at: str, **options: Any) -> Visit:
    visit = Visit(browser, f"{address}#study={at}", **options)
    expect(visit.page.locator("main")).to_have_attribute("data-mode", "study", timeout=SOON)
    expect(shown(visit).get_by_role("heading").first).to_be_visible(timeout=SOON)
    return visit


def shown(visit: Visit) -> Any:
    """Return the tab in sight."""
    return visit.page.locator(".sp-study-tab:not([hidden])")


@pytest.mark.browser
def test_from_the_first_page_to_the_evidence_and_back(visit: Visit) -> None:
    page = visit.page
    for _ in range(2):
        page.get_by_role("button", name="Study the evidence", exact=True).click()
        expect(shown(visit).get_by_role("heading", level=2).first).to_be_visible(timeout=SOON)
        assert page.url.endswith("#study=causes")
        page.go_back()
        expect(page.locator("main")).to_have_attribute("data-mode", "path")
        expect(page.get_by_role("heading", name="Emergency signs")).to_be_visible()
        assert "#" not in page.url
    assert not visit.errors


@pytest.mark.browser
def test_an_address_leads_there_with_the_emergency_list_first(
    browser: Any, address: str, tables: spasmlib.Tables
) -> None:
    visit = study(browser, address, "risks/smoking")
    page = visit.page
    expect(page.locator("[data-signs]")).to_have_attribute("open", "")
    label = tables["risk_factors"].set_index("risk_factor_id").loc["smoking", "label"]
    expect(shown(visit)).to_contain_text(label)
    page.reload()
    visit.ready()
    expect(shown(visit)).to_contain_text(label, timeout=SOON)
    assert page.url.endswith("#study=risks/smoking")
    visit.close()


@pytest.mark.browser
def test_answers_outlive_a_look_at_the_evidence(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.go("began")
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.go("result")
    why = visit.page.get_by_role("region", name="Why")
    why.get_by_role("link", name="All that is known").click()
    expect(shown(visit).get_by_role("heading", name="Muscle strain").first).to_be_visible(
        timeout=SOON
    )
    assert "onset" not in visit.page.url
    visit.page.reload()
    visit.ready()
    expect(shown(visit).get_by_role("heading", name="Muscle strain").first).to_be_visible(
        timeout=SOON
    )
    assert visit.given() == {"onset_lifting_or_twisting": "yes"}
    visit.page.get_by_role("button", name="Study the evidence").click()
    expect(visit.causes().first).to_contain_text("Muscle strain")


@pytest.mark.browser
@pytest.mark.parametrize("visit", [{}, {"width": 360}], indirect=True)
def test_search_by_keyboard(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search everything")
    expect(field).to_be_focused()
    page.keyboard.type("sciatca")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible(timeout=SOON)
    visit.accessible("search")
    visit.fits("search")
    visit.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    label = options.first.locator(".sp-search-label").inner_text()
    visit.press("Enter")
    expect(shown(visit)).to_contain_text(label, timeout=SOON)
    expect(page.locator("main")).to_have_attribute("data-mode", "study")


@pytest.mark.browser
def test_search_says_when_it_finds_nothing(visit: Visit) -> None:
    field = visit.page.get_by_role("combobox", name="Search everything")
    field.fill("qqqqzzzz")
    expect(visit.page.get_by_role("option")).to_contain_text("Nothing found", timeout=SOON)
    visit.press("Escape")
    expect(visit.page.get_by_role("option")).to_have_count(0)


@pytest.mark.browser
def test_a_word_opens_to_its_meaning(browser: Any, address: str, tables: spasmlib.Tables) -> None:
    visit = study(browser, address, "risks")
    word = shown(visit).locator("[data-term]:visible").first
    meaning = {entry.entry_id: entry.meaning for entry in entries(tables)}[
        word.get_attribute("data-term")
    ]
    word.focus()
    visit.press("Enter")
    pop = visit.page.get_by_role("dialog", name="What this word means")
    expect(pop).to_contain_text(meaning)
    expect(word).to_have_attribute("aria-expanded", "true")
    visit.accessible("a word is open")
    visit.press("Escape")
    expect(pop).to_be_hidden()
    expect(word).to_be_focused()
    visit.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_each_tab_is_fit_to_be_used(browser: Any, address: str, width: int) -> None:
    visit = study(browser, address, LISTED[0], width=width)
    for name in LISTED:
        visit.page.locator(f'[data-study-nav] [data-study="{name}"]').click()
        expect(shown(visit).get_by_role("heading", level=2).first).to_be_visible(timeout=SOON)
        expect(shown(visit).get_by_text("Loading …")).to_have_count(0)
        visit.page.wait_for_function(
            """() => [...document.querySelectorAll(".sp-study-tab:not([hidden]) .spasm-chart")]
                .every((chart) => chart.hidden || chart.querySelector(".main-svg"))""",
            timeout=SOON,
        )
        visit.fits(f"{name} at {width}")
        visit.accessible(f"{name} at {width}")
    assert not visit.errors
    assert all(re.match(r"http://localhost|data:|blob:", url) for url in visit.requests)
    visit.close()


@pytest.mark.browser
def test_a_view_can_be_taken_along(browser: Any, address: str, tmp_path: Path) -> None:
    visit = study(browser, address, "risks")
    for kind, start in (("csv", "\ufeff"), ("svg", "<svg"), ("png", "")):
        button = shown(visit).locator(f'[data-file="{kind}"]:visible').first
        with visit.page.expect_download() as download:
            button.click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert file.suffix == f".{kind}"
        if start:
            assert file.read_text(encoding="utf-8").startswith(start)
        else:
            assert file.read_bytes().startswith(b"\x89PNG")
    visit.close()


@pytest.mark.browser
def test_another_topic_is_served_in_every_tab(browser: Any) -> None:
    port = free_port()
    command = [spasm(), "app", "--port", str(port), "--data", str(FIXTURE)]
    with running(command, f"http://localhost:{port}/") as url:
        visit = study(browser, url, LISTED[0], width=360)
        for name in LISTED:
            visit.page.locator(f'[data-study-nav] [data-study="{name}"]').click()
            expect(shown(visit).get_by_role("heading", level=2).first).to_be_visible(timeout=SOON)
            visit.fits(name)
        assert not visit.errors
        visit.close()
