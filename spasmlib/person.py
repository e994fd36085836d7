"""What a person says of themselves, checked, and the findings that follow from it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from numbers import Integral
from typing import Any

import numpy as np
from rapidfuzz import process

from spasmlib.tables import Tables, records

OLDEST = 120
DENIAL = re.compile(
    r"(?:no|not|never|without|don't|do not|denies|none|nothing|nil|n/a)\b", re.IGNORECASE
)
NEAR = 85.0
"""Similarity, in percent, from which a misspelt word is taken for a known one."""
SHORTEST = 6
"""Letters; shorter words are too easily taken for others."""
ALL_AGES = range(OLDEST + 1)
SEXES = ("female", "male")


@dataclass(frozen=True)
class Person:
    """What one person reports. Nothing here is stored anywhere.

    Parameters
    ----------
    present, absent : iterable of str
        Ids of findings answered yes and no; all others are unknown.
    age : int, optional
        Years, 0 to 120.
    sex : {"female", "male"}, optional
        Left out if unknown or not said.
    pregnant : bool, optional
        Pregnant now or gave birth in the last months.
    medicines, conditions : iterable of str
        In the person's own words, such as ``"ibuprofen"`` or ``"kidney disease"``.

    Raises
    ------
    ValueError
        If a value has the wrong type, the age is out of range, or a finding is both
        present and absent. Unknown finding ids are found by `spasmlib.assess`.

    Examples
    --------
    >>> Person(present={"loc_low_back"}, age=41, sex="female").age
    41
    >>> Person(age=150)
    Traceback (most recent call last):
    ...
    ValueError: age is 150; expected a whole number from 0 to 120
    """

    present: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    age: int | None = None
    sex: str | None = None
    pregnant: bool | None = None
    medicines: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("present", "absent"):
            object.__setattr__(self, name, frozenset(_texts(name, getattr(self, name))))
        for name in ("medicines", "conditions"):
            object.__setattr__(self, name, tuple(_texts(name, getattr(self, name))))
        _require_age(self.age)
        if self.sex is not None and not (isinstance(self.sex, str) and self.sex in SEXES):
            raise ValueError(unknown("sex", self.sex, SEXES))
        if self.pregnant is not None and not isinstance(self.pregnant, bool | np.bool_):
            raise ValueError(f"pregnant is {self.pregnant!r}; expected True, False or None")
        if self.pregnant is not None:
            object.__setattr__(self, "pregnant", bool(self.pregnant))
        both = sorted(self.present & self.absent)
        if both:
            raise ValueError(f"finding both present and absent: {', '.join(map(repr, both))}")


@dataclass(frozen=True)
class Known:
    """All that is known of a person once age, sex, medicines and conditions are read.

    Attributes
    ----------
    present, absent : frozenset of str
        Finding ids, those that follow from the rest included.
    repeated : frozenset of str
        Those of them that only say again, more loosely, what another one says: over 50
        where over 70 is known. They count for warning signs, not for the ranking.
    conditions : frozenset of str
        Ids of the conditions that apply, for cautions.
    unrecognised : tuple of str
        Medicines and conditions that the tables hold nothing on.
    without_cautions : tuple of str
        Those that no caution can be found by, the unrecognised ones included.
    medicines : tuple of (str, str)
        Words that name a medicine which can cause cramps, with its ``medicine_id``.
    read_as : tuple of (str, str)
        Misspelt words, with the known word that each was taken for.
    """

    present: frozenset[str]
    absent: frozenset[str]
    repeated: frozenset[str]
    conditions: frozenset[str]
    unrecognised: tuple[str, ...]
    without_cautions: tuple[str, ...]
    medicines: tuple[tuple[str, str], ...]
    read_as: tuple[tuple[str, str], ...]


def understand(tables: Tables, person: Person) -> Known:
    """Work out what follows from what a person said.

    An explicit answer always wins over what would follow from age or medicines.

    Raises
    ------
    ValueError
        If a finding id is unknown; names it and the nearest ids.
    """
    lexicon = _lexicon(tables)
    answered = person.present | person.absent
    strangers = sorted(answered - lexicon.rules.keys())
    if strangers:
        raise ValueError("; ".join(unknown("finding", name, lexicon.rules) for name in strangers))
    heard = {
        word: lexicon.hear(word)
        for said in (*person.medicines, *person.conditions)
        for word in _parts_said(said)
    }
    meant = {word: lexicon.meanings(known) for word, known in heard.items()}
    named = frozenset[_Meaning]().union(*meant.values())
    follows = {name: rule.follows(person) for name, rule in lexicon.rules.items()}
    yes = {m.finding_id for m in named if m.finding_id} | {n for n, v in follows.items() if v}
    no = {name for name, holds in follows.items() if holds is False}
    present = person.present | (yes - answered)
    return Known(
        present=present,
        absent=person.absent | (no - answered - present),
        repeated=_repeated(lexicon, follows)
        - {name for name in answered if follows[name] is not (name in person.present)},
        conditions=frozenset(m.condition_id for m in named if m.condition_id)
        | {c.condition_id for c in lexicon.conditions if c.applies(person, present)},
        unrecognised=tuple(word for word, meanings in meant.items() if not meanings),
        without_cautions=tuple(
            word for word, meanings in meant.items() if not any(m.condition_id for m in meanings)
        ),
        medicines=tuple(
            (word, name)
            for word, meanings in meant.items()
            for name in sorted({m.medicine_id for m in meanings if m.medicine_id})
        ),
        read_as=tuple(
            (word, known[0])
            for word, known in heard.items()
            if known and known[0] not in _normal(word)
        ),
    )


def unknown(what: str, value: object, known: Iterable[str]) -> str:
    """Say that `value` is not known and name the nearest values that are."""
    known = list(known)
    near = get_close_matches(str(value), known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(map(repr, near))}?" if near else f"there are {len(known)}"
    if not near and len(known) <= 5:
        hint = f"expected one of {', '.join(map(repr, known))}"
    return f"unknown {what} {value!r}; {hint}"


def _texts(name: str, values: object) -> list[str]:
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise ValueError(f"{name} is {values!r}; expected a collection of texts")
    items = list(values)
    for value in items:
        if not isinstance(value, str):
            raise ValueError(f"{name} holds {value!r}; expected a text")
    return items


def _require_age(age: object) -> None:
    whole = isinstance(age, Integral) and not isinstance(age, bool)
    if age is not None and not (whole and 0 <= age <= OLDEST):  # type: ignore[operator]
        raise ValueError(f"age is {age!r}; expected a whole number from 0 to {OLDEST}")


@dataclass(frozen=True)
class _Rule:
    """What, besides a direct answer, settles a finding."""

    set_by: str | None
    age_min: int
    age_max: int
    sex: str | None

    def follows(self, person: Person) -> bool | None:
        if self.set_by == "age" and person.age is not None:
            return self.age_min <= person.age <= self.age_max
        if self.set_by == "sex" and person.sex is not None:
            return self.sex == person.sex
        if self.set_by == "pregnant":
            return False if person.sex == "male" and person.pregnant is None else person.pregnant
        return None

    @property
    def width(self) -> int:
        return self.age_max - self.age_min

    def inside(self, other: _Rule) -> bool:
        """Whether a narrower band of ages, so that being in it means being in the other."""
        within = other.age_min <= self.age_min and self.age_max <= other.age_max
        return within and self.width < other.width


@dataclass(frozen=True)
class _Condition:
    condition_id: str
    finding_id: str | None
    ages: range | None
    pregnant: bool

    def applies(self, person: Person, present: frozenset[str]) -> bool:
        return (
            self.finding_id in present
            or (self.ages is not None and (person.age in self.ages or self.ages == ALL_AGES))
            or (self.pregnant and person.pregnant is True)
        )


@dataclass(frozen=True)
class _Meaning:
    """What a word for a medicine or condition stands for."""

    finding_id: str | None
    condition_id: str | None
    medicine_id: str | None = None


@dataclass(frozen=True)
class _Lexicon:
    rules: Mapping[str, _Rule]
    conditions: tuple[_Condition, ...]
    words: Mapping[str, frozenset[_Meaning]]
    pattern: re.Pattern[str]

    def hear(self, said: str) -> tuple[str, ...]:
        """Find the known words in `said`; the longest win: hay fever is no fever.

        Where none is known, one word that is spelt nearly like a known one is taken for it.
        """
        found = tuple(self.pattern.findall(_normal(said)))
        return found or self._near(said)

    def meanings(self, words: Iterable[str]) -> frozenset[_Meaning]:
        return frozenset[_Meaning]().union(*(self.words[word] for word in words))

    def _near(self, said: str) -> tuple[str, ...]:
        long = [word for word in _normal(said).split() if len(word) >= SHORTEST]
        single = [word for word in self.words if len(word) >= SHORTEST and " " not in word]
        near = (process.extractOne(word, single, score_cutoff=NEAR) for word in long)
        return tuple(match[0] for match in near if match is not None)[:1]


def _repeated(lexicon: _Lexicon, follows: Mapping[str, bool | None]) -> frozenset[str]:
    """Of the findings that one fact about a person settles, name those that others imply.

    At 55, "over 50" and "not over 65" say it all: "not over 70" and "not under 45" follow.
    """
    repeated: set[str] = set()
    for fact in ("age", "sex"):
        settled = {n: v for n, v in follows.items() if lexicon.rules[n].set_by == fact}
        rules = {name: lexicon.rules[name] for name in settled}
        held = [name for name, holds in settled.items() if holds]
        narrowest = sorted(held, key=lambda name: rules[name].width)[:1]
        denied = [name for name, holds in settled.items() if holds is False]
        telling = {
            name
            for name in denied
            if not any(rules[name].inside(rules[other]) for other in denied)
            and all(rules[name].inside(rules[other]) for other in narrowest)
        }
        answered = {name for name, holds in settled.items() if holds is not None}
        repeated |= answered - telling - set(narrowest)
    return frozenset(repeated)


@lru_cache(maxsize=8)
def _lexicon(tables: Tables) -> _Lexicon:
    words: dict[str, set[_Meaning]] = {}
    for medicine in records(tables["medicines"]):
        meaning = _Meaning(medicine["finding_id"], None, medicine["medicine_id"])
        for word in (medicine["medicine_class"], *_parts(medicine["examples"])):
            words.setdefault(_normal(word), set()).add(meaning)
    for condition in records(tables["conditions"]):
        meaning = _Meaning(condition["finding_id"], condition["condition_id"])
        for word in (condition["condition_id"], condition["label"], *_parts(condition["words"])):
            words.setdefault(_normal(word), set()).add(meaning)
    return _Lexicon(
        rules={row["finding_id"]: _rule(row) for row in records(tables["findings"])},
        conditions=tuple(_condition(row) for row in records(tables["conditions"])),
        words={word: frozenset(meanings) for word, meanings in words.items()},
        pattern=_any_of(words),
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    # The last one matches nothing: an empty list of words must not match everything.
    longest_first = [*sorted(filter(None, words), key=len, reverse=True), "\0"]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")


def _rule(row: Mapping[str, Any]) -> _Rule:
    ages = _ages(row)
    return _Rule(
        set_by=str(row["set_by"]) if row["set_by"] else None,
        age_min=ages.start if ages else 0,
        age_max=ages.stop - 1 if ages else OLDEST,
        sex=str(row["sex"]) if row["sex"] else None,
    )


def _condition(row: Mapping[str, Any]) -> _Condition:
    return _Condition(
        condition_id=str(row["condition_id"]),
        finding_id=str(row["finding_id"]) if row["finding_id"] else None,
        ages=_ages(row),
        pregnant=row["pregnant"] is True,
    )


def _ages(row: Mapping[str, Any]) -> range | None:
    low, high = row["age_min"], row["age_max"]
    if low is None and high is None:
        return None
    return range(int(low or 0), int(OLDEST if high is None else high) + 1)


def _parts_said(said: str) -> list[str]:
    """Split what was typed into single things, leaving out what is denied."""
    parts = (part.strip() for part in re.split(r"[,;/+&\n]| and | or ", said))
    return [part for part in parts if part and not DENIAL.match(part)]


def _normal(text: object) -> str:
    """Fold a word so that ``"Kidney-disease"`` and ``"kidney disease"`` are the same."""
    plain = unicodedata.normalize("NFKD", str(text).casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", letters))


def _parts(text: object) -> list[str]:
    return text.split("|") if isinstance(text, str) else []
