"""The numbers that claims and references carry in every file of one report."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from assignee.agents.wording import capital
from assignee.errors import ReportFormatError
from assignee.records import (
    CitedSentence,
    Claim,
    Evidence,
    Paper,
    Passage,
    Quote,
    Report,
    Verdict,
)
from assignee.report.block import Line, Span, joined, line
from assignee.report.label import kind_label, listed_label, source_label
from assignee.settings import CitationStyle

RECORD_ID = re.compile(r"\b[cp][0-9a-f]{12}\b")


def evidence_of(verdict: Verdict) -> tuple[Evidence, ...]:
    """All evidence of a verdict, in the order in which it is shown and numbered."""
    return verdict.attribution_evidence + verdict.evidence_for + verdict.evidence_against


def quotes_of(report: Report) -> Iterable[Quote]:
    """Every quote in the report: of claims, of mentions merged into them, and of evidence."""
    for claim in report.claims:
        yield claim.quote
        yield from (mention.quote for mention in claim.merged_from)
    for verdict in report.verdicts:
        yield from (evidence.quote for evidence in evidence_of(verdict))
        if verdict.second is not None:
            second = verdict.second.evidence_for + verdict.second.evidence_against
            yield from (evidence.quote for evidence in second)


@dataclass(frozen=True)
class Index:
    """Claims, papers and passages by id, numbered from 1; empty for a foreign report."""

    claims: dict[str, Claim] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    """Cited ones first, otherwise in the report's order."""
    cited: frozenset[str] = frozenset()
    """Ids of papers whose words are quoted."""
    passages: dict[str, Passage] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    claim_numbers: dict[str, int] = field(default_factory=dict)
    paper_numbers: dict[str, int] = field(default_factory=dict)
    citations: CitationStyle = "author-year"

    @classmethod
    def of(cls, report: Report, citations: CitationStyle = "author-year") -> "Index":
        """The index of a report whose parts fit together.

        Raises:
            ReportFormatError: a claim without verdict, a paper or passage that is not in the
                report, or a quote that is not its passage's words at its offsets.
        """
        cited = frozenset(quote.paper_id for quote in quotes_of(report))
        papers = sorted(report.papers, key=lambda paper: paper.id not in cited)
        index = cls(
            claims={claim.id: claim for claim in report.claims},
            papers={paper.id: paper for paper in papers},
            cited=cited,
            passages={passage.id: passage for passage in report.passages},
            verdicts={verdict.claim_id: verdict for verdict in report.verdicts},
            claim_numbers={claim.id: n for n, claim in enumerate(report.claims, 1)},
            paper_numbers={paper.id: n for n, paper in enumerate(papers, 1)},
            citations=citations,
        )
        index._check(report)
        return index

    def _check(self, report: Report) -> None:
        for claim in report.claims:
            if claim.id not in self.verdicts:
                raise ReportFormatError(f"claim {claim.id!r} has no verdict in this report")
            if claim.paper_id not in self.papers:
                raise ReportFormatError(
                    f"claim {claim.id!r} names the paper {claim.paper_id!r}, which is not among "
                    "the papers of this report"
                )
        for quote in quotes_of(report):
            self._check_quote(quote)

    def _check_quote(self, quote: Quote) -> None:
        passage = self.passages.get(quote.passage_id)
        if passage is None or quote.paper_id not in self.papers:
            raise ReportFormatError(
                f"a quote names the passage {quote.passage_id!r} of the paper "
                f"{quote.paper_id!r}; one of them is not in this report"
            )
        if not quote.stands_in(passage) or passage.paper_id != quote.paper_id:
            raise ReportFormatError(
                f"a quote does not stand at its offsets {quote.start}–{quote.end} in the passage "
                f"{quote.passage_id!r}: {quote.text!r}"
            )

    def claim_link(self, claim_id: str) -> Span:
        """`C3`, linked to the claim."""
        number = self.claim_numbers[claim_id]
        return Span(f"C{number}", href=f"#c{number}")

    def reference_link(self, paper_id: str) -> Span:
        """`[4]`, linked to the reference."""
        number = self.paper_numbers[paper_id]
        return Span(f"[{number}]", href=f"#ref-{number}")

    def source(self, paper_id: str) -> Line:
        """`a note about Kaplan et al. (2020) [4]`, and whether it was retracted.

        In the numeric style `a note about [4]`.
        """
        return self._source(paper_id, self.label(paper_id))

    def listed_source(self, paper_id: str, *, first: bool = False) -> Line:
        """The source as lists and tables name it: `note about Kaplan et al. (2020) [4]`."""
        label = self.listed(paper_id)
        return self._source(paper_id, capital(label) if first else label)

    def label(self, paper_id: str) -> str:
        """What stands before a reference's number in running text; empty where nothing does."""
        paper = self.papers[paper_id]
        return kind_label(paper) if self.citations == "numeric" else source_label(paper)

    def listed(self, paper_id: str) -> str:
        """What stands before a reference's number in lists and tables."""
        paper = self.papers[paper_id]
        numeric = self.citations == "numeric"
        return kind_label(paper).removeprefix("a ") if numeric else listed_label(paper)

    def _source(self, paper_id: str, label: str) -> Line:
        shown = (Span(label, "foreign"), " ") if label else ()
        retracted = self.papers[paper_id].retracted
        mark = (" ", Span("retracted", "badge", tone="bad")) if retracted else ()
        return line(*shown, self.reference_link(paper_id), *mark)

    def cited_sentence(self, sentence: CitedSentence) -> Line:
        """A sentence followed by links to the claims that it rests on."""
        text = self._in_style(sentence.text)
        known = [i for i in dict.fromkeys(sentence.claim_ids) if i in self.claim_numbers]
        if not known:
            return text
        known.sort(key=self.claim_numbers.__getitem__)
        links = joined([line(self.claim_link(claim_id)) for claim_id in known])
        return line(*text, " [", links, "]")

    def _in_style(self, text: str) -> Line:
        """A writer's words; in the numeric style with numbers for works named by author and year.

        A name that several works share stays, because no number would be sure.
        """
        if self.citations == "author-year" or not self._by_citation:
            return line(text)
        names = sorted(self._by_citation, key=len, reverse=True)
        parts = re.split(rf"({'|'.join(map(re.escape, names))})", text)
        linked = (
            self.reference_link(self._by_citation[part]) if part in self._by_citation else part
            for part in parts
        )
        return line(*linked)

    @cached_property
    def _by_citation(self) -> dict[str, str]:
        """`Kaplan et al. (2020)` to the id of the only paper that is cited so."""
        uses = Counter(paper.citation for paper in self.papers.values())
        return {
            paper.citation: paper.id
            for paper in self.papers.values()
            if paper.authors and uses[paper.citation] == 1
        }

    def prose(self, text: str, *, named: bool = False) -> Line:
        """Free text of a reviewer or a rule, with ids of known claims and papers as links.

        With `named`, a paper's link stands behind its name.
        """
        spans: list[Span] = []
        end = 0
        for match in RECORD_ID.finditer(text):
            if link := self._link(match[0], named=named):
                spans += [Span(text[end : match.start()], "foreign"), *link]
                end = match.end()
        spans.append(Span(text[end:], "foreign"))
        return tuple(span for span in spans if span.text)

    def _link(self, record_id: str, *, named: bool) -> Line:
        if record_id in self.claim_numbers:
            return line(self.claim_link(record_id))
        if record_id not in self.paper_numbers:
            return ()
        return self.source(record_id) if named else line(self.reference_link(record_id))

    def has_lost(self, place: str) -> bool:
        """Whether the place is the id of a claim that this report once held."""
        claim = place.startswith("c") and RECORD_ID.fullmatch(place) is not None
        return claim and bool(self.claims) and place not in self.claims

    def labels(self) -> Counter[str]:
        """How many claims carry each verdict word."""
        return Counter(self.verdicts[claim_id].label for claim_id in self.claims)
