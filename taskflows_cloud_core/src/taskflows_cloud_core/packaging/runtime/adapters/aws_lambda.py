"""The way in for AWS Lambda: the runtime imports this module as ``index`` and calls `handler`."""

from __future__ import annotations

from _taskflows_cloud import entry  # type: ignore[import-not-found]  # it is there in a package

TYPE_CHECKING = False
if TYPE_CHECKING:  # nothing else that runs at a cold start imports typing
    from typing import Any

# Our rules and schedules send an event with this key alone. Without it a run is a manual one.
_RESERVED = "taskflows-cloud"

_function, _takes_context = entry.load()


def handler(event: Any, context: Any) -> Any:
    """Run the function once.

    Args:
        event: What triggered it.
        context: Lambda's description of the invocation.

    Returns:
        The function's result in the types of JSON.
    """
    occurrence = None
    if type(event) is dict and _RESERVED in event:
        from _taskflows_cloud.aws_lambda_context import unwrap  # type: ignore[import-not-found]  # as above

        event, occurrence = unwrap(event[_RESERVED])
    if _takes_context and context is not None:
        from _taskflows_cloud.aws_lambda_context import LambdaContext

        context = LambdaContext(context, occurrence)
    return entry.run(_function, event, context)
