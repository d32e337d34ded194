"""Answers as JSON, and the JSON Schema of an answer: both from the class, so that they cannot differ."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs

_PLAIN: Mapping[Any, dict[str, Any]] = {
    Any: {},
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    Path: {"type": "string"},
}
# The metadata of fields that are for people alone.
NOT_IN_JSON: Mapping[str, bool] = types.MappingProxyType({"not_in_json": True})
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def to_json(value: Any) -> Any:
    """What json can write: attrs objects become objects, moments ISO 8601 texts, hidden values "(hidden)"."""
    from taskflows_cloud_core.reconcile.resource import Hidden

    if isinstance(value, Hidden):
        return repr(value)
    if attrs.has(type(value)):
        return {field.name: to_json(getattr(value, field.name)) for field in _fields(type(value))}
    if isinstance(value, Mapping):
        return {str(key): to_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def schema_of(answer: type, *, title: str) -> dict[str, Any]:
    """The JSON Schema of an attrs class.

    Args:
        answer: The class.
        title: What the schema is called.
    """
    return {"$schema": DIALECT, "title": title, **_object(answer)}


def _object(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    fields = _fields(kind)
    described = _described(kind)
    properties = {field.name: {**_schema(hints[field.name]), **described.get(field.name, {})} for field in fields}
    return {
        "type": "object",
        "description": (kind.__doc__ or "").partition("\n")[0],
        "properties": properties,
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }


def _fields(kind: type) -> list[attrs.Attribute[Any]]:
    return [field for field in attrs.fields(kind) if not field.metadata.get("not_in_json")]


def _schema(hint: Any) -> dict[str, Any]:
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_schema(argument) for argument in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    return _object(hint)


def _described(kind: type) -> dict[str, dict[str, str]]:
    """The descriptions of the fields in the docstring's ``Args``."""
    _, _, text = (kind.__doc__ or "").partition("Args:")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return {}
    indent = len(lines[0]) - len(lines[0].lstrip())
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if len(line) - len(line.lstrip()) < indent:
            break
        if not line[indent].isspace():
            name, _, line = line.strip().partition(": ")
        found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return {name: {"description": text} for name, text in found.items()}
