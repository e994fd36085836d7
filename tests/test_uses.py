"""Rows in plain words, with what they rest on, and the warning signs as a list."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import spasmlib
from spasmlib.flags import warning_signs
from spasmlib.schema import SOURCED
from spasmlib.tables import records
from spasmlib.uses import (
    REFERRING,
    address_of,
    in_words,
    keys,
    provenance,
    row_frame,
    row_labels,
    row_of,
    source_list,
    source_uses,
)

OTHER = Path(__file__).parent / "packages" / "tension_headache"


@pytest.fixture(scope="module", params=[None, OTHER], ids=["own", "other topic"])
def topic(request: pytest.FixtureRequest) -> spasmlib.Tables:
    return spasmlib.load(request.param)


def test_keys_name_each_row_once(topic: spasmlib.Tables) -> None:
    for table in topic:
        assert len(set(keys(topic, table))) == len(topic[table]), table
        assert len(row_labels(topic, table)) == len(topic[table])
        assert all(row_labels(topic, table)), table


def test_every_row_opens(topic: spasmlib.Tables) -> None:
    for table in topic:
        for key in keys(topic, table)[:: 1 + len(topic[table]) // 5]:
            row = row_of(topic, table, key)
            assert [cell.name for cell in row.cells] == list(topic[table].columns)
            own = row_frame(topic, table, key)
            primary = list(topic.schema.tables[table].primary_key)
            assert "+".join(map(str, own[primary].iloc[0])) == key
            assert all(ground.label for ground in row.bases)
            assert all(ground.sourced for ground in row.bases if ground.sources)


def test_values_are_in_words_and_linked(tables: spasmlib.Tables) -> None:
    first = tables.evidence.iloc[0]
    cells = {cell.name: cell for cell in row_of(tables, "evidence", first["evidence_id"]).cells}
    interventions = tables.interventions.set_index("intervention_id")["label"]
    assert cells["intervention_id"].text == interventions[first["intervention_id"]]
    assert cells["intervention_id"].address == f"interventions/{first['intervention_id']}"
    terms = tables.terms.set_index(["kind", "term_id"])["label"]
    assert cells["outcome"].text == terms["outcome", first["outcome"]]
    assert cells["source_id"].address == f"sources/{first['source_id']}"
    assert cells["value"].heading == "Result"


def test_what_a_row_rests_on(tables: spasmlib.Tables) -> None:
    estimate = tables.cause_findings[tables.cause_findings["basis"] == "estimate"].iloc[0]
    row = row_of(tables, "cause_findings", f"{estimate['cause_id']}+{estimate['finding_id']}")
    assert [(ground.sourced, ground.sources) for ground in row.bases] == [(False, ())]
    claim = tables.claims[tables.claims["basis"] == SOURCED]["claim_id"].iloc[0]
    links = tables.claim_sources[tables.claim_sources["claim_id"] == claim]
    [ground] = row_of(tables, "claims", claim).bases
    assert [one.source_id for one in ground.sources] == links["source_id"].tolist()
    # The prior of a cause is an estimate, but what is told of it was read.
    cause = tables.causes[tables.causes["prior_basis"] == "estimate"]["cause_id"].iloc[0]
    prior, told = row_of(tables, "causes", cause).bases
    assert (prior.column, prior.sourced) == ("prior_basis", False)
    assert told.sources


def test_what_refers_to_a_row_is_counted_and_bounded(tables: spasmlib.Tables) -> None:
    cause = tables.cause_findings["cause_id"].value_counts().index[0]
    found = {part.table: part for part in row_of(tables, "causes", cause).used_by}
    pairs = found["cause_findings"]
    assert pairs.total == (tables.cause_findings["cause_id"] == cause).sum()
    assert len(pairs.rows) == REFERRING
    assert pairs.rows[0].address.startswith(f"rows/cause_findings/{cause}+")
    flags = found["red_flags"].rows if "red_flags" in found else ()
    assert all(link.address.startswith("flags/") for link in flags)


def test_unknown_tables_and_rows_are_said_plainly(tables: spasmlib.Tables) -> None:
    with pytest.raises(ValueError, match="There is no table “nowhere”"):
        row_of(tables, "nowhere", "x")
    with pytest.raises(ValueError, match="There is no row “x” in the table “Causes”"):
        row_of(tables, "causes", "x")
    for ask in (keys, row_labels):
        with pytest.raises(ValueError, match="There is no table"):
            ask(tables, "nowhere")


def test_each_use_of_a_source_is_found(topic: spasmlib.Tables) -> None:
    uses = source_uses(topic)
    named = sum(
        topic[name][key.column].notna().sum()
        for name, shape in topic.schema.tables.items()
        for key in shape.foreign_keys
        if key.table == "sources"
    )
    assert len(uses) == named > 0
    for row in records(uses.sample(min(40, len(uses)), random_state=1)):
        table, key = row["address"].removeprefix("rows/").split("/", 1)
        own = row_frame(topic, table, key)
        assert row["source_id"] in own.astype(str).to_numpy()
        assert all(link.table != "sources" for link in row["items"])


def test_sources_are_counted(topic: spasmlib.Tables) -> None:
    sources = source_list(topic)
    assert set(sources["source_id"]) == set(topic.sources["source_id"])
    assert sources["uses"].sum() == len(source_uses(topic))
    assert sources["uses"].is_monotonic_decreasing
    assert all((uses > 0) == bool(named) for uses, named in sources[["uses", "tables"]].to_numpy())


def test_provenance_counts_what_the_tables_say(tables: spasmlib.Tables) -> None:
    told = provenance(tables).set_index("table")
    pairs = tables.cause_findings["basis"] == SOURCED
    assert told.loc["cause_findings", "sourced"] == pairs.sum()
    assert told.loc["causes", "sourced"] == (tables.causes["prior_basis"] == SOURCED).sum()
    assert told.loc["evidence", "sourced"] == tables.evidence["source_id"].notna().sum()
    assert pd.isna(told.loc["phrases", "sourced"])
    assert told["rows"].sum() == sum(len(frame) for frame in tables.values())


@pytest.mark.parametrize(
    ("value", "said"),
    [(True, "yes"), (False, "no"), (12, "12"), (-3, "−3"), (1e-5, "0.00001"), (2.50, "2.5")],
)
def test_values_as_people_read_them(value: object, said: str) -> None:
    assert in_words(value) == said


def test_addresses_go_to_pages_where_there_are_some() -> None:
    assert address_of("findings", "x") == "causes/finding.x"
    assert address_of("terms", "a+b") == "rows/terms/a+b"


def test_warning_signs_are_the_tables(topic: spasmlib.Tables) -> None:
    signs = warning_signs(topic).set_index("red_flag_id")
    rows = topic.red_flags.set_index("red_flag_id")
    assert set(signs.index) == set(rows.index)
    levels = topic.urgency_levels.astype({"urgency": object}).set_index("urgency")["position"]
    assert signs["urgency"].map(levels).is_monotonic_increasing
    needed = topic.red_flag_findings.groupby("red_flag_id")["finding_id"].agg(set)
    for name, row in signs.iterrows():
        found = {link.address.removeprefix("causes/finding.") for link in row["signs"]}
        assert found == needed[name]
        shows = rows.loc[name, "shows_cause"]
        assert row["suspected_id"] == (rows.loc[name, "suspected_cause_id"] if shows else "")
