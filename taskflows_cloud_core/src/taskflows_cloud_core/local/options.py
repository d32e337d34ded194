"""What users may choose: for the provider as a whole, and for one function."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core.errors import ConfigurationError, ConfigurationTypeError, Problem
from taskflows_cloud_core.kit.checks import Check, find_problems, one_of, within
from taskflows_cloud_core.options import build_options

Overlap: TypeAlias = Literal["skip", "queue", "allow"]
CatchUp: TypeAlias = Literal["none", "latest", "all"]

_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "overlap": one_of("skip", "queue", "allow"),
        "catch_up": one_of("none", "latest", "all", optional=True),
        "keep_versions": within(range(1, 1_000_001)),
    }
)


def _root(value: Any) -> Path | None:
    if value is None:
        return None
    if not isinstance(value, str | PathLike) or isinstance(fspath(value), bytes):
        message = f"must be a path, not {type(value).__name__}"
        raise ConfigurationTypeError([Problem(field="root", message=message)])
    text = fspath(value)
    if not text.strip() or "\x00" in text:
        message = f"{text!r} is no folder; leave it out for the platform's own place"
        raise ConfigurationError([Problem(field="root", message=message)])
    return Path(text).expanduser().absolute()


@attrs.frozen(kw_only=True)
class LocalOptions:
    """The keywords of ``get_environment("local", ...)``.

    Args:
        root: The folder that holds everything; the platform's folder for the state of applications, when not
            given. It belongs to one user of the machine and cannot be shared between users.

    Raises:
        ConfigurationError: ``root`` is no path.
    """

    root: Path | None = attrs.field(default=None, converter=_root)

    @property
    def folder(self) -> Path:
        """The root, absolute."""
        if self.root is not None:
            return self.root
        from platformdirs import user_state_path

        return user_state_path("taskflows-cloud") / "local"


@attrs.frozen(kw_only=True)
class LocalFunctionOptions:
    """What ``provider_options={"local": {...}}`` of a configuration may hold.

    Args:
        overlap: What becomes of a due time that comes while a run of the function is under way or waits:
            ``"skip"`` it, ``"queue"`` it until the others have ended, or ``"allow"`` both at once.
        catch_up: What becomes of due times that passed while no scheduler was running: ``"none"`` runs none
            of them, ``"latest"`` the last one, ``"all"`` each of them, one after the other. When not given it is
            ``"latest"`` for a calendar that is ``persistent`` and ``"none"`` for everything else.
        keep_versions: How many versions of the code stay for a rollback, the live one included; 1 to a million.

    Raises:
        ConfigurationError: A value is none of these.
    """

    overlap: Overlap = "skip"
    catch_up: CatchUp | None = None
    keep_versions: int = 5

    def __attrs_post_init__(self) -> None:
        problems = find_problems({name: getattr(self, name) for name in _CHECKS}, _CHECKS)
        if problems:
            raise ConfigurationError(problems)


def function_options(given: Mapping[str, Any], *, function_name: str) -> LocalFunctionOptions:
    """Read the options of one function.

    Args:
        given: What the configuration holds for this provider.
        function_name: Of the function, for the error.

    Raises:
        ConfigurationError: With every problem.
    """
    return build_options(LocalFunctionOptions, given, subject=f"'local' for function {function_name!r}")
