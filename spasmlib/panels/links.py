"""What links to what: three linked columns and, below them, every link of the chosen item."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import traitlets

from spasmlib.links import Links, links
from spasmlib.panels.rendering import lower_first, render
from spasmlib.panels.result import ResultModel, alarm, risks
from spasmlib.reasoning import View
from spasmlib.sources import cited
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import LinkedColumns

HEADINGS = {
    "finding": "Your answers",
    "cause": "Possible causes",
    "intervention": "What helps, what to avoid",
}
"""The columns, by the kind of their items."""

DETAIL = "#sp-links-detail"

SIGNS = {
    "for": "▲",
    "against": "▼",
    "helps": "✓",
    "advised": "→",
    "no_difference": "●",
    "unclear": "●",
    "harm": "✗",
    "avoid": "✗",
    "raises": "+",
    "lowers": "−",
}
LOOKS = {
    "for": "for",
    "against": "against",
    "helps": "helps",
    "harm": "avoid",
    "avoid": "avoid",
}
"""How a direction is drawn; all others are open: neither the one nor the other."""

REASON_WORDS = {"for": "speaks for", "against": "speaks against"}

Row = dict[str, Any]


class LinksModel(traitlets.HasTraits):
    """What is looked at.

    Attributes
    ----------
    chosen : str
        A ``node_id`` of `spasmlib.links.links`; empty for none. What is no longer shown
        counts as none.
    """

    chosen = traitlets.Unicode("")


class LinksView(LinkedColumns):
    """The three columns over a `LinksModel`."""

    def show(self, model: LinksModel, result: ResultModel) -> None:
        """Show the links of the latest result."""
        found = _found(result.view, result.chosen) if result.asked else None
        with self.hold_sync():
            self.nodes = _nodes(found) if found else []
            self.links = _bands(result.view.tables, found) if found else []
            self.chosen = _chosen(model, found)
            self.warning = first_act(result)


def first_act(result: ResultModel) -> str:
    """Say what comes before all links if the answers are alarming; else nothing."""
    advice = alarm(result)
    return f"First act on the advice above: {lower_first(advice)}." if advice else ""


def links_view(model: LinksModel) -> LinksView:
    """Make the columns; choosing in them chooses in `model`."""
    view = LinksView(headings=list(HEADINGS.values()), detail=DETAIL)

    def choose(node_id: str) -> None:
        # The page sends this: it may be anything.
        model.chosen = node_id if node_id in {node["id"] for node in view.nodes} else ""

    view.on_action("choose", choose)
    return view


def links_html(model: LinksModel, result: ResultModel) -> str:
    """Open the chosen item: each of its links with its number, certainty and source."""
    if not result.asked:
        return render("links", found=None)
    tables, found = result.view.tables, _found(result.view, result.chosen)
    chosen = _chosen(model, found)
    nodes = {node["node_id"]: node for node in records(found.nodes)}
    rows = [_opened(tables, row, nodes) for row in records(found.links)]
    return render(
        "links",
        found=found,
        signs=SIGNS,
        warning=first_act(result),
        page=tables.schema.page,
        node=nodes.get(chosen),
        groups=_groups([row for row in rows if chosen in (row["from"], row["to"])]),
        risks=_risks(tables, nodes[chosen]) if chosen else [],
        rows=rows,
        all_risks=[
            risk | {"cause": node} for node in nodes.values() for risk in _risks(tables, node)
        ],
    )


@lru_cache(maxsize=4)
def _found(view: View, cause_id: str) -> Links:
    return links(view, cause_id)


def _chosen(model: LinksModel, found: Links | None) -> str:
    known = found is not None and model.chosen in set(found.nodes["node_id"])
    return model.chosen if known else ""


def _nodes(found: Links) -> list[Row]:
    columns = list(HEADINGS)
    return [
        {
            "id": node["node_id"],
            "column": columns.index(node["kind"]),
            "label": node["label"],
            "note": _note(node),
        }
        for node in records(found.nodes)
    ]


def _note(node: Row) -> str:
    roles = node["roles"]
    role = "Depends on the cause" if len(roles) > 1 else "".join(roles)
    return str(node["words"] or node["answer"].capitalize() or role)


def _bands(tables: Tables, found: Links) -> list[Row]:
    rows = records(found.links)
    heaviest = {
        kind: max(abs(row["weight"]) for row in own)
        for kind, own in groupby(rows, key=itemgetter("kind"))
    }
    return [
        {
            "from": row["from"],
            "to": row["to"],
            "look": _look(row["direction"]),
            "sign": SIGNS[row["direction"]],
            "words": _words(tables, row),
            "width": abs(row["weight"]) / heaviest[row["kind"]],
        }
        for row in rows
    ]


def _look(direction: str) -> str:
    return LOOKS.get(direction, "open")


def _words(tables: Tables, row: Row) -> str:
    """Say what a link says, in two or three words."""
    direction = row["direction"]
    if direction in REASON_WORDS:
        return REASON_WORDS[direction]
    if direction in ("avoid", "advised"):
        return lower_first(row["role_label"])
    trial = "benefit" if direction == "helps" else direction
    return lower_first(labels(tables, "effect_direction")[trial])


def _opened(tables: Tables, row: Row, nodes: dict[str, Row]) -> Row:
    return row | {
        "left": nodes[row["from"]],
        "right": nodes[row["to"]],
        "cause": nodes[f"cause:{row['cause_id']}"],
        "look": _look(row["direction"]),
        "sign": SIGNS[row["direction"]],
        "words": _words(tables, row),
        "other_sources": [known for known in row["sources"] if known != cited(row)],
        "certainty_label": labels(tables, "certainty").get(row["certainty"], ""),
    }


def _groups(rows: list[Row]) -> list[Row]:
    """Put the reasons apart from the care, what weighs most first."""
    groups = []
    for kind, own in groupby(rows, key=itemgetter("kind")):
        found = list(own)
        if kind == "reason":
            found.sort(key=lambda row: -abs(row["weight"]))
        groups.append({"kind": kind, "rows": found})
    return groups


def _risks(tables: Tables, node: Row) -> list[Row]:
    if node["kind"] != "cause":
        return []
    return [
        risk | {"sign": SIGNS[risk["direction"]], "look": _look(risk["direction"])}
        for risk in risks(tables, node["ref"])
    ]
