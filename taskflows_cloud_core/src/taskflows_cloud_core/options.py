"""Keywords given by a user, made into a provider's options object with every problem told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import attrs

from taskflows_cloud_core.errors import ConfigurationError, ConfigurationTypeError, Problem

_Options = TypeVar("_Options")
_NEEDED = "is needed"


def build_options(options_class: type[_Options], given: Mapping[str, Any], *, subject: str) -> _Options:
    """Make an options object.

    Args:
        options_class: An attrs class.
        given: Values by keyword.
        subject: What they are for, for instance ``"provider 'example'"``.

    Returns:
        The options.

    Raises:
        ConfigurationError: With every unknown keyword (and the near miss), every missing one, and what the
            class itself refuses; a `ConfigurationTypeError` when that is a wrong type. Values are not shown,
            unless the class itself raises a `ConfigurationError` that shows them.
    """
    fields = {field.alias or field.name: field for field in attrs.fields(options_class) if field.init}  # type: ignore[arg-type]  # an attrs class, as the caller promises
    problems = [Problem(field=str(name), message=_unknown(name, fields)) for name in given if name not in fields]
    problems += [
        Problem(field=name, message=_NEEDED)
        for name, field in fields.items()
        if field.default is attrs.NOTHING and name not in given
    ]
    kind = ConfigurationError
    try:
        options = options_class(**{name: value for name, value in given.items() if name in fields})
    except (TypeError, ValueError) as error:
        problems += _refused(error, fields, is_incomplete=any(problem.message == _NEEDED for problem in problems))
        if isinstance(error, ConfigurationTypeError):
            kind = ConfigurationTypeError
    if problems:
        raise kind(problems, subject=f"options of {subject}")
    return options


def _unknown(name: object, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(str(name).strip().lower(), names, n=1)
    if near:
        return f"is no option; did you mean {near[0]!r}?"
    return f"is no option; there are {', '.join(names)}" if names else "is no option; there are none"


def _refused(error: TypeError | ValueError, fields: Mapping[str, Any], *, is_incomplete: bool) -> list[Problem]:
    if isinstance(error, ConfigurationError):
        return list(error.problems)
    # Without a needed option the class could not even be called; that was told already.
    if is_incomplete:
        return []
    return [Problem(field=_field_in_question(error, fields), message=_without_values(error))]


def _field_in_question(error: TypeError | ValueError, fields: Mapping[str, Any]) -> str:
    """The field that a validator of attrs names in its error, as far as it does."""
    named = next((argument for argument in error.args if isinstance(argument, attrs.Attribute)), None)
    return named.name if named is not None and named.name in fields else "options"


def _without_values(error: TypeError | ValueError) -> str:
    """What was wrong, without the sentence of the error: that may hold the value, and a value may be a secret."""
    wanted = next((argument for argument in error.args[2:] if isinstance(argument, type)), None)
    if wanted is not None:
        return f"must be a {wanted.__name__}"
    return f"cannot be used: the options class refused it with a {type(error).__name__}"
