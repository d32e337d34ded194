"""Numbers said with few words: sets as arithmetic progressions."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

# 28 years is the period of the Gregorian calendar within a century; no longer step is ever useful.
_LONGEST_STEP = 28
_SHORTEST_RUN, _SHORTEST_STEPS = 3, 4


@attrs.frozen
class Progression:
    """The numbers ``start``, ``start + step``, … up to and including ``stop``.

    Args:
        start: The first.
        stop: The last, which is one of them.
        step: At least 1.
    """

    start: int
    stop: int
    step: int = 1

    @property
    def count(self) -> int:
        """How many numbers."""
        return (self.stop - self.start) // self.step + 1

    @property
    def numbers(self) -> range:
        """The numbers."""
        return range(self.start, self.stop + 1, self.step)


def as_progression(values: Iterable[int]) -> Progression | None:
    """The one progression that the values are, or ``None``. A single value is a progression of one."""
    ordered = sorted(values)
    if not ordered:
        return None
    step = ordered[1] - ordered[0] if len(ordered) > 1 else 1
    whole = Progression(ordered[0], ordered[-1], step)
    return whole if list(whole.numbers) == ordered else None


def cover(values: Iterable[int]) -> tuple[Progression, ...]:
    """Split a set into few progressions that share no number.

    A run has at least three numbers and a progression with a longer step at least four, unless the whole
    set is one; what is left stands alone.

    Args:
        values: The set.

    Returns:
        The progressions in ascending order of their starts.
    """
    left = set(values)
    whole = as_progression(left)
    if whole is not None and whole.count >= _SHORTEST_RUN:
        return (whole,)
    found: list[Progression] = []
    while (longest := _longest(left)) is not None:
        found.append(longest)
        left.difference_update(longest.numbers)
    found += [Progression(value, value) for value in left]
    return tuple(sorted(found, key=lambda part: part.start))


def _longest(values: set[int]) -> Progression | None:
    best: Progression | None = None
    for step in range(1, _LONGEST_STEP + 1):
        shortest = _SHORTEST_RUN if step == 1 else _SHORTEST_STEPS
        for start in values:
            if start - step in values or start + step not in values:
                continue
            stop = start
            while stop + step in values:
                stop += step
            chain = Progression(start, stop, step)
            if chain.count >= shortest and (best is None or _better(chain, best)):
                best = chain
    return best


def _better(one: Progression, other: Progression) -> bool:
    return (one.count, -one.step, -one.start) > (other.count, -other.step, -other.start)
