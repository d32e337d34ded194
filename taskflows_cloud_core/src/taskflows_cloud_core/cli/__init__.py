"""The command line, ``taskflows-cloud``."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    0: done, or for ``plan`` and ``diff`` nothing to do. 1: an error. 2: wrong usage; for ``plan`` and ``diff`` changes.
    3: not confirmed. 130: interrupted. 141: the reader of the output has gone.

    Args:
        arguments: The words after the program's name; those of the process, when not given.
    """
    from taskflows_cloud_core.cli.root import root
    from taskflows_cloud_core.cli.running import run

    run(root, arguments)
