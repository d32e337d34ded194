"""The pipeline on a provider that keeps everything in memory: what a user of any provider sees."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from sample_jobs import job, needs_arguments, other_job

from taskflows_cloud_core import (
    Calendar,
    CloudEnvironment,
    CloudFunctionConfig,
    ConfigurationError,
    DeploymentError,
    Periodic,
    ProgressEvent,
    ScheduleError,
    get_environment,
)


@pytest.fixture
def sky(starlight: Path, request: pytest.FixtureRequest) -> CloudEnvironment:
    return get_environment("starlight", sky=request.node.name)


def cloud_behind(sky: CloudEnvironment) -> Any:
    return sys.modules["starlight.sky"].sky(sky.shown_options["sky"])


def mutations(sky: CloudEnvironment) -> list[str]:
    calls: list[str] = cloud_behind(sky).mutations
    return calls


def config(name: str = "job", **fields: Any) -> CloudFunctionConfig:
    return CloudFunctionConfig(**{"function_name": name, "schedules": [Periodic(period=60)], **fields})


def test_a_deployment_and_what_it_tells(sky: CloudEnvironment) -> None:
    events: list[ProgressEvent] = []
    result = sky.deploy_function(job, config(), progress=events.append)
    assert result
    assert result.raise_for_error() is result
    assert (result.function_name, result.provider, result.resource_id) == ("job", "starlight", "star/job")
    assert result.plan is not None
    assert [action.key.kind for action in result.plan.actions] == ["function", "timer"]
    assert [(event.stage, event.status) for event in events] == [
        ("check", "started"),
        ("check", "succeeded"),
        ("package", "started"),
        ("package", "succeeded"),
        ("plan", "started"),
        ("plan", "succeeded"),
        *[("apply", "started"), ("apply", "succeeded")] * 2,
    ]
    assert str(result) == "job on starlight: deployed (star/job)"


def test_a_second_identical_deployment_changes_nothing(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config())
    done = len(mutations(sky))
    again = sky.deploy_function(job, config())
    assert again.success
    assert again.plan is not None
    assert again.plan.is_empty
    assert len(mutations(sky)) == done
    assert "nothing to change" in str(again)


def test_a_plan_changes_nothing(sky: CloudEnvironment) -> None:
    plan = sky.plan_function(job, config(environment_variables={"TOKEN": "hunter2"}))
    assert not plan.is_empty
    assert mutations(sky) == []
    assert "hunter2" not in str(plan) + repr(plan)


def test_changing_one_schedule_touches_that_schedule_only(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config(schedules=[Periodic(period=60), Periodic(period=120)]))
    plan = sky.plan_function(job, config(schedules=[Periodic(period=60), Periodic(period=180)]))
    assert [(action.verb, action.key.kind) for action in plan.actions] == [("create", "timer"), ("delete", "timer")]


def test_everything_wrong_is_told_at_once_and_nothing_happens(sky: CloudEnvironment) -> None:
    wrong = config(
        memory_mb=4096,
        schedules=["Mon 09:00", "Frx 09:00", Calendar("Mon 09:00", timezone="Europe/Berlin")],
        include_files=["../secret.txt"],
    )
    result = sky.deploy_function(needs_arguments, wrong, dependencies=["requests", "-e ."])
    assert not result
    assert result.error is not None
    for part in (
        "customer",
        "Starlight has at most 1024",
        "schedules[1]",
        "Frx",
        "schedules[2]",
        "Europe/Berlin",
        "../secret.txt",
        "-e .",
    ):
        assert part in result.error
    assert "schedules[0]" not in result.error
    assert mutations(sky) == []
    with pytest.raises(DeploymentError) as caught:
        result.raise_for_error()
    assert caught.value.result is result
    with pytest.raises(ConfigurationError):
        sky.plan_function(needs_arguments, wrong)


def test_warnings_of_schedules_reach_the_result(sky: CloudEnvironment) -> None:
    result = sky.deploy_function(job, config(schedules=["Mon 09:00"]))
    assert "schedule 'Mon 09:00' is approximate: stars drift" in result.warnings
    assert "schedule 'Mon 09:00': at night only" in result.warnings
    assert "warning: schedule 'Mon 09:00': at night only" in str(result)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((3, config()), "function must be a callable, not int"),
        ((job, {"function_name": "job"}), "config must be a CloudFunctionConfig, not dict"),
        ((job, config(), "requests"), r"write \['requests'\]"),
    ],
)
def test_a_programmers_mistake_is_raised_at_once(sky: CloudEnvironment, arguments: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        sky.deploy_function(*arguments)


@pytest.mark.parametrize(
    ("deployments", "said"),
    [
        ([(job, config()), (job,)], r"deployments\[1\] must be \(function, config\) or .*, not 1 values"),
        ([job], r"deployments\[0\] must be .*, not function"),
        (3, r"deployments must be a list of \(function, config\), not int"),
        ("job", "deployments must be a list .*, not str"),
    ],
)
def test_what_is_no_list_of_deployments(sky: CloudEnvironment, deployments: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        sky.deploy_many(deployments)
    assert sky.list_functions() == []


def test_plans_and_results_cross_the_border_of_a_process(tmp_path: Path) -> None:
    local = get_environment("local", root=tmp_path)
    plan, result = local.plan_function(job, config()), local.deploy_function(job, config())
    for value in (plan, result):
        copied = pickle.loads(pickle.dumps(value))
        assert copied == value
        assert str(copied) == str(value)
    assert plan.package is not None
    assert pickle.loads(pickle.dumps(plan)).package.read_bytes() == plan.package.read_bytes()


def test_updating_the_code_leaves_everything_else(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config(memory_mb=300, environment_variables={"A": "1"}))
    result = sky.update_function_code(function_name="job", function=other_job)
    assert result.success
    assert result.plan is not None
    assert [str(action.key) for action in result.plan.actions] == ["function job"]
    assert result.plan.actions[0].changed_fields == {"sha256"}
    assert sky.describe_function("job").environment_names == ("A",)


def test_new_code_keeps_the_files_of_the_old(
    sky: CloudEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures.csv").write_text("1,2,3")
    sky.deploy_function(job, config(include_files=["figures.csv"]))

    result = sky.update_function_code("job", other_job).raise_for_error()
    assert result.plan is not None
    assert result.plan.package is not None
    assert "figures.csv" in {file.path for file in result.plan.package.contents}

    without = sky.update_function_code("job", other_job, include_files=[]).raise_for_error()
    assert without.plan is not None
    assert without.plan.package is not None
    assert "figures.csv" not in {file.path for file in without.plan.package.contents}


def test_new_code_is_refused_when_the_files_of_the_old_are_unknown(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config())
    cloud_behind(sky).forgets_files = True
    refused = sky.update_function_code("job", other_job)
    assert "give include_files=[...], or [] for none" in (refused.error or "")
    assert sky.update_function_code("job", other_job, include_files=[]).success


def test_updating_the_configuration_keeps_code_and_schedules(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config(schedules=[Periodic(period=60)]))
    result = sky.update_function_configuration(
        "job", CloudFunctionConfig(function_name="job", memory_mb=512, runtime="python3.99")
    )
    assert result.success
    assert result.plan is not None
    assert [str(action.key) for action in result.plan.actions] == ["function job"]
    assert result.plan.actions[0].changed_fields == {"memory_mb"}
    assert any("runtime stays" in warning for warning in result.warnings)
    assert sky.list_functions()[0].schedules == ("every 60s",)


def test_updating_the_configuration_can_replace_schedules(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config(schedules=[Periodic(period=60)]))
    assert sky.update_function_configuration("job", config(schedules=[Periodic(period=90)])).success
    assert sky.list_functions()[0].schedules == ("every 90s",)


def test_updating_what_is_not_there(sky: CloudEnvironment) -> None:
    for result in (
        sky.update_function_code("ghost", job),
        sky.update_function_configuration("ghost", config("ghost")),
    ):
        assert not result.success
        assert "no function 'ghost'" in (result.error or "")
    assert "the function to update is 'ghost'" in (sky.update_function_configuration("ghost", config()).error or "")


def test_many_functions_at_once(sky: CloudEnvironment) -> None:
    pairs = [(job, config(f"job-{number}")) for number in range(6)]
    results = sky.deploy_many(pairs)
    assert [result.function_name for result in results] == [f"job-{number}" for number in range(6)]
    assert all(results)
    assert len(sky.list_functions()) == 6


def test_one_bad_function_among_many_stops_all(sky: CloudEnvironment) -> None:
    results = sky.deploy_many([(job, config("good")), (job, config("bad", memory_mb=4096))])
    assert not any(results)
    assert "problems with 'bad'" in (results[0].error or "")
    assert "Starlight has at most" in (results[1].error or "")
    assert mutations(sky) == []


def test_a_name_that_stands_twice_stops_all(sky: CloudEnvironment) -> None:
    results = sky.deploy_many([(job, config()), (other_job, config())])
    assert "stands 2 times" in (results[0].error or "")
    assert mutations(sky) == []


def test_deleting_leaves_nothing_and_can_be_repeated(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config())
    first = sky.delete_function("job")
    assert first
    assert [what.split()[0] for what in first.deleted] == ["timer", "function"]
    assert sky.list_functions() == []
    again = sky.delete_function("job")
    assert again.success
    assert again.deleted == ()


def test_translation_alone(sky: CloudEnvironment) -> None:
    translation = sky.translate_schedule(Periodic(period=60))
    assert (translation.exact, translation.verdict) == (True, "exact")
    assert [line.expression for line in translation.expressions] == ["every 60s"]
    refused = sky.translate_schedule(Calendar("Mon 09:00", timezone="Europe/Berlin"))
    assert refused.verdict == "refused"
    assert "Europe/Berlin" in (refused.reason or "")
    with pytest.raises(ScheduleError, match="Frx"):
        sky.translate_schedule("Frx 09:00")


def test_schedules_that_fall_on_one_moment_are_told(sky: CloudEnvironment) -> None:
    result = sky.deploy_function(job, config(schedules=["Mon 09:00", "Mon..Wed 09:00"]))
    (warning,) = [warning for warning in result.warnings if "both fire at" in warning]
    assert "'Mon 09:00'" in warning


def test_a_defect_of_the_provider_costs_one_result_of_many(sky: CloudEnvironment) -> None:
    cloud_behind(sky).broken_names.add("job-1")
    results = sky.deploy_many([(job, config(f"job-{number}")) for number in range(3)])
    assert [result.success for result in results] == [True, False, True]
    assert results[1].error_code == "TFC1409"
    assert "the provider 'starlight' (taskflows-cloud-starlight 1.2.3) failed in 'deploy_function'" in (
        results[1].error or ""
    )


def test_options_for_a_provider_that_is_not_there_are_told(sky: CloudEnvironment) -> None:
    result = sky.deploy_function(job, config(provider_options={"locl": {"overlap": "skip"}}))
    assert "provider_options['locl']: no provider of that name is installed; did you mean 'local'?" in result.warnings


def test_options_for_a_cloud_that_is_not_installed_are_left_alone(sky: CloudEnvironment) -> None:
    several = {"nimbus-cloud": {"size": 1}, "local": {"overlap": "skip"}}
    assert sky.deploy_function(job, config(provider_options=several)).warnings == ()


def test_a_setting_that_has_no_effect_is_told_when_it_is_given(sky: CloudEnvironment) -> None:
    told = "ephemeral_storage_mb has no effect: the provider 'starlight' does not honour it"
    assert sky.plan_function(job, config(ephemeral_storage_mb=1024)).warnings == (told,)
    assert sky.deploy_function(job, config(ephemeral_storage_mb=1024)).warnings == (told,)
    assert sky.deploy_function(job, config()).warnings == ()
    assert sky.update_function_configuration("job", config(ephemeral_storage_mb=1024)).warnings == (told,)
    assert sky.update_function_code("job", job).warnings == ()


def test_a_setting_that_the_provider_refuses_is_told_with_all_other_problems(sky: CloudEnvironment) -> None:
    result = sky.deploy_function(job, config(max_concurrency=0, memory_mb=4096))
    assert not result.success
    assert "max_concurrency: the provider 'starlight' cannot honour it; leave it out" in (result.error or "")
    assert "memory_mb: is 4096; Starlight has at most 1024" in (result.error or "")
    assert sky.list_functions() == []
    many = sky.deploy_many([(job, config("one", max_concurrency=1)), (job, config("two"))])
    assert [each.success for each in many] == [False, False]


def test_hooks_get_the_providers_own_defaults(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config()).raise_for_error()
    assert sky.describe_function("job").config.memory_mb == 256
    sky.update_function_configuration("job", config(memory_mb=512)).raise_for_error()
    assert sky.describe_function("job").config.memory_mb == 512


def test_files_in_an_update_of_the_configuration_are_told(sky: CloudEnvironment) -> None:
    sky.deploy_function(job, config())
    result = sky.update_function_configuration("job", config(include_files=["new.csv"]))
    assert any("include_files belong to the code" in warning for warning in result.warnings)


def test_updates_need_a_name(sky: CloudEnvironment) -> None:
    with pytest.raises(TypeError, match="function_name must be a str"):
        sky.update_function_configuration(None, config())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="function_name must be a str"):
        sky.update_function_code(None, job)  # type: ignore[arg-type]


@pytest.mark.parametrize("dependencies", [{"requests": 1}, 5])
def test_dependencies_are_a_list(sky: CloudEnvironment, dependencies: Any) -> None:
    with pytest.raises(TypeError, match="dependencies must be a list of str, not (dict|int)"):
        sky.deploy_function(job, config(), dependencies)
