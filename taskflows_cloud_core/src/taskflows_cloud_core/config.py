"""``CloudFunctionConfig``: what means the same on every cloud."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
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

    ``None`` leaves a setting to the provider: hooks get the configuration with the provider's own defaults in it, as
    `resolved` makes it.

    Args:
        function_name: The name in the cloud, one line of printable text; each provider adds its own limits.
        runtime: ``"python3.12"`` and the like; ``None`` is the provider's own, or the running interpreter's.
        memory_mb: Memory limit in MiB, more than 0; ``None`` leaves it to the provider.
        timeout_seconds: A run is stopped after this many seconds, more than 0; ``None`` leaves it to the provider.
        ephemeral_storage_mb: Scratch space in MiB, more than 0; ``None`` leaves it to the provider.
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
    runtime: str | None = None
    memory_mb: int | None = None
    timeout_seconds: int | None = None
    ephemeral_storage_mb: int | None = None
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
    # What was given before defaults were filled in; it goes along with every copy.
    _given: frozenset[str] | None = attrs.field(default=None, alias="_given", eq=False, repr=False)

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
        """The minor version of the runtime, for instance ``"3.12"``; the running interpreter's when none is given."""
        return (self.runtime or running_runtime()).removeprefix("python")

    @property
    def given(self) -> frozenset[str]:
        """The names of the fields that were given; filling in defaults does not add to them."""
        if self._given is not None:
            return self._given
        return frozenset(name for name in setting_names() if _is_given(getattr(self, name)))

    def resolved(self, defaults: Mapping[str, Any]) -> CloudFunctionConfig:
        """The configuration with defaults in place of what was not given; `given` stays as it is.

        Args:
            defaults: Field to value, as in ``ProviderInfo.defaults``. Without a runtime there, it is the running
                interpreter's.

        Returns:
            The configuration; a setting that has no default stays ``None``.

        Raises:
            ConfigurationError: A default cannot be used.
        """
        filled = {"runtime": running_runtime(), **defaults}
        missing = {name: value for name, value in filled.items() if getattr(self, name) is None}
        return attrs.evolve(self, **missing, _given=self.given)

    def options_for(self, provider: str) -> Mapping[str, Any]:
        """What ``provider_options`` holds for one provider; empty when there is nothing."""
        return self.provider_options.get(provider, {})


def _is_given(value: Any) -> bool:
    """Whether a field's value is none of those that stand for nothing; 0 is a number that somebody gave."""
    return value is not None and value is not False and value not in ("", (), {})


def setting_names() -> tuple[str, ...]:
    """The names of the fields of `CloudFunctionConfig`."""
    return tuple(field.name for field in attrs.fields(CloudFunctionConfig) if not field.name.startswith("_"))


def default_problems(defaults: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the defaults of a provider: only settings that may be ``None`` have one.

    Args:
        defaults: Field to value.
    """
    optional = {field.name for field in attrs.fields(CloudFunctionConfig) if field.default is None} - {"_given"}
    problems = [
        Problem(field=name, message=f"is no setting that may have a default{_meant(name, sorted(optional))}")
        for name in defaults
        if name not in optional
    ]
    try:
        CloudFunctionConfig(function_name="any", **{name: defaults[name] for name in defaults if name in optional})
    except ConfigurationError as error:
        problems += error.problems
    return problems


def require_settings(names: Iterable[str], *, what: str) -> None:
    """Refuse what is no field of `CloudFunctionConfig`, with the near miss.

    Args:
        names: The keywords that were given.
        what: Who took them, for the error.

    Raises:
        TypeError: One of them is no field.
    """
    known = setting_names()
    unknown = [f"{name!r}{_meant(name, known)}" for name in names if name not in known]
    if unknown:
        raise TypeError(f"{what} has no {', '.join(unknown)}")


def _meant(name: str, known: Sequence[str]) -> str:
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
    if value is None:
        return ""
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
        "memory_mb": _positive_or_none,
        "timeout_seconds": _positive_or_none,
        "ephemeral_storage_mb": _positive_or_none,
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
