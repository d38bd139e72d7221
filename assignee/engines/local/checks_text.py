"""How the checks read a dossier: its sentences, citations, figures and the question's terms."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from assignee.reading.report_claims import sentences
from assignee.reading.words import STOPWORDS, WORD, stem
from assignee.records import Dossier, DossierClaim, DossierEvidence, DossierSection

_MARK = re.compile(r"\[([^\[\]\n]{1,200})\]")
_KEY = re.compile(r"\^?([A-Za-z]{0,2}[0-9a-f]*\d[0-9a-f]*)", re.ASCII)
_RANGE = re.compile(r"(\d{1,4})\s*[-–]\s*(\d{1,4})")
_AUTHOR_YEAR = re.compile(
    r"\([^()]*\b[A-Z][\w’'-]+[^()]*,?\s(?:19|20)\d\d[a-z]?\)"
    r"|\b[A-Z][\w’'-]+(?: et al\.?| and [A-Z][\w’'-]+) \((?:19|20)\d\d[a-z]?\)"
)
_LEADING_MARKS = re.compile(r"(?:\s*\[[^\[\]\n]{1,200}\])+\.?")
_ASIDE = re.compile(r"\s*\([^()]*\[[^\[\]\n]+\][^()]*\)")
_FIGURE = re.compile(r"(?<![\w.@^])(?<!\w-)[-−+]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-−+]?\d+)?")
_NO_FIGURE = re.compile(
    r"\((?:19|20)\d\d[a-z]?\)|\b(?:fig(?:ures?|s?\.)|tables?|sections?|eqs?\.|equations?)\s*\d+|"
    r"\b\d+\s+(?:of\s+(?:the\s+)?\d+\s+)?(?:claims?|papers?|works?|notes?|"
    r"sources?|studies|references?|sub-?questions?|reviewers?)\b",
    re.IGNORECASE,
)
_BOOKKEEPING = re.compile(
    r"\[score withheld\]|\b(?:\d+|no|none|all)\b[^.;]*\b(?:papers?|claims?|references?|sources?|"
    r"documents?)\b[^.;]*\b(?:retrieved|extracted|verified|found|identified|read|screened|listed|"
    r"checked|merged|dropped|judged)\b|\b(?:extracted|verified|retrieved)\b[^.;]*\b\d+ claims\b|"
    r"\brests? on (?:\d+|no) claims?\b|\b\d+ (?:is|are|was|were) (?:verified|mixed|contradicted|"
    r"uncorroborated|unattributed|not checked)\b|\bsentences? (?:of the writer )?[^.;]*left out\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    """across different versus vs various several relationship hold holds constant technique
    techniques such way ways effect effects role impact extent use using used certain many much
    affect affects influence influences depend depends relate relates related measured e.g eg
    i.e ie""".split()
)
"""Words with which questions are built; they name no subject."""


class Sentence(NamedTuple):
    """One sentence of one section, with the citation marks that follow it."""

    section: str
    text: str


class Figure(NamedTuple):
    """One number as it is written, and its value."""

    text: str
    value: float


class Term(NamedTuple):
    """One content word of the question; `named` for acronyms and words with digits."""

    word: str
    stem: str
    parts: frozenset[str]
    """Of a hyphenated word; all must occur where the word as one does not."""
    named: bool


def prose(text: str) -> Iterator[str]:
    """The sentences of a section's text; table rows are left out, marks stay with theirs."""
    for line in text.splitlines():
        stripped = re.sub(r"^\s*(?:[-*•]\s+|\d+[.)]\s+|>\s*)", "", line).strip()
        if stripped and not stripped.startswith("|") and "\t" not in stripped:
            yield from sentences(stripped, marks=_LEADING_MARKS)


def citations(text: str) -> list[str]:
    """The keys cited in square brackets, in order: `[3, 5]`, `[2–4]`, `[C1]`, `[c0a1…]`."""
    keys: list[str] = []
    for match in _MARK.finditer(text):
        parts = [part.strip() for part in re.split(r"[,;]", match.group(1))]
        if all(_KEY.fullmatch(part) or _RANGE.fullmatch(part) for part in parts):
            for part in parts:
                keys += _expanded(part)
    return keys


def _expanded(part: str) -> list[str]:
    span = _RANGE.fullmatch(part)
    if not span:
        return [part.lstrip("^")]
    first, last = int(span.group(1)), int(span.group(2))
    return [str(key) for key in range(first, min(last, first + 200) + 1)]


def cites(text: str) -> bool:
    """Whether the text cites anything, by key or by author and year."""
    return bool(citations(text)) or bool(_AUTHOR_YEAR.search(text))


def without_marks(text: str) -> str:
    """The text without its citation marks."""
    return _MARK.sub(lambda m: "" if citations(m.group()) else m.group(), text)


def stated(text: str) -> str:
    """The text without its citation marks and without the brackets that name references."""
    return without_marks(_ASIDE.sub(lambda m: "" if cites(m.group()) else m.group(), text))


def is_bookkeeping(sentence: str) -> bool:
    """Whether the sentence counts papers and claims and states nothing about the subject."""
    return bool(_BOOKKEEPING.search(sentence)) and not cites(sentence)


def _named(section: DossierSection, *words: str) -> bool:
    name = section.name.casefold()
    return any(word in name for word in words)


