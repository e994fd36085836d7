"""Causes and findings as the tables know them: all pairs, one cause, one finding, side by side.

Nothing here is about one person: see `spasmlib.reasoning` for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from spasmlib.claims import claims_about
from spasmlib.flags import warning_signs
from spasmlib.links import NEGLIGIBLE
from spasmlib.person import Person, understand, unknown
from spasmlib.plan import plan
from spasmlib.risks import risk_matrix
from spasmlib.schema import SOURCED
from spasmlib.sources import Source, cited_by, with_citations
from spasmlib.tables import Tables, labels, records

DIRECTIONS = ("for", "against", "neither")

COMPARED = (2, 3)
"""How few and how many causes can be put side by side."""

LEAST = 1e-4
"""Shares nearer to 0 or 1 are taken as this, so that ratios stay finite."""

NO_FIGURE = "nothing_known"
"""The basis of a pair without a row: it is then taken to be as common as overall."""

CAUSE_SECTION = "cause"

ORDERS = ("strength", "tables", "common", "name")
"""How the rows and columns of the matrix can be ordered."""

ORIGIN = ["basis", "note", "source_id", "citation", "link", "complete"]

COLUMNS = [
    "cause_id",
    "cause",
    "cause_group",
    "cause_group_label",
    "finding_id",
    "finding",
    "finding_group",
    "finding_group_label",
    "p",
    "p_background",
    "ratio",
    "log_ratio",
    "strength",
    "direction",
    *ORIGIN,
    *(f"background_{name}" for name in ORIGIN),
    "studies",
]

Row = dict[str, Any]


class Selection(NamedTuple):
    """Which pairs to show, and in which order; empty means all.

    Attributes
    ----------
    cause_group, finding_group : str
        Ids of a group of causes and of a group of findings.
    direction : str
        One of `DIRECTIONS`.
    sourced : bool
        Whether to leave out estimates.
    text : str
        Words that must all stand in the name of the cause or of the finding.
    order : str
        One of `ORDERS`, of rows as of columns: what tells most first, as in the tables
        (causes by their item of the article), most common first, or by name.
    most : int
        Only so many findings, those that tell most; 0 for all.
    """

    cause_group: str = ""
    finding_group: str = ""
    direction: str = ""
    sourced: bool = False
    text: str = ""
    order: str = ORDERS[0]
    most: int = 0


class Selected(NamedTuple):
    """The pairs that a `Selection` leaves, with the order of rows and columns (ids)."""

    pairs: pd.DataFrame
    findings: tuple[str, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Profile:
    """One cause.

    Attributes
    ----------
    cause : dict
        Its row of ``causes`` with ``group_label``, ``urgency_label``, ``what_to_do`` and
        the source of the share (``citation``, ``link``, ``complete``).
    forms : DataFrame
        Rows of ``cause_variants``, most common first, with citations.
    for_, against : DataFrame
        Rows of `matrix`: what is more and what is less common with it than overall, what
        tells most first.
    risks : DataFrame
        Rows of `spasmlib.risks.risk_matrix`.
    care : DataFrame
        From `spasmlib.plan.plan`, for nobody in particular.
    flags : DataFrame
        Rows of `spasmlib.flags.warning_signs` that point to it.
    article : dict or None
        The item of the article that it belongs to.
    claims : DataFrame
        What the article says of it: rows of `spasmlib.claims.checked`.
    sources : tuple of `spasmlib.sources.Source`
    """

    cause: Row
    forms: pd.DataFrame
    for_: pd.DataFrame
    against: pd.DataFrame
    risks: pd.DataFrame
    care: pd.DataFrame
    flags: pd.DataFrame
    article: Row | None
    claims: pd.DataFrame
    sources: tuple[Source, ...]


@dataclass(frozen=True, eq=False)
class FindingProfile:
    """One finding.

    Attributes
    ----------
    finding : dict
        Its row of ``findings`` with ``group_label`` and its source.
    pairs : DataFrame
        Rows of `matrix`, the cause with which it is most common relative to overall first.
    flags : DataFrame
        Rows of `spasmlib.flags.warning_signs` that it is part of.
    studies : DataFrame
        As `study_rows`, of how common it is in ordinary pain.
    """

    finding: Row
    pairs: pd.DataFrame
    flags: pd.DataFrame
    studies: pd.DataFrame


def matrix(tables: Tables) -> pd.DataFrame:
    """Return all pairs of a cause and a finding that the tables have a figure for.

    Returns
    -------
    DataFrame
        One row per row of ``cause_findings``, findings in the order in which they are
        asked, then causes in the order of their table: ids, names and groups; ``p`` and
        ``p_background`` (shares with the finding among people with the cause and overall,
        0 to 1), ``ratio`` of the two and its
        natural logarithm ``log_ratio``; ``direction`` (for, against, neither: within 10%
        of even); ``strength`` (how much an answer to the question tells on average of
        people with the cause, in natural log odds: the expected weight of evidence, which
        is the Kullback-Leibler divergence of the two shares); ``basis``, ``note`` and
        source of ``p``, the same as ``background_…`` of ``p_background``; ``studies``
        (number of rows of ``finding_studies`` of the pair).

    Examples
    --------
    >>> import spasmlib
    >>> pairs = matrix(spasmlib.load())
    >>> sorted(pairs["direction"].unique())
    ['against', 'for', 'neither']
    """
    return _matrix(tables).copy()


@lru_cache(maxsize=8)
def _matrix(tables: Tables) -> pd.DataFrame:
    findings = _findings(tables)
    columns = ["finding_id", "finding", "finding_group", "finding_group_label", "p_background"]
    findings = findings[[*columns, *ORIGIN]]
    findings = findings.rename(columns={name: f"background_{name}" for name in ORIGIN})
    pairs = with_citations(tables, tables["cause_findings"]).astype({"basis": str})
    pairs = pairs.merge(_causes(tables), on="cause_id").merge(findings, on="finding_id")
    ratio = _clipped(pairs["p"]) / _clipped(pairs["p_background"])
    known = tables["finding_studies"].groupby(["cause_id", "finding_id"]).size()
    index = pd.MultiIndex.from_frame(pairs[["cause_id", "finding_id"]])
    pairs = pairs.assign(
        ratio=ratio,
        log_ratio=np.log(ratio),
        strength=_divergence(pairs["p"], pairs["p_background"]),
        direction=_directions(np.log(ratio)),
        studies=known.reindex(index, fill_value=0).to_numpy(int),
    )
    pairs = pairs[COLUMNS]
    return _in_order(pairs, _findings(tables)["finding_id"], tables["causes"]["cause_id"])


def _in_order(pairs: pd.DataFrame, findings: Iterable[str], causes: Iterable[str]) -> pd.DataFrame:
    place = {
        key: pairs[key].map({name: number for number, name in enumerate(ids)})
        for key, ids in (("finding_id", findings), ("cause_id", causes))
    }
    return pairs.iloc[np.lexsort([place["cause_id"], place["finding_id"]])].reset_index(drop=True)


def select(tables: Tables, selection: Selection) -> Selected:
    """Choose and order the pairs of `matrix`.

    Raises
    ------
    ValueError
        If a group, the direction or the order is unknown.

    Examples
    --------
    >>> import spasmlib
    >>> chosen = select(spasmlib.load(), Selection(cause_group="spinal", most=5))
    >>> len(chosen.findings)
    5
    """
    _require_selection(tables, selection)
    pairs = _matrix(tables)
    holds = pd.Series(True, index=pairs.index)
    for column in ("cause_group", "finding_group", "direction"):
        if value := getattr(selection, column):
            holds &= pairs[column] == value
    if selection.sourced:
        holds &= pairs["basis"] == SOURCED
    names = (pairs["finding"] + " " + pairs["cause"]).str.lower()
    for word in selection.text.lower().split():
        holds &= names.str.contains(word, regex=False)
    pairs = pairs[holds]
    if selection.most:
        telling = pairs.groupby("finding_id")["strength"].max().nlargest(selection.most)
        pairs = pairs[pairs["finding_id"].isin(telling.index)]
    findings = _ordered(pairs, "finding", selection.order, _finding_order(tables))
    causes = _ordered(pairs, "cause", selection.order, _cause_order(tables))
    return Selected(_in_order(pairs, findings, causes), findings, causes)


def study_rows(tables: Tables, cause_id: str, finding_id: str) -> pd.DataFrame:
    """Return the studies of a pair, and those of how common the finding is overall.

    Parameters
    ----------
    tables : Tables
    cause_id : str
        Empty for the studies of how common the finding is overall alone.
    finding_id : str

    Returns
    -------
    DataFrame
        Rows of ``finding_studies`` (those of the pair first) with ``measures_label``,
        ``direction_label`` (empty where none) and citations.

    Raises
    ------
    ValueError
        If there is no such cause or finding.

    Examples
    --------
    >>> import spasmlib
    >>> rows = study_rows(spasmlib.load(), "spinal_stenosis", "age_over_65")
    >>> rows["measures"].iloc[-1], rows["cause_id"].isna().iloc[-1].item()
    ('background', True)
    """
    if cause_id:
        _require(tables, "causes", cause_id)
    _require(tables, "findings", finding_id)
    rows = tables["finding_studies"].astype({"measures": str, "direction": object})
    rows = rows[rows["finding_id"] == finding_id]
    wanted = [rows[rows["cause_id"] == cause_id], rows[rows["cause_id"].isna()]]
    rows = with_citations(tables, pd.concat(wanted))
    directions = rows["direction"].map(labels(tables, "study_direction"))
    return rows.assign(
        measures_label=rows["measures"].map(labels(tables, "measures")),
        direction_label=directions.astype(object).where(directions.notna(), ""),
    ).reset_index(drop=True)


def form_rows(tables: Tables, cause_id: str, finding_id: str) -> pd.DataFrame:
    """Return how common a finding is in each form of a cause, where the forms differ.

    Returns
    -------
    DataFrame
        Rows of ``variant_findings`` with ``form`` (its name), ``share`` of people with the
        cause who have it, and citations.
    """
    forms = tables["cause_variants"]
    forms = forms.loc[forms["cause_id"] == cause_id, ["variant_id", "label", "share"]]
    rows = tables["variant_findings"]
    rows = rows[rows["finding_id"] == finding_id]
    rows = forms.rename(columns={"label": "form"}).merge(rows, on="variant_id")
    return with_citations(tables, rows).astype({"basis": str})


def profile(tables: Tables, cause_id: str) -> Profile:
    """Put together what the tables know of one cause.

    Raises
    ------
    ValueError
        If there is no such cause.

    Examples
    --------
    >>> import spasmlib
    >>> profile(spasmlib.load(), "herniated_disc").for_["finding"].iloc[0]
    'Shooting, electric or burning pain'
    """
    _require(tables, "causes", cause_id)
    pairs = _matrix(tables)
    pairs = pairs[pairs["cause_id"] == cause_id]
    flags = warning_signs(tables)
    cause = _cause(tables, cause_id)
    return Profile(
        cause=cause,
        forms=_forms(tables, cause_id),
        for_=_strongest(pairs, "for"),
        against=_strongest(pairs, "against"),
        risks=_risks(tables, cause_id),
        care=plan(tables, cause_id, understand(tables, Person())),
        flags=flags[flags["suspected_id"] == cause_id].reset_index(drop=True),
        article=article_item(tables, cause["article_item"]),
        claims=claims_about(tables, "causes", cause_id),
        sources=cited_by(tables, "cause_sources", "cause_id").get(cause_id, ()),
    )


def finding_profile(tables: Tables, finding_id: str) -> FindingProfile:
    """Put together with which causes a finding is more, and with which it is less common.

    Raises
    ------
    ValueError
        If there is no such finding.

    Examples
    --------
    >>> import spasmlib
    >>> pairs = finding_profile(spasmlib.load(), "pain_below_knee").pairs
    >>> bool(pairs["ratio"].is_monotonic_decreasing)
    True
    """
    _require(tables, "findings", finding_id)
    findings = _findings(tables)
    row = records(findings[findings["finding_id"] == finding_id])[0]
    pairs = _matrix(tables)
    pairs = pairs[pairs["finding_id"] == finding_id].sort_values(
        "ratio", ascending=False, kind="stable", ignore_index=True
    )
    links = tables["red_flag_findings"]
    flags = warning_signs(tables)
    named = links.loc[links["finding_id"] == finding_id, "red_flag_id"]
    return FindingProfile(
        finding=row,
        pairs=pairs,
        flags=flags[flags["red_flag_id"].isin(named)].reset_index(drop=True),
        studies=study_rows(tables, "", finding_id),
    )


def compare(tables: Tables, cause_ids: Sequence[str]) -> pd.DataFrame:
    """Return which answers tell two or three causes apart.

    Returns
    -------
    DataFrame
        One row per finding and cause, causes in the order given: the columns of `matrix`,
        with basis ``nothing_known`` and the share overall where a pair has no figure, and
        for the finding ``times`` (how many times as common it is with the cause that has
        it most as with the one that has it least), ``spread`` (its natural logarithm),
        ``most`` and ``least`` (those causes), and ``gain``: what the answer tells on
        average of which of these causes it is, in bits, if all are equally common (the
        Jensen-Shannon divergence of the shares). The answers with the largest gain come
        first: a rare finding can be many times as common and still seldom help.

    Raises
    ------
    ValueError
        If a cause is unknown or stands twice, or if they are not two or three.

    Examples
    --------
    >>> import spasmlib
    >>> compared = compare(spasmlib.load(), ["muscle_strain", "herniated_disc"])
    >>> compared["cause"].tolist()[:2]
    ['Muscle strain', 'Herniated disc']
    """
    ids = list(cause_ids)
    fewest, most = COMPARED
    if not fewest <= len(ids) <= most or len(set(ids)) < len(ids):
        raise ValueError(f"expected {fewest} to {most} different causes, not {ids}")
    for name in ids:
        _require(tables, "causes", name)
    pairs = _completed(tables, ids)
    p = pairs.pivot(index="finding_id", columns="cause_id", values="p")[ids]
    shares = _clipped(p)
    names = _causes(tables).set_index("cause_id")["cause"]
    told = pd.DataFrame(
        {
            "times": shares.max(axis=1) / shares.min(axis=1),
            "most": names.reindex(shares.idxmax(axis=1)).to_numpy(),
            "least": names.reindex(shares.idxmin(axis=1)).to_numpy(),
            "gain": _gain(shares),
        },
        index=shares.index,
    )
    told = told.assign(spread=np.log(told["times"]))
    told = told.sort_values(["gain", "spread"], ascending=False, kind="stable")
    rows = pairs.set_index(["finding_id", "cause_id"])
    wanted = pd.MultiIndex.from_product([told.index, ids], names=["finding_id", "cause_id"])
    rows = rows.reindex(wanted).reset_index()
    return rows.merge(told, left_on="finding_id", right_index=True)[[*COLUMNS, *told.columns]]


def article_item(tables: Tables, item: int | None) -> Row | None:
    """Return a cause's item of the article with its source, if there is one."""
    items = article_items(tables)
    found = items[items["item"] == item] if item is not None else items.head(0)
    return next(iter(records(found)), None)


