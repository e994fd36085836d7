"""What trials and guidelines say of interventions: a map of the evidence, effects, agreement.

Nothing here is about one person: see `spasmlib.plan` for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from spasmlib.claims import Item, claims_about, items
from spasmlib.guidelines import (
    AGAINST,
    CURRENT,
    FOR,
    Statement,
    disagreements,
    meant_for,
    opposed,
    statements,
)
from spasmlib.person import unknown
from spasmlib.plan import HARM, OUTCOMES_FIRST, SIDE_EFFECTS, STRICTEST_FIRST
from spasmlib.sources import Source, cited, cited_by, with_citations
from spasmlib.tables import Tables, labels, records

BY = ("population", "outcome")
"""What can stand in the columns of the map: who was studied, or what was measured."""

NEAR = ":near"
"""In place of a population: those near the cause that is usual for the topic."""

MIXED = "mixed"
UNCLEAR = "unclear"
NO_TRIAL = "no_trial"
DIRECTIONS = {MIXED: "Results differ", NO_TRIAL: "No trial in our tables"}
"""Labels of what a cell of the map can be beyond the directions of single results."""

RATIOS = ("RR", "OR", "HR")
DIFFERENCES = ("MD_0_100", "SMD")
"""Measures of which all numbers share one scale, whatever was measured with which tool."""

HIGHER = "higher"

BY_GROUP = "by_group"
"""The stance of a body that is for in one group of people and against in another."""

DISAGREE, DIFFER, AGREE, ALONE = "disagree", "by_group", "agree", "alone"
AGREEMENTS = {
    DISAGREE: "Guidelines disagree",
    DIFFER: "It depends on the group",
    AGREE: "No disagreement",
    ALONE: "One body only",
}
"""How the guidelines on an intervention stand to each other, what stands out most first."""

MAP_COLUMNS = [
    *("intervention_id", "label", "kind", "kind_label", "column", "column_label"),
    *("n_results", "participants", "direction", "direction_label", "found"),
    *("certainty", "certainty_label", "evidence_ids", "source_ids"),
]
AGREEMENT_COLUMNS = [
    *("intervention_id", "label", "kind", "kind_label", "agreement", "agreement_label", "disagree"),
    *("groups", "body", "name", "guideline_kind", "direction", "direction_label", "statements"),
]

TREATMENT = "treatment"

Row = dict[str, Any]


class Selection(NamedTuple):
    """Which interventions and which of their results to show; empty means all.

    Attributes
    ----------
    phase : str
        Interventions used in that phase.
    kind : str
        A kind of intervention.
    self_care : bool
        Whether only kinds that people do by themselves, as ``self_care_kinds`` lists them.
    population : str
        Who was studied, or `NEAR`.
    outcome : str
        What was measured.
    certainty : str
        The least certainty of a trial result; those that nobody graded are then left out.
    text : str
        Words that must all stand in an intervention's name, kind or how it is done.
    """

    phase: str = ""
    kind: str = ""
    self_care: bool = False
    population: str = ""
    outcome: str = ""
    certainty: str = ""
    text: str = ""


class Worthwhile(NamedTuple):
    """How large a gap must be to matter to people, and who says so."""

    worthwhile_id: str
    value: float
    text: str
    source: Source | None


@dataclass(frozen=True)
class Profile:
    """All that the tables hold of one intervention.

    Attributes
    ----------
    phases : tuple of str
        Labels of the phases in which it is used.
    item : Item or None
        The article's treatment it belongs to.
    sources : tuple of Source
        Where how it is done was read; empty if that is an estimate.
    results : DataFrame
        Its rows of `results`.
    statements : tuple of Statement
        What guidelines say of it, newest word first.
    agreement : str
        A key of `AGREEMENTS`; empty if no guideline speaks of it.
    cautions : tuple of dict
        Rows of ``contraindications`` with ``action_label`` and source, the strictest first.
    care : tuple of dict
        Rows of ``care`` with ``cause``, ``role_label``, ``phase_label`` and source.
    risks : tuple of dict
        Rows of ``risk_interventions`` with ``risk_factor`` and source.
    claims : tuple of dict
        Rows of `spasmlib.claims.checked` that are about it.
    """

    intervention_id: str
    label: str
    kind: str
    kind_label: str
    how_to: str
    basis: str
    phases: tuple[str, ...]
    item: Item | None
    sources: tuple[Source, ...]
    results: pd.DataFrame
    statements: tuple[Statement, ...]
    agreement: str
    cautions: tuple[Row, ...]
    care: tuple[Row, ...]
    risks: tuple[Row, ...]
    claims: tuple[Row, ...]


def chosen(tables: Tables, selection: Selection = Selection()) -> pd.DataFrame:  # noqa: B008
    """Return the interventions that a selection leaves, by kind.

    Returns
    -------
    DataFrame
        ``intervention_id``, ``label``, ``kind``, ``kind_label``, ``article_treatment``,
        ``how_to`` and ``basis``.
    """
    found = _interventions(tables)
    if selection.phase:
        phases = tables["intervention_phases"]
        used = phases.loc[phases["phase"].astype(str) == selection.phase, "intervention_id"]
        found = found[found["intervention_id"].isin(used)]
    if selection.kind:
        found = found[found["kind"] == selection.kind]
    if selection.self_care:
        found = found[found["kind"].isin(tables["self_care_kinds"]["kind"].astype(str))]
    for word in selection.text.casefold().split():
        found = found[found["searched"].str.contains(word, regex=False)]
    return found.drop(columns="searched").reset_index(drop=True)


def results(
    tables: Tables,
    selection: Selection = Selection(),  # noqa: B008
    intervention_id: str = "",
) -> pd.DataFrame:
    """Return results of trials, those that can be compared under each other.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    selection : Selection, optional
        Which to return.
    intervention_id : str, optional
        Only those of one intervention; the selection of interventions then does not count.

    Returns
    -------
    DataFrame
        The columns of ``evidence``, with labels, the citation, and

        - ``comparable``: only numbers with the same value share an axis: same measure and
          outcome, and where there is no common scale, same scale too; ``comparable_label``
          says it in words. Empty where the source gives no number.
        - ``gain``, ``gain_low``, ``gain_high``: the result turned so that more is better
          for the person: differences have their sign turned, and ratios are turned over,
          where lower is better.
        - ``worthwhile``: the least gap that matters to people, in the units of the result;
          missing where the tables name none.
        - ``worth``: whether the gain is at least that: ``yes`` if all of its interval is,
          ``no`` if none of it, else ``perhaps``; empty without an interval or a line.

    Examples
    --------
    >>> import spasmlib
    >>> found = results(spasmlib.load(), Selection(population="acute_lbp"), "oral_nsaid")
    >>> found.loc[found["outcome"] == "pain", ["value", "gain", "worthwhile", "worth"]].values[0]
    array([-7.29, 7.29, 10.0, 'perhaps'], dtype=object)
    """
    found = _results(tables)
    if intervention_id:
        found = found[found["intervention_id"] == intervention_id]
    else:
        found = found[found["intervention_id"].isin(chosen(tables, selection)["intervention_id"])]
    return _within(tables, found, selection).reset_index(drop=True)


def evidence_map(
    tables: Tables,
    selection: Selection = Selection(),  # noqa: B008
    by: str = "population",
) -> pd.DataFrame:
    """Return who was studied with what, one row a cell, also where there is no trial.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    selection : Selection, optional
        Which interventions and results count.
    by : {"population", "outcome"}
        What the columns are.

    Returns
    -------
    DataFrame
        One row an intervention and column, by the intervention with most people studied:
        ``n_results`` (0 is a gap), ``participants`` (the largest number that each source
        gives, added up over sources: one source's results are mostly of the same people,
        but sources may share trials; missing where none gives a number), ``direction`` (of
        all results alike; those that are not clear give way to others; ``mixed`` where
        results differ, ``no_trial`` in a gap) and ``found`` (how many results came to
        what, in words), ``certainty`` (the best of them), ``evidence_ids`` and
        ``source_ids`` (tuples). Columns that no result at all fills are left out.

    Raises
    ------
    ValueError
        If `by` is neither.

    Examples
    --------
    >>> import spasmlib
    >>> cells = evidence_map(spasmlib.load(), Selection(kind="manual"))
    >>> gaps = cells["n_results"] == 0
    >>> bool(gaps.any()), cells.loc[gaps, "direction"].unique().tolist()
    (True, ['no_trial'])
    """
    if by not in BY:
        raise ValueError(f"by must be one of {', '.join(BY)}, not {by!r}")
    rows = chosen(tables, selection)
    found = results(tables, selection)
    columns = _columns(tables, selection, by)
    named = {"direction": _directions(tables), "certainty": labels(tables, "certainty")}
    groups: dict[tuple[str, str], list[Row]] = {}
    for result in records(found):
        groups.setdefault((result["intervention_id"], result[by]), []).append(result)
    cells = {
        key: _cell(group, named["direction"], list(named["certainty"]))
        for key, group in groups.items()
    }
    told = [
        {**row, "column": column, "column_label": label, **cells.get((name, column), EMPTY)}
        for row in records(rows)
        for name in [row["intervention_id"]]
        for column, label in columns.items()
    ]
    frame = pd.DataFrame(told, columns=[*MAP_COLUMNS])
    frame["participants"] = frame["participants"].astype("Int64")
    for name, said in named.items():
        frame[f"{name}_label"] = frame[name].map(said).fillna("")
    return _most_studied_first(frame)


def worthwhile(tables: Tables, measure: str, outcome: str) -> tuple[Worthwhile, ...]:
    """Return how large a gap must be to matter; the first is the one to draw.

    Examples
    --------
    >>> import spasmlib
    >>> [line.value for line in worthwhile(spasmlib.load(), "MD_0_100", "pain")]
    [10.0, 20.0]
    """
    known = _worthwhile(tables)
    return known.get((measure, outcome)) or known.get((measure, ""), ())


def agreement(tables: Tables, selection: Selection = Selection()) -> pd.DataFrame:  # noqa: B008
    """Return what each body says of each intervention.

    Where bodies disagree stands first, and of others that on which most have spoken.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    selection : Selection, optional
        Outcome and certainty are of trials and do not count here. Of a population all
        statements count that were made for it, for a group within it or for a wider one.

    Returns
    -------
    DataFrame
        One row an intervention and body: ``agreement`` (a key of `AGREEMENTS`, the same
        for all rows of an intervention), ``disagree`` (whether guidelines of two bodies
        are for and against it for groups of people that are the same or have a part in
        common), ``groups`` (tuple: for whom they disagree), ``direction`` (as in
        ``recommendations``, or ``by_group`` for a body that is for it in one group and
        against it in another; one that names conditions in some of its statements is
        *conditionally* for or against it), ``statements`` (tuple of
        `Statement`). Drafts, replaced guidelines and looks across guidelines are among
        the statements and count neither as disagreeing nor, beside a newer word of the
        same body, for its direction.

    Examples
    --------
    >>> import spasmlib
    >>> rows = agreement(spasmlib.load())
    >>> rows.loc[rows["disagree"], "label"].unique()[:1].tolist()
    ['Acupuncture']
    """
    said = statements(tables)
    stances = _stances(tables)
    names = {row["guideline"]: row for row in records(tables["guidelines"])}
    order = list(dict.fromkeys(row["body"] for row in names.values()))
    rows = []
    for row in records(chosen(tables, selection)):
        own = said.get(row["intervention_id"], ())
        if selection.population:
            own = meant_for(tables, own, groups_of(tables, selection.population))
        against = disagreements(tables, own)
        kind = _agreement(own, against)
        bodies: dict[str, list[Statement]] = {}
        for statement in own:
            bodies.setdefault(statement.body, []).append(statement)
        for body in sorted(bodies, key=order.index):
            direction = _stance(bodies[body])
            rows.append(
                row
                | {
                    "agreement": kind,
                    "agreement_label": AGREEMENTS[kind],
                    "disagree": kind == DISAGREE,
                    "groups": against,
                    "body": body,
                    "name": names[bodies[body][0].guideline]["name"],
                    "guideline_kind": bodies[body][0].kind,
                    "direction": direction,
                    "direction_label": stances[direction],
                    "statements": tuple(bodies[body]),
                }
            )
    voices = Counter(row["intervention_id"] for row in rows)
    kinds = list(AGREEMENTS)
    rows.sort(key=lambda row: (kinds.index(row["agreement"]), -voices[row["intervention_id"]]))
    return pd.DataFrame(rows, columns=AGREEMENT_COLUMNS)


def profile(tables: Tables, intervention_id: str) -> Profile:
    """Return all that the tables hold of one intervention.

    Raises
    ------
    ValueError
        If there is no such intervention.

    Examples
    --------
    >>> import spasmlib
    >>> profile(spasmlib.load(), "heat").item.label
    'Ice and heat therapy'
    """
    known = _interventions(tables)
    if intervention_id not in set(known["intervention_id"]):
        raise ValueError(unknown("intervention", intervention_id, known["intervention_id"]))
    row = records(known[known["intervention_id"] == intervention_id])[0]
    said = statements(tables).get(intervention_id, ())
    phases = tables["intervention_phases"]
    used = set(phases.loc[phases["intervention_id"] == intervention_id, "phase"].astype(str))
    return Profile(
        intervention_id=intervention_id,
        label=row["label"],
        kind=row["kind"],
        kind_label=row["kind_label"],
        how_to=row["how_to"],
        basis=row["basis"],
        phases=tuple(label for phase, label in labels(tables, "phase").items() if phase in used),
        item=_item(tables, row["article_treatment"]),
        sources=cited_by(tables, "intervention_sources", "intervention_id").get(
            intervention_id, ()
        ),
        results=results(tables, intervention_id=intervention_id),
        statements=said,
        agreement=_agreement(said, disagreements(tables, said)) if said else "",
        cautions=_cautions(tables, intervention_id),
        care=_care(tables, intervention_id),
        risks=_risks(tables, intervention_id),
        claims=tuple(records(claims_about(tables, "interventions", intervention_id))),
    )


EMPTY: Row = {
    "n_results": 0,
    "participants": None,
    "direction": NO_TRIAL,
    "found": DIRECTIONS[NO_TRIAL],
    "certainty": "",
    "evidence_ids": (),
    "source_ids": (),
}


def _cell(group: list[Row], directions: Mapping[str, str], grades: list[str]) -> Row:
    """Sum up the results of one cell; see `evidence_map` on how."""
    counts = Counter(row["direction"] for row in group)
    said = [
        f"{counts[name]} × {label.lower()}" for name, label in directions.items() if name in counts
    ]
    return {
        "n_results": len(group),
        "participants": people(group),
        "direction": _together(group),
        "found": ", ".join(said),
        "certainty": min((row["certainty"] for row in group), key=grades.index),
        "evidence_ids": tuple(row["evidence_id"] for row in group),
        "source_ids": tuple(dict.fromkeys(row["source_id"] for row in group)),
    }


def people(group: Iterable[Row]) -> int | None:
    """Count the people of some results: the largest number of each source, added up.

    One source's results are mostly of the same people; None where none gives a number.
    """
    most: dict[str, int] = {}
    for row in group:
        if row["n_participants"] is not None:
            most[row["source_id"]] = max(most.get(row["source_id"], 0), row["n_participants"])
    return sum(most.values()) if most else None


def surest(found: pd.DataFrame) -> Row | None:
    """Return the surest of some `results` on what a treatment is for; None if none is graded.

    Of results that are alike sure the first, which is the one with the most people for the
    first group and outcome.

    Examples
    --------
    >>> import spasmlib
    >>> row = surest(results(spasmlib.load(), intervention_id="heat"))
    >>> row["certainty"], row["population"]
    ('moderate', 'acute_lbp')
    """
    if found.empty:
        return None
    graded = found[found["certainty"] != found["certainty"].cat.categories[-1]]
    graded = graded[~graded["outcome"].isin(SIDE_EFFECTS)]
    return next(iter(records(graded.sort_values("certainty", kind="stable").head(1))), None)


def groups_of(tables: Tables, population: str) -> frozenset[str]:
    """Return the groups of people that a population of a `Selection` means."""
    return _near(tables) if population == NEAR else frozenset({population})


def _together(group: list[Row]) -> str:
    """Say in one word what results come to.

    What a treatment is for comes first: side effects neither count against a gain, as they
    are told beside it, nor are they passed over where there is none.
    """
    wanted = {row["direction"] for row in group if row["outcome"] not in SIDE_EFFECTS}
    beside = {row["direction"] for row in group if row["outcome"] in SIDE_EFFECTS}
    if HARM in beside and wanted <= {"no_difference", UNCLEAR}:
        return HARM
    found = wanted or beside
    clear = found - {UNCLEAR} or found
    return clear.pop() if len(clear) == 1 else MIXED


def _most_studied_first(cells: pd.DataFrame) -> pd.DataFrame:
    people = cells.groupby("intervention_id")[["participants", "n_results"]].sum()
    order = people.sort_values(
        ["participants", "n_results"], ascending=False, kind="stable"
    ).index.tolist()
    place = cells["intervention_id"].map({name: number for number, name in enumerate(order)})
    return (
        cells.assign(place=place)
        .sort_values("place", kind="stable", ignore_index=True)
        .drop(columns="place")
    )


def _columns(tables: Tables, selection: Selection, by: str) -> dict[str, str]:
    """Return the ids and labels of the columns of the map that some result fills."""
    named = labels(tables, by)
    filled = set(_results(tables)[by])
    own = selection.population if by == "population" else selection.outcome
    if own == NEAR:
        filled &= _near(tables)
    elif own:
        filled = {own}
    elif by == "outcome":
        filled &= set(_within(tables, _results(tables), selection)["outcome"])
    return {name: label for name, label in named.items() if name in filled}


def _within(tables: Tables, found: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Leave the results that fit a selection of people, outcome and certainty."""
    if selection.population == NEAR:
        found = found[found["population"].isin(_near(tables))]
    elif selection.population:
        found = found[found["population"] == selection.population]
    if selection.outcome:
        found = found[found["outcome"] == selection.outcome]
    if selection.certainty:
        grades = list(found["certainty"].cat.categories)
        enough = grades[: grades.index(selection.certainty) + 1]
        found = found[found["certainty"].isin(enough)]
    return found


