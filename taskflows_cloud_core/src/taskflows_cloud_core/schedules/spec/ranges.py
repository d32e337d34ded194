"""Numbers said with few words: sets as arithmetic progressions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import heapify, heappop, heappush

import attrs

# 28 years is the period of the Gregorian calendar within a century; no longer step is ever useful.
_LONGEST_STEP = 28
_SHORTEST_RUN = 3


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


def cover(values: Iterable[int], *, shortest: int = 6) -> tuple[Progression, ...]:
    """Split a set into few progressions that share no number.

    A run has at least three numbers and a progression with a longer step at least ``shortest``, unless the
    whole set is one; what is left stands alone.

    Args:
        values: The set.
        shortest: How many numbers make a step worth its words.

    Returns:
        The progressions in ascending order of their starts.
    """
    return _cover(frozenset(values), shortest)


# The lines of one calendar have few different sets of years, minutes and hours.
@lru_cache(maxsize=1024)
def _cover(values: frozenset[int], shortest: int) -> tuple[Progression, ...]:
    left = set(values)
    whole = as_progression(left)
    if whole is not None and whole.count >= _SHORTEST_RUN:
        return (whole,)
    waiting = [chain for step in range(1, _LONGEST_STEP + 1) for chain in _chains(left, step, shortest)]
    heapify(waiting)
    found: list[Progression] = []
    while waiting:
        less, step, start, stop = heappop(waiting)
        numbers = left.intersection(range(start, stop + 1, step))
        if len(numbers) == -less:
            found.append(Progression(start, stop, step))
            left -= numbers
        else:
            for piece in _chains(numbers, step, shortest):
                heappush(waiting, piece)
    found += [Progression(value, value) for value in left]
    return tuple(sorted(found, key=lambda part: part.start))


def _chains(values: set[int], step: int, shortest: int) -> Iterator[tuple[int, int, int, int]]:
    """The longest progressions of one step that are long enough to be worth it.

    Each is its length, negative, its step, start and stop: the smallest is the one to be taken first.
    """
    length = (_SHORTEST_RUN if step == 1 else shortest) - 1
    for start in values:
        if start - step in values or start + length * step not in values:
            continue
        stop = start
        while stop + step in values:
            stop += step
        if stop - start >= length * step:
            yield -((stop - start) // step + 1), step, start, stop
