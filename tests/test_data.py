"""The facts themselves: complete, sourced or marked, in plain words, signs all one way."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import spasmlib
from spasmlib.sources import citations

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import textstat

TABLES = spasmlib.load()
HARDEST = 8.0
USUAL = 6.0

TEXTS = [
    (table.name, column.name)
    for table in TABLES.schema.tables.values()
    for column in table.columns
    if column.visitor_text
]


@pytest.mark.parametrize(("table", "column"), TEXTS)
def test_every_visitor_text_is_plain(table: str, column: str) -> None:
    texts = TABLES[table][column].dropna().unique()
    grades = pd.Series({text: textstat.flesch_kincaid_grade(text) for text in texts})
    hard = grades[grades > HARDEST]
    assert hard.empty, f"{table}.{column} above US grade {HARDEST}:\n{hard.to_string()}"
    assert grades.mean() <= USUAL


def test_sourced_rows_name_their_source_and_estimates_do_not() -> None:
    ruled = [table for table in TABLES.schema.tables.values() if table.sourced]
    assert len(ruled) >= 8
    for table in ruled:
        for rule in table.sourced:
            rows = TABLES[table.name]
            assert ((rows[rule.basis] == "sourced") == rows[rule.source].notna()).all()


LINKED = [
    ("interventions", "intervention_id", "intervention_sources"),
    ("risk_factors", "risk_factor_id", "risk_factor_sources"),
    ("claims", "claim_id", "claim_sources"),
]


@pytest.mark.parametrize(("table", "key", "links"), LINKED, ids=[row[0] for row in LINKED])
def test_basis_agrees_with_the_table_of_sources(table: str, key: str, links: str) -> None:
    rows = TABLES[table]
    sourced = set(rows.loc[rows["basis"] == "sourced", key])
    assert sourced == set(TABLES[links][key])


def enumerated() -> Iterator[tuple[str, str, str, list[str]]]:
    descriptor = json.loads((TABLES.folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        for field in resource["schema"]["fields"]:
            if "terms" in field:
                yield resource["name"], field["name"], field["terms"], field["constraints"]["enum"]


def test_every_id_has_a_label_and_every_label_an_id() -> None:
    terms = TABLES.terms.groupby("kind")["term_id"].agg(list).to_dict()
    used = set()
    for table, column, kind, ids in enumerated():
        assert ids == terms[kind], (table, column)
        used.add(kind)
    assert used == set(terms)


def test_signs_of_evidence_go_one_way() -> None:
    rows = TABLES.evidence.dropna(subset=["value"]).astype({"measure": str, "direction": str})
    ratio = rows["measure"].isin(["RR", "OR", "HR"])
    effect = rows["value"] - ratio
    good = effect.where(rows["better"] == "higher", -effect)
    assert rows["better"].notna().all()
    scale = rows["measure"].isin(["SMD", "MD_0_100"])
    assert (rows.loc[scale, "better"] == "lower").all()
    assert rows.loc[rows["measure"] == "MD_0_100", "value"].between(-100, 100).all()
    assert rows.loc[ratio, "value"].gt(0).all()
    wrong = rows[(good * rows["direction"].map({"benefit": 1, "harm": -1}).fillna(0)) < 0]
    assert wrong.empty, wrong[["evidence_id", "value", "better", "direction"]].to_string()


@pytest.mark.parametrize("table", ["evidence", "risk_effects"])
def test_intervals_hold_their_value(table: str) -> None:
    rows = TABLES[table].dropna(subset=["value", "ci_low", "ci_high"])
    assert len(rows) > 50
    wrong = rows[~rows["value"].between(rows["ci_low"], rows["ci_high"])]
    assert wrong.empty, wrong.to_string()


def test_risk_effects_say_which_way_they_point() -> None:
    rows = TABLES.risk_effects
    protective = rows[rows["exposure"] == "protective"]
    assert 0 < len(protective) < len(rows) / 2
    assert protective["value"].median() < 1 < rows.drop(protective.index)["value"].median()


def test_the_whole_article_is_in_the_product() -> None:
    items = TABLES.article_items.groupby("section", observed=True)["item"].agg(set)
    assert items["treatment"] >= set(range(1, 9))
    assert items["cause"] >= set(range(1, 11))
    assert items["care_seeking"]
    claims = TABLES.claims
    claimed = set(zip(claims["section"], claims["article_item"], strict=True))
    assert claimed == {(section, item) for section, numbers in items.items() for item in numbers}
    assert set(TABLES.causes["article_item"].dropna()) == set(range(1, 11))
    assert set(TABLES.interventions["article_treatment"].dropna()) == set(range(1, 9))


def test_every_claim_leads_somewhere() -> None:
    links = TABLES.claim_links
    targets = ["cause_id", "finding_id", "risk_factor_id", "intervention_id"]
    assert (links[targets].notna().sum(axis=1) == 1).all()
    assert set(links["claim_id"]) == set(TABLES.claims["claim_id"])


@pytest.mark.parametrize("table", ["care", "cause_findings", "cause_sources"])
def test_every_cause_is_described_in(table: str) -> None:
    assert set(TABLES[table]["cause_id"]) == set(TABLES.causes["cause_id"])


def test_every_flag_needs_findings_and_no_two_the_same() -> None:
    needs = TABLES.red_flag_findings.groupby("red_flag_id")["finding_id"].agg(frozenset)
    assert set(needs.index) == set(TABLES.red_flags["red_flag_id"])
    assert not needs.duplicated().any()


def test_a_cause_has_a_figure_for_each_of_its_own_warning_signs() -> None:
    flags = TABLES.red_flags[TABLES.red_flags["shows_cause"]]
    links = flags.merge(TABLES.red_flag_findings, on="red_flag_id")
    needed = set(zip(links["suspected_cause_id"], links["finding_id"], strict=True))
    pairs = TABLES.cause_findings
    missing = needed - set(zip(pairs["cause_id"], pairs["finding_id"], strict=True))
    assert not missing


ADVICE = {
    "emergency": r"emergency|maternity unit",
    "same_day": r"today|\bnow\b|maternity unit|before the next dose|24 hours",
    "soon": r"days|week|soon",
    "routine": r"next|visit|nurse|doctor",
}


def test_advice_of_flags_agrees_with_their_urgency() -> None:
    for flag in TABLES.red_flags.itertuples():
        assert re.search(ADVICE[str(flag.urgency)], str(flag.advice), re.IGNORECASE), flag


def test_emergency_signs_stand_on_emergency_flags() -> None:
    signs = TABLES.emergency_signs
    flags = TABLES.red_flags.set_index("red_flag_id")
    assert 8 <= len(signs) <= 14
    assert (flags.loc[signs["red_flag_id"], "urgency"] == "emergency").all()
    causes = set(flags.loc[signs["red_flag_id"], "suspected_cause_id"])
    assert causes >= {
        "cauda_equina_syndrome",
        "aortic_emergency",
        "heart_or_lung_cause",
        "spinal_infection",
    }


COPIES = (
    "researchgate|academia.edu|scribd|docslib|semanticscholar|growkudos|researcher.life|translate"
    "|proxy|ijlink|yumpu|studylib|slideshare|issuu|vdoc|dokumen|silo.tips|coursehero|quizlet"
)


def test_no_source_is_linked_through_a_copy() -> None:
    links = citations(TABLES)["link"]
    assert not links.str.contains(COPIES, case=False, regex=True).any()
    assert links[links != ""].str.fullmatch(r"https?://[^\s/]+(/\S*)?").all()


def test_one_paper_is_one_source() -> None:
    sources = TABLES.sources
    for column in ("doi", "pmid", "pmcid"):
        known = sources[column].dropna().str.lower()
        assert not known.duplicated().any(), known[known.duplicated(keep=False)].to_string()


def test_incomplete_sources_are_those_without_year_or_identifier() -> None:
    known = citations(TABLES)
    sources = TABLES.sources.set_index("source_id")
    identified = sources[["doi", "pmid", "pmcid"]].notna().any(axis=1)
    assert (known["complete"] == (sources["year"].notna() & identified)).all()
    assert 0 < (~known["complete"]).sum() < len(known) / 2


def test_every_priced_pair_is_a_probability_of_its_own() -> None:
    pairs = TABLES.cause_findings
    assert len(pairs) > 2300
    assert pairs["p"].between(0, 1).all()
    studied = TABLES.finding_studies
    sourced = pairs[pairs["basis"] == "sourced"]
    assert len(sourced) > 20
    rows = sourced.merge(studied, on=["cause_id", "finding_id", "source_id"])
    rows = rows[(rows["p"] - rows["p_given_cause"]).abs() < 1e-9]
    assert len(rows.drop_duplicates(["cause_id", "finding_id"])) == len(sourced)


def test_nothing_promises_or_diagnoses() -> None:
    for table, column in TEXTS:
        texts = TABLES[table][column].dropna()
        said = texts[texts.str.contains(r"(?:^|[.!] )You have (?!none|any)")]
        assert said.empty, said.to_string()


DEVICE_WORDS = r"diagnos|detect|monitor|\byour risk|\byour result"
WHAT_THIS_IS_NOT = "It is for learning; it is not a diagnosis."
ROOT = Path(spasmlib.__file__).parents[1]


def read_by_visitors() -> Iterator[tuple[str, str]]:
    """Yield every text that a visitor may read, with where it stands."""
    yield "datapackage.json", f"{TABLES.schema.title} {TABLES.schema.description}"
    yield "datapackage.json page", " ".join(TABLES.schema.page.values())
    hidden = {"words", "pattern", "citation", "url"}  # never shown, or the title of somebody's work
    for table in TABLES.schema.tables.values():
        for column in table.columns:
            coded = column.name.endswith("_id") or "enum" in column.constraints
            if column.type == "string" and not coded and column.name not in hidden:
                for text in TABLES[table.name][column.name].dropna().unique():
                    yield f"{table.path} {column.name}", str(text)
    shown = [*ROOT.glob("spasmlib/**/*.j2"), *ROOT.glob("spasmlib/widgets/*.js")]
    for file in [*shown, *ROOT.glob("spasmlib/panels/*.py"), *ROOT.glob("notebooks/*.ipynb")]:
        yield file.name, file.read_text(encoding="utf-8")


def test_no_text_speaks_like_a_device() -> None:
    texts = [(place, text.replace(WHAT_THIS_IS_NOT, "")) for place, text in read_by_visitors()]
    assert len(texts) > 5000
    said = [(place, text) for place, text in texts if re.search(DEVICE_WORDS, text, re.IGNORECASE)]
    assert not said, said[:5]
    places = [place for place, text in read_by_visitors() if WHAT_THIS_IS_NOT in text]
    assert len(places) == 2, places  # at the head of the page, and of the summary to take along
