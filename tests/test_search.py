"""The search over everything."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spasmlib
from spasmlib.search import KINDS, LONGEST, search

TABLES = spasmlib.load()

PLACES = {
    "cause": ("causes", "causes", "cause_id", "label"),
    "medicine": ("causes", "medicines", "cause_id", "medicine_class"),
    "finding": ("causes/finding.", "findings", "finding_id", "label"),
    "intervention": ("interventions", "interventions", "intervention_id", "label"),
    "risk_factor": ("risks", "risk_factors", "risk_factor_id", "label"),
    "glossary": ("glossary", "glossary", "entry_id", "term"),
    "claim": ("article", "claims", "claim_id", "claim"),
    "red_flag": ("flags", "red_flags", "red_flag_id", "question"),
    "source": ("sources", "sources", "source_id", "citation"),
}
"""By kind: where its pages are, and the table, key and label of its rows."""

FIRST = {
    # what a patient types
    "sciatca": "glossary/sciatica",
    "slipped disc": "causes/herniated_disc",
    "sliped disc": "causes/herniated_disc",
    "disc slipped": "causes/herniated_disc",
    "pinched nerve": "causes/nerve_compression",
    "pulled muscle": "causes/muscle_strain",
    "wry neck": "causes/acute_wry_neck",
    "crick in the neck": "causes/acute_wry_neck",
    "mus": "causes/muscle_strain",
    "fibro": "causes/fibromyalgia",
    "ibuprofen": "interventions/oral_nsaid",
    "paracetomol": "interventions/paracetamol",
    "tylenol": "interventions/paracetamol",
    "heating pad": "interventions/heat",
    "does heat help": "interventions/heat",
    "water pills": "risks/diuretics",
    "smoking": "risks/smoking",
    "pickle juice": "interventions/pickle_juice",
    "mattress": "interventions/mattress_choice",
    "can't pee": "causes/finding.bladder_dysfunction",
    "back pain at night": "causes/finding.night_pain",
    "leg cramps at night": "causes/finding.onset_night_cramp",
    "fever": "causes/finding.fever_or_chills",
    "kidney stones": "causes/kidney_stone",
    "simvastatin": "causes/statin_side_effect",
    # a physiotherapist or a doctor
    "cauda equina": "causes/cauda_equina_syndrome",
    "radiculopathy": "causes/nerve_compression",
    "spondylolisthesis": "causes/spondylolisthesis",
    "dry needling": "interventions/dry_needling",
    "tens": "glossary/tens",
    "osteoperosis": "glossary/osteoporosis",
    "ice for the first 48 hours": "article/a07",
    # a student
    "odds ratio": "glossary/odds_ratio",
    "relative risk": "glossary/risk_ratio",
    "GRADE": "glossary/grade",
    "OR": "glossary/odds_ratio",
    "forest plot": "glossary/forest_plot",
    "qaseem 2017": "sources/qaseem_2017_acp",
    "10.7326/M16-2367": "sources/qaseem_2017_acp",
    "acp 2017": "sources/qaseem_2017_acp",
}

AMONG_THREE = {
    "magnesium": {"interventions/magnesium_supplement", "causes/magnesium_deficiency"},
    "numb saddle": {"causes/finding.saddle_numbness"},
    "sciatica": {"causes/finding.pain_below_knee"},
    "NICE guideline": {"glossary/nice"},
    "dehydration causes cramps": {"causes/dehydration", "article/a27"},
    "ice or heat": {"article/a07", "interventions/ice"},
    "sitting too long": {"risks/prolonged_sitting", "causes/finding.prolonged_sitting"},
    "parkinson": {"causes/parkinsons_disease"},
    "electrolytes": {"causes/electrolyte_imbalance", "interventions/electrolytes"},
    "tens": {"interventions/tens"},
    "TNF": {"interventions/tnf_inhibitor"},
    "steroid injection": {"interventions/epidural_steroid_injection"},
    "shingles rash": {"causes/shingles", "causes/finding.band_rash"},
    "xray": {"interventions/routine_scan", "glossary/x_ray"},
    "stress": {"causes/stress_anxiety"},
    "when to see a doctor": {"interventions/doctor_visit"},
}


def addresses(query: str, limit: int = 12) -> list[str]:
    return [hit.address for hit in search(TABLES, query, limit)]


@pytest.mark.parametrize("query", FIRST)
def test_what_is_looked_for_is_found_first(query: str) -> None:
    assert addresses(query)[0] == FIRST[query]


@pytest.mark.parametrize("query", AMONG_THREE)
def test_what_is_looked_for_is_among_the_first_three(query: str) -> None:
    assert AMONG_THREE[query] <= set(addresses(query)[:3])


def test_a_guideline_is_found_by_who_wrote_it() -> None:
    assert "sources/nice_2016_ng59" in addresses("NICE guideline")


def test_a_symptom_leads_to_its_causes_and_care() -> None:
    kinds = {hit.kind for hit in search(TABLES, "sciatica")}
    assert {"cause", "finding", "intervention", "glossary"} <= kinds


@pytest.mark.parametrize("kind", PLACES)
def test_every_row_is_found_by_its_label(kind: str) -> None:
    _, table, _, label = PLACES[kind]
    for row in TABLES[table].iloc[:: max(1, len(TABLES[table]) // 25)].to_dict("records"):
        said = row[label]
        found = [hit.label for hit in search(TABLES, said)[:3]]
        assert said in found or len(said) > LONGEST, (said, found)


def test_notes_say_what_a_hit_is() -> None:
    hit = search(TABLES, "smoking")[0]
    assert (hit.kind_label, hit.note) == ("Risk factor", "What people do · Can be changed")
    assert search(TABLES, "ice for the first 48 hours")[0].note == "Not supported · Treatments"
    assert search(TABLES, "qaseem 2017")[0].note == "Guideline · 2017"


@pytest.mark.parametrize("query", ["", " ", "x", "?!", "\x00\x07", "zzzzqqq", "́", "’" * 90])
def test_nothing_is_found_by_nothing(query: str) -> None:
    assert search(TABLES, query) == []


def test_a_wrong_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="limit is 0; expected at least 1"):
        search(TABLES, "pain", 0)


@pytest.mark.parametrize("query", ["pain", "cancer", "mus", "fever", "sleep"])
def test_hits_are_of_several_kinds(query: str) -> None:
    hits = search(TABLES, query)
    everything = Counter(hit.kind for hit in search(TABLES, query, 2000))
    counts = Counter(hit.kind for hit in hits)
    others = sum(min(4, number) for number in everything.values())
    assert len(hits) == 12
    assert max(counts.values()) <= 4 or others < 12


def test_one_kind_fills_the_list_where_nothing_else_fits() -> None:
    hits = search(TABLES, "Ann Intern Med")
    assert Counter(hit.kind for hit in hits).most_common(1)[0] == ("source", len(hits))
    assert len(hits) > 4


def check(tables: spasmlib.Tables, query: str, limit: int) -> None:
    hits = search(tables, query, limit)
    assert len(hits) <= limit
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)
    for hit in hits:
        page, table, key, label = PLACES[hit.kind]
        rows = tables[table]
        row = rows[rows[label] == hit.label]
        known = set(f"{page.rstrip('/')}{'' if page.endswith('.') else '/'}" + row[key])
        assert hit.address in known
        assert hit.kind_label == KINDS[hit.kind]
        assert hit.note
        assert "\n" not in hit.note


SAID = st.sampled_from([*FIRST, *AMONG_THREE, "pain", "muscle", "the", "a"])
QUERIES = st.one_of(
    st.text(max_size=120),
    st.lists(st.one_of(SAID, st.text(max_size=6)), max_size=6).map(" ".join),
)


@given(QUERIES, st.integers(1, 40))
def test_any_query_finds_rows_that_exist_best_first(query: str, limit: int) -> None:
    check(TABLES, query, limit)


def test_only_the_beginning_of_a_long_query_is_read() -> None:
    long = "slipped disc " * 1000
    assert addresses(long) == addresses(long[:LONGEST])
    assert search(TABLES, "q" * 10_000) == []


def test_the_search_is_fast() -> None:
    search(TABLES, "warm")
    queries = [*FIRST, *AMONG_THREE, "qwertz asdfgh yxcvbn poiuzt lkjhgf mnbvcx zuiopu trewqa"]
    times = []
    for query in queries:
        start = time.perf_counter()
        search(TABLES, query)
        times.append(time.perf_counter() - start)
    assert sorted(times)[-2] < 0.03  # one may meet a pause of the machine


def test_a_package_with_little_in_it_is_searched(package: Path) -> None:
    for name in ("glossary", "risk_interventions"):
        file = package / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    tables = spasmlib.load(package)
    assert search(tables, "herniated disc")[0].address == "causes/herniated_disc"
    assert all(hit.kind != "glossary" for hit in search(tables, "odds ratio"))


PACKAGES = sorted((Path(__file__).parent / "packages").glob("*/datapackage.json"))


@pytest.mark.parametrize("descriptor", PACKAGES, ids=lambda file: file.parent.name)
def test_another_topic_is_searched(descriptor: Path) -> None:
    tables = spasmlib.load(descriptor.parent)
    for row in tables.causes.itertuples():
        assert search(tables, row.label)[0].address == f"causes/{row.cause_id}"
        check(tables, row.label, 12)
