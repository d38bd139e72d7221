"""Claims out of sentences: by role, told without their telling, able to stand alone, in turns."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from makers import claim, paper, passage
from numpy.typing import NDArray

from assignee.agents import claim_extractor, consolidator
from assignee.engines.local.extractor import LocalExtractor, of_others, sections
from assignee.engines.local.extractor import Sentence as Read
from assignee.engines.roles import ROLES, Role
from assignee.reading.abbreviations import spelled_out, without_long_forms
from assignee.reading.dangling import cannot_stand_alone, is_fragment, standing
from assignee.reading.own_names import own_names, with_own_names
from assignee.reading.standalone import claim_text
from assignee.records import ClaimDraft, Paper, Passage

RETOLD = [
    ("We find that bees sleep longer in rain.", "Bees sleep longer in rain."),
    ("In this paper, we show that bees sleep longer.", "Bees sleep longer."),
    ("Our extensive experiments demonstrate that bees nap.", "Bees nap."),
    ("Results: bees slept for 5 hours.", "Bees slept for 5 hours."),
    ("However, bees sleep longer in rain.", "Bees sleep longer in rain."),
    ("Thus, bees sleep longer in rain.", "Bees sleep longer in rain."),
    ("Moreover, it was shown that bees sleep.", "Bees sleep."),
    ("Bees sleep longer in rain (see Figure 2).", "Bees sleep longer in rain."),
    ("Bees sleep longer [3, 12] in rain (Lee et al., 2019).", "Bees sleep longer in rain."),
    ("Our key finding is that bees nap.", "Bees nap."),
    ("Across nine hives, we find that naps grow with heat.",
     "Across nine hives, naps grow with heat."),
    ("While rain matters, we observe that wind does not.", "While rain matters, wind does not."),
    ("Through experiments on nine hives, we find that bees nap.", "Bees nap."),
    ("Using a thermal camera, we show that bees nap.", "Using a thermal camera, bees nap."),
    ("We show on nine hives that naps grow with heat.", "On nine hives, naps grow with heat."),
    ("We show that bees nap, and that wasps do not.", "Bees nap, and wasps do not."),
    ("We show that the naps of bees and that of wasps differ.",
     "The naps of bees and that of wasps differ."),
    ("We show that bees nap and propose a new hive.", "Bees nap."),
    ("We found a strong correlation between heat and naps.",
     "A strong correlation was found between heat and naps."),
    ("We observe no significant differences between hives.",
     "No significant differences were observed between hives."),
    ("We provide strong evidence that bees nap.", "There is strong evidence that bees nap."),
    ("Our experiments on nine hives show that bees nap.",
     "Experiments on nine hives show that bees nap."),
    ("- (ii) Bees sleep longer in rain.", "Bees sleep longer in rain."),
    ("Rain also makes bees sleep.", "Rain makes bees sleep."),
    ("Bees can therefore sleep in rain.", "Bees can sleep in rain."),
    ("Sleep is thus a matter of rain, and hence of luck.",
     "Sleep is a matter of rain, and of luck."),
    ("mBees are small robots.", "mBees are small robots."),
]  # fmt: skip
LEFT = [
    "We train two hives on sugar water.",
    "We argue that bees nap for fun.",
    "We hypothesize that rain makes bees sleep.",
    "Rain not only makes bees sleep but also cools them.",
]
HEDGED = [
    ("Our results suggest that rain makes bees sleep.", "suggest"),
    ("These findings indicate that rain makes bees sleep.", "indicate"),
    ("Our analysis suggests that rain makes bees sleep.", "suggests"),
    ("Our preliminary results show that rain makes bees sleep.", "reliminary"),
    ("There is evidence that rain makes bees sleep.", "evidence"),
    ("We find that rain may make bees sleep.", "may"),
    ("We show that some bees sometimes sleep in rain.", "some bees sometimes"),
    ("However, in general, rain likely makes bees sleep.", "in general"),
    ("Lee et al. suggest that rain makes bees sleep.", "suggest"),
    ("In our tests, we find that rain might help bees sleep.", "might"),
]


@pytest.mark.parametrize(("sentence", "text"), RETOLD)
def test_claims_are_told_without_their_telling(sentence: str, text: str) -> None:
    assert claim_text(sentence) == text


@pytest.mark.parametrize("sentence", LEFT)
def test_what_no_rule_fits_is_left_as_it_is(sentence: str) -> None:
    assert claim_text(sentence) == sentence


@pytest.mark.parametrize(("sentence", "hedge"), HEDGED)
def test_a_claim_is_never_stronger_than_its_sentence(sentence: str, hedge: str) -> None:
    assert hedge in claim_text(sentence).casefold()


@pytest.mark.parametrize("sentence", [one for one, _ in (*RETOLD, *HEDGED)])
def test_telling_a_claim_again_changes_nothing(sentence: str) -> None:
    once = claim_text(sentence)
    assert claim_text(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "When trained on sugar water, it naps twice a day.",
        "Compared with older hives, the proposed hive is warmer.",
        "The proposed method makes bees sleep longer.",
        "The model is better than all the others.",
        "Feeding them with sugar water makes naps longer.",
        "On warm days, bees prefer these hives to straw.",
        "Bees sleep best in such a hive and wake early.",
        "By Theorem 3, the naps of bees are bounded.",
        "Naps become longer, as shown above, in rain.",
        "Bees sleep longer, as I have seen often, and I nap.",
        "It is able to sleep for hours without waking.",
        "Others sleep for hours without waking once.",
    ],
)
def test_what_points_elsewhere_cannot_stand_alone(text: str) -> None:
    assert cannot_stand_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "The model trained on sugar water is better than all others.",
        "It is possible to wake bees without any light.",
        "Both bees and wasps sleep longer in rain.",
        "Warm hives lengthen naps, and this effect grows with rain.",
        "Many hives are warm, and these hives have longer naps.",
        "Type I errors are rarer in the US than elsewhere.",
        "Naps of bees are longer than those of wasps.",
        "When hives are warm, bees sleep longer.",
        "Insects such as bees sleep longer in rain.",
    ],
)
def test_what_names_its_nouns_can_stand_alone(text: str) -> None:
    assert cannot_stand_alone(text) is None


def test_vague_texts_stand_less_well() -> None:
    assert standing("The gap widens as hives become warmer every summer.") < standing(
        "The gap between bees and wasps widens as hives become warmer."
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "4 Results and Discussion",
        "| hive | naps | hours |",
        "Bees sleep longer when the weather is",
        "sleep longer when the weather is wet and cold.",
        "Do bees sleep longer when it rains?",
        "The code and all hives are publicly available.",
        "x = 3.1, y = 4.2, z = (5.9, 2.6), w = 5.3.",
        "The naps of bees were measured by Lee et al.",
        "We saw that: • bees sleep long • wasps do not.",
    ],
)
def test_fragments_are_told(sentence: str) -> None:
    assert is_fragment(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Bees sleep longer when the weather is wet.",
        "Bees sleep for 3.2 hours (95% CI 1.9 to 4.8) in rain.",
        "p53 helps bees to sleep for hours.",
        "Bees sleep longer when the weather is wet [3, 4].",
    ],
)
def test_sentences_are_no_fragments(sentence: str) -> None:
    assert is_fragment(sentence) is None


@pytest.mark.parametrize(
    "introduction",
    [
        "We propose BeeNet, a simple and warm framework for hives.",
        "This paper introduces a new method called BeeNet.",
        "We present Bee Network (BeeNet), an algorithm that wakes bees.",
    ],
)
def test_papers_name_their_own_method(introduction: str) -> None:
    named = own_names(["Bees sleep.", introduction])
    assert with_own_names("Our method is warmer.", named) == "BeeNet is warmer."
    assert with_own_names("Rain suits the proposed algorithm.", named) == "Rain suits BeeNet."


def test_only_what_the_name_stands_for_is_named() -> None:
    named = own_names(["We introduce HiveBench, a benchmark of naps."])
    for other in ("Our method is warmer.", "Our benchmarks are warm.", "The benchmark is warm."):
        assert with_own_names(other, named) == other
    assert with_own_names("Our benchmark is warm.", named) == "HiveBench is warm."


def test_two_names_for_one_kind_are_none() -> None:
    assert own_names(["We propose BeeNet, a method.", "We propose WaspNet, a method."]) == {}


EXPLAINED = ["Large bee models (LBMs) and direct nap optimization (DNO) are new."]


def test_abbreviations_are_spelled_out_once_and_for_plurals() -> None:
    assert spelled_out("An LBM with DNO beats LBMs.", EXPLAINED) == (
        "An LBM (large bee model) with DNO (direct nap optimization) beats LBMs."
    )


@pytest.mark.parametrize("text", ["A DNO-tuned hive naps.", "Direct nap optimization (DNO) wins."])
def test_abbreviations_are_left_alone_where_they_are_part_or_explained(text: str) -> None:
    assert spelled_out(text, EXPLAINED) == text


def test_long_forms_come_off_again() -> None:
    text = "LBMs (large bee models) win (in nine hives) over DNO."
    assert without_long_forms(text) == "LBMs win (in nine hives) over DNO."


def test_an_explained_abbreviation_makes_no_other_claim() -> None:
    one = claim("LBM tuning wins in nine hives.", passage("a", "x" * 40))
    other = claim("LBM (large bee model) tuning wins in nine hives.", passage("b", "x" * 60))
    assert consolidator.agree(one, other)


class Told:
    """A role model that reads each role off a function, and keeps what it was shown."""

    model_id = "told"

    def __init__(self, role: Callable[[str], tuple[Role, float]]) -> None:
        self.role = role
        self.shown: list[list[str]] = []

    def roles(self, abstracts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        self.shown = [list(sentences) for sentences in abstracts]
        return [np.array([self._row(one) for one in sentences]) for sentences in abstracts]

    def _row(self, sentence: str) -> NDArray[np.float32]:
        name, probability = self.role(sentence)
        row = np.full(5, (1 - probability) / 4, dtype=np.float32)
        row[ROLES.index(name)] = probability
        return row


class Alike:
    """A ranker that finds texts with `word` relevant, and others less."""

    def __init__(self, word: str) -> None:
        self.word = word

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        return [0.8 if self.word in text else 0.1 for text in texts]


def by_word(**roles: tuple[Role, float]) -> Told:
    """The role of the first word that the sentence holds; `other` without one."""

    def role(sentence: str) -> tuple[Role, float]:
        return next((given for word, given in roles.items() if word in sentence), ("other", 0.9))

    return Told(role)


async def extracted(
    roles: Told, *passages: Passage, relevant: str = "", limit: int = 9, by: Paper | None = None
) -> list[ClaimDraft]:
    extractor = LocalExtractor(Alike(relevant), roles)
    return await extractor.extract("Why?", passages, paper=by or paper("one"), limit=limit)


async def test_results_are_taken_and_methods_are_not() -> None:
    text = "Hives were kept warm all year. Naps of bees became longer than before."
    roles = by_word(kept=("method", 0.9), longer=("result", 0.9))
    [draft] = await extracted(roles, passage("one", text))
    assert draft.quote == "Naps of bees became longer than before."


async def test_the_quote_is_verbatim_while_the_claim_is_retold() -> None:
    finding = "We find that our method makes naps of bees longer [4]."
    text = f"We propose BeeNet, a method for hives. {finding}"
    roles = by_word(propose=("objective", 0.9), longer=("result", 0.9))
    [draft] = await extracted(roles, passage("one", text))
    assert draft.quote == finding
    assert draft.text == "BeeNet makes naps of bees longer."


async def test_surer_and_more_relevant_results_come_first() -> None:
    text = (
        "Naps of wasps are longer in rain. Naps of bees may be longer in rain. "
        "Naps of bees are longer in warm hives."
    )
    roles = by_word(wasps=("result", 0.95), may=("result", 0.5), warm=("result", 0.9))
    drafts = await extracted(roles, passage("one", text), relevant="bees", limit=2)
    assert [draft.text for draft in drafts] == [
        "Naps of bees are longer in warm hives.",
        "Naps of bees may be longer in rain.",
    ]


FACT = "Naps of insects are longer in rain than in sun."


@pytest.mark.parametrize(("word", "facts"), [("bees", 0), ("insects", 1)])
async def test_background_is_taken_only_when_nothing_better(word: str, facts: int) -> None:
    text = f"{FACT} The naps of bees are longer in warm hives."
    roles = by_word(insects=("background", 0.9), bees=("result", 0.9))
    drafts = await extracted(roles, passage("one", text), relevant=word)
    assert sum(draft.text == FACT for draft in drafts) == facts


async def test_the_state_of_the_field_is_no_established_fact() -> None:
    text = "Why naps of bees are longer in rain than in sun remains unclear."
    assert await extracted(by_word(Why=("background", 0.9)), passage("one", text)) == []


async def test_what_the_paper_announces_is_no_finding() -> None:
    text = "Longer naps of bees in nine hives are discussed. Longer naps cost bees no honey."
    drafts = await extracted(by_word(Longer=("result", 0.9)), passage("one", text))
    assert [draft.quote for draft in drafts] == ["Longer naps cost bees no honey."]


async def test_what_the_authors_of_a_note_did_is_no_finding() -> None:
    text = "Lovelace et al. explain longer naps by rain. Longer naps of bees cost no honey."
    drafts = await extracted(
        by_word(onger=("result", 0.9)), passage("one", text), by=paper("one", "Ada Lovelace")
    )
    assert [draft.quote for draft in drafts] == ["Longer naps of bees cost no honey."]


@pytest.mark.parametrize(
    ("section", "quote", "others"),
    [
        ("Abstract", "Recent studies have found that bees nap.", True),
        ("Results", "Lee et al. (2019) found that bees nap.", True),
        ("2 Related Work", "Bees nap longer in rain [3].", True),
        ("4 Results", "Bees nap longer in rain than wasps do [3].", False),
        ("1 Introduction", "Bees nap longer in rain than wasps do.", False),
        ("Results", "Lovelace et al. (2019) found that bees nap.", False),
    ],
)
def test_findings_of_others_are_told_from_own_ones(section: str, quote: str, others: bool) -> None:
    made = passage("one", quote).model_copy(update={"section": section})
    assert of_others(Read(made, quote), paper("one", "Ada Lovelace")) == others


async def test_sections_are_read_whole_and_in_order() -> None:
    first, second = "Bees sleep longer in warm hives.", "Wasps like to sleep in trees."
    third = "Ants hardly ever sleep at all."
    one = passage("one", f"{first} {second}")
    overlapping = passage("one", f"{second} {third}", start=len(first) + 1)
    later = passage("one", "Rain was rare all year.", start=200).model_copy(
        update={"section": "Discussion"}
    )
    roles = by_word()
    await extracted(roles, later, overlapping, one)
    assert roles.shown == [[first, second, third], ["Rain was rare all year."]]


def test_a_paper_of_fragments_has_no_sections() -> None:
    assert sections([passage("one", "4 Results and Discussion")]) == []


async def test_no_text_gives_no_drafts() -> None:
    assert await extracted(by_word(), passage("one", "4 Results and Discussion")) == []


class Proposes:
    """An extractor that proposes every sentence of its passage."""

    async def extract(
        self, question: str, passages: Sequence[Passage], *, paper: Paper, limit: int
    ) -> list[ClaimDraft]:
        return [
            ClaimDraft(text=f"{text}.", quote=f"{text}.", passage_id=one.id, relevance=1.0)
            for one in passages
            for text in one.text.rstrip(".").split(". ")
        ][:limit]


async def chosen(text: str, *, asked: Sequence[str], limit: int) -> claim_extractor.Extraction:
    class Overlap:
        async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
            return [consolidator.word_overlap(query, one) for one in texts]

    return await claim_extractor.extract(
        asked,
        [passage("one", text)],
        paper=paper("one"),
        extractor=Proposes(),
        ranker=Overlap(),
        limit=limit,
        min_relevance=0.0,
    )


RAIN = (
    "Rain makes naps of bees longer. Cold rain makes bees nap at noon. "
    "Strong wind makes the honey bitter."
)


async def test_claims_are_spread_over_the_sub_questions() -> None:
    asked = ["What do rain and wind change?", "How long do bees nap in rain?", "What makes honey?"]
    found = await chosen(RAIN, asked=asked, limit=2)
    assert [made.text for made in found.claims] == [
        "Rain makes naps of bees longer.",
        "Strong wind makes the honey bitter.",
    ]
    assert found.drafts == 2


async def test_one_question_takes_the_best_drafts() -> None:
    found = await chosen(RAIN, asked=["What does rain change?"], limit=2)
    assert [made.text for made in found.claims] == [
        "Rain makes naps of bees longer.",
        "Cold rain makes bees nap at noon.",
    ]


async def test_a_repeated_finding_takes_no_room() -> None:
    text = (
        "Rain makes naps of bees longer. Rain makes the naps of bees longer. Honey can be too sour."
    )
    found = await chosen(text, asked=["Rain?"], limit=2)
    assert [made.text for made in found.claims] == [
        "Rain makes naps of bees longer.",
        "Honey can be too sour.",
    ]


async def test_claims_spell_out_what_their_paper_abbreviates() -> None:
    text = "Warm hive therapy (WHT) is new. Bees in WHT nap longer."
    found = await chosen(text, asked=["Do bees nap?"], limit=2)
    assert "Bees in WHT (warm hive therapy) nap longer." in [made.text for made in found.claims]
    assert {made.quote.text for made in found.claims} == {
        "Warm hive therapy (WHT) is new.",
        "Bees in WHT nap longer.",
    }
