"""Calls on one function begin here: it must exist and be ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.resources.function_reading import get_function
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import ConfigurationError, FunctionNotFoundError, NotManagedError, Problem

_NAME = r"(?P<name>[a-zA-Z0-9-_]{1,64})"
_ARN = re.compile(rf"(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?(?:\d{{12}}:)?function:{_NAME}(?::[a-zA-Z0-9$_-]+)?")
_QUALIFIED = re.compile(rf"{_NAME}:(?P<qualifier>[a-zA-Z0-9$_-]+)")

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef


def require_plain_name(name: str) -> None:
    """Refuse what Lambda would take for a version, an alias, or a function of another account or region.

    Raises:
        ConfigurationError: It is not the bare name of a function.
    """
    message = _what_is_wrong(name)
    if message:
        raise ConfigurationError([Problem(field="function_name", message=f"{name!r} {message}")])


def require_unqualified(name: str) -> None:
    """Refuse the name of a version, an alias or an ARN, which mean something that exists, but let pass all others.

    Raises:
        ConfigurationError: It is one of these.
    """
    if ":" in name:
        require_plain_name(name)


def _what_is_wrong(name: str) -> str:
    if limits.FUNCTION_NAME.fullmatch(name):
        return ""
    if found := _ARN.fullmatch(name):
        return f"is an ARN; give the name, {found['name']!r}, to an environment of the ARN's account and region"
    if found := _QUALIFIED.fullmatch(name):
        return (
            f"names the version or alias {found['qualifier']!r}; give the name, {found['name']!r}: calls go to the "
            "live version, and rollback_function puts another one live"
        )
    return "is no name that Lambda knows: 1 to 64 ASCII letters, digits, - and _"


def require_ours(session: AwsSession, name: str) -> GetFunctionResponseTypeDef:
    """Read a function of ours.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
    """
    answer = get_function(session, name)
    if answer is None:
        session.known_functions.discard(name)
        raise not_found(session, name)
    if not ownership.MARKS.is_owned(name, answer.get("Tags", {})):
        raise NotManagedError(f"the function {name!r} exists in {session.region} and was not made by taskflows-cloud")
    session.known_functions.add(name)
    return answer


def require_known(session: AwsSession, name: str) -> None:
    """Make sure once a session that a function is ours.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
    """
    if name not in session.known_functions:
        require_ours(session, name)


def not_found(session: AwsSession, name: str) -> FunctionNotFoundError:
    """The error for a function that is not there."""
    return FunctionNotFoundError(
        f"there is no function {name!r} in {session.region}; list_functions tells what there is"
    )
