"""The contract of a provider plugin, one hook a step of a function's life.

A provider is a module (or an object) whose functions carry `hookimpl` and bear the names below; it is found
through the entry-point group ``taskflows_cloud.providers``. Every hook is ``firstresult``: it returns its one
answer, never ``None`` for one and never a generator, which would run outside the wrappers of extensions. An
implementation may take fewer arguments than its hook has; so a hook can grow an argument without breaking
anyone.

``session`` is whatever ``connect`` returned; nobody but the provider looks into it. A hook that a provider
leaves out makes the operation raise `OperationUnsupported`.
"""

from taskflows_cloud_core.hookspecs.connecting import ConnectingSpec
from taskflows_cloud_core.hookspecs.deploying import DeployingSpec
from taskflows_cloud_core.hookspecs.markers import HOOK_API_VERSION, PROJECT_NAME, hookimpl, hookspec
from taskflows_cloud_core.hookspecs.operating import OperatingSpec
from taskflows_cloud_core.hookspecs.preparing import PreparingSpec
from taskflows_cloud_core.hookspecs.resources import ResourcesSpec
from taskflows_cloud_core.hookspecs.reviewing import ReviewingSpec


class ProviderSpec(ConnectingSpec, PreparingSpec, ResourcesSpec, DeployingSpec, OperatingSpec, ReviewingSpec):
    """All hooks of a provider."""


__all__ = ["HOOK_API_VERSION", "PROJECT_NAME", "ProviderSpec", "hookimpl", "hookspec"]
