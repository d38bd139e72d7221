"""Exports of reference managers, and lists of identifiers, as sources."""

from assignee.sources.exports.files import SUFFIXES, ExportSource, is_export, read_export
from assignee.sources.exports.id_list import IdList, parse_ids, read_id_list

__all__ = [
    "SUFFIXES",
    "ExportSource",
    "IdList",
    "is_export",
    "parse_ids",
    "read_export",
    "read_id_list",
]
