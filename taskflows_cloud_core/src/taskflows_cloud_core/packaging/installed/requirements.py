"""Dependencies as users write them: names and versions, nothing that could run or reach elsewhere."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from taskflows_cloud_core.errors import Problem

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_FORM = "write a name with an optional version, for instance 'requests>=2.31'"


def check_dependencies(dependencies: Sequence[str] | None) -> list[Problem]:
    """Check dependencies before anything is fetched.

    Args:
        dependencies: As a user gives them; ``None`` means that they are found from the code.

    Returns:
        All problems: each text must be a requirement of PEP 508 without a URL, on one line.
    """
    if dependencies is None:
        return []
    if isinstance(dependencies, str) or not isinstance(dependencies, Sequence):
        kind = type(dependencies).__name__
        return [Problem(field="dependencies", message=f"must be a list of str, not {kind}; {_FORM}")]
    problems = []
    for index, text in enumerate(dependencies):
        message = _wrong_with(text)
        if message:
            problems.append(Problem(field=f"dependencies[{index}]", message=message))
    return problems


_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def check_names(field: str, names: Sequence[object]) -> list[Problem]:
    """Check names of distributions.

    Args:
        field: What they were given for.
        names: As a user gives them.

    Returns:
        All problems: each has to be a name without a version (PEP 508).
    """
    return [
        Problem(field=f"{field}[{index}]", message=f"{name!r} is not the name of a distribution, like 'docopt'")
        for index, name in enumerate(names)
        if not isinstance(name, str) or not _NAME.fullmatch(name)
    ]


def _wrong_with(text: object) -> str:
    if not isinstance(text, str):
        return f"must be a str, not {type(text).__name__}; {_FORM}"
    if not text.isprintable() or not text.strip():
        return f"{without_credentials(text)!r} is empty or has control characters; {_FORM}"
    if text.lstrip().startswith("-"):
        return f"{without_credentials(text)!r} is an option, not a requirement; {_FORM}"
    if "@" in text or "://" in text:
        return f"{without_credentials(text)!r} names a URL; only versions of a package index can be packaged: {_FORM}"
    try:
        _parse(text)
    except ValueError as error:
        return f"{text!r} is no requirement ({str(error).splitlines()[0]}); {_FORM}"
    return ""


@functools.lru_cache(maxsize=1024)
def _parse(text: str) -> Requirement:
    from packaging.requirements import Requirement

    return Requirement(text)


def refuse_single_text(field: str, value: object) -> None:
    """Refuse a text where a list of texts belongs, before it is taken letter by letter.

    Args:
        field: What the value was given for.
        value: As the user gave it.

    Raises:
        TypeError: It is a str or bytes.
    """
    if isinstance(value, str | bytes):
        kind = type(value).__name__
        raise TypeError(f"{field} must be a list of str, not a {kind}; write [{without_credentials(repr(value))}]")


def parse_requirement(text: str) -> Requirement:
    """Read a dependency that `check_dependencies` has passed."""
    return _parse(text)


def normalised_name(name: str) -> str:
    """The name of a distribution as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def without_credentials(text: str) -> str:
    """The text with user names and passwords of URLs taken out, and what stands behind a ``?`` in one."""
    # To the last "@": a password may hold some itself, and "/" too when it was not written as it should be.
    # Three slashes begin a path, which may have "@" in its folders.
    text = re.sub(r"(?<=://)(?!/)\S*@", "***@", text)
    text = re.sub(r"[^\s/:@'\"]+:(?!//)[^\s@]*@", "***@", text)
    return re.sub(r"(://[^\s?]*\?)[^\s'\"]*", r"\1***", text)
