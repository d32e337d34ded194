"""A callable by value: the same bytes for the same code, in any process.

cloudpickle does the work. What it leaves to chance is settled here: the order of sets, the identity of equal
texts, the random identifiers of classes, the paths of source files.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from enum import EnumType
from pathlib import PurePath
from types import CodeType, FunctionType, ModuleType
from typing import Any, ClassVar

import attrs

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.pickling.pickling_errors import explain
from taskflows_cloud_core.packaging.pickling.reducers import (
    implementations_of,
    is_cached,
    is_dispatcher,
    parts_of_cached,
    reduce_standard,
)

_SECRET_NAME = re.compile(r"token|secret|passw|credential|api_?key|private_?key|access_?key", re.IGNORECASE)
PROTOCOL = 5
"""The newest protocol that every supported Python reads."""

_CLOUDPICKLE = "cloudpickle.cloudpickle"
_SCRIPTS = ("__main__", "__mp_main__")
# The twin of pickle.Pickler in Python: slower, but every step of it can be overridden.
_PythonPickler: Any = vars(pickle)["_Pickler"]


@attrs.frozen(kw_only=True)
class Payload:
    """A pickled callable and what it refers to.

    Args:
        data: The pickle.
        sha256: Of ``data``, in hexadecimal.
        modules: The full names of the modules that loading it imports.
        cloudpickle_names: What it uses of the module ``cloudpickle.cloudpickle``.
        secrets: Names of variables inside whose values are texts and may be secrets.
        functions: The code that is inside, with the package that its relative imports start from.
    """

    data: bytes = attrs.field(repr=False)
    sha256: str
    modules: tuple[str, ...]
    cloudpickle_names: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    functions: tuple[tuple[CodeType, str], ...] = attrs.field(repr=False)

    @property
    def has_bytecode(self) -> bool:
        """Whether it can be loaded by the running minor version of Python alone."""
        return bool(self.functions)

    @property
    def needs_cloudpickle(self) -> bool:
        """Whether loading it takes more than the standard library's pickle."""
        return any(module.partition(".")[0] == "cloudpickle" for module in self.modules)


def pickle_callable(function: Callable[..., Any], *, name: str) -> Payload:
    """Pickle a callable and note what it refers to.

    Args:
        function: The callable.
        name: Of it, for messages.

    Raises:
        PackagingError: It holds something that cannot be sent elsewhere; the message says where.
    """
    stream = io.BytesIO()
    pickler = _pickler_class()(stream)
    try:
        pickler.dump(function)
    except Exception as error:
        raise PackagingError(explain(name, list(reversed(pickler.trail)), error)) from error
    data = stream.getvalue()
    return Payload(
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        modules=tuple(sorted(pickler.modules)),
        cloudpickle_names=tuple(sorted(pickler.cloudpickle_names)),
        secrets=tuple(sorted(pickler.secrets)),
        functions=tuple(pickler.functions),
    )


def _pickler_class() -> Any:
    """Make the pickler class; cloudpickle is loaded only now."""
    import cloudpickle  # type: ignore[import-untyped]  # it has no types

    class StablePickler(_Stable, cloudpickle.Pickler):  # type: ignore[misc]  # as above
        # The C pickler beneath has descriptors of these names; the Python one keeps its own values in them.
        memo: Any = None
        bin: Any = None
        fast: Any = None
        dispatch: ClassVar[dict[Any, Any]] = _Stable.dispatch

        def __init__(self, stream: io.BytesIO, parent: Any = None) -> None:
            _Stable.__init__(self, stream, parent)
            self.globals_ref: dict[int, dict[str, Any]] = {}

        def reducer_override(self, obj: Any) -> Any:
            return self.settle(obj, cloudpickle.Pickler.reducer_override, cloudpickle.Pickler.dispatch_table)

    return StablePickler


