"""The crontab."""

import shlex
import sys


def render(folder, functions):
    """The text of the crontab: the lines of all functions, those of paused ones as comments."""
    head = ["# Written by taskflows-cloud; changes are lost.", "CRON_TZ=UTC", "SHELL=/bin/sh"]
    return "\n".join([*head, *_lines(folder, functions), ""])


def _lines(folder, functions):
    for name, function in sorted(functions.items()):
        for _, expression in sorted(function["lines"].items()):
            mark = "# paused: " if function["record"]["paused"] else ""
            yield f"{mark}{expression} {command(folder, name, expression)}"


def command(folder, name, expression):
    """What cron runs: the launcher that lies in the folder. Cron reads a percent sign as a line break."""
    words = [sys.executable, "-I", str(folder / "launcher.py"), expression, str(folder), name]
    return shlex.join(words).replace("%", r"\%")
