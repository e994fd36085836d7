"""The body map: marks are answers, answers show as marks, and each undoes only its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spasmlib
from spasmlib.checking import check
from spasmlib.panels.body_map import (
    answers_after,
    body_map_view,
    cleared,
    implied,
    kept,
    map_step,
    nowhere_else,
    settled,
)
from spasmlib.panels.findings import FindingsModel
from spasmlib.tables import Tables, records
from spasmlib.widgets import BodyMap
from spasmlib.widgets.body_map import TEXTS

TABLES = spasmlib.load()
ROWS = records(TABLES["body_regions"].astype({"side": object}).sort_values("position"))
PLACES = {row["region_id"]: row for row in ROWS if row["finding_id"]}
FINDING = {name: row["finding_id"] for name, row in PLACES.items()}
SIDES = dict(zip(*TABLES["body_sides"].astype(str).to_numpy().T, strict=True))
THIGH, LOWER_LEG = "leg_pain_above_knee_only", "pain_below_knee"
OTHERS = ["fever_or_chills", "dull_ache", "groin_pain", "loc_widespread", "night_pain"]

marks = st.sets(st.sampled_from(sorted(PLACES)))
answer = st.sampled_from(["yes", "no"])
elsewhere = st.dictionaries(st.sampled_from(OTHERS), answer)
said = st.dictionaries(
    st.sampled_from([*OTHERS, *sorted(set(FINDING.values())), *sorted(SIDES.values())]), answer
)


def mark(*after: str, before: tuple[str, ...] = (), **answers: str) -> dict[str, str]:
    return answers_after(TABLES, answers, before, after)[0]


def points(shape: str) -> list[tuple[float, float]]:
    """Read the points of a path of M, L, H, V, C and Z; a curve lies within its own."""
    found = []
    x = y = 0.0
    for command, numbers in re.findall(r"([MLHVCZ])([-0-9. ]*)", shape):
        values = [float(number) for number in numbers.split()]
        assert len(values) % {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Z": 1}[command] == 0
        assert bool(values) == (command != "Z")
        for start in range(0, len(values), 1 if command in "HV" else 2):
            x = values[start] if command != "V" else x
            y = values[start] if command == "V" else y if command == "H" else values[start + 1]
            found.append((x, y))
    return found


def without_rows(*names: str) -> Tables:
    frames = {name: TABLES[name].head(0) if name in names else TABLES[name] for name in TABLES}
    return Tables(TABLES.folder, TABLES.schema, frames)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["region_id"])
def test_shapes_parse_and_lie_in_the_picture(row: dict[str, Any]) -> None:
    left, top, width, height = map(float, BodyMap().view_box.split())
    assert row["shape"].startswith("M")
    for x, y in points(row["shape"]):
        assert left <= x <= left + width
        assert top <= y <= top + height
    if row["finding_id"]:
        assert row["shape"].endswith("Z")
        assert row["side"] in ("left", "middle", "right")
    else:
        assert row["side"] is None


def test_places_are_apart_and_large_enough_for_a_finger() -> None:
    centres = set()
    for row in PLACES.values():
        xs, ys = zip(*points(row["shape"]), strict=True)
        assert min(max(xs) - min(xs), max(ys) - min(ys)) >= 26
        centres.add((round((min(xs) + max(xs)) / 2), round((min(ys) + max(ys)) / 2)))
    assert len(centres) == len(PLACES)


def test_left_and_right_mirror_each_other_and_say_so() -> None:
    for name, row in PLACES.items():
        assert row["label"].endswith(f", {row['side']}")
        across = [x for x, _ in points(row["shape"])]
        middle = (min(across) + max(across)) / 2
        assert row["side"] == (
            "middle" if abs(middle - 100) < 1 else "left" if middle < 100 else "right"
        )
        if row["side"] == "left":
            twin = PLACES[name.removesuffix("left") + "right"]
            mirrored = [(round(200 - x, 1), y) for x, y in points(row["shape"])]
            assert points(twin["shape"]) == mirrored
            assert twin["finding_id"] == row["finding_id"]


def test_every_finding_of_the_map_is_a_finding() -> None:
    known = set(TABLES["findings"]["finding_id"])
    assert set(FINDING.values()) | set(SIDES.values()) | set(OTHERS) <= known
    assert {"loc_neck", "loc_upper_back", "loc_mid_back", "loc_low_back", "loc_flank"} <= set(
        FINDING.values()
    )
    labels = [row["label"] for row in ROWS]
    assert len(set(labels)) == len(labels)


def test_marks_answer_and_tell_the_sides() -> None:
    assert mark("neck_middle") == {"loc_neck": "yes"}
    assert mark("neck_left") == {"loc_neck": "yes", SIDES["one"]: "yes"}
    assert mark("neck_left", "low_back_left")[SIDES["one"]] == "yes"
    both = mark("neck_left", "low_back_right")
    assert both[SIDES["both"]] == "yes" and SIDES["one"] not in both
    assert mark("neck_left", **{SIDES["both"]: "yes"}) == {"loc_neck": "yes", SIDES["one"]: "yes"}
    assert mark("low_back_left", loc_low_back="no")["loc_low_back"] == "yes"


def test_pain_that_reaches_the_lower_leg_is_not_pain_above_the_knee() -> None:
    assert THIGH in mark("thigh_left")
    both = mark("thigh_left", "lower_leg_left")
    assert both[LOWER_LEG] == "yes" and THIGH not in both
    assert mark("thigh_left", before=("thigh_left", "lower_leg_left"), **both)[THIGH] == "yes"
    listed = mark("thigh_left", **{LOWER_LEG: "yes"})
    assert listed[LOWER_LEG] == "yes" and THIGH not in listed
    assert kept(TABLES, listed, ["thigh_left"])[0] == ["thigh_left"]


@given(marks, marks, elsewhere)
def test_marks_change_nothing_but_their_own(
    before: set[str], after: set[str], other: dict[str, str]
) -> None:
    first, side = answers_after(TABLES, other, (), before)
    second, side = answers_after(TABLES, first, before, after, side)
    assert (second, side) == answers_after(TABLES, other, (), after)
    assert answers_after(TABLES, second, after, (), side) == (other, "")


@given(marks, marks, said)
def test_new_marks_are_answered_and_exclusive_ones_stay_so(
    before: set[str], after: set[str], answers: dict[str, str]
) -> None:
    shown, start, side = kept(TABLES, answers, before)
    result, side = answers_after(TABLES, start, shown, after, side)
    yes = {name for name, given in result.items() if given == "yes"}
    was = {name for name, given in answers.items() if given == "yes"}
    for name in after - set(shown):
        assert FINDING[name] in yes or (FINDING[name] == THIGH and LOWER_LEG in yes)
    for pair in ({THIGH, LOWER_LEG}, set(SIDES.values())):
        assert len(yes & pair) < 2 or pair <= was
    assert set(kept(TABLES, result, after)[0]) == after
    for name in OTHERS:
        assert result.get(name) == answers.get(name)


@given(marks, said)
def test_what_the_list_says_shows_and_tells_no_side(
    marked: set[str], answers: dict[str, str]
) -> None:
    shown = implied(TABLES, answers, marked)
    found = {FINDING[name] for name in marked}
    for name in shown:
        assert answers[FINDING[name]] == "yes" and FINDING[name] not in found
    yes = {name for name, given in answers.items() if given == "yes"} & set(FINDING.values())
    assert {FINDING[name] for name in shown} == yes - found


def test_implied_is_the_middle_or_else_both_sides() -> None:
    assert implied(TABLES, {"loc_low_back": "yes"}, ()) == ["low_back_middle"]
    assert implied(TABLES, {"loc_flank": "yes"}, ()) == ["flank_left", "flank_right"]
    assert implied(TABLES, {"loc_low_back": "yes"}, ["low_back_left"]) == []


@given(marks, said)
def test_nowhere_else_answers_the_rest(marked: set[str], answers: dict[str, str]) -> None:
    marked_answers, _ = answers_after(TABLES, answers, (), marked)
    result = nowhere_else(TABLES, marked_answers, marked)
    assert settled(TABLES, result, marked)
    assert result == nowhere_else(TABLES, result, marked)
    assert result | marked_answers == result
    new = set(result) - set(marked_answers)
    assert all(result[name] == "no" for name in new)
    assert new <= set(FINDING.values()) - {FINDING[name] for name in marked}
    for finding in set(FINDING.values()) - {THIGH}:
        assert finding in result


def test_nowhere_else_and_the_legs() -> None:
    none = nowhere_else(TABLES, mark("neck_left"), ["neck_left"])
    assert none[THIGH] == none[LOWER_LEG] == "no"
    thigh = nowhere_else(TABLES, mark("thigh_left"), ["thigh_left"])
    assert thigh[THIGH] == "yes" and thigh[LOWER_LEG] == "no"
    leg = nowhere_else(TABLES, mark("lower_leg_left"), ["lower_leg_left"])
    assert leg[LOWER_LEG] == "yes" and leg.get(THIGH) != "yes"


@given(marks, elsewhere)
def test_clearing_leaves_only_what_is_not_on_the_map(
    marked: set[str], other: dict[str, str]
) -> None:
    answers, side = answers_after(TABLES, other, (), marked)
    assert cleared(TABLES, nowhere_else(TABLES, answers, marked), side) == other


def test_a_side_told_in_the_list_is_not_taken_back() -> None:
    told = {SIDES["one"]: "yes"}
    answers, side = answers_after(TABLES, told, (), ["neck_left"])
    assert side == ""
    assert answers_after(TABLES, answers, ["neck_left"], (), side)[0] == told
    changed = mark("neck_left") | {SIDES["one"]: "no"}
    assert mark("neck_left", "neck_middle", before=("neck_left",), **changed)[SIDES["one"]] == "no"


def test_map_and_list_follow_each_other() -> None:
    findings = FindingsModel(answers={"loc_low_back": "yes", "dull_ache": "no"})
    widget = body_map_view(TABLES, findings)
    assert widget is not None
    assert (widget.marked, widget.implied) == ([], ["low_back_middle"])
    changes: list[object] = []
    findings.observe(changes.append, "answers")
    widget.marked = ["neck_right", "low_back_left"]
    assert len(changes) == 1
    assert findings.answers == {
        "loc_low_back": "yes",
        "loc_neck": "yes",
        "dull_ache": "no",
        SIDES["both"]: "yes",
    }
    assert (widget.marked, widget.implied) == (["neck_right", "low_back_left"], [])
    findings.answers = {**findings.answers, "loc_neck": "no"}
    assert widget.marked == ["low_back_left"]
    assert SIDES["both"] not in findings.answers and findings.answers[SIDES["one"]] == "yes"
    findings.answers = {}
    assert (widget.marked, widget.implied, findings.answers) == ([], [], {})


def press(widget: BodyMap, action: str) -> None:
    widget._handle_custom_msg({"action": action}, [])


def test_buttons() -> None:
    findings = FindingsModel(answers={"dull_ache": "yes", "loc_flank": "yes"})
    widget = body_map_view(TABLES, findings)
    assert widget is not None and not widget.settled
    widget.marked = ["neck_middle"]
    press(widget, "nowhere_else")
    assert widget.settled and widget.marked == ["neck_middle"]
    assert findings.answers["loc_neck"] == findings.answers["loc_flank"] == "yes"
    assert findings.answers["loc_low_back"] == "no"
    press(widget, "clear")
    assert findings.answers == {"dull_ache": "yes"}
    assert (widget.marked, widget.implied, widget.settled) == ([], [], False)


@settings(deadline=None)
@given(st.lists(st.one_of(marks.map(sorted), said), max_size=5))
def test_no_order_of_steps_confuses_the_map(steps: list[Any]) -> None:
    findings = FindingsModel()
    widget = body_map_view(TABLES, findings)
    assert widget is not None
    for step in steps:
        if isinstance(step, list):
            widget.marked = step
            assert widget.marked == [name for name in PLACES if name in step]
        else:
            findings.answers = step
        shown = {FINDING[name] for name in [*widget.marked, *widget.implied]}
        yes = {name for name, given in findings.answers.items() if given == "yes"}
        assert yes & set(FINDING.values()) <= shown
        assert shown <= yes | ({THIGH} if LOWER_LEG in yes else set())


def test_the_page_may_send_anything() -> None:
    findings = FindingsModel()
    widget = body_map_view(TABLES, findings)
    assert widget is not None
    widget.marked = ["head", "nonsense", "body", "neck_middle", "neck_middle"]
    assert findings.answers == {"loc_neck": "yes"}
    widget.marked = ["nonsense"]
    assert (findings.answers, widget.marked) == ({}, [])
    press(widget, "nonsense")


def test_a_topic_without_places_has_no_map() -> None:
    for tables in (without_rows("body_regions"), without_rows("body_regions", "body_sides")):
        assert body_map_view(tables, FindingsModel()) is None
        assert map_step(tables) == ""
    sideless = without_rows("body_sides")
    assert answers_after(sideless, {}, (), ["neck_left"]) == ({"loc_neck": "yes"}, "")


def test_a_package_may_come_without_a_picture(package: Path) -> None:
    for name in ("body_regions", "body_sides"):
        file = package / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert check(package) == []
    assert map_step(spasmlib.load(package)) == ""


def test_the_map_stands_at_the_step_that_asks_for_places() -> None:
    groups = TABLES["finding_groups"].astype(str).set_index("group")["step_id"]
    assert map_step(TABLES) == groups["location"]


def test_words_hold_no_more_than_one_name() -> None:
    assert {text.count("{}") for text in TEXTS.values()} == {0, 1}
    assert BodyMap().texts == TEXTS
