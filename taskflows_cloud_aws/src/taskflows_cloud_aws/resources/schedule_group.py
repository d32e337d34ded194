"""The group that holds a function's EventBridge Scheduler schedules. Schedules have no tags; their group has."""

from __future__ import annotations

from collections.abc import Mapping

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.session.error_codes import error_code
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.kit import ReadResult, as_pairs, changed_marks
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "schedule-group"
_DELETION_SECONDS = 300


def desired_schedule_group(names: Names, user_tags: Mapping[str, str]) -> Resource:
    """The group of a function."""
    return _group(names, ownership.MARKS.owned_by(names.function, user_tags))


def _group(names: Names, tags: Mapping[str, str]) -> Resource:
    return Resource(kind=KIND, name=names.schedule_group, properties={"tags": tags})


def read_schedule_group(session: AwsSession, names: Names) -> ReadResult:
    """Read the group's tags. One that is being deleted counts as gone."""
    scheduler = session.scheduler
    try:
        if scheduler.get_schedule_group(Name=names.schedule_group)["State"] == "DELETING":
            return ReadResult()
        tags = scheduler.list_tags_for_resource(ResourceArn=names.schedule_group_arn).get("Tags", [])
    except scheduler.exceptions.ResourceNotFoundException:
        return ReadResult()
    ours = ownership.from_pairs(tags)  # type: ignore[arg-type]  # pairs of Key and Value
    return ReadResult(resource=_group(names, ours), owned=ownership.MARKS.is_owned(names.function, ours))


def _create(context: Context, action: Action) -> None:
    scheduler, names = context.session.scheduler, context.names
    tags = as_pairs(action.resource.properties["tags"])

    def attempt() -> bool | None:
        try:
            scheduler.create_schedule_group(Name=action.resource.name, Tags=tags)  # type: ignore[arg-type]  # pairs
        except scheduler.exceptions.ConflictException:
            found = read_schedule_group(context.session, names)
            if not found.owned:
                message = f"the schedule group {action.resource.name!r} exists and was not made by taskflows-cloud"
                raise NotManagedError(message) from None
            # Nothing found: an earlier group of the name is still being deleted.
            return None if found.resource is None else True
        return True

    context.session.retry.until(attempt, seconds=_DELETION_SECONDS, what=f"the name {action.resource.name!r}")


def _update(context: Context, action: Action) -> None:
    scheduler, arn = context.session.scheduler, context.names.schedule_group_arn
    before = action.observed.properties["tags"] if action.observed is not None else {}
    to_set, to_remove = changed_marks(before, action.resource.properties["tags"])
    if to_set:
        scheduler.tag_resource(ResourceArn=arn, Tags=as_pairs(to_set))  # type: ignore[arg-type]  # pairs
    if to_remove:
        scheduler.untag_resource(ResourceArn=arn, TagKeys=to_remove)


def _delete(context: Context, action: Action) -> None:
    scheduler = context.session.scheduler
    try:
        context.session.retry.call(
            lambda: scheduler.delete_schedule_group(Name=action.resource.name),
            seconds=_DELETION_SECONDS,
            is_transient=lambda error: error_code(error) == "ConflictException",
        )
    except scheduler.exceptions.ResourceNotFoundException:
        # Deleted already, by an earlier run or by hand.
        return


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete)
