"""Which due times are run: every one is considered once, whatever happens when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskflows_cloud_core import Calendar, Periodic
from taskflows_cloud_core.local.options import CatchUp
from taskflows_cloud_core.local.scheduler.due import BATCH, Timing, decide, due_times, last_due, next_due

BEGIN = datetime(2026, 3, 28, 12, 0, 0, 250_000, tzinfo=UTC)
# Over the spring and, with the longer steps, the autumn change of the clocks in Europe.
CALENDARS = [
    Calendar("*:0/10"),
    Calendar("02:30", "Europe/Berlin"),
    Calendar("Mon-Fri 09:00", "America/New_York"),
    Calendar("Sun 03:00:30"),
]
timings = st.builds(
    Timing,
    schedule=st.one_of(st.builds(Periodic, st.integers(1, 100_000)), st.sampled_from(CALENDARS)),
    anchor=st.integers(0, 10**10).map(lambda us: BEGIN + timedelta(microseconds=us)),
)
steps = st.lists(st.floats(0, 400_000).map(lambda seconds: timedelta(seconds=seconds)), min_size=1, max_size=8)
policies = st.sampled_from(get_args(CatchUp))


def run_through(timing, policy, moments, awake_since, cursor):
    """Every decision until nothing is due any more at each of the moments."""
    decisions = []
    for now in moments:
        for _ in range(30):
            decision = decide(timing, cursor=cursor, now=now, awake_since=awake_since, catch_up=policy)
            if decision.cursor == cursor:
                break
            assert decision.cursor > cursor
            decisions.append(decision)
            cursor = decision.cursor
    return decisions


def all_due(timing, after, until):
    found = []
    while batch := due_times(timing, found[-1] if found else after, until):
        found += batch
        if len(found) > 30 * BATCH:
            return None
    return found


@settings(deadline=None)
@given(timings, steps)
def test_with_a_scheduler_always_awake_every_due_time_is_run_once_and_in_order(timing, steps):
    moments = [timing.anchor + sum(steps[: index + 1], timedelta()) for index in range(len(steps))]
    everything = all_due(timing, timing.anchor, moments[-1])
    if everything is None:
        return

    decisions = run_through(timing, "none", moments, timing.anchor, timing.anchor)

    assert [due for decision in decisions for due in decision.on_time] == everything
    assert not [decision for decision in decisions if decision.made_up_for or decision.dropped]


@settings(deadline=None)
@given(timings, steps, steps, policies)
def test_after_a_time_asleep(timing, asleep, awake, policy):
    woken = timing.anchor + sum(asleep, timedelta())
    moments = [woken, woken + sum(awake, timedelta())]
    missed, on_time = all_due(timing, timing.anchor, woken), all_due(timing, woken, moments[-1])
    if missed is None or on_time is None:
        return

    decisions = run_through(timing, policy, moments, woken, timing.anchor)

    made_up_for = [due for decision in decisions for due in decision.made_up_for]
    assert made_up_for == {"none": [], "latest": missed[-1:], "all": missed}[policy]
    assert [due for decision in decisions for due in decision.on_time] == on_time
    dropped = [decision.dropped for decision in decisions if decision.dropped]
    assert dropped == (missed[-1:] if policy == "none" else [])


@settings(deadline=None)
@given(timings, steps, policies)
def test_a_clock_that_goes_back_runs_nothing_twice(timing, steps, policy):
    moments = [timing.anchor + step for step in steps]
    decisions = run_through(timing, policy, moments, timing.anchor, timing.anchor)

    taken = [due for decision in decisions for due in (*decision.on_time, *decision.made_up_for)]

    assert len(taken) == len(set(taken))
    assert taken == sorted(taken)


@settings(deadline=None)
@given(timings, st.floats(0, 10_000_000).map(lambda seconds: timedelta(seconds=seconds)))
def test_the_last_due_time_is_the_last_of_all(timing, length):
    until = timing.anchor + length
    everything = all_due(timing, timing.anchor, until)
    if everything is None:
        return
    if everything:
        assert last_due(timing, timing.anchor, until) == everything[-1]
    else:
        with pytest.raises(ValueError, match="nothing is due"):
            last_due(timing, timing.anchor, until)


def test_periods_are_counted_from_the_anchor_without_drift():
    timing = Timing(schedule=Periodic(7), anchor=BEGIN)
    late = BEGIN + timedelta(days=365, seconds=3)

    due = next_due(timing, late)

    assert due is not None
    assert (due - BEGIN) % timedelta(seconds=7) == timedelta()
    assert late < due <= late + timedelta(seconds=7)


def test_on_command_nothing_is_ever_due():
    timing = Timing(schedule=Periodic(1, start_on="command"), anchor=BEGIN)

    assert next_due(timing, BEGIN) is None
    decision = decide(timing, cursor=BEGIN, now=BEGIN + timedelta(days=1), awake_since=BEGIN, catch_up="all")
    assert decision.cursor == BEGIN


def test_years_of_missed_seconds_are_decided_at_once():
    timing = Timing(schedule=Calendar("*:*:*"), anchor=BEGIN)
    now = BEGIN + timedelta(days=3650)

    decision = decide(timing, cursor=BEGIN, now=now, awake_since=now, catch_up="latest")

    assert decision.made_up_for == (now.replace(microsecond=0),)


def test_measured_from_the_finish_at_most_one_is_due():
    timing = Timing(schedule=Periodic(10, relative_to="finish"), anchor=BEGIN, one_at_a_time=True)
    now = BEGIN + timedelta(seconds=35)

    on_time = decide(timing, cursor=BEGIN, now=now, awake_since=BEGIN, catch_up="none")
    missed = decide(timing, cursor=BEGIN, now=now, awake_since=now, catch_up="all")

    assert on_time.on_time == (BEGIN + timedelta(seconds=30),)
    assert missed.made_up_for == (BEGIN + timedelta(seconds=30),)
