"""The verifier: checks each claim in its own source and against independent other papers."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from assignee.agents.notices import retraction
from assignee.agents.weighing import (
    DISCOUNTED,
    Scale,
    Weighed,
    evidence_of,
    own_words,
    scales_of,
    spoken_for,
    strongest,
    verbatim,
    weigh,
)
from assignee.engines.calibration import Profile
from assignee.engines.local.memory import SentenceEmbedder
from assignee.engines.protocol import Judge, Judgement, JudgeRequest
from assignee.records import (
    Agreement,
    Attribution,
    Claim,
    Corroboration,
    Evidence,
    Paper,
    Passage,
    SecondOpinion,
    Stance,
    Verdict,
    VerdictLabel,
)

NO_PROFILES: Mapping[str, Profile] = MappingProxyType({})


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
    cases: Sequence[Dossiers],
    *,
    judge: Judge,
    papers: Mapping[str, Paper],
    second: Judge | None = None,
    profiles: Mapping[str, Profile] = NO_PROFILES,
    embedder: SentenceEmbedder | None = None,
) -> list[Verdict]:
    """One verdict a claim, in order; claims that the judge could not judge are `not checked`.

    The second judge works while the first one's call is in flight. Its opinion is recorded beside
    the verdict and changes nothing in it; when it fails, that is said.

    Args:
        cases: claims with their windows.
        judge: whose verdict stands.
        papers: all papers of the windows and claims, by id.
        second: another judge, asked independently.
        profiles: calibrations by the judge's name; a judge without one gives no confidence.
        embedder: tells which claims lie outside the domains of a calibration.

    Raises:
        EngineError: the judge gave no usable answer for the whole batch.
    """
    requests = [JudgeRequest(claim=case.claim, windows=(*case.own, *case.others)) for case in cases]
    claims = [case.claim for case in cases]
    judged, beside = await asyncio.gather(
        judge.judge(requests),
        second.judge(requests) if second else _nobody(),
        return_exceptions=True,
    )
    if isinstance(judged, BaseException):
        raise judged
    scales = await scales_of(claims, profiles.get(judge.name), embedder)
    verdicts = _opinions(cases, judged, papers, judge.name, scales)
    if second is None or beside is None:
        return verdicts
    if isinstance(beside, BaseException):
        return [_alone(verdict, second.name, beside) for verdict in verdicts]
    scales = await scales_of(claims, profiles.get(second.name), embedder)
    opinions = _opinions(cases, beside, papers, second.name, scales)
    return [_beside(*pair) for pair in zip(verdicts, opinions, strict=True)]


async def _nobody() -> None:
    """The second opinion where no second judge was asked."""


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


def outdated(verdict: Verdict, papers: Mapping[str, Paper]) -> bool:
    """Whether a paper that it rests on has turned out to be retracted since it was given."""
    return any(
        papers[piece.paper_id].retracted and DISCOUNTED not in piece.why for piece in verdict.pieces
    )


def _beside(verdict: Verdict, other: Verdict) -> Verdict:
    """The verdict with the other opinion recorded, and which of the two decided."""
    second = SecondOpinion(
        judge=other.judge,
        label=other.label,
        confidence=other.confidence,
        attribution=other.attribution,
        corroboration=other.corroboration,
        evidence_for=other.evidence_for,
        evidence_against=other.evidence_against,
    )
    agreement, rule = compared(verdict, other)
    return verdict.model_copy(update={"second": second, "agreement": agreement, "rule": rule})


def compared(verdict: Verdict, other: Verdict) -> tuple[Agreement, str]:
    """Whether two opinions on a claim agree, and the rule that decided between them."""
    if other.label == "not checked":
        return "one opinion", f"{verdict.rule}; {other.judge} gave no opinion"
    if verdict.label == "not checked":
        return "one opinion", f"{verdict.rule}; {other.judge} finds it {other.label}"
    if verdict.label == other.label:
        return "agree", f"{verdict.rule}; {other.judge} agrees"
    return (
        "disagree",
        f"{verdict.rule}; {other.judge} disagrees ({other.label}), and the verdict of "
        f"{verdict.judge} stands",
    )


def _alone(verdict: Verdict, judge: str, error: BaseException) -> Verdict:
    if not isinstance(error, Exception):
        raise error
    why = f"{verdict.rule}; {judge} gave no opinion: it failed ({error})"
    return verdict.model_copy(update={"rule": why})


class _Read(NamedTuple):
    """One judgement, weighed, and the window that it is about."""

    weighed: Weighed
    window: Passage
    paper: Paper
    own: bool
    independent: bool

    def evidence(self) -> Evidence:
        return evidence_of(self.weighed, self.window, self.paper, independent=self.independent)


def _opinions(
    cases: Sequence[Dossiers],
    judged: Sequence[Sequence[Judgement] | None],
    papers: Mapping[str, Paper],
    judge: str,
    scales: Sequence[Scale],
) -> list[Verdict]:
    """The verdicts of one judge, in the order of the claims."""
    return [
        not_checked(case.claim, judge, "the judge gave no usable answer")
        if judgements is None
        else _opinion(case, _read(case, judgements, papers, scale), papers, judge, scale)
        for case, judgements, scale in zip(cases, judged, scales, strict=True)
    ]


def _opinion(
    case: Dossiers,
    read: Sequence[_Read],
    papers: Mapping[str, Paper],
    judge: str,
    scale: Scale,
) -> Verdict:
    """The verdict of one judge on one claim."""
    source = papers[case.claim.paper_id]
    own, others = [one for one in read if one.own], [one for one in read if not one.own]
    for_, against = _of(others, "supports"), _of(others, "contradicts")
    attribution = attribute([one.weighed for one in own])
    silent = attribution == "not enough evidence" and any(map(_fell_silent, own))
    if attribution != "supported" and own and (silent or verbatim(case.claim)):
        window = case.own[0]
        if same := own_words(case.claim, window):
            read_again = _Read(same, window, source, own=True, independent=False)
            own, attribution = [read_again], "supported"
    corroboration = corroborate(for_, against, papers)
    label, rule = decide(attribution, corroboration, retraction(source))
    confidence = None
    if scale.profile is not None:
        said = spoken_for([one.weighed for one in own], scale).supports
        # Of a claim that its source was not found to say: that it does not say it.
        confidence = 1 - said
        if attribution == "supported":
            works = [spoken_for(weighed, scale) for weighed in _works(case, others, papers)]
            right = scale.profile.corroboration(corroboration, works)
            # Where its source was retracted, the notice decided and no judge's probability tells.
            told = right if label != "unattributed" else None
            confidence = said * told if told is not None else None
    overruled = [one.weighed.overruled for one in read if one.weighed.overruled]
    return Verdict(
        claim_id=case.claim.id,
        label=label,
        confidence=confidence,
        attribution=attribution,
        corroboration=corroboration,
        attribution_evidence=tuple(
            one.evidence() for one in own if one.weighed.stance != "neutral"
        ),
        evidence_for=for_,
        evidence_against=against,
        considered=len(case.others),
        rule="; ".join([rule, *_overruled(overruled)]),
        judge=judge,
    )


def _read(
    case: Dossiers, judgements: Sequence[Judgement], papers: Mapping[str, Paper], scale: Scale
) -> list[_Read]:
    """The judgements that are about a window of the case, weighed."""
    windows, source = (*case.own, *case.others), papers[case.claim.paper_id]
    read = []
    for judgement in judgements:
        if judgement.window < len(windows):
            window = windows[judgement.window]
            paper = papers[window.paper_id]
            weighed = weigh(case.claim, judgement, window, paper, scale)
            own = judgement.window < len(case.own)
            read.append(_Read(weighed, window, paper, own, independent(source, paper)))
    return read


def _fell_silent(one: _Read) -> bool:
    """Whether the judge saw support and was only too uncertain to say so."""
    return one.weighed.judgement.stance == "supports" and one.weighed.overruled is None


def _overruled(reasons: Sequence[str]) -> list[str]:
    """What exact checks took from the judge, for the rule: the first reason, and how many."""
    if not reasons:
        return []
    more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return [f"exact checks overruled the judge: {reasons[0]}{more}"]


def _of(read: Sequence[_Read], stance: Stance) -> tuple[Evidence, ...]:
    found = [one.evidence() for one in read if one.weighed.stance == stance]
    return tuple(sorted(found, key=lambda piece: (-piece.score, piece.quote.passage_id)))


def _works(
    case: Dossiers, others: Sequence[_Read], papers: Mapping[str, Paper]
) -> list[list[Weighed]]:
    """What was judged in each work that counts: independent of the claim's, not retracted."""
    source = papers[case.claim.paper_id]
    said: dict[str, list[Weighed]] = {
        papers[window.paper_id].identity: []
        for window in case.others
        if independent(source, papers[window.paper_id]) and not papers[window.paper_id].retracted
    }
    for one in others:
        identity = papers[one.window.paper_id].identity
        if identity in said:
            said[identity].append(one.weighed)
    return list(said.values())


def attribute(own: Sequence[Weighed]) -> Attribution:
    """What the claim's own source says of it: its strongest window decides."""
    best = strongest(own)
    if best is None or best.stance == "neutral":
        return "not enough evidence"
    return "supported" if best.stance == "supports" else "contradicted"


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


def decide(
    attribution: Attribution, corroboration: Corroboration, retracted: str | None = None
) -> tuple[VerdictLabel, str]:
    """The verdict in one word, and the rule that gave it.

    `retracted` says when and where the claim's own source was; nothing verifies such a claim.
    """
    label, rule = _by_evidence(attribution, corroboration)
    if retracted is None:
        return label, rule
    if label in ("verified", "uncorroborated"):
        found = "an" if label == "verified" else "no"
        return "unattributed", (
            f"its source says it and {retracted}; {found} independent paper was found to support it"
        )
    return label, f"{rule}; its source {retracted}"


def _by_evidence(
    attribution: Attribution, corroboration: Corroboration
) -> tuple[VerdictLabel, str]:
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
