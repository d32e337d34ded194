"""Converters that make the fields of frozen classes frozen themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn


class FrozenDict(dict[str, Any]):
    """A dict that nobody changes; it can still be pickled, copied and written as JSON."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this mapping is part of a frozen object; make a new object, for instance with attrs.evolve")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # a dict has none, since it can change
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[str, Any]]]:
        return (FrozenDict, (dict(self),))


def to_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    """A tuple of the values."""
    return tuple(values)


def to_frozenset(values: Iterable[Any]) -> frozenset[Any]:
    """A frozenset of the values."""
    return frozenset(values)


def to_mapping(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A read-only copy of the mapping."""
    return FrozenDict(values)
