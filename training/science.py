"""Stance pairs in the register of papers: judged claims, and statements made from abstracts."""

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import contrast
import numpy as np
from corpora import CONTRADICTS, NAN, NEUTRAL, SUPPORTS, Judged, Pair
from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

TOP = 3
"""How many of the nearest sentences make a window."""
NOT_SUPPORTED = 3
"""Contradicted or neutral, nobody told which: Citation-Integrity's inaccurate citations."""
DECLARES = re.compile(
    r"\b(?:is|are|was|has|have|can|do|does|may|promotes?|inhibits?|induces?|regulates?|mediates?|"
    r"increases?|reduces?|decreases?|requires?|enhances?|suppress(?:es)?|causes?|protects?|"
    r"contributes?|predicts?|improves?|impairs?|prevents?|drives?|activates?|confers?|leads?|"
    r"triggers?|determines?|depends?|maintains?|facilitates?|stimulates?|restores?|limits?|"
    r"accelerates?|attenuates?|blocks?|shapes?|alters?|correlates?|influences?|represses?|"
    r"outperforms?|emerges?|scales?|matters?|helps?|hurts?|needs?|makes?|learns?)\b"
)
ASKS = re.compile(r"[?:]|^(?:How|What|Why|When|Where|Who|Which|Towards?|Can|Do|Does|Is|Are)\b")


class Abstract(NamedTuple):
    """A paper's title and the sentences of its abstract."""

    document: str
    title: str
    sentences: tuple[str, ...]


def joined(sentences: Sequence[str], places: Sequence[int]) -> str:
    """The sentences at these places, in their order."""
    return " ".join(sentences[place] for place in sorted(set(places)))


def around(place: int, count: int) -> list[int]:
    """A place and its neighbours."""
    return [near for near in (place - 1, place, place + 1) if 0 <= near < count]


def nearest(claims: Sequence[str], texts: Sequence[Sequence[str]], embed: Embed) -> list[list[int]]:
    """For each claim the places of its text's sentences, nearest in meaning first."""
    flat = dict.fromkeys(sentence for sentences in texts for sentence in sentences)
    unique = {sentence: row for row, sentence in enumerate(flat)}
    vectors, wanted = embed(list(unique)), embed(claims)
    return [
        [
            int(i)
            for i in np.argsort(-(vectors[[unique[s] for s in sentences]] @ one), kind="stable")
        ]
        for sentences, one in zip(texts, wanted, strict=True)
    ]


def judged_pairs(
    judged: Sequence[Judged], embed: Embed, rng: random.Random, *, source: str
) -> list[Pair]:
    """Windows of judged abstracts.

    Of an abstract that decides the claim: the deciding sentences, those with their neighbours, the
    nearest sentences if a deciding one is among them, and one window that does not decide. Of one
    that does not: its nearest sentences, together and one with its neighbours. Of sentences that
    were judged neutral: these alone. Supported claims are also changed, so that the claim alone
    does not tell its stance.
    """
    order = nearest([j.claim for j in judged], [j.sentences for j in judged], embed)
    found: list[Pair] = []

    def add(claim: str, places: Sequence[int], j: Judged, stance: int, relevant: float) -> None:
        if places:
            found.append(Pair(claim, joined(j.sentences, places), stance, relevant, source))

    for j, near in zip(judged, order, strict=True):
        count = len(j.sentences)
        deciding = {place for rationale in j.rationales for place in rationale}
        if j.stance == NEUTRAL and deciding:
            add(j.claim, j.rationales[0], j, NEUTRAL, NAN)
            continue
        if not deciding:
            stance = j.stance
            add(j.claim, near[:TOP], j, stance, 1.0)
            add(j.claim, around(near[0], count), j, stance, 1.0)
            continue
        for rationale in j.rationales[:2]:
            add(j.claim, rationale, j, j.stance, 1.0)
        first = min(deciding, key=near.index)
        add(j.claim, around(first, count), j, j.stance, 1.0)
        if deciding & set(near[:TOP]):
            add(j.claim, near[:TOP], j, j.stance, 1.0)
        far = [place for place in near if not deciding & set(around(place, count))]
        if far:
            add(j.claim, around(far[0], count), j, NEUTRAL, NAN)
        if j.stance == SUPPORTS and (made := contrast.changed(j.claim, rng)):
            add(made.text, around(first, count), j, made.stance, 1.0)
        if (same := contrast.paraphrase(j.claim, rng).text) != j.claim:
            seen = deciding & set(near[:TOP])
            add(same, near[:TOP] if seen else around(first, count), j, j.stance, 1.0)
    return found


def cited_pairs(judged: Sequence[Judged], embed: Embed) -> list[Pair]:
    """Citation-Integrity: an inaccurate citation is not supported, and no more is known."""
    order = nearest([j.claim for j in judged], [j.sentences for j in judged], embed)
    return [
        Pair(
            j.claim,
            joined(j.sentences, near[:TOP]),
            NOT_SUPPORTED if j.stance == CONTRADICTS else j.stance,
            NAN,
            "citation-integrity",
        )
        for j, near in zip(judged, order, strict=True)
    ]


