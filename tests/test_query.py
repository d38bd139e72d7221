"""Queries of people and planners: what they come to, and that no text is too odd."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignee.sources.query import MOST_NESTED, Both, Either, Not, Query, Term, parse, words


def plain(text: str) -> Both:
    return Both(tuple(map(Term, text.split())))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("coffee", Term("coffee")),
        ("coffee tea", plain("coffee tea")),
        ("coffee AND tea", plain("coffee tea")),
        ("coffee OR tea", Either((Term("coffee"), Term("tea")))),
        ("coffee NOT tea", Both((Term("coffee"), Not(Term("tea"))))),
        ("coffee AND NOT tea", Both((Term("coffee"), Not(Term("tea"))))),
        ("green tea OR coffee", Either((plain("green tea"), Term("coffee")))),
        ("green (tea OR coffee)", Both((Term("green"), Either((Term("tea"), Term("coffee")))))),
        ("(green tea) AND (black)", plain("green tea black")),
        ("NOT NOT coffee", Term("coffee")),
        ("NOT (NOT coffee)", Term("coffee")),
        ("coffee coffee", Term("coffee")),
    ],
)
def test_operators_bind_as_written(text: str, tree: Query) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('"type 2 diabetes"', Term("type 2 diabetes", phrase=True)),
        ("“type 2 diabetes”", Term("type 2 diabetes", phrase=True)),
        ('"BERT"', Term("BERT", phrase=True)),
        ('"risk of bias"', Term("risk of bias", phrase=True)),
        ('"AND so on"', Term("AND so on", phrase=True)),
        ('""', Both(())),
        ('"?!"', Both(())),
    ],
)
def test_phrases_are_kept_whole(text: str, tree: Query) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("title:sleep", Term("sleep", field="title")),
        ("Title: sleep", Term("sleep", field="title")),
        ('abstract:"deep sleep"', Term("deep sleep", phrase=True, field="abstract")),
        ("author:Will", Term("Will", field="author")),
        ("title:sleep apnea", Both((Term("sleep", field="title"), Term("apnea")))),
        (
            "title:(sleep OR author:Kim)",
            Either((Term("sleep", field="title"), Term("Kim", field="author"))),
        ),
        ("year:2020", Term("2020", field="year")),
        ("year:2018-2020", Term("2018-2020", field="year")),
        ("year: 2018..2020", Term("2018-2020", field="year")),
        ("year:2018–2020", Term("2018-2020", field="year")),
    ],
)
def test_fields(text: str, tree: Query) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("year:soon", plain("year soon")),
        ("subtitle:sleep", plain("subtitle sleep")),
        ("title: OR sleep", Term("sleep")),
        ("doi:10.1000/x", plain("doi 10.1000 x")),
    ],
)
def test_what_only_looks_like_a_field_is_words(text: str, tree: Query) -> None:
    assert parse(text) == tree


def test_a_planners_question_loses_its_stop_words_and_its_question_mark() -> None:
    found = parse("Does the intake of coffee lower the risk of type 2 diabetes?")
    assert found == plain("intake coffee lower risk type 2 diabetes")


def test_capitals_that_mean_something_are_no_stop_words() -> None:
    assert parse("WHO guidance on vitamin A") == plain("WHO guidance vitamin A")


def test_stop_words_stay_when_there_is_nothing_else() -> None:
    assert parse("to be or not to be") == plain("to be or not")


@pytest.mark.parametrize("text", ["", "  ", "?", "AND", "OR NOT", "NOT", "()", '"', "-"])
def test_a_text_without_words_is_the_empty_query(text: str) -> None:
    assert parse(text) == Both(())
    assert words(parse(text)) == ""


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("(coffee", Term("coffee")),
        ("coffee))) tea", plain("coffee tea")),
        ('"coffee tea', plain("coffee tea")),
        ("coffee AND", Term("coffee")),
        ("OR coffee", Term("coffee")),
        ("coffee AND OR tea", Either((Term("coffee"), Term("tea")))),
        ("coffee AND, tea", plain("coffee tea")),
    ],
)
def test_what_is_left_open_or_dangling_does_no_harm(text: str, tree: Query) -> None:
    assert parse(text) == tree


def test_no_sign_of_a_services_syntax_is_left_in_a_term() -> None:
    found = parse(r'C++ a*b~2 [x TO y] {z} "p^4 q" $\alpha$ CRISPR/Cas9 -minus all:w && |v|')
    assert isinstance(found, Both)
    texts = "".join(term.text for term in found.parts if isinstance(term, Term))
    assert not set(texts) & set('+*~[]{}"^$\\/:&|()?!')
    assert Term("CRISPR") in found.parts
    assert Term("minus") in found.parts


def test_words_of_other_scripts_and_inner_marks_stay_whole() -> None:
    assert parse("हिन्दी TNF‑α Kaplan’s 2.5") == plain("हिन्दी TNF-α Kaplan's 2.5")


def test_invisible_characters_do_not_part_words() -> None:
    assert parse("cof\u200bfee \u202etea\u202c") == plain("coffee tea")


def test_words_for_services_without_syntax() -> None:
    query = parse('title:"sleep apnea" (stroke OR infarction) NOT children year:2020 author:Kim')
    assert words(query) == "sleep apnea stroke infarction Kim"


def depth(query: Query) -> int:
    match query:
        case Term():
            return 1
        case Not(part):
            return 1 + depth(part)
        case Both(parts) | Either(parts):
            return 1 + max(map(depth, parts), default=0)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000 + "coffee",
        "NOT " * 20_000 + "coffee",
        "(a1 OR (b1 NOT " * 5_000,
        "title:" * 10_000 + "coffee",
        '"' * 20_001,
        "year:" * 10_000,
    ],
    ids=["open", "not", "nested", "fields", "quotes", "years"],
)
def test_hostile_texts_are_read_at_once_and_come_out_shallow(text: str) -> None:
    begun = time.process_time()
    query = parse(text)
    words(query)
    assert depth(query) <= 3 * MOST_NESTED + 3
    assert time.process_time() - begun < 2


def check(query: Query) -> None:
    """Every term says something, and no node could be a simpler one."""
    match query:
        case Term(text):
            assert text
            assert text == text.strip(" -'.")
        case Not(part):
            assert not isinstance(part, Not)
            check(part)
        case Both(parts) | Either(parts):
            assert len(set(parts)) == len(parts) > 1
            for part in parts:
                assert type(part) is not type(query)
                check(part)


PIECES = ["a", "cat", "the", "AND", "OR", "NOT", "title:", "year:", "2020", *'()"“-.?/ \u200f\n']


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text())
def test_every_text_comes_to_the_simplest_tree(text: str) -> None:
    query = parse(text)
    if query != Both(()):
        check(query)
