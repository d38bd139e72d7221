"""`assignee eval panels`, `show` and `compare`: which reviewer panel is better.

Only what the help needs is imported here; each command imports what it runs.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assignee.errors import SettingsError
from assignee.options import AsJson, BaseUrl, Engine, Home, Model, Set, settings_from
from assignee.options import panels as shipped_panels
from assignee.settings import Settings
from assignee.terminal import console, counted, note, print_json, refuse_unwritable

if TYPE_CHECKING:
    from assignee.evals.trials.cost import Limits
    from assignee.evals.trials.records import Dataset
    from assignee.evals.trials.results import Results

OUT = Path("panel-results")

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PANEL]...",
        help="Panels that ship, or YAML files. Without any: `default`; over recorded scores each "
        "reviewer alone, and the mean and median of all.",
        autocompletion=shipped_panels,
        show_default=False,
    ),
]
Data = Annotated[
    Path,
    typer.Option("--data", metavar="FOLDER", help="Folder of the dataset: samples, or recorded "
                 "scores in one of the forms that docs/panels.md names."),
]  # fmt: skip
Part = Annotated[
    str | None,
    typer.Option("--part", metavar="NAME", help="A part of the dataset, where it has parts: one "
                 "of HANNA's criteria (RE, CH, EM, SU, EG, CX), or the beginning of the names of "
                 "LLMBar's subsets (Natural, Adversarial)."),
]  # fmt: skip
Out = Annotated[
    Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where trials and results are kept.")
]
Replicates = Annotated[
    int, typer.Option("--replicates", min=100, metavar="NUMBER", help="Bootstrap replicates.")
]


def panels(
    data: Data,
    names: Names = None,
    part: Part = None,
    out: Out = OUT,
    epochs: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="NUMBER",
            help="Times that each sample is reviewed, without any reply of an earlier time.",
        ),
    ] = 1,
    samples: Annotated[
        int | None,
        typer.Option(min=1, metavar="NUMBER", help="Only the first so many samples."),
    ] = None,
    at_once: Annotated[
        int, typer.Option(min=1, max=64, metavar="NUMBER", help="Samples reviewed at once.")
    ] = 4,
    max_cost: Annotated[
        float | None,
        typer.Option(min=0, metavar="DOLLARS", help="Stop early when so much is spent."),
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=0, metavar="NUMBER", help="Stop early after so many tokens.")
    ] = None,
    max_seconds: Annotated[
        float | None, typer.Option(min=0, metavar="NUMBER", help="Stop early after so long.")
    ] = None,
    replicates: Replicates = 10_000,
    engine: Engine = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Compare reviewer panels on samples with planted flaws, human scores or recorded reviewers.

    What is in the output folder already is used again: a run that was killed goes on, and more
    panels, samples or epochs may be added.
    """
    from assignee.evals.trials.cost import Limits

    settings = settings_from(set_, engine=engine, model=model, base_url=base_url, home=home)
    dataset = dataset_in(data, part, samples)
    refuse_unwritable(out, as_json=False)
    limits = Limits(max_cost, max_tokens, max_seconds)
    results = compared(
        dataset, names or [], out, settings, epochs=epochs, at_once=at_once, limits=limits,
        replicates=replicates,
    )  # fmt: skip
    deliver(results, out, as_json=as_json)


def dataset_in(data: Path, part: str | None, samples: int | None) -> "Dataset":
    """The dataset in the folder, or its first samples.

    Raises:
        SettingsError: it is not there, or holds verdicts and no scores.
    """
    from assignee.evals.trials.recorded import read_recorded
    from assignee.evals.trials.records import Dataset

    found = read_recorded(data, part=part)
    if not isinstance(found, Dataset):
        raise SettingsError(
            f"{found.name} holds verdicts, not scores: `assignee eval aggregate` compares ways to "
            "put them together"
        )
    return found.model_copy(update={"samples": found.samples[:samples]})


def compared(
    dataset: "Dataset",
    names: list[str],
    out: Path,
    settings: Settings,
    *,
    epochs: int,
    at_once: int,
    limits: "Limits",
    replicates: int,
) -> "Results":
    """Make the trials that are missing, take all metrics, and write the folder."""
    from assignee.evals.trials.folder import read_trials, write_results
    from assignee.evals.trials.measure import measure
    from assignee.evals.trials.panels import panels_named
    from assignee.evals.trials.run import run_trials
    from assignee.evals.trials.store import TrialStore

    chosen = panels_named(names, dataset)
    with console(stderr=True).status("reviewing") as status:

        def watch(done: int, of: int, which: str) -> None:
            status.update(f"{done} of {counted(of, 'trial')}: {which}")

        outcome = asyncio.run(
            run_trials(
                dataset, chosen, TrialStore(out), settings=settings, epochs=epochs,
                at_once=at_once, limits=limits, watch=watch, announce=note,
            )
        )  # fmt: skip
        note(
            f"{counted(outcome.made, 'trial')} made, {outcome.reused} used again"
            + (f"; {outcome.stopped}, {outcome.missing} not made" if outcome.stopped else "")
        )
        status.update("taking metrics")
        trials = read_trials(out, chosen.names)
        results = measure(
            dataset, trials, outcome=outcome, settings=settings, replicates=replicates
        )
        write_results(results, dataset, trials, out)
    return results


def show(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of a comparison.")],
    as_json: AsJson = False,
) -> None:
    """Show the results of a comparison again."""
    from assignee.evals.trials.results import read_results

    deliver(read_results(folder), None, as_json=as_json)


def compare(
    first: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of a comparison.")],
    second: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Another one, of the same samples.")
    ],
    out: Out = OUT,
    replicates: Replicates = 10_000,
    as_json: AsJson = False,
) -> None:
    """Compare the panels of two folders on the same samples; other samples are refused."""
    from assignee.evals.trials.folder import write_results
    from assignee.evals.trials.joined import joined
    from assignee.evals.trials.measure import measure
    from assignee.evals.trials.run import Outcome

    refuse_unwritable(out, as_json=False)
    dataset, trials = joined(first, second)
    results = measure(
        dataset, trials, outcome=Outcome(), settings=Settings(), replicates=replicates
    )
    write_results(results, dataset, trials, out)
    deliver(results, out, as_json=as_json)


def deliver(results: "Results", out: Path | None, *, as_json: bool) -> None:
    """Print the results, and where they were written."""
    if as_json:
        print_json(results.model_dump(mode="json"))
    else:
        from assignee.evals.trials.tables import show_results

        show_results(results)
    if out is not None:
        note(f"written to {out}: results.html, results.json, items.csv")
