"""Some of the reviewers or judges on record, by a pattern of their names.

>>> sorted(chosen(["GPT-4|CoT", "GPT-4|Swap", "PaLM2|CoT"], "GPT-4*"))
['GPT-4|CoT', 'GPT-4|Swap']
>>> sorted(chosen(["GPT-4|CoT", "GPT-4|Swap", "PaLM2|CoT"], "!GPT-4*"))
['PaLM2|CoT']
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from assignee.errors import SettingsError, nearest
from assignee.evals.trials.records import Dataset
from assignee.evals.trials.verdicts import VerdictSet


def only(found: Dataset | VerdictSet, pattern: str) -> Dataset | VerdictSet:
    """The data with those reviewers or judges alone; its name tells which.

    Raises:
        SettingsError: no name fits the pattern.
    """
    if isinstance(found, Dataset):
        names = sorted({name for sample in found.samples for name in sample.recorded})
        kept = chosen(names, pattern)
        samples = tuple(
            sample.model_copy(
                update={"recorded": {n: s for n, s in sample.recorded.items() if n in kept}}
            )
            for sample in found.samples
        )
        return found.model_copy(update={"name": f"{found.name}, {pattern}", "samples": samples})
    kept = chosen(found.judges, pattern)
    items = tuple(
        item.model_copy(update={"votes": {j: v for j, v in item.votes.items() if j in kept}})
        for item in found.items
    )
    return found.model_copy(update={"name": f"{found.name}, {pattern}", "items": items})


def chosen(names: Sequence[str], pattern: str) -> set[str]:
    """The names that fit a pattern with `*` and `?`; after a `!` those that do not.

    Raises:
        SettingsError: there are none.
    """
    wanted = pattern.removeprefix("!")
    kept = {name for name in names if fnmatchcase(name, wanted) != pattern.startswith("!")}
    if not kept:
        raise SettingsError(f"no judge or reviewer fits {pattern!r}; {nearest(pattern, names)}")
    return kept
