"""The only place that runs uv."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from email.parser import HeaderParser
from pathlib import Path

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.dependencies.wheel_members import is_left_out
from taskflows_cloud_core.packaging.installed.requirements import normalised_name, without_credentials
from taskflows_cloud_core.packaging.installed.tags import best_tag
from taskflows_cloud_core.packaging.package import PackageTarget, is_this_machine
from taskflows_cloud_core.packaging.progress_reporting import tell

_PROGRESS = re.compile(r"(Using|Resolved|Downloading|Downloaded|Prepared|Installed|Building|Built)\b.*|[+~-] .*")
_WITHOUT_WHEELS = re.compile(r"Wheels are required for `([^`]+)`")


def install(
    requirements: Sequence[str],
    folder: Path,
    *,
    target: PackageTarget,
    constraints: Sequence[str],
    built: Sequence[str] = (),
) -> None:
    """Install distributions for a target into a folder, from wheels alone but for those that may be built.

    Args:
        requirements: Of PEP 508, checked already.
        folder: An empty folder.
        target: Whose Python and platform the wheels are for.
        constraints: Versions that are kept if the resolution needs these distributions.
        built: Names of distributions that are built from source.

    Raises:
        PackagingError: A requirement cannot be met, or has no wheel for the target.
    """
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        wanted, kept = Path(scratch, "requirements.txt"), Path(scratch, "constraints.txt")
        wanted.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
        kept.write_text("".join(f"{line}\n" for line in constraints), encoding="utf-8")
        arguments = ["pip", "install", "--target", str(folder), *target_arguments(target), "--no-compile-bytecode"]
        arguments += build_arguments(built)
        arguments += ["--requirements", str(wanted), "--constraints", str(kept)]
        run_uv(arguments, requirements=requirements, target=target)


def target_arguments(target: PackageTarget) -> list[str]:
    """What tells uv the target. Naming the running interpreter spares it the search for one."""
    arguments = ["--python", sys.executable, "--python-version", target.python_version, "--only-binary", ":all:"]
    return [*arguments, "--python-platform", target.platform] if target.platform else arguments


def build_arguments(names: Sequence[str]) -> list[str]:
    """What lets uv build these distributions from source, and no other."""
    return [argument for name in names for argument in ("--no-binary", name)]


def build_source(source: Path, folder: Path, *, name: str) -> None:
    """Build a wheel. This runs the setup code of the distribution.

    Args:
        source: Its folder, or its archive of sources.
        folder: Where the wheel goes.
        name: For the message when it fails.

    Raises:
        PackagingError: It failed; the message has its reason.
    """
    tell(f"building {name} from its source")
    arguments = ["build", "--wheel", str(source), "--out-dir", str(folder), "--python", sys.executable]
    done = _run(arguments, SOURCE_DATE_EPOCH="315532800")  # 1980, the first year that a wheel can name
    if done.returncode:
        raise PackagingError(f"{name} cannot be built from its source: {_reason(done.stderr)}")


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
        raise PackagingError(_refusal(_reason(done.stderr), requirements, target))
    return done.stdout


def _refusal(reason: str, requirements: Sequence[str], target: PackageTarget) -> str:
    platform = target.platform or "this machine"
    message = (
        f"the dependencies {', '.join(map(without_credentials, requirements))} cannot be had as wheels for Python "
        f"{target.python_version} on {platform}: {reason} (wanted: {best_tag(target)}, or what runs there too)"
    )
    names = sorted(set(_WITHOUT_WHEELS.findall(reason)))
    if not names:
        return message
    return (
        f"{message}; {', '.join(names)} may have its source on the index, and building that runs its setup code on "
        f"this machine: if you trust it, allow it with build_from_source={names}"
    )


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


def _run(arguments: Sequence[str], **variables: str) -> subprocess.CompletedProcess[str]:
    command = [_uv(), *arguments, "--no-progress", "--color", "never"]
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment
    )


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


def install_with_uv(
    requirements: Sequence[str], target: PackageTarget, *, constraints: Sequence[str], built: Sequence[str]
) -> tuple[tuple[str, ...], list[Member]]:
    """Let uv install, where its wheels cannot be had as files.

    Args:
        requirements: Of PEP 508, checked already.
        target: The machine that they are for.
        constraints: Versions to keep of what else is needed.
        built: Normalised names of distributions that are built from source.

    Returns:
        ``"name==version"`` of each distribution, sorted, and their files.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        folder = Path(scratch, "site")
        install(sorted(requirements), folder, target=target, constraints=constraints, built=built)
        if built and not is_this_machine(target):
            _refuse_compiled(folder, built, target)
        return tuple(sorted(_pins(folder))), list(_members(folder))


def _refuse_compiled(folder: Path, built: Sequence[str], target: PackageTarget) -> None:
    for file in folder.glob("*.dist-info/WHEEL"):
        name = normalised_name(file.parent.name.partition("-")[0])
        tags = HeaderParser().parsestr(file.read_text(encoding="utf-8"), headersonly=True).get_all("Tag", [])
        if name in built and not all(tag.endswith("-any") for tag in tags):
            raise PackagingError(
                f"{name}, built from its source, is {', '.join(tags)}, not pure Python; it needs a wheel for "
                f"{best_tag(target)}"
            )


def _pins(folder: Path) -> Iterator[str]:
    for metadata in folder.glob("*.dist-info/METADATA"):
        headers = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"), headersonly=True)
        yield f"{normalised_name(headers['Name'])}=={headers['Version']}"


def _members(folder: Path) -> Iterator[Member]:
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        if file.is_file() and not is_left_out(place.parts):
            origin = f"the dependency that has {place.parts[0]}"
            yield Member.of(place.as_posix(), file.read_bytes(), origin=origin, executable=os.access(file, os.X_OK))
