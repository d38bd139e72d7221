"""The clarity checklist by rule: whole statements, the question's own subject, readable prose."""

import re
from collections import Counter

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
    prose,
    question_terms,
    shared_terms,
    tail,
    without_marks,
)
from assignee.records import Dossier, DossierClaim

LONGEST_MEAN, LONGEST_SENTENCE = 35, 80
"""Words in a sentence of abstract and answer, on average and at most."""

_FINISHED = re.compile(r"""[.!?][)\]}"'”’»*_]*(?:\s*\[[^\]]*\])*$""")
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)\s*$")
_DANGLING_END = re.compile(r"(?:[,;:(\[{/=<>+&]|\s[-–—]|[–—])$")
_NO_LAST_WORD = frozenset(
    """
        the a an and or of than that which whose when while where because if as into from
        between is are was were be been its their his her our your these those such per via both
        either whether with
        """.split()
)
"""Words that no statement ends with."""
_RARE_LAST_WORD = frozenset(("to", "for", "by", "at", "can", "may", "will", "has", "have", "had"))
_USUAL_LIMITS = frozenset(
    (80, 100, 120, 128, 140, 150, 160, 200, 240, 250, 255, 256, 280, 300, 500)
)
"""Lengths at which programs cut; one less when the last character kept was a space."""
_ONE_WORK = re.compile(
    r"\bthis (?:paper|report|review|synthesis|study|article) (?:examines|studies|reviews|presents|"
    r"investigates|considers|discusses|summari[sz]es)\s*:?\s*[“\"*]*(?P<work>[^.\n]+)",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"(?:this (?:report|answer|synthesis)|(?:one|none|no|some|most|the|these|\w+) (?:of the )?"
    r"(?:claims?|literature|(?:papers|sources|documents|notes) (?:found|read|searched)))\b",
    re.IGNORECASE,
)
_POINTS_AWAY = re.compile(
    r"\b(?:fig(?:ures?|s?\.)|tables?|tab\.|eqs?\.|equations?|sections?|sec\.|appendix|algorithms?)"
    r"\s*\(?[A-Z]?\d|\b(?:this|our) (?:paper|work|study|article|note|method|approach|model)\b|"
    r"\b(?:we|our|ours|us)\b|^(?:this|these|those|it|they|such)\s+(?:is|are|was|were|has|have|can|"
    r"may|also|shows?|suggests?|increases?|decreases?|leads?)\b|\bas (?:shown|described) (?:above|"
    r"below)\b",
    re.IGNORECASE,
)
_UNCLEAN = re.compile(
    r"\?\.(?!\.)|!\.(?!\.)|(?<!\.)\.\.(?!\.)|,,|;;|\bTODO\b|\bTBD\b|\bXXX\b|lorem ipsum|\{\{|\}\}|"
    r"\[insert[^\]]*\]|\(\s*\)|\bNone\b(?= (?:papers|claims))|\bnan\b",
)
_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{2,6}(?:s\b)?(?![\w-])")
_KNOWN = frozenset(
    """
        AI ML NLP LLM US USA UK EU UN WHO DNA RNA HIV PDF URL DOI HTML JSON CSV GPU CPU API ID
        OK II III IV VI PMID AND OR NOT IEEE ACM MIT CI SD SE RCT COVID ISO UTC
        """.split()
)


def claims_whole(dossier: Dossier) -> Outcome:
    """No claim is cut in the middle of a sentence.

    A claim that only lacks its full stop is not cut. It is cut when it ends in an ellipsis, an open
    bracket, a dangling mark, or a word that ends no statement ("of", "the", "that"). Where half of
    the claims do end in punctuation, one that does not is also cut when it ends in a word that
    seldom ends a statement ("to", "has"), or where programs cut: at the greatest length of all
    (60 characters at least), if a second one stops within two characters of it or the length is a
    usual limit such as 120.
    """
    if not dossier.claims:
        return unassessed("the report states no claims")
    texts = [claim.text.rstrip() for claim in dossier.claims]
    punctuated = sum(bool(_FINISHED.search(text)) for text in texts) * 2 >= len(texts)
    limit = _limit(texts) if punctuated else None
    cut = [
        (claim, tail(text), why)
        for claim, text in zip(dossier.claims, texts, strict=True)
        if (why := _cut(text, limit, punctuated=punctuated))
    ]
    ends = [f'{claim.id} ("… {" ".join(end.split()[-3:])}")' for claim, end, _ in cut]
    told = f"{len(cut)} of {len(texts)} claims are cut in mid-sentence: {listed(ends, most=30)}"
    faults = [
        Fault(
            f'Claim {claim.id} is cut in mid-sentence ({why}): it ends "{end}".'
            + (f" In all, {told}." if len(cut) > 1 and claim is cut[0][0] else ""),
            "severe", "drop", claim.id, quote=end,
        )
        for claim, end, why in cut
    ]  # fmt: skip
    return judged(faults, good=f"all {len(texts)} claims are whole statements", bad=told)


