"""Imports in functions that are packaged by value, found in their bytecode."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import PackageTarget, build_package

Project = Callable[..., ModuleType]
Run = Callable[..., Any]
FILES = {
    "jobs.py": "",
    "helper.py": "VALUE = 41\n",
    "shop/__init__.py": "",
    "shop/prices.py": "VALUE = 7\n",
}


def by_name() -> dict[str, tuple[Callable[[], Any], int]]:
    def imported() -> Any:
        from importlib import import_module

        return import_module("helper").VALUE

    def built_in() -> Any:
        return __import__("helper").VALUE

    def relative() -> Any:
        return importlib.import_module(".prices", "shop").VALUE

    return {
        "an attribute": (lambda: importlib.import_module("helper").VALUE, 41),
        "imported": (imported, 41),
        "built in": (built_in, 41),
        "relative": (relative, 7),
    }


@pytest.mark.parametrize("kind", by_name())
def test_a_module_that_is_imported_by_a_literal_name_goes_along(
    project: Project, run: Run, target: PackageTarget, kind: str
) -> None:
    project(FILES)
    function, expected = by_name()[kind]
    assert run(build_package(function, target=target)) == expected


def test_a_relative_name_in_a_module_starts_from_the_package_that_is_given(
    project: Project, run: Run, target: PackageTarget
) -> None:
    code = "from importlib import import_module\ndef job(): return import_module('.prices', package='shop').VALUE\n"
    assert run(build_package(project(FILES | {"jobs.py": code}).job, target=target)) == 7


@pytest.mark.parametrize(
    "function",
    [
        lambda name="helper": importlib.import_module(name),
        lambda name="er": importlib.import_module(f"help{name}"),
        lambda: list(map(importlib.import_module, ["helper"])),
    ],
)
def test_a_computed_name_is_told_with_its_line(target: PackageTarget, function: Callable[..., Any]) -> None:
    [warning] = build_package(function, target=target).warnings
    assert f"line {function.__code__.co_firstlineno} imports a module whose name is computed" in warning


def going_on() -> list[Callable[[], Any]]:
    def one() -> Any:
        try:
            import not_here  # type: ignore[import-not-found]
        except ImportError:
            return "gone on"
        return not_here

    def one_of_several() -> Any:
        try:
            import not_here
        except (KeyError, ModuleNotFoundError) as error:
            return "gone on" if error.args else ""
        finally:
            contextlib.nullcontext()
        return not_here

    def whatever() -> Any:
        try:
            import not_here
        except:  # noqa: E722 - what a user writes
            return "gone on"
        return not_here

    def suppressed() -> Any:
        with contextlib.suppress(ImportError):
            import not_here

            return not_here
        return "gone on"

    return [one, one_of_several, whatever, suppressed]


@pytest.mark.parametrize("function", going_on(), ids=lambda function: function.__name__)
def test_an_import_without_which_the_code_goes_on_may_be_missing(
    run: Run, target: PackageTarget, function: Callable[[], Any]
) -> None:
    assert run(build_package(function, target=target)) == "gone on"


def stopping() -> list[Callable[[], Any]]:
    def other_error() -> Any:
        try:
            import not_here
        except ValueError:
            return 1
        return not_here

    def finally_alone() -> Any:
        try:
            import not_here
        finally:
            contextlib.nullcontext()
        return not_here

    def in_the_handler() -> Any:
        try:
            contextlib.nullcontext()
        except ImportError:
            import not_here

            return not_here

    return [other_error, finally_alone, in_the_handler]


@pytest.mark.parametrize("function", stopping(), ids=lambda function: function.__name__)
def test_an_import_that_stops_the_code_is_refused_with_its_line(
    target: PackageTarget, function: Callable[[], Any]
) -> None:
    with pytest.raises(PackagingError, match=rf"not_here.*{function.__name__}, line \d+"):
        build_package(function, target=target)
