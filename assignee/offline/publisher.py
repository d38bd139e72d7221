"""A publisher's site: landing pages and PDFs, some of which are not what they claim to be."""

import re

from assignee.offline import mischief, pages
from assignee.offline.corpus import Corpus, Work
from assignee.offline.exchange import HTML, PDF, Reply, Request

NAME = "Publisher"


class Publisher:
    """Answers `/articles/KEY` and `/articles/KEY.pdf`."""

    def __init__(self, corpus: Corpus) -> None:
        self._works = {work.key: work for work in corpus.works}

    def __call__(self, request: Request) -> Reply:
        """The reply to a request."""
        match = re.match(r"/articles/([\w-]+)(\.pdf)?$", request.path)
        work = self._works.get(match[1]) if match else None
        if match is None or work is None or work.publisher_page is None:
            return Reply(b"<!DOCTYPE html><title>Page not found</title>", HTML, 404)
        return _file(work, request) if match[2] else Reply(pages.landing_page(work), HTML)


def _file(work: Work, request: Request) -> Reply:
    honest = Reply(pages.pdf(work), PDF)
    acts = {
        "html": mischief.html_as(PDF),
        "loop": mischief.redirect_loop(),
        "private": mischief.private_redirect(),
        "huge": mischief.huge(),
    }
    act = acts.get(work.publisher_page or "pdf")
    return act(request, honest) if act else honest
