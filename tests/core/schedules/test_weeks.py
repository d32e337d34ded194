"""A week of schedules as a picture."""

from __future__ import annotations

import sys
from datetime import date
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageColor

from taskflows_cloud_core import Calendar, ConfigurationError, Periodic, ScheduleError
from taskflows_cloud_core.schedules import week_of, week_png, week_svg, week_text

SIDES = (("x", "width"), ("y", "height"))
SVG = "{http://www.w3.org/2000/svg}"
SCHEDULES = [
    Calendar("Mon-Fri 09:00"),
    Calendar("Sat,Sun 2,14:30"),
    Calendar("Mon 8..10:0/20"),
    Periodic(period=43200),
]


def test_text_has_a_row_for_each_day_and_a_letter_for_each_schedule() -> None:
    week = week_of(SCHEDULES, date(2027, 6, 3))
    assert week_text(week) == "\n".join(
        [
            "week of 2027-05-31, UTC",
            "       0   2   4   6   8   10  12  14  16  18  20  22",
            "Mon 31 d...............cc+ccc..d.......................",
            "Tue  1 d.................a.....d.......................",
            "Wed  2 d.................a.....d.......................",
            "Thu  3 d.................a.....d.......................",
            "Fri  4 d.................a.....d.......................",
            "Sat  5 d....b..................d....b..................",
            "Sun  6 d....b..................d....b..................",
            "a  Mon-Fri 09:00: at 09:00 on weekdays, UTC",
            "b  Sat,Sun 2,14:30: at 02:30 and 14:30 on weekends, UTC",
            "c  Mon 8..10:0/20: every 20 minutes from 08:00 to 10:40 on Mondays, UTC",
            "d  every 43200 s: every 12 hours",
        ]
    )


def test_the_picture_has_the_clock_of_its_zone() -> None:
    week = week_of([Calendar("Sun 23:30")], date(2027, 6, 3), timezone="Europe/Berlin")
    # Sunday half past eleven in London's winter is Monday half past one in Berlin's summer.
    assert week.slots == (frozenset({1 * 12 + 6}),)


def test_a_change_of_the_clock_shows() -> None:
    spring = week_of([Calendar("2:30 Europe/Berlin")], date(2027, 3, 28), timezone="Europe/Berlin")
    assert len(spring.slots[0]) == 6
    autumn = week_of([Periodic(period=3600)], date(2027, 10, 31), timezone="Europe/Berlin")
    assert len(autumn.slots[0]) == 7 * 24


def test_what_fires_every_second_is_drawn_at_once() -> None:
    [slots] = week_of([Calendar("*:*:*")], date(2027, 6, 3)).slots
    assert slots == frozenset(range(7 * 288))


def test_svg_is_a_document_with_a_mark_for_each_run() -> None:
    root = ElementTree.fromstring(week_svg(week_of(SCHEDULES, date(2027, 6, 3))))
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == "Week of 2027-05-31, UTC"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "Mon 31" in texts
    assert "Mon-Fri 09:00: at 09:00 on weekdays, UTC" in texts
    marks = [mark for mark in root.iter(f"{SVG}rect") if mark.get("fill") == "#0072B2" and mark.get("width") == "3"]
    assert len(marks) == 5


def test_png_is_a_picture_with_the_same_marks() -> None:
    picture = Image.open(BytesIO(week_png(week_of(SCHEDULES, date(2027, 6, 3)))))
    svg = ElementTree.fromstring(week_svg(week_of(SCHEDULES, date(2027, 6, 3))))
    assert picture.format == "PNG"
    assert picture.size == (2 * int(svg.get("width", 0)), 2 * int(svg.get("height", 0)))
    for mark in svg.iter(f"{SVG}rect"):
        if mark.get("x") and mark.get("fill") in ("#0072B2", "#D55E00", "#009E73", "#CC79A7"):
            middle = [float(mark.get(side, 0)) + float(mark.get(size, 0)) / 2 for side, size in SIDES]
            assert picture.getpixel((round(2 * middle[0]), round(2 * middle[1]))) == ImageColor.getrgb(
                mark.get("fill", "")
            )


def test_without_pillow_png_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'taskflows-cloud-core\[png\]', or take SVG"):
        week_png(week_of([], date(2027, 6, 3)))


@pytest.mark.parametrize(("schedule", "zone"), [("25:00", "UTC"), ("10:00", "europe/berlin")])
def test_what_cannot_be_read_is_refused(schedule: str, zone: str) -> None:
    with pytest.raises(ScheduleError):
        week_of([Calendar(schedule)], timezone=zone)
