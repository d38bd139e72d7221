"""Strict JSON schemas, as OpenAI-compatible endpoints accept them, from pydantic models.

Strict means: every object is closed, every field is required (absence is null), no free-form maps,
no references; bounds are left out, because endpoints differ in which they accept, and are checked
when the reply is read. Rules: https://platform.openai.com/docs/guides/structured-outputs
"""

from functools import cache
from typing import Any

from pydantic import BaseModel

_KEPT = ("type", "enum", "const", "description")


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's strict schema, with every reference written out; models may not nest themselves.

    Raises:
        ValueError: a field is a free-form map, which strict schemas cannot say.
    """
    schema = model.model_json_schema()
    return _strict(schema, schema.get("$defs", {}))


@cache
def response_format(model: type[BaseModel]) -> dict[str, Any]:
    """The request field that asks for a reply of that schema."""
    name = model.__name__.lower()
    described = {"name": name, "strict": True, "schema": strict_schema(model)}
    return {"type": "json_schema", "json_schema": described}


def _strict(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if reference := node.get("$ref"):
        target = definitions[reference.rsplit("/", 1)[-1]]
        return _strict({**target, **{k: v for k, v in node.items() if k != "$ref"}}, definitions)
    strict = {key: node[key] for key in _KEPT if key in node}
    if options := node.get("anyOf"):
        strict["anyOf"] = [_strict(option, definitions) for option in options]
    if "items" in node:
        strict["items"] = _strict(node["items"], definitions)
    if node.get("type") == "object":
        if "properties" not in node:
            raise ValueError("a strict schema has no free-form maps")
        fields = {name: _strict(sub, definitions) for name, sub in node["properties"].items()}
        strict |= {"properties": fields, "required": list(fields), "additionalProperties": False}
    return strict
