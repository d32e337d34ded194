"""Callables of every kind, packaged and run."""

from __future__ import annotations

import functools
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import PackageTarget, build_package, check_callable

Project = Callable[..., ModuleType]
Run = Callable[..., Any]
SHOP = {
    "jobs.py": "import helper\n\ndef report():\n    from shop.lazy import price\n    return [helper.VALUE, price()]\n",
    "helper.py": "VALUE = 41\n",
    "shop/__init__.py": "",
    "shop/lazy.py": "from . import more\nfrom .more import EXTRA\n\ndef price():\n    return more.PRICE + EXTRA\n",
    "shop/more.py": "PRICE = 7\nEXTRA = 1\n",
    "unused.py": "raise RuntimeError('never imported')\n",
}


def paths(package: Any) -> set[str]:
    return {file.path for file in package.contents if not file.path.startswith("_taskflows_cloud/")}


def test_a_function_of_a_module_brings_the_modules_that_it_imports(
    project: Project, run: Run, target: PackageTarget
) -> None:
    package = build_package(project(SHOP).report, target=target)
    assert package.entry == "jobs:report"
    assert package.handler == "index.handler"
    assert paths(package) == {"index.py", "jobs.py", "helper.py", "shop/__init__.py", "shop/lazy.py", "shop/more.py"}
    assert run(package) == [41, 8]


def test_a_closure_brings_what_it_refers_to(project: Project, run: Run, target: PackageTarget) -> None:
    jobs = project(SHOP)
    factor = 2

    def closure() -> Any:
        return [value * factor for value in jobs.report()]

    package = build_package(closure, target=target)
    assert not [path for path in paths(package) if path.startswith("cloudpickle")]
    assert "helper.py" in paths(package)
    assert run(package) == [82, 16]


def test_an_import_inside_a_closure_is_seen(project: Project, run: Run, target: PackageTarget) -> None:
    project(SHOP)

    def closure() -> Any:
        import helper

        return helper.VALUE

    assert run(build_package(closure, target=target)) == 41


def test_modules_loaded_by_name_or_in_a_branch_are_seen(project: Project, run: Run, target: PackageTarget) -> None:
    jobs = project(
        {
            "jobs.py": "import importlib\nfrom typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    import only_types\n"
            "try:\n    import absent_speedup\nexcept ImportError:\n    absent_speedup = None\n"
            "def job():\n    named = importlib.import_module('one')\n    from space.inner import two\n"
            "    return named.VALUE + two.VALUE\n",
            "one.py": "VALUE = 1\n",
            "space/inner/two.py": "VALUE = 2\n",
        }
    )
    package = build_package(jobs.job, target=target)
    assert paths(package) == {"index.py", "jobs.py", "one.py", "space/inner/two.py"}
    assert run(package) == 3


@pytest.mark.parametrize(
    ("source", "name", "event", "expected"),
    [
        ("def job(): return 'plain'", "job", None, "plain"),
        ("job = lambda: 'lambda'", "job", None, "lambda"),
        ("async def job(): return 'awaited'", "job", None, "awaited"),
        ("def job():\n    yield 1\n    yield 2", "job", None, [1, 2]),
        ("async def job():\n    yield 1\n    yield 2", "job", None, [1, 2]),
        ("def job(event): return event", "job", {"a": 1}, {"a": 1}),
        ("def job(event, context): return [event, context]", "job", 1, [1, None]),
        ("def job(event=None): return event", "job", 5, 5),
        ("def job(*, event): return event", "job", 5, 5),
        ("def job(limit=3, *, event=None, context=0): return [limit, event, context]", "job", 5, [3, 5, None]),
        ("def job(event, *, context=0): return [event, context]", "job", 5, [5, None]),
        ("def job(*, context=0): return context", "job", 5, 0),
        (
            "from functools import partial\ndef f(limit, event): return [limit, event]\njob = partial(f, limit=3)",
            "job",
            5,
            [3, 5],
        ),
        (
            "from functools import partial\ndef f(limit, event): return [limit, event]\njob = partial(f, 3, event=4)",
            "job",
            5,
            [3, 4],
        ),
        (
            "class Job:\n    @classmethod\n    def run(cls): return cls.__name__\nclass Daily(Job): pass",
            "Daily.run",
            None,
            "Daily",
        ),
        ("def job(count=3): return count", "job", 5, 3),
        ("def job(*args, **kwargs): return [len(args), len(kwargs)]", "job", 5, [0, 0]),
        ("class Job:\n    @staticmethod\n    def run(): return 'static'", "Job.run", None, "static"),
        ("class Job:\n    @classmethod\n    def run(cls): return cls.__name__", "Job.run", None, "Job"),
        (
            "class Job:\n    def __init__(self, n): self.n = n\n    def run(self): return self.n\njob = Job(4)",
            "job.run",
            0,
            4,
        ),
        ("class Job:\n    def __call__(self): return 'called'\njob = Job()", "job", None, "called"),
        ("from functools import partial\ndef f(a, b): return a - b\njob = partial(f, 5, b=2)", "job", None, 3),
        (
            "import functools\ndef twice(f):\n    @functools.wraps(f)\n    def inner(*a): return 2 * f(*a)\n"
            "    return inner\n@twice\ndef job(event): return event",
            "job",
            4,
            8,
        ),
        (
            "def plain(f):\n    def inner(*args, **kwargs): return [f(*args, **kwargs)]\n    return inner\n"
            "@plain\n@plain\ndef job(event, context): return event",
            "job",
            4,
            [[4]],
        ),
        (
            "def plain(f):\n    def inner(*args): return [len(args), f()]\n    return inner\njob = plain(lambda: 1)",
            "job",
            4,
            [0, 1],
        ),
        (
            "def either(f, g): return lambda *args: [len(args), f, g][0]\njob = either(lambda event: 1, lambda: 2)",
            "job",
            4,
            0,
        ),
        ("import sys\ndef job(): sys.exit(0)", "job", None, None),
        (
            "from dataclasses import dataclass\nfrom enum import Enum\nclass Color(Enum): RED = 'red'\n"
            "@dataclass\nclass Row: color: Color\ndef job(): return Row(Color.RED)",
            "job",
            None,
            {"color": "red"},
        ),
    ],
)
def test_callables_of_a_module(
    project: Project, run: Run, target: PackageTarget, source: str, name: str, event: Any, expected: Any
) -> None:
    found: Any = project({"jobs.py": source + "\n"})
    for part in name.split("."):
        found = getattr(found, part)
    package = build_package(found, target=target)
    assert "jobs.py" in paths(package)
    assert run(package, event) == expected


