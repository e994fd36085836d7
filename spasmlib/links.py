"""Which answers link to which causes, and which causes to which care, each link opened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from spasmlib.person import unknown
from spasmlib.plan import AVOID
from spasmlib.reasoning import View
from spasmlib.sources import cited
from spasmlib.tables import Tables, labels, records
from spasmlib.urgency import pressing_levels
from spasmlib.wording import times_in_words

NEGLIGIBLE = math.log(1.1)
"""Log odds; an answer that hardly changes how likely a cause is speaks neither way."""

EXPLAINING = 3
"""Leading causes; what none of them goes with is named."""

CAUSES = 6
FINDINGS = 12
CARE = 10
"""How many of each are shown; care may be more, as each cause keeps its first ones."""

KEPT = 2
"""Steps at the head of its plan that each cause keeps."""

AVOIDED = 2
"""Things to avoid that are always among the care, if there are any."""

ROLES = ("first_line", "referral", "second_line", AVOID)
"""Roles of care that are linked, in the order in which they are preferred."""

TRIALS = {"benefit": "helps", "": "advised"}
"""Names of links by the direction of the trial result, where they differ from it."""

BACKGROUND = ["note", "citation", "link", "complete"]
"""Where the figure for people overall comes from."""

NODE_COLUMNS = ["node_id", "kind", "ref", "label", "answer", "share", "words", "roles"]
LINK_COLUMNS = [
    "link_id",
    "from",
    "to",
    "kind",
    "cause_id",
    "direction",
    "weight",
    "p_given_cause",
    "p_background",
    "number",
    "note",
    *(f"background_{name}" for name in BACKGROUND),
    "role",
    "role_label",
    "phase",
    "phase_label",
    "action",
    "effect",
    "certainty",
    "studied_in",
    "evidence_source",
    "standing",
    "cautions",
    "basis",
    "source_id",
    "citation",
    "link",
    "complete",
    "sources",
]

Row = dict[str, Any]

NO_CARE: Row = dict.fromkeys(
    ["role", "role_label", "phase", "phase_label", "action", "effect", "certainty"], ""
) | {"studied_in": "", "standing": "", "evidence_source": (), "cautions": ()}


@dataclass(frozen=True, eq=False)
class Links:
    """What is linked to what.

    Attributes
    ----------
    nodes : DataFrame
        One row per item: ``node_id`` such as ``finding:loc_low_back``, ``kind`` (finding,
        cause, intervention), ``ref`` (its id in the tables), ``label``, ``answer`` (yes or
        no, of a finding), ``share`` and ``words`` (of a cause) and ``roles`` (of an
        intervention: the labels of its roles, as a tuple).
    links : DataFrame
        One row per link: ``link_id``, ``from`` and ``to`` (node ids, left to right),
        ``kind`` (reason, care), ``cause_id``, ``direction`` (of a reason: for, against; of
        care: avoid, helps, no_difference, unclear, harm, or advised where there is no
        trial result) and ``weight`` (of a reason: damped log odds; of care: 0 to 1, the
        surer the trial result the more). A reason has ``p_given_cause``, ``p_background``
        and ``number`` (the one against the other, in words); care has ``role``,
        ``phase``, ``action``, ``effect``, ``number``, ``certainty``, ``studied_in``,
        ``standing`` and ``cautions`` as in `spasmlib.plan.plan`. ``basis`` with
        ``citation``, ``link`` and ``complete`` say where the link comes from, ``sources``
        all that it rests on.
    left_out : int
        Answers that speak clearly but less than those shown.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    left_out: int


def telling(reasons: pd.DataFrame) -> pd.DataFrame:
    """Keep the reasons that speak clearly for or against a cause."""
    return reasons[reasons["full_weight"].abs() > NEGLIGIBLE]


