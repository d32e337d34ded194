"""Failures of the user's own code while it is imported, shown as theirs: file, line, and nothing of ours."""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskflows_cloud_core.errors import CloudError, SourceNotFoundError, UserCodeError

_OURS = str(Path(__file__).parents[1])


@contextmanager
def telling_whose_fault(folder: Path, source: str) -> Iterator[None]:
    """Turn whatever leaves the user's code into an error that says where it happened.

    Args:
        folder: Files are named relative to it.
        source: The file or module that is imported, as the user wrote it.

    Raises:
        ModuleNotFoundError: ``source`` itself is the module that is missing.
        UserCodeError: The code failed.
    """
    try:
        yield
    except SyntaxError as error:
        raise _syntax(error, folder, source) from error
    except (KeyboardInterrupt, UserCodeError, SourceNotFoundError):
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (source == error.name or source.startswith(f"{error.name}.")):
            raise
        raise _raised(error, folder, source) from error
    except (Exception, SystemExit) as error:
        raise _raised(error, folder, source) from error


def _syntax(error: SyntaxError, folder: Path, source: str) -> UserCodeError:
    # What is no text at all has neither file nor line.
    file = source if error.filename is None else _relative(error.filename, folder)
    place = file if error.lineno is None else f"{file}, line {error.lineno}"
    lines = traceback.format_exception_only(error)
    return UserCodeError(f"{place}: {type(error).__name__}: {error.msg}", trace="".join(lines[1:-1]).rstrip())


def _raised(error: BaseException, folder: Path, source: str) -> CloudError:
    frames = _frames_of_user(error)
    place = f"{_relative(frames[-1].filename, folder)}, line {frames[-1].lineno}" if frames else source
    told = UserCodeError(f"{place}: {_sentence(error)}", trace=_trace(frames, folder))
    if isinstance(error, CloudError):
        told.code = error.code  # type: ignore[misc]  # what is wrong is what the error says, not that it was raised
    return told


def _sentence(error: BaseException) -> str:
    if isinstance(error, CloudError):
        return str(error)
    if isinstance(error, SystemExit):
        return "the file ends the program (sys.exit); put that behind `if __name__ == '__main__':`"
    if isinstance(error, ModuleNotFoundError):
        return f"{type(error).__name__}: {error}; install it in the environment of taskflows-cloud"
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _frames_of_user(error: BaseException) -> list[traceback.FrameSummary]:
    return [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_of_others(frame.filename)]


def _is_of_others(filename: str) -> bool:
    paths = sysconfig.get_paths()
    others = (_OURS, paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"])
    return filename.startswith("<") or any(Path(filename).is_relative_to(folder) for folder in others)


def _trace(frames: list[traceback.FrameSummary], folder: Path) -> str:
    if len(frames) < 2:  # the message names the only place already
        return ""
    return "\n".join(f"  {_relative(each.filename, folder)}, line {each.lineno}: {each.line}" for each in frames)


def _relative(filename: str, folder: Path) -> str:
    path = Path(filename)
    for base in (Path.cwd(), folder):
        if path.is_relative_to(base):
            return str(path.relative_to(base))
    return filename
