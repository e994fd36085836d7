"""What helps with a cause: care, evidence, guidelines and cautions joined into one table."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from spasmlib.guidelines import AGAINST, FOR, Statement, disagreements, statements
from spasmlib.person import Known, Person, understand, unknown
from spasmlib.sources import Source, cited, cited_by, with_citations
from spasmlib.tables import Tables, labels, records
from spasmlib.urgency import pressing_levels
from spasmlib.wording import effect_in_numbers

# Visitors come with pain: of several results for one intervention, pain is shown first.
OUTCOMES_FIRST = ("pain", "leg_pain", "cramp_frequency", "function")

# What went wrong is told beside what a treatment does, never in its place.
SIDE_EFFECTS = ("adverse_events", "misuse_risk", "treatment_discontinuation", "vomiting")
HARM = "harm"

AVOID = "avoid"
STRICTEST_FIRST = (AVOID, "ask_first")

COLUMNS = [
    "care_id",
    "cause_id",
    "phase",
    "phase_label",
    "role",
    "role_label",
    "intervention_id",
    "label",
    "kind",
    "action",
    "how_to",
    "how_to_sources",
    "note",
    "evidence_id",
    "effect",
    "effect_number",
    "direction",
    "certainty",
    "studied_in",
    "evidence_source",
    "absolute",
    "harms",
    "guidelines_for",
    "guidelines_against",
    "disagree",
    "statements",
    "claims",
    "basis",
    "source_id",
    "citation",
    "link",
    "complete",
    "sources",
]

NO_EVIDENCE = {
    "evidence_id": "",
    "effect": "",
    "effect_number": "",
    "direction": "",
    "certainty": "",
    "studied_in": "",
    "evidence_source": (),
    "absolute": None,
    "harms": (),
}


class Absolute(NamedTuple):
    """How many of 100 people something happened to, with an intervention and without.

    Both shares are those that the source states; we work none out from a ratio.
    ``event`` goes on from "Of 100 people, 51 …"; ``with_what`` and ``comparator`` go on
    from "with …".
    """

    event: str
    with_what: str
    with_percent: float
    comparator: str
    without_percent: float
    outcome: str
    followup: str
    direction: str
    certainty: str
    studied_in: str
    source: Source


class Harm(NamedTuple):
    """What a trial found of side effects or other harm."""

    text: str
    number: str
    direction: str
    certainty: str
    studied_in: str
    absolute: Absolute | None
    source: Source


class Claim(NamedTuple):
    """What the article says of an intervention, and whether that holds."""

    claim: str
    verdict: str
    verdict_label: str
    why: str
    certainty: str
    sources: tuple[Source, ...]


class Caution(NamedTuple):
    """A reason not to use an intervention, or to ask first.

    ``personal`` is false for what holds for everyone, such as no heat on a wound.
    """

    action: str
    text: str
    source: Source | None
    personal: bool


def plan(tables: Tables, cause_id: str, known: Known) -> pd.DataFrame:
    """Return what is done for people with one cause.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    cause_id : str
        A cause of the table ``causes``.
    known : Known
        What is known of the person; only ``cautions`` depends on it.

    Returns
    -------
    DataFrame
        One row per care step, in the order of phases and roles: ``phase``, ``role``,
        ``intervention_id``, ``label``, ``action``, ``how_to`` with ``how_to_sources``
        (tuple of `spasmlib.sources.Source`), ``effect`` (a trial result in words, of a
        group that fits the phase if there is one, and of those the nearest to the cause;
        empty if there is none), ``effect_number`` (the same in numbers), ``direction``,
        ``certainty``, ``studied_in``, ``absolute`` (`Absolute` of the nearest group for
        which a source states both shares, perhaps of another trial than ``effect``; else
        ``None``), ``harms`` (tuple of `Harm`, nearest group first), ``guidelines_for`` and
        ``guidelines_against`` (tuples of names), ``disagree`` (whether both are there for
        one group of people), ``statements`` (tuple of `Statement`), ``claims`` (tuple of
        `Claim`: what the article says of the intervention), ``cautions`` (tuple of `Caution`
        that apply to this person), ``standing`` (``avoid`` or ``ask_first`` where a caution
        says so, else empty; what is to be avoided stands last in its phase and is never a
        first choice), ``basis`` (of the care step) and ``sources`` (tuple of
        `spasmlib.sources.Source`).

    Raises
    ------
    ValueError
        If there is no such cause.
    """
    causes = tables["causes"]["cause_id"]
    if not isinstance(cause_id, str) or cause_id not in set(causes):
        raise ValueError(unknown("cause", cause_id, causes))
    steps = _steps(tables, cause_id)
    cautions = _cautions(tables, known.conditions)
    own = [cautions.get(name, ()) for name in steps["intervention_id"]]
    standing = [_standing(found) for found in own]
    steps = steps.assign(cautions=_objects(own), standing=standing)
    return _avoided_last(tables, steps)


def _standing(cautions: tuple[Caution, ...]) -> str:
    """Give the strictest thing that this person's own cautions say of an intervention."""
    said = {caution.action for caution in cautions if caution.personal}
    return next((action for action in STRICTEST_FIRST if action in said), "")


