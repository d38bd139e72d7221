"""JATS XML, as PubMed Central and Europe PMC give it: metadata, sections, captions, references.

Figures and tables stand after the paragraph that holds them, so that no sentence is parted by a
caption. Formulas are plain text; raised citation numbers and footnotes are left out.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from xml.etree.ElementTree import Element, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from assignee.errors import ReadingError
from assignee.reading.blocks import Block
from assignee.reading.cleaning import clean
from assignee.reading.jats_notices import jats_notices
from assignee.reading.mathml import math_text, raised
from assignee.reading.metadata import Described, describe, described, year_in
from assignee.reading.sections import assemble
from assignee.records import Document, Paper

_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_MOST_ELEMENTS = 1_000_000
_DEEPEST = 200
"""Levels; articles have some 30, and each costs a frame of the stack."""

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ENTITIES = {name[:-1]: value for name, value in html5.items() if name.endswith(";")}

_NO_ABSTRACT = frozenset(("graphical", "teaser", "toc", "video", "web-summary", "key-image"))
_NO_PUBLICATION = frozenset(("pmc-release", "preprint", "nihms-submitted"))
_NO_REFERENCE = frozenset(("fn", "table-fn", "aff", "corresp", "author-notes"))
_FLOATS = frozenset(("fig", "table-wrap", "fig-group", "table-wrap-group"))
_SECTIONS = frozenset(("sec", "app", "ack", "notes", "glossary", "boxed-text", "statement"))
_CONTAINERS = frozenset(
    "list list-item def-list def-item def disp-quote verse-group speech app-group term "
    "fig-group table-wrap-group".split()
)
_APART = (_SECTIONS | _CONTAINERS | {"p", "ref-list", "preformat"}) - _FLOATS
"""What ends the paragraph that it stands in."""

_UNREAD = (
    _FLOATS
    | _APART
    | frozenset(
        "fn fn-group graphic inline-graphic media label object-id index-term "
        "supplementary-material contrib-group".split()
    )
)
"""What is no part of the running text around it."""

_TEX_BODY = re.compile(r"\\begin\s*\{document\}(?P<body>.*?)\\end\s*\{document\}", re.DOTALL)
_WRITTEN = {"ack": "Acknowledgements", "glossary": "Glossary", "app": "Appendix"}
"""Headings of sections that may come without one."""


def declared_xml_encoding(data: bytes) -> str | None:
    """The encoding that an XML file names in its first line."""
    match = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:400])
    return match[1].decode("ascii", "replace") if match else None


def read_jats(text: str, name: str) -> Document:
    """The document in a cleaned JATS text; `name` is its path as the user gave it.

    Without a body it is an abstract: services send that for articles that they may not give out.

    Raises:
        ReadingError: malformed, no article, or XML that grows when read (entities are refused).
    """
    article = _article(text, name)
    meta = _child(_child(article, "front"), "article-meta")
    body = list(_body(article))
    assembled = assemble([*_abstracts(meta), *body, *_back(article)])
    return Document(
        paper=_paper(article, name=name, text=assembled.text),
        text=assembled.text,
        sections=assembled.sections,
        basis="full text" if body else "abstract",
        path=name,
    )


class _Tree(TreeBuilder):
    """Builds the tree with tags bare of their namespaces, and not without end."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Opens an element."""
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST or self._count > _MOST_ELEMENTS:
            raise ValueError("it nests too deeply or has too many elements")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str, /) -> Element:
        """Closes it."""
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])


def _article(text: str, name: str) -> Element:
    # A document type is what every article has; only what it would define is forbidden.
    parser = DefusedXMLParser(target=_Tree(), forbid_dtd=False)
    # Names such as &nbsp; are defined in the document type, which is never fetched.
    parser.entity.update(_ENTITIES)
    try:
        parser.feed(text.lstrip())
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise ReadingError(name, "its XML defines entities, which are refused") from error
    except ParseError as error:
        raise ReadingError(name, f"its XML is malformed ({error})") from error
    except ValueError as error:
        raise ReadingError(name, f"its XML is refused: {error}") from error
    article = root if root.tag == "article" else root.find(".//article")
    if article is None:
        raise ReadingError(name, f"it is no JATS article: its XML is of {root.tag[:40]!r}")
    return article


