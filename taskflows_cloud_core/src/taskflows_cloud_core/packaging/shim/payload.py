"""Loads a function that was packaged by value."""

import hashlib
import os
import pickle
from typing import Any


def load(folder: str, sha256: str) -> Any:
    """Load the function, after its bytes have been checked.

    Args:
        folder: Where ``payload.pickle`` is.
        sha256: What its digest must be, in hexadecimal.

    Raises:
        ImportError: The file is not the one that was packaged.
    """
    with open(os.path.join(folder, "payload.pickle"), "rb") as stream:  # noqa: PTH118, PTH123 - pathlib takes long to import
        data = stream.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ImportError("payload.pickle is not the file that was packaged: its sha256 differs from the manifest's")
    return pickle.loads(data)  # noqa: S301 - the digest was checked
