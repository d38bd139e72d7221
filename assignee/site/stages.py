"""The stages of the research machine in the order of its drawing, as the page shows them."""

from typing import NamedTuple


class Stage(NamedTuple):
    """One node that tells of its progress."""

    name: str
    does: str


STAGES = (
    Stage("plan", "takes the question apart"),
    Stage("search", "asks each source"),
    Stage("identify", "finds which records are one work"),
    Stage("screen", "chooses what to read"),
    Stage("follow", "follows citations"),
    Stage("fetch", "gets full texts"),
    Stage("ready", "keeps what can be read"),
    Stage("extract", "takes claims from each paper"),
    Stage("verify", "checks claims against other papers"),
    Stage("write", "writes the answer"),
    Stage("review", "rates it, each reviewer alone"),
    Stage("revise", "acts on what reviewers found"),
    Stage("finish", "puts the report together"),
)
