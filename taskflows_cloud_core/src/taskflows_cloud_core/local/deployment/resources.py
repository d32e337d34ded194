"""Functions as resources: as they should be, and as the database has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.local.options import function_options
from taskflows_cloud_core.local.store.records import Code, Function, Settings, Timer
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.reconcile import Hidden, Resource
from taskflows_cloud_core.schedules import Calendar, Trigger

FUNCTION, PACKAGE, SCHEDULE, LOG, FOLDER = "function", "package", "schedule", "log", "folder"
"""The kinds of resources: a row, an unpacked package, a row of the scheduler, the runs with their lines, and what a
deployment that was killed early left."""

# What the names of the resources and the expressions of the schedules tell, or what is nearly always the same.
_UNSHOWN_OF_FUNCTION = (
    "code.architecture",
    "code.handler",
    "code.sha256",
    "code.size",
    "ephemeral_storage_mb",
    "keep_versions",
)
_UNSHOWN_OF_SCHEDULE = ("period", "relative_to", "start_on")

FunctionParts: TypeAlias = tuple[Settings, Mapping[str, str], Mapping[str, str], Code]
"""Settings, environment, tags and code."""


def settings_of(config: CloudFunctionConfig) -> Settings:
    """What a configuration says, with this provider's options of it."""
    options = function_options(config.options_for("local"), function_name=config.function_name)
    return Settings(
        description=config.description,
        memory_mb=_filled(config.memory_mb),
        timeout_seconds=_filled(config.timeout_seconds),
        ephemeral_storage_mb=_filled(config.ephemeral_storage_mb),
        max_concurrency=config.max_concurrency,
        retries=config.retries,
        log_retention_days=config.log_retention_days,
        overlap=options.overlap,
        catch_up=options.catch_up,
        keep_versions=options.keep_versions,
    )


def _filled(value: int | None) -> int:
    if value is None:
        raise AssertionError("core fills in this provider's defaults before it calls a hook")
    return value


def code_of(package: Package, *, architecture: str) -> Code:
    """A package as a version has it."""
    return Code(
        sha256=package.sha256,
        runtime=f"python{package.python_version}",
        architecture=architecture,
        handler=package.handler,
        entry=package.entry,
        size=package.size,
        dependencies=package.dependencies,
        include_files=package.include_files,
    )


def function_resource(
    name: str, *, settings: Settings, environment: Mapping[str, str], tags: Mapping[str, str], code: Code
) -> Resource:
    """A function."""
    properties = {
        **attrs.asdict(settings),
        "environment": {variable: Hidden(value) for variable, value in environment.items()},
        "tags": dict(tags),
        "code": attrs.asdict(code),
    }
    # Its log goes after it: what ends with the function still writes there.
    needs = [(PACKAGE, package_name(name, code.sha256)), (LOG, name)]
    return Resource(kind=FUNCTION, name=name, properties=properties, depends_on=needs, unshown=_UNSHOWN_OF_FUNCTION)


def read_function(resource: Resource) -> FunctionParts:
    """Settings, environment, tags and code of a function's resource."""
    properties = dict(resource.properties)
    code = Code(**properties.pop("code"))
    tags = properties.pop("tags")
    environment = {variable: hidden.value for variable, hidden in properties.pop("environment").items()}
    return Settings(**properties), environment, tags, code


def package_name(function: str, sha256: str) -> str:
    """The name of the resource of an unpacked package, short enough to be read."""
    return f"{function}@{sha256[:12]}"


def package_resource(function: str, sha256: str) -> Resource:
    """An unpacked package."""
    return Resource(
        kind=PACKAGE, name=package_name(function, sha256), properties={"sha256": sha256}, unshown=["sha256"]
    )


def schedule_resources(function: str, triggers: Iterable[Trigger]) -> list[Resource]:
    """The wanted schedules."""
    return [_schedule(function, trigger.name, _properties_of(trigger)) for trigger in triggers]


def _properties_of(trigger: Trigger) -> dict[str, Any]:
    schedule, expression = trigger.schedule, trigger.expression
    common = {"expression": expression.expression, "timezone": expression.timezone}
    if isinstance(schedule, Calendar):
        unused = {"period": None, "start_on": "boot", "relative_to": "start"}
        return {**common, **unused, "persistent": schedule.persistent}
    return {
        **common,
        "persistent": False,
        "period": schedule.period,
        "start_on": schedule.start_on,
        "relative_to": schedule.relative_to,
    }


def _schedule(function: str, name: str, properties: Mapping[str, Any]) -> Resource:
    needs = [(FUNCTION, function)]
    return Resource(kind=SCHEDULE, name=name, properties=properties, depends_on=needs, unshown=_UNSHOWN_OF_SCHEDULE)


def observed_schedules(timers: Iterable[Timer]) -> list[Resource]:
    """The schedules that are there."""
    fields = ("expression", "timezone", "persistent", "period", "start_on", "relative_to")
    return [_schedule(t.function, t.name, {field: getattr(t, field) for field in fields}) for t in timers]


def observed_function(function: Function) -> Resource:
    """The function that is there."""
    return function_resource(
        function.name,
        settings=function.settings,
        environment=function.environment,
        tags=function.tags,
        code=function.live.code,
    )


def log_resource(function: str, *, runs: int, lines: int) -> Resource:
    """The runs of a function with what they wrote."""
    return Resource(kind=LOG, name=function, properties={"amount": f"{runs} runs with {lines} lines"})
