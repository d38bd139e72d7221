"""The answerer: chooses the claims that speak of what is asked; no other sentence gets through.

An answer rests on claims of the current report alone. Where none speaks of what was asked, that is
said, with what comes near in the papers at hand, and a search is offered.
"""

import asyncio
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from assignee.agents.wording import counted, listed
from assignee.agents.writer import check_sentences
from assignee.engines.local.answerer import LocalAnswerer
from assignee.engines.local.references import papers_on
from assignee.engines.local.router import VERSUS
from assignee.engines.protocol import Answerer, AnswerRequest, Ranker
from assignee.errors import EngineError
from assignee.library import Library
from assignee.reading.quantities import quantities
from assignee.reading.quantity import Quantity
from assignee.reading.words import STOPWORDS, content_stems, words
from assignee.records import CitedSentence, Claim, Evidence, Paper, Report, Route, VerdictLabel

MOST_CLAIMS = 6
NEAR, FAIRLY_NEAR = 0.5, 0.2
"""Relevance from which a claim speaks of a topic with one of its content words, and with most."""
HALF = 0.5
NEAR_PASSAGE = 0.4
"""Cosine from which a passage that no claim was taken from is worth mentioning."""
LARGE = 1e6
"""A bare bound as large as this is about sizes, not about counts of things."""
POINTING = content_stems(
    "say said tell hold speak mean claim think about know known give evidence anything something "
    "everything question what explain apply true there ones list main summary summarise summarize "
    "summed sum bottom line short version takeaway gist overview conclusion conclude overall key "
    "message point bullet sentence brief briefly word recap tldr answer "
    "consensus upshot nutshell digest boil distil statement please et al published year finding"
) | {*STOPWORDS}
"""Stems of words that point at the report and are no topic; of `what's` as well."""
_LABELS: tuple[tuple[str, tuple[VerdictLabel, ...]], ...] = (
    (r"\b(?:un|not |no )(?:\w+ )?corroborat\w*|\brests? on (?:a single|one) \w+|"
     r"\bsingle[- ]source", ("uncorroborated",)),
    (r"\b(?:unverified|not (?:\w+ )?verified)", ("uncorroborated", "unattributed", "not checked")),
    (r"\bunattributed", ("unattributed",)),
    (r"\bnot (?:\w+ )?checked|\bunchecked", ("not checked",)),
    (r"\bmixed\b", ("mixed",)),
    (r"\bcontradict\w*|\bcontested|\bdisputed?\b|\bdisagree\w*|\bconflict\w*",
     ("contradicted", "mixed")),
    (r"\bverified|\bcorroborated|\b(?:well|best)[- ]supported|\bconfirmed", ("verified",)),
)  # fmt: skip
"""Words that name claims by their verdicts; the first that fits counts."""
_HOW_MANY = re.compile(
    r"\b(\d{1,2}|one|two|three|four|five|six)\s+(?:\w+\s+)?(?:bullets?|points?|sentences?|lines?|"
    r"claims?|takeaways?)\b", re.I,
)  # fmt: skip
_NUMERALS = ("one", "two", "three", "four", "five", "six")


class Answered(NamedTuple):
    """What is told in a turn that changes nothing."""

    sentences: tuple[CitedSentence, ...] = ()
    notes: tuple[str, ...] = ()


class Chosen(NamedTuple):
    """The claims that an answer may use."""

    claims: tuple[Claim, ...]
    sides: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    looked_up: bool = False
    """Whether all that was asked is which claims have a verdict, so that none is an answer, too."""


async def answer(
    said: str,
    route: Route,
    report: Report,
    *,
    answerer: Answerer,
    ranker: Ranker,
    library: Library,
    papers: Collection[str],
) -> Answered:
    """Answer from the report, or say that it holds nothing on this.

    Args:
        said: the turn as it was said.
        route: what it asks for.
        report: the session's current report.
        answerer: writes; rules take over where it gives nothing usable.
        ranker: tells which claims speak of a topic.
        library: where passages that come near are looked up.
        papers: the session's own papers.
    """
    chosen = await choose(route, report, ranker, library)
    if not chosen.claims and chosen.looked_up:
        return Answered(notes=chosen.notes)
    if not chosen.claims:
        return Answered(notes=(*chosen.notes, *await nothing(route, report, library, papers)))
    request = requested(said, route, report, chosen)
    notes = chosen.notes
    sentences: tuple[CitedSentence, ...] = ()
    try:
        sentences = checked(await answerer.answer(request), request, answerer)
        if not sentences:
            notes += ("no sentence of the model's answer rests on checked claims: rules answered",)
    except EngineError as error:
        notes += (f"the model's answer could not be used, so rules answered: {error}",)
    rules = LocalAnswerer()
    return Answered(sentences or checked(await rules.answer(request), request, rules), notes)


