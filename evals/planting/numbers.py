"""Wrong numbers: in the table of claims and the text alike, or in the text alone."""

import re
from collections.abc import Iterator
from functools import partial

from assignee.engines.local.checks_text import citations
from assignee.evals.planting.source import (
    Draw,
    Planting,
    Source,
    answering,
    wherever_cited,
    with_claim,
    with_sentence,
)
from assignee.evals.trials.records import Edit

_NUMBER = re.compile(r"(?<![\w.,@^-])\d+(?:,\d{3})*(?:\.\d+)?(?=%|[BMk]?\b)(?![\w-]*\]|\.\d)")
"""A number that measures; not the digits of a name such as T5-3B or of a citation mark."""
_YEAR = re.compile(r"(?:19|20)\d\d")


def changed_number(source: Source, draw: Draw) -> Planting | None:
    """A claim's number becomes another one, wherever the claim is stated; its quote stays."""
    places = [(claim, old) for claim in source.dossier.claims for old in numbers(claim.text)]
    for claim, old in draw.order(places):
        words = [claim.text, claim.quote or "", *(piece.quote for piece in claim.evidence)]
        if old not in numbers(claim.quote or ""):
            continue
        new = draw.one(wrong(old, " ".join(words)))
        text = put(claim.text, old, new)
        dossier = with_claim(source.dossier, claim.id, text=text)
        dossier = wherever_cited(dossier, claim.id, partial(put, old=old, new=new))
        why = f"the claim's own quote says {old}"
        return Planting(dossier, _edit("changed number", claim.id, claim.text, text, why))
    return None


def changed_in_text(source: Source, draw: Draw) -> Planting | None:
    """A number of one sentence becomes another one; the claims that it cites keep theirs."""
    claims = {claim.id: claim for claim in source.dossier.claims}
    places = [
        (sentence, old, " ".join(claims[key].text for key in cited))
        for sentence in answering(source.dossier)
        if (cited := [key for key in citations(sentence.text) if key in claims])
        for old in numbers(sentence.text)
    ]
    for sentence, old, said in draw.order(places):
        if old in numbers(said):
            text = put(sentence.text, old, draw.one(wrong(old, said)))
            dossier = with_sentence(source.dossier, sentence, text)
            why = f"the claim that the sentence cites says {old}"
            name = "changed number in text"
            return Planting(dossier, _edit(name, sentence.section, sentence.text, text, why))
    return None


def numbers(text: str) -> list[str]:
    """The numbers of a text that measure something, as they are written."""
    return [m.group() for m in _NUMBER.finditer(text) if not _YEAR.fullmatch(m.group())]


def wrong(number: str, words: str) -> list[str]:
    """Other numbers of the same form, none of which stands in the words nor rounds to it."""
    decimals = len(number.partition(".")[2])
    value = float(number.replace(",", ""))
    swapped = float(number.replace(",", "")[::-1]) if not decimals else value * 3
    made = [value * 1.5, value * 2, value / 2, value * 0.7, value + 11, swapped]
    given = {float(one.replace(",", "")) for one in _NUMBER.findall(words)}
    return list(dict.fromkeys(_written(one, decimals) for one in made if _is_new(one, given)))


def _is_new(value: float, given: set[float]) -> bool:
    return all(abs(value - one) > 0.2 * max(one, 1) for one in given)


def _written(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}" if value >= 10_000 else f"{value:.{decimals}f}"


def put(text: str, old: str, new: str) -> str:
    """The text with its first number that is written so replaced."""
    for match in _matches(text, old):
        return text[: match.start()] + new + text[match.end() :]
    return text


def _matches(text: str, old: str) -> Iterator[re.Match[str]]:
    return (match for match in _NUMBER.finditer(text) if match.group() == old)


def _edit(operator: str, place: str, before: str, after: str, why: str) -> Edit:
    return Edit(
        operator=operator, family=operator, place=place, before=before, after=after, why=why,
        severity="severe",
    )  # fmt: skip
