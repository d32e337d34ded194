"""A week as an SVG picture."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from xml.sax.saxutils import escape, quoteattr

from taskflows_cloud_core.schedules.bounds import WEEKDAY_NAMES
from taskflows_cloud_core.schedules.weeks import SLOTS, Week
from taskflows_cloud_core.schedules.weektext import legend

# The palette of Okabe and Ito, which people with any kind of colour vision can tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_LEFT, _TOP, _ROW, _LINE = 70, 44, 34, 20
_SCALE = 3


def week_svg(week: Week) -> str:
    """Draw a week as SVG: a row for each day, a coloured lane in it for each schedule.

    Args:
        week: Of `week_of`.

    Returns:
        A whole SVG document, which says in its title and legend what it shows.
    """
    width = _LEFT + SLOTS * _SCALE + 20
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
    lines = [f'<line x1="{_LEFT}" y1="{bottom}" x2="{_LEFT + SLOTS * _SCALE}" y2="{bottom}" stroke="#aaa"/>']
    for hour in range(25):
        x = _LEFT + hour * 12 * _SCALE
        lines.append(f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{bottom}" stroke="#ddd"/>')
        if hour % 2 == 0:
            lines.append(f'<text x="{x}" y="{_TOP - 6}" text-anchor="middle" fill="#555">{hour}</text>')
    return lines


def _svg_day(week: Week, number: int) -> list[str]:
    top = _TOP + number * _ROW
    day = week.monday + timedelta(days=number)
    right = _LEFT + SLOTS * _SCALE
    label = f"{WEEKDAY_NAMES[number]} {day.day}"
    lines = [
        f'<line x1="{_LEFT}" y1="{top}" x2="{right}" y2="{top}" stroke="#aaa"/>',
        f'<text x="{_LEFT - 8}" y="{top + _ROW / 2 + 4:g}" text-anchor="end">{label}</text>',
    ]
    lane = (_ROW - 4) / max(len(week.schedules), 1)
    for index, slots in enumerate(week.slots):
        y, colour = top + 2 + index * lane, _COLOURS[index % len(_COLOURS)]
        for first, last in _runs(slot - number * SLOTS for slot in slots if slot // SLOTS == number):
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
    for index, (_, text) in enumerate(legend(week)):
        y = _TOP + 7 * _ROW + 16 + index * _LINE
        colour = quoteattr(_COLOURS[index % len(_COLOURS)])
        lines.append(f'<rect x="{_LEFT}" y="{y}" width="12" height="12" fill={colour}/>')
        lines.append(f'<text x="{_LEFT + 20}" y="{y + 11}">{escape(text)}</text>')
    return lines