def checked(
    sentences: Sequence[CitedSentence], request: AnswerRequest, answerer: Answerer
) -> tuple[CitedSentence, ...]:
    """The sentences that cite claims of the request; a model's figures must stand there, too."""
    known = {*(claim.id for claim in request.claims), *request.numbers}
    if answerer.name == LocalAnswerer.name:
        return tuple(one for one in sentences if one.claim_ids and set(one.claim_ids) <= known)
    quotes = {
        verdict.claim_id: [piece.quote.text for piece in verdict.pieces]
        for verdict in request.verdicts
    }
    return check_sentences(sentences, request.claims, quotes=quotes).sentences


def requested(said: str, route: Route, report: Report, chosen: Chosen) -> AnswerRequest:
    """The request that an answerer gets: the chosen claims with all that stands behind them."""
    ids = {claim.id for claim in chosen.claims}
    verdicts = tuple(report.verdict(claim.id) for claim in chosen.claims)
    pieces: list[Evidence] = [piece for verdict in verdicts for piece in verdict.pieces]
    needed = {claim.paper_id for claim in chosen.claims} | {piece.paper_id for piece in pieces}
    return AnswerRequest(
        said=said,
        route=route,
        question=report.question,
        claims=chosen.claims,
        verdicts=verdicts,
        contradictions=tuple(
            pair for pair in report.contradictions if {pair.first, pair.second} & ids
        ),
        papers=tuple(paper for paper in report.papers if paper.id in needed),
        numbers={claim.id: number for number, claim in enumerate(report.claims, 1)},
        sides=chosen.sides,
    )


async def choose(route: Route, report: Report, ranker: Ranker, library: Library) -> Chosen:
    """The claims that the turn is about."""
    if route.kind == "compare":
        return await _sides(route, report, ranker, library)
    claims = within(report.claims, route, report.papers)
    if route.kind == "doubt":
        named = [claim for claim in claims if claim.id in route.claims]
        doubtful = _doubtful(report, named or claims)
        return Chosen(tuple(doubtful[:MOST_CLAIMS]), notes=_more(len(doubtful)))
    if route.kind == "explain":
        return await _explained(route, report, claims, ranker)
    if route.claims:
        return Chosen(tuple(claim for claim in report.claims if claim.id in route.claims))
    bounds = bounds_of(route.topic)
    claims = [claim for claim in claims if all(meets(claim, bound) for bound in bounds)]
    labelled, text = by_verdict(route.topic, claims, report)
    topic = topic_of(route.model_copy(update={"topic": text}), report, bounds)
    if topic is None or (labelled is not None and topic == report.question):
        found = claims if labelled is None else labelled
    elif topic == report.question:
        found = _main(report, claims)
    else:
        among = claims if labelled is None else labelled
        found = await on_topic(topic, among, report.papers, ranker)
    most = how_many(route.topic)
    notes = _more(len(found), most)
    if labelled == [] and (asked := _verdicts_named(route.topic)):
        notes = (f"no claim of this report is {' or '.join(asked[1])}",)
    return Chosen(tuple(found[:most]), notes=notes, looked_up=labelled == [])


def by_verdict(
    topic: str, claims: Sequence[Claim], report: Report
) -> tuple[list[Claim] | None, str]:
    """The claims of the verdicts that a question names, and the question without these words.

    `None` where it names no verdict.
    """
    if (named := _verdicts_named(topic)) is None:
        return None, topic
    found, labels = named
    kept = [claim for claim in claims if report.verdict(claim.id).label in labels]
    return kept, f"{topic[: found.start()]} {topic[found.end() :]}"


def _verdicts_named(topic: str) -> tuple[re.Match[str], tuple[VerdictLabel, ...]] | None:
    """The words that name claims by their verdicts, and these verdicts."""
    named = ((re.search(pattern, topic, re.I), labels) for pattern, labels in _LABELS)
    return next(((found, labels) for found, labels in named if found), None)


