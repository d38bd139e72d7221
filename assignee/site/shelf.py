"""The shelf: reports, papers and documents of one home, read without keeping a writer out."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assignee.errors import LibraryError, RunNotFoundError
from assignee.records import Paper, Report, Section
from assignee.report.index import Index

if TYPE_CHECKING:
    from assignee.api import Assignee
    from assignee.library import Library
    from assignee.runs import Run

KEPT = 8
"""Reports that are kept in memory; one of 300 claims takes some 5 MB."""


class Shelf:
    """Reads one home; its methods may be called in any thread."""

    def __init__(self, assignee: "Assignee") -> None:
        self._assignee = assignee
        self._opening = threading.Lock()
        self._opened: Library | None = None
        self._reports: OrderedDict[str, tuple[Report, Index]] = OrderedDict()

    @property
    def _library(self) -> "Library | None":
        """The library for reading, or `None` as long as there is none."""
        with self._opening:
            if self._opened is None:
                try:
                    self._opened = self._assignee.reading_library()
                except LibraryError:
                    return None
            return self._opened

    def papers(self) -> list[Paper]:
        """The papers of the library by title."""
        library = self._library
        papers = library.papers() if library else []
        return sorted(papers, key=lambda paper: paper.title.casefold())

    def named(self, ids: Sequence[str]) -> list[Paper]:
        """Those of the ids that are papers of the library."""
        library = self._library
        return library.papers(ids) if library and ids else []

    def found(self, words: str, limit: int) -> tuple[list[Paper], int]:
        """The first papers by title whose title, authors or year hold the words, and how many do.

        Without words all papers fit.
        """
        library = self._library
        return library.papers_found(words.split(), limit=limit) if library else ([], 0)

    def document(self, paper_id: str) -> tuple[Paper, str, list[Section]] | None:
        """A paper with its text and sections; `None` when it is not in the library."""
        library = self._library
        found = library.papers([paper_id]) if library else []
        if not library or not found:
            return None
        return found[0], library.text(paper_id), library.sections(paper_id)

    def report(self, run: "Run") -> tuple[Report, Index]:
        """The report of a finished run, with its numbers.

        Raises:
            RunNotFoundError: the run has none.
        """
        if run.report is None:
            raise RunNotFoundError(f"the run {run.id!r} has no report")
        return self.by_digest(run.report)

    def by_digest(self, digest: str) -> tuple[Report, Index]:
        """The report of that digest, with its numbers.

        Raises:
            RunNotFoundError: it is not in the library.
        """
        with self._opening:
            if digest in self._reports:
                self._reports.move_to_end(digest)
                return self._reports[digest]
        library = self._library
        try:
            found = library.get(Report, [digest]) if library else []
        except LibraryError:
            found = []
        if not found:
            raise RunNotFoundError(f"the report {digest!r} is not in this library")
        kept = (found[0], Index.of(found[0]))
        with self._opening:
            self._reports[digest] = kept
            if len(self._reports) > KEPT:
                self._reports.popitem(last=False)
        return kept
