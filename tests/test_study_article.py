"""The study tab of the article: filters, picture, list, one claim and one item."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from visiting import SOON, Visit

import spasmlib
from spasmlib.claims import checked, items
from spasmlib.panels.study_article import ArticleTab
from spasmlib.tables import records

OTHER = Path(__file__).parent / "packages" / "tension_headache"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(params=[None, OTHER], ids=["own", "other topic"])
def topic(request: pytest.FixtureRequest) -> spasmlib.Tables:
    return spasmlib.load(request.param)


def listed(tab: ArticleTab) -> list[str]:
    return re.findall(r'data-study="article/([^".]+)">“', tab.listed.html)


def test_all_claims_are_listed_with_what_the_tables_say(topic: spasmlib.Tables) -> None:
    tab = ArticleTab(topic)
    claims = checked(topic)
    assert listed(tab) == claims["claim_id"].tolist()
    for row in records(claims):
        assert html.escape(row["why"], quote=True).replace("&#x27;", "&#39;") in tab.listed.html
        assert all(
            html.escape(source.citation).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
            in tab.listed.html
            for source in row["sources"]
        )
    for item in items(topic):
        assert item.label in html.unescape(tab.listed.html)
        assert item.text in html.unescape(tab.listed.html)


def test_one_form_filters_picture_counts_and_list(tables: spasmlib.Tables) -> None:
    tab = ArticleTab(tables)
    tab.form = {"verdict": "uncertain", "section": "cause", "certainty": "", "text": ""}
    rows = tables.claims
    own = rows[(rows["verdict"] == "uncertain") & (rows["section"] == "cause")]["claim_id"]
    assert sorted(listed(tab)) == sorted(own)
    assert sorted(tab.picture.figure["data"][0]["customdata"]) == sorted(own)
    assert f"Showing {len(own)} of {len(rows)}" in tab.listed.html
    tab.form = {**tab.form, "text": "WATER salts"}
    words = checked(tables).set_index("claim_id").loc[listed(tab)]
    said = (words["claim"] + words["why"] + words["item_label"]).str.lower()
    assert len(words)
    assert said.str.contains("water").all()
    assert said.str.contains("salts").all()


def test_the_table_of_counts_says_the_same_as_the_picture(tables: spasmlib.Tables) -> None:
    tab = ArticleTab(tables)
    shown = re.findall(r'data-value="(\w+) (\w*)">(\d+)<', tab.counts.html)
    rows = tables.claims.astype({"verdict": str, "section": str})
    for verdict, section, count in shown:
        own = rows[rows["verdict"] == verdict]
        own = own[own["section"] == section] if section else own
        assert int(count) == len(own)
    assert sum(int(count) for _, section, count in shown if not section) == len(rows)


def test_a_number_of_the_counts_lists_its_claims(tables: spasmlib.Tables) -> None:
    tab = ArticleTab(tables)
    tab.form = {"text": "ice", "blocks": "section_label"}
    tab._filter("contradicted treatment")
    assert tab.form == {
        "section": "treatment",
        "verdict": "contradicted",
        "certainty": "",
        "text": "",
        "blocks": "section_label",
    }
    assert len(listed(tab)) == len(tab.model.claims) == 1


@pytest.mark.parametrize(
    "form",
    [{}, {"verdict": ["x"]}, {"verdict": HOSTILE, "section": 3, "text": None, "blocks": "x"}],
)
def test_a_form_may_hold_anything(tables: spasmlib.Tables, form: dict[str, Any]) -> None:
    tab = ArticleTab(tables)
    tab.form = form
    assert len(listed(tab)) == len(tables.claims)


def test_without_a_match_it_says_so(tables: spasmlib.Tables) -> None:
    tab = ArticleTab(tables)
    tab.form = {"text": HOSTILE}
    assert "No claim fits" in tab.listed.html
    assert not tab.picture.figure.get("data")
    assert HOSTILE not in tab.listed.html


def test_a_claim_leads_to_what_it_is_about(topic: spasmlib.Tables) -> None:
    tab = ArticleTab(topic)
    for row in records(checked(topic)):
        tab.place = row["claim_id"]
        assert all(f'data-study="{link.address}"' in tab.item.html for link in row["about"])
        assert all(f'data-study="sources/{name}"' in tab.item.html for name in row["source_ids"])
        assert row["verdict_label"] in tab.item.html
        assert row["certainty_label"] in tab.item.html
        assert ("estimate" in tab.item.html) == (not row["sources"])


def test_an_item_of_the_article_has_its_claims(topic: spasmlib.Tables) -> None:
    tab = ArticleTab(topic)
    for item in items(topic):
        tab.place = item.item_id
        own = checked(topic)
        own = own[own["item_id"] == item.item_id]["claim_id"]
        shown = re.findall(r'data-study="article/([^".]+)">“', tab.item.html)
        assert shown == own.tolist()


def test_an_unknown_place_is_said_and_kept(tables: spasmlib.Tables) -> None:
    tab = ArticleTab(tables)
    tab.place = HOSTILE
    assert "There is no claim or item" in tab.item.html
    assert HOSTILE not in tab.item.html
    assert tab.place == HOSTILE
    tab.place = ""
    assert tab.item.html == ""
    tab._clicked(HOSTILE)
    assert tab.place == ""


def test_downloads_hold_what_is_shown(tables: spasmlib.Tables) -> None:
    tab = ArticleTab(tables)
    sent: list[dict[str, Any]] = []
    tab.send = sent.append  # type: ignore[method-assign]
    tab.form = {"verdict": "contradicted"}
    tab._hand_over()
    assert sent[0]["name"] == "the-article-checked.csv"
    assert sent[0]["text"].count("contradicted,") == len(tab.model.claims)


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["wide", "narrow"])
def opened(browser: Any, address: str, request: pytest.FixtureRequest) -> Any:
    width, scheme = request.param
    visit = Visit(browser, f"{address}#study=article", width=width, scheme=scheme)
    yield visit
    visit.close()


@pytest.mark.browser
def test_the_tab_in_a_browser(opened: Visit) -> None:
    page = opened.page
    tab = page.locator('[data-study-tab="article"]')
    expect(tab.get_by_role("heading", name="The article, checked")).to_be_visible(timeout=SOON)
    expect(tab.locator(".js-plotly-plot .point").first).to_be_visible(timeout=SOON)
    opened.fits("overview")
    opened.accessible("overview")
    tab.get_by_label("Verdict", exact=True).select_option("contradicted")
    expect(tab.locator("[data-say]")).to_have_text("Showing 2 of 62 claims.", timeout=SOON)
    link = tab.get_by_role("link", name="“Massage improves blood flow to the area.”")
    link.focus()
    opened.press("Enter")
    heading = tab.get_by_role("heading", name="“Massage improves blood flow to the area.”")
    expect(heading).to_be_focused(timeout=SOON)
    assert page.url.endswith("#study=article/a13")
    opened.fits("claim")
    opened.accessible("claim")
    assert opened.errors == []


@pytest.mark.browser
def test_a_square_opens_its_claim(browser: Any, address: str) -> None:
    visit = Visit(browser, f"{address}#study=article")
    tab = visit.page.locator('[data-study-tab="article"]')
    square = tab.locator(".js-plotly-plot .point").first
    square.scroll_into_view_if_needed(timeout=SOON)
    box = square.bounding_box()
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tab.get_by_role("link", name="Back to all claims")).to_be_visible(timeout=SOON)
    assert re.search(r"#study=article/\w+$", visit.page.url)
    visit.close()
