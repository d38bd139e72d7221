"""Parts that are missing: a section that breaks off, and limitations that are gone."""

import re

from assignee.evals.planting.source import Draw, Planting, Source, with_text
from assignee.evals.trials.records import Edit

_ENDED = re.compile(r"[.?!:;…][\"”’')\]]*$")
LEAST_WORDS = 12
"""A section under this length has no middle to be cut in."""


def truncated_section(source: Source, draw: Draw) -> Planting | None:
    """A section stops in the middle of a sentence, past a third of its words."""
    for section in draw.order(source.dossier.sections):
        ends = [match.end() for match in re.finditer(r"\S+", section.text)]
        cuts = [
            end
            for end in ends[len(ends) // 3 : -1]
            if not _ENDED.search(section.text[:end]) and section.text[end] != "\n"
        ]
        if len(ends) >= LEAST_WORDS and cuts:
            text = section.text[: draw.one(cuts)]
            return Planting(
                with_text(source.dossier, section.name, text),
                Edit(
                    operator="truncated section", family="truncated section", place=section.name,
                    before=section.text[len(text) :], after="",
                    why="the section breaks off in the middle of a sentence", severity="major",
                ),
            )  # fmt: skip
    return None


def limitations_deleted(source: Source, draw: Draw) -> Planting | None:  # noqa: ARG001 - one place
    """The section on limitations is gone."""
    section = source.dossier.section("limitation")
    if section is None:
        return None
    rest = tuple(one for one in source.dossier.sections if one is not section)
    return Planting(
        source.dossier.model_copy(update={"sections": rest}),
        Edit(
            operator="limitations deleted", family="limitations deleted", place=section.name,
            before=section.text, after="", why="the report no longer says what limits it",
            severity="major",
        ),
    )  # fmt: skip
