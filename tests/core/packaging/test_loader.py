"""The part of cloudpickle that goes into a package."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from taskflows_cloud_core.packaging import PackageTarget, build_package

from .wheels import make_wheel


def names_inside(package: Any) -> set[str]:
    return {file.path for file in package.contents if "cloudpickle" in file.path or file.path.endswith("loader.py")}


def test_only_what_the_payload_needs_goes_along_with_its_licence(
    run: Callable[..., Any], target: PackageTarget
) -> None:
    number = 5
    package = build_package(lambda: number, target=target)
    with zipfile.ZipFile(package.path) as archive:
        text = archive.read("_taskflows_cloud/loader.py").decode()
    assert "_make_function" in text
    assert "_make_skeleton_class" not in text
    assert "class Pickler" not in text
    assert "Redistributions of source code must retain" in text
    assert run(package) == 5


def test_a_payload_without_code_needs_none_of_it(run: Callable[..., Any], target: PackageTarget) -> None:
    import functools

    package = build_package(functools.partial(max, 3, 4), target=target)
    assert names_inside(package) == set()
    assert run(package) == 4


def test_unusual_parts_of_cloudpickle_are_found(run: Callable[..., Any], target: PackageTarget) -> None:
    """Type variables, properties, keys of dicts, empty cells, weak sets, loggers, class trackers."""
    import logging
    from collections import OrderedDict
    from enum import Flag

    kind = TypeVar("kind")
    table, ordered = {"a": 1}, OrderedDict(b=2)

    class Mode(Flag):
        READ = 1
        WRITE = 2

    class Base:
        __slots__ = ("_value",)

        def __init__(self) -> None:
            self._value = Mode.READ | Mode.WRITE

        @property
        def value(self) -> Any:
            return self._value

        def same(self) -> Any:
            return __class__ is Base

    keys, values, items = table.keys(), ordered.values(), table.items()

    def job() -> Any:
        logging.getLogger("job")
        return [list(keys), list(values), list(items), Base().value.value, Base().same(), kind.__name__]

    assert run(build_package(job, target=target)) == [["a"], [2], [["a", 1]], 3, True, "kind"]


def test_a_job_that_uses_cloudpickle_gets_all_of_it(
    run: Callable[..., Any], target: PackageTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cloudpickle

    folder = Path(cloudpickle.__file__).parent
    files = {f"cloudpickle/{path.name}": path.read_text() for path in folder.glob("*.py")}
    make_wheel(tmp_path, "cloudpickle", cloudpickle.__version__, files)
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))

    def job() -> Any:
        import cloudpickle

        return cloudpickle.loads(cloudpickle.dumps(lambda: 3))()

    package = build_package(job, target=target)
    assert "cloudpickle/cloudpickle.py" in names_inside(package)
    assert "_taskflows_cloud/loader.py" not in names_inside(package)
    assert run(package) == 3
