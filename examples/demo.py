"""Answers one question over the example notes with the local engine: `make demo`.

Nothing leaves the machine, whatever keys are in the environment. The library is kept in
demo-output/home, so that a second run shows the program warm.
"""

import time
from pathlib import Path

from rich.console import Console

from assignee import Assignee, Settings
from assignee.progress import stages
from assignee.report import write_report

QUESTION = (
    "Does the scaling relationship between pretraining loss reduction and HHH accuracy hold "
    "constant across different alignment techniques such as RLHF versus supervised finetuning "
    "for mid-scale language models?"
)
HERE = Path(__file__).parent
OUTPUT = HERE.parent / "demo-output"


def main() -> None:
    """Research, write the files, print where they are and the rating."""
    began = time.perf_counter()
    settings = Settings(home=OUTPUT / "home", engine="local", panel="default")
    console = Console()
    with Assignee(settings) as assignee, stages(console) as watch:
        report = assignee.research(QUESTION, [HERE / "scaling_laws"], watch=watch)
    files = write_report(report, OUTPUT)
    console.print(f"\n[bold]{report.title}[/]")
    counts = report.counts
    verified = sum(verdict.label == "verified" for verdict in report.verdicts)
    console.print(
        f"{counts.claims} claims from {len({c.paper_id for c in report.claims})} notes about "
        f"papers, {verified} of them verified; {counts.papers_found} notes searched, "
        f"{time.perf_counter() - began:.1f} s",
        highlight=False,
    )
    for path in files:
        console.print(str(path.relative_to(HERE.parent)), highlight=False, soft_wrap=True)
    score = "not rated" if report.rating.score is None else f"{report.rating.score:.1f}/10"
    console.print(f"[bold]rating {score}[/] — {report.rating.how}", highlight=False)


if __name__ == "__main__":
    main()
