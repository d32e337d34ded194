"""``CloudEnvironment``: one place where functions are deployed and lived with."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_core.environment.everywhere import deploy_everywhere
from taskflows_cloud_core.environment.pruning import Pruning


class CloudEnvironment(Pruning):
    """Functions in one place of one provider.

    Deployments and deletions tell of failures in their result; all other calls raise a `CloudError`. What
    cannot be meant, such as a function that is no callable, raises ``TypeError`` or ``ValueError`` at once.

    Args:
        provider: The name of an installed provider.
        options: The provider's own options as keywords.
    """


def get_environment(provider: str, **options: Any) -> CloudEnvironment:
    """Make an environment of an installed provider.

    Args:
        provider: Its name, for instance ``"local"`` or ``"aws"``; `available_providers` lists them.
        options: The provider's own options as keywords.

    Returns:
        The environment. Nothing is asked of the cloud before the first call that needs it.

    Raises:
        ProviderError: The provider cannot be used; the subclass and the sentence say why.
        ConfigurationError: Options that the provider does not take.
    """
    return CloudEnvironment(provider, **options)


__all__ = ["CloudEnvironment", "deploy_everywhere", "get_environment"]
