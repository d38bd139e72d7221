"""Full text as readers get it: arXiv's HTML, Europe PMC's JATS, a PDF, and a landing page."""

import html
import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from assignee.offline.corpus import Work
from assignee.offline.exchange import add

_DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange '
    'DTD v1.3 20210610//EN" "JATS-archivearticle1-3.dtd">\n'
)
"""Europe PMC's files name their DTD, which nobody needs to fetch."""


_FORWARD = {
    "retraction": "retraction-forward",
    "correction": "correction-forward",
    "expression_of_concern": "expression-of-concern",
}
"""Kinds of notices as an article's `related-article` names what was published about it."""


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a section."""
    return [part for part in text.split("\n\n") if part]


def arxiv_html(work: Work) -> bytes:
    """The paper as arXiv's HTML view marks it up (LaTeXML's classes)."""
    authors = "".join(
        f'<span class="ltx_creator ltx_role_author"><span class="ltx_personname">'
        f"{html.escape(name)}</span></span>\n"
        for name in work.all_authors
    )
    sections = "".join(
        f'<section id="S{n}" class="ltx_section">\n<h2 class="ltx_title ltx_title_section">'
        f'<span class="ltx_tag ltx_tag_section">{n} </span>{html.escape(section.title)}</h2>\n'
        + "".join(
            f'<div class="ltx_para"><p class="ltx_p">{html.escape(paragraph)}</p></div>\n'
            for paragraph in paragraphs(section.text)
        )
        + "</section>\n"
        for n, section in enumerate(work.sections, 1)
    )
    title = html.escape(work.title or "")
    return f"""<!DOCTYPE html>
<html lang="{work.language}"><head><meta charset="utf-8"><title>{title}</title>
<script>document.documentElement.dataset.seen = "no text of the paper"</script></head>
<body><nav class="ltx_page_navbar"><a href="https://arxiv.org/abs/{work.arxiv}">Back</a></nav>
<div class="ltx_page_main"><div class="ltx_page_content"><article class="ltx_document">
<h1 class="ltx_title ltx_title_document">{title}</h1>
<div class="ltx_authors">{authors}</div>
<div class="ltx_abstract"><h6 class="ltx_title ltx_title_abstract">Abstract</h6>
<p class="ltx_p">{html.escape(work.abstract or "")}</p></div>
{sections}</article></div><footer class="ltx_page_footer">A footer of the site</footer></div>
</body></html>
""".encode()


def landing_page(work: Work) -> bytes:
    """A publisher's page about the article, without its text."""
    title = html.escape(work.title or "")
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<h1>{title}</h1><p>{html.escape(work.abstract or '')}</p></body></html>\n"
    ).encode()


def jats(work: Work) -> tuple[ElementTree.Element, str]:
    """The article as JATS, and its document type line."""
    article = ElementTree.Element("article", {"article-type": "research-article"})
    article.set("xml:lang", work.language)
    article.set("xmlns:xlink", "http://www.w3.org/1999/xlink")
    front = add(article, "front")
    journal = add(add(front, "journal-meta"), "journal-title-group")
    add(journal, "journal-title", work.venue)
    meta = add(front, "article-meta")
    for kind, value in (("pmcid", work.pmcid), ("pmid", work.pmid), ("doi", work.doi)):
        if value:
            add(meta, "article-id", value, **{"pub-id-type": kind})
    add(add(meta, "title-group"), "article-title", work.title)
    group = add(meta, "contrib-group")
    for name in work.all_authors:
        parts = add(add(group, "contrib", **{"contrib-type": "author"}), "name")
        given, _, family = name.rpartition(" ")
        add(parts, "surname", family)
        add(parts, "given-names", given)
    add(add(meta, "pub-date", **{"pub-type": "epub"}), "year", str(work.year))
    for change in work.changed_by:
        related = {"related-article-type": _FORWARD[change.kind], "ext-link-type": "doi"}
        add(meta, "related-article", **related, **{"xlink:href": change.doi})
    add(add(meta, "abstract"), "p", work.abstract)
    body = add(article, "body")
    for n, section in enumerate(work.sections, 1):
        part = add(body, "sec", id=f"s{n}")
        add(part, "title", section.title)
        for paragraph in paragraphs(section.text):
            add(part, "p", paragraph)
    references = add(add(article, "back"), "ref-list")
    for n, title in enumerate(work.loose_references, 1):
        citation = add(add(references, "ref", id=f"r{n}"), "mixed-citation")
        add(citation, "article-title", title)
    return article, _DOCTYPE


class _Line(NamedTuple):
    text: str
    size: int
    bold: bool


_WIDTH, _HEIGHT, _MARGIN = 612, 792, 72


def pdf(work: Work) -> bytes:
    """A small PDF of the paper: one column of Helvetica."""
    pages: list[list[str]] = [[]]
    place = _HEIGHT - _MARGIN
    for line in _lines(work):
        place -= round(1.3 * line.size)
        if place < _MARGIN:
            pages.append([])
            place = _HEIGHT - _MARGIN - line.size
        font = "F2" if line.bold else "F1"
        shown = line.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        pages[-1].append(f"BT /{font} {line.size} Tf {_MARGIN} {place} Td ({shown}) Tj ET")
    return _pdf_file([_stream("\n".join(page).encode("cp1252", "replace")) for page in pages])


def _lines(work: Work) -> Iterator[_Line]:
    blank = _Line("", 10, bold=False)
    yield from _wrapped(work.title or "", size=16, bold=True)
    yield from _wrapped(", ".join(work.all_authors), size=10)
    for title, text in (("Abstract", work.abstract or ""), *work.sections):
        yield blank
        yield from _wrapped(title, size=12, bold=True)
        for paragraph in paragraphs(text):
            yield from _wrapped(paragraph, size=10)
            yield blank


def _wrapped(text: str, *, size: int, bold: bool = False) -> Iterator[_Line]:
    # 0.5 em a character is a little more than Helvetica's mean, so no line leaves the page.
    for line in textwrap.wrap(text, round((_WIDTH - 2 * _MARGIN) / (0.5 * size))):
        yield _Line(line, size, bold)


def _stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def _pdf_file(contents: Sequence[bytes]) -> bytes:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    first = 5
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
    ]
    for n, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            % (_WIDTH, _HEIGHT, first + 2 * n + 1)
        )
        objects.append(content)
    data = bytearray(b"%PDF-1.4\n")
    offsets = []
    for n, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(data + trailer % (len(objects) + 1, start))
