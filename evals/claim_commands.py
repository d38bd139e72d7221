"""`assignee eval extract` and `assignee eval report`: how claims are found, what answers rest on.

Only what the help needs is imported here; each command imports what it runs.
"""

import asyncio
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assignee.errors import NoPapersError, ReadingError, SettingsError
from assignee.options import AsJson, BaseUrl, Engine, Home, Model, Set, settings_from
from assignee.terminal import console, note, print_json, show

if TYPE_CHECKING:
    from assignee.evals.items import StanceItem
    from assignee.records import Document
    from assignee.settings import Settings

Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", metavar="NUMBER", min=1, help="At most so many abstracts or papers, the first."
    ),
]


def extract(
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="PATH", help="Folder of the labelled set, or of several."),
    ] = None,
    split: Annotated[
        str, typer.Option("--split", metavar="NAME", help="Which part of the set.")
    ] = "dev",
    papers: Annotated[
        list[Path] | None,
        typer.Option(
            "--papers",
            "-p",
            metavar="PATH",
            help="Instead of a set: files or folders of papers to extract claims from; may be "
            "repeated.",
        ),
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("--question", metavar="TEXT", help="What the papers are asked."),
    ] = None,
    limit: Limit = None,
    engine: Engine = None,
    model: Model = None,
    base_url: BaseUrl = None,
    set_: Set = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Measure how claims are found: roles of sentences (CSAbstruct), claim sentences (SciFact).

    Beside each stands a guess from the sentence's place alone, learned from the training part, or
    by cross-fitting where there is none. With `--papers` and `--question` the program's own
    extraction is checked: whether quotes stand where they are said to, and what was dropped.
    """
    settings = settings_from(set_, engine=engine, model=model, base_url=base_url, home=home)
    if papers and data is None and question:
        measure_papers(papers, question, settings, limit=limit, as_json=as_json)
    elif data is not None and not papers and question is None:
        measure_set(data, split, settings, limit=limit, as_json=as_json)
    else:
        raise SettingsError("name a labelled set with --data, or --papers and a --question")


def measure_set(
    data: Path, split: str, settings: "Settings", *, limit: int | None, as_json: bool
) -> None:
    """The set of the folder, told by its files.

    Raises:
        SettingsError: no set is recognised there, or one that cannot tell this.
    """
    from assignee.evals.readers import recognised

    formats = "known are the formats of scifact, citation-integrity and csabstruct"
    kinds = set(recognised(data, split).values())
    if {"scifact", "citation-integrity"} & kinds:
        measure_claim_sentences(data, split, settings, limit=limit, as_json=as_json)
    elif kinds:
        raise SettingsError(
            f"the abstracts of {', '.join(sorted(kinds))} have no marks that tell claim sentences "
            f"from others: {formats}"
        )
    elif (data / f"{split}.jsonl").is_file():
        if settings.engine == "llm":
            raise SettingsError("roles are told by the local model alone: leave --engine out")
        measure_roles(data, split, limit=limit, as_json=as_json)
    else:
        raise SettingsError(
            f"a labelled set with the split {split!r} was not found in {str(data)!r}: {formats}"
        )


def measure_claim_sentences(
    data: Path, split: str, settings: "Settings", *, limit: int | None, as_json: bool
) -> None:
    """The engine's extractor on abstracts whose claim sentences are marked."""
    from assignee.evals.claim_sentences import ClaimSentences, measure
    from assignee.evals.engines import opened
    from assignee.evals.readers import recognised, stance_items

    items = first_documents(stance_items(data, split=split), limit)
    known: list[StanceItem] = []
    if split != "train" and recognised(data, "train"):
        known = stance_items(data, split="train")

    async def measured() -> ClaimSentences:
        async with opened(settings, announce=lambda: sending(settings)) as chosen:
            return await measure(
                items,
                known,
                chosen,
                floor=settings.min_relevance,
                concurrency=settings.concurrency,
            )

    with console(stderr=True).status("reading abstracts"):
        found = asyncio.run(measured())
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    from assignee.evals.claim_tables import show_claim_sentences

    show_claim_sentences(found)


def first_documents(items: "Sequence[StanceItem]", limit: int | None) -> "list[StanceItem]":
    """The items of the first documents in which something is marked."""
    marked = dict.fromkeys(item.document for item in items if item.rationale)
    chosen = set(islice(marked, limit))
    return [item for item in items if item.document in chosen]


def sending(settings: "Settings") -> None:
    """Say where text goes."""
    note(f"Sending abstracts or papers to {settings.base_url}, model "
         f"{settings.model_of('extractor')}.")  # fmt: skip


def measure_roles(data: Path, split: str, *, limit: int | None, as_json: bool) -> None:
    """The role model on abstracts whose sentences have roles."""
    from assignee.engines.roles import RoleModel
    from assignee.evals import extract as extraction
    from assignee.evals.readers import role_items

    items = role_items(data, split)[:limit]
    trained = split != "train" and (data / "train.jsonl").is_file()
    known = role_items(data, "train") if trained else []
    with console(stderr=True).status("reading abstracts"):
        found = extraction.extract(items, known, RoleModel())
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    from assignee.evals.claim_tables import show_extraction

    show_extraction(found)


def measure_papers(
    papers: Sequence[Path],
    question: str,
    settings: "Settings",
    *,
    limit: int | None,
    as_json: bool,
) -> None:
    """The program's own extraction on papers."""
    from assignee.evals.engines import opened
    from assignee.evals.paper_claims import PaperClaims, measure

    documents = documents_of(papers)[:limit]

    async def measured() -> PaperClaims:
        async with opened(settings, announce=lambda: sending(settings)) as chosen:
            return await measure(documents, question, chosen, settings)

    with console(stderr=True).status("extracting claims"):
        found = asyncio.run(measured())
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    from assignee.evals.claim_tables import show_paper_claims

    show_paper_claims(found)


def documents_of(paths: Sequence[Path]) -> "list[Document]":
    """What can be read under the paths, each document once; what cannot is named.

    Raises:
        NoPapersError: a path does not exist, or nothing can be read.
    """
    from assignee.reading.reader import iter_folder

    found: dict[str, Document] = {}
    for path in paths:
        if not path.exists():
            raise NoPapersError(f"{str(path)!r} does not exist; name a file or a folder")
        for one in iter_folder(path):
            if isinstance(one, ReadingError):
                note(f"left out: {one}")
            else:
                found.setdefault(one.paper.id, one)
    if not found:
        raise NoPapersError(f"there is nothing that can be read in {', '.join(map(str, paths))}")
    return list(found.values())


def report(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Our report.json, or a report as text, Markdown or HTML."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Measure how far reports' answers rest on the words that they cite, by the local judge.

    Listed are sentences that their quotes do not support, or that cite nothing, and numbers that
    do not stand in the words cited. A report that shows no quotes for what it cites can be told
    little of; it says of how much.
    """
    from assignee.engines.embedder import Embedder
    from assignee.engines.local.engine import local_engine
    from assignee.evals.grounding import grounding, read_answer

    answers = [(str(file), *read_answer(file)) for file in files]
    judge = local_engine(Embedder()).judge
    with console(stderr=True).status("judging sentences"):
        found = [
            asyncio.run(grounding(one, judge, name=name, counts=counts))
            for name, one, counts in answers
        ]
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    from assignee.evals.claim_tables import show_grounding

    for one in found:
        show_grounding(one)
        show("")
