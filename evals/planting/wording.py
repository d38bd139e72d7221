"""Words that say something else than the evidence: direction, strength, entities, no support."""

import re
from functools import partial

from assignee.engines.local.checks_text import citations
from assignee.evals.planting.source import (
    Draw,
    Planting,
    Source,
    answering,
    sentences,
    text_of,
    wherever_cited,
    with_claim,
    with_sentence,
    with_text,
)
from assignee.evals.trials.records import Edit
from assignee.reading.entities import names

_OPPOSITES = (
    ("raised", "lowered"),
    ("raises", "lowers"),
    ("lifted", "lowered"),
    ("increases", "decreases"),
    ("increased", "decreased"),
    ("improve", "worsen"),
    ("improves", "worsens"),
    ("improved", "worsened"),
    ("grows", "shrinks"),
    ("grew", "shrank"),
    ("rises", "falls"),
    ("rose", "fell"),
    ("shortened", "lengthened"),
    ("outperforms", "underperforms"),
    ("outperformed", "underperformed"),
    ("exceeded", "fell short of"),
    ("better", "worse"),
    ("more", "less"),
    ("higher", "lower"),
    ("above", "below"),
    ("longer", "shorter"),
    ("helps", "hurts"),
    ("does not", "does"),
    ("did not", "did"),
    ("is not", "is"),
    ("are not", "are"),
    ("was not", "was"),
    ("cannot", "can"),
)
_SAID = re.compile(r"\b(is|are|was|were|can|will|could)\b(?! not)")
"""What is denied where no word of direction can be turned round."""

_HEDGES = (
    (re.compile(r";? ?(?:a single source, )?not corroborated(?=\))"), ""),
    (re.compile(r"\b(?:may|might|could|can)\b", re.IGNORECASE), "will"),
    (
        re.compile(
            r"\b(?:probably|possibly|perhaps|likely|potentially|partly|sometimes|often|in general|"
            r"tentatively|reportedly) ",
            re.IGNORECASE,
        ),
        "",
    ),
    (re.compile(r"\b(?:suggest|indicate|report|find)s\b"), "proves"),
    (re.compile(r"\b(?:seems?|appears?|tends?) to be\b"), "is"),
    (re.compile(r"\bmixed\b"), "conclusive"),
)
_EMPTIED = re.compile(r"\s*\(\s*\)")

_UNSUPPORTED = (
    "The finding was later confirmed in a randomised trial with human raters",
    "The same holds for every language, domain and model size that has been examined",
    "No study published since then has failed to reproduce this",
    "Practitioners have consequently stopped using the older approach altogether",
    "The cause is a change in how attention heads specialise during the last layers",
    "Energy use fell by a comparable amount in all of these experiments",
)
"""Statements that no note of the example corpus makes."""


def flipped_direction(source: Source, draw: Draw) -> Planting | None:
    """A claim says the opposite, wherever it is stated; its quote stays."""
    for claim in draw.order(source.dossier.claims):
        text = flipped(claim.text, draw)
        if text and claim.quote:
            dossier = with_claim(source.dossier, claim.id, text=text)
            dossier = wherever_cited(
                dossier, claim.id, partial(_restated, old=claim.text, new=text)
            )
            return Planting(
                dossier,
                Edit(
                    operator="flipped direction", family="flipped direction", place=claim.id,
                    before=claim.text, after=text, why="the claim's own quote says the opposite",
                    severity="severe",
                ),
            )  # fmt: skip
    return None


def flipped(text: str, draw: Draw) -> str | None:
    """The text with one word of direction turned round, or denied; `None` if neither is at hand."""
    turned = [
        new
        for one, other in _OPPOSITES
        for old, by in ((one, other), (other, one))
        if not re.search(rf"\b{by}\b", text) or old.startswith(by)
        if (new := re.sub(rf"\b{old}\b(?! not)", by, text, count=1)) != text
    ]
    if turned:
        return draw.one(turned)
    return _SAID.sub(r"\1 not", text, count=1) if _SAID.search(text) else None


def _restated(said: str, old: str, new: str) -> str:
    return said.replace(old.rstrip("."), new.rstrip("."))


