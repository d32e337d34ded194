"""Inert forms of the names of a package that is not here.

A module may name, build and keep them while it is imported; whoever reads a value out of them, a text or a
comparison too, gets a RuntimeError. So does who asks for their repr, but for the standard library, whose dataclasses,
signatures and logs do, and for the repr of an object that holds them.
"""

import sys
from collections.abc import Callable
from typing import Any, NoReturn

DECORATORS = frozenset({"cloud_function", "hookimpl", "hookspec"})
"""What does as much here as the real one."""

_ERROR_ENDINGS = ("Error", "Exception", "Unsupported", "Warning")


def attribute_of(module: str, distribution: str) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a stand-in module.

    Args:
        module: The module's full name.
        distribution: The distribution that has the real one.
    """
    made: dict[str, Any] = {}

    def get(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        if name not in made:
            made[name] = _inert(f"{module}.{name}", name, distribution)
        return made[name]

    return get


def _inert(path: str, name: str, distribution: str) -> Any:
    if name in DECORATORS:
        return _decorator
    if name.endswith(_ERROR_ENDINGS):
        return type(name, (Exception,), {"__module__": path.rpartition(".")[0]})
    if name[:1].isupper():
        return _class(name, _Inert, path, distribution)
    return _class(name, _InertName, path, distribution)()


def _class(name: str, base: type, path: str, distribution: str) -> Any:
    facts = {"_path": path, "_distribution": distribution, "__module__": path.rpartition(".")[0]}
    return _InertClass(name, (base,), facts)


def _decorator(*functions: Any, **_options: Any) -> Any:
    if len(functions) == 1 and callable(functions[0]):
        return functions[0]
    return lambda function: function


def _refuse(path: str, distribution: str) -> NoReturn:
    raise RuntimeError(
        f"{path} was used while the function was loaded or ran, but {distribution} is for deploying and not part of "
        f"the deployed package; to have it there, deploy with dependencies=[{distribution!r}, ...]"
    )


class _InertClass(type):
    """The class of inert classes: their attributes are inert too."""

    _path: str
    _distribution: str

    def __getattr__(cls, name: str) -> Any:
        if name == "__attrs_attrs__":  # the fields, for a copy with changes or an attrs class below this one
            _refuse(cls._path, cls._distribution)
        if name.startswith("__"):
            raise AttributeError(name)
        return _member(cls, name)

    def _used(cls, *_arguments: Any) -> NoReturn:
        _refuse(cls._path, cls._distribution)

    __iter__ = __len__ = __contains__ = __int__ = __float__ = __index__ = _used


class _Inert(metaclass=_InertClass):
    """An object that can be there and nothing more."""

    _path = _distribution = ""

    def __init__(self, *_arguments: Any, **_options: Any) -> None: ...

    def __class_getitem__(cls, _parameters: Any) -> Any:
        return cls

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _member(type(self), name)

    def __setstate__(self, _state: Any) -> None:
        """Forget what a pickle says of the real object."""

    def __call__(self, *_arguments: Any, **_options: Any) -> Any:
        _refuse(self._path, self._distribution)

    def __repr__(self) -> str:
        asker = sys._getframe(1)
        module = str(asker.f_globals.get("__name__", "")).partition(".")[0]
        if asker.f_code.co_name != "__repr__" and module not in sys.stdlib_module_names:
            _refuse(self._path, self._distribution)
        return f"<{self._path}, not part of the deployed package>"

    def __eq__(self, other: object) -> bool:
        return self is other or _refuse(self._path, self._distribution)

    __hash__ = object.__hash__

    def _used(self, *_arguments: Any) -> NoReturn:
        _refuse(self._path, self._distribution)

    __str__ = __format__ = __bytes__ = __fspath__ = __bool__ = __int__ = __float__ = __complex__ = __index__ = _used
    __len__ = __iter__ = __reversed__ = __contains__ = __getitem__ = __setitem__ = __delitem__ = _used
    __enter__ = __aenter__ = __await__ = __aiter__ = __anext__ = __next__ = _used
    __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _used
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = __and__ = __or__ = __xor__ = _used
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = __rand__ = _used
    __ror__ = __rxor__ = __matmul__ = __rmatmul__ = __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _used


class _InertName(_Inert):
    """A function or a submodule at the top of the package: may be called while a module is imported."""

    def __call__(self, *_arguments: Any, **_options: Any) -> Any:
        return _class(type(self).__name__, _Inert, self._path, self._distribution)()


def _member(owner: Any, name: str) -> Any:
    made = _class(name, _Inert, f"{owner._path}.{name}", owner._distribution)
    return made if name[:1].isupper() else made()
