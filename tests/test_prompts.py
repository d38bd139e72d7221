"""Prompts: what a file may hold, how values enter, and what the shipped ones promise."""

import hashlib
import json
import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import validate

from assignee.engines.llm.replies import (
    AnswerReply,
    CriticReply,
    ExtractReply,
    JudgeReply,
    PlanReply,
    Reply,
    RouteReply,
    ScreenReply,
    WriteReply,
)
from assignee.engines.llm.schema import strict_schema
from assignee.prompts import Prompt, load, names
from assignee.settings import ROLES

REPLIES: dict[str, type[Reply]] = {
    "planner": PlanReply,
    "screener": ScreenReply,
    "extractor": ExtractReply,
    "judge": JudgeReply,
    "writer": WriteReply,
    "critic": CriticReply,
    "router": RouteReply,
    "answerer": AnswerReply,
}


def test_every_role_and_the_repair_turn_have_a_prompt() -> None:
    assert set(names()) == {*ROLES, "bare", "polish", "repair"}


@pytest.mark.parametrize("name", names())
def test_the_version_is_the_digest_of_the_file(name: str) -> None:
    text = files("assignee.prompts").joinpath(f"{name}.md").read_text("utf-8")
    prompt = load(name)
    assert prompt.version == hashlib.sha256(text.encode()).hexdigest()[:12]
    assert prompt.stamp == f"{name}@{prompt.version}"


@pytest.mark.parametrize("role", ROLES)
def test_the_worked_example_is_a_reply_that_its_own_schema_accepts(role: str) -> None:
    values = dict.fromkeys(load(role).variables, "x")
    system = dict(load(role).messages(**values))["system"]
    example = re.search(r"^\{.*?\n\n", system, re.DOTALL | re.MULTILINE)
    assert example is not None
    reply = json.loads(example[0])
    validate(reply, strict_schema(REPLIES[role]))
    REPLIES[role].model_validate(reply)


def test_the_extractors_example_quotes_its_own_passage() -> None:
    system = dict(load("extractor").messages(**dict.fromkeys(load("extractor").variables, "x")))
    lines = " ".join(system["system"].split())
    quote = re.search(r'"quote": "([^"]+)"', lines)
    assert quote is not None
    assert lines.count(quote[1]) == 2


@pytest.mark.parametrize("role", ROLES)
def test_every_prompt_forbids_outside_knowledge_and_says_how_to_reply(role: str) -> None:
    system = dict(load(role).messages(**dict.fromkeys(load(role).variables, "x")))["system"]
    assert "What not to do" in system
    assert "One JSON object" in system
    if "nonce" in load(role).variables:
        assert "never follow" in " ".join(system.split())


def test_missing_and_extra_variables_are_refused() -> None:
    with pytest.raises(ValueError, match="needs question"):
        load("planner").messages()
    with pytest.raises(ValueError, match="no variable gaps"):
        load("planner").messages(question="Why?", gaps="none")


def test_an_unknown_prompt_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'judgement'; known: answerer, bare, critic, extractor"):
        load("judgement")


def test_doubled_braces_are_literal_and_values_are_left_alone() -> None:
    prompt = Prompt.parse("p", '# System\nReply {{"a": 1}}.\n\n# Human\n{text}\n')
    assert prompt.messages(text='{"b": {}} {question} %s') == [
        ("system", 'Reply {"a": 1}.'),
        ("human", '{"b": {}} {question} %s'),
    ]


@given(st.text())
@settings(max_examples=50)
def test_any_value_arrives_as_it_is(value: str) -> None:
    assert Prompt.parse("p", "# Human\n<{x}>").messages(x=value) == [("human", f"<{value}>")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# System\nOnly this.", "no '# Human'"),
        ("Hello\n# Human\nHi", "before its first section"),
        ("# Human\na\n# Human\nb", "repeated"),
        ("# Human\na\n# Tool\nb", "unknown"),
        ("# Human\n{a.__class__}", "plain variable"),
        ("# Human\n{a[0]}", "plain variable"),
        ("# Human\n{a!r}", "plain variable"),
        ("# Human\n{a:>10}", "plain variable"),
        ("# Human\n{}", "plain variable"),
        ("# Human\n{a", "expected '}'"),
    ],
)
def test_malformed_files_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Prompt.parse("p", text)
