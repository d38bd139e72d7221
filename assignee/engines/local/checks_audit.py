"""The auditor's checklist by rule: form, citations, status, and attempts to steer reviewers."""

import re
from collections.abc import Sequence

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
from assignee.engines.local.checks_text import citations, cites, prose, standing
from assignee.reading.words import STOPWORDS
from assignee.records import Dossier, DossierClaim, DossierEvidence, Severity

_BARE = re.compile(
    r"\s*(?:[×✗✘xX❌–—-]|no|false|unverified|not verified|failed|0)?\s*", re.IGNORECASE
)
"""A verdict that says "not verified" and not why."""

_EXPECTED = (
    ("a method", ("method", "approach", "search strategy")),
    ("results", ("result", "answer", "finding", "discussion", "synthesis")),
    ("limitations", ("limitation", "caveat")),
)
_PEER_REVIEWED = re.compile(r"\bpeer[- ]reviewed\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|non|no|never|without|whether|un|yet to be|of unknown)\b[^.]*$", re.IGNORECASE
)
_COUNT = re.compile(r"(\d+)\s*(?:\w+\s+){0,3}$")
_DONE = re.compile(r"method|search|engine|settings|reproduc|protocol|appendix", re.IGNORECASE)
_SEARCH = re.compile(
    r"\|\s*(?:exact )?quer(?:y|ies)\s*\||\b(?:quer(?:y|ies)|search(?:ed|es)?|terms?)\b[^\n]*?"
    r"(?:[“\"‘`«][^”\"’`»\n]{3,}[”\"’`»]|\b(?:arxiv|pubmed|openalex|crossref|semantic scholar|"
    r"scopus|web of science|google scholar|ieee|acm|europe pmc|folder|library)\b)",
    re.IGNORECASE,
)
_ENGINE = re.compile(
    r"\b(?:engine|models?|judge|extractor|prompts?)\b[^.\n]*?"
    r"(?:\b(?:local|gpt|claude|llama|gemini|mistral|qwen)\b|rules-\d|[\w-]+[:@/][\w.-]+)",
    re.IGNORECASE,
)
_SETTINGS = re.compile(
    r"\b(?:settings?|parameters?|hyperparameters?|seeds?|thresholds?)\b|\btemperature\s*(?:=|of|:)\s*\d",
    re.IGNORECASE,
)
LEAST_LINE = 8
"""Words in a line under which it may be a heading or a label."""

_ITEM = re.compile(r"(?:[-*•]|\d+[.)])\s")
_ASKED = re.compile(
    r"(?:(?:[-*•]|\d+[.)])\s+)?"
    r"(?:(?:how|what|which|why|when|where|who)\s"
    r"(?:does|do|did|is|are|was|were|can|could|should|would|has|have)|"
    r"does|did|is there|are there)\b",
    re.IGNORECASE,
)
"""A question, which ends in its mark."""
_OPEN_END = re.compile(r"(?:\.\.\.|…|,)$")
_CLOSED = re.compile(r"""[.!?:;…|][)\]}"'”’»*_]*(?:\s*\[[^\[\]]*\])*$|://\S+$""")
_SENTENCE_END = re.compile(r"""\w[)\]"'”’]*[.!?](?:\s*\[[^\[\]]*\])* +["'“‘(\[]?[A-Z]""")
_LAST_WORD = frozenset(
    """
        the a an and or of than that which when while where because if as into from between is
        are was were to for with by in
        """.split()
)

_REJECTED = re.compile(r"contradicted|unattributed", re.IGNORECASE)


def sections_complete(dossier: Dossier) -> Outcome:
    """Method, results and limitations are there; no section is empty or breaks off.

    Empty is under 20 characters. A section breaks off when its last line, of eight words or more,
    ends in an ellipsis, a comma or a word that ends no sentence; and when it ends without a closing
    mark though the lines before it (of a list: the items) or the other sections all end in one. A
    line of fewer words may be a label, and breaks off only where it ends in a function word or asks
    a question without its mark.
    """
    if not dossier.sections:
        return failed("there are no sections", Fault("The report has no sections.", "severe"))
    names = [section.name.casefold() for section in dossier.sections]
    faults = [
        Fault(f"There is no section on {what}.", "major", "add")
        for what, words in _EXPECTED
        if not any(word in name for name in names for word in words)
    ]
    open_ = [one.name for one in dossier.sections if not _CLOSED.search(one.text.strip())]
    for section in dossier.sections:
        text = section.text.strip()
        alone = len(dossier.sections) > 2 and open_ == [section.name]
        if len(text) < 20:
            what = f"The section {section.name!r} is empty."
            faults.append(Fault(what, "major", "add", section=section.name))
        elif _breaks_off(text, alone=alone):
            end = text[-80:].partition(" ")[2] or text[-80:]
            what = f"The section {section.name!r} breaks off."
            faults.append(Fault(what, "major", "add", section=section.name, quote=end))
    return judged(
        faults,
        good="every expected section is there and whole",
        bad=f"{len(faults)} sections are missing, empty or cut off",
    )


