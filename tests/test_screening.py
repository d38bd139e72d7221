"""Screening: who is read and why the others are not; criteria that rules decide; the CSV file."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.agents.criteria import Candidate, parsed, ruled, to_compare
from assignee.agents.screening import (
    COLUMNS,
    Decision,
    compared,
    judged,
    read_screening_csv,
    screening_csv,
)
from assignee.errors import UserError
from assignee.records import Notice, Paper, PublicationStatus, Screened, Terms

ABSTRACT = "We study how mice sleep and what they remember."


def candidate(
    name: str = "one",
    *,
    year: int | None = 2018,
    status: PublicationStatus = "journal",
    language: str | None = "en",
    title: str = "Sleep and memory in mice",
    abstract: str | None = ABSTRACT,
    notices: tuple[Notice, ...] = (),
    withdrawn: bool = False,
) -> Candidate:
    paper = Paper(
        id=name,
        title=title,
        year=year,
        publication_status=status,
        language=language,
        notices=notices,
    )
    return Candidate(paper, abstract, withdrawn)


RELEVANCE = {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1}
FOUR = [candidate(name) for name in "dbca"]
RETRACTED = candidate("r", notices=(Notice(kind="retraction", date="2021-03-01", doi="10.5/n"),))


def by_id(rows: Sequence[Screened]) -> dict[str, Screened]:
    return {row.paper_id: row for row in rows}


# Who is read.


def test_the_most_relevant_are_read_and_the_others_have_their_rank() -> None:
    rows = judged(FOUR, relevance=RELEVANCE, limit=2)
    assert [(row.paper_id, row.decision, row.by) for row in rows] == [
        ("a", "included", "relevance"),
        ("b", "included", "relevance"),
        ("c", "excluded", "limit"),
        ("d", "excluded", "limit"),
    ]
    assert rows[2].reason == "rank 3 of 4 by relevance (score 0.2), and 2 were to be read"
    assert rows[2].relevance == 0.2


def test_papers_without_a_score_rank_last() -> None:
    rows = judged([candidate("z"), *FOUR], relevance=RELEVANCE, limit=4)
    assert rows[-1].paper_id == "z"
    assert rows[-1].relevance is None
    assert "not scored" in rows[-1].reason


def test_retracted_and_withdrawn_papers_stay_visible_and_are_not_read() -> None:
    pool = [RETRACTED, candidate("w", withdrawn=True), *FOUR]
    rows = by_id(judged(pool, relevance={**RELEVANCE, "r": 9.0, "w": 8.0}, limit=9))
    assert (rows["r"].decision, rows["r"].by) == ("excluded", "retraction")
    assert rows["r"].reason == "it was retracted on 2021-03-01 (notice: doi:10.5/n)"
    assert (rows["w"].decision, rows["w"].by) == ("excluded", "withdrawal")
    assert len(rows) == 6


def test_the_user_decides_before_criteria_and_relevance() -> None:
    decisions: dict[str, Decision] = {"d": "include", "a": "exclude"}
    terms = Terms(include=("Published before 2000",))
    rows = judged(FOUR, relevance=RELEVANCE, limit=1, terms=terms, decisions=decisions)
    found = by_id(rows)
    assert (found["d"].decision, found["d"].by) == ("included", "user")
    assert (found["a"].decision, found["a"].by) == ("excluded", "user")
    assert {found[name].by for name in "bc"} == {"criteria"}


def test_what_the_user_includes_takes_a_place_but_is_never_cut() -> None:
    decisions: dict[str, Decision] = {"c": "include", "d": "include"}
    rows = judged(FOUR, relevance=RELEVANCE, limit=3, decisions=decisions)
    assert {row.paper_id for row in rows if row.decision == "included"} == {"a", "c", "d"}
    rows = judged(FOUR, relevance=RELEVANCE, limit=1, decisions=decisions)
    assert {row.paper_id for row in rows if row.decision == "included"} == {"c", "d"}


def test_nobody_can_include_a_retracted_paper() -> None:
    [row] = judged([RETRACTED], relevance={}, limit=3, decisions={"r": "include"})
    assert (row.decision, row.by) == ("excluded", "retraction")
    assert row.reason.endswith("it is not read although you included it")


def test_terms_of_the_search_hold_for_what_citations_brought() -> None:
    terms = Terms(since="2015-06-01", until="2020-12-31", statuses=("journal",), language="en")
    pool = [
        candidate("in"),
        candidate("edge", year=2015),
        candidate("old", year=2014),
        candidate("new", year=2021),
        candidate("draft", status="preprint"),
        candidate("deutsch", language="de"),
        candidate("bare", year=None, status="unknown", language=None),
    ]
    rows = by_id(judged(pool, relevance={}, limit=9, terms=terms))
    kept = {name for name, row in rows.items() if row.decision == "included"}
    assert kept == {"in", "edge", "bare"}
    assert rows["old"].reason == "it is of 2014, before 2015-06-01"
    assert {rows[name].by for name in ("old", "new", "draft", "deutsch")} == {"criteria"}


def test_reasons_name_the_criterion_and_what_decided() -> None:
    terms = Terms(include=("Published since 2019",), exclude=("No journal articles",))
    [row] = judged([candidate()], relevance={}, limit=1, terms=terms)
    assert row.reason == "it does not meet “Published since 2019”: it is of 2018"
    [row] = judged([candidate()], relevance={}, limit=1, terms=Terms(exclude=("about “mice”",)))
    assert row.reason == "it falls under “about “mice””: its title or abstract has “mice”"


def test_what_no_rule_decides_excludes_nothing_and_is_said() -> None:
    terms = Terms(include=("Well-made trials",), exclude=("Funded by industry",))
    [row] = judged([candidate()], relevance={"one": 0.5}, limit=1, terms=terms)
    assert row.decision == "included"
    assert row.reason.endswith(
        "could not be decided offline: “Well-made trials” and “Funded by industry”"
    )


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True),
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1)),
    st.integers(0, 9),
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["include", "exclude"])),
)
@settings(deadline=None, max_examples=60)
def test_every_paper_has_one_row_and_the_limit_holds(
    names: list[str], relevance: dict[str, float], limit: int, decisions: dict[str, Decision]
) -> None:
    pool = [candidate(name) for name in names]
    rows = judged(pool, relevance=relevance, limit=limit, decisions=decisions)
    assert sorted(row.paper_id for row in rows) == sorted(names)
    assert all(row.reason for row in rows)
    read = [row for row in rows if row.decision == "included"]
    wanted = sum(decisions.get(name) == "include" for name in names)
    assert len(read) <= max(limit, wanted)
    assert rows == judged(pool[::-1], relevance=relevance, limit=limit, decisions=decisions)


# Criteria.


@pytest.mark.parametrize(
    ("sentence", "met"),
    [
        ("Published since 2018", True),
        ("Published after 2018", False),
        ("2018 or later", True),
        ("2017 and earlier", False),
        ("from 2010 onwards", True),
        ("between 2015 and 2017", False),
        ("2015-2018", True),
        ("2015\u20132018", True),
        ("older than 2018", False),
        ("no later than 2016", False),
        ("Not published before 2015", True),
        ("Published in 2018", True),
        ("Papers in English", True),
        ("Papers in German or English", True),
        ("Papers not in English", False),
        ("English-language articles only", True),
        ("No preprints", True),
        ("Preprints", False),
        ("Journal articles, not preprints", True),
        ("Peer-reviewed papers only", True),
        ("Conference papers or proceedings", False),
        ("Journal articles in French since 2000", False),
        ('Mention "mice" or "rats"', True),
        ("Mention “mice” and “rats”", False),
        ('Do not mention "mice"', False),
        ('"sle*" in title or abstract', True),
        ('The word "mic"', False),
        ('The word "MICE"', True),
    ],
)
def test_rules_decide_years_kinds_languages_and_quoted_words(sentence: str, met: bool) -> None:
    assert ruled(sentence, candidate()).met is met
    assert ruled(sentence, candidate()).why


@pytest.mark.parametrize(
    "sentence",
    [
        "Randomised trials",
        "Trials in English since 2015",
        "Studies of patients in Chinese hospitals",
        "Preprints or trials",
        "Do not use animals",
        "Published before 2000, unless cited often",
        "",
        "Only papers",
        '"',
    ],
)
def test_what_rules_cannot_read_stays_open(sentence: str) -> None:
    assert ruled(sentence, candidate()).met is None


def test_one_part_that_fails_is_enough() -> None:
    assert ruled("Randomised trials since 2019", candidate()).met is False


def test_what_metadata_do_not_say_is_not_decided() -> None:
    bare = candidate(year=None, status="unknown", language=None, abstract=None, title="Sleep")
    for sentence in ("Since 2015", "No preprints", "In English", 'Mention "mice"'):
        assert ruled(sentence, bare).met is None, sentence
    assert ruled('Mention "sleep"', bare).met is True


def test_words_of_scripts_without_spaces_are_found() -> None:
    japanese = candidate(title="サワードウにおける乳酸菌と酵母", abstract=None)
    assert ruled("「乳酸菌」 or “乳酸菌”", japanese).met in (True, None)
    assert ruled("Mention “乳酸菌”", japanese).met is True


def test_only_what_rules_leave_is_compared() -> None:
    assert to_compare("Studies of language models since 2015") == "language models"
    assert to_compare("Published since 2015") is None
    assert to_compare("Do not use animals") is None


def test_closeness_decides_where_it_is_clear() -> None:
    sentence = "Large language models"
    assert ruled(sentence, candidate(), closeness=0.8).met is True
    assert ruled(sentence, candidate(), closeness=0.3).met is None
    assert ruled(sentence, candidate(), closeness=0.0, seen=True).met is False
    # Nothing in the pool comes close: closeness may not see what this criterion asks.
    assert ruled(sentence, candidate(), closeness=0.0, seen=False).met is None
    # It shares a word: "mice" is short, and its vector says little.
    assert ruled("Experiments on mice", candidate(), closeness=0.0, seen=True).met is None
    assert ruled(sentence, candidate(abstract=None), closeness=0.0, seen=True).met is None


class Asked:
    """A ranker that finds language models by their name, and remembers what it was asked."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    async def rank(self, query: str, texts: Sequence[str]) -> list[float]:
        self.queries.append(query)
        return [0.9 if "language model" in text.casefold() else 0.0 for text in texts]


