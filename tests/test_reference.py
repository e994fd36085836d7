"""The stored results on reference cases are those that come out now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

import spasmlib
from spasmlib import reference_results
from spasmlib.cases import Case, read_cases
from spasmlib.cli import main
from spasmlib.evaluation import wilson
from spasmlib.model import DEFAULTS, Parameters
from spasmlib.reference import (
    ALL,
    COUNTED,
    DIGITS,
    parameters_of,
    read_sources,
    reference_tables,
    write_tables,
)
from spasmlib.wording import odds_in_words
from spasmlib.worked import worked_view

CASES = Path(__file__).parent / "cases"
STALE = "the stored results are not those of today's tables and code: run `make reference`"
STORED = [
    "reference_measures",
    "reference_calibration",
    "reference_cases",
    "reference_answers",
    "reference_people",
    "assumption_values",
]


@pytest.fixture(scope="module")
def cases(tables: spasmlib.Tables) -> tuple[Case, ...]:
    found, bad = read_cases(tables, CASES / "cases.jsonl")
    assert not bad
    return found


@pytest.fixture(scope="module")
def made(tables: spasmlib.Tables, cases: tuple[Case, ...]) -> Mapping[str, pd.DataFrame]:
    frames = {**tables, "assumption_values": checked(tables["assumption_values"])}
    fewer = spasmlib.Tables(tables.folder, tables.schema, frames)
    return reference_tables(fewer, cases, read_sources(CASES / "sources.csv"))


def checked(values: pd.DataFrame) -> pd.DataFrame:
    """Keep what is tried anew: every rule off at once, one rule off, and all as used."""
    off = ~values["in_use"] & (values["position"] == 1)
    kept = (values["assumption_id"] == "all") | (off & (values["assumption_id"] == "denial"))
    return values[kept].reset_index(drop=True)


@pytest.mark.parametrize("name", STORED)
def test_the_stored_results_are_those_of_now(
    tables: spasmlib.Tables, made: Mapping[str, pd.DataFrame], name: str, tmp_path: Path
) -> None:
    write_tables(tmp_path, {name: made[name]})
    now = pd.read_csv(tmp_path / f"{name}.csv")
    stored = pd.read_csv(tables.folder / f"{name}.csv")
    if name == "assumption_values":
        stored = checked(stored)
        assert len(stored) == 3
    try:
        pd.testing.assert_frame_equal(now, stored, atol=2 * 10**-DIGITS, rtol=0)
    except AssertionError as error:
        raise AssertionError(f"{name}: {STALE}\n{error}") from None


def test_each_rule_has_one_value_in_use_and_all_of_these_agree(tables: spasmlib.Tables) -> None:
    values = tables.assumption_values
    in_use = values[values["in_use"]]
    assert list(in_use["assumption_id"]) == list(tables.assumptions["assumption_id"])
    for row in values.itertuples():
        assert row.in_use == (parameters_of(row.settings) == DEFAULTS), (row.label, STALE)
    results = [*COUNTED, "cases", "worked_share", "worked_low", "worked_high"]
    assert (in_use[results].nunique() == 1).all(), STALE


def test_every_parameter_that_matters_is_tried(tables: spasmlib.Tables) -> None:
    said = " ".join(tables.assumption_values["settings"])
    known = {field.name for field in fields(Parameters)} - {"draws", "seed"}
    assert {part.partition("=")[0] for part in said.split()} == known


def test_tables_agree_with_each_other(tables: spasmlib.Tables) -> None:
    cases, measures = tables.reference_cases, tables.reference_measures
    known = measures.set_index(["reading", "cases", "measure"])["hits"]
    used = tables.assumption_values[tables.assumption_values["in_use"]].iloc[0]
    assert known["answers", ALL, "first"] == (cases["place"] == 1).sum() == used["first"]
    assert known["answers", ALL, "accepted_in_three"] == (~cases["cause_missed"]).sum()
    assert known["answers", ALL, "not_too_low"] == (~cases["urgency_missed"]).sum()
    assert ((cases["place"] == 1) == (cases["first_cause_id"] == cases["cause_id"])).all()
    parts = measures[measures["cases"] != ALL].groupby(["reading", "measure"], observed=True)
    assert parts["hits"].sum().to_dict() == {
        (reading, measure): hits
        for (reading, group, measure), hits in known.items()
        if group == ALL
    }
    assert set(tables.reference_answers["case_id"]) == set(cases["case_id"])
    assert tables.reference_calibration["pairs"].sum() == len(cases) * len(tables.causes)
    assert tables.reference_people["people"].sum() == tables.reference_people["of"].iloc[0]
    leading = worked_view(tables).causes.iloc[0]
    assert used["worked_share"] == pytest.approx(leading["share"], abs=10**-DIGITS), STALE


def test_intervals_are_wilson_ones(tables: spasmlib.Tables) -> None:
    for row in tables.reference_measures.iloc[::9].itertuples():
        assert (row.low, row.high) == pytest.approx(wilson(row.hits, row.of), abs=10**-DIGITS)
        assert row.rate == pytest.approx(row.hits / row.of, abs=10**-DIGITS)


def test_what_one_rule_does_is_set_against_all_in_use(tables: spasmlib.Tables) -> None:
    rows = reference_results.assumptions_off(tables)
    assert list(rows["in_use"]) == [False] * len(tables.assumptions) + [True]
    off = rows[~rows["in_use"]]
    assert off["label"].str.startswith("Without: ").all()
    stored = tables.assumption_values.set_index(["assumption_id", "position"])
    for row in off.itertuples():
        assert row.first == stored.loc[(row.assumption_id, 1), "first"]
        assert stored.loc[(row.assumption_id, 1), "label"].startswith("Off")


def test_a_case_opens_to_what_was_reported(tables: spasmlib.Tables) -> None:
    for case in tables.reference_cases.itertuples():
        found = reference_results.open_case(tables, case.case_id)
        assert len(found.answers) == (tables.reference_answers["case_id"] == case.case_id).sum()
        assert bool(found.why) == (case.place > 1)
        apart = (found.answers["first_weight"] - found.answers["weight"]).abs()
        assert apart.is_monotonic_decreasing
    with pytest.raises(ValueError, match="unknown case 'r9999'"):
        reference_results.open_case(tables, "r9999")


def test_why_a_case_failed_is_told_by_its_weights(tables: spasmlib.Tables) -> None:
    case = tables.reference_cases.query("place > 3").iloc[0]
    found = reference_results.open_case(tables, case["case_id"])
    gaps = found.answers["first_weight"] - found.answers["weight"]
    assert odds_in_words(gaps.sum()) in found.why[0]
    whole = math.log(case["first_share"] / case["share"])
    assert f"“{found.case['first_cause']}” was {odds_in_words(whole)}" in found.why[0]
    most = found.answers["label"].iloc[0]
    assert any(f"“{most}”" in said for said in found.why[1:])


def test_provenance_counts_the_rows(tables: spasmlib.Tables) -> None:
    known = reference_results.provenance(tables)
    pairs = pd.concat([tables.cause_findings, tables.variant_findings])
    assert known["answers"] == ((pairs["basis"] == "sourced").sum(), len(pairs))
    assert known["priors"].sourced == (tables.causes["prior_basis"] == "sourced").sum()
    assert known["overall"].of == len(tables.findings)


def test_settings_are_read_and_faults_named() -> None:
    assert parameters_of("denial=1 overlap=2") == Parameters(denial=1.0, overlap=2.0)
    with pytest.raises(ValueError, match="unknown parameter 'denail'; did you mean 'denial'"):
        parameters_of("denail=1")
    with pytest.raises(ValueError, match="expected a number from 0 to 1"):
        parameters_of("denial=3")


def test_a_case_without_its_source_is_named(
    tables: spasmlib.Tables, cases: tuple[Case, ...]
) -> None:
    frames = {**tables, "assumption_values": tables["assumption_values"].head(0)}
    none_tried = spasmlib.Tables(tables.folder, tables.schema, frames)
    with pytest.raises(ValueError, match=f"unknown source '{cases[0].source_id}'"):
        reference_tables(none_tried, cases[:1], {})


def test_the_command_makes_the_tables_of_a_package(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (CASES / "cases.jsonl").read_text("utf-8").splitlines()
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(lines[:2]), encoding="utf-8")
    values = (package / "assumption_values.csv").read_text("utf-8").splitlines()
    (package / "assumption_values.csv").write_text("\n".join(values[:2]) + "\n", encoding="utf-8")
    command = ["reference", str(few), str(CASES / "sources.csv"), "--data", str(package)]
    assert main(command) == 0
    assert "reference_cases: 2 rows" in capsys.readouterr().out
    again = spasmlib.load(package)
    assert len(again.reference_cases) == 2
    assert again.assumption_values["cases"].tolist() == [2]


def test_the_command_stops_at_a_bad_case(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("nonsense\n", encoding="utf-8")
    before = (package / "reference_cases.csv").read_bytes()
    assert main(["reference", str(bad), str(CASES / "sources.csv"), "--data", str(package)]) == 1
    assert "bad.jsonl, line 1: not JSON" in capsys.readouterr().err
    assert (package / "reference_cases.csv").read_bytes() == before
