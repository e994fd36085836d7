"""The sum of one assessment, opened step by step, and its pictures."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spasmlib
from spasmlib.figures import assumption_chart, times, waterfall
from spasmlib.model import DEFAULTS, answers_of, model_of, scores, shares, weigh
from spasmlib.tables import records
from spasmlib.worked import STEPS, leading_steps, steps, with_sources, worked_person, worked_view

TABLES = spasmlib.load()
ASKED = sorted(TABLES.findings.loc[TABLES.findings["set_by"].isna(), "finding_id"])
CAUSES = list(TABLES.causes["cause_id"])
OTHER_TOPIC = Path(__file__).parent / "packages" / "tension_headache"


def keyed(name: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a table by their key as addresses have it."""
    columns = TABLES.schema.tables[name].primary_key
    rows = records(TABLES[name])
    return {"+".join(str(row[column]) for column in columns): row for row in rows}


NAMED = ("causes", "cause_variants", "cause_findings", "variant_findings", "findings")
KEYED = {name: keyed(name) for name in NAMED}


@st.composite
def people(draw: Any) -> spasmlib.Person:
    answers = draw(st.dictionaries(st.sampled_from(ASKED), st.booleans(), max_size=25))
    return spasmlib.Person(
        present={name for name, yes in answers.items() if yes},
        absent={name for name, yes in answers.items() if not yes},
        age=draw(st.none() | st.integers(0, 120)),
        sex=draw(st.sampled_from([None, "female", "male"])),
    )


@settings(max_examples=60, deadline=None)
@given(
    person=people(),
    cause_id=st.sampled_from(CAUSES),
    denial=st.sampled_from([0, 0.5, 1]),
    overlap=st.sampled_from([1, 1.25, 4]),
)
def test_the_steps_add_up_to_what_the_model_says(
    person: spasmlib.Person, cause_id: str, denial: float, overlap: float
) -> None:
    parameters = replace(DEFAULTS, draws=1, denial=denial, overlap=overlap)
    view = spasmlib.assess(TABLES, person, parameters)
    opened = steps(view, cause_id)
    cause = view.causes.set_index("cause_id").loc[cause_id]
    assert opened["total"].iloc[-1] == pytest.approx(math.log(cause["share"]), abs=1e-9)
    before = opened[~opened["step"].isin(["forms", "scale"])]
    assert before["weight"].sum() == pytest.approx(cause["score"], abs=1e-9)
    start = before[before["step"].isin(["prior", "strangers", "form"])]
    assert start["weight"].sum() == pytest.approx(cause["base"], abs=1e-9)
    assert before.loc[before["step"] == "silence", "weight"].sum() == pytest.approx(cause["unsaid"])
    reasons = view.reasons(cause_id)
    answers = opened[opened["step"] == "answer"]
    assert list(answers["finding_id"]) == list(reasons["finding_id"])
    assert np.allclose(answers["weight"], reasons["weight"])
    # The same sum once more, straight from the model.
    model = model_of(TABLES, parameters)
    share = shares(model, scores(model, weigh(model, answers_of(model, view.known))))
    assert math.exp(opened["total"].iloc[-1]) == pytest.approx(share[CAUSES.index(cause_id)])


@settings(max_examples=30, deadline=None)
@given(person=people(), cause_id=st.sampled_from(CAUSES))
def test_each_figure_is_that_of_the_row_it_names(person: spasmlib.Person, cause_id: str) -> None:
    view = spasmlib.assess(TABLES, person, replace(DEFAULTS, draws=1))
    for row in steps(view, cause_id).itertuples():
        if not row.table:
            continue
        found = KEYED[row.table][row.key]
        if row.step == "answer":
            p = found["p_background"] if row.table == "findings" else found["p"]
            assert row.p_given_cause == pytest.approx(p if row.answer == "yes" else 1 - p)
            if row.basis != "nothing_known":
                assert row.basis == found["basis"]
        elif row.step == "form":
            assert row.weight == pytest.approx(math.log(found["share"]))


def test_each_step_says_itself_in_words() -> None:
    view = worked_view(TABLES)
    for cause_id in view.causes["cause_id"].head(5):
        opened = steps(view, cause_id)
        assert opened["words"].str.len().gt(20).all()
        assert opened["label"].str.len().gt(0).all()
        assert list(opened["step"].map(STEPS.index)) == sorted(opened["step"].map(STEPS.index))


