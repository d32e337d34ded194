"""What Lambda would refuse, found before anything is sent. Pure: no network, no credentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taskflows_cloud_aws import limits, ownership
from taskflows_cloud_aws.schedules.missed_run_alarm import window_of
from taskflows_cloud_aws.settings.function_options import AwsFunctionOptions, function_options
from taskflows_cloud_core import CloudFunctionConfig, ConfigurationError, Problem, ScheduleError


def check_config(config: CloudFunctionConfig) -> list[Problem]:
    """Find everything in a configuration that AWS would refuse."""
    problems = [
        *_name(config.function_name),
        *_outside("memory_mb", config.memory_mb, limits.MEMORY_MB, "MiB"),
        *_outside("timeout_seconds", config.timeout_seconds, limits.TIMEOUT_SECONDS, "seconds"),
        *_outside("ephemeral_storage_mb", config.ephemeral_storage_mb, limits.EPHEMERAL_STORAGE_MB, "MiB"),
        *_runtime(config.runtime),
        *_environment(config.environment_variables),
        *_description(config.description),
        *_tags(config.tags),
        *_retention(config.log_retention_days),
    ]
    if config.retries is not None:
        problems += _outside("retries", config.retries, limits.ASYNC_RETRIES, "retries")
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
        *_outside("timeout", timeout, limits.TIMEOUT_SECONDS, "seconds"),
        *_outside("memory_mb", memory_mb, limits.MEMORY_MB, "MiB"),
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


def _outside(field: str, value: int, allowed: range, unit: str) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        yield Problem(field=field, message=f"is {value!r}; Lambda takes {allowed[0]} to {allowed[-1]} {unit}")


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
    own = len(ownership.OUR_TAGS)
    if len(tags) > limits.TAGS - own:
        message = f"there are {len(tags)}; AWS takes {limits.TAGS}, of which taskflows-cloud needs {own}"
        yield Problem(field="tags", message=message)
    for key, value in tags.items():
        message = _tag(key, value)
        if message:
            yield Problem(field=f"tags[{key!r}]", message=message)


def _tag(key: str, value: str) -> str:
    if not 1 <= len(key) <= limits.TAG_KEY_CHARACTERS:
        return f"a key has 1 to {limits.TAG_KEY_CHARACTERS} characters, this one {len(key)}"
    if len(value) > limits.TAG_VALUE_CHARACTERS:
        return f"a value has at most {limits.TAG_VALUE_CHARACTERS} characters, this one {len(value)}"
    if key.lower().startswith("aws:"):
        return "keys that begin with 'aws:' belong to AWS"
    if value.lower().startswith("aws:"):
        return "values that begin with 'aws:' belong to AWS"
    if key.startswith(ownership.PREFIX):
        return f"keys that begin with {ownership.PREFIX!r} belong to taskflows-cloud"
    if not limits.TAG_TEXT.fullmatch(key) or not limits.TAG_TEXT.fullmatch(value):
        return "AWS takes letters, digits, spaces and _ . : / = + - @ only"
    return ""


def _retention(days: int | None) -> Iterator[Problem]:
    if days is not None and days not in limits.RETENTION_DAYS:
        allowed = ", ".join(map(str, limits.RETENTION_DAYS))
        yield Problem(field="log_retention_days", message=f"is {days}; CloudWatch Logs takes {allowed}")
