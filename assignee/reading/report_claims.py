"""The claims of a report: from its table, else from its lists, else from its results' prose."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from assignee.reading.report_markup import cells, unmarked
from assignee.reading.sentences import sentence_spans
from assignee.records import DossierClaim, DossierEvidence

Column = Literal[
    "id", "claim", "verdict", "source check", "elsewhere", "confidence", "ref", "quote"
]

_COLUMNS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    ("id", re.compile(r"(?:no\.?|#|id|nr\.?|number)")),
    ("source check", re.compile(r"in its source|attribution|attributed")),
    ("elsewhere", re.compile(r"elsewhere|corroborat\w*")),
    ("verdict", re.compile(r"verdict|verified\??|status|label|support(?:ed)?\??|checked\??")),
    ("confidence", re.compile(r"confidence|probability|score")),
    ("quote", re.compile(r"quote|quotation|evidence|excerpt|source text")),
    ("claim", re.compile(r"(?:extracted )?claims?|statements?|findings?")),
    ("ref", re.compile(r"(?:source|reference|paper|citation|ref\.?)s?")),
)
_TRUE = frozenset(("✓", "✔", "✔️", "✅", "☑", "yes", "true", "y", "1", "confirmed", "supported"))
CITATION_MARKS = re.compile(r"(?:\s*\[[^\[\]\n]{1,80}\])+")
"""Marks such as [3] or [C1, C2] at the beginning of a text."""
_MARK = re.compile(r"\[\^?([\w.-]{1,20}(?:\s*[,;–-]\s*[\w.-]{1,20})*)\]")
_CLAIM_HEADING = re.compile(r"(?P<id>[A-Z]{0,2}\d{1,4})[.:)]\s+\S")
_RULE_ROW = re.compile(r"[\s|:=-]+")
_ITEM = re.compile(r"^\s*(?:[-*+•]\s+|\(?\d{1,3}[.)]\s+)(?P<text>\S.*)$")
_COUNTING = re.compile(
    r"\b\d+\b[^.;]*\b(?:papers?|claims?|references?|sources?|documents?|sentences?)\b|"
    r"\b(?:score|rating)\b[^.]*\d",
    re.IGNORECASE,
)
_STANCES: dict[str, Literal["supports", "contradicts", "neutral"]] = {
    "for": "supports",
    "supporting": "supports",
    "its own source": "supports",
    "against": "contradicts",
    "contradicting": "contradicts",
}
MOST_SENTENCES = 400
"""Sentences of prose that are taken for claims; a longer text has its claims in a table."""


class Part(NamedTuple):
    """A heading and the lines under it, up to the next heading of any level."""

    level: int
    name: str
    lines: list[str]


def claims_of(parts: Sequence[Part], results: Sequence[Part]) -> tuple[DossierClaim, ...]:
    """Rows of tables with a claim column, else items under a claims heading, else prose.

    `results` are the parts whose prose states findings. Only mere counts are passed over.
    """
    tabled = [claim for part in parts for claim in _tabled(part.lines)]
    if tabled:
        shown = _shown_evidence(parts)
        return tuple(_with_evidence(claim, shown) for claim in _numbered(tabled))
    listed = [
        _stated(match["text"])
        for part in parts
        if re.search(r"\bclaims?\b", part.name, re.IGNORECASE)
        for line in part.lines
        if (match := _ITEM.match(line))
    ]
    return tuple(_numbered(listed or list(_prose(results))[:MOST_SENTENCES]))


def _numbered(claims: Sequence[DossierClaim]) -> list[DossierClaim]:
    """The claims with ids of their own: those of the report, else c1, c2, …."""
    ids = [claim.id for claim in claims]
    if all(ids) and len(set(ids)) == len(ids):
        return list(claims)
    return [claim.model_copy(update={"id": f"c{n}"}) for n, claim in enumerate(claims, 1)]


def is_row(line: str) -> bool:
    """Whether a line is a row of a table, by tabs or by pipes."""
    return "\t" in line.strip() or line.lstrip().startswith("|")


def _tabled(lines: Sequence[str]) -> Iterator[DossierClaim]:
    columns: list[Column | None] | None = None
    for line in lines:
        if not is_row(line):
            columns = None if line.strip() else columns
        elif columns is None:
            columns = _columns(cells(line))
        elif not _RULE_ROW.fullmatch(line):
            claim = _row(columns, cells(line))
            if claim:
                yield claim


def _columns(head: Sequence[str]) -> list[Column | None]:
    """What each column holds, each meaning once; empty when there is no claim among them."""
    found: list[Column | None] = []
    for cell in head:
        name = cell.casefold().strip(" :*")
        meaning = next(
            (c for c, known in _COLUMNS if known.fullmatch(name) and c not in found), None
        )
        found.append(meaning)
    return found if "claim" in found else []


def _row(columns: Sequence[Column | None], row: Sequence[str]) -> DossierClaim | None:
    found = {column: cell for column, cell in zip(columns, row, strict=False) if column and cell}
    if len(re.findall(r"[^\W\d_]{2,}", found.get("claim", ""))) < 2:
        return None
    sources, elsewhere = found.get("source check"), found.get("elsewhere")
    verdict = found.get("verdict")
    verified = is_true(verdict or "")
    if sources and elsewhere:
        both = f"in its source: {sources}; elsewhere: {elsewhere}"
        verified = verified if verdict else is_true(sources) and is_true(elsewhere)
        verdict = f"{verdict} ({both})" if verdict else both
    quote = found.get("quote", "").strip(' “”"')
    return DossierClaim(
        id=found.get("id", "").strip(" .#"),
        text=found["claim"],
        verdict=verdict,
        verified=verified,
        confidence=confidence_of(found.get("confidence", "")),
        reference=_first_key(found.get("ref", "")) or _first_key(found["claim"]),
        quote=quote or None,
    )


def is_true(mark: str) -> bool:
    """Whether a verdict's word or mark says verified."""
    word = mark.strip().casefold()
    return word in _TRUE or word.startswith("verified")