class _Stable(_PythonPickler):  # type: ignore[misc]  # its type is not known
    """The part that knows nothing of cloudpickle."""

    dispatch: ClassVar[dict[Any, Any]] = dict(_PythonPickler.dispatch)

    def __init__(self, stream: io.BytesIO, parent: _Stable | None = None) -> None:
        super().__init__(stream, protocol=PROTOCOL)
        self.trail: list[Any] = []
        self.modules: set[str] = parent.modules if parent else set()
        self.cloudpickle_names: set[str] = parent.cloudpickle_names if parent else set()
        self.functions: list[tuple[CodeType, str]] = []
        self.secrets: set[str] = set()
        self._texts: dict[Any, Any] = {}
        self._class_ids: dict[str, str] = parent._class_ids if parent else {}
        self._class_names: dict[str, int] = parent._class_names if parent else {}

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:  # noqa: FBT001, FBT002 - the inherited signature
        try:
            if id(obj) in self.memo:
                super().save(obj, save_persistent_id)
            elif is_cached(obj):
                self.save_cached(obj)
            elif is_dispatcher(obj):
                self.save_dispatcher(obj)
            else:
                super().save(obj, save_persistent_id)
        except Exception:
            self.trail.append(obj)
            raise

    def save_cached(self, cached: Any) -> None:
        """Save a function behind a cache."""
        make, arguments, names = parts_of_cached(cached)
        with self._begun(cached.__wrapped__):
            self.save_reduce(make, arguments, names, obj=cached)

    def save_dispatcher(self, dispatcher: Any) -> None:
        """Save a function of ``functools.singledispatch``: its base, then all that is registered."""
        with self._begun(dispatcher.__wrapped__):
            self.save_reduce(functools.singledispatch, (dispatcher.__wrapped__,), obj=dispatcher)
            for registered in implementations_of(dispatcher):
                self.save_reduce(getattr, (dispatcher, "register"))
                self.save(registered)
                self.write(pickle.REDUCE + pickle.POP)

    @contextlib.contextmanager
    def _begun(self, function: Any) -> Iterator[None]:
        """Save a function without what it refers to, and that at the end: it may refer to what is made of it."""
        reduced = None if id(function) in self.memo else self.reducer_override(function)
        later = reduced if isinstance(reduced, tuple) and len(reduced) == 6 else None
        if later is not None:
            self.save_reduce(*later[:2], obj=function)
            self.write(pickle.POP)
        yield
        if later is not None:
            self.save_reduce(later[5], (function, later[2]))
            self.write(pickle.POP)

    def save_global(self, obj: Any, name: str | None = None) -> None:
        found = name or getattr(obj, "__qualname__", None) or obj.__name__
        module = str(pickle.whichmodule(obj, found))  # type: ignore[attr-defined]  # no stub
        if module in _SCRIPTS and module in sys.modules:
            raise pickle.PicklingError(f"{found} is known by its name alone, in a script")
        self.modules.add(module)
        if module == _CLOUDPICKLE:
            self.cloudpickle_names.add(found)
        super().save_global(obj, name)

    def save_text(self, obj: Any) -> None:
        """Save a str or bytes; equal ones are one object, whatever the interpreter shares."""
        kept = self._texts.setdefault((type(obj), obj), obj)
        known = self.memo.get(id(kept))
        if known is not None:
            self.write(self.get(known[0]))
        else:
            _PythonPickler.dispatch[type(obj)](self, kept)

    def save_sorted(self, obj: Any) -> None:
        """Save a set or frozenset in the order of its elements' pickles."""
        elements = sorted(obj, key=self._pickled)
        self.save_reduce(type(obj), (elements,), obj=obj)

    def _pickled(self, obj: Any) -> bytes:
        stream = io.BytesIO()
        type(self)(stream, self).dump(obj)
        return stream.getvalue()

    def settle(self, obj: Any, reduce: Callable[[Any, Any], Any], table: Any) -> Any:
        """Reduce an object as cloudpickle does, then take chance out of the answer."""
        if isinstance(obj, CodeType):
            return table[CodeType](obj.replace(co_filename=_filename(obj)))
        if isinstance(obj, ModuleType) and obj.__name__ in sys.modules:
            self.modules.add(obj.__name__)
        if isinstance(obj, io.IOBase) and obj not in (sys.stdout, sys.stderr):
            raise TypeError(f"cannot pickle {type(obj).__name__!r} object")
        reduced = reduce_standard(obj)
        if reduced is None:
            reduced = reduce(self, obj)
        if not isinstance(reduced, tuple):
            return reduced
        if isinstance(obj, FunctionType):
            return self._settled_function(obj, reduced)
        if isinstance(obj, type):
            return self._settled_class(obj, reduced)
        return reduced

    def _settled_function(self, function: FunctionType, reduced: tuple[Any, ...]) -> tuple[Any, ...]:
        package = function.__globals__.get("__package__") or ""
        self.functions.append((function.__code__, package))
        self.secrets |= {name for name, value in _variables(function) if _may_be_secret(name, value)}
        for value in (*reduced[1], *(state.get("__globals__") for state in reduced[2])):
            if isinstance(value, dict) and isinstance(value.get("__file__"), str):
                value["__file__"] = PurePath(value["__file__"]).name
        for value in reduced[2]:
            submodules = value.get("_cloudpickle_submodules")
            if submodules:
                value["_cloudpickle_submodules"] = sorted(submodules, key=lambda module: str(module.__name__))
        return reduced

    def _settled_class(self, cls: type, reduced: tuple[Any, ...]) -> tuple[Any, ...]:
        arguments = tuple(self._class_id(cls, value) if _is_random_id(value) else value for value in reduced[1])
        states = reduced[2] if len(reduced) > 2 else ()
        if states and not isinstance(cls, EnumType) and cls.__qualname__ != cls.__name__:
            states[0]["__qualname__"] = cls.__qualname__  # which cloudpickle forgets
        for state in states:
            if "_abc_impl" in state:
                state["_abc_impl"] = sorted(
                    state["_abc_impl"], key=lambda kind: f"{kind.__module__}.{kind.__qualname__}"
                )
            if "__dataclass_fields__" in state and str(state.get("__doc__")).startswith(f"{cls.__name__}("):
                state["__doc__"] = None  # made by dataclass from the reprs of the defaults, sets among them
            if "__static_attributes__" in state:  # Python 3.13 fills it from a set
                state["__static_attributes__"] = tuple(sorted(state["__static_attributes__"]))
        return (reduced[0], arguments, *reduced[2:])

    def _class_id(self, cls: type, random_id: str) -> str:
        if random_id not in self._class_ids:
            name = f"{cls.__module__}.{cls.__qualname__}"
            count = self._class_names[name] = self._class_names.get(name, 0) + 1
            self._class_ids[random_id] = hashlib.sha256(f"{name}#{count}".encode()).hexdigest()[:32]
        return self._class_ids[random_id]


def _filename(code: CodeType) -> str:
    """The name of a source without its folder; what was typed in has a name that does not count the inputs."""
    return "<dynamic-code>" if code.co_filename.startswith("<") else PurePath(code.co_filename).name


def _variables(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The variables outside a function that it uses, with their values."""
    yield from ((name, function.__globals__.get(name)) for name in function.__code__.co_names)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # not assigned yet
            continue


def _may_be_secret(name: str, value: Any) -> bool:
    return isinstance(value, str | bytes) and bool(value) and bool(_SECRET_NAME.search(name))


def _is_random_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 32 and not set(value) - set("0123456789abcdef")


_Stable.dispatch[str] = _Stable.save_text
_Stable.dispatch[bytes] = _Stable.save_text
_Stable.dispatch[set] = _Stable.save_sorted
_Stable.dispatch[frozenset] = _Stable.save_sorted
_Stable.dispatch[FunctionType] = _Stable.save_global
