"""What can be taken along: the summary, its document and the tables as CSV."""

from __future__ import annotations

import datetime
import html
import io
import re
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spasmlib
from spasmlib.exports import COLUMNS, harmless, opened_cause, shown_tables, to_csv
from spasmlib.links import links
from spasmlib.panels.take_along import (
    TABLES as NAMES,
)
from spasmlib.panels.take_along import (
    download,
    summary_html,
    summary_page,
    take_along_html,
)
from spasmlib.reasoning import leading_cause

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import textstat

TABLES = spasmlib.load()
FINDINGS = dict(zip(TABLES.findings["finding_id"], TABLES.findings["label"], strict=True))
TODAY = datetime.date(2026, 3, 5)
NUMBERED = "It is for learning; it is not a diagnosis."
TEMPLATES = Path(spasmlib.__file__).parent / "panels" / "templates"
CSS = Path(spasmlib.__file__).parent / "widgets" / "style.css"

USUAL = spasmlib.Person(
    present=frozenset(
        {
            "loc_low_back",
            "pain_below_knee",
            "leg_numbness_or_tingling",
            "worse_sitting",
            "onset_lifting_or_twisting",
        }
    ),
    absent=frozenset({"fever_or_chills", "saddle_numbness"}),
    age=44,
    sex="male",
    medicines=("ibuprofen",),
    conditions=("kidney disease",),
)
EMERGENCY = spasmlib.Person(
    present=frozenset({"saddle_numbness", "pain_below_knee"}), medicines=("simvastatin",)
)
NAMELESS = spasmlib.Person(present=frozenset({"seizure_or_throat_spasm"}))
HOSTILE = spasmlib.Person(age=30, medicines=("<script>alert(1)</script>", "=1+1", "NA"))
PEOPLE = {
    "nobody": spasmlib.Person(),
    "usual": USUAL,
    "emergency": EMERGENCY,
    "nameless": NAMELESS,
    "hostile": HOSTILE,
}

few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def persons(draw: st.DrawFn) -> spasmlib.Person:
    said = draw(st.dictionaries(st.sampled_from(list(FINDINGS)), st.booleans(), max_size=15))
    words = st.lists(st.text(max_size=20), max_size=3)
    return spasmlib.Person(
        present=frozenset(name for name, yes in said.items() if yes),
        absent=frozenset(name for name, yes in said.items() if not yes),
        age=draw(st.none() | st.integers(0, 120)),
        sex=draw(st.none() | st.sampled_from(["female", "male"])),
        pregnant=draw(st.none() | st.booleans()),
        medicines=tuple(draw(words)),
        conditions=tuple(draw(words)),
    )


def view_of(person: spasmlib.Person) -> spasmlib.View:
    return spasmlib.assess(TABLES, person)


def text_of(page: str) -> str:
    page = re.sub(r"<style>.*?</style>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def read_back(text: str, like: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(text.encode()),
        dtype=dict(like.dtypes),
        keep_default_na=False,
        na_values={name: [""] for name in like.select_dtypes("number")},
    )


def expect_round_trips(view: spasmlib.View) -> None:
    frames = shown_tables(view)
    assert list(frames) == list(COLUMNS) == list(NAMES)
    for name, frame in frames.items():
        assert list(frame.columns) == list(COLUMNS[name])
        assert "object" not in frame.dtypes.astype(str).to_list()
        texts = list(frame.select_dtypes("str").columns)
        safe = frame.assign(**{column: frame[column].map(harmless) for column in texts})
        back = read_back(to_csv(frame), frame)
        pd.testing.assert_frame_equal(back, safe, check_dtype=False, check_index_type=False)


@pytest.mark.parametrize("person", PEOPLE.values(), ids=list(PEOPLE))
def test_csv_comes_back_as_it_was(person: spasmlib.Person) -> None:
    expect_round_trips(view_of(person))


@few
@given(persons())
def test_every_table_and_summary_works_for_anyone(person: spasmlib.Person) -> None:
    view = view_of(person)
    expect_round_trips(view)
    page = summary_page(view, "", True, TODAY)
    assert all(FINDINGS[name] in text_of(page) for name in person.present | person.absent)
    assert take_along_html(view, leading_cause(view), True)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])  # noqa: RUF001