def _breaks_off(text: str, *, alone: bool) -> bool:
    """Whether the text stops in mid-sentence; `alone`: all other sections end in a mark."""
    *others, last = [line.strip() for line in text.splitlines() if line.strip()]
    is_item, long = bool(_ITEM.match(last)), len(last.split()) >= LEAST_LINE
    ends_open = bool(_OPEN_END.search(last))
    if last.startswith("|") or "\t" in last:
        return False
    if ends_open or _CLOSED.search(last):
        return ends_open and long and not is_item
    alike = [line for line in others if _ITEM.match(line)] if is_item else others
    last_word = last.split()[-1].casefold()
    if _ASKED.match(last):
        return True
    if len(alike) + alone > 1 and all(map(_CLOSED.search, alike)):
        return is_item or long or last_word in STOPWORDS
    if is_item or not long:
        return False
    return last_word in _LAST_WORD or alone or bool(_SENTENCE_END.search(last))


def citations_resolve(dossier: Dossier) -> Outcome:
    """The report cites, and every key cited or used exists among its claims or references."""
    known = {claim.id for claim in dossier.claims} | {ref.key for ref in dossier.references}
    references = {ref.key for ref in dossier.references}
    lost = [
        Fault(
            f"[{key}] leads to no claim and no reference.",
            "severe", "drop", section=section.name, quote=sentence,
        )
        for section in dossier.sections
        for sentence in prose(section.text)
        for key in citations(sentence)
        if key not in known
    ]  # fmt: skip
    for claim in dossier.claims:
        for key in sorted(_used(claim) - references):
            what = f"Claim {claim.id} names {key!r}, which is no reference of the report."
            lost.append(Fault(what, "severe", "drop", claim.id, quote=claim.text))
    cited = any(cites(section.text) for section in dossier.sections)
    if not lost and not cited and not any(_used(claim) for claim in dossier.claims):
        what = "Nothing in the report cites anything: no claim and no sentence leads to a source."
        return failed("the report cites nothing", Fault(what, "severe", "add"))
    return judged(
        lost,
        good="every citation leads to a claim or reference",
        bad=f"{len(lost)} citations lead nowhere",
    )


def _used(claim: DossierClaim) -> set[str]:
    keys = {piece.reference for piece in claim.evidence}
    return keys | {claim.reference} if claim.reference else keys


def publication_status(dossier: Dossier) -> Outcome:
    """ "Peer-reviewed" is said only of as many works as are known to be published.

    Denials ("not peer-reviewed", "whether peer-reviewed") and counts up to the number of journal
    and conference references are fine.
    """
    published = sum(
        ref.publication_status in ("journal", "conference") for ref in dossier.references
    )
    preprints = sum(ref.publication_status == "preprint" for ref in dossier.references)
    unknown = len(dossier.references) - published - preprints
    if not dossier.references:
        return unassessed("there are no references whose status could be looked at")
    for section in dossier.sections:
        for match in _PEER_REVIEWED.finditer(section.text):
            before = re.split(r"[.\n]", section.text[max(0, match.start() - 60) : match.start()])[
                -1
            ]
            count = _COUNT.search(before)
            enough = int(count.group(1)) <= published if count else not (preprints or unknown)
            if not enough and not _NOT.search(before):
                what = (
                    "Works are called peer-reviewed although the references do not bear it out: "
                    f"{preprints} preprints (arXiv and the like), {unknown} of unknown status, "
                    f"{published} known to be published."
                )
                quote = " ".join([*before.split()[-3:], match.group()])
                return failed(
                    "peer review is claimed and not borne out by the references",
                    Fault(what, "major", "qualify", section=section.name, quote=quote),
                )
    return passed("the publication status is not overstated")


def reproducible(dossier: Dossier) -> Outcome:
    """The method states queries or sources by name, the engine or models by name, and settings.

    Looked at are sections named for method, search, engine, settings or reproducibility.
    """
    text = "\n".join(s.text for s in dossier.sections if _DONE.search(s.name))
    missing = [
        what
        for what, pattern in (
            ("the search (queries or sources by name)", _SEARCH),
            ("the engine or models by name", _ENGINE),
            ("the settings", _SETTINGS),
        )
        if not pattern.search(text)
    ]
    if not missing:
        return passed("search, engine and settings are stated")
    method = dossier.section("method")
    what = f"The report cannot be reproduced: it does not state {listed(missing)}."
    return failed(
        f"not stated: {listed(missing)}",
        Fault(what, "major", "add", section=method.name if method else None),
    )


