"""Sets a page as PDF with Typst; whatever others wrote stays text.

The document that Typst reads, `page.typ`, is always the same. The page goes to it as JSON, whose
strings are set as they are: nothing of it is read as markup, so nothing has to be escaped, and
there is nothing that it could import, open or fetch. Characters that no font has are named instead.

Needs Typst: `pip install 'assignee-research[pdf]'`.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from assignee.errors import SettingsError
from assignee.reading.formulas import Formula, mathml, parted
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
from assignee.report.coverage import lacking, missing_note, texts_of, with_stand_ins
from assignee.report.wording import one_line, visible

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).parent / "page.typ"

LONGEST_WORD = 24
"""Characters of a word that is never broken."""
BREAK = "\u200b"
LONGEST_URL = 2000
"""Characters of an address that is a link; Typst takes up to 8,000."""
LONGEST_HEAD = 84
"""Characters of the title over each page."""
NARROW = 13
"""Characters of a column that is as wide as its text."""

ACCENTS = frozenset("^~¯‾―ˉ→←↔˙¨ˇ˘´`˚⃗")
OVER = {"^": "\u0302", "~": "\u0303", "―": "¯", "ˉ": "¯"}
"""Accents as Typst spells them, where it does otherwise."""

_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_OVERLONG = re.compile(r"[^\s\"]{400}")
"""A word that makes the careful breaking of lines slow."""
_BREAKABLE = re.compile(r".{1,15}?[/\\_.,;:=&?%+@|)\]}-](?=\w)|.{16}(?=.)")
_ISOLATE, _END = "\u2068", "\u2069"
_ALT = re.compile(r"<desc[^>]*>(?P<told>[^<]*)</desc>")

Json = dict[str, Any]


def render(page: Page, fonts: "typst.Fonts | None" = None) -> bytes:
    """The page as PDF 1.7, tagged; the same page and fonts, the same bytes.

    Args:
        page: what is set.
        fonts: others than those of this machine.

    Raises:
        SettingsError: Typst is not installed.
    """
    try:
        import typst
    except ImportError:
        raise SettingsError("PDF needs Typst: pip install 'assignee-research[pdf]'") from None
    at_hand = fonts or typst.Fonts(font_paths=[str(path) for path in _fonts()])
    made = _page(page)
    if missing := lacking(texts_of(made), at_hand):
        made = with_stand_ins(made, missing) | {"warning": missing_note(missing)}
    # Typst's root is an empty folder: there is nothing that a document could read.
    with TemporaryDirectory(prefix="assignee-pdf-") as empty:
        compiler = typst.Compiler(
            TEMPLATE.read_bytes(),
            root=empty,
            font_paths=at_hand,
            sys_inputs={"page": json.dumps(made, ensure_ascii=False)},
            package_path=empty,
            package_cache_path=empty,
        )
        whole = compiler.compile(format="pdf", timestamp=0)
    assert isinstance(whole, bytes)
    return whole


def _fonts() -> list[Path]:
    """The folder of the font that Matplotlib has measured its pictures with, if it is there."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        return []
    return [Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"]


def _page(page: Page) -> Json:
    anchors: set[str] = set()
    sections = [_section(section, anchors) for section in page.sections]
    made = {
        "name": visible(page.title),
        "head": _cut(page.title),
        "title": [_span(Span(page.title, "foreign"))],
        "author": page.author,
        "date": _words(page.date),
        "language": page.language,
        "sections": sections,
    }
    _unlink_missing(made, anchors)
    return made | {"quick": _OVERLONG.search(json.dumps(made, ensure_ascii=False)) is not None}


def _cut(title: str) -> str:
    told = one_line(title)
    return told if len(told) <= LONGEST_HEAD else f"{told[: LONGEST_HEAD - 1].rstrip()}…"


def _unlink_missing(made: Any, anchors: set[str]) -> None:  # noqa: ANN401 - any JSON value
    """Links to places that are not set, such as those of folded blocks, become plain text."""
    if isinstance(made, dict):
        if made.get("to") not in anchors:
            made.pop("to", None)
        for value in made.values():
            _unlink_missing(value, anchors)
    elif isinstance(made, list):
        for value in made:
            _unlink_missing(value, anchors)


def _section(section: Section, anchors: set[str]) -> Json:
    return {
        "name": section.name,
        "number": section.number,
        **_anchor(section.anchor, anchors),
        "blocks": _blocks(section.blocks, anchors),
    }


def _anchor(name: str | None, anchors: set[str]) -> Json:
    """The name of a place, once in the document."""
    if name is None or name in anchors:
        return {}
    anchors.add(name)
    return {"anchor": name}


def _blocks(blocks: Iterable[Block], anchors: set[str]) -> list[Json]:
    return [_block(block, anchors) | {"kind": _kind(block)} for block in blocks]


def _kind(block: Block) -> str:
    told_elsewhere = isinstance(block, Details) and block.elsewhere is not None
    return "paragraph" if told_elsewhere else block.kind


def _block(block: Block, anchors: set[str]) -> Json:
    match block:
        case Heading():
            text = {"level": block.level, "text": _line(block.text)}
            return text | _anchor(block.anchor, anchors)
        case Paragraph():
            return {"role": block.role, "text": _line(block.text)}
        case Bullets():
            return {"items": [_line(item) for item in block.items]}
        case Table():
            return _table(block)
        case Diagram():
            told = _ALT.search(block.svg)
            alt = f"{block.caption}. {told['told'] if told else ''}"
            return {"caption": block.caption, "svg": block.svg, "alt": alt}
        case Excerpt():
            return _excerpt(block) | _anchor(block.anchor, anchors)
        case Details() if block.elsewhere is not None:
            return {"role": "plain", "text": _line(block.elsewhere)}
        case Details():
            made = {"summary": _line(block.summary)} | _anchor(block.anchor, anchors)
            return made | {"blocks": _blocks(block.blocks, anchors)}
        case Entries():
            return {
                "items": [
                    {"number": item.number, "text": _line(item.text)}
                    | _anchor(item.anchor, anchors)
                    for item in block.items
                ]
            }


def _table(block: Table) -> Json:
    return {
        "caption": _words(block.caption),
        "head": [[_span(Span(name))] for name in block.head],
        "rows": [[_line(cell) for cell in row] for row in block.rows],
        "numeric": sorted(block.numeric),
        "notes": [_line(note) for note in block.notes],
        "widths": [_width(block, column) for column in range(len(block.head))],
    }


def _width(block: Table, column: int) -> float:
    """Of a column: 0 for as wide as its text, else its share of the room that is left."""
    lengths = [sum(len(span.text) for span in row[column]) for row in block.rows]
    if max([len(block.head[column]), *lengths]) <= NARROW:
        return 0
    mean = sum(lengths) / max(1, len(lengths))
    return max(1.0, min(5.0, mean / 14)) * (1.3 if column == block.main else 1)


def _excerpt(block: Excerpt) -> Json:
    return {
        "before": _parts(block.before),
        "quote": _parts(block.quote),
        "after": _parts(block.after),
        "source": _line(block.source),
        "tone": block.tone,
        "rtl": _is_rtl(block.before + block.quote + block.after),
    }


def _is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction is one of a right-to-left script."""
    directions = map(unicodedata.bidirectional, text)
    return next((one for one in directions if one in ("L", "R", "AL")), "L") != "L"


def _line(line: Line) -> list[Json]:
    return [_span(span) for span in line if span.text]


def _span(span: Span) -> Json:
    made: Json = {"kind": span.kind, "parts": _parts(span.text, isolated=span.kind != "plain")}
    if span.kind == "badge":
        made["tone"] = span.tone
    if span.href is not None and len(span.href) <= LONGEST_URL:
        made |= {"to": span.href[1:]} if span.href.startswith("#") else {"url": span.href}
    return made


def _parts(text: str, *, isolated: bool = False) -> list[str | Json]:
    """The text as strings, line breaks and formulas.

    Words of a right-to-left script are kept from ordering what stands around them.
    """
    made: list[str | Json] = []
    for part in parted(visible(text)):
        if isinstance(part, Formula):
            made.append(_formula(part) or _broken(part.source))
            continue
        for number, row in enumerate(part.split("\n")):
            made += [{"kind": "break"}] if number else []
            made += [_broken(row)] if row else []
    if isolated and any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text):
        return [_ISOLATE, *made, _END]
    return made


def _words(text: str) -> str:
    return _broken(one_line(text))


def _broken(text: str) -> str:
    """The text with places to break a word at that would not fit on a line."""
    return _LONG.sub(
        lambda found: _BREAKABLE.sub(rf"\g<0>{BREAK}", found[0]), text.replace("\t", " ")
    )


def _formula(formula: Formula) -> Json | None:
    """A formula for Typst; `None` where it cannot be read."""
    row = mathml(formula.latex)
    if row is None:
        return None
    return {
        "kind": "formula",
        "display": formula.display,
        "latex": formula.latex,
        "tree": _tree(row),
    }


def _tree(element: Element) -> Json:
    made: Json = {"tag": element.tag, "text": visible((element.text or "").strip("\n\t"))}
    match element.tag:
        case "mi":
            return made | {"upright": element.get("mathvariant") == "normal"}
        case "mspace":
            return made | {"width": _ems(element.get("width", ""))}
        case "mtable":
            rows = [[_tree_of_all(cell) for cell in row] for row in element]
            most = max(map(len, rows), default=0)
            empty: Json = {"tag": "mrow"}
            return made | {"rows": [row + [empty] * (most - len(row)) for row in rows]}
        case "mfrac" if element.get("linethickness", "").startswith("0"):
            made["tag"] = "stack"
        case "mover" if len(element) == 2 and (element[1].text or "") in ACCENTS:
            sign = element[1].text or ""
            accent = {"tag": "accent", "text": OVER.get(sign, sign)}
            return accent | {"parts": [_tree(element[0])]}
    return made | {"parts": _grouped(list(element))}


def _tree_of_all(element: Element) -> Json:
    return {"tag": "mrow", "parts": _grouped(list(element))}


def _grouped(children: Sequence[Element]) -> list[Json]:
    """The children, each table or fraction with the brackets beside it, which grow with it."""
    made: list[Json] = []
    place = 0
    while place < len(children):
        if _is_fenced(children[place : place + 3]):
            parts = [_tree(child) for child in children[place : place + 3]]
            made.append({"tag": "fenced", "parts": parts})
            place += 3
            continue
        made.append(_tree(children[place]))
        place += 1
    if len(children) > 2 and children[0].get("fence") and children[-1].get("fence"):
        return [{"tag": "fenced", "parts": made}]
    return made


def _is_fenced(three: Sequence[Element]) -> bool:
    tags = [child.tag for child in three]
    return tags in (["mo", "mtable", "mo"], ["mo", "mfrac", "mo"]) and not three[0].get("fence")


def _ems(width: str) -> float:
    found = re.fullmatch(r"(-?\d*\.?\d+)em", width)
    return max(-2.0, min(4.0, float(found[1]))) if found else 0.0
