"""Documents cut into passages of whole sentences, evenly, for search and for claims."""

from collections.abc import Sequence
from typing import NamedTuple

from assignee.reading.sentences import Span, sentence_spans
from assignee.records import Document, Passage, Section

LEFT_OUT = frozenset({"references", "front"})
"""Kinds of section that hold no statements of the paper: entries of others, names, addresses."""


class _Sentence(NamedTuple):
    span: Span
    words: int
    ends_paragraph: bool


def split_passages(
    document: Document, *, max_words: int = 120, overlap_sentences: int = 0
) -> list[Passage]:
    """Passages in order, each `document.text[start:end]`, inside one section, even in length.

    Every sentence outside references and front matter stands in exactly one passage, or in two
    when the last `overlap_sentences` of a passage open the next one too, on top of `max_words`.
    A longer sentence is a passage of its own: sentences are never cut.
    """
    passages: list[Passage] = []
    for section in document.sections:
        if section.kind in LEFT_OUT:
            continue
        sentences = _sentences(document.text, section)
        for first, last in _cuts(sentences, max_words):
            shared = max(0, first - overlap_sentences) if overlap_sentences else first
            start, end = sentences[shared].span.start, sentences[last - 1].span.end
            passages.append(_passage(document, section.title, Span(start, end)))
    return passages


def _sentences(text: str, section: Section) -> list[_Sentence]:
    body = text[section.start : section.end]
    spans = [Span(a + section.start, b + section.start) for a, b in sentence_spans(body)]
    following = [*(span.start for span in spans[1:]), section.end][: len(spans)]
    return [
        _Sentence(span, len(text[span.start : span.end].split()), "\n\n" in text[span.end : after])
        for span, after in zip(spans, following, strict=True)
    ]


def _cuts(sentences: Sequence[_Sentence], most: int) -> list[tuple[int, int]]:
    """First and last+1 sentence of each passage: least squared slack, as TeX breaks lines.

    A cut inside a paragraph costs as much as a fifth of a passage's slack.
    """
    inside = (most / 5) ** 2
    costs, origins = [0.0], [0]
    for end, last in enumerate(sentences, start=1):
        best, origin, words, first = float("inf"), end - 1, 0, end - 1
        while first >= 0:
            words += sentences[first].words
            if words > most and first < end - 1:
                break
            cost = costs[first] + max(0, most - words) ** 2
            if cost < best:
                best, origin = cost, first
            first -= 1
        costs.append(best + (0.0 if last.ends_paragraph else inside))
        origins.append(origin)
    cuts: list[tuple[int, int]] = []
    end = len(sentences)
    while end > 0:
        cuts.append((origins[end], end))
        end = origins[end]
    return cuts[::-1]


def _passage(document: Document, section: str, span: Span) -> Passage:
    paper_id = document.paper.id
    return Passage(
        id=f"{paper_id}:{span.start}-{span.end}",
        paper_id=paper_id,
        section=section,
        text=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
        basis=document.basis,
    )
