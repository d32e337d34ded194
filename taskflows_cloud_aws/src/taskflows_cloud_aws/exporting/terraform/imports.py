"""What stands in AWS already and is taken over by a configuration. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from taskflows_cloud_aws.exporting.subject import Subject
from taskflows_cloud_core.reconcile import Resource


def imports(subject: Subject) -> Iterator[tuple[str, str]]:
    """What stands in AWS already: the resource here, and the identifier that its import takes."""
    names = subject.names
    fixed = {
        "function": ("aws_lambda_function.function", names.function),
        "live": ("aws_lambda_alias.live", f"{names.function}/live"),
        "log-group": ("aws_cloudwatch_log_group.log_group", names.log_group),
        "invoke-config": ("aws_lambda_function_event_invoke_config.live", f"{names.function}:live"),
        "schedule-group": ("aws_scheduler_schedule_group.schedules", names.schedule_group),
    }
    for one in sorted(subject.resources, key=lambda one: one.key):
        if (one.kind, one.name) in subject.existing:
            if one.kind in fixed:
                yield fixed[one.kind]
            else:
                yield from _named_imports(subject, one)


def _named_imports(subject: Subject, one: Resource) -> Iterator[tuple[str, str]]:
    names = subject.names
    label = one.name.rpartition("-")[2]
    if one.kind in ("role", "scheduler-role") and subject.is_own(one):
        role = "execution" if one.kind == "role" else "scheduler"
        yield f"aws_iam_role.{role}", one.name
        yield f"aws_iam_role_policy.{role}", f"{one.name}:taskflows-cloud"
    elif one.kind == "rule":
        yield f"aws_cloudwatch_event_rule.rule_{label}", one.name
        yield f"aws_cloudwatch_event_target.rule_{label}", f"{one.name}/function"
    elif one.kind == "schedule":
        yield f"aws_scheduler_schedule.schedule_{one.name}", f"{names.schedule_group}/{one.name}"
    elif one.kind == "permission":
        yield "aws_lambda_permission.rules", f"{names.function}:live/{one.name}"
