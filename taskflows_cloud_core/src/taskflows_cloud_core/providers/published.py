"""The distributions that this project publishes: the one place where core knows providers by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PUBLISHED_PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "aws": "taskflows-cloud-aws",
        "local": "taskflows-cloud-core",
    }
)
"""Provider name to the distribution that brings it."""
