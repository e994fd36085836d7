"""The results on reference cases as tables of a data package, and how they are made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from spasmlib.cases import Case
from spasmlib.evaluation import NAMES, Report, coded, evaluate, send_ordinary, wilson
from spasmlib.model import DEFAULTS, Parameters
from spasmlib.person import unknown
from spasmlib.reasoning import assess
from spasmlib.sources import RESOLVERS
from spasmlib.tables import Tables, records
from spasmlib.worked import worked_person

PEOPLE = 1000
"""How many ordinary people are drawn."""

DIGITS = 4
"""Decimals that are kept: more would change with the version of a library."""

COUNTED = ("first", "in_three", "accepted_in_three", "urgency_exact", "not_too_low")
"""Measures that are counted for each value of an assumption; all cases count for each."""

ALL = "all"
"""Name of the group of all cases."""

Progress = Callable[[Iterable[Any]], Iterable[Any]]


def reference_tables(
    tables: Tables,
    cases: Sequence[Case],
    sources: Mapping[str, Mapping[str, str]],
    progress: Progress = iter,
) -> dict[str, pd.DataFrame]:
    """Work out all tables of results, by name.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`; its ``worked_case`` and the settings and labels of its
        ``assumption_values`` say what is tried.
    cases : sequence of Case
        From `spasmlib.cases.read_cases`; at least one.
    sources : mapping
        For each ``source_id`` of the cases its ``citation`` and where it can be read:
        ``doi``, ``pmid``, ``url``; empty where unknown. See `read_sources`.
    progress : callable, optional
        Wraps the values of the assumptions while they are tried, for a progress bar.

    Returns
    -------
    dict of str to DataFrame
        Shares rounded to `DIGITS` decimals.

    Raises
    ------
    ValueError
        If there are no cases, a source is missing, or a setting names no field of
        `spasmlib.model.Parameters`.
    """
    by_answers = evaluate(tables, cases)
    by_text = evaluate(tables, cases, from_text=True)
    tried = records(tables["assumption_values"])
    made = {
        "assumption_values": pd.DataFrame(
            [tried_value(tables, cases, row) for row in progress(tried)],
            columns=tables["assumption_values"].columns,
        ),
        "reference_measures": measures({"answers": by_answers, "text": by_text}),
        "reference_calibration": _calibration(by_answers),
        **_one_by_one(tables, cases, by_answers, sources),
        "reference_people": people(tables, PEOPLE),
    }
    return {name: frame.round(DIGITS) for name, frame in made.items()}


def write_tables(folder: Path, made: Mapping[str, pd.DataFrame]) -> None:
    """Write tables into a data package, each whole or not at all."""
    for name, frame in made.items():
        file = folder / f"{name}.csv"
        new = file.with_suffix(".new")
        _as_stored(frame).to_csv(new, index=False, encoding="utf-8", lineterminator="\n")
        new.replace(file)


def read_sources(path: Path) -> dict[str, dict[str, str]]:
    """Read where reference cases were published: a CSV file with a ``source_id`` a row."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return {row["source_id"]: row for row in records(table)}


def parameters_of(settings: str) -> Parameters:
    """Read the settings of a row of ``assumption_values``; all else stays as it is.

    Raises
    ------
    ValueError
        If a name is no field of `Parameters`, or its value is out of range.

    Examples
    --------
    >>> parameters_of("unsaid=0 unsaid_hallmark=0").unsaid
    0.0
    """
    known = [field.name for field in fields(Parameters)]
    values = {}
    for part in settings.split():
        name, _, value = part.partition("=")
        if name not in known:
            raise ValueError(unknown("parameter", name, known))
        values[name] = float(value)
    return replace(DEFAULTS, **values)  # type: ignore[arg-type]


def tried_value(tables: Tables, cases: Sequence[Case], row: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in a row of ``assumption_values``: how the cases come out with its settings.

    Parameters
    ----------
    row : mapping
        Of which ``settings`` is read.
    """
    parameters = parameters_of(row["settings"])
    found = evaluate(tables, cases, parameters).cases
    person = worked_person(tables)
    leading = assess(tables, person).causes["cause_id"].iloc[0]
    worked = assess(tables, person, parameters).causes.set_index("cause_id").loc[leading]
    return (
        dict(row)
        | {"in_use": parameters == DEFAULTS, "cases": len(cases)}
        | {name: int(found[name].sum()) for name in COUNTED}
        | {f"worked_{name}": float(worked[name]) for name in ("share", "low", "high")}
    )


def measures(reports: Mapping[str, Report]) -> pd.DataFrame:
    """Count every measure for all cases and for those of each kind, by reading.

    Returns
    -------
    DataFrame
        ``reading``, ``cases``, ``measure``, ``hits``, ``of``, ``rate`` and its 95% Wilson
        interval ``low``, ``high``. What applies to no case has no row.
    """
    rows = []
    for reading, report in reports.items():
        groups = [(ALL, report.cases), *report.cases.groupby("kind")]
        for group, found in groups:
            for measure in NAMES:
                known = found[measure].dropna().astype(bool)
                hits, of = int(known.sum()), len(known)
                if of:
                    low, high = wilson(hits, of)
                    rows.append((reading, group, measure, hits, of, hits / of, low, high))
    columns = ["reading", "cases", "measure", "hits", "of", "rate", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def people(tables: Tables, number: int) -> pd.DataFrame:
    """Count where ordinary people would be sent, as the table ``reference_people`` has it."""
    found = send_ordinary(tables, number).rename(columns={"by_flags": "by_signs"})
    columns = ["urgency", "people", "of", "rate", "low", "high", "by_signs", "or_sooner"]
    return found.assign(of=number)[columns]


def _calibration(report: Report) -> pd.DataFrame:
    table = report.calibration
    table.insert(0, "bin", range(1, len(table) + 1))
    return table


def _one_by_one(
    tables: Tables,
    cases: Sequence[Case],
    report: Report,
    sources: Mapping[str, Mapping[str, str]],
) -> dict[str, pd.DataFrame]:
    """Return each case, and its answers with what they weighed."""
    levels = list(tables["urgency_levels"].sort_values("position")["urgency"].astype(str))
    rows, answers = [], []
    found = records(report.cases)
    for case, judged, person in zip(cases, found, coded(tables, cases), strict=True):
        view = assess(tables, person, replace(DEFAULTS, draws=1))
        first = records(view.causes.head(1))[0]
        readers = sorted(case.urgency_readers, key=levels.index)
        rows.append(
            {
                "case_id": case.case_id,
                "kind": case.kind,
                "certainty": case.dx_certainty,
                "age": person.age,
                "cause_id": case.cause_id,
                "place": judged["rank"],
                "share": judged["share"],
                "right_place": judged["accepted_rank"],
                "first_cause_id": first["cause_id"],
                "first_share": first["share"],
                "urgency": judged["urgency"],
                "soonest": readers[0],
                "latest": readers[-1],
                "cause_missed": not judged["accepted_in_three"],
                "urgency_missed": not judged["not_too_low"],
                **_published(case, sources),
            }
        )
        own = view.reasons(case.cause_id)[["finding_id", "answer", "weight"]]
        other = view.reasons(first["cause_id"])[["finding_id", "weight"]]
        both = own.merge(other.rename(columns={"weight": "first_weight"}), on="finding_id")
        both.insert(0, "case_id", case.case_id)
        answers.append(both)
    return {
        "reference_cases": pd.DataFrame(rows).astype({"age": "Int64"}),
        "reference_answers": pd.concat(answers, ignore_index=True),
    }


def _published(case: Case, sources: Mapping[str, Mapping[str, str]]) -> dict[str, str | None]:
    source = sources.get(case.source_id)
    if source is None:
        raise ValueError(unknown("source", case.source_id, sources))
    kinds = [kind for kind in RESOLVERS if source.get(kind)]
    url = RESOLVERS[kinds[0]].format(source[kinds[0]]) if kinds else None
    return {"citation": source["citation"], "url": url}


def _as_stored(frame: pd.DataFrame) -> pd.DataFrame:
    """Write true and false as tables have them."""
    truths = frame.select_dtypes("bool").columns
    words = {True: "true", False: "false"}
    return frame.assign(**{name: frame[name].map(words) for name in truths})
