"""Assignee Research: literature syntheses whose every claim is quoted, checked and rated."""

from typing import TYPE_CHECKING

from assignee.version import VERSION as __version__

if TYPE_CHECKING:
    from assignee.api import Assignee
    from assignee.errors import AssigneeError
    from assignee.records import ForeignReview, Report
    from assignee.settings import Settings
else:

    def __getattr__(name: str) -> object:
        # PEP 562: pydantic and asyncio take 0.2 s to import, which `--version` need not wait for.
        homes = {
            "Assignee": "assignee.api",
            "AssigneeError": "assignee.errors",
            "ForeignReview": "assignee.records",
            "Report": "assignee.records",
            "Settings": "assignee.settings",
        }
        if name not in homes:
            raise AttributeError(f"module 'assignee' has no attribute {name!r}")
        from importlib import import_module

        return globals().setdefault(name, getattr(import_module(homes[name]), name))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = ["Assignee", "AssigneeError", "ForeignReview", "Report", "Settings", "__version__"]
