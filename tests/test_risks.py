"""Risk factors: which way each effect points, what acts on what, and how it is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from visiting import SOON, Visit

import spasmlib
from spasmlib.figures import Mark, Names, forest, risk_grid
from spasmlib.panels.study_risks import RisksTab
from spasmlib.risks import acting, effects, risk_matrix, risk_profile, says

FIXTURE = Path(__file__).parent / "packages" / "tension_headache"
RATIO = st.floats(0.01, 100, allow_nan=False)


@given(value=RATIO, spread=st.floats(1.01, 50), exposure=st.sampled_from(["harmful", "protective"]))
def test_counting_recoveries_turns_an_effect_round(
    value: float, spread: float, exposure: str
) -> None:
    row = {"value": value, "ci_low": value / spread, "ci_high": value * spread}
    row |= {"exposure": exposure}
    turned = {"value": 1 / value, "ci_low": 1 / value / spread, "ci_high": spread / value}
    assert says(row | {"better": "lower"}) == says(
        turned | {"exposure": exposure, "better": "higher"}
    )


@given(value=RATIO)
def test_protection_and_harm_are_never_the_same_word(value: float) -> None:
    row = {"value": value, "ci_low": None, "ci_high": None, "better": "lower"}
    harmful = says(row | {"exposure": "harmful"})
    protective = says(row | {"exposure": "protective"})
    assert harmful in {"raises", "against", "unclear"}
    assert protective in {"protects", "against", "unclear"}


@pytest.mark.parametrize(
    ("effect", "meaning"),
    [
        ("re_smoking_1", "raises"),
        ("re_depression_3", "raises"),  # fewer recoveries: a ratio below 1 that is bad news
        ("re_low_magnesium_1", "unclear"),
    ],
)
def test_what_known_effects_come_to(tables: spasmlib.Tables, effect: str, meaning: str) -> None:
    rows = effects(tables).set_index("effect_id")
    assert rows.loc[effect, "says"] == meaning


def test_each_effect_is_there_once_with_its_own_number(tables: spasmlib.Tables) -> None:
    rows, own = effects(tables), tables["risk_effects"]
    assert sorted(rows["effect_id"]) == sorted(own["effect_id"])
    joined = rows.merge(own, on="effect_id", suffixes=("", "_own"))
    assert (joined["value"] == joined["value_own"]).all()
    assert rows["citation"].ne("").all()


def test_what_acts_on_a_factor_can_act_on_it(tables: spasmlib.Tables) -> None:
    """Nothing acts on what cannot be changed."""
    factors = tables["risk_factors"].set_index("risk_factor_id")["modifiable"]
    assert (acting(tables)["risk_factor_id"].map(factors) != "no").all()


def test_a_profile_gathers_all_of_one_factor(tables: spasmlib.Tables) -> None:
    profile = risk_profile(tables, "prolonged_sitting")
    assert (
        len(profile.causes) == (risk_matrix(tables)["risk_factor_id"] == "prolonged_sitting").sum()
    )
    assert "regular_breaks" in set(profile.interventions["intervention_id"])
    own = tables["claim_links"].query("risk_factor_id == 'prolonged_sitting'")
    assert set(profile.claims["claim_id"]) == set(own["claim_id"])
    with pytest.raises(ValueError, match="no such thing"):
        risk_profile(tables, "no such thing")


# --- pictures

ROW: dict[str, Any] = {"id": "a", "label": "<b>A", "value": 2.0, "ci_low": 1.5, "ci_high": 3.0}


def drawn(rows: list[dict[str, Any]]) -> Any:
    return forest(pd.DataFrame(rows, columns=list(ROW)))


def keys(figure: Any) -> list[str]:
    return [key for trace in figure.data for key in (trace.customdata or ())]


def test_a_forest_of_one_row_and_of_none() -> None:
    figure = drawn([ROW])
    assert keys(figure) == ["a"]
    said = [note.text for note in figure.layout.annotations]
    assert any("&lt;b&gt;A" in text and "2 (1.5 to 3)" in text for text in said)
    assert not any("<b>A" in text for text in said)  # a label is text, not markup
    assert not drawn([]).data


def test_a_forest_without_an_interval_shows_an_open_mark() -> None:
    figure = drawn([ROW | {"ci_low": None, "ci_high": None}])
    marks = next(trace for trace in figure.data if trace.customdata)
    assert marks.marker.symbol[0].endswith("-open")
    assert any("no interval" in (trace.name or "") for trace in figure.data)


def test_a_huge_interval_does_not_squeeze_the_others() -> None:
    figure = drawn([ROW, ROW | {"id": "b", "value": 9.5, "ci_low": 0.002, "ci_high": 48_000.0}])
    low, high = (10**end for end in figure.layout.xaxis.range)
    assert high / low < 5000  # the interval spans 24 million times its start
    arrows = [
        symbol
        for trace in figure.data
        if isinstance(trace.marker.symbol, tuple)
        for symbol in trace.marker.symbol
        if symbol.startswith("triangle-")
    ]
    assert {"triangle-left", "triangle-right"} <= set(arrows)


def test_a_forest_says_what_is_wrong_with_its_rows() -> None:
    with pytest.raises(ValueError, match="above 0"):
        drawn([ROW | {"value": 0.0}])
    with pytest.raises(ValueError, match="no mark for strange"):
        forest(
            pd.DataFrame([ROW | {"mark": "strange"}]), Names(mark="mark"), marks={"x": Mark("X")}
        )


@pytest.mark.parametrize("count", [0, 1, 140])
def test_the_grid_shows_each_link_once(tables: spasmlib.Tables, count: int) -> None:
    links = risk_matrix(tables).head(count)
    figure = risk_grid(links)
    assert sorted(keys(figure)) == sorted(links["risk_factor_id"])
    for trace in figure.data:
        assert ("triangle-up" in trace.marker.symbol) == ("raises" in trace.name)
        assert ("open" in trace.marker.symbol) == ("estimate" in trace.name)


# --- the tab


@pytest.mark.parametrize("folder", [None, FIXTURE])
def test_the_filters_drive_every_view(folder: Path | None) -> None:
    tables = spasmlib.load(folder)
    tab = RisksTab(tables)
    kind = str(tables["risk_factors"]["kind"].iloc[0])
    tab.form = tab.form | {"kind": kind, "outcome": "", "group": ""}
    own = set(tables["risk_factors"].query("kind == @kind")["risk_factor_id"])
    assert set(tab.model.effects["risk_factor_id"]) <= own
    assert set(tab.model.links["risk_factor_id"]) <= own
    assert set(tab.model.factors["risk_factor_id"]) == own
    for row in tab.model.effects.itertuples():
        assert f"rows/risk_effects/{row.effect_id}" in tab.table.html
        assert row.number in tab.table.html


def test_any_form_is_taken(tables: spasmlib.Tables) -> None:
    tab = RisksTab(tables)
    tab.form = {"outcome": ["x"], "kind": 3, "text": "<b>", "sourced": None}
    assert tab.model.outcome == ""
    assert tab.model.effects.empty
    assert "That is a gap" in tab.table.html


def test_a_page_of_every_risk_factor(tables: spasmlib.Tables) -> None:
    tab = RisksTab(tables)
    for row in tables["risk_factors"].itertuples():
        tab.place = row.risk_factor_id
        assert f">{row.label}</h3>" in tab.item.html.replace("&#39;", "'")
    tab.place = "<b>no</b>"
    assert "no risk factor" in tab.item.html
    assert "<b>no" not in tab.item.html


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_a_mark_leads_to_its_risk_factor(
    browser: Any, address: str, tables: spasmlib.Tables, width: int
) -> None:
    visit = Visit(browser, f"{address}#study=risks", width=width)
    page = visit.page
    page.get_by_label("What was counted").select_option("sciatica")
    count = int((effects(tables)["outcome"] == "sciatica").sum())
    expect(page.get_by_text(f"The same as a table ({count})").first).to_be_visible(timeout=SOON)
    page.get_by_text(f"The same as a table ({count})").first.click()
    table = page.get_by_role("region", name="Table of measured effects")
    expect(table.locator("tbody tr")).to_have_count(count)
    label = table.locator("tbody th a").first.inner_text()
    table.locator("tbody th a").first.click()
    heading = page.get_by_role("heading", level=3, name=label, exact=True)
    expect(heading).to_be_focused(timeout=SOON)
    visit.fits("one risk factor")
    visit.accessible("one risk factor")
    page.go_back()
    expect(page.get_by_label("What was counted")).to_be_visible()
    visit.close()
