"""Every error that the program raises on purpose, and what it asks of the user.

AssigneeError
├── UserError                 what the user must fix
│   ├── SettingsError           an unknown or impossible setting, panel or engine
│   ├── QuestionError           an empty or absurd question
│   ├── NoPapersError           nothing to read
│   ├── RunNotFoundError        no run of that id
│   ├── SessionNotFoundError    no session of that id or name
│   ├── ReportFormatError       a report under review that cannot be read
│   └── BudgetError             a budget that cannot be kept
├── LibraryError              the library on disk
│   ├── LibraryLockedError      another process is its writer
│   ├── LibraryCorruptError     the database is damaged
│   └── LibraryVersionError     made by another version of the program or of the embedder
├── ReadingError              one document could not be read
├── SourceError               a literature service gave no usable answer
├── ModelFileError            a model file of the local engine is missing or damaged
├── EngineError               an engine gave no usable answer
│   ├── EndpointError           the endpoint refused or was not reached
│   └── ReplyError              its reply could not be used after the repair turn
└── NoEvidenceError           the run ended without evidence: no report is written
"""

from collections.abc import Iterable
from difflib import get_close_matches


class AssigneeError(Exception):
    """Base of every error raised on purpose; its text names the remedy."""

    exit_code = 1


class UserError(AssigneeError):
    """Something that the user must fix."""

    exit_code = 2


class SettingsError(UserError):
    """An unknown or impossible setting, panel or engine."""


class QuestionError(UserError):
    """A question that cannot be researched."""


class NoPapersError(UserError):
    """No paper could be read from what was given."""


class RunNotFoundError(UserError):
    """No run with that id in this home."""


class SessionNotFoundError(UserError):
    """No session of that id or name in this home."""


class ReportFormatError(UserError):
    """A file that does not read as a report."""


class BudgetError(UserError):
    """A budget that cannot be kept, such as money at an unknown price."""


class LibraryError(AssigneeError):
    """The library on disk cannot be used."""

    exit_code = 3


class LibraryLockedError(LibraryError):
    """Another process writes this library."""


class LibraryCorruptError(LibraryError):
    """The library's database is damaged."""


class LibraryVersionError(LibraryError):
    """The library was made by another schema version or embedder."""


class SourceError(AssigneeError):
    """A literature service, or a page on the web, gave no usable answer."""


class ReadingError(AssigneeError):
    """One document could not be read; the others go on.

    Attributes:
        path: the document's name as the user gave it.
        reason: one clause, such as "encrypted" or "no text: probably scanned".
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path!r} was not read: {reason}")
        self.path = path
        self.reason = reason


class ModelFileError(AssigneeError):
    """A model file of the local engine is missing or damaged."""


class EngineError(AssigneeError):
    """An engine gave no usable answer."""

    exit_code = 4


class EndpointError(EngineError):
    """The model endpoint refused the call or was not reached."""


class ReplyError(EngineError):
    """A model's reply could not be used, also after one repair turn.

    Attributes:
        raw: the reply's text as it came.
    """

    def __init__(self, message: str, raw: str = "") -> None:
        super().__init__(message)
        self.raw = raw


class NoEvidenceError(AssigneeError):
    """The run found no evidence for any claim, so no report is written."""

    exit_code = 5


def nearest(name: str, known: Iterable[str]) -> str:
    """A clause that helps with a misspelt name: the nearest known one, then all of them."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}known: {', '.join(names)}"