def _avoided_last(tables: Tables, steps: pd.DataFrame) -> pd.DataFrame:
    """Move what this person should avoid behind the rest of its phase, as no choice at all."""
    avoided = (steps["standing"] == AVOID) & (steps["role"] != AVOID)
    label = labels(tables, "role")[AVOID]
    marked = steps.assign(
        role=steps["role"].where(~avoided, AVOID),
        role_label=steps["role_label"].where(~avoided, label),
        late=avoided,
        place=pd.factorize(steps["phase"])[0],
    )
    ordered = marked.sort_values(["place", "late"], kind="stable", ignore_index=True)
    return ordered.drop(columns=["late", "place"])


@lru_cache(maxsize=256)
def _steps(tables: Tables, cause_id: str) -> pd.DataFrame:
    care = tables["care"].astype({"role": str, "phase": str})
    care = with_citations(tables, care[care["cause_id"] == cause_id])
    interventions = tables["interventions"][["intervention_id", "label", "kind", "how_to"]]
    evidence = {phase: _evidence(tables, cause_id, phase) for phase in set(care["phase"])}
    near, claims = _near(tables, cause_id), _claims(tables)
    how_to = cited_by(tables, "intervention_sources", "intervention_id")
    phases, roles = labels(tables, "phase"), labels(tables, "role")
    steps = []
    for step in records(care.merge(interventions, how="left", on="intervention_id")):
        said = _said(tables, step["intervention_id"], near)
        found = evidence[step["phase"]].get(step["intervention_id"], NO_EVIDENCE)
        own = (cited(step),) if step["citation"] else ()
        guidelines = tuple(row.source for row in said)
        pros, cons = _names(said, FOR), _names(said, AGAINST)
        steps.append(
            step
            | found
            | {
                "note": step["note"] or "",
                "how_to_sources": how_to.get(step["intervention_id"], ()),
                "phase_label": phases[step["phase"]],
                "role_label": roles[step["role"]],
                "guidelines_for": pros,
                "guidelines_against": cons,
                "disagree": bool(disagreements(tables, said)),
                "statements": said,
                "claims": claims.get(step["intervention_id"], ()),
                "sources": tuple(dict.fromkeys(own + found["evidence_source"] + guidelines)),
            }
        )
    phase_order, role_order = list(phases), _role_order(tables, cause_id)
    steps.sort(
        key=lambda step: (
            phase_order.index(step["phase"]),
            role_order.index(step["role"]),
            step["care_id"],
        )
    )
    return pd.DataFrame(steps, columns=COLUMNS)


def _role_order(tables: Tables, cause_id: str) -> list[str]:
    roles = list(labels(tables, "role"))
    urgency = tables["causes"].set_index("cause_id")["urgency"].astype(str)
    if urgency[cause_id] in pressing_levels(tables):
        # Within a phase, getting care comes before what one can do oneself.
        roles.sort(key=lambda role: role != "referral")
    return roles


def _said(tables: Tables, intervention_id: str, near: Collection[str]) -> tuple[Statement, ...]:
    """Return guideline statements that were made for groups near the cause."""
    said = statements(tables).get(intervention_id, ())
    return tuple(statement for statement in said if set(near) & set(statement.populations))


def _names(said: tuple[Statement, ...], directions: tuple[str, ...]) -> tuple[str, ...]:
    named = (row.guideline for row in said if row.direction in directions)
    return tuple(dict.fromkeys(named))


def _near(tables: Tables, cause_id: str) -> dict[str, int]:
    rows = tables["cause_populations"]
    rows = rows[rows["cause_id"] == cause_id]
    return dict(zip(rows["population"].astype(str), rows["position"], strict=True))


