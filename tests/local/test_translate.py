"""What schedules are called here, and what users are told about them."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, CloudFunctionConfig, Periodic, ScheduleError
from taskflows_cloud_core.local import list_runs


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
        (Calendar("2020-01-01 09:00"), "never fires again after 2020-01-01 09:00:00 UTC"),
        (
            Calendar("2019,2020-2,4-* 22,23:10,50:07 Europe/Berlin"),
            "never fires again after 2020-04-30 23:50:07 Europe/Berlin",
        ),
        (Calendar("*-02-30 09:00"), "never fires: there is no such day"),
        (Periodic(10**12), "a period of 1000000000000 s never ends"),
        (Periodic(10**20), "a period of 100000000000000000000 s never ends"),
    ],
)
def test_nothing_is_dropped_in_silence(env, job, schedule, warning):
    assert warning in env.translate_schedule(schedule).warnings[0]
    config = CloudFunctionConfig(function_name="job", schedules=[schedule])
    assert warning in env.deploy_function(job("def job():\n    pass\n"), config, dependencies=[]).warnings[0]


def test_a_limit_that_is_none_here_is_told(env, job):
    function = job("def job():\n    pass\n")
    config = CloudFunctionConfig(function_name="job", ephemeral_storage_mb=1024)

    [warning] = env.plan_function(function, config, dependencies=[]).warnings

    assert warning == "ephemeral_storage_mb has no effect: the provider 'local' does not honour it"
    assert env.plan_function(function, CloudFunctionConfig(function_name="job"), dependencies=[]).warnings == ()


@pytest.mark.parametrize("schedule", [Calendar("2199-01-01 09:00"), Calendar("09:00"), Calendar("*-02-29 09:00")])
def test_what_fires_again_brings_no_warning(env, schedule):
    assert env.translate_schedule(schedule).warnings == ()


def test_schedules_that_never_fire_do_not_stop_those_that_do(env, job, root, run_until):
    schedules = [Calendar("2020-01-01 09:00"), Calendar("*-02-30 09:00"), Periodic(10**20), Periodic(10**11), "*:*:*"]
    config = CloudFunctionConfig(function_name="job", schedules=schedules)
    env.deploy_function(job("def job():\n    pass\n"), config, dependencies=[]).raise_for_error()

    run_until(lambda _: [run for run in list_runs(root, "job") if run.state == "ended"])

    assert {run.outcome for run in list_runs(root, "job")} == {"succeeded"}
    assert env.describe_function("job").metadata["next_runs"]


def test_a_date_that_has_passed_is_no_failure_and_again_no_change(env, job):
    config = CloudFunctionConfig(function_name="job", schedules=["2020-01-01 09:00", "daily"])
    function = job("def job():\n    pass\n")
    for _ in range(2):
        result = env.deploy_function(function, config, dependencies=[])
        assert result.success
        assert "never fires again after 2020-01-01 09:00:00 UTC" in result.warnings[0]
    assert result.plan.is_empty


def test_a_text_that_cannot_be_read_is_told(env, job):
    with pytest.raises(ScheduleError):
        env.translate_schedule(Calendar("Moonday 09:00"))
    config = CloudFunctionConfig(function_name="job", schedules=[Calendar("Moonday 09:00")])
    result = env.deploy_function(job("def job():\n    pass\n"), config, dependencies=[])
    assert "schedules[0]" in result.error