def _limit(texts: list[str]) -> int | None:
    """The length at which claims were cut, if the report shows one."""
    longest = max(map(len, texts))
    at_limit = [t for t in texts if not _FINISHED.search(t) and longest - len(t) <= 2]
    usual = bool({longest, longest + 1} & _USUAL_LIMITS) and len(texts) > 2
    return longest if longest >= 60 and (len(at_limit) >= 2 or (at_limit and usual)) else None


def _cut(text: str, limit: int | None, *, punctuated: bool) -> str | None:
    """Why the text is cut, in one clause, or `None`."""
    if _ELLIPSIS.search(text):
        return "it ends in an ellipsis"
    if _FINISHED.search(text) or not text:
        return None
    if _DANGLING_END.search(text):
        return "it ends in a mark that opens or joins"
    if any(text.count(left) > text.count(right) for left, right in ("()", "[]", "{}")):
        return "a bracket is left open"
    last = re.findall(r"\S+", text)[-1].casefold()
    if last in _NO_LAST_WORD or (punctuated and last in _RARE_LAST_WORD):
        return f"no statement ends in {last!r}"
    if limit is not None and limit - len(text) <= 2:
        return f"it stops without a full stop at the length limit of {limit} characters"
    return None


def question_whole(dossier: Dossier) -> Outcome:
    """Where a section begins to give the question, it gives it to the end.

    Thirty characters in common begin it; it is cut when it then stops before its end at a full
    stop, an ellipsis, a closing quotation mark or the end of the section.
    """
    question = " ".join(dossier.question.split()).rstrip(" ?.")
    if len(question) < 40:
        return unassessed("the question is too short to be recognised when it is cut")
    faults = []
    given = 0
    for section in dossier.sections:
        text = " ".join(section.text.split())
        for match in re.finditer(re.escape(question[:30]), text, re.IGNORECASE):
            given += 1
            length = _common_length(text[match.start() :], question)
            following = text[match.start() + length :][:1]
            if length < len(question) and following in ("", ".", "…", "”", '"', "?"):
                quote = tail(text[match.start() : match.start() + length])
                what = f'The question is cut in {section.name!r}: it ends "{quote}".'
                faults.append(Fault(what, "minor", section=section.name, quote=quote))
    return judged(
        faults,
        good=f"the question is whole wherever it is given ({given})",
        bad=f"the question is cut where it is given ({len(faults)} of {given})",
    )


def _common_length(text: str, question: str) -> int:
    pairs = zip(text.casefold(), question.casefold(), strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(text), len(question)))


def on_subject(dossier: Dossier) -> Outcome:
    """Title and introduction share a term with the question and are not about one paper.

    One paper: the title is a reference's title, or the introduction says "this paper examines"
    followed by a reference's title, or by a work's title in capitals that is not the question.
    """
    if not question_terms(dossier.question):
        return unassessed("the question names no subject")
    faults = []
    titles = {_plain(ref.title) for ref in dossier.references if ref.title}
    if _plain(dossier.title) in titles and _plain(dossier.title) != _plain(dossier.question):
        what = "The report's title is the title of one of its references."
        faults.append(Fault(what, "major", section="Title", quote=dossier.title))
    elif not shared_terms(dossier.title, dossier.question):
        what = "The title does not speak of the question."
        faults.append(Fault(what, "major", section="Title", quote=dossier.title or None))
    introduction = dossier.section("introduction")
    if introduction is not None:
        faults += _introduction(dossier, introduction.name, introduction.text, titles)
    return judged(
        faults,
        good="title and introduction speak of the question",
        bad="title or introduction do not speak of the question",
    )


def _introduction(dossier: Dossier, name: str, text: str, titles: set[str]) -> list[Fault]:
    work = _ONE_WORK.search(text)
    if work and _is_one_work(work["work"].strip(' *“”"'), dossier, titles):
        what = (
            f'The introduction is about one arbitrary paper ("{work["work"].strip()}"), not about '
            "the question."
        )
        return [Fault(what, "major", section=name, quote=work.group().strip())]
    if text.strip() and not shared_terms(text, dossier.question):
        return [Fault("The introduction does not speak of the question.", "major", section=name)]
    return []


