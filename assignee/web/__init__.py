"""The way out to the web: polite, patient to a deadline, and never to private addresses."""

from assignee.web.client import Web
from assignee.web.reply import Reply, WebError

__all__ = ["Reply", "Web", "WebError"]
