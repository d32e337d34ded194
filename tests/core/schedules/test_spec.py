"""The normalised form."""

from __future__ import annotations

import pickle
import subprocess
import sys
from random import Random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oncalendar_samples import right_text

from taskflows_cloud_core import ScheduleError
from taskflows_cloud_core.schedules import CalendarSpec, parse, short_text


def numbers(low: int, high: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(low, high), min_size=1)


SPECS = st.builds(
    CalendarSpec,
    weekdays=numbers(0, 6),
    years=st.none() | numbers(1970, 2199),
    months=numbers(1, 12),
    days=st.none() | numbers(1, 31) | st.integers(1, 28).map(lambda day: range(-day, 0)),
    hours=numbers(0, 23),
    minutes=numbers(0, 59),
    microseconds=numbers(0, 59).map(lambda seconds: {second * 1_000_000 for second in seconds})
    | st.frozensets(st.integers(0, 59_999_999), min_size=1, max_size=5),
    timezone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
)


@given(SPECS)
@settings(deadline=None)
def test_the_text_of_sets_is_read_back(spec: CalendarSpec) -> None:
    assert parse(str(spec)) == spec
    assert parse(short_text(spec)) == spec


@pytest.mark.parametrize(
    ("sets", "text"),
    [
        ({}, "*-*-* 00:00:00 UTC"),
        ({"minutes": range(0, 60, 5), "hours": range(24)}, "*-*-* *:00/5:00 UTC"),
        ({"hours": range(9, 18), "weekdays": range(5)}, "Mon..Fri *-*-* 09..17:00:00 UTC"),
        ({"minutes": {0, 1, 2, 3, 5, 8, 13}}, "*-*-* 00:00..03,05,08,13:00 UTC"),
        ({"days": range(-7, 0)}, "*-*~01..07 00:00:00 UTC"),
        ({"years": range(2028, 2049, 4)}, "2028..2048/4-*-* 00:00:00 UTC"),
        ({"microseconds": {500_000}}, "*-*-* 00:00:00.500000 UTC"),
        ({"microseconds": range(0, 60_000_000, 10_000_000)}, "*-*-* 00:00:00/10 UTC"),
    ],
)
def test_sets_become_few_words(sets: dict[str, object], text: str) -> None:
    assert str(CalendarSpec(**sets)) == text


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ({"hours": {24}}, "CalendarSpec.hours holds 24; it must be 0 to 23"),
        ({"weekdays": ()}, "CalendarSpec.weekdays is empty"),
        ({"days": {-1, 1}}, "all from the start"),
        ({"days": {-29}}, "-29"),
    ],
)
def test_a_set_that_says_nothing_is_refused(sets: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CalendarSpec(**sets)


def test_a_changed_form_has_its_own_text() -> None:
    spec = parse("Mon-Fri 09:00:30")
    assert str(attrs.evolve(spec, microseconds={0})) == "Mon..Fri *-*-* 09:00:00 UTC"


def test_forms_are_values() -> None:
    spec = parse("*:0/15")
    assert {spec, parse("*:0,15,30,45")} == {spec}
    assert str(pickle.loads(pickle.dumps(spec))) == str(spec)


@pytest.mark.parametrize(
    "text",
    [
        "*-*~1,3..24/7",
        "*-*~1..26/5,2..22/4",
        "*-*~2,4,9..19/5",
        "*:*:0/0.7,0.1/0.9",
        "*:*:1.25..40/3.5,0/7.75,59.999999",
    ],
)
def test_sets_find_words_within_the_limits_of_the_language(text: str) -> None:
    spec = parse(text)
    assert parse(str(attrs.evolve(spec))) == spec


@given(st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=300)
def test_what_was_read_has_words_after_a_change_too(random: Random) -> None:
    try:
        spec = parse(right_text(random))
    except ScheduleError:
        return
    changed = attrs.evolve(spec)
    assert parse(str(changed)) == spec
    assert parse(short_text(changed)) == spec


def test_the_classes_are_imported_without_the_machinery() -> None:
    heavy = "{'zoneinfo', 'hashlib', 'rich', 'taskflows_cloud_core.schedules.oncalendar.parser'}"
    code = f"import sys, taskflows_cloud_core.schedules; print({heavy} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "set()\n"
