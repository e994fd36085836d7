"""The tab on how the ranking works."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect
from visiting import Visit

import spasmlib
from spasmlib.panels.rendering import percent
from spasmlib.panels.study_ranking import CASE, WORKED, Place, RankingTab, rate
from spasmlib.reference import COUNTED
from spasmlib.tables import records

OTHER_TOPIC = Path(__file__).parent / "packages" / "tension_headache"
LINK = re.compile(r'data-study="rows/([a-z_]+)/([^"]+)">([^<]+)</a>')
STUDY_READY = 60_000


@pytest.fixture
def tab(tables: spasmlib.Tables) -> RankingTab:
    return RankingTab(tables)


def panels(tab: RankingTab) -> list[Any]:
    return [tab.case, tab.sum, tab.steps, tab.tried, tab.measured, tab.listed]


def shown(tab: RankingTab) -> str:
    return "\n".join([tab.html, *(panel.html for panel in panels(tab))])


def row_of(tables: spasmlib.Tables, table: str, key: str) -> dict[str, Any]:
    columns = tables.schema.tables[table].primary_key
    parts = unquote(key)
    return next(
        row
        for row in records(tables[table])
        if "+".join(str(row[name]) for name in columns) == parts
    )


SAID: dict[str, Any] = {
    "causes": lambda row: {percent(row["prior"]), "the start"},
    "cause_findings": lambda row: {percent(row["p"]), percent(1 - row["p"])},
    "variant_findings": lambda row: {percent(row["p"]), percent(1 - row["p"])},
    "findings": lambda row: {percent(row["p_background"]), percent(1 - row["p_background"])},
    "reference_measures": lambda row: {rate(row["hits"] / row["of"])},
    "reference_calibration": lambda row: {rate(row["true_share"])},
    "reference_people": lambda row: {rate(row["people"] / row["of"])},
    "reference_cases": lambda row: {str(row["place"])},
    "assumption_values": lambda row: {str(row[name]) for name in COUNTED},
}


def test_each_number_equals_its_tables(tab: RankingTab) -> None:
    met = set()
    for form in ({}, {"reading": "text", "shown": "all"}, {"assumption_id": "denial"}):
        tab.form = {**tab.form, **form}
        for table, key, text in LINK.findall(shown(tab)):
            row = row_of(tab.tables, table, key)
            if table == "causes":
                priors = tab.tables.causes["prior"]
                assert text in {percent(row["prior"] / priors.sum()), "the start"}
            elif table in SAID:
                assert text in SAID[table](row), (table, key)
            met.add(table)
    assert met >= set(SAID)


def test_the_sum_is_that_of_the_chosen_cause(tab: RankingTab) -> None:
    for cause in tab.model.view.causes.head(4).itertuples():
        tab.form = {**tab.form, "cause_id": cause.cause_id}
        assert f"{percent(cause.share)} of people with these answers" in tab.sum.html
        assert tab.steps.html.count("<tr role") == len(tab.model.steps) + 1
        total = tab.waterfall.figure["data"][0]["x"][0]
        assert total == pytest.approx(tab.model.steps["weight"].iloc[1:].sum())


def test_a_place_opens_a_cause_or_a_case(tab: RankingTab) -> None:
    tab.place = "muscle_strain"
    assert tab.opened == Place("cause", "muscle_strain")
    assert tab.form["cause_id"] == "muscle_strain"
    assert "data-focus" in tab.sum.html and not tab.case.html
    missed = tab.model.listed.iloc[0]
    tab.place = f"{CASE}{missed['case_id']}"
    assert tab.opened.kind == "case"
    assert "data-focus" in tab.case.html and "data-focus" not in tab.sum.html
    assert f"in place {missed['place']}" in tab.case.html
    tab.place = ""
    assert "data-focus" not in shown(tab)


@pytest.mark.parametrize("place", ["nothing", "case.", "case.r9999", "<script>", "loc_neck", "."])
def test_an_unknown_place_is_said_and_all_is_shown(tab: RankingTab, place: str) -> None:
    tab.place = place
    assert tab.opened.kind == "unknown"
    assert "There is no cause or case" in tab.case.html
    assert "<script>" not in tab.case.html
    assert "The sum, step by step" in tab.html
    assert tab.place == place


def test_the_list_holds_what_is_asked_for(tab: RankingTab) -> None:
    cases = tab.tables.reference_cases
    for shown_, wanted in (
        ("missed", cases["cause_missed"] | cases["urgency_missed"]),
        ("cause_missed", cases["cause_missed"]),
        ("urgency_missed", cases["urgency_missed"]),
        ("all", cases["place"] > 0),
    ):
        tab.form = {**tab.form, "shown": shown_}
        listed = set(re.findall(r'data-study="ranking/case\.(\w+)"', tab.listed.html))
        assert listed == set(cases.loc[wanted, "case_id"])


def test_every_case_can_be_opened(tab: RankingTab) -> None:
    for case in tab.tables.reference_cases["case_id"]:
        tab.place = f"{CASE}{case}"
        assert "What was reported" in tab.case.html


def test_charts_show_what_is_chosen(tab: RankingTab) -> None:
    labels = tab.model.choices()["measure"]
    for measure in (*COUNTED, WORKED):
        tab.form = {**tab.form, "measure": measure, "assumption_id": "silence"}
        drawn = [x for trace in tab.effects.figure["data"][1:3] for x in trace["x"]]
        assert len(drawn) == (tab.tables.assumption_values["assumption_id"] == "silence").sum()
        title = tab.effects.figure["layout"]["xaxis"]["title"]["text"].replace("<br>", " ")
        assert title == labels[measure]
    tab.form = {**tab.form, "reading": "text", "cases": "case_report"}
    rows = tab.tables.reference_measures.query("reading == 'text' and cases == 'case_report'")
    assert sorted(tab.rates.figure["data"][0]["customdata"]) == sorted(rows["of"])


@pytest.mark.parametrize("hostile", ["<script>", "x" * 9999, 7, None, ["a"], {"a": 1}, ""])
def test_fields_may_hold_anything(tab: RankingTab, hostile: Any) -> None:
    was = tab.model.form()
    tab.form = dict.fromkeys(tab.form, hostile)
    assert tab.model.form() == was
    assert "<script>" not in shown(tab)


def test_the_fields_and_the_model_agree(tab: RankingTab) -> None:
    fields = set(re.findall(r'<select[^>]* name="([a-z_]+)"', tab.html))
    assert fields == set(tab.model.form())
    for value in tab.model.form().values():
        assert f'<option value="{value}"' in tab.html


def test_the_cases_are_handed_over(tab: RankingTab) -> None:
    sent: list[Any] = []
    tab.send = lambda content, *_: sent.append(content)  # type: ignore[method-assign]
    tab.listed._handle_custom_msg({"action": "csv", "value": ""}, [])
    assert sent[0]["name"] == "ranking-cases.csv"


def test_a_topic_without_results_says_so_and_shows_the_rest() -> None:
    tab = RankingTab(spasmlib.load(OTHER_TOPIC))
    for said in ("no rules that were tried", "nobody knows how often", "no reference cases"):
        assert said in tab.html
    assert "published cases" not in tab.html
    assert "<b>" not in tab.sum.html and "&lt;b&gt;" in tab.sum.html
    assert tab.waterfall.figure["data"]
    assert not tab.rates.figure["data"] and not tab.effects.figure["data"]
    tab.place = "brain_bleed"
    assert tab.opened.kind == "cause"


def test_a_topic_without_a_worked_case_says_so(package: Path) -> None:
    header = (package / "worked_case.csv").read_text("utf-8").splitlines()[0]
    (package / "worked_case.csv").write_text(f"{header}\n", encoding="utf-8")
    tab = RankingTab(spasmlib.load(package))
    assert "no worked case" in tab.html and "The same in formulas" in tab.html
    tab.form = {**tab.form, "measure": WORKED, "cause_id": "muscle_strain"}
    assert tab.model.measure == COUNTED[0]
    assert not tab.waterfall.figure


def test_it_is_quick(tables: spasmlib.Tables) -> None:
    RankingTab(tables)
    start = time.process_time()
    tab = RankingTab(tables)
    built = time.process_time()
    tab.form = {**tab.form, "cause_id": "muscle_strain"}
    changed = time.process_time()
    assert built - start < 0.4
    assert changed - built < 0.15
    assert len(shown(tab)) < 150_000


# in a browser


@pytest.fixture(params=[1280, 360])
def opened(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    found = Visit(browser, f"{address}#study=ranking", width=request.param)
    found.page.locator("#sk-sum").wait_for(timeout=STUDY_READY)
    yield found
    found.close()


@pytest.mark.browser
def test_the_tab_opens_its_parts(opened: Visit) -> None:
    page = opened.page
    chart = page.get_by_role("img", name=re.compile("^The sum for Herniated disc"))
    expect(chart.locator(".bars .point")).to_have_count(11)
    opened.fits("ranking")
    opened.accessible("ranking")
    page.get_by_label("Cause, the most common").select_option("muscle_strain")
    expect(page.get_by_role("heading", name=re.compile("^Muscle strain: 15%"))).to_be_visible()
    page.get_by_label("Rule", exact=True).select_option("silence")
    expect(page.locator(".sp-study-tab").get_by_text("Half as much as now").first).to_be_attached()
    page.get_by_role("link", name="Shingles").first.click()
    heading = page.get_by_role("heading", name=re.compile("^A case of “Shingles”"))
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    opened.fits("case")
    opened.accessible("case")
    assert not opened.errors


@pytest.mark.browser
@pytest.mark.parametrize("opened", [1280], indirect=True)
def test_a_number_leads_to_its_row(opened: Visit) -> None:
    opened.page.locator('#sk-right ~ * a[data-study^="rows/reference_measures/"]').first.click()
    expect(opened.page.locator('[data-study-tab="rows"]')).to_be_visible(timeout=STUDY_READY)
    expect(opened.page.locator('[data-study-tab="rows"]')).to_contain_text("62")
