"""Screening: which papers are read closely, and why the others are not.

The first of these that applies decides: a retraction, a withdrawal, the user's own decision, what
the search was restricted to, the user's criteria, the relevance. Nothing is left out in silence:
every paper gets its reason.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from assignee.agents.criteria import MET, OPEN, Candidate, ruled, to_compare
from assignee.agents.eligibility import Answers, criteria_of
from assignee.agents.notices import retraction
from assignee.agents.wording import disarmed, listed, verb
from assignee.engines.protocol import Ranker
from assignee.errors import UserError
from assignee.reading.cleaning import clean, decode
from assignee.records import Screened, Terms

__all__ = [
    "COLUMNS",
    "Candidate",
    "Closeness",
    "Decision",
    "compared",
    "judged",
    "read_screening_csv",
    "screening_csv",
]

Decision = Literal["include", "exclude"]
"""What the user wrote into the screening file."""

Closeness = Mapping[str, Mapping[str, float]]
"""Criterion to paper id to how close title and abstract come to it, 0 to 1."""

NO_TERMS = Terms()
NO_DECISIONS: Mapping[str, Decision] = MappingProxyType({})
NOT_COMPARED: Closeness = MappingProxyType({})
NOT_ASKED: Answers = MappingProxyType({})

COLUMNS = ("decision", "paper_id", "outcome", "by", "reason", "relevance", "round", "title")
"""Of the screening file; only the first two are read back."""


class _Judged(NamedTuple):
    """What decided about one candidate before its relevance did."""

    by: Literal["retraction", "withdrawal", "user", "criteria"]
    included: bool
    reason: str


async def compared(
    candidates: Sequence[Candidate], terms: Terms, ranker: Ranker
) -> dict[str, dict[str, float]]:
    """How close each candidate's title and abstract come to the criteria that rules leave open.

    Candidates without an abstract are not compared: a title says too little.
    """
    having = [one for one in candidates if one.abstract]
    texts = [f"{one.paper.title}\n{one.abstract}" for one in having]
    ids = [one.paper.id for one in having]
    found = {}
    for sentence in criteria_of(terms):
        if texts and (wanted := to_compare(sentence)):
            found[sentence] = dict(zip(ids, await ranker.rank(wanted, texts), strict=True))
    return found


def judged(
    candidates: Sequence[Candidate],
    *,
    relevance: Mapping[str, float],
    limit: int,
    terms: Terms = NO_TERMS,
    closeness: Closeness = NOT_COMPARED,
    answers: Answers = NOT_ASKED,
    screener: str | None = None,
    decisions: Mapping[str, Decision] = NO_DECISIONS,
    round_: int = 1,
) -> list[Screened]:
    """One record a candidate: first those to read, most relevant first, then the others.

    Args:
        candidates: the pool, without what was read in earlier rounds.
        relevance: paper id to its score; a paper without one ranks last.
        limit: how many are read; papers that the user includes are read beyond it.
        terms: days, kinds, language and the user's criteria.
        closeness: from `compared`; without it what rules leave open stays open.
        answers: of a screener, from `eligibility.asked`; they go before closeness.
        screener: its name, where one was asked: each reason then tells who decided.
        decisions: the user's, from `read_screening_csv`.
        round_: of the search.
    """
    asked, rows, open_ = _Criteria(terms, closeness, answers, screener), [], []
    for one in sorted(candidates, key=lambda one: _rank(one, relevance)):
        if (found := _decided(one, decisions, asked)) is None:
            open_.append(one)
        else:
            rows.append(_row(one, found.included, found.by, found.reason, relevance, round_))
    chosen = [row for row in rows if row.decision == "included"]
    room = max(0, limit - len(chosen))
    for rank, one in enumerate(open_, 1):
        read = rank <= room
        reason = _ranked(rank, len(open_), relevance.get(one.paper.id), None if read else room)
        reason += asked.left_open(one) if read else ""
        by: Literal["relevance", "limit"] = "relevance" if read else "limit"
        rows.append(_row(one, read, by, reason, relevance, round_))
    return sorted(rows, key=lambda row: row.decision == "excluded")


def _rank(one: Candidate, relevance: Mapping[str, float]) -> tuple[bool, float, str]:
    score = relevance.get(one.paper.id)
    return score is None, -(score or 0.0), one.paper.id


def _ranked(rank: int, of: int, score: float | None, read: int | None) -> str:
    told = "not scored" if score is None else f"score {score:.3g}"
    cut = "" if read is None else f", and {verb(read, 'one was', f'{read:,} were')} to be read"
    return f"rank {rank:,} of {of:,} by relevance ({told}){cut}"


def _row(
    one: Candidate,
    included: bool,
    by: Literal["relevance", "criteria", "user", "limit", "retraction", "withdrawal"],
    reason: str,
    relevance: Mapping[str, float],
    round_: int,
) -> Screened:
    return Screened(
        paper_id=one.paper.id,
        title=one.paper.title,
        decision="included" if included else "excluded",
        by=by,
        reason=reason,
        relevance=relevance.get(one.paper.id),
        round=round_,
    )


class _Criteria:
    """What is asked of every paper, with what the screener and the ranker said of it."""

    def __init__(
        self, terms: Terms, closeness: Closeness, answers: Answers, screener: str | None
    ) -> None:
        self._terms = terms
        self._closeness = closeness
        self._answers = answers
        self._screener = screener
        self._seen = {
            sentence: max(values.values(), default=0.0) >= MET
            for sentence, values in closeness.items()
        }

    def against(self, one: Candidate) -> str | None:
        """The first thing that speaks against a paper; `None` when nothing surely does."""
        if outside := next(_outside(one, self._terms), None):
            return outside
        for sentence in self._terms.include:
            met, why = self._ruled(sentence, one)
            if met is False:
                return f"it does not meet “{sentence}”: {why}"
        for sentence in self._terms.exclude:
            met, why = self._ruled(sentence, one)
            if met:
                return f"it falls under “{sentence}”: {why}"
        return None

    def left_open(self, one: Candidate) -> str:
        """The criteria that nobody could decide for the paper, as the end of its reason."""
        open_ = [
            f"“{each}”" for each in criteria_of(self._terms) if self._ruled(each, one)[0] is None
        ]
        asked = self._screener and one.paper.id in self._answers
        how = f"by {self._screener}" if asked else "by rules" if self._screener else "offline"
        return f"; could not be decided {how}: {listed(open_)}" if open_ else ""

    def _ruled(self, sentence: str, one: Candidate) -> tuple[bool | None, str]:
        answers = self._answers.get(one.paper.id)
        close = self._closeness.get(sentence, {}).get(one.paper.id) if answers is None else None
        seen = self._seen.get(sentence, False)
        met, why = ruled(sentence, one, closeness=close, seen=seen)
        if met is None and answers is not None:
            return answers.get(sentence, OPEN)
        return met, f"{why} (decided by rules)" if self._screener else why


def _outside(one: Candidate, terms: Terms) -> Iterator[str]:
    """How a paper lies outside what the search was restricted to; what is not known does not."""
    paper = one.paper
    if paper.year is not None:
        if terms.since and paper.year < int(terms.since[:4]):
            yield f"it is of {paper.year}, before {terms.since}"
        if terms.until and paper.year > int(terms.until[:4]):
            yield f"it is of {paper.year}, after {terms.until}"
    status = paper.publication_status
    if terms.statuses and status != "unknown" and status not in terms.statuses:
        yield f"its publication status is {status}, asked for was {' or '.join(terms.statuses)}"
    if terms.language and paper.language and paper.language != terms.language:
        yield f"its language is {paper.language}, asked for was {terms.language}"


def _decided(one: Candidate, decisions: Mapping[str, Decision], asked: _Criteria) -> _Judged | None:
    """What decides about a paper before its relevance does."""
    said = decisions.get(one.paper.id)
    despite = "; it is not read although you included it" if said == "include" else ""
    if taken_back := retraction(one.paper):
        return _Judged("retraction", False, f"it {taken_back}{despite}")
    if one.withdrawn:
        return _Judged("withdrawal", False, f"it was withdrawn{despite}")
    if said is not None:
        return _Judged("user", said == "include", f"you {said}d it")
    against = asked.against(one)
    return None if against is None else _Judged("criteria", False, against)


def screening_csv(rows: Sequence[Screened]) -> str:
    """The screening as CSV (RFC 4180) to edit: `include` or `exclude` goes in the first column.

    It begins with a byte order mark, by which spreadsheets tell that it is UTF-8. What the user
    decided before stands in the first column already.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([disarmed(cell) for cell in _cells(row)] for row in rows)
    return f"\ufeff{text.getvalue()}"


