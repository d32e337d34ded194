"""Archives run by AWS's own runtime client, as an unprivileged user, on every Python that is there."""

from __future__ import annotations

import functools
import importlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import PackageTarget, build_package

from .lambda_runtime import Answer, LambdaRuntime, interpreter_at, lambda_interpreters, lambda_target

pytestmark = pytest.mark.integration

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
FILES = {
    "jobs.py": """
import asyncio
import functools
import importlib
import logging
import os
import signal
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from taskflows_cloud_core import Calendar, CloudFunctionConfig, cloud_function

import helper
from shop import prices

CONFIG = CloudFunctionConfig(function_name="report", schedules=[Calendar("Mon-Fri 09:00")])


@cloud_function(schedules=[Calendar("Mon 09:00")], memory_mb=512)
def siblings():
    from shop.lazy import late
    return [helper.VALUE, prices.price(), late(), importlib.import_module("named").VALUE]


def takes_event(event):
    return event["number"] + 1


def takes_both(event, context):
    return [event, context.function_name, context.get_remaining_time_in_millis() > 0]


async def awaited():
    await asyncio.sleep(0)
    return "awaited"


def generator():
    yield datetime(2026, 1, 2, tzinfo=timezone.utc)
    yield {1, 2}


async def async_generator():
    yield 1
    yield 2


def failing():
    raise LookupError("no such row")


def unsendable():
    return {"rows": [object()]}


def data():
    return (Path(__file__).parent / "data" / "rows.csv").read_text()


def logs():
    print("from print")
    logging.getLogger("jobs").warning("from logging")


def waits():
    try:
        print("waiting", flush=True)
        time.sleep(60)
    finally:
        print("put away", flush=True)


async def waits_async():
    try:
        print("waiting", flush=True)
        await asyncio.sleep(60)
    finally:
        print("put away", flush=True)


def handles_it_itself():
    def told(*_):
        print("told", flush=True)
        os._exit(7)
    signal.signal(signal.SIGTERM, told)
    print("waiting", flush=True)
    time.sleep(60)


lock = asyncio.Lock()
messages = asyncio.Queue()
numbers = 0


def sync_or_async(event):
    global numbers
    numbers += 1
    return numbers if event else contends()


async def contends():
    asyncio.create_task(asyncio.sleep(600))

    async def hold():
        async with lock:
            await asyncio.sleep(0)

    await asyncio.gather(hold(), hold(), messages.put(numbers))
    return [await messages.get(), len(asyncio.all_tasks())]


def describes(event, context):
    occurrence = context.occurrence
    return {
        "event": event,
        "occurrence": occurrence and [occurrence.schedule, occurrence.due_at.isoformat()],
        "request_id": context.request_id == context.aws_request_id != "",
        "left": 0 < context.remaining_ms() <= context.get_remaining_time_in_millis() + 1000,
        "deadline": context.deadline.tzinfo is not None,
        "memory_mb": context.memory_mb,
        "function_name": context.function_name,
    }


count = 0


def counts():
    global count
    count += 1
    return count


@dataclass
class Row:
    name: str


class Job:
    def __init__(self, name):
        self.name = name

    def run(self):
        return Row(self.name)

    def __call__(self, event):
        return [self.name, event]

    @staticmethod
    def still():
        return "still"

    @classmethod
    def named(cls):
        return cls.__name__


job = Job("me")
short = lambda: "short"


def subtract(a, b):
    return a - b


bound = functools.partial(subtract, 5, b=2)


def doubled(function):
    @functools.wraps(function)
    def inner(*args):
        return 2 * function(*args)
    return inner


@doubled
def decorated(event):
    return event["number"]
""",
    "helper.py": "VALUE = 41\n",
    "named.py": "VALUE = 'named'\n",
    "shop/__init__.py": "",
    "shop/prices.py": "from . import table\nfrom .table import EXTRA\n\ndef price():\n    return table.PRICE + EXTRA\n",
    "shop/table.py": "PRICE, EXTRA = 7, 1\n",
    "shop/lazy.py": "def late():\n    from .later import VALUE\n    return VALUE\n",
    "shop/later.py": "VALUE = 'late'\n",
    "data/rows.csv": "a,b\n",
}
EVENT = {"number": 4}


