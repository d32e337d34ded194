"""The markers of hooks and their implementations."""

from __future__ import annotations

import pluggy

HOOK_API_VERSION = 1
"""Raised when a hook changes in a way that an existing plugin would not survive."""

PROJECT_NAME = "taskflows_cloud"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)
