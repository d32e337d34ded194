"""moto answers an invocation without running anything. With this it runs the code that was uploaded, as Lambda does:
in a Python of its own, with the variables of the version, its lines in the log group and its figures in CloudWatch.
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import tempfile
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import moto.core.responses
import pytest
from moto.awslambda.models import LambdaFunction
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.cloudwatch.models import cloudwatch_backends
from moto.utilities.aws_headers import gen_amzn_requestid_long

from taskflows_cloud_aws.naming.names import LIVE

_PROGRAM = """
import json, sys, traceback
folder, answer = sys.argv[1:]
sys.path.insert(0, folder)
try:
    import index
    told = {"ok": True, "value": index.handler(json.loads(sys.stdin.read()), None)}
except Exception as error:
    trace = traceback.format_tb(error.__traceback__)
    failure = {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": trace}
    told = {"ok": False, "value": failure}
with open(answer, "w", encoding="utf-8") as stream:
    json.dump(told, stream)
"""


def run_what_is_invoked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let moto run functions from now on."""

    def invoke(
        backend: Any, function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: Any
    ) -> bytes:
        # moto does not tell the qualifier of the request; every caller here means what is live.
        function = backend.get_function(function_name, qualifier or LIVE)
        request_id = str(uuid.uuid4())
        told, printed = _run(function, body)
        lines = [
            f"START RequestId: {request_id} Version: {function.version}",
            *printed.splitlines(),
            *([] if told["ok"] else [_line_about(told["value"])]),
            f"END RequestId: {request_id}",
            f"REPORT RequestId: {request_id}\tDuration: 12.50 ms\tBilled Duration: 13 ms",
        ]
        _log(function, lines)
        _count(backend, function.function_name, failed=not told["ok"])
        response_headers["x-amzn-RequestId"] = request_id
        if not told["ok"]:
            response_headers["x-amz-function-error"] = "Unhandled"
        response_headers["x-amz-log-result"] = base64.b64encode("\n".join(lines).encode()).decode()
        return json.dumps(told["value"]).encode()

    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
    monkeypatch.setattr(moto.core.responses, "gen_amzn_requestid_long", _name_request)


def _line_about(failure: dict[str, Any]) -> str:
    """What Lambda's own client for Python writes about an exception that left the handler: one event."""
    head = f"[ERROR] {failure['errorType']}: {failure['errorMessage']}"
    return "\r".join([head, "Traceback (most recent call last):", *failure["stackTrace"]])


def _name_request(headers: dict[str, str]) -> str:
    """Answer with the request id that is in the log, as Lambda does."""
    if "x-amzn-RequestId" not in headers:
        return gen_amzn_requestid_long(headers)
    headers["x-amzn-requestid"] = headers.pop("x-amzn-RequestId")
    return headers["x-amzn-requestid"]


def _log(function: LambdaFunction, lines: list[str]) -> None:
    now = datetime.now(UTC)
    stream = f"{now:%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
    # CloudWatch counts whole milliseconds.
    events = [{"timestamp": int(now.timestamp() * 1000), "message": line} for line in lines]
    function.logs_backend.ensure_log_group(function.logs_group_name)
    function.logs_backend.create_log_stream(function.logs_group_name, stream)
    function.logs_backend.put_log_events(function.logs_group_name, stream, events)


def _run(function: LambdaFunction, body: Any) -> tuple[dict[str, Any], str]:
    with tempfile.TemporaryDirectory() as folder:
        code, answer = Path(folder) / "code", Path(folder) / "answer.json"
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(code)
        event = body.decode() if isinstance(body, bytes) else body or "null"
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _PROGRAM, str(code), str(answer)],
            input=event,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=dict(function.environment_vars),
            check=True,
        )
        return json.loads(answer.read_text(encoding="utf-8")), ended.stdout


def _count(backend: LambdaSimpleBackend, name: str, *, failed: bool) -> None:
    figures = {"Invocations": 1.0, "Errors": float(failed), "Duration": 12.5}
    data = [
        {
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": name}],
            "Timestamp": datetime.now(UTC).replace(tzinfo=None),
            "Value": value,
        }
        for metric, value in figures.items()
    ]
    cloudwatch_backends[backend.account_id][backend.region_name].put_metric_data("AWS/Lambda", data)