def article_items(tables: Tables) -> pd.DataFrame:
    """Return the article's items on causes, in its order, without the introduction."""
    items = tables["article_items"].astype({"section": str})
    items = items[(items["section"] == CAUSE_SECTION) & (items["item"] > 0)]
    return with_citations(tables, items.sort_values("item", ignore_index=True))


def causes_listed(tables: Tables) -> pd.DataFrame:
    """Return all causes in the order of the table.

    Returns
    -------
    DataFrame
        Rows of ``causes`` with ``group_label``, ``urgency_label``, ``what_to_do``,
        ``article_label`` (empty where the article has no such item) and the source of the
        share.
    """
    return _causes_listed(tables).copy()


@lru_cache(maxsize=8)
def _causes_listed(tables: Tables) -> pd.DataFrame:
    causes = tables["causes"].astype({"group": str, "urgency": str, "prior_basis": str})
    origin = causes[["cause_id", "prior_source_id"]]
    origin = with_citations(tables, origin.rename(columns={"prior_source_id": "source_id"}))
    origin = origin.drop(columns="source_id")
    levels = tables["urgency_levels"].astype({"urgency": str}).set_index("urgency")
    items = article_items(tables).set_index("item")["label"]
    return causes.merge(origin, on="cause_id").assign(
        group_label=causes["group"].map(labels(tables, "cause_group")),
        urgency_label=levels["label"].reindex(causes["urgency"]).to_numpy(),
        what_to_do=levels["what_to_do"].reindex(causes["urgency"]).to_numpy(),
        article_label=items.reindex(causes["article_item"]).fillna("").to_numpy(),
    )


