"""Checks of single options: each takes a value and says what is wrong with it; an empty text is nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any], str]

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_ACCOUNT = r"\d{12}"
_PLACE = rf"[a-z0-9-]+:{_ACCOUNT}"
LAYER = re.compile(rf"arn:aws[a-z-]*:lambda:{_PLACE}:layer:[a-zA-Z0-9_-]{{1,140}}:\d+")
QUEUE_OR_TOPIC = re.compile(rf"arn:aws[a-z-]*:(sqs|sns):{_PLACE}:[a-zA-Z0-9_.-]+")
TOPIC = re.compile(rf"arn:aws[a-z-]*:sns:{_PLACE}:[a-zA-Z0-9_-]{{1,256}}")
KEY = re.compile(rf"arn:aws[a-z-]*:kms:{_PLACE}:(key|alias)/[a-zA-Z0-9/_-]+")
ACCESS_POINT = re.compile(rf"arn:aws[a-z-]*:elasticfilesystem:{_PLACE}:access-point/fsap-[a-f0-9]{{17}}")
SIGNING = re.compile(rf"arn:aws[a-z-]*:lambda:{_PLACE}:code-signing-config:csc-[a-z0-9]{{17}}")
SUBNET = re.compile(r"subnet-[0-9a-z]+")
SECURITY_GROUP = re.compile(r"sg-[0-9a-zA-Z]+")
# AWS Lambda API Reference, FileSystemConfig (API_FileSystemConfig.html), 2026-11-25.
MOUNT_PATH = re.compile(r"/mnt/[a-zA-Z0-9-_.]{1,155}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


def sequence(value: Any) -> Any:
    """A converter: any list becomes a tuple, everything else stays for the check to refuse."""
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping) else value


def text(pattern: re.Pattern[str], example: str) -> Check:
    """A text of a form, or nothing."""

    def check(value: Any) -> str:
        if value is None or (isinstance(value, str) and pattern.fullmatch(value)):
            return ""
        return f"{value!r} is not of the form {example!r}"

    return check


def texts(pattern: re.Pattern[str], example: str, most: int) -> Check:
    """A list of texts of a form."""
    one = text(pattern, example)

    def check(values: Any) -> str:
        if not isinstance(values, tuple):
            return f"must be a list of str, not {type(values).__name__}"
        if len(values) > most:
            return f"has {len(values)} entries; AWS takes {most}"
        if None in values:
            return f"None is not of the form {example!r}"
        twice = [value for index, value in enumerate(values) if value in values[:index]]
        return "; ".join(filter(None, [*map(one, values), f"has {twice[0]!r} twice" if twice else ""]))

    return check


def within(allowed: range, *, optional: bool = False) -> Check:
    """A whole number of a range."""

    def check(value: Any) -> str:
        if (value is None and optional) or (
            isinstance(value, int) and not isinstance(value, bool) and value in allowed
        ):
            return ""
        return f"is {value!r}; it must be an int of {allowed[0]} to {allowed[-1]}"

    return check


def role(value: Any) -> str:
    """The ARN of a role, or nothing."""
    if value is None or (isinstance(value, str) and _ROLE_ARN.fullmatch(value)):
        return ""
    return f"{value!r} is not of the form 'arn:aws:iam::123456789012:role/name'"


def flag(value: Any) -> str:
    """Yes or no."""
    return "" if isinstance(value, bool) else "must be True or False"


def optional_flag(value: Any) -> str:
    """Yes, no, or nothing said."""
    return "" if value is None else flag(value)


def one_of(*allowed: str) -> Check:
    """One of some words."""

    def check(value: Any) -> str:
        return "" if value in allowed else f"{value!r} is none of {', '.join(map(repr, allowed))}"

    return check
