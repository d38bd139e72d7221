"""The page before it has a format: lines of spans in blocks, rendered as Markdown and as HTML.

Every sentence of a report is worded once, as blocks; the renderers only set it.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

SpanKind = Literal["plain", "foreign", "title", "strong", "code", "badge"]
"""`foreign` and `title` are other people's words: isolated from ours, a title in italics too."""

Tone = Literal["good", "bad", "mixed", "plain", "muted"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of one kind, perhaps a link to an anchor (`#c3`) or a web address."""

    text: str
    kind: SpanKind = "plain"
    href: str | None = None
    tone: Tone = "plain"


Line = tuple[Span, ...]


def line(*parts: "str | Span | Line") -> Line:
    """The parts as one line; strings are words of our own, empty ones are left out."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.extend([Span(part)] if part else [])
        elif isinstance(part, Span):
            spans.append(part)
        else:
            spans.extend(part)
    return tuple(spans)


def joined(lines: "list[Line]", separator: str = ", ") -> Line:
    """The lines as one, with the separator between them."""
    return line(*(part for one in lines for part in (separator, one)))[1:] if lines else ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section; level 3 is numbered by the page."""

    kind: ClassVar = "heading"
    level: Literal[3, 4]
    text: Line
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    kind: ClassVar = "paragraph"
    text: Line
    role: Literal["plain", "lead", "small", "warning"] = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, one line an item."""

    kind: ClassVar = "bullets"
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as the head."""

    kind: ClassVar = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    numeric: frozenset[int] = frozenset()
    """Columns that are set flush right."""
    notes: tuple[Line, ...] = ()
    main: int | None = None
    """The column that needs most of the room."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing of numbers, and the same numbers as a table for formats that draw nothing."""

    kind: ClassVar = "diagram"
    caption: str
    svg: str
    """One SVG element, in which all text is escaped."""
    table: Table


class Place(NamedTuple):
    """A run of characters of one document's text."""

    paper_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Quoted words in the passage around them, with the place that they were taken from."""

    kind: ClassVar = "excerpt"
    before: str
    quote: str
    after: str
    source: Line
    anchor: str | None = None
    tone: Tone = "plain"
    place: Place | None = None
    """Where the words stand, for formats that lead there."""


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks behind a summary, folded away where the format can."""

    kind: ClassVar = "details"
    summary: Line
    blocks: "tuple[Block, ...]"
    anchor: str | None = None
    elsewhere: Line | None = None
    """Where else it can be read, told in its place by formats that cannot fold."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered reference."""

    number: int
    anchor: str
    text: Line


@dataclass(frozen=True, slots=True)
class Entries:
    """The reference list."""

    kind: ClassVar = "entries"
    items: tuple[Entry, ...]


Block = Heading | Paragraph | Bullets | Table | Diagram | Excerpt | Details | Entries


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page; the number is `None` for Abstract and References."""

    name: str
    number: int | None
    blocks: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        """The section's name as an anchor."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Page:
    """A whole document."""

    title: str
    author: str
    date: str
    sections: tuple[Section, ...]
    language: str = field(default="en")
