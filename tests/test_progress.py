"""Progress as it is shown: a row or a line a stage, later rounds, claims verified, cost."""

from collections.abc import Iterator
from io import StringIO

import pytest
from machine import announced, contracted, successors
from rich.console import Console

from assignee.graph.context import Progress
from assignee.progress import IN_ONE_GO, NEXT, Follower, StageBars, silent, stages

SILENT = {"aim", "consolidate", "compare", "assess", "aggregate"}
"""Nodes that tell nothing: none of them takes long."""


def event(
    stage: str,
    done: int = 1,
    total: int = 1,
    detail: str = "",
    *,
    cost: float | None = 0.0,
    verified: int | None = None,
) -> Progress:
    return Progress(
        stage=stage, done=done, total=total, detail=detail, cost=cost, verified=verified
    )


def run() -> Iterator[Progress]:
    """Two rounds of evidence and a review, as the graph announces them."""
    yield event("plan", 0)
    yield event("plan")
    for read in (3, 1):
        yield event("search", detail="files: notes: 9")
        yield event("screen", read, 9)
        for number in range(read):
            yield event("extract", 1, read, f"On roofs [{number}]")
        yield event("verify", 3, 4, verified=2)
        yield event("verify", 1, 4, verified=0)
    yield event("write", detail="Roofs")
    yield event("review", 1, 2, "evidence: 9.0")
    yield event("review", 1, 2, "clarity: 8.0")


def shown(events: Iterator[Progress], *, terminal: bool) -> str:
    out = StringIO()
    console = Console(file=out, force_terminal=terminal, width=80, color_system=None)
    with stages(console) as watch:
        for each in events:
            watch(each)
    return out.getvalue()


def last_frame(events: Iterator[Progress]) -> list[str]:
    """The rows of the bars after the last event, without their state of movement."""
    console = Console(file=StringIO(), force_terminal=True, width=80, color_system=None)
    bars = StageBars(console)
    for each in events:
        bars.show(each)
    with console.capture() as capture:
        console.print(bars.get_renderable())
    return capture.get().splitlines()


def test_a_log_has_one_line_a_stage_with_its_round() -> None:
    lines = [line.split() for line in shown(run(), terminal=False).splitlines()]
    assert [" ".join(line[: 2 if line[1].startswith("(") else 1]) for line in lines] == [
        "plan", "search", "screen", "extract", "verify",
        "search (2)", "screen (2)", "extract (2)", "verify (2)", "write", "review",
    ]  # fmt: skip
    assert "3/3" in lines[3]
    assert "4/4" in lines[4]
    assert lines[-1][1] == "2/2"


def test_a_log_tells_what_was_verified_by_the_end_of_each_round() -> None:
    told = [line for line in shown(run(), terminal=False).splitlines() if "verify" in line]
    assert [line.split("s  ")[1] for line in told] == [
        "2 claims verified so far",
        "4 claims verified so far",
    ]


def test_the_last_stage_is_told_when_the_run_fails() -> None:
    out = StringIO()

    def interrupted() -> None:
        with stages(Console(file=out, width=80)) as watch:
            watch(event("extract", 1, 12))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert out.getvalue().split()[:2] == ["extract", "1/12"]


def test_bars_show_one_row_a_stage_in_the_order_of_the_latest_pass() -> None:
    rows = last_frame(run())
    assert [row.split("━")[0].strip() for row in rows[:-1]] == [
        "plan", "search (2)", "screen (2)", "extract (2)", "verify (2)", "write", "review",
    ]  # fmt: skip
    assert rows[-1].endswith("4 claims verified so far")


def test_bars_fit_the_terminal_and_show_titles_as_they_are() -> None:
    title = "A title in [bold]brackets[/] that is much too long for what is left of the line"
    events = [event("plan"), event("extract", 1, 12, title)]
    rows = last_frame(iter(events))
    assert max(map(len, rows)) <= 80
    assert "1/12" in rows[1]
    assert "A title in [bold]" in rows[1]


def test_bars_show_what_is_awaited_next_and_take_it_back_when_something_else_comes() -> None:
    events = [event("extract", 1, 1)]
    assert last_frame(iter(events))[1].startswith("verify ")
    events.append(event("write"))
    assert [row.split()[0] for row in last_frame(iter(events))[:-1]] == [
        "extract",
        "write",
        "review",
    ]


def test_bars_show_a_sign_of_life_before_the_first_event() -> None:
    assert last_frame(iter(()))[0].startswith("starting")


def test_a_stage_that_lost_a_part_keeps_its_true_count() -> None:
    rows = last_frame(iter([event("extract", 1, 3), event("extract", 1, 3), event("verify", 4, 4)]))
    assert "2/3" in rows[0]


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        (0.0, "1 claim verified so far"),
        (0.01234, "1 claim verified so far · $0.0123"),
        (None, "1 claim verified so far · cost unknown"),
    ],
)
def test_the_summary_tells_cost_only_where_there_is_any(cost: float | None, told: str) -> None:
    follower = Follower()
    follower.follow(event("verify", 1, 1, cost=cost, verified=1))
    assert follower.summary() == told


def test_a_review_speaks_of_no_claims() -> None:
    rows = last_frame(iter([event("review", 1, 2, "evidence: 9.0")]))
    assert rows[-1].strip() == "0:00"


def test_a_live_display_ends_with_all_rows_on_a_terminal() -> None:
    text = shown(run(), terminal=True)
    assert "review" in text
    assert "4 claims verified so far" in text


def test_silence(capsys: pytest.CaptureFixture[str]) -> None:
    with silent() as watch:
        watch(event("plan"))
    assert capsys.readouterr() == ("", "")


def test_every_node_of_the_graph_is_shown_or_known_to_be_silent() -> None:
    nodes = successors().keys()
    assert nodes == announced() | SILENT
    assert announced().isdisjoint(SILENT)
    assert announced() >= IN_ONE_GO


def test_what_is_awaited_next_can_follow_in_the_graph() -> None:
    following = contracted(successors(), SILENT)
    impossible = {stage: then for stage, then in NEXT.items() if then not in following[stage]}
    assert not impossible
    sure = {stage for stage, then in following.items() if len(then) == 1}
    assert sure <= NEXT.keys()


@pytest.mark.parametrize(("stage", "awaited"), [("identify", "screen"), ("ready", "extract")])
def test_a_stage_that_chooses_a_part_is_finished_at_once(stage: str, awaited: str) -> None:
    rows = last_frame(iter([event(stage, 5, 9)]))
    assert [row.split()[0] for row in rows[:-1]] == [stage, awaited]
