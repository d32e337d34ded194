"""A hundred functions on the AWS emulator: calls a function, and time beside a hand-written boto3 script."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from _counting_proxy import Calls, counting_proxy

from taskflows_cloud_core import CloudEnvironment, CloudFunctionConfig, Periodic, get_environment

FUNCTIONS = 100
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/shared"

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
import jobs  # noqa: E402 - found through the line above
from aws_quickstart import emulator  # noqa: E402


def main() -> None:
    """Deploy fresh, again, with one schedule changed, and delete; then the hand-written script."""
    with ExitStack() as stack:
        stack.enter_context(emulator(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        proxy, calls = stack.enter_context(counting_proxy(os.environ["AWS_ENDPOINT_URL"]))
        os.environ["AWS_ENDPOINT_URL"] = proxy
        by_hand = timed(deploy_by_hand, calls)
        environment = get_environment("aws", region=REGION, execution_role_arn=ROLE)
        rows = {
            "boto3 by hand, one after the other": by_hand,
            "deploy_many, fresh": timed(lambda: deploy(environment, period=3600), calls),
            "deploy_many, the same again": timed(lambda: deploy(environment, period=3600), calls),
            "deploy_many, schedules changed": timed(lambda: deploy(environment, period=7200), calls),
            "list_functions": timed(environment.list_functions, calls),
            "delete_function": timed(lambda: delete(environment), calls),
        }
    print(
        f"{f'{FUNCTIONS} functions on the emulator':<36} {'s':>7} {'x by hand':>10} {'reads/f':>8} {'mutating/f':>11}"
    )
    for name, (seconds, reads, mutating) in rows.items():
        ratio = seconds / by_hand[0]
        print(f"{name:<36} {seconds:7.2f} {ratio:10.2f} {reads / FUNCTIONS:8.2f} {mutating / FUNCTIONS:11.2f}")
    print()


def timed(work: Any, calls: Calls) -> tuple[float, int, int]:
    """Seconds, reads and mutating calls of a piece of work."""
    calls.take()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin, *calls.take()


def deploy(environment: CloudEnvironment, period: int) -> None:
    """Deploy all functions of the benchmark."""
    pairs = [
        (
            jobs.weather_report,
            CloudFunctionConfig(function_name=f"job-{number}", schedules=[Periodic(period=period)]),
        )
        for number in range(FUNCTIONS)
    ]
    for result in environment.deploy_many(pairs):
        result.raise_for_error()


def delete(environment: CloudEnvironment) -> None:
    """Delete all functions of the benchmark."""
    for number in range(FUNCTIONS):
        environment.delete_function(f"job-{number}").raise_for_error()


def deploy_by_hand() -> None:
    """The shortest script that a person would write: function, rule, target, permission."""
    import boto3

    functions, events = boto3.client("lambda", region_name=REGION), boto3.client("events", region_name=REGION)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(
            "index.py", Path(jobs.__file__).read_text() + "\nhandler = lambda event, context: weather_report()"
        )
    for number in range(FUNCTIONS):
        name = f"by-hand-{number}"
        arn = functions.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=ROLE,
            Handler="index.handler",
            Code={"ZipFile": archive.getvalue()},
        )["FunctionArn"]
        rule = events.put_rule(Name=name, ScheduleExpression="rate(1 hour)")["RuleArn"]
        events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn}])
        functions.add_permission(
            FunctionName=name,
            StatementId="events",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule,
        )


if __name__ == "__main__":
    main()
