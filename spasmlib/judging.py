"""What each phrase of a sentence says: that a finding is there, is not, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from spasmlib import scopes
from spasmlib.phrases import Found, word_set

YES, NO, OPEN = "yes", "no", "unclear"
HARD = word_set(
    "difficulty difficult trouble hard harder problem problems struggle struggling unable "
    "impossible stopped"
)
AT_TIMES = word_set("times sometimes occasionally once until before used usually")
AROUND_PLACES = word_set(
    "any my the his her in at of no have has had having is was be been a an there or and nor , "
    "feel hurt hurts to into go gone goes"
)
PLACE_WORDS = word_set(
    "pain pains ache aches aching painful sore hurt hurts hurting tender stiff stiffness"
)


Rules = Mapping[str, frozenset[str]]
"""The rules of the table ``reading_rules`` by finding id."""


@dataclass(frozen=True)
class Sentence:
    """Words of a sentence (lower case), their places in the text, and triggers of denial."""

    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    before: tuple[tuple[int, int], ...]
    after: tuple[tuple[int, int], ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the first letter of some words in the text, and the one after the last."""
        return self.places[start][0], self.places[end - 1][1]


class Judge:
    """Judges what the phrases of one sentence say."""

    def __init__(self, sentence: Sentence, about: str | None, other: bool, rules: Rules):
        words = sentence.words
        others = scopes.others(words, about, other)
        self.speaks_of_others = bool(others)
        self._words = words
        self._rules = rules
        self._denied = scopes.denials(words, sentence.before, sentence.after)
        self._others = others
        self._open = scopes.possibilities(words)
        self._past = scopes.past(words)

    def answer(self, found: Found) -> str | None:
        """Say whether a phrase is said, denied or left open; None where it says nothing."""
        if found.meaning == "block":
            return None
        if self._said_otherwise(found):
            return OPEN
        inner = any(_within_gap(s, found) for s in self._denied if s.kind == scopes.DENIED)
        outer = [s for s in self._denied if _under([s], found)]
        kinds = {s.kind for s in outer}
        if found.meaning == "item":
            return NO if scopes.DENIED in kinds else None
        if found.meaning == "absent":
            return OPEN if inner or self._absence_in_doubt(found, outer) else NO
        if found.meaning == "present_fixed":
            return OPEN if self._just_denied(found, outer) else YES
        if inner or scopes.DENIED in kinds:
            return self._denied_answer(found, outer, inner)
        if scopes.RELIEF in kinds and self._has(found, "relief"):
            return NO
        if scopes.UNCLEAR in kinds:
            return None if _is_place(found) else OPEN
        return YES

    def _has(self, found: Found, rule: str) -> bool:
        return rule in self._rules.get(found.finding_id, frozenset())

    def _said_otherwise(self, found: Found) -> bool:
        """Say whether a phrase is about others, only supposed, or long over."""
        return (
            (not self._has(found, "family") and _under(self._others, found))
            or _under(self._open, found)
            or (not self._has(found, "past") and _under(self._past, found))
        )

    def _denied_answer(self, found: Found, outer: list[scopes.Scope], inner: bool) -> str | None:
        if self._has(found, "parts"):
            return None
        # "No injury of my neck" says nothing of pain there.
        if _is_place(found) and not inner and not self._directly_denied(found, outer):
            return None
        return NO

    def _absence_in_doubt(self, found: Found, outer: list[scopes.Scope]) -> bool:
        """Say whether "is normal" follows "difficult", "at times" or another denial."""
        before = self._words[: found.start]
        return bool(set(before[-3:]) & HARD or set(before) & AT_TIMES) or self._just_denied(
            found, outer
        )

    def _just_denied(self, found: Found, outer: list[scopes.Scope]) -> bool:
        return any(
            scope.kind == scopes.DENIED
            and found.start <= scope.start + 2
            and not {",", "and", "or", "nor"} & set(self._words[scope.start : found.start])
            for scope in outer
        )

    def _directly_denied(self, found: Found, outer: list[scopes.Scope]) -> bool:
        """Say whether a place itself is denied, not something that is there."""
        own = set(self._words[found.start : found.end])
        return any(
            scope.kind == scopes.DENIED
            and all(
                word in AROUND_PLACES or scopes.PAIN.fullmatch(word)
                for word in self._words[scope.start : found.start]
            )
            and (bool(own & PLACE_WORDS) or scope.end >= found.end)
            for scope in outer
        )


def _is_place(found: Found) -> bool:
    return found.finding_id.startswith("loc_")


def _under(marks: Iterable[scopes.Scope], found: Found) -> bool:
    """Say whether a phrase stands in a scope whose trigger is not part of the phrase."""
    return any(
        mark.start <= found.start < mark.end and not (found.fixed & set(range(*mark.trigger)))
        for mark in marks
    )


def _within_gap(scope: scopes.Scope, found: Found) -> bool:
    at = scope.trigger[0]
    return found.start < at < found.end and at not in found.fixed