def locally_made_objects() -> dict[str, tuple[Callable[..., Any], Any]]:
    from dataclasses import dataclass
    from enum import Enum

    class Color(Enum):
        RED = "red"

    @dataclass
    class Row:
        color: Color

    class Job:
        def __init__(self) -> None:
            self.words = {"b", "a"}

        def run(self) -> Any:
            return sorted(self.words)

        def __call__(self) -> Any:
            return "called"

        @staticmethod
        def still() -> str:
            return "static"

        @classmethod
        def named(cls) -> str:
            return cls.__name__

    return {
        "dataclass and enum": (lambda: Row(Color.RED), {"color": "red"}),
        "bound method": (Job().run, ["a", "b"]),
        "instance": (Job(), "called"),
        "static method": (Job.still, "static"),
        "class method": (Job.named, "Job"),
    }


def locally_made_functions() -> dict[str, tuple[Callable[..., Any], Any]]:
    async def awaited() -> str:
        return "awaited"

    def generated() -> Any:
        yield from (1, 2)

    def recursive(n: int = 5) -> int:
        return 1 if n == 0 else n * recursive(n - 1)

    def any_number(*args: int) -> int:
        return other_number(*args, 0)

    def other_number(*args: int) -> int:
        return len(args) if len(args) > 2 else any_number(*args, 0)

    return {
        "lambda": (lambda: 3, 3),
        "async": (awaited, "awaited"),
        "generator": (generated, [1, 2]),
        "recursive": (recursive, 120),
        "recursive with any arguments": (any_number, 3),
        "partial": (functools.partial(lambda a, b: a - b, 5, b=2), 3),
        "partial of a builtin": (functools.partial(max, 3, 4), 4),
    }


def made_locally() -> dict[str, tuple[Callable[..., Any], Any]]:
    return locally_made_objects() | locally_made_functions()


@pytest.mark.parametrize("kind", made_locally())
def test_callables_by_value(run: Run, target: PackageTarget, kind: str) -> None:
    function, expected = made_locally()[kind]
    assert run(build_package(function, target=target)) == expected


def test_an_exception_keeps_its_traceback(project: Project, run: Run, target: PackageTarget) -> None:
    jobs = project(
        {"jobs.py": "def job():\n    return deeper()\n\ndef deeper():\n    raise LookupError('no such row')\n"}
    )
    with pytest.raises(RuntimeError) as failure:
        run(build_package(jobs.job, target=target))
    text = str(failure.value)
    assert 'jobs.py", line 5, in deeper' in text
    assert text.rstrip().endswith("LookupError: no such row")


def test_leaving_with_an_exit_code_is_a_failure(project: Project, run: Run, target: PackageTarget) -> None:
    jobs = project({"jobs.py": "import sys\ndef job(): sys.exit(3)\n"})
    with pytest.raises(RuntimeError, match=r"sys\.exit\(3\)"):
        run(build_package(jobs.job, target=target))


