"""Says where in a callable the thing is that cannot be packaged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import CellType, FunctionType
from typing import Any

_INTERNAL = {"__globals__", "__closure__", "__dict__", "cell_contents"}


def explain(name: str, trail: Sequence[Any], error: Exception) -> str:
    """Make a sentence of a failure to pickle.

    Args:
        name: Of the callable.
        trail: The objects from the callable down to the one that failed.
        error: What the pickler raised.
    """
    path = [step for step in _steps(trail) if step not in _INTERNAL]
    kind = f"a {type(trail[-1]).__name__} object" if trail else "something"
    where = f"its {' → '.join(path)} is {kind}" if path else f"it is, or holds, {kind}"
    return (
        f"{name} cannot be packaged by value: {where}, which cannot be sent to another machine ({error}); "
        "make it inside the function, or move the function into a module that is imported"
    )


def _steps(trail: Sequence[Any]) -> Iterator[str]:
    """The names by which each object holds the next."""
    function: FunctionType | None = None
    for holder, held in pairwise(trail):
        if isinstance(holder, FunctionType):
            function = holder
        elif isinstance(holder, CellType) and function is not None:
            cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
            yield from (name for name, cell in cells if cell is holder)
        elif isinstance(holder, Mapping):
            yield from (str(key) for key, value in holder.items() if value is held and isinstance(key, str))
        elif isinstance(holder, list) and len(holder) > 1:
            yield from (f"[{index}]" for index, value in enumerate(holder) if value is held)
