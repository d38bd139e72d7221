"""`assignee eval plant`: makes a dataset of reports with planted flaws.

Only what the help needs is imported here; the command imports what it runs.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assignee.errors import SettingsError
from assignee.options import BaseUrl, Engine, Model, Set, settings_from
from assignee.settings import Settings
from assignee.terminal import console, counted, note, refuse_unwritable, rows, show

if TYPE_CHECKING:
    from assignee.evals.trials.records import Dataset, Polishing
    from assignee.records import Report

OUT = Path("planted")


def plant(
    papers: Annotated[
        list[str] | None,
        typer.Option(
            "--papers",
            "-p",
            metavar="PATH",
            help="Papers to make a report of for each question; may be repeated.",
        ),
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Questions, one a line. Without it those that ship, which suit the notes in "
            "examples/scaling_laws.",
        ),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A report.json to plant in, instead of --papers; may be repeated.",
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="Where the dataset and its reports are kept."
        ),
    ] = OUT,
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", help="Another seed plants in other places.")
    ] = 0,
    polish: Annotated[
        bool,
        typer.Option(
            "--polish",
            help="Also have a language model (--engine llm) rewrite the style of each report's "
            "sentences; code refuses those whose numbers, citations or meaning changed.",
        ),
    ] = False,
    engine: Engine = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
) -> None:
    """Plant flaws in reports, and edits that must not matter: a dataset to measure panels on.

    Each report is the source document of its samples. The reports that are made of papers are kept
    in the folder, so that --report plants in them again with another seed.
    """
    from assignee.evals.planting.dataset import planted
    from assignee.evals.trials.folder import write_dataset

    if bool(papers) == bool(report):
        raise SettingsError("give either --papers or --report: what flaws are planted in")
    if report and questions:
        raise SettingsError("--questions goes with --papers; a report has its question")
    settings = settings_from(set_, engine=engine, model=model, base_url=base_url)
    if polish:
        from assignee.evals.planting.polish import refuse_without_model

        refuse_without_model(settings)
    refuse_unwritable(out, as_json=False)
    found = read(report) if report else made(papers or [], questions, settings, out)
    dataset, outcome = planted(found, seed=seed), None
    if polish:
        dataset, outcome = polished(dataset, settings, seed)
    write_dataset(dataset, out)
    tell(dataset)
    if outcome is not None:
        tell_polishing(outcome)
    note(f"written to {out}; measure a panel with `assignee eval panels default --data {out}`")


def read(paths: Sequence[Path]) -> "list[Report]":
    """The reports in those files.

    Raises:
        SettingsError: one is there twice.
        ReadingError: one is no report of this program.
    """
    from assignee.evals.planting.dataset import twice
    from assignee.report import read_report

    found = [read_report(path) for path in paths]
    if (again := twice(found)) is not None:
        raise SettingsError(f"{str(paths[again])!r} is a report that was given before")
    return found


def made(
    papers: Sequence[str], questions: Path | None, settings: Settings, out: Path
) -> "list[Report]":
    """A report a question, each written to the folder as soon as it is made."""
    from assignee.evals.planting import reports

    asked = reports.questions_in(questions) if questions else reports.questions()
    folder = out / "reports"
    folder.mkdir(parents=True, exist_ok=True)

    def kept(found: "Iterator[Report]") -> "Iterator[Report]":
        for number, report in enumerate(found, 1):
            text = report.model_dump_json(indent=1) + "\n"
            (folder / f"{number:02}.json").write_text(text, "utf-8")
            status.update(f"{number} of {counted(len(asked), 'report')} made")
            yield report

    with (
        tempfile.TemporaryDirectory(prefix="assignee-plant-") as home,
        console(stderr=True).status("making reports") as status,
    ):
        private = settings.model_copy(update={"home": Path(home)})
        return list(kept(reports.reports_over(papers, asked, private)))


def polished(
    dataset: "Dataset", settings: Settings, seed: int
) -> "tuple[Dataset, Polishing | None]":
    """The dataset with a polished sample of each clean one, and what came of all its sentences."""
    from assignee.evals.planting.dataset import with_edits
    from assignee.evals.planting.polish import polish_all
    from assignee.evals.trials.cost import spent_between
    from assignee.evals.trials.samples import summed

    clean = {one.id: one.dossier for one in dataset.samples if one.edit is None and one.dossier}
    with console(stderr=True).status("polishing"):
        made = asyncio.run(polish_all(list(clean.values()), settings, seed=seed, announce=note))
    for warning in made.warnings:
        note(warning)
    spent = spent_between((), made.usages, 0.0)
    cost = "unknown cost" if spent.cost is None else f"{spent.cost:.4f} US dollars"
    note(f"polishing took {counted(spent.calls, 'call')}, {cost}")
    found = zip(clean, made.reports, strict=True)
    plantings = {id_: one.planting for id_, one in found if one.planting is not None}
    return (
        with_edits(dataset, plantings, seed=seed),
        summed(report.outcome for report in made.reports),
    )


def tell_polishing(outcome: "Polishing") -> None:
    """What the model made of the sentences, what the guard refused, and what went wrong."""
    from assignee.evals.planting.polish import OPERATOR
    from assignee.evals.trials.samples import polishing_sentence

    show(polishing_sentence(outcome))
    if not outcome.changed:
        note(f"no sentence was changed, so that there is no sample of {OPERATOR}")
    for why in outcome.failures:
        note(f"no reply to some sentences: {why}")


def tell(dataset: "Dataset") -> None:
    """How often each flaw and each null edit was planted, and where there was no place for it."""
    from assignee.evals.planting.dataset import unplaced
    from assignee.evals.planting.operators import FLAWS, NULLS

    clean = sum(sample.edit is None for sample in dataset.samples)
    show(f"{counted(clean, 'report')}, {counted(len(dataset.samples) - clean, 'edited one')}")
    missing = unplaced(dataset)
    edits = Counter(sample.edit.operator for sample in dataset.samples if sample.edit)
    more = {name: number for name, number in edits.items() if name not in {**FLAWS, **NULLS}}
    rows(
        ("edit", "kind", "planted in"),
        [
            (name, "flaw" if name in FLAWS else "null edit",
             f"{clean - missing.get(name, 0)} of {counted(clean, 'report')}")
            for name in (*FLAWS, *NULLS)
        ] + [
            (name, "null edit", f"{number} of {counted(clean, 'report')}")
            for name, number in more.items()
        ],
    )  # fmt: skip
    if none := [name for name in FLAWS if missing.get(name, 0) == clean]:
        note(f"found no place anywhere: {', '.join(none)}")
