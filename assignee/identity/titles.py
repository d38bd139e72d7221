r"""Titles held against each other: what is the same under another spelling, and what only nearly.

>>> likeness(title_of("The $\\alpha$-synuclein fold"), title_of("The α‐synuclein fold."))
'exact'
>>> likeness(title_of("Snow drift, Part I"), title_of("Snow drift, Part II")) is None
True
>>> title_of("Correction to: Snow drift").role
'correction'
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from assignee.reading.markup import accents, plain

Likeness = Literal["exact", "near", "subtitle"]
"""The same letters; a slip or two apart; one with a subtitle that the other lacks."""

_RENAMED = re.compile(
    r"^\W*(?:retracted|withdrawn|removed|temporary removal)(?: (?:article|paper|chapter))?\W*"
    r"(?::|\])\s*",
    re.IGNORECASE,
)
"""What publishers put before the title of a paper that they withdrew: it is still the paper."""

_AUTHORS = r"(?:the )?(?:authors?['’]?s? )?(?:in )?"
_ROLES = {
    "correction": r"^(?:(?:author|publisher)['’s]* )?(?:corrections?|corrigend(?:um|a)"
    r"|errat(?:um|a)|addendum|amendment)\b(?=\s*(?:[:.\-–—]|to\b|for\b|of\b|$|[\"“‘']))"
    r"|[:(\[.–—-]\s*(?:(?:author|publisher) )?(?:correction|corrigendum|erratum|errata|addendum)"
    r"\W*$",
    "retraction": r"^(?:notice of )?(?:retraction|withdrawal)(?: (?:note|notice))?\s*"
    r"(?::|to\b|of\b|[\"“‘'])|[:(\[–—-]\s*retraction(?: (?:note|notice))?\W*$",
    "concern": r"\bexpression of concern\b",
    "reply": rf"^{_AUTHORS}(?:reply|response|rejoinder)\s*(?::|to\b|[\"“‘']|$)"
    rf"|[:(\[.–—-]\s*{_AUTHORS}(?:reply|response|rejoinder)\W*$",
    "comment": r"^(?:invited )?(?:comments?|commentary|discussion)\s*(?::|on\b|of\b|[\"“‘']|$)"
    r"|^re:|^(?:a )?letter to the editor\b|^(?:book )?review(?: of\b|\s*:)"
    r"|[:(\[.–—-]\s*(?:a )?(?:comment|commentary|discussion)\W*$",
    "supplement": r"^(?:electronic )?supplement(?:ary|al)? (?:materials?|information|data|files?)\b"
    r"|^supporting information\b|^(?:replication |research )?data(?:set)? (?:from|for|of)\b"
    r"|^code (?:for|of)\b|^(?:additional file|appendix|figure|table|video) \w+ (?:from|for|of|to)\b"
    r"|^decision letter\b|^author response\b|^(?:peer review|review report)s? (?:of|for)\b",
    "abstract": r"^(?:abstract|poster)(?: no\.?)? [a-z]{0,4}[-.]?\d+",
    "protocol": r"\b(?:study|trial|review) protocol\b|^protocol (?:for|of)\b|: (?:a )?protocol\b",
}
_ROLE_STEMS = (
    "corr", "errat", "addend", "amend", "retract", "withdraw", "concern", "repl", "respon",
    "rejoin", "comment", "discuss", "re:", "letter", "review", "suppl", "support", "data", "code",
    "file", "append", "figure", "table", "video", "decision", "abstract", "poster", "protocol",
)  # fmt: skip
"""One of these stands in every title of a role; looking for them first is ten times faster."""
_ROLE = re.compile("|".join(f"(?P<{role}>{how})" for role, how in _ROLES.items()), re.IGNORECASE)

_COUNTED = (
    r"part|vol(?:ume)?|no|phase|stage|type|class|grade|group|factor|wave|task|paper|chapter|book|"
    r"section|series|case|study|experiment|episode|report|model|version|lecture|lesson|edition|"
    r"vitamin|hepatitis|quarter|teil|partie|parte|часть"
)
_CONTEXT = re.compile(rf"\b(?:{_COUNTED})\.?\s+([A-Z]|[IVX]+)\b", re.IGNORECASE)
_PART = re.compile(r"\b(?:part|vol|volume|chapter|teil|partie|parte|часть) (\d+)\b|\b(\d+) part\b")
_ROMAN = re.compile(r"\b(?:[IVX]{2,5}\b|[IVX]\b(?=\W*$|\)?\s*[.:)–—]))")
_ROMANS = {
    numeral: str(value)
    for value, numeral in enumerate(
        "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX".split(), start=1
    )
}
_SPELLED = {
    word: str(value)
    for value, words in enumerate(
        "one/first two/second three/third four/fourth five/fifth six/sixth seven/seventh "
        "eight/eighth nine/ninth ten/tenth eleven/eleventh twelve/twelfth".split(),
        start=1,
    )
    for word in words.split("/")
}
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_THOUSANDS = re.compile(r"(?<=\d)[,\u2009\u202f'](?=\d{3}(?!\d))")
_RAISED = re.compile(r"(?<=\d)(?=[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻])")
_FOOTNOTE = re.compile(r"(?<=[a-z]{5})\d$|[*†‡§¶]+$")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_MARKED = re.compile(r"[<&\\{$]")
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_SUBTITLE = re.compile(r"\s*[:?!–—|]\s+|\s+[-–—]\s+|\.\s+(?=\w{3})|\s+(?=\()")
_CUT = re.compile(r"(?:…|\.\.\.)\s*$")
_RE = re.compile(r"(?<=[bt])re(?=s?$)")
_UMLAUT = re.compile(r"(?<=[aou])e")
_GREEK = {
    name.removeprefix("GREEK SMALL LETTER ").lower().replace("lamda", "lambda")
    for name in (unicodedata.name(chr(code), "") for code in range(0x3B1, 0x3CA))
    if "FINAL" not in name
}
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "þ": "th",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "&": " and ",
    }
)

_LIGHT = frozenset(
    "a an the of on in for to and at by from into its their and or with is are de la le les des du "
    "der die das und et el los las y e del il lo gli i".split()
)
"""Words that a slip drops or exchanges without another paper coming of it."""

_MOST_SLIPS = 6
"""Words that only one of two titles has, for the two to be compared word by word."""
_UNLIKE = 60
"""Token set ratio of 100 under which titles have next to nothing in common."""

_OPPOSED = (
    ("hyper", "hypo"), ("inter", "intra"), ("pre", "pro"), ("pre", "per"), ("pre", "post"),
    ("endo", "ecto"), ("endo", "exo"), ("ab", "ad"), ("macro", "micro"), ("mitos", "meios"),
)  # fmt: skip
"""Prefixes a slip or two apart that make another word."""
_ENDINGS = frozenset(("ate", "ite", "ide", "ane", "ene", "yne", "ine", "one", "ole", "ase", "ose"))
"""Chemical endings: nitrate is no slip for nitrite."""

_APART = frozenset(
    "protocol manual appendix supplement supplementary part volume reply response comment "
    "rejoinder commentary erratum corrigendum correction addendum edition revised rationale "
    "design update abstract poster thesis dissertation follow followup sequel continued "
    "revisited".split()
)
"""A subtitle with one of these words makes another publication of it."""

_GENERIC = frozenset(
    (
        "editorial|guest editorial|introduction|preface|foreword|front matter|back matter|contents|"
        "table of contents|index|author index|subject index|book review|book reviews|reviews|"
        "letter|letters|letter to the editor|letters to the editor|reply|response|comment|"
        "commentary|correction|corrections|erratum|errata|corrigendum|corrigenda|retraction|"
        "retraction notice|conclusion|conclusions|discussion|abstract|abstracts|in this issue|news|"
        "news and views|obituary|acknowledgements|acknowledgments|list of reviewers|program|"
        "programme|proceedings|poster abstracts|conference abstracts|editors note|from the editor|"
        "from the editors|editorial board|masthead|cover|title page|notes|notes and news|"
        "special issue|preface to the special issue|introduction to the special issue|overview|"
        "summary|case report|a case report|annual report|authors reply|author reply|in reply|"
        "in memoriam|untitled|no title|appendix|references|bibliography|glossary|announcement|"
        "announcements|call for papers|expression of concern|highlights|research highlights|"
        "image of the month|vorwort|einleitung|editorial introduction|introductory remarks|"
        "epilogue|prologue|afterword|postscript|the authors reply|welcome"
    ).split("|")
)
_SERIES = re.compile(
    r"\b(?:annual|yearly|biennial|quarterly|monthly|weekly)\b|\bstatistics$|^statistics of\b"
    r"|^(?:proceedings|highlights|report|findings) of\b|^state of the\b|^the state of the\b"
    r"|\b(?:year in review|yearbook|shared task)\b"
)


class Title(NamedTuple):
    """A title in the forms in which it is compared."""

    text: str
    """Its words, lower-case, plain letters, one space between them."""
    tokens: tuple[str, ...]
    joined: str
    """Its words without spaces: hyphens and blanks divide services, not works."""
    telling: frozenset[str]
    """Its words but for light ones."""
    main: str
    """The words before the subtitle, without spaces."""
    aside: frozenset[str]
    """The words of the subtitle."""
    numbers: tuple[str, ...]
    """All numbers, sorted: digits, ordinals, Roman numerals, letters of parts."""
    parts: tuple[str, ...]
    """Numbers of parts or volumes among them."""
    role: str | None
    """What the title calls itself in regard to another publication, such as `correction`."""
    cut: bool
    """Whether it ends in an ellipsis."""
    latin: bool

    @property
    def generic(self) -> bool:
        """Whether it names no work, such as `Editorial`."""
        return not self.joined or self.text in _NAMING_NOTHING

    @property
    def serial(self) -> bool:
        """Whether such a title returns every year."""
        return bool(_SERIES.search(self.text))

    @property
    def words(self) -> int:
        """How many words tell it from others; of scripts without spaces, letters by threes."""
        telling = sum(token not in _LIGHT for token in self.tokens)
        return telling if self.latin else max(telling, len(self.joined) // 3)


@lru_cache(maxsize=65_536)
def title_of(text: str) -> Title:
    """The title in the forms in which it is compared."""
    shown = _shown(text)
    cut = bool(_CUT.search(shown))
    heads = _SUBTITLE.split(shown, maxsplit=1)
    tokens, main = _tokens(shown), _tokens(heads[0])
    words = " ".join(tokens)
    return Title(
        text=words,
        tokens=tokens,
        joined="".join(tokens),
        telling=frozenset(tokens) - _LIGHT,
        main="".join(main) if len(heads) > 1 else "".join(tokens),
        aside=frozenset(tokens[len(main) :]),
        numbers=tuple(sorted(_numbers(tokens))),
        parts=_parts(shown, words),
        role=_role(shown),
        cut=cut,
        latin=all(character < "\u0250" for character in words),
    )


def likeness(one: Title, other: Title) -> Likeness | None:
    """How two titles name one work, or `None` when by their titles they are two."""
    if one.joined == other.joined:
        return "exact"
    if one.cut != other.cut and _continues(one, other):
        return "exact"
    if one.numbers == other.numbers and len(one.telling ^ other.telling) <= _MOST_SLIPS:
        if one.telling == other.telling and sorted(one.tokens) == sorted(other.tokens):
            return "exact"
        if _slips_apart(one, other):
            return "near"
    return "subtitle" if _subtitle_lacks(one, other) or _subtitle_lacks(other, one) else None


def unlike(one: Title, other: Title) -> bool:
    """Whether two titles in one script have next to no word in common."""
    if one.latin != other.latin:
        return False
    return fuzz.token_set_ratio(" ".join(one.telling), " ".join(other.telling)) < _UNLIKE


def _shown(text: str) -> str:
    """Without markup, a publisher's note of withdrawal, and brackets around all of it."""
    if _MARKED.search(text):
        text = accents(plain(text))
    shown = _RENAMED.sub("", text).strip()
    if shown.startswith("[") and shown.rstrip(".").endswith("]"):
        shown = shown.rstrip(".")[1:-1]
    return _FOOTNOTE.sub("", shown)


