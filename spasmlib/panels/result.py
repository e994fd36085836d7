"""The result: urgency, causes, reasons and care, as HTML over one model."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd
import traitlets

from spasmlib.links import NEGLIGIBLE, left_open
from spasmlib.panels.rendering import lower_first, render
from spasmlib.reasoning import View
from spasmlib.sources import citations, cited_by, with_citations
from spasmlib.tables import Tables, labels, records
from spasmlib.urgency import pressing_levels
from spasmlib.wording import odds_in_words, ratio_in_numbers, share_in_words, times_in_words

LISTED = 6
"""Causes in the list; all stand in the table below it."""

SURE = 80
"""Times in 100; if the leading cause stays first less often, the order is called open."""

STANDS_OUT = 0.25
"""Share of people; a leading cause below it is not said to stand out."""

SILENT = 0.1
"""Log odds; a finding left unanswered that weighs less is not worth a word."""


class ResultModel(traitlets.HasTraits):
    """What there is to show.

    Attributes
    ----------
    view : View
        The latest assessment.
    asked : bool
        Whether anything was answered yet.
    chosen : str
        The cause that is opened; empty for none.
    picked : bool
        Whether a person picked it; else it follows the leading cause.
    """

    view = traitlets.Instance(View)
    asked = traitlets.Bool(False)
    chosen = traitlets.Unicode("")
    picked = traitlets.Bool(False)


def alarm(model: ResultModel) -> str:
    """Say in a few words what to do if the answers are alarming; else nothing."""
    if not model.asked or model.view.urgency not in pressing_levels(model.view.tables):
        return ""
    return str(_levels(model.view.tables)[model.view.urgency]["label"])


def listed(view: View, chosen: str) -> pd.DataFrame:
    """Take the leading causes and the one that is opened, wherever it stands."""
    causes = view.causes
    return causes[(causes.index < LISTED) | (causes["cause_id"] == chosen)]


def urgency_html(model: ResultModel) -> str:
    """Say how urgent it is, and why."""
    view = model.view
    levels = _levels(view.tables)
    return render(
        "urgency",
        # Age or medicines alone say nothing of how soon to act: no calm from silence.
        asked=model.asked and (view.person.present or view.person.absent or len(view.red_flags)),
        level=levels[view.urgency],
        alarming=bool(alarm(model)),
        by_flags=view.urgency_basis == "red_flags",
        flags=_telling_flags(records(view.red_flags)),
        flag_levels=levels,
    )


def _telling_flags(flags: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out a warning sign that is part of a listed one with the same suspicion and haste."""

    def within(flag: dict[str, Any], other: dict[str, Any]) -> bool:
        same = all(flag[name] == other[name] for name in ("suspected", "urgency"))
        return same and set(flag["signs"]) < set(other["signs"])

    return [flag for flag in flags if not any(within(flag, other) for other in flags)]


def causes_html(model: ResultModel) -> str:
    """List the causes, best first."""
    rows = records(model.view.causes)
    shown = set(listed(model.view, model.chosen)["cause_id"])
    levels = _levels(model.view.tables)
    return render(
        "causes",
        doubt=doubt(model.view) if model.asked else "",
        left_open=left_open(model.view) if model.asked else [],
        level=levels[model.view.urgency],
        asked=model.asked,
        causes=[
            row | {"rank": rank} for rank, row in enumerate(rows, 1) if row["cause_id"] in shown
        ],
        everything=rows,
        chosen=model.chosen,
        levels={urgency: level["label"] for urgency, level in levels.items()},
    )


def doubt(view: View) -> str:
    """Say in plain words how sure the order of the first causes is."""
    leader, second = records(view.causes.head(2))
    kept = round(100 * leader["first"])
    name, other = lower_first(leader["label"]), lower_first(second["label"])
    alone = "" if leader["share"] >= STANDS_OUT else "No cause stands out here. "
    drawn = f"When the figures are drawn again within their doubt, {name} comes first"
    if kept >= SURE:
        return f"{alone}{drawn} {kept} times in 100."
    return (
        f"{alone}The order of the first causes could change. {drawn} only {kept} times in "
        f"100; {other} is close."
    )


def medicines_html(model: ResultModel) -> str:
    """Show which named medicines are known to go with cramps, how often, and how one knows."""
    known = model.view.known
    return render(
        "medicines",
        medicines=records(model.view.medicines),
        read_as=known.read_as,
        unrecognised=known.unrecognised,
        page=model.view.tables.schema.page,
    )


def why_lead_html(model: ResultModel) -> str:
    """Say what the chosen cause is and how common it is."""
    if not model.chosen:
        return render("why_lead", cause=None, asked=model.asked)
    tables = model.view.tables
    cause = _cause(model)
    prior = (
        dict(citations(tables).loc[cause["prior_source_id"]]) if cause["prior_source_id"] else {}
    )
    usual = model.view.causes.set_index("cause_id")["usual"]
    return render(
        "why_lead",
        cause=cause,
        prior=prior,
        prior_words=share_in_words(float(usual[model.chosen])),
        sources=cited_by(tables, "cause_sources", "cause_id").get(model.chosen, ()),
        page=tables.schema.page,
    )


