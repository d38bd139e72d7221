"""HTML: one file that fetches nothing, in which what others wrote stays text."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_report import report_saying, sample_report, two_opinions_report

from assignee.records import Report
from assignee.report import render_html
from assignee.report.index import quotes_of
from assignee.report.wording import visible

VOID = {"meta", "br", "img", "link", "input", "hr"}
ALLOWED = set(
    "html head meta title style body a main header h1 h2 h3 h4 p br bdi cite section span nav ul "
    "ol li div table caption thead tbody tr th td strong code figure blockquote mark figcaption "
    "details summary svg desc g rect path text tspan".split()
)


class Reader(HTMLParser):
    """Elements, attributes and text as a browser would find them; checks the nesting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.text.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.text[tag][-1] += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


HOSTILE = (
    "<script>alert(1)</script>",
    "</style></title></mark><script src=//e.org/x.js></script>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    'https://e.org/" onclick="alert(1)',
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "<!-- comment --> <![CDATA[x]]> &lt;script&gt; &#60;b&#62;",
    "\x00\x08nul",
)


def check_harmless(html: str) -> Reader:
    reader = read(html)
    assert {tag for tag, _ in reader.tags} <= ALLOWED
    for tag, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        assert not {"src", "style", "srcdoc", "action", "autofocus"} & attributes.keys()
        href = attributes.get("href")
        assert href is None or re.match(r"#[a-z0-9-]+$|https?://[^\s\"<>]+$", href), href
    return reader


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(hostile: str) -> None:
    reader = check_harmless(render_html(report_saying(hostile)))
    assert visible(hostile) in reader.text["h1"][0]
    assert visible(hostile) in reader.text["mark"]


texts = st.text(
    st.one_of(st.sampled_from("<>&\"'/={}%!-; on"), st.characters(exclude_categories=["Cs"])),
    max_size=40,
)


# What the program knows is shown as such: the id of a criterion, and mathematics.
@given(text=texts.filter(lambda text: "$" not in text and "." not in text))
@settings(max_examples=25, deadline=None)
def test_any_text_leaves_the_structure_alone(text: str) -> None:
    def tags(html: str) -> list[str]:
        return [tag for tag, _ in check_harmless(html).tags if tag not in ("a", "tspan")]

    assert tags(render_html(report_saying(text))) == tags(render_html(report_saying("x")))


def test_bidirectional_and_invisible_characters_are_not_shown() -> None:
    html = render_html(report_saying("abc\u202edef\u2066ghi\u200bjkl\U000e0041"))
    assert "abcdefghijkl" in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\U000e0000-\U000e007f]", html)
    assert "<bdi>abcdefghijkl</bdi>" in html


def test_right_to_left_text_is_isolated() -> None:
    html = render_html(report_saying("שלום עולם"))
    assert "<cite><bdi>שלום עולם</bdi></cite>" in html
    assert '<blockquote dir="auto">' in html


def test_a_title_of_ten_thousand_characters_is_shown_whole() -> None:
    title = "<b>" + "x" * 10_000
    reader = check_harmless(render_html(report_saying(title)))
    assert reader.text["h1"] == [title]
    assert "overflow-wrap: anywhere" in reader.text["style"][0]


def test_the_file_fetches_nothing_and_says_so() -> None:
    html = render_html(sample_report())
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert not re.search(r"url\(|@import|<link|<script|<img|<iframe", html)


@pytest.mark.parametrize("made", [sample_report, two_opinions_report])
def test_every_quote_is_marked_in_its_passage(made: Callable[[], Report]) -> None:
    report = made()
    reader = read(render_html(report))
    passages = {passage.id: passage.text for passage in report.passages}
    quotes = list(quotes_of(report))
    assert sorted(reader.text["mark"]) == sorted(quote.text for quote in quotes)
    for quote in quotes:
        assert passages[quote.passage_id][quote.start : quote.end] == quote.text
        assert passages[quote.passage_id] in reader.text["blockquote"]


@pytest.mark.parametrize("made", [sample_report, two_opinions_report])
def test_every_anchor_is_unique_and_every_link_finds_its_own(made: Callable[[], Report]) -> None:
    reader = read(render_html(made()))
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    hrefs = [str(attributes["href"]) for tag, attributes in reader.tags if tag == "a"]
    targets = {href[1:] for href in hrefs if href.startswith("#")}
    assert targets <= set(ids)
    assert {"c1", "c1-evidence", "ref-1", "results"} <= targets
    assert "c1-e2" in ids


def test_the_page_can_be_read_by_machines_and_without_colours() -> None:
    html = render_html(sample_report())
    reader = read(html)
    attributes = dict(reader.tags[0:1])["html"]
    assert attributes == {"lang": "en"}
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch(r"h[1-4]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 2 for before, after in pairwise(levels))
    for tag, attributes in reader.tags:
        if tag == "th":
            assert attributes["scope"] in ("row", "col")
    for word in ("mixed", "uncorroborated", "contradicted", "not checked"):
        assert re.search(rf'<span class="badge \w+">{word}</span>', html)
    for rule in ("prefers-color-scheme: dark", "@media print", "max-width: 46rem"):
        assert rule in html


def test_retractions_stand_out() -> None:
    html = render_html(sample_report())
    assert '<span class="badge bad">RETRACTED</span> (March 1, 2021)' in html
    assert html.count('<span class="badge bad">retracted</span>') >= 4


def test_notes_are_never_attributed_to_authors() -> None:
    shown = re.sub(r"<[^>]+>", "", render_html(sample_report()))
    for match in re.finditer(r"Ostrow et al\. \(2024\)", shown):
        assert shown[: match.start()].endswith(("note about ", "Note about ", "Note about: "))
