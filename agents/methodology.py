"""The methodology in words and numbers: reviewers read its lines, the report sets the same facts.

Whatever is said of how a report was made is worded and counted here once.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from assignee.agents.news import repeated
from assignee.agents.wording import capital, counted, listed, percent, sentence, verb, was
from assignee.records import (
    EVERY_ID,
    NAMED_BY_ID,
    Basis,
    Claim,
    Counts,
    Draft,
    Paper,
    Passage,
    Plan,
    SearchEntry,
    SearchLog,
    Stamp,
    Terms,
    Verdict,
    VerdictLabel,
)

QUOTES = (
    "A statement enters the report only with a quote that stands word for word in the text "
    "that was read, found by exact search and then with white space and Unicode forms "
    "evened out."
)

TWO_QUESTIONS = (
    "Two questions are kept apart. “In its source”: does the cited document really say "
    "this, judged on its own text? “Elsewhere”: do independent other papers support or "
    "contradict it? Independent means another work with no author in common, as far as "
    "authors are known; agreement by shared authors is shown but does not verify."
)

EXACT_CHECKS = (
    "Whatever a judge says, a passage whose figures differ from the claim's, or that speaks of "
    "another member of a family of names, does not support it; where a judge that "
    "gives scores is unsure, neither does one of the opposite direction or without the claim's "
    "names. These checks are made by code and give their reason."
)

VERDICTS: dict[VerdictLabel, str] = {
    "verified": "its source says it, at least one independent paper supports it, and none "
    "contradicts it",
    "mixed": "independent papers were found on both sides",
    "contradicted": "independent papers contradict it and none supports it",
    "uncorroborated": "its source says it, but no independent paper was found that settles it",
    "unattributed": "it could not be shown that its own source says it, or that was retracted",
    "not checked": "it was not judged, for instance because a budget was spent",
}
"""Each verdict word and what it means, in the order in which they are told."""


class Step(NamedTuple):
    """One step from documents to claims; `part` steps are parts of the one before them."""

    name: str
    number: int
    part: bool = False


def methodology(
    *,
    search: SearchLog,
    counts: Counts,
    stamp: Stamp,
    plan: Plan,
    draft: Draft,
    claims: Sequence[Claim],
    verdicts: Sequence[Verdict],
    papers: Sequence[Paper],
    passages: Sequence[Passage],
) -> str:
    """All that was done and left out, in lines."""
    steps = screening_steps(
        counts, claims=claims, verdicts=verdicts, papers=papers, passages=passages
    )
    # Papers whose citations were followed are not listed: their names would tell the authors.
    queries = [entry for entry in search.entries if entry.way == "query" and not entry.taken_whole]
    lines = ["Search:", *search_sentences(search, rounds=counts.rounds, planner=plan.planner)]
    lines += [f"- {_entry(entry)}" for entry in queries]
    lines += [*filter_sentences(search.terms), *failure_sentences(search)]
    lines += [sentence(search.saturation)] if search.saturation else []
    lines += [repeated(search.news, date=search.news.since)] if search.news else []
    if search.unread:
        lines += ["Not read:", *(f"- {reason}" for reason in search.unread)]
    told = "; ".join(f"{step.name}: {step.number}" for step in steps).lower()
    lines += [QUOTES, sentence(told)]
    lines += full_text_sentences(search, claims=claims, passages=passages)
    lines += [_basis(papers, passages), TWO_QUESTIONS, *judge_sentences(verdicts)]
    lines += [sentence(f"{word}: {meaning}") for word, meaning in VERDICTS.items()]
    lines += [confidence_sentence(verdicts), *_stamp(stamp)]
    lines.append(f"Planner: {plan.planner}. Writer: {draft.writer}.")
    return "\n".join([*lines, *dropped_sentences(draft)])


def search_sentences(search: SearchLog, *, rounds: int, planner: str) -> list[str]:
    """Where was searched, by how many queries and citations, and what was taken whole."""
    told = []
    sent = [entry for entry in search.entries if entry.way == "query" and not entry.taken_whole]
    if number := len(sent):
        sources = listed(list(dict.fromkeys(entry.source for entry in sent)))
        told.append(
            f"{capital(counted(number, 'query', 'queries'))} {was(number)} sent to {sources} "
            f"in {counted(rounds, 'round')}, planned by {planner}."
        )
    told += _followed([entry for entry in search.entries if entry.way != "query"])
    whole = {entry.source: entry for entry in reversed(search.entries) if entry.taken_whole}
    told += [_whole(entry, rounds) for entry in reversed(whole.values())]
    return told or ["No source was searched: the documents were given."]


def _followed(entries: Sequence[SearchEntry]) -> list[str]:
    """Whose citations were followed, which way and where."""
    if not entries:
        return []
    number = len({entry.query for entry in entries})
    cite, them = ("it cites", "it") if number == 1 else ("they cite", "them")
    directions = {
        "backward": f"backward to what {cite}",
        "forward": f"forward to what cites {them}",
    }
    ways = listed([told for way, told in directions.items() if way in {e.way for e in entries}])
    where = listed(list(dict.fromkeys(entry.source for entry in entries)))
    return [f"The citations of {counted(number, 'paper')} were followed in {where}, {ways}."]


def filter_sentences(terms: Terms) -> list[str]:
    """What was asked for beside the words of the queries; empty when nothing was."""
    asked = []
    if terms.since or terms.until:
        since = f" from {terms.since}" if terms.since else ""
        until = f" until {terms.until}" if terms.until else ""
        asked.append(f"published{since}{until}")
    if terms.statuses:
        asked.append(f"publication status {' or '.join(terms.statuses)}")
    if terms.language:
        asked.append(f"language “{terms.language}”")
    told = [f"Filters: {'; '.join(asked)}."] if asked else []
    for name, criteria in (("Inclusion", terms.include), ("Exclusion", terms.exclude)):
        if criteria:
            quoted = "; ".join(f"“{criterion}”" for criterion in criteria)
            told.append(f"{name} {verb(len(criteria), 'criterion', 'criteria')}: {quoted}.")
    return told


def down(search: SearchLog) -> list[str]:
    """Sources that were asked and gave nothing but errors."""
    answered = {
        entry.source for entry in search.entries if entry.hits or entry.kept or not entry.errors
    }
    asked = dict.fromkeys(entry.source for entry in search.entries)
    return [source for source in asked if source not in answered]


def failure_sentences(search: SearchLog) -> list[str]:
    """Sources that were down, and sources that answered with some errors; empty without any."""
    missing = down(search)
    failing = dict.fromkeys(entry.source for entry in search.entries if entry.errors)
    partly = [source for source in failing if source not in missing]
    told = []
    if missing:
        told.append(
            f"{listed(missing)} gave no usable answer: papers that only "
            f"{verb(len(missing), 'this source', 'these sources')} would have found are missing."
        )
    if partly:
        told.append(f"Of {listed(partly)} some answers had faults; what could be read was used.")
    return told


def full_text_sentences(
    search: SearchLog, *, claims: Sequence[Claim], passages: Sequence[Passage]
) -> list[str]:
    """The shares of papers and claims from full text; empty where no full text was sought."""
    if not search.basis:
        return []
    papers = Counter(search.basis.values())
    told = [f"Of {counted(papers.total(), 'document')} read, {_full(papers)}."]
    basis_of = {passage.id: passage.basis for passage in passages}
    quoted = Counter(basis_of[c.quote.passage_id] for c in claims if c.quote.passage_id in basis_of)
    if quoted:
        told.append(f"Of {counted(quoted.total(), 'claim')}, {_full(quoted)}.")
    return told


def _full(bases: Counter[Basis]) -> str:
    number, whole = bases["full text"], bases.total()
    others: dict[Basis, str] = {
        "abstract": "from the abstract",
        "note": "from a note about the paper",
    }
    rest = [f"{bases[basis]:,} {told}" for basis, told in others.items() if bases[basis]]
    share = percent(number / whole)
    return listed([f"{number or 'none'} ({share}) {was(number)} taken from full text", *rest])


def _whole(entry: SearchEntry, rounds: int) -> str:
    number = entry.hits
    if entry.query == NAMED_BY_ID:
        told = f"{counted(number, 'paper')} named by id {was(number)} taken in"
    elif entry.query == EVERY_ID:
        told = f"{counted(number, 'record')} of the identifiers that it lists {was(number)} read"
    else:
        which = "that could be read " if entry.errors else ""
        told = (
            f"its only document {which}was taken in"
            if number == 1
            else f"all {number:,} documents {which}were taken in"
        )
    later = "; later rounds chose further ones among them" if rounds > 1 and number > 1 else ""
    return f"No query was needed for “{entry.source}”: {told}{later}."


def read_for_claims(counts: Counts, papers: Sequence[Paper]) -> int:
    """How many documents were searched for claims; the others were consulted as evidence."""
    return min(counts.papers_read or len(papers), len(papers))


def screening_steps(
    counts: Counts,
    *,
    claims: Sequence[Claim],
    verdicts: Sequence[Verdict],
    papers: Sequence[Paper],
    passages: Sequence[Passage],
) -> tuple[Step, ...]:
    """From documents found to claims kept, with what was left out and why."""
    read = read_for_claims(counts, papers)
    unchecked = sum(verdict.label == "not checked" for verdict in verdicts)
    return (
        Step("Documents found", counts.papers_found),
        Step("screened out as off-topic", counts.papers_screened_out, part=True),
        Step("Documents read for claims", read),
        Step("consulted only as evidence", len(papers) - read, part=True),
        Step("Passages read", counts.passages_read),
        Step("Documents whose extraction failed", counts.extraction_failed),
        Step("Statements drafted with a quote", counts.drafts),
        Step("dropped: quote not found in the text", counts.quotes_unmatched, part=True),
        Step("dropped: does not answer the question", counts.off_topic, part=True),
        Step("dropped: not understandable by itself", counts.not_self_contained, part=True),
        Step("dropped: over the limit of claims", counts.over_limit, part=True),
        Step("merged into a near-identical claim", counts.duplicates_merged, part=True),
        Step("Claims kept", len(claims)),
        Step("not checked", unchecked, part=True),
        Step("Documents quoted", len({passage.paper_id for passage in passages})),
    )


def judge_sentences(verdicts: Sequence[Verdict]) -> list[str]:
    """How many comparisons were made, and by what; empty when nothing was judged."""
    judged = [verdict for verdict in verdicts if verdict.label != "not checked"]
    if not judged:
        return []
    judges = sorted({verdict.judge for verdict in judged})
    windows = sum(verdict.considered for verdict in judged)
    return [
        f"{capital(counted(windows, 'comparison'))} of a claim with a passage of another paper "
        f"{was(windows)} made, by {listed(judges)}.",
        *([EXACT_CHECKS] if windows else []),
        *second_opinion_sentences(verdicts),
    ]


def second_opinion_sentences(verdicts: Sequence[Verdict]) -> list[str]:
    """Who gave a second opinion and how often both agree; empty when nobody did."""
    compared = [verdict for verdict in verdicts if verdict.agreement != "one opinion"]
    if not compared:
        return []
    seconds = sorted({verdict.second.judge for verdict in compared if verdict.second})
    agreeing = sum(verdict.agreement == "agree" for verdict in compared)
    return [
        f"Independently, {listed(seconds)} gave a second opinion on "
        f"{counted(len(compared), 'claim')}: on {agreeing:,} of them both agree. Where they "
        "disagree the first one's verdict stands, and both are shown."
    ]


def confidence_sentence(verdicts: Sequence[Verdict]) -> str:
    """What the confidence of a verdict means, or why there is none."""
    missing = sum(verdict.confidence is None for verdict in verdicts)
    present = len(verdicts) - missing
    meaning = "Confidence is a calibrated probability that the verdict is right."
    if not missing:
        return meaning if present else "There are no verdicts, so there is no confidence to give."
    if not present and any(v.second and v.second.confidence is not None for v in verdicts):
        return (
            f"{meaning} Only the second opinions have one: what gave the verdicts has not been "
            "calibrated."
        )
    if all(verdict.corroboration == "not enough evidence" for verdict in verdicts):
        return (
            "No confidence is given: no independent paper settles any of these claims, and how "
            "likely it is that there is none depends on what was searched."
        )
    if not present:
        return (
            "No confidence is given: nothing that judged these claims has been calibrated, and an "
            "uncalibrated number would claim more than is known."
        )
    return (
        f"{meaning} {capital(counted(missing, 'claim'))} {verb(missing, 'has', 'have')} none, "
        "because nothing was found that settles them, what judged them was not calibrated, they "
        "were not judged, or a retraction decided."
    )


def dropped_sentences(draft: Draft) -> list[str]:
    """How many of the writer's sentences cited nothing; empty when all did."""
    number = draft.dropped_sentences
    if not number:
        return []
    return [
        f"{capital(counted(number, 'sentence'))} of the writer ({draft.writer}) "
        f"{was(number)} left out for citing no checked claim."
    ]


