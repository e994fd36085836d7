"""The tab of interventions."""

from __future__ import annotations

import html
import re
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from playwright.sync_api import expect
from visiting import Visit

import spasmlib
from spasmlib import trials
from spasmlib.panels.study_interventions import (
    ROWS,
    InterventionsTab,
    Place,
    address_of_cell,
    place_of,
)
from spasmlib.tables import records
from spasmlib.trials import NEAR, Selection

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import textstat

OTHER_TOPIC = Path(__file__).parent / "packages" / "tension_headache"
ROW_LINK = re.compile(r'data-study="rows/([a-z_]+)/([^"]+)">([^<]+)</a>')
STUDY_READY = 60_000


@pytest.fixture
def tab(tables: spasmlib.Tables) -> InterventionsTab:
    return InterventionsTab(tables)


@pytest.fixture(scope="module")
def other_topic() -> spasmlib.Tables:
    return spasmlib.load(OTHER_TOPIC)


def panels(tab: InterventionsTab) -> list[Any]:
    return [panel for panel in tab.slots.values() if hasattr(panel, "html")]


def shown(tab: InterventionsTab) -> str:
    return "\n".join([tab.html, *(panel.html for panel in panels(tab))])


def words_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


def click(panel: Any, action: str, value: str = "") -> None:
    panel._handle_custom_msg({"action": action, "value": value}, [])


# one form for all views


def test_one_form_drives_all_views(tab: InterventionsTab, tables: spasmlib.Tables) -> None:
    tab.form = {"kind": "manual", "population": ""}
    manual = set(tables.interventions.loc[tables.interventions["kind"] == "manual", "label"])
    assert set(tab.model.cells["label"]) <= manual
    links = set(re.findall(r'data-study="interventions/([a-z0-9_]+)"', tab.cells.html))
    links |= set(re.findall(r'data-study="interventions/([a-z0-9_]+)"', tab.effects_said.html))
    links |= set(re.findall(r'data-study="interventions/([a-z0-9_]+)"', tab.stances.html))
    kinds = tables.interventions.set_index("intervention_id")["kind"]
    assert {kinds[name] for name in links} == {"manual"}
    names = {text.replace("<br>", " ") for text in tab.map.figure["layout"]["yaxis"]["ticktext"]}
    assert names <= manual
    tab.form = {"kind": "manual", "population": "", "text": "acupuncture"}
    assert set(tab.model.cells["label"]) == {"Acupuncture"}


def test_the_form_comes_from_the_page_and_may_hold_anything(tab: InterventionsTab) -> None:
    begun = tab.model.selection
    assert begun.population == NEAR
    tab.form = {
        "phase": "martian",
        "kind": ["manual"],
        "population": 3,
        "outcome": None,
        "certainty": "<b>",
        "by": "phase",
        "text": {"a": 1},
    }
    assert tab.model.selection == begun
    assert tab.model.by == "population"
    tab.form = {"text": "<script>alert(1)</script>"}
    assert "<script>alert" not in shown(tab)
    assert "No trial in our tables fits these filters." in tab.cells.html
    assert tab.map.figure["data"] == []


def test_the_form_says_what_is_shown(tab: InterventionsTab) -> None:
    given = {"kind": "exercise", "self_care": ["yes"], "population": "chronic_lbp", "by": "outcome"}
    tab.form = given
    open_fields = dict.fromkeys(["phase", "outcome", "certainty", "text"], "")
    assert tab.model.form() == given | open_fields
    for name in tab.model.form():
        assert f'name="{name}"' in tab.html


def test_numbers_over_the_map_are_those_of_the_tables(
    tab: InterventionsTab, tables: spasmlib.Tables
) -> None:
    cells = trials.evidence_map(tables, Selection(population=NEAR))
    studied = cells[cells["n_results"] > 0]["intervention_id"].nunique()
    said = words_of(tab.said.html)
    assert (
        f"{studied} interventions have trials, {len(tables.interventions) - studied} have none"
        in said
    )
    drawn = cells[cells["intervention_id"].isin(cells[cells["n_results"] > 0]["intervention_id"])]
    assert f"{(drawn['n_results'] == 0).sum():,} are gaps" in said
    assert f"{len(tables.evidence)} trial results" in tab.html
    assert f"{len(tables.recommendations)} guideline statements" in tab.html


