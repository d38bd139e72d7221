"""Reads datasets from folders, told apart by their files: scores or verdicts that are on record.

Known are the harness's own form (`dataset.json` and `samples.jsonl`, one `Sample` a line) and those
of four public panels: ICLR 2022 reviews (`human_ratings.jsonl`, `llm_reviews.jsonl`), HANNA
(`hanna_panel.jsonl`), LLMBar (`llmbar_panel.jsonl`) and recorded verdicts on claims (a JSONL file
whose lines have `gold` and `verdicts`). `docs/panels.md` says where they come from.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Annotated, Literal, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError

from assignee.agents.dossier import dossier_of_parsed, dossier_of_report
from assignee.errors import AssigneeError, SettingsError, nearest
from assignee.evals.readers import DocId, damaged, fault, fields_of, lines_of, rows_of
from assignee.evals.trials.records import Dataset, Kind, Sample
from assignee.evals.trials.verdicts import VerdictItem, VerdictSet
from assignee.reading.report import read_report_file
from assignee.records import Dossier
from assignee.report import read_report

Criterion = Literal["RE", "CH", "EM", "SU", "EG", "CX", "mean"]
"""HANNA's: relevance, coherence, empathy, surprise, engagement, complexity, or the mean of them."""
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
ICLR_SCALE = (1.0, 10.0)
HANNA_SCALE = (1.0, 5.0)
VERDICT_LABELS = ("SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO")

WHERE = """\
the public panels are made from these repositories:
  ICLR 2022 reviews   https://github.com/SakanaAI/AI-Scientist (review_iclr_bench)
  HANNA               https://github.com/dig-team/hanna-benchmark-asg
  LLMBar              https://github.com/princeton-nlp/LLMBar
  verdicts on claims  https://github.com/metareflection/claimcheck (eval/results)
docs/panels.md tells the form of each file, and that of a dataset of your own"""

Row = TypeVar("Row", bound=BaseModel)
Name = Annotated[str, Field(min_length=1)]
IclrScore = Annotated[float, Field(ge=1, le=10)]
HannaScore = Annotated[float, Field(ge=1, le=5)]
JudgeScore = Annotated[float, Field(allow_inf_nan=False, le=5)]


class _Ratings(BaseModel):
    """A paper of the ICLR panel with its human scores."""

    paper_id: Name
    human_scores: tuple[IclrScore, ...]
    decision: Annotated[str, Field(pattern="^(Accept|Reject)")]


class _LlmReview(BaseModel):
    """One recorded review of the ICLR panel."""

    paper_id: Name
    reviewer: Name
    overall: IclrScore | None = Field(default=None, validation_alias="Overall")


class _HumanCriteria(BaseModel):
    """One human's ratings of a story."""

    RE: HannaScore
    CH: HannaScore
    EM: HannaScore
    SU: HannaScore
    EG: HannaScore
    CX: HannaScore


class _JudgeCriteria(BaseModel):
    """One judge's ratings of a story; below 1 they seem to hold marks of unreadable replies."""

    RE: JudgeScore
    CH: JudgeScore
    EM: JudgeScore
    SU: JudgeScore
    EG: JudgeScore
    CX: JudgeScore


class _Story(BaseModel):
    """A story of HANNA."""

    system: Name
    prompt_idx: int
    human: tuple[_HumanCriteria, ...]
    llm: dict[str, _JudgeCriteria]


class _Orders(BaseModel):
    """A judge's winner in both orders of presentation; both are left out where it never judged."""

    ab: Literal["1", "2"] | None = None
    ba: Literal["1", "2"] | None = None


class _Comparison(BaseModel):
    """An item of LLMBar."""

    subset: Name
    idx: int
    input: str
    label: Literal[1, 2]
    judges: dict[str, _Orders]


class _Verdicts(BaseModel):
    """A claim with a document and recorded verdicts."""

    id: DocId
    doc_id: DocId
    gold: Literal["SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"]
    verdicts: dict[str, Literal["SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"] | None]


class _Header(BaseModel):
    """A `dataset.json`."""

    name: Name
    kind: Kind
    scale: tuple[float, float] = (0.0, 10.0)


class _Line(Sample):
    """A line of a `samples.jsonl`."""

    report: str | None = None
    """File of the report beside it, from which the dossier is made."""


class Numbered(NamedTuple):
    """A record with the place where it stands."""

    path: Path
    line: int
    id: str


