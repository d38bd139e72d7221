"""How pictures are drawn: SVG elements that take the colour of the page, told in words as well.

Needs Matplotlib: `pip install 'assignee-research[plots]'`.
"""

import io
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from assignee.errors import SettingsError
from assignee.report.block import Table
from assignee.report.block import line as words
from assignee.report.wording import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 6.4
"""Inches, at 72 points each."""

INK = "#333333"
"""Becomes the colour of the text around the picture."""

BLUE, ORANGE, GREEN, VIOLET, BROWN, GREY = (
    "#3d7fcb",
    "#d1762c",
    "#3a9a6e",
    "#9a6fc4",
    "#a08258",
    "#8b98a5",
)
"""Read on light and on dark paper, and by those who see few colours, at least as light and dark."""

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.parse_math": False,  # text is foreign: a dollar sign in it is a dollar sign
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "svg.fonttype": "none",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.transparent": True,
}

_ONE_AT_A_TIME = threading.Lock()
"""Matplotlib's settings are one for all threads: without it a second drawing takes them away."""

NO_XML = {0xFFFE: None, 0xFFFF: None}
"""Characters that no XML document may hold, taken out by `str.translate`."""

_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_STYLE_SHEET = re.compile(r"<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>\s*")
"""Says of all elements, also those of the page around, how lines are joined."""
_ID = re.compile(r'\sid="([^"]+)"')
_REFERRED = re.compile(r"#([\w.-]+)")


def can_draw() -> bool:
    """Whether Matplotlib is installed."""
    return find_spec("matplotlib") is not None


@contextmanager
def drawn(
    caption: str, told: str, height: float, *, width: float = WIDTH
) -> "Iterator[tuple[Figure, Callable[[], str]]]":
    """An empty figure, and what gives its SVG once it was drawn; the same drawing, the same text.

    Threads take turns: what draws waits as long as another thread is inside.

    Args:
        caption: the picture's title, for those who do not see it.
        told: what it shows, for the same.
        height: in inches.
        width: in inches.

    Raises:
        SettingsError: Matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise SettingsError(
            "pictures need Matplotlib: pip install 'assignee-research[plots]'"
        ) from None
    with _ONE_AT_A_TIME, rc_context({**STYLE, "svg.hashsalt": caption}):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, lambda: _element(figure, caption, told)


def _element(figure: "Figure", caption: str, told: str) -> str:
    """The figure as one SVG element whose ink is the page's own."""
    held = io.StringIO()
    with warnings.catch_warnings():
        # The page's fonts are asked for a letter that Matplotlib's own has not.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure.savefig(held, format="svg", metadata={"Date": None})
    svg = _STYLE_SHEET.sub("", _METADATA.sub("", held.getvalue()))
    svg = _without_spare_ids(svg[svg.index("<svg") :]).replace(INK, "currentColor")
    head, _, rest = svg.partition(">")
    about = f"<title>{_text(caption)}</title><desc>{_text(told)}</desc>"
    lines = 'stroke-linejoin="round" stroke-linecap="butt"'
    return f'{head} role="img" {lines}>{about}{rest.strip()}'


def _without_spare_ids(svg: str) -> str:
    """The drawing without ids that nothing in it refers to: on a page each id is unique."""
    used = set(_REFERRED.findall(svg))
    return _ID.sub(lambda found: found[0] if found[1] in used else "", svg)


def _text(text: str) -> str:
    return escape(one_line(text).translate(NO_XML))


def shortened(text: str, most: int) -> str:
    """Foreign text for an axis: on one line, its end left out where it is too long."""
    told = one_line(text).translate(NO_XML)
    return told if len(told) <= most else f"{told[: most - 1].rstrip()}…"


def table_of(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int] = ()
) -> Table:
    """A picture's numbers; the first column is text of others."""
    return Table(
        caption,
        tuple(head),
        tuple(tuple(words(cell) for cell in row) for row in rows),
        numeric=frozenset(numeric),
    )
