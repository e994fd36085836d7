"""The tables that the page shows, flat and ready for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from spasmlib.links import links
from spasmlib.plan import Absolute
from spasmlib.reasoning import View, leading_cause
from spasmlib.sources import Source, cited, cited_by, with_citations
from spasmlib.tables import Tables, labels, records
from spasmlib.wording import ratio_in_numbers

LEADING = 3
"""Causes of which the reasons are given, besides the one that is opened."""

DIGITS = 6
"""Decimals of a number; more would pretend to know what nobody knows."""

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001
"""Signs with which a spreadsheet takes a text for a formula."""

SPEAKS = {"for": "for", "against": "against", "neutral": "neither"}
WHY_ASKED = {"red_flag": "warning sign", "gain": "tells causes apart"}

KINDS = {int: "int64", float: "float64"}

Row = Mapping[str, Any]

COLUMNS: dict[str, dict[str, type]] = {
    "answers": {"finding": str, "answer": str},
    "causes": {
        "rank": int,
        "cause_id": str,
        "cause": str,
        "form": str,
        "group": str,
        "share": float,
        "share_low_80": float,
        "share_high_80": float,
        "share_in_words": str,
        "comes_first": float,
        "share_overall": float,
        "share_overall_note": str,
        "share_overall_source": Source,
        "usual_urgency": str,
        "must_not_miss": str,
    },
    "reasons": {
        "cause": str,
        "finding": str,
        "answer": str,
        "speaks": str,
        "share_with_cause": float,
        "share_with_cause_basis": str,
        "share_with_cause_note": str,
        "share_with_cause_source": Source,
        "share_overall": float,
        "share_overall_basis": str,
        "share_overall_note": str,
        "share_overall_source": Source,
        "weight": float,
        "full_weight": float,
    },
    "risk_factors": {
        "cause": str,
        "risk_factor": str,
        "direction": str,
        "strength": str,
        "note": str,
        "basis": str,
        "source": Source,
        "how_to_change": str,
        "how_to_change_sources": Source,
        "measured": str,
        "measured_sources": Source,
    },
    "red_flags": {
        "signs": str,
        "urgency": str,
        "advice": str,
        "looked_for_because_of": str,
        "likelihood_ratio": float,
        "note": str,
        "basis": str,
        "source": Source,
    },
    "plan": {
        "cause": str,
        "phase": str,
        "role": str,
        "intervention": str,
        "action": str,
        "how_to": str,
        "how_to_sources": Source,
        "note": str,
        "cautions": str,
        "caution_sources": Source,
        "direction": str,
        "effect": str,
        "effect_number": str,
        "certainty": str,
        "studied_in": str,
        "counted": str,
        "of_100_with": float,
        "of_100_without": float,
        "counted_source": Source,
        "harms": str,
        "harm_sources": Source,
        "guidelines_for": str,
        "guidelines_against": str,
        "basis": str,
        "sources": Source,
    },
    "links": {
        "from": str,
        "to": str,
        "direction": str,
        "number": str,
        "share_with_cause": float,
        "share_overall": float,
        "role": str,
        "phase": str,
        "effect": str,
        "certainty": str,
        "basis": str,
        "source": Source,
    },
    "questions": {
        "question": str,
        "finding": str,
        "why": str,
        "warning_sign_urgency": str,
        "gain_bits": float,
        "share_yes": float,
        "yes_raises": str,
        "yes_lowers": str,
    },
    "medicines": {
        "said": str,
        "medicine_class": str,
        "cause": str,
        "frequency": str,
        "frequency_percent": float,
        "mechanism": str,
        "basis": str,
        "source": Source,
    },
    "unsaid": {"cause": str, "finding": str, "weight": float},
    "sources": {"citation": str, "link": str, "complete": str, "cited_in": str},
}
"""Columns by table: text, number, or sources, which are written out as text."""


def shown_tables(view: View, cause_id: str = "", leading: int = LEADING) -> dict[str, pd.DataFrame]:
    """Return every table that the page shows for one set of answers.

    Parameters
    ----------
    view : View
        From `spasmlib.assess`.
    cause_id : str, optional
        The cause that is opened; else the one that opens by itself, see
        `spasmlib.reasoning.leading_cause`.
    leading : int, optional
        Causes of which the reasons are given, besides the one that is opened.

    Returns
    -------
    dict of str to DataFrame
        By name, always in this order: ``answers``, ``causes``, ``reasons``,
        ``risk_factors``, ``red_flags``, ``plan``, ``links``, ``questions``, ``medicines``,
        ``unsaid`` and ``sources`` (those that the other tables cite). Cells are text and numbers.

    Examples
    --------
    >>> import spasmlib
    >>> tables = spasmlib.load()
    >>> view = spasmlib.assess(tables, spasmlib.Person(present={"loc_low_back"}, age=41))
    >>> shown_tables(view)["answers"][["finding", "answer"]].values.tolist()
    [['Lower back', 'yes'], ['Age', '41']]
    """
    opened = opened_cause(view, cause_id)
    causes = shown_causes(view, opened, leading)
    rows: dict[str, list[Row]] = {
        "answers": list(_answers(view)),
        "causes": list(_causes(view)),
        "reasons": [row for cause in causes for row in _reasons(view, cause)],
        "risk_factors": list(_risk_factors(view.tables, opened)),
        "red_flags": list(_red_flags(view)),
        "plan": list(_plan(view, opened)),
        "links": list(_links(view, opened)),
        "questions": list(_questions(view)),
        "medicines": list(_medicines(view)),
        "unsaid": list(_unsaid(view, opened)),
    }
    rows["sources"] = list(_sources(rows))
    return {name: _flat(name, found) for name, found in rows.items()}


def to_csv(frame: pd.DataFrame) -> str:
    r"""Write a table as CSV (RFC 4180), safe to open in a spreadsheet.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"said": ["=1+1", "ibuprofen"], "weight": [-0.5, 1.0]}))
    "said,weight\r\n'=1+1,-0.5\r\nibuprofen,1.0\r\n"
    """
    texts = frame.select_dtypes(include=["object", "str"]).columns
    safe = frame.assign(**{name: frame[name].map(harmless, na_action="ignore") for name in texts})
    return safe.to_csv(index=False, lineterminator="\r\n")


def harmless(text: str) -> str:
    """Mark a text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> harmless("@SUM(A1)"), harmless("3 tablets - daily")
    ("'@SUM(A1)", '3 tablets - daily')
    """
    formula = text.lstrip().startswith(FORMULA) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if formula else text


def opened_cause(view: View, cause_id: str) -> str:
    """Return the cause that is opened: the chosen one, else the one that opens by itself."""
    return cause_id if cause_id in set(view.causes["cause_id"]) else leading_cause(view)


def shown_causes(view: View, opened: str, leading: int = LEADING) -> list[str]:
    """Return the leading causes, best first, and the opened one after them if it is not there."""
    first = list(view.causes["cause_id"].head(leading))
    return [*first, *([opened] if opened and opened not in first else [])]


def facts_said(view: View) -> list[tuple[str, str]]:
    """List what a person said besides findings: age, sex, pregnancy, medicines, illnesses.

    Examples
    --------
    >>> import spasmlib
    >>> person = spasmlib.Person(age=44, conditions=("kidney_disease",))
    >>> facts_said(spasmlib.assess(spasmlib.load(), person))
    [('Age', '44'), ('Illness', 'Kidney disease')]
    """
    person, conditions = view.person, view.tables["conditions"]
    known = dict(zip(conditions["condition_id"], conditions["label"], strict=True))
    sexes = labels(view.tables, "sex")
    single = (
        ("Age", None if person.age is None else str(person.age)),
        ("Sex", person.sex and sexes.get(person.sex, person.sex)),
        (
            "Pregnant or just gave birth",
            None if person.pregnant is None else _yes_no(person.pregnant),
        ),
    )
    return [
        *((name, value) for name, value in single if value),
        *(("Medicine", name) for name in person.medicines),
        *(("Illness", str(known.get(name, name))) for name in person.conditions),
    ]


def said(view: View, answer: str) -> list[str]:
    """List the labels of the findings that were answered ``yes`` or ``no``, in table order."""
    given = {"yes": view.person.present, "no": view.person.absent}[answer]
    findings = view.tables["findings"]
    return list(findings.loc[findings["finding_id"].isin(given), "label"])


def _answers(view: View) -> Iterator[Row]:
    for answer in ("yes", "no"):
        for label in said(view, answer):
            yield {"finding": label, "answer": answer}
    for name, value in facts_said(view):
        yield {"finding": name, "answer": value}


def _causes(view: View) -> Iterator[Row]:
    levels, groups = _levels(view.tables), labels(view.tables, "cause_group")
    told = view.tables["causes"].rename(columns={"prior_source_id": "source_id"})
    priors = {row["cause_id"]: row for row in records(with_citations(view.tables, told))}
    for rank, row in enumerate(records(view.causes), 1):
        prior = priors[row["cause_id"]]
        yield {
            "rank": rank,
            "cause_id": row["cause_id"],
            "cause": row["label"],
            "form": row["variant"],
            "group": groups.get(row["group"], row["group"]),
            "share": row["share"],
            "share_low_80": row["low"],
            "share_high_80": row["high"],
            "share_in_words": row["words"],
            "comes_first": row["first"],
            "share_overall": row["usual"],
            "share_overall_note": prior["prior_note"],
            "share_overall_source": own_source(prior),
            "usual_urgency": levels[row["urgency"]],
            "must_not_miss": _yes_no(row["must_not_miss"]),
        }


def _reasons(view: View, cause_id: str) -> Iterator[Row]:
    label = cause_label(view, cause_id)
    for row in records(view.reasons(cause_id)):
        yield {
            "cause": label,
            "finding": row["label"],
            "answer": row["answer"],
            "speaks": SPEAKS[row["direction"]],
            "share_with_cause": row["p_given_cause"],
            "share_with_cause_basis": _basis(view.tables, row["basis"]),
            "share_with_cause_note": row["note"],
            "share_with_cause_source": own_source(row),
            "share_overall": row["p_background"],
            "share_overall_basis": _basis(view.tables, row["background_basis"]),
            "share_overall_note": row["background_note"],
            "share_overall_source": background_source(row),
            "weight": row["weight"],
            "full_weight": row["full_weight"],
        }


def _risk_factors(tables: Tables, cause_id: str) -> Iterator[Row]:
    pairs, factors = tables["cause_risks"], tables["risk_factors"]
    own = with_citations(tables, pairs[pairs["cause_id"] == cause_id])
    own = own.merge(factors[["risk_factor_id", "label", "how_to_change"]], on="risk_factor_id")
    causes = tables["causes"].set_index("cause_id")["label"]
    directions, strengths = labels(tables, "risk_direction"), labels(tables, "risk_strength")
    how = cited_by(tables, "risk_factor_sources", "risk_factor_id")
    effects = _risk_effects(tables)
    for row in records(own):
        measured = effects.get(row["risk_factor_id"], [])
        yield {
            "cause": causes[cause_id],
            "risk_factor": row["label"],
            "direction": directions[row["direction"]],
            "strength": strengths[row["strength"]],
            "note": row["note"],
            "basis": _basis(tables, row["basis"]),
            "source": own_source(row),
            "how_to_change": row["how_to_change"],
            "how_to_change_sources": how.get(row["risk_factor_id"], ()),
            "measured": "; ".join(text for text, _ in measured),
            "measured_sources": tuple(dict.fromkeys(source for _, source in measured)),
        }


@lru_cache(maxsize=8)
def _risk_effects(tables: Tables) -> dict[str, list[tuple[str, Source]]]:
    measures, outcomes = labels(tables, "risk_measure"), labels(tables, "risk_outcome")
    found: dict[str, list[tuple[str, Source]]] = {}
    for row in records(with_citations(tables, tables["risk_effects"])):
        number = ratio_in_numbers(measures[row["measure"]], row)
        text = f"{outcomes[row['outcome']]}: {number}, {row['comparison']}"
        found.setdefault(row["risk_factor_id"], []).append((text, cited(row)))
    return found


def _red_flags(view: View) -> Iterator[Row]:
    levels = _levels(view.tables)
    for row in records(view.red_flags):
        yield {
            "signs": " + ".join(row["signs"]),
            "urgency": levels[row["urgency"]],
            "advice": row["advice"],
            "looked_for_because_of": row["suspected"],
            "likelihood_ratio": row["lr_pos"],
            "note": row["note"],
            "basis": _basis(view.tables, row["basis"]),
            "source": own_source(row),
        }


def _plan(view: View, cause_id: str) -> Iterator[Row]:
    if not cause_id:
        return
    label = cause_label(view, cause_id)
    certainty, directions = (
        labels(view.tables, "certainty"),
        labels(view.tables, "effect_direction"),
    )
    for row in records(view.plan(cause_id)):
        yield {
            "cause": label,
            "phase": row["phase_label"],
            "role": row["role_label"],
            "intervention": row["label"],
            "action": row["action"],
            "how_to": row["how_to"],
            "how_to_sources": row["how_to_sources"],
            "note": row["note"],
            "cautions": " ".join(caution.text for caution in row["cautions"]),
            "caution_sources": tuple(c.source for c in row["cautions"] if c.source),
            "direction": directions.get(row["direction"], ""),
            "effect": row["effect"],
            "effect_number": row["effect_number"],
            "certainty": certainty.get(row["certainty"], ""),
            "studied_in": row["studied_in"],
            **_counted(row["absolute"]),
            "harms": "; ".join(f"{harm.text} {harm.number}".strip() for harm in row["harms"]),
            "harm_sources": tuple(harm.source for harm in row["harms"]),
            "guidelines_for": "; ".join(row["guidelines_for"]),
            "guidelines_against": "; ".join(row["guidelines_against"]),
            "basis": _basis(view.tables, row["basis"]),
            "sources": row["sources"],
        }


def _counted(counts: Absolute | None) -> Row:
    if counts is None:
        return {
            "counted": "",
            "of_100_with": None,
            "of_100_without": None,
            "counted_source": (),
        }
    return {
        "counted": f"{counts.event}; with {counts.with_what}, against {counts.comparator}",
        "of_100_with": counts.with_percent,
        "of_100_without": counts.without_percent,
        "counted_source": (counts.source,),
    }


def _links(view: View, cause_id: str) -> Iterator[Row]:
    found = links(view, cause_id)
    named = dict(zip(found.nodes["node_id"], found.nodes["label"], strict=True))
    certainty = labels(view.tables, "certainty")
    for row in records(found.links):
        yield {
            "from": named[row["from"]],
            "to": named[row["to"]],
            "direction": row["direction"],
            "number": row["number"],
            "share_with_cause": row["p_given_cause"],
            "share_overall": row["p_background"],
            "role": row["role_label"],
            "phase": row["phase_label"],
            "effect": row["effect"],
            "certainty": certainty.get(row["certainty"] or "", ""),
            "basis": _basis(view.tables, row["basis"]),
            "source": own_source(row),
        }


def _questions(view: View) -> Iterator[Row]:
    levels = _levels(view.tables)
    for row in records(view.questions):
        yield {
            "question": row["question"],
            "finding": row["label"],
            "why": WHY_ASKED[row["reason"]],
            "warning_sign_urgency": levels.get(row["flag_urgency"], ""),
            "gain_bits": row["gain"],
            "share_yes": row["p_yes"],
            "yes_raises": row["raises"],
            "yes_lowers": row["lowers"],
        }


def _medicines(view: View) -> Iterator[Row]:
    for row in records(view.medicines):
        yield {name: row[name] for name in COLUMNS["medicines"] if name in row} | {
            "basis": _basis(view.tables, row["basis"]),
            "source": own_source(row),
        }


def _unsaid(view: View, cause_id: str) -> Iterator[Row]:
    if cause_id:
        label = cause_label(view, cause_id)
        for row in records(view.unsaid(cause_id)):
            yield {"cause": label, "finding": row["label"], "weight": row["weight"]}


def _sources(rows: Mapping[str, list[Row]]) -> Iterator[Row]:
    cited_in: dict[Source, dict[str, None]] = {}
    for table, found in rows.items():
        names = [name for name, kind in COLUMNS[table].items() if kind is Source]
        for source in (source for row in found for name in names for source in row[name]):
            cited_in.setdefault(source, {})[table] = None
    for source, places in cited_in.items():
        yield {
            "citation": source.citation,
            "link": source.link,
            "complete": _yes_no(source.complete),
            "cited_in": "; ".join(places),
        }


def cause_label(view: View, cause_id: str) -> str:
    """Return the plain name of a cause."""
    causes = view.causes
    return str(causes.loc[causes["cause_id"] == cause_id, "label"].iloc[0])


def own_source(row: Row) -> tuple[Source, ...]:
    """Return the source of a row as a tuple; empty for an estimate."""
    source = cited(row)
    return (source,) if source.citation else ()


def background_source(reason: Row) -> tuple[Source, ...]:
    """Return the source of a reason's figure for people overall; empty for an estimate."""
    return own_source({name: reason[f"background_{name}"] for name in Source._fields})


