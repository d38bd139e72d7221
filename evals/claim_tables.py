"""What `eval extract` and `eval report` print: every line says by itself what it is."""

from collections.abc import Sequence

from assignee.evals.bootstrap import Estimate
from assignee.evals.claim_sentences import ClaimSentences
from assignee.evals.extract import Extraction, Extractions
from assignee.evals.grounding import Grounding
from assignee.evals.paper_claims import PaperClaims
from assignee.evals.quotes import QuoteFigures
from assignee.evals.relevance import Relevance
from assignee.evals.tables import HEADER, Row, class_rows, figure, show_confusion
from assignee.terminal import counted, rows, show

LISTED = 5
"""Of what is wrong so many are shown; `--json` has all."""


def show_extraction(found: Extractions) -> None:
    """The roles as the model tells them, then as their place does."""
    show_roles(found.model)
    show(f"\nthe guess from the place: {found.baseline}")
    if found.place is not None:
        show_roles(found.place)


def show_roles(found: Extraction) -> None:
    """Figures of the roles, then the confusion table."""
    show(f"{found.model}: {counted(found.sentences, 'sentence')} of "
         f"{counted(found.abstracts, 'abstract')}", style="bold")  # fmt: skip
    rows(HEADER, [
        figure("accuracy", found.accuracy),
        figure("macro-F1", found.macro_f1),
        *class_rows(found.roles),
    ])  # fmt: skip
    show_confusion(found.confusion, list(found.confusion))


def show_claim_sentences(found: ClaimSentences) -> None:
    """Figures of each way to find claim sentences, then of quotes and relevance."""
    show(f"{found.set}: {counted(found.marked, 'marked sentence')} of {found.sentences} in "
         f"{counted(found.abstracts, 'abstract')}; {counted(found.claims, 'claim')} to ask about",
         style="bold")  # fmt: skip
    show("not every sentence that is worth a claim is marked: precision is a lower bound")
    show(f"the guess from the place: {found.baseline}")
    if found.given_away:
        show("the place alone tells nearly every mark: this set says little of extractors")
    if found.failed:
        show(f"without a usable reply, which counts as nothing found: "
             f"{counted(found.failed, 'extraction')}")  # fmt: skip
    for one in found.findings:
        show("")
        show(f"{one.name}: takes {counted(one.said, 'sentence')}", style="bold")
        rows(HEADER, [
            figure("claim sentences, precision", one.precision),
            figure("claim sentences, recall", one.recall),
            figure("claim sentences, F1", one.f1),
            *(figure(f"asked about a claim: marked among the first {most}", share)
              for most, share in one.first.items()),
        ])  # fmt: skip
    show(f"\nquotes of {found.findings[0].name}", style="bold")
    rows(HEADER, quote_rows(found.quotes))
    show_some("quoted, but in no passage", found.quotes.invented)
    show(f"\nrelevance to the claim by {found.relevance.ranker}", style="bold")
    rows(HEADER, relevance_rows(found.relevance))


def quote_rows(found: QuoteFigures) -> list[Row]:
    """What an engine quoted, and what was kept of it."""
    return [
        figure(f"drafted quotes word for word in their passage (n = {found.drafts})",
               found.verbatim),
        figure("drafted quotes in no passage, dropped", found.dropped),
        figure(f"kept quotes at their offsets in the document (n = {found.kept})",
               found.in_place),
    ]  # fmt: skip


def relevance_rows(found: Relevance) -> list[Row]:
    """How relevance tells marked sentences from others."""
    lines = [
        figure("a marked sentence is more relevant than another of its abstract", found.nearer),
        figure(f"marked sentences at {found.floor:g} or above, which are kept", found.marked),
        figure("other sentences of the abstract, the same", found.unmarked),
    ]
    if found.foreign is not None:
        lines.append(figure("sentences of an abstract of another claim, the same", found.foreign))
    return lines


def show_paper_claims(found: PaperClaims) -> None:
    """What an extraction kept, dropped and invented."""
    show(f"{found.question}: {counted(found.claims, 'claim')} of {counted(found.papers, 'paper')} "
         f"({counted(found.passages, 'passage')}), {found.silent} without a claim; "
         f"{found.extractor}", style="bold")  # fmt: skip
    rows(HEADER, [
        *quote_rows(found.quotes),
        ("drafts dropped: cannot be understood alone", str(found.not_self_contained), ""),
        (f"drafts dropped: relevance below {found.floor:g}", str(found.off_topic), ""),
        figure("mean relevance of the claims, by the ranker's own measure", found.relevance),
    ])  # fmt: skip
    show_some("quoted, but in no passage", found.quotes.invented)
    show_some("no usable reply", found.failed)


def show_grounding(found: Grounding) -> None:
    """How far one report rests on what it cites, and where it does not."""
    show(f"{found.report}: {counted(found.sentences, 'sentence')} of answer and abstract, "
         f"{found.uncited} without a citation, {found.unshown} whose citations show no words; "
         f"judge {found.judge}", style="bold")  # fmt: skip
    rows(HEADER, [
        figure("sentences supported, where words are shown", found.supported),
        figure("citation recall", found.recall),
        figure("citation precision", found.precision),
        figure(f"numbers that can be traced (n = {found.figures})", found.traced),
        figure(f"share of the largest source (of {found.sources})", Estimate(value=found.largest)),
        figure(f"quotes word for word in their source (n = {found.quotes})",
               Estimate(value=found.verbatim)),
        *([] if found.drafts is None else [
            (f"drafted quotes in no passage, dropped (of {found.drafts})", str(found.dropped), "")
        ]),
    ])  # fmt: skip
    show_some("not supported by what it cites", found.unsupported)
    show_some("cites nothing", found.silent)
    show_some(
        "not in the words cited", [f"{one.number}, in: {one.sentence}" for one in found.untraced]
    )


def show_some(what: str, texts: Sequence[str]) -> None:
    """The first of a list, each on a line that says what it is, and how many more there are."""
    for text in texts[:LISTED]:
        show(f"{what}: {' '.join(text.split())}")
    if len(texts) > LISTED:
        show(f"{what}: {len(texts) - LISTED} more, see --json")