@pytest.fixture(params=lambda_interpreters(), ids=lambda path: interpreter_at(path).version)
def python(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("jobs")
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def target_for(python: Path) -> PackageTarget:
    return lambda_target(interpreter_at(python).version)


def answer(function: Callable[..., Any], python: Path, **options: Any) -> Answer:
    package = build_package(function, target=target_for(python), **options)
    with LambdaRuntime(package.path.read_bytes(), python) as runtime:
        return runtime.invoke(EVENT)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("siblings", [41, 8, "late", "named"]),
        ("takes_event", 5),
        ("takes_both", [EVENT, "under-test", True]),
        ("awaited", "awaited"),
        ("generator", ["2026-01-02T00:00:00+00:00", [1, 2]]),
        ("async_generator", [1, 2]),
        ("job.run", {"name": "me"}),
        ("job", ["me", EVENT]),
        ("Job.still", "still"),
        ("Job.named", "Job"),
        ("short", "short"),
        ("bound", 3),
        ("decorated", 8),
    ],
)
def test_callables_of_modules(jobs: ModuleType, python: Path, name: str, expected: Any) -> None:
    given = answer(functools.reduce(getattr, name.split("."), jobs), python)
    assert given.error is None
    assert given.value == expected


def test_included_files_are_readable(jobs: ModuleType, python: Path) -> None:
    assert answer(jobs.data, python, include_files=["data"]).value == "a,b\n"


def test_a_failure_has_its_type_and_its_traceback(jobs: ModuleType, python: Path) -> None:
    error = answer(jobs.failing, python).error
    assert error is not None
    assert (error["errorType"], error["errorMessage"]) == ("LookupError", "no such row")
    assert "in failing" in error["stackTrace"][-1]
    assert 'raise LookupError("no such row")' in error["stackTrace"][-1]


def test_what_json_cannot_hold_is_named(jobs: ModuleType, python: Path) -> None:
    error = answer(jobs.unsendable, python).error
    assert error is not None
    assert error["errorType"] == "TypeError"
    assert error["errorMessage"].startswith("the result['rows'][0] is of type builtins.object")


def test_the_module_is_imported_once_a_container(jobs: ModuleType, python: Path) -> None:
    archive = build_package(jobs.counts, target=target_for(python)).path.read_bytes()
    with LambdaRuntime(archive, python) as runtime:
        assert [runtime.invoke().value for _ in range(3)] == [1, 2, 3]


def test_what_a_module_binds_to_the_event_loop_works_in_every_run(jobs: ModuleType, python: Path) -> None:
    archive = build_package(jobs.sync_or_async, target=target_for(python)).path.read_bytes()
    with LambdaRuntime(archive, python) as runtime:
        for number in range(1, 201, 2):
            assert runtime.invoke(True).value == number
            # The task that the run before left is gone.
            assert runtime.invoke(False).value == [number + 1, 2]


def test_the_context_and_the_occurrence(jobs: ModuleType, python: Path) -> None:
    archive = build_package(jobs.describes, target=target_for(python)).path.read_bytes()
    due = {"schedule": "daily", "due": "2027-01-04T09:00:00Z"}
    with LambdaRuntime(archive, python, environment={"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256"}) as runtime:
        scheduled = runtime.invoke({"taskflows-cloud": due}).value
        manual = runtime.invoke({"schedule": "daily", "time": "2027-01-04T09:00:00Z"}).value
    moment = "2027-01-04T09:00:00+00:00"
    described = {"request_id": True, "left": True, "deadline": True, "memory_mb": 256, "function_name": "under-test"}
    event = {"schedule": "daily", "scheduled_time": moment}
    assert scheduled == {"event": event, "occurrence": ["daily", moment], **described}
    event = {"schedule": "daily", "time": "2027-01-04T09:00:00Z"}
    assert manual == {"event": event, "occurrence": None, **described}


def test_output_goes_to_the_log_and_nothing_else_does(jobs: ModuleType, python: Path) -> None:
    archive = build_package(jobs.logs, target=target_for(python)).path.read_bytes()
    with LambdaRuntime(archive, python, environment={"TOKEN": "hunter2"}) as runtime:
        assert runtime.invoke({"secret": "in the event"}).ok
        log = runtime.log
    assert "from print" in log
    assert "from logging" in log
    assert "in the event" not in log
    assert "hunter2" not in log