def _flat(table: str, rows: list[Row]) -> pd.DataFrame:
    """Make a table of text and numbers, with its columns even where there is no row."""
    cells = {
        name: [_cell(row[name], kind) for row in rows] for name, kind in COLUMNS[table].items()
    }
    dtypes = {name: KINDS.get(kind, "str") for name, kind in COLUMNS[table].items()}
    return pd.DataFrame(cells).astype(dtypes).round(DIGITS)


def _cell(value: Any, kind: type) -> Any:
    if kind is Source:
        return "; ".join(map(source_text, value))
    return ("" if value is None else str(value)) if kind is str else value


def source_text(source: Source) -> str:
    """Write a source with its address, or why there is none.

    Examples
    --------
    >>> source_text(Source("Smith 2020", "", False))
    'Smith 2020 (no public link; record incomplete)'
    """
    marks = [source.link or "no public link", *([] if source.complete else ["record incomplete"])]
    return f"{source.citation} ({'; '.join(marks)})"


def _basis(tables: Tables, basis: str) -> str:
    return _basis_labels(tables).get(basis, "No figure")


@lru_cache(maxsize=8)
def _basis_labels(tables: Tables) -> dict[str, str]:
    return labels(tables, "basis")


@lru_cache(maxsize=8)
def _levels(tables: Tables) -> dict[str, str]:
    levels = tables["urgency_levels"]
    return dict(zip(levels["urgency"].astype(str), levels["label"], strict=True))


def _yes_no(value: object) -> str:
    return "yes" if value else "no"
