"""The balance checklist by rule: what speaks against, hedges, doubles, honest limitations."""

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
from assignee.engines.local.checks_text import (
    abstract_sentences,
    answer_sentences,
    citations,
    prose,
    shared_terms,
    standing,
)
from assignee.reading.words import HEDGES, words
from assignee.records import Dossier, DossierClaim

_SOUGHT = re.compile(
    r"contradict|disagree|conflicting|\b(?:evidence|speaks?|argues?) against\b|mixed|disput|"
    r"inconsistent",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    rf"{_SOUGHT.pattern}|\boppos|\bhowever\b|in contrast|although|whereas|\bbut\b|contrary|"
    r"not (?:confirmed|corroborated|supported)|does not\b|do not\b",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:proves?|proven|proved|certainly|definitely|undoubtedly|conclusively|indisputabl[ey]|"
    r"unquestionabl[ey]|always|never|guarantees?d?|beyond (?:any )?doubt|it is clear that|"
    r"clearly|obviously|without exception)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"according to|\breport(?:s|ed|edly)?\b|\b(?:one|single|a) (?:paper|source|study|note|work)\b|"
    r"not (?:independently )?(?:corroborated|confirmed|verified|checked)|uncorroborated|unverified|"
    r"unchecked|evidence is|not enough evidence|preliminary|tentativ|so far|\bonly by\b|"
    r"\bstates?\b|\bfinds?\b|\bfound\b|\bclaims?\b",
    re.IGNORECASE,
)
_SETTLED_AGAINST = re.compile(r"contradicted|mixed", re.IGNORECASE)
_NUMBER_WORD = re.compile(
    r"\b(?:\d+|none|no|one|two|three|four|five|six|seven|eight|nine|ten|all|every|most|half)\b",
    re.IGNORECASE,
)
_VERIFICATION = re.compile(
    r"verif|corroborat|confirm|not checked|unchecked|supported by (?:another|other|independent)|"
    r"contradict|independent (?:papers?|sources?|evidence)|could not be shown|ha(?:s|ve) judged",
    re.IGNORECASE,
)
_BASIS = re.compile(
    r"full[- ]texts?|\babstracts?\b(?! and)|\bnotes? about\b|\bnotes\b|whole papers?", re.IGNORECASE
)


def _opposed(dossier: Dossier) -> list[DossierClaim]:
    """Claims with evidence against them from other works, or called contradicted or mixed."""
    return [
        claim
        for claim in dossier.claims
        if _SETTLED_AGAINST.match(claim.verdict or "")
        or any(
            piece.stance == "contradicts" and piece.reference != claim.reference
            for piece in standing(dossier, claim)
        )
    ]


def against_mentioned(dossier: Dossier) -> Outcome:
    """When claims have evidence against them, answer or abstract says so.

    By a word for it (contradict, disagree, mixed, disputed), or by citing one of those claims with
    a word of contrast (however, but, does not).
    """
    opposed = _opposed(dossier)
    if not opposed:
        if any(claim.evidence for claim in dossier.claims):
            return passed("no listed evidence speaks against a claim")
        return unassessed("no evidence is listed, for or against")
    sentences = answer_sentences(dossier) + abstract_sentences(dossier)
    ids = {claim.id for claim in opposed}
    for sentence in sentences:
        cited = ids & set(citations(sentence.text))
        if _SOUGHT.search(sentence.text) or (cited and _CONTRAST.search(sentence.text)):
            return passed(f"evidence against is mentioned ({sentence.section})")
    first = opposed[0]
    return failed(
        f"{len(opposed)} claims have evidence against them; answer and abstract are silent on it",
        Fault(
            f"Evidence against claims {listed([c.id for c in opposed])} is listed, and neither the "
            "answer nor the abstract mentions it.",
            "major", "add", first.id, quote=first.text,
        ),
    )  # fmt: skip


def against_sought(dossier: Dossier) -> Outcome:
    """Evidence against is listed, or the text says whether there is any; the method does not count.

    A method that looks for evidence against is no word on what it found.
    """
    if any(p.stance == "contradicts" for claim in dossier.claims for p in claim.evidence):
        return passed("evidence against claims is listed")
    for section in dossier.sections:
        if "method" not in section.name.casefold() and _SOUGHT.search(section.text):
            return passed(f"evidence against is spoken of ({section.name})")
    if not dossier.sections and not dossier.claims:
        return unassessed("the report has no text")
    return failed(
        "no evidence against is listed or spoken of",
        Fault("Whether anything speaks against the claims is never said.", "major"),
    )


