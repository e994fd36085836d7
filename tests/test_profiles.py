"""Causes and findings: every figure equals its table's, and the orders are what they claim."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spasmlib
from spasmlib import profiles
from spasmlib.profiles import COMPARED, DIRECTIONS, NO_FIGURE, ORDERS, Selection
from spasmlib.tables import labels

OTHER_TOPIC = Path(__file__).parent / "packages" / "tension_headache"


@pytest.fixture(scope="module", params=["own", "other topic"])
def any_tables(request: pytest.FixtureRequest, tables: spasmlib.Tables) -> spasmlib.Tables:
    return tables if request.param == "own" else spasmlib.load(OTHER_TOPIC)


@pytest.fixture(scope="module")
def pairs(tables: spasmlib.Tables) -> pd.DataFrame:
    return profiles.matrix(tables)


def test_the_matrix_holds_every_pair_as_its_tables_do(any_tables: spasmlib.Tables) -> None:
    pairs = profiles.matrix(any_tables)
    key = ["cause_id", "finding_id"]
    rows = any_tables["cause_findings"].set_index(key).sort_index()
    told = pairs.set_index(key).sort_index()
    assert told.index.equals(rows.index)
    assert (told["p"] == rows["p"]).all()
    assert (told["basis"] == rows["basis"].astype(str)).all()
    assert told["source_id"].dropna().equals(rows["source_id"].dropna())
    overall = any_tables["findings"].set_index("finding_id")["p_background"]
    assert (pairs["p_background"].to_numpy() == overall.loc[pairs["finding_id"]].to_numpy()).all()
    assert (pairs["citation"] != "").equals(pairs["basis"] == "sourced")


def test_ratio_direction_and_strength_agree(pairs: pd.DataFrame) -> None:
    assert np.allclose(pairs["ratio"], pairs["p"] / pairs["p_background"])
    assert np.allclose(pairs["log_ratio"], np.log(pairs["ratio"]))
    assert (pairs.loc[pairs["direction"] == "for", "ratio"] > 1.1).all()
    assert (pairs.loc[pairs["direction"] == "against", "ratio"] < 1 / 1.1).all()
    assert set(pairs["direction"]) == set(DIRECTIONS)
    assert (pairs["strength"] >= 0).all()
    assert pairs.loc[pairs["p"] == pairs["p_background"], "strength"].abs().max() < 1e-12


def test_changing_the_matrix_changes_nothing(tables: spasmlib.Tables) -> None:
    pairs = profiles.matrix(tables)
    pairs.loc[:, "p"] = 0.0
    assert (profiles.matrix(tables)["p"] > 0).any()


def test_studies_are_counted_and_found(tables: spasmlib.Tables, pairs: pd.DataFrame) -> None:
    studies = tables["finding_studies"]
    assert pairs["studies"].max() > 1
    row = pairs.loc[pairs["studies"].idxmax()]
    found = profiles.study_rows(tables, row["cause_id"], row["finding_id"])
    own = found[found["cause_id"] == row["cause_id"]]
    assert len(own) == row["studies"]
    assert found.index[found["cause_id"].isna()].min() >= len(own) or len(found) == len(own)
    first = studies.set_index("study_id").loc[own["study_id"].iloc[0]]
    assert own["lr_pos"].iloc[0] == first["lr_pos"] or pd.isna(first["lr_pos"])
    assert (own["measures_label"] == own["measures"].map(labels(tables, "measures"))).all()
    assert (found["citation"] != "").all()


def test_studies_of_how_common_a_finding_is_overall(tables: spasmlib.Tables) -> None:
    studies = tables["finding_studies"]
    finding = studies.loc[studies["cause_id"].isna(), "finding_id"].iloc[0]
    found = profiles.study_rows(tables, "", finding)
    assert len(found)
    assert found["cause_id"].isna().all()


@pytest.mark.parametrize("group", ["", "spinal", "serious"])
@pytest.mark.parametrize("direction", ["", *DIRECTIONS])
def test_a_selection_keeps_what_it_says(
    tables: spasmlib.Tables, pairs: pd.DataFrame, group: str, direction: str
) -> None:
    chosen = profiles.select(tables, Selection(cause_group=group, direction=direction))
    wanted = pairs
    if group:
        wanted = wanted[wanted["cause_group"] == group]
    if direction:
        wanted = wanted[wanted["direction"] == direction]
    assert len(chosen.pairs) == len(wanted)
    assert set(chosen.causes) == set(wanted["cause_id"])
    assert set(chosen.findings) == set(wanted["finding_id"])


def test_a_selection_can_leave_out_estimates(tables: spasmlib.Tables) -> None:
    chosen = profiles.select(tables, Selection(sourced=True))
    rows = tables["cause_findings"]
    assert len(chosen.pairs) == (rows["basis"] == "sourced").sum()


def test_words_must_all_stand_in_the_names(tables: spasmlib.Tables) -> None:
    chosen = profiles.select(tables, Selection(text="Herniated LEG"))
    assert set(chosen.causes) == {"herniated_disc"}
    assert chosen.pairs["finding"].str.lower().str.contains("leg").all()
    none = profiles.select(tables, Selection(text="<b>(.*"))
    assert none.pairs.empty
    assert none.findings == none.causes == ()


def test_only_the_answers_that_tell_most(tables: spasmlib.Tables) -> None:
    every = profiles.select(tables, Selection(cause_group="spinal"))
    few = profiles.select(tables, Selection(cause_group="spinal", most=5))
    assert few.findings == every.findings[:5]


def test_orders(tables: spasmlib.Tables) -> None:
    causes, findings = (
        tables[name].set_index(f"{name[:-1]}_id") for name in ("causes", "findings")
    )
    found = {order: profiles.select(tables, Selection(order=order)) for order in ORDERS}
    assert len({chosen.causes for chosen in found.values()}) == len(ORDERS)
    priors = causes["prior"].loc[list(found["common"].causes)]
    assert priors.is_monotonic_decreasing
    assert findings["p_background"].loc[list(found["common"].findings)].is_monotonic_decreasing
    names = list(causes["label"].loc[list(found["name"].causes)].str.lower())
    assert names == sorted(names)
    items = causes["article_item"].loc[list(found["tables"].causes)]
    assert items.dropna().is_monotonic_increasing
    assert items.isna().iloc[-1]
    order = found["strength"].pairs.drop_duplicates("finding_id")["finding_id"]
    assert tuple(order) == found["strength"].findings


@pytest.mark.parametrize(
    "wrong",
    [
        Selection(cause_group="spinall"),
        Selection(finding_group="x"),
        Selection(direction="up"),
        Selection(order="size"),
    ],
)
def test_a_wrong_selection_is_told(tables: spasmlib.Tables, wrong: Selection) -> None:
    with pytest.raises(ValueError, match="unknown"):
        profiles.select(tables, wrong)


def test_every_cause_has_a_profile(any_tables: spasmlib.Tables) -> None:
    for cause_id in any_tables["causes"]["cause_id"]:
        found = profiles.profile(any_tables, cause_id)
        assert found.cause["cause_id"] == cause_id
        assert found.cause["group_label"]
        assert found.cause["what_to_do"]
        assert (found.for_["ratio"] > 1).all()
        assert (found.against["ratio"] < 1).all()
        assert found.for_["strength"].is_monotonic_decreasing
        risks = any_tables["cause_risks"]
        assert len(found.risks) == (risks["cause_id"] == cause_id).sum()
        assert len(found.care) == (any_tables["care"]["cause_id"] == cause_id).sum()


def test_a_profile_shows_only_flags_that_show_the_cause(tables: spasmlib.Tables) -> None:
    flags = tables["red_flags"]
    shown = 0
    for cause_id in tables["causes"]["cause_id"]:
        found = profiles.profile(tables, cause_id)
        assert (found.flags["suspected_id"] == cause_id).all()
        assert (found.flags["signs"].map(len) > 0).all()
        shown += len(found.flags)
    assert shown == flags["shows_cause"].sum()


def test_a_profile_has_the_article_and_its_claims(tables: spasmlib.Tables) -> None:
    found = profiles.profile(tables, "muscle_strain")
    assert found.article is not None
    assert found.article["item"] == found.cause["article_item"]
    linked = tables["claim_links"].query("cause_id == 'muscle_strain'")["claim_id"]
    assert set(found.claims["claim_id"]) == set(linked)
    outside = tables["causes"].loc[tables["causes"]["article_item"].isna(), "cause_id"].iloc[0]
    assert profiles.profile(tables, outside).article is None


def test_every_finding_has_a_profile(any_tables: spasmlib.Tables) -> None:
    for finding_id in any_tables["findings"]["finding_id"]:
        found = profiles.finding_profile(any_tables, finding_id)
        rows = any_tables["cause_findings"]
        assert len(found.pairs) == (rows["finding_id"] == finding_id).sum()
        assert found.pairs["ratio"].is_monotonic_decreasing


def test_comparing_keeps_the_figures_and_says_what_is_assumed(tables: spasmlib.Tables) -> None:
    ids = ["kidney_stone", "muscle_strain", "herniated_disc"]
    compared = profiles.compare(tables, ids)
    assert compared["cause_id"].tolist()[:6] == ids * 2
    rows = tables["cause_findings"].set_index(["cause_id", "finding_id"])["p"]
    known = compared[compared["basis"] != NO_FIGURE]
    assert len(known) == tables["cause_findings"]["cause_id"].isin(ids).sum()
    index = pd.MultiIndex.from_frame(known[["cause_id", "finding_id"]])
    assert (known["p"].to_numpy() == rows.loc[index].to_numpy()).all()
    assumed = compared[compared["basis"] == NO_FIGURE]
    assert len(assumed)
    assert (assumed["p"] == assumed["p_background"]).all()
    assert (assumed["citation"] == "").all()


def test_what_tells_causes_apart_comes_first(tables: spasmlib.Tables) -> None:
    compared = profiles.compare(tables, ["muscle_strain", "kidney_stone"])
    told = compared.drop_duplicates("finding_id")
    assert told["gain"].is_monotonic_decreasing
    assert told["gain"].between(-1e-12, 1).all()
    shares = compared.pivot(index="finding_id", columns="cause_id", values="p")
    same = shares.index[shares["muscle_strain"] == shares["kidney_stone"]]
    assert told.set_index("finding_id").loc[same, "gain"].abs().max() < 1e-12
    first = compared.iloc[0]
    p = compared.loc[compared["finding_id"] == first["finding_id"], "p"]
    assert first["times"] == pytest.approx(p.max() / p.min())
    assert first["spread"] == pytest.approx(np.log(first["times"]))


@pytest.mark.parametrize(
    "ids",
    [[], ["muscle_strain"], ["muscle_strain"] * 2, ["muscle_strain", "nonsense"], list("abcd")],
)
def test_a_wrong_comparison_is_told(tables: spasmlib.Tables, ids: list[str]) -> None:
    with pytest.raises(ValueError, match=f"expected {COMPARED[0]} to|unknown cause"):
        profiles.compare(tables, ids)


def test_an_unknown_id_is_told_with_the_nearest(tables: spasmlib.Tables) -> None:
    with pytest.raises(ValueError, match="did you mean 'muscle_strain'"):
        profiles.profile(tables, "muscle_strian")
    with pytest.raises(ValueError, match="unknown finding"):
        profiles.finding_profile(tables, "muscle_strain")
    with pytest.raises(ValueError, match="unknown cause"):
        profiles.study_rows(tables, "x", "loc_neck")


def test_forms_of_a_pair(tables: spasmlib.Tables) -> None:
    rows = profiles.form_rows(tables, "muscle_strain", "loc_low_back")
    own = tables["variant_findings"].query("finding_id == 'loc_low_back'")
    own = own[own["variant_id"].isin(rows["variant_id"])]
    assert len(rows) == len(own) > 1
    assert rows["share"].sum() == pytest.approx(1)
