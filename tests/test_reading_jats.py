"""JATS XML read into documents: metadata, sections, captions, formulas, references, refusals."""

import time
from pathlib import Path

import pytest

from assignee.errors import ReadingError
from assignee.reading.jats import read_jats
from assignee.reading.passages import split_passages
from assignee.reading.reader import iter_folder, read_file
from assignee.records import Document, Paper

DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD '
    'v1.3 20210610//EN" "JATS-archivearticle1-3.dtd">'
)
META = """
<journal-meta><journal-title-group><journal-title>Journal of Made-up
 Tides</journal-title></journal-title-group><issn pub-type="epub">0000-0000</issn></journal-meta>
<article-meta>
<article-id pub-id-type="pmid">31000001</article-id>
<article-id pub-id-type="pmc">9000001</article-id>
<article-id pub-id-type="doi">10.5555/tide.1</article-id>
<title-group><article-title>Tides <italic>and</italic> the CO<sub>2</sub> of
 harbours<xref ref-type="fn" rid="n1">*</xref></article-title>
<subtitle>a made-up study</subtitle></title-group>
<contrib-group>
<contrib contrib-type="author"><name><surname>Ødegård</surname><given-names>Åse
 M.</given-names></name><xref ref-type="aff" rid="a1">1</xref></contrib>
<contrib contrib-type="author"><name-alternatives><name><surname>Li</surname>
<given-names>Wei</given-names></name><string-name>李伟</string-name></name-alternatives></contrib>
<contrib contrib-type="author"><collab>The Harbour Group<contrib-group><contrib>
<name><surname>Member</surname><given-names>A</given-names></name></contrib></contrib-group>
</collab></contrib>
<contrib contrib-type="editor"><name><surname>Editor</surname></name></contrib>
</contrib-group>
<pub-date pub-type="pmc-release"><year>2018</year></pub-date>
<pub-date pub-type="epub"><day>3</day><month>12</month><year>2019</year></pub-date>
<pub-date pub-type="collection"><year>2020</year></pub-date>
<abstract><sec><title>Background</title><p>Harbours breathe.</p></sec>
<sec><title>Results</title><p>They breathe out 4 mg.</p></sec></abstract>
<abstract abstract-type="graphical"><p>A picture.</p></abstract>
<trans-abstract xml:lang="fr"><p>Les ports respirent.</p></trans-abstract>
</article-meta>
"""
BODY = """
<sec id="s1"><label>1</label><title>Introduction</title>
<p>Tides move<sup><xref ref-type="bibr" rid="b1">1</xref>,<xref ref-type="bibr" rid="b2">2</xref>
</sup> water [<xref ref-type="bibr" rid="b1">1</xref>]<fig id="f1"><label>Figure 1</label>
<caption><title>The harbour.</title><p>Seen from above.</p></caption><graphic/></fig> twice a
 day.<fn><p>Mostly.</p></fn></p>
<p>We ask two things: <list><list-item><p>How much?</p></list-item>
<list-item><p>How often?</p></list-item></list> and answer both.</p>
<sec><title>Background</title><p>Nothing is known.</p></sec></sec>
<sec><title>Results</title><p>Flux was 3 × 10<sup>−3</sup> mol.</p>
<table-wrap><label>Table 1.</label><caption><p>Fluxes</p></caption><table><thead><tr><th>Site</th>
<th>mg</th></tr></thead><tbody><tr><td>North</td><td>4.1</td></tr></tbody></table></table-wrap>
</sec>
"""
BACK = """
<ack><p>We thank the sea.</p></ack>
<ref-list><title>References</title>
<ref id="b1"><label>1</label><mixed-citation><name><surname>Moon</surname><given-names>A
</given-names></name> <article-title>On pull</article-title>. <year>2001</year>
</mixed-citation></ref>
<ref id="b2"><element-citation><person-group><name><surname>Sun</surname><given-names>B
</given-names></name></person-group><article-title>On light</article-title>
<year>2002</year></element-citation></ref></ref-list>
"""


