"""What Lambda would refuse, found before anything is sent. Pure: no network, no credentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.schedules.missed_run_alarm import window_of
from taskflows_cloud_aws.settings.function_options import AwsFunctionOptions, function_options
from taskflows_cloud_core import CloudFunctionConfig, ConfigurationError, Problem, ScheduleError
from taskflows_cloud_core.kit.checks import Check, find_problems, within

_TIMEOUT = within(limits.TIMEOUT_SECONDS, unit="seconds")
_MEMORY = within(limits.MEMORY_MB, unit="MiB")
_RANGES: Mapping[str, Check] = MappingProxyType(
    {
        "memory_mb": within(limits.MEMORY_MB, unit="MiB", optional=True),
        "timeout_seconds": within(limits.TIMEOUT_SECONDS, unit="seconds", optional=True),
        "ephemeral_storage_mb": within(limits.EPHEMERAL_STORAGE_MB, unit="MiB", optional=True),
        "retries": within(limits.ASYNC_RETRIES, unit="retries", optional=True),
    }
)


def check_config(config: CloudFunctionConfig) -> list[Problem]:
    """Find everything in a configuration that AWS would refuse."""
    problems = [
        *_name(config.function_name),
        *find_problems({name: getattr(config, name) for name in _RANGES}, _RANGES),
        *_runtime(f"python{config.python_version}"),
        *_environment(config.environment_variables),
        *_description(config.description),
        *_tags(config.tags),
        *_retention(config.log_retention_days),
    ]
    try:
        problems += _missed_runs(function_options(config), config)
    except ConfigurationError as error:
        problems += [
            Problem(field=f"provider_options['aws'].{found.field}", message=found.message) for found in error.problems
        ]
    return problems


def validate_lambda_constraints(timeout: int, memory_mb: int, function_name: str) -> None:
    """Check the three settings that Lambda limits first.

    Limits: "Lambda quotas" and CreateFunction in the AWS Lambda documentation, read on 2026-11-24.

    Args:
        timeout: In seconds.
        memory_mb: In MiB.
        function_name: The function's name.

    Raises:
        ConfigurationError: A ``ValueError`` with every problem found.
    """
    problems = [
        *find_problems({"timeout": timeout, "memory_mb": memory_mb}, {"timeout": _TIMEOUT, "memory_mb": _MEMORY}),
        *_name(function_name),
    ]
    if problems:
        raise ConfigurationError(problems, subject="AWS Lambda")


def _missed_runs(options: AwsFunctionOptions, config: CloudFunctionConfig) -> Iterator[Problem]:
    if not options.alarms.missed_runs or not config.schedules:
        return
    try:
        window = window_of(config.schedules)
    except ScheduleError:
        # Told where schedules are translated.
        return
    if isinstance(window, str):
        yield Problem(field="provider_options['aws'].alarms.missed_runs", message=window)


def _name(name: str) -> Iterator[Problem]:
    if not isinstance(name, str) or not limits.FUNCTION_NAME.fullmatch(name):
        message = f"{name!r} must be 1 to 64 ASCII letters, digits, '-' and '_'"
        yield Problem(field="function_name", message=message)


def _runtime(runtime: str) -> Iterator[Problem]:
    if runtime not in limits.RUNTIMES:
        yield Problem(field="runtime", message=f"{runtime!r} is none of Lambda's: {', '.join(limits.RUNTIMES)}")


def _environment(variables: Mapping[str, str]) -> Iterator[Problem]:
    for name in variables:
        field = f"environment_variables[{name!r}]"
        if name in limits.RESERVED_VARIABLES:
            yield Problem(field=field, message="Lambda sets this variable itself; choose another name")
        elif not limits.VARIABLE_NAME.fullmatch(name):
            message = "Lambda takes names of two or more letters, digits and '_' that begin with a letter"
            yield Problem(field=field, message=message)
    size = sum(len(name.encode()) + len(_utf8(value)) for name, value in variables.items())
    if size > limits.ENVIRONMENT_BYTES:
        message = (
            f"names and values have {size} bytes in UTF-8; Lambda takes {limits.ENVIRONMENT_BYTES} together. "
            "Keep large values in Parameter Store, Secrets Manager or a file in the package"
        )
        yield Problem(field="environment_variables", message=message)


def _utf8(value: str) -> bytes:
    # A lone surrogate has no UTF-8 form; its length is what counts here.
    return value.encode("utf-8", "surrogatepass")


def _description(description: str) -> Iterator[Problem]:
    if len(description) > limits.DESCRIPTION_CHARACTERS:
        message = f"has {len(description)} characters; Lambda takes {limits.DESCRIPTION_CHARACTERS}"
        yield Problem(field="description", message=message)


def _tags(tags: Mapping[str, str]) -> Iterator[Problem]:
    yield from ownership.MARKS.find_problems("tags", tags, ownership.LIMITS)
    for key, value in tags.items():
        if value.lower().startswith("aws:"):
            yield Problem(field=f"tags[{key!r}]", message="values that begin with 'aws:' belong to AWS")


def _retention(days: int | None) -> Iterator[Problem]:
    if days is not None and days not in limits.RETENTION_DAYS:
        allowed = ", ".join(map(str, limits.RETENTION_DAYS))
        yield Problem(field="log_retention_days", message=f"is {days}; CloudWatch Logs takes {allowed}")