def _cause(tables: Tables, cause_id: str) -> Row:
    causes = _causes_listed(tables)
    return records(causes[causes["cause_id"] == cause_id])[0]


def _causes(tables: Tables) -> pd.DataFrame:
    causes = _causes_listed(tables)[["cause_id", "label", "group", "group_label"]]
    return causes.rename(
        columns={"label": "cause", "group": "cause_group", "group_label": "cause_group_label"}
    )


def _findings(tables: Tables) -> pd.DataFrame:
    """Return the findings in the order in which they are asked, with their groups' names."""
    groups = tables["finding_groups"].set_index("group")
    findings = with_citations(tables, tables["findings"]).astype({"basis": str})
    group = findings["group"].astype(str)
    findings = findings.assign(
        finding=findings["label"],
        finding_group=group,
        finding_group_label=group.map(groups["label"]),
        group_place=group.map(groups["position"]),
    )
    return findings.sort_values(["group_place", "position"], kind="stable", ignore_index=True)


def _forms(tables: Tables, cause_id: str) -> pd.DataFrame:
    forms = tables["cause_variants"].astype({"basis": str})
    forms = with_citations(tables, forms[forms["cause_id"] == cause_id])
    return forms.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def _risks(tables: Tables, cause_id: str) -> pd.DataFrame:
    """Return the risk factors of a cause, those that raise it first, the strongest first."""
    risks = risk_matrix(tables)
    risks = risks[risks["cause_id"] == cause_id]
    return risks.sort_values(["direction", "strength"], kind="stable", ignore_index=True)


