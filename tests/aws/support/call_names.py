"""The name of an AWS call as its HTTP request tells it: ``"lambda:CreateFunction"``, with IAM's names of services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qs

from botocore.loaders import Loader

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
# Services whose operations are told by method and path.
_REST = ("lambda", "scheduler")
# What the signature calls a service, where IAM calls it otherwise.
_OTHER_NAMES = {"monitoring": "cloudwatch"}


def scope_of(headers: Mapping[str, str]) -> tuple[str, str]:
    """Region and service that a request is signed for."""
    found = _SCOPE.search(headers.get("Authorization", ""))
    if found is None:
        raise ValueError("the request is not signed")
    return found["region"], found["service"]


def call_name(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    """Service and operation of a request."""
    _, service = scope_of(headers)
    return f"{_OTHER_NAMES.get(service, service)}:{_operation(service, method, path, headers, body)}"


def _operation(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    if target := headers.get("X-Amz-Target"):
        return target.rpartition(".")[2]
    if found := re.search(r"/operation/(\w+)$", path):
        return found[1]
    if body.startswith(b"Action="):
        return parse_qs(body.decode())["Action"][0]
    if service in _REST:
        plain = path.partition("?")[0]
        return next(name for name, verb, pattern in _rest(service) if verb == method and pattern.fullmatch(plain))
    return f"{method.title()}Object"


@cache
def _rest(service: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    operations = Loader().load_service_model(service, "service-2")["operations"]
    found = [
        (name, one["http"]["method"], one["http"]["requestUri"].partition("?")[0]) for name, one in operations.items()
    ]
    # The path with the most fixed text is the one that is meant.
    found.sort(key=lambda one: -len(re.sub(r"\{.*?\}", "", one[2])))
    return tuple(
        (name, method, re.compile(re.sub(r"\{.*?\}", "[^/]+", uri.rstrip("/")) + "/?")) for name, method, uri in found
    )
