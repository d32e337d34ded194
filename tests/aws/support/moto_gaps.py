"""Where moto is more lenient than AWS, or wrong, in what these tests are about."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from moto.awslambda import models
from moto.awslambda.exceptions import LambdaClientError, PreconditionFailedException
from moto.awslambda.models import LambdaAlias, LambdaBackend, LambdaFunction, LambdaStorage
from moto.awslambda.policy import Policy
from moto.awslambda.responses import LambdaResponse
from moto.cloudwatch.models import Statistics
from moto.logs.models import LogsBackend
from moto.scheduler.exceptions import ScheduleGroupNotFound
from moto.scheduler.models import EventBridgeSchedulerBackend

from tests.aws.support.moto_additions import add_calls
from tests.support.moto_in_turn import answer_in_turn


class _StatementExistsError(LambdaClientError):
    code = 409

    def __init__(self, sid: str) -> None:
        super().__init__("ResourceConflictException", f"The statement id ({sid}) provided already exists.")


class _VersionInUseError(LambdaClientError):
    code = 409

    def __init__(self) -> None:
        super().__init__("ResourceConflictException", "Version is referenced by an alias.")


class _NoLayerVersionError(LambdaClientError):
    code = 400

    def __init__(self, arns: list[str]) -> None:
        super().__init__("InvalidParameterValueException", f"Layer version {arns[0]} does not exist.")


def close_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make moto behave as AWS does where these tests would notice."""
    answer_in_turn()
    _keep_one_event_invoke_config(monkeypatch)
    _refuse_a_statement_that_exists(monkeypatch)
    _forget_the_tags_of_what_is_deleted(monkeypatch)
    _remember_dead_letter_targets(monkeypatch)
    _count_versions_on(monkeypatch)
    _refuse_old_revisions(monkeypatch)
    _keep_versions_with_an_alias(monkeypatch)
    _know_percentiles(monkeypatch)
    monkeypatch.setattr(models, "UnknownLayerVersionException", _NoLayerVersionError)
    add_calls(monkeypatch)


def _know_percentiles(monkeypatch: pytest.MonkeyPatch) -> None:
    def percentiles(statistics: Any) -> dict[str, float]:
        values = sorted(float(datum.value) for datum in statistics.metric_data)
        return {f"p{number}": values[-(-len(values) * number // 100) - 1] for number in (50, 95, 99)}

    monkeypatch.setattr(Statistics, "extended_statistics", property(percentiles), raising=False)


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
        function.revision = _revision()
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


def _revision() -> str:
    return str(uuid.uuid4())


def _refuse_old_revisions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions and aliases have a revision, which a change renews and which a request may demand."""
    _renew_after(monkeypatch, LambdaFunction, "update_configuration", "revision")
    _renew_after(monkeypatch, LambdaFunction, "update_function_code", "revision")
    _renew_after(monkeypatch, LambdaAlias, "update", "revision_id")
    tell = LambdaFunction.get_configuration

    def tell_revision(function: Any, *rest: Any, **more: Any) -> Any:
        return {**tell(function, *rest, **more), "RevisionId": function.revision}

    monkeypatch.setattr(LambdaFunction, "get_configuration", tell_revision)
    for operation in ("update_function_code", "update_function_configuration"):
        _demand_at_backend(monkeypatch, operation)
    _demand_at_response(monkeypatch, "update_alias", lambda aws, path: aws.get_alias(path[-1], path[-3]).revision_id)
    _demand_at_response(monkeypatch, "publish_version", lambda backend, path: backend.get_function(path[-2]).revision)


def _renew_after(monkeypatch: pytest.MonkeyPatch, kind: type, method: str, attribute: str) -> None:
    original = getattr(kind, method)

    def renewing(one: Any, *rest: Any, **more: Any) -> Any:
        before = getattr(one, attribute, None)
        setattr(one, attribute, _revision())
        try:
            return original(one, *rest, **more)
        except LambdaClientError:
            # What is refused changes nothing.
            setattr(one, attribute, before)
            raise

    monkeypatch.setattr(kind, method, renewing)


def _demand_at_backend(monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    original = getattr(LambdaBackend, operation)

    def demanding(backend: Any, function_name: str, qualifier: str, body: dict[str, Any]) -> Any:
        _compare(body.get("RevisionId"), backend.get_function(function_name).revision)
        return original(backend, function_name, qualifier, body)

    monkeypatch.setattr(LambdaBackend, operation, demanding)


def _demand_at_response(
    monkeypatch: pytest.MonkeyPatch, operation: str, current: Callable[[Any, list[str]], str]
) -> None:
    original = getattr(LambdaResponse, operation)

    def demanding(response: Any) -> Any:
        body = json.loads(response.body or "{}")
        _compare(body.get("RevisionId"), current(response.backend, response.path.split("/")))
        return original(response)

    monkeypatch.setattr(LambdaResponse, operation, demanding)


def _compare(demanded: str | None, current: str) -> None:
    if demanded not in (None, current):
        raise PreconditionFailedException("The RevisionId provided does not match the latest RevisionId.")
