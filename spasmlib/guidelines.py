"""What guidelines say of interventions, for whom, and where they disagree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from spasmlib.sources import Source, cited, with_citations
from spasmlib.tables import Tables, labels, records

FOR = ("for", "conditional_for")
AGAINST = ("conditional_against", "against")

CURRENT, OVERVIEW = "current", "overview"


class Statement(NamedTuple):
    """What one guideline says of an intervention, and for which groups of people.

    ``counts`` is false for drafts, for what was replaced, and for looks across guidelines
    of others: they are shown and never count as disagreeing.
    """

    recommendation_id: str
    guideline: str
    body: str
    kind: str
    standing: str
    standing_label: str
    direction: str
    direction_label: str
    strength: str
    certainty: str
    certainty_label: str
    summary: str
    source: Source
    populations: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether it is the newest word of a body of its own."""
        return self.standing == CURRENT and self.kind != OVERVIEW


@lru_cache(maxsize=8)
def statements(tables: Tables) -> dict[str, tuple[Statement, ...]]:
    """Return what guidelines say of each intervention, by its id, newest word of a body first.

    Examples
    --------
    >>> import spasmlib
    >>> {one.body for one in statements(spasmlib.load())["acupuncture"]} >= {"NICE", "WHO"}
    True
    """
    guidelines = tables["guidelines"].rename(columns={"kind": "guideline_kind"})
    rows = tables["recommendations"].merge(guidelines, on="guideline")
    rows = rows.sort_values("position", kind="stable")
    named = {
        kind: labels(tables, kind)
        for kind in ("population", "recommendation_direction", "certainty", "guideline_standing")
    }
    meant = tables["recommendation_populations"].astype({"population": str})
    groups = meant.groupby("recommendation_id")["population"].agg(tuple).to_dict()
    said: dict[str, list[Statement]] = {}
    for row in records(with_citations(tables, rows)):
        populations = groups.get(row["recommendation_id"], ())
        said.setdefault(row["intervention_id"], []).append(
            Statement(
                recommendation_id=row["recommendation_id"],
                guideline=row["guideline"],
                body=row["body"],
                kind=row["guideline_kind"],
                standing=row["standing"],
                standing_label=named["guideline_standing"][row["standing"]],
                direction=row["direction"],
                direction_label=named["recommendation_direction"][row["direction"]],
                strength=row["strength"] or "",
                certainty=row["certainty"],
                certainty_label=named["certainty"][row["certainty"]],
                summary=row["summary"],
                source=cited(row),
                populations=populations,
                groups=tuple(named["population"][name] for name in populations),
            )
        )
    return {name: tuple(found) for name, found in said.items()}


def meant_for(
    tables: Tables, said: Iterable[Statement], populations: Collection[str]
) -> tuple[Statement, ...]:
    """Leave the statements made for groups of people, for parts of them, or for wider groups."""
    parts = _parts(tables)
    own = set(populations)
    wanted = _spread(parts, own) | {wider for wider, within in parts.items() if within & own}
    return tuple(one for one in said if wanted & set(one.populations))


def disagreements(tables: Tables, said: Iterable[Statement]) -> tuple[str, ...]:
    """Return labels of the groups of people for which bodies disagree; empty if none do."""
    parts = _parts(tables)
    counted = [statement for statement in said if statement.counts]
    shared: set[str] = set()
    for one, other in combinations(counted, 2):
        if one.body != other.body and opposed(one.direction, other.direction):
            shared |= _spread(parts, one.populations) & _spread(parts, other.populations)
    if not shared:
        return ()
    return tuple(label for name, label in labels(tables, "population").items() if name in shared)


def opposed(one: str, other: str) -> bool:
    """Say whether one direction is for and the other against."""
    return (one in FOR and other in AGAINST) or (one in AGAINST and other in FOR)


@lru_cache(maxsize=8)
def _parts(tables: Tables) -> dict[str, frozenset[str]]:
    rows = tables["population_parts"].astype(str)
    return {str(name): frozenset(found) for name, found in rows.groupby("population")["part"]}


def _spread(parts: Mapping[str, frozenset[str]], populations: Iterable[str]) -> set[str]:
    """Return groups of people with all the groups within them."""
    return {part for name in populations for part in (name, *parts.get(name, ()))}
