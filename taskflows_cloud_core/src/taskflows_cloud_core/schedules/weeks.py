"""A week of schedules as a picture: text for a terminal, SVG for a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from xml.sax.saxutils import escape, quoteattr

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.schedules.bounds import WEEKDAY_NAMES
from taskflows_cloud_core.schedules.english import describe
from taskflows_cloud_core.schedules.occurrences import iterate
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.translation import Schedule
from taskflows_cloud_core.schedules.zones import zone_of

_SLOTS = 288
_SLOT_MINUTES = 24 * 60 // _SLOTS
_SLOTS_IN_CELL = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The palette of Okabe and Ito, which people with any kind of colour vision can tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


@attrs.frozen(kw_only=True)
class Week:
    """When schedules fire in one week.

    Args:
        monday: Its first day.
        timezone: The zone whose clock the picture has.
        schedules: What is shown.
        slots: For each schedule, the five-minute slots of the week in which it fires: 0 is Monday from 00:00
            to 00:05 on the clock of ``timezone``.
    """

    monday: date
    timezone: str
    schedules: tuple[Schedule, ...] = attrs.field(converter=to_tuple)
    slots: tuple[frozenset[int], ...] = attrs.field(converter=to_tuple)


def week_of(schedules: Sequence[Schedule], day: date | None = None, *, timezone: str = "UTC") -> Week:
    """Compute when schedules fire in the week of a day.

    A period counts from the beginning of the week, since its real beginning is not known.

    Args:
        schedules: At most 52 of them can be told apart in text.
        day: Any day of the week; today, when not given.
        timezone: The zone whose clock the picture has.

    Raises:
        ScheduleError: The text of a calendar, or the zone, cannot be read.
    """
    shown = datetime.now(zone_of(timezone)).date() if day is None else day
    monday = shown - timedelta(days=shown.weekday())
    slots = tuple(_slots(schedule, monday, zone_of(timezone)) for schedule in schedules)
    return Week(monday=monday, timezone=timezone, schedules=schedules, slots=slots)


def _slots(schedule: Schedule, monday: date, zone: tzinfo) -> frozenset[int]:
    begin = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    end = begin + timedelta(days=7)
    if isinstance(schedule, Periodic):
        step = max(schedule.period, _SLOT_MINUTES * 60)
        count = int((end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds()) // step
        moments = [begin, *attrs.evolve(schedule, period=step).next_runs(count, begin)]
        return frozenset(_slot(moment, begin) for moment in moments if moment < end)
    # One second of each minute is enough to see in which slots it fires.
    spec = attrs.evolve(schedule.spec, microseconds={min(schedule.spec.microseconds)})
    found: set[int] = set()
    for moment in iterate(spec, begin - timedelta(microseconds=1)):
        local = moment.astimezone(zone)
        if local >= end:
            break
        found.add(_slot(local, begin))
    return frozenset(found)


def _slot(moment: datetime, begin: datetime) -> int:
    wall = moment.replace(tzinfo=None) - begin.replace(tzinfo=None)
    return int(wall.total_seconds()) // (_SLOT_MINUTES * 60)


def week_text(week: Week) -> str:
    """Draw a week with letters: a row for each day, a column for each half hour.

    Args:
        week: Of `week_of`.

    Returns:
        Lines of at most 55 characters, and a legend. ``+`` stands where several schedules fire.
    """
    hours = "".join(f"{hour:<4d}" for hour in range(0, 24, 2))
    lines = [f"week of {week.monday.isoformat()}, {week.timezone}", f"       {hours}".rstrip()]
    for number, name in enumerate(WEEKDAY_NAMES):
        day = week.monday + timedelta(days=number)
        lines.append(f"{name} {day.day:2d} " + "".join(_cell(week, number, column) for column in range(48)))
    return "\n".join([*lines, *(f"{letter}  {text}" for letter, text in _legend(week))])


def _cell(week: Week, day: int, column: int) -> str:
    begin = day * _SLOTS + column * _SLOTS_IN_CELL
    here = frozenset(range(begin, begin + _SLOTS_IN_CELL))
    firing = [index for index, slots in enumerate(week.slots) if slots & here]
    if not firing:
        return "."
    return _letter(firing[0]) if len(firing) == 1 else "+"


def _letter(index: int) -> str:
    return _LETTERS[index] if index < len(_LETTERS) else "?"


def _legend(week: Week) -> list[tuple[str, str]]:
    return [(_letter(index), f"{each}: {describe(each)}") for index, each in enumerate(week.schedules)]


_LEFT, _TOP, _ROW, _LINE = 70, 44, 34, 20
_SCALE = 3


def week_svg(week: Week) -> str:
    """Draw a week as SVG: a row for each day, a coloured lane in it for each schedule.

    Args:
        week: Of `week_of`.

    Returns:
        A whole SVG document, which says in its title and legend what it shows.
    """
    width = _LEFT + _SLOTS * _SCALE + 20
    height = _TOP + 7 * _ROW + 16 + _LINE * len(week.schedules) + 10
    title = f"Week of {week.monday.isoformat()}, {week.timezone}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" font-size="12">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" fill="white"/>',
            f'<text x="{_LEFT}" y="16" font-weight="bold">{escape(title)}</text>',
            *_svg_hours(),
            *(line for number in range(7) for line in _svg_day(week, number)),
            *_svg_legend(week),
            "</svg>\n",
        ]
    )


def _svg_hours() -> list[str]:
    bottom = _TOP + 7 * _ROW
    lines = [f'<line x1="{_LEFT}" y1="{bottom}" x2="{_LEFT + _SLOTS * _SCALE}" y2="{bottom}" stroke="#aaa"/>']
    for hour in range(25):
        x = _LEFT + hour * 12 * _SCALE
        lines.append(f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{bottom}" stroke="#ddd"/>')
        if hour % 2 == 0:
            lines.append(f'<text x="{x}" y="{_TOP - 6}" text-anchor="middle" fill="#555">{hour}</text>')
    return lines


def _svg_day(week: Week, number: int) -> list[str]:
    top = _TOP + number * _ROW
    day = week.monday + timedelta(days=number)
    right = _LEFT + _SLOTS * _SCALE
    label = f"{WEEKDAY_NAMES[number]} {day.day}"
    lines = [
        f'<line x1="{_LEFT}" y1="{top}" x2="{right}" y2="{top}" stroke="#aaa"/>',
        f'<text x="{_LEFT - 8}" y="{top + _ROW / 2 + 4:g}" text-anchor="end">{label}</text>',
    ]
    lane = (_ROW - 4) / max(len(week.schedules), 1)
    for index, slots in enumerate(week.slots):
        y, colour = top + 2 + index * lane, _COLOURS[index % len(_COLOURS)]
        for first, last in _runs(slot - number * _SLOTS for slot in slots if slot // _SLOTS == number):
            x, long = _LEFT + first * _SCALE, (last - first + 1) * _SCALE
            lines.append(f'<rect x="{x}" y="{y:.1f}" width="{long}" height="{lane:.1f}" fill="{colour}"/>')
    return lines


def _runs(slots: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for slot in sorted(slots):
        if runs and runs[-1][1] == slot - 1:
            runs[-1] = (runs[-1][0], slot)
        else:
            runs.append((slot, slot))
    return runs


def _svg_legend(week: Week) -> list[str]:
    lines = []
    for index, (_, text) in enumerate(_legend(week)):
        y = _TOP + 7 * _ROW + 16 + index * _LINE
        colour = quoteattr(_COLOURS[index % len(_COLOURS)])
        lines.append(f'<rect x="{_LEFT}" y="{y}" width="12" height="12" fill={colour}/>')
        lines.append(f'<text x="{_LEFT + 20}" y="{y + 11}">{escape(text)}</text>')
    return lines
