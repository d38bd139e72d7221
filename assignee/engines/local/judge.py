"""Stance by the small pair model: several windows a paper, weighed together by learned weights."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.engines.local.aggregation import Aggregation, features, softmax
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.local.windows import PaperWindows, sentences_by_paper, windows_of
from assignee.engines.protocol import Judgement, JudgeRequest
from assignee.engines.stance import PairReader
from assignee.reading.checks import Checks, checked
from assignee.records import Stance, StanceScores

FAR = 0.25
"""Below this cosine of its nearest sentence a paper speaks of something else; it is not read."""
COLUMN: dict[Stance, int] = {"supports": 0, "contradicts": 1, "neutral": 2}


class Reading(NamedTuple):
    """What was read of one paper about one claim."""

    paper: PaperWindows
    logits: NDArray[np.float32]
    """Of each window: (windows, 4)."""
    deciding: int
    """Index of the window that says most."""
    checks: Checks


class LocalJudge:
    """One judgement a paper: the stance that its windows take together, raw and not calibrated.

    Attributes:
        name: `local:` and the model's id; profiles and verdicts name it.
    """

    batch_size = 8

    def __init__(self, ranker: LocalRanker, reader: PairReader, aggregation: Aggregation) -> None:
        self.name = f"local:{reader.model_id}"
        self._ranker = ranker
        self._reader = reader
        self._aggregation = aggregation

    async def judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        """One judgement for each paper of a request's windows, in the order of the papers."""
        return await asyncio.to_thread(self._judge, requests)

    def _judge(self, requests: Sequence[JudgeRequest]) -> list[list[Judgement] | None]:
        return [
            [self._judgement(reading) for reading in readings]
            for readings in self.readings(requests)
        ]

    def readings(self, requests: Sequence[JudgeRequest]) -> list[list[Reading]]:
        """What is read of each request's papers; all pairs of all requests go in one batch."""
        chosen = [self._windows(request) for request in requests]
        pairs = list(
            dict.fromkeys(
                (request.claim.text, window.text)
                for request, papers in zip(requests, chosen, strict=True)
                for paper in papers
                for window in paper.windows
            )
        )
        row = dict(zip(pairs, self._reader.read(pairs), strict=True))
        return [
            [
                self._reading(
                    request.claim.text,
                    paper,
                    np.stack([row[request.claim.text, window.text] for window in paper.windows]),
                )
                for paper in papers
            ]
            for request, papers in zip(requests, chosen, strict=True)
        ]

    def _windows(self, request: JudgeRequest) -> list[PaperWindows]:
        found = sentences_by_paper(request.windows)
        texts = [sentence.text for sentences in found.values() for sentence in sentences]
        if not texts:
            return []
        cosines = self._ranker.similarities([request.claim.text], texts)[0]
        papers, start = [], 0
        for paper_id, sentences in found.items():
            own = cosines[start : start + len(sentences)]
            start += len(sentences)
            if len(own) and own.max() >= FAR:
                papers.append(windows_of(paper_id, sentences, own))
        return papers

    def _reading(self, claim: str, paper: PaperWindows, logits: NDArray[np.float32]) -> Reading:
        neutral = softmax(logits[:, :3].astype(np.float64))[:, 2]
        deciding = int(neutral.argmin())
        window = paper.windows[deciding]
        checks = checked(claim, paper.sentences[window.centre].text, context=window.text)
        return Reading(paper, logits, deciding, checks)

    def _judgement(self, reading: Reading) -> Judgement:
        paper = reading.paper
        scores = self._aggregation.scores(features(paper, reading.logits, reading.checks))
        stance = scores.best
        sentence = paper.sentences[deciding_sentence(reading, stance)]
        return Judgement(
            window=sentence.passage,
            stance=stance,
            quote=sentence.text,
            score=scores.of(stance),
            scores=scores,
            why=why(scores, float(paper.cosines.max())),
        )


def deciding_sentence(reading: Reading, stance: Stance) -> int:
    """The centre of the window that takes the stance most clearly."""
    column = COLUMN[stance]
    others = [other for other in range(3) if other != column]
    clear = reading.logits[:, column] - reading.logits[:, others].max(axis=1)
    return reading.paper.windows[int(clear.argmax())].centre


def why(scores: StanceScores, cosine: float) -> str:
    """The raw scores in words."""
    return (
        f"the stance model scores supports {scores.supports:.2f}, contradicts "
        f"{scores.contradicts:.2f}, neutral {scores.neutral:.2f} (similarity {cosine:.2f})"
    )
