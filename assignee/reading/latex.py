r"""LaTeX in bibliographies as the characters that it prints; mathematics stays as it is.

>>> printed(r"{\'E}tude of {M{\"u}ller}'s 5\,\% rule: $\alpha_1$ --- \emph{revisited}")
"Étude of Müller's 5 % rule: $\\alpha_1$ — revisited"
"""

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
"""Command to combining character."""

_SYMBOLS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å",
    "AA": "Å", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ",
    "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "S": "§", "P": "¶", "copyright": "©",
    "pounds": "£", "euro": "€", "texteuro": "€", "textregistered": "®", "texttrademark": "™",
    "textdegree": "°", "degree": "°", "textmu": "µ", "textpm": "±", "texttimes": "×",
    "ldots": "…", "dots": "…", "textellipsis": "…", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "textquotesingle": "'", "guillemotleft": "«",
    "guillemotright": "»", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
    "textless": "<", "textgreater": ">", "textbar": "|", "textbraceleft": "{",
    "textbraceright": "}", "textunderscore": "_", "textdollar": "$", "textbullet": "•",
    "backslash": "\\", "slash": "/", "quad": " ", "qquad": " ", "space": " ",
}  # fmt: skip

_FONTS = frozenset(
    "em it bf rm sc tt sf sl itshape bfseries scshape upshape rmfamily sffamily ttfamily "
    "normalfont tiny small normalsize large relax protect noopsort".split()
)

_SPECIAL = re.compile(r"[\\{}~$`'-]")
_MATH = re.compile(r"(?<!\\)\$\$?[^$]{1,2000}(?<!\\)\$\$?|\\\([^$]{1,2000}?\\\)")
_ACCENTED = re.compile(
    r"\\(?:(?P<sign>[`'^~=.\"])\s*|(?P<name>[uvHcdbkr])(?:\s+|(?=\{)|(?=\\[ij])))"
    r"(?:\{\s*(?P<braced>\\?[^\W\d_]?)\s*\}|(?P<bare>\\[ij](?![A-Za-z])|[^\W\d_]))"
)
_COMMAND = re.compile(r"\\(?P<name>[A-Za-z]+)\*?(?P<gap>\s*)(?P<open>\{?)(?P<empty>\s*\})?")
_ESCAPED = re.compile(r"\\(?P<char>[&%$#_{}])")
_SPACES = re.compile(r"(?<!\\)~|\\[ ,;:!/\\]")
_TYPED = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("`", "‘"))

# Stand for escaped braces while the others go.
_OPEN, _CLOSE = "\ue000", "\ue001"


def printed(text: str) -> str:
    """The text as LaTeX prints it, on one line; what it does not know loses its mark."""
    if not _SPECIAL.search(text):
        return unicodedata.normalize("NFC", " ".join(text.split()))
    pieces: list[str] = []
    place = 0
    for formula in _MATH.finditer(text):
        pieces.extend((_prose(text[place : formula.start()]), formula.group()))
        place = formula.end()
    pieces.append(_prose(text[place:]))
    joined = "".join(pieces).replace(_OPEN, "{").replace(_CLOSE, "}")
    return unicodedata.normalize("NFC", " ".join(joined.split()))


def bare(text: str) -> str:
    r"""An identifier or an address without what BibTeX puts round its characters.

    >>> bare(r"{10.1000/a\_b{\_}c}")
    '10.1000/a_b_c'
    """
    text = re.sub(r"\\(?P<char>[&%$#_~^])(?:\{\})?", r"\g<char>", text)
    return " ".join(re.sub(r"[{}]", "", text).split())


def _prose(text: str) -> str:
    text = _ESCAPED.sub(_kept, _ACCENTED.sub(_accent, text))
    text = _COMMAND.sub(_command, _SPACES.sub(" ", text))
    text = text.replace("{", "").replace("}", "")
    for typed, shown in _TYPED:
        text = text.replace(typed, shown)
    return text


def _kept(escaped: re.Match[str]) -> str:
    return {"{": _OPEN, "}": _CLOSE}.get(escaped["char"], escaped["char"])


def _accent(accent: re.Match[str]) -> str:
    letter = (accent["braced"] or accent["bare"] or "").lstrip("\\")
    # A dotless i under an accent is an i with that accent.
    mark = _ACCENTS[accent["sign"] or accent["name"]]
    return unicodedata.normalize("NFC", letter + mark) if letter else ""


def _command(command: re.Match[str]) -> str:
    """A symbol; nothing for a change of font or before an argument; else the name: `LaTeX`."""
    name = command["name"]
    if name in _SYMBOLS:
        # White space ends the name of a command and is not printed.
        rest = command["open"] + (command["empty"] or "")
        return _SYMBOLS[name] + rest
    if name in _FONTS or (command["open"] and not command["empty"]):
        return ""
    return name + command["gap"]
