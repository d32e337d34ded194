"""Run as a program: carry out a scenario, and die without a word just before the n-th change of the disk.

Arguments: root, folder of the jobs, scenario, n. The exit code is 77 when it died, 0 when the scenario was over before.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from taskflows_cloud_core import CloudFunctionConfig, Periodic, get_environment
from taskflows_cloud_core.progress import silent
from taskflows_cloud_core.providers import load_provider

DIED = 77
CHANGES = frozenset(
    {"mkdir", "rename", "replace", "chmod", "open", "write", "rmdir", "unlink", "execute", "executemany", "flock"}
)


class Crash:
    """Counts calls of C functions that change something, in every thread."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, frame: object, event: str, called: object) -> None:
        if event == "c_call" and getattr(called, "__name__", "") in CHANGES:
            self._left -= 1
            if self._left == 0:
                os._exit(DIED)

    def arm(self) -> None:
        threading.setprofile(self)
        sys.setprofile(self)


def scenario(root: Path, name: str, crash: Crash) -> None:
    """Do the scenario; only its last call may die."""
    from jobs import first, second

    env = get_environment("local", root=root)
    small = CloudFunctionConfig(function_name="job", schedules=[Periodic(3600)], environment_variables={"A": "1"})
    large = CloudFunctionConfig(function_name="job", schedules=[Periodic(7200)], environment_variables={"A": "2"})
    if name != "create":
        env.deploy_function(first, small, dependencies=[]).raise_for_error()
    if name == "delete":
        env.invoke_function("job")
        crash.arm()
        env.delete_function("job").raise_for_error()
        return
    function, config = (first, small) if name == "create" else (second, large)
    plan = env.plan_function(function, config, dependencies=[])
    local = load_provider("local")
    session = local.call("connect", options=local.info.options_class(root=root))
    crash.arm()
    local.call("deploy_function", session=session, plan=plan, progress=silent).raise_for_error()


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[2])
    scenario(Path(sys.argv[1]), sys.argv[3], Crash(int(sys.argv[4])))