@lru_cache(maxsize=8)
def _near(tables: Tables) -> frozenset[str]:
    rows = tables["cause_populations"]
    usual = rows["cause_id"] == tables.schema.page["usual_cause"]
    return frozenset(rows.loc[usual, "population"].astype(str))


@lru_cache(maxsize=8)
def _interventions(tables: Tables) -> pd.DataFrame:
    kinds = labels(tables, "intervention_kind")
    rows = tables["interventions"].astype({"kind": str})
    rows["kind_label"] = rows["kind"].map(kinds)
    rows["place"] = rows["kind"].map({kind: place for place, kind in enumerate(kinds)})
    rows["searched"] = rows[["label", "kind_label", "how_to"]].agg(" ".join, axis=1).str.casefold()
    rows = rows.sort_values("place", kind="stable", ignore_index=True)
    columns = ["intervention_id", "label", "kind", "kind_label", "article_treatment"]
    return rows[[*columns, "how_to", "basis", "searched"]]


@lru_cache(maxsize=8)
def _results(tables: Tables) -> pd.DataFrame:
    """Return all results with their labels, sorted; certainty stays an ordered categorical."""
    named = {kind: labels(tables, kind) for kind in ("population", "outcome", "measure")}
    directions, certainty = _directions(tables), labels(tables, "certainty")
    words = ["population", "outcome", "direction"]
    rows = with_citations(tables, tables["evidence"]).astype(dict.fromkeys(words, str))
    rows["measure"] = rows["measure"].astype(object).fillna("")
    rows["better"] = rows["better"].astype(object).fillna("")
    known = _interventions(tables)[["intervention_id", "label", "kind", "kind_label"]]
    rows = known.merge(rows, on="intervention_id")
    rows = rows.assign(
        population_label=rows["population"].map(named["population"]),
        outcome_label=rows["outcome"].map(named["outcome"]),
        direction_label=rows["direction"].map(directions),
        certainty_label=rows["certainty"].astype(str).map(certainty),
        certainty=rows["certainty"].cat.set_categories(list(certainty), ordered=True),
    )
    told = records(rows)
    rows = rows.assign(
        comparable=[_comparable(row) for row in told],
        comparable_label=[_comparable_label(row, named["measure"]) for row in told],
    )
    gains = pd.DataFrame([_gain(tables, row) for row in told], columns=GAIN_COLUMNS)
    return _sorted(tables, pd.concat([rows, gains], axis=1))