def hedged(dossier: Dossier) -> Outcome:
    """Sentences that rest on unverified claims are worded so.

    Fails on: a word of certainty (proves, always, clearly) where a cited claim is not verified; a
    sentence that cites a contradicted or mixed claim and no verified one, without a hedge or
    contrast; more than half of the sentences that cite uncorroborated claims alone without a hedge.
    """
    verdicts = {claim.id: claim for claim in dossier.claims if claim.verdict}
    faults: list[Fault] = []
    plain: list[Fault] = []
    seen = resting = 0
    for sentence in answer_sentences(dossier):
        cited = [verdicts[key] for key in citations(sentence.text) if key in verdicts]
        seen += bool(cited)
        if not cited or all(claim.verified for claim in cited):
            continue
        weakest = next(claim for claim in cited if not claim.verified)
        fault = Fault(
            f"A sentence of the answer says more than the verdict {weakest.verdict!r} on claim "
            f"{weakest.id} bears.",
            "major", "qualify", weakest.id, sentence.section, sentence.text,
        )  # fmt: skip
        careful = _is_hedged(sentence.text)
        if _STRONG.search(sentence.text):
            faults.append(fault)
        elif not any(claim.verified for claim in cited):
            resting += 1
            opposed = any(_SETTLED_AGAINST.match(claim.verdict or "") for claim in cited)
            if not careful and not (opposed and _CONTRAST.search(sentence.text)):
                (faults if opposed else plain).append(fault)
    if not seen:
        return unassessed("no sentence of the answer cites a claim with a verdict")
    if len(plain) * 2 > resting:
        faults += plain
    return judged(
        faults,
        good=f"{seen} sentences of the answer fit the verdicts that they cite",
        bad=f"{len(faults)} of {seen} sentences of the answer say more than their verdicts",
    )


def _is_hedged(text: str) -> bool:
    return bool(_HEDGED.search(text)) or bool(HEDGES & set(words(text)))


def weighed(dossier: Dossier) -> Outcome:
    """At least half of the claims list evidence from another reference than their own.

    Without it nothing was laid in the balance, on either side.
    """
    if not any(claim.verdict for claim in dossier.claims):
        return unassessed("no claim has a verdict")
    alone = [
        claim
        for claim in dossier.claims
        if all(piece.reference == claim.reference for piece in claim.evidence)
    ]
    total = len(dossier.claims)
    seen = f"{total - len(alone)} of {total} claims list evidence from another paper"
    if len(alone) * 2 <= total:
        return passed(seen)
    what = f"Most claims stand alone: {seen}, for or against."
    return failed(seen, Fault(what, "major", "search", alone[0].id, quote=alone[0].text))


def _limitations(dossier: Dossier) -> list[str]:
    section = dossier.section("limitation")
    return list(prose(section.text)) if section else []


def limitations_specific(dossier: Dossier) -> Outcome:
    """Some sentence of the limitations holds a number, a claim's id or two of the question's terms.

    Sentences that could stand in any report hold none of these.
    """
    sentences = _limitations(dossier)
    if not sentences:
        return failed(
            "there are no limitations",
            Fault("The report states no limitations.", "major", "add", section="Limitations"),
        )
    ids = {claim.id for claim in dossier.claims}
    for sentence in sentences:
        if re.search(r"\d", sentence) or any(claim_id in sentence for claim_id in ids):
            return passed("the limitations give numbers of this report")
        if len(shared_terms(sentence, dossier.question)) >= 2:
            return passed("the limitations speak of the question's subject")
    section = dossier.section("limitation")
    return failed(
        "every sentence of the limitations could stand in any report",
        Fault(
            "The limitations are boilerplate: nothing in them is about this report.",
            "minor", section=section.name if section else None, quote=sentences[0],
        ),
    )  # fmt: skip


def unverified_counted(dossier: Dossier) -> Outcome:
    """A sentence of the limitations counts claims that were not verified; none needed if all were.

    Looked for: a number (or none, all, most, half) beside a word of verification.
    """
    given = [claim for claim in dossier.claims if claim.verdict]
    if not given:
        return unassessed("no claim has a verdict")
    open_ = [claim for claim in given if not claim.verified]
    if not open_:
        return passed("every claim was verified")
    if any(_NUMBER_WORD.search(s) and _VERIFICATION.search(s) for s in _limitations(dossier)):
        return passed("the limitations count the claims that were not verified")
    section = dossier.section("limitation")
    return failed(
        f"{len(open_)} of {len(given)} claims were not verified; the limitations do not say so",
        Fault(
            f"Left unsaid in the limitations: {len(open_)} of {len(given)} claims were not "
            "verified.",
            "minor", "add", section=section.name if section else "Limitations",
        ),
    )  # fmt: skip


def basis(dossier: Dossier) -> Outcome:
    """Methodology or limitations say whether full texts, abstracts or notes were read."""
    sections = [s for n in ("method", "limitation") if (s := dossier.section(n))]
    for section in sections:
        if _BASIS.search(section.text):
            return passed(f"what was read is said ({section.name})")
    if not sections:
        return unassessed("there is neither methodology nor limitations")
    return failed(
        "methodology and limitations do not say what was read",
        Fault(
            "Left unsaid: whether full texts, abstracts or notes were read.",
            "minor", "add", section=sections[0].name,
        ),
    )  # fmt: skip


CHECKS: dict[str, Check] = {
    "balance.against_mentioned": against_mentioned,
    "balance.weighed": weighed,
    "balance.against_sought": against_sought,
    "balance.hedged": hedged,
    "balance.limitations_specific": limitations_specific,
    "balance.unverified_counted": unverified_counted,
    "balance.basis": basis,
}
