"""Services of the published taskflows package, recognised by their shape and never imported."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.config import CloudFunctionConfig, require_settings
from taskflows_cloud_core.errors import ConfigurationError, Problem

_BYTES_PER_MIB = 2**20
_MAPPED = {"name", "start_command", "start_schedule", "env", "timeout", "description", "cgroup_config"}
# taskflows turns an unset restart policy into this word.
_MEANINGLESS_VALUES = {"restart_policy": ("no", None)}


@attrs.frozen(kw_only=True)
class ServiceDeployment:
    """A service in the words of this package.

    Args:
        function: The callable behind its start command.
        config: Name, schedules, environment, timeout, description and memory limit.
        warnings: One sentence for each field that is set and has no meaning in a cloud.
    """

    function: Callable[..., Any]
    config: CloudFunctionConfig
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


def deployment_of_service(service: Any, **overrides: Any) -> ServiceDeployment:
    """Read a ``taskflows.Service``.

    Args:
        service: An object with the attributes of ``taskflows.Service``.
        overrides: Fields of `CloudFunctionConfig` that go before what the service says.

    Returns:
        Callable, configuration, and a warning for each field that is left aside.

    Raises:
        TypeError: ``service`` has not the shape of a service, or an override is no field.
        ConfigurationError: Its start command is no Python callable, or its values cannot be used.
    """
    if not hasattr(service, "start_command") or not hasattr(service, "name"):
        raise TypeError(f"{type(service).__name__} is no service: it has no name and start_command")
    require_settings(overrides, what="deploy_service")
    function = _callable_of(service)
    fields = {**_config_fields(service), **overrides}
    return ServiceDeployment(
        function=function, config=CloudFunctionConfig(**fields), warnings=tuple(_warnings(service))
    )


def _callable_of(service: Any) -> Callable[..., Any]:
    """The callable of the start command, before or after taskflows has wrapped it to be pickled."""
    command = service.start_command
    wrapped = [
        pickled.func
        for pickled in getattr(service, "_pkl_funcs", ())
        if getattr(pickled, "attr", "") == "start_command"
    ]
    for candidate in (command, getattr(command, "func", None), *wrapped):
        if callable(candidate):
            return _as_callable(candidate)
    message = (
        f"is the shell command {str(command)!r}; a cloud runs Python functions, so give the service a callable, "
        "for instance one that calls subprocess.run"
    )
    raise ConfigurationError(
        [Problem(field="start_command", message=message)], subject=f"service {getattr(service, 'name', None)!r}"
    )


def _as_callable(candidate: Any) -> Callable[..., Any]:
    function: Callable[..., Any] = candidate
    return function


def _config_fields(service: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"function_name": service.name, "schedules": _listed(service, "start_schedule")}
    if env := getattr(service, "env", None):
        fields["environment_variables"] = env
    if timeout := getattr(service, "timeout", None):
        fields["timeout_seconds"] = timeout
    if description := getattr(service, "description", None):
        fields["description"] = description
    if limit := getattr(getattr(service, "cgroup_config", None), "memory_limit", None):
        fields["memory_mb"] = -(-limit // _BYTES_PER_MIB)
    return fields


def _listed(service: Any, name: str) -> list[Any]:
    value = getattr(service, name, None)
    if value is None:
        return []
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]


def _warnings(service: Any) -> Iterable[str]:
    for name in _set_fields(service):
        if name not in _MAPPED and getattr(service, name) not in _MEANINGLESS_VALUES.get(name, ()):
            yield f"{name} of the service has no meaning in a cloud and is left aside"
    for name in _set_fields(getattr(service, "cgroup_config", None)):
        if name != "memory_limit":
            yield f"cgroup_config.{name} of the service has no meaning in a cloud and is left aside"


def _set_fields(value: Any) -> Iterable[str]:
    """The dataclass fields that differ from their defaults."""
    if not dataclasses.is_dataclass(value):
        return
    for field in dataclasses.fields(value):
        if getattr(value, field.name) != _default(field):
            yield field.name


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return None if field.default is dataclasses.MISSING else field.default
