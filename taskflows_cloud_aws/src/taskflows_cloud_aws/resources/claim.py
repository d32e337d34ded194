"""Who is at work on a function: an empty log group beside the one of the function, which only one deployer can create.

CreateLogGroup fails when the group exists, which is the condition that most other calls of AWS lack. It holds for a
function that is not there yet and for one that is being deleted, and takes none of Lambda's scarce requests. The record
is in the group's tags. Who takes over from a dead deployer creates another group, named after the dead one's record, so
that of two who take over only one can. The last group of that chain is the one that counts.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import TypeVar

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function_access import require_plain_name
from taskflows_cloud_aws.session.errors import guard
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import retry_transient
from taskflows_cloud_core import OperationError
from taskflows_cloud_core.kit import decode_claim, encode_claim
from taskflows_cloud_core.reconcile import Action, Claim, Resource

_T = TypeVar("_T")

KIND = "claim"
_TAG = f"{ownership.PREFIX}claim-"


@attrs.define(kw_only=True, eq=False)
class LogGroupClaims:
    """A `ClaimStore` that keeps each claim in the tags of a log group of its own.

    Args:
        session: The session.
    """

    session: AwsSession
    _created: Claim | None = None

    def read(self, function_name: str) -> Claim | None:
        """The claim on a function.

        Raises:
            OperationError: The log group holds something else.
        """
        if not limits.FUNCTION_NAME.fullmatch(function_name):
            return None
        created, self._created = self._created, None
        # Nobody else can have created it, so there is nothing to look for.
        return created or self._call(function_name, lambda names: _read(self.session, names))

    def write(self, function_name: str, claim: Claim, *, replacing: Claim | None) -> bool:
        """Write a claim when the record is still ``replacing``.

        Raises:
            ConfigurationError: It is not the bare name of a function.
        """
        require_plain_name(function_name)
        return self._call(function_name, lambda names: self._write(names, claim, replacing))

    def _write(self, names: Names, claim: Claim, replacing: Claim | None) -> bool:
        if replacing is not None and replacing.id == claim.id:
            return self._renew(names, claim)
        group = names.claim if replacing is None else _successor(names, replacing)
        written = attrs.evolve(claim, revision=group)
        logs = self.session.logs
        try:
            logs.create_log_group(logGroupName=group, tags=_tags_of(names, claim))
        except logs.exceptions.ResourceAlreadyExistsException:
            # Somebody was faster, unless the answer to our own call was lost.
            found = _read(self.session, names)
            if found is None or found.id != claim.id:
                return False
        self.session.claimed.add(names.function)
        # A successor counts only while those before it are there.
        self._created = written if replacing is None else None
        return True

    def _renew(self, names: Names, claim: Claim) -> bool:
        found = _read(self.session, names)
        if found is None or found.id != claim.id:
            return False
        self.session.logs.tag_resource(resourceArn=names.log_group_arn_of(found.revision), tags=_tags_of(names, claim))
        return True

    def clear(self, function_name: str, claim: Claim) -> None:
        """Remove a claim that is still the same, and those that it has taken over."""

        def remove(names: Names) -> None:
            found = _read(self.session, names)
            if found is not None and found.id == claim.id:
                _remove(self.session, _groups(self.session, names))

        try:
            self._call(function_name, remove)
        finally:
            self.session.claimed.discard(function_name)

    def _call(self, function_name: str, work: Callable[[Names], _T]) -> _T:
        session, names = self.session, self.session.names(function_name)
        subject = f"the claim on function {function_name}"
        return guard(subject, lambda: retry_transient(session.retry, lambda: work(names)), session.secrets)


def read_claim(session: AwsSession, names: Names) -> Resource | None:
    """What a deployer that died has left; ``None`` when there is nothing, or it is the claim of this session."""
    if names.function in session.claimed or not _groups(session, names):
        return None
    return Resource(kind=KIND, name=names.claim)


def _read(session: AwsSession, names: Names) -> Claim | None:
    groups = _groups(session, names)
    claim, group = None, names.claim
    while group in groups:
        record = _read_record(session, names, group)
        if record is None:
            break
        claim = record
        group = _successor(names, claim)
    return claim


def _read_record(session: AwsSession, names: Names, group: str) -> Claim | None:
    logs = session.logs
    try:
        tags = logs.list_tags_for_resource(resourceArn=names.log_group_arn_of(group))["tags"]
    except logs.exceptions.ResourceNotFoundException:
        return None
    parts = sorted((int(key.removeprefix(_TAG)), value) for key, value in tags.items() if key.startswith(_TAG))
    try:
        text = base64.urlsafe_b64decode("".join(value for _, value in parts)).decode()
        return decode_claim(text, revision=group)
    except ValueError as error:
        raise OperationError(
            f"the log group {group!r} is not a claim, or not yet ({error}); run again, and when nobody deploys "
            f"{names.function!r}, delete it"
        ) from None


def _tags_of(names: Names, claim: Claim) -> dict[str, str]:
    # Tags take few characters, and 256 of them.
    text = base64.urlsafe_b64encode(encode_claim(claim).encode()).decode()
    size = limits.TAG_VALUE_CHARACTERS
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    return {ownership.OWNER: names.function, **{f"{_TAG}{number}": part for number, part in enumerate(parts)}}


def _groups(session: AwsSession, names: Names) -> list[str]:
    pages = session.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=names.claim)
    found = [str(group.get("logGroupName")) for page in pages for group in page["logGroups"]]
    return [group for group in found if group == names.claim or group.startswith(f"{names.claim}.")]


def _successor(names: Names, claim: Claim) -> str:
    return f"{names.claim}.{claim.id}"


def _remove(session: AwsSession, groups: Iterable[str]) -> None:
    logs = session.logs
    # The first of the chain goes first: without it, none of the others counts.
    for group in sorted(groups):
        try:
            logs.delete_log_group(logGroupName=group)
        except logs.exceptions.ResourceNotFoundException:
            continue


def _put(_context: Context, action: Action) -> None:
    raise OperationError(f"{action.key} is never wanted, only found")


def _delete(context: Context, _action: Action) -> None:
    if context.names.function not in context.session.claimed:
        _remove(context.session, _groups(context.session, context.names))


HANDLER = AwsHandler(create=_put, update=_put, delete=_delete)
