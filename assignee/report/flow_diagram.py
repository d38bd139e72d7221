"""The PRISMA 2020 flow diagram: a search's counts as boxes, as a table, and whether they add up.

One column of boxes says what went on, a second one what was left out, as narrow as a phone; the
boxes are as high as their text. Template: Page et al., BMJ 2021;372:n71, doi:10.1136/bmj.n71.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from assignee.records import Flow
from assignee.report.block import Diagram, Line, Table, line
from assignee.report.wording import amount, one_line

TITLE = "From records to papers (PRISMA 2020 flow diagram)"

WIDTH = 360
"""Units of the drawing, which are pixels on a phone."""
SIZE, LEADING, PADDING, APART = 12, 15, 8, 3
"""Of text: its size, from line to line, to the box's edge, and more between the parts."""
STRIP = 18
"""Width of the strip that names a stage."""
LEFT, RIGHT, BOX = 25, 200, 159
"""Where the columns begin, and how wide their boxes are."""
GAP = 20
"""Between rows: room for an arrow."""
NAME_SIZE = 11
"""Of the stages' names, which stand upright."""
HEAD = 4
"""Half the width of an arrow's head."""

MOST_PARTS = 6
"""Sources or reasons that a box names; the rest is summed up."""
LONGEST_PART = 90
"""Characters of a source's name or a reason."""

BOLD = 1.1
"""How much wider bold letters are."""

NARROW, WIDE = frozenset("iljItfr.,:;'’|!()[]{}-/ "), frozenset("mwMW@%—…")


class Step(NamedTuple):
    """One box: a count and what it is made of."""

    name: str
    number: int
    parts: Mapping[str, int]


class Row(NamedTuple):
    """What went on, and what was left out or came in beside it."""

    main: Step
    aside: Step | None = None
    joins: bool = False
    """Whether the box beside it comes in with it, rather than being left out."""


class Stage(NamedTuple):
    """Rows under one of PRISMA's names."""

    name: str
    rows: tuple[Row, ...]


class _Words(NamedTuple):
    """One line of text in a box."""

    text: str
    strong: bool
    y: float
    """Of its top, from that of the box."""


class _Box(NamedTuple):
    x: float
    y: float
    height: float
    lines: tuple[_Words, ...]

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.x + BOX / 2


def stages(flow: Flow) -> tuple[Stage, ...]:
    """The diagram's boxes in their order."""
    queries, citations = sum(flow.identified.values()), sum(flow.by_citations.values())
    found = Step("Records identified by queries", queries, flow.identified)
    removed = Step("Removed before screening: duplicates", flow.duplicates, {})
    identification: tuple[Row, ...] = (Row(found, removed),)
    if flow.by_citations:
        followed = Step("Records identified by citations", citations, flow.by_citations)
        whole = Step("Records in all", queries + citations, {})
        identification = (Row(found, followed, joins=True), Row(whole, removed))
    return (
        Stage("Identification", identification),
        Stage(
            "Screening",
            (
                Row(Step("Papers screened", flow.screened, {}), _left_out(flow.excluded)),
                Row(Step("Full texts sought", flow.sought, {}), _not_retrieved(flow)),
                Row(
                    Step("Papers assessed by reading", flow.assessed, {}),
                    _left_out(flow.rejected, "Excluded after reading"),
                ),
            ),
        ),
        Stage("Included", (Row(Step("Papers with claims in the report", flow.included, {})),)),
    )


def _left_out(reasons: Mapping[str, int], name: str = "Excluded") -> Step:
    return Step(name, sum(reasons.values()), reasons)


def _not_retrieved(flow: Flow) -> Step:
    reasons = flow.not_retrieved
    return Step("Full text not retrieved", sum(reasons.values()), reasons)


