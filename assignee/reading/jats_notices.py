"""Notices that a JATS article bears about itself, in its `related-article` elements.

An article points forward to what was published about it (`retraction-forward`); a notice points
back to what it is about (`retracted-article`), which is not the notice itself. The values are those
that JATS suggests, https://jats.nlm.nih.gov/archiving/tag-library/1.3/attribute/related-article-type.html,
and those of JATS4R for expressions of concern.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assignee.reading.identifiers import doi
from assignee.records import Notice
from assignee.records.paper import NoticeKind

_FORWARD: dict[str, NoticeKind] = {
    "retraction-forward": "retraction",
    "correction-forward": "correction",
    "addendum": "correction",
    "expression-of-concern": "expression of concern",
    "concern-forward": "expression of concern",
    # Some of the paper stands: it is no retracted paper, but nobody should rely on it unread.
    "partial-retraction-forward": "expression of concern",
}
_BACK: dict[str, NoticeKind] = {
    "retracted-article": "retraction",
    "corrected-article": "correction",
    "object-of-concern": "expression of concern",
}
_HREF = "{http://www.w3.org/1999/xlink}href"


def jats_notices(meta: Element, own: str | None) -> tuple[Notice, ...]:
    """The notices about the article of this `article-meta`, each once.

    Args:
        meta: with tags bare of their namespaces.
        own: the article's DOI; what points back to it says something of the article itself, as
            where a publisher put the notice in the article's place.
    """
    return tuple(dict.fromkeys(_notices(meta, (own or "").lower())))


def _notices(meta: Element, own: str) -> Iterator[Notice]:
    for related in meta.iter("related-article"):
        kind = related.get("related-article-type", "").strip().lower()
        target = _doi(related)
        if kind in _FORWARD:
            yield Notice(kind=_FORWARD[kind], doi=target if target != own else None)
        elif kind in _BACK and own and target == own:
            yield Notice(kind=_BACK[kind], doi=own)


def _doi(related: Element) -> str | None:
    """The DOI that it points to, in lower case; some give a PMID or an address only."""
    named = [related.get(_HREF, ""), *(one.text or "" for one in related.iter("pub-id"))]
    found = (doi(" ".join(name.split())) for name in named)
    return next((name.lower() for name in found if name), None)