def read_recorded(folder: Path, *, part: str | None = None) -> Dataset | VerdictSet:
    """The dataset in a folder.

    Args:
        folder: holds the files of one of the known forms.
        part: one of HANNA's criteria (without it the mean of all), or the beginning of the names
            of LLMBar's subsets, such as `Natural`; the other forms have no parts.

    Raises:
        SettingsError: there is no such folder, form or part; the message says where to get data.
        ReadingError: a file is damaged; the message names the line.
    """
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {str(folder)!r}; {WHERE}")
    readers: dict[str, Callable[[Path], Dataset | VerdictSet]] = {
        "dataset.json": own,
        "human_ratings.jsonl": iclr,
        "hanna_panel.jsonl": lambda place: hanna(place, criterion=_criterion(part)),
        "llmbar_panel.jsonl": lambda place: llmbar(place, subset=part),
    }
    found = next((name for name in readers if (folder / name).is_file()), None)
    if part is not None and found not in ("hanna_panel.jsonl", "llmbar_panel.jsonl"):
        raise SettingsError(f"the dataset in {str(folder)!r} has no parts, so also none {part!r}")
    if found is not None:
        return readers[found](folder)
    files = [p for p in sorted(folder.glob("*.jsonl")) if {"gold", "verdicts"} <= fields_of(p)]
    if len(files) == 1:
        return verdicts_on_claims(files[0])
    what = "no known dataset is" if not files else f"several sets of verdicts ({len(files)}) are"
    raise SettingsError(f"{what} in {str(folder)!r}; {WHERE}")


def _criterion(part: str | None) -> Criterion:
    for criterion in CRITERIA:
        if criterion == (part or "mean"):
            return criterion
    raise SettingsError(f"HANNA has no criterion {part!r}; {nearest(str(part), CRITERIA)}")


def numbered(path: Path, model: type[Row]) -> Iterator[tuple[int, Row]]:
    """The records of a JSONL file with the numbers of their lines.

    Raises:
        ReadingError: the file is missing, or a line is damaged.
    """
    for line, row in zip(lines_of(path), rows_of(path, model), strict=True):
        yield line.number, row


def _refuse_doubles(places: Iterable[Numbered]) -> None:
    seen: dict[str, int] = {}
    for path, line, id_ in places:
        if id_ in seen:
            raise damaged(path, line, f"the id {id_!r} stands on line {seen[id_]} already")
        seen[id_] = line


def iclr(folder: Path) -> Dataset:
    """ICLR 2022 papers with the scores of their human reviewers and of recorded models, 1 to 10.

    The papers' texts are no part of it, so their length is unknown.

    Raises:
        ReadingError: a file is missing or damaged, a paper or a review stands there twice, or a
            review is of a paper without ratings.
    """
    path, reviews = folder / "human_ratings.jsonl", folder / "llm_reviews.jsonl"
    papers = list(numbered(path, _Ratings))
    _refuse_doubles(Numbered(path, line, paper.paper_id) for line, paper in papers)
    given: dict[str, dict[str, float | None]] = {paper.paper_id: {} for _, paper in papers}
    for line, review in numbered(reviews, _LlmReview):
        if review.paper_id not in given:
            raise damaged(reviews, line, f"{path.name} has no paper {review.paper_id!r}")
        if review.reviewer in given[review.paper_id]:
            twice = f"{review.reviewer!r} reviewed {review.paper_id!r} before"
            raise damaged(reviews, line, twice)
        given[review.paper_id][review.reviewer] = review.overall
    samples = tuple(
        Sample(
            id=paper.paper_id,
            group=paper.paper_id,
            human=paper.human_scores,
            accepted=paper.decision.startswith("Accept"),
            recorded=given[paper.paper_id],
        )
        for _, paper in papers
    )
    return Dataset(name=folder.name, kind="recorded", scale=ICLR_SCALE, samples=samples)


def hanna(folder: Path, *, criterion: Criterion = "mean") -> Dataset:
    """HANNA's stories with three human ratings and those of recorded judges, 1 to 5.

    A judge's rating is the mean of several replies, of which an unreadable one seems to count as -1
    in the published file. What lies below 1 is read as missing; what stays above cannot be told.
    The mean of the criteria is missing where one of them is.

    Raises:
        ReadingError: the file is missing or damaged, or a story stands there twice.
    """
    path = folder / "hanna_panel.jsonl"
    stories = list(numbered(path, _Story))
    samples = tuple(
        Sample(
            id=f"{story.prompt_idx}/{story.system}",
            group=str(story.prompt_idx),
            human=tuple(fmean(_wanted(human, criterion)) for human in story.human),
            recorded={j: _readable(_wanted(given, criterion)) for j, given in story.llm.items()},
        )
        for _, story in stories
    )
    _refuse_doubles(
        Numbered(path, line, sample.id) for (line, _), sample in zip(stories, samples, strict=True)
    )
    name = f"{folder.name}, {criterion}"
    return Dataset(name=name, kind="recorded", scale=HANNA_SCALE, samples=samples)


def _wanted(given: BaseModel, criterion: Criterion) -> list[float]:
    ratings: dict[str, float] = given.model_dump()
    return list(ratings.values()) if criterion == "mean" else [ratings[criterion]]


