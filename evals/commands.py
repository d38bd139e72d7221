"""`assignee eval`: measures judges, extractors, reports and the search.

Only what the help needs is imported here; each command imports what it runs.
"""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from assignee.errors import SettingsError, nearest
from assignee.evals.aggregation.commands import aggregate
from assignee.evals.claim_commands import extract, report
from assignee.evals.planting.commands import plant
from assignee.evals.trials import commands as trials
from assignee.options import AsJson, BaseUrl, Engine, Home, Model, Set, settings_from
from assignee.settings import Settings
from assignee.terminal import console, note, print_json, refuse_unwritable, show

if TYPE_CHECKING:
    from assignee.evals.confidence import Mode
    from assignee.evals.items import StanceItem
    from assignee.evals.opinions import Opinions
    from assignee.evals.readers import SetName
    from assignee.evals.verification import Comparison, Verification

MODES: "tuple[Mode, ...]" = ("cross-fit", "profile", "none")
BASELINES = ("majority", "claim-only")
ENGINES = ("local", "llm")
Name = TypeVar("Name", bound=str)

app = typer.Typer(
    help="Compare reviewer panels, and measure the engines on labelled sets.",
    no_args_is_help=True,
)
for command in (trials.panels, trials.show, trials.compare, plant, aggregate, extract, report):
    app.command()(command)

Data = Annotated[
    Path, typer.Option("--data", metavar="PATH", help="Folder of the labelled set, or of several.")
]
Split = Annotated[str, typer.Option("--split", metavar="NAME", help="Which part of the set.")]


@app.command()
def verify(
    data: Data,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Which set, where there are several: scifact, check-covid, citation-integrity or "
            "contrast.",
        ),
    ] = None,
    split: Split = "dev",
    judge: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Whose verdicts: local, llm, majority, claim-only, or a file: verdicts on record "
            "(FILE is their vote, FILE#MODEL one of them) or what --json printed before. Without "
            "it: the engine's.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Another judge to compare with on the same items."),
    ] = None,
    calibration: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Probabilities by cross-fit, by the judge's profile, or none: raw scores. Without "
            "it: the profile, or cross-fit on a set that the profile was fitted on.",
        ),
    ] = None,
    errors: Annotated[
        int,
        typer.Option(metavar="NUMBER", min=0, help="List wrong items, the most confident first."),
    ] = 0,
    plots: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Write reliability diagram and risk-coverage curve as SVG."
        ),
    ] = None,
    engine: Engine = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Measure how right a judge is about claims, and how far its confidence can be believed."""
    from assignee.evals.readers import SETS, stance_items
    from assignee.evals.verify import compare

    settings = settings_from(set_, engine=engine, model=model, base_url=base_url, home=home)
    set_name = one_of(name, SETS, "set")
    mode = one_of(calibration, MODES, "calibration")
    items = stance_items(data, name=set_name, split=split)
    known = partial(training, data, name=set_name, split=split)
    first = measured(items, judge or settings.engine, settings, mode=mode, known=known)
    second = measured(items, against, settings, mode=mode, known=known) if against else None
    compared = compare(first, second) if second is not None else None
    if as_json and second is not None and compared is not None:
        both = {"judge": first, "against": second, "comparison": compared}
        print_json({key: record.model_dump(mode="json") for key, record in both.items()})
    elif as_json:
        print_json(first.model_dump(mode="json"))
    else:
        show_measured(first, second, compared, errors=errors)
    if plots is not None:
        from assignee.evals.charts import write_charts

        for path in write_charts(first, plots, against=second):
            note(f"written: {path}")


def show_measured(
    first: "Verification",
    second: "Verification | None",
    compared: "Comparison | None",
    *,
    errors: int,
) -> None:
    """The tables of one judge, or of two and what tells them apart."""
    from assignee.evals.tables import show_comparison, show_errors, show_verification

    show_verification(first)
    if errors:
        show_errors(first, errors)
    if second is not None and compared is not None:
        show("")
        show_verification(second)
        show_comparison(compared)


@app.command()
def calibrate(
    data: Annotated[
        list[Path],
        typer.Option(
            "--data",
            metavar="PATH",
            help="Folder of a labelled set, or of several; may be repeated. Claims far from all "
            "sets get wider probabilities, so give as many domains as there are.",
        ),
    ],
    outside: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Labelled pairs of domains that the sets are not of: they tell how much wider "
            "probabilities must be there. May be repeated.",
        ),
    ] = None,
    split: Split = "dev",
    risk: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            min=0.0,
            max=1.0,
            help="Most that may be wrong among the stances that are spoken; below the threshold "
            "that keeps it the judge abstains.",
        ),
    ] = 0.25,
    engine: Engine = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Another place for the profile than the home."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an engine's confidences probabilities: fit its profile on labelled claims."""
    from assignee.engines.calibration import file_name, write_profile
    from assignee.evals.calibrate import calibrate as fitted
    from assignee.evals.tables import show_profile

    settings = settings_from(set_, engine=engine, model=model, base_url=base_url, home=home)
    folder = out.parent if out else settings.home / "profiles"
    refuse_unwritable(folder, as_json=False)
    profile = asyncio.run(
        fitted(data, settings, split=split, risk=risk, outside=outside or (), announce=note)
    )
    path = out or folder / file_name(profile.judge)
    write_profile(profile, path)
    if as_json:
        print_json(profile.model_dump(mode="json"))
    else:
        show_profile(profile)
    note(f"written to {path}")


