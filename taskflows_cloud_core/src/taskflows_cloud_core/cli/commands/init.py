"""``taskflows-cloud init``: the first files of a project."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.errors.classes import OutputError
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.errors import ProjectFileError

_JOBS = '''"""Jobs of {name}: plain functions, and when they run."""

from taskflows_cloud_core import Calendar, cloud_function


@cloud_function(schedules=[Calendar("Mon-Fri 07:00", timezone="Europe/Berlin")])
def morning_report():
    """What it prints is its log; what it returns is the answer of `taskflows-cloud invoke morning-report`."""
    print("good morning")
    return {{"orders": 12}}
'''

_TABLE = """
[tool.taskflows-cloud]
project = "{name}"
functions = "jobs.py"
stage = "dev"

# This machine: `taskflows-cloud local run` runs what is deployed here.
[tool.taskflows-cloud.stages.dev]
provider = "local"

# Another stage has another provider, its options, and what differs from the functions' own configuration.
# [tool.taskflows-cloud.stages.prod]
# provider = "NAME"                  # `taskflows-cloud providers` lists those that are installed
# environment = {{ MODE = "live" }}
# settings = {{ memory_mb = 512 }}
"""


@attrs.frozen(kw_only=True)
class InitAnswer(Answer):
    """The files of a new project.

    Args:
        written: Those that are new, or have a new part.
        kept: Those that were there already and are as they were.
    """

    written: tuple[str, ...] = attrs.field(converter=to_tuple)
    kept: tuple[str, ...] = attrs.field(converter=to_tuple)

    def text(self, style: Style) -> str:
        """A line for each."""
        lines = [f"{style.good('wrote')}  {name}" for name in self.written]
        return "\n".join([*lines, *(f"{style.faint('kept')}   {name} as it is" for name in self.kept)])

    def remarks(self, style: Style) -> str:
        """What to do next."""
        is_ours = any(Path(name).name == "jobs.py" for name in self.written)
        steps = ("plan", "deploy", "list", *(["invoke morning-report"] if is_ours else []), "local run")
        return "\n".join(["next:", *(style.faint(f"  taskflows-cloud {step}") for step in steps)])


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@answers(InitAnswer, name="init")
def init(folder: Path) -> InitAnswer:
    """Write a first jobs.py and the table [tool.taskflows-cloud] of pyproject.toml into FOLDER.

    What is there already is never overwritten.
    """
    name = re.sub(r"[^a-z0-9-]+", "-", folder.absolute().name.lower()).strip("-") or "jobs"
    made = {"jobs.py": _JOBS.format(name=name), "pyproject.toml": _with_table(folder / "pyproject.toml", name)}
    made["jobs.py"] = "" if (folder / "jobs.py").exists() else made["jobs.py"]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in made.items():
            if content:
                (folder / file).write_text(content, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{error.filename}: cannot be written: {error.strerror}") from error
    return InitAnswer(
        written=[str(folder / file) for file, content in made.items() if content],
        kept=[str(folder / file) for file, content in made.items() if not content],
    )


def _with_table(path: Path, name: str) -> str:
    """The file with the table at its end; empty when it has one already."""
    table = _TABLE.format(name=name)
    if not path.exists():
        return table.lstrip("\n")
    try:
        before = path.read_text(encoding="utf-8")
        content = tomllib.loads(before)
        if "taskflows-cloud" in content.get("tool", {}):
            return ""
        after = before.rstrip("\n") + "\n" + table
        tomllib.loads(after)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProjectFileError(f"{path}: cannot be read as TOML, so nothing was written: {error}") from error
    return after
