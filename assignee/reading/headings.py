"""What a heading looks like in a paper, and which part of the paper it opens."""

import re
from typing import Literal

SectionKind = Literal["front", "abstract", "body", "references"]

LONGEST_HEADING = 12
"""Words; longer lines are prose."""

_KNOWN = frozenset(
    {
        *("abstract", "summary", "introduction", "background", "related work", "related works"),
        *("prior work", "preliminaries", "method", "methods", "methodology", "materials"),
        *("materials and methods", "methods and materials", "patients and methods", "approach"),
        *("experiments", "experimental setup", "experimental results", "evaluation", "analysis"),
        *("results", "results and discussion", "discussion", "discussion and conclusion"),
        *("conclusion", "conclusions", "conclusion and future work", "concluding remarks"),
        *("discussion and conclusions", "limitations", "future work", "ethics statement"),
        *("broader impact", "broader impacts", "acknowledgement", "acknowledgements"),
        *("acknowledgment", "acknowledgments", "references", "bibliography", "works cited"),
        *("literature cited", "appendix", "appendices", "supplementary material", "funding"),
        *("supplementary materials", "supporting information", "author contributions"),
        *("data availability", "data and code availability", "competing interests"),
        *("conflict of interest", "conflicts of interest", "ablation study", "ablations"),
        *("objective", "objectives", "aim", "aims", "findings", "interpretation", "case report"),
        *("experiment", "model", "models", "data", "dataset", "datasets", "implementation"),
        *("implementation details", "statistical analysis", "reproducibility statement"),
        *("significance statement", "highlights", "keywords", "contents"),
    }
)
_ABSTRACT = frozenset({"abstract", "summary", "highlights", "significance statement"})
_REFERENCES = frozenset({"references", "bibliography", "works cited", "literature cited"})
_AFTER = re.compile(r"append|supplement|supporting info|acknowledg|author contrib|funding")
_APPENDIX = re.compile(r"[A-Z](?:\.\d{1,2})*\.?\s+[A-Z]")
_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-Z](?:\.\d{1,2}){1,3}\.?|[A-Z]\.)"
_NUMBERED = re.compile(rf"{_NUMBER}\s+(?P<name>[^\W\d_a-z][^.!?;:=<>|]*\??)")
_PREFIX = re.compile(rf"(?:{_NUMBER}\s+|#+\s*)")
_MARKED = re.compile(r"#{1,6}\s+\S")


def heading_name(line: str) -> str:
    """The heading's words alone, in small letters: no number, no marks."""
    bare = _PREFIX.sub("", line.strip(), count=1).strip(" :.*_#")
    return " ".join(bare.casefold().split())


def is_known_heading(line: str) -> bool:
    """Whether the line is one of the names that sections of papers have."""
    return len(line) <= 60 and heading_name(line) in _KNOWN


def is_heading(line: str) -> bool:
    """Whether a line of its own reads as a heading: marked, known or numbered, and short.

    A numbered prose line of at most twelve words without a full stop is taken for one too.
    """
    line = line.strip()
    if not line or len(line) > 120:
        return False
    if _MARKED.match(line) or is_known_heading(line):
        return True
    return bool(_NUMBERED.fullmatch(line)) and len(line.split()) <= LONGEST_HEADING


def section_kind(heading: str) -> SectionKind:
    """The part of the paper that a heading opens."""
    name = heading_name(heading)
    if name in _ABSTRACT:
        return "abstract"
    return "references" if name in _REFERENCES else "body"


def heading_level(heading: str) -> int:
    """1 for a top heading, one more for each further number: "3.1 Data" is 2."""
    marks = re.match(r"#{1,6}(?=\s)", heading.strip())
    if marks:
        return len(marks.group())
    number = re.match(rf"{_NUMBER}(?=\s)", heading.strip())
    return min(6, 1 + number.group().rstrip(".").count(".")) if number else 1


def ends_references(heading: str) -> bool:
    """Whether a line that looks like a heading can stand after a list of references.

    Entries such as "12 Attention is all you need" look like headings and cannot.
    """
    return bool(_APPENDIX.match(heading.strip()) or _AFTER.match(heading_name(heading)))
