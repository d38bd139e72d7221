"""Reads a reviewer panel from the YAML files that ship or from one of the user's own.

>>> [seat.id for seat in load_panel("single").reviewers]
['evidence']
"""

from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assignee.engines.checklists import CHECKLISTS
from assignee.errors import SettingsError, nearest
from assignee.records import PanelSpec, ReviewerSpec

_ENDINGS = (".yaml", ".yml")
_MOST_BYTES = 100_000


def known_panels() -> list[str]:
    """Names of the panels that ship."""
    return sorted(
        entry.name.removesuffix(".yaml") for entry in _shipped() if entry.name.endswith(".yaml")
    )


def _shipped() -> list[Traversable]:
    return list((files("assignee") / "evals" / "panels").iterdir())


def load_panel(name_or_path: str) -> PanelSpec:
    """The panel of that name, or of that YAML file when it ends in .yaml or .yml.

    Raises:
        SettingsError: no such panel or file, not YAML, an unknown key or checklist, two reviewers
            of one id, or a quorum above the number of reviewers; the message names the nearest.
    """
    value, default = panel_mapping(name_or_path)
    return _panel(value, name_or_path, default)


def panel_mapping(name_or_path: str) -> tuple[Mapping[str, Any], str]:
    """What the YAML says, not yet checked, and the name of a panel that gives itself none.

    Raises:
        SettingsError: no such panel or file, or no YAML mapping.
    """
    if name_or_path.endswith(_ENDINGS):
        path = Path(name_or_path)
        return _parsed(_own_file(path), name_or_path), path.stem
    known = {entry.name: entry for entry in _shipped()}
    if f"{name_or_path}.yaml" not in known:
        raise SettingsError(
            f"unknown panel {name_or_path!r}; {nearest(name_or_path, known_panels())}; or the "
            "path of a YAML file"
        )
    text = known[f"{name_or_path}.yaml"].read_text("utf-8")
    return _parsed(text, name_or_path), name_or_path


def _own_file(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SettingsError(f"panel file {str(path)!r} is larger than {_MOST_BYTES:,} bytes")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(
            f"panel file {str(path)!r} was not read ({why}); panels that ship: "
            f"{', '.join(known_panels())}"
        ) from error


def _parsed(text: str, name: str) -> Mapping[str, Any]:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(
            f"panel {name!r} is not YAML: {' '.join(str(error).split())}"
        ) from error
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise SettingsError(f"panel {name!r} must be a mapping with a list of reviewers")
    return value


def _panel(value: Mapping[str, Any], name: str, default: str) -> PanelSpec:
    _refuse_unknown(value, PanelSpec.model_fields, f"panel {name!r}")
    seats = value.get("reviewers")
    if not isinstance(seats, list) or not seats:
        raise SettingsError(f"panel {name!r} needs a list of reviewers, each with id and checklist")
    for number, seat in enumerate(seats, 1):
        where = f"reviewer {number} of panel {name!r}"
        if not isinstance(seat, dict):
            raise SettingsError(f"{where} must be a mapping with id and checklist")
        _refuse_unknown(seat, ReviewerSpec.model_fields, where)
    try:
        panel = PanelSpec.model_validate({"name": default, **value})
    except ValidationError as error:
        raise SettingsError(f"panel {name!r}: {_told(error)}") from error
    _check(panel, name)
    return panel


def _refuse_unknown(value: Mapping[Any, Any], known: Mapping[str, Any], where: str) -> None:
    for key in value:
        if key not in known:
            raise SettingsError(f"{where} has the unknown key {key!r}; {nearest(str(key), known)}")


def _told(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or 'panel'}: {one['msg']}" for one in error.errors()
    )


def _check(panel: PanelSpec, name: str) -> None:
    for seat in panel.reviewers:
        if seat.checklist not in CHECKLISTS:
            raise SettingsError(
                f"reviewer {seat.id!r} of panel {name!r} has the unknown checklist "
                f"{seat.checklist!r}; {nearest(seat.checklist, CHECKLISTS)}"
            )
    doubles = [id_ for id_, times in Counter(s.id for s in panel.reviewers).items() if times > 1]
    if doubles:
        raise SettingsError(
            f"panel {name!r} has two reviewers of the id {doubles[0]!r}; every id must be its own"
        )
    if panel.quorum > len(panel.reviewers):
        raise SettingsError(
            f"panel {name!r} asks for a quorum of {panel.quorum} and has {len(panel.reviewers)} "
            "reviewers; lower the quorum or add reviewers"
        )
