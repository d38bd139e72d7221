"""The panels that a comparison names: live ones, and ones made of reviewers on record.

A panel over recorded scores is a YAML file too; its reviewers are names in the data, of which the
shortest part that only one of them has is enough:

    name: two models
    aggregation: trimmed
    reviewers: [claude-3-5-sonnet, gpt-4o-mini]
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import Field, ValidationError

from assignee.agents.panel_file import load_panel, panel_mapping
from assignee.errors import SettingsError, nearest
from assignee.evals.trials.records import Dataset
from assignee.records import PanelSpec, Record

SHOWN: tuple[Literal["mean", "median"], ...] = ("mean", "median")
"""How all recorded reviewers are put together where no panel is named."""


class RecordedPanel(Record):
    """Reviewers on record whose scores are put together."""

    name: str
    description: str = ""
    reviewers: tuple[str, ...] = Field(min_length=1)
    aggregation: Literal["mean", "median", "trimmed"] = "mean"
    """A reducer that learns nothing from other samples."""
    quorum: int = Field(default=1, ge=1)


class Panels(NamedTuple):
    """The panels of one comparison; either kind may be empty."""

    live: tuple[PanelSpec, ...] = ()
    recorded: tuple[RecordedPanel, ...] = ()

    @property
    def names(self) -> list[str]:
        """Their names in order."""
        return [p.name for p in self.live] + [p.name for p in self.recorded]


def panels_named(names: Sequence[str], dataset: Dataset) -> Panels:
    """The panels of those names or files; without any over recorded scores, the obvious ones.

    Raises:
        SettingsError: there is no such panel, two have one name, or a reviewer is not on record.
    """
    if dataset.kind == "recorded":
        found = Panels(recorded=recorded_panels(names, dataset))
    else:
        found = Panels(live=tuple(map(load_panel, names or ("default",))))
    doubles = {name for name in found.names if found.names.count(name) > 1}
    if doubles:
        raise SettingsError(f"two panels are called {doubles.pop()!r}; rename one in its file")
    return found


def reviewers_of(dataset: Dataset) -> list[str]:
    """Names of the reviewers on record, sorted."""
    return sorted({name for sample in dataset.samples for name in sample.recorded})


def recorded_panels(names: Sequence[str], dataset: Dataset) -> tuple[RecordedPanel, ...]:
    """Panels from files; without any: each reviewer alone, and the mean and median of all."""
    known = reviewers_of(dataset)
    if not known:
        raise SettingsError(f"{dataset.name} holds no recorded scores")
    if names:
        return tuple(_recorded(name, known) for name in names)
    single = [RecordedPanel(name=name, reviewers=(name,)) for name in known]
    together = [
        RecordedPanel(name=f"{how} of {len(known)}", reviewers=tuple(known), aggregation=how)
        for how in SHOWN
        if len(known) > 1
    ]
    return (*together, *single)


def _recorded(name_or_path: str, known: Sequence[str]) -> RecordedPanel:
    value, default = panel_mapping(name_or_path)
    _refuse_seats(value, name_or_path)
    try:
        panel = RecordedPanel.model_validate({"name": default, **value})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise SettingsError(f"panel {name_or_path!r}: {where}: {first['msg']}") from error
    reviewers = tuple(_on_record(name, known, panel.name) for name in panel.reviewers)
    if panel.quorum > len(reviewers):
        raise SettingsError(
            f"panel {panel.name!r} asks for a quorum of {panel.quorum} and has {len(reviewers)} "
            "reviewers"
        )
    return panel.model_copy(update={"reviewers": reviewers})


def _refuse_seats(value: Mapping[str, object], name: str) -> None:
    seats = value.get("reviewers")
    if isinstance(seats, list) and any(isinstance(seat, dict) for seat in seats):
        raise SettingsError(
            f"panel {name!r} has reviewers with checklists, and this data holds recorded scores: "
            "list the recorded reviewers by name, or measure it on planted or rated reports"
        )


def _on_record(name: str, known: Sequence[str], panel: str) -> str:
    if name in known:
        return name
    found = [one for one in known if name in one]
    if len(found) == 1:
        return found[0]
    if found:
        raise SettingsError(
            f"{name!r} of panel {panel!r} stands for several reviewers: {', '.join(found)}"
        )
    raise SettingsError(
        f"{name!r} of panel {panel!r} is not on record; {nearest(name, list(known))}"
    )
