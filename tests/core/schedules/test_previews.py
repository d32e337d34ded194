"""Previews where a provider reads its expressions back, and where it does not; colours where there are any."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from taskflows_cloud_core import Calendar, Periodic, Translation, get_environment
from taskflows_cloud_core.schedules import Preview, preview, week_in_colour, week_of, week_text

AFTER = datetime(2027, 10, 30, 12, tzinfo=UTC)


@pytest.fixture
def shown(tmp_path: Path) -> Preview:
    schedules = ["Mon-Fri 09:00 Europe/Berlin", "10:00:30", Periodic(period=90, relative_to="finish"), "25:00"]
    return get_environment("local", root=tmp_path).preview_schedules(schedules, 3, AFTER)


def printed(renderable: RenderableType, *, terminal: bool) -> str:
    console = Console(
        file=StringIO(), force_terminal=terminal, width=100, color_system="truecolor" if terminal else None
    )
    console.print(renderable)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_local_reads_its_expressions_back(shown: Preview) -> None:
    assert [each.translation.verdict for each in shown.schedules] == ["exact", "exact", "exact", "refused"]
    for each in shown.schedules[:3]:
        assert len(each.rows) == 3
        assert all(row.agrees for row in each.rows)
    assert shown.schedules[3].rows == ()


def test_without_a_reader_the_moments_are_those_of_the_schedule_alone() -> None:
    lines = str(preview([Translation.refused(Calendar("10:00"), "no such cloud")], None, 2, AFTER)).splitlines()
    assert lines == [
        "10:00: at 10:00 every day, UTC [refused]",
        "  because no such cloud",
        "  schedule",
        "  Sun 2027-10-31 10:00:00 UTC",
        "  Mon 2027-11-01 10:00:00 UTC",
    ]


def test_one_schedule_alone_is_previewed_too(tmp_path: Path) -> None:
    environment = get_environment("local", root=tmp_path)
    assert str(environment.preview_schedules(Calendar("10:00"), 1, AFTER)) == str(
        environment.preview_schedules("10:00", 1, AFTER)
    )
    with pytest.raises(TypeError, match="int is no schedule"):
        environment.preview_schedules([60], 1, AFTER)  # type: ignore[list-item]
    with pytest.raises(ValueError, match="no time zone"):
        environment.preview_schedules("10:00", 1, AFTER.replace(tzinfo=None))


def test_where_there_is_no_terminal_there_are_no_colours(shown: Preview) -> None:
    plain = printed(shown, terminal=False)
    assert "\x1b" not in plain
    for word in ("[exact]", "[refused]", "Mon 2027-11-01 09:00:00 CET", "hour 25 is out of range", "translated"):
        assert word in plain


def test_a_terminal_gets_colours_unless_they_are_unwanted(shown: Preview, monkeypatch: pytest.MonkeyPatch) -> None:
    green = "\x1b[32m"
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert green in printed(shown, terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert green not in printed(shown, terminal=True)


def test_what_differs_is_seen_in_the_table() -> None:
    wrong = Translation(
        schedule=Calendar("10:00"), expressions=get_environment("local").translate_schedule("11:00").expressions
    )
    table = printed(preview([wrong], lambda _: Calendar("11:00").spec, 2, AFTER), terminal=False)
    assert [line.split()[-1] for line in table.splitlines() if "2027" in line] == ["!", "!", "!"]


def test_a_week_in_colour_has_the_letters_of_the_text() -> None:
    week = week_of([Calendar("Mon-Fri 09:00"), Periodic(period=21600), Calendar("Sat 6:00")], date(2027, 6, 3))
    plain = printed(week_in_colour(week), terminal=False)
    assert [line.rstrip() for line in plain.splitlines()] == week_text(week).splitlines()
    assert "\x1b[1;38;2;86;180;233ma" in printed(week_in_colour(week), terminal=True)
