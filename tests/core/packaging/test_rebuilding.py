"""Things of the standard library in callables by value that pickle does not take apart."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import attrs
import pytest

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import PackageTarget, build_package

Run = Callable[..., Any]
SCRIPT = """
import functools, sys, typing
from taskflows_cloud_core.packaging import PackageTarget, build_package

UserId = typing.NewType("UserId", int)
Later = typing.ParamSpec("Later")

@functools.cache
def client(): return {"name": "client"}

@functools.lru_cache(maxsize=3, typed=True)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)

class Jobs:
    @functools.cached_property
    def size(self): return 2

    @functools.lru_cache
    def run(self): return self.size

def job(user: UserId = UserId(4)):
    return [client()["name"], fib(20), fib.cache_info().maxsize, client.__name__, Jobs().run(), user]

target = PackageTarget(python_version="%d.%d" % sys.version_info[:2], adapter="aws_lambda")
for function in (job, client):
    print(build_package(function, target=target).path)
"""


def caches() -> dict[str, tuple[Callable[..., Any], Any]]:
    @functools.cache
    def own(n: int = 5) -> int:
        return n if n == 0 else 1 + own(n - 1)

    @functools.lru_cache(maxsize=1, typed=True)
    def small(n: Any) -> Any:
        return n

    class Jobs:
        @functools.cached_property
        def size(self) -> int:
            return 2

        @functools.cached_property
        def double(self) -> int:
            return self.size * 2

        def run(self) -> list[int]:
            return [self.size, self.double]

    def used() -> list[Any]:
        return [small(1), small(1), small(1.0), [*small.cache_info()], small.__name__]

    return {
        "calls itself": (own, 5),
        "used": (used, [1, 1, 1.0, [1, 2, 1, 1], "small"]),
        "cached properties": (Jobs().run, [2, 4]),
    }


def dispatchers() -> dict[str, tuple[Callable[..., Any], Any]]:
    class Row: ...

    @functools.singledispatch
    def told(event: Any = None) -> Any:
        return [told(1), told("a"), told(Row())]

    @told.register(int)
    @told.register(str)
    def _of_atoms(event: Any) -> str:
        return f"{type(event).__name__} {told.dispatch(bool)(Row())}"

    @told.register(Row)
    def _of_rows(event: Row) -> str:
        return "row"

    told.register(bool, lambda event: f"as for {told(event)}")

    class Jobs:
        @functools.singledispatchmethod
        def of(self, value: Any) -> str:
            return "object"

        @of.register(int)
        def _of_numbers(self, value: int) -> str:
            return "number"

        def run(self) -> list[str]:
            return [self.of(1), self.of("a")]

    return {
        "a dispatcher": (told, ["int as for row", "str as for row", "row"]),
        "used": (lambda: told(Row()), "row"),
        "methods": (Jobs().run, ["number", "object"]),
    }


@pytest.mark.parametrize("kind", dispatchers())
def test_functions_by_the_type_of_an_argument(run: Run, target: PackageTarget, kind: str) -> None:
    function, expected = dispatchers()[kind]
    assert run(build_package(function, target=target)) == expected


def test_a_class_keeps_the_name_that_says_where_it_stands(run: Run, target: PackageTarget) -> None:
    class Outer:
        @dataclass
        class Inner:
            number: int = 1

            def run(self) -> list[str]:
                return [type(self).__qualname__, type(self).__name__, repr(self)]

    assert run(build_package(Outer.Inner().run, target=target)) == Outer.Inner().run()


@pytest.mark.parametrize("kind", caches())
def test_caches_go_along_empty(run: Run, target: PackageTarget, kind: str) -> None:
    function, expected = caches()[kind]
    assert run(build_package(function, target=target)) == expected


def test_what_a_script_has_at_its_top(run: Run, tmp_path: Path, target: PackageTarget) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)

    def build(seed: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "script.py"],
            cwd=tmp_path,
            env={"PYTHONHASHSEED": seed, "XDG_CACHE_HOME": str(tmp_path / seed), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stderr
        return done.stdout.split()

    first, second = build("1"), build("2")
    assert [Path(path).name for path in first] == [Path(path).name for path in second]
    found = build_package(lambda: 1, target=target)
    assert [run(attrs.evolve(found, path=Path(path))) for path in first] == [
        ["client", 6765, 3, "client", 2, 4],
        {"name": "client"},
    ]


def test_what_only_a_script_knows_is_refused_with_the_way_to_it(target: PackageTarget, monkeypatch: Any) -> None:
    class Odd:
        def __reduce__(self) -> str:
            return "odd"

    odd = Odd()
    monkeypatch.setattr(Odd, "__module__", "__main__")
    monkeypatch.setattr(sys.modules["__main__"], "odd", odd, raising=False)
    with pytest.raises(PackagingError, match=r"its odd is a Odd object, .*odd is known by its name alone"):
        build_package(lambda: odd, target=target)
