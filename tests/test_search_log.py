"""search_log.json: complete enough to repeat a search, without places, and read back strictly."""

import json
from pathlib import Path

import pytest
from sample_report import JOURNAL, NOTE, QUESTION, RETRACTED, SHARED, UNCITED, sample_report
from test_report_html import HOSTILE, check_harmless

from assignee.agents.found import as_found
from assignee.agents.limitations import limitations
from assignee.agents.news import what_is_new
from assignee.errors import SettingsError
from assignee.options import settings_from
from assignee.records import Paper, PaperIds, Report, Screened, SearchEntry, SearchLog, Terms
from assignee.report import (
    SearchRecipe,
    read_search_log,
    render_html,
    render_markdown,
    render_search_log,
    write_report,
)
from assignee.report.search_log import placeless
from assignee.settings import Settings

TIME = "2026-06-06T14:02:11+00:00"


def entry(source: str, query: str, *, sent: str = "q=…", **fields: object) -> SearchEntry:
    return SearchEntry.model_validate(
        {"source": source, "query": query, "sent": sent, "time": TIME, "hits": 3, "kept": 3}
        | fields
    )


LOG = SearchLog(
    entries=(
        entry("arXiv", "tea nap"),
        entry("arXiv", "green tea"),
        entry("Europe PMC", "tea nap"),
        entry("arXiv", "tea nap", round=2),
        entry("arXiv", "blinded trials of tea", round=2),
        entry("OpenAlex", "Nwosu (2022), doi:10.5555/tea.2022.17", way="backward", round=2),
        entry("Crossref", "tea nap; green tea", sent="", hits=0, kept=0, errors=("down",)),
        entry("files: notes", "every document", sent=""),
        entry("refs.bib", "every entry", sent="refs.bib"),
        entry("library", "tea nap", sent=""),
    ),
    terms=Terms(since="2015-01-01", statuses=("journal",), language="en", include=("Adults",)),
    found=(JOURNAL, SHARED, UNCITED),
)


def report_of(log: SearchLog, **settings: str | int | bool | None) -> Report:
    sample = sample_report()
    stamp = sample.stamp.model_copy(update={"settings": {"plots": False, **settings}})
    return sample.model_copy(update={"search": log, "stamp": stamp})


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "search_log.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def recipe_of(tmp_path: Path, report: Report) -> SearchRecipe:
    return read_search_log(written(tmp_path, render_search_log(report)))


def test_a_written_log_is_read_back_whole(tmp_path: Path) -> None:
    report = report_of(LOG, source_limit=30, snowball=False, panel="/home/me/p.yaml", model="m")
    recipe = recipe_of(tmp_path, report)
    assert (recipe.question, recipe.date, recipe.plan) == (QUESTION, "2026-06-06", report.plan)
    assert recipe.search == LOG
    assert recipe.settings == {"source_limit": 30, "snowball": False}
    assert recipe.version == 1


def test_the_same_queries_go_to_the_same_sources(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, report_of(LOG))
    assert recipe.sources == ("arXiv", "Europe PMC", "Crossref")
    assert recipe.queries_to("arXiv") == ("tea nap", "green tea", "blinded trials of tea")
    assert recipe.queries_to("Europe PMC") == ("tea nap",)
    # It was down before anything was sent, so it is asked what the others were asked.
    assert recipe.queries_to("Crossref") == ("tea nap", "green tea", "blinded trials of tea")


def test_filters_and_limits_become_settings(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, report_of(LOG, source_limit=30, snowball=False, rounds=1))
    settings = Settings(home=tmp_path, **recipe.overrides())
    assert settings.sources == ("arxiv", "europe-pmc", "crossref")
    assert settings.source_limit == 30
    assert settings.rounds == 1
    assert not settings.snowball
    assert str(settings.since) == "2015-01-01"
    assert settings.until is None
    assert (settings.statuses, settings.language) == (("journal",), "en")
    assert (settings.include, settings.exclude) == (("Adults",), ())


def test_limits_of_single_databases_are_repeated_and_can_be_changed(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, report_of(LOG, source_limits="arxiv=20, europe-pmc=5"))
    settings = settings_from(["source_limits.arxiv=7"], instead=recipe.overrides())
    assert settings.source_limits == {"arxiv": 7, "europe-pmc": 5}
    none = recipe_of(tmp_path, report_of(LOG, source_limits=""))
    assert settings_from(None, instead=none.overrides()).source_limits == {}


