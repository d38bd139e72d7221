"""The numbers checklist by rule: figures traced to quotes, counts and ranges that can be true."""

import re

from assignee.engines.local.checks_outcome import (
    Check,
    Fault,
    Outcome,
    failed,
    judged,
    passed,
    unassessed,
)
from assignee.engines.local.checks_text import (
    Sentence,
    abstract_sentences,
    answer_sentences,
    borne_out,
    cited_claims,
    cites,
    claim_words,
    figures,
    stands_among,
    without_marks,
)
from assignee.records import Dossier, DossierClaim

_CLAIM_COUNT = re.compile(r"(?<!of )\b(\d+)\s+claims?\s+(?:were\s+|was\s+)?(?:extracted|stated)\b")
_VERIFIED_COUNT = re.compile(
    r"(?<!of )\b(\d+)(?:\s+of\s+(?:them|(?:the\s+)?\d+))?(?:\s+claims?)?\s+"
    r"(?:were\s+|was\s+|are\s+|is\s+)?(?:independently\s+)?verified\b"
)
_MEANING = re.compile(
    r"calibrat|\bconfidences?\b[^.]*\b(?:is|are|means?|probabilit)", re.IGNORECASE
)
_NUM = r"([-−+]?\d+(?:\.\d+)?)"
_UNIT_RANGE = re.compile(
    rf"\b(?:correlations?|pearson(?:'s)?(?: r)?|spearman(?:'s)?(?: rho)?|kendall(?:'s)?(?: tau)?|"
    rf"auc|auroc|cosine similarity)\s*(?:coefficients?\s*)?(?:of|=|is|was|:)\s*{_NUM}(?!\s*%|\d)",
    re.IGNORECASE,
)
_PROBABILITY = re.compile(
    r"\bp(?:\s*-?\s*values?)?\s*(?:=|<|>|≤|≥|of)\s*([-−+]?\d+\.\d+)", re.IGNORECASE
)
"""Only with decimals: `p = 2` is a norm, not a probability."""
_SHARE = re.compile(
    rf"\b(?:accuracy|precision|recall|f1|win rate|pass rate|share)\s+(?:of|is|was|=)\s*{_NUM}\s?%",
    re.IGNORECASE,
)


def answer_traced(dossier: Dossier) -> Outcome:
    """Every number of answer and abstract stands in a claim or quote, also rounded or as per cent.

    Where a sentence cites claims, or references that claims are taken from, it must be one of
    theirs: a number that only another claim has is not traced by the citation. Citation marks,
    names with digits and counts of papers and claims are not numbers of the answer.
    A claim that is the sentence itself and has no quote proves nothing.
    """
    sentences = _answering(dossier)
    stated = [(sentence, figure) for sentence in sentences for figure in figures(sentence.text)]
    if not sentences:
        return unassessed("there is no answer")
    own = {without_marks(sentence.text).strip() for sentence in sentences}
    telling = [c for c in dossier.claims if without_marks(c.text).strip() not in own or c.quote]
    asked = [figure.value for figure in figures(dossier.question)]
    if stated and not asked and not _values(telling):
        return unassessed("no claim or quote gives numbers to trace to")
    faults = [
        Fault(
            f"The number {figure.text} stands in no claim and no quote that the sentence rests on.",
            "major", "drop", section=sentence.section, quote=sentence.text,
        )
        for sentence, figure in stated
        if not stands_among(figure, [*asked, *_values(_behind(sentence, telling, dossier))])
    ]  # fmt: skip
    return judged(
        faults,
        good=f"all {len(stated)} numbers of answer and abstract stand in a claim or quote",
        bad=f"{len(faults)} of {len(stated)} numbers stand in no claim and no quote",
    )


def _behind(
    sentence: Sentence, telling: list[DossierClaim], dossier: Dossier
) -> list[DossierClaim]:
    """The claims that a sentence cites; all of them where it cites none."""
    cited = {claim.id for claim in cited_claims(sentence.text, dossier)}
    return [claim for claim in telling if claim.id in cited] if cited else telling


def _values(claims: list[DossierClaim]) -> list[float]:
    return [figure.value for claim in claims for figure in figures(claim_words(claim))]


def _answering(dossier: Dossier) -> list[Sentence]:
    return answer_sentences(dossier) + [s for s in abstract_sentences(dossier) if cites(s.text)]


def claims_in_quotes(dossier: Dossier) -> Outcome:
    """Every number of a claim stands in a quote listed for it, also rounded or as per cent.

    Where no claim has any quote the numbers cannot be traced: that can be seen, and fails.
    """
    with_numbers = [claim for claim in dossier.claims if figures(claim.text)]
    if not with_numbers:
        return unassessed("no claim holds a number")
    if not any(claim.quote or claim.evidence for claim in dossier.claims):
        first = with_numbers[0]
        return failed(
            f"{len(with_numbers)} claims hold numbers and no claim has a quote",
            Fault(
                "No number can be traced: claims give figures without the words of their source.",
                "major", "search", first.id, quote=first.text,
            ),
        )  # fmt: skip
    faults = [fault for claim in with_numbers for fault in _untraced(claim)]
    return judged(
        faults,
        good=f"the numbers of all {len(with_numbers)} claims with numbers stand in their quotes",
        bad=f"{len(faults)} numbers in claims stand in no quote listed for them",
    )


