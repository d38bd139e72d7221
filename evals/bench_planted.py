"""Measures what the local panel finds of planted flaws, and how often it raises a false alarm.

`python -m assignee.evals.bench_planted` makes a report of the example notes for each question that
ships, plants in them and prints recall by family and by operator, then the false alarms by kind.
With `--keep FOLDER` the library and the reports are kept there, and used again the next time.
"""

import argparse
import asyncio
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from assignee import Settings
from assignee.agents.panel_file import load_panel
from assignee.agents.reviewer import review
from assignee.engines.local.critic import LocalCritic
from assignee.evals.planting.dataset import planted, unplaced
from assignee.evals.planting.detection import CODE_SEES, SOUND, alarmed, alarmed_clean, detected
from assignee.evals.planting.reports import EXAMPLES, questions, reports_over
from assignee.evals.trials.records import Dataset, Sample
from assignee.records import Dossier, PanelSpec, Report, Review

SEEDS = 3


class Judged(NamedTuple):
    """One sample, and whether the panel caught its flaw or raised an alarm over it."""

    sample: Sample
    said: bool | None


async def reviews_of(dossier: Dossier, panel: PanelSpec) -> tuple[Review, ...]:
    """Every seat's opinion by the local rules."""
    critic = LocalCritic()
    return tuple(
        [await review(dossier, seat, critic=critic, engine="local") for seat in panel.reviewers]
    )


async def judge(dataset: Dataset, panel: PanelSpec) -> list[Judged]:
    """Each sample with what the panel said of it, against its clean base."""
    given = {
        sample.id: await reviews_of(sample.dossier, panel)
        for sample in dataset.samples
        if sample.dossier
    }
    return [Judged(sample, _said(sample, given)) for sample in dataset.samples]


def _said(sample: Sample, given: Mapping[str, Sequence[Review]]) -> bool | None:
    if sample.edit is None or sample.base is None:
        return alarmed_clean(given[sample.id])
    base, edited = given[sample.base], given[sample.id]
    if sample.edit.harmless:
        return alarmed(base, edited)
    return detected(sample.edit, base, edited)


def reports(folder: Path) -> tuple[Report, ...]:
    """One report a question, from the folder where they were kept."""
    kept = folder / "reports"
    kept.mkdir(parents=True, exist_ok=True)
    paths = [kept / f"{number:02}.json" for number in range(len(questions()))]
    if not all(path.exists() for path in paths):
        settings = Settings(home=folder / "home", engine="local")
        for path, report in zip(
            paths, reports_over([EXAMPLES], questions(), settings), strict=True
        ):
            path.write_text(report.model_dump_json(), "utf-8")
    return tuple(Report.model_validate_json(path.read_text("utf-8")) for path in paths)


def shares(judged: Iterable[tuple[str, bool | None]]) -> str:
    """A line for each name: how many were caught of how many that were judged."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for name, said in judged:
        if said is not None:
            groups[name].append(said)
    return "\n".join(
        f"  {name:38} {sum(said) / len(said):5.2f}  ({sum(said)} of {len(said)})"
        for name, said in sorted(groups.items())
    )


def told(judged: Sequence[Judged]) -> str:
    """The tables: recall by family and operator, false alarms on clean and null-edited reports."""
    flaws = [
        (j.sample.edit, j.said) for j in judged if j.sample.edit and not j.sample.edit.harmless
    ]
    nulls = [(j.sample.edit, j.said) for j in judged if j.sample.edit and j.sample.edit.harmless]
    clean = {j.sample.id: j.said for j in judged if j.sample.edit is None}
    seen = [("all that code can see", said) for edit, said in flaws if edit.family in CODE_SEES]
    return "\n".join(
        (
            "recall by family (* code can see it)",
            shares((f"{'*' if e.family in CODE_SEES else ' '} {e.family}", s) for e, s in flaws),
            shares(seen),
            "recall by operator",
            shares((edit.operator, said) for edit, said in flaws),
            "false alarms",
            shares(("clean", said) for said in clean.values()),
            shares((edit.operator, said) for edit, said in nulls),
            shares(("all null edits", said) for _, said in nulls),
        )
    )


def main() -> None:
    """Make the reports, plant, review and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder of the library and the reports")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="plantings an operator and report")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--panel", default="default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = reports(arguments.keep or Path(folder))
    panel, judged, missing = load_panel(arguments.panel), list[Judged](), Counter[str]()
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        dataset = planted(made, seed=seed)
        missing.update(unplaced(dataset))
        judged += asyncio.run(judge(dataset, panel))
    print(
        f"{len(made)} reports, {len(judged)} samples, panel {panel.name}, {arguments.seeds} seeds"
    )
    print(told(judged))
    print("no place for", dict(missing))
    print("a clean report passes", ", ".join(sorted(SOUND)))


if __name__ == "__main__":
    main()
