"""Writes docs/settings.md, the reference of all settings, from the settings themselves.

`python docs/settings_reference.py` writes it; a test compares.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from assignee.options import KEYED, SECRETS
from assignee.settings import PRIVATE, Settings

PAGE = Path(__file__).parent / "settings.md"
OPENING = """\
# Settings

Made from the program's settings by `python docs/settings_reference.py`; not written by hand.

A setting is given in one of three ways. The first that is there counts:

1. on the command line: `--set max_papers=30`, or the option of the same name where there is one;
2. in the environment: `ASSIGNEE_MAX_PAPERS=30`;
3. its default.

In Python they are arguments: `Settings(max_papers=30)`. A wrong name or value is an error that
names the nearest right one. There is no settings file.

```sh
assignee settings
ASSIGNEE_MAX_PAPERS=30 assignee settings
assignee research "Does instruction tuning help small models?" --papers notes/ --set max_papers=30
```

Keys are never taken on the command line, where other users of the machine could read them. What a
run was begun with is stamped into its report and used again when it is resumed, except what belongs
to you and not to the run: {private}.
"""
HEADINGS = {
    "home": "Where judgement comes from, and where things are kept",
    "sources": "Searching databases",
    "base_url": "The language model",
    "max_cost": "Budgets",
    "max_papers": "How much is read, checked and revised",
    "trace": "Traces",
}
"""Each heading by the setting that it begins with; the others follow in the order of the model."""
LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def reference() -> str:
    """The page, in Markdown."""
    private = ", ".join(f"`{name}`" for name in sorted(PRIVATE))
    return OPENING.format(private=private) + "".join(f"\n{part}\n" for part in parts())


def parts() -> Iterator[str]:
    """A heading and a table for each group of settings."""
    table: list[str] = []
    for name, field in Settings.model_fields.items():
        if name in HEADINGS:
            if table:
                yield "\n".join(table)
            yield f"## {HEADINGS[name]}"
            table = ["| Setting | Default | Takes | Meaning |", "| --- | --- | --- | --- |"]
        cells = (f"`{name}`", default(name, field), takes(name, field), str(field.description))
        table.append(f"| {' | '.join(cells)} |")
    yield "\n".join(table)


def default(name: str, field: FieldInfo) -> str:
    """A setting's value when none is given."""
    value = "~/.assignee" if name == "home" else field.get_default(call_default_factory=True)
    if value in (None, {}, ()):
        return "not set"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def takes(name: str, field: FieldInfo) -> str:
    """What values a setting takes, in words."""
    if name in SECRETS:
        return f"`{SECRETS[name]}`, in the environment only"
    if name in KEYED:
        return f"`--set {KEYED[name].rpartition(' ')[2]}`"
    kind = kind_of(field.annotation)
    bounds = [
        f"{words} {getattr(limit, name)}"
        for limit in field.metadata
        for name, words in LIMITS.items()
        if hasattr(limit, name)
    ]
    return ", ".join(filter(None, [kind, *bounds]))


def kind_of(annotation: Any) -> str:  # noqa: ANN401 - any type
    """The kind of value in a word or two; the choices where they are few."""
    if get_origin(annotation) is Annotated:
        return kind_of(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) is tuple:
        [inner, *_] = get_args(annotation)
        return "sentences" if inner is str else f"{kind_of(inner)}; commas between several"
    if inner := [each for each in get_args(annotation) if each is not type(None)]:
        return kind_of(inner[0])
    names = {
        "bool": "`true`, `false`", "int": "whole number", "float": "number", "str": "text",
        "Path": "folder", "date": "day",
    }  # fmt: skip
    return names[annotation.__name__]


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