def _is_one_work(work: str, dossier: Dossier, titles: set[str]) -> bool:
    plain = _plain(work)
    if plain in titles:
        return True
    if plain in _plain(dossier.question) or plain in _plain(dossier.title):
        return False
    longer = [word for word in re.findall(r"[^\W\d_]+", work) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in longer)
    return len(longer) >= 4 and capitals >= 0.75 * len(longer)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def answer_first(dossier: Dossier) -> Outcome:
    """The answer's first sentence is about the subject, not about the report's claims or papers."""
    sentences = answer_sentences(dossier)
    if not sentences:
        return unassessed("there is no answer")
    first = sentences[0]
    if not _ABOUT_ITSELF.match(first.text):
        return passed("the answer opens with its subject")
    what = "The answer opens with the report's own claims or papers, not with what they say."
    return failed(
        "the answer opens with the report's own claims or papers",
        Fault(what, "minor", section=first.section, quote=first.text),
    )


def self_contained(dossier: Dossier) -> Outcome:
    """No claim points to a figure or table of its source, says we, or opens with it or this."""
    if not dossier.claims:
        return unassessed("the report states no claims")
    faults = [
        Fault(
            f"Claim {claim.id} cannot be understood by itself: it says {match.group()!r}.",
            "minor", "drop", claim.id, quote=claim.text,
        )
        for claim in dossier.claims
        if (match := _POINTS_AWAY.search(_without_us(claim)))
    ]  # fmt: skip
    return judged(
        faults,
        good=f"all {len(dossier.claims)} claims can be understood by themselves",
        bad=f"{len(faults)} of {len(dossier.claims)} claims point to what only their source shows",
    )


def _without_us(claim: DossierClaim) -> str:
    """The claim without the country's name, which is spelt like the pronoun."""
    return re.sub(r"\bU\.?S\.?(?!\w)", "", claim.text)


def sentences_clean(dossier: Dossier) -> Outcome:
    """No doubled punctuation such as `?.`, no placeholder such as TODO or `{{`, no empty `()`."""
    faults = [
        Fault(
            f"Left-over or doubled marks in {section.name!r}: {match.group()!r}.",
            "minor", section=section.name, quote=tail(section.text[: match.end()]),
        )
        for section in dossier.sections
        if (match := _UNCLEAN.search(section.text))
    ]  # fmt: skip
    if not dossier.sections:
        return unassessed("the report has no sections")
    return judged(
        faults,
        good="no doubled punctuation and no placeholders",
        bad=f"doubled punctuation or placeholders in {len(faults)} sections",
    )


def readable(dossier: Dossier) -> Outcome:
    """Sentences of abstract and answer: at most 35 words on average and 80 at most."""
    sentences = abstract_sentences(dossier) + answer_sentences(dossier)
    if not sentences:
        return unassessed("there is neither abstract nor answer")
    lengths = [len(without_marks(sentence.text).split()) for sentence in sentences]
    mean, longest = sum(lengths) / len(lengths), max(lengths)
    seen = f"sentences of {mean:.0f} words on average, {longest} at most"
    if mean <= LONGEST_MEAN and longest <= LONGEST_SENTENCE:
        return passed(seen)
    worst = sentences[lengths.index(longest)]
    what = f"Sentences are too long to follow: {seen}."
    return failed(seen, Fault(what, "minor", section=worst.section, quote=tail(worst.text)))


def acronyms(dossier: Dossier) -> Outcome:
    """At most three acronyms recur (twice or more) that neither text nor question explains.

    Explained: its letters stand in brackets after words, or words stand in brackets after it.
    Acronyms of the question and household ones (DNA, GPU) need no explanation.
    """
    texts = [t for section in dossier.sections for t in prose(section.text)]
    texts += [claim.text for claim in dossier.claims]
    joined = "\n".join(texts)
    found = Counter(match.group().removesuffix("s") for match in _ACRONYM.finditer(joined))
    strange = [
        name
        for name, count in found.items()
        if count > 1
        and name not in _KNOWN
        and name not in dossier.question
        and not re.search(rf"\(\s*{name}s?\b|\b{name}s?\s*\([a-zA-Z]", joined)
    ]
    if len(strange) <= 3:
        return passed(f"recurring acronyms left unexplained: {len(strange)}")
    return failed(
        f"recurring acronyms left unexplained ({len(strange)}): {listed(strange)}",
        Fault(f"Acronyms are not explained: {listed(strange)}.", "minor", "add"),
    )


CHECKS: dict[str, Check] = {
    "clarity.claims_whole": claims_whole,
    "clarity.question_whole": question_whole,
    "clarity.on_subject": on_subject,
    "clarity.answer_first": answer_first,
    "clarity.self_contained": self_contained,
    "clarity.sentences_clean": sentences_clean,
    "clarity.readable": readable,
    "clarity.acronyms": acronyms,
}