def why_html(model: ResultModel) -> str:
    """Open the chosen cause's score into its reasons and risk factors."""
    if not model.chosen:
        return ""
    tables = model.view.tables
    studies = _studies(tables, model.chosen)
    reasons = [
        row
        | {
            "times": times_in_words(row["p_given_cause"] / row["p_background"]),
            "speaks": row["direction"] if abs(row["full_weight"]) > NEGLIGIBLE else "neutral",
            "factor": odds_in_words(row["weight"]),
            "full_factor": odds_in_words(row["full_weight"]),
            # Only where a reader would see two different numbers.
            "damped": odds_in_words(row["weight"]) != odds_in_words(row["full_weight"]),
            "studies": studies.get(row["finding_id"], []),
        }
        for row in records(model.view.reasons(model.chosen))
    ]
    return render(
        "why",
        cause=_cause(model),
        form=_row_of(model)["variant"],
        unsaid=_unsaid(model),
        reasons=reasons,
        risks=risks(tables, model.chosen),
        claims=_claims(tables, model.chosen),
        page=tables.schema.page,
    )


def _row_of(model: ResultModel) -> dict[str, Any]:
    return records(model.view.causes[model.view.causes["cause_id"] == model.chosen])[0]


def _unsaid(model: ResultModel) -> list[str]:
    """Name what people with the chosen cause usually report and this pattern lacks."""
    rows = model.view.unsaid(model.chosen)
    return list(rows.loc[rows["weight"] < -SILENT, "label"].head(4))


@lru_cache(maxsize=8)
def _levels(tables: Tables) -> dict[str, dict[str, Any]]:
    return {level["urgency"]: level for level in records(tables["urgency_levels"])}


def _cause(model: ResultModel) -> dict[str, Any]:
    return _causes(model.view.tables)[model.chosen]


@lru_cache(maxsize=8)
def _causes(tables: Tables) -> dict[str, dict[str, Any]]:
    return {cause["cause_id"]: cause for cause in records(tables["causes"])}


@lru_cache(maxsize=64)
def _studies(tables: Tables, cause_id: str) -> dict[str, list[dict[str, Any]]]:
    rows = tables["finding_studies"]
    measured = labels(tables, "measures")
    studies: dict[str, list[dict[str, Any]]] = {}
    for row in records(with_citations(tables, rows[rows["cause_id"] == cause_id])):
        row["text"] = _study_text(row, measured)
        studies.setdefault(row["finding_id"], []).append(row)
    return studies


def _study_text(row: dict[str, Any], measured: dict[str, str]) -> str:
    figures = [
        text.format(row[name])
        for name, text in (
            ("p_given_cause", "{:.0%} with the cause"),
            ("p_given_not_cause", "{:.0%} of the others studied"),
            ("lr_pos", "likelihood ratio if present {:g}"),
            ("lr_neg", "likelihood ratio if absent {:g}"),
        )
        if row[name] is not None
    ]
    found = f"{', '.join(figures)}. " if figures else ""
    return f"{measured[row['measures']]}: {found}{row['note']}"


@lru_cache(maxsize=64)
def risks(tables: Tables, cause_id: str) -> list[dict[str, Any]]:
    """Collect what raises or lowers the risk of one cause, with how much and the sources."""
    rows = tables["cause_risks"]
    factors = tables["risk_factors"][["risk_factor_id", "label", "how_to_change"]]
    directions = labels(tables, "risk_direction")
    strengths = labels(tables, "risk_strength")
    effects = _effects(tables)
    sources = cited_by(tables, "risk_factor_sources", "risk_factor_id")
    own = with_citations(tables, rows[rows["cause_id"] == cause_id])
    return [
        row
        | {
            "direction_label": directions[row["direction"]],
            "strength_label": strengths[row["strength"]],
            "effects": effects.get(row["risk_factor_id"], []),
            "sources": sources.get(row["risk_factor_id"], ()),
        }
        for row in records(own.merge(factors, on="risk_factor_id"))
    ]


@lru_cache(maxsize=8)
def _effects(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    terms = {
        column: labels(tables, kind)
        for column, kind in (
            ("measure", "risk_measure"),
            ("outcome", "risk_outcome"),
            ("design", "design"),
        )
    }
    effects: dict[str, list[dict[str, Any]]] = {}
    for row in records(with_citations(tables, tables["risk_effects"])):
        named = {column: words[row[column]] for column, words in terms.items()}
        row["number"] = ratio_in_numbers(named["measure"], row)
        effects.setdefault(row["risk_factor_id"], []).append(row | named)
    return effects


@lru_cache(maxsize=64)
def _claims(tables: Tables, cause_id: str) -> list[dict[str, Any]]:
    links = tables["claim_links"]
    own = tables["claims"].merge(links.loc[links["cause_id"] == cause_id, ["claim_id"]])
    sources = cited_by(tables, "claim_sources", "claim_id")
    verdicts, certainty = labels(tables, "verdict"), labels(tables, "certainty")
    return [
        claim
        | {
            "verdict_label": verdicts[claim["verdict"]],
            "certainty_label": certainty[claim["certainty"]],
            "sources": sources.get(claim["claim_id"], ()),
        }
        for claim in records(own.drop_duplicates("claim_id"))
    ]