def _main(report: Report, claims: Sequence[Claim]) -> list[Claim]:
    """The claims that the report's own answer rests on, in its order."""
    cited = dict.fromkeys(id_ for sentence in report.draft.answer for id_ in sentence.claim_ids)
    at_hand = {claim.id: claim for claim in claims}
    return [at_hand[id_] for id_ in cited if id_ in at_hand] or list(claims)


def how_many(topic: str) -> int:
    """How many claims an answer has: as many as were asked for, such as `3 bullets`."""
    if not (found := _HOW_MANY.search(topic)):
        return MOST_CLAIMS
    number = found[1].casefold()
    asked = int(number) if number.isdecimal() else _NUMERALS.index(number) + 1
    return max(1, min(asked, 2 * MOST_CLAIMS))


def _more(found: int, most: int = MOST_CLAIMS) -> tuple[str, ...]:
    more = found - most
    return (f"{counted(more, 'more claim')} of the report came into question",) if more > 0 else ()


def within(claims: Sequence[Claim], route: Route, papers: Sequence[Paper]) -> list[Claim]:
    """The claims from the papers, years and kinds of publication that the turn names."""
    kept = {
        paper.id
        for paper in papers
        if (not route.papers or paper.id in route.papers)
        and (not route.since or (paper.year or 0) >= int(route.since[:4]))
        and (not route.until or 0 < (paper.year or 0) <= int(route.until[:4]))
        and (not route.statuses or paper.publication_status in route.statuses)
    }
    return [claim for claim in claims if claim.paper_id in kept]


def bounds_of(topic: str) -> list[Quantity]:
    """The bounds that a question sets, such as `under 1B`."""
    return [found for found in quantities(topic) if found.comparator in ("<", "<=", ">", ">=")]


def meets(claim: Claim, bound: Quantity) -> bool:
    """Whether a figure of the claim lies within the bound and may be of the same kind."""
    return any(
        _within(figure.value, bound)
        for figure in quantities(f"{claim.text} {claim.quote.text}")
        if _same_kind(figure, bound)
    )


def _same_kind(figure: Quantity, bound: Quantity) -> bool:
    if bound.unit and figure.unit:
        return figure.unit == bound.unit
    if bound.value >= LARGE:
        return figure.unit in ("", "parameter") and (figure.value >= LARGE or bool(figure.unit))
    return figure.unit == bound.unit


def _within(value: float, bound: Quantity) -> bool:
    return {
        "<": value < bound.value,
        "<=": value <= bound.value,
        ">": value > bound.value,
        ">=": value >= bound.value,
    }[bound.comparator]


def topic_of(route: Route, report: Report, bounds: Sequence[Quantity] = ()) -> str | None:
    """What the claims must speak of; `None` where the turn names papers, years or bounds alone."""
    text = route.topic
    for bound in sorted(bounds, key=lambda one: -one.start):
        text = f"{text[: bound.start]} {text[bound.end :]}"
    named = content_stems(" ".join(_words_naming(route, report)))
    if not words(text):
        return text
    left = content_stems(_HOW_MANY.sub(" ", text)) - POINTING - named
    narrowed = bool(route.papers or route.since or route.until or route.statuses or bounds)
    if left and not (narrowed and left <= content_stems(report.question)):
        return text
    return None if narrowed else report.question


def _words_naming(route: Route, report: Report) -> list[str]:
    """Words that name the papers of the turn: they are not what the claims must speak of."""
    papers = [paper for paper in report.papers if paper.id in route.papers]
    claims = [claim.text for claim in report.claims if claim.paper_id in route.papers]
    years = [year for year in (route.since, route.until) if year]
    return [*(f"{paper.title} {' '.join(paper.authors)}" for paper in papers), *claims, *years]


async def on_topic(
    topic: str, claims: Sequence[Claim], papers: Sequence[Paper], ranker: Ranker
) -> list[Claim]:
    """The claims that speak of the topic, the nearest first."""
    titles = {paper.id: paper.title for paper in papers}
    wanted = content_stems(topic) - POINTING
    scores = await ranker.rank(topic, [claim.text for claim in claims])
    kept = []
    for claim, score in zip(claims, scores, strict=True):
        held = content_stems(f"{claim.text} {claim.quote.text} {titles.get(claim.paper_id, '')}")
        share = len(wanted & held) / len(wanted) if wanted else 0.0
        if (score >= NEAR and share) or (score >= FAIRLY_NEAR and share > HALF):
            kept.append((score + share, claim))
    return [claim for _, claim in sorted(kept, key=lambda pair: (-pair[0], pair[1].id))]


