"""What tests of the page share: a server over a home, a client that came in, a hostile report."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sample_report import sample_report

from assignee import Assignee
from assignee.records import Draft, Passage, Quote, Report
from assignee.runs import Run
from assignee.site.server import Site

STARTED = "2026-06-06T10:00:00+00:00"


@contextmanager
def serving(program: Assignee) -> Iterator[Site]:
    """The page over that program, in a thread of its own."""
    site = Site(program)
    thread = threading.Thread(target=site.run)
    thread.start()
    try:
        yield site
    finally:
        site.stop()
        thread.join(10)
        assert not thread.is_alive()


def address(site: Site, path: str = "") -> str:
    """An address of the server without its token."""
    return f"http://127.0.0.1:{site.port}{path}"


@contextmanager
def entered(site: Site) -> Iterator[httpx.Client]:
    """A client that has exchanged the token for the cookie."""
    with httpx.Client(base_url=address(site), timeout=30) as client:
        assert client.get(site.first_address).status_code == 303
        yield client


def csrf(client: httpx.Client) -> str:
    """The token that a page gives to its forms."""
    found = re.search(r'name="csrf" content="([0-9a-f]+)"', client.get("/runs").text)
    assert found is not None
    return found[1]


def keep(program: Assignee, report: Report, run_id: str, **fields: Any) -> Run:
    """Put a finished run with that report into the home."""
    [digest] = program.library.put([report])
    run = Run(
        id=run_id,
        question=report.question,
        started=STARTED,
        status="finished",
        report=digest,
        score=report.rating.score,
        **fields,
    )
    program.runs.save(run)
    return run


def hostile_report(words: str) -> Report:
    """The sample report in which every title, name, claim, passage and question holds the words."""
    report = sample_report()
    passages = {p.id: p.model_copy(update={"text": p.text + words}) for p in report.passages}
    passages = {
        old: Passage.model_validate({**p.model_dump(), "end": p.start + len(p.text)})
        for old, p in passages.items()
    }

    first, *others = report.claims
    quote = first.quote
    text = passages[quote.passage_id].text
    longest = Quote(
        passage_id=quote.passage_id,
        paper_id=quote.paper_id,
        start=0,
        end=len(text),
        text=text,
    )
    return report.model_copy(
        update={
            "question": report.question + words,
            "draft": Draft(**{**report.draft.model_dump(), "title": report.draft.title + words}),
            "papers": tuple(
                p.model_copy(update={"title": p.title + words, "authors": (words, *p.authors)})
                for p in report.papers
            ),
            "passages": tuple(passages.values()),
            "claims": (
                first.model_copy(update={"text": first.text + words, "quote": longest}),
                *others,
            ),
            "warnings": (words,),
        }
    )
