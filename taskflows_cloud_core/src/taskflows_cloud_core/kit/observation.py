"""Collecting what several threads read of a function."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime

import attrs

from taskflows_cloud_core.reconcile import Observation, Resource, ResourceKey


@attrs.frozen(kw_only=True)
class ReadResult:
    """A resource of ours, one of somebody else's, or nothing.

    Args:
        resource: As it was read; ``None`` when there is none.
        owned: Whether it is ours.
    """

    resource: Resource | None = None
    owned: bool = True


class Collector:
    """Collects what is read, for one `Observation`. Safe for threads.

    Args:
        adopt: Treat resources that are not ours as ours.
    """

    def __init__(self, *, adopt: bool = False) -> None:
        self._adopt = adopt
        self._resources: list[Resource] = []
        self._not_ours: set[ResourceKey] = set()
        self._used_by: dict[ResourceKey, tuple[str, ...]] = {}
        self._unread: list[str] = []
        self._lock = threading.Lock()

    def add(self, *resources: Resource | None) -> None:
        """Add resources that are ours; ``None`` is nothing."""
        with self._lock:
            self._resources += [resource for resource in resources if resource is not None]

    def take(self, key: ResourceKey, found: ReadResult) -> bool:
        """Add what was read under a key: a resource, or that the name belongs to somebody else.

        Returns:
            Whether the name is free or ours.
        """
        if found.owned or self._adopt:
            self.add(found.resource)
            return True
        with self._lock:
            self._not_ours.add(key)
        return False

    def add_users(self, key: ResourceKey, users: Iterable[str]) -> None:
        """Note who else uses a resource; without anybody, nothing is noted."""
        names = tuple(users)
        if names:
            with self._lock:
                self._used_by[key] = names

    def read_optional(
        self,
        read: Callable[[], None],
        *,
        kind: str,
        permission: str,
        is_denied: Callable[[Exception], bool],
        denied: set[str],
    ) -> None:
        """Read what most functions lack: credentials that cannot read it probably did not create it.

        Args:
            read: Reads resources of a kind, and adds them here.
            kind: The kind, for `Observation.unread`.
            permission: What reading it needs.
            is_denied: Whether an error says that the credentials lack the permission.
            denied: The permissions that are known to be lacking, kept by the session; what is in it is not asked again.
        """
        if permission not in denied:
            try:
                read()
            except Exception as error:
                if not is_denied(error):
                    raise
                denied.add(permission)
            else:
                return
        with self._lock:
            self._unread.append(f"{kind} ({permission} is not permitted)")

    def observation(self, *, kind: str, updated_at: datetime | None = None) -> Observation:
        """All that was collected.

        Args:
            kind: The kind of resource that is the function itself: it exists when there is one.
            updated_at: When the function was last changed.
        """
        with self._lock:
            return Observation(
                exists=any(resource.kind == kind for resource in self._resources),
                resources=self._resources,
                not_ours=self._not_ours,
                used_by=self._used_by,
                unread=sorted(self._unread),
                updated_at=updated_at,
            )
