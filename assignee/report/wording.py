"""Scores, money and dates as a reader expects them, and foreign text made safe to show."""

import re
from collections.abc import Sequence
from datetime import date, datetime

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Controls, bidirectional marks, zero-width spaces, tag characters and lone surrogates: they can
reorder or hide what is shown. Joiners (U+200C, U+200D) stay: some scripts are spelt with them."""


def visible(text: str) -> str:
    """The text without invisible characters; line and paragraph separators become spaces."""
    return INVISIBLE.sub("", text.replace("\u2028", " ").replace("\u2029", " ").replace("\r", ""))


def one_line(text: str) -> str:
    """The visible text with every run of white space as one space."""
    return " ".join(visible(text).split())


def score(value: float | None) -> str:
    """A score of 0 to 10 with one decimal, or `not scored`."""
    return "not scored" if value is None else f"{value:.1f}/10"


def money(dollars: float | None) -> str:
    """US dollars: cents from a dollar up, four decimals below; `unknown` when not known."""
    if dollars is None:
        return "unknown"
    return f"${dollars:,.2f}" if dollars >= 1 or dollars == 0 else f"${dollars:.4f}"


def amount(number: int | None) -> str:
    """A whole number with thousands separated; `unknown` when not known."""
    return "unknown" if number is None else f"{number:,}"


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def long_date(iso: str) -> str:
    """`June 6, 2026` for an ISO date; what is no ISO date stays as it is."""
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def moment(iso: str) -> str:
    """`2026-06-06 14:02 UTC` for an ISO time in UTC; what is no ISO time stays as it is."""
    try:
        time = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{time:%Y-%m-%d %H:%M} UTC"


def span_of_time(isos: Sequence[str]) -> str:
    """`2026-06-06 14:02 to 14:05 UTC`: from the first to the last of ISO times in UTC."""
    first, last = moment(min(isos)), moment(max(isos))
    if first == last:
        return first
    day = last[:11]
    shown = last.removeprefix(day) if first.startswith(day) else last
    return f"{first.removesuffix(' UTC')} to {shown}"
