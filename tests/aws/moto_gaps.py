"""Where moto is more lenient than AWS, or wrong, in what these tests are about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaBackend, LambdaFunction, LambdaStorage
from moto.awslambda.policy import Policy
from moto.logs.models import LogsBackend
from moto.scheduler.exceptions import ScheduleGroupNotFound
from moto.scheduler.models import EventBridgeSchedulerBackend


class _StatementExistsError(LambdaClientError):
    code = 409

    def __init__(self, sid: str) -> None:
        super().__init__("ResourceConflictException", f"The statement id ({sid}) provided already exists.")


class _VersionInUseError(LambdaClientError):
    code = 409

    def __init__(self) -> None:
        super().__init__("ResourceConflictException", "Version is referenced by an alias.")


def close_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make moto behave as AWS does where these tests would notice."""
    _keep_one_event_invoke_config(monkeypatch)
    _refuse_a_statement_that_exists(monkeypatch)
    _forget_the_tags_of_what_is_deleted(monkeypatch)
    _remember_dead_letter_targets(monkeypatch)
    _count_versions_on(monkeypatch)
    _keep_versions_with_an_alias(monkeypatch)


def _keep_one_event_invoke_config(monkeypatch: pytest.MonkeyPatch) -> None:
    put = LambdaBackend.put_function_event_invoke_config

    def put_one(backend: Any, function_name: str, config: dict[str, Any]) -> Any:
        backend.get_function(function_name).event_invoke_config.clear()
        return put(backend, function_name, config)

    monkeypatch.setattr(LambdaBackend, "put_function_event_invoke_config", put_one)


def _refuse_a_statement_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    add = Policy.add_statement

    def add_new(policy: Any, raw: str, qualifier: str | None = None) -> Any:
        sid = json.loads(raw)["StatementId"]
        if any(statement.get("Sid") == sid for statement in policy.statements):
            raise _StatementExistsError(sid)
        return add(policy, raw, qualifier)

    monkeypatch.setattr(Policy, "add_statement", add_new)


def _forget_the_tags_of_what_is_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    delete_log_group, delete_schedule_group = (
        LogsBackend.delete_log_group,
        EventBridgeSchedulerBackend.delete_schedule_group,
    )

    def delete_logs(backend: Any, log_group_name: str) -> None:
        if log_group_name in backend.groups:
            backend.tagger.delete_all_tags_for_resource(backend.groups[log_group_name].arn)
        delete_log_group(backend, log_group_name)

    def delete_schedules(backend: Any, name: str) -> None:
        if name not in backend.schedule_groups:
            raise ScheduleGroupNotFound(name)
        backend.tagger.delete_all_tags_for_resource(backend.schedule_groups[name].arn)
        delete_schedule_group(backend, name)

    monkeypatch.setattr(LogsBackend, "delete_log_group", delete_logs)
    monkeypatch.setattr(EventBridgeSchedulerBackend, "delete_schedule_group", delete_schedules)


def _remember_dead_letter_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    make, update, tell = LambdaFunction.__init__, LambdaFunction.update_configuration, LambdaFunction.get_configuration

    def make_with_target(function: Any, account_id: str, spec: dict[str, Any], *rest: Any, **more: Any) -> None:
        make(function, account_id, spec, *rest, **more)
        function.dead_letter = spec.get("DeadLetterConfig", {}).get("TargetArn", "")

    def update_target(function: Any, changes: dict[str, Any]) -> Any:
        function.dead_letter = changes.get("DeadLetterConfig", {}).get("TargetArn", function.dead_letter)
        return update(function, changes)

    def tell_target(function: Any, *rest: Any, **more: Any) -> Any:
        target = {"DeadLetterConfig": {"TargetArn": function.dead_letter}} if function.dead_letter else {}
        return {**tell(function, *rest, **more), **target}

    monkeypatch.setattr(LambdaFunction, "__init__", make_with_target)
    monkeypatch.setattr(LambdaFunction, "update_configuration", update_target)
    monkeypatch.setattr(LambdaFunction, "get_configuration", tell_target)


def _count_versions_on(monkeypatch: pytest.MonkeyPatch) -> None:
    publish = LambdaStorage.publish_version

    def publish_next(storage: Any, name_or_arn: str, description: str = "") -> Any:
        function = storage.get_function_by_name_or_arn_forbid_qualifier(name_or_arn)
        versions = storage._functions[function.function_name]["versions"]
        last = max((int(version.version) for version in versions), default=0)
        count = len(versions)
        published = publish(storage, name_or_arn, description)
        if len(versions) > count:
            published.set_version(last + 1)
            storage._arns[published.function_arn] = published
        return published

    monkeypatch.setattr(LambdaStorage, "publish_version", publish_next)


def _keep_versions_with_an_alias(monkeypatch: pytest.MonkeyPatch) -> None:
    delete = LambdaBackend.delete_function

    def delete_unless_referenced(backend: Any, function_name: str, qualifier: str | None = None) -> None:
        aliases = backend.list_aliases(function_name) if qualifier else []
        if any(alias.function_version == qualifier for alias in aliases):
            raise _VersionInUseError
        delete(backend, function_name, qualifier)

    monkeypatch.setattr(LambdaBackend, "delete_function", delete_unless_referenced)
