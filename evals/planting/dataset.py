"""A dataset of planted flaws: each report's clean dossier, then its edits."""

from collections.abc import Iterator, Mapping, Sequence

from assignee.agents.reviewer import dossier_text
from assignee.evals.planting.operators import FLAWS, NULLS, plant
from assignee.evals.planting.source import Planting, source_of
from assignee.evals.trials.records import Dataset, Sample
from assignee.records import Dossier, Report


def planted(reports: Sequence[Report], *, seed: int) -> Dataset:
    """The dataset over these reports: one choice an operator and report, where there is a place.

    Ids are made of the clean dossier's content, the operator and the seed; samples of one report
    are one group.

    Raises:
        ValueError: two reports have the same dossier.
    """
    samples = [sample for report in reports for sample in _samples(report, seed)]
    return Dataset(name="planted", kind="planted", samples=tuple(samples))


def twice(reports: Sequence[Report]) -> int | None:
    """Place of the first report whose dossier an earlier one has too; `None` if all differ."""
    seen: set[str] = set()
    for place, report in enumerate(reports):
        digest = source_of(report).dossier.digest()
        if digest in seen:
            return place
        seen.add(digest)
    return None


def _samples(report: Report, seed: int) -> Iterator[Sample]:
    source = source_of(report)
    group = f"d{source.dossier.digest()[:12]}"
    yield Sample(id=group, group=group, words=words_in(source.dossier), dossier=source.dossier)
    for operator in (*FLAWS, *NULLS):
        if planting := plant(operator, source, seed=seed):
            yield edited(group, planting, seed)


def edited(clean: str, planting: Planting, seed: int) -> Sample:
    """The sample of what was planted in the clean sample of that id."""
    return Sample(
        id=f"{clean}/{planting.edit.operator.replace(' ', '-')}/{seed}",
        group=clean,
        words=words_in(planting.dossier),
        dossier=planting.dossier,
        base=clean,
        edit=planting.edit,
    )


def with_edits(dataset: Dataset, plantings: Mapping[str, Planting], *, seed: int) -> Dataset:
    """The dataset with one more edited sample for each of those clean ones, after their others."""
    last = {sample.group: sample.id for sample in dataset.samples}
    found: list[Sample] = []
    for sample in dataset.samples:
        found.append(sample)
        if sample.group in plantings and sample.id == last[sample.group]:
            found.append(edited(sample.group, plantings[sample.group], seed))
    return dataset.model_copy(update={"samples": tuple(found)})


def unplaced(dataset: Dataset) -> dict[str, int]:
    """How many of the clean dossiers had no place for an operator, by its name; 0 is left out."""
    clean = sum(sample.edit is None for sample in dataset.samples)
    placed = [sample.edit.operator for sample in dataset.samples if sample.edit]
    missing = {operator: clean - placed.count(operator) for operator in (*FLAWS, *NULLS)}
    return {operator: number for operator, number in missing.items() if number}


def words_in(dossier: Dossier) -> int:
    """How many words a reviewer has to read."""
    return len(dossier_text(dossier).split())
