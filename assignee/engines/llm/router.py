"""The router: a model decides what a turn asks for; code decides what of that can be meant."""

import re
from collections.abc import Sequence
from typing import get_args

from assignee.engines.llm.adapter import Adapter, engine_name
from assignee.engines.llm.alias import Aliases
from assignee.engines.llm.fence import Fence, fence, one_line, visible
from assignee.engines.llm.replies import RouteReply
from assignee.engines.local.references import sources_named
from assignee.engines.local.router import routed
from assignee.engines.protocol import RouteRequest
from assignee.records import Claim, Paper, PublicationStatus, Route

MOST_SHOWN = 60
"""Claims, and papers, that a prompt shows."""
_YEAR = re.compile(r"(?:19|20)\d\d")


class LLMRouter:
    """Plays the router by one call."""

    def __init__(self, adapter: Adapter, secret: bytes) -> None:
        self._adapter = adapter
        self._secret = secret
        self.name = engine_name("router", adapter.settings)

    async def route(self, request: RouteRequest) -> Route:
        """The model's decision, without claims and papers that are not there.

        Files are those that the user named, never what a model wrote. What a turn points at by
        number is read from the words themselves, too.

        Raises:
            EngineError: no usable reply, or a budget is spent.
        """
        claims = Aliases("C", request.claims[:MOST_SHOWN])
        papers = Aliases("P", request.papers[:MOST_SHOWN])
        values = self._values(request, claims, papers)
        reply = await self._adapter.ask("router", values, RouteReply)
        by_rules = routed(request)
        named = [claim.id for name in reply.claims if (claim := claims.resolve(name))]
        meant = [paper.id for name in reply.papers if (paper := papers.resolve(name))]
        known: Sequence[PublicationStatus] = get_args(PublicationStatus)
        statuses = tuple(status for status in known if status in reply.statuses)
        return Route(
            kind=reply.kind,
            claims=tuple(dict.fromkeys([*by_rules.claims, *named])),
            papers=tuple(dict.fromkeys([*by_rules.papers, *meant])),
            topic=one_line(reply.topic) or one_line(request.said),
            since=_year(reply.since),
            until=_year(reply.until),
            statuses=statuses if len(statuses) < len(known) else (),
            paths=sources_named(request.said),
            decided_by=self.name,
        )

    def _values(
        self, request: RouteRequest, claims: Aliases[Claim], papers: Aliases[Paper]
    ) -> dict[str, str]:
        texts = [claim.text for claim in request.claims]
        titles = [paper.title for paper in request.papers]
        marks = fence(self._secret, [*texts, *titles, *request.earlier, request.said])
        return {
            "question": visible(request.question),
            "nonce": marks.code,
            "claims": _listed(marks, "claims", [f"{n}: {c.text}" for n, c in claims.items()]),
            "papers": _listed(
                marks, "papers", [f"{n}: {p.title} ({p.citation})" for n, p in papers.items()]
            ),
            "earlier": _listed(marks, "earlier", request.earlier),
            "said": marks.enclose("said", request.said),
        }


def _listed(marks: Fence, tag: str, lines: Sequence[str]) -> str:
    return marks.enclose(tag, "\n".join(map(one_line, lines))) if lines else f"No {tag}."


def _year(text: str | None) -> str | None:
    found = _YEAR.search(text or "")
    return found[0] if found else None
