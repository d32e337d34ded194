"""Equal input, equal archive: in any process, directory, hash seed and umask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taskflows_cloud_core.packaging import build_package, running_target

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
PROGRAM = """
import abc, dataclasses, enum, functools, logging, os, sys, xml.etree.ElementTree
import concurrent.futures
sys.path.insert(0, os.environ["PROJECT"])
import jobs

WORDS = {"alpha", "beta", "gamma", "delta", 5, (1, "x"), frozenset({"p", "q", "r"})}
TABLE = {"set": {"one", "two", "three"}, "list": ["two", "one"]}

class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"

@dataclasses.dataclass
class Row:
    color: Color = Color.RED
    names: frozenset = frozenset({"b", "a", "c"})

class Base(abc.ABC):
    @abc.abstractmethod
    def run(self): ...

Base.register(Row)
Base.register(Color)

class Job(Base):
    def __init__(self):
        self.alpha = self.beta = self.gamma = self.delta = 1
    def run(self):
        return sorted(map(str, WORDS)), TABLE, [Row(), Color.BLUE]

CLASSES = {Row, Color, Base, Job}

def closure():
    if "x" in {"alpha", "beta", "gamma"}:
        return xml.etree.ElementTree, concurrent.futures.ThreadPoolExecutor
    return __file__, WORDS, TABLE, Row, CLASSES, [f"{n}" for n in WORDS], (lambda: Color), logging.getLogger("x")

from taskflows_cloud_core.packaging import build_package, running_target
target = running_target("%d.%d" % sys.version_info[:2])
for function in (jobs.report, closure, Job().run, functools.partial(closure), lambda: jobs.report()):
    print(build_package(function, target=target, include_files=["data"]).sha256)
"""


def digests(project: Path, cwd: Path, cache: Path, seed: str, umask: str) -> list[str]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONHASHSEED": seed,
        "XDG_CACHE_HOME": str(cache),
        "PROJECT": str(project),
    }
    (cwd / "data").mkdir(parents=True)
    (cwd / "data" / "a.txt").write_text("content")
    (cwd / "main.py").write_text(PROGRAM)
    command = ["sh", "-c", f'umask {umask}; exec "$@"', "sh", sys.executable, str(cwd / "main.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=cwd)
    assert not done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("seeds", [("1", "2"), ("0", "random")])
def test_two_processes_make_the_same_archives(tmp_path: Path, seeds: tuple[str, str]) -> None:
    results = []
    for number, (seed, umask) in enumerate(zip(seeds, ["022", "077"], strict=True)):
        project = tmp_path / f"project{number}"
        project.mkdir()
        (project / "helper.py").write_text("VALUE = {'a', 'b', 'c'}\n")
        (project / "jobs.py").write_text("import helper\ndef report(): return sorted(helper.VALUE)\n")
        cwd = tmp_path / f"cwd{number}" / ("deep" * number)
        results.append(digests(project, cwd, tmp_path / f"cache{number}", seed, umask))
    first, second = results
    assert len(set(first)) == 5
    assert first == second


def typed_in(number: int, lines_above: int = 0) -> str:
    """The digest of a function as an interactive session has it, in its input of that number."""
    names: dict[str, Any] = {"__name__": "__main__"}
    text = "\n" * lines_above + "WORDS = {'a', 'b'}\ndef job(): return sorted(WORDS)\n"
    exec(compile(text, f"<ipython-input-{number}-e62972fd336b>", "exec"), names)
    return build_package(names["job"], target=running_target(RUNNING), trial=False).sha256


def test_an_input_that_is_run_again_makes_the_same_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert typed_in(1) == typed_in(7)
    assert typed_in(1) != typed_in(1, lines_above=2)  # a traceback names the right lines
