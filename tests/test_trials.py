"""What trials and guidelines say of interventions, and its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spasmlib
from spasmlib import guidelines, trials
from spasmlib.figures import (
    DIRECTION_MARKS,
    STANCE_MARKS,
    agreement_chart,
    effects_chart,
    evidence_map,
    evidence_map_width,
)
from spasmlib.guidelines import Statement
from spasmlib.tables import labels, records
from spasmlib.trials import MIXED, NEAR, NO_TRIAL, RATIOS, Selection

OTHER_TOPIC = Path(__file__).parent / "packages" / "tension_headache"
LIGHT, DARK = (255, 255, 255), (21, 25, 29)


@pytest.fixture(scope="module", params=[None, OTHER_TOPIC], ids=["spasm", "headache"])
def topic(request: pytest.FixtureRequest) -> spasmlib.Tables:
    return spasmlib.load(request.param)


def one(frame: pd.DataFrame, **wanted: str) -> dict[str, Any]:
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    (row,) = records(frame)
    return row


# the map


@pytest.mark.parametrize("by", trials.BY)
def test_the_map_holds_every_result_once(topic: spasmlib.Tables, by: str) -> None:
    cells = trials.evidence_map(topic, by=by)
    ids = [name for found in cells["evidence_ids"] for name in found]
    assert sorted(ids) == sorted(topic.evidence["evidence_id"])
    assert not cells.duplicated(["intervention_id", "column"]).any()
    assert cells["intervention_id"].nunique() == len(topic.interventions)
    evidence = topic.evidence.set_index("evidence_id")
    for row in records(cells[cells["n_results"] > 0]):
        own = evidence.loc[list(row["evidence_ids"])]
        assert set(own["intervention_id"]) == {row["intervention_id"]}
        assert set(own[by].astype(str)) == {row["column"]}
        assert row["n_results"] == len(own)
        assert (
            row["certainty"]
            == own["certainty"].astype(str).iloc[own["certainty"].cat.codes.argmin()]
        )


def test_gaps_are_rows_and_say_so(topic: spasmlib.Tables) -> None:
    cells = trials.evidence_map(topic)
    gaps = cells[cells["n_results"] == 0]
    assert len(gaps)
    assert len(cells) == cells["intervention_id"].nunique() * cells["column"].nunique()
    assert set(gaps["direction"]) == {NO_TRIAL}
    assert set(gaps["direction_label"]) == {"No trial in our tables"}
    assert gaps["participants"].isna().all()


def test_people_of_one_source_count_once(tables: spasmlib.Tables) -> None:
    row = one(trials.evidence_map(tables), intervention_id="oral_nsaid", column="acute_lbp")
    own = tables.evidence.set_index("evidence_id").loc[list(row["evidence_ids"])]
    assert len(own) > own["source_id"].nunique()
    most = own.groupby("source_id")["n_participants"].max().sum()
    assert row["participants"] == most < own["n_participants"].sum()


@pytest.mark.parametrize(
    ("found", "together"),
    [
        ([("pain", "benefit")], "benefit"),
        ([("pain", "benefit"), ("pain", "unclear")], "benefit"),
        ([("pain", "unclear")], "unclear"),
        ([("pain", "benefit"), ("function", "no_difference")], MIXED),
        # Side effects are told beside a gain, and never softened by the lack of one.
        ([("pain", "benefit"), ("adverse_events", "harm")], "benefit"),
        ([("pain", "benefit"), ("adverse_events", "no_difference")], "benefit"),
        ([("pain", "no_difference"), ("adverse_events", "harm")], "harm"),
        ([("adverse_events", "harm")], "harm"),
        ([("pain", "harm"), ("function", "benefit")], MIXED),
    ],
)
def test_what_results_come_to(found: list[tuple[str, str]], together: str) -> None:
    group = [{"outcome": outcome, "direction": direction} for outcome, direction in found]
    assert trials._together(group) == together


def test_no_study_of_a_bare_exposure_stands_as_a_trial(tables: spasmlib.Tables) -> None:
    said = tables.evidence["summary"].str.contains("not about a review|This is about a poor")
    assert not said.any()


def test_a_mixed_cell_says_how_many_came_to_what(tables: spasmlib.Tables) -> None:
    row = one(trials.evidence_map(tables), intervention_id="stretching", column="chronic_lbp")
    assert row["direction"] == MIXED
    counts = tables.evidence.set_index("evidence_id").loc[list(row["evidence_ids"]), "direction"]
    assert f"{(counts == 'benefit').sum()} × helps" in row["found"]


def test_the_map_refuses_other_columns(tables: spasmlib.Tables) -> None:
    with pytest.raises(ValueError, match="population, outcome"):
        trials.evidence_map(tables, by="phase")


# selections


def test_each_filter_leaves_what_it_says(tables: spasmlib.Tables) -> None:
    assert set(trials.chosen(tables, Selection(kind="manual"))["kind"]) == {"manual"}
    alone = set(trials.chosen(tables, Selection(self_care=True))["kind"])
    assert alone == set(tables.self_care_kinds["kind"].astype(str))
    used = tables.intervention_phases
    prevent = set(used.loc[used["phase"] == "prevention", "intervention_id"])
    assert set(trials.chosen(tables, Selection(phase="prevention"))["intervention_id"]) == prevent
    named = trials.chosen(tables, Selection(text="heat WRAP"))["intervention_id"].tolist()
    assert "heat" in named
    assert "ice" not in named
    found = trials.results(tables, Selection(certainty="moderate"))
    assert set(found["certainty"].astype(str)) == {"high", "moderate"}
    assert set(trials.results(tables, Selection(outcome="function"))["outcome"]) == {"function"}
    close = tables.cause_populations
    close = close[close["cause_id"] == tables.schema.page["usual_cause"]]
    near = set(trials.results(tables, Selection(population=NEAR))["population"])
    assert near <= set(close["population"].astype(str))
    assert near


def test_a_selection_that_fits_nothing_gives_empty_tables(tables: spasmlib.Tables) -> None:
    nothing = Selection(text="no such thing at all")
    for found in (
        trials.chosen(tables, nothing),
        trials.results(tables, nothing),
        trials.evidence_map(tables, nothing),
        trials.agreement(tables, nothing),
    ):
        assert found.empty
        assert len(found.columns) > 5


# results


def test_numbers_of_results_are_those_of_the_table(topic: spasmlib.Tables) -> None:
    found = trials.results(topic).set_index("evidence_id")
    names = ["value", "ci_low", "ci_high", "n_participants", "n_trials"]
    expected = topic.evidence.set_index("evidence_id").loc[found.index, names]
    pd.testing.assert_frame_equal(found[names], expected)


def test_more_gain_is_better(topic: spasmlib.Tables) -> None:
    for row in records(trials.results(topic)):
        if row["gain"] is None:
            continue
        none = 1 if row["measure"] in RATIOS else 0
        if row["direction"] == "benefit":
            assert row["gain"] > none, row["evidence_id"]
        if row["direction"] == "harm":
            assert row["gain"] < none, row["evidence_id"]
        assert row["gain_low"] is None or row["gain_low"] <= row["gain"]
        assert row["gain_high"] is None or row["gain"] <= row["gain_high"]
        if row["better"] == "higher":
            assert row["gain"] == row["value"]


def test_only_numbers_of_one_kind_are_comparable(topic: spasmlib.Tables) -> None:
    found = trials.results(topic)
    assert (found.loc[found["value"].isna(), "comparable"] == "").all()
    numbered = found[found["comparable"] != ""]
    for _, group in numbered.groupby("comparable"):
        assert group[["measure", "outcome", "better"]].drop_duplicates().shape[0] == 1
        if group["measure"].iloc[0] not in trials.DIFFERENCES:
            assert group["scale"].nunique() == 1


def test_the_line_of_what_matters_comes_from_the_tables(tables: spasmlib.Tables) -> None:
    first, second = trials.worthwhile(tables, "MD_0_100", "pain")
    assert (first.value, second.value) == (10, 20)
    assert first.source
    assert "Van der Gaag" in first.source.citation
    (other,) = trials.worthwhile(tables, "MD_0_100", "function")
    assert other.source is None
    assert trials.worthwhile(tables, "SMD", "pain") == ()
    found = trials.results(tables)
    with_line = found[found["worthwhile"].notna()]
    assert set(with_line["measure"]) == {"MD_0_100"}
    assert set(with_line["worthwhile"]) == {10.0}


@pytest.mark.parametrize(
    ("low", "high", "worth"),
    [(11, 19, "yes"), (9, 21, "perhaps"), (1, 9, "no"), (None, None, "")],
)
def test_whether_a_gain_matters(low: float | None, high: float | None, worth: str) -> None:
    assert trials._worth(low, high, 10) == worth


# guidelines


def test_every_statement_stands_in_the_agreement(topic: spasmlib.Tables) -> None:
    rows = trials.agreement(topic)
    ids = [one.recommendation_id for said in rows["statements"] for one in said]
    assert sorted(ids) == sorted(topic.recommendations["recommendation_id"])
    assert rows["disagree"].any()
    first = rows["disagree"].tolist()
    assert first == sorted(first, reverse=True)


def test_bodies_disagree_only_about_the_same_people(tables: spasmlib.Tables) -> None:
    rows = trials.agreement(tables).drop_duplicates("intervention_id")
    kinds = dict(zip(rows["intervention_id"], rows["agreement"], strict=True))
    assert kinds["acupuncture"] == "disagree"
    assert kinds["quinine"] == "disagree"
    # One speaks of new back pain, the other of people over 65.
    assert kinds["benzodiazepine"] == "by_group"
    # One body for two groups is no disagreement.
    assert kinds["nabiximols"] != "disagree"
    row = one(rows, intervention_id="acupuncture")
    assert any("Long-lasting low back pain" in group for group in row["groups"])


def statement(body: str, direction: str, *populations: str, **given: str) -> Statement:
    return Statement(
        recommendation_id="r",
        guideline=body,
        body=body,
        kind=given.get("kind", "guideline"),
        standing=given.get("standing", "current"),
        standing_label="",
        direction=direction,
        direction_label="",
        strength="",
        certainty="",
        certainty_label="",
        summary="",
        source=spasmlib.sources.Source("", "", True),
        populations=populations,
        groups=(),
    )


def test_who_counts_as_disagreeing(tables: spasmlib.Tables) -> None:
    named = labels(tables, "population")
    for_it = statement("A", "conditional_for", "chronic_lbp")

    def against(*groups: str, **given: str) -> tuple[str, ...]:
        return guidelines.disagreements(
            tables, [for_it, statement("B", "against", *groups, **given)]
        )

    assert against("chronic_lbp") == (named["chronic_lbp"],)
    assert against("lbp") == (named["chronic_lbp"],)
    assert against("acute_lbp") == ()
    assert against("chronic_lbp", kind="overview") == ()
    assert against("chronic_lbp", standing="draft") == ()
    neutral = statement("B", "neutral", "chronic_lbp")
    assert guidelines.disagreements(tables, [for_it, neutral]) == ()
    own = statement("A", "against", "chronic_lbp")
    assert guidelines.disagreements(tables, [for_it, own]) == ()


def test_the_stance_of_a_body_over_all_it_says() -> None:
    def stance(*directions: str, last: str = "current") -> str:
        said = [statement("A", direction) for direction in directions[:-1]]
        return trials._stance([*said, statement("A", directions[-1], standing=last)])

    assert stance("for", "for") == "for"
    assert stance("for", "conditional_for") == "conditional_for"
    assert stance("for", "neutral") == "conditional_for"
    assert stance("against", "neutral") == "conditional_against"
    assert stance("for", "against") == "by_group"
    assert stance("for", "against", last="replaced") == "for"


def test_a_population_takes_statements_for_wider_groups_too(tables: spasmlib.Tables) -> None:
    rows = trials.agreement(tables, Selection(population="chronic_lbp"))
    said = [one for found in rows["statements"] for one in found]
    assert any(one.populations == ("lbp_with_or_without_sciatica",) for one in said)
    assert not any(one.populations == ("acute_lbp",) for one in said)


# one intervention


def test_a_profile_holds_all_rows_of_an_intervention(topic: spasmlib.Tables) -> None:
    for name in topic.interventions["intervention_id"]:
        found = trials.profile(topic, name)
        for held, table in (
            (found.results, "evidence"),
            (found.statements, "recommendations"),
            (found.cautions, "contraindications"),
            (found.care, "care"),
            (found.risks, "risk_interventions"),
            (found.phases, "intervention_phases"),
            (found.sources, "intervention_sources"),
        ):
            rows = topic[table]
            assert len(held) == (rows["intervention_id"] == name).sum(), (name, table)
        links = topic.claim_links
        about = links.loc[links["intervention_id"] == name, "claim_id"]
        assert {claim["claim_id"] for claim in found.claims} == set(about)


def test_the_strictest_caution_stands_first(tables: spasmlib.Tables) -> None:
    actions = [row["action"] for row in trials.profile(tables, "oral_nsaid").cautions]
    assert actions == sorted(actions, key=["avoid", "ask_first", "caution"].index)
    assert actions[0] == "avoid"


def test_an_unknown_intervention_is_named(tables: spasmlib.Tables) -> None:
    with pytest.raises(ValueError, match=r"unknown intervention 'heatt'.*'heat'"):
        trials.profile(tables, "heatt")


# pictures


def test_the_map_draws_every_cell(topic: spasmlib.Tables) -> None:
    cells = trials.evidence_map(topic)
    figure = evidence_map(cells)
    drawn = [key for trace in figure.data for key in trace.customdata or ()]
    expected = cells["intervention_id"] + "+" + cells["column"]
    assert sorted(drawn) == sorted(expected)
    names = {trace.name for trace in figure.data if trace.name}
    assert set(cells["direction_label"]) <= names
    used = cells.loc[cells["n_results"] > 0, "certainty_label"]
    assert set(used) <= names
    titles = " ".join(
        [trace.legendgrouptitle.text or "" for trace in figure.data]
        + [note.text for note in figure.layout.annotations]
    )
    assert all(word in titles for word in ("Mark:", "Shade:", "Size:"))


def test_more_people_and_more_certainty_show(tables: spasmlib.Tables) -> None:
    row = trials.evidence_map(tables)
    row = row[row["n_results"] > 0].head(1)
    drawn = [
        evidence_map(row.assign(participants=people, certainty=certainty)).data[0].marker
        for people, certainty in ((50, "not_graded"), (5_000, "high"), (None, "high"))
    ]
    assert drawn[0].size[0] == drawn[2].size[0] < drawn[1].size[0]
    assert drawn[0].color[0].endswith(",0)")
    assert drawn[1].color[0].endswith(",1)")


def test_the_map_of_one_row_of_none_and_of_what_is_not_known(tables: spasmlib.Tables) -> None:
    cells = trials.evidence_map(tables)
    assert not evidence_map(cells.head(0)).data
    assert evidence_map(cells[cells["n_results"] == 0].head(1)).layout.height > 100
    odd = cells[cells["n_results"] > 0].head(1)
    odd = odd.assign(direction="odd", direction_label="Odd <b>", certainty="", certainty_label="")
    figure = evidence_map(odd)
    assert figure.data[0].customdata == (f"{odd['intervention_id'].item()}+{odd['column'].item()}",)
    assert "Odd &lt;b&gt;" in {trace.name for trace in figure.data}
    assert evidence_map_width(40) > evidence_map_width(5) > 320


def test_marks_differ_in_shape_and_are_seen_on_light_and_dark() -> None:
    marks = DIRECTION_MARKS.values()
    assert len({mark.symbol for mark in marks}) == len({mark.sign for mark in marks}) == len(marks)
    assert len({mark.sign for mark in STANCE_MARKS.values()}) == len(STANCE_MARKS)
    for mark in marks:
        assert contrast(mark.colour, LIGHT) >= 3
        assert contrast(mark.colour, DARK) >= 3


def contrast(colour: str, ground: tuple[int, int, int]) -> float:
    def light(channels: tuple[int, ...]) -> float:
        parts = [value / 255 for value in channels]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    one = light(tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
    other = light(ground)
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def marks_of(figure: Any) -> dict[str, float]:
    """Return what is drawn at which value."""
    return {
        key: x
        for trace in figure.data
        if trace.customdata is not None
        for key, x in zip(trace.customdata, trace.x, strict=True)
    }


def test_effects_stand_at_their_values(tables: spasmlib.Tables) -> None:
    found = trials.results(tables)
    for kind, rows in found[found["comparable"] != ""].groupby("comparable"):
        figure = effects_chart(rows, group="population_label")
        expected = dict(zip(rows["evidence_id"], rows["value"], strict=True))
        assert marks_of(figure) == expected, kind
        log = rows["measure"].iloc[0] in RATIOS
        assert (figure.layout.xaxis.type == "log") == log
        lines = [
            trace for trace in figure.data if trace.name and "a gap that matters" in trace.name
        ]
        assert bool(lines) == rows["worthwhile"].notna().all()
        for line in lines:
            assert set(line.x) == {-10.0, None}


def test_the_better_side_is_named(tables: spasmlib.Tables) -> None:
    found = trials.results(tables)
    for better, left in (("lower", "◀ better"), ("higher", "◀ worse")):
        rows = found[(found["better"] == better) & (found["comparable"] != "")]
        rows = rows[rows["comparable"] == rows["comparable"].iloc[0]]
        assert left in [note.text for note in effects_chart(rows).layout.annotations]


def test_effects_of_none_of_one_and_of_different_kinds(tables: spasmlib.Tables) -> None:
    found = trials.results(tables)
    numbered = found[found["comparable"] != ""]
    assert not effects_chart(found.head(0)).data
    gone = dict.fromkeys(["ci_low", "ci_high", "n_participants", "comparator"])
    bare = numbered.head(1).assign(**gone)
    assert len(marks_of(effects_chart(bare))) == 1
    huge = numbered.head(1).assign(ci_low=-1e6, ci_high=1e6)
    assert len(marks_of(effects_chart(huge))) == 1
    with pytest.raises(ValueError, match="can't be compared"):
        effects_chart(numbered)
    with pytest.raises(ValueError, match="can't be compared"):
        effects_chart(found[found["comparable"] == ""].head(1))


def test_the_picture_of_guidelines_names_each_body_at_its_stance(topic: spasmlib.Tables) -> None:
    rows = trials.agreement(topic)
    (texts,) = agreement_chart(rows).data
    drawn: dict[str, str] = {}
    for name, text in zip(texts.customdata, texts.text, strict=True):
        drawn[name] = drawn.get(name, "") + text.replace("<br>", " ")
    for row in records(rows):
        for said in row["statements"]:
            sign = STANCE_MARKS[said.direction].sign
            assert sign in drawn[row["intervention_id"]]
            assert row["body"] in drawn[row["intervention_id"]]
    marked = [text for text in agreement_chart(rows).layout.yaxis.ticktext if "⚠" in text]
    assert len(marked) == rows.loc[rows["disagree"], "intervention_id"].nunique()


def test_the_picture_of_guidelines_of_none_and_of_one(tables: spasmlib.Tables) -> None:
    rows = trials.agreement(tables)
    assert not agreement_chart(rows.head(0)).data
    figure = agreement_chart(rows[~rows["disagree"]].head(1).assign(label="<i>hostile</i>"))
    assert "&lt;i&gt;" in figure.layout.yaxis.ticktext[0]
    assert not [shape for shape in figure.layout.shapes if shape.type == "line"]