def _readable(ratings: list[float]) -> float | None:
    return None if min(ratings) < HANNA_SCALE[0] else fmean(ratings)


def llmbar(folder: Path, *, subset: str | None = None) -> VerdictSet:
    """LLMBar's pairs of outputs, the better one, and the judges' winners in both orders.

    Judges without any verdict on record are left out. Pairs of one instruction are one group.

    Raises:
        SettingsError: no subset's name begins like that.
        ReadingError: the file is missing or damaged, or an item stands there twice.
    """
    path = folder / "llmbar_panel.jsonl"
    rows = list(numbered(path, _Comparison))
    _refuse_doubles(Numbered(path, line, _pair_id(row)) for line, row in rows)
    chosen = [row for _, row in rows if row.subset.startswith(subset or "")]
    if not chosen:
        known = nearest(str(subset), {row.subset for _, row in rows})
        raise SettingsError(f"{str(path)!r} has no subset {subset!r}; {known}")
    items = tuple(
        VerdictItem(
            id=_pair_id(row),
            group=" ".join(row.input.casefold().split()) or _pair_id(row),
            gold=str(row.label),
            votes={j: (v.ab, v.ba) for j, v in row.judges.items() if v.model_fields_set},
        )
        for row in chosen
    )
    name = folder.name if subset is None else f"{folder.name}, {subset}"
    return VerdictSet(name=name, labels=("1", "2"), orders=("ab", "ba"), items=items)


def _pair_id(row: _Comparison) -> str:
    return f"{row.subset}/{row.idx}"


def verdicts_on_claims(path: Path) -> VerdictSet:
    """Claims, each with a document, the right verdict and recorded ones.

    Raises:
        ReadingError: the file is missing or damaged, or a pair stands there twice.
    """
    rows = list(numbered(path, _Verdicts))
    items = tuple(
        VerdictItem(
            id=f"{row.id}/{row.doc_id}",
            group=str(row.doc_id),
            gold=row.gold,
            votes={judge: (verdict,) for judge, verdict in row.verdicts.items()},
        )
        for _, row in rows
    )
    _refuse_doubles(
        Numbered(path, line, item.id) for (line, _), item in zip(rows, items, strict=True)
    )
    return VerdictSet(name=path.stem, labels=VERDICT_LABELS, items=items)


def own(folder: Path) -> Dataset:
    """A dataset in the harness's own form; a rated sample's report is read from beside it.

    Raises:
        ReadingError: a file is missing or damaged, an id stands there twice, a score lies outside
            the scale, or a sample that is reviewed live has neither dossier nor report.
    """
    described, path = folder / "dataset.json", folder / "samples.jsonl"
    try:
        header = _Header.model_validate_json(described.read_bytes())
    except ValidationError as error:
        raise damaged(described, 1, fault(error)) from None
    lines = list(numbered(path, _Line))
    _refuse_doubles(Numbered(path, number, line.id) for number, line in lines)
    samples = tuple(_sample(path, number, line, header) for number, line in lines)
    return Dataset(name=header.name, kind=header.kind, scale=header.scale, samples=samples)


def _sample(path: Path, number: int, line: _Line, header: _Header) -> Sample:
    if line.dossier is not None and line.report is not None:
        raise damaged(path, number, f"sample {line.id!r} has both a dossier and a report")
    dossier = line.dossier
    if line.report is not None:
        dossier = _dossier_beside(path, number, line.report)
    if dossier is None and header.kind != "recorded":
        raise damaged(path, number, f"sample {line.id!r} needs a `report` (a file's name) or a "
                      f"`dossier`: {header.kind} samples are reviewed live")  # fmt: skip
    words = line.words if line.words is not None or dossier is None else _words(dossier)
    fields = {name: getattr(line, name) for name in Sample.model_fields}
    sample = Sample(**{**fields, "dossier": dossier, "words": words})
    try:
        Dataset(name=header.name, kind=header.kind, scale=header.scale, samples=(sample,))
    except ValidationError as error:
        raise damaged(path, number, fault(error).removeprefix("Value error, ")) from None
    return sample


def _dossier_beside(path: Path, number: int, name: str) -> Dossier:
    place = path.parent / name
    if not place.resolve().is_relative_to(path.parent.resolve()):
        raise damaged(path, number, f"the report {name!r} does not lie in the dataset's folder")
    try:
        return dossier_in(place)
    except AssigneeError as error:
        raise damaged(path, number, str(error)) from error


def dossier_in(path: Path) -> Dossier:
    """The dossier of our `report.json`, or of a report that something else wrote.

    Raises:
        ReportFormatError: the file is missing or is no report.
    """
    if path.suffix == ".json":
        return dossier_of_report(read_report(path))
    return dossier_of_parsed(read_report_file(path), relevance=None, papers=(), passages=())


def _words(dossier: Dossier) -> int:
    return sum(len(section.text.split()) for section in dossier.sections)
