"""The record of a function: what was wanted of it, as the properties of its resource.

Core's own `list_functions`, `describe_function`, `set_schedules_enabled` and `rollback_function` read it, so that a
provider which keeps it needs none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taskflows_cloud_core.kit.planning import schedule_text
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.reconcile import DeploymentRequest, DesiredState, Hidden, Observation, Resource

FUNCTION = "function"
"""The kind of the resource that has the record."""

_ENVIRONMENT = "environment"


def function_record(
    request: DeploymentRequest, observation: Observation, *, settings: Iterable[str] = (), kept_versions: int = 0
) -> dict[str, Any]:
    """The properties of the resource of kind `FUNCTION`.

    Args:
        request: What the user wants; a part that is ``None`` keeps what is there.
        observation: What is there.
        settings: The fields of `CloudFunctionConfig` that the provider can keep, apart from ``runtime``,
            ``environment_variables``, ``tags``, ``schedules`` and ``include_files``.
        kept_versions: How many packages stay for a rollback, the live one included, where the cloud keeps no versions;
            0 keeps no history.

    Returns:
        The settings, ``tags`` and ``environment``; ``runtime``, ``sha256``, ``entry`` and ``include_files`` of the
        package; ``paused``, which a deployment leaves as it is; and with a history ``versions``, the digests of the
        packages that stay, newest last.
    """
    found = observation.only(FUNCTION)
    record: dict[str, Any] = {"paused": False, **(found.properties if found is not None else {})}
    if (config := request.config) is not None:
        record |= {name: getattr(config, name) for name in settings}
        record["tags"] = dict(config.tags)
        record[_ENVIRONMENT] = {name: Hidden(value) for name, value in config.environment_variables.items()}
    if (package := request.package) is not None:
        if kept_versions:
            record["versions"] = _versions(record, package.sha256, kept_versions)
        record |= _code(package)
    return record


def _versions(record: Mapping[str, Any], sha256: str, kept: int) -> list[str]:
    before = list(record.get("versions", ()))
    if record.get("sha256") == sha256:
        return before or [sha256]
    return [*(one for one in before if one != sha256), sha256][-kept:]


def _code(package: Package) -> dict[str, Any]:
    return {
        "runtime": f"python{package.python_version}",
        "sha256": package.sha256,
        "entry": package.entry,
        "include_files": list(package.include_files),
    }


def package_resources(
    request: DeploymentRequest, observation: Observation, record: Mapping[str, Any], *, kind: str
) -> list[Resource]:
    """A resource for each package that stays, with what a rollback puts into the record as its properties.

    Args:
        request: What the user wants.
        observation: What is there.
        record: Made by `function_record` with ``kept_versions``.
        kind: The provider's word for a package.
    """
    found = {one.properties["sha256"]: one for one in observation.of_kind(kind)}
    if (package := request.package) is not None:
        found[package.sha256] = package_resource(request.name, _code(package), kind=kind)
    return [found[sha256] for sha256 in record["versions"] if sha256 in found]


def package_resource(function_name: str, code: Mapping[str, Any], *, kind: str) -> Resource:
    """One package as a resource, for what is wanted and for what was read.

    Args:
        function_name: The function's name.
        code: The properties that `package_resources` gave it.
        kind: The provider's word for a package.
    """
    # The record shows them all.
    return Resource(kind=kind, name=f"{function_name}/{code['sha256']}", properties=code, unshown=code)


def encode_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as JSON values, with the environment variables in the clear.

    Args:
        record: Made by `function_record`.
    """
    environment = {name: hidden.value for name, hidden in record[_ENVIRONMENT].items()}
    return {**record, _ENVIRONMENT: environment}


def decode_record(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The record that `encode_record` made JSON values of.

    Args:
        stored: The JSON values.
    """
    environment = {name: Hidden(value) for name, value in stored[_ENVIRONMENT].items()}
    return {**stored, _ENVIRONMENT: environment}


def schedule_resources(request: DeploymentRequest, observation: Observation, *, kind: str) -> list[Resource]:
    """A resource for each schedule, named after the function and the trigger.

    Args:
        request: What the user wants; without triggers, what is there stays.
        observation: What is there.
        kind: The provider's word for a schedule.
    """
    if request.triggers is None:
        return observation.of_kind(kind)
    return [
        schedule_resource(
            request.name, trigger.name, trigger.expression.expression, timezone=trigger.expression.timezone, kind=kind
        )
        for trigger in request.triggers
    ]


def schedule_resource(function_name: str, key: str, expression: str, *, kind: str, timezone: str = "UTC") -> Resource:
    """One schedule as a resource, for what is wanted and for what was read.

    Args:
        function_name: The function's name.
        key: The trigger's name, which tells it from the other schedules of the function.
        expression: In the provider's language.
        kind: The provider's word for a schedule.
        timezone: The zone of the expression.
    """
    return Resource(
        kind=kind,
        name=f"{function_name}/{key}",
        properties={"expression": expression, "timezone": timezone},
        depends_on=[(FUNCTION, function_name)],
    )


def function_state(
    function: Resource,
    schedules: Iterable[Resource],
    *,
    others: Iterable[Resource] = (),
    resource_id: str,
    metadata: Mapping[str, Any] | None = None,
) -> DesiredState:
    """What there should be of a function, with the metadata that every provider gives.

    Args:
        function: With the record as its properties.
        schedules: Made by `schedule_resources`.
        others: All other resources.
        resource_id: What the function is called by the provider.
        metadata: Facts of the provider's own.
    """
    schedules = list(schedules)
    return DesiredState(
        resources=[*others, function, *schedules],
        resource_id=resource_id,
        metadata={
            "function_name": function.name,
            "runtime": function.properties["runtime"],
            "package_sha256": function.properties["sha256"],
            "schedules": {
                one.name: schedule_text(one.properties["expression"], one.properties["timezone"]) for one in schedules
            },
            **(metadata or {}),
        },
    )
