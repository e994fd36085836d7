"""How often the explorer is right: reference cases, and ordinary people against over-warning."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from spasmlib.cases import Case
from spasmlib.model import DEFAULTS, Parameters
from spasmlib.ordinary import ordinary_people
from spasmlib.person import Person, understand
from spasmlib.reasoning import View, assess
from spasmlib.tables import Tables

TOP = 3
SHARES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Edges of the bins of the calibration table."""

NAMES = {
    "first": "cause itself first",
    "in_three": "cause itself in the first three",
    "in_five": "cause itself in the first five",
    "accepted_first": "an accepted cause first",
    "accepted_in_three": "an accepted cause in the first three",
    "accepted_in_five": "an accepted cause in the first five",
    "covered": "coverage: a reported finding with a figure for the cause",
    "urgency_exact": "urgency between the two readers",
    "not_two_too_low": "urgency at most one level too low (safe)",
    "not_too_low": "urgency not too low at all",
    "over_cautious": "urgency too high (over-cautious)",
    "emergency_caught": "emergencies caught",
    "self_care_recognised": "self-care recognised",
    "benign_alarmed": "benign cases told to act today",
}


@dataclass(frozen=True, eq=False)
class Report:
    """What reference cases show.

    Attributes
    ----------
    measures : DataFrame
        ``measure``, ``name``, ``hits``, ``of``, ``rate`` and the 95% Wilson interval
        ``low``, ``high``.
    scores : dict of str to float
        ``mean_share`` given to the true cause and ``brier``, the mean over the cases of
        the squared distance between shares and truth (0 best, 2 worst).
    calibration : DataFrame
        One row per bin of shares over all cases and causes: ``from``, ``to``, ``pairs``,
        ``mean_share``, ``true_share`` and its Wilson interval.
    groups : DataFrame
        Cases by ``kind``, ``certainty`` of the cause and ``group`` of causes: ``of``,
        ``first`` and ``accepted_in_three``.
    cases : DataFrame
        One row per case: what was expected, what was found, rank and share of the cause.
    misses : DataFrame
        The rows of `cases` in which no accepted cause is among the first three or the
        urgency is too low, with the three first causes and what spoke for and against.
    findings : DataFrame or None
        From the text only: per finding how often it was read rightly, wrongly or missed.
    """

    measures: pd.DataFrame
    scores: dict[str, float]
    calibration: pd.DataFrame
    groups: pd.DataFrame
    cases: pd.DataFrame
    misses: pd.DataFrame
    findings: pd.DataFrame | None = None

    def rate(self, measure: str) -> float:
        """Return one measure as a share of 1."""
        return float(self.measures.set_index("measure")["rate"][measure])


