"""Two opinions on a claim, side by side: what each judge says, on which words, and what decided."""

from collections.abc import Sequence

from assignee.agents.methodology import confidence_sentence
from assignee.agents.weighing import DISCOUNTED, OVERRULES
from assignee.agents.wording import counted, listed, sentence, verb
from assignee.records import Claim, Evidence, SecondOpinion, Verdict, VerdictLabel
from assignee.report.block import Block, Line, Paragraph, Span, Table, joined, line
from assignee.report.index import Index
from assignee.report.word import badge

Opinion = Verdict | SecondOpinion

NONE = "–"
NOT_CALIBRATED = "not calibrated"

MEANING = (
    "Confidence is the probability that the verdict is right, calibrated on labelled sets; how it "
    "was calibrated is in the methodology."
)

ONLY_SECOND = (
    "The verdicts have no confidence, because what gave them has not been calibrated. The second "
    "opinions have one: the calibrated probability that the opinion is right."
)

UNSETTLED: dict[VerdictLabel, str] = {
    "verified": "No words are quoted.",
    "contradicted": "No words are quoted.",
    "mixed": "No words are quoted.",
    "uncorroborated": "No independent passage settles it.",
    "unattributed": "No words of its source were found to say it.",
    "not checked": "It gave no usable answer.",
}
"""What stands behind each label when no words do."""


