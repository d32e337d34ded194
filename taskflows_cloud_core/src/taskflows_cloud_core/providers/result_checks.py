"""What a hook may answer: what its return annotation in the contract says, down to the values of a sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from inspect import iscoroutine, isgenerator
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from taskflows_cloud_core.hookspecs import ProviderSpec


@attrs.frozen(kw_only=True)
class _Expected:
    """A class, and the class of the values when it is a sequence; ``None`` is any."""

    kind: type | None
    value: type | None = None

    def __str__(self) -> str:
        named = getattr(self.kind, "__name__", "")
        return f"{named}[{self.value.__name__}]" if self.value is not None else named


def wrong_answer(operation: str, answer: Any) -> str:
    """What is wrong with the answer of a hook, in words that go after "answered with"; "" when nothing is."""
    if answer is None:
        return "None"
    if isgenerator(answer) or iscoroutine(answer):
        return f"a {type(answer).__name__}"
    expected = _expected(operation)
    if expected.kind is None:
        return ""
    if not isinstance(answer, expected.kind) or (expected.kind is Sequence and isinstance(answer, str)):
        return f"a {type(answer).__name__}, where the contract says {expected}"
    return _wrong_value(answer, expected)


def _wrong_value(answer: Any, expected: _Expected) -> str:
    if expected.value is not None:
        for value in answer:
            if not isinstance(value, expected.value):
                return f"a {type(answer).__name__} of {type(value).__name__}, where the contract says {expected}"
    return ""


@cache
def _expected(operation: str) -> _Expected:
    hint = get_type_hints(getattr(ProviderSpec, operation))["return"]
    origin = get_origin(hint)
    if origin is Sequence:
        return _Expected(kind=Sequence, value=get_args(hint)[0])
    if origin is Mapping:
        return _Expected(kind=Mapping)
    return _Expected(kind=hint if isinstance(hint, type) and hint is not Any else None)
