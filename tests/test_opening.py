"""Addresses that are opened: what is known comes back, the rest is said, nothing breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spasmlib
from spasmlib.panels import Explorer
from spasmlib.panels.opening import opened

PLACES = {"at": ("start", "result"), "tab": ("causes", "helps"), "mode": ("path", "all")}


def test_what_is_known_comes_back(tables: spasmlib.Tables) -> None:
    fields = {
        "y": ["loc_low_back", "worse_sitting"],
        "n": ["pain_below_knee"],
        "age": ["44"],
        "sex": ["male"],
        "pregnant": ["no"],
        "medicine": ["ibuprofen", "St John's wort, daily"],
        "condition": [str(tables["conditions"]["condition_id"].iloc[0])],
        "cause": ["herniated_disc"],
        "at": ["result"],
        "tab": ["helps"],
    }
    found = opened(tables, json.dumps(fields), PLACES)
    assert found.answers == {
        "loc_low_back": "yes",
        "worse_sitting": "yes",
        "pain_below_knee": "no",
    }
    assert found.about == {
        "age": 44,
        "sex": "male",
        "pregnant": False,
        "medicines": ["ibuprofen", "St John's wort, daily"],
        "conditions": fields["condition"],
    }
    assert (found.cause, found.page) == ("herniated_disc", {"at": "result", "tab": "helps"})
    assert found.note == ""


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("y", "no_such_finding", True),
        ("n", "<script>", False),
        ("n", "CALL 555-0100 NOW", False),
        ("age", "forty", True),
        ("age", "-3", False),
        ("age", "٤٤", False),
        ("sex", "other", True),
        ("pregnant", "maybe", True),
        ("condition", "no_such_condition", True),
        ("cause", "no_such_cause", True),
    ],
)
def test_what_is_not_known_is_said_and_left_out(
    tables: spasmlib.Tables, name: str, value: str, named: bool
) -> None:
    found = opened(tables, json.dumps({"y": ["loc_neck"]} | {name: [value]}), PLACES)
    assert "1 entry" in found.note
    assert (value in found.note) == named  # the page repeats ids and no words of others
    assert found.answers == ({} if name == "y" else {"loc_neck": "yes"})
    assert not any(found.about.values())
    assert found.cause == ""


def test_a_flood_of_unknown_entries_is_counted(tables: spasmlib.Tables) -> None:
    fields = {"y": [f"unknown_{number}" for number in range(400)]}
    note = opened(tables, json.dumps(fields), PLACES).note
    assert "400 entries" in note
    assert len(note) < 200


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
likely = st.dictionaries(
    st.sampled_from(["y", "n", "age", "sex", "pregnant", "medicine", "condition", "cause", "at"]),
    st.lists(st.sampled_from(["loc_neck", "44", "999999", "male", "yes", "x", ""]), max_size=3),
)


@settings(max_examples=100, deadline=None)
@given(form=anything | likely)
def test_an_address_may_hold_anything(tables: spasmlib.Tables, form: Any) -> None:
    found = opened(tables, json.dumps(form), PLACES)
    assert set(found.answers) <= set(tables["findings"]["finding_id"])
    assert set(found.answers.values()) <= {"yes", "no"}
    assert set(found.page) <= set(PLACES)


@settings(max_examples=15, deadline=None)
@given(form=likely)
def test_the_explorer_opens_it_and_stands(tables: spasmlib.Tables, form: Any) -> None:
    explorer = Explorer(tables)
    explorer._open(json.dumps(form))
    assert explorer.view.causes["share"].sum() == pytest.approx(1)
    if explorer.findings.about.get("age", 0) == 999999:
        assert explorer.view.person.age is None  # said beside the field


def test_a_visit_goes_on_where_it_was(tables: spasmlib.Tables) -> None:
    explorer = Explorer(tables)
    explorer._open(
        json.dumps(
            {"y": ["loc_low_back"], "cause": ["shingles"], "at": ["result"], "tab": ["helps"]}
        )
    )
    assert explorer.result.chosen == "shingles"
    assert (explorer.at, explorer.tab) == ("result", "helps")
    assert "Shingles" in explorer.slots["helps"].html
    assert explorer.session.cause == "shingles"
