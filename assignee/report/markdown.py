"""Sets a page as Markdown (CommonMark with tables); whatever others wrote stays text."""

import re

from assignee.report.block import (
    Block,
    Bullets,
    Details,
    Diagram,
    Entries,
    Excerpt,
    Heading,
    Line,
    Page,
    Paragraph,
    Section,
    Span,
    Table,
)
from assignee.report.wording import one_line

SPECIAL = re.compile(r"[\\`*_\[\]|~$#@]|&(?=#?\w+;)|:(?=//)|(?<=www)\.")
"""What could start or end emphasis, links, code, cells, strike-through, mathematics, headings,
mentions, character references and automatic links, wherever it stands in a line."""

OPENING = re.compile(r"^(?:(\d{1,9})([.)])|([+\-=:]))")
"""What would make a heading, list, quotation or rule at the start of a line."""

CODE = re.compile(r"[\w@.:/=,+ -]+")
"""What can stand between single backticks as it is."""


def escape(text: str) -> str:
    """The text on one line, such that every Markdown renderer shows exactly these characters."""
    told = SPECIAL.sub(r"\\\g<0>", one_line(text))
    return told.replace("<", "&lt;").replace(">", "&gt;")


def opened(told: str) -> str:
    """Escaped text that stands first in a line, kept from opening a block."""
    return OPENING.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", told)


def render(page: Page) -> str:
    """The page as one Markdown document that ends with a newline."""
    parts = [f"# {escape(page.title)}", opened(escape(page.author))]
    if page.date:
        parts.append(opened(escape(page.date)))
    for section in page.sections:
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> list[str]:
    number = "" if section.number is None else f"{section.number} "
    return [f"## {number}{section.name}", *(_block(block) for block in section.blocks)]


def _block(block: Block) -> str:
    match block:
        case Heading():
            return _heading(block)
        case Paragraph():
            return _paragraph(block)
        case Bullets():
            return "\n".join(f"- {opened(_line(item))}" for item in block.items)
        case Table():
            return _table(block)
        case Diagram():
            return _table(block.table)
        case Excerpt():
            return f"> “{escape(block.quote)}”\n>\n> — {_line(block.source)}"
        case Details() if block.elsewhere is not None:
            return f"{_anchor(block.anchor)}{opened(_line(block.elsewhere))}"
        case Details():
            summary = f"{_anchor(block.anchor)}**{_line(block.summary)}**"
            return "\n\n".join([summary, *map(_block, block.blocks)])
        case Entries():
            return "\n".join(
                f"{item.number}. {_anchor(item.anchor)}{_line(item.text)}" for item in block.items
            )


def _heading(block: Heading) -> str:
    anchor = _anchor(block.anchor) if block.level == 4 else ""
    return f"{'#' * block.level} {anchor}{_line(block.text)}"


def _anchor(name: str | None) -> str:
    return f'<a id="{name}"></a>' if name else ""


def _paragraph(block: Paragraph) -> str:
    told = opened(_line(block.text))
    return f"**Warning.** {told}" if block.role == "warning" else told


def _table(block: Table) -> str:
    rule = ["---:" if column in block.numeric else "---" for column in range(len(block.head))]
    rows = [
        [escape(name) for name in block.head],
        rule,
        *([_line(cell) for cell in row] for row in block.rows),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return "\n\n".join([table, *(opened(_line(note)) for note in block.notes)])


def _line(line: Line) -> str:
    return "".join(_span(span) for span in line).strip()


def _span(span: Span) -> str:
    body = _edges(span.text, _marked(span))
    if span.href is None:
        return body
    return f"[{body}]({span.href})"


def _marked(span: Span) -> str:
    told = escape(span.text)
    if not told:
        return ""
    match span.kind:
        case "title" | "badge":
            return f"*{told}*"
        case "strong":
            return f"**{told}**"
        case "code" if CODE.fullmatch(one_line(span.text)):
            return f"`{one_line(span.text)}`"
        case _:
            return told


def _edges(text: str, told: str) -> str:
    """The white space at the text's ends, which escaping has taken off, as single spaces."""
    if not text.strip():
        return " " if text else ""
    before = " " if text[0].isspace() else ""
    return before + told + (" " if text[-1].isspace() else "")
