"""Memory that holds nothing of what was in it before, for an index that is written to disk."""

import ctypes
import sys

_M_PERTURB = -6
"""glibc's option: memory is filled when it is handed out and when it is given back."""


def fill_new_memory() -> None:
    """Have malloc fill memory from now on; does nothing where the C library cannot.

    Chroma 1.5.9 writes its index to disk with the room for later entries as malloc gave it, and so
    whatever the process had there before: text of papers, or an API key.
    """
    if sys.platform == "linux":
        option = getattr(ctypes.CDLL(None), "mallopt", None)
        if option is not None:
            option(_M_PERTURB, 1)