def confidence_of(cell: str) -> float | None:
    """A share from `0.16`, `.16` or `16 %`; `None` from anything else."""
    match = re.fullmatch(r"\s*(\d*\.?\d+)\s*(%?)\s*", cell)
    return float(match[1]) / (100 if match[2] else 1) if match else None


def _first_key(text: str) -> str | None:
    match = _MARK.search(text)
    if match:
        return re.split(r"\s*[,;–-]\s*", match[1])[0]
    bare = text.strip()
    return bare if re.fullmatch(r"\d{1,4}", bare) else None


def _stated(text: str) -> DossierClaim:
    shown = unmarked(text)
    return DossierClaim(id="", text=_MARK.sub("", shown).strip(), reference=_first_key(shown))


def _prose(results: Sequence[Part]) -> Iterator[DossierClaim]:
    for part in results:
        for text in paragraphs(part.lines):
            for sentence in sentences(text):
                counted = _COUNTING.search(sentence) and not _MARK.search(sentence)
                if len(sentence.split()) >= 4 and not counted:
                    yield DossierClaim(id="", text=sentence, reference=_first_key(sentence))


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Runs of prose lines joined, list items apart; tables and quotations are left out."""
    held: list[str] = []
    for line in [*lines, ""]:
        item = _ITEM.match(line)
        apart = not line.strip() or is_row(line) or line.lstrip().startswith(">")
        if (apart or item) and held:
            yield unmarked(" ".join(held))
            held = []
        if not apart:
            held.append(item["text"] if item else line.strip())


def sentences(text: str, *, marks: re.Pattern[str] = CITATION_MARKS) -> Iterator[str]:
    """The sentences of one paragraph; what matches `marks` stays with the sentence before it."""
    held = ""
    for start, end in sentence_spans(text):
        piece = text[start:end]
        leading = marks.match(piece)
        if held and leading:
            held, piece = f"{held} {leading.group().strip()}", piece[leading.end() :].strip()
        if piece:
            if held:
                yield held
            held = piece
    if held:
        yield held


def _shown_evidence(parts: Sequence[Part]) -> dict[str, tuple[str | None, list[DossierEvidence]]]:
    """By claim id: the quote under the claim's own heading, and the evidence shown below it."""
    shown: dict[str, tuple[str | None, list[DossierEvidence]]] = {}
    for part in parts:
        heading = _CLAIM_HEADING.match(part.name)
        if heading:
            shown[heading["id"]] = _excerpts(part.lines)
    return shown


def _excerpts(lines: Sequence[str]) -> tuple[str | None, list[DossierEvidence]]:
    quote: str | None = None
    words: str | None = None
    group: Literal["supports", "contradicts", "neutral"] | None = None
    evidence: list[DossierEvidence] = []
    for line in lines:
        text = unmarked(line.lstrip().removeprefix(">"))
        if not line.lstrip().startswith(">"):
            group = _STANCES.get(text.strip(" :").casefold(), group)
        elif text and not text.startswith("—"):
            words = _quoted(text)
            quote = quote or (words if group is None else None)
        elif words and group and (key := _first_key(text)):
            said = re.search(r"\b(supports|contradicts|neutral)\b", text)
            evidence.append(
                DossierEvidence.model_validate(
                    {"reference": key, "quote": words, "stance": said[1] if said else group}
                )
            )
            words = None
    return quote, evidence


def _quoted(text: str) -> str:
    """The words between quotation marks, or all of a quotation that has none."""
    whole = re.fullmatch(r"[“\"](.+)[”\"]", text)
    part = re.search(r"“([^”]+)”", text)
    return whole[1] if whole else part[1] if part else text


def _with_evidence(
    claim: DossierClaim, shown: dict[str, tuple[str | None, list[DossierEvidence]]]
) -> DossierClaim:
    quote, evidence = shown.get(claim.id, (None, []))
    return claim.model_copy(update={"quote": claim.quote or quote, "evidence": tuple(evidence)})
