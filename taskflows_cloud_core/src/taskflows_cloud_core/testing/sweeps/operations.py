"""What is disturbed: deployments, deletions, and what else changes a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.sweeps.attempts import Act


@attrs.frozen(kw_only=True)
class Version:
    """One version of the function: its code and its settings.

    Args:
        function: The callable.
        config: Its configuration.
        dependencies: Its requirements.
    """

    function: Callable[..., Any]
    config: CloudFunctionConfig
    dependencies: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)

    def deploy(self, environment: CloudEnvironment) -> Any:
        """Deploy it; the result is returned."""
        return environment.deploy_function(self.function, self.config, self.dependencies)

    def delete(self, environment: CloudEnvironment) -> Any:
        """Delete the function; the result is returned."""
        return environment.delete_function(self.config.function_name)


@attrs.frozen(kw_only=True)
class Operation:
    """Something that changes a function, and that gives the same when it is run again.

    Args:
        name: For people.
        act: What is disturbed, and then run again.
        prepare: What is done before, in order; it must succeed.
    """

    name: str
    act: Act
    prepare: tuple[Act, ...] = attrs.field(default=(), converter=to_tuple)


def deployments(before: Version, after: Version) -> Sequence[Operation]:
    """The operations of every provider: first deployment, unchanged, change, deletion.

    Args:
        before: What is deployed first. Let it have at least two schedules.
        after: What it is changed into: other code, other settings and other schedules of the same function.
    """
    return (
        Operation(name="first deployment", act=before.deploy),
        Operation(name="unchanged", prepare=[before.deploy], act=before.deploy),
        Operation(name="change", prepare=[before.deploy], act=after.deploy),
        Operation(name="deletion", prepare=[before.deploy], act=before.delete),
    )


def updates(before: Version, after: Version) -> Sequence[Operation]:
    """An update of the code alone, and of the configuration alone.

    Args:
        before: What is deployed first.
        after: Where the new code and the new configuration are from.
    """
    name = before.config.function_name

    def code(environment: CloudEnvironment) -> Any:
        return environment.update_function_code(name, after.function, after.dependencies)

    def configuration(environment: CloudEnvironment) -> Any:
        return environment.update_function_configuration(name, after.config)

    return (
        Operation(name="update of the code", prepare=[before.deploy], act=code),
        Operation(name="update of the configuration", prepare=[before.deploy], act=configuration),
    )


def pausing(version: Version) -> Sequence[Operation]:
    """Pause and resume, for providers with the capability ``pause``."""
    name = version.config.function_name

    def pause(environment: CloudEnvironment) -> Any:
        return environment.pause_schedules(name)

    def resume(environment: CloudEnvironment) -> Any:
        return environment.resume_schedules(name)

    return (
        Operation(name="pause", prepare=[version.deploy], act=pause),
        Operation(name="resume", prepare=[version.deploy, pause], act=resume),
    )


def rollback(before: Version, after: Version) -> Sequence[Operation]:
    """Make the oldest version live again, for providers with the capability ``rollback``."""
    name = before.config.function_name

    def act(environment: CloudEnvironment) -> Any:
        return environment.rollback_function(name, environment.list_versions(name)[-1].version)

    return (Operation(name="rollback", prepare=[before.deploy, after.deploy], act=act),)
