"""The planner: a model takes the question apart."""

from assignee.engines.llm.adapter import Adapter, engine_name
from assignee.engines.llm.fence import one_line, visible
from assignee.engines.llm.replies import PlanReply
from assignee.records import Plan

MOST_SUBQUESTIONS = 5
MOST_QUERIES = 8


class LLMPlanner:
    """Plays the planner by one call."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self.name = engine_name("planner", adapter.settings)

    async def plan(self, question: str) -> Plan:
        """At most 5 sub-questions and 8 queries, without repetitions.

        Raises:
            EngineError: no usable reply, or a budget is spent.
        """
        reply = await self._adapter.ask("planner", {"question": visible(question)}, PlanReply)
        return Plan(
            subquestions=_tidy(reply.subquestions)[:MOST_SUBQUESTIONS] or (question,),
            queries=_tidy(reply.queries)[:MOST_QUERIES] or (question,),
            planner=self.name,
        )


def _tidy(lines: list[str]) -> tuple[str, ...]:
    whole = [one_line(line) for line in lines]
    return tuple({line.casefold(): line for line in reversed(whole) if line}.values())[::-1]
