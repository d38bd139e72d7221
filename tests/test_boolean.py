"""Queries in the syntax of services that know operators."""

from datetime import date

import pytest

from assignee.sources import Criteria
from assignee.sources.boolean import Syntax, by_field, dated, is_plain, written
from assignee.sources.query import Both, Term, parse, words

LUCENE = Syntax(both=" AND ", either=" OR ", negation="NOT ")
SIGNS = Syntax(both=" ", either=" | ", negation="-")


@pytest.mark.parametrize(
    ("query", "lucene", "signs"),
    [
        ("", "", ""),
        ("sleep apnea", "sleep AND apnea", "sleep apnea"),
        ('"sleep apnea"', '"sleep apnea"', '"sleep apnea"'),
        ("a1 OR b2 OR c3", "a1 OR b2 OR c3", "a1 | b2 | c3"),
        ("a1 (b2 OR c3)", "a1 AND (b2 OR c3)", "a1 (b2 | c3)"),
        ("a1 OR b2 c3", "a1 OR (b2 AND c3)", "a1 | (b2 c3)"),
        ("a1 NOT (b2 OR c3)", "a1 AND NOT (b2 OR c3)", "a1 -(b2 | c3)"),
        ('a1 NOT "b2 c3"', 'a1 AND NOT "b2 c3"', 'a1 -"b2 c3"'),
        ("(year:2020 OR a1) b2", "a1 AND b2", "a1 b2"),
    ],
)
def test_operators(query: str, lucene: str, signs: str) -> None:
    assert written(parse(query), LUCENE) == lucene
    assert written(parse(query), SIGNS) == signs


def test_a_word_that_looks_like_an_operator_is_quoted() -> None:
    assert written(Both((Term("OR"), Term("tide"))), LUCENE) == '"OR" AND tide'


def test_fields_that_a_service_does_not_have_are_left_out() -> None:
    query = parse("author:Quay (tide OR author:Pier) NOT author:Lock")
    assert written(query, LUCENE, without=("author",)) == "tide"


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("tide", date(2015, 5, 5), date(2021, 6, 6)),
        ("tide year:2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("tide year:2010-2018", date(2015, 5, 5), date(2018, 12, 31)),
        ("tide year:2020-2030", date(2020, 1, 1), date(2021, 6, 6)),
    ],
)
def test_years_narrow_the_days_of_the_criteria(query: str, since: date, until: date) -> None:
    found = dated(parse(query), Criteria(date(2015, 5, 5), date(2021, 6, 6)))
    assert (written(found.query, LUCENE), found.since, found.until) == ("tide", since, until)


def test_years_alone_and_years_that_no_calendar_has() -> None:
    found = dated(parse("year:2020"), Criteria())
    assert (words(found.query), found.since) == ("", date(2020, 1, 1))
    assert dated(parse("tide year:0000"), Criteria()).since == date(1, 1, 1)


def test_parts_by_their_field() -> None:
    query = parse("title:(a1 OR a2) b1 author:c1 NOT title:a3 (title:d1 OR e1) abstract:f1")
    groups = by_field(query, known=("title", "author"))
    assert {field: written(part, LUCENE) for field, part in groups.items()} == {
        "title": "(a1 OR a2) AND NOT a3",
        None: "b1 AND (d1 OR e1) AND f1",
        "author": "c1",
    }


@pytest.mark.parametrize(
    ("query", "plain"),
    [("", True), ("tide", True), ("title:tide storm", True), ("tide OR storm", False),
     ("tide NOT storm", False), ('"tide"', False), ("tide (storm OR surge)", False)],
)  # fmt: skip
def test_plain_words_need_no_syntax(query: str, plain: bool) -> None:
    assert is_plain(parse(query)) is plain
