"""Extraction by role: sentences that report a result, stand alone and are about the question.

A small model reads each section and tells of every sentence whether it gives background, an
objective, a method or a result. What a claim is worth is the product of three numbers from 0 to 1:
the probability that it is a result, its relevance to the question, how well it stands alone.
"""

import asyncio
import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assignee.engines.protocol import Ranker
from assignee.engines.roles import ROLES, RoleReader
from assignee.reading.dangling import cannot_stand_alone, is_fragment, standing
from assignee.reading.own_names import own_names, with_own_names
from assignee.reading.sentences import sentence_spans
from assignee.reading.standalone import claim_text
from assignee.reading.words import DOWN, HEDGES, UP, words
from assignee.records import ClaimDraft, Paper, Passage

FINDING = 0.44
"""Claimness from which a sentence counts as a finding: some direction, comparison or figure."""
RESULT = 0.4
"""Probability from which a sentence is taken for a result whatever else it may be."""
ESTABLISHED = 0.5
"""What an established fact of the background is worth beside the paper's own result."""
RELEVANT = 0.35
"""Relevance of a result from which no background is needed: what the program keeps by default."""
_BACKGROUND_COLUMN, _RESULT_COLUMN = ROLES.index("background"), ROLES.index("result")

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
_ANNOUNCED = re.compile(
    r"\b(?:is|are|was|were|will be) (?:also |then |further |briefly )?(?:discussed|presented|"
    r"provided|offered|described|conducted|reviewed|outlined|introduced|proposed|given|"
    r"summari[sz]ed|left)\b|\bfuture (?:work|research|studies|directions?)\b|"
    r"\bdemonstrates? the (?:effectiveness|superiority|usefulness|potential|feasibility)\b",
    re.IGNORECASE,
)
"""Sentences that say what the paper holds, and not what was found."""
_CITES = re.compile(
    r"\[\d{1,3}(?:[,;–\s-]+\d{1,3})*\]|\(\D{2,80},? (?:19|20)\d\d[a-z]?[;)]|\bet al\."
)
_NAMES_OTHERS = re.compile(
    r"(?:In \d{4}, )?[A-Z][\w’'-]+(?: et al\.|(?:,? and [A-Z][\w’'-]+)? [(\[]\d)"
)
_OPENING_SECTION = re.compile(
    r"\b(?:introduction|(?:related|prior|previous) works?|background|preliminaries|literature)\b",
    re.IGNORECASE,
)
"""Sections that cite to tell what others found."""
_STUDIES_OF_OTHERS = re.compile(
    r"\b(?:prior|previous|recent|existing|earlier|past|several|many) (?:\w+ )?(?:works?|studies|"
    r"research|findings|papers|literature|approaches|methods)\b",
    re.IGNORECASE,
)


class Sentence(NamedTuple):
    """One whole sentence of a paper, where it stands."""

    passage: Passage
    quote: str


class Candidate(NamedTuple):
    """One sentence that may become a claim."""

    sentence: Sentence
    text: str
    worth: float
    """Probability that it is a result, less where its words do not read like one; or the discounted
    one that it is established."""
    is_result: bool


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


def of_others(sentence: Sentence, paper: Paper) -> bool:
    """Whether the sentence tells what others found: "recent studies", or those that it cites.

    In most sections a citation may stand beside the paper's own result, as what it is compared
    with; in those that open a paper it stands for the statement.
    """
    quote = sentence.quote
    if any(name in quote for name in paper.surnames):
        return False
    opens = _OPENING_SECTION.search(sentence.passage.section)
    cited = _CITES.search(quote) if opens else _NAMES_OTHERS.match(quote)
    return bool(cited or _STUDIES_OF_OTHERS.search(quote[:60]))


def sections(passages: Sequence[Passage]) -> list[list[Sentence]]:
    """The whole sentences of the passages, section by section, each once, in the paper's order."""
    ordered = sorted(passages, key=lambda passage: (passage.start, passage.end))
    found: list[list[Sentence]] = []
    read = 0
    for _, group in groupby(ordered, key=lambda passage: passage.section):
        found.append([])
        for passage in group:
            for start, end in sentence_spans(passage.text):
                # Passages that overlap repeat their last sentences.
                if passage.start + start < read:
                    continue
                read = passage.start + end
                quote = passage.text[start:end]
                if is_fragment(quote) is None:
                    found[-1].append(Sentence(passage, quote))
    return [sentences for sentences in found if sentences]


def candidates(
    read: Sequence[Sequence[Sentence]], roles: Sequence[NDArray[np.float32]], *, paper: Paper
) -> list[Candidate]:
    """The sentences that can stand alone and find something, in order."""
    named = own_names(sentence.quote for sentences in read for sentence in sentences)
    found = [
        candidate(sentence, row, named=named, paper=paper)
        for sentences, rows in zip(read, roles, strict=True)
        for sentence, row in zip(sentences, rows, strict=True)
    ]
    return [one for one in found if one is not None]


def candidate(
    sentence: Sentence, role: NDArray[np.float32], *, named: dict[str, str], paper: Paper
) -> Candidate | None:
    """The sentence as it would be claimed, or `None` when it cannot be."""
    result, background = float(role[_RESULT_COLUMN]), float(role[_BACKGROUND_COLUMN])
    best = float(role.max())
    if result < min(best, RESULT) and background < best:
        return None
    text = claim_text(with_own_names(sentence.quote, named))
    if cannot_stand_alone(text) or told_of(text, paper) or _ANNOUNCED.search(text):
        return None
    if result >= min(best, RESULT) and not of_others(sentence, paper):
        return Candidate(sentence, text, result * (0.4 + 0.6 * claimness(text)), is_result=True)
    if claimness(text) < FINDING:
        return None
    return Candidate(sentence, text, ESTABLISHED * max(result, background), is_result=False)


class LocalExtractor:
    """Picks the sentences that answer best; every claim rests on one sentence of its source."""

    def __init__(self, ranker: Ranker, roles: RoleReader) -> None:
        self._ranker = ranker
        self._roles = roles

    async def extract(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        paper: Paper,
        limit: int,
    ) -> list[ClaimDraft]:
        """At most `limit` drafts, best first: results, or else what the background establishes."""
        read = sections(passages)
        quotes = [[sentence.quote for sentence in sentences] for sentences in read]
        roles = await asyncio.to_thread(self._roles.roles, quotes)
        found = candidates(read, roles, paper=paper)
        relevances = await self._ranker.rank(question, [one.text for one in found])
        rows = list(zip(found, relevances, strict=True))
        enough = any(one.is_result and relevance >= RELEVANT for one, relevance in rows)
        chosen = [row for row in rows if row[0].is_result or not enough]
        chosen.sort(key=lambda row: -row[1] * row[0].worth * standing(row[0].text))
        return [
            ClaimDraft(
                text=one.text,
                passage_id=one.sentence.passage.id,
                quote=one.sentence.quote,
                relevance=relevance,
            )
            for one, relevance in chosen[:limit]
        ]
