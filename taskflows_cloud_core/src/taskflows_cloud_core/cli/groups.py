"""Groups of commands: alone they show their help, and a command that there is not brings the near miss."""

from __future__ import annotations

import click


class HelpingGroup(click.Group):
    """A group that helps whoever does not know its commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Show the help, when there is no word to go by."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit()
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of the first word."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}{_hint(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


def _hint(word: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