def _evidence(tables: Tables, cause_id: str, phase: str) -> dict[str, dict[str, Any]]:
    """Pick for each intervention what trials found, of the groups nearest to a care step."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _nearest_first(tables, cause_id, phase):
        found.setdefault(row["intervention_id"], []).append(row)
    words = {kind: labels(tables, kind) for kind in ("population", "outcome", "measure")}
    return {name: _result(rows, words) for name, rows in found.items()}


def _nearest_first(tables: Tables, cause_id: str, phase: str) -> list[dict[str, Any]]:
    """Sort the trial results of groups that fit a cause; those that fit the phase lead."""
    near = _near(tables, cause_id)
    groups = tables["phase_populations"]
    fitting = set(groups.loc[groups["phase"] == phase, "population"].astype(str))
    places = {name: place for place, name in enumerate(OUTCOMES_FIRST)}
    rows = [row for row in _trials(tables) if row["population"] in near]
    rows.sort(
        key=lambda row: (
            row["population"] not in fitting,
            near[row["population"]],
            places.get(row["outcome"], len(places)),
            row["certainty"] == "not_graded",
            row["value"] is None,
            -(row["n_participants"] or 0),
        )
    )
    return rows


@lru_cache(maxsize=8)
def _trials(tables: Tables) -> tuple[dict[str, Any], ...]:
    return tuple(records(with_citations(tables, tables["evidence"])))


def _result(rows: list[dict[str, Any]], words: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Tell one intervention's results, nearest first, as the cells of a care step."""
    main = next((row for row in rows if row["outcome"] not in SIDE_EFFECTS), None)
    harmful = [row for row in rows if row is not main and _is_harm(row)]
    counted = (_counted(row, words) for row in rows if not _is_harm(row))
    told = {
        "absolute": next(filter(None, counted), None),
        "harms": tuple(_harm(row, words) for row in harmful),
    }
    if main is None:
        return NO_EVIDENCE | told
    return told | {
        "evidence_id": main["evidence_id"],
        "effect": main["summary"],
        "effect_number": effect_in_numbers(main, words["measure"]),
        "direction": main["direction"],
        "certainty": main["certainty"],
        "studied_in": words["population"][main["population"]],
        "evidence_source": (cited(main),),
    }


def _is_harm(row: dict[str, Any]) -> bool:
    return row["outcome"] in SIDE_EFFECTS or row["direction"] == HARM


def _counted(row: dict[str, Any], words: dict[str, dict[str, str]]) -> Absolute | None:
    population = words["population"][row["population"]]
    return absolute(row, words["outcome"][row["outcome"]], population)


def absolute(row: dict[str, Any], outcome: str, studied_in: str) -> Absolute | None:
    """Take the shares of people out of a row of ``evidence``; none where it states none.

    Parameters
    ----------
    row : dict
        With its source, as `spasmlib.sources.with_citations` adds it.
    outcome, studied_in : str
        Labels of its outcome and its population.
    """
    if row["event"] is None:
        return None
    return Absolute(
        event=row["event"],
        with_what=row["with_what"],
        with_percent=row["with_percent"],
        comparator=row["comparator"],
        without_percent=row["without_percent"],
        outcome=outcome,
        followup=row["followup"] or "",
        direction=row["direction"],
        certainty=str(row["certainty"]),
        studied_in=studied_in,
        source=cited(row),
    )


def _harm(row: dict[str, Any], words: dict[str, dict[str, str]]) -> Harm:
    return Harm(
        text=row["summary"],
        number=effect_in_numbers(row, words["measure"]),
        direction=row["direction"],
        certainty=row["certainty"],
        studied_in=words["population"][row["population"]],
        absolute=_counted(row, words),
        source=cited(row),
    )


@lru_cache(maxsize=8)
def _claims(tables: Tables) -> dict[str, tuple[Claim, ...]]:
    """Collect what the article says of each intervention."""
    links = tables["claim_links"].dropna(subset="intervention_id")
    sources = cited_by(tables, "claim_sources", "claim_id")
    verdicts = labels(tables, "verdict")
    said: dict[str, list[Claim]] = {}
    for row in records(links.merge(tables["claims"], on="claim_id")):
        said.setdefault(row["intervention_id"], []).append(
            Claim(
                claim=row["claim"],
                verdict=row["verdict"],
                verdict_label=verdicts[row["verdict"]],
                why=row["why"],
                certainty=row["certainty"],
                sources=sources.get(row["claim_id"], ()),
            )
        )
    return {name: tuple(claims) for name, claims in said.items()}


@lru_cache(maxsize=64)
def _cautions(tables: Tables, conditions: frozenset[str]) -> dict[str, tuple[Caution, ...]]:
    links = tables["contraindication_conditions"]
    hit = links.loc[links["condition_id"].isin(conditions), "contraindication_id"]
    own = links["condition_id"].isin(conditions - _everyones(tables))
    personal = set(links.loc[own, "contraindication_id"])
    rows = with_citations(tables, tables["contraindications"])
    words = labels(tables, "caution")
    cautions: dict[str, list[Caution]] = {}
    for row in records(rows[rows["contraindication_id"].isin(hit)]):
        condition, reason = (row[name].rstrip(".") for name in ("condition", "reason"))
        cautions.setdefault(row["intervention_id"], []).append(
            Caution(
                action=row["action"],
                text=f"{words[row['action']]}: {condition}. {reason}.",
                source=cited(row) if row["citation"] else None,
                personal=row["contraindication_id"] in personal,
            )
        )
    return {name: tuple(found) for name, found in cautions.items()}


@lru_cache(maxsize=8)
def _everyones(tables: Tables) -> frozenset[str]:
    """Return the conditions that hold for everyone."""
    return understand(tables, Person()).conditions


def _objects(cells: Any) -> pd.Series[Any]:
    """Make a column whose cells are tuples, which pandas would else try to spread out."""
    return pd.Series(list(cells), dtype=object)
