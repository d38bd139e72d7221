"""Markdown with an optional YAML header block: notes about papers, and papers."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from assignee.errors import ReadingError
from assignee.reading.blocks import Block, split_run_in, title_of
from assignee.reading.metadata import describe, described
from assignee.reading.plain import LONGEST_TITLE, unwrap
from assignee.reading.sections import assemble
from assignee.records import Document

LARGEST_HEADER = 64 * 1024
"""Characters of a header block; longer ones are refused before YAML sees them."""

# The YAML parser's time grows with the square of the nesting.
_MOST_BRACKETS = 200
_HEADER = re.compile(r"\s*---[^\S\n]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[^\S\n]*$\n?", re.S | re.M)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}+|~{3,}+)[^`\n]*\n(?:.*?^ {0,3}(?P=fence)[`~]*[^\S\n]*$|.*\Z)",
    re.S | re.M,
)
_RULE = re.compile(r"\s*(?:\*[\s*]*|-[\s-]*|_[\s_]*)$")
_LINK = re.compile(r"!?\[(?P<text>[^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(
    r"(?P<star>\*{1,3})(?=[^\s*])(?P<starred>[^*\n]*[^\s*])(?P=star)(?![*\w])"
    r"|(?<![\w_])(?P<bar>_{1,3})(?=[^\s_])(?P<barred>[^\n]*?[^\s_])(?P=bar)(?![\w_])"
)


class Parts(NamedTuple):
    """A Markdown file's header fields and its body."""

    header: dict[str, object]
    body: str


class _PlainLoader(yaml.SafeLoader):
    """The safe loader without guesses: unquoted 2109.10680 stays text and keeps its last zero."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


def read_markdown(text: str, name: str) -> Document:
    """The document in a cleaned Markdown text; `name` is its path as the user gave it.

    The text holds no header, comments, link addresses or emphasis marks: what a reader sees.

    Raises:
        ReadingError: the header block is no YAML mapping, too long, or of an unknown kind.
    """
    try:
        parts = split_header(text)
        what = described(parts.header)
    except ValueError as error:
        raise ReadingError(name, str(error)) from error
    blocks = list(markdown_blocks(parts.body))
    assembled = assemble(blocks)
    if not what.title:
        what = what._replace(title=title_of(blocks))
    return Document(
        paper=describe(what, name=name, text=assembled.text),
        text=assembled.text,
        sections=assembled.sections,
        basis="note" if what.kind == "note" else "full text",
        path=name,
    )


def split_header(text: str) -> Parts:
    """The header between `---` lines, and the rest; no header where there is none.

    Raises:
        ValueError: the header is too long, no YAML, or no mapping.
    """
    match = _HEADER.match(text)
    if not match:
        return Parts({}, text)
    if len(match["yaml"]) > LARGEST_HEADER:
        raise ValueError(f"its header block is longer than {LARGEST_HEADER} characters")
    if sum(match["yaml"].count(mark) for mark in "[{") > _MOST_BRACKETS:
        raise ValueError("its header block is not valid YAML (it nests too deeply)")
    try:
        header = yaml.load(match["yaml"], Loader=_PlainLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"its header block is not valid YAML ({_brief(error)})") from error
    if not isinstance(header, dict):
        # Two rules with prose between them look like a header and are none.
        return Parts({}, text)
    return Parts({str(name): value for name, value in header.items()}, text[match.end() :])


def _brief(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 2}" if mark else type(error).__name__


def markdown_blocks(body: str) -> Iterator[Block]:
    """Headings, code as it stands, and paragraphs without marks."""
    body = _COMMENT.sub("", body)
    place = 0
    for code in _CODE.finditer(body):
        yield from _prose(body[place : code.start()])
        yield Block(code.group().strip("\n"))
        place = code.end()
    yield from _prose(body[place:])


def _prose(body: str) -> Iterator[Block]:
    """The blocks of a stretch without code."""
    lines: list[str] = []
    for line in [*body.split("\n"), ""]:
        heading = _heading(line, lines)
        if heading and not line.lstrip().startswith("#"):
            lines = []
        if heading or not line.strip() or _RULE.match(line):
            yield from _paragraph(lines)
            lines = []
        else:
            lines.append(line)
        if heading:
            yield heading


def _heading(line: str, before: list[str]) -> Block | None:
    """The heading that this line is, or that it makes of the one line before."""
    bare = line.strip()
    level = len(bare) - len(bare.lstrip("#"))
    if 1 <= level <= 6 and bare[level : level + 1] in (" ", "\t"):
        return Block(_plain(bare.strip("#").strip()), level)
    if len(before) == 1 and bare and not bare.strip("=-") and len(set(bare)) == 1:
        title = before[0].strip()
        if len(title.split()) <= LONGEST_TITLE and title[0] not in "|-*+>":
            return Block(_plain(title), 1 if bare[0] == "=" else 2)
    return None


def _paragraph(lines: list[str]) -> Iterator[Block]:
    if lines:
        yield from split_run_in(Block(_plain(unwrap(lines))))


def _plain(text: str) -> str:
    """The text as it is read: links by their words, emphasis without its marks."""
    text = _LINK.sub(lambda link: link["text"], text)
    return _EMPHASIS.sub(lambda mark: mark["starred"] or mark["barred"], text)
