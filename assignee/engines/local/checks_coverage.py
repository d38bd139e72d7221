"""The coverage checklist by rule: the answer, the question's parts, the spread over papers."""

import re
from collections import Counter
from math import ceil

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
    answer_sentences,
    cited_claims,
    cites,
    claim_words,
    question_terms,
    shared_terms,
    stated,
)
from assignee.reading.words import content_stems
from assignee.records import Dossier, DossierClaim

MIN_RELEVANCE = 0.35
"""A measured relevance below this is off the question (the default of the settings)."""

LARGEST_SHARE = 0.5
"""At most this share of the claims may come from one paper."""

CHECKED_SHARE = 0.8

COMMON_SHARE = 0.25
"""Share of a sentence's content stems that the claims it cites must hold among them."""

LEAST_STEMS = 4
"""Content stems under which a sentence says too little to be held against its claims."""

_ABOUT_CLAIMS = re.compile(
    r"\b(?:claims?|literature|evidence|papers?|sources?|studies|works)\b", re.IGNORECASE
)

_OPEN = re.compile(
    r"(?:does|do|did|can) ?not (?:settle|answer|decide|resolve)|cannot be (?:answered|settled)|"
    r"(?:remains?|stays?|is) (?:open|unanswered|unsettled)\b|"
    r"\bnone of the (?:claims|papers|studies|sources)\b|"
    r"\bno (?:papers?|study|studies|claims?|sources?|evidence|literature) (?:was |were )?"
    r"(?:found|answers?|address(?:es)?|joins?|settles?)\b",
    re.IGNORECASE,
)
_UNCHECKED = re.compile(r"not checked|unchecked", re.IGNORECASE)
_FIGURE_OF_SOURCE = re.compile(
    r"\b(?:Figures?|Fig\.|Tables?|Section|Appendix)\s+[A-Z]?\d+", re.IGNORECASE
)


def answered(dossier: Dossier) -> Outcome:
    """Some sentence of the results shares a term with the question and cites something."""
    sentences = answer_sentences(dossier)
    on_it = [s for s in sentences if shared_terms(s.text, dossier.question)]
    if any(cites(sentence.text) for sentence in on_it):
        return passed("the results hold sentences about the question that cite claims or papers")
    results = dossier.section("results")
    place = results.name if results else None
    if not on_it:
        what = "There is no answer to the question: the results state nothing about it."
        quote = results.text.strip() or None if results else None
    else:
        what = "The results speak of the question, but the answer cites no claim and no paper."
        place, quote = on_it[0]
    return failed(
        "no sentence of the results answers and cites",
        Fault(what, "severe", "add", section=place, quote=quote),
    )


def answer_cited(dossier: Dossier) -> Outcome:
    """Every sentence of the answer cites what it rests on; mere counts of papers need not.

    A sentence that has hardly a word in common with the claims that it cites, or with their quotes,
    cites the wrong ones. Sentences that speak of claims, papers or evidence are taken as they are.
    """
    sentences = answer_sentences(dossier)
    if not sentences:
        return unassessed("there is no answer")
    faults = [
        Fault(
            "A sentence of the answer cites no claim and no paper.",
            "major", "drop", section=sentence.section, quote=sentence.text,
        )
        for sentence in sentences
        if not cites(sentence.text)
    ]  # fmt: skip
    faults += [
        Fault(
            "A sentence of the answer cites claims that speak of something else.",
            "major", "drop", section=sentence.section, quote=sentence.text,
        )
        for sentence in sentences
        if _is_elsewhere(sentence.text, dossier)
    ]  # fmt: skip
    return judged(
        faults,
        good=f"all {len(sentences)} sentences of the answer cite",
        bad=f"{len(faults)} of {len(sentences)} sentences of the answer cite nothing that fits",
    )


def _is_elsewhere(sentence: str, dossier: Dossier) -> bool:
    claims, words = cited_claims(sentence, dossier), stated(sentence)
    said = content_stems(words)
    if not claims or len(said) < LEAST_STEMS or _ABOUT_CLAIMS.search(words):
        return False
    there = content_stems("\n".join(map(claim_words, claims)))
    return len(said & there) < COMMON_SHARE * len(said)