def verdict_follows(dossier: Dossier) -> Outcome:
    """Verified: support from a reference other than its own and none against it from another.

    Contradicted and mixed: at least one piece of evidence against. Other verdicts assert nothing
    that evidence must bear out. Evidence of retracted works counts on neither side.
    """
    given = [claim for claim in dossier.claims if claim.verdict]
    if not given:
        return unassessed("no claim has a verdict")
    faults = []
    for claim in given:
        why = _does_not_follow(claim, standing(dossier, claim))
        if why:
            what = f"The verdict {claim.verdict!r} on claim {claim.id} does not follow: {why}."
            severity: Severity = "severe" if claim.verified else "major"
            faults.append(Fault(what, severity, "search", claim.id, quote=claim.text))
    return judged(
        faults,
        good=f"all {len(given)} verdicts follow from their listed evidence",
        bad=f"{len(faults)} of {len(given)} verdicts do not follow from their listed evidence",
    )


def _does_not_follow(claim: DossierClaim, evidence: Sequence[DossierEvidence]) -> str | None:
    others = [p for p in evidence if p.reference != claim.reference]
    against = [p for p in evidence if p.stance == "contradicts"]
    if claim.verified:
        if not any(piece.stance == "supports" for piece in others):
            return "no listed evidence of another reference supports it"
        if any(piece.stance == "contradicts" for piece in others):
            return "listed evidence of another reference contradicts it"
    elif re.match(r"contradicted|mixed", claim.verdict or "", re.IGNORECASE) and not against:
        return "no evidence against it is listed"
    return None


def reasons(dossier: Dossier) -> Outcome:
    """Verdicts other than verified are words with a reason; a bare mark (×, no) is none."""
    others = [claim for claim in dossier.claims if claim.verdict and not claim.verified]
    if not any(claim.verdict for claim in dossier.claims):
        return unassessed("no claim has a verdict")
    bare = [claim for claim in others if _BARE.fullmatch(claim.verdict or "")]
    if not bare:
        return passed(f"each of {len(others)} other verdicts says its reason")
    return failed(
        f"{len(bare)} of {len(others)} verdicts other than verified give no reason",
        Fault(
            f"{len(bare)} claims are marked {bare[0].verdict!r} without saying why: contradicted, "
            "mixed, not enough evidence and not checked are not told apart.",
            "major", claim_id=bare[0].id, quote=bare[0].text,
        ),
    )  # fmt: skip


def retracted(dossier: Dossier) -> Outcome:
    """No claim is taken from a retracted work, and none is verified by such works alone.

    A claim that the report itself calls contradicted or unattributed is not held up by anything.
    """
    withdrawn = {ref.key for ref in dossier.references if ref.retracted}
    if not withdrawn and not dossier.has_papers:
        return unassessed("without the papers' records retractions are not known")
    if not any(_supports(claim) for claim in dossier.claims):
        return unassessed("no claim names what it rests on")
    faults = [
        Fault(
            f"Claim {c.id} rests on a retracted work ({key}).", "severe", "drop", c.id, quote=c.text
        )
        for c in dossier.claims
        if not _REJECTED.match(c.verdict or "")
        for key in sorted(_rests_on(c, withdrawn))
    ]
    return judged(
        faults,
        good="no claim rests on a work known to be retracted",
        bad=f"{len(faults)} claims rest on retracted works",
    )


def _supports(claim: DossierClaim) -> set[str]:
    keys = {piece.reference for piece in claim.evidence if piece.stance == "supports"}
    return keys | {claim.reference} if claim.reference else keys


def _rests_on(claim: DossierClaim, withdrawn: set[str]) -> set[str]:
    """The retracted works that a claim rests on; one that is shown beside others holds nothing."""
    elsewhere = _supports(claim) - {claim.reference}
    held_up = claim.verified or claim.reference is None
    alone = elsewhere if held_up and elsewhere <= withdrawn else set[str]()
    return alone | (withdrawn & {claim.reference})


def references_identified(dossier: Dossier) -> Outcome:
    """Every reference has a title; an address alone says nothing to a reader."""
    if not dossier.references:
        return unassessed("there are no references")
    bare = [ref for ref in dossier.references if not (ref.title or "").strip()]
    if not bare:
        return passed(f"all {len(dossier.references)} references have a title")
    what = (
        f"{len(bare)} of {len(dossier.references)} references are bare addresses without a title."
    )
    return failed(
        f"{len(bare)} references have no title",
        Fault(what, "minor", "add", section="References", quote=bare[0].url),
    )


CHECKS: dict[str, Check] = {
    "audit.sections_complete": sections_complete,
    "audit.citations_resolve": citations_resolve,
    "audit.publication_status": publication_status,
    "audit.reproducible": reproducible,
    "audit.verdict_follows": verdict_follows,
    "audit.reasons": reasons,
    "audit.retracted": retracted,
    "audit.references_identified": references_identified,
}
