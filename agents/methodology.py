"""The methodology as reviewers read it: search log, screening, verdict words, engine, settings."""

from collections import Counter
from collections.abc import Sequence

from assignee.records import Counts, Draft, Paper, Passage, Plan, SearchEntry, SearchLog, Stamp

_WORDS = (
    "In its source: whether the cited source says it. Elsewhere: whether independent papers "
    "support or contradict it. Verified means both, with no independent paper against. "
    "Confidence is the calibrated probability that a verdict is right; it is left out where the "
    "engine was not calibrated."
)


def methodology(
    *,
    search: SearchLog,
    counts: Counts,
    stamp: Stamp,
    plan: Plan,
    draft: Draft,
    papers: Sequence[Paper],
    passages: Sequence[Passage],
) -> str:
    """All that was done and left out, in lines."""
    lines = ["Search log:", *(f"- {_entry(entry)}" for entry in search.entries)]
    if search.unread:
        lines += ["Not read:", *(f"- {reason}" for reason in search.unread)]
    lines += [_screening(counts), _basis(papers, passages), _WORDS]
    lines += _stamp(stamp)
    lines.append(f"Planner: {plan.planner}. Writer: {draft.writer}.")
    if draft.dropped_sentences:
        lines.append(
            f"{draft.dropped_sentences} sentences of the writer were left out because they cited "
            "no checked claim."
        )
    return "\n".join(lines)


def _entry(entry: SearchEntry) -> str:
    errors = f"; errors: {', '.join(entry.errors)}" if entry.errors else ""
    return (
        f"{entry.source}, query “{entry.query}”, round {entry.round}, {entry.time}: "
        f"{entry.hits} hits, {entry.kept} kept{errors}."
    )


def _screening(counts: Counts) -> str:
    left_out = (
        (counts.quotes_unmatched, "quotes not found in the text"),
        (counts.off_topic, "off the question"),
        (counts.not_self_contained, "not understandable by themselves"),
        (counts.over_limit, "over the limit"),
        (counts.duplicates_merged, "duplicates merged"),
    )
    dropped = ", ".join(f"{number} {why}" for number, why in left_out if number)
    return (
        f"Papers: {counts.papers_found} found, {counts.papers_screened_out} screened out, "
        f"{counts.papers_read} read, {counts.papers_cited} cited. Claim drafts: {counts.drafts}, "
        f"of which were left out: {dropped or 'none'}. Rounds of search: {counts.rounds}."
    )


def _basis(papers: Sequence[Paper], passages: Sequence[Passage]) -> str:
    bases = Counter(passage.basis for passage in passages)
    read = ", ".join(f"{number} of {basis}" for basis, number in bases.most_common())
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
