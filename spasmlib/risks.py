"""Risk factors: what studies measured, which causes they go with, and what acts on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from spasmlib.claims import claims_about
from spasmlib.person import unknown
from spasmlib.sources import Source, cited_by, with_citations
from spasmlib.tables import Tables, labels, records
from spasmlib.wording import ratio_in_numbers

SAYS = {
    "raises": "Harmful: goes with more trouble",
    "protects": "Protective: goes with less trouble",
    "unclear": "Not clear: it may be chance",
    "against": "The other way round than thought",
}
"""What a measured effect comes to, in words; see `effects`."""

NO_INTERVAL = " (no interval given)"
"""What is added where chance can't be judged."""


def effects(tables: Tables) -> pd.DataFrame:
    """Return every measured effect of a risk factor.

    Returns
    -------
    DataFrame
        One row an effect: ``effect_id``, ``risk_factor_id``, ``label``, ``kind``,
        ``modifiable``, ``outcome``, ``outcome_label``, ``measure_label``, ``value``,
        ``ci_low``, ``ci_high`` (ratios; 1 means no difference), ``comparison``,
        ``exposure`` and ``better``, ``design``, ``design_label``, ``strength`` (place of
        the design in the terms, 1 the strongest), ``n_participants``, ``summary``,
        ``number`` (the ratio in words), ``says`` (a key of `SAYS`) with ``says_label``,
        and the source.

    Notes
    -----
    A ratio above 1 means that what was counted was more frequent in the people compared.
    Whether that is bad depends on two things that the row states: whether these people had
    the risk or a helpful thing (``exposure``), and whether a harm or getting better was
    counted (``better``). ``says`` takes both into account: ``raises`` where people with
    the risk fared worse, ``protects`` where people with the helpful thing fared better,
    ``against`` where it was the other way round, ``unclear`` where the interval holds 1.
    """
    return _effects(tables).copy()


@lru_cache(maxsize=8)
def _effects(tables: Tables) -> pd.DataFrame:
    factors = tables["risk_factors"][["risk_factor_id", "label", "kind", "modifiable"]]
    rows = with_citations(tables, tables["risk_effects"].merge(factors, on="risk_factor_id"))
    outcomes = labels(tables, "risk_outcome")
    measures = labels(tables, "risk_measure")
    designs = labels(tables, "design")
    places = {name: place for place, name in enumerate(designs, 1)}
    measured = records(rows)
    rows = rows.assign(
        outcome_label=rows["outcome"].astype(str).map(outcomes),
        measure_label=rows["measure"].astype(str).map(measures),
        design_label=rows["design"].astype(str).map(designs),
        strength=rows["design"].astype(str).map(places),
        number=[ratio_in_numbers(_name(measures[row["measure"]]), row) for row in measured],
        says=[says(row) for row in measured],
    )
    unsure = rows["ci_low"].isna().map({True: NO_INTERVAL, False: ""})
    rows = rows.assign(says_label=rows["says"].map(SAYS) + unsure)
    order = {name: place for place, name in enumerate(outcomes)}
    return rows.sort_values(
        ["outcome", "value"],
        key=lambda column: column.astype(str).map(order) if column.name == "outcome" else -column,
        ignore_index=True,
    )


def _name(measure: str) -> str:
    """Leave out what a label explains in brackets."""
    return measure.partition(" (")[0]


def says(row: dict[str, Any]) -> str:
    """Say what an effect comes to: a key of `SAYS`.

    Examples
    --------
    >>> smoking = {"value": 1.31, "ci_low": 1.11, "ci_high": 1.55}
    >>> says(smoking | {"exposure": "harmful", "better": "lower"})
    'raises'
    >>> walking = {"value": 0.7, "ci_low": 0.6, "ci_high": 0.8}
    >>> says(walking | {"exposure": "protective", "better": "lower"})
    'protects'
    >>> says({"value": 0.91, "ci_low": 0.88, "ci_high": 0.95,
    ...       "exposure": "harmful", "better": "higher"})
    'raises'
    """
    low, high, value = row["ci_low"], row["ci_high"], row["value"]
    if value == 1 or (low is not None and high is not None and low <= 1 <= high):
        return "unclear"
    fared_worse = (value > 1) == (row["better"] == "lower")
    harmful = row["exposure"] == "harmful"
    if fared_worse != harmful:
        return "against"
    return "raises" if harmful else "protects"