def xml(meta: str = META, body: str = BODY, back: str = BACK, attributes: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{DOCTYPE}'
        '<article xmlns:mml="http://www.w3.org/1998/Math/MathML" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>'
        f"<front>{meta}</front><body>{body}</body><back>{back}</back></article>"
    )


def parts(document: Document) -> list[tuple[str, str, str]]:
    return [(s.kind, s.title, document.text[s.start : s.end]) for s in document.sections]


def paragraph(inside: str) -> str:
    """The text of one paragraph, as it is read."""
    document = read_jats(xml(body=f"<p>{inside}</p>", back=""), "a.xml")
    return parts(document)[-1][2]


def test_metadata_come_from_the_front_matter() -> None:
    paper = read_jats(xml(attributes='xml:lang="en"'), "tide.xml").paper
    assert paper.title == "Tides and the CO2 of harbours: a made-up study"
    assert paper.authors == ("Åse M. Ødegård", "Wei Li", "The Harbour Group")
    assert (paper.ids.doi, paper.ids.pmid) == ("10.5555/tide.1", "31000001")
    assert paper.ids.pmcid == "PMC9000001"
    assert (paper.year, paper.venue, paper.language) == (2019, "Journal of Made-up Tides", "en")
    assert paper.publication_status == "journal"
    assert paper.id == Paper.make_id("paper", "doi:10.5555/tide.1")


def related(kind: str, target: str = "", inside: str = "") -> str:
    link = f'ext-link-type="doi" xlink:href="{target}"' if target else ""
    return f'<related-article related-article-type="{kind}" {link}>{inside}</related-article>'


def noticed(*links: str) -> list[tuple[str, str | None]]:
    meta = META.replace("</article-meta>", "".join(links) + "</article-meta>")
    return [(notice.kind, notice.doi) for notice in read_jats(xml(meta), "a.xml").paper.notices]


@pytest.mark.parametrize(
    ("link", "notices"),
    [
        (related("retraction-forward", "10.5555/N.1"), [("retraction", "10.5555/n.1")]),
        (related("correction-forward", "10.5555/n.1"), [("correction", "10.5555/n.1")]),
        (related("expression-of-concern", "10.5555/n.1"),
         [("expression of concern", "10.5555/n.1")]),
        (related("addendum", "https://doi.org/10.5555/n.1"), [("correction", "10.5555/n.1")]),
        (related("retraction-forward", inside="<pub-id pub-id-type='pmid'>7</pub-id>"
                 "<pub-id pub-id-type='doi'>10.5555/n.1</pub-id>"),
         [("retraction", "10.5555/n.1")]),
        (related("retraction-forward", inside="Taken back."), [("retraction", None)]),
        # The article in whose place the notice was put.
        (related("retracted-article", "10.5555/TIDE.1"), [("retraction", "10.5555/tide.1")]),
        # A notice is not what it is about.
        (related("retracted-article", "10.5555/other"), []),
        (related("corrected-article", "10.5555/other"), []),
        (related("object-of-concern", "10.5555/other"), []),
        (related("companion", "10.5555/other"), []),
        (related("", "10.5555/other"), []),
    ],
)  # fmt: skip
def test_related_articles_are_notices(link: str, notices: list[tuple[str, str | None]]) -> None:
    assert noticed(link) == notices


def test_each_notice_stands_once_and_all_of_them_do() -> None:
    links = [related("correction-forward", f"10.5555/n.{number}") for number in (1, 2, 1)]
    assert noticed(*links) == [("correction", "10.5555/n.1"), ("correction", "10.5555/n.2")]
    assert noticed() == []


def test_sections_slice_back_and_captions_stand_after_their_paragraph() -> None:
    document = read_jats(xml(), "tide.xml")
    assert document.basis == "full text"
    assert parts(document) == [
        ("abstract", "Background", "Harbours breathe."),
        ("abstract", "Results", "They breathe out 4 mg."),
        (
            "body",
            "Introduction",
            "Tides move water [1] twice a day.\n\nFigure 1. The harbour. Seen from above.\n\n"
            "We ask two things:\n\nHow much?\n\nHow often?\n\nand answer both.",
        ),
        ("body", "Background", "Nothing is known."),
        (
            "body",
            "Results",
            "Flux was 3 × 10⁻³ mol.\n\nTable 1. Fluxes.\n\nSite | mg\n\nNorth | 4.1",
        ),
        ("body", "Acknowledgements", "We thank the sea."),
        ("references", "References", "Moon A On pull. 2001\n\nB Sun. On light. 2002"),
    ]


