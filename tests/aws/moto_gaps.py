"""Where moto is more lenient than AWS, or wrong, in what these tests are about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaBackend
from moto.awslambda.policy import Policy


class _StatementExistsError(LambdaClientError):
    code = 409

    def __init__(self, sid: str) -> None:
        super().__init__("ResourceConflictException", f"The statement id ({sid}) provided already exists.")


def close_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make moto refuse a statement id that is taken, and keep one event-invoke configuration a function."""
    put = LambdaBackend.put_function_event_invoke_config
    add = Policy.add_statement

    def put_one(backend: Any, function_name: str, config: dict[str, Any]) -> Any:
        backend.get_function(function_name).event_invoke_config.clear()
        return put(backend, function_name, config)

    def add_new(policy: Any, raw: str, qualifier: str | None = None) -> Any:
        sid = json.loads(raw)["StatementId"]
        if any(statement.get("Sid") == sid for statement in policy.statements):
            raise _StatementExistsError(sid)
        return add(policy, raw, qualifier)

    monkeypatch.setattr(LambdaBackend, "put_function_event_invoke_config", put_one)
    monkeypatch.setattr(Policy, "add_statement", add_new)
