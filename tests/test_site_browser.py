"""The page in a real headless Chromium; without one these tests say so and are skipped."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from openai_brains import honest
from openai_server import Server
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sample_report import sample_report, two_opinions_report
from site_home import address, hostile_report, keep, serving
from test_resume import Hold
from whole_runs import QUESTION, SMALL, assignee, fill

from assignee import Assignee
from assignee.site import ask_page
from assignee.site.server import Site

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium: apt-get install chromium"),
    # LangGraph leaves the coroutines of nodes that were waiting for their turn unawaited.
    pytest.mark.filterwarnings("ignore:coroutine 'arun_with_retry' was never awaited"),
]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PATIENCE = 30_000
"""Milliseconds; two busy cores take their time."""
TEA, OPINIONS, HOSTILE = "20260606-000000-tea1", "20260606-000000-two2", "20260606-000000-evil"
HOSTILE_WORDS = (
    "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
    "\u202edesrever\u2066 </mark></article>{{ 7 * 7 }} " + "x" * 10_000
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(latency=0.02) as running:
        yield running


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Assignee]:
    home = tmp_path_factory.mktemp("home")
    fill(home / "library", papers=5)
    with assignee(home, server, **SMALL) as opened:
        keep(opened, sample_report(), TEA)
        keep(opened, two_opinions_report(), OPINIONS)
        keep(opened, hostile_report(HOSTILE_WORDS), HOSTILE)
        yield opened


@pytest.fixture(scope="module")
def site(program: Assignee) -> Iterator[Site]:
    with serving(program) as running:
        yield running


@pytest.fixture(scope="module")
def entered(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    first = context.new_page()
    first.goto(site.first_address)
    assert first.url == address(site, "/")
    first.close()
    yield context
    context.close()


@pytest.fixture
def page(entered: BrowserContext) -> Iterator[Page]:
    opened = entered.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    # A refused form is reported as an error, too; all others are broken rules of the policy.
    opened.on(
        "console",
        lambda said: (
            faults.append(said.text) if said.type == "error" and "422" not in said.text else None
        ),
    )
    expect.set_options(timeout=PATIENCE)
    yield opened
    opened.close()
    assert faults == []


@pytest.fixture
def held(server: Server) -> Iterator[Hold]:
    server.brain = hold = Hold("writer", 1)
    yield hold
    server.brain = honest


def ask(page: Page, site: Site, question: str) -> None:
    page.goto(address(site, "/"))
    page.get_by_label("Question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_a_question_is_asked_watched_and_its_report_read(page: Page, site: Site) -> None:
    ask(page, site, QUESTION)
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("heading", name="Claims beside their evidence")).to_be_visible()
    assert "/runs/" in page.url
    assert page.locator(".claim").count() == SMALL["max_claims"]
    assert page.locator(".claim").first.locator("mark").count() >= 1


def test_a_run_is_watched_in_two_tabs_stopped_and_resumed(
    page: Page, entered: BrowserContext, site: Site, server: Server, held: Hold
) -> None:
    ask(page, site, f"{QUESTION} Once more?")
    expect(page.locator("[data-stage=extract].done")).to_be_visible()
    assert held.reached.wait(PATIENCE / 1000)
    other = entered.new_page()
    other.goto(page.url)
    expect(other.locator("[data-stage=extract] .count")).to_have_text("4/4")
    page.reload()
    expect(page.locator("[data-stage=extract] .count")).to_have_text("4/4")

    page.get_by_role("button", name="Stop the run").click()
    expect(other.get_by_role("alert")).to_contain_text("was interrupted")
    expect(page.get_by_role("alert")).to_contain_text("was interrupted")
    other.close()
    server.brain = honest
    page.get_by_role("button", name="Go on with it").click()
    expect(page.get_by_role("heading", name="Claims beside their evidence")).to_be_visible()


def test_a_question_that_cannot_be_asked_is_answered_on_the_form(page: Page, site: Site) -> None:
    page.goto(address(site, "/"))
    page.get_by_label("Question").fill("why")
    page.get_by_label("Files", exact=True).check()
    page.get_by_label("Or paths on this machine").fill("/nowhere/at/all")
    with page.expect_response("**/runs") as replied:
        page.get_by_role("button", name="Ask", exact=True).click()
    assert replied.value.status == 422
    expect(page.get_by_role("alert")).to_contain_text("not a question")
    expect(page.get_by_label("Question")).to_have_value("why")
    expect(page.get_by_label("Or paths on this machine")).to_have_value("/nowhere/at/all")


def test_claims_are_filtered_and_a_reload_keeps_the_filter(page: Page, site: Site) -> None:
    page.goto(address(site, f"/runs/{TEA}"))
    shown = page.locator(".claim:visible")
    expect(shown).to_have_count(5)
    page.get_by_role("checkbox", name="uncorroborated").check()
    expect(shown).to_have_count(2)
    page.get_by_label("Words in the claim or its evidence").fill("lapses")
    expect(shown).to_have_count(1)
    expect(page.locator("#shown")).to_have_text("1 of 5 claims")
    page.reload()
    expect(shown).to_have_count(1)
    page.locator("#answer a.cite").first.click()
    expect(page.locator("#c1")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Confidence").select_option("0.8")
    expect(shown).to_have_count(1)
    page.get_by_label("Confidence").select_option("none")
    expect(shown).to_have_count(4)


def test_a_quote_leads_to_its_place_in_the_document(
    page: Page, site: Site, program: Assignee
) -> None:
    run = next(one for one in program.runs.all() if one.report and one.started[:4] != "2026-06")
    page.goto(address(site, f"/runs/{run.id}"))
    figure = page.locator(".claim figure").first
    quoted = figure.locator("mark").text_content() or ""
    figure.get_by_role("link", name="Read on in the document").click()
    expect(page.locator("#quote")).to_have_text(quoted)
    expect(page.locator("#quote")).to_be_in_viewport()


def test_contradictions_stand_as_pairs_and_reviewers_side_by_side(page: Page, site: Site) -> None:
    page.goto(address(site, f"/runs/{TEA}"))
    expect(page.locator(".clash .side")).to_have_count(2)
    # All at once: what loads in between would move them apart.
    tops = page.locator(".reviewer").evaluate_all(
        "found => found.slice(0, 3).map(one => Math.round(one.getBoundingClientRect().top))"
    )
    assert len(tops) == 3
    assert len(set(tops)) == 1
    # By key: a click misses what moves while the parts above are laid out.
    page.locator(".reviewer summary").first.press("Enter")
    expect(page.locator(".checklist li").first).to_be_visible()


def test_two_runs_are_compared_from_the_list(page: Page, site: Site) -> None:
    page.goto(address(site, "/runs"))
    for run_id in (TEA, OPINIONS):
        page.locator(f"input[value='{run_id}']").check()
    page.get_by_role("button", name="Compare the two chosen").click()
    expect(page.get_by_role("heading", name="Verdicts that changed")).to_be_visible()
    expect(page.locator(".compared")).to_have_count(2)


def test_files_are_uploaded_and_asked_about(page: Page, site: Site, tmp_path: Path) -> None:
    note, broken = tmp_path / "tax.md", tmp_path / "broken.pdf"
    note.write_text("On tax text larger models reach a lower loss, by 57 percent.")
    broken.write_bytes(b"no PDF at all")
    page.goto(address(site, "/"))
    page.get_by_label("Question").fill(QUESTION)
    page.get_by_label("Files", exact=True).check()
    state = page.locator("#file-state")
    page.get_by_label("Upload", exact=True).set_input_files(broken)
    expect(state).to_contain_text("is no PDF")
    page.get_by_label("Upload", exact=True).set_input_files(note)
    expect(state).to_contain_text("Uploaded: tax.md")
    page.get_by_role("button", name="Take them back").click()
    expect(state).to_be_hidden()
    page.get_by_label("Upload", exact=True).set_input_files(note)
    expect(state).to_contain_text("Uploaded: tax.md")
    page.get_by_role("button", name="Ask in a session").click()
    expect(page.locator("#papers li")).to_have_count(1)

    other = tmp_path / "poem.md"
    other.write_text("On poem text larger models reach a lower loss, by 61 percent.")
    page.get_by_text("Add files and check again").click()
    page.get_by_label("Files", exact=True).set_input_files(other)
    expect(page.locator("#file-state")).to_contain_text("Uploaded: poem.md")
    page.get_by_role("button", name="Add them").click()
    expect(page.locator("#papers li")).to_have_count(2)
    expect(page.locator("#turn-2 .said")).to_contain_text("Add poem.md and check again")


def test_papers_are_found_and_files_sent_without_scripts(
    browser: Browser, entered: BrowserContext, site: Site, tmp_path: Path
) -> None:
    note = tmp_path / "plain.md"
    note.write_text("On plain text larger models reach a lower loss, by 57 percent.")
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(entered.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address(site, "/"))
    page.get_by_label("Question").fill(f"{QUESTION} Plainly?")
    page.get_by_label("Some papers of the library").check()
    page.locator("input[name=paper]").first.check()
    page.get_by_label("Find by title, author or year").fill("poetry")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".paper")).to_have_count(2)
    expect(page.locator(".paper input").first).to_be_checked()
    expect(page.get_by_label("Question")).to_have_value(f"{QUESTION} Plainly?")
    page.get_by_label("Files", exact=True).check()
    page.get_by_label("Upload", exact=True).set_input_files(note)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Reading plain.md")).to_be_visible()
    context.close()


def test_papers_are_found_while_one_types_and_stay_chosen(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask_page, "MOST_PAPERS", 2)
    page.goto(address(site, "/"))
    page.get_by_label("Some papers of the library").check()
    papers = page.locator(".paper")
    expect(papers).to_have_count(2)
    expect(page.locator("#paper-list")).to_contain_text("The first 2 of")
    papers.first.locator("input").check()
    chosen = papers.first.inner_text()
    page.get_by_label("Find by title, author or year").fill("poetry")
    expect(papers.nth(1)).to_contain_text("poetry")
    expect(papers).to_have_count(2)
    assert papers.first.inner_text() == chosen
    page.get_by_label("Find by title, author or year").fill("nothing like it")
    expect(page.locator("#paper-list")).to_contain_text("No paper holds these words")
    expect(papers).to_have_count(1)


def test_a_run_is_chosen_for_comparison_by_searching(page: Page, site: Site) -> None:
    page.goto(address(site, f"/runs/{TEA}"))
    page.get_by_role("link", name="Compare with another run").click()
    page.get_by_role("searchbox", name="Words of the question").fill("tea nap")
    page.get_by_role("button", name="Search").click()
    page.locator(f".choosing a[href$='{OPINIONS}']").click()
    expect(page.get_by_role("heading", name="Verdicts that changed")).to_be_visible()


def test_what_others_wrote_stays_text(page: Page, site: Site) -> None:
    for path in (f"/runs/{HOSTILE}", "/runs", f"/compare?run={HOSTILE}&run={TEA}"):
        page.goto(address(site, path))
        assert "broken" not in page.title().replace("document.title='broken'", "")
        assert page.locator("main script:not([type='application/json']), img[src=x]").count() == 0
        text = page.locator("body").inner_text()
        assert "\u202e" not in text
        assert "\u2066" not in text
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0
    page.goto(address(site, f"/runs/{HOSTILE}"))
    assert "<script>document.title" in page.locator("h1").inner_text()
    assert "{{ 7 * 7 }}" in page.locator("h1").inner_text()
    assert page.locator(".claim").count() == 5


def test_a_session_is_begun_asked_and_undone(page: Page, site: Site) -> None:
    page.goto(address(site, "/"))
    page.get_by_label("Question").fill(QUESTION)
    page.get_by_role("button", name="Ask in a session").click()
    expect(page.get_by_role("heading", name="Claims beside their evidence")).to_be_visible()
    page.get_by_label("Ask or order").fill("why is claim 1 uncorroborated?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#turn-2 .way")).to_be_visible()
    expect(page.locator("#turn-2 .told a").first).to_have_text("C1")
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator(".standing")).to_contain_text("no report yet")
    page.goto(address(site, "/sessions"))
    page.locator("tbody a").first.click()
    expect(page.locator(".turn")).to_have_count(2)


def test_a_report_is_talked_about_without_being_made_again(
    page: Page, site: Site, program: Assignee
) -> None:
    before = program.runs.all()
    page.goto(address(site, f"/runs/{TEA}"))
    title = page.locator("h1").inner_text()
    page.get_by_role("button", name="Talk about this report").click()
    expect(page.locator("h1")).to_have_text(title)
    assert "/sessions/" in page.url
    expect(page.get_by_text("No longer in the library: ")).to_be_visible()
    expect(page.get_by_role("button", name="Undo the last change")).to_be_disabled()
    page.get_by_label("Ask or order").fill("/why 1")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#turn-1 .told a").first).to_have_text("C1")
    page.get_by_text("Save as").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="references.ris").click()
    assert saved.value.suggested_filename == "references.ris"
    assert program.runs.all() == before


def test_the_keyboard_alone_reaches_the_content_and_the_form(page: Page, site: Site) -> None:
    page.goto(address(site, f"/runs/{TEA}"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Talk about this report")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Save as")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="report.json")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="report.json")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault_of_accessibility(
    page: Page, site: Site, program: Assignee, theme: str
) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    paper = program.library.papers()[0].id
    paths = ["/", "/runs", f"/runs/{TEA}", f"/compare?run={TEA}&run={OPINIONS}", "/sessions"]
    paths += [f"/papers/{paper}?start=0&end=20", *(f"/sessions/{s.id}" for s in program.sessions())]
    for path in paths:
        page.goto(address(site, path))
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], one["nodes"][0]["html"][:200])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], path


@pytest.mark.parametrize(
    "path", ["/", "/runs", f"/runs/{TEA}", f"/compare?run={TEA}&run={OPINIONS}"]
)
def test_pages_fit_a_phone(page: Page, site: Site, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address(site, path))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_menus_fit_a_phone(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address(site, f"/runs/{TEA}"))
    page.get_by_text("Save as").click()
    expect(page.get_by_role("link", name="plots.zip")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_print_shows_the_report_without_the_page_round_it(page: Page, site: Site) -> None:
    page.goto(address(site, f"/runs/{TEA}"))
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator(".claim").last).to_be_visible()


def test_no_request_leaves_the_machine(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", f"/runs/{TEA}", "/sessions"):
        page.goto(address(site, path))
    assert asked
    assert all(url.startswith(address(site, "/")) for url in asked)


def test_the_page_follows_the_theme_of_the_system(page: Page, site: Site) -> None:
    page.goto(address(site, "/"))
    made = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        made.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert made[0] != made[1]
