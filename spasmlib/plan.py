"""What helps with a cause: care, evidence, guidelines and cautions joined into one table."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from spasmlib.person import Known, Person, understand, unknown
from spasmlib.sources import Source, cited, cited_by, with_citations
from spasmlib.tables import Tables, labels, records
from spasmlib.urgency import pressing_levels
from spasmlib.wording import effect_in_numbers

# Visitors come with pain: of several results for one intervention, pain is shown first.
OUTCOMES_FIRST = ("pain", "leg_pain", "cramp_frequency", "function")

FOR = ("for", "conditional_for")
AGAINST = ("conditional_against", "against")

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
    "guidelines_for",
    "guidelines_against",
    "statements",
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
}


class Statement(NamedTuple):
    """What one guideline says of an intervention."""

    guideline: str
    direction: str
    direction_label: str
    summary: str
    source: Source


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
        (tuple of `spasmlib.sources.Source`), ``effect`` (a trial result
        in words, of the studied group nearest to the cause; empty if there is none),
        ``effect_number`` (the same in numbers), ``direction``, ``certainty``,
        ``studied_in``, ``guidelines_for`` and ``guidelines_against`` (tuples of names),
        ``statements`` (tuple of `Statement`), ``cautions`` (tuple of `Caution` that apply
        to this person), ``standing`` (``avoid`` or ``ask_first`` where a caution says so,
        else empty; what is to be avoided stands last in its phase and is never a first
        choice), ``basis`` (of the care step) and ``sources`` (tuple of
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
    evidence = _nearest_evidence(tables, cause_id)
    statements = _statements(tables, cause_id)
    how_to = cited_by(tables, "intervention_sources", "intervention_id")
    phases, roles = labels(tables, "phase"), labels(tables, "role")
    steps = []
    for step in records(care.merge(interventions, how="left", on="intervention_id")):
        said = statements.get(step["intervention_id"], ())
        found = evidence.get(step["intervention_id"], NO_EVIDENCE)
        own = (cited(step),) if step["citation"] else ()
        guidelines = tuple(row.source for row in said)
        steps.append(
            step
            | found
            | {
                "note": step["note"] or "",
                "how_to_sources": how_to.get(step["intervention_id"], ()),
                "phase_label": phases[step["phase"]],
                "role_label": roles[step["role"]],
                "guidelines_for": _names(said, FOR),
                "guidelines_against": _names(said, AGAINST),
                "statements": said,
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


def _names(statements: tuple[Statement, ...], directions: tuple[str, ...]) -> tuple[str, ...]:
    named = (row.guideline for row in statements if row.direction in directions)
    return tuple(dict.fromkeys(named))


def _near(tables: Tables, cause_id: str) -> dict[str, int]:
    rows = tables["cause_populations"]
    rows = rows[rows["cause_id"] == cause_id]
    return dict(zip(rows["population"].astype(str), rows["position"], strict=True))


def _nearest_evidence(tables: Tables, cause_id: str) -> dict[str, dict[str, Any]]:
    """Pick one trial result per intervention, of the group nearest to the cause."""
    near = _near(tables, cause_id)
    places = {name: place for place, name in enumerate(OUTCOMES_FIRST)}
    rows = records(with_citations(tables, tables["evidence"]))
    rows = [row for row in rows if row["population"] in near]
    rows.sort(
        key=lambda row: (
            near[row["population"]],
            places.get(row["outcome"], len(places)),
            row["certainty"] == "not_graded",
            row["value"] is None,
            -(row["n_participants"] or 0),
        )
    )
    best: dict[str, dict[str, Any]] = {}
    for row in rows:
        best.setdefault(row["intervention_id"], row)
    populations, measures = labels(tables, "population"), labels(tables, "measure")
    return {
        name: {
            "evidence_id": row["evidence_id"],
            "effect": row["summary"],
            "effect_number": effect_in_numbers(row, measures),
            "direction": row["direction"],
            "certainty": row["certainty"],
            "studied_in": populations[row["population"]],
            "evidence_source": (cited(row),),
        }
        for name, row in best.items()
    }


@lru_cache(maxsize=64)
def _statements(tables: Tables, cause_id: str) -> dict[str, tuple[Statement, ...]]:
    """Collect guideline statements that were made for groups near the cause."""
    near = _near(tables, cause_id)
    groups = tables["recommendation_populations"]
    meant = groups.loc[groups["population"].astype(str).isin(near), "recommendation_id"]
    rows = with_citations(tables, tables["recommendations"])
    words = labels(tables, "recommendation_direction")
    said: dict[str, list[Statement]] = {}
    for row in records(rows[rows["recommendation_id"].isin(meant)]):
        said.setdefault(row["intervention_id"], []).append(
            Statement(
                guideline=row["guideline"],
                direction=row["direction"],
                direction_label=words[row["direction"]],
                summary=row["summary"],
                source=cited(row),
            )
        )
    return {name: tuple(statements) for name, statements in said.items()}


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
