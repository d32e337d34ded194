"""``CloudFunctionConfig``: what means the same on every cloud."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs

from taskflows_cloud_core._frozen import FrozenDict
from taskflows_cloud_core.errors import ConfigurationError, ConfigurationTypeError, Problem
from taskflows_cloud_core.schedules import Schedule, as_schedule

ARCHITECTURES = ("x86_64", "arm64")
_RUNTIME = re.compile(r"python3\.\d{1,2}")
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# A check takes a value and says what is wrong with it; "" is nothing.
_Check: TypeAlias = Callable[[Any], str]


def running_runtime() -> str:
    """The runtime of the interpreter that runs this, for instance ``"python3.12"``."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _mapping(value: Any) -> Any:
    return FrozenDict(value) if isinstance(value, Mapping) else value


def _nested_mapping(value: Any) -> Any:
    """Freeze mappings and lists at every depth."""
    if isinstance(value, Mapping):
        return FrozenDict({key: _nested_mapping(inner) for key, inner in value.items()})
    return tuple(map(_nested_mapping, value)) if isinstance(value, list | tuple) else value


def _sequence(value: Any) -> Any:
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping) else value


def _schedules(value: Any) -> Any:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)


def _names_only(value: Any) -> str:
    return "{" + ", ".join(f"{name!r}: ..." for name in value) + "}"


@attrs.frozen(kw_only=True)
class CloudFunctionConfig:
    """How a function is to be deployed, apart from its code.

    Args:
        function_name: The name in the cloud, one line of printable text; each provider adds its own limits.
        runtime: ``"python3.12"`` and the like; the running interpreter's when not given.
        memory_mb: Memory limit in MiB, more than 0.
        timeout_seconds: A run is stopped after this many seconds, more than 0.
        ephemeral_storage_mb: Scratch space in MiB, more than 0.
        schedules: `Calendar` and `Periodic` objects, texts such as ``"Mon-Fri 09:00"``, or the schedule
            objects of the taskflows package; one alone need not be in a list.
        environment_variables: Names and texts. The texts never appear in a repr, a plan or an error.
        description: One line for people.
        tags: Labels for the cloud's own bookkeeping.
        architecture: ``"x86_64"`` or ``"arm64"``; ``None`` leaves it to the provider.
        max_concurrency: How many runs at once at the most; ``None`` leaves it to the provider.
        retries: How often a failed scheduled run is tried again; ``None`` leaves it to the provider.
        log_retention_days: How long logs are kept; ``None`` leaves it to the provider.
        include_files: Paths relative to the working directory, put into the package at the same place.
        build_from_source: Names of distributions that may be built from their source on the machine that deploys,
            which runs their setup code, when there are no wheels of them; the result has to be pure Python.
        allow_approximate: Accept the nearest schedule that the provider can say, with a warning.
        provider_options: Per provider, by name, what only that provider understands.

    Raises:
        ConfigurationError: With every problem found. It is a `ConfigurationTypeError`, and so a
            ``TypeError`` too, when a value has the wrong type.
    """

    function_name: str
    runtime: str = attrs.field(factory=running_runtime)
    memory_mb: int = 256
    timeout_seconds: int = 60
    ephemeral_storage_mb: int = 512
    schedules: tuple[Schedule, ...] = attrs.field(default=(), converter=_schedules)
    environment_variables: Mapping[str, str] = attrs.field(factory=dict, converter=_mapping, repr=_names_only)
    description: str = ""
    tags: Mapping[str, str] = attrs.field(factory=dict, converter=_mapping)
    architecture: str | None = None
    max_concurrency: int | None = None
    retries: int | None = None
    log_retention_days: int | None = None
    include_files: tuple[str, ...] = attrs.field(default=(), converter=_sequence)
    build_from_source: tuple[str, ...] = attrs.field(default=(), converter=_sequence)
    allow_approximate: bool = False
    provider_options: Mapping[str, Mapping[str, Any]] = attrs.field(
        factory=dict, converter=_nested_mapping, repr=_names_only
    )

    def __attrs_post_init__(self) -> None:
        problems = _Problems()
        self._coerce_schedules(problems)
        for field, check in _CHECKS.items():
            problems.check(field, getattr(self, field), check)
        for field in ("environment_variables", "tags"):
            _check_texts(problems, field, getattr(self, field))
        problems.raise_if_any(f"configuration of function {self.function_name!r}")

    def _coerce_schedules(self, problems: _Problems) -> None:
        coerced = []
        for index, value in enumerate(self.schedules):
            try:
                coerced.append(as_schedule(value))
            except (TypeError, ValueError) as error:
                problems.add(f"schedules[{index}]", str(error), wrong_type=isinstance(error, TypeError))
        object.__setattr__(self, "schedules", tuple(coerced))

    @property
    def python_version(self) -> str:
        """The minor version of the runtime, for instance ``"3.12"``."""
        return self.runtime.removeprefix("python")

    def options_for(self, provider: str) -> Mapping[str, Any]:
        """What ``provider_options`` holds for one provider; empty when there is nothing."""
        return self.provider_options.get(provider, {})