def inconsistencies(flow: Flow) -> list[str]:
    """Where the counts do not add up, a clause each; empty when all do.

    Papers whose full text was not retrieved may still be assessed by their abstracts.
    """
    wrong = [f"the number of {name} is below zero" for name, number in _numbers(flow) if number < 0]
    identified = sum(flow.identified.values()) + sum(flow.by_citations.values())
    excluded, rejected = sum(flow.excluded.values()), sum(flow.rejected.values())
    missing = sum(flow.not_retrieved.values())
    wrong += [
        f"{whole_name}: {whole}, but {parts_name}: {parts}"
        for whole_name, whole, parts_name, parts in (
            ("identified", identified, "duplicates and screened", flow.duplicates + flow.screened),
            ("screened", flow.screened, "excluded and sought", excluded + flow.sought),
            ("assessed", flow.assessed, "excluded and included", rejected + flow.included),
        )
        if whole != parts
    ]
    if missing > flow.sought:
        wrong.append(f"not retrieved: {missing}, but sought: {flow.sought}")
    if flow.assessed > flow.sought:
        wrong.append(f"assessed: {flow.assessed}, but sought: {flow.sought}")
    if flow.assessed < flow.sought - missing:
        wrong.append(
            f"assessed: {flow.assessed}, but sought and retrieved: {flow.sought - missing}"
        )
    return wrong


def _numbers(flow: Flow) -> Iterator[tuple[str, int]]:
    for name, value in flow:
        for number in value.values() if isinstance(value, dict) else (value,):
            yield name.replace("_", " "), number


def flow_diagram(flow: Flow) -> Diagram:
    """The diagram as a block of the page."""
    return Diagram(TITLE, flow_svg(flow), flow_table(flow))


def flow_table(flow: Flow) -> Table:
    """The same counts as a table; the parts of a count stand under it."""
    rows: list[tuple[Line, ...]] = []
    for stage in stages(flow):
        for step in (step for row in stage.rows for step in (row.main, row.aside) if step):
            rows.append((line(step.name), line(amount(step.number))))
            rows += [
                (line(f"… {name}"), line(amount(number))) for name, number in _shown(step.parts)
            ]
    return Table(TITLE, ("Step", "Number"), tuple(rows), frozenset((1,)))


def flow_svg(flow: Flow) -> str:
    """The diagram as one SVG element in the colour of the text around it."""
    y = 1.0
    drawn: list[str] = []
    spine: list[_Box] = []
    for stage in stages(flow):
        top = y
        for row in stage.rows:
            main, aside = _placed(row, y)
            drawn += _connected(row, main, aside)
            drawn += [_drawn(box) for box in (main, aside) if box]
            spine.append(main)
            y = max(box.bottom for box in (main, aside) if box) + GAP
        y = max(y, top + _name_room(stage.name) + GAP)
        drawn.append(_strip(stage.name, top, y - GAP - top))
    drawn += [
        _arrow(((above.middle, above.bottom), (below.middle, below.y)))
        for above, below in pairwise(spine)
    ]
    height = y - GAP + 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        f'width="{WIDTH}" height="{height:g}" role="img" aria-labelledby="flow-title flow-desc" '
        f'font-family="system-ui, sans-serif" font-size="{SIZE}" fill="currentColor">\n'
        f'<title id="flow-title">{TITLE}</title>\n'
        f'<desc id="flow-desc">{_text(_told(flow))}</desc>\n' + "\n".join(drawn) + "\n</svg>"
    )


def _told(flow: Flow) -> str:
    """All counts in words, for those who do not see the drawing."""
    told = []
    for stage in stages(flow):
        for step in (step for row in stage.rows for step in (row.main, row.aside) if step):
            parts = ", ".join(f"{name} {amount(number)}" for name, number in _shown(step.parts))
            told.append(f"{step.name}: {amount(step.number)}{f' ({parts})' if parts else ''}")
    return ". ".join(told) + "."


