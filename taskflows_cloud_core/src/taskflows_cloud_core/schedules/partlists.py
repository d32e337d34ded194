"""Lists of ranges and steps for sets that plain progressions do not say within the limits of OnCalendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from taskflows_cloud_core.schedules.progressions import Progression, cover

_LAST_FROM_END, _LESS_FOR_EACH = 28, 3
_MOST_TRIES = 1_000
# Between how many neighbours the step of a progression is looked for.
_NEIGHBOURS = 12
_SHORTEST = 3


def from_end_parts(days: Iterable[int]) -> tuple[Progression, ...]:
    """Days counted from the end of the month, as a list after ``~`` can have them.

    The element at the place k of such a list, counted from 0, reaches at most to day 28 - 3k.

    Args:
        days: 1 is the last day of the month, up to 28.

    Returns:
        Progressions in ascending order of their starts. They can have days in common. When the days fit into
        no list, plain progressions, which OnCalendar then refuses.
    """
    wanted = frozenset(days)
    plain = cover(wanted)
    if _fits(plain):
        return plain
    tries = iter(range(_MOST_TRIES))
    return next(_lists(wanted, wanted, (), tries), plain)


def _fits(parts: Sequence[Progression]) -> bool:
    return all(part.stop <= _LAST_FROM_END - _LESS_FOR_EACH * index for index, part in enumerate(parts))


def _lists(
    wanted: frozenset[int], left: frozenset[int], parts: tuple[Progression, ...], tries: Iterator[int]
) -> Iterator[tuple[Progression, ...]]:
    """Continue a list, always with the smallest day that is left, until all days are in it."""
    if not left:
        yield parts
        return
    most = _LAST_FROM_END - _LESS_FOR_EACH * len(parts)
    if max(left) > most:
        return
    for part in sorted(_starting_at(min(left), wanted), key=lambda part: -len(left.intersection(part.numbers))):
        if part.stop <= most and next(tries, None) is not None:
            yield from _lists(wanted, left.difference(part.numbers), (*parts, part), tries)


def _starting_at(start: int, wanted: frozenset[int]) -> Iterator[Progression]:
    """All progressions within the set that begin with a day: itself, and every step as far as it goes."""
    yield Progression(start, start)
    for step in range(1, _LAST_FROM_END):
        stop = start
        while stop + step in wanted:
            stop += step
            yield Progression(start, stop, step)


def fraction_parts(values: Iterable[int]) -> tuple[Progression, ...]:
    """Microseconds as few progressions, which can have values in common.

    Args:
        values: Microseconds into the minute.

    Returns:
        Progressions in ascending order of their starts.
    """
    ordered = sorted(values)
    known, done = frozenset(ordered), set[int]()
    parts: list[Progression] = []
    for index, start in enumerate(ordered):
        if start in done:
            continue
        steps = {value - start for value in ordered[index + 1 : index + 1 + _NEIGHBOURS]}
        part = max((_as_far(start, step, known) for step in steps), key=_count, default=Progression(start, start))
        part = part if part.count >= _SHORTEST else Progression(start, start)
        parts.append(part)
        done.update(part.numbers)
    return tuple(parts)


def _count(part: Progression) -> int:
    return part.count


def _as_far(start: int, step: int, known: frozenset[int]) -> Progression:
    stop = start
    while stop + step in known:
        stop += step
    return Progression(start, stop, step)