def _entry(entry: SearchEntry) -> str:
    # Without its time: the same question asked again must show reviewers the same words, because
    # the response cache knows a call by its prompt.
    errors = f"; errors: {', '.join(entry.errors)}" if entry.errors else ""
    return (
        f"{entry.source}, query “{entry.query}”, round {entry.round}: "
        f"{entry.hits} hits, {entry.kept} kept{errors}."
    )


def _basis(papers: Sequence[Paper], passages: Sequence[Passage]) -> str:
    bases = Counter(passage.basis for passage in passages)
    read = ", ".join(f"{basis} {number}" for basis, number in bases.most_common())
    statuses = Counter(
        "note about a paper" if paper.kind == "note" else paper.publication_status
        for paper in papers
    )
    kinds = ", ".join(f"{number} {status}" for status, number in statuses.most_common())
    return f"Quoted passages by basis: {read or 'none'}. Works by publication status: {kinds}."


def _stamp(stamp: Stamp) -> list[str]:
    models = ", ".join(f"{role}: {model}" for role, model in sorted(stamp.models.items()))
    prompts = ", ".join(f"{name}@{digest}" for name, digest in sorted(stamp.prompts.items()))
    settings = ", ".join(f"{name}={value}" for name, value in sorted(stamp.settings.items()))
    return [
        f"Program: {stamp.program} {stamp.version}; engine: {stamp.engine}.",
        f"Models: {models or 'none'}. Prompts: {prompts or 'none'}.",
        f"Settings: {settings or 'none'}.",
    ]
