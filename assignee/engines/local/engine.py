"""The local engine put together: one role a file, one embedder behind them."""

from assignee.engines.local import aggregation, reranker
from assignee.engines.local.answerer import LocalAnswerer
from assignee.engines.local.critic import LocalCritic
from assignee.engines.local.extractor import LocalExtractor
from assignee.engines.local.judge import LocalJudge
from assignee.engines.local.memory import (
    Kept,
    Memory,
    PairMemory,
    RoleMemory,
    SentenceEmbedder,
    nothing_kept,
)
from assignee.engines.local.planner import NAME as PLANNER
from assignee.engines.local.planner import LocalPlanner
from assignee.engines.local.ranker import LocalRanker
from assignee.engines.local.readings import Readings
from assignee.engines.local.reranker import LocalReranker
from assignee.engines.local.router import LocalRouter
from assignee.engines.local.writer import LocalWriter
from assignee.engines.protocol import Engine
from assignee.engines.roles import RoleModel
from assignee.engines.stance import StanceModel
from assignee.records import Usage


def local_engine(
    embedder: SentenceEmbedder, *, kept: Kept = nothing_kept, readings: Readings | None = None
) -> Engine:
    """Every role played by small models and rules.

    `kept` saves the embedder known vectors, `readings` the stance model known pairs. The stance and
    the role model load at their first use.
    """
    ranker = LocalRanker(Memory(embedder, kept=kept))
    stance, roles = PairMemory(StanceModel(), readings), RoleMemory(RoleModel())
    writer = LocalWriter()
    judge = LocalJudge(ranker, stance, aggregation.shipped())
    return Engine(
        kind="local",
        planner=LocalPlanner(),
        ranker=ranker,
        extractor=LocalExtractor(ranker, roles),
        judge=judge,
        writer=writer,
        critic=LocalCritic(),
        reranker=LocalReranker(ranker, reranker.shipped()),
        router=LocalRouter(),
        answerer=LocalAnswerer(),
        models={
            "planner": PLANNER,
            "ranker": embedder.model_id,
            "extractor": f"local:{roles.model_id}",
            "judge": judge.name,
            "writer": writer.name,
            "critic": "local:checks-1",
        },
    )


def reranker_of(embedder: SentenceEmbedder, *, kept: Kept = nothing_kept) -> LocalReranker:
    """The reranker by itself, as the engine has it."""
    return LocalReranker(LocalRanker(Memory(embedder, kept=kept)), reranker.shipped())


class NoMeter:
    """The meter of an engine that calls no model."""

    def usages(self) -> tuple[Usage, ...]:
        """Nothing was used."""
        return ()

    def warnings(self) -> tuple[str, ...]:
        """Nothing went wrong."""
        return ()