def relevant(dossier: Dossier) -> Outcome:
    """At least half of the claims bear on the question.

    Measured relevance counts from 0.35. Where none was measured, a claim bears on the question
    when it holds a quarter of the question's content words (at least two, at most four are asked).
    """
    if not dossier.claims:
        return unassessed("the report states no claims")
    terms = question_terms(dossier.question)
    need = min(max(ceil(len(terms) / 4), 2), 4, max(len(terms), 1))
    off = [claim for claim in dossier.claims if not _bears(claim, dossier.question, need)]
    measured = sum(claim.relevance is not None for claim in dossier.claims)
    how = (
        f"relevance of at least {MIN_RELEVANCE}"
        if measured
        else f"at least {need} of the question's {len(terms)} content words"
    )
    share = f"{len(dossier.claims) - len(off)} of {len(dossier.claims)} claims have {how}"
    if len(off) * 2 <= len(dossier.claims):
        return passed(share)
    faults = [
        Fault(
            f"Most claims do not answer the question: only {share}. Those that do not are "
            f"{listed([other.id for other in off], most=30)}."
            if claim is off[0]
            else f"Claim {claim.id} does not answer the question.",
            "major", "drop", claim.id, quote=claim.text,
        )
        for claim in off
    ]  # fmt: skip
    return failed(share, *faults)


def _bears(claim: DossierClaim, question: str, need: int) -> bool:
    if claim.relevance is not None:
        return claim.relevance >= MIN_RELEVANCE
    return len(shared_terms(claim.text, question)) >= need


def direct(dossier: Dossier) -> Outcome:
    """At least a quarter of the claims name several of the question's subjects together.

    Asked for is a quarter of the question's content words, from two to four, in the claim's own
    words; acronyms count double. Independent of any relevance that the report measured itself.
    """
    terms = question_terms(dossier.question)
    if not terms or not dossier.claims:
        return unassessed("there are no claims, or the question names no subject")
    need = min(max(ceil(sum(1 + term.named for term in terms) / 4), 2), 4, len(terms))
    near = sum(_named(claim, dossier.question) >= need for claim in dossier.claims)
    seen = f"{near} of {len(dossier.claims)} claims name {need} of the question's subjects together"
    if near * 4 >= len(dossier.claims):
        return passed(seen)
    subjects = listed([term.word for term in terms], most=len(terms))
    what = f"Few claims speak of what the question relates ({subjects}): only {seen}."
    return failed(seen, Fault(what, "major", "search", quote=dossier.question))


def _named(claim: DossierClaim, question: str) -> int:
    return sum(1 + term.named for term in shared_terms(claim.text, question))


def conclusive(dossier: Dossier) -> Outcome:
    """The first two sentences of the answer do not say that the question cannot be answered."""
    opening = answer_sentences(dossier)[:2]
    if not opening:
        return unassessed("there is no answer")
    for sentence in opening:
        if _OPEN.search(sentence.text):
            what = f"The answer leaves the question open that was asked: {dossier.question}"
            return failed(
                "the answer opens by saying that the question stays open",
                Fault(what, "major", "search", section=sentence.section, quote=sentence.text),
            )
    return passed("the answer opens with what was found")


def question_parts(dossier: Dossier) -> Outcome:
    """Claims and quotes speak of half of what the question names; acronyms count double."""
    terms = question_terms(dossier.question)
    if not terms or not dossier.claims:
        return unassessed("there are no claims, or the question names no subject")
    text = "\n".join(claim_words(claim) for claim in dossier.claims)
    present = set(shared_terms(text, dossier.question))
    weight = sum(1 + term.named for term in terms)
    share = sum(1 + term.named for term in present) / weight
    missing = [term.word for term in sorted(terms, key=lambda t: -t.named) if term not in present]
    if share >= 0.5:
        return passed(f"the claims speak of {share:.0%} of what the question names")
    return failed(
        f"the claims speak of {share:.0%} of what the question names; missing: {listed(missing)}",
        Fault(
            f"The claims do not answer the question: none of them speaks of {listed(missing)}.",
            "major", "search", quote=dossier.question,
        ),
    )  # fmt: skip


