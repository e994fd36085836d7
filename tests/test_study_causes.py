"""The tab of causes and its pictures."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from playwright.sync_api import expect
from visiting import Visit

import spasmlib
from spasmlib import profiles
from spasmlib.figures import comparison_chart, heat_map, heat_map_width
from spasmlib.panels.rendering import percent
from spasmlib.panels.study_causes import ALL, PAGE, TOP, CausesTab, Place, place_of
from spasmlib.profiles import Selection

OTHER_TOPIC = Path(__file__).parent / "packages" / "tension_headache"
LINK = re.compile(r'data-study="rows/([a-z_]+)/([^"]+)">([^<]+)</a>')
STUDY_READY = 60_000


@pytest.fixture(scope="module")
def other_topic() -> spasmlib.Tables:
    return spasmlib.load(OTHER_TOPIC)


@pytest.fixture
def tab(tables: spasmlib.Tables) -> CausesTab:
    return CausesTab(tables)


def shown(tab: CausesTab) -> str:
    panels = (tab.head, tab.rest, tab.pair, tab.listed, tab.picker, tab.table)
    return "\n".join([tab.html, *(panel.html for panel in panels)])


def click(tab: CausesTab, panel: Any, action: str, value: str = "") -> None:
    panel._handle_custom_msg({"action": action, "value": value}, [])


# figures


def test_heat_map_cells_are_the_pairs(tables: spasmlib.Tables) -> None:
    chosen = profiles.select(tables, Selection(cause_group="spinal", most=10))
    figure = heat_map(*chosen)
    cells = figure.data[0]
    rows = chosen.pairs.set_index(["cause_id", "finding_id"])
    met = 0
    for r, finding in enumerate(chosen.findings):
        for c, cause in enumerate(chosen.causes):
            if cells.customdata[r][c] is None:
                assert (cause, finding) not in rows.index
                assert cells.z[r][c] is None
                continue
            assert cells.customdata[r][c] == f"{cause}+{finding}"
            assert cells.z[r][c] == pytest.approx(rows.loc[(cause, finding), "log_ratio"])
            met += 1
    assert met == len(chosen.pairs)


def test_heat_map_says_by_signs_what_it_says_by_colour(tables: spasmlib.Tables) -> None:
    pairs = profiles.matrix(tables)
    sourced = pairs[pairs["basis"] == "sourced"]
    signs = heat_map(sourced).data[1].text
    assert len(signs) == len(sourced)
    assert all(text.endswith("●") for text in signs)
    estimates = pairs[pairs["basis"] != "sourced"].groupby("direction").head(3)
    texts = heat_map(estimates).data[1].text
    assert not any("●" in text for text in texts)
    assert {re.sub("<[^>]*>", "", text)[0] for text in texts} == {"+", "−", "·"}


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_heat_map_of_few_rows(tables: spasmlib.Tables, rows: int) -> None:
    figure = heat_map(profiles.matrix(tables).head(rows))
    assert figure.layout.height > 0
    assert len(figure.data[1].text) == rows
    json.loads(figure.to_json())


def test_heat_map_stands_huge_ratios_and_hostile_names(tables: spasmlib.Tables) -> None:
    pairs = profiles.matrix(tables).head(2)
    pairs = pairs.assign(ratio=[1e9, 1e-9], finding="<img src=x>", cause="<b>", citation="")
    pairs["log_ratio"] = [math.log(1e9), math.log(1e-9)]
    figure = heat_map(pairs)
    assert "<img" not in figure.to_json().encode().decode("unicode_escape")
    assert figure.data[0].zmax < 5


def test_heat_map_grows(tables: spasmlib.Tables) -> None:
    pairs = profiles.matrix(tables)
    assert heat_map(pairs.head(400)).layout.height > heat_map(pairs.head(50)).layout.height
    assert heat_map_width(20) > heat_map_width(4)


def test_comparison_shows_shares_in_percent(tables: spasmlib.Tables) -> None:
    compared = profiles.compare(tables, ["muscle_strain", "kidney_stone"]).head(10)
    figure = comparison_chart(compared, overall="Overall")
    overall, first, second = figure.data[1:]
    assert overall.name == "Overall"
    for trace, cause in ((first, "muscle_strain"), (second, "kidney_stone")):
        own = compared[compared["cause_id"] == cause]
        assert list(trace.x) == pytest.approx(list(100 * own["p"]))
        assert all(name.startswith(cause) for name in trace.customdata)
    assert first.marker.symbol[0] != second.marker.symbol[0]
    assert first.marker.color != second.marker.color


def test_comparison_tells_estimates_from_what_was_read(tables: spasmlib.Tables) -> None:
    pairs = profiles.matrix(tables)
    pairs = pairs[pairs["cause_id"] == "muscle_strain"]
    symbols = comparison_chart(pairs).data[-1].marker.symbol
    opened = [symbol.endswith("-open") for symbol in symbols]
    assert opened == (pairs["basis"] != "sourced").tolist()


@pytest.mark.parametrize("rows", [0, 1])
def test_comparison_of_few_rows(tables: spasmlib.Tables, rows: int) -> None:
    figure = comparison_chart(profiles.matrix(tables).head(rows), rows="cause", overall="Overall")
    json.loads(figure.to_json())
    assert figure.layout.height > 0


def test_comparison_refuses_what_it_has_no_marks_for(tables: spasmlib.Tables) -> None:
    pairs = profiles.matrix(tables)
    with pytest.raises(ValueError, match="at most 3"):
        comparison_chart(pairs)
    with pytest.raises(ValueError, match="'finding' or 'cause'"):
        comparison_chart(pairs, rows="claim")


# the tab without a browser


@pytest.mark.parametrize(
    ("place", "opened"),
    [
        ("", Place("")),
        ("muscle_strain", Place("cause", ("muscle_strain",))),
        ("muscle_strain+whiplash", Place("compare", ("muscle_strain", "whiplash"))),
        ("finding.loc_neck", Place("finding", ("loc_neck",))),
        ("pair.whiplash+loc_neck", Place("pair", ("whiplash", "loc_neck"))),
        ("muscle_strain+muscle_strain", Place("unknown")),
        ("muscle_strain+whiplash+shingles+tetanus", Place("unknown")),
        ("finding.x", Place("unknown")),
        ("pair.loc_neck+whiplash", Place("unknown")),
        ("loc_neck", Place("unknown")),
        ("+", Place("unknown")),
        (".", Place("unknown")),
    ],
)
def test_places(tables: spasmlib.Tables, place: str, opened: Place) -> None:
    assert place_of(tables, place) == opened


def value_of(tables: spasmlib.Tables, table: str, key: str) -> pd.Series:
    columns = list(tables.schema.tables[table].primary_key)
    row = tables[table].set_index(columns).sort_index()
    parts = tuple(unquote(key).split("+"))
    return row.loc[parts if len(parts) > 1 else parts[0]]


NUMBERS: dict[str, tuple[str, ...]] = {
    "causes": ("prior",),
    "cause_findings": ("p",),
    "variant_findings": ("p",),
    "findings": ("p_background",),
    "cause_variants": ("share",),
    "finding_studies": ("p_given_cause", "p_given_not_cause", "lr_pos", "lr_neg"),
}


@pytest.mark.parametrize(
    "place",
    [
        "",
        "muscle_strain",
        "vertebral_fracture",
        "spinal_stenosis+herniated_disc+kidney_stone",
        "finding.loc_neck",
        "pair.spinal_stenosis+age_over_65",
        "pair.muscle_strain+loc_low_back",
    ],
)
def test_each_number_equals_its_tables(tab: CausesTab, place: str) -> None:
    tab.place = place
    met = set()
    for table, key, text in LINK.findall(shown(tab)):
        row = value_of(tab.tables, table, key)
        if table in NUMBERS and text != "Its row":
            values = [row[name] for name in NUMBERS[table]]
            said = {percent(v) for v in values if v <= 1} | {f"{v:g}" for v in values}
            assert text in said, (table, key)
            met.add(table)
    assert {"causes", "cause_findings", "findings"} <= met


def test_the_overview_lists_every_cause_whichever_way(tab: CausesTab) -> None:
    causes = tab.tables["causes"]["cause_id"]
    for listing in ("group", "article", "common", "name"):
        tab.form = {**tab.form, "listing": listing}
        found = re.findall(r'data-study="causes/([a-z_0-9]+)"', tab.listed.html)
        assert sorted(found) == sorted(causes)
    assert (
        tab.listed.html.count("Must not be missed") == tab.tables["causes"]["must_not_miss"].sum()
    )


def test_the_articles_items_stand_in_order(tab: CausesTab) -> None:
    tab.form = {**tab.form, "listing": "article"}
    items = profiles.article_items(tab.tables)
    headings = re.findall(r"<h4>(\d+)\. ", tab.listed.html)
    assert [int(number) for number in headings] == list(items["item"])


def test_filters_choose_the_pairs(tab: CausesTab) -> None:
    tab.form = {**tab.form, "cause_group": "serious", "direction": "for", "most": "40"}
    assert tab.model.selection == Selection(cause_group="serious", direction="for", most=40)
    pairs = tab.model.selected.pairs
    assert (pairs["direction"] == "for").all()
    assert f"{len(pairs):,} pairs" in tab.table.html
    assert tab.map.figure["data"][0]["customdata"]
    tab.form = {**tab.form, "sourced": ["yes"], "cause_group": ALL, "direction": ALL}
    assert (tab.model.selected.pairs["basis"] == "sourced").all()


def test_nothing_fits(tab: CausesTab) -> None:
    tab.form = {**tab.form, "text": "no such words"}
    assert "No pair fits" in tab.table.html
    assert not tab.map.figure["data"]


@pytest.mark.parametrize(
    "hostile", ["<script>", "x" * 10_000, 7, None, ["a"], {"a": 1}, "serious'; --"]
)
def test_fields_may_hold_anything(tab: CausesTab, hostile: Any) -> None:
    was = tab.model.selection
    tab.form = dict.fromkeys(tab.form, hostile)
    text = hostile.strip() if isinstance(hostile, str) else ""
    assert tab.model.selection == was._replace(text=text)
    assert "<script>" not in shown(tab)


def test_the_fields_and_the_model_agree(tab: CausesTab) -> None:
    fields = set(re.findall(r'<(?:select|input)[^>]* name="([a-z_]+)"', tab.html))
    assert fields == set(tab.model.form())
    for name, value in tab.model.form().items():
        if name not in ("text", "sourced"):
            assert f'<option value="{value}"' in tab.html, name


def test_the_table_of_pairs_grows(tab: CausesTab) -> None:
    tab.form = {**tab.form, "cause_group": ALL, "most": ALL}
    assert tab.table.html.count("<tr>") == 1 + PAGE
    click(tab, tab.table, "more")
    assert tab.table.html.count("<tr>") == 1 + 2 * PAGE
    tab.form = {**tab.form, "direction": "for"}
    assert tab.table.html.count("<tr>") == 1 + PAGE


def test_an_unknown_place_is_said_and_escaped(tab: CausesTab) -> None:
    tab.place = "<img src=x>"
    assert "There is no cause “&lt;img src=x&gt;”" in tab.head.html
    assert tab.listed.html
    tab.place = ""
    assert tab.head.html == ""


def test_a_cause_has_all_its_parts(tab: CausesTab) -> None:
    tab.place = "vertebral_fracture"
    found = profiles.profile(tab.tables, "vertebral_fracture")
    page = tab.head.html + tab.rest.html
    assert "Must not be missed" in page
    assert page.count('data-study="flags/') == min(TOP, len(found.flags))
    assert page.count('data-study="risks/') == len(found.risks)
    assert page.count('data-study="interventions/') == len(found.care)
    assert page.count('data-study="article/') == len(found.claims)
    assert page.count('data-study="causes/finding.') == TOP * 2
    click(tab, tab.rest, "more", "for")
    more = tab.rest.html.count('data-study="causes/finding.')
    assert more == TOP + min(len(found.for_), TOP + 40)


def test_clicks_on_the_pictures_open_the_studies(tab: CausesTab) -> None:
    click(tab, tab.map, "click", "spinal_stenosis+age_over_65")
    assert tab.place == "pair.spinal_stenosis+age_over_65"
    studies = profiles.study_rows(tab.tables, "spinal_stenosis", "age_over_65")
    for study in studies["study_id"]:
        assert f"rows/finding_studies/{study}" in tab.pair.html
    click(tab, tab.picture, "click", "<b>")
    assert tab.place == "pair.spinal_stenosis+age_over_65"


def test_picking_causes_to_compare(tab: CausesTab) -> None:
    fields = [["cause", "muscle_strain"], ["cause", ""], ["cause", "whiplash"]]
    click(tab, tab.picker, "compare", json.dumps(fields))
    assert tab.place == "muscle_strain+whiplash"
    assert "Whiplash" in tab.head.html
    click(tab, tab.head, "compare", json.dumps([["cause", "nonsense"], ["cause", "whiplash"]]))
    assert tab.place == "muscle_strain+whiplash"


def test_downloads(tab: CausesTab, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(
        tab, "download", lambda name, _, text: sent.append((name, text.count("\n")))
    )
    for place in ("muscle_strain", "finding.loc_neck", "muscle_strain+whiplash"):
        tab.place = place
        click(tab, tab.rest, "csv")
    click(tab, tab.table, "csv")
    assert [name for name, _ in sent] == [
        "cause-muscle_strain.csv",
        "answer-loc_neck.csv",
        "compare-muscle_strain-whiplash.csv",
        "causes-and-answers.csv",
    ]
    assert sent[-1][1] >= len(tab.model.selected.pairs)


def test_names_from_tables_are_escaped(package: Path) -> None:
    for name in ("causes", "findings"):
        table = pd.read_csv(package / f"{name}.csv", dtype=str, keep_default_na=False)
        table.loc[0, "label"] = "<img src=x>"
        table.to_csv(package / f"{name}.csv", index=False)
    hostile = CausesTab(spasmlib.load(package))
    cause = hostile.tables["causes"]["cause_id"].iloc[0]
    finding = hostile.tables["findings"]["finding_id"].iloc[0]
    for place in (cause, f"{cause}+whiplash", f"finding.{finding}", f"pair.{cause}+{finding}"):
        hostile.place = place
        assert "<img" not in shown(hostile)
        assert "&lt;img" in shown(hostile)


def test_another_topic_drives_the_tab(other_topic: spasmlib.Tables) -> None:
    tab = CausesTab(other_topic)
    assert len(tab.model.selected.causes) == len(other_topic["causes"])  # few: all at once
    causes = list(other_topic["causes"]["cause_id"])
    findings = list(other_topic["findings"]["finding_id"])
    places = [*causes, "+".join(causes[:2]), *(f"finding.{name}" for name in findings)]
    for place in [*places, f"pair.{causes[0]}+{findings[0]}"]:
        tab.place = place
        assert tab.opened.kind != "unknown"
        page = (tab.head.html + tab.rest.html).replace("Back to all causes", "")
        assert not re.search(r"\b(back|spasm)\b", page, re.IGNORECASE)
    tab.form = {**tab.form, "cause_group": ALL, "most": ALL}
    assert len(tab.model.selected.pairs) == len(other_topic["cause_findings"])


def test_it_is_quick_and_light(tables: spasmlib.Tables) -> None:
    CausesTab(tables)  # reads the tables once

    def taken(do: Callable[[], object]) -> float:
        start = time.perf_counter()
        do()
        return time.perf_counter() - start

    assert taken(lambda: CausesTab(tables)) < 0.8
    tab = CausesTab(tables)
    assert taken(lambda: setattr(tab, "place", "muscle_strain")) < 0.5
    assert len(shown(tab)) < 200_000


# in the browser


@pytest.fixture(params=[1280, 360])
def study(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    scheme = "light" if request.param == 1280 else "dark"
    visit = StudyVisit(browser, address + "#study=causes", width=request.param, scheme=scheme)
    yield visit
    visit.close()


class StudyVisit(Visit):
    def ready(self) -> None:
        self.page.get_by_role("heading", level=2, name="Causes").wait_for(timeout=STUDY_READY)
        self.page.locator("[data-slot=table] [data-say]").wait_for(timeout=STUDY_READY)
        self.page.locator("[data-slot=map] .js-plotly-plot").wait_for(timeout=STUDY_READY)


@pytest.mark.browser
def test_the_tab_in_a_browser(study: Visit) -> None:
    page = study.page
    study.fits("overview")
    study.accessible("overview")
    # The filter works, and from a cell's link one comes to its studies.
    page.get_by_role("combobox", name="Causes", exact=True).select_option("serious")
    expect(page.locator("[data-slot=table]")).to_contain_text("9 causes")
    page.locator("#sc-pairs > summary").click()
    page.locator('#sc-pairs [data-study^="causes/pair."]').first.click()
    heading = page.locator("[data-slot=pair] [data-focus]")
    expect(heading).to_be_focused()
    study.fits("pair")
    # A page of one cause takes the place of the overview, and back.
    page.locator('[data-slot=pair] [data-study^="causes/"]:not([data-study*="."])').first.click()
    expect(page.locator("[data-slot=head] h3")).to_be_focused()
    expect(page.locator("[data-slot=picture] .js-plotly-plot")).to_be_visible()
    study.fits("cause")
    study.accessible("cause")
    page.locator('[data-slot=rest] [name="cause"]').nth(1).select_option("muscle_strain")
    page.locator("[data-slot=rest]").get_by_role("button", name="Compare").click()
    expect(page.locator("[data-slot=head] h3")).to_contain_text("what tells them apart")
    study.fits("compare")
    study.accessible("compare")
    page.get_by_role("link", name="Back to all causes").first.click()
    expect(page.get_by_role("heading", name="All causes", exact=True)).to_be_visible()
    assert study.errors == []


@pytest.mark.browser
def test_by_keyboard_and_by_a_click_on_a_cell(browser: Any, address: str) -> None:
    visit = StudyVisit(browser, address + "#study=causes")
    try:
        visit.tab_to("Muscle strain", role="link")
        assert visit.focus_is_seen()
        visit.press("Enter")
        expect(visit.page.locator("[data-slot=head] h3")).to_be_focused()
        visit.page.go_back()
        cells = visit.page.locator("[data-slot=map] .js-plotly-plot .nsewdrag")
        cells.scroll_into_view_if_needed()
        box = cells.bounding_box()
        visit.page.mouse.click(box["x"] + 12, box["y"] + 12)
        expect(visit.page.locator("[data-slot=pair] [data-focus]")).to_be_focused()
        assert "pair." in unquote(visit.page.url)
        assert visit.errors == []
    finally:
        visit.close()
