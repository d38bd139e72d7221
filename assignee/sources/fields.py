"""Fields of a service's JSON: what is of the expected type, or nothing.

>>> whole({"year": "2020"}.get("year")), whole(True), mappings([{"a": 1}, None, "x"])
(2020, None, [{'a': 1}])
"""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from assignee.reading import identifiers
from assignee.reading.markup import plain, visible
from assignee.records import Paper, PaperIds

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


def text(value: object) -> str | None:
    """A string without markup, on one line; `None` when it is empty or no string."""
    return plain(value) or None


def whole(value: object) -> int | None:
    """A whole number that is not negative, also when it was sent as text or as `5.0`."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    if isinstance(value, float) and value.is_integer() and value < 1e15:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def year(value: object) -> int | None:
    """A year of four digits."""
    number = whole(value)
    return number if number is not None and 1000 <= number <= 9999 else None


def mapping(value: object) -> Mapping[str, Any]:
    """A JSON object; empty when it is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """A JSON array; empty when it is none."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The JSON objects of an array."""
    return [item for item in items(value) if isinstance(item, dict)]


def address(value: object) -> str | None:
    """An http or https URL."""
    if not isinstance(value, str):
        return None
    url = visible(value).strip()
    return url if url.lower().startswith(("http://", "https://")) and " " not in url else None


def token(value: object) -> str | None:
    """A cursor of a service, exactly as it was sent."""
    return value if isinstance(value, str) and value.isascii() and value else None


def language(value: object) -> str | None:
    """An ISO 639-1 code."""
    code = plain(value).lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def ids_of_doi(value: object) -> PaperIds:
    """The identifiers that a DOI gives, bare or as an address: arXiv's own DOIs are arXiv ids."""
    # A service's DOI is whole: the closing parenthesis of `…130:7(773)` belongs to it.
    shown = html.unescape(visible(value)).strip() if isinstance(value, str) else ""
    if arxiv := identifiers.arxiv_id(shown):
        return PaperIds(arxiv=arxiv)
    match = _DOI.fullmatch(shown)
    return PaperIds(doi=match[1] if match else None)


def pmid(value: object) -> str | None:
    """The digits of a PubMed id or of its address."""
    digits = str(value).rstrip("/").rpartition("/")[2] if isinstance(value, int | str) else ""
    return digits if digits.isascii() and digits.isdigit() else None


def pmcid(value: object) -> str | None:
    """A PubMed Central id as `PMC123`, from its digits, the id or its address."""
    name = str(value).rstrip("/").rpartition("/")[2] if isinstance(value, int | str) else ""
    digits = name.upper().removeprefix("PMC")
    return f"PMC{digits}" if digits.isascii() and digits.isdigit() else None


def today() -> str:
    """The day on which a count is read, as an ISO date (UTC)."""
    return datetime.now(UTC).date().isoformat()


def identified(paper: Paper) -> Paper:
    """The paper with the id that its identity gives it."""
    return paper.model_copy(update={"id": Paper.make_id("paper", paper.identity)})