def _cells(row: Screened) -> tuple[str, ...]:
    return (
        row.decision.removesuffix("d") if row.by == "user" else "",
        row.paper_id,
        row.decision,
        row.by,
        row.reason,
        "" if row.relevance is None else f"{row.relevance:.4f}",
        str(row.round),
        " ".join(clean(row.title).split()),
    )


def read_screening_csv(path: Path) -> dict[str, Decision]:
    """The user's decisions by paper id; empty cells decide nothing.

    Columns may stand in any order and be parted by commas, semicolons or tabs, as spreadsheets
    save them.

    Raises:
        UserError: the file cannot be read, lacks a column, or has an unknown decision or two for
            one paper; the line is named.
    """
    decisions: dict[str, Decision] = {}
    for line, paper_id, word in _decision_cells(path):
        if not word:
            continue
        where = f"{str(path)!r}, line {line}"
        if word not in ("include", "exclude"):
            raise UserError(
                f"{where}: unknown decision {word!r}; write include, exclude or nothing"
            )
        if not paper_id:
            raise UserError(f"{where}: the decision {word!r} has no paper_id")
        said: Decision = "include" if word == "include" else "exclude"
        if decisions.setdefault(paper_id, said) != said:
            raise UserError(f"{where}: {paper_id} is included and excluded; keep one of the two")
    return decisions


def _decision_cells(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, paper id and decision of every row; the last of its lines where a row has several."""
    try:
        text = decode(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"the screening file {str(path)!r} cannot be read: {reason}") from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = [cell.strip().casefold() for cell in next(reader, [])]
        if missing := [name for name in COLUMNS[:2] if name not in names]:
            raise UserError(
                f"{str(path)!r} has no column {' and no column '.join(map(repr, missing))}: "
                "edit the screening.csv of a run"
            )
        decided, named = (names.index(name) for name in COLUMNS[:2])
        for row in reader:
            cells = [*row, *[""] * len(names)]
            yield reader.line_num, cells[named].strip(), cells[decided].strip().casefold()
    except csv.Error as error:
        raise UserError(f"{str(path)!r}, line {reader.line_num}: {error}") from error