def test_no_place_of_this_machine_is_written() -> None:
    log = LOG.model_copy(
        update={
            "entries": (
                entry("arXiv", "tea nap"),
                entry("files: notes", "every document", errors=("'/home/me/a b/x.pdf' is empty",)),
            ),
            "unread": ("'/home/me/my notes/scan.pdf' was not read: no text", "~/x/y.pdf: no text"),
            "tried": {NOTE.id: ("file /srv/papers/tea.pdf: gone", "https://e.org/a/b.pdf: 404")},
        }
    )
    text = render_search_log(report_of(log, home="/home/me/.assignee"))
    assert "/home" not in text
    assert "/srv" not in text
    assert "my notes" not in text
    assert "~" not in text
    kept = json.loads(text)["search"]
    assert kept["unread"] == ["'scan.pdf' was not read: no text", "y.pdf: no text"]
    assert kept["tried"][NOTE.id] == ["file tea.pdf: gone", "https://e.org/a/b.pdf: 404"]
    assert kept["entries"][1]["errors"] == ["'x.pdf' is empty"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("C:\\Users\\me\\tea.pdf is empty", "tea.pdf is empty"),
        ('"/a b/c d/e.pdf"', '"e.pdf"'),
        ("https://e.org/a/b?c=/d/e", "https://e.org/a/b?c=/d/e"),
        ("10.1000/x/y and hep-th/9901001", "10.1000/x/y and hep-th/9901001"),
        ("file:///home/me/tea.pdf", "tea.pdf"),
        ("and/or", "and/or"),
        ("read / written", "read / written"),
        ("the reader's a/b and 'c'", "the reader's a/b and 'c'"),
    ],
)
def test_only_folders_are_taken_for_places(text: str, told: str) -> None:
    assert placeless(text) == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no search log"),
        (b"\xff\xfe", "is no search log"),
        (b"[" * 100_000, "is no search log"),
        (b"[1, 2]", "is no search log"),
        (b'{"question": "x"}', r"is no search log: \w+: Field required \(.* more like it\)"),
    ],
)
def test_what_is_no_search_log_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_search_log(written(tmp_path, content))


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("version",), 2, "it has version 2, this program reads 1"),
        (("kind",), "report", "kind: Input should be 'assignee search log'"),
        (("search", "entries", 0, "hits"), "many", r"search\.entries\.0\.hits: .*integer"),
        (("search", "terms", "statuses"), ["poster"], r"search\.terms\.statuses\.0: "),
        (("search", "entries"), [], "no query to a literature database"),
        (("shell",), "rm", "shell: Extra inputs are not permitted"),
    ],
)
def test_errors_name_what_is_wrong(
    tmp_path: Path, place: tuple[str | int, ...], value: object, told: str
) -> None:
    data = json.loads(render_search_log(report_of(LOG)))
    inner = data
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(SettingsError, match=told) as raised:
        read_search_log(written(tmp_path, json.dumps(data)))
    assert "search_log.json" in str(raised.value)


def test_a_missing_file_and_a_report_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        read_search_log(tmp_path / "none.json")
    with pytest.raises(SettingsError, match="is no search log"):
        read_search_log(write_report(report_of(LOG), tmp_path).json)


def test_a_log_of_a_folder_alone_cannot_be_repeated(tmp_path: Path) -> None:
    log = SearchLog(entries=(entry("files: notes", "every document", sent=""),))
    with pytest.raises(SettingsError, match="nothing to repeat"):
        recipe_of(tmp_path, report_of(log))


def test_it_is_written_beside_the_other_files(tmp_path: Path) -> None:
    files = write_report(report_of(LOG), tmp_path)
    assert files.search_log.read_text(encoding="utf-8") == render_search_log(report_of(LOG))
    assert files.screening.name == "screening.csv"


def paper(title: str, **fields: object) -> Paper:
    made = Paper.model_validate({"id": "p", "title": title, **fields})
    return made.model_copy(update={"id": Paper.make_id("paper", made.identity)})


PREPRINT = paper(
    "Sleep inertia after short naps with matcha",
    ids={"arxiv": "2501.00007"},
    authors=("Ana Quill", "Bo Reed"),
    year=2025,
    publication_status="preprint",
)
ARTICLE = paper(
    "Sleep Inertia after Short Naps with Matcha",
    ids={"doi": "10.5555/matcha.2026.1"},
    authors=("Ana Quill", "Bo Reed"),
    year=2026,
    publication_status="journal",
    versions=(PaperIds(arxiv="2501.00007"),),
)
FRESH = paper("A trial of tea in shift workers", ids={"doi": "10.5555/shift.2026.4"}, year=2026)