def _child(element: Element, tag: str) -> Element:
    """The child, or an empty one: what is absent has no text and no children."""
    found = element.find(tag)
    return Element(tag) if found is None else found


def _paper(article: Element, *, name: str, text: str) -> Paper:
    front = _child(article, "front")
    meta, journal = _child(front, "article-meta"), _child(front, "journal-meta")
    found = next(journal.iter("journal-title"), None)
    ids = {one.get("pub-id-type", ""): _line(one) for one in meta.findall("article-id")}
    fields = {"doi": ids.get("doi"), "pmid": ids.get("pmid"), "pmcid": _pmcid(ids)}
    what = described(fields)._replace(
        title=_title(_child(meta, "title-group")),
        authors=tuple(_authors(meta)),
        year=_year(meta),
        venue=_line(found) or None if found is not None else None,
        status="preprint" if article.get("article-type") == "preprint" else None,
    )
    paper = _with_journal(describe(what, name=name, text=text), what, article)
    return paper.model_copy(update={"notices": jats_notices(meta, paper.ids.doi)})


def _with_journal(paper: Paper, what: Described, article: Element) -> Paper:
    """The paper with its language, and as a journal's where the journal has an ISSN."""
    known: dict[str, object] = {}
    language = article.get(_LANGUAGE, "")[:2].lower()
    if language.isalpha() and len(language) == 2:
        known["language"] = language
    journal = article.find("front/journal-meta//issn") is not None and what.venue
    if journal and paper.publication_status == "unknown":
        known["publication_status"] = "journal"
    return paper.model_copy(update=known)


def _pmcid(ids: dict[str, str]) -> str | None:
    number = (ids.get("pmcid") or ids.get("pmc") or "").upper().removeprefix("PMC")
    return f"PMC{number}" if number.isdigit() else None


def _title(group: Element) -> str | None:
    title, subtitle = (_line(_child(group, tag)) for tag in ("article-title", "subtitle"))
    return f"{title}: {subtitle}" if title and subtitle else title or None


def _authors(meta: Element) -> Iterator[str]:
    for contrib in meta.findall("contrib-group/contrib"):
        if contrib.get("contrib-type", "author") == "author" and (name := _author(contrib)):
            yield name


def _author(contrib: Element) -> str:
    """A person as given name and surname, or a group by its name without its members."""
    for tag in ("name", "name-alternatives/name", "string-name", "name-alternatives/string-name"):
        if (found := contrib.find(tag)) is not None:
            return _person(found)
    collab = contrib.find("collab")
    return "" if collab is None else _line(collab)


def _person(name: Element) -> str:
    parts = [_line(_child(name, tag)) for tag in ("given-names", "surname", "suffix")]
    return " ".join(filter(None, parts)) if parts[1] else _line(name)


def _year(meta: Element) -> int | None:
    """The earliest year of publication, in print or online."""
    dates = [
        date
        for date in meta.findall("pub-date")
        if _NO_PUBLICATION.isdisjoint((date.get("pub-type", ""), date.get("date-type", "")))
    ]
    years = [year_in(_line(_child(date, "year"))) for date in dates]
    return min((year for year in years if year), default=None)


def _abstracts(meta: Element) -> Iterator[Block]:
    for abstract in meta.findall("abstract"):
        if abstract.get("abstract-type") not in _NO_ABSTRACT:
            title = _line(_child(abstract, "title")) or "Abstract"
            yield Block(title, 1, "abstract")
            yield from _children(abstract, 2)


def _body(article: Element) -> Iterator[Block]:
    body = _child(article, "body")
    blocks = list(_children(body, 1))
    if blocks and not blocks[0].level:
        # Without a heading of its own the text would be taken for the abstract's.
        yield Block("Main text", 1, "body")
    yield from blocks
    floats = [block for one in _child(article, "floats-group") for block in _float(one)]
    if floats:
        yield Block("Figures and tables", 1, "body")
        yield from floats


def _back(article: Element) -> Iterator[Block]:
    for part in _child(article, "back"):
        if part.tag in _SECTIONS or part.tag in ("ref-list", "app-group"):
            yield from _blocks(part, 1)


def _children(element: Element, level: int) -> Iterator[Block]:
    for child in element:
        yield from _blocks(child, level)


