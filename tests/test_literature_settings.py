"""Settings of the literature: names that are checked, days, and secrets that are told to nobody."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assignee.cli import app
from assignee.errors import SettingsError
from assignee.options import settings_from
from assignee.settings import SOURCES, Settings


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"sources": ["arxive"]}, "unknown source 'arxive'; did you mean 'arxiv'"),
        ({"sources": "openalex, crosref"}, "unknown source 'crosref'; did you mean 'crossref'"),
        ({"statuses": ["jornal"]}, "unknown status 'jornal'; did you mean 'journal'"),
        ({"source_urls": {"arxif": "http://127.0.0.1"}}, "did you mean 'arxiv'"),
        ({"source_limits": {"arxif": 3}}, "did you mean 'arxiv'"),
        ({"source_limits": {"arxiv": 0}}, "source_limits.arxiv: .* greater than or equal to 1"),
        ({"since": "2021", "until": "2020"}, "later than until"),
        ({"since": "yesterday"}, "since: "),
        ({"language": "English"}, "language: "),
    ],
)
def test_what_does_not_fit_is_named(named: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        settings_from(None, **named)


def test_the_command_refuses_an_unknown_source(tmp_path: Path) -> None:
    command = ["research", "Does it help at all?", "--source", "pubmet", "--home", str(tmp_path)]
    ended = CliRunner().invoke(app, command)
    assert ended.exit_code == 2
    assert "unknown source 'pubmet'" in ended.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["source_keys.openalex", "source_keys"])
def test_no_key_is_taken_from_a_command(name: str) -> None:
    with pytest.raises(SettingsError, match="ASSIGNEE_SOURCE_KEYS__OPENALEX"):
        settings_from([f"{name}=secret"])


def test_the_environment_names_sources_keys_and_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSIGNEE_SOURCES", "arxiv, europe-pmc, arxiv")
    monkeypatch.setenv("ASSIGNEE_SOURCE_KEYS__SEMANTIC_SCHOLAR", "secret")
    monkeypatch.setenv("ASSIGNEE_SOURCE_URLS__EUROPE_PMC", "http://127.0.0.1:1")
    made = settings_from(["include=about sleep; in adults, or elders"])
    assert made.sources == ("arxiv", "europe-pmc")
    assert made.source_keys["semantic-scholar"].get_secret_value() == "secret"
    assert made.source_urls == {"europe-pmc": "http://127.0.0.1:1"}
    assert made.include == ("about sleep", "in adults, or elders")


def test_a_limit_of_a_single_database_is_an_assignment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSIGNEE_SOURCE_LIMITS__EUROPE_PMC", "7")
    assert settings_from(None).source_limits == {"europe-pmc": 7}
    made = settings_from(["source_limits.arxiv=20", "source_limits.crossref=5"])
    assert made.source_limits["arxiv"] == 20
    assert made.source_limits["crossref"] == 5
    with pytest.raises(SettingsError, match=r"source_limits\.arxiv=20"):
        settings_from(["source_limits=20"])


def test_a_year_is_its_first_or_its_last_day() -> None:
    made = settings_from(None, since="2020", until="2021")
    assert (made.since, made.until) == (date(2020, 1, 1), date(2021, 12, 31))


def test_reports_and_runs_get_no_secret_and_no_place() -> None:
    made = settings_from(
        None,
        contact="reader@example.org",
        source_keys={"openalex": "s3cret"},
        source_urls={"arxiv": "http://mirror.example"},
        source_limits={"openalex": 5, "arxiv": 20},
        sources=["arxiv"],
        since="2020",
        include=["about sleep", "in adults"],
    )
    for told in (str(made.public()), str(made.kept()), repr(made.source_keys)):
        assert "s3cret" not in told
    for told in (str(made.public()), str(made.kept())):
        assert "example" not in told
    assert made.public()["since"] == "2020-01-01"
    assert made.public()["sources"] == "arxiv"
    assert made.public()["source_limits"] == "arxiv=20, openalex=5"
    assert made.public()["include"] == "about sleep; in adults"


def test_a_run_goes_on_with_the_settings_that_it_kept() -> None:
    made = settings_from(
        ["source_limits.arxiv=20"],
        sources=["arxiv"],
        since="2020",
        statuses=["preprint"],
        snowball=False,
    )
    assert Settings(**made.kept()).kept() == made.kept()


def test_the_demonstration_searches_all_unless_some_are_named() -> None:
    assert settings_from(None).searched == ()
    assert settings_from(None, offline_demo=True).searched == SOURCES
    assert settings_from(None, offline_demo=True, sources=["arxiv"]).searched == ("arxiv",)
