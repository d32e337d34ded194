"""Where functions go, in the provider's own words: an account, a cluster, a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from taskflows_cloud_core.errors import CloudError

if TYPE_CHECKING:
    from taskflows_cloud_core.environment import CloudEnvironment


def place_lines(environments: Mapping[str, CloudEnvironment]) -> list[str]:
    """One line for each place that its provider can describe; what cannot be asked is reported by what follows."""
    lines = []
    for label, environment in environments.items():
        try:
            description = environment.describe_place()
        except CloudError:
            continue
        if description:
            lines.append(f"{label}: {description}")
    return lines