def _blocks(element: Element, level: int) -> Iterator[Block]:
    """The blocks of an element that stands between paragraphs; unknown ones have none."""
    tag = element.tag
    if tag in _SECTIONS:
        heading = _line(_child(element, "title")) or _WRITTEN.get(tag, "")
        if heading:
            yield Block(heading, min(level, 6), "body")
        yield from _children(element, level + 1)
    elif tag in ("p", "term"):
        yield from _paragraph(element, level)
    elif tag in ("fig", "table-wrap"):
        yield from _float(element)
    elif tag in _CONTAINERS:
        yield from _children(element, level)
    elif tag == "disp-formula":
        yield from _block(_formula(element))
    elif tag == "preformat":
        yield from _block("".join(element.itertext()))
    elif tag == "ref-list":
        yield from _references(element)


def _paragraph(element: Element, level: int) -> Iterator[Block]:
    """Its text, parted where a list or the like stands in it, and then its figures."""
    run = Element("p")
    run.text = element.text
    for child in element:
        if child.tag in _APART:
            yield from _block(_inside(run))
            yield from _blocks(child, level)
            run = Element("p")
            run.text = child.tail
        else:
            run.append(child)
    yield from _block(_inside(run))
    for child in element:
        if child.tag in _FLOATS:
            yield from _blocks(child, level)


def _float(element: Element) -> Iterator[Block]:
    """Label and caption in one block, then a table's rows."""
    caption = _child(element, "caption")
    parts = [_line(_child(element, "label")), *(_line(part) for part in caption)]
    yield from _block(
        " ".join(part if part[-1] in ".:?!" else f"{part}." for part in parts if part)
    )
    for row in (one for one in element.iter() if one.tag in ("tr", "row")):
        yield from _block(" | ".join(_line(cell) for cell in row).strip("| "))


def _references(element: Element) -> Iterator[Block]:
    yield Block(_line(_child(element, "title")) or "References", 1, "references")
    for ref in element.iter("ref"):
        citations = [one for one in ref.iter() if one.tag.endswith("citation")]
        for citation in citations[:1]:
            bare = citation.tag == "element-citation"
            yield from _block(". ".join(_fields(citation)) if bare else _line(citation))


def _fields(citation: Element) -> Iterator[str]:
    """The parts of a reference that comes without punctuation."""
    for part in citation:
        names = [_person(name) for name in part.iter("name")]
        if text := ", ".join(names) or _line(part):
            yield text


def _block(text: str) -> Iterator[Block]:
    if line := " ".join(clean(text).split()):
        yield Block(line)


def _line(element: Element) -> str:
    """The element's running text on one line."""
    inside = _inside(element)
    return " ".join(clean(inside).split())


def _inside(element: Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        # A line break before an index is the file's, not the author's.
        if child.tag in ("sub", "sup") and pieces[-1].isspace() and "\n" in pieces[-1]:
            pieces[-1] = ""
        pieces.extend((_inline(child), child.tail or ""))
    return "".join(pieces)


def _inline(element: Element) -> str:
    """What an element adds to the line that it stands in."""
    tag = element.tag
    if tag in ("inline-formula", "disp-formula", "math", "tex-math"):
        return f" {_formula(element)} " if tag == "disp-formula" else _formula(element)
    if tag == "break":
        return " "
    if tag == "name":
        return " ".join(map(_line, element))
    if tag in _UNREAD or _is_mark(element):
        return ""
    inside = _inside(element)
    return raised(inside) if tag == "sup" else inside


def _is_mark(element: Element) -> bool:
    """Whether it is a raised citation number or a footnote's mark: "as shown¹²" is no number."""
    if element.tag == "sup":
        return any(one.get("ref-type") == "bibr" for one in element.iter("xref"))
    if element.tag != "xref":
        return False
    kind = element.get("ref-type")
    return kind in _NO_REFERENCE or (kind == "bibr" and element.find("sup") is not None)


def _formula(element: Element) -> str:
    """MathML where there is some, else LaTeX without the document around it, else its text."""
    if (math := next(element.iter("math"), None)) is not None:
        return math_text(math)
    tex = next(element.iter("tex-math"), None)
    if tex is None:
        return _inside(element)
    source = "".join(tex.itertext())
    body = _TEX_BODY.search(source)
    return (body["body"] if body else source).strip().strip("$").strip()
