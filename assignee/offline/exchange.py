"""A request as a service receives it, and its reply with everything that can go wrong with one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

JSON = "application/json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
PDF = "application/pdf"

# XML 1.0 allows no other control characters, however they are escaped.
_NOT_IN_XML = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None}


@dataclass(frozen=True)
class Request:
    """One request; `path` is decoded, `target` is as it was sent."""

    source: str
    method: str
    target: str
    path: str
    params: Mapping[str, str]
    """The last value of each parameter."""
    headers: Mapping[str, str]
    """Names in lower case."""
    arrived: float
    """`time.monotonic()` when its head had been read."""
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """A reply and how it is sent."""

    body: bytes = b""
    content_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before the first byte."""
    declared: int | None = None
    """The length that it claims; the body's own when `None`. The connection closes after a lie."""
    pace: float | None = None
    """Bytes a second; at once when `None`."""
    dropped: bool = False
    """The connection closes without a byte."""


Answer = Callable[[Request], Reply]
"""A service: what it says to a request."""


def as_json(value: object, *, status: int = 200) -> Reply:
    """The value as a JSON reply in UTF-8."""
    return Reply(json.dumps(value, ensure_ascii=False).encode(), JSON, status)


def as_xml(root: ElementTree.Element, content_type: str, *, doctype: str = "") -> Reply:
    """The tree as an XML reply in UTF-8."""
    body = ElementTree.tostring(root, encoding="unicode")
    return Reply(f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}{body}'.encode(), content_type)


def add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    """A new last child; characters that XML cannot carry are left out of its text."""
    child = ElementTree.SubElement(parent, tag, attributes)
    child.text = None if text is None else text.translate(_NOT_IN_XML)
    return child


def number(text: str | None, default: int) -> int | None:
    """A parameter as a whole number, the default when it was not sent, `None` when it is none."""
    if text is None or text == "":
        return default
    try:
        return int(text)
    except ValueError:
        return None