def _shown(parts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The largest parts, then what the others come to; their sum is that of all parts."""
    named = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    shown = [(_cut(name), number) for name, number in named[:MOST_PARTS]]
    if rest := named[MOST_PARTS:]:
        shown.append((f"{len(rest):,} more", sum(number for _, number in rest)))
    return shown


def _cut(text: str) -> str:
    told = one_line(text) or "no reason given"
    return told if len(told) <= LONGEST_PART else told[: LONGEST_PART - 1].rstrip() + "…"


def _placed(row: Row, y: float) -> tuple[_Box, _Box | None]:
    main = _box(row.main, LEFT, y)
    return main, _box(row.aside, RIGHT, y) if row.aside else None


def _box(step: Step, x: float, y: float) -> _Box:
    lines: list[_Words] = []
    down: float = PADDING
    for name, number in ((step.name, step.number), *_shown(step.parts)):
        strong = not lines
        down += 0 if strong else APART
        for text in _wrapped(name, number, strong=strong):
            lines.append(_Words(text, strong, down))
            down += LEADING
    return _Box(x, y, down + PADDING, tuple(lines))


def _wrapped(name: str, number: int, *, strong: bool) -> Iterator[str]:
    """The name and its number in lines that fit into a box; the number is never broken."""
    room = (BOX - 2 * PADDING) / SIZE / (BOLD if strong else 1)
    written = ""
    for word in (
        *_broken(name.split(), room),
        f"(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{number:,})",
    ):
        longer = f"{written} {word}".lstrip()
        if written and _length(longer) > room:
            yield written
            longer = word
        written = longer
    yield written


def _broken(words: Iterable[str], room: float) -> Iterator[str]:
    """The words, those that are wider than a line in pieces."""
    for word in words:
        piece = ""
        for character in word:
            if piece and _length(piece + character) > room:
                yield piece
                piece = ""
            piece += character
        yield piece


def _length(text: str) -> float:
    """About how wide the text is set without serifs, in ems; rather too much than too little."""
    return sum(map(_advance, text))


def _advance(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in NARROW:
        return 0.36
    return 0.92 if character in WIDE else 0.7 if character.isupper() else 0.6


def _connected(row: Row, main: _Box, aside: _Box | None) -> list[str]:
    """How the box beside hangs together with the main one."""
    if aside is None:
        return []
    if row.joins:
        y = max(main.bottom, aside.bottom) + GAP / 2
        return [_path(((aside.middle, aside.bottom), (aside.middle, y), (main.middle, y)))]
    y = main.y + min(main.height, aside.height) / 2
    return [_arrow(((main.x + BOX, y), (aside.x, y)))]


def _path(points: Sequence[tuple[float, float]]) -> str:
    way = "L".join(f"{x:g} {y:g}" for x, y in points)
    return f'<path d="M{way}" fill="none" stroke="currentColor" stroke-opacity=".6"/>'


def _arrow(points: Sequence[tuple[float, float]]) -> str:
    """A line whose end, downwards or to the right, is marked."""
    (x, y), (before, _) = points[-1], points[-2]
    head = (
        f"M{x:g} {y:g}l{-HEAD} {-1.6 * HEAD:g}h{2 * HEAD}z"
        if x == before
        else f"M{x:g} {y:g}l{-1.6 * HEAD:g} {-HEAD}v{2 * HEAD}z"
    )
    return f'{_path(points)}<path d="{head}" fill-opacity=".75"/>'


def _drawn(box: _Box) -> str:
    lines = "".join(
        f'<tspan x="{box.x + PADDING:g}" y="{box.y + words.y + SIZE - 0.5:g}" '
        f'font-weight="{600 if words.strong else 400}">{_text(words.text)}</tspan>'
        for words in box.lines
    )
    return (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{BOX}" height="{box.height:g}" rx="3" '
        'fill-opacity=".04" stroke="currentColor" stroke-opacity=".45"/>'
        f"<text>{lines}</text>"
    )


def _name_room(name: str) -> float:
    """Least height of a stage, so that its name fits beside it."""
    return _length(name) * NAME_SIZE * BOLD + PADDING


def _strip(name: str, y: float, height: float) -> str:
    x, middle = STRIP / 2, y + height / 2
    return (
        f'<rect x="0.5" y="{y:g}" width="{STRIP}" height="{height:g}" rx="3" fill-opacity=".12"/>'
        f'<text x="{x:g}" y="{middle:g}" transform="rotate(-90 {x:g} {middle:g})" '
        f'text-anchor="middle" dominant-baseline="central" font-size="{NAME_SIZE}" '
        f'font-weight="600">{name}</text>'
    )


def _text(text: str) -> str:
    """Foreign text as text of an XML document."""
    return escape(one_line(text).translate({0xFFFE: None, 0xFFFF: None}))