async def test_criteria_are_compared_with_title_and_abstract() -> None:
    terms = Terms(include=("About large language models", "In English"))
    models = candidate("llm", title="Language models grow", abstract="They learn to write.")
    pool = [models, candidate("mice"), candidate("bare", abstract=None)]
    asked = Asked()
    closeness = await compared(pool, terms, asked)
    assert asked.queries == ["large language models"]
    rows = by_id(judged(pool, relevance={}, limit=9, terms=terms, closeness=closeness))
    assert rows["llm"].decision == rows["bare"].decision == "included"
    assert rows["mice"].by == "criteria"
    assert "come 0.00 close" in rows["mice"].reason


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=150)
def test_no_sentence_breaks_the_rules(sentence: str) -> None:
    parts = parsed(sentence)
    assert all(check.start < check.end for check in parts.checks)
    assert ruled(sentence, candidate()).met in (True, False, None)


# The file.


def test_the_file_is_safe_in_a_spreadsheet() -> None:
    rows = judged([candidate(title='=HYPERLINK("x")\n\u202eevil')], relevance={}, limit=1)
    text = screening_csv(rows)
    assert text.startswith("\ufeff")
    [head, row] = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert tuple(head) == COLUMNS
    assert row[-1] == '\'=HYPERLINK("x") evil'


