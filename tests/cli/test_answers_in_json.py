"""``--json`` of every command: what it prints is what its own ``--json-schema`` promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from moto import mock_aws

from taskflows_cloud_core.cli.root import root
from tests.support.moto_in_turn import answer_in_turn

PROJECT = """
[tool.taskflows-cloud]
project = "shop"
functions = "jobs.py"
"""
AWS = ("--provider", "aws", "-o", "region=eu-central-1")

# What comes before a command, and the command. A stream has one object a line.
PREPARED = {
    "init": ([], ["init", "fresh"]),
    "providers": ([], ["providers"]),
    "explain": ([], ["explain", "TFC1401"]),
    "completion": ([], ["completion", "zsh"]),
    "doctor": ([], ["doctor"]),
    "plugin new": ([], ["plugin", "new", "comet"]),
    "permissions": ([], ["permissions", *AWS]),
    "export": ([], ["export", "--format", "cloudformation", *AWS]),
    "plan": ([], ["plan"]),
    "diff": ([], ["diff"]),
    "deploy": ([], ["deploy"]),
    "cost": ([], ["cost", *AWS]),
    "schedule preview": ([], ["schedule", "preview"]),
    "schedule explain": ([], ["schedule", "explain", "Mon-Fri 09:00"]),
    "list": (["deploy"], ["list", "--mine"]),
    "describe": (["deploy"], ["describe", "greet"]),
    "invoke": (["deploy"], ["invoke", "greet", '{"name": "Ann"}']),
    "metrics": (["deploy", "invoke broken"], ["metrics", "broken", "--since", "1h"]),
    "pause": (["deploy"], ["pause", "greet", "nightly-report"]),
    "resume": (["deploy"], ["resume", "greet"]),
    "history": (["deploy"], ["history", "greet"]),
    "rollback": (["deploy", "change", "deploy"], ["rollback", "greet", "--yes"]),
    "delete": (["deploy"], ["delete", "greet", "absent", "--yes"]),
    "prune": (["deploy", "shrink"], ["prune", "--yes"]),
}
STREAMS = {
    "logs": (["deploy", "invoke broken"], ["logs", "broken"]),
    "local runs": (["deploy", "invoke broken"], ["local", "runs"]),
    "local run": (["deploy"], ["local", "run", "--once"]),
}


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    answer_in_turn()
    with mock_aws():
        yield


@pytest.fixture
def prepare(call: Callable[..., Any], here: Path) -> Callable[[str], None]:
    (here / "pyproject.toml").write_text(PROJECT)

    def step(words: str) -> None:
        jobs = here / "jobs.py"
        if words == "change":
            jobs.write_text(jobs.read_text().replace('f"hello', 'f"good day'))
        elif words == "shrink":
            jobs.write_text(jobs.read_text().replace("@cloud_function\n", ""))
        else:
            call(*words.split())

    return step


def commands(group: click.Group, path: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}"


def schema_of(command: str) -> dict[str, Any]:
    told = CliRunner().invoke(root, [*command.split(), "--json-schema"])
    assert told.exit_code == 0, told.output
    schema: dict[str, Any] = json.loads(told.output)
    Draft202012Validator.check_schema(schema)
    return schema


def test_every_command_is_tried_here() -> None:
    assert set(commands(root)) == {*PREPARED, *STREAMS}


@pytest.mark.parametrize("command", PREPARED)
def test_the_answer_of_a_command_is_as_its_schema_says(
    command: str, call: Callable[..., Any], prepare: Callable[[str], None]
) -> None:
    before, words = PREPARED[command]
    for step in before:
        prepare(step)
    ran = call(*words, "--json")
    answer = json.loads(ran.out)
    Draft202012Validator(schema_of(command)).validate(answer)
    assert any(answer.values()), "an empty answer shows nothing"
    assert ran.code in ({"plan": (2,), "diff": (2,)}.get(command, (0,)))


@pytest.mark.parametrize("command", STREAMS)
def test_each_line_of_a_stream_is_as_its_schema_says(
    command: str, call: Callable[..., Any], prepare: Callable[[str], None]
) -> None:
    before, words = STREAMS[command]
    for step in before:
        prepare(step)
    lines = call(*words, "--json").out.splitlines()
    validator = Draft202012Validator(schema_of(command))
    assert lines
    for line in lines:
        validator.validate(json.loads(line))


def test_a_schema_refuses_what_is_not_promised() -> None:
    validator = Draft202012Validator(schema_of("list"))
    assert not validator.is_valid({"functions": [{"function": 1}]})
    assert not validator.is_valid({"functions": [], "more": 1})


def test_every_field_of_a_schema_is_described() -> None:
    def bare(schema: Any, path: str) -> Iterator[str]:
        for name, field in schema.get("properties", {}).items():
            if "description" not in field:
                yield f"{path}.{name}"
            for inner in (field, field.get("items", {})):
                yield from bare(inner, f"{path}.{name}")

    missing = [field for command in {*PREPARED, *STREAMS} for field in bare(schema_of(command), command)]
    assert not missing


def test_an_error_is_json_too(call: Callable[..., Any]) -> None:
    ran = call("describe", "nothing", "--json")
    assert ran.code == 1
    error = json.loads(ran.out)["error"]
    assert error["code"] == "TFC1501"
    assert "nothing" in error["message"]
    assert error["problems"] == []
    assert "error [TFC1501]: " in ran.err


def test_the_problems_of_an_error_are_told_one_by_one(call: Callable[..., Any]) -> None:
    ran = call("list", "--provider", "aws", "-o", "region=nowhere", "-o", "profil=x", "--json")
    problems = json.loads(ran.out)["error"]["problems"]
    assert [each["field"] for each in problems] == ["profil", "region"]


def test_an_export_without_a_format_is_in_the_providers_first(call: Callable[..., Any], here: Path) -> None:
    ran = call("export", "jobs.py", "greet", "--output", "out", *AWS)
    assert ran.code == 0, ran.err
    assert (here / "out" / "template.json").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--format", "bicep", *AWS], 2, "no format of the provider 'aws'; there are cloudformation, terraform"),
        (["--provider", "local"], 1, "the provider 'local' does not export"),
    ],
)
def test_a_format_that_the_provider_has_not(call: Callable[..., Any], words: list[str], code: int, said: str) -> None:
    ran = call("export", "jobs.py", "greet", *words)
    assert ran.code == code
    assert said in " ".join(ran.err.split())


def test_an_export_has_all_that_the_other_tool_needs(call: Callable[..., Any], here: Path) -> None:
    ran = call("export", "jobs.py", "greet", "nightly-report", "--format", "cloudformation", "--output", "out", *AWS)
    assert ran.code == 0, ran.err
    for name in ("greet", "nightly-report"):
        assert json.loads((here / "out" / name / "template.json").read_text())["Resources"]
        assert (here / "out" / name / f"{name}.zip").read_bytes().startswith(b"PK")
    assert "s3cr3t-mood" not in (here / "out" / "greet" / "template.json").read_text()