def test_the_table_says_the_same_as_the_map(tab: InterventionsTab) -> None:
    click(tab.cells, "all")
    assert tab.model.all_rows
    cells = tab.model.cells
    for row in records(cells[cells["n_results"] > 0]):
        address = f"interventions/{row['intervention_id']}+{row['column']}"
        assert html.escape(address) in tab.cells.html
        if row["participants"] is not None:
            assert f'data-study="{address}">{row["participants"]:,}</a>' in tab.cells.html
    drawn = {key for trace in tab.map.figure["data"] for key in trace.get("customdata") or []}
    assert drawn == set(cells["intervention_id"] + "+" + cells["column"])
    for label in tab.model.never_studied["label"]:
        assert label in words_of(tab.cells.html)


def test_long_views_are_cut_until_one_asks(tab: InterventionsTab) -> None:
    assert len(tab.map.figure["layout"]["yaxis"]["ticktext"]) == ROWS
    more = tab.model.cells["intervention_id"].nunique() - ROWS
    assert f"Show {more} more rows" in tab.cells.html
    click(tab.cells, "all")
    assert len(tab.map.figure["layout"]["yaxis"]["ticktext"]) == ROWS + more
    tab.form = {"kind": "manual"}
    assert not tab.model.all_rows


# each number shown equals its table's