def contradicting_abstract(source: Source, draw: Draw) -> Planting | None:
    """A sentence of the abstract says the opposite of what results and table say."""
    for sentence in draw.order(answering(source.dossier)):
        text = flipped(sentence.text, draw)
        if "abstract" in sentence.section.casefold() and text:
            return Planting(
                with_sentence(source.dossier, sentence, text),
                Edit(
                    operator="abstract contradicting results",
                    family="abstract contradicting results", place=sentence.section,
                    before=sentence.text, after=text, why="the results say the opposite",
                    severity="severe",
                ),
            )  # fmt: skip
    return None


def over_claim(source: Source, draw: Draw) -> Planting | None:
    """One sentence of the results loses its hedges."""
    for sentence in draw.order(answering(source.dossier)):
        text = unhedged(sentence.text)
        if "result" in sentence.section.casefold() and text != sentence.text:
            return Planting(
                with_sentence(source.dossier, sentence, text),
                Edit(
                    operator="hedges of a sentence removed", family="over-claim",
                    place=sentence.section, before=sentence.text, after=text,
                    why="the verdicts on the claims that it cites do not bear such certainty",
                    severity="major",
                ),
            )  # fmt: skip
    return None


def over_claims(source: Source, draw: Draw) -> Planting | None:  # noqa: ARG001 - one place only
    """All sentences of the results lose their hedges."""
    for section in {sentence.section for sentence in sentences(source.dossier, "result")}:
        before = text_of(source.dossier, section)
        after = before
        for sentence in answering(source.dossier):
            if sentence.section == section:
                after = after.replace(sentence.text, unhedged(sentence.text), 1)
        if after != before:
            return Planting(
                with_text(source.dossier, section, after),
                Edit(
                    operator="hedges removed throughout", family="over-claim", place=section,
                    before=before, after=after,
                    why="the verdicts on the claims do not bear such certainty", severity="severe",
                ),
            )  # fmt: skip
    return None


def unhedged(text: str) -> str:
    """The text without its hedges."""
    for pattern, instead in _HEDGES:
        text = pattern.sub(instead, text)
    return _EMPTIED.sub("", text)


def wrong_entity(source: Source, draw: Draw) -> Planting | None:
    """A claim's model, method or data set becomes another one of the report; its quote stays."""
    known = sorted({name for claim in source.dossier.claims for name in names(claim.text)})
    for claim in draw.order(source.dossier.claims):
        quote = claim.quote or ""
        ours = sorted(name for name in names(claim.text) if _word(name).search(quote))
        others = [name for name in known if name not in f"{claim.text} {quote}"]
        if ours and others:
            old, new = draw.one(ours), draw.one(others)
            text = _word(old).sub(new, claim.text)
            dossier = with_claim(source.dossier, claim.id, text=text)
            dossier = wherever_cited(
                dossier, claim.id, partial(_restated, old=claim.text, new=text)
            )
            return Planting(
                dossier,
                Edit(
                    operator="wrong entity", family="wrong entity", place=claim.id,
                    before=claim.text, after=text, why=f"the claim's own quote speaks of {old}",
                    severity="severe",
                ),
            )  # fmt: skip
    return None


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")


def unsupported_claim(source: Source, draw: Draw) -> Planting | None:
    """A statement of which no source speaks stands in the results without a citation."""
    return _stated(source, draw, operator="unsupported claim without citation", cited=False)


def unsupported_cited(source: Source, draw: Draw) -> Planting | None:
    """A statement of which no source speaks cites the claims of the sentence before it."""
    return _stated(source, draw, operator="unsupported claim with citation", cited=True)


def _stated(source: Source, draw: Draw, *, operator: str, cited: bool) -> Planting | None:
    places = [s for s in answering(source.dossier) if "result" in s.section.casefold()]
    if not places:
        return None
    place = draw.one(places)
    marks = f" [{', '.join(citations(place.text))}]" if cited else ""
    made = f"{draw.one(_UNSUPPORTED)}{marks}."
    return Planting(
        with_sentence(source.dossier, place, f"{place.text} {made}"),
        Edit(
            operator=operator, family="unsupported claim", place=place.section, before="",
            after=made, why="no claim and no quote of the report says so", severity="severe",
        ),
    )  # fmt: skip