def many_papers(dossier: Dossier) -> Outcome:
    """At least three papers (two under six claims), at most half of the claims from one.

    When no claim names its source nothing shows that the claims come from more than one paper;
    then the finding says what can be seen, such as repeated figures and tables of a source.
    """
    if not dossier.claims:
        return unassessed("the report states no claims")
    shares = Counter(claim.reference for claim in dossier.claims if claim.reference)
    if not shares:
        return _no_sources(dossier)
    total = sum(shares.values())
    key, most = shares.most_common(1)[0]
    need = 2 if total < 6 else 3
    seen = f"{total} claims from {len(shares)} papers; the largest share is {most / total:.0%}"
    if len(shares) >= need and most <= LARGEST_SHARE * total:
        return passed(seen)
    first = next(claim for claim in dossier.claims if claim.reference == key)
    what = (
        f"All {total} claims come from one paper ({key})."
        if len(shares) == 1
        else f"Claims come from too few papers: {most} of {total} from {key}, "
        f"{len(shares)} papers in all."
    )
    return failed(seen, Fault(what, "major", "search", first.id, quote=first.text))


def _no_sources(dossier: Dossier) -> Outcome:
    places = Counter(
        " ".join(match.group().split())
        for claim in dossier.claims
        for match in _FIGURE_OF_SOURCE.finditer(claim.text)
    )
    pointing = [claim for claim in dossier.claims if _FIGURE_OF_SOURCE.search(claim.text)]
    seen = ""
    if pointing:
        seen = (
            f" {len(pointing)} claims point to {listed(sorted(places))} without naming whose, as "
            "claims of one paper only do."
        )
    listed_only = len(dossier.references)
    what = (
        "Nothing shows that the claims come from more than one paper only: no claim names its "
        f"source, and {listed_only} references are listed for {len(dossier.claims)} claims.{seen}"
    )
    first = pointing[0] if pointing else dossier.claims[0]
    return failed(
        "no claim names its source, so the spread over papers cannot be shown",
        Fault(what, "major", "search", first.id, quote=first.text),
    )


def references_listed(dossier: Dossier) -> Outcome:
    """As many references as the report says it used; no references beside claims fails too."""
    count, said = len(dossier.references), dossier.papers_found
    if said is None and count:
        return unassessed("the report does not say how many papers it used")
    if count and said is not None and count >= said:
        return passed(f"{count} references are listed for {said} papers")
    what = (
        f"References are missing: {said} papers were found and {count} are listed."
        if said is not None
        else "References are missing: none is listed."
    )
    return failed(
        f"{count} references listed, {'an unknown number' if said is None else said} papers used",
        Fault(what, "major", "add", section="References"),
    )


def checked(dossier: Dossier) -> Outcome:
    """At least four in five claims have a verdict other than not checked."""
    if not any(claim.verdict for claim in dossier.claims):
        return unassessed("no claim has a verdict")
    left = [c for c in dossier.claims if not c.verdict or _UNCHECKED.search(c.verdict)]
    total = len(dossier.claims)
    seen = f"{total - len(left)} of {total} claims were checked"
    if total - len(left) >= CHECKED_SHARE * total:
        return passed(seen)
    return failed(
        seen,
        Fault(
            f"{len(left)} of {total} claims were not checked.",
            "major", "search", left[0].id, quote=left[0].text,
        ),
    )  # fmt: skip


CHECKS: dict[str, Check] = {
    "coverage.answered": answered,
    "coverage.answer_cited": answer_cited,
    "coverage.relevant": relevant,
    "coverage.question_parts": question_parts,
    "coverage.many_papers": many_papers,
    "coverage.direct": direct,
    "coverage.conclusive": conclusive,
    "coverage.references_listed": references_listed,
    "coverage.checked": checked,
}
