"""Technical words: what they mean, and where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from spasmlib.sources import Source, cited, with_citations
from spasmlib.tables import Tables, records


@dataclass(frozen=True)
class Entry:
    """A technical word.

    Attributes
    ----------
    entry_id : str
    term : str
        The word as it is shown.
    words : tuple of str
        All ways in which a text may write it. One with a capital letter, such as an
        abbreviation, is only that word where it is written so.
    meaning : str
    example : str
        Empty where there is none.
    basis : str
        ``sourced``, or ``estimate`` where the meaning is in our own words.
    source : Source
        Where the meaning was read; empty where it is in our own words.
    """

    entry_id: str
    term: str
    words: tuple[str, ...]
    meaning: str
    example: str
    basis: str
    source: Source


@lru_cache(maxsize=8)
def entries(tables: Tables) -> tuple[Entry, ...]:
    """Return the glossary, sorted by term without regard to capitals.

    Examples
    --------
    >>> import spasmlib
    >>> [entry.term for entry in entries(spasmlib.load()) if entry.entry_id == "odds_ratio"]
    ['Odds ratio']
    """
    rows = records(with_citations(tables, tables["glossary"]))
    found = [
        Entry(
            row["entry_id"],
            row["term"],
            tuple(filter(None, (word.strip() for word in row["words"].split("|")))),
            row["meaning"],
            row["example"] or "",
            row["basis"],
            cited(row),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda entry: entry.term.casefold()))


def spotted(tables: Tables, text: str) -> list[tuple[int, int, str]]:
    """Find the technical words of a text, each where it first stands.

    Only whole words count. Where several fit at one place, the longest wins.

    Returns
    -------
    list of (start, end, entry_id)
        In the order of the text; spans do not overlap.

    Examples
    --------
    >>> import spasmlib
    >>> text = "The odds ratio was 2."
    >>> [(text[start:end], name) for start, end, name in spotted(spasmlib.load(), text)]
    [('odds ratio', 'odds_ratio')]
    """
    pattern, owners = _forms(tables)
    found: dict[str, tuple[int, int, str]] = {}
    for match in pattern.finditer(text):
        written = _one_way(match[0])
        # Some letters are equal to others for the pattern only, such as a dotless i.
        name = owners.get(written) or owners.get(written.lower())
        if name:
            found.setdefault(name, (match.start(), match.end(), name))
    return list(found.values())


@lru_cache(maxsize=8)
def _forms(tables: Tables) -> tuple[re.Pattern[str], dict[str, str]]:
    """Compile all written forms into one pattern; tell which entry each form belongs to."""
    owners: dict[str, str] = {}
    for entry in entries(tables):
        for word in entry.words:
            owners.setdefault(_one_way(word), entry.entry_id)
    # Grouped by their first letter, some hundred forms are tried many times as fast.
    longest_first = sorted(owners, key=lambda form: (form[0].lower(), -len(form)))
    groups = groupby(longest_first, key=lambda form: form[0].lower())
    choices = "|".join(_choice(letter, same) for letter, same in groups)
    return re.compile(rf"(?<![\w-])(?:{choices})(?![\w-])" if choices else r"(?!)"), owners


def _choice(letter: str, forms: Iterable[str]) -> str:
    either = re.escape(letter) + re.escape(letter.upper())
    return f"[{either}](?:{'|'.join(map(_rest, forms))})"


def _rest(form: str) -> str:
    rest = re.escape(form[1:]).replace(r"\ ", r"\s+").replace("'", "['’]")
    return f"(?i:{rest})" if form == form.lower() else f"(?<={re.escape(form[0])}){rest}"


def _one_way(text: str) -> str:
    return " ".join(text.split()).replace("’", "'")
