"""The screener: a model holds titles and abstracts against the user's criteria, ten a call."""

from collections.abc import Sequence

from assignee.engines.llm.adapter import Adapter, engine_name
from assignee.engines.llm.alias import Aliases
from assignee.engines.llm.fence import fence, one_line, visible
from assignee.engines.llm.replies import ScreenedCriterion, ScreenReply
from assignee.engines.protocol import CriterionAnswer, Eligible

_MET = {"met": True, "not met": False, "cannot tell": None}


class LLMScreener:
    """Plays the screener; invented papers and criteria are dropped."""

    batch_size = 10

    def __init__(self, adapter: Adapter, secret: bytes) -> None:
        self._adapter = adapter
        self._secret = secret
        self.name = engine_name("screener", adapter.settings)

    async def screen(
        self, criteria: Sequence[str], papers: Sequence[Eligible]
    ) -> list[list[CriterionAnswer] | None]:
        """The answers a paper, in order; `None` where a paper is missing in the reply.

        Raises:
            EngineError: no usable reply, or a budget is spent.
        """
        names, asked = Aliases("P", range(len(papers))), Aliases("K", range(len(criteria)))
        marks = fence(self._secret, [text for one in papers for text in (one.title, one.abstract)])
        shown = [
            marks.enclose("paper", f"{papers[place].title}\n\n{papers[place].abstract}", id=name)
            for name, place in names.items()
        ]
        values = {
            "nonce": marks.code,
            "criteria": visible("\n".join(f"{name}: {criteria[n]}" for name, n in asked.items())),
            "papers": "\n\n".join(shown),
        }
        reply = await self._adapter.ask("screener", values, ScreenReply)
        found: list[list[CriterionAnswer] | None] = [None] * len(papers)
        for screened in reply.papers:
            place = names.resolve(screened.paper)
            if place is not None and found[place] is None:
                found[place] = _answers(screened.criteria, asked)
        return found


def _answers(given: Sequence[ScreenedCriterion], asked: Aliases[int]) -> list[CriterionAnswer]:
    answers: dict[int, CriterionAnswer] = {}
    for one in given:
        number = asked.resolve(one.criterion)
        if number is not None:
            answer = CriterionAnswer(
                criterion=number,
                met=_MET[one.decision],
                quote=one.quote.strip(),
                why=one_line(one.reason) or "no reason given",
            )
            answers.setdefault(number, answer)
    return list(answers.values())