def news_of(before: tuple[Paper, ...], after: tuple[Paper, ...]) -> tuple[object, ...]:
    news = what_is_new(before, after, since="2026-01-05")
    return news.known, news.new, news.gone, news.retracted


def test_what_is_new_is_told_by_work_not_by_record() -> None:
    before, after = (JOURNAL, PREPRINT, UNCITED), (ARTICLE, FRESH, JOURNAL)
    assert news_of(before, after) == (2, (FRESH.id,), (UNCITED.title,), ())
    assert news_of(after, after) == (3, (), (), ())
    assert news_of((), after) == (0, tuple(p.id for p in after), (), ())
    assert news_of(before, ()) == (0, (), tuple(p.title for p in before), ())


def test_a_retraction_since_then_is_news() -> None:
    then = RETRACTED.model_copy(update={"notices": ()})
    assert news_of((then,), (RETRACTED,)) == (1, (), (), (RETRACTED.id,))
    assert news_of((RETRACTED,), (RETRACTED,)) == (1, (), (), ())
    assert news_of((), (RETRACTED,)) == (0, (RETRACTED.id,), (), ())


def test_what_the_log_keeps_is_known_again() -> None:
    long = FRESH.model_copy(
        update={
            "authors": tuple(f"Author Number{n}" for n in range(3000)),
            "field_sources": {"title": "Crossref"},
        }
    )
    [kept] = as_found([long])
    assert len(kept.model_dump_json()) < 1000
    assert news_of((kept,), (long,)) == (1, (), (), ())
    assert as_found([JOURNAL]) == (JOURNAL,)


def repeated(before: SearchLog, report: Report) -> Report:
    news = what_is_new(before.found, report.search.found, since="2026-01-05")
    return report.model_copy(update={"search": report.search.model_copy(update={"news": news})})


def test_the_report_tells_what_is_new() -> None:
    left_out = Screened(
        paper_id=FRESH.id, title=FRESH.title, decision="excluded", by="limit", reason="over 12"
    )
    now = LOG.model_copy(
        update={"found": (FRESH, SHARED, RETRACTED, JOURNAL, NOTE), "screening": (left_out,)}
    )
    then = LOG.model_copy(
        update={
            "found": (
                RETRACTED.model_copy(update={"notices": ()}),
                SHARED,
                NOTE,
                paper("Naps of yesterday", year=2020),
            )
        }
    )
    told = render_markdown(repeated(then, report_of(now)))
    section = told[told.index("New since January 5, 2026") :]
    section = section[: section.index("\n### ")]
    assert "The search of January 5, 2026 was repeated. 2 papers were found that it had" in section
    assert "and 3 papers that it had." in section
    assert "Claims from new papers: [C2](#c2)." in section
    assert "1 paper found then has been retracted since." in section
    assert f"- *{RETRACTED.title}*" in section
    assert "| left out: over 12 |" in section
    assert "quoted |" in section
    assert section.index("Caffeinated naps") < section.index(FRESH.title)
    assert "1 paper found then was not found this time:\n\n- *Naps of yesterday*" in section
    assert "New since" not in render_markdown(report_of(now))


def test_limitations_tell_what_is_gone_and_what_was_retracted_since() -> None:
    then = SearchLog(
        found=(RETRACTED.model_copy(update={"notices": ()}), paper("Naps of yesterday", year=2020))
    )
    report = repeated(then, report_of(LOG.model_copy(update={"found": (RETRACTED,)})))
    told = limitations(
        plan=report.plan, counts=report.counts, draft=report.draft, claims=report.claims,
        verdicts=report.verdicts, contradictions=report.contradictions, papers=report.papers,
        passages=report.passages, search=report.search, stamp=report.stamp,
    )  # fmt: skip
    assert "1 paper found then was not found this time, though the same search was made again." in (
        told
    )
    assert "1 paper found then has been retracted since." in told


def test_many_new_papers_are_counted() -> None:
    found = tuple(paper(f"Tea, part {number}", year=2026) for number in range(30))
    told = render_markdown(repeated(SearchLog(), report_of(SearchLog(found=found))))
    assert told.count("*Tea, part ") == 20
    assert "… and 10 more, all of them in search\\_log.json." in told


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_stay_text(text: str, tmp_path: Path) -> None:
    found = (FRESH.model_copy(update={"title": text, "authors": (text,)}),)
    log = LOG.model_copy(update={"found": found, "unread": (text,)})
    before = SearchLog(found=(paper(f"{text} gone"),))
    check_harmless(render_html(repeated(before, report_of(log))))
    assert recipe_of(tmp_path, report_of(log)).search.found == found
