"""What reading one resource can find."""

from __future__ import annotations

import attrs

from taskflows_cloud_core.reconcile import Resource


@attrs.frozen(kw_only=True)
class Found:
    """A resource of ours, one of somebody else's, or nothing.

    Args:
        resource: As it was found.
        foreign: Whether it is not ours.
    """

    resource: Resource | None = None
    foreign: bool = False
