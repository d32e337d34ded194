"""Deployed functions and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from taskflows_cloud_core._dict_access import ReadAsDict
from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.config import CloudFunctionConfig


@attrs.frozen(kw_only=True)
class DeployedFunction(ReadAsDict):
    """One line of a listing. Its fields can also be read as keys.

    Args:
        name: The function's name.
        resource_id: The provider's identifier.
        provider: The name of the provider.
        schedules: The expressions that trigger it, as the provider reads them.
        tags: The user's tags.
        updated_at: When it was last changed, aware.
        runtime: For instance ``"python3.12"``.
        memory_mb: Its memory limit in MiB.
    """

    name: str
    resource_id: str
    provider: str
    schedules: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    tags: Mapping[str, str] = attrs.field(factory=dict, converter=to_mapping)
    updated_at: datetime | None = None
    runtime: str = ""
    memory_mb: int | None = None

    def _as_dict(self) -> dict[str, Any]:
        fields = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        return {**fields, "memory": self.memory_mb, "arn": self.resource_id}

    def __str__(self) -> str:
        when = f", updated {self.updated_at:%Y-%m-%d %H:%M:%S %Z}" if self.updated_at else ""
        return f"{self.name} [{'; '.join(self.schedules) or 'no schedule'}]{when}"


@attrs.frozen(kw_only=True)
class FunctionDescription:
    """All that the provider knows of one function.

    Args:
        function: The line of the listing.
        config: The configuration that is deployed, as far as it can be read back. Environment values and
            schedules are not in it; see ``environment_names`` and ``function.schedules``.
        environment_names: The names of the environment variables.
        unreadable: The fields of ``config`` that the provider could not read back this time.
        metadata: Facts about the deployed function, each provider's own.
    """

    function: DeployedFunction
    config: CloudFunctionConfig
    environment_names: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    unreadable: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping)

    def __str__(self) -> str:
        config = self.config
        facts = [
            *([f"runtime {config.runtime}"] if config.runtime else []),
            *([f"{config.memory_mb} MiB"] if config.memory_mb else []),
            *([f"timeout {config.timeout_seconds} s"] if config.timeout_seconds else []),
        ]
        lines = [str(self.function), *([f"  {', '.join(facts)}"] if facts else [])]
        if self.environment_names:
            lines.append(f"  environment {', '.join(self.environment_names)}")
        return "\n".join(lines)


@attrs.frozen(kw_only=True)
class FunctionVersion:
    """One deployed state of a function's code.

    Args:
        version: The provider's identifier; give it to ``rollback_function``.
        created_at: Aware.
        package_sha256: The digest of its package, in hexadecimal.
        is_live: Whether it is the one that runs now.
        description: The function's description at that time, where versions have one.
    """

    version: str
    created_at: datetime
    package_sha256: str
    is_live: bool
    description: str = ""

    def __str__(self) -> str:
        live = " (live)" if self.is_live else ""
        words = f" {self.description}" if self.description else ""
        return f"{self.version}{live} {self.created_at:%Y-%m-%d %H:%M:%S %Z} {self.package_sha256[:12]}{words}"
