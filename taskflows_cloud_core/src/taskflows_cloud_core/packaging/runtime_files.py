"""The files that every package has of its own: the runtime and the manifest."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.code.entry_point import Entry
from taskflows_cloud_core.packaging.dependencies.resolve import Dependencies
from taskflows_cloud_core.packaging.pickling.cloudpickle_subset import loader_source
from taskflows_cloud_core.packaging.pickling.pickler import Payload

FOLDER = "_taskflows_cloud"
MANIFEST = f"{FOLDER}/manifest.json"
MANIFEST_VERSION = 1
_ORIGIN = "taskflows-cloud"
_INDEX = "index.py"
_EVERYWHERE = ("entry.py", "failures.py", "loop.py", "occurrence.py", "results.py")
# What an adapter needs beside its main file, which has its name.
_FILES_OF_ADAPTER = {
    "aws_lambda": ("adapters/aws_lambda_context.py",),
    "command": ("context.py", "outcome.py", "supervisor.py"),
    "http": ("context.py", "outcome.py"),
}


def handler_of(adapter: str) -> str:
    """What a platform calls or starts in a package.

    Args:
        adapter: Of its target.
    """
    return "index.handler" if adapter == "aws_lambda" else _INDEX


def runtime_members(entry: Entry, adapter: str, *, with_stand_ins: bool) -> Iterator[Member]:
    """The parts of the runtime that an entry needs.

    Args:
        entry: The callable.
        adapter: Of the target.
        with_stand_ins: Whether the package has stand-ins.
    """
    yield _runtime_file(f"adapters/{adapter}.py", _INDEX)
    for name in (*_EVERYWHERE, *_FILES_OF_ADAPTER[adapter]):
        yield _runtime_file(name, f"{FOLDER}/{PurePosixPath(name).name}")
    yield Member.of(f"{FOLDER}/__init__.py", b'"""What the package has from taskflows-cloud."""\n', origin=_ORIGIN)
    if entry.payload is not None:
        yield _runtime_file("payload.py", f"{FOLDER}/payload.py")
        yield Member.of(f"{FOLDER}/payload.pickle", entry.payload.data, origin=entry.name)
    if with_stand_ins:
        yield _runtime_file("stub.py", f"{FOLDER}/stub.py")


@functools.cache
def _runtime_file(name: str, place: str) -> Member:
    data = files("taskflows_cloud_core.packaging.runtime").joinpath(name).read_bytes()
    return Member.of(place, data, origin=_ORIGIN)


def cloudpickle_members(payload: Payload) -> Iterator[Member]:
    """What of the installed cloudpickle a payload refers to.

    Args:
        payload: A callable by value.

    Raises:
        PackagingError: The source of cloudpickle is not where it should be.
    """
    import cloudpickle  # type: ignore[import-untyped]  # it has no types

    source_of_part = loader_source(payload.cloudpickle_names)
    if source_of_part is not None:
        yield Member.of(f"{FOLDER}/loader.py", source_of_part.encode(), origin="cloudpickle")
        return
    folder = Path(cloudpickle.__file__).parent
    sources = sorted(folder.glob("*.py"))
    if not sources:
        raise PackagingError(f"cloudpickle has no source in {folder}; install it again")
    for source in sources:
        yield Member.of(f"cloudpickle/{source.name}", source.read_bytes(), origin="cloudpickle")


def manifest_member(
    entry: Entry, *, python_version: str, dependencies: Dependencies, calendars: Mapping[str, str]
) -> Member:
    """The manifest: what the runtime has to call, and what the package was made of.

    Args:
        entry: The callable.
        python_version: Of the target.
        dependencies: The distributions inside.
        calendars: The calendars of schedules, by the name of the schedule.
    """
    manifest: dict[str, object] = {
        "manifest_version": MANIFEST_VERSION,
        "entry": _entry_facts(entry),
        "python_version": python_version,
        "dependencies": {pin: dependencies.digests.get(pin, "") for pin in dependencies.pins},
    }
    if entry.payload is not None:
        manifest["cloudpickle_version"] = _cloudpickle_version()
    if calendars:
        manifest["calendars"] = dict(calendars)
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    return Member.of(MANIFEST, text.encode(), origin=_ORIGIN)


def _entry_facts(entry: Entry) -> dict[str, object]:
    facts: dict[str, object] = {"name": entry.name, "takes": entry.takes}
    if entry.reference is not None:
        facts |= {"module": entry.reference.module, "attributes": list(entry.reference.attributes)}
    if entry.payload is not None:
        facts["payload_sha256"] = entry.payload.sha256
    return facts


def _cloudpickle_version() -> str:
    import cloudpickle

    return str(cloudpickle.__version__)
