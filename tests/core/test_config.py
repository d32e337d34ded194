"""``CloudFunctionConfig``: everything wrong at once, nothing secret shown."""

from __future__ import annotations

import copy
import json
import pickle
import sys
from collections.abc import Callable

import attrs
import pytest
import taskflows

from taskflows_cloud_core import (
    Calendar,
    CloudDeploymentResult,
    CloudError,
    CloudFunctionConfig,
    ConfigurationError,
    ConfigurationTypeError,
    LogQuery,
    Periodic,
    ProviderInfo,
    get_environment,
)

RUNNING = f"python3.{sys.version_info.minor}"


def test_the_python_is_the_running_interpreters_when_no_runtime_is_given() -> None:
    assert CloudFunctionConfig(function_name="f").runtime is None
    assert CloudFunctionConfig(function_name="f").python_version == RUNNING.removeprefix("python")
    assert CloudFunctionConfig(function_name="f", runtime="python3.12").python_version == "3.12"


def test_defaults_fill_what_was_not_given() -> None:
    config = CloudFunctionConfig(function_name="f", memory_mb=512, retries=0)
    resolved = config.resolved({"memory_mb": 256, "timeout_seconds": 60, "retries": 2})
    assert (resolved.memory_mb, resolved.timeout_seconds, resolved.retries) == (512, 60, 0)
    assert (resolved.runtime, resolved.ephemeral_storage_mb) == (RUNNING, None)
    assert config.resolved({"runtime": "python3.12"}).runtime == "python3.12"
    assert resolved.resolved({"memory_mb": 1, "ephemeral_storage_mb": 512}).memory_mb == 512


def test_what_was_given_can_be_told_from_defaults_also_in_copies() -> None:
    config = CloudFunctionConfig(function_name="f", max_concurrency=0, tags={"team": "data"}, description="")
    given = {"function_name", "max_concurrency", "tags"}
    assert config.given == given
    resolved = config.resolved({"memory_mb": 256})
    for copied in (resolved, attrs.evolve(resolved, memory_mb=1024), pickle.loads(pickle.dumps(resolved))):
        assert copied.given == given
    assert attrs.evolve(config, memory_mb=1024).given == {*given, "memory_mb"}


def test_a_resolved_configuration_is_equal_to_one_that_was_given_whole() -> None:
    whole = CloudFunctionConfig(function_name="f", runtime=RUNNING, memory_mb=256)
    resolved = CloudFunctionConfig(function_name="f").resolved({"memory_mb": 256})
    assert resolved == whole
    assert hash(resolved) == hash(whole)
    assert repr(resolved) == repr(whole)


def test_a_default_that_cannot_be_used_is_told() -> None:
    with pytest.raises(ConfigurationError, match="memory_mb: is 0"):
        CloudFunctionConfig(function_name="f").resolved({"memory_mb": 0})


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"defaults": {"memory": 256}}, r"memory: is no setting that may have a default \(did you mean 'memory_mb'"),
        ({"defaults": {"tags": {}}}, "tags: is no setting that may have a default"),
        (
            {"defaults": {"memory_mb": 0, "timeout_seconds": "60"}},
            "(?s)memory_mb: is 0.*timeout_seconds: must be an int",
        ),
        ({"unsupported": {"memory": "warn"}}, "memory: is no setting"),
        ({"unsupported": {"function_name": "refuse"}}, "function_name: is no setting"),
        ({"unsupported": {"retries": "ignore"}}, "retries: is 'ignore'; it must be 'refuse' or 'warn'"),
    ],
)
def test_a_provider_whose_settings_cannot_be_meant(facts: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        ProviderInfo(name="sky", title="Sky", hook_api_version=1, **facts)  # type: ignore[arg-type]


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ConfigurationTypeError) as caught:
        CloudFunctionConfig(
            function_name=" ",
            runtime="ruby",
            memory_mb=0,
            timeout_seconds="60",  # type: ignore[arg-type]
            schedules=[Calendar("Mon 09:00"), 3],
            environment_variables={"1BAD": "x", "OK": 5},  # type: ignore[dict-item]
            architecture="mips",
            retries=-1,
            include_files=["a", 3],  # type: ignore[list-item]
            provider_options={"aws": 3},  # type: ignore[dict-item]
        )
    assert [problem.field for problem in caught.value.problems] == [
        "schedules[1]",
        "function_name",
        "runtime",
        "memory_mb",
        "timeout_seconds",
        "architecture",
        "retries",
        "include_files",
        "provider_options",
        "environment_variables['1BAD']",
        "environment_variables['OK']",
    ]
    assert "11 problems" in str(caught.value)


@pytest.mark.parametrize(("field", "value"), [("function_name", ""), ("memory_mb", -1), ("description", "a\nb")])
def test_a_wrong_value_is_a_value_error(field: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=field) as caught:
        CloudFunctionConfig(**{"function_name": "f", field: value})
    assert not isinstance(caught.value, TypeError)


@pytest.mark.parametrize(("field", "value"), [("function_name", 3), ("memory_mb", True), ("allow_approximate", 1)])
def test_a_wrong_type_is_a_type_error(field: str, value: object) -> None:
    with pytest.raises(TypeError, match=field):
        CloudFunctionConfig(**{"function_name": "f", field: value})


def test_environment_values_are_never_shown() -> None:
    config = CloudFunctionConfig(function_name="f", environment_variables={"TOKEN": "hunter2"})
    assert "hunter2" not in repr(config)
    assert "TOKEN" in repr(config)
    with pytest.raises(ValueError, match="TOKEN") as caught:
        CloudFunctionConfig(function_name="f", environment_variables={"TOKEN": "hunter2\x00"})
    assert "hunter2" not in str(caught.value)