def test_passages_leave_out_the_references() -> None:
    texts = [passage.text for passage in split_passages(read_jats(xml(), "tide.xml"))]
    assert any("twice a day" in text for text in texts)
    assert not any("On light" in text for text in texts)


def test_a_body_without_headings_is_not_the_abstract() -> None:
    document = read_jats(xml(body="<p>It begins at once.</p>", back=""), "nature.xml")
    assert parts(document)[-1] == ("body", "Main text", "It begins at once.")


def test_an_article_without_a_body_is_an_abstract() -> None:
    document = read_jats(xml(body="", back=""), "closed.xml")
    assert document.basis == "abstract"
    assert document.text.endswith("They breathe out 4 mg.")


@pytest.mark.parametrize(
    ("attributes", "journal", "status"),
    [
        ("", "<journal-title>bioRxiv</journal-title><issn>0</issn>", "preprint"),
        ('article-type="preprint"', "<journal-title>Res Sq</journal-title>", "preprint"),
        ("", "<journal-title>Newsletter</journal-title>", "unknown"),
    ],
)
def test_the_publication_status_is_said_only_where_the_file_says_it(
    attributes: str, journal: str, status: str
) -> None:
    meta = f"<journal-meta>{journal}</journal-meta><article-meta></article-meta>"
    assert read_jats(xml(meta, attributes=attributes), "a.xml").paper.publication_status == status


MATH = "<mml:math><mml:mrow>{}</mml:mrow></mml:math>"


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ("<mml:mi>x</mml:mi><mml:mo>=</mml:mo><mml:mo>−</mml:mo><mml:mn>3</mml:mn>", "x = −3"),
        (
            "<mml:msup><mml:mi>e</mml:mi><mml:mrow><mml:mi>k</mml:mi><mml:mi>t</mml:mi></mml:mrow>"
            "</mml:msup>",
            "e^(kt)",
        ),
        ("<mml:msup><mml:mn>10</mml:mn><mml:mn>5</mml:mn></mml:msup>", "10⁵"),
        (
            "<mml:mfrac><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mi>b</mml:mi></mml:mrow>"
            "<mml:mn>2</mml:mn></mml:mfrac>",
            "(a + b)/2",
        ),
        (
            "<mml:msubsup><mml:mo>∑</mml:mo><mml:mrow><mml:mi>i</mml:mi><mml:mo>=</mml:mo>"
            "<mml:mn>1</mml:mn></mml:mrow><mml:mi>n</mml:mi></mml:msubsup>",
            "∑_(i = 1)^n",
        ),
        (
            "<mml:semantics><mml:msqrt><mml:mi>d</mml:mi></mml:msqrt>"
            '<mml:annotation encoding="application/x-tex">\\sqrt d</mml:annotation>'
            "</mml:semantics>",
            "√d",
        ),
    ],
)
def test_mathml_is_plain_text_in_its_sentence(inside: str, shown: str) -> None:
    formula = f"<inline-formula>{MATH.format(inside)}</inline-formula>"
    assert paragraph(f"Here {formula} holds.") == f"Here {shown} holds."


def test_deep_formulas_are_read_in_no_time() -> None:
    deep = "<mml:mrow>" * 150 + "<mml:mi>x</mml:mi>" + "</mml:mrow>" * 150
    assert paragraph(MATH.format(deep)) == "x"


