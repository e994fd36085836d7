"""The study pages of sources, rows, warning signs and words."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from visiting import SOON, Visit

import spasmlib
from spasmlib.flags import warning_signs
from spasmlib.glossary import entries
from spasmlib.panels.study_flags import PAGE as SIGNS
from spasmlib.panels.study_flags import FlagsTab
from spasmlib.panels.study_glossary import GlossaryTab
from spasmlib.panels.study_rows import PAGE as ROWS
from spasmlib.panels.study_rows import RowsTab
from spasmlib.panels.study_sources import PAGE, SourcesTab
from spasmlib.schema import SOURCED
from spasmlib.sources import citations
from spasmlib.tables import records
from spasmlib.uses import keys, provenance, source_uses

OTHER = Path(__file__).parent / "packages" / "tension_headache"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(params=[None, OTHER], ids=["own", "other topic"])
def topic(request: pytest.FixtureRequest) -> spasmlib.Tables:
    return spasmlib.load(request.param)


def text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def sources_in(tab: SourcesTab) -> list[str]:
    return re.findall(r'data-study="sources/([^"]+)"', tab.listed.html)


# Sources


def test_shares_are_stated_up_front(topic: spasmlib.Tables) -> None:
    said = text(SourcesTab(topic).html)
    known = citations(topic)
    assert f"{known['complete'].sum()} of {len(known)} have a year" in said
    told = provenance(topic).dropna(subset=["sourced"])
    rows, read = told["rows"].sum(), told["sourced"].sum()
    assert f"{read:,} of the {rows:,} rows" in said
    for kind, count in known["kind"].value_counts().items():
        if count:
            label = topic.terms.set_index(["kind", "term_id"]).loc[("source_kind", kind), "label"]
            assert f"{label} {count} " in said


def test_long_lists_grow_when_asked(tables: spasmlib.Tables) -> None:
    tab = SourcesTab(tables)
    assert len(sources_in(tab)) == PAGE
    tab._more()
    assert len(sources_in(tab)) == 2 * PAGE
    tab.form = {"kind": "trial"}
    assert tab.model.shown == PAGE


@pytest.mark.parametrize("order", ["uses", "year", "citation"])
def test_filters_leave_what_fits(tables: spasmlib.Tables, order: str) -> None:
    tab = SourcesTab(tables)
    tab.form = {"kind": "guideline", "table": "recommendations", "order": order, "text": "back"}
    found = tab.model.sources
    uses = source_uses(tables)
    named = set(uses.loc[uses["table"] == "recommendations", "source_id"])
    rows = tables.sources
    rows = rows[rows["source_id"].isin(named) & (rows["kind"] == "guideline")]
    rows = rows[rows["citation"].str.lower().str.contains("back")]
    assert set(found["source_id"]) == set(rows["source_id"])
    assert len(found) > 2
    column = found[order].str.casefold() if order == "citation" else found[order].dropna()
    sorted_so = column.is_monotonic_increasing if order == "citation" else None
    assert sorted_so or column.is_monotonic_decreasing


def test_incomplete_records_alone(tables: spasmlib.Tables) -> None:
    tab = SourcesTab(tables)
    tab.form = {"incomplete": ["yes"]}
    assert len(tab.model.sources) == (~citations(tables)["complete"]).sum()
    assert tab.listed.html.count("Record incomplete") == PAGE


def test_a_source_shows_all_that_it_is_used_for(topic: spasmlib.Tables) -> None:
    tab = SourcesTab(topic)
    uses = source_uses(topic)
    for source_id in uses["source_id"].value_counts().index[:5]:
        tab.place = source_id
        own = uses[uses["source_id"] == source_id]
        assert f"{len(own)} row" in text(tab.item.html)
        for row in records(own):
            assert f'data-study="{html.escape(row["address"])}"' in tab.item.html
            assert all(f'data-study="{link.address}"' in tab.item.html for link in row["items"])


# Rows


def test_the_whole_data_is_open(topic: spasmlib.Tables) -> None:
    tab = RowsTab(topic)
    assert set(re.findall(r'data-study="rows/(\w+)"', tab.view.html)) == set(topic)
    for table in topic:
        tab.place = table
        shown = re.findall(
            rf'<th scope="row"><a class="sp-place" href="[^"]+" data-study="rows/{table}/',
            tab.view.html,
        )
        assert len(shown) == min(ROWS, len(topic[table])), table


def test_a_row_shows_each_value_once_with_its_column(tables: spasmlib.Tables) -> None:
    tab = RowsTab(tables)
    for table in ("risk_effects", "cause_findings", "phrases", "terms"):
        key = keys(tables, table)[7]
        tab.place = f"{table}/{key}"
        assert tab.model.key == key
        for column in tables.schema.tables[table].columns:
            assert f"<code>{column.name}</code>" in tab.view.html
    number = tables.risk_effects.iloc[7]["value"]
    tab.place = f"risk_effects/{keys(tables, 'risk_effects')[7]}"
    assert f"<dd>{number:g}</dd>" in tab.view.html


def test_a_row_says_what_it_rests_on(tables: spasmlib.Tables) -> None:
    tab = RowsTab(tables)
    pairs = tables.cause_findings
    for basis, badge in (("estimate", "sp-badge-estimate"), (SOURCED, "sp-badge-sourced")):
        row = pairs[pairs["basis"] == basis].iloc[0]
        tab.place = f"cause_findings/{row['cause_id']}+{row['finding_id']}"
        assert badge in tab.view.html
    assert citations(tables).loc[row["source_id"], "link"] in tab.view.html


def test_rows_and_tables_are_handed_over(tables: spasmlib.Tables) -> None:
    tab = RowsTab(tables)
    sent: list[dict[str, Any]] = []
    tab.send = sent.append  # type: ignore[method-assign]
    for place in ("", "causes", "causes/muscle_strain"):
        tab.place = place
        tab._hand_over()
    every, table, row = (message["text"].splitlines() for message in sent)
    assert len(every) == len(tables) + 1
    assert len(table) > len(tables.causes)
    assert len(row) == 2
    assert row[1].startswith("muscle_strain,")


# Warning signs


def test_all_signs_by_level_the_most_urgent_first(topic: spasmlib.Tables) -> None:
    tab = FlagsTab(topic)
    signs = warning_signs(topic)
    for level in signs["urgency"].unique():
        tab.model.more(level)
    shown = re.findall(r'data-study="flags/([^"]+)"', tab.listed.html)
    assert shown == signs["red_flag_id"].tolist()
    assert tab.listed.html.count("<section") == signs["urgency"].nunique()


def test_facts_stand_before_the_signs(topic: spasmlib.Tables) -> None:
    tab = FlagsTab(topic)
    said = html.unescape(tab.html)
    for fact in records(topic.facts):
        assert fact["text"] in said
        assert f'data-study="rows/facts/{fact["fact_id"]}"' in said


def test_a_stand_in_cause_is_not_shown(tables: spasmlib.Tables) -> None:
    tab = FlagsTab(tables)
    flags = tables.red_flags
    hidden, shown = (flags[flags["shows_cause"] == shows].iloc[0] for shows in (False, True))
    tab.place = hidden["red_flag_id"]
    assert f'"causes/{hidden["suspected_cause_id"]}"' not in tab.item.html
    tab.place = shown["red_flag_id"]
    assert f'"causes/{shown["suspected_cause_id"]}"' in tab.item.html
    assert text(shown["advice"]) in text(tab.item.html)


def test_signs_are_filtered(tables: spasmlib.Tables) -> None:
    tab = FlagsTab(tables)
    tab.form = {"level": "same_day", "sourced": ["yes"]}
    flags = tables.red_flags
    own = flags[(flags["urgency"] == "same_day") & (flags["basis"] == SOURCED)]
    assert set(tab.model.signs["red_flag_id"]) == set(own["red_flag_id"])
    tab.form = {"studied": ["yes"]}
    assert len(tab.model.signs) == flags["lr_pos"].notna().sum()
    for row in records(flags[flags["lr_pos"].notna()]):
        assert f">{row['lr_pos']:g}</a>" in tab.listed.html
    tab.form = {"level": "emergency"}
    assert tab.listed.html.count("sp-flags-signs") == SIGNS
    tab.model.more("nowhere")
    assert tab.listed.html.count("sp-flags-signs") == SIGNS


# Words


def test_every_word_has_an_anchor_and_says_whose_wording_it_is(topic: spasmlib.Tables) -> None:
    tab = GlossaryTab(topic)
    for entry in entries(topic):
        assert f'id="sg-{entry.entry_id}"' in tab.listed.html
        assert html.escape(entry.meaning).replace("&#x27;", "&#39;") in tab.listed.html
    own = sum(entry.basis != SOURCED for entry in entries(topic))
    assert tab.listed.html.count("our own wording") == own


def test_a_named_word_takes_the_focus_whatever_the_filter(tables: spasmlib.Tables) -> None:
    tab = GlossaryTab(tables)
    first, last = entries(tables)[0], entries(tables)[-1]
    tab.form = {"text": last.term}
    assert f"sg-{first.entry_id}" not in tab.listed.html
    tab.place = first.entry_id
    heading = tab.listed.html.split(f'id="sg-{first.entry_id}"')[1]
    assert "data-focus" in heading.split("</h4>")[0]
    assert tab.listed.html.count("data-focus") == 1


# All of them


@pytest.mark.parametrize("make", [SourcesTab, RowsTab, FlagsTab, GlossaryTab])
def test_addresses_and_forms_may_hold_anything(tables: spasmlib.Tables, make: Any) -> None:
    tab = make(tables)
    before = [getattr(slot, "html", "") for slot in tab.slots.values()]
    for form in ({"text": None, "kind": 3, "level": ["x"], "order": HOSTILE}, {}):
        tab.form = form
    assert [getattr(slot, "html", "") for slot in tab.slots.values()] == before
    tab.form = {"text": HOSTILE}
    for place in (HOSTILE, f"causes/{HOSTILE}", "/x", "a" * 300):
        tab.place = place
        shown = "".join(getattr(slot, "html", "") for slot in tab.slots.values())
        assert HOSTILE not in shown
        assert "There is no" in shown
        assert tab.place == place


@pytest.mark.parametrize("make", [SourcesTab, RowsTab, FlagsTab, GlossaryTab])
def test_nothing_speaks_of_one_persons_state(topic: spasmlib.Tables, make: Any) -> None:
    tab = make(topic)
    # Titles of papers say what they say.
    own = re.sub(r'<a href="http.*?</a>', "", tab.html)
    assert not re.search(r"diagnos|detect|monitor|your (risk|result)", text(own), re.IGNORECASE)


WIDE = {
    "sources": "Kinds of sources",
    "rows/evidence/ev_heat_01": "Where it comes from",
    "glossary/certainty": "Certainty of evidence",
}
NARROW = {
    "sources/qaseem_2017_acp": "What we use it for",
    "rows/cause_findings": "Causes and findings",
    "flags": "Get emergency help now",
}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("places", "options"),
    [(WIDE, {"width": 1280, "scheme": "dark"}), (NARROW, {"width": 360, "scheme": "light"})],
    ids=["wide", "narrow"],
)
def test_pages_in_a_browser(
    browser: Any, address: str, places: dict[str, str], options: dict[str, Any]
) -> None:
    visit = Visit(browser, f"{address}#study={next(iter(places))}", **options)
    for place, heading in places.items():
        visit.page.evaluate("(place) => { location.hash = `study=${place}`; }", place)
        tab = visit.page.locator(f'[data-study-tab="{place.split("/")[0]}"]')
        expect(tab.get_by_role("heading", name=heading).first).to_be_visible(timeout=SOON)
        visit.fits(place)
        visit.accessible(place)
    assert visit.errors == []
    visit.close()


@pytest.mark.browser
def test_sources_by_keyboard(browser: Any, address: str) -> None:
    visit = Visit(browser, f"{address}#study=sources")
    tab = visit.page.locator('[data-study-tab="sources"]')
    field = tab.get_by_label("Words in the citation")
    field.focus(timeout=SOON)
    visit.page.keyboard.type("Cochrane heat")
    expect(tab.locator(".sp-sources > li")).to_have_count(1, timeout=SOON)
    expect(field).to_be_focused()
    visit.tab_to(re.compile("Superficial heat or cold"), role="link", most=12)
    visit.press("Enter")
    expect(tab.get_by_role("heading", name=re.compile("Superficial heat"))).to_be_focused(
        timeout=SOON
    )
    visit.close()
