"""Two comparisons of the same samples put together, so that their panels can be compared."""

from pathlib import Path

from assignee.errors import SettingsError
from assignee.evals.trials.folder import read_samples, read_trials
from assignee.evals.trials.records import Dataset, Trial


def joined(first: Path, second: Path) -> tuple[Dataset, dict[str, list[Trial]]]:
    """The samples of both folders and the trials of all their panels.

    A panel of one name in both is told apart by the folder's name.

    Raises:
        SettingsError: the samples differ, or a folder holds no comparison.
    """
    if first.resolve() == second.resolve():
        raise SettingsError("that is one folder twice; `assignee eval show` shows it")
    one, other = read_samples(first), read_samples(second)
    refuse_mismatch(one, other)
    trials = {folder: read_trials(folder) for folder in (first, second)}
    names = [name for made in trials.values() for name in made]
    found = {
        (f"{name} ({folder.name})" if names.count(name) > 1 else name): made
        for folder, of in trials.items()
        for name, made in of.items()
    }
    if len(found) < len(names):
        raise SettingsError("two folders of one name hold panels of one name; rename a folder")
    return one, found


def refuse_mismatch(one: Dataset, other: Dataset) -> None:
    """Refuse to compare on different samples.

    Raises:
        SettingsError: an id is in one only, or stands for different samples.
    """
    samples = {sample.id: sample for sample in one.samples}
    others = {sample.id: sample for sample in other.samples}
    alone = sorted(samples.keys() ^ others.keys())
    if alone:
        raise SettingsError(
            f"the samples differ: {len(alone)} are in one of the folders only, such as "
            f"{alone[0]!r}; compare panels on the same samples"
        )
    changed = [id_ for id_, sample in samples.items() if sample != others[id_]]
    if changed:
        raise SettingsError(f"the samples differ: {changed[0]!r} has other contents in the two")