def _tokens(shown: str) -> tuple[str, ...]:
    text = _CONTEXT.sub(_counted, shown)
    text = _ROMAN.sub(lambda found: _ROMANS.get(found[0], found[0]), text)
    text = _THOUSANDS.sub("", _RAISED.sub(" ", text))
    text = _COMMAND.sub(_command, text).replace("^", " ").replace("_", " ")
    return tuple(_spelled(word) for word in _WORD.findall(_folded(text)))


def _role(shown: str) -> str | None:
    lowered = shown.lower()
    if not any(stem in lowered for stem in _ROLE_STEMS):
        return None
    found = _ROLE.search(shown)
    return found.lastgroup if found else None


def _parts(shown: str, words: str) -> tuple[str, ...]:
    named = {after or before for after, before in _PART.findall(words)}
    roman = {_ROMANS[numeral] for numeral in _ROMAN.findall(shown) if numeral in _ROMANS}
    return tuple(sorted(named | roman))


def _counted(found: re.Match[str]) -> str:
    """Roman numerals and letters after a word such as `part`, as they are counted."""
    mark = found[1].upper() if found[1].isupper() else found[1]
    value = _ROMANS.get(mark, f"0{mark.lower()}" if mark.isupper() and len(mark) == 1 else mark)
    return found[0][: found.start(1) - found.start()] + value