def _untraced(claim: DossierClaim) -> list[Fault]:
    quotes = [claim.quote or "", *(piece.quote for piece in claim.evidence)]
    values = [figure.value for quote in quotes for figure in figures(quote)]
    if not any(quotes):
        return []  # a claim without a quote is the evidence checklist's fault
    return [
        Fault(
            f"The number {figure.text} of claim {claim.id} does not stand in its quotes.",
            "severe", "drop", claim.id, quote=claim.text,
        )
        for figure in figures(claim.text)
        if not stands_among(figure, values)
    ]  # fmt: skip


def corroborated(dossier: Dossier) -> Outcome:
    """At least one in five claims with a number is verified, with another paper's words."""
    given = [claim for claim in dossier.claims if claim.verdict and figures(claim.text)]
    if not given:
        return unassessed("no claim with a number has a verdict")
    verified = sum(map(borne_out, given))
    seen = f"{verified} of {len(given)} claims with numbers are verified"
    if verified * 5 >= len(given):
        return passed(seen)
    what = f"Hardly any number is confirmed by another paper: {seen}."
    alone = next(claim for claim in given if not borne_out(claim))
    return failed(seen, Fault(what, "major", "search", alone.id, quote=alone.text))


def counts_agree(dossier: Dossier) -> Outcome:
    """ "N claims extracted" and "N verified" in the text agree with the list of claims."""
    faults: list[Fault] = []
    compared = 0
    verified = sum(claim.verified for claim in dossier.claims)
    for pattern, number, noun in (
        (_CLAIM_COUNT, len(dossier.claims), "claims"),
        (_VERIFIED_COUNT, verified, "verified claims"),
    ):
        for section in dossier.sections:
            for match in pattern.finditer(section.text):
                compared += 1
                if int(match.group(1)) != number:
                    what = f"The text counts {match.group(1)} {noun}, the list has {number}."
                    faults.append(Fault(what, "major", section=section.name, quote=match.group()))
    if not compared:
        return unassessed("the text gives no numbers of claims")
    return judged(
        faults,
        good=f"{compared} counts in the text agree with the list of claims",
        bad=f"{len(faults)} of {compared} counts in the text disagree with the list of claims",
    )


def confidence_explained(dossier: Dossier) -> Outcome:
    """Confidences are left out, or lie in 0–1 and the text says what they mean."""
    given = [claim for claim in dossier.claims if claim.confidence is not None]
    if not dossier.claims:
        return unassessed("the report states no claims")
    if not given:
        return passed("no confidences are given, so none is unexplained")
    outside = [claim for claim in given if not 0 <= (claim.confidence or 0) <= 1]
    if outside:
        return failed(
            f"{len(outside)} confidences lie outside 0 to 1",
            *(
                Fault(
                    f"The confidence {claim.confidence:g} of claim {claim.id} is no probability.",
                    "major", claim_id=claim.id, quote=claim.text,
                )
                for claim in outside
            ),
        )  # fmt: skip
    if any(_MEANING.search(section.text) for section in dossier.sections):
        return passed("the text says what the confidences mean")
    low, high = min(c.confidence or 0 for c in given), max(c.confidence or 0 for c in given)
    return failed(
        "the text nowhere says what the confidences mean",
        Fault(
            f"Confidences from {low:g} to {high:g} are given without a word on what they mean or "
            "how they were calibrated.",
            "minor", "add", given[0].id, quote=given[0].text,
        ),
    )  # fmt: skip


def possible(dossier: Dossier) -> Outcome:
    """Correlations and areas under curves within ±1, p-values within 0–1, shares up to 100 %."""
    texts: list[tuple[str | None, str | None, str]] = [
        (claim.id, None, claim.text) for claim in dossier.claims
    ]
    texts += [(None, s.section, s.text) for s in _answering(dossier)]
    faults = [
        Fault(
            f"{match.group().strip()!r} is not a possible value.",
            "major", "drop", claim_id, section, match.group(),
        )
        for claim_id, section, text in texts
        for pattern, low, high in ((_UNIT_RANGE, -1, 1), (_PROBABILITY, 0, 1), (_SHARE, 0, 100))
        for match in pattern.finditer(text)
        if not low <= float(match.group(1).replace("−", "-")) <= high
    ]  # fmt: skip
    if not texts:
        return unassessed("the report states no claims and no answer")
    return judged(
        faults,
        good="no stated value is outside its possible range",
        bad=f"{len(faults)} stated values are outside their possible range",
    )


CHECKS: dict[str, Check] = {
    "numbers.answer_traced": answer_traced,
    "numbers.claims_in_quotes": claims_in_quotes,
    "numbers.corroborated": corroborated,
    "numbers.counts_agree": counts_agree,
    "numbers.confidence_explained": confidence_explained,
    "numbers.possible": possible,
}
