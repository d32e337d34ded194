"""The cloud in memory, as the unit tests of a user see it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import memory_jobs as jobs
import pytest

from taskflows_cloud_core import Calendar, CloudFunctionConfig, Periodic, get_environment
from taskflows_cloud_core.testing import MemoryCloud
from taskflows_cloud_core.testing.memory.place import open_place

SUNDAY = datetime(2027, 1, 3, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
pytest_plugins = ["pytester"]


@pytest.fixture
def cloud() -> Iterator[MemoryCloud]:
    with MemoryCloud(now=SUNDAY) as cloud:
        yield cloud


def deploy(cloud: MemoryCloud, function=jobs.report, name="report", **settings):
    config = CloudFunctionConfig(function_name=name, **settings)
    return cloud.environment.deploy_function(function, config, []).raise_for_error()


def test_what_runs_on_monday_at_nine(cloud):
    deploy(cloud, schedules=["Mon-Fri 09:00"])
    deploy(cloud, name="in-berlin", schedules=[Calendar("Mon 09:00", timezone="Europe/Berlin")])
    deploy(cloud, name="never", schedules=[])
    assert cloud.what_runs_at(datetime(2027, 1, 4, 9, tzinfo=UTC)) == ["report"]
    assert cloud.what_runs_at(datetime(2027, 1, 4, 9, tzinfo=BERLIN)) == ["in-berlin"]
    assert cloud.what_runs_at(datetime(2027, 1, 4, 9, 0, 1, tzinfo=UTC)) == []


def test_runs_between_has_its_start_and_not_its_end(cloud):
    deploy(cloud, schedules=["*-*-* *:00/30"])
    nine = datetime(2027, 1, 4, 9, tzinfo=UTC)
    moments = [due.moment for due in cloud.runs_between(nine, nine + timedelta(hours=1))]
    assert moments == [nine, nine + timedelta(minutes=30)]


def test_schedules_of_one_function_that_are_due_together_are_one_run(cloud):
    deploy(cloud, schedules=["Mon 09:00", "*-*-04 09:00"])
    assert cloud.what_runs_at(datetime(2027, 1, 4, 9, tzinfo=UTC)) == ["report"]


def test_the_hour_that_comes_twice(cloud):
    deploy(cloud, schedules=[Calendar("*-*-* 02:30", timezone="Europe/Berlin")])
    start = datetime(2027, 10, 31, 0, tzinfo=BERLIN)
    runs = cloud.runs_between(start, start + timedelta(days=1))
    wanted = Calendar("*-*-* 02:30", timezone="Europe/Berlin").next_runs(len(runs), start)
    assert runs
    assert [due.moment for due in runs] == [moment.astimezone(UTC) for moment in wanted]


def test_advancing_runs_each_function_at_its_moment(cloud):
    deploy(cloud, schedules=["Mon 09:00"], environment_variables={"MODE": "fast"})
    deploy(cloud, jobs.fails, "fails", schedules=[Calendar("Mon 08:00")])
    runs = cloud.advance(timedelta(days=1))
    assert [(run.function_name, run.at.hour, run.ok) for run in runs] == [("fails", 8, False), ("report", 9, True)]
    assert cloud.now == SUNDAY + timedelta(days=1)
    assert runs[1].value == {"mode": "fast", "event": runs[1].event}
    assert runs[1].event["scheduled_time"] == "2027-01-04T09:00:00+00:00"
    assert runs[0].error.startswith("ValueError: no rows\nTraceback")
    assert "memory/running.py" not in runs[0].error
    assert cloud.runs == tuple(runs)


def test_a_period_counts_from_the_deployment(cloud):
    deploy(cloud, schedules=[Periodic(period=3600)])
    assert [run.at for run in cloud.advance(timedelta(hours=2, minutes=59))] == [
        SUNDAY + timedelta(hours=1),
        SUNDAY + timedelta(hours=2),
    ]
    # A redeployment that leaves the schedule as it is does not disturb it.
    deploy(cloud, schedules=[Periodic(period=3600)], memory_mb=512)
    assert [run.at for run in cloud.advance(timedelta(minutes=1))] == [SUNDAY + timedelta(hours=3)]


def test_a_period_on_command_never_begins_by_itself(cloud):
    deploy(cloud, schedules=[Periodic(period=60, start_on="command")])
    assert cloud.advance(timedelta(days=1)) == []


def test_what_is_paused_does_not_run(cloud):
    deploy(cloud, schedules=["Mon 09:00"])
    cloud.environment.pause_schedules("report")
    assert cloud.advance(timedelta(days=7)) == []
    cloud.environment.resume_schedules("report")
    assert len(cloud.advance(timedelta(days=7))) == 1


def test_deployments_are_recorded(cloud):
    deploy(cloud)
    deploy(cloud)
    first, second = cloud.deployments
    assert (first.function_name, first.at, first.success) == ("report", SUNDAY, True)
    assert [action.verb for action in first.plan.actions] == ["create"]
    assert second.plan.is_empty


def test_the_process_is_as_it_was_after_a_run(cloud):
    before = dict(os.environ)
    deploy(cloud, jobs.changes_the_process, "job", environment_variables={"MODE": "fast"})
    assert cloud.environment.invoke_function("job").value == "fast"
    assert dict(os.environ) == before


def test_leaving_with_an_exit_code(cloud):
    deploy(cloud, jobs.leaves, "job")
    assert cloud.environment.invoke_function("job", {"code": 0}).ok
    assert "sys.exit(3)" in cloud.environment.invoke_function("job", {"code": 3}).error


def test_the_context_and_what_json_makes_of_results(cloud):
    deploy(cloud, jobs.told_about, "job", memory_mb=512, timeout_seconds=7)
    assert cloud.environment.invoke_function("job").value == {
        "name": "job",
        "memory": 512,
        "left": 7000,
        "path": "a/b",
        "occurrence": None,
        "deadline": "2027-01-03T12:00:07+00:00",
    }


def test_the_context_says_which_occurrence_it_is(cloud):
    deploy(cloud, jobs.told_about, "job", schedules=["Mon 09:00"])
    (run,) = cloud.advance(timedelta(days=1))
    assert run.value["occurrence"] == "Mon *-*-* 09:00:00@2027-01-04T09:00:00+00:00"


def test_what_a_module_binds_to_the_event_loop_works_in_every_run(cloud):
    deploy(cloud, jobs.contends, "job")
    assert [cloud.environment.invoke_function("job").value for _ in range(3)] == ["awaited"] * 3


def test_an_async_function_may_invoke_a_sync_one(cloud):
    deploy(cloud, jobs.invokes, "job")
    deploy(cloud, lambda: "inner", "inner")
    deploy(cloud, jobs.contends, "async")
    invoke = cloud.environment.invoke_function
    assert invoke("job", {"place": cloud.place, "name": "inner"}).value == "inner"
    assert (
        "RuntimeError: this would wait on the event loop"
        in invoke("job", {"place": cloud.place, "name": "async"}).value
    )


def test_ctrl_c_is_no_failure_of_a_function(cloud):
    deploy(cloud, jobs.interrupted, "job")
    with pytest.raises(KeyboardInterrupt):
        cloud.environment.invoke_function("job")


def test_a_lambda_and_a_closure_run_too(cloud):
    number = 41
    deploy(cloud, lambda: number + 1, "job")
    assert cloud.environment.invoke_function("job").value == 42


def test_two_clouds_know_nothing_of_each_other(cloud):
    deploy(cloud)
    with MemoryCloud() as other:
        assert other.environment.list_functions() == []
    assert get_environment("memory", place=cloud.place).list_functions() != []


def test_a_closed_cloud_is_forgotten():
    with MemoryCloud() as cloud:
        deploy(cloud)
    assert get_environment("memory", place=cloud.place).list_functions() == []


def test_moments_need_a_zone_and_the_clock_never_goes_back(cloud):
    naive = datetime(2027, 1, 4, 9)  # noqa: DTZ001 - that is the point
    for call in (cloud.what_runs_at, cloud.advance_to):
        with pytest.raises(ValueError, match="has no time zone"):
            call(naive)
    with pytest.raises(ValueError, match="never goes back"):
        cloud.advance(timedelta(seconds=-1))


def test_no_environment_value_is_shown(cloud):
    deploy(cloud, environment_variables={"TOKEN": "do-not-show-me"})
    deploy(cloud, environment_variables={"TOKEN": "do-not-show-me-either"})
    assert "do-not-show-me" not in f"{cloud!r} {cloud.deployments} {cloud.runs} {cloud.deployments[1].plan}"


def test_the_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="""
        pytest_plugins = ["taskflows_cloud_core.testing.fixtures"]

        def test_first(memory_cloud):
            memory_cloud.environment.list_functions()

        def test_second(memory_cloud):
            assert memory_cloud.environment.list_functions() == []
        """
    )
    pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_nothing_of_it_is_loaded_with_pytest(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="""
        import sys

        def test_it():
            assert not [name for name in sys.modules if name.startswith("taskflows_cloud_core")]
        """
    )
    pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_include_files_and_packages_are_real(cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text("a,b\n")
    plan = deploy(cloud, include_files=["table.csv"]).plan
    assert plan.package.path.is_file()
    assert "table.csv" in {file.path for file in plan.package.contents}


def test_a_scheduled_run_that_fails_is_repeated(cloud) -> None:
    deploy(cloud, jobs.fails, schedules=["09:00"], retries=2)

    begun = cloud.advance(timedelta(days=1))

    assert [(run.event["attempt"], run.ok) for run in begun] == [(1, False), (2, False), (3, False)]
    assert len({run.at for run in begun}) == 1


def test_code_that_is_not_in_this_process_is_a_failed_run(cloud) -> None:
    deploy(cloud)
    open_place(cloud.place).callables.clear()

    result = cloud.environment.invoke_function("report")

    assert not result.ok
    assert "is not in this process" in result.error
