"""What users may choose: for the provider as a whole, and for one function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core.errors import ConfigurationError, ConfigurationTypeError, Problem
from taskflows_cloud_core.options import build_options

Overlap: TypeAlias = Literal["skip", "queue", "allow"]
CatchUp: TypeAlias = Literal["none", "latest", "all"]

_OVERLAPS = ("skip", "queue", "allow")
_CATCH_UPS = ("none", "latest", "all")
_MOST_VERSIONS = 1_000_000


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
        problems = [
            *_not_one_of("overlap", self.overlap, _OVERLAPS),
            *_not_one_of("catch_up", self.catch_up, (*_CATCH_UPS, None)),
            *_not_within("keep_versions", self.keep_versions, _MOST_VERSIONS),
        ]
        if problems:
            raise ConfigurationError(problems)


def _not_one_of(field: str, value: Any, choices: Sequence[str | None]) -> Iterator[Problem]:
    if value not in choices:
        named = ", ".join(repr(choice) for choice in choices if choice is not None)
        yield Problem(field=field, message=f"is {value!r}; it must be one of {named}")


def _not_within(field: str, value: Any, most: int) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        yield Problem(field=field, message=f"is {value!r}; it must be an int of at least 1")
    elif value > most:
        yield Problem(field=field, message=f"is too large; it may be at most {most}")


def function_options(given: Mapping[str, Any], *, function_name: str) -> LocalFunctionOptions:
    """Read the options of one function.

    Args:
        given: What the configuration holds for this provider.
        function_name: Of the function, for the error.

    Raises:
        ConfigurationError: With every problem.
    """
    return build_options(LocalFunctionOptions, given, subject=f"'local' for function {function_name!r}")
