"""Schedules said in the provider's language, against the moments at which they are due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules import Calendar, Periodic, Schedule, Translation, next_runs, preview_rows
from taskflows_cloud_core.testing.conformance.effects import reads
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

# Before a change of the clocks in Europe and America, a leap day and the end of a year.
_AFTER = datetime(2027, 10, 29, 12, tzinfo=UTC)
_MOMENTS = 60
_SAMPLES: tuple[Schedule, ...] = (
    Calendar("Mon-Fri 09:00"),
    Calendar("Mon,Wed,Fri 09:30"),
    Calendar("Sun 17:00"),
    Calendar("Sat,Sun,Mon 10:15"),
    Calendar("*-*-* 00:00"),
    Calendar("*-*-* 06,18:05"),
    Calendar("*-*-* *:00/15"),
    Calendar("*-*-* *:07/20"),
    Calendar("*-*-01 08:00"),
    Calendar("*-*-01,15 08:00"),
    Calendar("*-01/3-01 00:30"),
    Calendar("*-*~01 23:45"),
    Calendar("*-*-29 12:00"),
    Calendar("Mon *-*-01..07 10:00"),
    Calendar("Fri *-*-13 13:13"),
    Calendar("*-02-29 12:00"),
    Calendar("2028-02-29 10:00"),
    Calendar("*-*-* 10:00:30"),
    Calendar("Mon-Fri 09:00 Europe/Berlin"),
    Calendar("*-*-* 02:30 America/New_York"),
    Calendar("Sun 23:30 Asia/Tokyo"),
    Calendar("*-*-01 00:15 Australia/Lord_Howe"),
    Periodic(period=60),
    Periodic(period=300),
    Periodic(period=3600),
    Periodic(period=5400),
    Periodic(period=86400),
)


@reads
class ScheduleChecks(Harness):
    """``translate_schedule``, and schedules on their way through a deployment."""

    @pytest.mark.parametrize("schedule", _SAMPLES, ids=str)
    def test_an_exact_translation_fires_with_the_schedule(
        self, environment: CloudEnvironment, schedule: Schedule
    ) -> None:
        """The expressions fire at the schedule's moments, once each, and at no others."""
        translation = environment.translate_schedule(schedule)
        if translation.verdict != "exact":
            return
        if isinstance(schedule, Periodic):
            # Counting may begin whenever the provider likes; what lies between two moments is what counts.
            spans = self._spans(translation)
            assert spans == {schedule.period}, unlike(f"{translation} fires every {schedule.period} s", spans)
            return
        rows = preview_rows(translation, self.read_expression, _MOMENTS, _AFTER)
        off = [f"{row.moment} wanted={row.wanted} fired={len(row.expressions)}x" for row in rows if not row.agrees]
        assert not off, unlike(f"{translation} fires with the schedule; it differs at", off[:5])

    def _spans(self, translation: Translation) -> set[float]:
        readings = [self.read_expression(line) for line in translation.expressions]
        moments = sorted(
            moment
            for one in readings
            for moment in (
                one.next_runs(_MOMENTS, _AFTER) if isinstance(one, Periodic) else next_runs(one, _MOMENTS, _AFTER)
            )
        )
        return {(later - earlier).total_seconds() for earlier, later in pairwise(moments[:_MOMENTS])}

    def test_nothing_is_approximate_unasked(self, environment: CloudEnvironment) -> None:
        """Without ``allow_approximate`` a schedule is said exactly or refused."""
        translations = [environment.translate_schedule(one) for one in _SAMPLES]
        near = [str(one) for one in translations if one.verdict == "approximate"]
        assert not near, unlike("without allow_approximate a translation is exact or refused", near)

    def test_a_refusal_says_why(self, environment: CloudEnvironment) -> None:
        """Whatever is not exact has a reason; what is exact has none."""
        translations = [environment.translate_schedule(one) for one in _SAMPLES]
        strange = [str(one) for one in translations if (one.verdict == "exact") == bool(one.reason)]
        assert not strange, unlike("a translation has a reason exactly when it is not exact", strange)

    def test_a_translation_is_the_same_every_time(self, environment: CloudEnvironment) -> None:
        """Translating is pure."""
        first, second = ([environment.translate_schedule(one) for one in _SAMPLES] for _ in range(2))
        differing = [f"{one} / {other}" for one, other in zip(first, second, strict=True) if one != other]
        assert not differing, unlike("the same schedule has the same translation", differing)

    def test_every_expression_has_a_zone_that_exists(self, environment: CloudEnvironment) -> None:
        """``timezone`` is UTC or an IANA name."""
        lines = [line for one in _SAMPLES for line in environment.translate_schedule(one).expressions]
        strange = [line for line in lines if not _is_zone(line.timezone)]
        assert not strange, unlike("the timezone of an expression is 'UTC' or an IANA name", strange)

    def test_an_unreadable_text_is_an_error_of_the_schedule(self, environment: CloudEnvironment) -> None:
        """What is no OnCalendar text raises a ScheduleError, or is refused like every other calendar."""
        try:
            translation = environment.translate_schedule(Calendar("Someday 99:00"))
            seen = str(translation)
        except ScheduleError:
            return
        except Exception as error:  # noqa: BLE001 - whatever else it is, is what was seen
            seen = f"{type(error).__name__}: {error}"
        else:
            if translation.verdict == "refused":
                return
        pytest.fail(unlike("a text that cannot be read raises ScheduleError, or is refused", seen))

    def test_a_refused_schedule_is_not_deployed(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """A deployment with a schedule that cannot be said fails with the reason and makes nothing."""
        refused = next((one for one in _SAMPLES if environment.translate_schedule(one).verdict == "refused"), None)
        if refused is None:
            pytest.skip(f"the provider {self.provider!r} refuses none of the samples")
        before, reason = look(), environment.translate_schedule(refused).reason
        result = environment.deploy_function(jobs.report, self.config(schedules=[refused]), [])
        assert not result.success and str(reason) in str(result.error), unlike(
            f"deploying with {refused} fails with the reason {reason!r}", result
        )
        assert look() == before, unlike("a refused schedule leaves the place as it was", look())


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError):
        return False
    return True
