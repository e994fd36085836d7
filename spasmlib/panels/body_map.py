"""The back view of a body: places marked on it are answers, and answers show on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import traitlets

from spasmlib.panels.findings import FindingsModel, answered, exclusive_sets
from spasmlib.tables import Tables, labels, records
from spasmlib.widgets import BodyMap
from spasmlib.widgets.actions import FAILED

ONE, BOTH = "one", "both"
Answers = dict[str, str]


class BodyMapModel(traitlets.HasTraits):
    """What the person marked on the map.

    Attributes
    ----------
    marked : list of str
        Ids of the regions that the person marked, in the order of the table.
    side : str
        The finding about sides that the map itself answered; empty if it answered none.
        What the person says of the sides in the list is theirs: the map never takes it back.
    """

    marked = traitlets.List(traitlets.Unicode())
    side = traitlets.Unicode("")


@dataclass(frozen=True)
class _Region:
    region_id: str
    label: str
    side: str
    finding_id: str
    shape: str


@dataclass(frozen=True)
class _Map:
    """The tables of the map, as it works with them.

    Attributes
    ----------
    regions : dict of str to _Region
        Those that can be marked, in their order.
    sides : dict of str to str
        The finding that says "one side" or "both sides".
    sets : dict of str to str
        By finding, the set of findings of which only one can be true.
    """

    regions: dict[str, _Region]
    sides: dict[str, str]
    sets: dict[str, str]

    @property
    def findings(self) -> tuple[str, ...]:
        """The findings that have a place on the map, in the order of their first region."""
        return tuple(dict.fromkeys(region.finding_id for region in self.regions.values()))

    def at(self, finding: str) -> list[_Region]:
        return [region for region in self.regions.values() if region.finding_id == finding]

    def marked_findings(self, marked: Iterable[str]) -> set[str]:
        return {self.regions[name].finding_id for name in marked if name in self.regions}

    def rivals(self, finding: str) -> set[str]:
        """Name the findings that can't be true together with `finding`."""
        own = self.sets.get(finding)
        return {name for name, other in self.sets.items() if other == own} - {finding}

    def beyond(self, finding: str) -> set[str]:
        """Name the rivals that come later on the map: pain that reaches there passes here."""
        order = self.findings
        later = order[order.index(finding) + 1 :]
        return self.rivals(finding) & set(later)

    def side_of(self, marked: Iterable[str]) -> str:
        """Name the finding about sides that follows from marks; empty if none does."""
        sides = {self.regions[name].side for name in marked if name in self.regions}
        count = len(sides & {"left", "right"})
        return self.sides.get((ONE, BOTH)[count - 1], "") if count else ""


def answers_after(
    tables: Tables,
    answers: Mapping[str, str],
    before: Iterable[str],
    after: Iterable[str],
    side: str = "",
) -> tuple[Answers, str]:
    """Return the answers once the marks have changed.

    Findings of new marks are answered yes, and those whose last mark is gone are open again.
    Of findings of which only one can be true, the one that comes last on the map counts: pain
    that reaches the lower leg passes through the thigh. Marks on the left or right say whether
    it hurts on one side or on both.

    Parameters
    ----------
    answers : mapping of str to {"yes", "no"}
        By finding id.
    before, after : iterable of str
        Ids of the marked regions.
    side : str, optional
        The finding about sides that the map itself answered before.

    Returns
    -------
    answers : dict of str to {"yes", "no"}
    side : str
        The finding about sides that the map itself has answered now.
    """
    places = _read(tables)
    before, after = list(before), list(after)
    listed = _yes(answers) - places.marked_findings(before)
    was = _meant(places, places.marked_findings(before), listed)
    now = _meant(places, places.marked_findings(after), listed)
    changed = {
        name: answer
        for name, answer in answers.items()
        if not (answer == "yes" and name in was - now)
    }
    for finding in sorted(now - was):
        changed = _only(places, changed, finding)
    return _sided(places, changed, (places.side_of(before), places.side_of(after)), side)


def kept(
    tables: Tables, answers: Mapping[str, str], marked: Iterable[str], side: str = ""
) -> tuple[list[str], Answers, str]:
    """Take away the marks whose finding is no longer answered yes.

    Returns
    -------
    marked : list of str
    answers : dict of str to {"yes", "no"}
        As they were, but for a side that the map itself had told from a mark that is gone.
    side : str
        The finding about sides that the map itself has answered.
    """
    places = _read(tables)
    yes, before = _yes(answers), list(marked)
    after = [
        name
        for name, region in places.regions.items()
        if name in before and yes & ({region.finding_id} | places.beyond(region.finding_id))
    ]
    told = side if side in yes else ""
    if not told:
        return after, dict(answers), ""
    sides = (places.side_of(before), places.side_of(after))
    return after, *_sided(places, dict(answers), sides, told)


def implied(tables: Tables, answers: Mapping[str, str], marked: Iterable[str]) -> list[str]:
    """Name the regions that the answers speak of though nobody marked them.

    A finding answered yes that has no mark shows in its middle, or on both sides where it
    has no middle. This is for the eye only: it says nothing about sides.
    """
    places = _read(tables)
    shown = _yes(answers) - places.marked_findings(marked)
    return [
        region.region_id
        for finding in places.findings
        if finding in shown
        for region in _middle(places.at(finding))
    ]


