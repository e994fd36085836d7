"""Reference cases: how they are read, judged and reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spasmlib
from spasmlib.cases import Case, read_cases
from spasmlib.cli import main
from spasmlib.evaluation import evaluate, pooled, send_ordinary, wilson
from spasmlib.questioning import answers_needed

FILE = Path(__file__).parent / "cases" / "cases.jsonl"


@pytest.fixture(scope="module")
def tables() -> spasmlib.Tables:
    return spasmlib.load()


@pytest.fixture(scope="module")
def cases(tables: spasmlib.Tables) -> tuple[Case, ...]:
    found, bad = read_cases(tables, FILE)
    assert not bad
    return found


@pytest.fixture(scope="module")
def report(tables: spasmlib.Tables, cases: tuple[Case, ...]) -> Any:
    return evaluate(tables, cases)


def story(**fields: Any) -> str:
    row = {"case_id": "x1", "cause_id": "muscle_strain", "urgency": "self_care"}
    return json.dumps(row | fields)


def test_every_case_names_its_source(cases: tuple[Case, ...]) -> None:
    sources = pd.read_csv(FILE.parent / "sources.csv")
    assert len(cases) == 90
    assert {case.source_id for case in cases} == set(sources["source_id"])
    assert sources["citation"].str.len().gt(10).all()


BAD = [
    ("{", "not JSON"),
    ("[1]", "holds list; expected an object"),
    ("17", "holds int"),
    (story(case_id=""), "case_id is ''"),
    (
        story(cause_id="muscle_strian"),
        "unknown cause 'muscle_strian'; did you mean 'muscle_strain'",
    ),
    (story(present=["loc_lowback"]), "unknown finding 'loc_lowback'"),
    (story(present="loc_neck"), "present is 'loc_neck'; expected a list of texts"),
    (story(urgency="now"), "unknown urgency 'now'"),
    (story(age=200), "age is 200; expected a whole number from 0 to 120"),
    (story(sex="man"), "unknown sex 'man'"),
    (story(present=["loc_neck"], absent=["loc_neck"]), "both present and absent"),
    (story(case_id="good"), "case_id 'good' stands twice"),
]


@pytest.mark.parametrize(("line", "reason"), BAD, ids=[reason[:24] for _, reason in BAD])
def test_a_malformed_line_is_named_and_the_rest_is_read(
    tables: spasmlib.Tables, tmp_path: Path, line: str, reason: str
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(f"{story(case_id='good')}\n\n{line}\n{story(case_id='last')}\n", "utf-8")
    found, bad = read_cases(tables, file)
    assert [case.case_id for case in found] == ["good", "last"]
    assert str(bad[0]).startswith("cases.jsonl, line 3: ")
    assert reason in str(bad[0])


def test_the_command_skips_bad_lines_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, result = tmp_path / "cases.jsonl", tmp_path / "result.json"
    good = story(present=["onset_lifting_or_twisting", "loc_low_back"], age=35)
    file.write_text(f"{good}\nnonsense\n", "utf-8")
    assert main(["evaluate", str(file), "--json", str(result), "--ordinary", "20"]) == 1
    out, err = capsys.readouterr()
    assert "skipped: cases.jsonl, line 2: not JSON" in err
    assert "cause itself first" in out and "ordinary people" in out
    written = json.loads(result.read_text("utf-8"))
    assert written["cases"][0]["rank"] == 1
    assert sum(row["people"] for row in written["ordinary"]) == 20
    assert len(written["skipped"]) == 1


def test_the_command_needs_something_to_evaluate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate"]) == 1
    assert "name a file of cases, or --ordinary N" in capsys.readouterr().err
    assert main(["evaluate", "nowhere.jsonl"]) == 1
    assert "nowhere.jsonl" in capsys.readouterr().err


def test_no_cases_are_no_result(tables: spasmlib.Tables) -> None:
    with pytest.raises(ValueError, match="no cases"):
        evaluate(tables, [])


def test_measures_follow_their_definitions(report: Any) -> None:
    cases, measures = report.cases, report.measures.set_index("measure")
    assert measures.loc["first", "hits"] == (cases["rank"] == 1).sum()
    assert measures.loc["accepted_in_three", "hits"] == (cases["accepted_rank"] <= 3).sum()
    assert (cases["accepted_rank"] <= cases["rank"]).all()
    agreed = cases[cases["readers"] == "emergency"]
    assert measures.loc["emergency_caught", "of"] == len(agreed) == 23
    assert measures.loc["emergency_caught", "hits"] == (agreed["urgency"] == "emergency").sum()
    assert measures.loc["self_care_recognised", "of"] == 15
    assert measures.loc["benign_alarmed", "of"] == 28
    assert measures["rate"].between(measures["low"], measures["high"]).all()
    assert report.calibration["pairs"].sum() == 90 * 42
    assert 0 <= report.scores["brier"] <= 2
    assert set(report.misses["case_id"]) <= set(cases["case_id"])
    assert report.misses["why"].str.len().gt(0).all()


def test_wilson_agrees_with_its_closed_form() -> None:
    for hits, of in ((0, 7), (3, 11), (90, 90)):
        z, p = 1.959964, hits / of
        middle = (p + z * z / (2 * of)) / (1 + z * z / of)
        half = z / (1 + z * z / of) * (p * (1 - p) / of + z * z / (4 * of * of)) ** 0.5
        assert wilson(hits, of) == pytest.approx((middle - half, middle + half), abs=1e-5)


def test_ordinary_people_are_sent_somewhere_and_add_up(tables: spasmlib.Tables) -> None:
    one, two = (send_ordinary(tables, 40) for _ in range(2))
    assert one.equals(two)
    assert one["people"].sum() == 40
    assert one["or_sooner"].is_monotonic_increasing
    assert one["or_sooner"].iloc[-1] == 1


def test_the_next_question_gets_there_sooner_than_a_form(
    tables: spasmlib.Tables, cases: tuple[Case, ...]
) -> None:
    asked = answers_needed(tables, cases[::6]).groupby("order")["questions"].mean()
    assert asked["next_best"] < 0.85 * asked["fixed"]
    assert asked["fixed"] < asked["random"] * 1.1


def test_the_reference_cases_are_ranked_as_well_as_we_say(report: Any) -> None:
    # Where it stands, not where it should be: the aims are 75%, 96% and 95%.
    assert report.rate("first") >= 0.64
    assert report.rate("accepted_in_three") >= 0.88
    assert report.rate("emergency_caught") >= 0.8
    # These aims are met and must stay so.
    assert report.rate("self_care_recognised") >= 0.85
    assert report.rate("benign_alarmed") <= 0.05
    assert report.rate("not_two_too_low") >= 0.96


def test_ordinary_people_are_not_alarmed_without_need(tables: spasmlib.Tables) -> None:
    sooner = send_ordinary(tables, 2000).set_index("urgency")["or_sooner"]
    assert sooner["emergency"] <= 0.06
    assert sooner["same_day"] <= 0.18
    assert sooner["same_day"] > 0.02  # an explorer that alarms nobody passes nothing


def test_narratives_are_read_as_a_second_reader_reads_them(
    tables: spasmlib.Tables, cases: tuple[Case, ...]
) -> None:
    read = evaluate(tables, cases, from_text=True)
    assert read.findings is not None
    both = pooled(read.findings)
    assert both["precision"] >= 0.87
    assert both["recall"] >= 0.8
    assert read.rate("benign_alarmed") <= 0.05
    assert read.rate("accepted_in_three") >= 0.78
