"""The stance model and what is fitted to it, with the real weights."""

from pathlib import Path

import numpy as np
import pytest
from makers import claim, passage

from assignee.engines import stance as module
from assignee.engines.embedder import Embedder
from assignee.engines.local.aggregation import FEATURES
from assignee.engines.local.aggregation import shipped as aggregation
from assignee.engines.local.judge import LocalJudge
from assignee.engines.local.memory import Memory
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.protocol import JudgeRequest
from assignee.engines.stance import StanceModel

FOLDER = Path(module.__file__).parent / "models" / "stance"
WINDOW = (
    "Forty hives were watched for two winters. Round hives kept the brood warmer than square "
    "hives. The keepers fed all colonies alike."
)
SAID = {
    "Round hives keep the brood warmer than square hives.": "supports",
    "Square hives are colder for the brood than round ones.": "supports",
    "Round hives do not keep the brood warmer than square hives.": "contradicts",
    "Bees fly further in the morning than at noon.": "neutral",
}


@pytest.fixture(scope="module")
def model() -> StanceModel:
    return StanceModel()


@pytest.mark.parametrize(("text", "stance"), SAID.items())
async def test_what_is_plainly_said_denied_or_not_spoken_of(
    model: StanceModel, text: str, stance: str
) -> None:
    judge = LocalJudge(LocalRanker(Memory(Embedder())), model, aggregation())
    request = JudgeRequest(
        claim=claim(text, passage("own", text)), windows=(passage("other", WINDOW),)
    )
    [judgements] = await judge.judge([request])
    assert judgements is not None
    said = judgements[0].stance if judgements else "neutral"
    assert said == stance


async def test_the_opposite_is_supported_less_than_what_is_said(model: StanceModel) -> None:
    judge = LocalJudge(LocalRanker(Memory(Embedder())), model, aggregation())
    pair = ("Round hives kept the brood warmer than square hives.",
            "Round hives kept the brood colder than square hives.")  # fmt: skip
    requests = [
        JudgeRequest(claim=claim(text, passage("own", text)), windows=(passage("other", WINDOW),))
        for text in pair
    ]
    said, turned = [found[0].scores for found in await judge.judge(requests) if found]
    assert said is not None
    assert turned is not None
    assert said.supports > turned.supports
    assert said.contradicts < turned.contradicts


def test_logits_keep_the_order_of_the_pairs_and_hardly_depend_on_the_batch(
    model: StanceModel,
) -> None:
    pairs = [(text, WINDOW * times) for times in (1, 3) for text in SAID]
    alone = np.concatenate([model.read([pair]) for pair in pairs])
    together = model.read(pairs)
    assert together.shape == (len(pairs), 4)
    assert np.abs(alone - together).max() < 0.02


@pytest.mark.parametrize("text", ["", "\x00\n", "a\ud800b", "Ωμέγα-3 👩‍🔬", "word " * 5000])
def test_any_pair_is_read(model: StanceModel, text: str) -> None:
    rows = model.read([(text, WINDOW), ("Moss cools.", text)])
    assert np.isfinite(rows).all()


def test_no_pair_gives_no_row(model: StanceModel) -> None:
    assert model.read([]).shape == (0, 4)


def test_what_is_fitted_belongs_to_the_model(model: StanceModel) -> None:
    assert aggregation().model == model.model_id
    assert len(aggregation().weights) == len(FEATURES)
