"""What commands answer: text for people, JSON for programs, from one object."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import attrs
import click

from taskflows_cloud_core.cli.output.terminal import Style, note, say

_Command = TypeVar("_Command", bound=Callable[..., Any])


@attrs.frozen(kw_only=True)
class Answer:
    """What a command has to say. Its fields are its JSON."""

    @property
    def exit_code(self) -> int:
        """With what the program ends."""
        return 0

    def text(self, style: Style) -> str:
        """What a person reads.

        Args:
            style: Colours, where there may be some.
        """
        raise NotImplementedError

    def remarks(self, style: Style) -> str:  # noqa: ARG002 - for those that have some
        """What a person reads beside the answer, on stderr; empty when there is nothing."""
        return ""


def answers(kind: type[Answer], *, name: str, stream: bool = False) -> Callable[[_Command], Callable[..., None]]:
    """Make a command of a function that returns an answer: it gets ``--json`` and ``--json-schema``.

    Args:
        kind: The class of the answer.
        name: What the command is called, for its schema.
        stream: The function yields many answers, each a line of its own in JSON.
    """

    def decorate(function: _Command) -> Callable[..., None]:
        @json_options(kind, name=name, stream=stream)
        @functools.wraps(function)
        def command(*arguments: Any, as_json: bool, **options: Any) -> None:
            given = function(*arguments, **options)
            code = 0
            for answer in given if stream else (given,):
                emit(answer, as_json=as_json, lines=stream)
                code = max(code, answer.exit_code)
            if code:
                click.get_current_context().exit(code)

        return command

    return decorate


def json_options(kind: type[Answer], *, name: str, stream: bool = False) -> Callable[[_Command], _Command]:
    """Give a command ``--json``, as ``as_json``, and ``--json-schema``, for answers of a class."""

    def decorate(function: _Command) -> _Command:
        as_json = click.option("--json", "as_json", is_flag=True, help=_JSON_LINES if stream else _JSON)
        json_schema = click.option(
            "--json-schema",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=functools.partial(_print_schema, kind, name),
            help="Print the JSON Schema of that and end.",
        )
        return as_json(json_schema(function))

    return decorate


_JSON = "Answer in JSON."
_JSON_LINES = "Answer in JSON, one object a line."


def _print_schema(kind: type[Answer], name: str, ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted:
        import json

        from taskflows_cloud_core.cli.output.schemas import schema_of

        click.echo(json.dumps(schema_of(kind, title=f"taskflows-cloud {name}"), indent=2))
        ctx.exit()


def emit(answer: Answer, *, as_json: bool, lines: bool = False) -> None:
    """Print an answer.

    Args:
        answer: What to print.
        as_json: As JSON instead of text.
        lines: As JSON on one line.
    """
    if not as_json:
        say(answer.text)
        note(answer.remarks)
        return
    import json

    from taskflows_cloud_core.cli.output.schemas import to_json

    click.echo(json.dumps(to_json(answer), ensure_ascii=False, indent=None if lines else 2))
