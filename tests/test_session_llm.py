"""Sessions with a language model: its decisions and answers are used as far as they can be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai_brains import BRAINS, enclosed
from openai_server import Server
from whole_runs import QUESTION, SMALL, assignee, fill, only

from assignee import Assignee
from assignee.session import Session


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        yield made
        assert made.violations == []


@pytest.fixture
def opened(tmp_path: Path, server: Server) -> Iterator[Assignee]:
    fill(tmp_path / "library", papers=4)
    with assignee(tmp_path, server, **SMALL) as made:
        yield made


def cited(session: Session) -> set[str]:
    """Claims that the last turn rests on; none of its sentences is without one."""
    sentences = session.turns[-1].sentences
    assert all(sentence.claim_ids for sentence in sentences)
    return {id_ for sentence in sentences for id_ in sentence.claim_ids}


def test_a_model_decides_and_answers_and_falls_back_to_rules(
    opened: Assignee, server: Server
) -> None:
    session = opened.session()
    assert session.ask(QUESTION).route.decided_by == "rules"
    report = session.report
    assert report is not None
    turn = session.ask("why is claim 2 not verified?")
    assert turn.route.decided_by.startswith("llm:fake router@")
    assert (turn.route.kind, turn.route.claims) == ("explain", (report.claims[1].id,))
    assert cited(session) == {report.claims[1].id}
    shown = list(enclosed(server.requests[-1].prompt, "claim"))
    assert [labels["number"] for labels, _ in shown] == ["2"]

    server.brain = only(BRAINS["prose"], "router", "answerer")
    turn = session.ask("why is claim 1 not verified?")
    assert turn.route.decided_by == "rules"
    assert "so rules decided" in turn.notes[0]
    assert any("so rules answered" in note for note in turn.notes)
    assert report.claims[0].id in cited(session) <= {claim.id for claim in report.claims}

    server.brain = only(BRAINS["nonsense"], "router", "answerer")
    turn = session.ask("why is claim 3 not verified?")
    assert (turn.route.claims, turn.route.papers) == ((report.claims[2].id,), ())
    assert turn.route.since is None
    assert cited(session) == {report.claims[2].id}
    assert session.report == report
    command = session.ask("/why 1")
    assert command.route.decided_by == "command"
