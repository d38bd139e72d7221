"""Reads a report that something else wrote, so that the panel can review it.

Understood are Markdown, HTML, and plain text with headings on lines of their own, such as the
earlier system's layout with its claim table by tabs. Nothing in a report is run or fetched.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from assignee.errors import ReportFormatError
from assignee.reading.headings import is_heading, is_known_heading
from assignee.reading.report_claims import Part, claims_of, is_row, paragraphs
from assignee.reading.report_markup import is_html, markdown_of, unmarked
from assignee.reading.report_references import ParsedReference, references_of
from assignee.records import DossierClaim, DossierSection, Record

MOST_BYTES = 5_000_000

_HEADING = re.compile(r"^\s{0,3}(?P<marks>#{1,6})\s+(?P<name>.+?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-{3,})\s*$")
_BOLD_LINE = re.compile(r"^\s*(?:\*\*|__)(?P<name>[^*_]+)(?:\*\*|__):?\s*$")
_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December)\s+\d{1,2},\s+\d{4}|\d{1,2}\s+(?:January|February|March|April|May|June|July|"
    r"August|September|October|November|December)\s+\d{4})\b"
)
_QUESTION = re.compile(
    r"\b(?:research\s+)?question\s*(?:is|was)?\s*[:：]\s*[*_“\"]*(?P<question>[^\n]+)",
    re.IGNORECASE,
)
_WORKS = r"(?:[\w-]+\s+){0,2}(?:papers|articles|studies|works|documents)"
_FOUND = (
    re.compile(r"\bof which (\d+) were read\b", re.IGNORECASE),
    re.compile(rf"\b(\d+)\s+{_WORKS}\s+(?:were\s+)?read\b", re.IGNORECASE),
    re.compile(rf"\b(\d+)\s+{_WORKS}\s+(?:were\s+)?(?:retrieved|found|identified)\b", re.I),
    re.compile(
        rf"\b(?:yielded|retrieved|found|identified|from|across|what\s+the)\s+(\d+)\s+{_WORKS}\b",
        re.IGNORECASE,
    ),
)
_SCORE = re.compile(
    r"\b(?:(?:quality|review|overall|panel|rating|assessment)\s+){0,3}(?:score|rating|grade)s?"
    r"(?:\s+(?:of|is|was|:)|:)?\s*[:=]?\s*\**\d+(?:\.\d+)?\**\s*(?:(?:/|out\s+of)\s*(?:10|5|100)\b|%)?"
    r"|\b\d+(?:\.\d+)?\s*(?:/|out\s+of)\s*10\b(?!\s*[-/\d])"
    r"|\b(?:rated|scored|graded)\s+(?:it|the\s+report|this\s+report)?\s*(?:at\s+|a\s+)?\d+(?:\.\d+)?"
    r"(?:\s*(?:/|out\s+of)\s*\d+)?",
    re.IGNORECASE,
)
_REVIEWS = re.compile(
    r"rating|\breviewers?\b|\bpanel\b|peer review|quality (?:assessment|review|score)|\brevision\b|"
    r"\bscores?\b$",
    re.IGNORECASE,
)
_REFERENCES = re.compile(r"references|bibliography|works cited|literature cited|^sources$", re.I)
_CLAIMS = re.compile(
    r"(?:extracted|checked|list of) claims|^[\d. ]*claims$|\bC\d+\. ", re.IGNORECASE
)
_NOT_RESULTS = re.compile(
    r"abstract|introduction|background|method|limitation|appendix|contents|search|screening|"
    r"engine|settings|cost|warning|caveat|acknowledg",
    re.IGNORECASE,
)
_RESULTS = re.compile(
    r"result|finding|answer|conclusion|discussion|summary|synthesis|analysis", re.IGNORECASE
)


class ParsedReport(Record):
    """What could be read of a report; nothing is cut and nothing is added."""

    name: str
    """The file's name as the user gave it."""
    title: str
    date: str | None = None
    """As the report writes it."""
    question: str
    """Empty when the report states none."""
    sections: tuple[DossierSection, ...]
    """In order, headings as they stand; the reference list is not among them."""
    claims: tuple[DossierClaim, ...]
    """Ids are the report's own, else c1, c2, …."""
    references: tuple[ParsedReference, ...]
    papers_found: int | None = None
    """How many papers the report says that it read, or, where it only says that, found."""


