"""Every module can be the first that a program imports: nothing depends on what was imported before it."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

_IMPORT_ALONE = """
import importlib, sys
for name in sys.stdin.read().split():
    for loaded in [each for each in sys.modules if each.startswith("taskflows_cloud_")]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(f"{name}: {error}")
"""


def modules_of(package: str) -> list[str]:
    root = importlib.import_module(package)
    names = [module.name for module in pkgutil.walk_packages(root.__path__, f"{package}.")]
    # What goes into packages of users is imported there, not here; __main__ runs when it is imported.
    return [name for name in names if ".packaging.runtime." not in name and not name.endswith("__main__")]


@pytest.mark.slow
@pytest.mark.parametrize("package", ["taskflows_cloud_core", "taskflows_cloud_aws"])
def test_every_module_can_be_imported_first(package: str) -> None:
    names = modules_of(package)
    program = [sys.executable, "-c", _IMPORT_ALONE]
    done = subprocess.run(program, input="\n".join(names), capture_output=True, text=True, check=True)
    assert len(names) > 20
    assert done.stdout == ""
