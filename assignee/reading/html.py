"""HTML pages, arXiv's among them: headings and paragraphs as a reader sees them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

from assignee.errors import ReadingError
from assignee.reading.blocks import Block, split_run_in, title_of
from assignee.reading.cleaning import clean
from assignee.reading.metadata import Described, author_names, describe, described
from assignee.reading.sections import assemble
from assignee.records import Document, PublicationStatus

_DROPPED = frozenset(
    "script style nav footer aside noscript template svg button form select textarea iframe "
    "object canvas audio video head dialog".split()
)
# LaTeXML's page furniture and author block, and what other sites call the same.
_DROPPED_CLASSES = frozenset(
    "ltx_page_header ltx_page_footer ltx_page_navbar ltx_toc ltx_authors ltx_dates "
    "ltx_note_outer package-alerts ltx_pagination navbar sidebar breadcrumb".split()
)
_BLOCKS = frozenset(
    "p div section article main header body html ul ol li dl dt dd table tr blockquote pre "
    "figure figcaption caption address hr h1 h2 h3 h4 h5 h6 br".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_CELLS = frozenset(("td", "th"))
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# One of these closes an open one of the same kind: people leave the end tags out.
_SELF_CLOSING = frozenset("p li dt dd tr td th option".split())


# Longer tags hold data, such as an image's bytes, and nothing to read.
_LONGEST_TAG = 20_000
_TAG_LIKE = re.compile(r"<(?P<inside>[^<>]*)(?P<end>>?)")
_UNREAD = ("<!--", "-->"), ("<script", "</script"), ("<style", "</style")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page names in its first two kilobytes."""
    match = _CHARSET.search(data[:2048])
    return match[1].decode("ascii", "replace") if match else None


def read_html(text: str, name: str) -> Document:
    """The document in a cleaned HTML text; `name` is its path as the user gave it.

    Raises:
        ReadingError: the page cannot be taken apart.
    """
    page = _Page()
    try:
        page.feed(_tamed(text))
        page.close()
    except (AssertionError, ValueError) as error:
        raise ReadingError(name, "its HTML is malformed") from error
    blocks = page.finished()
    assembled = assemble(part for block in blocks for part in split_run_in(block))
    what = page.described()
    if not what.title:
        what = what._replace(title=title_of(blocks) or page.title or None)
    return Document(
        paper=describe(what, name=name, text=assembled.text),
        text=assembled.text,
        sections=assembled.sections,
        basis="full text",
        path=name,
    )


def _tamed(text: str) -> str:
    """The page without comments, scripts and overlong tags, and with each lone `<` escaped.

    The standard library's parser needs time that grows with the square of what it cannot close:
    minutes for 100 kB of "<a <a <a".
    """
    for opening, closing in _UNREAD:
        text = _without(text, opening, closing)
    return _TAG_LIKE.sub(_tag_or_text, text)


def _without(text: str, opening: str, closing: str) -> str:
    """The text without the stretches between two marks; an unclosed one runs to the end."""
    small = text.lower() if opening[1].isalpha() else text
    if len(small) != len(text):
        return text
    kept: list[str] = []
    place = 0
    while (start := small.find(opening, place)) >= 0:
        kept.append(text[place:start])
        place = small.find(closing, start)
        if place < 0:
            return "".join(kept)
        if closing == "-->":
            place += len(closing)
    kept.append(text[place:])
    return "".join(kept)


def _tag_or_text(match: re.Match[str]) -> str:
    if not match["end"]:
        return f"&lt;{match['inside']}"
    return " " if len(match["inside"]) > _LONGEST_TAG else match.group()


class _Page(HTMLParser):
    """Collects blocks; knows only what is open at the moment."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, bool]] = []
        self._counts: Counter[str] = Counter()
        self._dropping = 0
        self._heading = 0
        self._words: list[str] = []
        self._blocks: list[Block] = []
        self._meta: dict[str, list[str]] = {}
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens a block, drops a subtree, or notes a piece of metadata."""
        fields = {key: value or "" for key, value in attrs}
        if tag == "meta":
            self._note(fields)
        if tag in _BLOCKS:
            self._end_block()
        if tag in _SELF_CLOSING and self._open and self._open[-1][0] == tag:
            self.handle_endtag(tag)
        if tag in _VOID:
            return
        if tag == "math" and not self._dropping and fields.get("alttext"):
            self._words.append(f" {fields['alttext']} ")
        dropped = _is_dropped(tag, fields)
        self._open.append((tag, dropped))
        self._counts[tag] += 1
        self._dropping += dropped
        if tag in _HEADINGS:
            self._heading = int(tag[1])

    def handle_endtag(self, tag: str) -> None:
        """Closes the tag and whatever was left open inside it."""
        if tag in _BLOCKS:
            self._end_block()
        if tag in _CELLS and not self._dropping:
            self._words.append(" | ")
        if tag in _HEADINGS:
            self._heading = 0
        if not self._counts[tag]:
            return
        while True:
            open_tag, dropped = self._open.pop()
            self._counts[open_tag] -= 1
            self._dropping -= dropped
            if open_tag == tag:
                return

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treats <br/> like <br>, and <p/> as an empty paragraph."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        """Keeps what is shown, and the page's title."""
        if self._open and self._open[-1][0] == "title" and self._counts["svg"] == 0:
            self.title = clean(" ".join((self.title + data).split()))
        elif not self._dropping:
            self._words.append(data)

    def finished(self) -> Sequence[Block]:
        """The blocks of the whole page."""
        self._end_block()
        return self._blocks

    def described(self) -> Described:
        """What the page's citation tags say; they are metadata and may name a journal."""
        meta: Mapping[str, list[str]] = self._meta
        first = {key.removeprefix("citation_"): values[0] for key, values in meta.items()}
        journal, conference = first.get("journal_title"), first.get("conference_title")
        status: PublicationStatus | None = "conference" if conference else None
        fields = {
            "title": first.get("title"),
            "date": first.get("publication_date") or first.get("date") or first.get("online_date"),
            "doi": first.get("doi"),
            "arxiv": first.get("arxiv_id"),
            "pmid": first.get("pmid"),
            "venue": journal or conference,
            "url": first.get("abstract_html_url") or first.get("fulltext_html_url"),
            "publication_status": "journal" if journal else status,
        }
        authors = author_names(meta.get("citation_author", []))
        return described(fields)._replace(authors=authors)

    def _note(self, fields: Mapping[str, str]) -> None:
        name = fields.get("name", "").casefold()
        value = clean(fields.get("content", "")).strip()
        if name.startswith("citation_") and value:
            self._meta.setdefault(name, []).append(value)

    def _end_block(self) -> None:
        text = " ".join(clean("".join(self._words)).split()).strip("| ")
        self._words = []
        if text:
            self._blocks.append(Block(text, self._heading))


def _is_dropped(tag: str, fields: Mapping[str, str]) -> bool:
    hidden = "hidden" in fields or fields.get("aria-hidden") == "true"
    formula = tag == "math" and bool(fields.get("alttext"))
    classes = fields.get("class", "").casefold().split()
    return tag in _DROPPED or hidden or formula or not _DROPPED_CLASSES.isdisjoint(classes)
