"""Roles that the user gave, looked at before anything is changed: a role that is not there is never waited for."""

from __future__ import annotations

from collections.abc import Iterator

from taskflows_cloud_aws.deployment.desired import Wish
from taskflows_cloud_aws.resources import role
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.settings.function_options import function_options
from taskflows_cloud_core import ConfigurationError, Problem


def require(session: AwsSession, wish: Wish) -> None:
    """Make sure that the given roles exist, as far as these credentials may ask.

    Raises:
        ConfigurationError: With every one that does not.
    """
    problems = [
        Problem(field=field, message=f"there is no role {arn!r}; create it, or give another one")
        for field, arn in _given(wish)
        if not _may_exist(session, wish, arn)
    ]
    if problems:
        raise ConfigurationError(problems, subject=f"function {wish.names.function!r}")


def _given(wish: Wish) -> Iterator[tuple[str, str]]:
    if wish.config is None:
        return
    own = function_options(wish.config)
    execution = own.execution_role_arn or wish.options.execution_role_arn
    scheduling = own.scheduler_role_arn or wish.options.scheduler_role_arn
    if execution is not None:
        yield "execution_role_arn", execution
    if scheduling is not None and any(one.expression.service == "scheduler" for one in wish.triggers or ()):
        yield "scheduler_role_arn", scheduling


def _may_exist(session: AwsSession, wish: Wish, arn: str) -> bool:
    """Asked once a session for each role that is there.

    A role of another account cannot be asked for, and an emulator runs functions whether there is a role or not.
    """
    is_elsewhere = session.foreign_endpoint is not None or arn.split(":")[4] != wish.names.account
    if arn in session.known_roles or is_elsewhere:
        return True
    if role.role_exists(session, arn) is False:
        return False
    session.known_roles.add(arn)
    return True
