"""Literature services on this machine: the documented formats of six, over a small corpus.

For tests, and for anyone without a network.

    with LiteratureServer() as server:
        source = ArxivSource(web, criteria, base_url=server.base_urls["arXiv"])
"""

from assignee.offline.corpus import Corpus, Work
from assignee.offline.exchange import Reply, Request
from assignee.offline.server import LiteratureServer

__all__ = ["Corpus", "LiteratureServer", "Reply", "Request", "Work"]
