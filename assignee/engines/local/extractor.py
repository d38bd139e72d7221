"""Extraction by rules: sentences that state a finding, stand alone and are about the question."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from assignee.engines.local.ranker import LocalRanker
from assignee.engines.local.words import DOWN, HEDGES, UP, words
from assignee.reading.sentences import sentence_spans
from assignee.reading.standalone import cannot_stand_alone, claim_text
from assignee.records import ClaimDraft, Paper, Passage

FINDING = 0.44
"""Claimness from which a sentence counts as a finding: some direction, comparison or figure."""
_AIM = re.compile(
    r"\b(?:aims?|examin\w+|investigat\w+|stud(?:y|ies|ied)|explor\w+|propos\w+|introduc\w+|"
    r"present(?:s|ed)?|describ\w+|survey\w*|asked?|asks|tested|compared|measured|trained|evaluated|"
    r"release[sd]?|discuss\w*|address\w*|develop(?:s|ed)?|built|collected|intended|designed|"
    r"used)\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"\b(?:remains? (?:\w+ )?(?:unclear|unknown|unexplored|underexplored|understudied|absent|"
    r"elusive|limited|challenging|poorly understood|an? (?:open|challenge)|to be seen|open)|"
    r"less explored|open (?:question|problem|challenge)|"
    r"(?:limited|little) (?:understanding|is known|attention|work)|"
    r"not been (?:\w+ )?(?:studied|explored|reali[sz]ed|investigated|understood)|"
    r"most (?:studies|works?|existing|prior|research)|"
    r"recent(?:ly)? (?:advances?|trends?|progress|work|stud|years)|"
    r"(?:has|have) (?:recently )?(?:emerged|become|gained|attracted|received|driven)|"
    r"(?:is|are) known to|growing interest)",
    re.IGNORECASE,
)
_WE = re.compile(
    r"^(?:we|in this (?:paper|work|study)|this (?:paper|work|study)|our)\b", re.IGNORECASE
)
_INFERENCE = re.compile(r"\b(?:thus|therefore|hence|so that)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_FINDING = re.compile(
    r"\b(?:than|compared (?:with|to)|depends?|predict(?:s|or|ed)?|correlat\w+|scales?|power law|"
    r"suffic\w+|match(?:es|ed)?|equals?|comparable|prefer(?:red|able)|no (?:\w+ )?(?:cost|effect|"
    r"loss)|leads? to|caus\w+|emerg\w+|remain\w*|retain\w*|achiev\w+|reach\w*|differs?|"
    r"trade-offs?|generali[sz]\w+|needs?|requires?)\b",
    re.IGNORECASE,
)


class Candidate(NamedTuple):
    """One sentence that may become a claim."""

    passage: Passage
    quote: str
    text: str


def claimness(text: str) -> float:
    """How much a sentence reads as a finding, 0 to 1: direction, comparison, figures; no aim of
    the work, no state of the field, not what "we" set out to do."""
    found = set(words(text))
    score = 0.35
    score += 0.25 * bool(found & (UP | DOWN))
    score += 0.25 * bool(_FINDING.search(text))
    score += 0.15 * bool(_NUMBER.search(text))
    score -= 0.30 * bool(_AIM.search(text) and not found & (UP | DOWN))
    score -= 0.50 * bool(_BACKGROUND.search(text) or _WE.match(text))
    score -= 0.15 * bool(_INFERENCE.search(text))
    score -= 0.05 * bool(found & HEDGES)
    return min(1.0, max(0.0, score))


def told_of(text: str, paper: Paper) -> bool:
    """Whether the sentence tells what the paper's authors did: their name is its subject."""
    others = r"(?: et al\.| and (?:[A-Z]\w+|co-authors))?"
    return any(
        re.match(rf"(?:[A-Z][\w.-]+ )?{re.escape(name)}{others},? ", text)
        for name in paper.surnames
    )


def candidates(passages: Sequence[Passage]) -> list[Candidate]:
    """The sentences of the passages that can stand alone, in order."""
    found: list[Candidate] = []
    for passage in passages:
        for start, end in sentence_spans(passage.text):
            quote = passage.text[start:end]
            text = claim_text(quote)
            if cannot_stand_alone(text) is None:
                found.append(Candidate(passage, quote, text))
    return found


class LocalExtractor:
    """Picks the sentences that answer best; every claim is a sentence of its source."""

    def __init__(self, ranker: LocalRanker) -> None:
        self._ranker = ranker

    async def extract(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        paper: Paper,
        limit: int,
    ) -> list[ClaimDraft]:
        """At most `limit` drafts, by relevance to the question times how much they find."""
        found = candidates(passages)
        relevances = await self._ranker.rank(question, [candidate.text for candidate in found])
        scored = [
            (relevance * (0.4 + 0.6 * claimness(candidate.text)), relevance, candidate)
            for candidate, relevance in zip(found, relevances, strict=True)
            if claimness(candidate.text) >= FINDING and not told_of(candidate.text, paper)
        ]
        scored.sort(key=lambda row: -row[0])
        return [
            ClaimDraft(
                text=candidate.text,
                passage_id=candidate.passage.id,
                quote=candidate.quote,
                relevance=relevance,
            )
            for _, relevance, candidate in scored[:limit]
        ]
