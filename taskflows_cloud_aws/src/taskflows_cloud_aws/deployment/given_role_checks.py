"""Check that the roles the user gave exist, before anything is changed: a missing role is never waited for."""

from __future__ import annotations

from collections.abc import Iterator

from taskflows_cloud_aws.deployment.desired import AwsRequest
from taskflows_cloud_aws.resources import role
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.settings.function_options import function_options
from taskflows_cloud_core import ConfigurationError, Problem


def require(session: AwsSession, request: AwsRequest) -> None:
    """Check that the given roles exist, as far as the credentials permit.

    Raises:
        ConfigurationError: With every missing role.
    """
    problems = [
        Problem(field=field, message=f"there is no role {arn!r}; create it, or give another one")
        for field, arn in _given(request)
        if not _may_exist(session, request, arn)
    ]
    if problems:
        raise ConfigurationError(problems, subject=f"function {request.names.function!r}")


def _given(request: AwsRequest) -> Iterator[tuple[str, str]]:
    if request.config is None:
        return
    own = function_options(request.config)
    execution = own.execution_role_arn or request.options.execution_role_arn
    scheduling = own.scheduler_role_arn or request.options.scheduler_role_arn
    if execution is not None:
        yield "execution_role_arn", execution
    if scheduling is not None and any(one.expression.service == "scheduler" for one in request.triggers or ()):
        yield "scheduler_role_arn", scheduling


def _may_exist(session: AwsSession, request: AwsRequest, arn: str) -> bool:
    """Whether a role exists, or cannot be checked; asked once a session for each role.

    A role of another account cannot be read, and emulators run functions without a role too.
    """
    is_elsewhere = session.foreign_endpoint is not None or arn.split(":")[4] != request.names.account
    if arn in session.known_roles or is_elsewhere:
        return True
    if role.role_exists(session, arn) is False:
        return False
    session.known_roles.add(arn)
    return True