def test_decisions_come_back(tmp_path: Path) -> None:
    decisions: dict[str, Decision] = {"a": "include", "d": "exclude"}
    path = tmp_path / "screening.csv"
    rows = judged(FOUR, relevance=RELEVANCE, limit=2, decisions=decisions)
    path.write_text(screening_csv(rows), encoding="utf-8", newline="")
    assert read_screening_csv(path) == decisions


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_are_read_as_spreadsheets_save_them(
    separator: str, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "screening.csv"
    lines = ["title|Decision|paper_id", "Café|Include |p1", "“two|EXCLUDE|p2", "x||p3", "", "short"]
    path.write_text("\r\n".join(lines).replace("|", separator), encoding=encoding, newline="")
    assert read_screening_csv(path) == {"p1": "include", "p2": "exclude"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("decision,paper_id\ninclude,p1\nmaybe,p2\n", r"line 3: unknown decision 'maybe'"),
        ("decision,paper_id\ninclude,\n", r"line 2: the decision 'include' has no paper_id"),
        ("decision,paper_id\ninclude,p\nexclude,p\n", r"line 3: p is included and excluded"),
        ("decision,title\ninclude,p\n", r"no column 'paper_id'"),
        ("", r"no column 'decision' and no column 'paper_id'"),
    ],
)
def test_mistakes_in_the_file_are_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "screening.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_screening_csv(path)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_screening_csv(tmp_path / "none.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(UserError):
        read_screening_csv(binary)
