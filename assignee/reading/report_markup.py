"""A report's markup made lines of one simple kind, whatever it was written in.

HTML becomes Markdown; in Markdown links, emphasis, anchors and escapes are then taken away.
"""

import re
from html import unescape
from html.parser import HTMLParser

_HTML = re.compile(r"<(?:!doctype\s+html|html|body|article|main|h[1-6])\b", re.IGNORECASE)
_SPECIAL = re.compile(r"[\\`*_\[\]|#<>&~]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((<[^<>\n]*>|[^()\s]*)(?:\s+\"[^\"]*\")?\)")
_AUTOLINK = re.compile(r"<((?:https?|doi):[^<>\s]+)>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
_EMPHASIS = (
    re.compile(r"(?<!\w)(\*\*|__)(?=\S)(.+?)(?<=\S)\1(?!\w)"),
    re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])"),
    re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?!\w)"),
    re.compile(r"`([^`\n]+)`"),
)
_BLOCKS = frozenset(
    "p div section article main header footer ul ol table thead tbody figure dl dt dd "
    "details summary address aside pre".split()
)
_SKIPPED = frozenset(("script", "style", "title", "template", "svg", "noscript", "nav", "button"))
_SHELTER = 0xF0000
"""Escaped characters wait here, in a private plane, until the marks are gone."""


def is_html(text: str) -> bool:
    """Whether the text's beginning reads as an HTML page."""
    return bool(_HTML.search(text[:4000]))


def unmarked(line: str) -> str:
    """A line of Markdown as its reader sees it; web addresses of links follow their words."""
    text = _ESCAPED.sub(lambda match: chr(_SHELTER + ord(match.group(1))), line)
    text = _AUTOLINK.sub(r"\1", text)
    text = _LINK.sub(_linked, text)
    text = _TAG.sub("", text)
    for pattern in _EMPHASIS:
        text = pattern.sub(lambda match: match.group(match.lastindex or 0), text)
    text = unescape(text)
    return "".join(
        chr(ord(char) - _SHELTER) if _SHELTER < ord(char) < _SHELTER + 128 else char
        for char in text
    ).strip()


def _linked(match: re.Match[str]) -> str:
    words, target = match.group(1), match.group(2).strip("<>")
    outside = target.startswith(("http://", "https://")) and target not in words
    return f"{words} {target}" if outside else words


def cells(row: str) -> list[str]:
    """The cells of a table row, by tabs or by pipes that are not escaped."""
    if "\t" in row:
        return [unmarked(cell) for cell in row.split("\t")]
    bare = row.strip().removeprefix("|")
    bare = re.sub(r"(?<!\\)\|$", "", bare)
    return [unmarked(cell) for cell in re.split(r"(?<!\\)\|", bare)]


def markdown_of(html: str) -> str:
    """The visible text of an HTML page as Markdown: headings, lists, tables, quotes, links."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects the lines; nothing of the page is run or fetched."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._skipped: list[str] = []
        self._quoting = 0
        self._target: str | None = None

    def text(self) -> str:
        """What was read."""
        lines = (line.strip() for line in "".join(self._parts).splitlines())
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block, a cell or a link."""
        if tag in _SKIPPED:
            self._skipped.append(tag)
        elif re.fullmatch(r"h[1-6]", tag):
            self._parts.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag == "figcaption":
            self._parts.append("\n\n> — ")
        elif tag == "mark":
            self._parts.append("“")
        elif tag in ("em", "i", "cite"):
            self._parts.append("*")
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "tr":
            self._parts.append("\n|")
        elif tag in ("td", "th"):
            self._parts.append(" ")
        elif tag == "blockquote":
            self._quoting += 1
            self._parts.append("\n\n> ")
        elif tag in _BLOCKS:
            self._parts.append("\n\n> " if self._quoting else "\n\n")
        elif tag == "a":
            target = dict(attrs).get("href") or ""
            self._target = target if target.startswith(("http://", "https://")) else None

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened."""
        if self._skipped:
            if tag == self._skipped[-1]:
                self._skipped.pop()
        elif tag in ("td", "th"):
            self._parts.append(" |")
        elif tag in ("em", "i", "cite"):
            self._parts.append("*")
        elif tag == "mark":
            self._parts.append("”")
        elif tag == "figcaption":
            self._parts.append("\n\n")
        elif tag == "blockquote":
            self._quoting = max(0, self._quoting - 1)
            self._parts.append("\n\n")
        elif re.fullmatch(r"h[1-6]", tag) or tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag == "a" and self._target:
            self._parts.append(f" <{self._target}> ")
            self._target = None

    def handle_data(self, data: str) -> None:
        """Keep visible text, escaped so that it cannot be taken for markup."""
        if not self._skipped:
            self._parts.append(_SPECIAL.sub(r"\\\g<0>", re.sub(r"\s+", " ", data)))