def _strongest(pairs: pd.DataFrame, direction: str) -> pd.DataFrame:
    chosen = pairs[pairs["direction"] == direction]
    return chosen.sort_values("strength", ascending=False, kind="stable", ignore_index=True)


def _completed(tables: Tables, cause_ids: list[str]) -> pd.DataFrame:
    """Return the pairs of some causes with all findings, as overall where there is no figure."""
    known = _matrix(tables)
    known = known[known["cause_id"].isin(cause_ids)]
    asked = _matrix(tables).drop_duplicates("finding_id")
    asked = asked[asked["finding_id"].isin(known["finding_id"])]
    of_finding = [
        name for name in COLUMNS if name.startswith(("finding", "background_", "p_background"))
    ]
    causes = _causes(tables)
    every = asked[of_finding].merge(causes[causes["cause_id"].isin(cause_ids)], how="cross")
    held = known.set_index(["finding_id", "cause_id"]).index
    open_ = every[~every.set_index(["finding_id", "cause_id"]).index.isin(held)]
    assumed = open_.assign(
        p=open_["p_background"],
        ratio=1.0,
        log_ratio=0.0,
        strength=0.0,
        direction="neither",
        basis=NO_FIGURE,
        note="",
        source_id=None,
        citation="",
        link="",
        complete=False,
        studies=0,
    )
    return pd.concat([known.astype(object), assumed[COLUMNS].astype(object)]).astype(
        dict.fromkeys(("p", "p_background", "ratio", "log_ratio", "strength"), float)
        | {"studies": int, "complete": bool, "background_complete": bool}
    )


