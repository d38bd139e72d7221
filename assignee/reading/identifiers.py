"""arXiv ids and DOIs, told from what people write around them."""

import re

_ARXIV = re.compile(
    r"(?:arxiv\s*[:.]\s*|(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|"
    r"(?:https?://(?:dx\.)?doi\.org/)?10\.48550/arxiv\.)?"
    r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi\s*:\s*)?(?P<id>10\.\d{4,9}/\S+)", re.I)


def arxiv_id(text: str) -> str | None:
    """The arXiv id without its version, from an id, an address or a DOI of arXiv's."""
    match = _ARXIV.fullmatch(text.strip())
    if not match:
        return None
    # Subject classes are no part of an old id: math.GT/0309136 is math/0309136.
    return re.sub(r"\.[A-Za-z]{2}/", "/", match["id"])


def doi(text: str) -> str | None:
    """The bare DOI, from a DOI or its address; arXiv's own DOIs are arXiv ids instead."""
    match = _DOI.fullmatch(text.strip())
    return match["id"].rstrip(".,;)") if match and not arxiv_id(text) else None
