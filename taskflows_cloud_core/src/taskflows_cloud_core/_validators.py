"""Validators of fields whose sentences are for people; those of attrs show their own insides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import attrs

Validator: TypeAlias = "Callable[[Any, attrs.Attribute[Any], Any], None]"


def _path(instance: object, attribute: attrs.Attribute[Any]) -> str:
    return f"{type(instance).__name__}.{attribute.name}"


def kind_of(kind: type, *, optional: bool = False) -> Validator:
    """Refuse with ``TypeError`` what is of another class; ``True`` is no ``int`` here."""

    def check(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if optional and value is None:
            return
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            wanted = f"{kind.__name__} or None" if optional else kind.__name__
            raise TypeError(f"{_path(instance, attribute)} must be of type {wanted}, not {type(value).__name__}")

    return check


def at_least(least: int, *, optional: bool = False) -> Validator:
    """Refuse what is no ``int``, or below ``least``."""
    is_int = kind_of(int, optional=optional)

    def check(instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        is_int(instance, attribute, value)
        if value is not None and value < least:
            raise ValueError(f"{_path(instance, attribute)} is {value}; it must be at least {least}")

    return check


def one_of(*choices: str) -> Validator:
    """Refuse with ``ValueError`` what is none of the choices."""

    def check(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value not in choices:
            said = ", ".join(map(repr, choices))
            raise ValueError(f"{_path(instance, attribute)} is {value!r}; it must be one of {said}")

    return check


def require_count(n: object) -> None:
    """Refuse what cannot say how many there are to be."""
    if not isinstance(n, int) or isinstance(n, bool):
        raise TypeError(f"n must be of type int, not {type(n).__name__}")
    if n < 0:
        raise ValueError(f"n is {n}; it must be at least 0")


def aware_moment(after: object) -> datetime:
    """Refuse what cannot say after which moment; now, when it is ``None``."""
    if after is None:
        return datetime.now(UTC)
    if not isinstance(after, datetime):
        raise TypeError(f"after must be of type datetime or None, not {type(after).__name__}")
    if after.utcoffset() is None:
        raise ValueError("after has no time zone; pass an aware datetime, for instance datetime.now(UTC)")
    return after
