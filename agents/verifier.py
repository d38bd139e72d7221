"""The verifier: checks each claim in its own source and against independent other papers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assignee.engines.protocol import Judge, Judgement, JudgeRequest
from assignee.reading.normal import find_quote
from assignee.reading.quantities import compare, quantities
from assignee.records import (
    Attribution,
    Claim,
    Contradiction,
    Corroboration,
    Evidence,
    NumberCheck,
    Paper,
    Passage,
    Quote,
    Stance,
    Verdict,
    VerdictLabel,
)


class Dossiers(NamedTuple):
    """The windows of one claim: its own source's, then other papers'."""

    claim: Claim
    own: tuple[Passage, ...]
    others: tuple[Passage, ...]


def independent(one: Paper, other: Paper) -> bool:
    """Another work, with no author in common where both papers' authors are known."""
    if one.identity == other.identity:
        return False
    ours, theirs = _author_keys(one), _author_keys(other)
    return not (ours and theirs and ours & theirs)


def _author_keys(paper: Paper) -> set[str]:
    # "Kaplan, J." and "Jared Kaplan" meet in surname and first initial.
    keys = set()
    for author in paper.named_authors:
        name = author.casefold()
        surname, _, given = name.partition(",") if "," in name else _split_name(name)
        keys.add(f"{surname.strip()}/{given.strip()[:1]}")
    return keys


def _split_name(name: str) -> tuple[str, str, str]:
    parts = name.split()
    return parts[-1], " ", " ".join(parts[:-1])


async def verify(
    cases: Sequence[Dossiers], *, judge: Judge, papers: Mapping[str, Paper]
) -> list[Verdict]:
    """One verdict a claim, in order; claims that the judge could not judge are `not checked`.

    Raises:
        EngineError: the engine gave no usable answer for the whole batch.
    """
    requests = [JudgeRequest(claim=case.claim, windows=(*case.own, *case.others)) for case in cases]
    judged = await judge.judge(requests)
    return [
        _verdict(case, judgements, papers, judge.name)
        if judgements is not None
        else not_checked(case.claim, judge.name, "the judge gave no usable answer")
        for case, judgements in zip(cases, judged, strict=True)
    ]


def not_checked(claim: Claim, judge: str, why: str) -> Verdict:
    """The verdict on a claim that nothing was found out about."""
    return Verdict(
        claim_id=claim.id,
        label="not checked",
        attribution="not checked",
        corroboration="not checked",
        rule=why,
        judge=judge,
    )


def _verdict(
    case: Dossiers, judgements: Sequence[Judgement], papers: Mapping[str, Paper], judge: str
) -> Verdict:
    windows = (*case.own, *case.others)
    found = [
        (judgement, evidence)
        for judgement in judgements
        if judgement.window < len(windows)
        and (evidence := _evidence(case.claim, judgement, windows[judgement.window], papers))
    ]
    own = [evidence for judgement, evidence in found if judgement.window < len(case.own)]
    others = [evidence for judgement, evidence in found if judgement.window >= len(case.own)]
    for_, against = _of(others, "supports"), _of(others, "contradicts")
    attribution = attribute(own)
    corroboration = corroborate(for_, against, papers)
    label, rule = decide(attribution, corroboration)
    return Verdict(
        claim_id=case.claim.id,
        label=label,
        attribution=attribution,
        corroboration=corroboration,
        attribution_evidence=tuple(e for e in own if e.stance != "neutral"),
        evidence_for=for_,
        evidence_against=against,
        considered=len(case.others),
        rule=rule,
        judge=judge,
    )


def _evidence(
    claim: Claim, judgement: Judgement, window: Passage, papers: Mapping[str, Paper]
) -> Evidence | None:
    # A stance whose words are not in the window is not evidence.
    span = find_quote(judgement.quote, window.text) if judgement.quote else None
    if span is None and judgement.stance != "neutral":
        return None
    stance, numbers, why = checked_stance(claim, judgement, window)
    return Evidence(
        quote=Quote.cut(window, *(span or (0, len(window.text)))),
        paper_id=window.paper_id,
        basis=window.basis,
        stance=stance,
        probability=judgement.probability if stance == judgement.stance else None,
        score=judgement.score,
        numbers=numbers,
        independent=independent(papers[claim.paper_id], papers[window.paper_id]),
        why=why,
    )


def checked_stance(
    claim: Claim, judgement: Judgement, window: Passage
) -> tuple[Stance, NumberCheck, str]:
    """The judge's stance after the figures were compared by code.

    Support by a window whose figures disagree with the claim's is no support: neutral, and said.
    """
    figures = quantities(claim.text)
    numbers = compare(figures, quantities(window.text)) if figures else "no numbers"
    if judgement.stance == "supports" and numbers == "disagree":
        return "neutral", numbers, f"the figures differ, whatever the judge says: {judgement.why}"
    return judgement.stance, numbers, judgement.why


def _of(evidence: Sequence[Evidence], stance: str) -> tuple[Evidence, ...]:
    found = [piece for piece in evidence if piece.stance == stance]
    return tuple(sorted(found, key=lambda piece: (-piece.score, piece.quote.passage_id)))


def attribute(own: Sequence[Evidence]) -> Attribution:
    """What the claim's own source says of it: its strongest window decides."""
    speaking = [piece for piece in own if piece.stance != "neutral"]
    if not speaking:
        return "not enough evidence"
    strongest = max(speaking, key=lambda piece: (piece.score, piece.stance == "supports"))
    return "supported" if strongest.stance == "supports" else "contradicted"


def corroborate(
    for_: Sequence[Evidence], against: Sequence[Evidence], papers: Mapping[str, Paper]
) -> Corroboration:
    """What independent papers say; retracted and dependent ones are shown but do not count."""

    def counts(piece: Evidence) -> bool:
        return piece.independent and not papers[piece.paper_id].retracted

    supported, contradicted = any(map(counts, for_)), any(map(counts, against))
    if supported and contradicted:
        return "mixed"
    if supported:
        return "supported"
    return "contradicted" if contradicted else "not enough evidence"


def decide(attribution: Attribution, corroboration: Corroboration) -> tuple[VerdictLabel, str]:
    """The verdict in one word, and the rule that gave it."""
    if attribution != "supported":
        return "unattributed", "its own source was not found to say it"
    if corroboration == "supported":
        return "verified", "its source says it, an independent paper supports it, none is against"
    if corroboration == "contradicted":
        return "contradicted", "an independent paper contradicts it and none supports it"
    if corroboration == "mixed":
        return "mixed", "independent papers support it and others contradict it"
    return (
        "uncorroborated",
        "its source says it; no independent paper was found to speak for or against",
    )


def contradictions(claims: Sequence[Claim], verdicts: Sequence[Verdict]) -> list[Contradiction]:
    """Pairs of claims where one paper's evidence against the other is a claim of this report."""
    by_paper: dict[str, list[Claim]] = {}
    for claim in claims:
        by_paper.setdefault(claim.paper_id, []).append(claim)
    found: dict[frozenset[str], Contradiction] = {}
    for verdict in verdicts:
        for piece in verdict.evidence_against:
            for other in by_paper.get(piece.paper_id, ()):
                if other.id != verdict.claim_id and _overlap(other.quote, piece.quote):
                    pair = frozenset((verdict.claim_id, other.id))
                    first, second = sorted(pair)
                    found.setdefault(pair, Contradiction(first=first, second=second, why=piece.why))
    return [found[pair] for pair in sorted(found, key=sorted)]


def _overlap(one: Quote, other: Quote) -> bool:
    return one.passage_id == other.passage_id and one.start < other.end and other.start < one.end
