"""Loads a function that was packaged by value."""

from __future__ import annotations

import os
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:  # as in index.py
    from typing import Any

# The C parts alone: pickle and hashlib bring modules along that take longer to import than all of this.
try:
    from _pickle import Unpickler
except ImportError:
    from pickle import Unpickler


def load(folder: str, digest: str) -> Any:
    """Load the function, after its bytes have been checked.

    Args:
        folder: Where ``payload.pickle`` is.
        digest: What its sha256 must be, in hexadecimal.

    Raises:
        ImportError: The file is not the one that was packaged.
    """
    place = os.path.join(folder, "payload.pickle")
    with open(place, "rb") as stream:
        if _sha256(stream.read()) != digest:
            raise ImportError(
                "payload.pickle is not the file that was packaged: its sha256 differs from the manifest's"
            )
        stream.seek(0)
        return _Unpickler(stream).load()


def _sha256(data: bytes) -> str:
    for module in ("_sha2", "_sha256"):  # from Python 3.12 on, and before
        try:
            return str(import_module(module).sha256(data).hexdigest())
        except ModuleNotFoundError:
            continue
    return str(import_module("hashlib").sha256(data).hexdigest())


class _Unpickler(Unpickler):
    """Finds the functions of cloudpickle in the part of it that is in the package, if there is one."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "cloudpickle.cloudpickle":
            try:
                return getattr(import_module("_taskflows_cloud.loader"), name)
            except ModuleNotFoundError:  # all of cloudpickle is in the package
                pass
        return super().find_class(module, name)
