"""The only place that runs uv."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.package import PackageTarget
from taskflows_cloud_core.packaging.requirements import without_credentials

_PROGRESS = re.compile(r"(Using|Resolved|Downloading|Downloaded|Prepared|Installed|Building|Built)\b.*|[+~-] .*")


def install(requirements: Sequence[str], folder: Path, *, target: PackageTarget, constraints: Sequence[str]) -> None:
    """Install distributions for a target into a folder, from wheels alone.

    Args:
        requirements: Of PEP 508, checked already.
        folder: An empty folder.
        target: Whose Python and platform the wheels are for.
        constraints: Versions that are kept if the resolution needs these distributions.

    Raises:
        PackagingError: A requirement cannot be met, or has no wheel for the target.
    """
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        wanted, kept = Path(scratch, "requirements.txt"), Path(scratch, "constraints.txt")
        wanted.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
        kept.write_text("".join(f"{line}\n" for line in constraints), encoding="utf-8")
        arguments = ["pip", "install", "--target", str(folder), *target_arguments(target), "--no-compile-bytecode"]
        arguments += ["--requirements", str(wanted), "--constraints", str(kept)]
        run_uv(arguments, requirements=requirements, target=target)


def target_arguments(target: PackageTarget) -> list[str]:
    """What tells uv the target. Naming the running interpreter spares it the search for one."""
    arguments = ["--python", sys.executable, "--python-version", target.python_version, "--only-binary", ":all:"]
    return [*arguments, "--python-platform", target.platform] if target.platform else arguments


def run_uv(arguments: Sequence[str], *, requirements: Sequence[str], target: PackageTarget) -> str:
    """Run uv to its end.

    Args:
        arguments: Of uv.
        requirements: For the message when it fails.
        target: For the message when it fails.

    Returns:
        What it printed to its standard output.

    Raises:
        PackagingError: It failed; the message has its reason, without progress lines and credentials.
    """
    done = _run(arguments)
    if done.returncode:
        platform = target.platform or "this machine"
        raise PackagingError(
            f"the dependencies {', '.join(requirements)} cannot be had as wheels for Python {target.python_version} "
            f"on {platform}: {_reason(done.stderr)}"
        )
    return done.stdout


def export_lock(folder: Path) -> str:
    """Print what a project's ``uv.lock`` pins for its own run, without the project and its development tools.

    Args:
        folder: Of the lock.

    Returns:
        Lines of a requirements file.

    Raises:
        PackagingError: The lock cannot be read.
    """
    arguments = ["export", "--project", str(folder), "--frozen", "--no-hashes", "--no-dev", "--no-annotate"]
    done = _run([*arguments, "--no-header", "--no-emit-workspace", "--format", "requirements-txt"])
    if done.returncode:
        raise PackagingError(f"{folder / 'uv.lock'} cannot be read: {_reason(done.stderr)}")
    return done.stdout


def _run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [_uv(), *arguments, "--no-progress", "--color", "never"]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def uv_settings() -> tuple[object, ...]:
    """What uv's answers depend on besides its arguments: its variables and the project that it stands in."""
    names = sorted(name for name in os.environ if name.startswith("UV_"))
    return (Path.cwd(), *((name, os.environ.get(name)) for name in names))


def _uv() -> str:
    from uv import find_uv_bin

    try:
        return find_uv_bin()
    except FileNotFoundError as error:
        raise PackagingError("uv, which fetches dependencies, is not installed completely; pip install uv") from error


def _reason(output: str) -> str:
    lines = [line.strip() for line in without_credentials(output).splitlines()]
    return " ".join(line for line in lines if line and not _PROGRESS.fullmatch(line)) or "uv gave no reason"