def test_why_an_answer_counts_less_is_said() -> None:
    view = worked_view(TABLES)
    disc = steps(view, "herniated_disc").set_index("finding_id")["words"]
    assert "it says partly the same as “Worse when coughing" in disc["pain_below_knee"]
    assert "a no counts less than a yes" in disc["leg_weakness"]
    assert "no figure on it" in disc["bladder_dysfunction"]
    full = replace(DEFAULTS, overlap=1, denial=1)
    plain = steps(spasmlib.assess(TABLES, worked_person(TABLES), full), "herniated_disc")
    assert not plain["words"].str.contains("It counts as").any()
    known = {"bladder_dysfunction", "saddle_numbness"}
    capped = replace(DEFAULTS, denial=1, group_cap=0.5, overlap=1)
    person = spasmlib.Person(present={"loc_low_back"}, absent=known)
    words = steps(spasmlib.assess(TABLES, person, capped), "cauda_equina_syndrome")["words"]
    assert words.str.contains("it says partly the same as|may not rule out").sum() == 2


def test_without_answers_the_share_is_the_prior() -> None:
    view = spasmlib.assess(TABLES, spasmlib.Person())
    opened = steps(view, "muscle_strain")
    assert {"strangers", "silence", "answer"}.isdisjoint(opened["step"])
    prior = TABLES.causes.set_index("cause_id")["prior"]
    share = math.exp(opened["total"].iloc[-1])
    assert share == pytest.approx(prior["muscle_strain"] / prior.sum())


def test_an_unknown_cause_is_named() -> None:
    with pytest.raises(ValueError, match="unknown cause 'herniated'; did you mean"):
        steps(worked_view(TABLES), "herniated")


def test_the_worked_case_is_that_of_its_table() -> None:
    rows = TABLES.worked_case
    person = worked_person(TABLES)
    assert person.present == set(rows.loc[rows["answer"] == "yes", "finding_id"])
    assert person.absent == set(rows.loc[rows["answer"] == "no", "finding_id"])
    assert person.age == rows["age"].dropna().item()


def test_a_row_of_the_worked_case_that_says_nothing_is_named(package: Path) -> None:
    with (package / "worked_case.csv").open("a", encoding="utf-8") as file:
        file.write("99,loc_neck,,\n")
    with pytest.raises(ValueError, match="worked_case, position 99: expected a finding_id"):
        worked_person(spasmlib.load(package))


def test_leading_causes_stand_side_by_side() -> None:
    view = worked_view(TABLES)
    table = leading_steps(view, top=3)
    labels = list(view.causes["label"].head(3))
    assert list(table.columns) == ["step", "finding_id", "label", *labels]
    for label, share in zip(labels, view.causes["share"].head(3), strict=True):
        assert math.exp(table[label].sum()) == pytest.approx(share)


def test_steps_come_with_the_sources_of_both_figures() -> None:
    table = with_sources(TABLES, steps(worked_view(TABLES), "cauda_equina_syndrome"))
    assert ((table["basis"] == "sourced") == (table["citation"] != "")).all()
    assert ((table["background_basis"] == "sourced") == (table["background_citation"] != "")).all()
    assert (table["basis"] == "sourced").any()


def test_another_topic_is_opened_by_its_own_tables() -> None:
    tables = spasmlib.load(OTHER_TOPIC)
    view = worked_view(tables)
    for cause in view.causes.itertuples():
        assert math.exp(steps(view, cause.cause_id)["total"].iloc[-1]) == pytest.approx(cause.share)


# figures


def made(*weights: float) -> pd.DataFrame:
    rows = [("prior", "Start", -3.0), *(("answer", f"Yes: {w}", w) for w in weights)]
    return pd.DataFrame(rows, columns=["step", "label", "weight"])


def test_waterfall_bars_hang_together_and_end_at_the_whole() -> None:
    opened = steps(worked_view(TABLES), "herniated_disc")
    bar = waterfall(opened).data[0]
    x, base = list(bar.x)[::-1], list(bar.base)[::-1]
    for number in range(1, len(x) - 1):
        assert base[number] == pytest.approx(base[number - 1] + x[number - 1])
    assert (base[0], base[-1]) == (0, 0)
    assert x[-1] == pytest.approx(opened["weight"].iloc[1:].sum())
    assert sum(x[:-1]) == pytest.approx(x[-1])
    signs = [text[0] for text in list(bar.text)[::-1][:-1]]
    assert all((sign == "÷") == (weight < 0) for sign, weight in zip(signs, x, strict=False))


