"""The published JSON schema of report.json; `python -m assignee.report.schema FILE…` writes it."""

import json
import sys
from pathlib import Path

from assignee.records import Report

SCHEMA_FILE = Path(__file__).parent / "report.schema.json"
"""The schema as it ships; a copy stands in docs/."""


def schema_text() -> str:
    """The JSON schema (draft 2020-12) that every report.json validates against."""
    return json.dumps(Report.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in sys.argv[1:] or [str(SCHEMA_FILE)]:
        Path(name).write_text(schema_text(), encoding="utf-8")