class Related:
    """Sentences of other abstracts that share a statement's rare words: hard negatives."""

    def __init__(self, abstracts: Sequence[Abstract]) -> None:
        self.places: list[tuple[int, int]] = []
        self.holding: dict[str, list[int]] = defaultdict(list)
        self.abstracts = abstracts
        for number, abstract in enumerate(abstracts):
            for place, sentence in enumerate(abstract.sentences):
                for word in content(sentence):
                    self.holding[word].append(len(self.places))
                self.places.append((number, place))

    def to(self, statement: str, own: str, rng: random.Random) -> str | None:
        """A window of another paper about much the same words."""
        votes: Counter[int] = Counter()
        for word in content(statement):
            holders = self.holding.get(word, ())
            if 1 < len(holders) <= 400:
                for held in holders:
                    votes[held] += round(100 * math.log(len(self.places) / len(holders)))
        ranked = [
            held
            for held, _ in votes.most_common(12)
            if self.abstracts[self.places[held][0]].document != own
        ]
        if not ranked:
            return None
        number, place = self.places[rng.choice(ranked[:4])]
        sentences = self.abstracts[number].sentences
        return joined(sentences, around(place, len(sentences)))


def content(text: str) -> set[str]:
    """The longer words of a text, which carry its content."""
    return set(re.findall(r"[a-z0-9-]{4,}", text.lower()))


def titled_pairs(abstracts: Sequence[Abstract], related: Related, rng: random.Random) -> list[Pair]:
    """Titles that state a finding, which their own abstracts support, and changed ones."""
    found = []
    for paper in abstracts:
        title = re.sub(r"\s*\[.*?\]|\.$", "", paper.title)
        if not 25 < len(title) < 160 or ASKS.search(title) or not DECLARES.search(title):
            continue
        if len(paper.sentences) < 3:
            continue
        shared = [len(content(title) & content(s)) for s in paper.sentences]
        best = max(range(len(shared)), key=lambda place: (shared[place], place))
        top = sorted(range(len(shared)), key=lambda place: (-shared[place], -place))[:TOP]
        windows = [around(best, len(shared)), top]
        title = contrast.capital(title) + "."
        text = contrast.paraphrase(title, rng).text if rng.random() < 0.5 else title
        found.append(
            Pair(text, joined(paper.sentences, rng.choice(windows)), SUPPORTS, 1.0, "title")
        )
        if made := contrast.changed(title, rng):
            evidence = joined(paper.sentences, rng.choice(windows))
            found.append(Pair(made.text, evidence, made.stance, 1.0, "title"))
        if rng.random() < 0.8 and (other := related.to(title, paper.document, rng)):
            found.append(Pair(title, other, NEUTRAL, 0.0, "title"))
    return found


def sentence_pairs(
    abstracts: Sequence[Abstract], related: Related, rng: random.Random, count: int
) -> list[Pair]:
    """A sentence against itself in other words, changed, its neighbours and another paper."""
    places = [
        (paper, place)
        for paper in abstracts
        for place in range(len(paper.sentences) // 3, len(paper.sentences))
        if len(paper.sentences) >= 4 and 60 < len(paper.sentences[place]) < 320
    ]
    found: list[Pair] = []
    for paper, place in rng.sample(places, min(len(places), count)):
        total = len(paper.sentences)
        statement = contrast.bare(paper.sentences[place])
        if len(statement) < 40:
            continue
        same = contrast.paraphrase(statement, rng).text
        evidence = joined(paper.sentences, rng.choice([[place], around(place, total)]))
        kind = rng.random()
        if kind < 0.22:
            found.append(Pair(same, evidence, SUPPORTS, 1.0, "sentence"))
        elif kind < 0.54:
            if made := contrast.changed(same, rng):
                found.append(Pair(made.text, evidence, made.stance, 1.0, made.kind))
        elif kind < 0.8:
            rest = [near for near in range(total) if abs(near - place) > 0]
            rest.sort(key=lambda near: -len(content(statement) & content(paper.sentences[near])))
            found.append(Pair(same, joined(paper.sentences, rest[:2]), NEUTRAL, NAN, "neighbour"))
        elif other := related.to(statement, paper.document, rng):
            found.append(Pair(same, other, NEUTRAL, 0.0, "other paper"))
    return found


def undecided_pairs(pairs: Sequence[Pair], rng: random.Random, count: int) -> list[Pair]:
    """FEVER's claims beside the evidence of other claims that names the same things.

    FEVER has no neutral class. Evidence that holds most of a claim's words might decide it and is
    not taken, nor is any that shares a sentence with the claim's own.
    """
    own = [pair for pair in pairs if pair.source == "fever"]
    texts = list(dict.fromkeys(pair.evidence for pair in own))
    holding: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for word in content(text):
            holding[word].append(number)
    found: list[Pair] = []
    for pair in rng.sample(own, len(own)):
        words, sentences = content(pair.claim), set(pair.evidence.split(" . "))
        votes: Counter[int] = Counter()
        for word in words:
            if len(holding.get(word, ())) <= 80:
                for number in holding.get(word, ()):
                    votes[number] += round(100 / len(holding[word]))
        for number, _ in votes.most_common(8):
            text = texts[number]
            if len(words & content(text)) <= 0.6 * len(words) and not sentences & set(
                text.split(" . ")
            ):
                found.append(Pair(pair.claim, text, NEUTRAL, NAN, "undecided"))
                break
        if len(found) == count:
            break
    return found
