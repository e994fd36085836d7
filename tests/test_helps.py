"""What helps: numbers of people only where a source has them, on a timeline, in three layers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spasmlib
from spasmlib.panels.helps import (
    certainties,
    crowd,
    gap,
    helps_html,
    on_the_line,
    shown_cause,
    timeline,
)
from spasmlib.panels.result import ResultModel
from spasmlib.tables import records

TABLES = spasmlib.load()
SHARES = ["event", "with_what", "with_percent", "without_percent"]
SQUARES = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z")


def view_of(**person: Any) -> spasmlib.View:
    return spasmlib.assess(TABLES, spasmlib.Person(**person))


def model_of(chosen: str = "", asked: bool = True, **person: Any) -> ResultModel:
    return ResultModel(view=view_of(**person), asked=asked, chosen=chosen)


def steps_of(cause: str, **person: Any) -> pd.DataFrame:
    return view_of(**person).plan(cause)


def one_step(cause: str, intervention: str, **person: Any) -> dict[str, Any]:
    steps = steps_of(cause, **person)
    return records(steps[steps["intervention_id"] == intervention])[0]


def counted() -> pd.DataFrame:
    rows: pd.DataFrame = TABLES.evidence
    return rows[rows["event"].notna()]


def numbers_in(text: str) -> Iterator[float]:
    """Yield the shares that a text states, in percent."""
    per_thousand = "in 1000" in text
    for number in re.findall(r"\d+(?:\.\d+)?", text):
        yield float(number)
        if per_thousand:
            yield float(number) / 10


def test_shares_stand_together_or_not_at_all() -> None:
    given = TABLES.evidence[SHARES].notna()
    assert (given.all(axis=1) == given.any(axis=1)).all()
    assert len(counted()) >= 10
    assert counted()["comparator"].notna().all()


def test_every_share_stands_in_the_words_of_its_trial() -> None:
    for row in counted().itertuples():
        stated = set(numbers_in(row.summary))
        assert {row.with_percent, row.without_percent} <= stated, row.evidence_id


def test_no_share_comes_from_a_ratio() -> None:
    """A row with a ratio, a range or a gap alone has no shares."""
    rows = counted()
    ratios = rows[rows["measure"].astype(str) == "RR"]
    assert len(ratios)
    for row in ratios.itertuples():
        assert row.with_percent in set(numbers_in(row.summary))
        assert row.with_percent / row.without_percent == pytest.approx(row.value, rel=0.2)
    unstated = TABLES.evidence.set_index("evidence_id").loc[["drug_e105", "drug_e114", "drug_e061"]]
    assert unstated["event"].isna().all()


def test_ice_and_heat_carry_the_rule_of_the_article() -> None:
    for name in ("ice", "heat"):
        claims = {claim.claim: claim for claim in one_step("muscle_strain", name)["claims"]}
        rule = claims["Use ice for the first 48 hours and only then change to heat."]
        assert rule.verdict == "not_supported"
        assert rule.sources
    html = helps_html(model_of("muscle_strain"))
    assert html.count("Use ice for the first 48 hours and only then change to heat.") >= 2
    assert "Not supported" in html


def test_guidelines_that_disagree_are_marked() -> None:
    step = one_step("muscle_strain", "acupuncture")
    assert step["disagree"]
    sides = {statement.direction for statement in step["statements"]}
    assert {"for", "against"} <= sides
    assert all(statement.groups for statement in step["statements"])
    plan = steps_of("muscle_strain")
    expected = [bool(row.guidelines_for and row.guidelines_against) for row in plan.itertuples()]
    assert list(plan["disagree"]) == expected
    assert "Guidelines disagree" in helps_html(model_of("muscle_strain"))


def test_a_late_step_shows_a_trial_in_lasting_pain_and_an_early_one_in_new_pain() -> None:
    assert one_step("muscle_strain", "exercise_general")["studied_in"].startswith("Long-lasting")
    assert one_step("muscle_strain", "heat")["studied_in"].startswith("New low back pain")


def test_the_phase_chooses_only_among_the_groups_of_the_cause() -> None:
    near = TABLES.cause_populations.astype({"population": str})
    trials = TABLES.evidence.astype({"population": str}).set_index("evidence_id")["population"]
    fitting = TABLES.phase_populations.astype(str)
    for cause in TABLES.causes["cause_id"]:
        groups = set(near.loc[near["cause_id"] == cause, "population"])
        for step in steps_of(cause).itertuples():
            if not step.evidence_id:
                continue
            assert trials[step.evidence_id] in groups
            best = set(fitting.loc[fitting["phase"] == step.phase, "population"]) & groups
            own = TABLES.evidence[TABLES.evidence["intervention_id"] == step.intervention_id]
            own = own[~own["outcome"].isin(["adverse_events", "misuse_risk", "vomiting"])]
            own = own[own["outcome"] != "treatment_discontinuation"]
            if best & set(own["population"].astype(str)):
                assert trials[step.evidence_id] in best, (cause, step.care_id)


def test_without_phases_the_nearest_group_is_shown(package: Path) -> None:
    (package / "phase_populations.csv").write_text("phase,population\nprevention,renal_colic\n")
    view = spasmlib.assess(spasmlib.load(package), spasmlib.Person())
    steps = view.plan("muscle_strain")
    exercise = steps[steps["intervention_id"] == "exercise_general"]["studied_in"]
    assert exercise.str.startswith("New low back pain").all()


def test_all_the_ways_of_the_article_stand_in_the_plan_of_a_simple_spasm() -> None:
    """Its eight treatments, each with what trials and guidelines say beside it."""
    usual = TABLES.schema.page["usual_cause"]
    ways = TABLES["interventions"].set_index("intervention_id")["article_treatment"]
    shown = set(ways[steps_of(usual)["intervention_id"]].dropna())
    items = TABLES["article_items"]
    assert shown == set(items.loc[(items["section"] == "treatment") & (items["item"] > 0), "item"])


def test_numbers_of_people_say_whom_and_what() -> None:
    shown = one_step("muscle_strain", "oral_nsaid")["absolute"]
    assert (shown.with_percent, shown.without_percent) == (51.4, 36.7)
    assert shown.event == "felt better overall"
    assert shown.studied_in.startswith("New low back pain")
    assert shown.source.citation
    assert one_step("muscle_strain", "heat")["absolute"] is None


def test_side_effects_stand_beside_the_effect_and_never_for_it() -> None:
    opioid = one_step("muscle_strain", "opioid")
    assert opioid["absolute"] is None
    events = {harm.absolute.event for harm in opioid["harms"] if harm.absolute}
    assert "had at least one side effect" in events
    outcomes = TABLES.evidence.astype({"outcome": str}).set_index("evidence_id")["outcome"]
    for cause in TABLES.causes["cause_id"]:
        for name in filter(None, steps_of(cause)["evidence_id"]):
            assert outcomes[name] not in {"adverse_events", "misuse_risk"}


@pytest.mark.parametrize(
    ("percent", "number"), [(0, 0), (0.4, 0), (36.5, 37), (36.7, 37), (51.4, 51), (100, 100)]
)
def test_a_crowd_has_as_many_figures_as_the_number(percent: float, number: int) -> None:
    def squares(path: str) -> list[tuple[int, int]]:
        found = []
        for left, top, wide, tall, back in (map(int, part) for part in SQUARES.findall(path)):
            assert (tall, back) == (10, wide)
            found += [(x, top) for x in range(left, left + wide, 10)]
        return found

    picture = crowd(percent)
    had, others = squares(picture.had), squares(picture.others)
    assert picture.number == len(had) == number
    assert len(others) == 100 - number
    assert len(set(had + others)) == 100
    assert {x for x, _ in had + others} == {y for _, y in had + others} == set(range(0, 100, 10))


def test_the_gap_is_that_of_the_pictures_and_owns_up_to_chance() -> None:
    nsaid = one_step("muscle_strain", "oral_nsaid")["absolute"]
    assert gap(nsaid).endswith("about 14 more of 100 felt better overall.")
    assert gap(nsaid._replace(direction="unclear")).endswith("But this gap may be chance.")
    assert "about 14 fewer" in gap(nsaid._replace(with_percent=36.7, without_percent=51.4))
    assert gap(nsaid._replace(with_percent=27.1, without_percent=26.6)).startswith(
        "The gap is less"
    )
    assert gap(nsaid._replace(with_percent=84, without_percent=84)) == "As many with as without."


def test_pictures_are_named_for_those_who_do_not_see_them() -> None:
    html = helps_html(model_of("muscle_strain"))
    assert 'aria-label="37 of 100 people with placebo (a dummy pill) felt better overall"' in html
    assert html.count('role="img"') == len(re.findall(r'role="img" aria-label="\d+ of 100', html))


def test_before_any_cause_is_chosen_the_usual_one_is_shown() -> None:
    usual = TABLES.schema.page["usual_cause"]
    html = helps_html(model_of(asked=False))
    assert "For a simple back spasm (muscle strain)" in html
    assert TABLES.schema.page["trials_note"] in html
    for care in steps_of(usual)["care_id"]:
        assert f'id="step-{care}"' in html


def test_an_alarm_without_a_cause_shows_no_plan() -> None:
    model = model_of(present=frozenset({"seizure_or_throat_spasm"}))
    assert shown_cause(model) == ""
    html = helps_html(model)
    assert "First act on the advice above" in html
    assert "simple back spasm" not in html
    assert "<details" not in html
    calm = model_of(present=frozenset({"worse_sitting"}))
    assert shown_cause(calm) == TABLES.schema.page["usual_cause"]


def test_a_usual_cause_that_is_none_is_a_fault(package: Path) -> None:
    file = package / "datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    descriptor["page"]["usual_cause"] = "muscle_strian"
    file.write_text(json.dumps(descriptor), encoding="utf-8")
    assert [fault.rule for fault in spasmlib.check(package)] == [
        "page: usual_cause 'muscle_strian' is no row of causes"
    ]
    with pytest.raises(spasmlib.TablesError, match="usual_cause 'muscle_strian'"):
        spasmlib.load(package)


def lines_of(html: str) -> dict[str, str]:
    """Cut out what is seen of each step before it is opened."""
    parts = re.findall(r'<details id="step-(\w+)".*?<summary>(.*?)</summary>', html, re.DOTALL)
    return dict(parts)


def test_what_a_person_should_avoid_is_seen_without_opening() -> None:
    person = {"medicines": ("lithium",), "conditions": ("kidney disease",), "age": 70}
    model = model_of("muscle_strain", **person)
    seen = lines_of(helps_html(model))
    avoided = 0
    for step in records(model.view.plan("muscle_strain")):
        for caution in step["cautions"]:
            if caution.personal and caution.action == "avoid":
                assert caution.text in seen[step["care_id"]]
                avoided += 1
    assert avoided
    step = one_step("muscle_strain", "oral_nsaid", **person)
    strictest, others = on_the_line(step)
    assert {caution.action for caution in strictest} == {"avoid"}
    assert others == sum(caution.personal for caution in step["cautions"]) - len(strictest)


def test_every_line_says_direction_and_certainty_in_words() -> None:
    directions = dict(zip(*TABLES.terms[["term_id", "label"]].to_numpy().T, strict=True))
    sure = certainties(TABLES)
    seen = lines_of(helps_html(model_of("muscle_strain")))
    for step in records(steps_of("muscle_strain")):
        line = seen[step["care_id"]]
        if step["direction"]:
            assert directions[step["direction"]].lower() in line.lower()
            assert sure[step["certainty"]].label in line
        else:
            assert "No trial result" in line
    assert [level.dots for level in sure.values()] == ["●●●●", "●●●○", "●●○○", "●○○○", ""]


def test_do_and_do_not_are_apart_and_getting_care_comes_first_where_it_presses() -> None:
    phases = timeline(records(steps_of("muscle_strain")))
    assert [phase.phase for phase in phases] == [
        "acute_0_48h",
        "acute",
        "chronic",
        "prevention",
    ]
    assert [block.kind for block in phases[1].blocks] == ["do", "avoid"]
    urgent = timeline(records(steps_of("cauda_equina_syndrome")))
    assert urgent[0].blocks[0].kind == "see"
    for cause in TABLES.causes["cause_id"]:
        steps = records(steps_of(cause))
        shown = [
            step["care_id"]
            for phase in timeline(steps)
            for block in phase.blocks
            for step in block.steps
        ]
        assert sorted(shown) == sorted(step["care_id"] for step in steps)


def test_what_a_caution_forbids_is_not_worded_as_advice() -> None:
    html = helps_html(model_of("muscle_strain", medicines=("warfarin",)))
    avoided = html.split("What to avoid", 1)[1]
    assert "Avoid: Try quick, firm pushes to the spine" in avoided


def test_ids_are_unique_and_phases_can_be_reached() -> None:
    for cause in TABLES.causes["cause_id"]:
        html = helps_html(model_of(cause))
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), cause
        targets = re.findall(r'data-goto="#([^"]+)"', html)
        assert set(targets) <= set(ids)
        assert not re.search(r">\s*(None|nan|NaT|<NA>)\b", html), cause
