"""Which process a number means: numbers are used again, beginnings are not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import uuid
from functools import cache
from pathlib import Path

import attrs

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# In /proc/PID/stat after the name in parentheses: the state is the first field, the start time the twentieth
# (proc(5), fields 3 and 22).
_STATE, _START_TIME = 0, 19


@attrs.frozen(kw_only=True)
class ProcessIdentity:
    """A process of this machine.

    Args:
        pid: Its number.
        token: When it began, in a form that is only good for comparing.
    """

    pid: int
    token: str

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity:
        """The process that has the number now; its token is empty when there is none."""
        return cls(pid=pid, token=_token(pid) or "")

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs; one that is dead and not yet collected does not."""
        return self.token != "" and _token(self.pid) == self.token

    def kill_group(self) -> None:
        """Kill the process and its group, when it is still this one and leads a group."""
        if not self.is_alive:
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def this_process() -> ProcessIdentity:
    """The process that runs this."""
    return ProcessIdentity.of(os.getpid())


@cache
def this_machine() -> str:
    """Tells this machine from others, and containers of one machine from each other: each numbers its own processes."""
    try:
        return f"{_boot_id()} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - it leads to no file
    except OSError:
        return f"{socket.gethostname()} {uuid.getnode()}"


def _token(pid: int) -> str | None:
    if not _BOOT_ID.exists():
        return _token_of_ps(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(")") + 1 :].split()
    return None if fields[_STATE] in "ZX" else f"{_boot_id()} {fields[_START_TIME]}"


@cache
def _boot_id() -> str:
    return _BOOT_ID.read_text(encoding="ascii").strip()


def _token_of_ps(pid: int) -> str | None:
    told = subprocess.run(
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C"},
    ).stdout.split(maxsplit=1)
    return None if not told or told[0].startswith("Z") else told[1].strip()
