"""The user's criteria, one plain sentence each, as far as rules can decide them.

Rules read years, kinds of publication, languages and words in quotation marks; what is left of the
sentence is compared with title and abstract. What neither settles stays undecided, and nothing is
left out for it.

>>> ruled("Trials in English since 2015", Candidate(paper_of_2012))
Ruling(met=False, why='it is of 2012')
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assignee.reading.normal import normalise
from assignee.reading.words import NEGATIONS, STOPWORDS, content_stems, words
from assignee.records import Paper, PublicationStatus

MET, UNMET = 0.6, 0.0
"""Closeness from which a paper is about what a criterion names, and up to which it may not be.

Closeness sees what a paper is about ("language models") and hardly what it did ("human
participants": 0 for 95 in 100 abstracts that have patients in them). So 0 counts only where
another paper of the pool shows that closeness sees this criterion, and no word is shared. Of 300
abstracts of SciFact and eleven criteria, so 3 pairs are met and 355 unmet, all of them as the words
of the abstracts say, and the other 2,942 stay open.
"""


class Candidate(NamedTuple):
    """A paper that may be read closely."""

    paper: Paper
    abstract: str | None = None
    withdrawn: bool = False


class Ruling(NamedTuple):
    """Whether a paper meets a criterion; `None`: no rule can tell."""

    met: bool | None
    why: str = ""
    """What decided, as a clause about the paper."""


OPEN = Ruling(None)
Rule = Callable[[Candidate], Ruling]
Reader = Callable[[re.Match[str]], Rule]


class Check(NamedTuple):
    """One checkable part of a criterion."""

    of: Rule
    negated: bool
    start: int
    end: int
    """Where it stands in the sentence, with its negation."""

    def ruled(self, candidate: Candidate) -> Ruling:
        """What it says of a paper."""
        met, why = self.of(candidate)
        return Ruling(met if met is None else met != self.negated, why)


class Criterion(NamedTuple):
    """A sentence taken apart."""

    checks: tuple[Check, ...]
    """All of them must hold."""
    rest: str
    """What no rule reads, without words that say nothing; empty when all was read."""
    comparable: bool
    """Whether the rest can be compared: it can not where something is denied."""


_LANGUAGES = {
    "arabic": "ar", "chinese": "zh", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en",
    "finnish": "fi", "french": "fr", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi",
    "hungarian": "hu", "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko",
    "norwegian": "no", "persian": "fa", "polish": "pl", "portuguese": "pt", "romanian": "ro",
    "russian": "ru", "spanish": "es", "swedish": "sv", "turkish": "tr", "ukrainian": "uk",
    "vietnamese": "vi",
}  # fmt: skip
_STATUSES: dict[str, frozenset[PublicationStatus]] = {
    "journal": frozenset({"journal"}),
    "conference": frozenset({"conference"}),
    "proceedings": frozenset({"conference"}),
    "pre": frozenset({"preprint"}),
    "peer": frozenset({"journal", "conference"}),
}
"""First word of a kind of publication to what metadata call it."""

_AND = r"\s*(?:,\s*(?:and\s+|or\s+)?|/|\b(?:and|or|nor)\b)\s*"
_YEAR = r"(?:19|20)\d\d"
_SPAN_OF_YEARS = re.compile(
    rf"(?:\b(?:between|from)\s+)?\b(?P<first>{_YEAR})\s*(?:-|to|and|until|through)\s*(?P<last>{_YEAR})\b"
)
_FROM_YEAR = re.compile(
    rf"\b(?P<word>since|from|after|(?:newer|later) than)\s+(?P<year>{_YEAR})\b"
    r"(?:\s+(?:on|onwards?)\b)?"
    rf"|\b(?P<open>{_YEAR})\s+(?:(?:or|and)\s+(?:later|newer|after|since)|onwards?)\b"
)
_TO_YEAR = re.compile(
    rf"\b(?P<word>before|until|till|up to|through|by|(?:older|earlier) than)\s+(?P<year>{_YEAR})\b"
    rf"|\b(?P<open>{_YEAR})\s+(?:or|and)\s+(?:earlier|older|before)\b"
)
_IN_YEAR = re.compile(rf"\bpublished\s+(?:in\s+)?(?P<year>{_YEAR})\b")
_KIND = r"(?:\s+(?:articles?|papers?|publications?))?"
_STATUS = rf"(?:(?:journals?|conferences?|peer[- ]review(?:ed)?){_KIND}|proceedings|pre-?prints?)"
_STATUS_LIST = re.compile(rf"\b{_STATUS}(?:{_AND}{_STATUS})*\b")
_NAMED = rf"(?:{'|'.join(_LANGUAGES)})"
_LANGUAGE_LIST = re.compile(
    rf"\b(?:(?:written|published|available)\s+)?in\s+(?:the\s+)?{_NAMED}(?:{_AND}{_NAMED})*\b"
    r"(?:\s+(?:languages?|only)\b)*"
    r"(?=\s*(?:$|[.,;)]|\b(?:since|from|after|before|until|between|published|and|or)\b))"
    rf"|\b{_NAMED}(?:{_AND}{_NAMED})*[-\s]language\b"
)
"""Not before a noun: "in Chinese hospitals" says nothing of the paper's language."""
_QUOTED = r"(?:\"[^\"]+\"|(?<!\w)'[^']+'(?!\w))"
_QUOTED_LIST = re.compile(rf"{_QUOTED}(?:{_AND}{_QUOTED})*")
_WORDS_BEFORE = 4
"""How far before a checkable part its negation may stand."""
_DENIES = NEGATIONS | {"except", "excluding", "other", "non", "nor"}
_CLAUSE_ENDS = re.compile(r"[,;:.()]|\b(?:and|but|or)\b")
_ALTERNATIVE = re.compile(r"\b(?:or|either|unless|if|except)\b")
_PLACE = re.compile(r"\btitles?\s*(?:and/or|and|or|,|/)\s*abstracts?\b")
_EDGES = STOPWORDS | frozenset(
    """
        paper papers study studies article articles publication publications published appeared
        appearing dated written available only must should need needs include includes included
        including exclude excludes excluded excluding contain contains containing mention mentions
        mentioning about concern concerns concerning deal deals dealing discuss discusses
        """.split()
)
"""Words that say nothing at the ends of a criterion."""
_FILLERS = _EDGES | frozenset(
    """
        work works record records report reports word words phrase phrases term terms title titles
        abstract abstracts text language languages year years research literature
        """.split()
)
"""Words that say nothing where nothing else is left; "text classification" is another matter."""


def ruled(
    sentence: str, candidate: Candidate, *, closeness: float | None = None, seen: bool = False
) -> Ruling:
    """Whether the paper meets the criterion.

    Args:
        sentence: the criterion.
        candidate: the paper.
        closeness: of title and abstract to `to_compare(sentence)`, 0 to 1; `None` when they were
            not compared.
        seen: whether another paper of the pool comes close to it.
    """
    parts = parsed(sentence)
    rulings = [check.ruled(candidate) for check in parts.checks]
    if parts.rest:
        told = closeness if parts.comparable and candidate.abstract else None
        rulings.append(OPEN if told is None else _compared(parts.rest, candidate, told, seen))
    if failed := next((one for one in rulings if one.met is False), None):
        return failed
    if not rulings or any(one.met is None for one in rulings):
        return OPEN
    return Ruling(True, ", ".join(dict.fromkeys(one.why for one in rulings)))


def to_compare(sentence: str) -> str | None:
    """What title and abstract are compared with; `None` where that would tell nothing."""
    parts = parsed(sentence)
    return parts.rest if parts.rest and parts.comparable else None


@lru_cache(maxsize=256)
def parsed(sentence: str) -> Criterion:
    """The criterion taken apart."""
    text = " ".join(normalise(sentence, casefold=True).text.split())
    checks = tuple(sorted(_checks(text), key=lambda check: check.start))
    left = _PLACE.sub("title", _without(text, checks))
    if checks and _ALTERNATIVE.search(left):
        # "Preprints, or whatever was cited often": no part decides alone.
        return Criterion((), text, comparable=False)
    rest = _trimmed(left)
    return Criterion(checks, rest, comparable=_DENIES.isdisjoint(words(rest)))


def _compared(rest: str, candidate: Candidate, closeness: float, seen: bool) -> Ruling:
    why = f"title and abstract come {closeness:.2f} close to “{rest}”"
    if closeness >= MET:
        return Ruling(True, why)
    text = f"{candidate.paper.title}\n{candidate.abstract}"
    if closeness <= UNMET and seen and content_stems(rest).isdisjoint(content_stems(text)):
        return Ruling(False, why)
    return OPEN


def _checks(text: str) -> Iterator[Check]:
    """The checkable parts; what stands in quotation marks is nothing else."""
    taken: list[tuple[int, int]] = []
    readers: tuple[tuple[re.Pattern[str], Reader], ...] = (
        (_QUOTED_LIST, _wording),
        (_SPAN_OF_YEARS, lambda m: _years(int(m["first"]), int(m["last"]))),
        (_FROM_YEAR, lambda m: _years(_first_year(m), 9999)),
        (_TO_YEAR, lambda m: _years(0, _last_year(m))),
        (_IN_YEAR, lambda m: _years(int(m["year"]), int(m["year"]))),
        (_STATUS_LIST, _statuses),
        (_LANGUAGE_LIST, _languages),
    )
    for pattern, make in readers:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            denied = _denial_before(text, match.start())
            start = match.start() if denied is None else denied
            yield Check(make(match), denied is not None, start, match.end())


def _denial_before(text: str, place: int) -> int | None:
    """Where the negation stands that the part beginning at `place` is under."""
    begin = max((match.end() for match in _CLAUSE_ENDS.finditer(text, 0, place)), default=0)
    near = list(re.finditer(r"[\w']+", text[begin:place]))[-_WORDS_BEFORE:]
    return next((begin + word.start() for word in near if word.group() in _DENIES), None)


def _first_year(match: re.Match[str]) -> int:
    if match["open"]:
        return int(match["open"])
    return int(match["year"]) + (match["word"] not in ("since", "from"))


def _last_year(match: re.Match[str]) -> int:
    if match["open"]:
        return int(match["open"])
    return int(match["year"]) - (match["word"] == "before" or match["word"].endswith("than"))


def _years(first: int, last: int) -> Rule:
    def check(candidate: Candidate) -> Ruling:
        year = candidate.paper.year
        return OPEN if year is None else Ruling(first <= year <= last, f"it is of {year}")

    return check


def _statuses(match: re.Match[str]) -> Rule:
    named = re.findall(r"journal|conference|proceedings|pre(?=-?print)|peer", match.group())
    wanted = frozenset[PublicationStatus]().union(*(_STATUSES[word] for word in named))

    def check(candidate: Candidate) -> Ruling:
        status = candidate.paper.publication_status
        if status == "unknown":
            return OPEN
        return Ruling(status in wanted, f"its publication status is {status}")

    return check


def _languages(match: re.Match[str]) -> Rule:
    wanted = {_LANGUAGES[name] for name in re.findall(_NAMED, match.group())}
    names = {code: name.capitalize() for name, code in _LANGUAGES.items()}

    def check(candidate: Candidate) -> Ruling:
        code = candidate.paper.language
        if code is None:
            return OPEN
        return Ruling(code in wanted, f"its language is {names.get(code, code)}")

    return check


def _wording(match: re.Match[str]) -> Rule:
    """Words in quotation marks: all of them, or one of them where the sentence says `or`."""
    terms = [quoted[1:-1].strip() for quoted in re.findall(_QUOTED, match.group())]
    one_is_enough = bool(re.search(r"\b(?:or|nor)\b", re.sub(_QUOTED, "", match.group())))

    def check(candidate: Candidate) -> Ruling:
        text = f"{candidate.paper.title}\n{candidate.abstract or ''}"
        text = normalise(text, casefold=True).text
        found = [term for term in terms if _pattern(term).search(text)]
        missing = [term for term in terms if term not in found]
        if found and (one_is_enough or not missing):
            return Ruling(True, f"its title or abstract has {_quoted(found)}")
        if candidate.abstract is None:
            return OPEN
        return Ruling(False, f"its title and abstract do not have {_quoted(missing)}")

    return check


@lru_cache(maxsize=256)
def _pattern(term: str) -> re.Pattern[str]:
    """The whole words of a term; a star stands for any ending."""
    plain = re.escape(term).replace(r"\*", r"\w*")
    # Scripts without spaces have no ends of words.
    left = r"\b" if term[:1].isascii() and term[:1].isalnum() else ""
    right = r"\b" if term[-1:].isascii() and term[-1:].isalnum() else ""
    return re.compile(f"{left}{plain}{right}")


def _quoted(terms: Sequence[str]) -> str:
    return ", ".join(f"“{term}”" for term in terms)


def _without(text: str, checks: Sequence[Check]) -> str:
    """The sentence without its checkable parts."""
    kept, place = [], 0
    for check in checks:
        kept.append(text[place : check.start])
        place = max(place, check.end)
    return " ".join([*kept, text[place:]])


def _trimmed(text: str) -> str:
    """The text without words at its ends that say nothing; empty when all of it says nothing."""
    found = list(re.finditer(r"\w[\w'-]*", text))
    if all(match.group() in _FILLERS for match in found):
        return ""
    telling = [match for match in found if match.group() not in _EDGES]
    return text[telling[0].start() : telling[-1].end()]
