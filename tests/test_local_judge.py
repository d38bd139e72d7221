"""The learned judge: windows of whole sentences, one judgement a paper, learned weights."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from makers import HashingEmbedder, claim, passage
from numpy.typing import NDArray

from assignee.engines.local.aggregation import FEATURES, Aggregation
from assignee.engines.local.judge import LocalJudge
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.local.windows import Sentence, sentences_by_paper, windows_of
from assignee.engines.protocol import JudgeRequest
from assignee.records import Passage

Logits = NDArray[np.float32]


class Reads:
    """A pair reader that is a function of the window; it keeps what it was asked."""

    model_id = "reads"

    def __init__(self, stance: Callable[[str], int]) -> None:
        self._stance = stance
        self.batches: list[list[tuple[str, str]]] = []

    def read(self, pairs: Sequence[tuple[str, str]]) -> Logits:
        self.batches.append(list(pairs))
        rows = np.zeros((len(pairs), 4), dtype=np.float32)
        for row, (_, window) in enumerate(pairs):
            rows[row, self._stance(window)] = 4
        return rows


def believing() -> Aggregation:
    """Weights that take the strongest window's word."""
    weights = [(0.0, 0.0, 0.0)] * len(FEATURES)
    weights[FEATURES.index("strongest supports")] = (1.0, 0.0, 0.0)
    weights[FEATURES.index("strongest contradicts")] = (0.0, 1.0, 0.0)
    return Aggregation(
        model="reads", weights=tuple(weights), bias=(0.0, 0.0, 0.0), fitted_on="-", items=0
    )


def judge(stance: Callable[[str], int]) -> tuple[LocalJudge, Reads]:
    reads = Reads(stance)
    return LocalJudge(LocalRanker(HashingEmbedder()), reads, believing()), reads


def text_of(*sentences: str) -> str:
    return " ".join(sentences)


ROOFS = text_of(
    "Moss was laid on forty roofs.",
    "Moss cools roofs in summer.",
    "The owners were asked in autumn.",
    "They had paid for the moss themselves.",
)


def test_a_window_is_a_sentence_with_its_neighbours() -> None:
    sentences = [Sentence(0, name, place > 0) for place, name in enumerate("ABCDEF")]
    near = np.array([0.1, 0.2, 0.3, 0.9, 0.0, 0.8], dtype=np.float32)
    found = [window.text for window in windows_of("p", sentences, near).windows]
    assert found == ["C D E", "E F", "B C D", "C D F"]


def test_what_a_paper_asks_is_no_centre() -> None:
    texts = ["We aimed to test whether moss cools roofs.", *"BCDEF"]
    sentences = [Sentence(0, text, place > 0) for place, text in enumerate(texts)]
    near = np.array([0.9, 0.1, 0.3, 0.2, 0.0, 0.0], dtype=np.float32)
    assert [window.centre for window in windows_of("p", sentences, near).windows] == [2, 3, 1]


def test_sentences_that_do_not_follow_each_other_are_no_neighbours() -> None:
    sentences = [Sentence(0, "A", False), *(Sentence(1, name, name != "B") for name in "BCDEF")]
    near = np.array([0.9, 0.1, 0.0, 0.0, 0.0, 0.0], dtype=np.float32)
    assert windows_of("p", sentences, near).windows[0].text == "A"


def test_a_short_text_is_one_window() -> None:
    sentences = [Sentence(0, name, place > 0) for place, name in enumerate("ABCDE")]
    near = np.array([0.1, 0.2, 0.3, 0.9, 0.8], dtype=np.float32)
    [window] = windows_of("p", sentences, near).windows
    assert (window.text, window.centre) == ("A B C D E", 3)


def test_sentences_are_in_the_paper_s_order_and_told_once() -> None:
    text = "One is here. Two is here. Three is here."
    middle, end = text.index("Two"), len(text)
    later = passage("p", text[middle:end]).model_copy(update={"start": middle, "end": end})
    earlier = passage("p", text[: middle + 12]).model_copy(update={"start": 0, "end": middle + 12})
    [sentences] = sentences_by_paper([later, earlier]).values()
    assert [sentence.text for sentence in sentences] == [
        "One is here.",
        "Two is here.",
        "Three is here.",
    ]
    assert [sentence.passage for sentence in sentences] == [1, 1, 0]


def request(*windows: Passage, text: str = "Moss cools roofs.") -> JudgeRequest:
    return JudgeRequest(claim=claim(text, passage("own", text)), windows=windows)


async def test_each_paper_gets_one_judgement_with_a_verbatim_quote() -> None:
    local, _ = judge(lambda window: 0 if "summer" in window else 2)
    windows = (passage("a", ROOFS), passage("b", "Moss cools roofs by half. It is cheap."))
    [judgements] = await local.judge([request(*windows)])
    assert judgements is not None
    assert [windows[j.window].paper_id for j in judgements] == ["a", "b"]
    assert [j.stance for j in judgements] == ["supports", "neutral"]
    for found in judgements:
        assert found.quote in windows[found.window].text
        assert found.scores is not None
        total = found.scores.supports + found.scores.contradicts + found.scores.neutral
        assert total == pytest.approx(1)
        assert found.probability is None


async def test_a_paper_about_something_else_is_not_read() -> None:
    local, reads = judge(lambda _: 0)
    [judgements] = await local.judge([request(passage("a", "Wolves howl at night."))])
    assert judgements == []
    assert not [pair for batch in reads.batches for pair in batch]


async def test_all_claims_of_a_batch_are_read_together_and_no_pair_twice() -> None:
    local, reads = judge(lambda _: 1)
    roofs = passage("a", ROOFS)
    await local.judge([request(roofs), request(roofs), request(roofs, text="Moss warms roofs.")])
    [pairs] = reads.batches
    assert len(pairs) == len(set(pairs))
    assert {text for text, _ in pairs} == {"Moss cools roofs.", "Moss warms roofs."}


async def test_the_deciding_sentence_is_quoted() -> None:
    local, _ = judge(lambda window: 1 if window.startswith("The owners") else 2)
    text = text_of(
        "Moss cools roofs.",
        "Nothing else was seen.",
        "It rained a lot.",
        "Birds came.",
        "The owners said so.",
        "Moss does not cool roofs in winter.",
    )
    [judgements] = await local.judge([request(passage("a", text))])
    assert judgements is not None
    [found] = judgements
    assert (found.stance, found.quote) == ("contradicts", "Moss does not cool roofs in winter.")
