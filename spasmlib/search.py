"""Searching everything that a data package holds: misspelt, half typed, in lay words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spasmlib.glossary import entries
from spasmlib.phrases import word_set
from spasmlib.tables import Tables, labels, records
from spasmlib.uses import address_of, source_list

KINDS = {
    "cause": "Cause",
    "intervention": "Treatment or care",
    "finding": "Finding",
    "risk_factor": "Risk factor",
    "medicine": "Medicine",
    "glossary": "Word",
    "page": "Part of this site",
    "claim": "The article, checked",
    "red_flag": "Warning sign",
    "source": "Source",
}
"""Kinds of what can be found, with their names; of equal hits the kind named first leads."""

LEAD = 0.01
"""Score by which a kind leads the next one: less than any difference in how well words fit."""

LONGEST = 80
"""Letters of a query that are read."""

MOST_WORDS = 8
"""Words of a query that are looked up."""

SMALL = word_set(
    "a about am an and any are as at be because been best by can could did do does for from get "
    "give good had has have having help helps how i if in is it its me much my need of on or see "
    "should so some than that the their there these they this to was what when where which why "
    "will with would you your"
)
"""Words that say nothing about what is looked for, unless there are no others."""

LABEL, ALIAS, OTHER_NAME, WORD, LAY_WORD = 1.0, 0.93, 0.9, 0.86, 0.66
"""How much it counts what a row is called, in whole or in part, what else that is called, a
word that is explained, and a word that people may use where they mean a finding."""

SENTENCE, CITATION, LINKED, TEXT = 0.7, 0.55, 0.45, 0.5
"""The same for what is called by a sentence or a citation, for the groups of people that a row
is linked to, and for all the text of a row."""

EXACT, BEGINS = 0.3, 0.15
"""What a name gains that is just what was typed, or that begins with it."""

NEAR = 0.74
"""Similarity from which a word may be a misspelt one: one wrong letter of four."""

WORST = 0.4
"""Share of the best score, 1 at most, below which a hit is left out."""

Row = Mapping[str, Any]
Floats = NDArray[np.float64]
Names = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Hit:
    """Something found.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    kind_label : str
        Its name for visitors.
    label : str
        What the row is called.
    note : str
        One line more: its group, its verdict, its year.
    address : str
        Where the study part shows it, such as ``causes/herniated_disc``.
    score : float
        The higher, the better it fits; above 0, comparable within one search only.
    """

    kind: str
    kind_label: str
    label: str
    note: str
    address: str
    score: float


class Page(NamedTuple):
    """A whole page that can be found: by its label and by words for what it answers."""

    label: str
    note: str
    address: str
    words: tuple[str, ...]


def search(tables: Tables, query: str, limit: int = 12, pages: tuple[Page, ...] = ()) -> list[Hit]:
    """Find rows by what they are called, by lay words for it, and by their texts.

    Words may be half typed or misspelt and come in any order. What a row is called counts
    more than other names for it, and these more than its texts. Words that few rows hold
    count more. Unless nothing else fits, at most a third of the hits are of one kind.

    Parameters
    ----------
    tables : Tables
        From `spasmlib.load`.
    query : str
        Anything; only the first 80 letters are read.
    limit : int, optional
        How many hits at most.
    pages : tuple of Page, optional
        What can be found beside the rows of the tables.

    Returns
    -------
    list of Hit
        Best first; empty where nothing fits or the query has fewer than two letters.

    Raises
    ------
    ValueError
        If `limit` is below 1.

    Examples
    --------
    >>> import spasmlib
    >>> search(spasmlib.load(), "sliped disc")[0].address
    'causes/herniated_disc'
    """
    if limit < 1:
        raise ValueError(f"limit is {limit!r}; expected at least 1")
    words = _words(query[:LONGEST])
    if len("".join(words)) < 2:
        return []
    index = _index(tables, pages)
    scores = index.scores(words)
    fitting = np.flatnonzero(scores > WORST * min(scores.max(initial=0.0), 1.0))
    ranked = fitting[np.argsort(-scores[fitting], kind="stable")]
    places = _mixed([index.items[number].kind for number in ranked], limit)
    return [index.items[number].hit(float(scores[number])) for number in ranked[places]]


def _mixed(kinds: Sequence[str], limit: int) -> list[int]:
    """Choose the first places, of each kind no more than a third while others are left."""
    most = max(1, limit // 3)
    taken: Counter[str] = Counter()
    first: list[int] = []
    rest: list[int] = []
    for place, kind in enumerate(kinds):
        (first if taken[kind] < most else rest).append(place)
        taken[kind] += 1
    return sorted((first + rest)[:limit])


@dataclass(frozen=True)
class _Item:
    """A row that can be found: its names, each with how much it counts, and its texts."""

    kind: str
    label: str
    note: str
    address: str
    names: Names
    text: str = ""
    lead: float = 0.0

    def hit(self, score: float) -> Hit:
        return Hit(self.kind, KINDS[self.kind], self.label, self.note, self.address, score)


class _Index:
    """All names and texts by the words in them.

    Parameters
    ----------
    items : sequence of _Item
    """

    def __init__(self, items: Sequence[_Item]):
        self.items = items
        ranks = {kind: LEAD * (len(KINDS) - place) for place, kind in enumerate(KINDS)}
        self._lead = np.array([ranks[item.kind] + item.lead for item in items])
        self._names: list[str] = []
        counts: list[float] = []
        sizes: list[float] = []
        starts: list[int] = []
        places: defaultdict[str, list[int]] = defaultdict(list)
        for item in items:
            starts.append(len(counts))
            everything = " ".join([*(name for name, _ in item.names), item.text])
            for text, count in (*item.names, (everything, TEXT)):
                words = _words(text)
                for word in _with_compounds(text, words):
                    places[word].append(len(counts))
                # How much of a name was meant says something, how much of a text does not.
                sizes.append(np.inf if text is everything else max(1, len(set(words) - SMALL)))
                self._names.append("" if text is everything else " ".join(words))
                counts.append(count)
        self._counts, self._sizes, self._starts = (
            np.array(counts),
            np.array(sizes),
            np.array(starts),
        )
        self._places = {word: np.array(numbers) for word, numbers in places.items()}
        self._words = sorted(self._places)

    def scores(self, words: Sequence[str]) -> Floats:
        """Say how well each item fits the words of a query, 0 where not at all."""
        if not self.items:
            return np.zeros(0)
        told = list(dict.fromkeys(word for word in words if word not in SMALL)) or list(words)
        told = told[:MOST_WORDS]
        fits = np.array([self._fits(word) for word in told])
        rare = np.array([self._rareness(fit) for fit in fits])
        if not rare.any():
            return np.zeros(len(self.items))
        # A word that is nowhere counts like the others: without it nothing fits quite.
        weight = np.where(rare > 0, rare, rare[rare > 0].mean())
        covered = weight @ fits / weight.sum()
        meant = np.minimum((fits > 0).sum(axis=0) / self._sizes, 1)
        score = covered**2 * (0.7 + 0.3 * meant)
        typed = " ".join(words)
        same = np.array([name == typed for name in self._names])
        begins = np.array([name.startswith(typed) and name != typed for name in self._names])
        score = (score + EXACT * same + BEGINS * begins) * self._counts
        best: Floats = np.maximum.reduceat(score, self._starts)
        return np.where(best > 0, best + self._lead, 0.0)

    def _fits(self, word: str) -> Floats:
        """Say how well one word fits each name, 0 to 1."""
        fits = np.zeros(len(self._names))
        for known, likeness in self._like(word):
            places = self._places[known]
            fits[places] = np.maximum(fits[places], likeness)
        return fits

    def _like(self, word: str) -> Iterator[tuple[str, float]]:
        """Yield the known words that one may stand for, and how well it fits them."""
        longer = list(self._begun(word))
        yield from longer
        yield from self._stems(word)
        if not longer and len(word) > 3:
            yield from self._misspelt(word)

    def _begun(self, word: str) -> Iterator[tuple[str, float]]:
        """Yield a word itself and those that begin with it."""
        for known in islice(self._words, bisect_left(self._words, word), None):
            if not known.startswith(word):
                break
            if known == word:
                yield known, 1.0
            else:
                yield known, 0.97 if known == f"{word}s" else 0.75 + 0.2 * len(word) / len(known)

    def _stems(self, word: str) -> Iterator[tuple[str, float]]:
        """Yield the words that one is a form of, such as heat for heating."""
        for cut in (1, 2, 3):
            if len(word) - cut > 3 and word[:-cut] in self._places:
                yield word[:-cut], 0.97 if word[-cut:] == "s" else 0.8 - 0.05 * cut

    def _misspelt(self, word: str) -> Iterator[tuple[str, float]]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        near = process.extract(
            word, self._words, scorer=OSA.normalized_similarity, score_cutoff=NEAR, limit=20
        )
        yield from ((known, 0.95 * likeness) for known, likeness, _ in near)

    def _rareness(self, fit: Floats) -> float:
        """Weigh a word by how few items it fits (inverse document frequency)."""
        fitted = np.maximum.reduceat(fit, self._starts)
        number = np.count_nonzero(fitted >= 0.9 * fitted.max()) if fitted.any() else 0
        return float(np.log1p(len(self.items) / number)) if number else 0.0


@lru_cache(maxsize=8)
def _index(tables: Tables, pages: tuple[Page, ...]) -> _Index:
    others = _OtherNames(tables)
    return _Index(
        [
            *_causes(tables, others),
            *_interventions(tables, others),
            *_findings(tables),
            *_risk_factors(tables, others),
            *_medicines(tables, others),
            *_glossary(tables),
            *_claims(tables),
            *_red_flags(tables),
            *_sources(tables),
            *map(_page, pages),
        ]
    )


def _page(page: Page) -> _Item:
    names = ((page.label, LABEL), *((word, WORD) for word in page.words))
    return _Item("page", page.label, page.note, page.address, names)


class _OtherNames:
    """What else a thing is called, by the glossary and the table of conditions."""

    def __init__(self, tables: Tables):
        self._groups: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for entry in entries(tables):
            self._enter((entry.term, *entry.words), (entry.term, *entry.words))
        for row in records(tables["conditions"]):
            # Its words also name what is only near to it: they are no names for each other.
            called = (row["label"], *_parts(row["label"]))
            self._enter(called, (row["label"], *_split(row["words"])))

    def _enter(self, called: Iterable[str], names: Sequence[str]) -> None:
        for name in called:
            self._groups[_plain(name)].update(dict.fromkeys(names))

    def names(self, label: str) -> Names:
        """Name a thing by its label, by the parts of it, and by what else these are called."""
        parts = _parts(label)
        also = [name for part in (label, *parts) for name in self._groups.get(_plain(part), ())]
        return (
            (label, LABEL),
            *((part, ALIAS) for part in parts),
            *((name, OTHER_NAME) for name in dict.fromkeys(also)),
        )


def _parts(label: str) -> list[str]:
    """Split a label at its brackets and conjunctions, and what stands in brackets at its commas.

    Examples
    --------
    >>> _parts("Anti-inflammatory tablets (ibuprofen, naproxen)")
    ['Anti-inflammatory tablets', 'ibuprofen', 'naproxen']
    >>> _parts("Ice or cold pack")
    ['Ice', 'cold pack']
    """
    outer, *inner = re.split(r"[()]", label)
    parts = [outer, *re.split(r" or | and ", outer)]
    parts += [part for text in inner for part in re.split(r",| or | and ", text)]
    return [part for part in dict.fromkeys(map(str.strip, parts)) if part and part != label]


def _split(words: str | None) -> list[str]:
    return [word for word in (words or "").split("|") if word]


def _plain(text: str) -> str:
    return " ".join(_words(text))


def _words(text: str) -> list[str]:
    """Split a text into words of lower-case letters and digits, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def _with_compounds(text: str, words: Iterable[str]) -> set[str]:
    """Add the words with a hyphen as one word, as many people type them."""
    joined = {"".join(_words(part)) for part in re.findall(r"\w+(?:-\w+)+", text)}
    return {*words, *joined}


