"""The evidence checklist by rule: sources, quotes, verdicts and what they rest on."""

import re

from assignee.engines.local.checks_outcome import (
    Check,
    Fault,
    Outcome,
    failed,
    judged,
    listed,
    passed,
    unassessed,
)
from assignee.engines.local.checks_text import borne_out, stems
from assignee.reading.entities import missing
from assignee.reading.opposition import opposition, shared
from assignee.records import Dossier, DossierClaim

LOW_CONFIDENCE = 0.5
"""Below this a verdict is more likely wrong than right, so that "verified" is not its word."""

QUOTE_SHARE = 0.25
"""Share of a claim's content stems that its quote must hold; paraphrases keep half or more."""

SAME_SUBJECT = 0.75
"""Share of a claim's content that its quote must hold for one opposite word to tell."""

FEW = 0.2
"""At most this share of the quotes may be of papers that are not at hand for each to be named."""

_STANDS_FOR = re.compile(
    r"\b(?:ours?|we|us|this|these|it|its|they|their|the (?:proposed|new|resulting|same))\b",
    re.IGNORECASE,
)
_NEEDS_NO_EVIDENCE = re.compile(
    r"(?:in its source: )?(?:not checked|unchecked|not enough evidence|no evidence|insufficient|"
    r"unattributed)",
    re.IGNORECASE,
)
"""Verdicts that begin so have found nothing to list."""


def _no_claims() -> Outcome:
    return unassessed("the report states no claims")


def sourced(dossier: Dossier) -> Outcome:
    """Every claim names a reference; fails on any claim without one."""
    missing = [claim for claim in dossier.claims if not claim.reference]
    if not dossier.claims:
        return _no_claims()
    if len(missing) == len(dossier.claims):
        fault = Fault(
            "No claim names its source: which paper says what cannot be told.",
            "severe", "search", missing[0].id, quote=missing[0].text,
        )  # fmt: skip
        return failed(f"none of {len(missing)} claims names a reference", fault)
    faults = [
        Fault(f"Claim {c.id} names no source.", "major", "drop", c.id, quote=c.text)
        for c in missing
    ]
    return judged(
        faults,
        good=f"all {len(dossier.claims)} claims name a reference",
        bad=f"{len(missing)} of {len(dossier.claims)} claims name no reference",
    )


def quoted(dossier: Dossier) -> Outcome:
    """Every claim carries a quote; fails on any claim without one."""
    missing = [claim for claim in dossier.claims if not (claim.quote or "").strip()]
    if not dossier.claims:
        return _no_claims()
    if len(missing) == len(dossier.claims):
        fault = Fault("No claim carries the words that it was taken from.", "major")
        return failed(f"none of {len(missing)} claims carries a quote", fault)
    faults = [
        Fault(f"Claim {c.id} carries no quote.", "major", "drop", c.id, quote=c.text)
        for c in missing
    ]
    return judged(
        faults,
        good=f"all {len(dossier.claims)} claims carry a quote",
        bad=f"{len(missing)} of {len(dossier.claims)} claims carry no quote",
    )


def quote_fits(dossier: Dossier) -> Outcome:
    """Every quote speaks of the claim's matter and names, and does not say the opposite.

    A quarter of the claim's content stems is asked for; that tells swapped quotes. A quote that
    shares three quarters fails when it opposes the claim, or has other names in the place of the
    claim's. What "our model" or "it" stands for in a quote may well have a name in the claim.
    """
    with_quote = [claim for claim in dossier.claims if claim.quote]
    if not with_quote:
        return unassessed("no claim carries a quote")
    faults = [
        Fault(f"The quote of claim {c.id} {why}.", "major", "drop", c.id, quote=c.quote)
        for c in with_quote
        if (why := _unfit(c))
    ]
    return judged(
        faults,
        good=f"each quote holds at least {QUOTE_SHARE:.0%} of its claim's content words",
        bad=f"{len(faults)} of {len(with_quote)} quotes do not fit their claims",
    )


def _unfit(claim: DossierClaim) -> str | None:
    """What is wrong with the claim's quote, or `None`."""
    quote = claim.quote or ""
    if _share(claim) < QUOTE_SHARE:
        return "speaks of something else than the claim"
    if shared(claim.text, quote) >= SAME_SUBJECT and (why := opposition(claim.text, quote)):
        return f"says the opposite of the claim ({why})"
    ours, theirs = missing(claim.text, quote), missing(quote, claim.text)
    rest = claim.text
    for name in ours:
        rest = rest.replace(name, "")
    if ours and theirs and shared(rest, quote) >= SAME_SUBJECT and not _STANDS_FOR.search(quote):
        return f"speaks of {listed([*theirs])}, not of {listed([*ours])}"
    return None


def _share(claim: DossierClaim) -> float:
    wanted = stems(claim.text)
    return len(wanted & stems(claim.quote or "")) / len(wanted) if wanted else 1.0


