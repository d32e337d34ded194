"""A root with everything in it: what ``connect`` opens."""

from __future__ import annotations

from pathlib import Path

import attrs

from taskflows_cloud_core.local.store.database import Database
from taskflows_cloud_core.local.system.paths import Paths


@attrs.frozen
class Session:
    """One root. Opening it makes nothing; the first deployment does.

    Args:
        paths: Its layout.
        database: Its state.
    """

    paths: Paths
    database: Database

    @classmethod
    def at(cls, root: Path) -> Session:
        """The session over a root, an absolute path."""
        paths = Paths(root)
        return cls(paths, Database(paths.database))
