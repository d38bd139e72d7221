"""Papers, passages, records and vectors on disk."""

from assignee.library.library import AddResult, Library
from assignee.library.search import Hit
from assignee.library.vectors import EmbedderProtocol

__all__ = ["AddResult", "EmbedderProtocol", "Hit", "Library"]
