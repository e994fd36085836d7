"""How long a complaint has lasted, from the spans of time that a text names."""

from __future__ import annotations

import re

from spasmlib.quantities import NUMBER, Piece, number

TIME = re.compile(
    rf"(?P<number>\b(?:{NUMBER}(?: and a half)?(?: (?:to|or|-) ?{NUMBER})?|\d+-\d+|an?(?: "
    rf"(?:couple|few|good few|number)(?: of)?)?|"
    r"(?:a )?couple(?: of)?|(?:a )?few|several|some|many|half an?|a good many|a number of|the "
    r"(?:last|past) (?:few|couple of|several)|the (?:last|past)|the whole|"
    r"this|last|these|all|number of))?[ -](?P<unit>minutes?|hours?|hrs?|days?|nights?|weeks?|"
    r"wks?|fortnights?|months?|mths?|years?|yrs?|decades?|weekend)\b"
    r"|\b(?P<bare>for (?:weeks|months|years|days|ages|hours|decades)|yesterday|today|this "
    r"(?:morning|afternoon|evening)|"
    r"last night|tonight|overnight|all my life|the other day|since childhood|at the weekend|on "
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"since (?:mon|tues|wednes|thurs|fri|satur|sun)day|a long time|last (?:mon|tues|wednes|thurs|"
    r"fri|satur|sun)day|"
    r"weeks now|months now|years now|long[- ]standing|chronic(?:ally)?|just now|an hour ago)\b"
)
WEEKS = {
    "minute": 0.0001,
    "hour": 0.006,
    "hr": 0.006,
    "day": 1 / 7,
    "night": 1 / 7,
    "weekend": 0.5,
    "week": 1.0,
    "wk": 1.0,
    "fortnight": 2.0,
    "month": 4.345,
    "mth": 4.345,
    "year": 52.0,
    "yr": 52.0,
    "decade": 520.0,
}
BARE = {
    "for weeks": None,
    "weeks now": None,
    "for months": 20.0,
    "months now": 20.0,
    "for years": 200.0,
    "years now": 200.0,
    "for ages": None,
    "a long time": None,
    "for decades": 800.0,
    "all my life": 800.0,
    "since childhood": 800.0,
    "chronic": None,
    "chronically": None,
    "long-standing": 50.0,
    "long standing": 50.0,
}
FEW = {
    "couple": 2.0,
    "few": 3.0,
    "several": 4.0,
    "some": 3.0,
    "many": 10.0,
    "half": 0.5,
    "number": 5.0,
    "these": 3.0,
}
LEADING = re.compile(r"\b(?:for|since|over|during|past|last|now|been)\b[^,]{0,18}$")
SIGNS = (
    ("after", re.compile(r"^(?: ago| now| earlier)\b"), 2.0),
    (
        "before",
        re.compile(
            r"\b(?:for|over) (?:the (?:last|past) )?(?:about |around |almost |nearly |some |"
            r"more than |at least |roughly |approximately |just |only )*$"
        ),
        1.0,
    ),
)
"""Signs that a span of time is that of something that lasts, with their weights."""
AGE_AFTER = re.compile(
    r"[- ](?:old|of age|pregnant|pregnancy|smok\w+)\b|"
    r"s?'? (?:time|pregnant|of pregnancy|old|course)\b"
)
LATER = re.compile(
    r" (?:later|before|after|at a time|a day|a week|earlier|apart|each|every|or so later|time)\b"
)
OFTEN = re.compile(
    r"\b(?:every|each|per|in|a|times|twice|once|within|under|after|lasts|lasted|lasting|takes?|"
    r"before|next|at|hours? a|some)\s(?:about |around |the next )?$"
)
IN_THE_LAST = re.compile(r"(?:with)?in the (?:last|past)|(?:lasted|before) $")
STIFF_FOR = re.compile(r"\blast(?:s|ed|ing)?\b|\bstiff\w*\b[^,.]*\bfor\b|\bfor about an\b")
HABIT = re.compile(
    r"\b(?:smok\w*|married|work(?:ed|ing)?|job|retired|taken|taking|take|takes|diabet\w*|"
    r"drink\w*|play(?:ed|ing)?|train(?:ed|ing)?|"
    r"live[ds]?|operation|surgery|operated|cancer|removed|replaced|treated|gave up|stopped|quit|"
    r"pregnant|baby|birth|born|"
    r"prescribed|put on|on (?:a )?(?:statin|tablets)|menopause|diagnosed|sport|travel\w*|flew|"
    r"flight|transplant|dialysis|hiv|"
    r"blood pressure|steroids?|prednisolone|physiotherapy|drove|drive|hospital|appointment|"
    r"dose|tablets?|pills?|medicines?|medication|statin|antibiotics?|course|holiday|school|scan|"
    r"x-ray|"
    r"sat|sit|sitting|stand|standing|walk|run|shift|wait\w*|ran|walked|lay|lying|slept|sleep|per|"
    r"every|each|times?|hours? of|"
    r"asthma|tetanus|shot|vaccin\w*|weight|kilos?|lost|psoriasis|crohn\w*|hypertension|"
    r"cholesterol)\b"
)
OVER = re.compile(
    r"\b(?:cancer|operation|surgery|operated|removed|replaced|menopause|stopped|gave up|quit|"
    r"diagnosed|treated|cured|stones?|born|baby|birth|married|retired|transplant|boil|lanced|"
    r"similar|episode|attack|bout|like (?:this|it)|same thing)\b"
)
PAINS = re.compile(
    r"\b(?:pain\w*|ach\w*|hurt\w*|sore\w*|stiff\w*|spasms?|cramp\w*|numb\w*|tingl\w*|weak\w*|"
    r"began|begun|start\w*|"
    r"came on|back|neck|going on|developed|symptoms?|suffer\w*|trouble\w*|problems?|it|this|leg|"
    r"arm|tight\w*|feel\w*|felt|"
    r"worse\w*|attacks?|complaints?|noticed|had|have|unwell|ill|tired\w*|fever\w*|burning|"
    r"bother\w*|twitch\w*|headaches?|shooting|lifted|fell|fall|"
    r"twisted|bent|pulled|accident|crash|collision|woke)\b"
)
MORE_SIGNS = (
    ("clause", PAINS, 1.0),
    (
        "clause",
        re.compile(r"\b(?:began|started|begun|since|going on|developed|came on|ever since)\b"),
        1.0,
    ),
    (
        "clause",
        re.compile(r"\b(?:on and off|off and on|years ago|previous|earlier|once|before)\b"),
        -0.5,
    ),
)


