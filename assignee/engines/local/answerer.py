"""Answering by rules: sentences put together from claims, verdicts and quoted evidence.

Nothing is added to what the report holds: a sentence is a claim with its source and verdict, words
that were quoted as evidence, or the rule by which a verdict would change.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from assignee.engines.local.writer import names
from assignee.engines.protocol import AnswerRequest
from assignee.records import CitedSentence, Claim, Evidence, Paper

NAME = "rules"
MOST_EVIDENCE = 4
"""Pieces of evidence quoted for one claim; `/evidence` shows all."""

_FOUND = {
    "verified": "verified",
    "mixed": "mixed",
    "contradicted": "contradicted",
    "uncorroborated": "not corroborated",
    "unattributed": "its own source was not found to say it",
    "not checked": "not checked",
}
_WOULD_CHANGE = {
    "verified": "an independent paper that reports the opposite would make it mixed",
    "mixed": "more independent papers on one side would not remove the others: only a retraction "
    "or a reading that shows one of them to speak of something else would",
    "contradicted": "an independent paper that supports it would make it mixed",
    "uncorroborated": "an independent paper that supports it would verify it, one that reports the "
    "opposite would contradict it",
    "unattributed": "words of its own source that say it would have to be found first",
    "not checked": "it has to be checked first",
}


class LocalAnswerer:
    """Puts answers together; costs nothing and asks nobody."""

    name = NAME

    async def answer(self, request: AnswerRequest) -> tuple[CitedSentence, ...]:
        """The sentences, the most direct first."""
        return tuple(answered(request))


def answered(request: AnswerRequest) -> Iterator[CitedSentence]:
    """The sentences of one answer, as its kind of question asks for them."""
    told = _Told(request)
    match request.route.kind:
        case "explain":
            for claim in request.claims:
                yield from told.explained(claim)
        case "compare":
            yield from told.compared()
        case "doubt":
            yield from told.doubted()
        case _:
            yield from told.answered()


class _Told:
    """One request with its records by id."""

    def __init__(self, request: AnswerRequest) -> None:
        self._request = request
        self._claims = {claim.id: claim for claim in request.claims}
        self._verdicts = {verdict.claim_id: verdict for verdict in request.verdicts}
        self._papers = {paper.id: paper for paper in request.papers}

    def answered(self) -> Iterator[CitedSentence]:
        claims = self._request.claims
        if len(claims) > 1:
            text = f"{len(claims)} claims of the report speak of this: {self._tally(claims)}."
            yield CitedSentence(text=text, claim_ids=tuple(self._claims))
        for claim in claims:
            yield self._stated(claim)
        yield from self._opposed()

    def explained(self, claim: Claim) -> Iterator[CitedSentence]:
        verdict, number = self._verdicts[claim.id], self._request.numbers[claim.id]
        source = names([self._papers[claim.paper_id]])
        sure = f" (confidence {verdict.confidence:.2f})" if verdict.confidence is not None else ""
        yield self._of(claim, f"Claim {number}, from {source}: {_bare(claim.text)}.")
        yield self._of(claim, f"It is {verdict.label}{sure}: {verdict.rule}.")
        for piece in verdict.attribution_evidence[:1]:
            yield self._of(claim, f"Its own source: “{_tidy(piece.quote.text)}” ({piece.stance}).")
        for pieces, word in ((verdict.evidence_against, "Against"), (verdict.evidence_for, "For")):
            for piece in pieces[:MOST_EVIDENCE]:
                yield self._of(claim, self._quoted(piece, word))
        if not (verdict.evidence_for or verdict.evidence_against):
            text = f"No passage of another paper speaks for or against it; {verdict.considered} "
            yield self._of(claim, f"{text}{'was' if verdict.considered == 1 else 'were'} judged.")
        if verdict.second is not None and verdict.agreement == "disagree":
            yield self._of(
                claim, f"A second judge, {verdict.second.judge}, finds it {verdict.second.label}."
            )
        yield from self._opposed(claim.id)

    def compared(self) -> Iterator[CitedSentence]:
        for name, ids in self._request.sides:
            claims = [self._claims[id_] for id_ in ids if id_ in self._claims]
            if claims and name != self._number(claims[0]):
                count = "one claim" if len(claims) == 1 else f"{len(claims)} claims"
                text = f"On {name}: {count} ({self._tally(claims)})."
                yield CitedSentence(text=text, claim_ids=tuple(claim.id for claim in claims))
            for claim in claims:
                yield self._stated(claim)
        yield from self._across()
        yield from self._opposed()

    def doubted(self) -> Iterator[CitedSentence]:
        """For each verdict, what would change it, then the claims that have it."""
        for label, would_change in _WOULD_CHANGE.items():
            claims = [c for c in self._request.claims if self._verdicts[c.id].label == label]
            if not claims:
                continue
            named = "One of these claims is" if len(claims) == 1 else f"Of these, {len(claims)} are"
            text = f"{named} {label}: {would_change}."
            yield CitedSentence(text=text, claim_ids=tuple(claim.id for claim in claims))
            for claim in claims:
                yield self._doubt(claim)
        yield from self._opposed()

    def _doubt(self, claim: Claim) -> CitedSentence:
        verdict, source = self._verdicts[claim.id], names([self._papers[claim.paper_id]])
        works = {piece.paper_id for piece in verdict.evidence_for if piece.independent}
        against = {piece.paper_id for piece in verdict.evidence_against if piece.independent}
        rests = f"{len(works)} for and {len(against)} against elsewhere"
        text = f"{self._number(claim).capitalize()}: {_bare(claim.text)} ({source}; {rests})."
        return self._of(claim, text)

    def _number(self, claim: Claim) -> str:
        return f"claim {self._request.numbers[claim.id]}"

    def _across(self) -> Iterator[CitedSentence]:
        """Where the evidence of one side's claim is a paper of another side."""
        sides = [
            (name, [self._claims[id_] for id_ in ids if id_ in self._claims])
            for name, ids in self._request.sides
        ]
        for name, claims in sides:
            others = {
                claim.paper_id: other
                for other, theirs in sides
                if other != name
                for claim in theirs
            }
            for claim in claims:
                verdict = self._verdicts[claim.id]
                for piece in (*verdict.evidence_for, *verdict.evidence_against):
                    if piece.paper_id in others and piece.paper_id != claim.paper_id:
                        word = "For" if piece.stance == "supports" else "Against"
                        number = self._request.numbers[claim.id]
                        yield self._of(claim, self._quoted(piece, f"{word} claim {number}"))

    def _stated(self, claim: Claim) -> CitedSentence:
        verdict = self._verdicts[claim.id]
        aside = names([self._papers[claim.paper_id]])
        for_, against = self._works(verdict.evidence_for), self._works(verdict.evidence_against)
        if verdict.label in ("verified", "mixed") and for_:
            aside += f"; independently supported by {names(for_)}"
        if verdict.label in ("contradicted", "mixed") and against:
            aside += f"; contradicted by {names(against)}"
        if verdict.label in ("uncorroborated", "unattributed", "not checked"):
            aside += f"; {_FOUND[verdict.label]}"
        return self._of(claim, f"{_bare(claim.text)} ({aside}).")

    def _opposed(self, only: str | None = None) -> Iterator[CitedSentence]:
        numbers = self._request.numbers
        for pair in self._request.contradictions:
            ids = tuple(id_ for id_ in (pair.first, pair.second) if id_ in self._claims)
            if ids and (only is None or only in ids) and pair.second in numbers:
                text = (
                    f"Claims {numbers[pair.first]} and {numbers[pair.second]} cannot both hold as "
                    f"stated: {_bare(pair.why)}."
                )
                yield CitedSentence(text=text, claim_ids=(pair.first, pair.second))

    def _quoted(self, piece: Evidence, word: str) -> str:
        paper = self._papers.get(piece.paper_id)
        source = names([paper]) if paper else piece.paper_id
        own = "" if piece.independent else ", not independent"
        return f"{word}, {source}{own}: “{_tidy(piece.quote.text)}” ({_bare(piece.why)})."

    def _works(self, pieces: Sequence[Evidence]) -> list[Paper]:
        ids = dict.fromkeys(piece.paper_id for piece in pieces if piece.independent)
        return [self._papers[id_] for id_ in ids if not self._papers[id_].retracted]

    def _tally(self, claims: Sequence[Claim]) -> str:
        labels: Mapping[str, int] = Counter(self._verdicts[claim.id].label for claim in claims)
        return ", ".join(f"{count} {label}" for label, count in labels.items())

    def _of(self, claim: Claim, text: str) -> CitedSentence:
        return CitedSentence(text=text, claim_ids=(claim.id,))


def _bare(text: str) -> str:
    return _tidy(text).rstrip(".")


def _tidy(text: str) -> str:
    return " ".join(text.split())
