"""Environments: a place of a provider where functions are deployed and operated."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_core.environment.environment import CloudEnvironment
from taskflows_cloud_core.environment.everywhere import deploy_everywhere


def get_environment(provider: str, **options: Any) -> CloudEnvironment:
    """Make an environment of an installed provider.

    Args:
        provider: Its name, for instance ``"local"`` or ``"aws"``; `available_providers` lists them.
        options: The provider's own options as keywords.

    Returns:
        The environment. The cloud is not called before the first call that needs it.

    Raises:
        ProviderError: The provider cannot be used; subclass and message say why.
        ConfigurationError: Options that the provider does not take.
    """
    return CloudEnvironment(provider, **options)


__all__ = ["CloudEnvironment", "deploy_everywhere", "get_environment"]