@pytest.mark.parametrize("weights", [(), (1.2,), (-1.2,), (0.0,), (900.0, -1.0), (-900.0, 0.001)])
def test_waterfall_of_edge_cases(weights: tuple[float, ...]) -> None:
    figure = waterfall(made(*weights))
    low, high = figure.layout.xaxis.range
    bar = figure.data[0]
    ends = [a + b for a, b in zip(bar.x, bar.base, strict=True)]
    assert all(low < end < high for end in ends)
    assert bar.y[0] == "<b>In all</b>"
    assert len(bar.x) == len(weights) + 1
    assert all(low <= at <= high for at in figure.layout.xaxis.tickvals)
    assert 2 < len(figure.layout.xaxis.tickvals) < 11


def test_small_steps_are_drawn_as_one() -> None:
    labels = list(waterfall(made(1.0, 0.01, -0.02, 0.0)).data[0].y)[::-1]
    assert len(labels) == 3
    assert labels[1].startswith("2. 3 steps that")


def test_waterfall_escapes_labels() -> None:
    rows = made(1.0).replace("Yes: 1.0", "<b onclick=x>")
    assert "&lt;b" in " ".join(waterfall(rows).data[0].y)


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (0.0, "× 1"),
        (-0.001, "× 1"),
        (math.log(4), "× 4"),
        (-math.log(2), "÷ 2"),
        (math.log(123), "× 120"),
        (1e6, "× over 10 million"),
        (-1e6, "÷ over 10 million"),
    ],
)
def test_factors_are_said_shortly(weight: float, said: str) -> None:
    assert times(weight) == said


def tried(*values: tuple[str, bool, int | None]) -> pd.DataFrame:
    rows = [
        {"assumption": "A rule", "label": label, "in_use": in_use, "cases": 9, "first": count}
        for label, in_use, count in values
    ]
    columns = ["assumption", "label", "in_use", "cases", "first"]
    return pd.DataFrame(rows, columns=columns).astype({"first": "Int64"})


def test_the_value_in_use_is_marked_by_shape_and_name() -> None:
    figure = assumption_chart(tried(("off", False, 3), ("on", True, 6)), "first", "Cases")
    other, used = figure.data[1:3]
    assert (other.name, used.name) == ("tried", "in use")
    assert (other.marker.symbol, used.marker.symbol) == ("circle-open", "diamond")
    assert used.x[0] == pytest.approx(100 * 6 / 9)
    assert list(used.text) == ["6 of 9"]
    assert figure.layout.xaxis.title.text == "Cases"


@pytest.mark.parametrize(
    "rows",
    [tried(), tried(("on", True, 0)), tried(("off", False, 9)), tried(("a", True, None))],
    ids=["none", "one", "none in use", "missing"],
)
def test_assumption_chart_of_edge_cases(rows: pd.DataFrame) -> None:
    figure = assumption_chart(rows, "first")
    low, high = figure.layout.xaxis.range
    drawn = [at for trace in figure.data[1:3] for at in trace.x]
    assert len(drawn) == rows["first"].notna().sum()
    assert all(low <= at <= high for at in drawn)


def test_two_rules_may_try_what_is_called_the_same() -> None:
    rows = pd.concat([tried(("off", False, 1)), tried(("off", False, 2)).assign(assumption="B")])
    names = [name for trace in assumption_chart(rows, "first").data[1:3] for name in trace.y]
    assert len(set(names)) == 2


def test_assumption_chart_shows_the_tables() -> None:
    rows = TABLES.assumption_values.merge(
        TABLES.assumptions[["assumption_id", "label"]].rename(columns={"label": "assumption"}),
        on="assumption_id",
    )
    figure = assumption_chart(rows, "worked_share")
    used = figure.data[2]
    own = rows[rows["in_use"]]
    assert [round(x) for x in used.x] == [round(100 * share) for share in own["worked_share"]]
    ends = np.array(used.x) + np.array(used.error_x.array)
    assert np.allclose(ends, 100 * own["worked_high"])