def nowhere_else(tables: Tables, answers: Mapping[str, str], marked: Iterable[str] = ()) -> Answers:
    """Answer no for each place on the map that is not marked and not answered."""
    places = _read(tables)
    return dict(answers) | dict.fromkeys(_open(places, answers, marked), "no")


def settled(tables: Tables, answers: Mapping[str, str], marked: Iterable[str] = ()) -> bool:
    """Whether all places on the map are answered, so that `nowhere_else` changes nothing."""
    return not _open(_read(tables), answers, marked)


def cleared(tables: Tables, answers: Mapping[str, str], side: str = "") -> Answers:
    """Leave all places on the map open again, and the side if the map itself answered it."""
    places = set(_read(tables).findings) | ({side} & _yes(answers))
    return {name: answer for name, answer in answers.items() if name not in places}


def map_step(tables: Tables) -> str:
    """Name the step of the path that asks for the places on the map; empty without a map."""
    findings = _read(tables).findings
    if not findings:
        return ""
    asked = tables["findings"].astype({"group": str}).set_index("finding_id")["group"]
    steps = tables["finding_groups"].astype(str).set_index("group")["step_id"]
    return str(steps[asked[findings[0]]])


def body_map_view(tables: Tables, findings: FindingsModel) -> BodyMap | None:
    """Build the map over the answers of `findings`; ``None`` if `tables` draw no place.

    Marks change ``findings.answers`` and answers change what is marked.
    """
    regions = tuple(_read(tables).regions)
    if not regions:
        return None
    model = BodyMapModel()
    widget = BodyMap(
        regions=records(tables["body_regions"].sort_values("position")),
        sides=labels(tables, "body_side"),
    )

    def show(_: object = None) -> None:
        """Show the answers; marks that they no longer bear out go."""
        marked, answers, side = kept(tables, findings.answers, model.marked, model.side)
        model.marked, model.side = marked, side
        # A side that hung on a mark that went: this comes back here, with nothing left to do.
        findings.answers = answers
        with widget.hold_sync():
            widget.marked = model.marked
            widget.implied = implied(tables, findings.answers, model.marked)
            widget.settled = settled(tables, findings.answers, model.marked)

    def mark(_: object) -> None:
        # The page sends this: it may be anything.
        marked = [name for name in regions if name in widget.marked]
        if marked == model.marked:
            widget.marked = marked
            return
        answers, side = answers_after(tables, findings.answers, model.marked, marked, model.side)
        model.marked, model.side = marked, side
        findings.answers = answers
        show()

    def clear(_: str) -> None:
        answers = cleared(tables, findings.answers, model.side)
        model.marked, model.side = [], ""
        findings.answers = answers
        show()

    def no_more(_: str) -> None:
        findings.answers = nowhere_else(tables, findings.answers, model.marked)

    widget.observe(_telling(widget, mark), "marked")
    widget.on_action("nowhere_else", no_more)
    widget.on_action("clear", clear)
    findings.observe(show, "answers")
    show()
    return widget


def _telling(widget: BodyMap, call: Callable[[object], None]) -> Callable[[object], None]:
    """Let the page know when `call` fails."""

    def told(change: object) -> None:
        try:
            call(change)
        except Exception:
            widget.send({"action": "failed", "text": FAILED})
            raise

    return told


@lru_cache(maxsize=8)
def _read(tables: Tables) -> _Map:
    rows = records(tables["body_regions"].astype({"side": object}).sort_values("position"))
    sides = records(tables["body_sides"])
    return _Map(
        regions={
            row["region_id"]: _Region(**{name: row[name] or "" for name in _Region.__annotations__})
            for row in rows
            if row["finding_id"]
        },
        sides={str(row["sides"]): row["finding_id"] for row in sides},
        sets=exclusive_sets(tables),
    )


def _yes(answers: Mapping[str, str]) -> set[str]:
    return {name for name, answer in answers.items() if answer == "yes"}


def _meant(places: _Map, marked: set[str], listed: set[str]) -> set[str]:
    """Name the findings that marks mean, beside those that the list says anyway."""
    return {name for name in marked if not places.beyond(name) & (marked | listed)}


def _only(places: _Map, answers: Answers, finding: str) -> Answers:
    """Answer yes, and leave open what can't be true as well."""
    return answered(places.sets, answers, {finding: "yes"})


def _sided(
    places: _Map, answers: Answers, sides: tuple[str, str], told: str
) -> tuple[Answers, str]:
    """Answer for the sides, if the marks now say something else than before."""
    was, now = sides
    told = told if answers.get(told) == "yes" else ""
    if was == now:
        return answers, told
    if told:
        answers = {name: given for name, given in answers.items() if name != told}
    if not now or answers.get(now) == "yes":
        return answers, ""
    return _only(places, answers, now), now


def _middle(regions: list[_Region]) -> list[_Region]:
    return [region for region in regions if region.side == "middle"] or regions


def _open(places: _Map, answers: Mapping[str, str], marked: Iterable[str]) -> list[str]:
    """Name the places that are neither answered nor marked.

    A place that pain on its way to a later one passes through is not open.
    """
    said = _yes(answers) | places.marked_findings(marked)
    return [
        name
        for name in places.findings
        if name not in answers and not said & ({name} | places.beyond(name))
    ]
