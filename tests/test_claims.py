"""Claims: quotes checked against the text, self-contained, on topic, merged, from many papers."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import claim, paper, passage

from assignee.agents import claim_extractor, consolidator
from assignee.reading.dangling import cannot_stand_alone
from assignee.reading.standalone import claim_text
from assignee.records import Claim, ClaimDraft, Paper, Passage

TEXT = (
    "Larger models reach a lower loss than smaller ones. We train them on web text. "
    "This is shown in Figure 2. Instruction tuning improves zero-shot accuracy by 5%."
)
PASSAGE = passage("one", TEXT)


class Proposes:
    """An extractor that proposes what it was told to."""

    def __init__(self, *drafts: tuple[str, str]) -> None:
        self.drafts = drafts

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        return [
            ClaimDraft(text=text, quote=quote, passage_id=PASSAGE.id, relevance=1.0)
            for text, quote in self.drafts
        ]


class Overlap:
    """A ranker by shared words."""

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        return [consolidator.word_overlap(query, text) for text in texts]


class Everything:
    """A ranker that finds everything relevant and alike."""

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        return [1.0] * len(texts)


async def extracted(*drafts: tuple[str, str], least: float = 0.0) -> claim_extractor.Extraction:
    return await claim_extractor.extract(
        ["Do larger models reach a lower loss?"],
        [PASSAGE],
        paper=paper("one"),
        extractor=Proposes(*drafts),
        ranker=Overlap(),
        limit=5,
        min_relevance=least,
    )


async def test_quotes_are_located() -> None:
    found = await extracted(
        ("Larger models reach a lower loss.", "Larger  models reach a lower loss")
    )
    [made] = found.claims
    assert made.quote.text == "Larger models reach a lower loss"
    assert made.quote.stands_in(PASSAGE)


async def test_invented_quotes_are_dropped_and_counted() -> None:
    found = await extracted(("Models are conscious beings today.", "Models are conscious."))
    assert (found.claims, found.unmatched) == ((), 1)


async def test_dangling_claims_are_dropped_and_counted() -> None:
    found = await extracted(
        ("This is shown in Figure 2.", "This is shown in Figure 2."),
        ("We train them on web text.", "We train them on web text."),
    )
    assert (found.claims, found.not_self_contained) == ((), 2)


async def test_off_topic_claims_are_dropped_and_counted() -> None:
    found = await extracted(
        ("Instruction tuning improves zero-shot accuracy by 5%.", "Instruction tuning improves"),
        least=0.3,
    )
    assert (found.claims, found.off_topic) == ((), 1)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("We find that loss falls with size.", "Loss falls with size."),
        ("Kaplan et al. report that loss falls.", "Loss falls."),
        ("Smith and Lee further showed that loss falls.", "Loss falls."),
        ("In particular, loss falls.", "Loss falls."),
        ("Loss falls with size.", "Loss falls with size."),
    ],
)
def test_the_telling_is_taken_off(sentence: str, text: str) -> None:
    assert claim_text(sentence) == text


@pytest.mark.parametrize(
    "text",
    [
        "It improves accuracy on all of the tasks.",
        "However, these models are worse than others.",
        "Our method improves accuracy on all tasks.",
        "The error is at most 0.061 for the laws in Figure 2.",
        "Scaling laws for models",
        "The model has 24 layers, a head dimension of (64",
    ],
)
def test_what_cannot_stand_alone(text: str) -> None:
    assert cannot_stand_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "Language-model loss falls as a power law in model size.",
        "Those who prefer RLHF models do so in 70% of comparisons.".replace("Those who", "Raters"),
        "Item 7 of the survey shows that users trust larger models.",
    ],
)
def test_what_can_stand_alone(text: str) -> None:
    assert cannot_stand_alone(text) is None


def claims_of(*texts: str) -> list[Claim]:
    return [
        claim(text, passage(f"p{index}", text), relevance=0.9 - index / 100)
        for index, text in enumerate(texts)
    ]


async def test_duplicates_are_merged_across_papers() -> None:
    made = await consolidator.consolidate(
        claims_of(
            "Loss falls as a power law in model size.",
            "Loss falls as a power law in the model size.",
            "Humans prefer the smaller model in 60% of cases.",
        ),
        ranker=Everything(),
        max_claims=10,
        per_paper=4,
    )
    assert (len(made.claims), made.merged) == (2, 1)
    assert [mention.paper_id for mention in made.claims[0].merged_from] == ["p1"]


async def test_other_figures_are_no_duplicates() -> None:
    made = await consolidator.consolidate(
        claims_of(
            "Humans prefer the smaller model in 60% of cases.",
            "Humans prefer the smaller model in 40% of cases.",
        ),
        ranker=Everything(),
        max_claims=10,
        per_paper=4,
    )
    assert made.merged == 0


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(8)))
async def test_order_does_not_matter(order: list[int]) -> None:
    words = random.Random(7)
    texts = [" ".join(words.choices("abcdefghij", k=6)) for _ in range(8)]
    claims = claims_of(*texts)
    one = await consolidator.consolidate(claims, ranker=Everything(), max_claims=5, per_paper=2)
    other = await consolidator.consolidate(
        [claims[i] for i in order], ranker=Everything(), max_claims=5, per_paper=2
    )
    assert one == other


async def test_no_paper_crowds_out_the_others() -> None:
    talkative = [
        claim(
            f"Finding number {n} of the first paper holds.", passage("one", "x" * 60), relevance=1
        )
        for n in ("alpha", "beta", "gamma", "delta")
    ]
    quiet = claims_of("An entirely different statement was made here.")
    made = await consolidator.consolidate(
        [*talkative, *quiet], ranker=Overlap(), max_claims=2, per_paper=4
    )
    assert {c.paper_id for c in made.claims} == {"one", "p0"}
    assert made.over_limit == 3
