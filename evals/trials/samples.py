"""What a reader must know of a dataset's samples, in sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator

from assignee.agents.wording import capital, counted, listed
from assignee.evals.trials.records import Dataset, Polishing


def about(dataset: Dataset) -> tuple[str, ...]:
    """How many samples are clean, flawed or harmlessly edited, and what polishing made of them."""
    return tuple(_sentences(dataset))


def _sentences(dataset: Dataset) -> Iterator[str]:
    edits = [sample.edit for sample in dataset.samples if sample.edit]
    if not edits:
        return
    harmless = sum(edit.harmless for edit in edits)
    yield (
        f"{capital(counted(len(dataset.samples) - len(edits), 'clean report'))}; "
        f"{counted(len(edits) - harmless, 'sample')} with a flaw, "
        f"{counted(harmless, 'sample')} with an edit that must not matter."
    )
    if polishing := summed(edit.polishing for edit in edits if edit.polishing):
        yield polishing_sentence(polishing)


def polishing_sentence(done: Polishing) -> str:
    """How many sentences a model rewrote, and how many stayed for which reason."""
    refused = sum(done.refused.values())
    alike = done.sentences - done.changed - refused - done.unanswered
    why = [f"{number} for {what}" for what, number in done.refused.items()]
    return (
        f"Polishing by {done.model} ({done.prompt}): {done.changed} of "
        f"{counted(done.sentences, 'sentence')} rewritten, {refused} refused by the guard"
        + (f" ({listed(why)})" if why else "")
        + f", {done.unanswered} without a usable reply, {alike} given back unchanged."
    )


def summed(outcomes: Iterable[Polishing]) -> Polishing | None:
    """The outcomes of several reports as one; `None` without any."""
    found = list(outcomes)
    if not found:
        return None
    refused = Counter[str]()
    for outcome in found:
        refused.update(outcome.refused)
    return Polishing(
        model=listed(list(dict.fromkeys(outcome.model for outcome in found))),
        prompt=listed(list(dict.fromkeys(outcome.prompt for outcome in found))),
        sentences=sum(outcome.sentences for outcome in found),
        changed=sum(outcome.changed for outcome in found),
        refused=dict(sorted(refused.items())),
        unanswered=sum(outcome.unanswered for outcome in found),
        failures=tuple(dict.fromkeys(why for outcome in found for why in outcome.failures)),
    )
