"""Ordinary people must be drawn as the background says."""

from __future__ import annotations

import pytest

import spasmlib
from spasmlib.ordinary import Habits, ordinary_people
from spasmlib.person import understand

TABLES = spasmlib.load()
NUMBER = 4000


def test_answers_are_as_common_as_the_background() -> None:
    people = list(ordinary_people(TABLES, NUMBER))
    known = [understand(TABLES, person) for person in people]
    for finding in TABLES.findings.itertuples():
        share = sum(finding.finding_id in k.present for k in known) / NUMBER
        expected = float(finding.p_background)
        # Five standard deviations: over all findings hardly ever reached by chance.
        assert abs(share - expected) < 0.012 + 5 * (expected * (1 - expected) / NUMBER) ** 0.5


def test_facts_of_one_person_agree() -> None:
    findings = TABLES.findings
    sets = findings.groupby("exclusive_set")["finding_id"].agg(set)
    for person in ordinary_people(TABLES, 400):
        assert all(len(person.present & names) <= 1 for names in sets)
        assert not (person.pregnant and (person.sex == "male" or person.age not in range(16, 46)))


def test_answers_of_one_group_go_together() -> None:
    def both(habits: Habits) -> int:
        people = ordinary_people(TABLES, NUMBER, habits=habits)
        return sum({"numb_hands", "clumsy_hands"} <= p.present for p in people)

    assert both(Habits(within=0.6)) > 2 * both(Habits(within=0, between=0))


def test_no_people_is_an_error() -> None:
    with pytest.raises(ValueError, match="number of people is 0; expected at least 1"):
        list(ordinary_people(TABLES, 0))
