"""What is denied, doubted, past or said of others in a sentence, and how far that reaches.

The method is NegEx (Chapman et al. 2001, J Biomed Inform 34:301), whose triggers are found by
negspacy with a list of our own, and ConText (Harkema et al. 2009) for other people, the past
and mere possibility. NegEx denies all that follows a trigger up to a word such as "but". Here
the reach also ends where a new clause begins, and where it is uncertain nothing is denied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spasmlib.phrases import word_set

DENIED, RELIEF, UNCLEAR, OTHER, PAST = "denied", "relief", "unclear", "other", "past"

PRECEDING = [
    "no",
    "not",
    "n't",
    "never",
    "without",
    "deny",
    "denies",
    "denied",
    "denying",
    "nor",
    "neither",
    "none of",
    "none",
    "nothing",
    "free of",
    "free from",
    "clear of",
    "absence of",
    "negative for",
    "no longer",
    "rather than",
    "instead of",
    "nobody",
    "no one",
    "nowhere",
    "hardly any",
    "unaware of",
    "unlikely",
    "excluded",
    "ruled out",
    "no more",
]
FOLLOWING = [
    "is absent",
    "are absent",
    "was absent",
    "were absent",
    "absent",
    "denied",
    "is denied",
    "are denied",
    "ruled out",
    "excluded",
    "is negative",
    ": no",
    ": none",
    "- no",
    "- none",
    ": nil",
    ": never",
    ": not",
    "not present",
    "n't present",
    "not there",
    "n't there",
    "not a problem",
    "n't a problem",
    "not an issue",
    "n't an issue",
    "never happened",
    "not happened",
    "n't happened",
    "never occurred",
    "i do not have",
    "i do n't have",
    "i do not get",
    "i do n't get",
    "i have never had",
    "i have not had",
    "i have n't had",
    "i have not noticed",
    "i have n't noticed",
    "i never had",
    "have i had none",
]
PSEUDO = [
    "not only",
    "n't only",
    "not just",
    "n't just",
    "not merely",
    "not simply",
    "not least",
    "no doubt",
    "no wonder",
    "no matter",
    "without doubt",
    "without a doubt",
    "not to mention",
    "or not",
    "if not",
    "why not",
    "not until",
    "n't until",
    "not unless",
    "n't unless",
    "no sooner",
    "not forget",
    "never mind",
    "not surprisingly",
    "not without",
    "n't without",
    "never without",
]
STOP = [
    "but",
    "however",
    "although",
    "though",
    "yet",
    "except",
    "excepting",
    "apart",
    "aside",
    "besides",
    "other than",
    "because",
    "which",
    "so",
    "then",
    "until",
    "unless",
    "despite",
    "whereas",
    "while",
    ";",
    ":",
    "—",
    "–",
    "(",
    ")",
    "only that",
    "more than",
    "only when",
    "only if",
    "instead",
    "just",
    "nevertheless",
    "still",
]

STOP_WORDS = frozenset(word for word in STOP if " " not in word) - {"just", "still"}
SUBJECTS = word_set("i it he she they we you there this that these those everything")
ADVERBS = word_set(
    "now then also still even sometimes today since yesterday recently usually often "
    "always lately again really just only already actually ever yet at all been be being "
    "either too very any"
)
FINITE = word_set(
    "is are was were am 's 're 'm 've 'd has have had feel feels felt hurt hurts hurting get "
    "gets "
    "got go goes went come comes came start starts started began begins do does did ca can could "
    "will would keeps kept makes made took takes seems seemed turned moved spread spreads "
    "returned stayed remained lasted happened developed noticed became becomes radiates shoots "
    "aches seem look looks works work sent gave told said put found went saw thought began "
    "worsened increased stopped appeared lost"
)
LEADS = word_set(
    "worse worst better mostly mainly especially just only still now then very pain pains since "
    "after before when where although severe sudden sharp constant started"
)
RELIEVING = re.compile(
    r"(?:help|eas|reliev|improv|settl|stop|cur|lessen|reduc|subsid|heal|shift|resolv|respond|"
    r"calm|sooth|disappear|recover|fad|clear)\w*|better|relief|away|easier|fix(?:ed|es)?|let|"
    r"effect|use|good|comfort|lasted|lasting|difference|worked"
)
PAIN = re.compile(r"(?:pain|ach|hurt|sore|tender|stiff|discomfort|trouble|problem)\w*")
COMPLAINT = re.compile(r"\b(?:pain|hurt|ach(?:e|ing)|sore|stiff|cramp|spasm)")
DOUBTING = word_set(
    "sure certain know known clear tell think believe idea understand say convinced see used "
    "always every all completely fully quite entirely much mean explain recommend "
    "normally usually clearly exactly necessarily suppose imagine expect want wish hope"
)
HOLDING = word_set(
    "have has had having feel feels feeling felt notice noticed noticing experience experienced "
    "get gets got getting suffer suffered a an the any my numb hurt hurts wake wakes woken waken "
    "keep keeps spread spreads radiate radiates go goes gone going come comes run runs shoot "
    "shoots travel travels move moves into involve involves affect affects affected cause causes "
    "caused lose lost losing fall fallen fell lift lifted lifting injure injured hit banged do "
    "done doing did drink drinking smoke smoked smoking use used using take takes taken taking "
    "in at on from with of to or related make makes made bring change changed changes trouble "
    "problem problems history sign signs evidence symptom symptoms recall remember report been "
    "be by more worse pain pains twist twisted bend bent seem seems worsen there had suffering "
    "bother bothers bothered disturb disturbs aware reach reaches extend leave left difficulty "
    "issue issues complaint complaints wrong other further obvious recent known given seen "
    "started start put gain gained been due follow following eat eating inject injected"
)
ABLE = word_set("can ca could able")
REPORTING = word_set("recall remember say think make bring reproduce name provoke")
RELATIVES = word_set(
    "mother father mum mom mam dad daddy brother sister son daughter grandmother grandfather "
    "grandma grandad granddad grandpa gran nan uncle aunt auntie parents brothers sisters cousin "
    "niece nephew wife husband partner friend friends colleague neighbour neighbor girlfriend "
    "boyfriend child children family relatives sibling siblings twin boss coworker baby toddler "
    "flatmate workmate stepfather stepmother"
)
OWNERS = word_set("my our his her their a an the 's")
POSSIBLE = re.compile(
    r"\b(?:afraid|fear(?:ing|s|ed)?|scared|frightened|worried|worry|worrying|worries|concerned|"
    r"wonder(?:ing|ed|s)?|suspect(?:s|ed|ing)?|could be|could it|could this|can it be|can this "
    r"be|"
    r"might be|may be|maybe|perhaps|might have|may have|risk of|danger of|chance of|in case|"
    r"rule out|ruling out|check(?:ed|ing)? for|test(?:ed|s|ing)? for|screen(?:ed|ing)? for|"
    r"look(?:ed|ing)? for|scan for|prevent|avoid|avoiding|thought (?:it|that|this)|"
    r"think (?:it|that|this|i have|i had)|"
    r"believe|what if|should i|whether|watch (?:out )?for|look out for|warned|"
    r"read about|heard (?:of|about)|googled?|ask(?:ed)? (?:me )?(?:about|if|whether)|"
    r"leaflet|website|internet|guess|unsure|not sure|no idea|be an? (?:early )?signs? of|mistook|"
    r"possib(?:le|ly|ility)|suggest(?:s|ed)?|diagnosis of|rather like|supposed to|"
    r"if (?:i|it|he|she|they|my|the|there) (?:\w+ ){0,4}?(?:ever|get|gets|got|have|had|has|"
    r"develops?|notice|notices|start|starts|becomes?|loses?|lose|is|are|was|were|should))\b"
)
ASKING = word_set(
    "could can is are do does did should would will am have has was were may might must what why "
    "how which who whose when where"
)
LONG_AGO = re.compile(
    r"\b(?:last year|years? ago|years back|in the past|as a (?:child|teenager|boy|girl|kid|baby|"
    r"student|young (?:man|woman))|in (?:my )?(?:childhood|youth|teens|twenties|thirties)|"
    r"when i was (?:a|an|young|younger|little|small|pregnant|\d+|in my|at school)|"
    r"previously|at school|back then|in (?:19|20)\d\d|that time|"
    r"used to (?:have|get|be|feel|suffer|smoke|take))\b"
)
BEGINNING = re.compile(
    r"\b(?:began|begun|start\w*|since|first|onset|came on|ever since|developed|has been|"
    r"have been|'ve been|have had|'ve had|has had|still|now|ongoing|continu\w*|again)\b"
)


@dataclass(frozen=True)
class Scope:
    """Words `start` to `end` of a sentence that stand under a trigger of some kind.

    ``trigger`` holds the trigger's own first and last-but-one word.
    """

    kind: str
    start: int
    end: int
    trigger: tuple[int, int]


def termset() -> dict[str, list[str]]:
    """Give the triggers in the form that negspacy wants."""
    return {
        "pseudo_negations": PSEUDO,
        "preceding_negations": PRECEDING,
        "following_negations": FOLLOWING,
        "termination": STOP,
    }


def denials(
    words: Sequence[str], before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]]
) -> list[Scope]:
    """Say how far each trigger of a sentence reaches.

    Parameters
    ----------
    words : sequence of str
        The sentence, lower case.
    before, after : sequences of (start, end)
        Triggers that deny what follows, and what stands before them.
    """
    scopes: list[Scope] = []
    for start, end in before:
        kind = _kind(words, start, end)
        if kind is None:
            continue
        sure, last = _reach(words, end)
        scopes.append(Scope(kind, end, sure, (start, end)))
        if last > sure:
            scopes.append(Scope(UNCLEAR, sure, last, (start, end)))
    for start, end in after:
        first = max((i + 1 for i in range(start) if words[i] in STOP_WORDS), default=0)
        if words[start] in (":", "-"):
            first = max((i + 1 for i in range(start) if words[i] in {",", ".", ";"}), default=0)
        scopes.append(Scope(DENIED, first, start, (start, end)))
    return scopes


def possibilities(words: Sequence[str]) -> list[Scope]:
    """Find what is only asked, feared or supposed."""
    scopes = []
    for start, end in _matches(POSSIBLE, words):
        hard = words[start] in {"worried", "concerned", "frightened", "scared"}
        last = _clause_end(words, end, through_subject=not hard or _that(words, end))
        scopes.append(Scope(UNCLEAR, start, last, (start, end)))
    if words and "?" in words[-2:]:
        starts = [
            i
            for i, word in enumerate(words)
            if word in ASKING and (i == 0 or words[i - 1] in {",", "and", "so", "but", "—", "or"})
        ]
        start = starts[0] if starts else 0
        scopes.append(Scope(UNCLEAR, start, len(words), (start, start)))
    return scopes


def past(words: Sequence[str]) -> list[Scope]:
    """Find what is long over."""
    scopes = []
    for start, end in _matches(LONG_AGO, words):
        first = max((i + 1 for i in range(start) if words[i] in STOP_WORDS), default=0)
        last = _clause_end(words, end, through_subject=False)
        clause = " ".join(words[first:last])
        if words[start] == "used":
            first = start
        elif BEGINNING.search(clause):
            continue
        scopes.append(Scope(PAST, first, last, (start, end)))
    return scopes


def others(words: Sequence[str], about: str | None, carried: bool) -> list[Scope]:
    """Find what is said of other people.

    Parameters
    ----------
    about : str or None
        The relative whom the whole text is about, if it is not the writer.
    carried : bool
        Whether the sentence before spoke of someone else.
    """
    scopes = []
    if carried and words and words[0] in {"he", "she", "they", "his", "her", "their"}:
        scopes.append(Scope(OTHER, 0, _until_self(words, 1), (0, 0)))
    for at, word in enumerate(words):
        if word not in RELATIVES or word == about or at == 0 or words[at - 1] not in OWNERS:
            continue
        if at + 1 < len(words) and words[at + 1] == "doctor":
            continue
        start = at
        if at >= 2 and words[at - 2] in {"in", "of", "for", "and", "on", "from"}:
            start = max((i + 1 for i in range(at) if words[i] in STOP_WORDS | {","}), default=0)
            if any(w in {"i", "me"} for w in words[start : at - 1]):
                start = at
        scopes.append(Scope(OTHER, start, _until_self(words, at + 1), (at - 1, at + 1)))
    return scopes


def starts_clause(words: Sequence[str], at: int) -> bool:
    """Say whether a new clause, with a verb of its own, begins at a word."""
    while at < len(words) and words[at] in ADVERBS - {"any", "been"}:
        at += 1
    if at >= len(words):
        return False
    if words[at] in SUBJECTS or words[at] in FINITE - {"hurt", "hurting", "work", "look"}:
        return True
    for word in words[at : at + 7]:
        if word in {",", "and", "or", "nor", "when", "that", "if"} or word in STOP_WORDS:
            return False
        if word in FINITE:
            return True
    return False


def _kind(words: Sequence[str], start: int, end: int) -> str | None:
    """Say what a trigger does: deny, deny relief only, leave open, or (None) nothing."""
    trigger = words[start]
    head = end
    while head < len(words) and words[head] in ADVERBS - {"all", "any"}:
        head += 1
    heads = words[head : head + 1]
    word = heads[0] if heads else ""
    near = words[end : end + 5]
    if trigger in {"unlikely", "rather", "instead", "excluded", "ruled"}:
        return UNCLEAR
    if trigger in {"not", "n't", "never"} and any(
        w in ABLE for w in words[max(0, start - 2) : start]
    ):
        return DENIED if word in REPORTING or "any" in near[:2] else None
    if trigger == "nothing" or (trigger in {"not", "n't", "never", "no", "none", "nor"}):
        span = near if trigger in {"nothing", "none"} else words[head : head + 2]
        hits = [w for w in span if RELIEVING.fullmatch(w)]
        if hits and word not in {"bladder", "bowel", "trouble", "problem"}:
            return RELIEF
    if trigger in {"not", "n't", "never"} and any(
        w in {"would", "wo", "should", "must", "might", "may", "will"}
        for w in words[max(0, start - 1) : start]
    ):
        return UNCLEAR
    if trigger == "no" and word in {"change", "changes", "point", "reason", "explanation"}:
        return UNCLEAR
    if trigger in {"not", "n't", "never"} and word in DOUBTING:
        return UNCLEAR
    return DENIED


def _reach(words: Sequence[str], at: int) -> tuple[int, int]:
    """Find where a denial surely ends, and where it may end."""
    sure: int | None = None
    here = at
    while here < len(words):
        word = words[here]
        if word in STOP_WORDS or word in {".", "!", "?"}:
            break
        if word in {"just", "only", "mainly", "mostly"} and here > at:
            break
        if word == ",":
            if _new_after_comma(words, here):
                break
            if sure is None and not _closed(words, here):
                sure = here
        elif word in {"and", "&", "plus"} and starts_clause(words, here + 1):
            break
        here += 1
    return (here if sure is None else sure), here


def _new_after_comma(words: Sequence[str], comma: int) -> bool:
    after = words[comma + 1 : comma + 3]
    if not after:
        return True
    if after[0] in {"and", "or", "nor"}:
        return starts_clause(words, comma + 2) and after[0] != "nor"
    return after[0] in LEADS or starts_clause(words, comma + 1)


def _closed(words: Sequence[str], comma: int) -> bool:
    """Say whether a list that goes on after a comma ends with "or", "nor" or "and"."""
    items = 0
    for at in range(comma + 1, len(words)):
        word = words[at]
        if word in {"or", "nor"}:
            return True
        if word in {"and", "&"}:
            return not starts_clause(words, at + 1)
        if word in STOP_WORDS or word in {"no", "not", "n't", "without"}:
            return False
        items = 0 if word == "," else items + 1
        if items > 7:
            return False
    return False


def _clause_end(words: Sequence[str], at: int, *, through_subject: bool) -> int:
    skipped = through_subject
    for here in range(at, len(words)):
        word = words[here]
        if word in {"but", ";", "—", "although", "though", "however", "because"}:
            return here
        if word in {",", "and"} and starts_clause(words, here + 1):
            return here
        if word in SUBJECTS and not skipped and here > at:
            return here
    return len(words)


def _that(words: Sequence[str], at: int) -> bool:
    return any(
        word in {"that", "it", "about", "of", "this", "if", "whether"}
        for word in words[at : at + 2]
    )


def _until_self(words: Sequence[str], at: int) -> int:
    for here in range(at, len(words)):
        word = words[here]
        own = word == "my" and not any(w in RELATIVES for w in words[here + 1 : here + 3])
        if word in {"i", "me", "mine", "myself", "but", ";"} or own:
            return here
    return len(words)


def _matches(pattern: re.Pattern[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """Find a pattern in words joined by blanks; give the first word and the one after it."""
    text = " ".join(words)
    found = []
    for match in pattern.finditer(text):
        start = text.count(" ", 0, match.start())
        found.append((start, start + match.group().count(" ") + 1))
    return found
