"""The resources of a plan in the languages of other tools, for whoever wants to go on with one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from taskflows_cloud_aws.exporting.cloudformation import template
from taskflows_cloud_aws.exporting.subject import Subject, subject_of
from taskflows_cloud_aws.exporting.terraform import configuration
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import OperationUnsupported, Plan

_WRITERS: Mapping[str, Callable[[Subject], dict[str, str]]] = MappingProxyType(
    {"cloudformation": template.write, "terraform": configuration.write}
)
FORMATS = tuple(_WRITERS)
"""The words for `export_plan`."""


def export_plan(session: AwsSession, plan: Plan, language: str) -> dict[str, str]:
    """Write the desired resources of a plan as files of another tool.

    Args:
        session: Tells region and account.
        plan: Of a deployment.
        language: One of `FORMATS`.

    Returns:
        File name to content; no environment value is in it.

    Raises:
        OperationUnsupported: There is no such language.
        ValueError: The plan deletes, so that there is nothing to write.
    """
    writer = _WRITERS.get(language)
    if writer is None:
        known = ", ".join(map(repr, FORMATS))
        message = f"the provider 'aws' exports {known}, not {language!r}"
        raise OperationUnsupported(message, provider="aws", distribution="taskflows-cloud-aws")
    return writer(subject_of(session.names(plan.function_name), plan))


__all__ = ["FORMATS", "export_plan"]