def test_no_text_starts_a_formula(start: str) -> None:
    cells = pd.DataFrame({"said": [f"{start}HYPERLINK(1)"], "weight": [-1.5]})
    back = read_back(to_csv(cells), cells)
    assert back["said"].item().startswith("'")
    assert back["weight"].item() == -1.5


def test_csv_is_plain_rfc_4180() -> None:
    frame = pd.DataFrame({"said": ['a "b", c', "x\ny"], "n": [1, 2]})
    assert to_csv(frame) == 'said,n\r\n"a ""b"", c",1\r\n"x\ny",2\r\n'


def test_sources_hold_all_that_other_tables_cite() -> None:
    frames = shown_tables(view_of(USUAL))
    assert not frames["sources"]["citation"].duplicated().any()
    known = dict(zip(frames["sources"]["citation"], frames["sources"]["link"], strict=True))
    for citation, link in known.items():
        assert citation and (not link or link.startswith("http"))
    cells = " ".join(frames["plan"]["sources"])
    assert cells and any(citation in cells for citation in known)
    for name, columns in COLUMNS.items():
        for column in [c for c, kind in columns.items() if kind is spasmlib.sources.Source]:
            for cell in filter(None, frames[name][column]):
                assert any(citation in cell for citation in known)


@pytest.mark.parametrize("person", PEOPLE.values(), ids=list(PEOPLE))
def test_every_source_and_number_of_the_summary_is_known(person: spasmlib.Person) -> None:
    view = view_of(person)
    page = summary_page(view, "", True, TODAY)
    listed = re.findall(r"<li>(.*?)</li>", page.partition(">Sources<")[2], re.DOTALL)
    cited = {int(number) for number in re.findall(r'sp-cite">\[(\d+)\]', page)}
    assert cited == set(range(1, len(listed) + 1))
    known = set(shown_tables(view, opened_cause(view, leading_cause(view)))["sources"]["citation"])
    for row in listed:
        assert any(citation in text_of(row) for citation in known), row


def test_the_summary_holds_what_was_said_and_why() -> None:
    text = text_of(summary_page(view_of(USUAL), "", True, TODAY))
    for said in ("March 5, 2026", NUMBERED, "Age: 44", "Male", "ibuprofen", "kidney disease"):
        assert said in text
    for finding in USUAL.present | USUAL.absent:
        assert FINDINGS[finding] in text
    assert "1. Herniated disc" in text
    assert "▲" in text and "82%*" in text
    assert "Ask first: If you have kidney disease" in text
    assert TABLES.schema.version in text and TABLES.schema.title in text


def test_the_opened_cause_is_in_the_summary_wherever_it_stands() -> None:
    view = view_of(USUAL)
    last = view.causes.iloc[-1]
    text = text_of(summary_html(view, last["cause_id"], True))
    assert f"{len(view.causes)}. {last['label']}" in text
    assert "What helps: " + last["label"][:1].lower() + last["label"][1:] in text


def test_an_emergency_comes_first() -> None:
    view = view_of(EMERGENCY)
    text = text_of(summary_html(view, leading_cause(view), True)).strip()
    assert text.startswith("Get emergency help now Call your local emergency number")
    assert text.index(FINDINGS["saddle_numbness"]) < text.index("For a visit")
    assert text.index("First act on the advice") < text.index("Try first")


def test_a_danger_without_a_cause_of_its_own_brings_no_harmless_plan() -> None:
    view = view_of(NAMELESS)
    text = text_of(summary_html(view, "", True)).strip()
    assert text.startswith("Get emergency help now")
    assert "What helps" not in text
    assert shown_tables(view)["plan"].empty


def test_age_alone_never_sounds_like_all_clear() -> None:
    text = text_of(summary_html(view_of(spasmlib.Person(age=35)), "", True))
    assert "can’t say how soon" in text
    assert "care for this at home" not in text


def test_hostile_words_stay_words() -> None:
    view = view_of(HOSTILE)
    for page in (take_along_html(view, "", True), summary_page(view, "", True, TODAY)):
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_document_stands_alone() -> None:
    page = summary_page(view_of(USUAL), "", True, TODAY)
    assert page.startswith("<!doctype html>\n<html lang=")
    assert '<meta charset="utf-8">' in page and "<title>" in page
    assert not re.search(r"<(script|link|img|iframe|object|embed|form)\b", page)
    assert not re.search(r"@import|url\(|\bon\w+=|\bsrc=", page)


