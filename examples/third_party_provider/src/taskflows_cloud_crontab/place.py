"""The folder: settings, code and logs of functions, and the crontab that is made from them."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import attrs

from taskflows_cloud_core import ConfigurationError, FunctionNotFoundError, OperationError, Problem
from taskflows_cloud_crontab import launcher, lines

NAME_CHARACTERS = 64
_DRAFT = ".draft-"
NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{NAME_CHARACTERS - 1}}}")


@attrs.frozen
class Place:
    """``crontab``, ``launcher.py``, and ``functions/NAME`` with ``function.json``, ``log.jsonl`` and a folder of code.

    Args:
        folder: An absolute path.
    """

    folder: Path

    @classmethod
    def at(cls, folder):
        """The place at a folder, which need not be there yet."""
        if not folder.isprintable():
            problem = Problem(field="folder", message="has control characters, which a crontab cannot hold")
            raise ConfigurationError([problem], subject="options of provider 'crontab'")
        return cls(Path(folder).expanduser().absolute())

    def home(self, name):
        """The folder of one function."""
        if not NAME.fullmatch(name):
            raise FunctionNotFoundError(f"no function {name!r} in {self.folder}: that is no name here")
        return self.folder / "functions" / name

    def names(self):
        """The names of the functions that are there, sorted."""
        return sorted(path.parent.name for path in (self.folder / "functions").glob("*/function.json"))

    def read(self, name):
        """The state of a function, ``None`` when there is none."""
        try:
            return json.loads((self.home(name) / "function.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, FunctionNotFoundError):
            return None

    def get(self, name):
        """The state of a function.

        Raises:
            FunctionNotFoundError: There is none.
        """
        found = self.read(name)
        if found is None:
            there = ", ".join(self.names()) or "none"
            raise FunctionNotFoundError(f"no function {name!r} in {self.folder}; there are: {there}")
        return found

    def packages(self, name):
        """The digests of the code that is unpacked, also of a function that is not there any more."""
        if not NAME.fullmatch(name):
            return []
        return sorted(path.name for path in (self.home(name) / "code").glob("*"))

    def log(self, name):
        """The lines of a function's log, oldest first."""
        try:
            text = (self.home(name) / "log.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [{**json.loads(line), "id": str(number)} for number, line in enumerate(text.splitlines())]

    @contextlib.contextmanager
    def locked(self):
        """Let nobody else change the folder meanwhile; the lock goes with the process that has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            self._remove_drafts()
            yield

    def _remove_drafts(self):
        """Remove what a process that was killed was writing."""
        for draft in self.folder.glob(f"{_DRAFT}*"):
            if draft.is_dir():
                shutil.rmtree(draft)
            else:
                draft.unlink()

    @contextlib.contextmanager
    def changing(self, name):
        """Change the state of a function that is there; the crontab follows."""
        with self.locked():
            function = self.get(name)
            yield function
            self.write(name, function)

    def write(self, name, function):
        """Write the crontab, and the state of a function, for its owner's eyes only."""
        self.home(name).mkdir(parents=True, exist_ok=True)
        # The crontab comes first: what is read in the state is then true, also after a death in between.
        self._write_crontab(self._functions() | {name: function})
        self._replace(self.home(name) / "function.json", json.dumps(function, indent=1))

    def unpack(self, name, package):
        """Unpack code; a folder of code is whole or not there."""
        wanted = self.home(name) / "code" / package.sha256
        if wanted.exists():
            return
        wanted.parent.mkdir(parents=True, exist_ok=True)
        with self.locked(), tempfile.TemporaryDirectory(dir=self.folder, prefix=_DRAFT) as scratch:
            with zipfile.ZipFile(package.path) as archive:
                archive.extractall(Path(scratch) / "code")
            (Path(scratch) / "code").rename(wanted)

    def drop_package(self, name, sha256):
        """Remove one folder of code."""
        shutil.rmtree(self.home(name) / "code" / sha256, ignore_errors=True)

    def drop_function(self, name):
        """Remove the lines of a function and its state."""
        self._write_crontab({other: function for other, function in self._functions().items() if other != name})
        (self.home(name) / "function.json").unlink(missing_ok=True)

    def has_home(self, name):
        """Whether anything of a function is left, be it its log alone."""
        return bool(NAME.fullmatch(name)) and self.home(name).exists()

    def drop_home(self, name):
        """Remove what is left of a function that is gone: its log."""
        with self.locked():
            if self.read(name) is None:
                shutil.rmtree(self.home(name), ignore_errors=True)

    def _functions(self):
        return {name: self.read(name) for name in self.names()}

    def _write_crontab(self, functions):
        source = Path(launcher.__file__).read_text(encoding="utf-8")
        self._replace(self.folder / "launcher.py", source)
        self._replace(self.folder / "crontab", lines.render(self.folder, functions))

    def _replace(self, path, text):
        """Write a file in one step, readable by its owner alone."""
        try:
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=_DRAFT)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            Path(name).replace(path)
        except OSError as error:
            raise OperationError(f"{path} cannot be written: {error}") from error
