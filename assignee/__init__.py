"""Assignee Research: literature syntheses whose every claim is quoted, checked and rated."""

from assignee.api import Assignee
from assignee.errors import AssigneeError
from assignee.records import ForeignReview, Report
from assignee.settings import Settings
from assignee.version import VERSION as __version__

__all__ = ["Assignee", "AssigneeError", "ForeignReview", "Report", "Settings", "__version__"]
