"""The decorator that says how a function is to be deployed, beside the function itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload
from weakref import WeakKeyDictionary

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig, require_settings

_Function = TypeVar("_Function", bound=Callable[..., Any])


@attrs.frozen(kw_only=True)
class MarkedFunction:
    """A function with the way it is to be deployed.

    Args:
        function: The function itself.
        config: Its configuration.
        dependencies: Requirements; ``None`` to find them from the code.
    """

    function: Callable[..., Any]
    config: CloudFunctionConfig
    dependencies: tuple[str, ...] | None


# Beside the functions and not on them: a mark on a function would be pickled along with it.
_MARKS: WeakKeyDictionary[Callable[..., Any], MarkedFunction] = WeakKeyDictionary()


@overload
def cloud_function(function: _Function, /) -> _Function: ...


@overload
def cloud_function(
    *, dependencies: Sequence[str] | None = None, **configuration: Any
) -> Callable[[_Function], _Function]: ...


def cloud_function(
    function: Callable[..., Any] | None = None,
    /,
    *,
    dependencies: Sequence[str] | None = None,
    **configuration: Any,
) -> Any:
    """Mark a function for deployment; the function itself stays as it is.

    Args:
        function: The function, when the decorator is used without arguments.
        dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
        configuration: The fields of `CloudFunctionConfig`. ``function_name`` is the function's own name, with
            ``-`` for ``_``, when it is not given.

    Returns:
        The function, or a decorator.

    Raises:
        ConfigurationError: The configuration has problems.
        TypeError: What is decorated is not callable, or an argument is no field of `CloudFunctionConfig`.
    """
    if isinstance(dependencies, str):
        raise TypeError(f"dependencies must be a list of str, not a str; write [{dependencies!r}]")

    require_settings(configuration, what="@cloud_function")

    def mark(marked: _Function) -> _Function:
        if not callable(marked):
            raise TypeError(f"@cloud_function marks functions, not {type(marked).__name__}")
        name = getattr(marked, "__name__", type(marked).__name__).strip("_").replace("_", "-")
        config = CloudFunctionConfig(**{"function_name": name, **configuration})
        needed = None if dependencies is None else tuple(dependencies)
        _MARKS[marked] = MarkedFunction(function=marked, config=config, dependencies=needed)
        return marked

    return mark if function is None else mark(function)


def marked(function: Callable[..., Any]) -> MarkedFunction | None:
    """How a function was marked; ``None`` when it was not."""
    return _MARKS.get(function)
