"""Ages, sex and pregnancy in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spasmlib.phrases import TENS, UNITS

NUMBERS = {word: number for number, word in enumerate(UNITS.split("|"), start=1)} | {
    word: 10 * number for number, word in enumerate(TENS.split("|"), start=2)
}
NUMBER = (
    rf"(?:\d{{1,3}}(?:\.\d)?|(?:{TENS})[- ](?:one|two|three|four|five|six|seven|eight|nine)|"
    rf"{UNITS}|{TENS})"
)
MALE = "man|male|boy|gentleman|guy|lad|bloke|chap"
FEMALE = "woman|female|girl|lady|lass"
PEOPLE = f"{MALE}|{FEMALE}|person|patient|teenager|student"
HIS = (
    "husband|son|father|dad|brother|grandfather|grandad|granddad|grandpa|boyfriend|uncle|"
    "nephew|grandson|stepfather|stepson"
)
HERS = (
    "wife|daughter|mother|mum|mom|sister|grandmother|grandma|gran|nan|girlfriend|aunt|niece|"
    "granddaughter|stepmother|stepdaughter"
)
ANYONE = "partner|child|friend|flatmate|neighbour|neighbor|patient|colleague|cousin"
MAN_ONLY = re.compile(
    r"\bmy (?:prostate|penis|testicles?|scrotum|balls)\b|\bas a (?:man|father|dad|husband)\b|"
    r"\bi (?:am|'m) (?:a |the )?(?:father|dad|widower|husband|grandfather)\b|"
    r"\bi (?:am|'m) an? (?:[\w-]+ ){0,4}(?:man|male|boy|gentleman|guy|businessman|fireman|"
    r"policeman|fisherman|craftsman|workman|salesman|postman|serviceman|father)\b|"
    r"\bmy erections?\b|\bmy wife\b"
)
WOMAN_ONLY = re.compile(
    r"\bmy (?:vagina|vulva|womb|uterus|ovar(?:y|ies)|labia|menopause|periods?|"
    r"last period|pregnancy|pregnancies|monthly period)\b|\bas a (?:woman|mother|mum|mom|wife)\b|"
    r"\bi (?:am|'m) an? (?:[\w-]+ ){0,4}(?:woman|female|girl|lady|housewife|midwife|mother|"
    r"grandmother|waitress|actress|ballerina|businesswoman|mum|mom)\b|\bmother of\b|"
    r"\bi (?:have had|had) (?:the|my) (?:menopause|hysterectomy)\b|"
    r"\bi (?:gave birth|breast-?feed|have given birth)\b|\bi am (?:now )?(?:\w+ ){0,3}pregnant\b|"
    r"\bmy husband\b|\b(?:through|since|after|before) (?:the|my) menopause\b"
)
AGES = (
    re.compile(rf"\b(?:{MALE}|{FEMALE}) of ({NUMBER})\b(?! (?:children|kids|boys|girls))"),
    re.compile(rf"\b({NUMBER})[- ]?(?:years?|yrs?|yr|y)[- ]?(?:old|of age)\b"),
    re.compile(rf"\b({NUMBER})[- ]?(?:y/?o|yo|yrs?)\b"),
    re.compile(rf"\baged? (?:of )?({NUMBER})\b"),
    re.compile(
        rf"\b(?:i am|i'm|im|she is|she's|he is|he's|who is|who's|age:?) (?:now |only |just |"
        rf"nearly |almost |"
        rf"about |exactly )?({NUMBER})(?=\s*(?:[,.;!)]|$|and\b|but\b|now\b|with\b|or so\b|"
        rf"this\b))"
    ),
    re.compile(rf"\b({NUMBER})[- ]year[- ](?:{PEOPLE})\b"),
    re.compile(rf"\b({NUMBER}) ?(?:m|f|male|female),"),
    re.compile(r"^(\d{2}),? (?=male|female|man|woman|m\b|f\b)"),
    re.compile(
        rf"\b(?:husband|wife|son|daughter|mother|mum|mom|father|dad|brother|sister), (?:who is "
        rf")?({NUMBER}),"
    ),
)
AGE_OF_KIN = re.compile(
    r"\b(?:husband|wife|son|daughter|mother|mum|mom|father|dad|brother|sister) "
    rf"(?:is|has just turned|turned) ({NUMBER})\b"
)
OTHERS_AGE = re.compile(
    rf"\b(?:my|our|his|her) (?:[\w-]+ ){{0,2}}(?:{HIS}|{HERS}|{ANYONE}|baby|children|"
    rf"twins?)\b[^.;]{{0,25}}$|"
    r"\b(?:when (?:i|he|she) was|at the age|since i was|from the age|at age|i was|by the age|"
    r"before the age|after the age|until i was)\b[^.;,]{0,20}$"
)
DECADE = re.compile(
    r"\b(?:in (?:my|his|her) |i'm in my )(?:(early|mid|middle|late|mid to late|early to mid)[- "
    r"]?)?"
    r"(teens|(?:20|30|40|50|60|70|80|90)'?s|twenties|thirties|forties|fifties|sixties|seventies|"
    r"eighties|nineties)\b"
)
DECADES = {
    word: 10 * number
    for number, word in enumerate(
        [
            "teens",
            "twenties",
            "thirties",
            "forties",
            "fifties",
            "sixties",
            "seventies",
            "eighties",
            "nineties",
        ],
        start=1,
    )
}
PREGNANT = re.compile(
    r"\bpregnant\b|\bpregnancy\b|\bexpecting (?:a baby|my|our|twins)\b|"
    r"\b(?:gave birth|given birth|had (?:a|my|our) baby|baby was born|delivered|since the birth|"
    r"after the birth|postpartum|post-?natal)\b|\bbreast-?feed\w*"
)
NOT_PREGNANT = re.compile(
    r"\b(?:not|n't|never been|cannot be|can't be|no chance (?:of being|that i am)) (?:\w+ "
    r")?pregnant\b|"
    r"\bno pregnancy\b|\bpregnancy test (?:was|is|came back) negative\b|\bnegative pregnancy "
    r"test\b"
)
FORMER = re.compile(
    r"\b(?:when i was|last|first|second|previous|earlier|both|each|during (?:my|the|a)|before "
    r"(?:my|the)|since my|after my|two|three|years after (?:my|the))\s+(?:\w+\s+)?$"
)


@dataclass(frozen=True)
class Piece:
    """A piece of text, letters `start` to `end`, and what it says."""

    start: int
    end: int
    value: str | int | bool
    sure: bool = True


def number(text: str) -> float | None:
    """Read a number in digits or words, up to 99 in words.

    Examples
    --------
    >>> number("forty-two"), number("3.5"), number("many")
    (42.0, 3.5, None)
    """
    try:
        return float(text)
    except ValueError:
        parts = [NUMBERS.get(part) for part in re.split("[- ]", text)]
    known = [part for part in parts if part is not None]
    return float(sum(known)) if known and len(known) == len(parts) else None


def ages(text: str, about_other: bool) -> Iterator[Piece]:
    """Find ages of the person whom a text (lower case) is about."""
    for pattern in (*AGES, AGE_OF_KIN) if about_other else AGES:
        for match in pattern.finditer(text):
            years = number(match[1])
            before = text[max(0, match.start() - 45) : match.start()]
            if years is None or years > 120 or years != int(years):
                continue
            if OTHERS_AGE.search(before) and not about_other:
                continue
            if re.search(r"\b(?:was|when i|at the age|since the age)\b[^.;,]*$", before):
                continue
            after = text[match.end() : match.end() + 15]
            if re.match(r"\s*(?:weeks|days|months|kg|%|hours|minutes)", after):
                continue
            yield Piece(match.start(), match.end(), int(years))


def decades(text: str) -> Iterator[Piece]:
    """Find decades of life, "in my 70s"; the value is the youngest age meant."""
    for match in DECADE.finditer(text):
        word = match[2].replace("'", "")
        start = DECADES.get(word) or int(word.rstrip("s"))
        part = match[1] or ""
        late = 5 if "late" in part else 4 if "mid" in part else 0
        yield Piece(match.start(), match.end(), start + late)


def subject(text: str) -> str | None:
    """Name the relative whom a text (lower case) is about, if it is not its writer."""
    named = re.search(rf"\b(?:my|our) (?:[\w-]+ ){{0,3}}?({HIS}|{HERS}|{ANYONE})\b", text)
    if not named:
        return None
    own = re.sub(rf"\b(?:my|our) (?:[\w-]+ ){{0,2}}?(?:{HIS}|{HERS}|{ANYONE})\b", "", text)
    mine = len(re.findall(r"\b(?:i|me|my|mine|myself)\b", own))
    theirs = len(
        re.findall(r"\b(?:he|him|his|himself|she|her|hers|herself|they|their|them)\b", own)
    )
    asks = re.search(r"\b(?:for|behalf of|about) (?:my|our) ", text[:200]) is not None
    return named[1] if theirs > mine * (1 if asks else 2) and theirs else None


def sex(text: str, about: str | None) -> Piece | None:
    """Find the sex of the person whom a text (lower case) is about."""
    if about:
        at = text.index(about)
        if re.fullmatch(HIS, about) or re.fullmatch(HERS, about):
            return Piece(at, at + len(about), "male" if re.fullmatch(HIS, about) else "female")
        he = re.search(r"\b(?:he|him|his)\b", text)
        she = re.search(r"\b(?:she|her|hers)\b", text)
        if bool(he) == bool(she):
            return None
        found = he or she
        assert found
        return Piece(found.start(), found.end(), "male" if he else "female")
    strong = re.search(
        rf"\b(?:i am|i'm|im|as) an? (?:[\w/'-]+,? (?!with\b|whose\b|who\b)){{0,6}}?({MALE}|"
        rf"{FEMALE})\b",
        text,
    ) or re.search(
        rf"^\W*(?:an? )?(?:[\w-]+ ){{0,4}}?({MALE}|{FEMALE}|m|f)(?:,| here|\.| of \d| aged| \d)",
        text,
    )
    strong = strong or re.search(
        rf"\b{NUMBER}[- ]?(?:years?|yrs?|yr|yo|y/?o)?[- ]?(?:old)?[- ]?(m|f|{MALE}|{FEMALE})\b",
        text,
    )
    if strong:
        word = strong[1]
        male = word == "m" or re.fullmatch(MALE, word) is not None
        return Piece(strong.start(1), strong.end(1), "male" if male else "female")
    man, woman = MAN_ONLY.search(text), WOMAN_ONLY.search(text)
    if bool(man) == bool(woman):
        return None
    found = man or woman
    assert found
    return Piece(found.start(), found.end(), "male" if man else "female")


def pregnancy(text: str) -> Piece | None:
    """Find whether the person is pregnant or has just given birth, in lower case text."""
    if denied := NOT_PREGNANT.search(text):
        return Piece(denied.start(), denied.end(), False)
    for match in PREGNANT.finditer(text):
        before = text[max(0, match.start() - 60) : match.start()]
        after = text[match.end() : match.end() + 60]
        if FORMER.search(before) and "weeks" not in before:
            continue
        if re.search(
            r"\b(?:my|his|our) (?:wife|daughter|sister|mother|friend|partner|girlfriend)\b[^.]*$",
            before,
        ):
            continue
        if (
            re.search(r"\b(?:if|could|might|may|whether|afraid|when)\b[^.,;]*$", before)
            or "?" in after[:25]
        ):
            continue
        if re.search(r"years?", after) or re.search(r"years? (?:ago|after)[^.]*$", before):
            continue
        if match.group() == "pregnancy" and not re.search(
            r"(?:\bweek\w*|\bmonth\w*|\btrimester|\bmy (?:\w+ )?|\bin (?:late|early|this) "
            r")[^.]{0,20}$",
            before,
        ):
            continue
        ago = re.search(rf"({NUMBER})\W+months? (?:ago|after|old)", after + before[-30:])
        if ago and (number(ago[1]) or 0) > 6:
            continue
        return Piece(match.start(), match.end(), True)
    return None
