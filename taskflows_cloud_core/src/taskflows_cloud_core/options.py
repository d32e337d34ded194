"""Keywords given by a user, made into a provider's options object with every problem told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import attrs

from taskflows_cloud_core.errors import ConfigurationError, ConfigurationTypeError, Problem

_Options = TypeVar("_Options")


def build_options(options_class: type[_Options], given: Mapping[str, Any], *, subject: str) -> _Options:
    """Make an options object.

    Args:
        options_class: An attrs class.
        given: Values by keyword.
        subject: What they are for, for instance ``"provider 'aws'"``.

    Returns:
        The options.

    Raises:
        ConfigurationError: With every unknown keyword (and the near miss), every missing one, and what the
            class itself refuses; a `ConfigurationTypeError` when that is a wrong type.
    """
    fields = {field.alias or field.name: field for field in attrs.fields(options_class) if field.init}  # type: ignore[arg-type]  # an attrs class, as the caller promises
    problems = [Problem(field=name, message=_unknown(name, fields)) for name in given if name not in fields]
    problems += [
        Problem(field=name, message="is needed")
        for name, field in fields.items()
        if field.default is attrs.NOTHING and name not in given
    ]
    kind = ConfigurationError
    try:
        options = options_class(**{name: value for name, value in given.items() if name in fields})
    except (TypeError, ValueError) as error:
        problems += _refused(error, already_told=bool(problems))
        if isinstance(error, ConfigurationTypeError):
            kind = ConfigurationTypeError
    if problems:
        raise kind(problems, subject=f"options of {subject}")
    return options


def _unknown(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"is no option; did you mean {near[0]!r}?"
    return f"is no option; there are {', '.join(names)}" if names else "is no option; there are none"


def _refused(error: TypeError | ValueError, *, already_told: bool) -> list[Problem]:
    if isinstance(error, ConfigurationError):
        return list(error.problems)
    # A missing argument is told above already, and attrs' own sentence adds nothing to it.
    if isinstance(error, TypeError) and "required" in str(error) and already_told:
        return []
    return [Problem(field="options", message=str(error.args[0] if error.args else error))]
