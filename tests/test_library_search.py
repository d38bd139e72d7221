"""Rank fusion, query words and exact neighbours: what must hold for any input."""

import math
import re
from collections.abc import Iterator
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.library.search import RRF_K, fuse
from assignee.library.terms import (
    MAX_WORDS,
    Stemmer,
    Term,
    match_expression,
    rarest,
    selective,
    without_stopwords,
)
from assignee.library.vectors import Matrix, Scope, in_order

RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=3)


@pytest.fixture(scope="module")
def stemmer() -> Iterator[Stemmer]:
    made = Stemmer()
    yield made
    made.close()


def term(word: str) -> Term:
    return Term(word, (word,))


def test_fusion_adds_reciprocal_ranks() -> None:
    fused = fuse([["a", "b"], ["b", "c"]])
    assert [item.id for item in fused] == ["b", "a", "c"]
    assert [item.ranks for item in fused] == [(2, 1), (1, None), (None, 2)]
    assert [item.score for item in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


def test_ties_are_ordered_by_id() -> None:
    assert [item.id for item in fuse([["b", "d"], ["a", "c"]])] == ["a", "b", "c", "d"]


def test_a_repeated_id_counts_once_at_its_best_rank() -> None:
    assert fuse([["a", "a", "b"]]) == fuse([["a", "b"]])


@given(RANKINGS)
@settings(max_examples=60)
def test_fusion_does_not_depend_on_the_order_of_the_rankings(rankings: list[list[str]]) -> None:
    scores = {tuple((f.id, f.score) for f in fuse(order)) for order in permutations(rankings)}
    assert len(scores) == 1


@given(RANKINGS)
@settings(max_examples=60)
def test_fusion_keeps_every_id_and_bounds_its_score(rankings: list[list[str]]) -> None:
    fused = fuse(rankings)
    assert {item.id for item in fused} == {id_ for ranking in rankings for id_ in ranking}
    assert len(fused) == len({item.id for item in fused})
    for item in fused:
        found = [rank for rank in item.ranks if rank is not None]
        assert 0 < item.score <= len(rankings) / (RRF_K + 1)
        assert item.score == math.fsum(1 / (RRF_K + rank) for rank in found)
    assert fused == sorted(fused, key=lambda item: (-item.score, item.id))


@given(RANKINGS, st.data())
@settings(max_examples=60)
def test_moving_up_in_a_ranking_never_costs(rankings: list[list[str]], data: st.DataObject) -> None:
    long = [ranking for ranking in rankings if len(ranking) > 1]
    if not long:
        return
    chosen = data.draw(st.sampled_from(long))
    place = data.draw(st.integers(1, len(chosen) - 1))
    moved = chosen.copy()
    moved[place - 1], moved[place] = moved[place], moved[place - 1]
    after = [moved if ranking is chosen else ranking for ranking in rankings]
    id_ = chosen[place]

    def standing(given: list[list[str]]) -> tuple[float, int]:
        fused = fuse(given)
        [(position, item)] = [(n, f) for n, f in enumerate(fused) if f.id == id_]
        return item.score, -position

    assert standing(after) > standing(rankings)


@given(RANKINGS)
@settings(max_examples=60)
def test_agreement_of_all_rankings_is_kept(rankings: list[list[str]]) -> None:
    fused = [item.id for item in fuse(rankings)]
    for first, second in permutations("abc", 2):
        if rankings and all(
            first in r and second in r and r.index(first) < r.index(second) for r in rankings
        ):
            assert fused.index(first) < fused.index(second)


def test_words_are_stemmed_as_the_index_stems_them(stemmer: Stemmer) -> None:
    assert stemmer.terms("Scaling laws; scales, SCALED!") == [
        Term("scaling", ("scale",)),
        Term("laws", ("law",)),
    ]
    assert stemmer.terms("naïve state-of-the-art")[0] == Term("naïve", ("naiv",))
    assert stemmer.terms("🙂 -- ''") == []
    assert stemmer.terms("again again") == stemmer.terms("again")


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_no_query_escapes_its_quotes(stemmer: Stemmer, text: str) -> None:
    expression = match_expression(stemmer.terms(text))
    assert re.fullmatch(r'("[^"\W_]+"( OR "[^"\W_]+")*)?', expression)


def test_a_pasted_book_is_cut_to_a_bounded_number_of_words(stemmer: Stemmer) -> None:
    assert len(stemmer.terms(" ".join(f"w{number}" for number in range(9999)))) == MAX_WORDS


def test_stopwords_go_unless_nothing_else_is_there() -> None:
    assert without_stopwords([term("the"), term("loss")]) == [term("loss")]
    assert without_stopwords([term("the"), term("of")]) == [term("the"), term("of")]


def test_the_rarest_terms_are_kept() -> None:
    frequency = {"a": 5, "b": 1, "c": 0, "d": 1, "e": 900}
    kept = rarest([term(word) for word in "abcde"], frequency, limit=3)
    assert [t.word for t in kept] == ["b", "d", "a"]
    assert selective(kept, frequency, passages=2) == [term("b"), term("d")]
    assert selective([term("e"), term("a")], frequency, passages=1) == [term("e"), term("a")]


def matrix(values: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> Matrix:
    half = len(values) // 2
    return Matrix(
        generation=0,
        ids=tuple(f"{'p' if n < half else 'q'}:{n:03d}" for n in range(len(values))),
        rows_of={"p": range(half), "q": range(half, len(values))},
        values=values,
    )


def test_nearest_is_what_sorting_all_similarities_gives() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 8)).astype(np.float32)
    queries = rng.normal(size=(4, 8)).astype(np.float32)
    made = matrix(values)
    for scope, rows in (
        (Scope(), range(50)),
        (Scope(only=frozenset({"q", "nowhere"})), range(25, 50)),
        (Scope(without=frozenset({"q"})), range(25)),
        (Scope(only=frozenset()), range(0)),
    ):
        expected = [
            [made.ids[row] for row in sorted(rows, key=lambda r: -float(values[r] @ query))][:7]
            for query in queries
        ]
        assert made.nearest(queries, limit=7, scope=scope) == expected


def test_equal_similarities_are_ordered_by_id() -> None:
    values = np.ones((6, 4), dtype=np.float32)
    made = matrix(values)
    assert made.nearest(values[:1], limit=10, scope=Scope()) == [list(made.ids)]
    assert in_order([0.1 + 0.2, 0.3], ["b", "a"]) == ["a", "b"]
