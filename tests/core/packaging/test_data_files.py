"""Files that the code names: in the package when asked for, else told with their line."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from taskflows_cloud_core.packaging import PackageTarget, build_package

Project = Callable[..., ModuleType]
BESIDE = "from pathlib import Path\ndef job():\n    return (Path(__file__).parent / 'table.csv').read_text()\n"
RESOURCES = (
    "from importlib.resources import files\ndef job():\n    return files('acme').joinpath('table.csv').read_text()\n"
)
FOLDER = "from pathlib import Path\ndef job():\n    return list((Path(__file__).parent / 'tables').iterdir())\n"
WORKING = "def job():\n    '''Read a table, table.csv.'''\n    return open('data/table.csv').read()\n"


@pytest.mark.parametrize(
    ("files", "module", "text"),
    [
        ({"jobs.py": BESIDE, "table.csv": ""}, "jobs", "jobs.py, line 3 names 'table.csv'"),
        (
            {"acme/__init__.py": "", "acme/j.py": RESOURCES, "acme/table.csv": ""},
            "acme.j",
            "j.py, line 3 names 'table.csv'",
        ),
        ({"jobs.py": FOLDER, "tables/a.csv": ""}, "jobs", "jobs.py, line 3 names 'tables'"),
        ({"jobs.py": WORKING, "data/table.csv": ""}, "jobs", "jobs.py, line 3 names 'data/table.csv'"),
    ],
)
def test_a_file_that_is_left_behind_is_told(
    project: Project, target: PackageTarget, files: dict[str, str], module: str, text: str
) -> None:
    jobs = project(files, module)
    [warning] = build_package(jobs.job, target=target).warnings
    assert text in warning
    assert "include_files" in warning
    added = [name for name in files if name.endswith(".csv")]
    assert not build_package(jobs.job, target=target, include_files=added).warnings
    folders = [name.rpartition("/")[0] for name in added if "/" in name]
    assert not folders or not build_package(jobs.job, target=target, include_files=folders).warnings


def test_texts_that_are_no_files_are_not_told(project: Project, target: PackageTarget) -> None:
    code = (
        "from pathlib import Path\nimport shop\nHERE = Path(__file__).parent\n"
        "def job():\n    return ['shop', 'shop/a.py', 'missing.csv', 'a.b', '/etc/passwd', '../x.csv', HERE.name]\n"
    )
    jobs = project({"jobs.py": code, "shop/__init__.py": "", "shop/a.py": "", "x.csv": ""})
    assert not build_package(jobs.job, target=target).warnings


def test_a_function_by_value_tells_them_too(project: Project, target: PackageTarget) -> None:
    project({"jobs.py": "", "rows.csv": "a"})

    def job() -> str:
        return open("rows.csv").read()  # noqa: PTH123 - as users write it

    [warning] = build_package(job, target=target).warnings
    assert "names 'rows.csv'" in warning