def risk_matrix(tables: Tables) -> pd.DataFrame:
    """Return every link of a risk factor to a cause.

    Returns
    -------
    DataFrame
        One row a link: ``cause_id``, ``cause_label``, ``cause_group``, ``risk_factor_id``,
        ``label``, ``kind``, ``modifiable``, ``direction``, ``direction_label``,
        ``strength``, ``strength_label``, ``note``, ``basis`` and the source.
    """
    return _risk_matrix(tables).copy()


@lru_cache(maxsize=8)
def _risk_matrix(tables: Tables) -> pd.DataFrame:
    causes = tables["causes"][["cause_id", "label", "group"]].rename(
        columns={"label": "cause_label", "group": "cause_group"}
    )
    factors = tables["risk_factors"][["risk_factor_id", "label", "kind", "modifiable"]]
    rows = tables["cause_risks"].merge(causes, on="cause_id").merge(factors, on="risk_factor_id")
    rows = with_citations(tables, rows)
    return rows.assign(
        direction_label=rows["direction"].astype(str).map(labels(tables, "risk_direction")),
        strength_label=rows["strength"].astype(str).map(labels(tables, "risk_strength")),
    )


@dataclass(frozen=True, eq=False)
class RiskProfile:
    """All that is known of one risk factor.

    Attributes
    ----------
    factor : dict
        Its row of ``risk_factors``, with ``kind_label`` and ``modifiable_label``.
    sources : tuple of Source
        Of what one can do about it.
    effects, causes : DataFrame
        Its rows of `effects` and `risk_matrix`.
    interventions : DataFrame
        What acts on it: ``intervention_id``, ``intervention_label``, ``note``, ``basis``
        and the source.
    findings : DataFrame
        The questions that ask for it: ``finding_id``, ``question``.
    claims : DataFrame
        What the article says of it: rows of `spasmlib.claims.checked`.
    """

    factor: dict[str, Any]
    sources: tuple[Source, ...]
    effects: pd.DataFrame
    causes: pd.DataFrame
    interventions: pd.DataFrame
    findings: pd.DataFrame
    claims: pd.DataFrame


def risk_profile(tables: Tables, risk_factor_id: str) -> RiskProfile:
    """Gather all that is known of one risk factor.

    Raises
    ------
    ValueError
        If there is no such risk factor.

    Examples
    --------
    >>> import spasmlib
    >>> profile = risk_profile(spasmlib.load(), "smoking")
    >>> profile.interventions["intervention_id"].tolist()
    ['stop_smoking']
    """
    factors = tables["risk_factors"]
    own = records(factors[factors["risk_factor_id"] == risk_factor_id])
    if not own:
        raise ValueError(unknown("risk factor", risk_factor_id, factors["risk_factor_id"]))

    def of_it(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["risk_factor_id"] == risk_factor_id].reset_index(drop=True)

    kinds, changes = labels(tables, "risk_kind"), labels(tables, "modifiable")
    named = {"kind_label": kinds[own[0]["kind"]], "modifiable_label": changes[own[0]["modifiable"]]}
    return RiskProfile(
        factor=own[0] | named,
        sources=cited_by(tables, "risk_factor_sources", "risk_factor_id").get(risk_factor_id, ()),
        effects=of_it(_effects(tables)),
        causes=of_it(_risk_matrix(tables)),
        interventions=of_it(acting(tables)),
        findings=of_it(tables["risk_findings"]).merge(
            tables["findings"][["finding_id", "label", "question"]], on="finding_id"
        ),
        claims=claims_about(tables, "risk_factors", risk_factor_id),
    )


def acting(tables: Tables) -> pd.DataFrame:
    """Return what acts on which risk factor, with the interventions' labels and the source."""
    named = tables["interventions"][["intervention_id", "label"]].rename(
        columns={"label": "intervention_label"}
    )
    rows = tables["risk_interventions"].merge(named, on="intervention_id")
    return with_citations(tables, rows.sort_values(["risk_factor_id", "position"]))
