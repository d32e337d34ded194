"""Checks of single options and settings: each takes a value and returns what is wrong with it, or an empty text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from taskflows_cloud_core.errors import Problem

Check: TypeAlias = Callable[[Any], str]
"""A function that takes a value and returns what is wrong with it, or an empty text."""

# Python refuses to print an int of thousands of digits.
_LARGEST_SHOWN = 2**64


def find_problems(values: Mapping[str, Any], checks: Mapping[str, Check]) -> list[Problem]:
    """Apply checks.

    Args:
        values: By the name of the field.
        checks: By the name of the field.

    Returns:
        A problem for each field with a value that cannot be used.
    """
    messages = {name: check(values[name]) for name, check in checks.items()}
    return [Problem(field=name, message=message) for name, message in messages.items() if message]


def sequence(value: Any) -> Any:
    """A converter: any list becomes a tuple, everything else stays for the check to refuse."""
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping) else value


def text_like(pattern: re.Pattern[str], example: str) -> Check:
    """A text of a form, or ``None``."""

    def check(value: Any) -> str:
        if value is None or (isinstance(value, str) and pattern.fullmatch(value)):
            return ""
        return f"{value!r} is not of the form {example!r}"

    return check


def texts_like(pattern: re.Pattern[str], example: str, *, most: int) -> Check:
    """A tuple of different texts of a form, ``most`` at the most; `sequence` makes one of a list."""
    one = text_like(pattern, example)

    def check(values: Any) -> str:
        if not isinstance(values, tuple):
            return f"must be a list of str, not {type(values).__name__}"
        if len(values) > most:
            return f"has {len(values)} entries; it may have at most {most}"
        if None in values:
            return f"None is not of the form {example!r}"
        twice = [value for index, value in enumerate(values) if value in values[:index]]
        return "; ".join(filter(None, [*map(one, values), f"has {twice[0]!r} twice" if twice else ""]))

    return check


def within(allowed: range, *, unit: str = "", optional: bool = False) -> Check:
    """An int of a range.

    Args:
        allowed: All values that can be used.
        unit: For the message, for instance ``"seconds"``.
        optional: Accept ``None`` too.
    """

    def check(value: Any) -> str:
        if value is None and optional:
            return ""
        is_int = isinstance(value, int) and not isinstance(value, bool)
        if is_int and value in allowed:
            return ""
        shown = "too large" if is_int and abs(value) > _LARGEST_SHOWN else repr(value)
        return f"is {shown}; it must be an int of {allowed[0]} to {allowed[-1]} {unit}".rstrip()

    return check


def flag(value: Any) -> str:
    """``True`` or ``False``."""
    return "" if isinstance(value, bool) else "must be True or False"


def optional_flag(value: Any) -> str:
    """``True``, ``False`` or ``None``."""
    return "" if value is None else flag(value)


def one_of(*allowed: str, optional: bool = False) -> Check:
    """One of some words.

    Args:
        *allowed: The words.
        optional: Accept ``None`` too.
    """

    def check(value: Any) -> str:
        if value in allowed or (value is None and optional):
            return ""
        return f"is {value!r}; it must be one of {', '.join(map(repr, allowed))}"

    return check
