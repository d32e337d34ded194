"""A configuration as one provider sees it: with its defaults, and with what it cannot honour found."""

from __future__ import annotations

from collections.abc import Iterator

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import Problem
from taskflows_cloud_core.provider_info import ProviderInfo


def refused_settings(config: CloudFunctionConfig, info: ProviderInfo) -> Iterator[Problem]:
    """One problem for each setting that the user gave and the provider refuses.

    Args:
        config: Resolved or not.
        info: What the provider says of itself.
    """
    for name in _unsupported(config, info, "refuse"):
        yield Problem(field=name, message=f"the provider {info.name!r} cannot honour it; leave it out")


def ignored_settings(config: CloudFunctionConfig, info: ProviderInfo) -> Iterator[str]:
    """One warning for each setting that the user gave and that has no effect at the provider.

    Args:
        config: Resolved or not.
        info: What the provider says of itself.
    """
    for name in _unsupported(config, info, "warn"):
        yield f"{name} has no effect: the provider {info.name!r} does not honour it"


def _unsupported(config: CloudFunctionConfig, info: ProviderInfo, answer: str) -> list[str]:
    return sorted(name for name in config.given if info.unsupported.get(name) == answer)
