"""Sentence boundaries of scientific prose, and spans that lose nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.reading.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


WHOLE = [
    "Smith et al. (2020) and Jones et al. [3] agree with Lee et al., 2021.",
    "As Fig. 2 and Figs. 3–4 and Eq. (3) in Sec. 4.1 of Ref. 7 tell, loss falls.",
    "Some methods, e.g. LoRA, i.e. low-rank updates, cf. Table 2, do well.",
    "The loss fell from 3.5 to 2.1 vs. 1.9 for approx. 40 runs, ca. 3 days.",
    "This was seen by J. Smith and by T. O. Daniel and in E. coli cells.",
    "See No. 5, vol. 3, pp. 12 and https://example.org/a.b?c=1.2 for more.",
    "He waited... then left.",
    "We use GPT-3.5 at p < 0.05 (see Smith et al., 2020).",
    "In the U.S. Army a Ph.D. Thesis is read by Dr. Miller and Prof. Jones.",
    "The team of R. P. Hausinger purified it.",
    "Is it (really?) so.",
]


@pytest.mark.parametrize("text", WHOLE)
def test_abbreviations_initials_and_decimals_do_not_end_a_sentence(text: str) -> None:
    assert sentences(text) == [text]


PAIRS = [
    ("It was shown before [3].", "We agree."),
    ("It was shown before. [3, 4]", "We agree."),
    ("It was shown before.3,4", "We agree."),
    ("This holds (Smith et al., 2020).", "The rest does not."),
    ("The difference was small, p < 0.05.", "Other tests failed."),
    ("It builds on GPT-3.5.", "The model is large."),
    ("The answer is no.", "We stop."),
    ("They tested T5, BERT, etc.", "Results were mixed."),
    ("This follows Tay et al.", "Redesigned models were faster."),
    ("It was sold in the U.S.", "The price fell."),
    ("They took vitamin C.", "Patients improved."),
    ("These are collagens of type I.", "The rest are not."),
    ("They had hepatitis B.", "We did not."),
    ('She said "it works."', "Nobody agreed."),
    ("(It ended.)", "Then it began."),
    ("Why does it work?", "Nobody knows!"),
    ("And so on...", "Then it stopped."),
    ("It acts on growth.", "mTOR is inhibited."),
    ("It is oxidised.", "gamma-CEHC is excreted."),
    ("The optimum is 40 °C.", "Heat destroys it."),
    ("It happened in 2020.", "2021 was calm."),
    ("The speed was 1.2 microm/ms.", "In the left part it was less."),
    ("これは文です。", "次の文。"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_sentences_end_where_they_end(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


def test_a_space_lost_after_a_sentence_is_no_obstacle() -> None:
    assert sentences("We report results.The model is large.") == [
        "We report results.",
        "The model is large.",
    ]


def test_blank_lines_headings_bullets_and_table_rows_part() -> None:
    text = (
        "3.2 Results\nWe found that\nlines wrap. Then\nmore.\n\nno capital here\n\n"
        "# Title\nText under it:\n- first item\n- second item. With two\n1. third\n"
        "| a | b |\n| c | d |"
    )
    assert sentences(text) == [
        "3.2 Results",
        "We found that\nlines wrap.",
        "Then\nmore.",
        "no capital here",
        "# Title",
        "Text under it:",
        "- first item",
        "- second item.",
        "With two",
        "1. third",
        "| a | b |",
        "| c | d |",
    ]


def test_list_numbers_stay_with_their_item() -> None:
    assert sentences("1. Introduction\n\n(2) We do. (3) They do.") == [
        "1. Introduction",
        "(2) We do.",
        "(3) They do.",
    ]


def test_no_text_has_no_sentences() -> None:
    assert sentence_spans("") == []
    assert sentence_spans(" \n\t ") == []


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            'The model et al. Fig. 2 e.g. p < 0.05. [3] ( ) \n \n\n - # | J. ... ? ! ” " 。 1. '
            "We mTOR 3.5 vs. U.S. \t".split(" ")
        ),
        st.text(max_size=8),
    ),
    max_size=30,
)


@given(PIECES, st.sampled_from(["", " "]))
@settings(max_examples=150, deadline=None)
def test_spans_are_ordered_trimmed_and_lose_no_visible_character(
    pieces: list[str], glue: str
) -> None:
    text = glue.join(pieces)
    spans = sentence_spans(text)
    place = 0
    for start, end in spans:
        assert place <= start < end
        assert not text[place:start].strip()
        assert text[start:end] == text[start:end].strip()
        place = end
    assert not text[place:].strip()


@pytest.mark.parametrize(
    "text", ["." * 20_000 + "x", ".' " * 20_000, "\n " * 20_000 + "x", "A. " * 20_000]
)
def test_odd_texts_take_no_quadratic_time(text: str) -> None:
    assert sum(end - start for start, end in sentence_spans(text)) >= len(text.split())
