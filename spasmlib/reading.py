"""A description in a person's own words, read as findings, age, medicines and the rest.

The phrases stand in tables. What they say is denied or left open by the method of NegEx
(Chapman et al. 2001), with triggers found by negspacy; see `spasmlib.scopes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from spasmlib import durations, quantities, scopes
from spasmlib.judging import NO, OPEN, YES, Judge, Sentence
from spasmlib.names import NameBook
from spasmlib.person import OLDEST, Person
from spasmlib.phrases import Found, PhraseBook
from spasmlib.tables import Tables, records

APOSTROPHES = "\u2018\u2019\u02bc\u00b4`\u2032\uff07"
PLAIN = str.maketrans(APOSTROPHES, "'" * len(APOSTROPHES))
IN_A_LIST = "no, in a list"
"""Denied without a place: "no numbness". Which limb is meant depends on where the pain is."""


@dataclass(frozen=True)
class Span:
    """A piece of text and what was read in it.

    Attributes
    ----------
    start, end : int
        ``text[start:end]`` is the piece.
    kind : str
        ``finding``, ``age``, ``sex``, ``pregnant``, ``medicine`` or ``condition``.
    value : str or int
        Id of the finding or condition, the age, the sex, or the medicine's name.
    label : str
        The same in plain words.
    answer : str
        ``yes``, ``no`` or ``unclear``.
    """

    start: int
    end: int
    kind: str
    value: str | int
    label: str
    answer: str


@dataclass(frozen=True)
class Reading:
    """What was read in a text.

    Attributes
    ----------
    person : Person
        Only what is clear.
    spans : tuple of Span
        Where it stands, in the order of the text, unclear pieces included.
    """

    person: Person
    spans: tuple[Span, ...]


def read_text(tables: Tables, text: str) -> Reading:
    """Read what a person writes about themselves.

    Nothing is concluded: a finding is present or absent only where the text says so. What is
    asked, feared, long over or said of others is left open, and so is what a text both says
    and denies.

    Parameters
    ----------
    tables : Tables
        With the phrases to look for.
    text : str
        English, of any length.

    Returns
    -------
    Reading

    Examples
    --------
    >>> import spasmlib
    >>> reading = read_text(spasmlib.load(), "I am 40. My lower back hurts, but no fever.")
    >>> reading.person.age, sorted(reading.person.present), sorted(reading.person.absent)
    (40, ['loc_low_back'], ['fever_or_chills'])
    >>> [(span.value, span.answer) for span in reading.spans]
    [(40, 'yes'), ('loc_low_back', 'yes'), ('fever_or_chills', 'no')]
    """
    reader = _reader(tables)
    plain = text.translate(PLAIN)
    lower = "".join(low if len(low := sign.lower()) == 1 else sign for sign in plain)
    about = quantities.subject(lower)
    spans = _placed([*_facts(lower, about, reader), *reader.spans(plain, about)])
    settled = sorted(
        _settled(_about_a_complaint(_of_age(spans, reader.counts_at), lower)),
        key=lambda s: (s.start, s.end, str(s.value)),
    )
    return Reading(_person(settled), tuple(settled))


def _facts(text: str, about: str | None, reader: _Reader) -> Iterator[Span]:
    """Read age, sex, pregnancy and how long it has lasted."""
    years = list(quantities.ages(text, about is not None))
    for piece in years[:1]:
        yield Span(piece.start, piece.end, "age", int(piece.value), f"{piece.value} years", YES)
    decade = [] if years else list(quantities.decades(text))[:1]
    for piece in decade:
        low = int(piece.value)
        for finding, holds in _sure_of_age(reader.bands, range(low, low - low % 10 + 10)):
            yield Span(piece.start, piece.end, "finding", finding, reader.labels[finding], holds)
    if of := quantities.sex(text, about):
        yield Span(of.start, of.end, "sex", str(of.value), str(of.value).capitalize(), YES)
    if expecting := quantities.pregnancy(text):
        answer = YES if expecting.value else NO
        label = "Pregnant, or gave birth in the last months"
        yield Span(expecting.start, expecting.end, "pregnant", "pregnant", label, answer)
    lasted = durations.duration(text)
    finding = str(lasted.value) if lasted else ""
    if lasted and finding in reader.labels:  # another topic may not ask how long it has lasted
        yield Span(lasted.start, lasted.end, "finding", finding, reader.labels[finding], YES)


def _sure_of_age(bands: dict[str, range], ages: range) -> Iterator[tuple[str, str]]:
    """Name the bands that hold all of some ages, and those that hold none."""
    for finding, band in bands.items():
        if all(age in band for age in ages):
            yield finding, YES
        elif not any(age in band for age in ages):
            yield finding, NO


def _placed(spans: Sequence[Span]) -> list[Span]:
    """Say which limb is meant where numbness or weakness is denied without a place."""
    there = {span.value for span in spans if span.answer == YES}
    upper = bool(there & {"loc_neck", "loc_upper_back"}) and "loc_low_back" not in there
    wrong = ("leg_",) if upper else ("arm_", "numb_hands")
    return [
        replace(span, answer=NO) if span.answer == IN_A_LIST else span
        for span in spans
        if span.answer != IN_A_LIST or not str(span.value).startswith(wrong)
    ]


def _of_age(spans: Sequence[Span], counts_at: Mapping[str, range]) -> list[Span]:
    """Leave out findings that only count at another age."""
    age = next((int(span.value) for span in spans if span.kind == "age"), None)
    if age is None:
        return list(spans)
    wrong = {name for name, ages in counts_at.items() if age not in ages}
    return [span for span in spans if span.value not in wrong]


def _about_a_complaint(spans: Sequence[Span], text: str) -> list[Span]:
    """Leave out how long it has lasted where nothing is said to have lasted."""
    lasting = {"finding", "condition", "medicine"}
    said = scopes.COMPLAINT.search(text) is not None or any(
        s.kind in lasting and not str(s.value).startswith("duration_") for s in spans
    )
    return [s for s in spans if said or not str(s.value).startswith("duration_")]


def _settled(spans: Iterable[Span]) -> list[Span]:
    """Leave open what is both said and denied.

    What is one thing or another ("numbness or tingling") is there if one of them is.
    """
    spans = list(spans)
    said: dict[object, set[str]] = {}
    for span in spans:
        said.setdefault((span.kind, span.value), set()).add(span.answer)
    return [
        replace(span, answer=OPEN)
        if {YES, NO} <= said[span.kind, span.value]
        and (span.answer == NO or "_or_" not in str(span.value))
        else span
        for span in spans
    ]


def _person(spans: Sequence[Span]) -> Person:
    def values(kind: str, answer: str) -> tuple[str, ...]:
        found = (str(s.value) for s in spans if s.kind == kind and s.answer == answer)
        return tuple(dict.fromkeys(found))

    age = next((s.value for s in spans if s.kind == "age"), None)
    expecting = next((s.answer == YES for s in spans if s.kind == "pregnant"), None)
    return Person(
        present=frozenset(values("finding", YES)),
        absent=frozenset(values("finding", NO)),
        age=None if age is None else int(age),
        sex=next(iter(values("sex", YES)), None),
        pregnant=expecting,
        medicines=values("medicine", YES),
        conditions=values("condition", YES),
    )


class _Reader:
    """The phrases and names of one set of tables, ready to be looked up."""

    def __init__(self, tables: Tables):
        import spacy
        from negspacy.negation import Negex

        self._language = spacy.blank("en")
        self._split = self._language.add_pipe("sentencizer")
        self._negex = Negex(self._language, "negex", scopes.termset(), span_keys=["findings"])
        rows = records(tables["findings"])
        self.labels = {str(row["finding_id"]): str(row["label"]) for row in rows}
        self.bands = {
            str(row["finding_id"]): range(row["age_min"] or 0, (row["age_max"] or OLDEST) + 1)
            for row in rows
            if row["set_by"] == "age"
        }
        self.counts_at = {
            str(row["finding_id"]): range(row["age_min"] or 0, (row["age_max"] or OLDEST) + 1)
            for row in rows
            if row["set_by"] is None and (row["age_min"], row["age_max"]) != (None, None)
        }
        rules = tables["reading_rules"]
        self._rules = {
            str(name): frozenset(own.astype(str))
            for name, own in rules.groupby("finding_id")["rule"]
        }
        self._book = PhraseBook(
            (
                (row["finding_id"], row["pattern"], str(row["meaning"]))
                for row in records(tables["phrases"])
            ),
            {row["name"]: row["words"] for row in records(tables["phrase_words"])},
        )
        self._names = NameBook(tables, self._book.words)

    def spans(self, text: str, about: str | None) -> Iterator[Span]:
        """Read findings, medicines and conditions, a sentence at a time."""
        other = False
        for sentence in self._sentences(text):
            judge = Judge(sentence, about, other, self._rules)
            other = judge.speaks_of_others
            for found in self._book.find(sentence.words):
                answer = judge.answer(found)
                if found.meaning == "item" and answer == NO:
                    answer = IN_A_LIST
                if answer is not None:
                    yield Span(
                        *sentence.place(found.start, found.end),
                        "finding",
                        found.finding_id,
                        self.labels[found.finding_id],
                        answer,
                    )
            for name in self._names.find(sentence.words):
                hit = Found(name.value, "present", name.start, name.end, frozenset())
                answer = judge.answer(hit)
                if answer is not None:
                    start, end = sentence.place(name.start, name.end)
                    value = text[start:end] if name.kind == "medicine" else name.value
                    yield Span(start, end, name.kind, value, name.label, answer)

    def _sentences(self, text: str) -> Iterator[Sentence]:
        from spacy.tokens import Doc

        tokens: list[Any] = []
        breaks: set[int] = set()
        new_line = False
        for token in self._language.tokenizer(text):
            if token.is_space:
                new_line = new_line or "\n" in token.text
                continue
            if new_line:
                breaks.add(len(tokens))
            new_line = False
            tokens.append(token)
        if not tokens:
            return
        words = [_word(token.text) for token in tokens]
        doc = self._split(Doc(self._language.vocab, words=words))
        for at in breaks:
            doc[at].is_sent_start = True
        before, after, _ = self._negex.process_negations(doc)
        for part in doc.sents:
            first, last = part.start, part.end
            yield Sentence(
                words=tuple(words[first:last]),
                places=tuple((t.idx, t.idx + len(t)) for t in tokens[first:last]),
                before=_inside(before, first, last),
                after=_inside(after, first, last),
            )


@lru_cache(maxsize=4)
def _reader(tables: Tables) -> _Reader:
    return _Reader(tables)


def _word(text: str) -> str:
    low = text.lower()
    return "n't" if low == "nt" else low


def _inside(
    triggers: Iterable[tuple[int, int, int]], first: int, last: int
) -> tuple[tuple[int, int], ...]:
    return tuple(
        (start - first, end - first) for _, start, end in triggers if first <= start < last
    )