async def _explained(
    route: Route, report: Report, claims: Sequence[Claim], ranker: Ranker
) -> Chosen:
    if route.claims:
        named = [claim for claim in report.claims if claim.id in route.claims]
        return Chosen(tuple(named), notes=_not_so(route, report, named))
    found = await on_topic(
        topic_of(route, report) or report.question, claims, report.papers, ranker
    )
    return Chosen(tuple(found[:2]))


def _not_so(route: Route, report: Report, claims: Sequence[Claim]) -> tuple[str, ...]:
    """Where a question presumes another verdict than a claim has."""
    asked = next((label for label in ("contradicted", "verified") if label in route.topic), None)
    numbers = {claim.id: number for number, claim in enumerate(report.claims, 1)}
    return tuple(
        f"claim {numbers[claim.id]} is not {asked}: it is {label}"
        for claim in claims
        if asked and (label := report.verdict(claim.id).label) != asked
    )


def _doubtful(report: Report, claims: Sequence[Claim]) -> list[Claim]:
    """The claims that the answer rests on, those first on which one paper more would matter."""
    order = ("contradicted", "mixed", "verified", "uncorroborated", "unattributed", "not checked")
    cited = {id_ for sentence in report.draft.answer for id_ in sentence.claim_ids}
    kept = [claim for claim in claims if claim.id in cited] or list(claims)
    return sorted(kept, key=lambda claim: order.index(report.verdict(claim.id).label))


async def _sides(route: Route, report: Report, ranker: Ranker, library: Library) -> Chosen:
    numbers = {claim.id: number for number, claim in enumerate(report.claims, 1)}
    named: list[tuple[str, list[Claim]]] = []
    if len(route.claims) > 1:
        chosen = [claim for claim in report.claims if claim.id in route.claims]
        named = [(f"claim {numbers[claim.id]}", [claim]) for claim in chosen]
    elif len(route.papers) > 1:
        # Papers of the session need not be papers of the report.
        papers = await asyncio.to_thread(library.papers, list(route.papers))
        named = [
            (paper.cited_as, [c for c in report.claims if c.paper_id == paper.id])
            for paper in papers
        ]
    else:
        topics = route.topic.split(VERSUS)
        named = [(side, await _side(side, report, ranker)) for side in topics]
        if both := [one for one in named[0][1] if all(one in side for _, side in named)]:
            apart = [(name, [one for one in side if one not in both]) for name, side in named]
            named = [(listed(topics), both), *((name, side) for name, side in apart if side)]
    empty = [name for name, claims in named if not claims]
    notes = (f"no checked claim speaks of {listed(empty)}",) if empty else ()
    kept = [(name, claims[: MOST_CLAIMS // 2]) for name, claims in named if claims]
    found = {claim.id: claim for _, side in kept for claim in side}
    sides = tuple((name, tuple(claim.id for claim in side)) for name, side in kept)
    return Chosen(tuple(found.values()), sides, notes)


async def _side(side: str, report: Report, ranker: Ranker) -> list[Claim]:
    """The claims of one side: those that name it, else those of the papers that do, else near."""
    wanted = content_stems(side)
    if by_name := [claim for claim in report.claims if wanted <= content_stems(claim.text)]:
        return by_name
    papers = papers_on(side, report.papers, ())
    if of_papers := [claim for claim in report.claims if claim.paper_id in papers]:
        return of_papers
    return await on_topic(side, report.claims, report.papers, ranker)


async def nothing(
    route: Route, report: Report, library: Library, papers: Collection[str]
) -> tuple[str, ...]:
    """That the store holds no claim on this, what comes near, and what can be done."""
    topic = route.topic.replace(VERSUS, " and ").strip(" ?.!") or report.question
    told = [f"no checked claim of this report speaks of “{topic}”, so nothing is answered"]
    [hits] = await asyncio.to_thread(library.search, [topic], limit=3, paper_ids=set(papers))
    near = [hit.passage for hit in hits if (hit.similarity or 0.0) >= NEAR_PASSAGE]
    if near:
        titles = {p.id: p.title for p in library.papers([one.paper_id for one in near])}
        told.append(
            f"{counted(len(near), 'passage')} of the papers at hand may, unchecked: "
            f"{listed([f'“{title}”' for title in dict.fromkeys(titles.values())])}"
        )
    told.append(f"/search {topic} looks for papers on it; /ask {topic}? makes a report of it")
    return tuple(told)
