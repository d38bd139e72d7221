"""Eligibility: what a language model says of the user's criteria, and what of it code believes.

An answer counts only with words that stand in title or abstract. What rules decide by metadata or
exact words is not asked, and goes before.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assignee.agents.criteria import OPEN, Candidate, Ruling, ruled
from assignee.engines.protocol import CriterionAnswer, Eligible, Screener
from assignee.errors import EngineError
from assignee.reading.normal import find_quote
from assignee.records import Terms

Answers = Mapping[str, Mapping[str, Ruling]]
"""Paper id to criterion to what the screener said and code checked."""


class Asked(NamedTuple):
    """What came of asking."""

    answers: dict[str, dict[str, Ruling]]
    failures: dict[str, str]
    """Paper id to why no answer came: rules alone decide about it."""


def criteria_of(terms: Terms) -> list[str]:
    """All criteria, each once."""
    return list(dict.fromkeys((*terms.include, *terms.exclude)))


async def asked(candidates: Sequence[Candidate], terms: Terms, screener: Screener) -> Asked:
    """Ask about the papers of which rules leave a criterion open; failures are not raised."""
    criteria = criteria_of(terms)
    open_ = [one for one in candidates if any(ruled(each, one).met is None for each in criteria)]
    size = screener.batch_size
    batches = [open_[start : start + size] for start in range(0, len(open_), size)]
    drawn = await asyncio.gather(
        *(screener.screen(criteria, [_shown(one) for one in batch]) for batch in batches),
        return_exceptions=True,
    )
    found = Asked({}, {})
    for batch, result in zip(batches, drawn, strict=True):
        if isinstance(result, EngineError):
            found.failures.update({one.paper.id: str(result) for one in batch})
        elif isinstance(result, BaseException):
            raise result
        else:
            for one, said in zip(batch, result, strict=True):
                if said is None:
                    found.failures[one.paper.id] = "it was left out of the reply"
                else:
                    found.answers[one.paper.id] = _checked(one, criteria, said, screener.name)
    return found


def _shown(one: Candidate) -> Eligible:
    return Eligible(title=one.paper.title, abstract=one.abstract or "")


def _checked(
    one: Candidate, criteria: Sequence[str], said: Sequence[CriterionAnswer], name: str
) -> dict[str, Ruling]:
    """The answers by criterion; one without words of the title or abstract cannot tell."""
    shown, found = _shown(one), dict.fromkeys(criteria, OPEN)
    for answer in said:
        stands = any(find_quote(answer.quote, text) for text in (shown.title, shown.abstract))
        if answer.met is not None and stands:
            why = f"{answer.why}: “{answer.quote}” (decided by {name})"
            found[criteria[answer.criterion]] = Ruling(answer.met, why)
    return found
