"""Writes a report's files, all or none at a time each, and reads a report back."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from assignee.errors import ReportFormatError, SettingsError
from assignee.records import SCHEMA_VERSION, ForeignReview, Report
from assignee.report import html, markdown
from assignee.report.block import Page
from assignee.report.drawing import can_draw
from assignee.report.index import Index
from assignee.report.page import report_page, review_page
from assignee.report.pictures import picture_section
from assignee.report.style import Style, style_of


class ReviewFiles(NamedTuple):
    """Where a review's files are."""

    markdown: Path
    html: Path
    json: Path


def render_markdown(report: Report, style: Style | None = None) -> str:
    """The report as Markdown (CommonMark with tables).

    Args:
        report: what is set.
        style: another than the report's own.

    Raises:
        ReportFormatError: the report's parts do not fit together, for instance a quote that is
            not its passage's words.
    """
    return markdown.render(report_page(report, style))


def render_html(report: Report, style: Style | None = None) -> str:
    """The report as one self-contained HTML file; raises as `render_markdown` does."""
    return html.render(illustrated(report, style or style_of(report)))


def render_pdf(report: Report, style: Style | None = None) -> bytes:
    """The report as PDF; raises as `render_markdown` does.

    Raises:
        SettingsError: Typst is not installed.
    """
    from assignee.report import pdf

    return pdf.render(illustrated(report, style or style_of(report)))


def illustrated(report: Report, style: Style) -> Page:
    """The page, with the pictures before the references where they are wanted and can be drawn."""
    page = report_page(report, style)
    if not style.plots or not can_draw():
        return page
    section = picture_section(report, style)
    if section is None:
        return page
    return replace(page, sections=(*page.sections[:-1], section, page.sections[-1]))


def render_json(report: Report) -> str:
    """The whole record as JSON, valid against `report.schema.json`."""
    return report.model_dump_json(indent=2) + "\n"


def render_review_markdown(review: ForeignReview) -> str:
    """The review of somebody else's report as Markdown."""
    return markdown.render(review_page(review))


def write_review(review: ForeignReview, folder: Path) -> ReviewFiles:
    """Writes review.md, review.html and review.json.

    Raises:
        SettingsError: the folder cannot be written to.
    """
    names = ReviewFiles(
        markdown=folder / "review.md",
        html=folder / "review.html",
        json=folder / "review.json",
    )
    page = review_page(review)
    texts = (markdown.render(page), html.render(page), review.model_dump_json(indent=2) + "\n")
    write_files(dict(zip(names, texts, strict=True)))
    return names


def write_files(contents: Mapping[Path, str | bytes]) -> None:
    """Writes each file whole; folders are made.

    Raises:
        SettingsError: a file cannot be written.
    """
    for path, content in contents.items():
        whole = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, whole)
        except OSError as error:
            raise SettingsError(
                f"{str(path)!r} cannot be written: {error.strerror}; name another folder"
            ) from error


def _replace(path: Path, content: bytes) -> None:
    """Writes a neighbour and renames it, so that no reader ever sees half a file."""
    neighbour = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with neighbour.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        neighbour.replace(path)
    finally:
        neighbour.unlink(missing_ok=True)


def read_report(path: Path) -> Report:
    """The report in a report.json.

    Raises:
        ReportFormatError: no such file, not a report, of another schema version, or with parts
            that do not fit together.
    """
    try:
        report = Report.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ReportFormatError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise ReportFormatError(f"{str(path)!r} is not a report: {_first(error)}") from error
    if report.schema_version != SCHEMA_VERSION:
        raise ReportFormatError(
            f"{str(path)!r} has schema version {report.schema_version}, this program reads "
            f"{SCHEMA_VERSION}: write it again with this version of the program"
        )
    Index.of(report)
    return report


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "the file"
    more = error.error_count() - 1
    return f"{place}: {first['msg']}" + (f" ({more} more like it)" if more else "")
