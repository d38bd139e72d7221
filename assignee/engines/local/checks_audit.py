"""The auditor's checklist by rule: form, citations, status, and attempts to steer reviewers."""

import re
import unicodedata
from typing import NamedTuple

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
from assignee.engines.local.checks_text import citations, cites, prose
from assignee.records import Dossier, DossierClaim, Severity

_REVIEWER = r"(?:reviewers?|graders?|evaluators?|judges?|assistants?|language models?|llms?|ais?)"
_WORK = r"(?:this|the|our) (?:report|paper|synthesis|review|document|submission|answer|work|text)"
_FULL = r"(?:10|ten|full|top|highest|maximum|perfect|excellent|positive|high)"
_STEERING = re.compile(
    "|".join(
        (
            r"(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+)?(?:of\s+)?(?:the\s+|your\s+|these\s+)?"
            r"(?:previous|prior|above|earlier|preceding|system)\s+(?:\w+\s+)?(?:instructions?|prompts?|"
            r"rules?|messages?|directions?)",
            r"ignore\s+previous\b",
            rf"(?:give|rate|score|award|assign|grant)\s+{_WORK}\b[^.\n]{{0,60}}?\b{_FULL}\b",
            rf"{_WORK}\s+(?:deserves?|must\s+(?:receive|get)|should\s+(?:receive|get|be\s+(?:rated|scored)))"
            rf"\b[^.\n]{{0,60}}?\b{_FULL}\b",
            rf"(?:dear|attention|note\s+to(?:\s+the)?|instructions?\s+(?:to|for)(?:\s+the)?|message\s+"
            rf"(?:to|for)(?:\s+the)?)\s+(?:ai\s+)?{_REVIEWER}\b",
            rf"\bas\s+an?\s+(?:ai\s+)?{_REVIEWER},?\s+you\b",
            rf"\byou\s+are\s+(?:now\s+)?an?\s+(?:\w+\s+)?{_REVIEWER}\b",
            rf"(?:output|answer|respond\s+with|return)\s+(?:only\s+)?(?:a\s+)?(?:score|rating)\s+(?:of\s+)?{_FULL}",
            r"do\s+not\s+(?:mention|report|list|point\s+out)\s+(?:any\s+|the\s+)?(?:faults?|flaws?|"
            r"weakness(?:es)?|limitations?|problems?|negatives?)",
            r"<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?INST\]|</?(?:system|instructions?)>",
        )
    ),
    re.IGNORECASE,
)
_TOLD_OF = re.compile(
    r"(?:\b(?:to|that|would|could|may|might|can|models?|they|who|which|users?|prompts?|such as|"
    r"like|not)|[“\"‘'])\s*$",
    re.IGNORECASE,
)
"""Before these words the text tells of an instruction and gives none."""

_EXPECTED = (
    ("a method", ("method", "approach", "search strategy")),
    ("results", ("result", "answer", "finding", "discussion", "synthesis")),
    ("limitations", ("limitation", "caveat")),
)
_PEER_REVIEWED = re.compile(r"(?P<before>[^.\n]{0,40})\bpeer[- ]reviewed\b", re.IGNORECASE)
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
_LAST_WORD = frozenset(
    """
        the a an and or of than that which when while where because if as into from between is
        are was were to for with by in
        """.split()
)
_ALLOWED_CF = frozenset("\u00ad\u200c\u200d")
"""Soft hyphens, and the joiners that some scripts are spelt with."""


_BARE = re.compile(
    r"\s*(?:[×✗✘xX❌–—-]|no|false|unverified|not verified|failed|0)?\s*", re.IGNORECASE
)
"""A verdict that says "not verified" and not why."""

_REJECTED = re.compile(r"contradicted|unattributed", re.IGNORECASE)


class Place(NamedTuple):
    """One piece of the dossier's text."""

    text: str
    claim_id: str | None = None
    section: str | None = None


def places(dossier: Dossier) -> list[Place]:
    """Every text of the dossier that its author controls."""
    found = [Place(dossier.title, section="Title"), Place(dossier.question, section="Question")]
    found += [Place(section.text, section=section.name) for section in dossier.sections]
    for claim in dossier.claims:
        texts = [claim.text, claim.quote or "", claim.verdict or ""]
        found += [Place(t, claim_id=claim.id) for t in texts]
        found += [Place(piece.quote, claim_id=claim.id) for piece in claim.evidence]
    found += [Place(ref.title or "", section="References") for ref in dossier.references]
    return [place for place in found if place.text]


def no_instructions(dossier: Dossier) -> Outcome:
    """No text tells its reviewers what to do, and none hides characters from its reader.

    Reported speech ("models told to ignore previous instructions") is no instruction. Hidden are
    format characters (Unicode Cf, but soft hyphens and joiners) and variation selectors after
    plain letters.
    """
    faults: list[Fault] = []
    for place in places(dossier):
        for match in _STEERING.finditer(place.text):
            if not _TOLD_OF.search(place.text[: match.start()]):
                what = f"The text addresses its reviewers: {match.group()!r}."
                faults.append(_at(place, what, match.group()))
        hidden = _hidden(place.text)
        if hidden:
            names = listed(sorted({f"U+{ord(char):04X}" for char in hidden}), most=4)
            what = f"The text holds {len(hidden)} invisible characters ({names})."
            faults.append(_at(place, what, None))
    return judged(
        faults,
        good="no instruction to reviewers and no invisible character",
        bad=f"{len(faults)} instructions to reviewers or runs of invisible characters",
    )


