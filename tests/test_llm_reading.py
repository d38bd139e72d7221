"""Replies: the strict schemas that are asked for, and the tolerant reading of what comes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignee.engines.llm.reading import Answer, Problem, objects, read, without_thoughts
from assignee.engines.llm.replies import (
    CriticReply,
    ExtractReply,
    JudgeReply,
    PlanReply,
    Reply,
    WriteReply,
)
from assignee.engines.llm.schema import response_format, strict_schema

PLAN = '{"subquestions": ["Does it?"], "queries": ["it does"]}'


def problem(text: str, reply: type[Reply] = PlanReply, **facts: Any) -> str:
    found = read(Answer(text, **facts), reply)
    assert isinstance(found, Problem)
    return found.what


@pytest.mark.parametrize(
    "text",
    [
        PLAN,
        f"```json\n{PLAN}\n```",
        f"Sure! {{here}} you are: {PLAN} — anything else?",
        f'<think>maybe {{"subquestions": []}}</think>{PLAN}',
        f'the opening tag was eaten {{"a": 1}}</think>\n{PLAN}',
        f'{{"result": {PLAN}}}',
        f'{{"subquestions": 3}} no, rather: {PLAN}',
        PLAN.replace("Does it?", "Does\nit?"),
        PLAN[:-1] + ', "note": "models add keys"}',
    ],
)
def test_the_first_object_that_fits_is_taken(text: str) -> None:
    found = read(Answer(text), PlanReply)
    assert isinstance(found, PlanReply)
    assert found.queries == ["it does"]


@pytest.mark.parametrize(
    ("text", "facts", "what"),
    [
        ("", {}, "it was empty"),
        ("  \n", {"finish_reason": "length"}, "it was empty"),
        (PLAN[:-5], {"finish_reason": "length"}, "cut off at the token limit"),
        ("I would rather talk.", {}, "no complete JSON object"),
        ("<think>still thinking</think>", {}, "only thoughts"),
        ('{"subquestions": ["a"]}', {}, "queries: Field required"),
        ('{"subquestions": [], "queries": ["a"]}', {}, "subquestions: List should have at least"),
        ('{"subquestions": NaN, "queries": NaN}', {}, "no complete JSON object"),
        ('{"a":' * 5000, {}, "no complete JSON object"),
        ("[" * 5000 + "{" * 5000, {}, "no complete JSON object"),
    ],
)
def test_what_is_wrong_is_said(text: str, facts: dict[str, Any], what: str) -> None:
    assert what in problem(text, **facts)


def test_values_out_of_range_are_refused() -> None:
    claim = {"passage": "P1", "quote": "q", "text": "t", "relevance": 7}
    said = problem(json.dumps({"claims": [claim]}), ExtractReply)
    assert "claims.0.relevance" in said
    assert "less than or equal to 1" in said
    said = problem('{"answers": [], "findings": [], "score": -1}', CriticReply)
    assert "score" in said


def test_refusals_are_not_repaired() -> None:
    refused = read(Answer("", refusal="I cannot."), PlanReply)
    filtered = read(Answer(PLAN, finish_reason="content_filter"), PlanReply)
    assert isinstance(refused, Problem)
    assert isinstance(filtered, Problem)
    assert not refused.repairable
    assert not filtered.repairable


def test_lone_surrogates_do_not_get_through() -> None:
    found = read(Answer(PLAN.replace("it does", "it \\ud83d does")), PlanReply)
    assert isinstance(found, PlanReply)
    assert found.queries == ["it ? does"]


@given(st.text(), st.text())
@settings(max_examples=60)
def test_reading_never_raises(before: str, after: str) -> None:
    found = read(Answer(before + PLAN + after), PlanReply)
    assert isinstance(found, PlanReply | Problem)


def test_objects_are_found_outermost_first() -> None:
    assert list(objects('a {"x": {"y": 1}} b {"z": 2}')) == [{"x": {"y": 1}}, {"y": 1}, {"z": 2}]
    assert without_thoughts("<THINK>a</think> b <thinking>c</thinking>") == " b "


REPLIES = [PlanReply, ExtractReply, JudgeReply, WriteReply, CriticReply]
# https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
ALLOWED = {
    "type",
    "enum",
    "const",
    "description",
    "anyOf",
    "items",
    "properties",
    "required",
    "additionalProperties",
}


def nodes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [schema["items"]] if "items" in schema else []
    return [schema, *(node for child in inner for node in nodes(child))]


@pytest.mark.parametrize("reply", REPLIES)
def test_schemas_are_strict(reply: type[Reply]) -> None:
    for node in nodes(strict_schema(reply)):
        assert node.keys() <= ALLOWED
        assert "type" in node or "anyOf" in node or "enum" in node
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        if node.get("type") == "array":
            assert "items" in node


def test_absence_is_said_by_null_and_judgement_comes_last() -> None:
    schema = strict_schema(CriticReply)
    fault = schema["properties"]["findings"]["items"]["properties"]
    assert {"type": "null"} in fault["quote"]["anyOf"]
    assert list(schema["properties"]) == ["answers", "findings", "score"]
    assert response_format(CriticReply)["json_schema"]["strict"] is True


def test_free_form_maps_are_refused() -> None:
    class Loose(Reply):
        """A reply that no strict schema can describe."""

        scores: dict[str, float]

    with pytest.raises(ValueError, match="free-form"):
        strict_schema(Loose)
