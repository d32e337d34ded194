"""What commands answer: text for people, JSON for programs, from one object."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import attrs
import click

from taskflows_cloud_core.cli.terminal import Style, say

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


def answers(kind: type[Answer], *, name: str, stream: bool = False) -> Callable[[_Command], Callable[..., None]]:
    """Make a command of a function that returns an answer: it gets ``--json`` and ``--json-schema``.

    Args:
        kind: The class of the answer.
        name: What the command is called, for its schema.
        stream: The function yields many answers, each a line of its own in JSON.
    """

    def decorate(function: _Command) -> Callable[..., None]:
        @click.option("--json", "as_json", is_flag=True, help=_JSON_LINES if stream else _JSON)
        @click.option(
            "--json-schema",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=functools.partial(_print_schema, kind, name),
            help="Print the JSON Schema of that and end.",
        )
        @functools.wraps(function)
        def command(*arguments: Any, as_json: bool, **options: Any) -> None:
            given = function(*arguments, **options)
            code = 0
            for answer in given if stream else (given,):
                _print(answer, as_json=as_json, lines=stream)
                code = max(code, answer.exit_code)
            if code:
                click.get_current_context().exit(code)

        return command

    return decorate


_JSON = "Answer in JSON."
_JSON_LINES = "Answer in JSON, one object a line."


def _print_schema(kind: type[Answer], name: str, ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted:
        import json

        from taskflows_cloud_core.cli.schemas import schema_of

        click.echo(json.dumps(schema_of(kind, title=f"taskflows-cloud {name}"), indent=2))
        ctx.exit()


def _print(answer: Answer, *, as_json: bool, lines: bool) -> None:
    if not as_json:
        say(answer.text)
        return
    import json

    from taskflows_cloud_core.cli.schemas import to_json

    click.echo(json.dumps(to_json(answer), ensure_ascii=False, indent=None if lines else 2))


def joined(parts: Iterable[str], otherwise: str) -> str:
    """Lines, or a sentence when there are none."""
    return "\n".join(parts) or otherwise
