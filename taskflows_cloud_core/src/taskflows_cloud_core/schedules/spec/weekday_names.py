"""Weekdays as systemd writes them."""

from __future__ import annotations

from taskflows_cloud_core.schedules.spec.units import ALL_WEEKDAYS, WEEKDAY_NAMES

_SHORTEST_RANGE = 3


def weekdays_text(weekdays: frozenset[int]) -> str:
    """Weekdays as systemd writes them, three or more in a row as a range; ``""`` for all seven."""
    if weekdays == ALL_WEEKDAYS:
        return ""
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(_run(run) for run in runs)


def _run(days: list[int]) -> str:
    names = [WEEKDAY_NAMES[day] for day in days]
    return f"{names[0]}..{names[-1]}" if len(names) >= _SHORTEST_RANGE else ",".join(names)
