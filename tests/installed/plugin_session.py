"""From nothing to a provider that users call by its name: one session in a shell, recorded as it runs.

Usage: plugin_session.py CORE [NAME]

CORE is a wheel or a source folder of taskflows-cloud-core. Every command is printed with what it answered; the first
one that fails ends the session.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

USE = """\
import sys

from taskflows_cloud_core import CloudFunctionConfig, available_providers, get_environment
import jobs

sys.path.insert(0, "taskflows-cloud-{name}/tests")
from server import serving

print(available_providers())
with serving() as (_, endpoint):
    environment = get_environment("{name}", endpoint=endpoint)
    config = CloudFunctionConfig(function_name="report", schedules=["Mon-Fri 09:00"])
    print(environment.plan_function(jobs.report, config))
    print(environment.deploy_function(jobs.report, config).raise_for_error())
    print(*environment.list_functions())
    print(environment.invoke_function("report"))
    print(environment.deploy_function(jobs.report, config).raise_for_error())
    print(environment.delete_function("report").raise_for_error())
"""


def main(core: str, name: str = "sky") -> None:
    """Run the session in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-plugin-") as temporary:
        shell = Shell(Path(temporary))
        distribution = f"taskflows-cloud-{name}"
        shell.run("uv", "venv", "--quiet", "--python", sys.executable, ".venv")
        shell.run(
            "uv", "pip", "install", "--quiet", f"taskflows-cloud-core[testing] @ {Path(core).absolute().as_uri()}"
        )
        shell.run("taskflows-cloud", "plugin", "new", name)
        shell.run("uv", "pip", "install", "--quiet", f"./{distribution}")
        shell.run("python", "-m", "pytest", "-q", distribution)
        shell.run("taskflows-cloud", "providers")
        shell.write("jobs.py", 'def report():\n    return "all is well"\n')
        shell.write("use.py", USE.format(name=name))
        shell.run("python", "use.py")


class Shell:
    """A folder with a virtual environment, and the record of what is run there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        programs = (
            f"{folder / '.venv' / 'bin'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        )
        state = {name: str(folder / "home") for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME")}
        # Whoever runs this may have chosen an interpreter for uv, as nox does.
        chosen = ("PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT")
        kept = {name: value for name, value in os.environ.items() if name not in chosen}
        uv_cache = subprocess.run(
            ["uv", "cache", "dir"], capture_output=True, text=True, check=True, env=kept | {"PATH": programs}
        )
        self._environment = {
            **kept,
            **state,
            "PATH": programs,
            "VIRTUAL_ENV": str(folder / ".venv"),
            "UV_CACHE_DIR": uv_cache.stdout.strip(),
            "NO_COLOR": "1",
        }

    def run(self, *command: str) -> None:
        """Run a command, and print it with its answer."""
        self._tell(f"$ {' '.join(command)}")
        ended = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self._tell(ended.stdout.rstrip("\n"))
        if ended.returncode:
            sys.exit(f"{command[0]} ended with {ended.returncode}")

    def write(self, file: str, text: str) -> None:
        """Write a file, and print it."""
        (self._folder / file).write_text(text, encoding="utf-8")
        self._tell(f"$ cat {file}\n{text.rstrip()}")

    def _tell(self, text: str) -> None:
        if text:
            print(text.replace(str(self._folder), "."), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
