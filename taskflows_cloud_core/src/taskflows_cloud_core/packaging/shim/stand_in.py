"""Inert forms of the names of a package that is not here.

A module may name and build them while it is imported; whoever works with them gets a RuntimeError.
"""

from collections.abc import Callable
from typing import Any, NoReturn

_DECORATORS = ("cloud_function", "hookimpl", "hookspec")
_ERROR_ENDINGS = ("Error", "Exception", "Unsupported", "Warning")


def attribute_of(module: str, distribution: str) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a stand-in module.

    Args:
        module: The module's full name.
        distribution: The distribution that has the real one.
    """

    def get(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return _inert(f"{module}.{name}", name, distribution)

    return get


def _inert(path: str, name: str, distribution: str) -> Any:
    if name in _DECORATORS:
        return _decorator
    if name.endswith(_ERROR_ENDINGS):
        return type(name, (Exception,), {"__module__": path.rpartition(".")[0]})
    if name[:1].isupper():
        return _InertClass(name, (_Inert,), {"_path": path, "_distribution": distribution})
    return _InertClass(name, (_InertName,), {"_path": path, "_distribution": distribution})()


def _decorator(*functions: Any, **_options: Any) -> Any:
    if len(functions) == 1 and callable(functions[0]):
        return functions[0]
    return lambda function: function


def _refuse(path: str, distribution: str) -> NoReturn:
    raise RuntimeError(
        f"{path} was used while the function ran, but {distribution} is for deploying and not part of the deployed "
        f"package; to have it there, deploy with dependencies=[{distribution!r}, ...]"
    )


class _InertClass(type):
    """The class of inert classes: their attributes are inert too."""

    _path: str
    _distribution: str

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _member(cls, name)

    def __iter__(cls) -> NoReturn:
        _refuse(cls._path, cls._distribution)


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

    def _used(self, *_arguments: Any) -> NoReturn:
        _refuse(self._path, self._distribution)

    __bool__ = __len__ = __iter__ = __getitem__ = __contains__ = __enter__ = __aenter__ = _used
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = __await__ = __next__ = _used


class _InertName(_Inert):
    """A function or a submodule at the top of the package: may be called while a module is imported."""

    def __call__(self, *_arguments: Any, **_options: Any) -> Any:
        return _InertClass(type(self).__name__, (_Inert,), {"_path": self._path, "_distribution": self._distribution})()


def _member(owner: Any, name: str) -> Any:
    path = f"{owner._path}.{name}"
    bases = (_Inert,)
    made = _InertClass(name, bases, {"_path": path, "_distribution": owner._distribution})
    return made if name[:1].isupper() else made()
