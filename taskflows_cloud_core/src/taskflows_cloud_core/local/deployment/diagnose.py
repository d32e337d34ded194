"""Whether a root can be worked with: its folder, its state, its scheduler, the Pythons. Changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.kit.claiming.process_identity import ProcessIdentity
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, schedulers
from taskflows_cloud_core.local.store.records import Function
from taskflows_cloud_core.local.system.interpreters import found_runtimes
from taskflows_cloud_core.results import Finding


def diagnose(session: Session) -> list[Finding]:
    """Look at everything that deploying and running need.

    Returns:
        One finding for each thing looked at, also for those that are well.
    """
    findings = [_root(session.paths.root)]
    try:
        deployed, scheduled, working = _read(session)
    except OperationError as error:
        remedy = "see who owns the folder, or choose another root"
        return [*findings, Finding(subject="state", status="problem", message=str(error), remedy=remedy)]
    count = "1 function" if len(deployed) == 1 else f"{len(deployed)} functions"
    message = f"{count} in {session.paths.database}" if deployed else "nothing is deployed yet"
    findings.append(Finding(subject="state", status="ok", message=message))
    findings.append(_scheduler(scheduled, working, session.paths.root))
    return [*findings, *_interpreters(deployed)]


def _read(session: Session) -> tuple[list[Function], list[str], list[ProcessIdentity]]:
    """The functions, the names of those that have schedules and are not paused, and the schedulers at work."""
    with session.database.reading() as connection:
        deployed = list(functions.all_functions(connection))
        scheduled = [one.name for one in deployed if not one.paused and functions.timers_of(connection, one.name)]
        return deployed, scheduled, schedulers.living(connection)


def _root(root: Path) -> Finding:
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    if there.is_dir() and os.access(there, os.R_OK | os.W_OK | os.X_OK):
        message = f"{root} can be written" if there == root else f"{root} can be made"
        return Finding(subject="root", status="ok", message=message)
    message = f"{root} cannot be used: {there} is {'not writable' if there.is_dir() else 'no folder'}"
    remedy = f"choose another root, or `chown` {there} to yourself" if there.is_dir() else "choose another root"
    return Finding(subject="root", status="problem", message=message, remedy=remedy)


def _scheduler(scheduled: list[str], working: list[ProcessIdentity], root: Path) -> Finding:
    if working:
        processes = ", ".join(str(one.pid) for one in working)
        return Finding(subject="scheduler", status="ok", message=f"is at work in process {processes}")
    if not scheduled:
        return Finding(subject="scheduler", status="ok", message="is not running, and no function has a schedule")
    message = f"is not running, so nothing starts {', '.join(scheduled)}"
    remedy = f"run `taskflows-cloud local run --root {root}`"
    return Finding(subject="scheduler", status="warning", message=message, remedy=remedy)


def _interpreters(deployed: list[Function]) -> Iterator[Finding]:
    found = found_runtimes()
    missing = {one.live.code.runtime for one in deployed} - set(found)
    if not missing:
        yield Finding(subject="interpreters", status="ok", message=f"found {', '.join(found)}")
    for runtime in sorted(missing):
        names = ", ".join(one.name for one in deployed if one.live.code.runtime == runtime)
        message = f"{runtime} is not on this machine; {names} cannot run"
        remedy = f"install it, or deploy again for {' or '.join(found)}"
        yield Finding(subject="interpreters", status="problem", message=message, remedy=remedy)
