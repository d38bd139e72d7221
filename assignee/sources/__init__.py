"""Literature sources, one a file, behind one small interface."""

from assignee.sources.base import Criteria, QueryLog, Source, SourceResult
from assignee.sources.folder import FolderSource
from assignee.sources.shelf import ShelfSource

__all__ = ["Criteria", "FolderSource", "QueryLog", "ShelfSource", "Source", "SourceResult"]
