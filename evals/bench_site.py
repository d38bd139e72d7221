"""Measures the page: how soon progress shows, and how soon a large report can be used.

`python -m assignee.evals.bench_site` prints a table. It serves a made report of 300 claims and
1,000 passages, and a run with the local engine over a few made notes, and looks at both in a
headless Chromium, which must be installed, with Playwright for Python (`pip install playwright`).
"""

import argparse
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from assignee import Assignee, Settings
from assignee.records import (
    Claim,
    Counts,
    Draft,
    Evidence,
    PanelRating,
    Paper,
    Passage,
    Plan,
    Quote,
    Report,
    SearchLog,
    Stamp,
    Verdict,
)
from assignee.runs import Run
from assignee.site.server import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

CLAIMS, PASSAGES, PAPERS = 300, 1000, 50
REPEATS = 5
QUESTION = "Do planted roofs lower indoor temperatures in summer?"
CLOCK = """
const now = () => performance.timeOrigin + performance.now();
const keep = (name) => requestAnimationFrame(() => {
  sessionStorage[name] ??= now();
  document.documentElement.dataset[name] = "";
});
addEventListener("click", () => {
  sessionStorage.clear();
  sessionStorage.asked = now();
}, true);
addEventListener("DOMContentLoaded", () => {
  const begun = document.getElementById("begun");
  const stages = document.getElementById("stages");
  const follow = { attributes: true, childList: true, subtree: true };
  if (begun) new MutationObserver(() => begun.textContent && keep("told")).observe(begun, follow);
  if (stages) new MutationObserver(() => {
    if (!stages.querySelector(".working, .done")) return;
    keep("told");
    keep("watched");
  }).observe(stages, follow);
});
"""
"""Writes down when it was clicked, when a stage was first told, and when the page watches them."""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
STAMP = Stamp(
    program="Assignee Research", version="0", engine="local", models={}, prompts={}, settings={}
)


def large_report() -> Report:
    """A report of 300 claims over 50 papers, each passage quoted at least once."""
    papers = [
        Paper(id=f"p{n:012x}", title=f"Planted roofs of town {n}", authors=(f"Author {n}",))
        for n in range(PAPERS)
    ]
    passages = [_passage(papers[n % PAPERS].id, n) for n in range(PASSAGES)]
    quotes = [Quote.cut(passage, 0, passage.text.index(".") + 1) for passage in passages]
    claims = [
        Claim(
            id=Claim.make_id(quote.text, quote),
            text=quote.text,
            quote=quote,
            paper_id=quote.paper_id,
            relevance=0.8,
        )
        for quote in quotes[:CLAIMS]
    ]
    evidence: list[list[Quote]] = [[] for _ in claims]
    for number, quote in enumerate(quotes[CLAIMS:]):
        evidence[number % CLAIMS].append(quote)
    return Report(
        run_id="20260101-000000-0000",
        question=QUESTION,
        date="2026-01-01",
        plan=Plan(subquestions=(QUESTION,), queries=(), planner="made"),
        draft=Draft(title="Planted roofs", abstract=(), answer=(), writer="made"),
        papers=tuple(papers),
        passages=tuple(passages),
        claims=tuple(claims),
        verdicts=tuple(map(_verdict, claims, evidence)),
        reviews=(),
        rating=PanelRating(panel="made", how="made", scores={}, quorum=1),
        search=SearchLog(),
        counts=Counts(papers_read=PAPERS, claims=CLAIMS),
        stamp=STAMP,
    )


def _passage(paper_id: str, number: int) -> Passage:
    text = (
        f"In town {number} planted roofs lowered indoor temperatures by {number % 9}.{number % 7} "
        "degrees in summer. " + "The sensors were read each hour and calibrated each week. " * 8
    )
    start = number * 1000
    return Passage(
        id=f"{paper_id}:{start}-{start + len(text)}",
        paper_id=paper_id,
        section="Results",
        text=text,
        start=start,
        end=start + len(text),
        basis="full text",
    )


def _verdict(claim: Claim, quotes: list[Quote]) -> Verdict:
    return Verdict(
        claim_id=claim.id,
        label="verified",
        attribution="supported",
        corroboration="supported",
        evidence_for=tuple(
            Evidence(
                quote=quote,
                paper_id=quote.paper_id,
                basis="full text",
                stance="supports",
                score=0.7,
                why="the same direction",
            )
            for quote in quotes
        ),
        rule="attributed and corroborated",
        judge="made",
    )


@contextmanager
def browsing(site: Site) -> Iterator["Page"]:
    """A browser that has come in, while the site serves."""
    from playwright.sync_api import sync_playwright

    serving = threading.Thread(target=site.run)
    serving.start()
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(30_000)
            page.add_init_script(CLOCK)
            page.goto(site.first_address)
            yield page
            browser.close()
    finally:
        site.stop()
        serving.join()


def opening(page: "Page", address: str) -> float:
    """Seconds from asking for the address until the filter of its claims answers."""
    began = perf_counter()
    page.goto(address, wait_until="domcontentloaded")
    page.locator("#by-words").fill("town 7 ")
    page.locator("#shown", has_text=" of ").wait_for()
    return perf_counter() - began


def another_page(page: "Page", address: str) -> float:
    """Seconds from a click to another page: what a browser takes on this machine, whoever asks."""
    page.goto(address)
    began = perf_counter()
    page.get_by_role("link", name="Sessions").click(no_wait_after=True)
    page.locator("[aria-current]", has_text="Sessions").wait_for()
    return perf_counter() - began


def first_progress(page: "Page", address: str) -> tuple[float, float]:
    """Seconds from the click until a stage of the graph is shown, and until a page watches them.

    The browser's own clock tells both, at the frame in which they are shown: what drives the
    browser looks too seldom.
    """
    page.goto(address)
    page.get_by_label("Question").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click(no_wait_after=True)
    page.locator("html[data-watched]").wait_for(state="attached")
    shown = page.evaluate("[sessionStorage.told, sessionStorage.watched, sessionStorage.asked]")
    told, watched, asked = map(float, shown)
    return (told - asked) / 1000, (watched - asked) / 1000


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=REPEATS)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder, Assignee(Settings(home=Path(folder))) as program:
        notes = Path(folder) / "notes"
        notes.mkdir()
        for number in range(4):
            (notes / f"{number}.md").write_text(_passage("p", number).text, encoding="utf-8")
        program.add([notes])
        [digest] = program.library.put([large_report()])
        run = Run(id="20260101-000000-0000", question=QUESTION, started="2026-01-01T00:00:00+00:00")
        program.runs.save(run.model_copy(update={"status": "finished", "report": digest}))
        site = Site(program)
        base = f"http://127.0.0.1:{site.port}"
        with browsing(site) as page:
            opened = [opening(page, f"{base}/runs/{run.id}") for _ in range(repeats)]
            turned = [another_page(page, f"{base}/") for _ in range(repeats)]
            told = [first_progress(page, f"{base}/") for _ in range(repeats)]
    stage, watching = zip(*told, strict=True)
    rows = (
        (f"report of {CLAIMS} claims, {PASSAGES} passages: usable", opened, "≤ 1 s"),
        ("from a link to another page, of which the next have their part", turned, ""),
        ("from Ask to the first stage of the graph", stage, "≤ 0.3 s"),
        ("from Ask to the page that watches the stages", watching, ""),
    )
    print(f"{'':64} {'median':>8} {'least':>8}  target")
    for what, seconds, target in rows:
        print(f"{what:64} {statistics.median(seconds):6.2f} s {min(seconds):6.2f} s  {target}")


if __name__ == "__main__":
    main()