def left_open(view: View) -> list[dict[str, Any]]:
    """List what was reported and goes with none of the first causes, and what it goes with."""
    explained: set[str] = set()
    for cause_id in view.causes["cause_id"].head(EXPLAINING):
        reasons = telling(view.reasons(cause_id))
        explained |= set(reasons.loc[reasons["direction"] == "for", "finding_id"])
    findings = view.tables["findings"]
    asked = findings.loc[findings["set_by"].isna(), ["finding_id", "label"]]
    goes_with = _goes_with(view.tables)
    return [
        row | {"causes": goes_with.get(row["finding_id"], [])}
        for row in records(asked[asked["finding_id"].isin(view.person.present - explained)])
    ]


@lru_cache(maxsize=8)
def _goes_with(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    """Give the causes with which each finding is most clearly more common than overall."""
    pairs = tables["cause_findings"][["cause_id", "finding_id", "p"]]
    pairs = pairs.merge(tables["findings"][["finding_id", "p_background"]])
    pairs = pairs.merge(tables["causes"][["cause_id", "label"]])
    pairs = pairs.assign(ratio=pairs["p"] / pairs["p_background"])
    pairs = pairs[pairs["ratio"] > math.exp(NEGLIGIBLE)].sort_values("ratio", ascending=False)
    return {str(name): records(rows.head(2)) for name, rows in pairs.groupby("finding_id")}


def links(view: View, chosen: str = "", causes: int = CAUSES) -> Links:
    """Link what was answered to the leading causes, and these to what is done for them.

    Parameters
    ----------
    view : View
        From `spasmlib.assess`.
    chosen : str, optional
        A cause to show wherever it stands.
    causes : int, optional
        How many of the leading causes to show.

    Returns
    -------
    Links

    Raises
    ------
    ValueError
        If there is no such cause.

    Examples
    --------
    >>> import spasmlib
    >>> person = spasmlib.Person(present={"pain_below_knee"})
    >>> found = links(spasmlib.assess(spasmlib.load(), person))
    >>> found.links.loc[0, ["from", "to", "direction"]].tolist()
    ['finding:pain_below_knee', 'cause:herniated_disc', 'for']
    """
    if chosen and chosen not in set(view.causes["cause_id"]):
        raise ValueError(unknown("cause", chosen, view.causes["cause_id"]))
    rows = view.causes
    shown = records(rows[(rows.index < causes) | (rows["cause_id"] == chosen)])
    ids = [row["cause_id"] for row in shown]
    reasons, left_out = _weightiest([link for name in ids for link in _reasons(view, name)])
    hasty = view.urgency in pressing_levels(view.tables)
    care = _shared([_care(view, name) for name in ids], hasty)
    nodes = [*_findings(reasons), *map(_cause, shown), *_interventions(care)]
    return Links(
        nodes=pd.DataFrame(nodes, columns=NODE_COLUMNS),
        links=pd.DataFrame([*reasons, *care], columns=LINK_COLUMNS),
        left_out=left_out,
    )


def _reasons(view: View, cause_id: str) -> list[Row]:
    """Link the answers that speak clearly for or against one cause to it."""
    return [
        row
        | NO_CARE
        | {
            "link_id": f"{row['finding_id']}:{cause_id}",
            "from": f"finding:{row['finding_id']}",
            "to": f"cause:{cause_id}",
            "kind": "reason",
            "cause_id": cause_id,
            "number": times_in_words(row["p_given_cause"] / row["p_background"]),
            "note": row["note"] or "",
            "sources": (cited(row),) if row["citation"] else (),
        }
        for row in records(view.reasons(cause_id))
        if abs(row["full_weight"]) > NEGLIGIBLE and row["direction"] != "neutral"
    ]


def _weightiest(reasons: list[Row]) -> tuple[list[Row], int]:
    """Keep the answers that say most over all causes; tell how many others there are."""
    said: dict[str, float] = {}
    for row in reasons:
        said[row["from"]] = said.get(row["from"], 0.0) + abs(row["weight"])
    order = sorted(said, key=lambda name: -said[name])
    place = {name: number for number, name in enumerate(order[:FINDINGS])}
    kept = [row for row in reasons if row["from"] in place]
    return sorted(kept, key=lambda row: place[row["from"]]), len(order) - len(place)


def _care(view: View, cause_id: str) -> list[Row]:
    """Link one cause to the steps of its plan."""
    surest_first = list(labels(view.tables, "certainty"))
    return [
        row
        | {
            "link_id": row["care_id"],
            "from": f"cause:{cause_id}",
            "to": f"intervention:{row['intervention_id']}",
            "kind": "care",
            "direction": _direction(row["role"], row["direction"]),
            "weight": _sureness(row, surest_first),
            "number": row["effect_number"],
        }
        for row in records(view.plan(cause_id))
        if row["role"] in ROLES
    ]


def _direction(role: str, trial: str) -> str:
    return AVOID if role == AVOID else TRIALS.get(trial, trial)


def _sureness(step: Row, surest_first: Sequence[str]) -> float:
    """Rate a trial result from 1, the surest; without one there is little to go by."""
    # A trial in which it helped is no reason to avoid it.
    backed = step["certainty"] and not (step["role"] == AVOID and step["direction"] == "benefit")
    place = surest_first.index(step["certainty"]) if backed else len(surest_first)
    return 1 - place / (len(surest_first) + 1)


def _shared(plans: list[list[Row]], hasty: bool) -> list[Row]:
    """Keep the care that most causes share, and the first steps of each of them.

    Where there is haste, getting care comes first, that for the leading cause before all.
    """
    steps = [step for plan in plans for step in plan]
    shared = {
        name: len({step["cause_id"] for step in steps if step["to"] == name})
        for name in dict.fromkeys(step["to"] for step in steps)
    }
    best = {
        name: min(ROLES.index(step["role"]) for step in steps if step["to"] == name)
        for name in shared
    }
    common_first = sorted(shared, key=lambda name: (-shared[name], best[name]))
    avoided = [name for name in common_first if ROLES[best[name]] == AVOID]
    kept = {name for plan in plans for name in _first(plan)} | set(avoided[:AVOIDED])
    ranked = sorted(common_first, key=lambda name: name not in kept)
    chosen = ranked[: max(CARE, len(kept))]
    # What is to be avoided, with some causes or all, stands below what can be done.
    met = list(shared)
    doubtful = {step["to"] for step in steps if step["role"] == AVOID}
    chosen.sort(
        key=lambda name: (
            (name in doubtful) + (name in avoided),
            hasty and ROLES[best[name]] != "referral",
            met.index(name) if hasty else -shared[name],
            best[name],
        )
    )
    place = {name: number for number, name in enumerate(chosen)}
    return sorted(
        (step for step in steps if step["to"] in place), key=lambda step: place[step["to"]]
    )


def _first(plan: list[Row]) -> list[str]:
    return list(dict.fromkeys(step["to"] for step in plan))[:KEPT]


def _node(kind: str, ref: str, label: str, **more: Any) -> Row:
    blank = {"answer": "", "share": None, "words": "", "roles": ()}
    return {"node_id": f"{kind}:{ref}", "kind": kind, "ref": ref, "label": label} | blank | more


def _findings(reasons: list[Row]) -> list[Row]:
    first = {row["finding_id"]: row for row in reversed(reasons)}
    return [
        _node("finding", name, first[name]["label"], answer=first[name]["answer"])
        for name in dict.fromkeys(row["finding_id"] for row in reasons)
    ]


def _cause(row: Row) -> Row:
    return _node("cause", row["cause_id"], row["label"], share=row["share"], words=row["words"])


def _interventions(care: list[Row]) -> list[Row]:
    first = {step["intervention_id"]: step for step in reversed(care)}
    roles: dict[str, dict[str, None]] = {}
    for step in care:
        roles.setdefault(step["intervention_id"], {})[step["role_label"]] = None
    return [
        _node("intervention", name, first[name]["label"], roles=tuple(said))
        for name, said in roles.items()
    ]
