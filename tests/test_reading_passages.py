"""Passages: whole sentences, even in length, every body sentence exactly once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.reading.blocks import Block
from assignee.reading.passages import LEFT_OUT, split_passages
from assignee.reading.sections import assemble
from assignee.reading.sentences import sentence_spans
from assignee.records import Document, Paper, Section


def document(*blocks: Block) -> Document:
    assembled = assemble(blocks)
    paper = Paper(id="p0123456789ab", title="T")
    return Document(
        paper=paper, text=assembled.text, sections=assembled.sections, basis="full text"
    )


def sentence(words: int, mark: str = "word") -> str:
    return " ".join(["This", *[mark] * (words - 1)]) + "."


def lengths(doc: Document, most: int = 120) -> list[int]:
    return [len(passage.text.split()) for passage in split_passages(doc, max_words=most)]


def test_a_short_note_is_one_passage_and_a_longer_one_two_even_ones() -> None:
    short = Block("\n".join(sentence(20) for _ in range(5)))
    assert lengths(document(short)) == [100]
    longer = Block(" ".join(sentence(20) for _ in range(8)))
    assert lengths(document(longer)) == [80, 80]


def test_a_cut_between_paragraphs_is_preferred() -> None:
    first, second = Block(" ".join([sentence(15)] * 4)), Block(" ".join([sentence(15)] * 6))
    assert lengths(document(first, second)) == [60, 90]


def test_a_section_without_a_sentence_has_no_passage() -> None:
    paper = Paper(id="p0123456789ab", title="T")
    blank = Section(title="Abstract", start=0, end=3, kind="abstract")
    empty = Document(paper=paper, text="   ", sections=(blank,), basis="abstract")
    assert split_passages(empty) == []


def test_sections_are_kept_apart_and_references_and_front_matter_left_out() -> None:
    doc = document(
        Block("Names and places.", kind="front"),
        Block("Method", 1),
        Block("We do it."),
        Block("References", 1),
        Block("An entry."),
        Block("Appendix", 1),
        Block("More."),
    )
    passages = split_passages(doc)
    assert [(p.section, p.text) for p in passages] == [
        ("Method", "We do it."),
        ("Appendix", "More."),
    ]
    first = passages[0]
    assert first.id == f"p0123456789ab:{first.start}-{first.end}"
    assert (first.paper_id, first.basis) == ("p0123456789ab", "full text")


def test_an_overlong_sentence_stands_alone_and_whole() -> None:
    doc = document(Block(" ".join([sentence(10), sentence(300), sentence(10)])))
    assert lengths(doc) == [10, 300, 10]


def test_overlap_repeats_the_last_sentences() -> None:
    doc = document(Block(" ".join(sentence(20, mark=f"w{number}") for number in range(8))))
    first, second = split_passages(doc, overlap_sentences=1)
    assert second.start < first.end
    assert second.text.startswith(sentence(20, mark="w3"))
    assert first.text.endswith(sentence(20, mark="w3"))


def test_nothing_gives_no_passages() -> None:
    assert split_passages(document()) == []


BLOCKS = st.lists(
    st.one_of(
        st.builds(
            Block,
            st.sampled_from(["1 Results", "References", "Abstract", "Appendix", "Other"]),
            st.integers(1, 3),
        ),
        st.lists(
            st.sampled_from(
                [
                    "We do it.",
                    "Smith et al. (2020) agree!",
                    "No end",
                    "- item",
                    "\n",
                    "(Fig. 2).",
                    "?",
                ]
            ),
            max_size=12,
        ).map(lambda pieces: Block(" ".join(pieces))),
    ),
    max_size=8,
)


@given(BLOCKS, st.integers(3, 30))
@settings(max_examples=150, deadline=None)
def test_every_body_sentence_stands_in_exactly_one_passage(blocks: list[Block], most: int) -> None:
    doc = document(*blocks)
    sentences = [
        (section.start + start, section.start + end)
        for section in doc.sections
        if section.kind not in LEFT_OUT
        for start, end in sentence_spans(doc.text[section.start : section.end])
    ]
    passages = split_passages(doc, max_words=most)
    assert all(passage.text == doc.text[passage.start : passage.end] for passage in passages)
    for start, end in sentences:
        assert sum(p.start <= start and end <= p.end for p in passages) == 1
    for passage in passages:
        inside = [span for span in sentences if passage.start <= span[0] < passage.end]
        assert passage.start == inside[0][0]
        assert passage.end == inside[-1][1]
        assert len(inside) == 1 or len(passage.text.split()) <= most
