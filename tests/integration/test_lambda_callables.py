"""Every kind of callable that a user may have: run by AWS's own client with the right result, or refused."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import build_package, check_callable

from .lambda_runtime import LambdaRuntime, interpreter_at, lambda_interpreters, lambda_target

pytestmark = pytest.mark.integration

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
EVENT = {"number": 4}
KINDS = """
import asyncio, contextlib, enum, functools, operator, re
from collections import namedtuple
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from zkit import exported, deep


class Traced:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *arguments):
        return ["traced", self.function(*arguments)]


@Traced
def by_class(event):
    return event["number"]


def without_wraps(function):
    def inner():
        return ["inner", function()]
    return inner


@without_wraps
def anonymous():
    return 1


@functools.lru_cache
def cached():
    return "cached"


@functools.singledispatch
def dispatched(event=None):
    return "object"


@dispatched.register
def _(event: dict):
    return "dict"


class Color(enum.Enum):
    RED = "red"

    def shout(self):
        return self.value.upper()

    @classmethod
    def first(cls):
        return cls.RED


Point = namedtuple("Point", "x y")


@dataclass
class Job:
    when: date = date(2026, 1, 2)
    names: set = field(default_factory=lambda: {"b", "a"})

    class Inner:
        @staticmethod
        def still():
            return "inner"

    def run(self):
        return self

    async def later(self):
        await asyncio.sleep(0)
        return "later"

    def each(self):
        yield from sorted(self.names)

    def divide(self, number):
        return number / 2

    half = functools.partialmethod(divide, 7)


class Daily(Job):
    @classmethod
    def named(cls):
        return cls.__name__


class Weekly(Daily):
    pass


class AsyncCallable:
    async def __call__(self, event):
        return event["number"]


job = Job()
async_callable = AsyncCallable()
shorter = lambda event: event["number"] * 2
bound_method = job.run
power = functools.partial(functools.partial(pow, 2), 5)
getter = operator.attrgetter("when")


def keyword_default(*, limit=3):
    return limit


def any_arguments(*args, **kwargs):
    return [list(args), kwargs]


def returns_coroutine():
    return job.later()


def forms():
    return [Decimal("1.10"), timedelta(seconds=1.5), PurePosixPath("a/b"), b"a", Point(1, 2), Color.RED, {2, 1}]


def not_finite():
    return {"nan": float("nan")}


def positional(event, /):
    return event["number"]


def event_and_more(event, retries=2):
    return [event["number"], retries]


@contextlib.contextmanager
def manager():
    yield 1


def managed():
    with manager() as value:
        return value


def leaves():
    raise SystemExit


def uses_global():
    return PATTERN.fullmatch("aab").group()