def numbers_of(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


def linked(markup: str, table: str) -> list[tuple[str, str]]:
    return [
        (html.unescape(key), html.unescape(text))
        for name, key, text in ROW_LINK.findall(markup)
        if name == table
    ]


def test_each_effect_shown_is_its_rows(tab: InterventionsTab, tables: spasmlib.Tables) -> None:
    evidence = tables.evidence.set_index("evidence_id")
    met = linked(tab.effects_said.html, "evidence")
    assert len(met) > 20
    for key, text in met:
        row = evidence.loc[key]
        said = numbers_of(text.replace(" to ", " "))
        expected = [row["value"]] if len(said) == 1 else [row["ci_low"], row["ci_high"]]
        assert said == pytest.approx(expected), key
    for name in tables.evidence["intervention_id"].unique():
        tab.place = name
        own = evidence[evidence["intervention_id"] == name]
        told = dict(linked(tab.rest.html, "evidence"))
        assert set(told) == set(own.index)
        for key, text in told.items():
            if not pd.isna(own.loc[key, "value"]):
                assert f"{own.loc[key, 'value']:g}".replace("-", "−") in text
            assert html.escape(own.loc[key, "summary"]) in tab.rest.html.replace("&#39;", "&#x27;")


def test_every_row_link_leads_to_a_row(tab: InterventionsTab, tables: spasmlib.Tables) -> None:
    known: dict[str, set[str]] = {}
    for place in ("", "heat", "acupuncture", "oral_nsaid+acute_lbp", "quinine"):
        tab.place = place
        for table, key, _ in ROW_LINK.findall(shown(tab)):
            first = tables.schema.tables[table].primary_key[0]
            known.setdefault(table, set(tables[table][first]))
            assert html.unescape(key) in known[table]
    assert {"evidence", "recommendations", "worthwhile"} <= set(known)


# places


def test_places(tables: spasmlib.Tables) -> None:
    assert place_of(tables, "") == Place()
    assert place_of(tables, "heat") == Place("heat")
    assert place_of(tables, "heat+acute_lbp") == Place("heat", "acute_lbp")
    assert place_of(tables, "heat+outcome.pain") == Place("heat", "", "pain")
    for unknown in ("heatt", "heat+martians", "heat+outcome.martians", "+acute_lbp", "<b>"):
        assert place_of(tables, unknown) == Place(known=False)
    assert address_of_cell("heat", "acute_lbp", "population") == "heat+acute_lbp"


def test_an_unknown_place_says_so_and_stays(tab: InterventionsTab) -> None:
    tab.place = "<b>nothing</b>"
    assert "&lt;b&gt;nothing&lt;/b&gt;" in tab.head.html
    assert tab.place == "<b>nothing</b>"
    assert tab.rest.html == tab.plots.html == ""
    assert tab.cells.html
    tab.place = ""
    assert tab.head.html == ""


def test_a_page_holds_all_of_an_intervention(
    tab: InterventionsTab, tables: spasmlib.Tables
) -> None:
    for name in tables.interventions["intervention_id"]:
        found = trials.profile(tables, name)
        tab.place = name
        page = words_of(tab.head.html + tab.rest.html)
        assert found.how_to in page
        assert found.kind_label in page
        for row in found.cautions:
            assert row["condition"] in page
            assert row["reason"] in page
        for one in found.statements:
            assert one.summary in page
        for row in found.care:
            assert row["action"] in page
            assert f"causes/{row['cause_id']}" in tab.rest.html
        for row in found.risks:
            assert f"risks/{row['risk_factor_id']}" in tab.rest.html
        for row in found.claims:
            assert f"article/{row['claim_id']}" in tab.rest.html
        if found.item:
            assert f"article/{found.item.item_id}" in tab.rest.html
        if found.results.empty:
            assert "This is a gap." in page
    # Cautions stand before anything that may tempt.
    tab.place = "oral_nsaid"
    assert "<details" not in tab.head.html


def test_a_cell_shows_its_results_only(tab: InterventionsTab, tables: spasmlib.Tables) -> None:
    tab.place = "oral_nsaid+acute_lbp"
    own = tables.evidence
    own = own[(own["intervention_id"] == "oral_nsaid") & (own["population"] == "acute_lbp")]
    assert {key for key, _ in linked(tab.rest.html, "evidence")} == set(own["evidence_id"])
    assert "sp-si-crowd" in tab.rest.html
    assert "10 points better" in str(tab.picture.figure)
    tab.place = "heat+stenosis"
    assert "This is a gap." in tab.head.html
    assert tab.picture.figure["data"] == []
    tab.place = "heat+outcome.function"
    own = tables.evidence[tables.evidence["intervention_id"] == "heat"]
    wanted = set(own.loc[own["outcome"] == "function", "evidence_id"])
    assert {key for key, _ in linked(tab.rest.html, "evidence")} == wanted


def test_clicks_on_pictures_lead_to_places(tab: InterventionsTab) -> None:
    click(tab.map, "click", "heat+acute_lbp")
    assert tab.place == "heat+acute_lbp"
    tab.form = {"by": "outcome"}
    click(tab.map, "click", "heat+pain")
    assert tab.place == "heat+outcome.pain"
    click(tab.guidelines, "click", "acupuncture")
    assert tab.place == "acupuncture"
    click(tab.effects, "click", "ev_heat_01")
    assert tab.opened.intervention_id == "heat"
    was = tab.place
    for chart in (tab.map, tab.guidelines, tab.effects):
        click(chart, "click", "<b>no such thing</b>")
    assert tab.place == was


def test_one_chooses_which_numbers_to_draw(tab: InterventionsTab, tables: spasmlib.Tables) -> None:
    kinds = trials.results(tables, tab.model.selection)["comparable"]
    ratio = next(kind for kind in kinds if kind.startswith("RR|"))
    click(tab.kinds, "plot", ratio)
    assert tab.effects.figure["layout"]["xaxis"]["type"] == "log"
    click(tab.kinds, "plot", "<b>nothing</b>")
    assert tab.effects.figure["layout"]["xaxis"].get("type") != "log"
    assert "nothing" not in tab.kinds.html
    tab.place = "oral_nsaid"
    own = trials.profile(tables, "oral_nsaid").results["comparable"]
    click(tab.plots, "plot", next(kind for kind in own if kind.startswith("RR|")))
    assert tab.picture.figure["layout"]["xaxis"]["type"] == "log"


def test_disagreement_stands_out(tab: InterventionsTab) -> None:
    tab.place = "acupuncture"
    assert "They disagree" in tab.rest.html
    assert tab.stances.html.index("sp-si-split") < tab.stances.html.index("<td>No disagreement")
    tab.place = "heat"
    assert "They disagree" not in tab.rest.html


def test_downloads_hold_what_is_shown(tab: InterventionsTab, tables: spasmlib.Tables) -> None:
    sent: list[dict[str, Any]] = []
    for chart in (tab.map, tab.effects, tab.guidelines):
        chart.send = lambda content, buffers=None: sent.append(content)
        click(chart, "csv")
    assert [message["name"] for message in sent] == [
        "evidence-map.csv",
        "effects.csv",
        "guidelines.csv",
    ]
    assert all("DataFrame" not in message["text"] for message in sent)
    header = sent[2]["text"].splitlines()[0].split(",")
    assert {"body", "direction", "strength", "citation", "link"} <= set(header)
    assert len(sent[0]["text"].splitlines()) == len(tab.model.cells) + 1


# words, other topics, speed


def test_words_are_plain_and_claim_nothing(tab: InterventionsTab) -> None:
    tab.place = "heat"
    own = [
        sentence
        for block in re.findall(r"<p[^>]*>(.*?)</p>", tab.html + tab.cells.html, re.DOTALL)
        for sentence in re.split(r"(?<=[.:])\s", words_of(block).strip())
        if len(sentence.split()) > 6
    ]
    assert len(own) > 15
    grades = [textstat.flesch_kincaid_grade(sentence) for sentence in own]
    assert sum(grades) / len(grades) <= 8, sorted(zip(grades, own, strict=True))[-3:]
    assert not re.search(r"diagnos|detect|monitor|your risk|your result|you have been", shown(tab))


def test_another_topic_drives_the_tab(other_topic: spasmlib.Tables) -> None:
    tab = InterventionsTab(other_topic)
    tab.form = {"population": ""}
    assert len(tab.map.figure["data"]) > 3
    assert "Guidelines disagree" in tab.stances.html
    for name in other_topic.interventions["intervention_id"]:
        tab.place = name
        assert trials.profile(other_topic, name).how_to in words_of(tab.head.html)
    assert "back pain" not in words_of(shown(tab))
    assert "spasm" not in words_of(shown(tab))


def test_hostile_text_is_escaped(package: Path) -> None:
    file = package / "interventions.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("Acupuncture", "<img src=x onerror=alert(1)>", 1), encoding="utf-8"
    )
    tab = InterventionsTab(spasmlib.load(package))
    tab.place = "acupuncture"
    assert "<img" not in shown(tab)
    assert "<img" not in str(tab.map.figure) + str(tab.guidelines.figure) + str(tab.effects.figure)


