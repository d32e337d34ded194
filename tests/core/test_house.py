"""The rules of the house: what may import what, what costs nothing, and which names are public."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import taskflows_cloud_core

ROOT = Path(taskflows_cloud_core.__file__).parent
# The floors, lowest first; a room imports from its own floor and from those before it only.
FLOORS = [
    {"_version", "_frozen", "_dict_access", "_lazy", "_validators"},
    {"errors"},
    {"progress", "options"},
    {"schedules"},
    {"config"},
    {"packaging"},
    {"reconcile"},
    {"results"},
    {"provider_info"},
    {"hookspecs"},
    {"providers"},
    {"marks", "interop"},
    {"environment"},
    {"local"},
    {"testing", "scaffold"},
    {"project"},
    {"cli"},
    {"__main__"},
]
HEAVY = ("boto3", "botocore", "cloudpickle", "importlib_metadata", "rich", "sqlite3", "packaging", "uv")


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if name.startswith("taskflows_cloud_core."):
                yield name.split(".")[1]


def modules() -> list[Path]:
    return [path for path in sorted(ROOT.rglob("*.py")) if path.name != "__init__.py" or path.parent != ROOT]


def test_every_room_stands_on_a_floor() -> None:
    assert {room_of(path) for path in modules()} <= set().union(*FLOORS)


@pytest.mark.parametrize(
    "path", [path for path in modules() if "runtime" not in path.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_imports_run_one_way_down(path: Path) -> None:
    level = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    own = room_of(path)
    upward = {room for room in imported_rooms(path) if level[room] > level[own]}
    assert not upward
    assert not {room for room in imported_rooms(path) if level[room] == level[own] and room != own} or level[own] == 0


def imported_modules(path: Path, root: Path) -> Iterator[Path]:
    """The files of its own distribution that a file imports, wherever in it the import stands."""
    package = root.name
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package:
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                file = root.joinpath(*name.split(".")[1:]).with_suffix(".py")
                if file.is_file():
                    yield file


@pytest.mark.parametrize("package", ["taskflows_cloud_core", "taskflows_cloud_aws"])
def test_no_files_import_each_other_in_a_circle(package: str) -> None:
    root = Path(importlib.import_module(package).__file__ or "").parent
    graph = {path: set(imported_modules(path, root)) - {path} for path in root.rglob("*.py")}
    assert set(TopologicalSorter(graph).static_order()) >= set(graph)


def test_core_names_providers_in_one_table_only() -> None:
    naming = [
        str(path.relative_to(ROOT))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "taskflows-cloud-aws" in node.value
    ]
    assert naming == ["providers/entry_points.py"]


def loaded_after(program: str) -> set[str]:
    report = f"import sys\n{program}\nprint('\\n'.join(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-I", "-c", report], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in run.stdout.split()}


@pytest.mark.parametrize(
    "program",
    [
        "import taskflows_cloud_core",
        "from taskflows_cloud_core import get_environment, CloudFunctionConfig, Calendar; get_environment('local')",
        "from taskflows_cloud_core import available_providers; available_providers()",
        "from taskflows_cloud_core.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(end='')",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(program: str) -> None:
    assert not loaded_after(program) & set(HEAVY)


def test_the_help_of_the_command_line_imports_click_and_little_else() -> None:
    program = "from taskflows_cloud_core.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(end='')"
    assert not loaded_after(program) & {"attr", "attrs", "pluggy", "tomllib"}


def test_importing_core_alone_imports_no_dependency() -> None:
    assert not loaded_after("import taskflows_cloud_core") & {"attr", "attrs", "pluggy", "click"}


def packages() -> list[str]:
    names = [module.name for module in pkgutil.iter_modules([str(ROOT)]) if module.ispkg]
    return ["taskflows_cloud_core", *(f"taskflows_cloud_core.{name}" for name in names)]


@pytest.mark.parametrize("name", packages())
def test_all_is_true(name: str) -> None:
    package = importlib.import_module(name)
    if not hasattr(package, "__all__"):
        return
    missing = [word for word in package.__all__ if not hasattr(package, word)]
    assert not missing
    assert set(package.__all__) <= set(dir(package))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Calender'"):
        _ = taskflows_cloud_core.Calender