def test_a_module_that_fails_when_it_is_imported_fails_at_the_start(
    jobs: ModuleType, python: Path, tmp_path: Path
) -> None:
    (tmp_path / "helper.py").write_text("raise OSError('not today')\n")
    archive = build_package(jobs.siblings, target=target_for(python), trial=False).path.read_bytes()
    with LambdaRuntime(archive, python) as runtime:
        error = runtime.invoke().error
    assert error is not None
    assert (error["errorType"], error["errorMessage"]) == ("OSError", "not today")


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("waits", "put away", 143),
        ("waits_async", "put away", 143),
        ("handles_it_itself", "told", 7),
    ],
)
def test_a_function_that_is_told_to_end_puts_away_what_it_has(
    jobs: ModuleType, python: Path, name: str, words: str, code: int
) -> None:
    archive = build_package(getattr(jobs, name), target=target_for(python)).path.read_bytes()
    with LambdaRuntime(archive, python) as runtime:
        runtime.begin()
        deadline = time.monotonic() + 60
        while "waiting" not in runtime.log and time.monotonic() < deadline:
            time.sleep(0.02)
        assert runtime.terminate() == code
        assert words in runtime.log


def test_between_two_calls_a_container_ends_at_once(jobs: ModuleType, python: Path) -> None:
    archive = build_package(jobs.counts, target=target_for(python)).path.read_bytes()
    with LambdaRuntime(archive, python) as runtime:
        assert runtime.invoke().value == 1
        assert runtime.terminate() == -15


def closures() -> dict[str, tuple[Callable[..., Any], Any]]:
    words = {"alpha", "beta", "gamma"}

    async def awaited() -> Any:
        return sorted(words)

    def generated() -> Any:
        yield from sorted(words)

    def imports_late() -> Any:
        import helper  # type: ignore[import-not-found]  # written by this test

        return helper.VALUE

    def fails() -> None:
        raise LookupError("no such row")

    return {
        "closure": (lambda: sorted(words), ["alpha", "beta", "gamma"]),
        "of an event": (lambda event: event["number"], 4),
        "of event and context": (lambda event, context: context.function_name, "under-test"),
        "async": (awaited, ["alpha", "beta", "gamma"]),
        "generator": (generated, ["alpha", "beta", "gamma"]),
        "partial": (functools.partial(lambda a, b: a - b, 5, b=2), 3),
        "late import": (imports_late, 41),
        "failing": (fails, "LookupError"),
    }


@pytest.mark.parametrize("kind", closures())
def test_callables_by_value(jobs: ModuleType, python: Path, kind: str) -> None:
    if interpreter_at(python).version != RUNNING:
        pytest.skip("bytecode is for the running version alone")
    function, expected = closures()[kind]
    given = answer(function, python)
    assert (given.error["errorType"] if given.error else given.value) == expected


def test_a_partial_of_a_module_by_value_runs_everywhere(jobs: ModuleType, python: Path) -> None:
    assert answer(functools.partial(jobs.subtract, 9, 4), python).value == 5


def test_a_dependency_is_fetched_and_found(tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "uses_iniconfig.py").write_text(
        "from importlib.metadata import version\n\ndef job():\n    import iniconfig\n"
        "    return [iniconfig.IniConfig('a.ini', data='[a]\\nb=1')['a']['b'], version('iniconfig')]\n"
    )
    job = importlib.import_module("uses_iniconfig").job
    try:
        assert answer(job, python, dependencies=["iniconfig==2.0.0"]).value == ["1", "2.0.0"]
        assert answer(job, python).value[0] == "1"
    finally:
        del sys.modules["uses_iniconfig"]


def test_results_of_numpy_and_pydantic_have_a_form(
    tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "uses_numpy.py").write_text(
        "def job():\n    import numpy as np\n    from pydantic import BaseModel\n"
        "    class Row(BaseModel):\n        number: int\n"
        "    return [np.int64(3), np.float32(1.5), np.bool_(True), np.array([[1, 2], [3, 4]]), np.array(5),\n"
        "            np.datetime64('2026-01-02T03:04'), np.datetime64('NaT'), np.timedelta64(1500, 'ms'),\n"
        "            np.longdouble(1.5), {np.int64(1): Row(number=4)}]\n"
    )
    job = importlib.import_module("uses_numpy").job
    expected = [3, 1.5, True, [[1, 2], [3, 4]], 5, "2026-01-02T03:04", None, 1.5, 1.5, {"1": {"number": 4}}]
    try:
        given = answer(job, python, dependencies=["numpy==2.2.6", "pydantic==2.10.6"])
        assert given.error is None
        assert given.value == expected
    finally:
        del sys.modules["uses_numpy"]
