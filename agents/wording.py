"""Counted nouns, shares and lists as a reader expects them; cells that no spreadsheet runs."""

from collections.abc import Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that spreadsheets take as a formula, full-width forms included (OWASP)."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`no claims`, `1 claim`, `1,204 claims`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {plural or noun + 's'}" if number else f"no {plural or noun + 's'}"


def was(number: int) -> str:
    """`was` for one, `were` for none and many."""
    return "was" if number == 1 else "were"


def verb(number: int, one: str, many: str) -> str:
    """The form of a verb or pronoun for that number."""
    return one if number == 1 else many


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """The text with its first letter as a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text with a capital and a full stop, unless it ends with a mark of its own."""
    text = capital(text.strip())
    return text if text.endswith((".", "!", "?", "…", ".”")) else f"{text}."


def percent(share: float) -> str:
    """A share of 0 to 1 in whole per cent; never `0%` or `100%` unless it is exactly that."""
    if 0 < share < 0.01:
        return "under 1%"
    if 0.99 < share < 1:
        return "over 99%"
    return f"{share * 100:.0f}%"


def disarmed(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
