"""The references as CSL-JSON, which reference managers and Pandoc read, in the report's order."""

import json
from typing import Any

from assignee.records import Paper, Report
from assignee.report.bibtex import citation_keys, notes_on
from assignee.report.index import Index
from assignee.report.label import is_cut, named_authors, parted_name, web_address
from assignee.report.ris import AUTHORS_ARE_CUT
from assignee.report.wording import one_line

TYPES = {
    "journal": "article-journal",
    "conference": "paper-conference",
    "preprint": "article",
    "unknown": "document",
}
"""Publication status to CSL's type; a preprint is an `article`, as CSL 1.0.2 says."""


def render_csl(report: Report) -> str:
    """Every document that was read, one item each, cited ones first.

    Raises:
        ReportFormatError: the report's parts do not fit together.
    """
    papers = tuple(Index.of(report).papers.values())
    keys = citation_keys(papers)
    items = [_item(paper, keys[paper.id]) for paper in papers]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(paper: Paper, key: str) -> dict[str, Any]:
    """One item; what is not known is left out."""
    fields: dict[str, Any] = {
        "id": key,
        "type": TYPES[paper.publication_status],
        "title": one_line(paper.title),
        "author": [_person(name) for name in named_authors(paper)],
        "issued": {"date-parts": [[paper.year]]} if paper.year else None,
        "container-title": one_line(paper.venue or ""),
        "DOI": one_line(paper.ids.doi or ""),
        "PMID": one_line(paper.ids.pmid or ""),
        "PMCID": one_line(paper.ids.pmcid or ""),
        "URL": web_address(paper.url),
        "language": one_line(paper.language or ""),
        "note": _note(paper),
    }
    return {name: value for name, value in fields.items() if value}


def _person(name: str) -> dict[str, str]:
    family, given = parted_name(name)
    return {"family": family, "given": given} if given else {"literal": family}


def _note(paper: Paper) -> str:
    told = [f"arXiv:{one_line(paper.ids.arxiv)}"] if paper.ids.arxiv else []
    told += notes_on(paper)
    if is_cut(paper):
        told.append(AUTHORS_ARE_CUT)
    return ". ".join(told)
