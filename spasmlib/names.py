"""Names of medicines and conditions in a sentence, misspelt ones included."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spasmlib.phrases import word_set
from spasmlib.tables import Tables, records

NEAR = 86.0
"""Similarity, in percent, from which a misspelt word is taken for a medicine."""
SHORTEST = 7
"""Letters of a word that may be misspelt: shorter ones are too near to English words."""
NO_MEDICINES = frozenset(
    {"stimulants", "sudden_stop_of_sedatives", "dialysis", "iron_into_a_vein", "takes_magnesium"}
)
"""Rows of the table of medicines that name drinks, drugs and treatments."""
TOO_LOOSE = word_set(
    "ms als icd arb arbs icd sartan the-pill alcohol beer wine screws rods stent reflux "
    "confusion "
    "confused breathless breathlessness allergic allergy infection dialysis chemo "
    "misuse vaccine cancer fracture fractured fever smoke smokes anxious depressed"
)
"""Words of conditions that alone say too little, or that phrases read with more care."""
MEANT = frozenset({"allergic", "allergy", "allergies", "reaction", "sensitive", "intolerant"})


@dataclass(frozen=True)
class Name:
    """A medicine or condition found in words `start` to `end` of a sentence."""

    kind: str
    value: str
    label: str
    start: int
    end: int


class NameBook:
    """The names in the tables of medicines and conditions.

    Parameters
    ----------
    english : collection of str
        Words that are never taken for a misspelt medicine.
    """

    def __init__(self, tables: Tables, english: Collection[str]):
        self._names: dict[tuple[str, ...], tuple[str, str, str]] = {}
        for row in records(tables["conditions"]):
            if row["kind"] not in {"condition", "medicine"}:
                continue
            for said in (row["label"], *str(row["words"] or "").split("|")):
                self._enter(row["kind"], str(row["condition_id"]), str(row["label"]), said)
        for row in records(tables["medicines"]):
            if row["medicine_id"] in NO_MEDICINES:
                continue
            for said in (row["medicine_class"], *str(row["examples"] or "").split("|")):
                self._enter("medicine", str(row["medicine_id"]), str(said), said)
        self._longest = max(map(len, self._names), default=0)
        self._single = tuple(
            words[0]
            for words, (kind, _, _) in self._names.items()
            if kind == "medicine" and len(words) == 1 and len(words[0]) >= SHORTEST
        )
        self._english = frozenset(english)
        self._near = lru_cache(maxsize=10_000)(self._nearest)

    def find(self, words: Sequence[str]) -> list[Name]:
        """Find names in the words (lower case) of a sentence; the longest win."""
        found: list[Name] = []
        at = 0
        while at < len(words):
            name = self._at(words, at)
            at = name.end if name else at + 1
            if name:
                found.append(name)
        return found

    def _enter(self, kind: str, value: str, label: str, said: object) -> None:
        words = tuple(str(said).lower().replace("-", " - ").replace("'", " '").split())
        if words and " ".join(words) not in TOO_LOOSE and len("".join(words)) > 2:
            self._names.setdefault(words, (kind, value, label))

    def _at(self, words: Sequence[str], at: int) -> Name | None:
        for size in range(min(self._longest, len(words) - at), 0, -1):
            said = tuple(words[at : at + size])
            if said in self._names:
                kind, value, label = self._names[said]
                known = " ".join(said).replace(" - ", "-").replace(" '", "'")
                return self._name(
                    words, kind, value if kind == "condition" else known, label, at, size
                )
        near = self._near(words[at])
        return self._name(words, "medicine", near, near, at, 1) if near else None

    @staticmethod
    def _name(
        words: Sequence[str], kind: str, value: str, label: str, at: int, size: int
    ) -> Name | None:
        around = words[max(0, at - 3) : at + size + 2]
        if kind == "medicine" and MEANT & set(around):
            return None
        return Name(kind, value, value if kind == "medicine" else label, at, at + size)

    def _nearest(self, word: str) -> str | None:
        if len(word) < SHORTEST or not word.isalpha() or word in self._english:
            return None
        from rapidfuzz import fuzz, process

        same = [name for name in self._single if name[0] == word[0]]
        near = process.extractOne(word, same, scorer=fuzz.ratio, score_cutoff=NEAR)
        return near[0] if near else None