def test_a_changed_payload_is_not_loaded(run: Run, target: PackageTarget) -> None:
    package = build_package(lambda: 1, target=target)
    with zipfile.ZipFile(package.path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(package.path.with_suffix(".changed"), "w") as changed:
        for name, data in files.items():
            changed.writestr(name, data + b"x" if name.endswith(".pickle") else data)
    with pytest.raises(RuntimeError, match="its sha256 differs from the manifest's"):
        run(attrs.evolve(package, path=package.path.with_suffix(".changed")))


def test_included_files_keep_their_place_and_mode(project: Project, run: Run, target: PackageTarget) -> None:
    jobs = project(
        {
            "jobs.py": "from pathlib import Path\nDATA = Path(__file__).with_name('data')\n"
            "def job(): return (DATA / 'a.txt').read_text()\n",
            "data/a.txt": "content",
            "data/tool.sh": "#!/bin/sh\n",
        }
    )
    Path("data/tool.sh").chmod(0o700)
    package = build_package(jobs.job, target=target, include_files=["data"])
    assert run(package) == "content"
    with zipfile.ZipFile(package.path) as archive:
        modes = {item.filename: stat.S_IMODE(item.external_attr >> 16) for item in archive.infolist()}
    assert modes.pop("data/tool.sh") == 0o755
    assert set(modes.values()) == {0o644}


def test_a_module_that_has_the_name_of_the_shim_is_refused(project: Project, target: PackageTarget) -> None:
    index = project({"index.py": "def job(): return 1\n"}, "index")
    with pytest.raises(PackagingError, match="'index' .* rename it"):
        build_package(index.job, target=target)


def test_a_missing_module_is_refused_with_its_place(project: Project, target: PackageTarget) -> None:
    jobs = project({"jobs.py": "def job():\n    import not_installed_anywhere\n"})
    with pytest.raises(PackagingError, match=r"'not_installed_anywhere' \(.*jobs\.py, line 2\)"):
        build_package(jobs.job, target=target)
    assert "not_installed_anywhere" in build_package(jobs.job, target=target, dependencies=[]).warnings[0]


def test_a_package_that_is_too_large_lists_its_largest_parts(project: Project, target: PackageTarget) -> None:
    jobs = project({"jobs.py": "def job(): return 1\n", "data/big.txt": "x" * 3_000_000})
    small = attrs.evolve(target, max_unpacked_bytes=2**20)
    with pytest.raises(PackagingError, match=r"has 2\.9 MiB, and the target takes 1 MiB.*data/big\.txt 2\.9 MiB"):
        build_package(jobs.job, target=small, include_files=["data"])
    with pytest.raises(PackagingError, match="zipped"):
        build_package(jobs.job, target=attrs.evolve(target, max_archive_bytes=1000))


def test_what_cannot_be_sent_is_named_with_the_way_to_it(target: PackageTarget) -> None:
    import threading

    class Store:
        def __init__(self) -> None:
            self.guard = threading.Lock()

    class Job:
        def __init__(self) -> None:
            self.store = Store()

        def run(self) -> None:
            """Do nothing."""

    with pytest.raises(PackagingError, match="its store → guard is a lock object"):
        build_package(Job().run, target=target)


def test_the_package_is_named_by_its_content_and_made_once(target: PackageTarget) -> None:
    def job() -> int:
        return 1

    package = build_package(job, target=target)
    assert package.path.name == f"{package.sha256}.zip"
    assert build_package(job, target=target) == package
    assert [path.name for path in package.path.parent.iterdir()] == [package.path.name]
    assert stat.S_IMODE(package.path.parent.stat().st_mode) == 0o700


def test_a_secret_in_a_variable_outside_is_warned_of_and_never_shown(target: PackageTarget) -> None:
    api_token, table = "hunter2", "rows"

    def job() -> Any:
        return api_token, table

    package = build_package(job, target=target)
    [warning] = package.warnings
    assert "the value of 'api_token' goes into the package" in warning
    assert "hunter2" not in repr(package)


def test_an_import_whose_name_is_computed_is_told_with_its_line(project: Project, target: PackageTarget) -> None:
    jobs = project({"jobs.py": "import importlib\ndef job(name='helper'):\n    return importlib.import_module(name)\n"})
    [warning] = build_package(jobs.job, target=target).warnings
    assert "jobs.py, line 3 imports a module whose name is computed" in warning


def test_an_import_that_may_fail_in_silence_may_be_missing(project: Project, run: Run, target: PackageTarget) -> None:
    code = "import contextlib\nfast = None\nwith contextlib.suppress(ImportError):\n    import not_here as fast\n"
    jobs = project({"jobs.py": f"{code}def job(): return fast is None\n"})
    assert run(build_package(jobs.job, target=target)) is True


def test_an_instance_that_cannot_be_pickled_is_taken_by_its_name(
    project: Project, run: Run, target: PackageTarget
) -> None:
    code = (
        "import threading\nclass Store:\n    def __init__(self): self.lock = threading.Lock()\n"
        "    def run(self):\n        with self.lock: return 'run'\n    def __call__(self): return 'called'\n"
        "store = Store()\n"
    )
    jobs = project({"jobs.py": code})
    for function, expected in ((jobs.store.run, "run"), (jobs.store, "called")):
        assert not check_callable(function, python_version="3.99")
        assert run(build_package(function, target=target)) == expected
    with pytest.raises(PackagingError, match="its lock is a lock object"):
        build_package(jobs.Store().run, target=target)