def _line(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _text(row: Row, *columns: str) -> str:
    return " ".join(row[column] for column in columns if row[column])


def _claimed(tables: Tables, column: str) -> dict[str, str]:
    """Give what the article says of each row that its claims lead to."""
    claims = tables["claims"].set_index("claim_id")["claim"]
    said: defaultdict[str, list[str]] = defaultdict(list)
    for row in records(tables["claim_links"].dropna(subset=[column])):
        said[row[column]].append(claims[row["claim_id"]])
    return {name: " ".join(texts) for name, texts in said.items()}


def _populations(tables: Tables, table: str, key: str) -> dict[str, Names]:
    """Give the groups of people that are linked to each row, as names."""
    known = {
        name: tuple((said, LINKED) for said in (label, *_parts(label)))
        for name, label in labels(tables, "population").items()
    }
    found: defaultdict[str, Names] = defaultdict(tuple)
    for row in records(tables[table][[key, "population"]].drop_duplicates()):
        found[row[key]] += known[row["population"]]
    return found


def _labels(tables: Tables, table: str, key: str) -> dict[str, str]:
    return {row[key]: row["label"] for row in records(tables[table])}


def _causes(tables: Tables, others: _OtherNames) -> Iterator[_Item]:
    groups = labels(tables, "cause_group")
    claimed = _claimed(tables, "cause_id")
    met = _populations(tables, "cause_populations", "cause_id")
    for row in records(tables["causes"]):
        name = row["cause_id"]
        text = _text(row, "description", "course", "self_care", "professional_care")
        yield _Item(
            "cause",
            row["label"],
            groups[row["group"]],
            address_of("causes", name),
            (*others.names(row["label"]), *met[name]),
            f"{text} {claimed.get(name, '')}",
        )


def _interventions(tables: Tables, others: _OtherNames) -> Iterator[_Item]:
    kinds = labels(tables, "intervention_kind")
    claimed = _claimed(tables, "intervention_id")
    studied = _populations(tables, "evidence", "intervention_id")
    for row in records(tables["interventions"]):
        name = row["intervention_id"]
        yield _Item(
            "intervention",
            row["label"],
            kinds[row["kind"]],
            address_of("interventions", name),
            (*others.names(row["label"]), *studied[name]),
            f"{row['how_to'] or ''} {claimed.get(name, '')}",
        )


def _findings(tables: Tables) -> Iterator[_Item]:
    groups = _labels(tables, "finding_groups", "group")
    said: defaultdict[str, list[str]] = defaultdict(list)
    for row in records(tables["conditions"].dropna(subset=["finding_id"])):
        said[row["finding_id"]] += [row["label"], *_split(row["words"])]
    for row in records(tables["findings"]):
        names = (
            (row["label"], LABEL),
            *((word, LAY_WORD) for word in _split(row["words"])),
            *((word, LAY_WORD) for word in said[row["finding_id"]]),
        )
        yield _Item(
            "finding",
            row["label"],
            groups[row["group"]],
            address_of("findings", row["finding_id"]),
            names,
            _text(row, "question", "help"),
        )


def _risk_factors(tables: Tables, others: _OtherNames) -> Iterator[_Item]:
    kinds, changes = labels(tables, "risk_kind"), labels(tables, "modifiable")
    claimed = _claimed(tables, "risk_factor_id")
    for row in records(tables["risk_factors"]):
        name = row["risk_factor_id"]
        yield _Item(
            "risk_factor",
            row["label"],
            _line(kinds[row["kind"]], changes[row["modifiable"]]),
            address_of("risk_factors", name),
            others.names(row["label"]),
            f"{row['how_to_change'] or ''} {claimed.get(name, '')}",
        )


def _medicines(tables: Tables, others: _OtherNames) -> Iterator[_Item]:
    causes = _labels(tables, "causes", "cause_id")
    for row in records(tables["medicines"]):
        yield _Item(
            "medicine",
            row["medicine_class"],
            causes[row["cause_id"]],
            address_of("causes", row["cause_id"]),
            (
                *others.names(row["medicine_class"]),
                *((word, ALIAS) for word in _split(row["examples"])),
            ),
            _text(row, "mechanism", "frequency"),
        )


def _glossary(tables: Tables) -> Iterator[_Item]:
    for entry in entries(tables):
        names = ((entry.term, LABEL), *((word, WORD) for word in entry.words))
        first = re.split(r"(?<=[.!?]) ", entry.meaning)[0]
        address = address_of("glossary", entry.entry_id)
        yield _Item("glossary", entry.term, first, address, names, entry.meaning)


def _claims(tables: Tables) -> Iterator[_Item]:
    sections, verdicts = labels(tables, "article_section"), labels(tables, "verdict")
    for row in records(tables["claims"]):
        yield _Item(
            "claim",
            row["claim"],
            _line(verdicts[row["verdict"]], sections[row["section"]]),
            address_of("claims", row["claim_id"]),
            ((row["claim"], SENTENCE),),
            row["why"] or "",
        )


def _red_flags(tables: Tables) -> Iterator[_Item]:
    levels = _labels(tables, "urgency_levels", "urgency")
    for row in records(tables["red_flags"]):
        yield _Item(
            "red_flag",
            row["question"],
            levels[row["urgency"]],
            address_of("red_flags", row["red_flag_id"]),
            ((row["question"], SENTENCE),),
        )


def _sources(tables: Tables) -> Iterator[_Item]:
    kinds = labels(tables, "source_kind")
    uses = source_list(tables).set_index("source_id")["uses"]
    guidelines = tables["recommendations"][["source_id", "guideline"]].drop_duplicates()
    called = guidelines.groupby("source_id")["guideline"].agg(tuple).to_dict()
    for row in records(tables["sources"]):
        name = row["source_id"]
        yield _Item(
            "source",
            row["citation"],
            _line(kinds[row["kind"]], str(row["year"]) if row["year"] else ""),
            address_of("sources", name),
            (
                (row["citation"], CITATION),
                *((guideline, OTHER_NAME) for guideline in called.get(name, ())),
                *((row[number], ALIAS) for number in ("doi", "pmid", "pmcid") if row[number]),
            ),
            lead=LEAD * float(uses[name] / (1 + uses[name])),
        )