def require_settings(names: Iterable[str], *, what: str) -> None:
    """Refuse what is no field of `CloudFunctionConfig`, with the near miss.

    Args:
        names: The keywords that were given.
        what: Who took them, for the error.

    Raises:
        TypeError: One of them is no field.
    """
    known = [field.name for field in attrs.fields(CloudFunctionConfig)]
    unknown = [f"{name!r}{_meant(name, known)}" for name in names if name not in known]
    if unknown:
        raise TypeError(f"{what} has no {', '.join(unknown)}")


def _meant(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), known, n=1)
    near = near or [field for field in known if name.lower() in field.split("_")]
    return f" (did you mean {near[0]!r}?)" if near else f" (there are {', '.join(known)})"


class _WrongTypeError(Exception):
    """Carries a sentence from a check to the list of problems."""


class _Problems:
    """Collects problems and remembers whether one of them is a wrong type."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.wrong_type = False

    def add(self, field: str, message: str, *, wrong_type: bool = False) -> None:
        self.found.append(Problem(field=field, message=message))
        self.wrong_type |= wrong_type

    def check(self, field: str, value: Any, check: _Check) -> None:
        try:
            message = check(value)
        except _WrongTypeError as error:
            self.add(field, str(error), wrong_type=True)
        else:
            if message:
                self.add(field, message)

    def raise_if_any(self, subject: str) -> None:
        if self.found:
            kind = ConfigurationTypeError if self.wrong_type else ConfigurationError
            raise kind(self.found, subject=subject)


def _expect(value: Any, kind: type, wanted: str) -> None:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _WrongTypeError(f"must be {wanted}, not {type(value).__name__}")


def _line(value: Any) -> str:
    _expect(value, str, "a str")
    return "" if value.isprintable() else f"{value!r} has control or half characters; write it on one line"


def _name(value: Any) -> str:
    return _line(value) or ("" if value.strip() else "is empty; give the function a name")


def _runtime(value: Any) -> str:
    _expect(value, str, "a str like 'python3.12'")
    return "" if _RUNTIME.fullmatch(value) else f"{value!r} is not of the form 'python3.12'"


def _architecture(value: Any) -> str:
    return (
        "" if value is None or value in ARCHITECTURES else f"{value!r} is none of {', '.join(map(repr, ARCHITECTURES))}"
    )


def _positive(value: Any) -> str:
    _expect(value, int, "an int")
    return "" if value > 0 else f"is {value}; it must be more than 0"


def _at_least_0_or_none(value: Any) -> str:
    if value is None:
        return ""
    _expect(value, int, "an int or None")
    return "" if value >= 0 else f"is {value}; it must be at least 0"


def _positive_or_none(value: Any) -> str:
    return "" if value is None else _positive(value)


def _flag(value: Any) -> str:
    _expect(value, bool, "True or False")
    return ""


def _paths(value: Any) -> str:
    _expect(value, tuple, "a list of str")
    wrong = [item for item in value if not isinstance(item, str)]
    if wrong:
        raise _WrongTypeError(f"must hold str only, but has {type(wrong[0]).__name__}")
    return ""


def _options(value: Any) -> str:
    _expect(value, Mapping, "a dict of provider name to a dict of options")
    for name, options in value.items():
        _expect(options, Mapping, f"a dict of options for {name!r}")
    return ""


def _check_texts(problems: _Problems, field: str, value: Any) -> None:
    """Check a mapping of text to text without ever showing a value."""
    if not isinstance(value, Mapping):
        problems.add(field, f"must be a dict, not {type(value).__name__}", wrong_type=True)
        return
    for name, text in value.items():
        place = f"{field}[{name!r}]"
        if not isinstance(name, str) or not isinstance(text, str):
            shown = type(text if isinstance(name, str) else name).__name__
            problems.add(place, f"names and values must be str, not {shown}", wrong_type=True)
        elif field == "environment_variables" and not _VARIABLE_NAME.fullmatch(name):
            problems.add(place, "a variable's name has letters, digits and _ only and begins with no digit")
        elif "\x00" in text or not _is_utf8(text):
            problems.add(place, "the value has a NUL character, or half of a character that UTF-8 cannot hold")


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


_CHECKS: Mapping[str, _Check] = MappingProxyType(
    {
        "function_name": _name,
        "runtime": _runtime,
        "memory_mb": _positive,
        "timeout_seconds": _positive,
        "ephemeral_storage_mb": _positive,
        "description": _line,
        "architecture": _architecture,
        "max_concurrency": _at_least_0_or_none,
        "retries": _at_least_0_or_none,
        "log_retention_days": _positive_or_none,
        "include_files": _paths,
        "build_from_source": _paths,
        "allow_approximate": _flag,
        "provider_options": _options,
    }
)
