"""The tables as a user of the library meets them."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pandas as pd
import pytest

import spasmlib
from spasmlib.sources import citations


def test_columns_are_typed(tables: spasmlib.Tables) -> None:
    assert isinstance(tables.causes["urgency"].dtype, pd.CategoricalDtype)
    assert tables.findings["age_min"].dtype == "Int64"
    assert tables.causes["prior"].dtype == "float64"
    assert tables.causes["must_not_miss"].dtype == "boolean"
    assert set(tables) >= {"sources", "findings", "causes", "cause_findings", "claims", "care"}


def test_tables_cannot_be_changed(tables: spasmlib.Tables) -> None:
    mine = tables.causes
    mine.loc[0, "label"] = "Something else"
    mine["more"] = 1
    mine["label"].array[1] = "Something else"
    del mine["description"]
    assert "Something else" not in set(tables.causes["label"])
    assert "more" not in tables.causes
    assert "description" in tables.causes
    with pytest.raises(AttributeError, match="read-only"):
        tables.causes = mine  # type: ignore[misc]
    with pytest.raises(TypeError):
        tables["causes"] = mine  # type: ignore[index]


def test_tables_survive_copying_and_pickling(tables: spasmlib.Tables) -> None:
    for twin in (copy.copy(tables), copy.deepcopy(tables), pickle.loads(pickle.dumps(tables))):
        assert twin.causes.equals(tables.causes)


def test_only_web_addresses_become_links(package: Path) -> None:
    descriptor = package / "datapackage.json"
    text = descriptor.read_text(encoding="utf-8")
    descriptor.write_text(text.replace("https?://", ".*://"), encoding="utf-8")
    rows = pd.read_csv(package / "sources.csv", dtype=str, keep_default_na=False)
    rows.loc[0, ["doi", "pmid", "pmcid", "url"]] = ["", "", "", "javascript://alert(1)"]
    rows.to_csv(package / "sources.csv", index=False, lineterminator="\n")
    assert citations(spasmlib.load(package))["link"].iloc[0] == ""


def test_an_unknown_table_is_named(tables: spasmlib.Tables) -> None:
    with pytest.raises(AttributeError, match=r"no table 'cause'; there are: .*causes"):
        _ = tables.cause


def test_another_package_can_be_named_by_the_environment(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPASM_DATA", str(package))
    assert spasmlib.load().folder == package


def test_every_source_prefers_the_doi(tables: spasmlib.Tables) -> None:
    known = citations(tables)
    sources = tables.sources.set_index("source_id")
    with_doi = sources["doi"].notna()
    assert known.loc[with_doi, "link"].str.startswith("https://doi.org/10.").all()
    only_pmid = sources["doi"].isna() & sources["pmid"].notna()
    assert known.loc[only_pmid, "link"].str.startswith("https://pubmed.ncbi.nlm.nih.gov/").all()


def add_row(package: Path, table: str, **values: str) -> None:
    file = package / f"{table}.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    row = {name: values.get(name, "") for name in rows.columns}
    assert not values.keys() - row.keys()
    pd.concat([rows, pd.DataFrame([row])]).to_csv(file, index=False, lineterminator="\n")


def test_a_cause_is_added_by_editing_csv_only(package: Path) -> None:
    """The steps of the README, done to a copy of the tables."""
    add_row(
        package,
        "causes",
        cause_id="rib_joint_pain",
        label="Sore rib joint",
        group="muscular",
        must_not_miss="false",
        description="A joint between a rib and the spine is sore.",
        course="It mostly eases within weeks.",
        prior="0.01",
        prior_basis="estimate",
        prior_note="Our judgement.",
        urgency="self_care",
        self_care="Keep moving.",
        professional_care="Hands-on care may help.",
    )
    for finding, p in (("loc_mid_back", "0.9"), ("worse_cough_or_sneeze", "0.9")):
        add_row(
            package,
            "cause_findings",
            cause_id="rib_joint_pain",
            finding_id=finding,
            p=p,
            basis="estimate",
            note="The joint moves with each breath.",
        )
    add_row(
        package,
        "care",
        care_id="care_rib_joint_pain_01",
        cause_id="rib_joint_pain",
        intervention_id="stay_active",
        role="first_line",
        phase="acute",
        action="Keep moving.",
        basis="estimate",
    )
    assert spasmlib.check(package) == []
    tables = spasmlib.load(package)
    person = spasmlib.Person(present=frozenset({"loc_mid_back", "worse_cough_or_sneeze"}))
    view = spasmlib.assess(tables, person)
    assert view.causes["cause_id"].iloc[0] == "rib_joint_pain"
    assert list(view.reasons("rib_joint_pain")["basis"]) == ["estimate", "estimate"]
    assert list(view.plan("rib_joint_pain")["label"]) == ["Stay active (relative rest)"]
