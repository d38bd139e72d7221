"""What publishers' notices about a paper say, in the words of a sentence.

Of a retracted paper nothing counts: its words are shown with the notice, and neither support nor
contradict.
"""

from assignee.records import Notice, Paper

_WORDS = {
    "retraction": "was retracted",
    "correction": "was corrected",
    "expression of concern": "is under an expression of concern",
}


def noticed(notice: Notice) -> str:
    """`was retracted on 2021-03-01 (notice: doi:10.5555/n)`, as far as it is known."""
    when = f" {'in' if len(notice.date) < 10 else 'on'} {notice.date}" if notice.date else ""
    where = f" (notice: doi:{notice.doi})" if notice.doi else ""
    return f"{_WORDS[notice.kind]}{when}{where}"


def retraction(paper: Paper) -> str | None:
    """That the paper was retracted, as far as it is known when and where; `None` if it was not."""
    notice = next((one for one in paper.notices if one.kind == "retraction"), None)
    return noticed(notice) if notice else None