def compared(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts beside which a second opinion stands that can be compared."""
    return [verdict for verdict in verdicts if verdict.agreement != "one opinion"]


def differing(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts that the second opinion disagrees with."""
    return [verdict for verdict in verdicts if verdict.agreement == "disagree"]


def opinions_sentence(verdicts: Sequence[Verdict]) -> str:
    """On how many claims a second judge agrees and disagrees; empty when there is one opinion."""
    total, apart = len(compared(verdicts)), len(differing(verdicts))
    if not total:
        return ""
    start = f"A second judge gave its own opinion on {counted(total, 'claim')}"
    if not apart:
        return f"{start} and agrees{' on all' if total > 1 else ''}."
    number = f" on {'all' if apart == total else f'{apart:,}'}" if total > 1 else ""
    these = verb(apart, "it comes", "these come")
    return f"{start} and disagrees{number}; {these} first among the extracted claims."


def differing_blocks(
    verdicts: Sequence[Verdict], index: Index, notes: tuple[Line, ...]
) -> list[Block]:
    """The claims on which two judges disagree, with both opinions and the words they rest on."""
    told = (
        f"Two judges gave an opinion on {counted(len(compared(verdicts)), 'claim')}, neither "
        f"knowing the other's; on {len(differing(verdicts)):,} they differ. The first opinion is "
        "the verdict that stands. Here a reader's own look at the quoted words is worth most."
    )
    rows = tuple(
        (
            line(index.claim_link(verdict.claim_id)),
            line(Span(index.claims[verdict.claim_id].text, "foreign")),
            _stated(verdict, index),
            _stated(verdict.second, index),
        )
        for verdict in differing(verdicts)
        if verdict.second is not None and verdict.claim_id in index.claims
    )
    head = ("No.", "Claim", "First opinion", "Second opinion")
    judges = listed(sorted({verdict.judge for verdict in differing(verdicts)}))
    others = listed(
        sorted({verdict.second.judge for verdict in differing(verdicts) if verdict.second})
    )
    who = line("First opinion: ", Span(judges, "code"), ". Second: ", Span(others, "code"), ".")
    table = Table("Opinions that differ", head, rows, notes=(who, *notes), main=1)
    return [Paragraph(line(told)), table]


def _stated(opinion: Opinion, index: Index) -> Line:
    """Label, confidence, and the strongest words behind the label from each side that made it."""
    found = [_strongest(side, index) for side in _sides(opinion) if side]
    words = joined([_quoted(evidence, index) for evidence in found], " ")
    why = words or line(UNSETTLED[opinion.label])
    return line(badge(opinion.label), f"{confidence_said(opinion)}. ", why)


def confidence(opinion: Opinion) -> str:
    """Two decimals, that it is not calibrated, or a dash where nothing was judged."""
    if opinion.confidence is not None:
        return f"{opinion.confidence:.2f}"
    return NONE if opinion.label == "not checked" else NOT_CALIBRATED


def confidence_said(opinion: Opinion) -> str:
    """`, confidence 0.82` or `, not calibrated`; empty where nothing was judged."""
    if opinion.confidence is not None:
        return f", confidence {confidence(opinion)}"
    return "" if opinion.label == "not checked" else f", {NOT_CALIBRATED}"


def any_confidence(verdicts: Sequence[Verdict]) -> bool:
    """Whether a verdict or a second opinion has a confidence."""
    return any(verdict.confidence is not None for verdict in verdicts) or _second_has(verdicts)


def _second_has(verdicts: Sequence[Verdict]) -> bool:
    return any(verdict.second and verdict.second.confidence is not None for verdict in verdicts)


def confidence_told(verdicts: Sequence[Verdict]) -> str:
    """What confidence means and how many verdicts have none, for the methodology."""
    first = any(verdict.confidence is not None for verdict in verdicts)
    return ONLY_SECOND if _second_has(verdicts) and not first else confidence_sentence(verdicts)


def opinion_table(claim: Claim, verdict: Verdict, second: SecondOpinion, index: Index) -> Table:
    """Both opinions in two columns."""
    number = index.claim_numbers[claim.id]
    pair: tuple[tuple[Opinion, str], ...] = (
        (verdict, f"c{number}-evidence"),
        (second, f"c{number}-second"),
    )
    rows = (
        (line("Judge"), *(line(Span(one.judge, "code")) for one, _ in pair)),
        (line("Verdict"), *(line(badge(one.label), confidence_said(one)) for one, _ in pair)),
        (line("In its source"), *(line(badge(one.attribution)) for one, _ in pair)),
        (line("Elsewhere"), *(line(elsewhere(one, anchor)) for one, anchor in pair)),
    )
    return Table(f"Two opinions on C{number}", ("Opinion", "First", "Second"), rows)


def elsewhere(opinion: Opinion, anchor: str) -> Span:
    """What other papers say, linked to their words where there are any."""
    word = badge(opinion.corroboration)
    if not (opinion.evidence_for or opinion.evidence_against):
        return word
    return Span(word.text, "badge", f"#{anchor}", word.tone)


def _sides(opinion: Opinion) -> tuple[tuple[Evidence, ...], ...]:
    match opinion.label:
        case "verified":
            return (opinion.evidence_for,)
        case "contradicted":
            return (opinion.evidence_against,)
        case "mixed":
            return (opinion.evidence_for, opinion.evidence_against)
        case "unattributed" if isinstance(opinion, Verdict):
            return (opinion.attribution_evidence,)
        case _:
            return ()


def _strongest(side: Sequence[Evidence], index: Index) -> Evidence:
    """The first that counts; evidence stands in the order of its strength."""
    counts = (e for e in side if e.independent and not index.papers[e.paper_id].retracted)
    return next(counts, side[0])


def _quoted(evidence: Evidence, index: Index) -> Line:
    return line(
        badge(evidence.stance),
        f"{probability(evidence)}: “",
        Span(evidence.quote.text, "foreign"),
        "” — ",
        index.listed_source(evidence.paper_id),
        ".",
    )


def probability(evidence: Evidence) -> str:
    """` (probability 0.93)`; empty when there is none."""
    return "" if evidence.probability is None else f" (probability {evidence.probability:.2f})"


def reason(why: str, index: Index) -> Line:
    """Why a stance was taken; where an exact check overruled the judge, both in turn."""
    why, discounted, taken_back = why.partition(DISCOUNTED)
    check, overruled, said = why.partition(OVERRULES)
    if overruled:
        said = said.rstrip(".")
        why = f"An exact check overruled the judge, because {check}. The judge had said: {said}."
    end = f" It counts for nothing, because its paper {taken_back}." if discounted else ""
    return index.prose(f"{sentence(why)}{end}")


def agreement_block(claim: Claim, verdict: Verdict) -> Paragraph:
    """Whether the two agree, and the rule that decided."""
    return Paragraph(
        line(
            badge(verdict.agreement),
            f": {sentence(verdict.rule)} Relevance to the question {claim.relevance:.2f}.",
        ),
        "small",
    )


def unfound(opinion: SecondOpinion) -> str:
    """That the second judge found nothing elsewhere, or did not judge."""
    if opinion.label == "not checked":
        return "The second judge gave no usable answer."
    return "The second judge found no evidence for or against it elsewhere."
