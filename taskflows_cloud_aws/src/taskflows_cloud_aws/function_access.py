"""Calls on one function begin here: it must exist and be ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflows_cloud_aws import ownership
from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.resources.function_calls import get_function
from taskflows_cloud_core import FunctionNotFoundError, NotManagedError

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef


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
    if not ownership.is_owned(name, answer.get("Tags", {})):
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
