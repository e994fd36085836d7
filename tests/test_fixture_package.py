"""A data package of another topic drives the explorer without a change of code."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

import spasmlib
from spasmlib.panels import Explorer, load_explorer
from spasmlib.schema import Column, Schema
from spasmlib.sources import IDENTIFIERS

PACKAGE = Path(__file__).parent / "packages" / "tension_headache"
PATTERNS = {
    "episodic_band": {"brow_band", "pressing"},
    "daily_band": {"both_temples", "pressing", "most_days"},
    "tablet_loop": {"many_tablets", "most_days"},
    "throbbing_attacks": {"throbbing", "light_hurts"},
    "brain_bleed": {"sudden_peak"},
}
"""What people with each cause report."""

HOSTILE = 'Tight band & "vice" <b>'


@pytest.fixture(scope="module")
def fixture() -> spasmlib.Tables:
    return spasmlib.load(PACKAGE)


def described(schema: Schema) -> dict[str, object]:
    """Return all of a schema but its words and the allowed values, which are of a topic."""
    return {
        table.name: (
            [
                (column.name, column.type, column.terms, column.visitor_text, rules(column))
                for column in table.columns
            ],
            (table.path, table.may_be_empty, table.primary_key, table.foreign_keys, table.sourced),
        )
        for table in schema.tables.values()
    }


def rules(column: Column) -> dict[str, object]:
    return {name: rule for name, rule in column.constraints.items() if name != "enum"}


def ids(tables: spasmlib.Tables) -> set[str]:
    """Return the ids of what the topic is about."""
    keys = {
        "causes": "cause_id",
        "findings": "finding_id",
        "risk_factors": "risk_factor_id",
        "interventions": "intervention_id",
        "sources": "source_id",
    }
    return {str(name) for table, key in keys.items() for name in tables[table][key]}


def test_the_package_is_sound_and_has_our_schema_but_none_of_our_ids(
    fixture: spasmlib.Tables, tables: spasmlib.Tables
) -> None:
    assert spasmlib.check(PACKAGE) == []
    assert described(fixture.schema) == described(tables.schema)
    assert not ids(fixture) & ids(tables)


def test_the_package_is_plainly_a_fixture_and_cites_no_real_work(fixture: spasmlib.Tables) -> None:
    assert fixture.schema.title == "Fixture: tension headache (not for use)"
    assert "made-up" in fixture.schema.description
    assert fixture.sources["citation"].str.endswith("Not a real publication.").all()
    assert fixture.sources[IDENTIFIERS].isna().all(axis=None)
    assert fixture.sources["url"].dropna().str.startswith("https://example.org/").all()


@pytest.mark.parametrize(("cause", "findings"), PATTERNS.items())
def test_the_cause_whose_findings_are_reported_leads(
    fixture: spasmlib.Tables, cause: str, findings: set[str]
) -> None:
    view = spasmlib.assess(fixture, spasmlib.Person(present=findings))
    assert view.causes["cause_id"].iloc[0] == cause


def test_a_warning_sign_of_this_topic_is_urgent(fixture: spasmlib.Tables) -> None:
    view = spasmlib.assess(fixture, spasmlib.Person(present={"sudden_peak"}))
    assert (view.urgency, view.urgency_basis) == ("emergency", "red_flags")


def shown(explorer: Explorer) -> str:
    """Return all that the explorer can show once something is answered, in every tab."""
    explorer.findings.answers = {"brow_band": "yes", "many_tablets": "yes"}
    pages = [explorer.html]
    for cause in explorer.view.causes["cause_id"]:
        explorer.result.picked, explorer.result.chosen = True, cause
        for explorer.tab in ("causes", "helps", "links", "take"):
            pages += [panel.html for panel in explorer.slots.values() if hasattr(panel, "html")]
    return "\n".join(pages)


def test_the_explorer_speaks_of_this_topic_alone(
    fixture: spasmlib.Tables, tables: spasmlib.Tables
) -> None:
    explorer = load_explorer(PACKAGE)
    assert isinstance(explorer, Explorer)
    raw = shown(explorer)
    text = html.unescape(raw)
    for label in (*fixture.causes["label"], *fixture.interventions["label"]):
        assert label in text
    ours = [*tables.causes["label"], *tables.interventions["label"], *tables.schema.page.values()]
    strays = [label for label in ours if re.search(rf"\b{re.escape(label)}\b", text)]
    assert not strays
    assert html.escape(HOSTILE, quote=False).partition('"')[0] in raw
    assert "<b>" not in raw


def test_a_time_span_is_read_where_the_topic_does_not_ask_for_it(fixture: spasmlib.Tables) -> None:
    read = spasmlib.read_text(fixture, "It has gone on for three weeks.")
    assert not read.person.present