def test_latex_comes_without_the_document_around_it_and_mathml_goes_before_it() -> None:
    tex = (
        r"<tex-math>\documentclass[12pt]{minimal}\begin{document}$$R_0 &gt; 1$$\end{document}"
        "</tex-math>"
    )
    assert paragraph(f"So <inline-formula>{tex}</inline-formula>.") == "So R_0 > 1."
    both = f"<alternatives>{tex}{MATH.format('<mml:mi>R</mml:mi>')}</alternatives>"
    assert paragraph(f"So <inline-formula>{both}</inline-formula>.") == "So R."
    shown = f"As<disp-formula><label>(1)</label>{tex}</disp-formula>holds."
    assert paragraph(shown) == "As R_0 > 1 holds."


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ("the 4<sup>th</sup> of 10<sup>2</sup> Ca<sup>2+</sup>", "the 4th of 10² Ca²⁺"),
        ('seen <xref ref-type="bibr"><sup>3</sup></xref> here', "seen here"),
        ("a&#x202E;b&#xAD;c&nbsp;d&eacute;", "abc dé"),
        ("one<break/>two", "one two"),
        (
            "genes <italic>N</italic>\n<sub><italic>i</italic></sub> of\n<sup>13</sup>C",
            "genes Ni of ¹³C",
        ),
    ],
)
def test_running_text_is_what_a_reader_sees(inside: str, shown: str) -> None:
    assert paragraph(inside) == shown


def test_a_group_of_figures_in_a_paragraph_is_read_once() -> None:
    group = "<fig-group><fig><label>Figure 1</label></fig></fig-group>"
    document = read_jats(xml(body=f"<p>Before {group} and after.</p>", back=""), "a.xml")
    assert parts(document)[-1][2] == "Before and after.\n\nFigure 1."


def test_floats_at_the_end_have_a_section_of_their_own() -> None:
    floats = "<floats-group><fig><caption><p>Late.</p></caption></fig></floats-group></article>"
    document = read_jats(xml(back="").replace("</article>", floats), "a.xml")
    assert parts(document)[-1] == ("body", "Figures and tables", "Late.")


def test_the_article_is_found_in_a_set_and_its_reviews_are_left_out() -> None:
    inner = xml(back="").partition(DOCTYPE)[2]
    review = "<sub-article><body><p>I object.</p></body></sub-article></article>"
    text = f"<pmc-articleset>{inner.replace('</article>', review)}</pmc-articleset>"
    assert "I object" not in read_jats(text, "a.xml").text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><article>&b;</article>',
            "entities",
        ),
        (
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><article>&x;</article>',
            "entities",
        ),
        ('<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]><article/>', "entities"),
        ("<article><front>", "malformed"),
        ("<article>&unheardof;</article>", "malformed"),
        ("<rss><channel/></rss>", "no JATS article"),
        ("<article>" + "<sec>" * 100_000, "too deeply"),
        ("", "malformed"),
    ],
)
def test_what_is_no_article_or_an_attack_is_refused(text: str, reason: str) -> None:
    start = time.process_time()
    with pytest.raises(ReadingError, match=reason):
        read_jats(text, "bad.xml")
    assert time.process_time() - start < 2


def test_a_folder_reads_xml_and_names_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.nxml").write_text(xml())
    (tmp_path / "b.xml").write_text("<svg/>")
    (tmp_path / "c.xml").write_text("<article><front/></article>")
    good, bad, empty = iter_folder(tmp_path)
    assert isinstance(good, Document)
    assert good.path == str(tmp_path / "a.nxml")
    assert isinstance(bad, ReadingError)
    assert "no JATS article" in bad.reason
    assert isinstance(empty, ReadingError)
    assert empty.reason == "it has no text"


def test_the_encoding_is_the_one_that_the_file_names(tmp_path: Path) -> None:
    text = xml(body="<p>Zürich, žába.</p>").replace("UTF-8", "ISO-8859-2")
    path = tmp_path / "latin.xml"
    path.write_bytes(text.encode("iso-8859-2", "xmlcharrefreplace"))
    (document,) = read_file(path)
    assert "Zürich, žába." in document.text


def test_three_thousand_authors_are_read_fast() -> None:
    contrib = "<contrib><name><surname>S{0}</surname><given-names>G</given-names></name></contrib>"
    many = "".join(contrib.format(number) for number in range(3000))
    meta = f"<article-meta><contrib-group>{many}</contrib-group></article-meta>"
    start = time.process_time()
    paper = read_jats(xml(meta), "many.xml").paper
    assert (len(paper.authors), paper.authors[-1]) == (3000, "G S2999")
    assert time.process_time() - start < 2
