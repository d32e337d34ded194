"""What a provider says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import attrs

from taskflows_cloud_core._frozen import to_frozenset, to_mapping, to_tuple
from taskflows_cloud_core.config import default_problems, setting_names
from taskflows_cloud_core.errors import ConfigurationError, Problem

# What a provider may do beyond the required hooks, and the hooks that it implements then. Those without a hook
# are a way in which the required ones behave.
CAPABILITIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cost": ("estimate_cost",),
        "diagnose": ("diagnose",),
        "export": ("export_plan",),
        "failed_logs": ("get_logs",),
        "invoke": ("invoke_function",),
        "keep_logs": (),
        "logs": ("get_logs",),
        "metrics": ("get_metrics",),
        "pause": ("set_schedules_enabled",),
        "permissions": ("required_permissions",),
        "rollback": ("list_versions", "rollback_function"),
        "seconds": (),
        "shared": ("plan_unused",),
        "timezones": (),
    }
)

# What a provider may be unable to honour: not the name, nor options that are a provider's own.
_SETTINGS = frozenset(setting_names()) - {"function_name", "provider_options"}


@attrs.frozen(kw_only=True)
class NoOptions:
    """The options class of a provider that takes none."""


def _is_class(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, type):
        raise TypeError(f"ProviderInfo.{attribute.name} must be a class, not {type(value).__name__}")


def _are_defaults(_: object, attribute: attrs.Attribute[Any], value: Mapping[str, Any]) -> None:
    if problems := default_problems(value):
        raise ConfigurationError(problems, subject=f"ProviderInfo.{attribute.name}")


def _are_settings(_: object, attribute: attrs.Attribute[Any], value: Mapping[str, Any]) -> None:
    problems = [Problem(field=name, message="is no setting") for name in value if name not in _SETTINGS]
    problems += [
        Problem(field=name, message=f"is {answer!r}; it must be 'refuse' or 'warn'")
        for name, answer in value.items()
        if answer not in ("refuse", "warn")
    ]
    if problems:
        raise ConfigurationError(problems, subject=f"ProviderInfo.{attribute.name}")


@attrs.frozen(kw_only=True)
class ProviderInfo:
    """Who a provider is.

    Args:
        name: The name of its entry point.
        title: For people, for instance ``"Example Cloud"``.
        options_class: An attrs class; its fields are the keywords of ``get_environment``.
        hook_api_version: The `HOOK_API_VERSION` that it was written for, as a number in its source, not
            as whatever the installed core says.
        capabilities: What it can do beyond the required hooks: keys of `CAPABILITIES`, and words of its own.
        limits: The limits that users meet most, by name, in the units that the name tells.
        defaults: Settings of `CloudFunctionConfig` that users need not give, and what they are then. Hooks get them in
            the configuration.
        unsupported: Settings of `CloudFunctionConfig` that cannot be honoured, and what core does when the user gives
            one: it refuses the function, or warns that the setting has no effect.
        export_formats: What ``export_plan`` can be asked for, the usual one first.
    """

    name: str = attrs.field(validator=attrs.validators.instance_of(str))
    title: str = attrs.field(validator=attrs.validators.instance_of(str))
    options_class: type = attrs.field(default=NoOptions, validator=_is_class)
    hook_api_version: int = attrs.field(validator=attrs.validators.instance_of(int))
    capabilities: frozenset[str] = attrs.field(default=frozenset(), converter=to_frozenset)
    limits: Mapping[str, int] = attrs.field(factory=dict, converter=to_mapping)
    defaults: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping, validator=_are_defaults)
    unsupported: Mapping[str, Literal["refuse", "warn"]] = attrs.field(
        factory=dict, converter=to_mapping, validator=_are_settings
    )
    export_formats: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