def verdict_evidence(dossier: Dossier) -> Outcome:
    """Every verdict that claims to have found something lists a quoted piece of evidence.

    `not checked` and `not enough evidence` need none. A report without verdicts fails too: that
    nothing was checked can be seen without the papers.
    """
    if not dossier.claims:
        return _no_claims()
    given = [claim for claim in dossier.claims if claim.verdict]
    if not given:
        return failed(
            "no claim has a verdict",
            Fault("No claim has a verdict: nothing shows that any was checked.", "major"),
        )
    bare = [c for c in given if not _NEEDS_NO_EVIDENCE.match(c.verdict or "") and not _shown(c)]
    if len(bare) == len(given):
        marked = next((claim for claim in bare if claim.verified), bare[0])
        fault = Fault(
            "Verdicts are given without evidence: no reference, no quoted words and no place for "
            f"any of the {len(given)} verdicts, so none can be looked up.",
            "severe", "search", marked.id, quote=marked.text,
        )  # fmt: skip
        return failed(f"none of {len(given)} verdicts lists evidence", fault)
    faults = [
        Fault(
            f"The verdict {c.verdict!r} on claim {c.id} lists no evidence.",
            "severe" if c.verified else "major", "search", c.id, quote=c.text,
        )
        for c in bare
    ]  # fmt: skip
    return judged(
        faults,
        good="every verdict that needs evidence lists quoted words with their reference",
        bad=f"{len(bare)} of {len(given)} verdicts list no evidence",
    )


def _shown(claim: DossierClaim) -> bool:
    return any(piece.quote.strip() and piece.reference for piece in claim.evidence)


def verbatim(dossier: Dossier) -> Outcome:
    """Every quote was found word for word; needs the papers' text.

    A quote of a paper that is not at hand is neither right nor wrong. Where nearly all others are
    at hand it is named, for the paper may not exist.
    """
    found = [
        (claim, quote, there)
        for claim in dossier.claims
        for quote, there in (
            (claim.quote, claim.quote_verbatim),
            *((piece.quote, piece.verbatim) for piece in claim.evidence),
        )
        if quote and there is not None
    ]
    if not found:
        return unassessed("no quote could be looked up in its paper")
    faults = [
        Fault(
            f"Words quoted for claim {claim.id} do not stand in the paper that they are given for.",
            "severe", "drop", claim.id, quote=quote,
        )
        for claim, quote, there in found
        if not there
    ]  # fmt: skip
    seen = judged(
        faults,
        good=f"all {len(found)} quotes that could be looked up stand word for word",
        bad=f"{len(faults)} of {len(found)} quotes do not stand in their papers",
    )
    return seen._replace(faults=(*seen.faults, *_not_at_hand(dossier)))


def _not_at_hand(dossier: Dossier) -> list[Fault]:
    with_quote = [claim for claim in dossier.claims if claim.quote]
    unknown = [claim for claim in with_quote if claim.quote_verbatim is None]
    if len(unknown) > FEW * len(with_quote):
        return []
    return [
        Fault(
            f"The words quoted for claim {c.id} could not be looked up: reference {c.reference!r} "
            "is not among the papers at hand.",
            "minor", "search", c.id, quote=c.quote,
        )
        for c in unknown
    ]  # fmt: skip


def confidence(dossier: Dossier) -> Outcome:
    """No verified claim has a confidence below 0.5; a left-out confidence is fine."""
    if not any(claim.verdict for claim in dossier.claims):
        return unassessed("no claim has a verdict")
    faults = [
        Fault(
            f'Claim {c.id} is called verified at low confidence ({c.confidence:g}): "verified" '
            f"cannot stand beside a confidence below {LOW_CONFIDENCE}.",
            "major", "qualify", c.id, quote=c.text,
        )
        for c in dossier.claims
        if c.verified and c.confidence is not None and c.confidence < LOW_CONFIDENCE
    ]  # fmt: skip
    return judged(
        faults,
        good=f"no verified claim has a confidence below {LOW_CONFIDENCE}",
        bad=f"verified at low confidence: {listed([fault.claim_id or '' for fault in faults])}",
    )


def _verified_share(dossier: Dossier, least: float, words: str) -> Outcome:
    given = [claim for claim in dossier.claims if claim.verdict]
    if not given:
        return unassessed("no claim has a verdict")
    verified = sum(map(borne_out, given))
    seen = f"{verified} of {len(dossier.claims)} claims are verified with evidence"
    if verified >= least * len(dossier.claims):
        return passed(seen)
    first = next(claim for claim in dossier.claims if not borne_out(claim))
    what = f"Less than {words} of the claims is verified by another paper: {seen}."
    return failed(seen, Fault(what, "major", "search", first.id, quote=first.text))


def corroborated(dossier: Dossier) -> Outcome:
    """At least a quarter of the claims is verified, with another paper's support listed."""
    return _verified_share(dossier, 0.25, "a quarter")


def mostly_corroborated(dossier: Dossier) -> Outcome:
    """At least half of the claims is verified, with another paper's support listed."""
    return _verified_share(dossier, 0.5, "half")


def own_words(dossier: Dossier) -> Outcome:
    """At most half of the claims are taken from notes about papers."""
    kinds = {ref.key: ref.kind for ref in dossier.references}
    sources = [kinds[c.reference] for c in dossier.claims if c.reference in kinds]
    if not sources:
        return unassessed("no claim names a reference of the list")
    notes = sources.count("note")
    seen = f"{notes} of {len(sources)} claims are taken from notes about papers"
    if notes * 2 <= len(sources):
        return passed(seen)
    what = f"The papers themselves are hardly quoted: {seen}."
    return failed(seen, Fault(what, "minor"))


CHECKS: dict[str, Check] = {
    "evidence.sourced": sourced,
    "evidence.quoted": quoted,
    "evidence.quote_fits": quote_fits,
    "evidence.verdict_evidence": verdict_evidence,
    "evidence.verbatim": verbatim,
    "evidence.confidence": confidence,
    "evidence.corroborated": corroborated,
    "evidence.mostly_corroborated": mostly_corroborated,
    "evidence.own_words": own_words,
}