@app.command()
def retrieve(
    data: Data,
    split: Split = "test",
    index: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keeps the collection's library for the next time; without it a temporary one.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the search on a collection in BEIR's format, with the time a query takes."""
    from assignee.engines.embedder import Embedder
    from assignee.engines.local.engine import reranker_of
    from assignee.evals import retrieve as retrieval
    from assignee.evals.readers import collection

    texts = collection(data, split)
    with tempfile.TemporaryDirectory() as temporary:
        folder = index or Path(temporary) / "library"
        with console(stderr=True).status("embedding and searching"):
            embedder = Embedder()
            found = asyncio.run(
                retrieval.retrieve(
                    texts,
                    embedder,
                    folder,
                    reranker=lambda library: reranker_of(embedder, kept=library.vectors_of),
                )
            )
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    from assignee.evals.tables import show_retrieval

    show_retrieval(found)


def one_of(name: str | None, names: "Sequence[Name]", what: str) -> "Name | None":
    """The name among those that are known, or `None` when nothing is named.

    Raises:
        SettingsError: it is not known.
    """
    known = next((one for one in names if one == name), None)
    if name is not None and known is None:
        raise SettingsError(f"unknown {what} {name!r}; {nearest(name, names)}")
    return known


def training(data: Path, *, name: "SetName | None", split: str) -> "list[StanceItem]":
    """The set's training part, for the baseline that guesses from claims; empty without one."""
    from assignee.evals.readers import recognised, stance_items

    kinds = [kind for kind in recognised(data, "train").values() if name in (None, kind)]
    if split == "train" or len(kinds) != 1 or kinds == ["contrast"]:
        return []
    return stance_items(data, name=kinds[0], split="train")


def measured(
    items: "list[StanceItem]",
    judge: str,
    settings: Settings,
    *,
    mode: "Mode | None",
    known: "Callable[[], list[StanceItem]]",
) -> "Verification":
    """Ask a judge and measure its answers; of verdicts on record only what was asked counts."""
    from assignee.evals.confidence import calibration_of
    from assignee.evals.opinions import key_of
    from assignee.evals.verify import verify as measure

    opinions = opinions_named(judge, items, settings, known)
    asked = [item for item in items if key_of(item) in opinions.answers]
    if len(asked) < len(items):
        note(f"{opinions.judge}: {len(items) - len(asked)} of {len(items)} pairs are not on record")
    profiles = settings.home / "profiles"
    calibration = calibration_of(asked, opinions, mode=mode, profiles=profiles)
    return measure(asked, opinions, calibration=calibration)


def opinions_named(
    judge: str,
    items: "list[StanceItem]",
    settings: Settings,
    known: "Callable[[], list[StanceItem]]",
) -> "Opinions":
    """The answers of an engine, of a baseline, or on record.

    Raises:
        SettingsError: there is no such judge and no such file.
    """
    from assignee.evals import baselines, opinions

    if judge in ENGINES:
        chosen = settings.model_copy(update={"engine": judge})
        with console(stderr=True).status(f"asking {judge}"):
            return asyncio.run(opinions.engine_opinions(items, chosen, announce=note))
    if judge == "majority":
        return baselines.majority(items)
    if judge == "claim-only":
        return baselines.claim_only(items, known())
    file, _, chosen_model = judge.partition("#")
    if not Path(file).is_file():
        raise SettingsError(
            f"{judge!r} is no file and no judge; {nearest(judge, (*ENGINES, *BASELINES))}"
        )
    if Path(file).suffix == ".json":
        from assignee.evals.verification import opinions_of, read_verification

        return opinions_of(read_verification(Path(file)))
    return opinions.recorded_verdicts(Path(file), chosen_model or None)