def test_it_is_quick_and_light(tables: spasmlib.Tables) -> None:
    InterventionsTab(tables)  # what is kept for all tabs is worked out once
    began = time.perf_counter()
    tab = InterventionsTab(tables)
    assert time.perf_counter() - began < 0.8
    assert len(shown(tab)) < 150_000
    began = time.perf_counter()
    tab.form = {"population": "chronic_lbp"}
    assert time.perf_counter() - began < 0.5


# in the browser


class StudyVisit(Visit):
    def ready(self) -> None:
        heading = self.page.get_by_role("heading", level=2, name="What helps, and how sure that is")
        heading.wait_for(timeout=STUDY_READY)
        self.page.locator("[data-slot=said] [data-say]").wait_for(timeout=STUDY_READY)
        self.page.locator("[data-slot=map] .js-plotly-plot").wait_for(timeout=STUDY_READY)


@pytest.fixture(params=[1280, 360])
def study(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    scheme = "light" if request.param == 1280 else "dark"
    visit = StudyVisit(browser, address + "#study=interventions", request.param, scheme)
    yield visit
    visit.close()


@pytest.mark.browser
def test_the_tab_in_a_browser(study: Visit) -> None:
    page = study.page
    study.fits("overview")
    for name in ("cells", "results", "stances"):
        page.locator(f"#si-{name} > summary").click()
    study.fits("tables")
    study.accessible("overview")
    page.get_by_role("combobox", name="Kind", exact=True).select_option("manual")
    expect(page.locator("[data-slot=cells]")).to_contain_text("Acupuncture")
    expect(page.locator("[data-slot=cells]")).not_to_contain_text("Pilates")
    page.locator(
        '[data-slot=cells] [data-study="interventions/acupuncture+chronic_lbp"]'
    ).first.click()
    expect(page.locator("[data-slot=head] h3")).to_be_focused()
    expect(page.locator("[data-slot=head] h3")).to_contain_text("Acupuncture")
    expect(page.locator("[data-slot=picture] .js-plotly-plot")).to_be_visible()
    expect(page.locator("[data-slot=map]")).to_be_hidden()
    study.fits("cell")
    study.accessible("cell")
    page.get_by_role("link", name="All about it").click()
    expect(page.locator("[data-slot=rest]")).to_contain_text("What it is used for")
    study.fits("intervention")
    page.get_by_role("link", name="Back to all interventions").click()
    expect(page.locator("[data-slot=map]")).to_be_visible()
    assert study.errors == []


@pytest.mark.browser
def test_by_keyboard_and_by_a_click_on_the_map(browser: Any, address: str) -> None:
    visit = StudyVisit(browser, address + "#study=interventions")
    try:
        page = visit.page
        cells = page.locator('[data-slot=map] .nsewdrag[data-subplot="xy"]')
        cells.evaluate("(part) => part.scrollIntoView({ block: 'start' })")
        box = cells.bounding_box()
        across, rows = page.evaluate(
            """() => {
              const plot = document.querySelector("[data-slot=map] .js-plotly-plot");
              const { xaxis, yaxis } = plot._fullLayout;
              return [xaxis.l2p(0), yaxis.l2p(yaxis.tickvals[0])];
            }"""
        )
        page.mouse.click(box["x"] + across, box["y"] + rows)
        expect(page.locator("[data-slot=head] h3")).to_be_focused()
        assert "+" in unquote(page.url)
        visit.tab_to("Back to all interventions", role="link")
        assert visit.focus_is_seen()
        visit.press("Enter")
        expect(page.locator("[data-slot=map]")).to_be_visible()
        assert visit.errors == []
    finally:
        visit.close()
