"""``taskflows-cloud local``, and what is loaded for it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from taskflows_cloud_core.cli.commands.local import local

JOB = "def job(event):\n    return 1 // event['n']\n"


def test_help_names_the_commands():
    result = CliRunner().invoke(local, ["--help"])

    assert result.exit_code == 0
    assert "run " in result.output
    assert "runs" in result.output


def test_the_newest_runs_in_the_order_of_time(deploy, env, root):
    deploy(JOB)
    deploy("def job():\n    pass\n", "other")
    env.invoke_function("job", {"n": 1})
    env.invoke_function("job", {"n": 0})
    env.invoke_function("other")

    result = CliRunner().invoke(local, ["runs", "--root", str(root)])
    of_one = CliRunner().invoke(local, ["runs", "job", "--root", str(root), "-n", "1"])

    lines = result.output.splitlines()
    assert [line.split()[1] for line in lines] == ["job", "job", "other"]
    assert "by hand: succeeded after" in lines[0]
    assert lines[1].endswith("ZeroDivisionError: integer division or modulo by zero")
    assert of_one.output.splitlines() == [lines[1]]


def test_no_runs_at_all(root):
    result = CliRunner().invoke(local, ["runs", "--root", str(root)])

    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(
    "statement",
    [
        "import taskflows_cloud_core.local.plugin as p; p.provider_info()",
        "from taskflows_cloud_core import get_environment; get_environment('local')",
    ],
)
def test_loading_the_provider_is_cheap(statement):
    heavy = "{'boto3', 'botocore', 'sqlite3', 'cloudpickle'}"
    program = f"import sys; {statement}; print(sorted({heavy} & set(sys.modules)))"

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert told == "[]\n"
