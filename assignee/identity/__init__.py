"""One identity a paper: which records are the same work, and what the merged record says."""

from assignee.identity.matching import Works, same
from assignee.identity.merging import Merged, merged

__all__ = ["Merged", "Works", "merged", "same"]
