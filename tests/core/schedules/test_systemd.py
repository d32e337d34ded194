"""Our reading of OnCalendar beside that of systemd itself, where it is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from random import Random

import attrs
import pytest
from oncalendar_samples import any_text

from taskflows_cloud_core import ScheduleError
from taskflows_cloud_core.schedules import CalendarSpec, next_runs, parse
from taskflows_cloud_core.schedules.timezones.lookup import zone_of

SYSTEMD_ANALYZE = shutil.which("systemd-analyze")
pytestmark = pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="systemd-analyze is not installed")

# Changes of the clock in both hemispheres, leap days and the lack of one, ends of years. None lies within a
# repeated hour: systemd, when started in there, fires once more in it; ours never fires twice.
BASE_TIMES = [
    datetime(2026, 12, 31, 23, 58, 30, tzinfo=UTC),
    datetime(2027, 3, 13, 12, 0, tzinfo=UTC),
    datetime(2027, 3, 27, 12, 0, tzinfo=UTC),
    datetime(2027, 4, 3, 13, 10, tzinfo=UTC),
    datetime(2027, 10, 2, 12, 0, tzinfo=UTC),
    datetime(2027, 10, 30, 23, 10, tzinfo=UTC),
    datetime(2027, 11, 7, 4, 50, tzinfo=UTC),
    datetime(2028, 2, 28, 20, 0, tzinfo=UTC),
    datetime(2100, 2, 28, 12, 0, tzinfo=UTC),
]
# systemd 252 loses moments after the last one that an open step reaches ("*:0/7" skips every full hour).
OPEN_STEP = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)/")


def systemd(text: str, base: datetime, count: int) -> tuple[str, list[datetime]] | None:
    """What systemd makes of a text: its normalised form and the next moments; ``None`` when it refuses.

    Both are empty when it reads the text and then gives up looking for moments, as for "12/7:59" before the clock
    is put forward.
    """
    options = [f"--iterations={count}", f"--base-time={base:%Y-%m-%d %H:%M:%S UTC}", "--"]
    command = [SYSTEMD_ANALYZE or "", "calendar", *options, text]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    )
    if "Failed to determine next elapse" in answer.stderr:
        return "", []
    if answer.returncode:
        return None
    normalised = re.search(r"Normalized form: (.*)", answer.stdout)
    moments = re.findall(r"(?:Next elapse|Iter\. #\d+): \w{3} (\S+ \S+) UTC", answer.stdout)
    parsed = [datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) for moment in moments]
    return normalised[1].strip() if normalised else text, parsed


def whole_seconds(moments: list[datetime]) -> list[datetime]:
    return [moment.astimezone(UTC).replace(microsecond=0) for moment in moments]


def is_later_in_a_repeated_hour(spec: CalendarSpec, ours: list[datetime], moments: list[datetime]) -> bool:
    """Whether systemd has the second of two moments that show the same time; it depends on where it comes from."""
    zone = zone_of(spec.timezone)
    shown = [[moment.astimezone(zone).replace(tzinfo=None) for moment in each] for each in (ours, moments)]
    return shown[0] == shown[1] and all(one <= other for one, other in zip(ours, moments, strict=True))


def without_steps(spec: CalendarSpec) -> str | None:
    """The same calendar in lists alone, which systemd reads without losing moments."""
    if spec.days is not None and min(spec.days) < 0:
        return None
    if len(spec.microseconds) > 60 or any(value % 1_000_000 for value in spec.microseconds):
        return None

    def said(values: frozenset[int] | None) -> str:
        return "*" if values is None else ",".join(map(str, sorted(values)))

    weekdays = ",".join(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day] for day in sorted(spec.weekdays))
    seconds = said(frozenset(value // 1_000_000 for value in spec.microseconds))
    date = f"{said(spec.years)}-{said(spec.months)}-{said(spec.days)}"
    return f"{weekdays} {date} {said(spec.hours)}:{said(spec.minutes)}:{seconds} {spec.timezone}"


def read_or_refused(text: str) -> tuple[CalendarSpec | None, str]:
    try:
        return parse(text), ""
    except ScheduleError as error:
        return None, str(error)


def assert_read_alike(text: str, base: datetime) -> None:
    theirs = systemd(text, base, 5)
    spec, error = read_or_refused(text)
    if spec is None:
        assert theirs is None, f"systemd accepts {text!r}, we say: {error}"
        return
    assert theirs is not None, f"systemd refuses {text!r}, we read {spec}"
    normalised, moments = theirs
    assert not normalised or str(spec) in (normalised, f"{normalised} UTC"), text
    ours = whole_seconds(next_runs(spec, 5, base))
    if ours == moments or is_later_in_a_repeated_hour(spec, ours, moments):
        return
    assert OPEN_STEP.search(text), f"{text!r} after {base}: systemd {moments}, we {ours}"
    said = without_steps(spec)
    if said is None or len(said) > 4000:
        return
    again = systemd(said, base, 5)
    assert again is not None, said
    assert ours == again[1], f"{text!r}, for systemd {said!r}, after {base}"


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_is_read_as_systemd_reads_it(seed: int) -> None:
    random = Random(seed)
    for _ in range(40):
        assert_read_alike(any_text(random), random.choice(BASE_TIMES))


@pytest.mark.parametrize(
    "text",
    [
        "Mon-Fri 09:00 Europe/Berlin",
        "Sat,Sun *-1..3-~01/2 8,9:0/15:30.5 UTC",
        "2027-02-28..29 00:00:00 America/New_York",
        "monthly Asia/Kolkata",
        "@1893456000 UTC",
    ],
)
def test_a_text_that_lacks_something_is_read_as_systemd_reads_it(text: str) -> None:
    begun = {text[:end] for end in range(len(text))}
    broken_off = {text[begin:] for begin in range(len(text))}
    with_a_gap = {text[:place] + text[place + 1 :] for place in range(len(text))}
    for lacking in sorted(begun | broken_off | with_a_gap):
        assert_read_alike(lacking, BASE_TIMES[0])


@pytest.mark.slow
def test_two_thousand_texts_are_read_as_systemd_reads_them() -> None:
    random = Random(1970)
    for _ in range(2000):
        assert_read_alike(any_text(random), random.choice(BASE_TIMES))


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(100, 110))
def test_twenty_thousand_texts_are_read_as_systemd_reads_them(seed: int) -> None:
    random = Random(seed)
    for _ in range(2000):
        assert_read_alike(any_text(random), random.choice(BASE_TIMES))


def test_the_text_of_changed_sets_means_the_same_to_systemd() -> None:
    random = Random(7)
    base = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    for _ in range(100):
        try:
            spec = attrs.evolve(parse(any_text(random)), microseconds={0})
        except ScheduleError:
            continue
        theirs = systemd(str(spec), base, 3)
        assert theirs is not None, spec
        if not OPEN_STEP.search(str(spec)):
            assert whole_seconds(next_runs(spec, 3, base)) == theirs[1], spec
