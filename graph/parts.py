"""The parts of one version of a report, loaded from the ids in the state."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from assignee.agents.contradictions import contradictions
from assignee.agents.flow import flow
from assignee.agents.found import as_found
from assignee.agents.news import what_is_new
from assignee.graph.context import Context, Repeat
from assignee.graph.records import loaded
from assignee.graph.screening import terms_of
from assignee.graph.state import State
from assignee.identity import Merged
from assignee.records import (
    Claim,
    Contradiction,
    Counts,
    Draft,
    News,
    Paper,
    Passage,
    Plan,
    Screened,
    SearchEntry,
    SearchLog,
    Stamp,
    Verdict,
)
from assignee.settings import Settings


class Parts(NamedTuple):
    """All that a version rests on, without its text and its rating."""

    plan: Plan
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]
    """In the claims' order."""
    contradictions: tuple[Contradiction, ...]
    papers: tuple[Paper, ...]
    """Every paper that was read or quoted; cited ones first."""
    passages: tuple[Passage, ...]
    """Every passage that is quoted."""
    search: SearchLog
    counts: Counts

    def shown(self, question: str, draft: Draft, stamp: Stamp) -> dict[str, Any]:
        """What a dossier is made of, by keyword."""
        return {"question": question, "draft": draft, "stamp": stamp, **self._asdict()}


async def gather(state: State, context: Context) -> Parts:
    """Load the parts of the current version: its claims without those that were dropped."""
    dropped = set(state.get("dropped", ()))
    claims = tuple(c for c in await loaded(context, Claim, state["claims"]) if c.id not in dropped)
    digests = [state["verdicts"][claim.id] for claim in claims if claim.id in state["verdicts"]]
    verdicts = tuple(await loaded(context, Verdict, digests))
    [plan] = await loaded(context, Plan, [state["plan"]])
    kept = [digest for _, digest in sorted(state.get("compared", {}).items()) if digest]
    compared = await loaded(context, Contradiction, kept)
    papers, passages = await asyncio.to_thread(_texts, state, context, claims, verdicts)
    found = as_found(await asyncio.to_thread(_found, state, context))
    news = await asyncio.to_thread(_news, context.repeat, found) if context.repeat else None
    return Parts(
        plan=plan,
        claims=claims,
        verdicts=verdicts,
        contradictions=tuple(
            contradictions(
                claims, verdicts, compared, retracted={one.id for one in papers if one.retracted}
            )
        ),
        papers=papers,
        passages=passages,
        search=search_log(state, context.settings, claims, found, news),
        counts=count(state, claims, verdicts, papers),
    )


def _texts(
    state: State, context: Context, claims: tuple[Claim, ...], verdicts: tuple[Verdict, ...]
) -> tuple[tuple[Paper, ...], tuple[Passage, ...]]:
    quotes = [claim.quote for claim in claims]
    quotes += [mention.quote for claim in claims for mention in claim.merged_from]
    quotes += [piece.quote for verdict in verdicts for piece in verdict.pieces]
    cited = list(dict.fromkeys(quote.paper_id for quote in quotes))
    rest = [paper_id for paper_id in state["read"] if paper_id not in cited]
    papers = {paper.id: paper for paper in context.library.papers([*cited, *rest])}
    passages = context.library.passages_by_id(sorted({quote.passage_id for quote in quotes}))
    return (
        tuple(papers[id_] for id_ in [*cited, *rest]),
        tuple(passages[id_] for id_ in sorted(passages)),
    )


def search_log(
    state: State,
    settings: Settings,
    claims: Sequence[Claim] = (),
    found: tuple[Paper, ...] = (),
    news: News | None = None,
) -> SearchLog:
    """The search in order of round and source, what screening decided, and what was read."""
    keys = sorted(state.get("searches", {}), key=lambda key: (int(key.split(":")[0]), key))
    entries = tuple(
        SearchEntry.model_validate(entry) for key in keys for entry in state["searches"][key]
    )
    rows = [Screened.model_validate(row) for row in state.get("screened", {}).values()]
    screening = [row for row in rows if row.paper_id not in state.get("same_as", {})]
    texts = state.get("texts", {})
    return SearchLog(
        entries=entries,
        unread=tuple(sorted(state.get("unread", {}))),
        terms=terms_of(settings),
        screening=tuple(sorted(screening, key=_order)),
        flow=flow(
            entries,
            screening,
            abstracts={id_ for id_, text in texts.items() if not text["place"]},
            cited={claim.paper_id for claim in claims},
        ),
        saturation=state.get("stopped") or None,
        basis=state.get("bases", {}),
        tried={id_: tuple(text["tried"]) for id_, text in texts.items() if not text["place"]},
        found=found,
        news=news,
    )


def _order(row: Screened) -> tuple[bool, float, str]:
    """Those that were read first, then by relevance."""
    return row.decision == "excluded", -(row.relevance or 0.0), row.paper_id


def _found(state: State, context: Context) -> list[Paper]:
    """Every paper that was found, as the library keeps it; those that were left out early too."""
    ids = [id_ for id_ in sorted(state["pool"]) if id_ not in state.get("same_as", {})]
    kept = context.library.papers(ids)
    early = [digest for id_, digest in sorted(state.get("works", {}).items()) if id_ not in ids]
    return [*kept, *(work.paper for work in context.library.get(Merged, early))]


def _news(repeat: Repeat, found: Sequence[Paper]) -> News:
    return what_is_new(repeat.found, found, since=repeat.date)


def count(
    state: State,
    claims: tuple[Claim, ...],
    verdicts: tuple[Verdict, ...],
    papers: tuple[Paper, ...],
) -> Counts:
    """What was found, kept and left out."""
    made = state.get("extractions", {}).values()
    by_paper: dict[str, int] = {}
    for claim in claims:
        by_paper[claim.paper_id] = by_paper.get(claim.paper_id, 0) + 1
    tally = state.get("tally", {})
    cited = {claim.paper_id for claim in claims} | {p.paper_id for v in verdicts for p in v.pieces}
    found = state["pool"].keys() - state.get("same_as", {}).keys()
    return Counts(
        papers_found=len(found),
        papers_screened_out=len(found - state["read"].keys()),
        papers_read=len(state["read"]),
        papers_cited=len(cited & {paper.id for paper in papers}),
        passages_read=sum(m.get("passages", 0) for m in made),
        drafts=sum(m.get("drafts", 0) for m in made),
        quotes_unmatched=sum(m.get("unmatched", 0) for m in made),
        off_topic=sum(m.get("off_topic", 0) for m in made),
        not_self_contained=sum(m.get("not_self_contained", 0) for m in made),
        over_limit=tally.get("over_limit", 0),
        duplicates_merged=tally.get("merged", 0),
        claims=len(claims),
        claims_not_checked=sum(v.label == "not checked" for v in verdicts),
        extraction_failed=sum(bool(m.get("failed")) for m in made),
        largest_share=max(by_paper.values()) / len(claims) if claims else None,
        rounds=state["round"],
    )
