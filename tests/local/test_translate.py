"""What schedules are called here, and what users are told about them."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, CloudFunctionConfig, Periodic, ScheduleError


@pytest.mark.parametrize(
    ("schedule", "expression", "timezone"),
    [
        (Calendar("Mon-Fri 14:00"), "Mon..Fri *-*-* 14:00:00", "UTC"),
        (Calendar("Mon,Wed,Fri 09:30"), "Mon,Wed,Fri *-*-* 09:30:00", "UTC"),
        (Calendar("Sun 17:00", "America/New_York"), "Sun *-*-* 17:00:00", "America/New_York"),
        (Calendar("Mon-Sun 00:00"), "*-*-* 00:00:00", "UTC"),
        (Periodic(1), "every 1 s", "UTC"),
        (Periodic(90, relative_to="finish"), "every 90 s after the finish", "UTC"),
        (Periodic(90, start_on="command"), "every 90 s, on command", "UTC"),
    ],
)
def test_every_schedule_is_exact(env, schedule, expression, timezone):
    translation = env.translate_schedule(schedule)

    [line] = translation.expressions
    assert (line.expression, line.timezone, line.service) == (expression, timezone, "scheduler")
    assert translation.exact


def test_the_same_moments_in_other_words_are_the_same_schedule(env, job):
    function = job("def job():\n    pass\n")

    def config(text: str) -> CloudFunctionConfig:
        return CloudFunctionConfig(function_name="job", schedules=[Calendar(text)])

    env.deploy_function(function, config("Mon-Fri 09:00"), dependencies=[]).raise_for_error()

    assert env.plan_function(function, config("Mon,Tue,Wed,Thu,Fri 9:00:00 UTC"), dependencies=[]).is_empty


@pytest.mark.parametrize(
    ("schedule", "warning"),
    [
        (Calendar("09:00", randomized_delay=30), "randomized_delay of 30 s is not applied"),
        (Periodic(60, randomized_delay=5), "randomized_delay of 5 s is not applied"),
        (Periodic(60, start_on="login"), "start_on='login' is not watched for"),
        (Periodic(60, start_on="command"), "never begins by itself"),
    ],
)
def test_nothing_is_dropped_in_silence(env, job, schedule, warning):
    assert warning in env.translate_schedule(schedule).warnings[0]
    config = CloudFunctionConfig(function_name="job", schedules=[schedule])
    assert warning in env.deploy_function(job("def job():\n    pass\n"), config, dependencies=[]).warnings[0]


def test_a_text_that_cannot_be_read_is_told(env, job):
    with pytest.raises(ScheduleError):
        env.translate_schedule(Calendar("Moonday 09:00"))
    config = CloudFunctionConfig(function_name="job", schedules=[Calendar("Moonday 09:00")])
    result = env.deploy_function(job("def job():\n    pass\n"), config, dependencies=[])
    assert "schedules[0]" in result.error
