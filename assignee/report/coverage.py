"""Characters that no font at hand has: which they are, and what stands for them in a PDF."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from assignee.agents.wording import counted, listed

if TYPE_CHECKING:
    import typst

PROBE = b"""#set text(font: "Libertinus Serif")
#for one in json(bytes(sys.inputs.characters)) [#one \\ ]"""
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
"""Categories of characters that have no glyph."""
NOT_SET = frozenset({"alt", "anchor", "latex", "to", "url"})
"""Parts of a page for Typst that are not set as text."""
SCRIPTS = {
    "CJK": "Chinese or Japanese",
    "HANGUL": "Korean",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
}
"""First word of a character's name to what people call the script, where that is another word."""

_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Chooses a form of the character before it."""
_REFUSED = re.compile(r'the text `"([^`]+)"` could not be displayed')
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")


def lacking(texts: Iterable[str], fonts: "typst.Fonts") -> frozenset[str]:
    """The characters of the texts that none of the fonts has.

    Typst sets boxes for them and says nothing, except where the file shall be PDF/A, which allows
    no such box: that is what it is asked for here, with each character by itself.
    """
    import typst

    asked = sorted(char for char in {*"".join(texts)} if _is_drawn(char))
    if not asked:
        return frozenset()
    compiler = typst.Compiler(
        PROBE,
        font_paths=fonts,
        sys_inputs={"characters": json.dumps(asked, ensure_ascii=False)},
    )
    try:
        compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=0)
    except typst.TypstError as error:
        refused = "".join(_REFUSED.findall(error.diagnostic))
        return frozenset(_CODE.sub(lambda code: chr(int(code[1], 16)), refused)) & set(asked)
    return frozenset()


def texts_of(made: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Every text of a page for Typst that is set."""
    if isinstance(made, str):
        yield made
    elif isinstance(made, dict):
        for name, value in made.items():
            if name not in NOT_SET:
                yield from texts_of(value)
    elif isinstance(made, list):
        for value in made:
            yield from texts_of(value)


def with_stand_ins(made: Any, missing: Collection[str]) -> Any:  # noqa: ANN401 - any JSON value
    """The same page; for each stretch of those characters it says how many there were of which."""
    some = f"[{''.join(map(re.escape, sorted(missing)))}]"
    stretch = re.compile(rf"{some}(?:[\u200b ]*{some})*")

    def replaced(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, str):
            return stretch.sub(lambda found: _stand_in(found[0]), value)
        if isinstance(value, dict):
            return {k: v if k in NOT_SET else replaced(v) for k, v in value.items()}
        return list(map(replaced, value)) if isinstance(value, list) else value

    return replaced(made)


def missing_note(missing: Collection[str]) -> str:
    """What a reader must know of the characters that are missing."""
    return (
        f"No font on this machine has some characters of this report ({scripts(missing)}): square "
        "brackets stand for them here and say how many they are. The other formats hold them all. "
        "With a font for them, such as one of the Noto family, the PDF does, too: install it and "
        "export again."
    )


def scripts(characters: Iterable[str]) -> str:
    """The scripts of the characters, in words."""
    found = {_script(char) for char in characters}
    if SCRIPTS["CJK"] in found:
        found.discard("Japanese")
    return listed(sorted(found))


def _is_drawn(character: str) -> bool:
    """Whether a font must have it; ASCII is in every one."""
    unseen = unicodedata.category(character) in UNSEEN or _SELECTOR.match(character)
    return not character.isascii() and not unseen


def _stand_in(stretch: str) -> str:
    characters = re.sub(r"[\u200b ]", "", stretch)
    return f"[{counted(len(characters), 'character')}: {scripts(characters)}]"


def _script(character: str) -> str:
    first = unicodedata.name(character, "").partition(" ")[0]
    if unicodedata.category(character)[0] not in "LM" or not first:
        return "signs"
    return SCRIPTS.get(first, first.capitalize())
