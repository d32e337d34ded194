"""CloudWatch alarms on a function: failed runs, long runs, runs that did not come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.kit import ReadResult, as_pairs, changed_marks
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "alarm"
ERRORS, DURATION, MISSED = "errors", "duration", "missed"
_KINDS = (ERRORS, DURATION, MISSED)
_PERIOD_SECONDS = 300
_OPERATORS = {"at least": "GreaterThanOrEqualToThreshold", "less than": "LessThanThreshold"}
# What else an alarm may be told to do. We want none of it, so that anything there is drift.
_MORE_ACTIONS = {"OKActions": "ok_actions", "InsufficientDataActions": "insufficient_data_actions"}


@attrs.frozen(kw_only=True)
class Watch:
    """What all alarms of a function have in common.

    Args:
        names: Of the function.
        topic_arn: Where they are sent to; ``None`` is nowhere.
        user_tags: The tags that the user gave.
    """

    names: Names
    topic_arn: str | None
    user_tags: Mapping[str, str]

    def alarm(self, kind: str, properties: Mapping[str, Any]) -> Resource:
        """An alarm of a kind with what it has in common with the others."""
        common = {
            "actions": [self.topic_arn] if self.topic_arn is not None else [],
            "dimensions": {"FunctionName": self.names.function},
            "enabled": True,
            "namespace": "AWS/Lambda",
            "period_seconds": _PERIOD_SECONDS,
            "periods": 1,
            "tags": ownership.MARKS.owned_by(self.names.function, self.user_tags),
            "without_data": "notBreaching",
        }
        return _alarm(self.names, self.names.alarm(kind), {**common, **properties})


def errors_alarm(watch: Watch, runs: int) -> Resource:
    """Alarm when so many runs failed within five minutes."""
    description = f"{watch.names.function}: {runs} or more failed runs in 5 minutes"
    properties = {"description": description, "metric": "Errors", "statistic": "Sum", "at least": float(runs)}
    return watch.alarm(ERRORS, properties)


def duration_alarm(watch: Watch, percent: int, timeout_seconds: int) -> Resource:
    """Alarm when a run takes nearly as long as it may."""
    description = f"{watch.names.function}: a run took {percent} % or more of its {timeout_seconds} seconds"
    milliseconds = timeout_seconds * 10.0 * percent
    properties = {"description": description, "metric": "Duration", "statistic": "Maximum", "at least": milliseconds}
    return watch.alarm(DURATION, properties)


def missed_alarm(watch: Watch, periods: int, period_seconds: int, *, enabled: bool) -> Resource:
    """Alarm when no run began for longer than the schedules ever leave between two."""
    description = f"{watch.names.function}: no run in {periods * period_seconds // 60} minutes"
    properties = {
        "description": description,
        "metric": "Invocations",
        "statistic": "Sum",
        "less than": 1.0,
        "period_seconds": period_seconds,
        "periods": periods,
        "without_data": "breaching",
        # Paused schedules miss nothing.
        "enabled": enabled,
    }
    return watch.alarm(MISSED, properties)


def _alarm(names: Names, name: str, properties: Mapping[str, Any]) -> Resource:
    needs = [("function", names.function), ("live", "live"), ("topic", names.topic)]
    return Resource(kind=KIND, name=name, properties=properties, depends_on=needs)


def read_alarms(session: AwsSession, names: Names) -> dict[str, ReadResult]:
    """Read the alarms that have a name of this function's."""
    wanted = [names.alarm(kind) for kind in _KINDS]
    answer = session.cloudwatch.describe_alarms(AlarmNames=wanted, AlarmTypes=["MetricAlarm"])
    found = answer.get("MetricAlarms", [])
    tags = session.side_by_side(lambda one: _tags(session, names, one["AlarmName"]), found)
    return {
        one["AlarmName"]: ReadResult(
            resource=_observed(names, one, own), owned=ownership.MARKS.is_owned(names.function, own)
        )
        for one, own in zip(found, tags, strict=True)
    }


def _tags(session: AwsSession, names: Names, name: str) -> dict[str, str]:
    answer = session.cloudwatch.list_tags_for_resource(ResourceARN=names.alarm_arn(name))
    return ownership.from_pairs(answer.get("Tags", []))


def _observed(names: Names, found: Mapping[str, Any], tags: Mapping[str, str]) -> Resource:
    operators = {operator: word for word, operator in _OPERATORS.items()}
    operator = found.get("ComparisonOperator", "")
    properties = {
        "actions": list(found.get("AlarmActions", [])),
        "description": found.get("AlarmDescription", ""),
        "dimensions": {pair["Name"]: pair["Value"] for pair in found.get("Dimensions", [])},
        "enabled": found.get("ActionsEnabled", True),
        "metric": found.get("MetricName"),
        "namespace": found.get("Namespace"),
        "period_seconds": found.get("Period"),
        "periods": found.get("EvaluationPeriods"),
        "statistic": found.get("Statistic"),
        "tags": tags,
        "without_data": found.get("TreatMissingData", "missing"),
        operators.get(operator, operator): found.get("Threshold"),
    }
    if found.get("DatapointsToAlarm", properties["periods"]) != properties["periods"]:
        properties["datapoints"] = found["DatapointsToAlarm"]
    added = {word: list(found[key]) for key, word in _MORE_ACTIONS.items() if found.get(key)}
    return _alarm(names, found["AlarmName"], {**properties, **added})


def _put(context: Context, action: Action) -> None:
    properties = action.resource.properties
    word = next(word for word in _OPERATORS if word in properties)
    request: dict[str, Any] = {
        "AlarmName": action.resource.name,
        "AlarmDescription": properties["description"],
        "ActionsEnabled": properties["enabled"],
        "AlarmActions": list(properties["actions"]),
        "MetricName": properties["metric"],
        "Namespace": properties["namespace"],
        "Statistic": properties["statistic"],
        "Dimensions": [{"Name": name, "Value": value} for name, value in properties["dimensions"].items()],
        "Period": properties["period_seconds"],
        "EvaluationPeriods": properties["periods"],
        "Threshold": properties[word],
        "ComparisonOperator": _OPERATORS[word],
        "TreatMissingData": properties["without_data"],
    }
    if action.verb == "create":
        # Tags are read at the creation alone.
        request["Tags"] = as_pairs(properties["tags"])
    context.session.cloudwatch.put_metric_alarm(**request)


def _create(context: Context, action: Action) -> None:
    name = action.resource.name
    found = read_alarms(context.session, context.names).get(name)
    if found is not None and not found.owned:
        raise NotManagedError(f"the alarm {name!r} exists and was not made by taskflows-cloud")
    _put(context, action)


def _update(context: Context, action: Action) -> None:
    if action.changed_fields - {"tags"}:
        _put(context, action)
    if "tags" in action.changed_fields and action.observed is not None:
        _update_tags(context, action.resource, action.observed.properties["tags"])


def _update_tags(context: Context, resource: Resource, before: Mapping[str, str]) -> None:
    arn = context.names.alarm_arn(resource.name)
    to_set, to_remove = changed_marks(before, resource.properties["tags"])
    if to_set:
        context.session.cloudwatch.tag_resource(ResourceARN=arn, Tags=as_pairs(to_set))
    if to_remove:
        context.session.cloudwatch.untag_resource(ResourceARN=arn, TagKeys=to_remove)


def _delete(context: Context, action: Action) -> None:
    # DeleteAlarms succeeds also when there is none of the name.
    names: Sequence[str] = [action.resource.name]
    context.session.cloudwatch.delete_alarms(AlarmNames=names)


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete)
