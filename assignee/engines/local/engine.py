"""The local engine put together: one role a file, one embedder behind them."""

from assignee.engines.local.critic import LocalCritic
from assignee.engines.local.extractor import LocalExtractor
from assignee.engines.local.judge import LocalJudge
from assignee.engines.local.memory import Kept, Memory, SentenceEmbedder, nothing_kept
from assignee.engines.local.planner import NAME as PLANNER
from assignee.engines.local.planner import LocalPlanner
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.local.writer import LocalWriter
from assignee.engines.protocol import Engine
from assignee.records import Usage


def local_engine(embedder: SentenceEmbedder, *, kept: Kept = nothing_kept) -> Engine:
    """Every role played by rules and the sentence embedder; `kept` saves it known vectors."""
    ranker = LocalRanker(Memory(embedder, kept=kept))
    judge, writer = LocalJudge(ranker), LocalWriter()
    return Engine(
        kind="local",
        planner=LocalPlanner(),
        ranker=ranker,
        extractor=LocalExtractor(ranker),
        judge=judge,
        writer=writer,
        critic=LocalCritic(),
        models={
            "planner": PLANNER,
            "ranker": embedder.model_id,
            "extractor": "local:rules-1",
            "judge": judge.name,
            "writer": writer.name,
            "critic": "local:checks-1",
        },
    )


class NoMeter:
    """The meter of an engine that calls no model."""

    def usages(self) -> tuple[Usage, ...]:
        """Nothing was used."""
        return ()

    def warnings(self) -> tuple[str, ...]:
        """Nothing went wrong."""
        return ()
