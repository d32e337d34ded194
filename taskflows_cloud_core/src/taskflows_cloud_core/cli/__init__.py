"""The command line, ``taskflows-cloud``."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0 all well, 1 an error, 2 wrong usage.

    Args:
        arguments: The words after the program's name; those of the process, when not given.
    """
    from taskflows_cloud_core.cli.root import run

    run(arguments)
