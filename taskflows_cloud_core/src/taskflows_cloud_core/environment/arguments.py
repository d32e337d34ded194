"""Check the arguments of an environment's calls, and build requests from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig

# A function, its configuration and, optionally, its own dependencies.
Deployment: TypeAlias = (
    tuple[Callable[..., Any], CloudFunctionConfig]
    | tuple[Callable[..., Any], CloudFunctionConfig, Sequence[str] | None]
)


@attrs.frozen(kw_only=True)
class Request:
    """A deployment that the user asks for.

    Args:
        name: The function's name.
        function: The code; ``None`` leaves it as it is.
        config: The configuration; ``None`` leaves it as it is.
        package_config: The configuration for packaging: ``config``, unless only the code is updated.
        dependencies: Requirements; ``None`` to find them from the code.
        with_schedules: Whether the schedules of ``config`` are wanted; ``False`` leaves them as they are.
    """

    name: str
    function: Callable[..., Any] | None
    config: CloudFunctionConfig | None
    package_config: CloudFunctionConfig
    dependencies: tuple[str, ...] | None = None
    with_schedules: bool = True


def full_request(
    function: Callable[..., Any], config: CloudFunctionConfig, dependencies: Sequence[str] | None
) -> Request:
    """Build the request for code, configuration and schedules.

    Raises:
        TypeError: An argument has the wrong type.
    """
    require_callable(function)
    require_config(config)
    return Request(
        name=config.function_name,
        function=function,
        config=config,
        package_config=config,
        dependencies=as_dependencies(dependencies),
    )


def full_requests(deployments: Sequence[Deployment], dependencies: Sequence[str] | None) -> list[Request]:
    """Build the requests for several deployments, each with its own dependencies or else those given for all.

    Raises:
        TypeError: An argument has the wrong type.
    """
    if isinstance(deployments, str | Mapping) or not isinstance(deployments, Iterable):
        raise TypeError(f"deployments must be a list of (function, config), not {type(deployments).__name__}")
    each = [_parts(index, deployment) for index, deployment in enumerate(deployments)]
    return [full_request(function, config, *(own or (dependencies,))) for function, config, *own in each]


def _parts(index: int, deployment: Any) -> Sequence[Any]:
    if isinstance(deployment, tuple | list) and len(deployment) in (2, 3):
        return deployment
    found = f"{len(deployment)} values" if isinstance(deployment, tuple | list) else type(deployment).__name__
    raise TypeError(f"deployments[{index}] must be (function, config) or (function, config, dependencies), not {found}")


def as_dependencies(dependencies: Sequence[str] | None) -> tuple[str, ...] | None:
    """Convert dependencies to a tuple. A ``str`` is refused, since it would be read character by character."""
    if dependencies is None:
        return None
    if isinstance(dependencies, str):
        raise TypeError(f"dependencies must be a list of str, not a str; write [{dependencies!r}]")
    if isinstance(dependencies, Mapping) or not isinstance(dependencies, Iterable):
        raise TypeError(f"dependencies must be a list of str, not {type(dependencies).__name__}")
    return tuple(dependencies)


def as_span(start: datetime | int | None, end: datetime | int | None) -> tuple[datetime | None, datetime | None]:
    """Convert the start and the end of a span of time, as `as_timestamp` does.

    Raises:
        TypeError: One of them is not a timestamp.
        ValueError: A datetime has no time zone, or the end is before the start.
    """
    first, last = as_timestamp(start, "start_time"), as_timestamp(end, "end_time")
    if first is not None and last is not None and last < first:
        raise ValueError(f"end_time {last.isoformat()} lies before start_time {first.isoformat()}")
    return first, last


def as_timestamp(value: datetime | int | None, name: str) -> datetime | None:
    """Convert an aware datetime, or milliseconds since the epoch as in ``taskflows.cloud``.

    Raises:
        TypeError: The value is neither.
        ValueError: A datetime has no time zone, or the number is out of range.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name} has no time zone; pass an aware datetime")
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an aware datetime or an int of milliseconds, not {type(value).__name__}")
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"{name} is {value}; that is no moment in milliseconds since 1970") from error


def require_callable(function: object) -> None:
    """Check that an argument can be called."""
    if not callable(function):
        raise TypeError(f"function must be a callable, not {type(function).__name__}")


def require_config(config: object) -> None:
    """Check that an argument is a configuration."""
    if not isinstance(config, CloudFunctionConfig):
        raise TypeError(f"config must be a CloudFunctionConfig, not {type(config).__name__}")


def require_name(function_name: object) -> None:
    """Check that an argument can be the name of a function."""
    if not isinstance(function_name, str):
        raise TypeError(f"function_name must be a str, not {type(function_name).__name__}")
    if not function_name.strip():
        raise ValueError("function_name is empty")