def _command(found: re.Match[str]) -> str:
    name = found[1].lower().removeprefix("var")
    return f" {found[1]} " if name in _GREEK else " "


def _folded(text: str) -> str:
    """Lower-case without accents; Greek letters in Latin text as words."""
    if text.isascii():
        return re.sub(r"'", "", text.lower()).replace("&", " and ")
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'’ʼ`´")
    greek = sum("\u0370" <= c <= "\u03ff" for c in bare)
    return bare if greek > 0.3 * len(bare) else "".join(map(_greek_named, bare))


def _greek_named(character: str) -> str:
    if not "\u03b1" <= character <= "\u03c9":
        return character
    name = unicodedata.name(character).rpartition(" ")[2].lower().replace("lamda", "lambda")
    return f" {name} "


def _spelled(word: str) -> str:
    """One spelling: `centre` as `center`, `foerster` as `forster`, `second` and `2nd` as `2`."""
    if word in _SPELLED:
        return _SPELLED[word]
    if match := _ORDINAL.match(word):
        return match[1]
    if len(word) > 4:
        word = _RE.sub("er", word)
        word = "e" + word[2:] if word.startswith("oe") else word
    return _UMLAUT.sub("", word) if len(word) > 3 else word


def _numbers(tokens: tuple[str, ...]) -> list[str]:
    return [number for token in tokens for number in _DIGITS.findall(token)] + [
        token for token in tokens if len(token) == 2 and token[0] == "0" and token[1].isalpha()
    ]


