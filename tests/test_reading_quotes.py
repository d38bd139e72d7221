"""Normalised text, invisible characters, and quotes found at their original offsets."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.reading.normal import find_quote, normalise, strip_invisible

TRICKY = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab Ae\u0301é“”\"'’–—-ﬁfi \u00ad\u200b\u00a0\n\t…½²10%.,ß´"),
        st.characters(),
    ),
    max_size=40,
)


def test_normalising_makes_typography_plain() -> None:
    assert normalise("“ﬁne”\u00ad–tuned…  it’s\n½ 10²").text == '"fine"-tuned... it\'s 1/2 10^2'
    assert normalise("STRASSE Straße", casefold=True).text == "strasse strasse"


@given(TRICKY, st.booleans())
@settings(max_examples=200, deadline=None)
def test_every_normalised_character_comes_from_somewhere_in_order(text: str, fold: bool) -> None:
    plain = normalise(text, casefold=fold)
    assert len(plain.text) == len(plain.starts)
    assert list(plain.starts) == sorted(plain.starts)
    assert all(0 <= start < len(text) for start in plain.starts)
    assert "  " not in plain.text


FOUND = [
    ("models grow", "As models grow, loss falls.", "models grow"),
    ("models grow", "As models\n  grow, loss falls.", "models\n  grow"),
    ("fine-tuned", "a ﬁne–tuned model", "ﬁne–tuned"),
    ('"effective" use', "an “effective” use", "“effective” use"),
    ("effective", "It was an effec\u00adtive method.", "effec\u00adtive"),
    ("  “models grow…” ", "As models grow, loss falls.", "models grow"),
    ("...models grow.", "As models grow", "models grow"),
    ("cafe\u0301", "the café here", "café"),
    ("10^2", "about 10² tokens", "10²"),
]


@pytest.mark.parametrize(("quote", "text", "words"), FOUND)
def test_quotes_are_found_at_their_original_place(quote: str, text: str, words: str) -> None:
    span = find_quote(quote, text)
    assert span is not None
    assert text[span.start : span.end] == words


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("models shrink", "As models grow, loss falls."),
        ("Models grow", "As models grow, loss falls."),
        ("models ... falls", "As models grow, loss falls."),
        ("able to do it", "it is unable to do it"),
        ("improves by 5", "It improves by 50 points"),
        ("improves by 5", "It improves by 5% on average"),
        ("improves by 5", "It improves by 5.3 points"),
        ("102 tokens", "about 10² tokens"),
        ("", "anything"),
        (" “…” ", "anything “…”"),
    ],
)
def test_nothing_is_fuzzy_and_no_word_or_number_is_cut(quote: str, text: str) -> None:
    assert find_quote(quote, text) is None


def test_a_later_whole_word_is_preferred_to_an_earlier_part_of_one() -> None:
    span = find_quote("able", "unable but able")
    assert span is not None
    assert span.start == 11


@given(TRICKY, st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=250, deadline=None)
def test_what_is_found_reads_as_the_quote(text: str, one: int, other: int) -> None:
    quote = normalise(text[min(one, other) : max(one, other)]).text
    span = find_quote(quote, text)
    if span is not None:
        words = normalise(text[span.start : span.end]).text
        assert words in normalise(quote).text
        assert words.strip(" \"'.") == normalise(quote).text.strip(" \"'.")


@given(
    st.lists(st.from_regex(r"[a-z]{1,6}[.,]?", fullmatch=True), min_size=1, max_size=20), st.data()
)
@settings(max_examples=100, deadline=None)
def test_every_run_of_whole_words_is_found_whatever_the_gaps(
    words: list[str], data: st.DataObject
) -> None:
    gaps = data.draw(
        st.lists(st.sampled_from([" ", "\n", "  ", "\u00a0"]), min_size=20, max_size=20)
    )
    first = data.draw(st.integers(0, len(words) - 1))
    text = "".join(word + gap for word, gap in zip(words, gaps, strict=False))
    assert find_quote(" ".join(words[first:]), text) is not None


def test_invisible_characters_are_removed_and_counted() -> None:
    assert strip_invisible("a\u200bb\ufe0f\x00c\td\n\U000e0041") == ("abc\td\n", 4)


def test_every_format_and_control_character_counts_as_invisible() -> None:
    hidden = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cf", "Cc", "Cs") and chr(code) not in "\n\t"
    ]
    assert strip_invisible("".join(hidden)) == ("", len(hidden))


@given(st.text(max_size=30))
@settings(max_examples=50, deadline=None)
def test_what_is_visible_stays(text: str) -> None:
    kept, count = strip_invisible(text)
    assert len(kept) + count == len(text)
    assert strip_invisible(kept) == (kept, 0)
