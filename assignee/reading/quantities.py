"""Numbers with their units, bounds and ranges, and whether those of a claim stand in its evidence.

>>> [(q.value, q.unit, q.comparator) for q in quantities("over 70% of 1.5B tokens")]
[(70.0, '%', '>'), (1500000000.0, 'token', '=')]
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from assignee.reading.agreement import compare
from assignee.reading.masking import mask
from assignee.reading.quantity import Comparator, Quantity
from assignee.reading.units import MAGNITUDES, MEASURES, SELF_STANDING, SUFFIXES, unit_named

__all__ = ["Comparator", "Quantity", "compare", "quantities"]


class _Number(NamedTuple):
    """A number as it is written: its value and what one in its last digit is worth."""

    value: float
    step: float
    scale: float
    spelled: bool
    start: int
    end: int


class _Unit(NamedTuple):
    name: str
    end: int
    """Where it ends when it stands at the number, else the number's end."""
    power: bool = False
    """Orders of magnitude: the value is an exponent of ten."""


_SPELLED = {
    word: float(value)
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}
_FACTORS = (
    ("twice|twofold|two-fold|doubl(?:ed|es|ing)|double(?= (?:the|that|its|their|as)\\b)", 2.0),
    ("thrice|threefold|tripl(?:ed|es|ing)|triple(?= (?:the|that|its|their|as)\\b)", 3.0),
    ("fourfold|quadrupl(?:ed|es|ing)", 4.0),
    ("fivefold", 5.0),
    ("sixfold", 6.0),
    ("tenfold", 10.0),
    ("hundredfold", 100.0),
    ("an order of magnitude", 10.0),
    ("two[- ]thirds", 2 / 3),
    ("three[- ]quarters", 0.75),
    ("(?:a|one)[- ]third(?! (?:of )?(?:the )?(?:party|person|model|stage|author))", 1 / 3),
    ("(?:a|one)[- ]quarter", 0.25),
    ("(?:a|one)[- ]fifth", 0.2),
    ("(?:a|one)[- ]tenth", 0.1),
    ("(?<!first )(?<!second )(?<!latter )(?<!other )half(?!-)|halv(?:ed|es|ing)", 0.5),
)
_FACTOR = re.compile(
    r"(?=tw|th|do|tr|fo|qu|fi|si|te|hu|an? |a-|on|ha)(?<![^\W_])(?:"
    + "|".join(rf"(?P<f{i}>(?:{words})\b)" for i, (words, _) in enumerate(_FACTORS))
    + ")",
    re.IGNORECASE,
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−–", "0123456789-+--")
_NUMBER = re.compile(
    r"""
    (?: (?<![\w.,^{])10(?:\s?\^\s?\{?\s?(?P<ten>[-−–]?\s?\d{1,3})\s?\}?|(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]+))
      | (?P<digits> (?:(?<![\w)\]%.])[-−])? (?<![\w.^{])
            (?: (?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)? | \.\d+ ) )
        (?: [eE](?P<exp>[-−+]?\d{1,3})(?!\w) | \s*[eE]\s*(?P<exp2>[-−]\s*\d{1,3})(?!\w)
          | \s*[×x·*]\s*10\s?(?:\^\s?\{?\s?(?P<power>[-−–]?\s?\d{1,3})\s?\}?
                              |(?P<raised2>[⁻⁺]?[⁰¹²³⁴-⁹]+)) )?
      | (?P<word>\b(?:"""
    + "|".join(_SPELLED)
    + r"""|an?(?=\s(?:hundred|thousand|million|billion|trillion)\b))\b)(?!-(?:of|off)\b) )
    (?: (?P<suffix>(?-i:[KkMBbT]|\sB))(?!\w)
      | [\s-]?(?P<scale>"""
    + "|".join(MAGNITUDES)
    + r""")s?\b )? (?:\+(?=[\s-]))?""",
    re.VERBOSE | re.IGNORECASE,
)
_AT_NUMBER = re.compile(
    r"(?P<pp>\s?(?:%|percentage|percent|per\s?cent)[\s-]?points?\b|\s?p\.?p\.?(?!\w)"
    r"|\s?%\s(?:absolute(?:ly)?|abs\.)\b)"
    r"|(?P<percent>\s?%|[\s-]?per\s?cent\b)"
    r"|(?P<times>\s?[×x](?!\w)|[\s-]?fold\b|[\s-]times\b)"
    r"|(?P<orders>[\s-]?orders?[\s-]of[\s-]magnitude\b)"
    r"|(?P<glued>[^\W\d_]+(?:/[^\W\d_]+)?|\s?°\s?C)"
)
_NOUNS = re.compile(r"(?:[\s-]+[^\W\d_][^\W_]*(?:[’'][a-z]+)?(?:/[A-Za-z]+)?){1,5}")
_GAPS = re.compile(r"[\s-]+")
_ONE_WORD = re.compile(r"[\s-]+[^\s-]+?(?=[\s-]|[^\w/]|$)")
_NO_NOUN = frozenset(
    "of and or in to for with on at by than from as is are was were the a an that which per vs "
    "versus while when more less fewer but if then be been can we it they has have had into "
    "over under across out only not".split()
)
_BOUNDS: tuple[tuple[Comparator, str], ...] = (
    (
        "<=",
        r"≤|<=|⩽|\b(?:at (?:the )?most|up to|no(?:t|) (?:more|greater|larger|higher|longer) than|"
        r"(?:not|never) (?:over|above|exceed(?:ing|ed)?)|maximum of|"
        r"(?:does|do|did) not exceed)",
    ),
    (
        ">=",
        r"≥|>=|⩾|\b(?:at (?:the )?(?:very )?least|no(?:t|) (?:less|fewer|lower|smaller) than|"
        r"minimum of)",
    ),
    ("<", r"<|\b(?:(?:less|fewer|smaller|lower|shorter) than|under|below)"),
    (
        ">",
        r">|\b(?:(?:more|greater|larger|higher|longer) than|over|above|exceed(?:s|ed|ing)?|beyond|"
        r"in excess of|upwards of)",
    ),
    (
        "~",
        r"~|≈|∼|≃|\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|circa|ca\.|"
        r"close to|an estimated)",
    ),
)
_BOUND = re.compile(
    "(?:"
    + "|".join(rf"(?P<b{i}>{words})" for i, (_, words) in enumerate(_BOUNDS))
    + r")\s*(?:[$€£]|US\$)?\s*$",
    re.IGNORECASE,
)
_OR_BEYOND = re.compile(
    r"\s*(?:or|and) (?P<way>more|above|greater|higher|larger|longer|less|fewer|below|lower|smaller|"
    r"shorter|older|over|younger|under)\b"
)
_UPWARD = ("more", "above", "greater", "higher", "larger", "longer", "older", "over")
_P_VALUE = re.compile(r"(?<![^\W_])p(?:[\s-]?values?)?\s*(?:[<>=≤≥~]|of)\s*=?\s*$", re.IGNORECASE)
_CURRENCY = re.compile(r"(?P<sign>[$€£])\s?$")
_CURRENCIES = {"$": "usd", "€": "eur", "£": "gbp"}
_TO = re.compile(r"\s*(?P<link>–|—|-|to|and)\s*(?=[\d.~]|[-−]\d)")
_SPREAD = re.compile(r"\s?%?\s?(?:±|\+/[-−–])\s?(?P<by>\d+(?:\.\d+)?|\.\d+)\s?")
_CHANGES = re.compile(
    r"increas|decreas|improv|reduc|ris(?:e|ing)|rose|f[ae]ll|drop|gr[oe]w|rais|lower|boost|cut|"
    r"went|declin|chang|jump|climb|push",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\bby (?:(?:about|around|approximately|roughly|nearly|almost|over|only|just|up to|"
    r"an average of|(?:more|less) than|at (?:least|most)|as much as) )?$",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\s(?:(?:relative|absolute|average|mean) )?(?:increase|improvement|gain|reduction|decrease|"
    r"drop|rise|decline|boost|higher|lower|better|worse|more|fewer|less|faster|slower)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;.:]\s")
_RAISED_POINT = re.compile(r"(?<=\d)·(?=\d)(?!10\s?[\^⁻⁰-⁹])")
"""As the Lancet writes 13·5 %; not of 2·10^5."""
SHARES = 0.02
"""How exact a spelled share is: half is 48 to 52 %."""
_YEARS = range(1900, 2036)


def quantities(text: str) -> list[Quantity]:
    """The quantities of a text, in order.

    Left out: citation markers, years, figure and section numbers, versions and names such as
    GPT-3 and T5-3B, arXiv ids, dates, ratios, confidence levels; and spelled numbers that count
    nothing known ("the two", "one of").
    """
    return list(_quantities(text))


@lru_cache(maxsize=1024)
def _quantities(text: str) -> tuple[Quantity, ...]:
    # A passage takes a millisecond, and is read once for each claim that is checked in it.
    masked = _RAISED_POINT.sub(".", mask(text))
    found = [*_numeric(masked), *_factors(masked)]
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _factors(text: str) -> Iterator[Quantity]:
    for match in _FACTOR.finditer(text):
        value = _FACTORS[int((match.lastgroup or "f0")[1:])][1]
        bound = _bound_before(text, match.start())
        # Who writes half or a third may have seen 51 % or 35 %.
        tolerance = SHARES if value < 1 else 0.0
        yield Quantity(value, None, "x", bound or "=", match.start(), match.end(), tolerance)


def _numeric(text: str) -> Iterator[Quantity]:
    place = 0
    while match := _NUMBER.search(text, place):
        number = _number(match)
        place = match.end()
        unit = _unit_after(text, number)
        if unit is None:
            continue
        second = _range_end(text, number, unit)
        if second:
            place = second.end
            unit = _unit_after(text, second) or _Unit("", second.end)
        if quantity := _quantity(text, number, second, unit):
            yield quantity
        spread = _SPREAD.match(text, place)
        place = spread.end() if spread else max(place, unit.end)


def _number(match: re.Match[str]) -> _Number:
    """The number, with `a million` as a spelled one."""
    scale = SUFFIXES.get((match["suffix"] or "").strip(), 1.0) * MAGNITUDES.get(
        (match["scale"] or "").lower(), 1.0
    )
    ten = match["ten"] or match["raised"]
    if ten:
        value, step = 10.0 ** _exponent(ten), 0.0
    elif match["word"]:
        value, step = _SPELLED.get(match["word"].lower(), 1.0), 0.0
    else:
        digits = match["digits"].replace(",", "").replace("−", "-")
        power = match["exp"] or match["exp2"] or match["power"] or match["raised2"]
        factor = 10.0 ** _exponent(power) if power else 1.0
        decimals = len(digits.partition(".")[2])
        value, step = float(digits) * factor, 10.0**-decimals * factor
    spelled = bool(match["word"])
    return _Number(value * scale, step * scale, scale, spelled, match.start(), match.end())


def _exponent(text: str) -> int:
    """The exponent, held where floats can hold its power of ten."""
    return max(-300, min(300, int("".join(text.translate(_RAISED).split()))))


def _unit_after(text: str, number: _Number) -> _Unit | None:
    """The unit at or after a number; `None` when what is glued to it makes it a name ("3D")."""
    at = _AT_NUMBER.match(text, number.end)
    if not at or at["glued"]:
        glued = at["glued"].replace(" ", "") if at else None
        if at and glued:
            name = unit_named(glued)
            return _Unit(name, at.end()) if name else None
        spread = _SPREAD.match(text, number.end)
        if spread and (after := _AT_NUMBER.match(text, spread.end("by"))) and after["percent"]:
            return _Unit("%", after.end())
        return _noun_after(text, spread.end() if spread else number.end, one=number.value == 1)
    if at["orders"]:
        return _Unit("x", at.end(), power=True)
    return _Unit("pp" if at["pp"] else "%" if at["percent"] else "x", at.end())


def _noun_after(text: str, end: int, *, one: bool) -> _Unit:
    """What is counted, among the next words, up to one that begins something else.

    "400 language models" are models and "a 7B model" counts nothing: singulars only describe,
    but for `one`, and for measures such as "70B-parameter models".
    """
    nouns = _NOUNS.match(text, end)
    words = _GAPS.split(nouns.group().strip(" -\n\t")) if nouns else []
    for position, word in enumerate(words):
        if word.lower() in _NO_NOUN:
            break
        name = unit_named(word)
        if name and (one or word.lower() != name or name in SELF_STANDING):
            adjacent = _ONE_WORD.match(text, end) if position == 0 else None
            return _Unit(name, adjacent.end() if adjacent else end)
    return _Unit("", end)


def _range_end(text: str, first: _Number, unit: _Unit) -> _Number | None:
    """The second number of "5–10", "5 to 10 billion", "between 5% and 10%"; not of a change."""
    link = _TO.match(text, unit.end)
    match = _NUMBER.match(text, link.end()) if link else None
    if not link or not match:
        return None
    before = _CLAUSE.split(text[max(0, first.start - 40) : first.start])[-1].rstrip()
    if link["link"] == "and" and not before.lower().endswith("between"):
        return None
    if link["link"] == "to" and before.lower().endswith("from") and _CHANGES.search(before):
        return None
    second = _number(match)
    after = _unit_after(text, second)
    if after is None or (unit.name and after.name and unit.name != after.name):
        return None
    return second if _low_end(first, second).value < second.value else None


def _low_end(first: _Number, second: _Number) -> _Number:
    """The first number, with the second's magnitude where it has none: "5 to 10 billion"."""
    if first.scale == 1.0 and second.scale != 1.0 and first.value < second.value / second.scale:
        return first._replace(value=first.value * second.scale, step=first.step * second.scale)
    return first


def _quantity(text: str, number: _Number, second: _Number | None, unit: _Unit) -> Quantity | None:
    """The quantity, or `None` for a year and for a spelled number that counts nothing."""
    name = _unit_before(text, number) or unit.name
    if number.spelled and number.scale == 1.0 and not name:
        return None
    if not name and not second and number.step == 1.0 and number.value in _YEARS:
        return None
    low = _low_end(number, second) if second else number
    value, high, step = low.value, second.value if second else None, low.step
    if unit.power:
        value, high, step = 10.0 ** min(value, 300), None, 0.0
    end = max(unit.end, (second or number).end)
    spread = _SPREAD.match(text, (second or number).end)
    tolerance = max(float(spread["by"]) * low.scale, step / 2) if spread else step / 2
    bound = _bound(text, low, name, end=end)
    change = bool(_BY.search(text[max(0, number.start - 32) : number.start]))
    change = change or bool(_CHANGE.match(text, end))
    return Quantity(value, high, name, bound, number.start, end, tolerance, change)


def _unit_before(text: str, number: _Number) -> str | None:
    before = text[max(0, number.start - 16) : number.start]
    if _P_VALUE.search(before):
        return "p"
    sign = _CURRENCY.search(before)
    return _CURRENCIES[sign["sign"]] if sign else None


def _bound(text: str, number: _Number, unit: str, *, end: int) -> Comparator:
    after = _OR_BEYOND.match(text, end)
    if after:
        return ">=" if after["way"] in _UPWARD else "<="
    if text[number.end - 1] == "+":
        return ">="
    bound = _bound_before(text, number.start)
    # "averaged over 5 runs", "under 3 settings": small counts after "over" are no bounds.
    word = text[: number.start].rstrip()[-5:].lower()
    few = number.value <= 20 and number.scale == 1.0 and unit not in MEASURES
    loose = few or unit in ("second", "minute", "hour", "day", "week", "month", "year")
    if bound and loose and word in (" over", "under"):
        return "="
    return bound or "="


def _bound_before(text: str, start: int) -> Comparator | None:
    found = _BOUND.search(text[max(0, start - 24) : start])
    return _BOUNDS[int((found.lastgroup or "b0")[1:])][0] if found else None
