"""Answers that are files: printed, or written into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs
import click

from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.cli.errors.classes import OutputError
from taskflows_cloud_core.cli.output.answers import Answer
from taskflows_cloud_core.cli.output.terminal import Style

output_option = click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files there instead of printing them.",
)


@attrs.frozen(kw_only=True)
class FilesAnswer(Answer):
    """Files, by name.

    Args:
        files: Their contents.
        written: Where they were written; empty when they were not.
    """

    files: Mapping[str, str] = attrs.field(converter=to_mapping)
    written: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)

    def text(self, style: Style) -> str:  # noqa: ARG002 - files have no colour
        """The files themselves; with their names when there are several."""
        if self.written:
            return "\n".join(f"wrote {path}" for path in self.written)
        if len(self.files) == 1:
            return next(iter(self.files.values())).rstrip("\n")
        return "\n".join(f"# {name}\n{content.rstrip()}\n" for name, content in self.files.items())


def as_files(files: Mapping[str, str], folder: Path | None) -> FilesAnswer:
    """Write files into a folder, when there is one.

    Raises:
        OutputError: They cannot be written.
    """
    if folder is None:
        return FilesAnswer(files=files)
    return FilesAnswer(files=files, written=[write_file(folder / _within(name), files[name]) for name in files])


def _within(name: str) -> Path:
    """A relative path that stays below; the name comes from a provider and from the names of functions."""
    parts = [part for part in Path(name).parts if part not in ("..", "/")]
    return Path(*parts)


def write_file(path: Path, content: str | bytes) -> str:
    """Write one file, and the folders above it.

    Returns:
        Its path.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
    return str(path)