def _at(place: Place, what: str, quote: str | None) -> Fault:
    return Fault(what, "severe", "drop", place.claim_id, place.section, quote)


def _hidden(text: str) -> list[str]:
    if text.isascii():
        return []
    hidden = []
    for index, char in enumerate(text):
        selector = "\ufe00" <= char <= "\ufe0e" or "\U000e0100" <= char <= "\U000e01ef"
        plain = selector and index > 0 and text[index - 1].isascii()
        if plain or (unicodedata.category(char) == "Cf" and char not in _ALLOWED_CF):
            hidden.append(char)
    return hidden


def sections_complete(dossier: Dossier) -> Outcome:
    """Method, results and limitations are there; no section is empty or breaks off.

    Empty is under 20 characters. A section breaks off when it ends in an ellipsis, a comma or a
    word that ends no sentence, in a line of prose (eight words or more) without closing mark.
    """
    if not dossier.sections:
        return failed("there are no sections", Fault("The report has no sections.", "severe"))
    names = [section.name.casefold() for section in dossier.sections]
    faults = [
        Fault(f"There is no section on {what}.", "major", "add")
        for what, words in _EXPECTED
        if not any(word in name for name in names for word in words)
    ]
    for section in dossier.sections:
        text = section.text.strip()
        if len(text) < 20:
            what = f"The section {section.name!r} is empty."
            faults.append(Fault(what, "major", "add", section=section.name))
        elif _breaks_off(text):
            end = text[-80:].partition(" ")[2] or text[-80:]
            what = f"The section {section.name!r} breaks off."
            faults.append(Fault(what, "major", "add", section=section.name, quote=end))
    return judged(
        faults,
        good="every expected section is there and whole",
        bad=f"{len(faults)} sections are missing, empty or cut off",
    )


def _breaks_off(text: str) -> bool:
    last = text.splitlines()[-1].strip()
    if last.startswith(("|", "-", "*", "•")) or "\t" in last or len(last.split()) < 8:
        return False
    if re.search(r"(?:\.\.\.|…|,)$", last):
        return True
    return last.split()[-1].casefold() in _LAST_WORD


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
            count = _COUNT.search(match["before"])
            enough = int(count.group(1)) <= published if count else not (preprints or unknown)
            if not enough and not _NOT.search(match["before"]):
                what = (
                    "Works are called peer-reviewed although the references do not bear it out: "
                    f"{preprints} preprints (arXiv and the like), {unknown} of unknown status, "
                    f"{published} known to be published."
                )
                quote = match.group().strip()
                quote = quote.partition(" ")[2] if len(match["before"]) >= 40 else quote
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
    that evidence must bear out.
    """
    given = [claim for claim in dossier.claims if claim.verdict]
    if not given:
        return unassessed("no claim has a verdict")
    faults = []
    for claim in given:
        why = _does_not_follow(claim)
        if why:
            what = f"The verdict {claim.verdict!r} on claim {claim.id} does not follow: {why}."
            severity: Severity = "severe" if claim.verified else "major"
            faults.append(Fault(what, severity, "search", claim.id, quote=claim.text))
    return judged(
        faults,
        good=f"all {len(given)} verdicts follow from their listed evidence",
        bad=f"{len(faults)} of {len(given)} verdicts do not follow from their listed evidence",
    )


def _does_not_follow(claim: DossierClaim) -> str | None:
    others = [p for p in claim.evidence if p.reference != claim.reference]
    against = [p for p in claim.evidence if p.stance == "contradicts"]
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
            "major", "search", bare[0].id, quote=bare[0].text,
        ),
    )  # fmt: skip


def retracted(dossier: Dossier) -> Outcome:
    """No claim is taken from or supported by a work with a known retraction notice.

    A claim that the report itself calls contradicted or unattributed is not held up by anything.
    """
    withdrawn = {ref.key for ref in dossier.references if ref.retracted}
    if not withdrawn and not dossier.has_papers:
        return unassessed("without the papers' records retractions are not known")
    faults = [
        Fault(
            f"Claim {c.id} rests on a retracted work ({key}).", "severe", "drop", c.id, quote=c.text
        )
        for c in dossier.claims
        if not _REJECTED.match(c.verdict or "")
        for key in sorted(_supports(c) & withdrawn)
    ]
    return judged(
        faults,
        good="no claim rests on a work known to be retracted",
        bad=f"{len(faults)} claims rest on retracted works",
    )


def _supports(claim: DossierClaim) -> set[str]:
    keys = {piece.reference for piece in claim.evidence if piece.stance == "supports"}
    return keys | {claim.reference} if claim.reference else keys


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
    "audit.no_instructions": no_instructions,
    "audit.sections_complete": sections_complete,
    "audit.citations_resolve": citations_resolve,
    "audit.publication_status": publication_status,
    "audit.reproducible": reproducible,
    "audit.verdict_follows": verdict_follows,
    "audit.reasons": reasons,
    "audit.retracted": retracted,
    "audit.references_identified": references_identified,
}