def read_report_file(path: Path) -> ParsedReport:
    """The report in a text, Markdown or HTML file.

    Raises:
        ReportFormatError: the file cannot be read, is no UTF-8 text, is larger than 5 MB, or does
            not read as a report.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ReportFormatError(_too_long(str(path), path.stat().st_size))
        data = path.read_bytes()
    except OSError as error:
        raise ReportFormatError(
            f"{str(path)!r} could not be read: {error.strerror or error}"
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportFormatError(
            f"{str(path)!r} is no UTF-8 text; give the report as .md, .html or .txt"
        ) from error
    return parse_report(text, name=path.name)


def parse_report(text: str, *, name: str) -> ParsedReport:
    """The parts of a report's text.

    Raises:
        ReportFormatError: longer than 5 MB, binary, or without sections and claims.
    """
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise ReportFormatError(_too_long(name, len(text.encode("utf-8", "replace"))))
    if "\x00" in text:
        raise ReportFormatError(f"{name!r} is no text; give the report as .md, .html or .txt")
    if is_html(text):
        text = markdown_of(text)
    front, parts = _parts(text.replace("\r\n", "\n").replace("\r", "\n"))
    body = [p for p in _without_containers(parts) if not _REFERENCES.search(p.name)]
    listing = [
        line for part in parts if _REFERENCES.search(part.name) for line in [*part.lines, ""]
    ]
    shown = [part for part in body if not _REVIEWS.search(part.name)]
    claims = claims_of(shown, _results(shown))
    sections = tuple(DossierSection(name=part.name, text=_text(part)) for part in body)
    if not claims and not any(section.text for section in sections):
        raise ReportFormatError(
            f"{name!r} does not read as a report: it has no sections with text and no claims; "
            "headings must stand on lines of their own (# Results, 3 Results)"
        )
    title = unmarked(front[0]) if front else parts[0].name
    date = next((match.group() for line in front[1:] if (match := _DATE.search(line))), None)
    return ParsedReport(
        name=name,
        title=title,
        date=date,
        question=_question([*front[1:], *(s.text for s in sections)], title),
        sections=sections,
        claims=claims,
        references=references_of(listing),
        papers_found=_papers_found(sections),
    )


def _too_long(name: str, size: int) -> str:
    return (
        f"{name!r} has {size:,} bytes; a report may have {MOST_BYTES:,}. It is not cut: give a "
        "shorter one, without appendices"
    )


def _parts(text: str) -> tuple[list[str], list[Part]]:
    """The front matter's lines (the title first) and the parts under headings."""
    lines = text.split("\n")
    marked = any(_HEADING.match(line) for line in lines)
    front: list[str] = []
    parts: list[Part] = []
    titled = False
    for number, line in enumerate(lines):
        found = _marked(lines, number) if marked else _plain(lines, number, parts)
        if found is None:
            if not (marked and _underlines(lines, number)):
                (parts[-1].lines if parts else front).append(line)
        elif found.level == 1 and marked and not parts and not titled:
            front, titled = [found.name], True  # words before the title are a page's furniture
        else:
            parts.append(found)
    return [line for line in front if line.strip()], parts


def _without_containers(parts: Sequence[Part]) -> list[Part]:
    """The parts without headings that only hold deeper ones; those are named after both."""
    kept: list[Part] = []
    container: Part | None = None
    for part, following in zip(parts, [*parts[1:], None], strict=False):
        if container and part.level <= container.level:
            container = None
        if (
            following
            and following.level > part.level
            and not any(line.strip() for line in part.lines)
        ):
            container = part
        else:
            kept.append(part._replace(name=f"{container.name}: {part.name}") if container else part)
    return kept


def _marked(lines: Sequence[str], number: int) -> Part | None:
    line = lines[number]
    if match := _HEADING.match(line):
        return Part(len(match["marks"]), unmarked(match["name"]), [])
    if _underlines(lines, number + 1):
        return Part(1 if lines[number + 1].lstrip().startswith("=") else 2, unmarked(line), [])
    bold = _BOLD_LINE.match(line)
    if bold and is_known_heading(bold["name"]):
        return Part(3, unmarked(bold["name"]), [])
    return None


def _underlines(lines: Sequence[str], number: int) -> bool:
    """Whether this line underlines the line before it, as a heading."""
    if not 0 < number < len(lines) or not _UNDERLINE.match(lines[number]):
        return False
    above = lines[number - 1]
    alone = number < 2 or not lines[number - 2].strip()
    return bool(above.strip()) and alone and not is_row(above) and len(above.split()) <= 15


def _plain(lines: Sequence[str], number: int, parts: Sequence[Part]) -> Part | None:
    """A heading of plain text: after an empty line, known, or numbered and no reference."""
    line = lines[number].strip()
    apart = number == 0 or not lines[number - 1].strip()
    if not line or not apart or "\t" in line:
        return None
    listing = bool(parts) and bool(_REFERENCES.search(parts[-1].name))
    numbered = re.match(r"\d", line) and not listing and is_heading(line)
    return Part(2, line, []) if is_known_heading(line) or numbered else None


def _text(part: Part) -> str:
    """The part's text as its reader sees it; paragraphs by empty lines, rows as they stand."""
    shown = [unmarked(line) if not is_row(line) else line.strip() for line in part.lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(shown)).strip()


def _results(parts: Sequence[Part]) -> list[Part]:
    """The parts whose prose states findings: results by name, else all but the usual others."""
    named = [p for p in parts if _RESULTS.search(p.name) and not _NOT_RESULTS.search(p.name)]
    return named or [part for part in parts if not _NOT_RESULTS.search(part.name)]


def _question(texts: Sequence[str], title: str) -> str:
    """The question as it is given most fully: one that ends in a question mark, else the longest.

    An empty string when the report names no question and no sentence of it asks one.
    """
    given = []
    for text in texts:
        for match in _QUESTION.finditer(text):
            line = match["question"]
            asked = re.match(r"[^?]*\?", line)
            given.append(asked.group() if asked else re.split(r"(?<=[^\W\d_]{2})\.\s", line)[0])
    if not given:
        asking = [title, *(p for text in texts[:4] for p in paragraphs(text.split("\n")))]
        given = [m.group().strip() for t in asking if (m := re.search(r"[A-Z][^.?!]*\?", t))][:1]
    cleaned = [text.strip(' *_“”"') for text in given]
    return max(cleaned, key=lambda text: (text.endswith("?"), len(text)), default="")


def _papers_found(sections: Sequence[DossierSection]) -> int | None:
    for pattern in _FOUND:
        for section in sections:
            if match := pattern.search(section.text):
                return int(match.group(1))
    return None


def withhold_scores(text: str) -> str:
    """The text with every previous score replaced by `[score withheld]`."""
    return _SCORE.sub("[score withheld]", text)


def tells_of_reviews(section_name: str) -> bool:
    """Whether a section tells of earlier reviews or ratings, which reviewers must not see."""
    return bool(_REVIEWS.search(section_name))


def states_claims(section_name: str) -> bool:
    """Whether a section lists the claims, which reviewers see one by one."""
    return bool(_CLAIMS.search(section_name))
