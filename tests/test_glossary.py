"""The glossary, and its words in texts."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spasmlib
from spasmlib.glossary import entries, spotted

TABLES = spasmlib.load()
WORDS = [word for entry in entries(TABLES) for word in entry.words]


def words_of(text: str, tables: spasmlib.Tables = TABLES) -> list[tuple[str, str]]:
    return [(text[start:end], name) for start, end, name in spotted(tables, text)]


def test_entries_stand_in_the_order_of_their_terms() -> None:
    terms = [entry.term.casefold() for entry in entries(TABLES)]
    assert terms == sorted(terms)
    assert len(terms) == len(TABLES.glossary)


def test_no_word_belongs_to_two_entries() -> None:
    words = pd.Series(WORDS)
    assert not words.duplicated().any(), words[words.duplicated()].tolist()
    assert all(word == word.strip() != "" for word in words)


def test_an_entry_in_our_own_words_names_no_source() -> None:
    sourced = set(TABLES.glossary.loc[TABLES.glossary["basis"] == "sourced", "entry_id"])
    assert {entry.entry_id for entry in entries(TABLES) if entry.source.citation} == sourced


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The odds ratio was 2.", [("odds ratio", "odds_ratio")]),
        (
            "OR 2.1, by GRADE; NICE says no.",
            [("OR", "odds_ratio"), ("GRADE", "grade"), ("NICE", "nice")],
        ),
        ("a nice person or one who has a low grade", []),
        ("RANDOMIZED TRIALS", [("RANDOMIZED TRIALS", "randomized_trial")]),
        ("Very low certainty. Certainty again.", [("Very low certainty", "certainty")]),
        ("cauda\nequina  syndrome", [("cauda\nequina  syndrome", "cauda_equina")]),
        ("Parkinson’s disease", [("Parkinson’s disease", "parkinsons_disease")]),
        ("subacute-like, oddsmakers, 180% interval", []),
        ("", []),
    ],
)
def test_words_are_spotted(text: str, found: list[tuple[str, str]]) -> None:
    assert words_of(text) == found


@pytest.mark.parametrize("word", WORDS)
def test_every_word_leads_to_its_own_entry(word: str) -> None:
    owner = next(entry.entry_id for entry in entries(TABLES) if word in entry.words)
    assert words_of(f"({word})") == [(word, owner)]


PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.sampled_from([" ", "-", "’", "\N{LATIN SMALL LETTER DOTLESS I}", "K"]),
)


@given(st.lists(PIECES, max_size=15).map("".join))
def test_spans_lie_in_the_text_apart_and_on_whole_words(text: str) -> None:
    spans = spotted(TABLES, text)
    at = 0
    for start, end, _ in spans:
        assert at <= start < end <= len(text)
        assert not re.match(r"[\w-]", text[end : end + 1])
        assert not re.match(r"[\w-]", text[max(0, start - 1) : start])
        at = end
    names = [name for _, _, name in spans]
    assert len(names) == len(set(names))
    written = {name: {" ".join(word.lower().split()) for word in words} for name, words in known()}
    for start, end, name in spans:
        assert " ".join(text[start:end].casefold().replace("’", "'").split()) in written[name]


def known() -> list[tuple[str, list[str]]]:
    return [
        (entry.entry_id, [word.replace("’", "'") for word in entry.words])
        for entry in entries(TABLES)
    ]


def test_all_texts_of_a_page_are_marked_at_once() -> None:
    texts = TABLES.cause_findings["note"].dropna().tolist()
    spotted(TABLES, "")
    start = time.perf_counter()
    marked = [spotted(TABLES, text) for text in texts]
    assert time.perf_counter() - start < 1
    assert any(marked)


def test_a_package_without_a_glossary_explains_nothing(package: Path) -> None:
    file = package / "glossary.csv"
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    tables = spasmlib.load(package)
    assert entries(tables) == ()
    assert spotted(tables, "The odds ratio was 2.") == []
