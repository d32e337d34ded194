"""The files that every package has of its own: the runtime and the manifest."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.code.entry_point import Entry
from taskflows_cloud_core.packaging.dependencies.resolve import Dependencies
from taskflows_cloud_core.packaging.pickling.cloudpickle_subset import loader_source
from taskflows_cloud_core.packaging.pickling.pickler import Payload

FOLDER = "_taskflows_cloud"
MANIFEST = f"{FOLDER}/manifest.json"
HANDLER = "index.handler"
MANIFEST_VERSION = 1
_ORIGIN = "taskflows-cloud"


def runtime_members(entry: Entry, *, with_stand_ins: bool) -> Iterator[Member]:
    """The parts of the runtime that an entry needs.

    Args:
        entry: The callable.
        with_stand_ins: Whether the package has stand-ins.
    """
    yield _runtime_file("index.py", "index.py")
    yield _runtime_file("results.py", f"{FOLDER}/results.py")
    yield _runtime_file("failures.py", f"{FOLDER}/failures.py")
    yield Member.of(f"{FOLDER}/__init__.py", b'"""What the package has from taskflows-cloud."""\n', origin=_ORIGIN)
    if entry.payload is not None:
        yield _runtime_file("payload.py", f"{FOLDER}/payload.py")
        yield Member.of(f"{FOLDER}/payload.pickle", entry.payload.data, origin=entry.name)
    if with_stand_ins:
        yield _runtime_file("stub.py", f"{FOLDER}/stub.py")


@functools.cache
def _runtime_file(name: str, place: str) -> Member:
    data = (files("taskflows_cloud_core.packaging.runtime") / name).read_bytes()
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


def manifest_member(entry: Entry, *, python_version: str, dependencies: Dependencies) -> Member:
    """The manifest: what the runtime has to call, and what the package was made of.

    Args:
        entry: The callable.
        python_version: Of the target.
        dependencies: The distributions inside.
    """
    manifest = {
        "manifest_version": MANIFEST_VERSION,
        "entry": _entry_facts(entry),
        "python_version": python_version,
        "dependencies": {pin: dependencies.digests.get(pin, "") for pin in dependencies.pins},
    }
    if entry.payload is not None:
        manifest["cloudpickle_version"] = _cloudpickle_version()
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
