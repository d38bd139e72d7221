"""Whether quotes stand where they are said to: looked up anew, not by the program's own guard.

The guard of the claim extractor finds a quote whose quotation marks or dashes differ from the
text's, and drops what it does not find. Here the drafted quote itself is looked for, and what was
kept is cut once more out of the document, at the offsets that the claim states.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assignee.agents.claim_extractor import locate
from assignee.evals.bootstrap import Estimate, estimate, ratio, resampled
from assignee.records import ClaimDraft, Passage, Quote, Record


class QuoteFigures(Record):
    """What was measured; intervals are by a bootstrap over documents."""

    drafts: int
    """Statements that the extractor drafted, each with a quote."""
    verbatim: Estimate
    """Share of their quotes that stand, but for white space, in the passage that they name."""
    dropped: Estimate
    """Share that the program drops, for its guard finds the words in no passage of the paper."""
    kept: int
    """Quotes of claims, after the guard."""
    in_place: Estimate
    """Share of these that are the document's own words at their offsets; below 1 is a fault."""
    invented: tuple[str, ...]
    """The quotes that were dropped, as they were drafted."""


class Checked(NamedTuple):
    """One extraction, counted."""

    document: str
    drafts: int
    verbatim: int
    invented: tuple[str, ...]
    kept: int
    in_place: int


def check(
    drafts: Sequence[ClaimDraft],
    quotes: Sequence[Quote],
    passages: Sequence[Passage],
    *,
    document: str,
    text: str,
) -> Checked:
    """Look up drafts in their passages and kept quotes in the text.

    Args:
        drafts: what an extractor said of the passages.
        quotes: what the program kept of it.
        passages: what the extractor read.
        document: names the document, the group of the bootstrap.
        text: the document's, which the passages are slices of.
    """
    named = {passage.id: plain(passage.text) for passage in passages}
    starts = {passage.id: passage.start for passage in passages}
    return Checked(
        document,
        len(drafts),
        sum(plain(draft.quote) in named.get(draft.passage_id, "") for draft in drafts),
        tuple(draft.quote for draft in drafts if locate(draft, passages) is None),
        len(quotes),
        sum(
            text[starts[quote.passage_id] + quote.start : starts[quote.passage_id] + quote.end]
            == quote.text
            for quote in quotes
        ),
    )


def plain(text: str) -> str:
    """The text with one space for any gap."""
    return " ".join(text.split())


def quote_figures(checked: Sequence[Checked]) -> QuoteFigures:
    """The figures of several extractions; documents are drawn whole."""
    weights = resampled([one.document for one in checked])
    drafts = weights @ np.array([one.drafts for one in checked])
    kept = weights @ np.array([one.kept for one in checked])
    invented = tuple(quote for one in checked for quote in one.invented)
    return QuoteFigures(
        drafts=sum(one.drafts for one in checked),
        verbatim=estimate(ratio(weights @ np.array([one.verbatim for one in checked]), drafts)),
        dropped=estimate(ratio(weights @ np.array([len(one.invented) for one in checked]), drafts)),
        kept=sum(one.kept for one in checked),
        in_place=estimate(ratio(weights @ np.array([one.in_place for one in checked]), kept)),
        invented=invented,
    )