def test_nothing_answered_offers_nothing() -> None:
    view = view_of(spasmlib.Person())
    assert "<button" not in take_along_html(view, "", False)
    assert "No answers yet" in take_along_html(view, "", False)
    assert "No answers yet" in summary_html(view, "", False)
    assert download(view, "", "summary", TODAY) is None


def test_each_button_hands_over_a_file() -> None:
    view = view_of(USUAL)
    panel = take_along_html(view, "herniated_disc", True, TODAY)
    values = re.findall(r'data-action="download" data-value="([^"]+)"', panel)
    assert values[0] == "summary"
    assert "csv:causes" in values and "csv:medicines" not in values  # that one has no rows
    files = [download(view, "herniated_disc", value, TODAY) for value in values]
    assert all(file and file.text for file in files)
    assert {file.type for file in files if file} == {"text/html", "text/csv"}
    assert files[0] and files[0].name == "spasm-explorer-summary.html"
    assert re.search(r">Causes</strong>.*?42 rows", panel.replace("\n", " "))
    risk = download(view, "", "csv:risk_factors", TODAY)
    assert risk and risk.name == "spasm-risk-factors.csv"


@pytest.mark.parametrize("value", ["", "csv", "csv:", "csv:nope", "summary:", "../x", "csv:a:b"])
def test_what_is_not_offered_is_not_made(value: str) -> None:
    assert download(view_of(USUAL), "", value, TODAY) is None


@pytest.mark.parametrize("name", ["take_along", "summary", "summary_page"])
def test_fixed_sentences_are_plain(name: str) -> None:
    text = (TEMPLATES / f"{name}.html.j2").read_text(encoding="utf-8")
    text = re.sub(r"<style>.*?</style>|\{%.*?%\}|<[^>]+>", "\n", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", "it", text, flags=re.DOTALL)
    lines = [re.sub(r"\s+", " ", line) for line in re.split(r"(?<=[.!?])\s|\n\s*\n", text)]
    sentences = [line.strip() for line in lines if len(line.split()) >= 4]
    assert sentences or name == "summary_page"
    for sentence in sentences:
        if "[{{" not in sentence:
            assert textstat.flesch_kincaid_grade(sentence) <= 8, sentence
    words = text.replace(NUMBERED, "").lower()
    assert not re.search(r"diagnos|detect|monitor|your risk|your result|you have", words)


@pytest.mark.browser
@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("person", [USUAL, EMERGENCY, NAMELESS], ids=["usual", "danger", "other"])
def test_the_summary_prints_on_one_page(browser: Any, person: spasmlib.Person, paper: str) -> None:
    view = view_of(person)
    panel = take_along_html(view, leading_cause(view), True, TODAY)
    frame = (
        f"<!doctype html><html lang='en'><style>{CSS.read_text(encoding='utf-8')}</style>"
        "<div style='position: fixed; inset: 0; overflow: hidden; contain: strict'><p>Frame</p>"
        f"<main class='spasm' style='color-scheme: dark'><div hidden>{panel}</div></main></div>"
    )
    page = browser.new_page()
    try:
        for document in (frame, summary_page(view, leading_cause(view), True, TODAY)):
            page.set_content(document)
            assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))) == 1
        page.set_content(frame)
        page.emulate_media(media="print", color_scheme="dark")
        shown = page.locator("body").inner_text()
        assert "For a visit" in shown and "Notes" in shown
        assert "Frame" not in shown and "Print the summary" not in shown
        colours = page.evaluate(
            "(({color, backgroundColor}) => [color, backgroundColor])"
            "(getComputedStyle(document.querySelector('.sp-summary h3')))"
        )
        assert colours == ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]
    finally:
        page.close()


@pytest.mark.browser
def test_a_page_without_a_summary_prints_as_it_is(browser: Any) -> None:
    page = browser.new_page()
    try:
        page.set_content(
            f"<style>{CSS.read_text(encoding='utf-8')}</style><main class='spasm'><p>Hi</p></main>"
        )
        page.emulate_media(media="print")
        assert page.locator("p").is_visible()
    finally:
        page.close()


def test_the_links_are_a_table_too() -> None:
    view = view_of(USUAL)
    opened = leading_cause(view)
    frame = shown_tables(view)["links"]
    found = links(view, opened).links
    assert frame["number"].fillna("").tolist() == found["number"].fillna("").tolist()
    assert (frame["from"] != "").all()
    assert (frame["to"] != "").all()
