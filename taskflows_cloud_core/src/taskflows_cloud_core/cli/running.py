"""Running a command: every failure is told in a line or two, with its code and an exit code of its own."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from taskflows_cloud_core.cli.errors.exit_codes import BROKEN_PIPE, ERROR, INTERRUPTED, WRONG_USAGE

if TYPE_CHECKING:
    from taskflows_cloud_core.errors import CloudError

PROGRAM = "taskflows-cloud"
# For these the exit code 2 has a meaning of its own: there are changes.
_TWO_MEANS_CHANGES = ("plan", "diff")
_TRACEBACK = "TASKFLOWS_CLOUD_TRACEBACK"
_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)


def run(root: click.Group, arguments: Sequence[str] | None) -> NoReturn:
    """Run a command and leave with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_closed_streams()
    if os.environ.get(_TRACEBACK):
        _show_debug_log()
    _leave(_exit_code(root, words))


def _open_closed_streams() -> None:
    """Whoever closed a stream wants nothing on it; Python has ``None`` for it then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end


def _show_debug_log() -> None:
    """Show the tracebacks of errors that are otherwise only reported in results."""
    import logging

    log = logging.getLogger("taskflows_cloud_core")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.DEBUG)


def _exit_code(root: click.Group, words: list[str]) -> int:
    try:
        answer = root.main(args=words, prog_name=PROGRAM, standalone_mode=False)
    except click.ClickException as error:
        return _wrong_usage(error, words)
    except (KeyboardInterrupt, click.Abort):
        return _interrupted()
    except BrokenPipeError:
        return _broken_pipe()
    except SystemExit as ended:
        # So click ends the program when the reader of the output has gone; nothing but the class of stdout tells.
        return BROKEN_PIPE if "PacifyFlushWrapper" in type(sys.stdout).__name__ else int(ended.code or 0)
    except OSError as error:
        return _unwritten(error) if error.errno in _DISK_IS_FULL else _failed(error, words)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person gets a sentence and not a traceback
        return _failed(error, words)
    return answer if isinstance(answer, int) else 0


def _leave(code: int) -> NoReturn:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = _broken_pipe()
    except OSError as error:
        code = _unwritten(error)
    if code == INTERRUPTED:
        # Threads of a deployment may be waiting for an answer; nobody wants to wait for them now.
        os._exit(code)
    sys.exit(code)


def _wrong_usage(error: click.ClickException, words: list[str]) -> int:
    from taskflows_cloud_core.cli.errors.classes import USAGE_CODE

    command = next((word for word in words if not word.startswith("-")), "")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    _tell(error.format_message(), USAGE_CODE, words, hint=f"`{path} --help` tells how it is written")
    return ERROR if command in _TWO_MEANS_CHANGES else WRONG_USAGE


def _interrupted() -> int:
    from taskflows_cloud_core.cli.interrupts import words_after_interrupt
    from taskflows_cloud_core.cli.output.terminal import note

    note(f"\n{words_after_interrupt()}")
    return INTERRUPTED


def _broken_pipe() -> int:
    _drop_output()
    return BROKEN_PIPE


def _drop_output() -> None:
    # Nobody can read it any more; what is left in the buffer must not raise again when Python ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unwritten(error: OSError) -> int:
    from taskflows_cloud_core.cli.errors.classes import OutputError

    _drop_output()
    where = "the output" if error.filename is None else f"{os.fspath(error.filename)!r}"
    _tell(f"{where} cannot be written: {error.strerror}", OutputError.code, [])
    return ERROR


def _failed(error: Exception, words: list[str]) -> int:
    from taskflows_cloud_core.errors import CloudError, PluginFailedError

    if os.environ.get(_TRACEBACK) and (isinstance(error, PluginFailedError) or not isinstance(error, CloudError)):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, CloudError):
        return _told(error, words)
    from taskflows_cloud_core.cli.errors.classes import DEFECT_CODE

    _tell(
        f"{type(error).__name__}: {error}",
        DEFECT_CODE,
        words,
        hint=f"this is a defect; set {_TRACEBACK}=1 to see more",
    )
    return ERROR


def _told(error: CloudError, words: list[str]) -> int:
    from taskflows_cloud_core.errors import PluginFailedError

    trace = getattr(error, "trace", "")
    hint = f"set {_TRACEBACK}=1 to see the traceback" if isinstance(error, PluginFailedError) else ""
    problems = [{"field": each.field, "message": each.message} for each in getattr(error, "problems", ())]
    _tell(str(error), error.code, words, hint=hint, trace=trace, problems=problems)
    return int(getattr(error, "exit_code", ERROR))


def _tell(
    message: str,
    code: str,
    words: list[str],
    *,
    hint: str = "",
    trace: str = "",
    problems: Sequence[dict[str, str]] = (),
) -> None:
    from taskflows_cloud_core.cli.output.terminal import note

    note(lambda style: f"{style.bad('error')} {style.strong(f'[{code}]')}: {message}")
    if trace:
        note(trace)
    more = f"`{PROGRAM} explain {code}` tells more"
    note(lambda style: style.faint(f"{hint}; {more}" if hint else more))
    if "--json" in words:
        import json

        told = {"code": code, "message": message, "problems": list(problems)}
        click.echo(json.dumps({"error": told}, ensure_ascii=False, indent=2))
