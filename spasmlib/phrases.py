"""Phrases of a table, in a small pattern language, and where they stand in a text.

spaCy's ``Matcher`` reads such phrases too, but builds and tries every pattern at every word:
with some thousand of them it needs seconds. Here a pattern is tried only in sentences that
hold all the words that it requires.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

UNITS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen"
)
TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
NUMBER = re.compile(rf"\d[\d.,/]*|{UNITS}|{TENS}|hundred")
GAP = re.compile(r"_(\d)")
RANK = {"block": 0, "absent": 1, "present_fixed": 2, "present": 3, "item": 4}
"""Which meaning wins where two phrases of one finding are equally long."""


def word_set(text: str) -> frozenset[str]:
    """Split a list of words at its blanks."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Found:
    """A phrase found in a sentence: words `start` to `end`, of which `fixed` are its own."""

    finding_id: str
    meaning: str
    start: int
    end: int
    fixed: frozenset[int]


@dataclass(frozen=True)
class _Part:
    """One part of a phrase: a set of words (by number), or a gap of up to `gap` words."""

    words: int
    optional: bool
    gap: int


@dataclass(frozen=True)
class _Phrase:
    finding_id: str
    meaning: str
    parts: tuple[_Part, ...]
    needs: int


class PhraseBook:
    """Phrases ready to be looked up.

    Parameters
    ----------
    phrases : iterable of (finding_id, pattern, meaning)
        A pattern is words with one blank between: ``word``, ``start*``, ``*end``, ``a|b``,
        ``<name>`` for a named list of words, ``#`` for a number, ``?`` before what may be
        missing, ``_3`` for up to three words of any kind, and ``( a b / c )`` for either of
        several words.
    groups : mapping of str to str
        The named lists; words separated by ``|``.

    Examples
    --------
    >>> book = PhraseBook([("cold", "my <limb> _1 cold", "present")], {"limb": "leg|arm"})
    >>> [(found.start, found.end) for found in book.find(["today", "my", "leg", "feels", "cold"])]
    [(1, 5)]
    """

    def __init__(self, phrases: Iterable[tuple[str, str, str]], groups: Mapping[str, str]):
        self._sets: dict[tuple[str, ...], int] = {}
        self._exact: dict[str, int] = {}
        self._starts: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        self._any_number = 0
        self._phrases = tuple(
            self._phrase(finding_id, form, meaning, groups)
            for finding_id, pattern, meaning in phrases
            for form in forms(pattern)
        )

    @property
    def words(self) -> frozenset[str]:
        """All words that a phrase or group spells out in full."""
        return frozenset(self._exact)

    def find(self, words: Sequence[str]) -> list[Found]:
        """Find the phrases in the words (lower case) of one sentence; the longest win."""
        masks = [self._mask(word) for word in words]
        held = 0
        for mask in masks:
            held |= mask
        hits = (
            found
            for phrase in self._phrases
            if not phrase.needs & ~held
            for found in _places(phrase, words, masks)
        )
        return longest(hits)

    def _phrase(
        self, finding_id: str, pattern: str, meaning: str, groups: Mapping[str, str]
    ) -> _Phrase:
        parts = tuple(self._part(word, groups) for word in pattern.split(" "))
        needs = 0
        for part in parts:
            needs |= 0 if part.optional else part.words
        if not needs:
            raise ValueError(f"phrase {pattern!r} of {finding_id} requires no word")
        return _Phrase(finding_id, meaning, parts, needs)

    def _part(self, word: str, groups: Mapping[str, str]) -> _Part:
        if gap := GAP.fullmatch(word):
            return _Part(0, True, int(gap[1]))
        optional = len(word) > 1 and word.startswith("?")
        return _Part(self._set(tuple(_choices(word[optional:], groups))), optional, 0)

    def _set(self, words: tuple[str, ...]) -> int:
        if words not in self._sets:
            bit = self._sets[words] = 1 << len(self._sets)
            for word in words:
                self._enter(word, bit)
        return self._sets[words]

    def _enter(self, word: str, bit: int) -> None:
        if word == "#":
            self._any_number |= bit
        elif len(word) > 1 and word.endswith("*"):
            self._starts[word[:-1]] = self._starts.get(word[:-1], 0) | bit
        elif len(word) > 1 and word.startswith("*"):
            self._ends[word[1:]] = self._ends.get(word[1:], 0) | bit
        else:
            self._exact[word] = self._exact.get(word, 0) | bit

    def _mask(self, word: str) -> int:
        mask = self._exact.get(word, 0)
        for cut in range(1, min(len(word), 20) + 1):
            mask |= self._starts.get(word[:cut], 0) | self._ends.get(word[-cut:], 0)
        return mask | (self._any_number if NUMBER.fullmatch(word) else 0)


def forms(pattern: str) -> list[str]:
    """Write a pattern with bracketed choices as patterns without.

    Examples
    --------
    >>> forms("( lying down / rest ) helps")
    ['lying down helps', 'rest helps']
    """
    words = pattern.split()
    if "(" not in words:
        return [" ".join(words)]
    end = words.index(")")
    start = max(at for at in range(end) if words[at] == "(")
    choices = f" {' '.join(words[start + 1 : end])} ".split(" / ")
    return [
        form
        for choice in choices
        for form in forms(" ".join([*words[:start], choice, *words[end + 1 :]]))
    ]


def longest(hits: Iterable[Found]) -> list[Found]:
    """Of phrases of one finding that overlap keep the longest, in the order of the text."""
    taken: dict[str, set[int]] = {}
    kept = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, RANK[h.meaning], h.start)):
        places = set(range(hit.start, hit.end))
        if places & taken.setdefault(hit.finding_id, set()):
            continue
        taken[hit.finding_id] |= places
        kept.append(hit)
    return sorted(kept, key=lambda h: (h.start, h.end, h.finding_id))


def _choices(word: str, groups: Mapping[str, str]) -> Iterator[str]:
    for choice in word.split("|"):
        if len(choice) > 2 and choice.startswith("<") and choice.endswith(">"):
            if choice[1:-1] not in groups:
                raise ValueError(f"{word!r} names the word group {choice}, which is not there")
            yield from groups[choice[1:-1]].split("|")
        else:
            yield choice


def _places(phrase: _Phrase, words: Sequence[str], masks: Sequence[int]) -> Iterator[Found]:
    for start in range(len(words)):
        fixed = _fit(phrase.parts, 0, words, masks, start)
        if fixed:
            yield Found(
                phrase.finding_id, phrase.meaning, fixed[0], fixed[-1] + 1, frozenset(fixed)
            )


def _fit(
    parts: tuple[_Part, ...], number: int, words: Sequence[str], masks: Sequence[int], at: int
) -> tuple[int, ...] | None:
    """Fit the parts from `number` on to the words from `at` on; the words that are theirs.

    What may be missing is taken where it stands; gaps are as small as can be.
    """
    if number == len(parts):
        return ()
    part = parts[number]
    if part.gap:
        for skip in range(part.gap + 1):
            if skip and (at + skip > len(words) or not words[at + skip - 1][:1].isalnum()):
                return None
            rest = _fit(parts, number + 1, words, masks, at + skip)
            if rest is not None:
                return rest
        return None
    if at < len(words) and masks[at] & part.words:
        rest = _fit(parts, number + 1, words, masks, at + 1)
        if rest is not None:
            return (at, *rest)
    return _fit(parts, number + 1, words, masks, at) if part.optional else None
