"""The commands of the command line: how each is written, its options, and the fields of its JSON answer."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import click
from click.testing import CliRunner


def commands_text(path: str) -> str:
    """The text.

    Args:
        path: Of the root command, for instance ``"taskflows_cloud_core.cli.root.root"``.

    Returns:
        Markdown, a heading for each command.
    """
    module, _, name = path.rpartition(".")
    root: click.Group = getattr(import_module(module), name)
    return "\n".join(_section(root, words, command) for words, command in _commands(root, ()))


def _commands(group: click.Group, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*above, name))
        elif command is not None:
            yield (*above, name), command


def _section(root: click.Group, words: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(("taskflows-cloud", *words)))
    usage = command.get_usage(context).removeprefix("Usage: ")
    parts = [f"### {' '.join(words)}\n", f"```text\n{usage}\n```\n", f"{_help(command)}\n", _options(command)]
    return "\n".join([*parts, *_answer(root, words)])


def _help(command: click.Command) -> str:
    text = inspect.cleandoc(command.help or "")
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        f"```text\n{paragraph[2:]}\n```" if paragraph.startswith("\b\n") else paragraph for paragraph in paragraphs
    )


def _options(command: click.Command) -> str:
    rows = [
        f"| `{', '.join(option.opts)}` | {_cell(option.help or '')} |"
        for option in command.params
        if isinstance(option, click.Option)
    ]
    return "\n".join(["| option | meaning |", "| --- | --- |", *rows, ""]) if rows else ""


def _answer(root: click.Group, words: tuple[str, ...]) -> Iterator[str]:
    told = CliRunner().invoke(root, [*words, "--json-schema"])
    if told.exit_code != 0:
        return
    schema = json.loads(told.output)
    yield "| field of the JSON answer | type | meaning |\n| --- | --- | --- |"
    yield from (
        f"| `{field}` | {_type(inner)} | {_cell(inner.get('description', ''))} |"
        for field, inner in _fields(schema, "")
    )
    yield ""


def _fields(schema: Mapping[str, Any], above: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        path = f"{above}{name}"
        yield path, inner
        yield from _fields(inner, f"{path}.")
        yield from _fields(inner.get("items", {}), f"{path}[].")


def _type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return "moment" if schema.get("format") == "date-time" else str(schema.get("type", "anything"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("``", "`")
