"""Converters that make the fields of frozen classes frozen themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any


def to_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    """A tuple of the values."""
    return tuple(values)


def to_frozenset(values: Iterable[Any]) -> frozenset[Any]:
    """A frozenset of the values."""
    return frozenset(values)


def to_mapping(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A read-only copy of the mapping."""
    return MappingProxyType(dict(values))
