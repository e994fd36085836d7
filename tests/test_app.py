"""The app as Voilà serves it, in a real browser: everything on one page."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from serving import free_port, running
from visiting import READY, Visit, label_of, spasm

import spasmlib

pytestmark = pytest.mark.browser

everything = pytest.mark.parametrize("visit", [{"way": "all"}], ids=["all"], indirect=True)


@everything
def test_everything_on_one_page(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    signs = page.get_by_role("region", name="Emergency signs")
    for sign in tables.emergency_signs["sign"]:
        expect(signs).to_contain_text(str(sign))
    for name in ("Findings", "In your own words", "Possible causes", "Why"):
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
    expect(page.get_by_text("Nothing answered yet")).to_be_visible()
    asked = tables["findings"]["set_by"].isna().sum()
    expect(page.locator("[data-finding]:visible")).to_have_count(int(asked))

    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    expect(visit.causes().first).to_contain_text("Muscle strain", timeout=10_000)
    expect(page.get_by_role("region", name="Why", exact=True)).to_contain_text("▲ for")
    expect(page.locator(".spasm-chart svg").first).to_be_visible(timeout=15_000)
    hosts = {urlsplit(url).hostname for url in visit.requests if url.startswith(("http", "ws"))}
    assert hosts == {"localhost"}
    assert visit.errors == []


def test_the_page_says_something_before_any_script_runs(
    address: str, tables: spasmlib.Tables
) -> None:
    with urllib.request.urlopen(address, timeout=60) as answer:
        html = answer.read().decode()
    body = html[html.index("<body") :]
    first = unescape(body[: body.index("<script")])
    assert 'role="status"' in first
    assert "<noscript>" in first
    for sign in tables["emergency_signs"]["sign"]:
        assert str(sign) in first
    for level in tables["urgency_levels"].sort_values("position").head(1).itertuples():
        assert level.what_to_do in first
    assert '<html lang="en"' in html
    assert "<title>Spasm Explorer</title>" in html


@everything
def test_numbers_on_the_page_are_those_of_the_tables(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.answer(label_of(tables, "pain_below_knee"), "No")
    person = spasmlib.Person(
        present=frozenset({"onset_lifting_or_twisting"}), absent=frozenset({"pain_below_knee"})
    )
    causes = spasmlib.assess(tables, person).causes.head(6)
    for place, row in enumerate(causes.itertuples()):
        expect(visit.causes().nth(place)).to_contain_text(str(row.label), timeout=10_000)
        expect(visit.causes().nth(place)).to_contain_text(str(row.words))


@everything
def test_an_emergency_is_announced(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.answer(label_of(tables, "saddle_numbness"))
    alert = visit.page.get_by_role("alert").filter(has_text="Get emergency help now")
    expect(alert).to_be_visible(timeout=10_000)
    expect(alert).to_contain_text("Cauda equina syndrome", ignore_case=True)
    visit.page.locator("[data-reset]").click()
    expect(alert).to_have_count(0, timeout=10_000)
    expect(visit.page.get_by_text("Nothing answered yet")).to_be_visible()


@everything
def test_search_finds_questions_by_everyday_words(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    search = page.get_by_role("searchbox", name="Find a question by words")
    search.fill("pins and needles")
    shown = page.locator("[data-finding]:visible")
    expect(page.get_by_text(re.compile(r"\d+ of \d+ questions match"))).to_be_visible()
    assert 0 < shown.count() < 30
    search.fill("zzzz")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    search.fill("")
    assert shown.count() > 100


@everything
def test_a_search_hides_nothing_where_there_is_no_field_for_it(
    visit: Visit, tables: spasmlib.Tables
) -> None:
    visit.page.get_by_role("searchbox", name="Find a question by words").fill("zzzz")
    visit.page.get_by_role("button", name="Show everything", exact=True).click()
    visit.go("began")
    label = label_of(tables, "onset_lifting_or_twisting")
    expect(visit.page.get_by_role("group", name=label, exact=True)).to_be_visible()


@everything
def test_age_and_pregnancy_are_facts_about_the_person(visit: Visit) -> None:
    page = visit.page
    page.get_by_label("Age", exact=True).fill("150")
    page.get_by_label("Age", exact=True).blur()
    expect(page.get_by_role("alert").filter(has_text="0 to 120")).to_be_visible(timeout=10_000)
    page.get_by_label("Age", exact=True).fill("31")
    page.get_by_label("Age", exact=True).blur()
    page.get_by_label("Sex", exact=True).select_option("Female")
    page.get_by_label("Pregnant or just gave birth").select_option("Yes")
    expect(visit.causes().filter(has_text="Pregnancy-related")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("alert").filter(has_text="0 to 120")).to_have_count(0)


@everything
def test_choosing_another_cause_opens_it(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.answer(label_of(tables, "pain_below_knee"))
    button = visit.causes().nth(2).get_by_role("button")
    name = button.locator(".sp-cause-label").inner_text(timeout=10_000)
    button.click()
    why = visit.page.get_by_role("region", name="Why", exact=True)
    expect(why.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=10_000)
    expect(visit.causes().nth(2).get_by_role("button")).to_be_focused()
    helps = visit.tab("What helps")
    expect(helps.get_by_role("heading", name=re.compile(re.escape(name)))).to_be_visible()


@everything
def test_a_click_on_a_reason_opens_where_it_comes_from(
    visit: Visit, tables: spasmlib.Tables
) -> None:
    visit.answer(label_of(tables, "pain_below_knee"))
    bar = visit.page.locator(".spasm-chart").nth(1).locator(".bars .point").first
    bar.scroll_into_view_if_needed(timeout=15_000)
    box = bar.bounding_box()
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened = visit.page.locator("details[id^=reason-][id$=-pain_below_knee]")
    expect(opened).to_have_attribute("open", "")
    expect(opened).to_contain_text("As a weight in log odds")
    expect(opened.locator("summary")).to_be_focused()


@everything
def test_a_click_on_a_bar_opens_its_cause(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.answer(label_of(tables, "pain_below_knee"))
    bars = visit.page.locator(".spasm-chart").first.locator(".bars .point")
    expect(bars).to_have_count(6, timeout=15_000)
    box = bars.nth(4).bounding_box()
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(visit.causes().nth(1).get_by_role("button")).to_have_attribute(
        "aria-pressed", "true", timeout=10_000
    )


@everything
def test_the_next_question_is_one_click(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.answer(label_of(tables, "loc_low_back"))
    question = visit.page.get_by_role("region", name="Next question")
    first = spasmlib.assess(tables, spasmlib.Person(present={"loc_low_back"})).questions.iloc[0]
    expect(question).to_contain_text(first.question)
    question.get_by_text("Why this question?").click()
    expect(question).to_contain_text(re.compile("tells causes apart best|would be a warning sign"))
    question.get_by_role("button", name="Yes").click()
    # The form below holds the same answer, and the focus stays where the next click will be.
    group = visit.page.get_by_role("group", name=first.label, exact=True)
    expect(group.get_by_role("radio", name="Yes", exact=True)).to_be_checked(timeout=10_000)
    expect(visit.page.get_by_text("2 questions answered")).to_be_visible()
    expect(question).not_to_contain_text(first.question)
    expect(question.get_by_role("button", name="Yes")).to_be_focused()


@everything
def test_own_words_are_confirmed_before_they_count(visit: Visit, tables: spasmlib.Tables) -> None:
    page = visit.page
    words = page.get_by_role("region", name="In your own words")
    words.get_by_role("textbox").fill(
        "I am a 56 year old man. My lower back hurts and my left leg is weak. "
        "No numbness between my legs. I take simvastatine."
    )
    words.get_by_role("button", name="Read it").click()
    found = page.get_by_role("form", name="This was read in it. Take out what is wrong")
    expect(found).to_be_visible(timeout=20_000)
    expect(found).to_be_focused()
    expect(page.get_by_text("Nothing answered yet")).to_be_visible()
    wrong = found.get_by_role("checkbox", name=re.compile(label_of(tables, "leg_weakness")))
    wrong.uncheck()
    found.get_by_role("button", name="Use these answers").click()
    expect(found).to_have_count(0, timeout=10_000)
    expect(page.get_by_label("Age", exact=True)).to_have_value("56")
    for finding, option in (("saddle_numbness", "No"), ("leg_weakness", "Not sure")):
        group = page.get_by_role("group", name=label_of(tables, finding), exact=True)
        expect(group.get_by_role("radio", name=option, exact=True)).to_be_checked()
    medicines = page.get_by_role("region", name="Your medicines and cramps")
    expect(medicines).to_contain_text("26.6% on placebo")


@everything
def test_what_if_shows_what_moves(visit: Visit, tables: spasmlib.Tables) -> None:
    visit.answer(label_of(tables, "onset_lifting_or_twisting"))
    visit.answer(label_of(tables, "pain_below_knee"))
    why = visit.page.get_by_role("region", name="Why", exact=True)
    why.get_by_text("Why, and where from").first.click()
    why.get_by_role("button", name=re.compile("What if the answer were no")).first.click()
    moved = visit.page.get_by_role("region", name=re.compile("^What if"))
    expect(moved.get_by_role("table")).to_contain_text(re.compile("[▲▼]"), timeout=10_000)
    expect(moved.get_by_role("heading")).to_be_focused()
    moved.get_by_role("button", name="Close").click()
    expect(moved).to_have_count(0)


def test_a_taken_port_is_said(address: str) -> None:
    port = str(urlsplit(address).port)
    done = subprocess.run(
        [spasm(), "app", "--port", port], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert f"PORT={int(port) + 1}" in done.stderr


def test_another_package_is_served_without_code(
    browser: Any, package: Path, tables: spasmlib.Tables
) -> None:
    descriptor = package / "datapackage.json"
    text = descriptor.read_text(encoding="utf-8")
    descriptor.write_text(text.replace('"Spasm Explorer"', '"Headache Explorer"'), encoding="utf-8")
    port = free_port()
    command = [spasm(), "app", "--port", str(port), "--data", str(package)]
    with running(command, f"http://localhost:{port}/") as url:
        visit = Visit(browser, url)
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("Headache Explorer")
        visit.close()


def test_the_same_notebooks_work_in_jupyterlab(browser: Any, tmp_path: Path) -> None:
    for name in ("explorer", "01-causes"):
        notebook = (Path(__file__).parents[1] / f"notebooks/{name}.ipynb").read_bytes()
        (tmp_path / f"{name}.ipynb").write_bytes(notebook)
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "lab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={tmp_path}",
    ]
    with running(command, f"http://localhost:{port}/lab") as url:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        run_all(page, f"{url}/tree/explorer.ipynb")
        expect(page.get_by_role("region", name="Emergency signs")).to_be_visible(timeout=READY)
        page.get_by_role("button", name="Show everything", exact=True).click()
        findings = page.get_by_role("region", name="Findings")
        findings.wait_for(timeout=READY)
        findings.locator('[data-finding="saddle_numbness"] input[value="yes"]').check(force=True)
        alert = page.get_by_role("alert").filter(has_text="Get emergency help now")
        expect(alert).to_be_visible(timeout=15_000)
        expect(page.locator(".spasm-chart svg").first).to_be_visible(timeout=15_000)
        run_all(page, f"{url}/tree/01-causes.ipynb")
        tab = page.locator('[data-study-tab="causes"]')
        tab.get_by_role("link", name="Muscle strain", exact=True).first.click()
        expect(tab.get_by_role("heading", name="Muscle strain", exact=True)).to_be_focused()
        assert page.url.endswith("01-causes.ipynb")  # the address is the notebook's own
        page.close()


def run_all(page: Any, address: str) -> None:
    """Open a notebook in JupyterLab and run its cells."""
    page.goto(f"{address}?reset")  # no notebook of before stays open
    page.locator(".jp-Notebook").wait_for(timeout=READY)
    # Cells that are run before the kernel is there are forgotten.
    page.get_by_text("| Idle").wait_for(timeout=READY)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator("main.spasm").wait_for(timeout=READY)