def _continues(one: Title, other: Title) -> bool:
    cut, whole = (one, other) if one.cut else (other, one)
    return len(cut.joined) >= 30 and whole.joined.startswith(cut.joined)


def _slips_apart(one: Title, other: Title) -> bool:
    """Whether what one title has and the other lacks are light words and slips of spelling."""
    left, right = _without(one.tokens, other.tokens), _without(other.tokens, one.tokens)
    if "".join(left) == "".join(right):
        return True
    if len(left) == len(right):
        return all(map(_slip, left, right))
    return _slip("".join(left), "".join(right))


def _without(tokens: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    """The words that the other title does not have, or not as often, but for light ones."""
    spare = Counter(others)
    left = []
    for token in tokens:
        if spare[token]:
            spare[token] -= 1
        elif token not in _LIGHT:
            left.append(token)
    return left


def _slip(one: str, other: str) -> bool:
    """Whether two words are one, mistyped; not two that differ in a telling prefix or ending."""
    if min(len(one), len(other)) < 5 or one[0] != other[0] or not (one + other).isalpha():
        return False
    if one.upper() == one.lower() or Levenshtein.distance(one, other) > 2:
        return False
    for this, that in (*_OPPOSED, *(pair[::-1] for pair in _OPPOSED)):
        if one.startswith(this) and other.startswith(that):
            return False
    if {one[-3:], other[-3:]} <= _ENDINGS and one[:-3] == other[:-3]:
        return False
    return Levenshtein.normalized_similarity(one, other) >= 0.8


def _subtitle_lacks(short: Title, long: Title) -> bool:
    return (
        short.joined == long.main
        and short.joined != long.joined
        and not short.aside
        and not long.aside & _ANOTHER
        and not any(_DIGITS.fullmatch(token) and len(token) < 4 for token in long.aside)
    )


_NAMING_NOTHING = frozenset(" ".join(_tokens(title)) for title in _GENERIC)
_ANOTHER = frozenset(map(_spelled, _APART))
