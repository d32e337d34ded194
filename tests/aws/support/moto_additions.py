"""Calls of Lambda that moto does not have and these tests need."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from moto.awslambda import urls
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse

_PROVISIONED = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency$"


class _NoProvisionedConcurrencyError(LambdaClientError):
    code = 404

    def __init__(self) -> None:
        super().__init__("ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found")


def add_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add provisioned concurrency, and file systems of functions."""
    monkeypatch.setitem(urls.url_paths, _PROVISIONED, LambdaResponse.dispatch)
    for added in (_put_provisioned, _get_provisioned, _delete_provisioned):
        monkeypatch.setattr(LambdaResponse, _OPERATIONS[added.__name__], added, raising=False)
    _remember_file_systems(monkeypatch)


_OPERATIONS = {
    "_put_provisioned": "put_provisioned_concurrency_config",
    "_get_provisioned": "get_provisioned_concurrency_config",
    "_delete_provisioned": "delete_provisioned_concurrency_config",
}


def _function(response: Any) -> Any:
    return response.backend.get_function(unquote(response.path.rsplit("/", 2)[-2]))


def _provisioned(response: Any) -> dict[str, Any]:
    kept: dict[str, Any] = _function(response).__dict__.setdefault("provisioned", {})
    return kept


def _qualifier(response: Any) -> str:
    qualifier: str = response.querystring["Qualifier"][0]
    return qualifier


def _put_provisioned(response: Any) -> Any:
    number = json.loads(response.body)["ProvisionedConcurrentExecutions"]
    # Ready at the second look.
    _provisioned(response)[_qualifier(response)] = {
        "RequestedProvisionedConcurrentExecutions": number,
        "Status": "IN_PROGRESS",
    }
    return 202, {"status": 202}, json.dumps(_provisioned(response)[_qualifier(response)])


def _get_provisioned(response: Any) -> str:
    found = _provisioned(response).get(_qualifier(response))
    if found is None:
        raise _NoProvisionedConcurrencyError
    answer = json.dumps(found)
    if found["Status"] == "IN_PROGRESS":
        found["Status"] = "READY"
    return answer


def _delete_provisioned(response: Any) -> Any:
    if _provisioned(response).pop(_qualifier(response), None) is None:
        raise _NoProvisionedConcurrencyError
    return 204, {"status": 204}, "{}"


def _remember_file_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    make, update, tell = LambdaFunction.__init__, LambdaFunction.update_configuration, LambdaFunction.get_configuration

    def make_with(function: Any, account_id: str, spec: dict[str, Any], *rest: Any, **more: Any) -> None:
        make(function, account_id, spec, *rest, **more)
        function.file_systems = spec.get("FileSystemConfigs", [])

    def update_with(function: Any, changes: dict[str, Any]) -> Any:
        function.file_systems = changes.get("FileSystemConfigs", function.file_systems)
        return update(function, changes)

    def tell_with(function: Any, *rest: Any, **more: Any) -> Any:
        mounted = {"FileSystemConfigs": function.file_systems} if function.file_systems else {}
        return {**tell(function, *rest, **more), **mounted}

    monkeypatch.setattr(LambdaFunction, "__init__", make_with)
    monkeypatch.setattr(LambdaFunction, "update_configuration", update_with)
    monkeypatch.setattr(LambdaFunction, "get_configuration", tell_with)