def _clipped(shares: Any) -> Any:
    return shares.clip(LEAST, 1 - LEAST)


def _divergence(p: Any, q: Any) -> Any:
    p, q = _clipped(p), _clipped(q)
    return p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))


def _gain(shares: pd.DataFrame) -> Any:
    return _entropy(shares.mean(axis=1)) - shares.map(_entropy).mean(axis=1)


def _entropy(p: Any) -> Any:
    return -(p * np.log2(p) + (1 - p) * np.log2(1 - p))


def _directions(log_ratio: pd.Series) -> Any:
    return np.select([log_ratio > NEGLIGIBLE, log_ratio < -NEGLIGIBLE], DIRECTIONS[:2], "neither")


def _finding_order(tables: Tables) -> pd.DataFrame:
    """Return name and share overall of the findings, by id, in the order they are asked in."""
    findings = _findings(tables).set_index("finding_id")
    return findings.rename(columns={"finding": "name", "p_background": "common"})


def _cause_order(tables: Tables) -> pd.DataFrame:
    """Return name and share of the causes, by id: the article's first, in its order."""
    causes = _causes_listed(tables).set_index("cause_id")
    causes = causes.sort_values("article_item", na_position="last", kind="stable")
    return causes.rename(columns={"label": "name", "prior": "common"})


def _ordered(pairs: pd.DataFrame, what: str, order: str, items: pd.DataFrame) -> tuple[str, ...]:
    """Order the causes or findings of some pairs; `items` are all of them as in the tables."""
    strength = pairs.groupby(f"{what}_id")["strength"].max()
    items = items[items.index.isin(strength.index)].assign(strength=strength)
    if order == "name":
        items = items.iloc[np.argsort(items["name"].str.lower(), kind="stable")]
    elif order in ("strength", "common"):
        items = items.sort_values(order, ascending=False, kind="stable")
    return tuple(map(str, items.index))


def _require_selection(tables: Tables, selection: Selection) -> None:
    allowed: dict[str, Iterable[str]] = {
        "cause_group": labels(tables, "cause_group"),
        "finding_group": tables["finding_groups"]["group"].astype(str),
        "direction": DIRECTIONS,
    }
    for name, known in allowed.items():
        value = getattr(selection, name)
        if value and value not in set(known):
            raise ValueError(unknown(name.replace("_", " "), value, known))
    if selection.order not in ORDERS:
        raise ValueError(unknown("order", selection.order, ORDERS))


def _require(tables: Tables, table: str, value: str) -> None:
    ids = tables[table][f"{table[:-1]}_id"]
    if not isinstance(value, str) or value not in set(ids):
        raise ValueError(unknown(table[:-1], value, ids))