def duration(text: str) -> Piece | None:
    """Find how long the complaint has lasted, in lower case text; one of three findings.

    Examples
    --------
    >>> duration("my back has hurt for three weeks.").value
    'duration_under_6_weeks'
    """
    best: tuple[float, Piece] | None = None
    for match in TIME.finditer(text):
        weeks = _weeks(match)
        if weeks is None:
            continue
        score = _score(text, match)
        if score > 0 and (best is None or score > best[0]):
            best = score, Piece(match.start(), match.end(), _band(weeks))
    return best[1] if best else None


def _band(weeks: float) -> str:
    if weeks < 6:
        return "duration_under_6_weeks"
    return "duration_6_to_12_weeks" if weeks <= 12.5 else "duration_over_12_weeks"


def _weeks(match: re.Match[str]) -> float | None:
    if bare := match["bare"]:
        return BARE.get(bare, 0.5)
    unit = match["unit"]
    size = WEEKS[unit.removesuffix("s") if unit != "hrs" else "hr"]
    amount = (match["number"] or "").strip()
    if not amount:
        return None
    if amount in {"the last", "the past", "these", "this", "last"} and match["unit"] in {
        "weeks",
        "months",
        "years",
    }:
        return None
    parts = re.split(r" (?:to|or|-) ?|-(?=\d)", amount)
    value = number(parts[-1].removesuffix(" and a half"))
    if value is None:
        value = next((FEW[w] for w in re.findall(r"\w+", amount) if w in FEW), 1.0)
        if "number of" in amount and size == 1.0:
            return None
    value += 0.5 if amount.endswith("half") and "and a" in amount else 0
    return value * size


def _score(text: str, match: re.Match[str]) -> float:
    """Rate how surely a span of time is that of the complaint; 0 if it is not."""
    left = max(text.rfind(sign, 0, match.start()) for sign in ".;!?\n") + 1
    ends = [e for e in (text.find(sign, match.end()) for sign in ".;!?\n") if e >= 0]
    before = text[left : match.start()]
    after = text[match.end() : min(ends, default=len(text))]
    near = re.split(r",| but | and then ", before)[-1]
    clause = near + match.group() + re.split(r",| but ", after)[0]
    parts = {"before": before, "after": after, "clause": clause, "sentence": before + after}
    if _is_other_time(match, parts):
        return 0
    held = 1.0 if match["bare"] or LEADING.search(before) else 0.0
    held += sum(weight for part, rule, weight in SIGNS if rule.search(parts[part]))
    if not held:
        return 0
    ago = after.startswith(" ago")
    habit = not match["bare"] and not ago and HABIT.search(clause) is not None
    years = ago and (match["unit"] or "").startswith(("year", "yr", "decade"))
    more = sum(weight for part, rule, weight in MORE_SIGNS if rule.search(parts[part]))
    return held + more - 4 * habit - 1.5 * years


def _is_other_time(match: re.Match[str], parts: dict[str, str]) -> bool:
    """Say whether a span of time is an age, a habit, an hour of the day or long over."""
    unit = match["unit"] or ""
    before, after = parts["before"], parts["after"]
    return (
        AGE_AFTER.match(after) is not None
        or LATER.match(after) is not None
        or (OFTEN.search(before) is not None and not IN_THE_LAST.search(before + match.group()))
        or (
            unit.startswith(("minute", "hour", "hr"))
            and STIFF_FOR.search(before) is not None
            and not before.endswith(("past ", "last "))
        )
        or (unit in {"year", "month"} and (match["number"] or "").startswith(("this", "these")))
        or (after.startswith(" ago") and OVER.search(parts["clause"]) is not None)
        or not PAINS.search(parts["sentence"])
    )