def answer_sentences(dossier: Dossier) -> list[Sentence]:
    """The sentences that answer: of the answer or conclusion if there is one, else the results.

    Sentences that only count papers and claims, and fragments under four words, are no answer.
    """
    for names in (
        ("answer",),
        ("result", "finding"),
        ("conclusion", "discussion", "synthesis"),
        ("summary",),
    ):
        sections = [
            s for s in dossier.sections if _named(s, *names) and not _named(s, "contradict")
        ]
        found = [
            Sentence(section.name, text)
            for section in sections
            for text in prose(section.text)
            if len(text.split()) >= 4 and not is_bookkeeping(text)
        ]
        if found:
            return found
    return []


def abstract_sentences(dossier: Dossier) -> list[Sentence]:
    """The sentences of the abstract that are not mere counts."""
    section = dossier.section("abstract")
    if section is None:
        return []
    return [Sentence(section.name, t) for t in prose(section.text) if not is_bookkeeping(t)]


@lru_cache(maxsize=4096)
def figures(text: str) -> tuple[Figure, ...]:
    """The numbers of a text that state something.

    Left out are citation marks, years in brackets, counts of papers and claims, and digits in
    names such as GPT-4 or T5-3B.
    """
    found: list[Figure] = []
    for match in _FIGURE.finditer(_NO_FIGURE.sub(" ", without_marks(text))):
        plain = match.group().replace(",", "").replace("−", "-")
        found.append(Figure(match.group(), float(plain)))
    return tuple(found)


def stands_among(figure: Figure, values: list[float]) -> bool:
    """Whether the figure is one of the values, a rounding of one, or one as per cent or share."""
    decimals = len(figure.text.partition(".")[2]) if "e" not in figure.text.casefold() else 300
    wanted = abs(figure.value)
    for value in map(abs, values):
        rounded = [value, value * 100] if value <= 1 else [value]
        exact = [value, value / 100] if value <= 100 else [value]
        if any(round(v, decimals) == wanted for v in rounded):
            return True
        if any(abs(v - wanted) <= 1e-9 * max(v, wanted) for v in exact):
            return True
    return False


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """Stems of all words but function words; a hyphenated word gives its parts and its join."""
    found: set[str] = set()
    for match in WORD.finditer(text):
        word = match.group()
        if word.casefold() not in STOPWORDS:
            found |= _forms(word)
    return frozenset(found)


def _forms(word: str) -> set[str]:
    forms = {stem(word)}
    if "-" in word:
        forms |= {stem(part) for part in word.split("-") if len(part) > 2}
        forms.add(stem(word.replace("-", "")))
    return forms


@lru_cache(maxsize=64)
def question_terms(question: str) -> tuple[Term, ...]:
    """The content words of the question, each once, in order."""
    terms: dict[str, Term] = {}
    for match in WORD.finditer(question):
        word = match.group()
        lowered = word.casefold()
        if lowered in STOPWORDS or lowered in _GENERIC or lowered.isdigit() or len(word) < 2:
            continue
        named = sum(letter.isupper() for letter in word) > 1 or any(c.isdigit() for c in word)
        parts = frozenset(stem(part) for part in word.split("-")) if "-" in word else frozenset()
        terms.setdefault(stem(word), Term(word, stem(word.replace("-", "")), parts, named))
    return tuple(terms.values())


def shared_terms(text: str, question: str) -> list[Term]:
    """The question's terms that occur in the text, in any of their forms."""
    present = stems(text)
    return [term for term in question_terms(question) if _occurs(term, present)]


def _occurs(term: Term, present: frozenset[str]) -> bool:
    wanted = term.stem
    if wanted in present or (term.parts and term.parts <= present):
        return True
    # "correlation" in the question, "correlate" in the text: alike but for the ending
    return (
        not term.named
        and len(wanted) >= 5
        and any(p.startswith(wanted) or (len(p) >= 5 and wanted.startswith(p)) for p in present)
    )


def borne_out(claim: DossierClaim) -> bool:
    """Whether a claim is called verified and lists support from another reference than its own."""
    return claim.verified and any(
        piece.stance == "supports" and piece.reference != claim.reference
        for piece in claim.evidence
    )


def cited_claims(text: str, dossier: Dossier) -> list[DossierClaim]:
    """The claims that a text cites, by their own ids or else by their references' keys."""
    keys = set(citations(text))
    by_id = [claim for claim in dossier.claims if claim.id in keys]
    return by_id or [claim for claim in dossier.claims if claim.reference in keys]


def standing(dossier: Dossier, claim: DossierClaim) -> list[DossierEvidence]:
    """The claim's evidence without that of retracted works, which speaks for nothing."""
    withdrawn = {reference.key for reference in dossier.references if reference.retracted}
    return [piece for piece in claim.evidence if piece.reference not in withdrawn]


def claim_words(claim: DossierClaim) -> str:
    """The claim's text and every quote shown for it."""
    return "\n".join([claim.text, claim.quote or "", *(piece.quote for piece in claim.evidence)])


def tail(text: str, *, words: int = 10) -> str:
    """The last words of a text, as they stand in it."""
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    return text[starts[-words] if len(starts) > words else 0 :].strip()