def test_it_is_frozen_and_keeps_copies() -> None:
    tags = {"team": "data"}
    config = CloudFunctionConfig(function_name="f", tags=tags)
    tags["team"] = "other"
    assert config.tags == {"team": "data"}
    with pytest.raises(AttributeError):
        config.memory_mb = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        config.tags["team"] = "x"  # type: ignore[index]


def test_schedules_come_as_texts_objects_or_those_of_taskflows() -> None:
    config = CloudFunctionConfig(
        function_name="f",
        schedules=[
            "Mon 09:00",
            Periodic(period=60),
            taskflows.Calendar("Sun 17:00 America/New_York", persistent=False, randomized_delay=30),
            taskflows.Periodic(start_on="command", period=120, relative_to="finish", accuracy="5s"),
        ],
    )
    assert config.schedules == (
        Calendar("Mon 09:00"),
        Periodic(period=60),
        Calendar("Sun 17:00 America/New_York", persistent=False, randomized_delay=30),
        Periodic(period=120, start_on="command", relative_to="finish", accuracy="5s"),
    )


def test_one_schedule_need_not_be_in_a_list() -> None:
    assert CloudFunctionConfig(function_name="f", schedules="Mon 09:00").schedules == (Calendar("Mon 09:00"),)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "  ", "Mon\n09:00", "Mon 09:00\x1b[0m"])
def test_a_schedule_text_is_one_printable_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"Calendar\.schedule"):
        Calendar(text)


@pytest.mark.parametrize("period", [0, -5])
def test_a_period_is_more_than_nothing(period: int) -> None:
    with pytest.raises(ValueError, match=r"Periodic\.period is .* must be more than 0"):
        Periodic(period=period)


def test_a_period_is_an_int() -> None:
    with pytest.raises(TypeError, match="must be an int of seconds, not float"):
        Periodic(period=1.5)  # type: ignore[arg-type]


def test_it_can_be_pickled_copied_and_written_as_json() -> None:
    config = CloudFunctionConfig(function_name="f", tags={"team": "data"}, schedules=["Mon 09:00"])
    assert pickle.loads(pickle.dumps(config)) == config
    assert copy.deepcopy(config) == config
    assert json.dumps(config.tags) == '{"team": "data"}'


def test_equal_configurations_are_one_in_a_set() -> None:
    first, second = (
        CloudFunctionConfig(function_name="f", tags={"a": "b", "c": "d"}, provider_options={"aws": {"layers": ["x"]}})
        for _ in range(2)
    )
    assert len({first, second, attrs.evolve(first, tags={"c": "d", "a": "b"})}) == 1
    assert len({first, attrs.evolve(first, tags={"a": "b"})}) == 2


def test_options_of_providers_are_frozen_inside() -> None:
    given = {"aws": {"tags": {"a": "b"}}}
    config = CloudFunctionConfig(function_name="f", provider_options=given)
    given["aws"]["tags"]["a"] = "c"
    assert config.options_for("aws")["tags"] == {"a": "b"}
    with pytest.raises(TypeError, match="frozen"):
        config.provider_options["aws"]["tags"] = {}  # type: ignore[index]


@pytest.mark.parametrize("field", ["environment_variables", "tags"])
def test_half_a_character_is_refused(field: str) -> None:
    with pytest.raises(ConfigurationError, match="UTF-8 cannot hold"):
        CloudFunctionConfig(**{"function_name": "f", field: {"A": "\ud800"}})


@pytest.mark.parametrize(
    "make",
    [
        lambda: CloudFunctionConfig(function_name="", memory_mb=0),
        lambda: Calendar("Fri-Mon 09:00").spec,
        lambda: get_environment("mars"),
        lambda: CloudDeploymentResult(success=False, function_name="f", provider="p", error="no").raise_for_error(),
    ],
)
def test_errors_cross_the_border_of_a_process(make: Callable[[], object]) -> None:
    with pytest.raises(CloudError) as caught:
        make()
    copied = pickle.loads(pickle.dumps(caught.value))
    assert type(copied) is type(caught.value)
    assert str(copied) == str(caught.value)
    assert vars(copied) == vars(caught.value)


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (lambda: Periodic(period=60, start_on="x"), ValueError, "Periodic.start_on is 'x'; it must be one of 'boot'"),  # type: ignore[arg-type]
        (lambda: Periodic(period=60, randomized_delay="5m"), TypeError, "must be of type int or None, not str"),  # type: ignore[arg-type]
        (lambda: Calendar("Mon", randomized_delay=-1), ValueError, "Calendar.randomized_delay is -1"),
        (lambda: Calendar("Mon", persistent="yes"), TypeError, "Calendar.persistent must be of type bool"),  # type: ignore[arg-type]
        (lambda: LogQuery(limit="5"), TypeError, "LogQuery.limit must be of type int, not str"),  # type: ignore[arg-type]
        (lambda: LogQuery(limit=True), TypeError, "LogQuery.limit must be of type int, not bool"),
        (lambda: Calendar("Mon").next_runs("3"), TypeError, "n must be of type int, not str"),  # type: ignore[arg-type]
        (lambda: Periodic(period=60).next_runs(None), TypeError, "n must be of type int, not NoneType"),  # type: ignore[arg-type]
        (lambda: Calendar("Mon").next_runs(-1), ValueError, "n is -1; it must be at least 0"),
        (lambda: LogQuery(limit=0), ValueError, "LogQuery.limit is 0; it must be at least 1"),
    ],
)
def test_a_wrong_argument_is_one_sentence(make: Callable[[], object], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind) as caught:
        make()
    assert len(caught.value.args) == 1
    assert said in str(caught.value)
