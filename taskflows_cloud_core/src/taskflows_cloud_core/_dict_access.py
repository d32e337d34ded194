"""Reading a result like a ``dict``, for programs that were written for ``taskflows.cloud``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class ReadAsDict:
    """Gives a class ``[]``, ``in``, ``get`` and ``keys`` over what its ``_as_dict`` returns."""

    __slots__ = ()

    def _as_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    def __getitem__(self, key: str) -> Any:
        return self._as_dict()[key]

    def __contains__(self, key: object) -> bool:
        return key in self._as_dict()

    def __iter__(self) -> Iterator[str]:
        return iter(self._as_dict())

    def keys(self) -> list[str]:
        """The keys that ``[]`` takes."""
        return list(self._as_dict())

    def get(self, key: str, default: Any = None) -> Any:
        """The value of ``key``, or ``default``."""
        return self._as_dict().get(key, default)
