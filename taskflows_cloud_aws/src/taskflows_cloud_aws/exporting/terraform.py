"""A Terraform configuration in JSON syntax. Pure.

Values of the environment are sensitive variables. ARNs of this account and region are written with data sources and
the variable of the region, so that the configuration is good elsewhere too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from taskflows_cloud_aws.exporting import explained
from taskflows_cloud_aws.exporting.subject import Subject, without_blanks
from taskflows_cloud_core.reconcile import Resource

MAIN, IMPORTS = "main.tf.json", "import.tf.json"
_OPERATORS = {"at least": "GreaterThanOrEqualToThreshold", "less than": "LessThanThreshold"}
_ACCOUNT = "${data.aws_caller_identity.current.account_id}"
_PARTITION = "${data.aws_partition.current.partition}"
_REGION = "${var.region}"
_FUNCTION, _LIVE = "${aws_lambda_function.function", "${aws_lambda_alias.live"

# Type, label, arguments.
_Block: TypeAlias = tuple[str, str, dict[str, Any]]


def write(subject: Subject) -> dict[str, str]:
    """The configuration, what it takes over, and how to use it."""
    resources: dict[str, dict[str, Any]] = {}
    for kind, label, arguments in _resources(_Writer(subject)):
        resources.setdefault(kind, {})[label] = without_blanks(arguments)
    main = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.40"}}},
        "provider": {"aws": {"region": _REGION}},
        "variable": dict(_variables(subject)),
        "data": {"aws_caller_identity": {"current": {}}, "aws_partition": {"current": {}}},
        "resource": resources,
        "output": {"live_arn": {"description": "What schedules call", "value": f"{_LIVE}.arn}}"}},
    }
    files = {MAIN: _json(main), explained.FILE_NAME: explained.of_terraform(subject)}
    imports = [{"to": to, "id": name} for to, name in _imports(subject)]
    return {**files, IMPORTS: _json({"import": imports})} if imports else files


def _json(content: Any) -> str:
    return json.dumps(content, indent=2) + "\n"


def _variables(subject: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "region", {"type": "string", "default": subject.names.region}
    yield "package_file", {"type": "string", "description": "The path of the archive"}
    for number, _ in enumerate(subject.of_kind("layer"), 1):
        yield f"layer_file_{number}", {"type": "string", "description": "The path of a layer's archive"}
    for name in subject.variables:
        description = f"The environment variable {name}"
        yield f"environment_{name}", {"type": "string", "sensitive": True, "description": description}


def _escaped(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


@attrs.frozen
class _Writer:
    """Says values with references to the configuration's own resources."""

    subject: Subject

    def references(self) -> dict[str, str]:
        """What stands for the ARN of each resource of the configuration."""
        subject, names = self.subject, self.subject.names
        found = {names.function_arn: f"{_FUNCTION}.arn}}", names.live_arn: f"{_LIVE}.arn}}"}
        for kind, label in (("role", "execution"), ("scheduler-role", "scheduler")):
            found |= {subject.role_arn(role): f"${{aws_iam_role.{label}.arn}}" for role in subject.of_kind(kind)}
        for number, layer in enumerate(subject.of_kind("layer"), 1):
            found[subject.layer_arn(layer)] = f"${{aws_lambda_layer_version.layer_{number}.arn}}"
        for service, kind, what in (("sqs", "queue", "aws_sqs_queue.queue"), ("sns", "topic", "aws_sns_topic.topic")):
            for one in subject.of_kind(kind):
                arn = f"arn:{names.partition}:{service}:{names.region}:{names.account}:{one.name}"
                found[arn] = f"${{{what}.arn}}"
        return found

    def say(self, value: Any) -> Any:
        """A value with references in it; everything else in it is taken literally by Terraform."""
        if isinstance(value, Mapping):
            return {_escaped(name): self.say(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.say(one) for one in value]
        if not isinstance(value, str):
            return value
        return self.references().get(value) or self._text(value)

    def _text(self, value: str) -> str:
        names, text = self.subject.names, _escaped(value)
        if value == names.account:
            return _ACCOUNT
        if not value.startswith(f"arn:{names.partition}:") or f":{names.account}:" not in value:
            return text
        text = text.replace(f"arn:{names.partition}:", f"arn:{_PARTITION}:")
        return text.replace(f":{names.region}:", f":{_REGION}:").replace(f":{names.account}:", f":{_ACCOUNT}:")

    def document(self, policy: Mapping[str, Any]) -> str:
        """A policy as the text that Terraform wants."""
        return json.dumps(self.say(policy))


def _resources(writer: _Writer) -> Iterator[_Block]:
    yield from _around(writer)
    yield "aws_lambda_function", "function", _function(writer)
    live = {
        "name": "live",
        "function_name": f"{_FUNCTION}.function_name}}",
        "function_version": f"{_FUNCTION}.version}}",
    }
    yield "aws_lambda_alias", "live", live
    yield from _invoking(writer)
    yield from _rules(writer)
    yield from _schedules(writer)
    yield from _alarms(writer)


def _around(writer: _Writer) -> Iterator[_Block]:
    """What the function needs before it can be."""
    subject = writer.subject
    for one in subject.of_kind("log-group"):
        kept = {"name": one.name, "retention_in_days": one.properties["retention_days"]}
        yield "aws_cloudwatch_log_group", "log_group", {**kept, "tags": writer.say(subject.tags(one))}
    for role in subject.of_kind("role"):
        yield from _role(writer, role, "execution")
    for one in subject.of_kind("queue"):
        arguments = {
            "name": one.name,
            "message_retention_seconds": one.properties["retention_seconds"],
            "sqs_managed_sse_enabled": one.properties["encrypted"],
            "tags": writer.say(subject.tags(one)),
        }
        yield "aws_sqs_queue", "queue", arguments
    for number, layer in enumerate(subject.of_kind("layer"), 1):
        file = f"var.layer_file_{number}"
        arguments = {"layer_name": layer.name, "filename": f"${{{file}}}"}
        arguments["source_code_hash"] = f"${{filebase64sha256({file})}}"
        yield "aws_lambda_layer_version", f"layer_{number}", arguments


def _role(writer: _Writer, role: Resource, label: str) -> Iterator[_Block]:
    arguments = {
        # A name that functions share would be taken by the first configuration.
        "name": role.name if writer.subject.is_own(role) else None,
        "assume_role_policy": writer.document(role.properties["trust"]),
        "tags": writer.say(writer.subject.tags(role)),
    }
    yield "aws_iam_role", label, arguments
    policy = {"name": "taskflows-cloud", "role": f"${{aws_iam_role.{label}.id}}"}
    yield "aws_iam_role_policy", label, {**policy, "policy": writer.document(role.properties["policy"])}


def _function(writer: _Writer) -> dict[str, Any]:
    subject, found = writer.subject, writer.subject.function
    vpc, file_system = found.get("vpc", {}), found.get("file_system", {})
    variables = {_escaped(name): f"${{var.environment_{name}}}" for name in subject.variables}
    mounted = {"arn": writer.say(file_system.get("access_point")), "local_mount_path": file_system.get("mount_path")}
    needs = [f"{kind}.{label}" for kind, label, _ in _around(writer) if kind != "aws_lambda_layer_version"]
    return {
        "function_name": subject.names.function,
        "description": writer.say(found["description"]),
        "runtime": found["runtime"],
        "handler": found["handler"],
        "architectures": [found["architecture"]],
        "filename": "${var.package_file}",
        "source_code_hash": "${filebase64sha256(var.package_file)}",
        "publish": True,
        "role": writer.say(found["role"]),
        "memory_size": found["memory_mb"],
        "timeout": found["timeout_seconds"],
        "ephemeral_storage": {"size": found["ephemeral_storage_mb"]},
        "environment": {"variables": variables} if variables else {},
        "dead_letter_config": without_blanks({"target_arn": writer.say(found.get("dead_letter"))}),
        "kms_key_arn": writer.say(found.get("kms_key")),
        "layers": writer.say(found.get("layers", [])),
        "tracing_config": {"mode": found["tracing"]},
        "vpc_config": without_blanks(
            {"subnet_ids": vpc.get("subnets"), "security_group_ids": vpc.get("security_groups")}
        ),
        "file_system_config": mounted if file_system else {},
        "reserved_concurrent_executions": subject.only("concurrency").get("runs_at_once"),
        "code_signing_config_arn": writer.say(subject.only("code-signing").get("arn")),
        "tags": writer.say(subject.tags(subject.of_kind("function")[0])),
        "depends_on": needs,
    }


def _invoking(writer: _Writer) -> Iterator[_Block]:
    alias = {"function_name": f"{_FUNCTION}.function_name}}", "qualifier": f"{_LIVE}.name}}"}
    for one in writer.subject.of_kind("invoke-config"):
        places = {
            name: {"destination": writer.say(place["Destination"])}
            for name, place in _destinations(one.properties.get("destinations", {}))
        }
        arguments = {
            "maximum_retry_attempts": one.properties["retries"],
            "maximum_event_age_in_seconds": one.properties["max_event_age_seconds"],
            "destination_config": places,
        }
        yield "aws_lambda_function_event_invoke_config", "live", {**alias, **arguments}
    for one in writer.subject.of_kind("provisioned-concurrency"):
        warm = {"provisioned_concurrent_executions": one.properties["environments"]}
        yield "aws_lambda_provisioned_concurrency_config", "live", {**alias, **warm}


def _destinations(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, ours in (("OnFailure", "on_failure"), ("OnSuccess", "on_success")):
        if name in found:
            yield ours, found[name]


def _rules(writer: _Writer) -> Iterator[_Block]:
    for one in writer.subject.of_kind("permission"):
        arguments = {
            "function_name": f"{_FUNCTION}.function_name}}",
            "qualifier": f"{_LIVE}.name}}",
            "statement_id": one.name,
            "action": one.properties["action"],
            "principal": one.properties["principal"]["Service"],
            "source_arn": writer.say(one.properties["source_arn"]),
            "source_account": _ACCOUNT,
        }
        yield "aws_lambda_permission", "rules", arguments
    for rule in writer.subject.of_kind("rule"):
        label = f"rule_{rule.name.rpartition('-')[2]}"
        arguments = {
            "name": rule.name,
            "description": writer.say(rule.properties["description"]),
            "schedule_expression": rule.properties["expression"],
            "state": rule.properties["state"],
            "tags": writer.say(writer.subject.tags(rule)),
        }
        yield "aws_cloudwatch_event_rule", label, arguments
        target = {"rule": f"${{aws_cloudwatch_event_rule.{label}.name}}", "arn": f"{_LIVE}.arn}}"}
        retries = _retries(rule.properties["targets"]["function"])
        yield "aws_cloudwatch_event_target", label, {**target, "target_id": "function", "retry_policy": retries}


def _retries(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "maximum_retry_attempts": properties["delivery_retries"],
        "maximum_event_age_in_seconds": properties["max_event_age_seconds"],
    }


def _schedules(writer: _Writer) -> Iterator[_Block]:
    subject = writer.subject
    for role in subject.of_kind("scheduler-role"):
        yield from _role(writer, role, "scheduler")
    for group in subject.of_kind("schedule-group"):
        tags = writer.say(subject.tags(group))
        yield "aws_scheduler_schedule_group", "schedules", {"name": group.name, "tags": tags}
    for one in subject.of_kind("schedule"):
        yield "aws_scheduler_schedule", f"schedule_{one.name}", _schedule(writer, one)


def _schedule(writer: _Writer, one: Resource) -> dict[str, Any]:
    found = one.properties
    minutes = found["flexible_minutes"]
    window = {"mode": "FLEXIBLE", "maximum_window_in_minutes": minutes} if minutes else {"mode": "OFF"}
    return {
        "name": one.name,
        "group_name": "${aws_scheduler_schedule_group.schedules.name}",
        "description": writer.say(found["description"]),
        "schedule_expression": found["expression"],
        "schedule_expression_timezone": found["timezone"],
        "state": found["state"],
        "flexible_time_window": window,
        "target": {
            "arn": f"{_LIVE}.arn}}",
            "role_arn": writer.say(found["role"]),
            "input": _escaped(found["event"]),
            "retry_policy": _retries(found),
        },
    }


def _alarms(writer: _Writer) -> Iterator[_Block]:
    for topic in writer.subject.of_kind("topic"):
        yield "aws_sns_topic", "topic", {"name": topic.name, "tags": writer.say(writer.subject.tags(topic))}
        for number, address in enumerate(topic.properties["emails"], 1):
            arguments = {"topic_arn": "${aws_sns_topic.topic.arn}", "protocol": "email", "endpoint": address}
            yield "aws_sns_topic_subscription", f"email_{number}", arguments
    for number, alarm in enumerate(writer.subject.of_kind("alarm"), 1):
        yield "aws_cloudwatch_metric_alarm", f"alarm_{number}", _alarm(writer, alarm)


def _alarm(writer: _Writer, alarm: Resource) -> dict[str, Any]:
    found = alarm.properties
    word = next(word for word in _OPERATORS if word in found)
    return {
        "alarm_name": alarm.name,
        "alarm_description": writer.say(found["description"]),
        "actions_enabled": found["enabled"],
        "alarm_actions": writer.say(found["actions"]),
        "namespace": found["namespace"],
        "metric_name": found["metric"],
        "dimensions": writer.say(found["dimensions"]),
        "statistic": found["statistic"],
        "period": found["period_seconds"],
        "evaluation_periods": found["periods"],
        "threshold": found[word],
        "comparison_operator": _OPERATORS[word],
        "treat_missing_data": found["without_data"],
        "tags": writer.say(writer.subject.tags(alarm)),
    }


def _imports(subject: Subject) -> Iterator[tuple[str, str]]:
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
