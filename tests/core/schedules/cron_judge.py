"""A second opinion on cron lines, written for the tests alone: slow, plain, and strict about syntax.

It knows three kinds of cron: ``"eventbridge"`` (the documented syntax of Amazon EventBridge), ``"unix"`` (five
fields, the two day fields joined by OR unless one is a bare star), and ``"ncrontab"`` (six fields, AND).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from functools import cache
from itertools import product

from taskflows_cloud_core.schedules import CalendarSpec

FIRST, LAST = 2027, 2199
NAMES = {"MON": 0, "TUE": 1, "WED": 2, "THU": 3, "FRI": 4, "SAT": 5, "SUN": 6}
KINDS = {
    "eventbridge": ("minute", "hour", "day", "month", "weekday", "year"),
    "unix": ("minute", "hour", "day", "month", "weekday"),
    "ncrontab": ("second", "minute", "hour", "day", "month", "weekday"),
}
LIMITS = {"second": (0, 59), "minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "year": (1970, 2199)}


def numbers(text: str, field: str) -> set[int]:
    """The values of a field of numbers."""
    low, high = LIMITS[field]
    found: set[int] = set()
    for item in text.split(","):
        parts = re.fullmatch(r"(?:(\*)|(\d+)(?:-(\d+))?)(?:/(\d+))?", item)
        assert parts, f"{item!r} in {text!r}"
        star, first, last, step = parts.groups()
        assert not (star and len(text.split(",")) > 1), f"a star in the list {text!r}"
        begin = low if star else int(first)
        end = int(last) if last else high if star or step else begin
        assert low <= begin <= end <= high, f"{item!r} is out of range for {field}"
        found.update(range(begin, end + 1, int(step or 1)))
    return found


def weekdays(text: str, kind: str) -> set[int]:
    """The weekdays of a list, Monday as 0."""
    found: set[int] = set()
    for item in text.split(","):
        first, dash, last = item.partition("-")
        begin, end = day_number(first, kind), day_number(last or first, kind)
        assert begin <= end, f"{item!r} wraps"
        assert not (dash and 6 in (begin, end)), f"Sunday in the range {item!r}"
        found.update(range(begin, end + 1))
    return found


def day_number(text: str, kind: str) -> int:
    if kind == "eventbridge":
        return NAMES[text]
    assert re.fullmatch("[0-6]", text)
    return (int(text) - 1) % 7


class Line:
    """One line of cron."""

    def __init__(self, text: str, kind: str) -> None:
        fields = dict(zip(KINDS[kind], text.split(" "), strict=True))
        self.kind = kind
        self.day, self.weekday = fields["day"], fields["weekday"]
        self.months = numbers(fields["month"], "month")
        self.years = None if fields.get("year", "*") == "*" else numbers(fields["year"], "year")
        seconds = numbers(fields.get("second", "0"), "second")
        self.times = frozenset(product(numbers(fields["hour"], "hour"), numbers(fields["minute"], "minute"), seconds))
        self.known: dict[tuple[int, int], frozenset[int]] = {}
        if kind == "eventbridge":
            assert [self.day, self.weekday].count("?") == 1, f"exactly one ? is due in {text!r}"

    def days(self, year: int, month: int) -> frozenset[int]:
        """The days of one month on which the line fires."""
        if month not in self.months or (self.years is not None and year not in self.years):
            return frozenset()
        shape = shape_of(year, month)
        if shape not in self.known:
            self.known[shape] = frozenset(self.days_of_shape(*shape))
        return self.known[shape]

    def days_of_shape(self, first: int, length: int) -> set[int]:
        """The days of a month that begins on a weekday and is so long."""
        every = set(range(1, length + 1))
        by_day = every if self.day in "*?" else self.days_of_month(every)
        by_weekday = every if self.weekday in "*?" else self.days_of_week(first, every)
        if self.kind == "unix" and self.day != "*" and self.weekday != "*":
            return by_day | by_weekday
        return by_day & by_weekday

    def days_of_month(self, every: set[int]) -> set[int]:
        if self.day == "L":
            assert self.kind == "eventbridge"
            return {max(every)}
        return numbers(self.day, "day") & every

    def days_of_week(self, first: int, every: set[int]) -> set[int]:
        special = re.fullmatch(r"([A-Z]{3})(?:(L)|#([1-5]))", self.weekday)
        if special is None:
            wanted = weekdays(self.weekday, self.kind)
            return {day for day in every if (first + day - 1) % 7 in wanted}
        assert self.kind == "eventbridge"
        name, last, nth = special.groups()
        such = sorted(day for day in every if (first + day - 1) % 7 == NAMES[name])
        return {such[-1]} if last else set(such[int(nth) - 1 : int(nth)])


@cache
def shape_of(year: int, month: int) -> tuple[int, int]:
    """On which weekday a month begins, and how long it is: what its days depend on."""
    return calendar.monthrange(year, month)


def days_of(spec: CalendarSpec, year: int, month: int, known: dict[tuple[int, int], frozenset[int]]) -> frozenset[int]:
    """The days of one month on which a calendar fires."""
    if month not in spec.months or (spec.years is not None and year not in spec.years):
        return frozenset()
    first, length = shape = shape_of(year, month)
    if shape not in known:
        known[shape] = frozenset(
            day
            for day in range(1, length + 1)
            if (first + day - 1) % 7 in spec.weekdays
            and (spec.days is None or day in spec.days or day - length - 1 in spec.days)
        )
    return known[shape]


def assert_same(spec: CalendarSpec, lines: Iterable[str], kind: str) -> None:
    """Fail unless the lines fire, together, when the calendar does from 2027 to 2199, and none twice."""
    judged = [Line(text, kind) for text in lines]
    seconds = {value // 1_000_000 for value in spec.microseconds}
    assert all(value % 1_000_000 == 0 for value in spec.microseconds)
    times = frozenset(product(spec.hours, spec.minutes, seconds))
    right: set[tuple[int, ...]] = set()
    seen: set[tuple[frozenset[int], ...]] = set()
    known: dict[tuple[int, int], frozenset[int]] = {}
    for year, month in product(range(FIRST, LAST + 1), range(1, 13)):
        expected = days_of(spec, year, month, known)
        by_line = [line.days(year, month) for line in judged]
        if (case := (expected, *by_line)) in seen:
            continue
        seen.add(case)
        fired: dict[int, tuple[int, ...]] = {}
        for index, days in enumerate(by_line):
            for day in days:
                fired[day] = (*fired.get(day, ()), index)
        assert set(fired) == expected, f"{year}-{month:02d}: {lines} fire on {sorted(fired)}, {spec} on {expected}"
        for together in set(fired.values()) - right:
            parts = [judged[index].times for index in together]
            assert frozenset().union(*parts) == times, f"{year}-{month:02d}: other times of day in {lines}"
            assert sum(map(len, parts)) == len(times), f"{year}-{month:02d}: {lines} fire twice"
            right.add(together)