def evaluate(
    tables: Tables,
    cases: Sequence[Case],
    parameters: Parameters = DEFAULTS,
    from_text: bool = False,
    progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> Report:
    """Compare what the explorer says of reference cases with what is known of them.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    cases : sequence of Case
        From `spasmlib.cases.read_cases`; at least one.
    parameters : Parameters, optional
        The model's few global numbers.
    from_text : bool, optional
        Read the narratives instead of taking the coded findings.
    progress : callable, optional
        Wraps the cases while they are worked through, for a progress bar.

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        If there are no cases.

    Notes
    -----
    Urgency is right if it lies between what the readers of a case advised. A case is an
    emergency, or one for self-care, if all readers agree; it is benign if none of them
    sends it anywhere within days.
    """
    if not cases:
        raise ValueError("there are no cases to evaluate")
    people = (_from_text(tables, case) for case in cases) if from_text else coded(tables, cases)
    judged = [
        _judge(tables, case, person, parameters)
        for case, person in zip(progress(cases), people, strict=True)
    ]
    table = pd.DataFrame([row for row, _ in judged])
    shares = np.array([share for _, share in judged])
    truth = np.array([tables["causes"]["cause_id"] == case.cause_id for case in cases])
    missed = ~table["accepted_in_three"] | ~table["not_too_low"]
    return Report(
        measures=_measures(table),
        scores={
            "mean_share": float(table["share"].mean()),
            "brier": float(((shares - truth) ** 2).sum(axis=1).mean()),
        },
        calibration=_calibration(shares.ravel(), truth.ravel()),
        groups=_groups(table),
        cases=table.drop(columns=["why"]),
        misses=table[missed].reset_index(drop=True),
        findings=_read_findings(tables, cases) if from_text else None,
    )


def coded(tables: Tables, cases: Sequence[Case]) -> Iterator[Person]:
    """Yield the coded people, with what the coder's remarks say of newer findings.

    Only findings that no coder of these cases used are read in the remarks: the rest was
    left out on purpose.
    """
    from spasmlib.reading import read_text

    coders = frozenset[str]().union(*(case.person.present | case.person.absent for case in cases))
    for case in cases:
        remarks = read_text(tables, ". ".join(case.unmapped)).person
        yield replace(
            case.person,
            present=case.person.present | (remarks.present - coders),
            absent=case.person.absent | (remarks.absent - coders - remarks.present),
        )


def send_ordinary(
    tables: Tables,
    number: int,
    parameters: Parameters = DEFAULTS,
    progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> pd.DataFrame:
    """Report where ordinary people with back or neck pain would be sent.

    Returns
    -------
    DataFrame
        One row per urgency level, most urgent first: ``urgency``, ``label``, ``people``,
        ``rate`` with its Wilson interval ``low``, ``high``, ``or_sooner`` (share sent to
        this level or a more urgent one) and ``by_flags`` (how many of them by a flag).
    """
    quick = replace(parameters, draws=1)
    people = ordinary_people(tables, number)
    views = [assess(tables, person, quick) for person in progress(people)]
    levels = tables["urgency_levels"].sort_values("position")
    urgency = pd.Series([view.urgency for view in views])
    flagged = pd.Series([view.urgency_basis == "red_flags" for view in views])
    rows = []
    for level in levels.itertuples():
        own = urgency == level.urgency
        rows.append(
            {"urgency": str(level.urgency), "label": level.label, "people": int(own.sum())}
            | _rate(int(own.sum()), len(views))
            | {"by_flags": int((own & flagged).sum())}
        )
    table = pd.DataFrame(rows)
    return table.assign(or_sooner=table["people"].cumsum() / len(views))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95% Wilson interval of a share.

    Examples
    --------
    >>> low, high = wilson(9, 10)
    >>> print(f"{low:.2f} to {high:.2f}")
    0.60 to 0.98
    """
    from scipy.stats import binomtest

    if not of:
        return 0.0, 1.0
    interval = binomtest(hits, of).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def _from_text(tables: Tables, case: Case) -> Person:
    from spasmlib.reading import read_text

    return read_text(tables, case.narrative).person


def _judge(
    tables: Tables, case: Case, person: Person, parameters: Parameters
) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    view = assess(tables, person, replace(parameters, draws=1))
    ranked = list(view.causes["cause_id"])
    share = view.causes.set_index("cause_id")["share"]
    rank = ranked.index(case.cause_id) + 1
    best = min(ranked.index(name) + 1 for name in case.accepted)
    levels = list(tables["urgency_levels"].sort_values("position")["urgency"].astype(str))
    given = levels.index(view.urgency)
    readers = [levels.index(level) for level in case.urgency_readers]
    first, last = min(readers), max(readers)
    pressing = set(
        tables["urgency_levels"].loc[tables["urgency_levels"]["act_today"], "urgency"].astype(str)
    )
    calm = all(level in levels[-2:] for level in case.urgency_readers)
    row = {
        "case_id": case.case_id,
        "kind": case.kind,
        "certainty": case.dx_certainty,
        "group": str(tables["causes"].set_index("cause_id").loc[case.cause_id, "group"]),
        "cause_id": case.cause_id,
        "rank": rank,
        "accepted_rank": best,
        "share": float(share[case.cause_id]),
        "top": ", ".join(f"{name} {share[name]:.0%}" for name in ranked[:TOP]),
        "urgency": view.urgency,
        "readers": " to ".join(dict.fromkeys(case.urgency_readers)),
        "first": rank == 1,
        "in_three": rank <= TOP,
        "in_five": rank <= 5,
        "accepted_first": best == 1,
        "accepted_in_three": best <= TOP,
        "accepted_in_five": best <= 5,
        "covered": _covered(view, case),
        "urgency_exact": first <= given <= last,
        "not_two_too_low": given <= last + 1,
        "not_too_low": given <= last,
        "over_cautious": given < first,
        "emergency_caught": given == 0 if last == 0 else None,
        "self_care_recognised": given == first if first == len(levels) - 1 else None,
        "benign_alarmed": view.urgency in pressing if calm else None,
        "flags": ", ".join(view.red_flags["red_flag_id"]),
        "why": _why(view, (case.cause_id, ranked[0])),
    }
    return row, share[list(tables["causes"]["cause_id"])].to_numpy(float)


def _covered(view: View, case: Case) -> bool:
    reasons = view.reasons(case.cause_id)
    return bool((reasons["basis"] != "nothing_known").any())


def _why(view: View, causes: Iterable[str]) -> str:
    parts = []
    for name in dict.fromkeys(causes):
        reasons = view.reasons(name)
        said = [
            f"{'+' if row.answer == 'yes' else '-'}{row.finding_id} {row.weight:+.1f}"
            for row in reasons[reasons["weight"].abs() > 0.3].head(8).itertuples()
        ]
        parts.append(f"{name}: {', '.join(said) or 'nothing speaks clearly'}")
    return " | ".join(parts)


def _rate(hits: int, of: int) -> dict[str, float]:
    low, high = wilson(hits, of)
    return {"rate": hits / of if of else float("nan"), "low": low, "high": high}


def _measures(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for measure, name in NAMES.items():
        known = table[measure].dropna().astype(bool)
        hits, of = int(known.sum()), len(known)
        rows.append({"measure": measure, "name": name, "hits": hits, "of": of} | _rate(hits, of))
    return pd.DataFrame(rows)


def _calibration(shares: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> pd.DataFrame:
    bins = np.clip(np.searchsorted(SHARES, shares, side="right") - 1, 0, len(SHARES) - 2)
    rows = []
    for number, (low, high) in enumerate(pairwise(SHARES)):
        own = bins == number
        pairs, hits = int(own.sum()), int(truth[own].sum())
        rows.append(
            {"from": low, "to": high, "pairs": pairs}
            | {"mean_share": float(shares[own].mean()) if pairs else float("nan")}
            | {f"true_{name}": value for name, value in _rate(hits, pairs).items()}
        )
    return pd.DataFrame(rows).rename(columns={"true_rate": "true_share"})


def _groups(table: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for by in ("kind", "certainty", "group"):
        found = table.groupby(by)[["first", "accepted_in_three", "urgency_exact"]]
        part = found.mean().reset_index(names="which").assign(of=found.size().to_numpy(), by=by)
        parts.append(part)
    columns = ["by", "which", "of", "first", "accepted_in_three", "urgency_exact"]
    return pd.concat(parts, ignore_index=True)[columns]


def _read_findings(tables: Tables, cases: Sequence[Case]) -> pd.DataFrame:
    """Count, per finding and answer, what the text reader got right, against the second reader.

    Facts that follow from age or sex alone are left out of what was read: the second reader
    wrote down only those that the text says.
    """
    findings = tables["findings"].set_index("finding_id")
    settled = set(findings.index[findings["set_by"].notna()])
    coded = frozenset().union(*(case.present_2 | case.absent_2 for case in cases))
    counts: dict[tuple[str, str], np.ndarray[Any, Any]] = {}
    for case in cases:
        known = understand(tables, _from_text(tables, case))
        for answer, read, meant in (
            ("yes", known.present, case.present_2),
            ("no", known.absent, case.absent_2),
        ):
            read = (read & coded) - (settled - meant)
            for name in read | meant:
                both = np.array([name in read & meant, name in read - meant, name in meant - read])
                counts[name, answer] = counts.get((name, answer), np.zeros(3, int)) + both
    rows = [
        {"finding_id": name, "answer": answer, "right": row[0], "wrong": row[1], "missed": row[2]}
        for (name, answer), row in sorted(counts.items())
    ]
    table = pd.DataFrame(rows, columns=["finding_id", "answer", "right", "wrong", "missed"])
    with np.errstate(invalid="ignore", divide="ignore"):
        return table.assign(
            precision=table["right"] / (table["right"] + table["wrong"]),
            recall=table["right"] / (table["right"] + table["missed"]),
        )


def pooled(findings: pd.DataFrame) -> dict[str, float]:
    """Return precision and recall over all findings together, each counted as often as it came."""
    right, wrong, missed = (findings[name].sum() for name in ("right", "wrong", "missed"))
    return {"precision": right / max(right + wrong, 1), "recall": right / max(right + missed, 1)}


def as_text(report: Report | None, people: pd.DataFrame | None = None) -> str:
    """Write results for reading in a terminal."""
    parts = []
    if report is not None:
        parts += [
            "Measures, with 95% Wilson intervals",
            _plain(report.measures[["name", "hits", "of", "rate", "low", "high"]]),
            f"mean share given to the true cause: {report.scores['mean_share']:.3f}",
            f"Brier score (0 best, 2 worst): {report.scores['brier']:.3f}",
            "\nCalibration: all causes of all cases by the share they were given",
            _plain(report.calibration),
            "\nBy group",
            _plain(report.groups),
            f"\nMisses: {len(report.misses)}",
            misses_in_words(report),
        ]
        if report.findings is not None:
            parts.append(_read_in_words(report.findings))
        parts.append(_benign_flags(report.cases))
    if people is not None:
        parts += ["\nWhere ordinary people with back or neck pain would be sent", _plain(people)]
    return "\n".join(parts)


def misses_in_words(report: Report) -> str:
    """Write every miss with its three first causes and what spoke for and against."""
    return "\n".join(_miss(row) for row in report.misses.itertuples())


def as_json(report: Report | None, people: pd.DataFrame | None, bad: Iterable[object] = ()) -> str:
    """Write the same results, and the lines that were skipped, as JSON."""
    content: dict[str, Any] = {"skipped": [str(line) for line in bad]}
    if report is not None:
        tables = ("measures", "calibration", "groups", "cases", "misses", "findings")
        content |= {"scores": report.scores}
        content |= {name: _rows(getattr(report, name)) for name in tables}
    if people is not None:
        content["ordinary"] = _rows(people)
    return json.dumps(content, indent=1, allow_nan=False)


def _rows(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    return [] if table is None else json.loads(table.to_json(orient="records"))


def _plain(table: pd.DataFrame) -> str:
    return str(table.to_string(index=False, float_format="{:.3f}".format))


def _miss(row: Any) -> str:
    return (
        f"{row.case_id} ({row.kind}, {row.certainty}): {row.cause_id} came at {row.rank}; "
        f"first: {row.top}; urgency {row.urgency}, readers {row.readers}\n    {row.why}"
    )


def _read_in_words(findings: pd.DataFrame) -> str:
    lines = ["\nFindings read in the narratives, against a second reader"]
    for answer, rows in (("yes and no", findings), *findings.groupby("answer")):
        both = pooled(rows)
        lines.append(f"{answer}: precision {both['precision']:.3f}, recall {both['recall']:.3f}")
    return "\n".join([*lines, _plain(findings)])


def _benign_flags(cases: pd.DataFrame) -> str:
    benign = cases[cases["benign_alarmed"].notna() & (cases["flags"] != "")]
    lines = [f"{row.case_id}: {row.flags}" for row in benign.itertuples()]
    return "\n".join(["\nWarning signs raised in benign cases", *(lines or ["none"])])
