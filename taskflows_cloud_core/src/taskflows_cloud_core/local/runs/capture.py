"""From the bytes that a process writes to lines with moment and severity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from taskflows_cloud_core.local.store.logs import LogLine
from taskflows_cloud_core.results import Level

# A line that is longer is cut into pieces, so that no process can fill the memory with one line.
LONGEST_LINE = 64 * 1024
_LEVEL = re.compile(r"\[?(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)\b")
_LEVELS: MappingProxyType[str, Level] = MappingProxyType(
    {
        "DEBUG": "DEBUG",
        "INFO": "INFO",
        "WARN": "WARNING",
        "WARNING": "WARNING",
        "ERROR": "ERROR",
        "CRITICAL": "CRITICAL",
        "FATAL": "CRITICAL",
    }
)


def level_of(message: str) -> Level | None:
    """The severity that a line begins with, as ``ERROR ...`` or ``[ERROR] ...``; ``None`` when with none."""
    found = _LEVEL.match(message)
    return None if found is None else _LEVELS[found[1]]


class LineSplitter:
    """Cuts one stream into lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes, at: int) -> Iterator[LogLine]:
        """Take bytes as they came.

        Args:
            data: Any piece of the stream.
            at: When it came, in microseconds since 1970.

        Returns:
            The lines that it ends.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            yield from _pieces(line.removesuffix(b"\r"), at)
        while len(self._rest) >= LONGEST_LINE:
            piece, self._rest = self._rest[:LONGEST_LINE], self._rest[LONGEST_LINE:]
            yield from _pieces(piece, at)

    def finish(self, at: int) -> Iterator[LogLine]:
        """The last line, when it has no line break."""
        if self._rest:
            yield from _pieces(self._rest, at)
        self._rest = b""


def _pieces(line: bytes, at: int) -> Iterator[LogLine]:
    for begin in range(0, max(len(line), 1), LONGEST_LINE):
        message = line[begin : begin + LONGEST_LINE].decode("utf-8", errors="replace")
        yield LogLine(at=at, message=message, level=level_of(message))