PATTERN = re.compile("a+b")
"""
FILES = {
    "kinds.py": KINDS,
    "zkit/__init__.py": "from zkit.implementation import exported\n",
    "zkit/implementation.py": "from . import constants\ndef exported(): return constants.VALUE\n",
    "zkit/constants.py": "VALUE = 'exported'\n",
    "zkit/deep/__init__.py": "def in_init(): from .very import far; return far.VALUE\n",
    "zkit/deep/very/far.py": "VALUE = 'namespace'\n",
}
OF_MODULES: list[tuple[str, Any]] = [
    ("by_class", ["traced", 4]),
    ("anonymous", ["inner", 1]),
    ("cached", "cached"),
    ("dispatched", "dict"),
    ("Color.RED.shout", "RED"),
    ("Color.first", "red"),
    ("Job", {"when": "2026-01-02", "names": ["a", "b"]}),
    ("Job.Inner.still", "inner"),
    ("Weekly.named", "Weekly"),
    ("job.run", {"when": "2026-01-02", "names": ["a", "b"]}),
    ("job.later", "later"),
    ("job.each", ["a", "b"]),
    ("job.half", 3.5),
    ("async_callable", 4),
    ("shorter", 8),
    ("bound_method", {"when": "2026-01-02", "names": ["a", "b"]}),
    ("power", 32),
    ("keyword_default", 3),
    ("any_arguments", [[], {}]),
    ("returns_coroutine", "later"),
    ("forms", ["1.10", 1.5, "a/b", "YQ==", [1, 2], "red", [1, 2]]),
    ("not_finite", {"nan": None}),
    ("positional", 4),
    ("event_and_more", [4, 2]),
    ("managed", 1),
    ("leaves", None),
    ("uses_global", "aab"),
    ("exported", "exported"),
    ("deep.in_init", "namespace"),
]


@pytest.fixture(params=lambda_interpreters(), ids=lambda path: interpreter_at(path).version)
def python(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("kinds")
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def run(function: Callable[..., Any], python: Path) -> Any:
    package = build_package(function, target=lambda_target(interpreter_at(python).version))
    with LambdaRuntime(package.path.read_bytes(), python) as runtime:
        answer = runtime.invoke(EVENT)
    assert answer.error is None, answer.error
    return answer.value


@pytest.mark.parametrize(("name", "expected"), OF_MODULES, ids=[name for name, _ in OF_MODULES])
def test_of_a_module(kinds: ModuleType, python: Path, name: str, expected: Any) -> None:
    function = functools.reduce(getattr, name.split("."), kinds)
    assert not check_callable(function, python_version=interpreter_at(python).version)
    assert run(function, python) == expected


def local_classes() -> dict[str, tuple[Callable[..., Any], Any]]:
    from dataclasses import dataclass
    from enum import Enum
    from typing import NamedTuple

    class Color(Enum):
        RED = "red"

    class Point(NamedTuple):
        x: int
        y: int

    @dataclass
    class Row:
        color: Color = Color.RED

    class Base:
        def name(self) -> str:
            return type(self).__name__

    class Job(Base):
        __slots__ = ("words",)

        def __init__(self) -> None:
            self.words = {"b", "a"}

        def run(self) -> Any:
            return [super().name(), sorted(self.words)]

        def __call__(self, event: Any) -> Any:
            return event["number"]

        @staticmethod
        def still() -> str:
            return "still"

        @classmethod
        def named(cls) -> str:
            return cls.__name__

        @property
        def size(self) -> int:
            return len(self.words)

    return {
        "method of a local class": (Job().run, ["Job", ["a", "b"]]),
        "instance of a local class": (Job(), 4),
        "static method of a local class": (Job.still, "still"),
        "class method of a local class": (Job.named, "Job"),
        "local property": (lambda: Job().size, 2),
        "local dataclass": (Row, {"color": "red"}),
        "local enum": (lambda: [Color.RED, Color("red") is Color.RED], ["red", True]),
        "local named tuple": (lambda: Point(1, 2), [1, 2]),
    }


def local_functions() -> dict[str, tuple[Callable[..., Any], Any]]:
    def even(n: int = 6) -> bool:
        return n == 0 or odd(n - 1)

    def odd(n: int) -> bool:
        return n != 0 and even(n - 1)

    def doubled(function: Callable[[], Any]) -> Callable[[], Any]:
        @functools.wraps(function)
        def inner() -> Any:
            return 2 * function()

        return inner

    @doubled
    def decorated() -> int:
        return 4

    def counter() -> Callable[[], int]:
        count = 0

        def inner() -> int:
            nonlocal count
            count += 1
            return count

        return inner

    return {
        "mutual recursion": (even, True),
        "local decorator": (decorated, 8),
        "nonlocal": (counter(), 1),
    }


def local_values() -> dict[str, tuple[Callable[..., Any], Any]]:
    import json
    import logging
    import re
    from datetime import date

    log, pattern, day, table = logging.getLogger("job"), re.compile("a+"), date(2026, 1, 2), {"k": {"b", "a"}}

    def defaults(event: Any, extra: Any = (1, frozenset({2}))) -> Any:
        return [event["number"], extra]

    async def async_each() -> Any:
        yield 1
        yield 2

    @functools.lru_cache
    def cached(n: int = 30) -> int:
        return n if n < 2 else cached(n - 1) + cached(n - 2)

    def by_keyword(*, event: Any, context: Any = None) -> Any:
        return [event["number"], context is not None]

    return {
        "defaults": (defaults, [4, [1, [2]]]),
        "local async generator": (async_each, [1, 2]),
        "a local cache": (cached, 832040),
        "event and context by keyword": (by_keyword, [4, True]),
        "dates and patterns": (lambda: [day, pattern.pattern], ["2026-01-02", "a+"]),
        "loggers and sets": (lambda: [log.name, table["k"]], ["job", ["a", "b"]]),
        "a module in a closure": (lambda: json.loads("[1]"), [1]),
        "partial of a lambda": (functools.partial(lambda a, event: [a, event], 1, event=2), [1, 2]),
        "a method of a builtin value": ("a,b".upper, "A,B"),
        "assignment expression": (lambda event: (n := event["number"]) and [n], [4]),
    }


def by_value() -> dict[str, tuple[Callable[..., Any], Any]]:
    return local_classes() | local_functions() | local_values()


@pytest.mark.parametrize("kind", by_value())
def test_by_value(kinds: ModuleType, python: Path, kind: str) -> None:
    if interpreter_at(python).version != RUNNING:
        pytest.skip("bytecode is for the running version alone")
    function, expected = by_value()[kind]
    assert run(function, python) == expected


def refused() -> dict[str, tuple[Any, str]]:
    import socket
    import sqlite3
    import threading

    lock, thread = threading.Lock(), threading.Thread()
    generator = (i for i in "ab")
    with socket.socket() as closed_socket, sqlite3.connect(":memory:") as connection:
        pass
    connection.close()

    class Store:
        def __init__(self, guard: Any) -> None:
            self.guards = {"main": [0, guard]}

        def run(self) -> None: ...

    return {
        "a lock": (lambda: lock, "its lock is a lock object"),
        "a lock deep inside": (Store(lock).run, "its guards → main → [1] is a lock object"),
        "a socket": (lambda: closed_socket, "its closed_socket is a socket object"),
        "a connection": (lambda: connection, "its connection is a Connection object"),
        "a generator": (lambda: generator, "its generator is a generator object"),
        "a thread": (lambda: thread, "its thread"),
        "needed arguments": (lambda path: path, "needs 'path'"),
        "a method without its instance": (Store.run, "needs 'self'"),
        "no callable": (5, "must be a callable"),
    }


@pytest.mark.parametrize("kind", refused())
def test_what_cannot_run_is_refused_with_the_reason(kinds: ModuleType, kind: str) -> None:
    function, words = refused()[kind]
    [problem] = check_callable(function, python_version=RUNNING)
    assert words in problem.message
    with pytest.raises(PackagingError):
        build_package(function, target=lambda_target(RUNNING))
