"""What all records share: they are frozen, JSON-ready and addressed by their digest."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION = 1
"""Version of the records' JSON form; written into reports, the library and every run's state."""


def digest_of(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """First 16 hex digits of the SHA-256 of the value's canonical JSON."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


class Record(BaseModel):
    """An immutable record; equal content means equal digest, on every machine."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    def digest(self) -> str:
        """The record's address: 16 hex digits over its canonical JSON."""
        return digest_of(self.model_dump(mode="json"))
