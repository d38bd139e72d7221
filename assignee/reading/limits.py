"""How much one file may cost to read."""

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds for one file; what exceeds them is a ReadingError, never a crash."""

    file_bytes: int = 100 * 2**20
    """Largest file that is opened."""
    seconds: float = 60.0
    """Wall time for one PDF."""
    memory_bytes: int = 2 * 2**30
    """Address space of the PDF worker, where the system can limit it (not on Windows)."""


DEFAULT_LIMITS = Limits()