def _sorted(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    """Put what visitors come for first, and the larger of two comparable results."""
    outcomes = [*OUTCOMES_FIRST, *labels(tables, "outcome")]
    populations = list(labels(tables, "population"))
    measures = list(labels(tables, "measure"))
    places = pd.DataFrame(
        {
            "population": rows["population"].map(populations.index),
            "outcome": rows["outcome"].map(outcomes.index),
            "measure": [
                measures.index(name) if name else len(measures) for name in rows["measure"]
            ],
            "people": -rows["n_participants"].fillna(0).astype(int),
        }
    )
    order = places.sort_values(["population", "outcome", "measure", "people"], kind="stable")
    return rows.reindex(order.index).reset_index(drop=True)


GAIN_COLUMNS = ["gain", "gain_low", "gain_high", "worthwhile", "worth"]


def _gain(tables: Tables, row: Row) -> Row:
    """Turn a result so that more is better, and hold it against what matters to people."""
    value, low, high = row["value"], row["ci_low"], row["ci_high"]
    if value is None or not row["better"]:
        return dict.fromkeys(GAIN_COLUMNS[:4]) | {"worth": ""}
    if row["better"] != HIGHER:
        ratio = row["measure"] in RATIOS
        value, low, high = (_turned(number, ratio) for number in (value, high, low))
    lines = worthwhile(tables, row["measure"], row["outcome"])
    least = lines[0].value if lines else None
    worth = _worth(low, high, least) if least is not None else ""
    return {"gain": value, "gain_low": low, "gain_high": high, "worthwhile": least, "worth": worth}


def _turned(number: float | None, ratio: bool) -> float | None:
    if number is None:
        return None
    if ratio:
        return 1 / number if number else None
    return -number + 0.0  # never minus zero


def _worth(low: float | None, high: float | None, least: float) -> str:
    if low is None or high is None:
        return ""  # without an interval nobody knows how far chance moved the result
    if low >= least:
        return "yes"
    return "no" if high < least else "perhaps"


def _comparable(row: Row) -> str:
    if row["value"] is None or not row["measure"]:
        return ""
    scale = "" if row["measure"] in DIFFERENCES else row["scale"] or ""
    return "|".join([row["measure"], row["outcome"], scale, row["better"]])


def _comparable_label(row: Row, measures: Mapping[str, str]) -> str:
    if row["value"] is None or not row["measure"]:
        return ""
    if row["measure"] in DIFFERENCES or not row["scale"]:
        return f"{row['outcome_label']}: {measures[row['measure']].lower()}"
    scale = str(row["scale"])
    name = measures[row["measure"]].partition(" (")[0].lower()
    told = f"{scale} ({name})" if row["measure"] in RATIOS and name not in scale else scale
    return told[:1].upper() + told[1:]


@lru_cache(maxsize=8)
def _directions(tables: Tables) -> dict[str, str]:
    return labels(tables, "effect_direction") | DIRECTIONS


@lru_cache(maxsize=8)
def _stances(tables: Tables) -> dict[str, str]:
    return labels(tables, "recommendation_direction") | {BY_GROUP: "Depends on the group"}


@lru_cache(maxsize=8)
def _worthwhile(tables: Tables) -> dict[tuple[str, str], tuple[Worthwhile, ...]]:
    rows = with_citations(tables, tables["worthwhile"].sort_values("position", kind="stable"))
    known: dict[tuple[str, str], list[Worthwhile]] = {}
    for row in records(rows):
        source = cited(row) if row["citation"] else None
        line = Worthwhile(row["worthwhile_id"], row["value"], row["text"], source)
        known.setdefault((str(row["measure"]), row["outcome"] or ""), []).append(line)
    return {key: tuple(lines) for key, lines in known.items()}


def _agreement(statements: Iterable[Statement], groups: tuple[str, ...]) -> str:
    if groups:
        return DISAGREE
    counted = [statement for statement in statements if statement.counts]
    if any(opposed(one.direction, other.direction) for one, other in combinations(counted, 2)):
        return DIFFER
    return AGREE if len({statement.body for statement in counted}) > 1 else ALONE


def _stance(statements: list[Statement]) -> str:
    """Return the stance of one body over all that it says of an intervention."""
    newest = [one for one in statements if one.standing == CURRENT] or statements
    said = {statement.direction for statement in newest}
    if len(said) == 1:
        return said.pop()
    for_it, against_it = said & set(FOR), said & set(AGAINST)
    if for_it and against_it:
        return BY_GROUP
    return "conditional_for" if for_it else "conditional_against"


def _item(tables: Tables, number: int | None) -> Item | None:
    wanted = f"{TREATMENT}.{number}"
    return next((item for item in items(tables) if item.item_id == wanted), None)


def _cautions(tables: Tables, intervention_id: str) -> tuple[Row, ...]:
    named = labels(tables, "caution")
    order = [*STRICTEST_FIRST, *named]
    rows = _own(tables, "contraindications", intervention_id)
    rows.sort(key=lambda row: order.index(row["action"]))
    return tuple(row | {"action_label": named[row["action"]]} for row in rows)


def _care(tables: Tables, intervention_id: str) -> tuple[Row, ...]:
    causes = tables["causes"].set_index("cause_id")["label"]
    roles, phases = labels(tables, "role"), labels(tables, "phase")
    order = list(roles)
    rows = _own(tables, "care", intervention_id)
    rows.sort(key=lambda row: order.index(row["role"]))
    return tuple(
        row
        | {
            "cause": causes[row["cause_id"]],
            "role_label": roles[row["role"]],
            "phase_label": phases[row["phase"]],
        }
        for row in rows
    )


def _risks(tables: Tables, intervention_id: str) -> tuple[Row, ...]:
    named = tables["risk_factors"].set_index("risk_factor_id")["label"]
    rows = _own(tables, "risk_interventions", intervention_id)
    return tuple(row | {"risk_factor": named[row["risk_factor_id"]]} for row in rows)


def _own(tables: Tables, table: str, intervention_id: str) -> list[Row]:
    rows = tables[table]
    return records(with_citations(tables, rows[rows["intervention_id"] == intervention_id]))
