"""The arguments of an environment's calls: refused at once when they cannot be meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment.pipeline import Request
from taskflows_cloud_core.errors import ConfigurationError, Problem
from taskflows_cloud_core.results import FunctionDescription

# Function, configuration, and where it has some of its own, dependencies.
Deployment: TypeAlias = (
    tuple[Callable[..., Any], CloudFunctionConfig]
    | tuple[Callable[..., Any], CloudFunctionConfig, Sequence[str] | None]
)


def full_request(
    function: Callable[..., Any], config: CloudFunctionConfig, dependencies: Sequence[str] | None
) -> Request:
    """The request for a whole deployment.

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
        dependencies=listed(dependencies),
    )


def full_requests(deployments: Sequence[Deployment], dependencies: Sequence[str] | None) -> list[Request]:
    """The requests for several deployments, each with its own dependencies or those of all.

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


def listed(dependencies: Sequence[str] | None) -> tuple[str, ...] | None:
    """The dependencies as a tuple; a lone ``str`` is refused, since it would be read letter by letter."""
    if dependencies is None:
        return None
    if isinstance(dependencies, str):
        raise TypeError(f"dependencies must be a list of str, not a str; write [{dependencies!r}]")
    if isinstance(dependencies, Mapping) or not isinstance(dependencies, Iterable):
        raise TypeError(f"dependencies must be a list of str, not {type(dependencies).__name__}")
    return tuple(dependencies)


def files_to_include(given: Sequence[str] | None, description: FunctionDescription) -> Sequence[str]:
    """The files that go with new code: those that the user gives, else those of the deployed code.

    Raises:
        ConfigurationError: None are given, and those of the deployed code cannot be read back.
    """
    if given is not None:
        return given
    if "include_files" in description.unreadable:
        name = description.function.name
        message = "those of the deployed code cannot be read back; give include_files=[...], or [] for none"
        raise ConfigurationError([Problem(field="include_files", message=message)], subject=f"function {name!r}")
    return description.config.include_files


def kept_with_the_code(wanted: CloudFunctionConfig, deployed: CloudFunctionConfig) -> Iterator[str]:
    """One warning for each setting that belongs to the code and is therefore not changed."""
    for field in ("runtime", "architecture"):
        kept, asked = getattr(deployed, field), getattr(wanted, field)
        if asked not in (None, kept):
            yield f"{field} stays {kept!r}, for which the code was made; deploy the function again to have {asked!r}"
    if wanted.include_files and wanted.include_files != deployed.include_files:
        yield "include_files belong to the code, which stays as it is; deploy the function again to change them"


def require_callable(function: object) -> None:
    """Refuse what cannot be called."""
    if not callable(function):
        raise TypeError(f"function must be a callable, not {type(function).__name__}")


def require_config(config: object) -> None:
    """Refuse what is no configuration."""
    if not isinstance(config, CloudFunctionConfig):
        raise TypeError(f"config must be a CloudFunctionConfig, not {type(config).__name__}")


def require_name(function_name: object) -> None:
    """Refuse what can be no function's name anywhere."""
    if not isinstance(function_name, str):
        raise TypeError(f"function_name must be a str, not {type(function_name).__name__}")
    if not function_name.strip():
        raise ValueError("function_name is empty")
