"""A program: an account in memory with many functions, served on loopback until standard input ends.

Arguments: how many functions, and how many kilobytes of log each has. It prints its address when it is ready.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import boto3
from moto import mock_aws

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "examples")]
import jobs  # noqa: E402 - found through the line above

from taskflows_cloud_core import CloudFunctionConfig, Periodic, get_environment  # noqa: E402
from tests.aws.support.account import Wire  # noqa: E402
from tests.aws.support.moto_server import served  # noqa: E402
from tests.support.moto_in_turn import answer_in_turn  # noqa: E402

REGION = "us-east-1"


def main() -> None:
    """Fill the account, serve it."""
    functions, kilobytes = map(int, sys.argv[1:])
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="taskflows-cloud-bench-")
    answer_in_turn()
    with mock_aws(config={"lambda": {"use_docker": False}}):
        fill(functions, kilobytes)
        with served(Wire()) as url:
            print(url, flush=True)
            sys.stdin.read()


def fill(functions: int, kilobytes: int) -> None:
    """Deploy the functions, and write into their logs."""
    environment = get_environment("aws", region=REGION)
    for number in range(functions):
        config = CloudFunctionConfig(function_name=f"job-{number}", schedules=[Periodic(period=3600)])
        environment.deploy_function(jobs.weather_report, config).raise_for_error()
        if kilobytes:
            write_log(f"/aws/lambda/job-{number}", kilobytes)


def write_log(group: str, kilobytes: int) -> None:
    """Write a stream of lines of one kilobyte."""
    logs = boto3.client("logs", region_name=REGION) if not _LOGS else _LOGS[0]
    _LOGS[:] = [logs]
    now = int(time.time() * 1000)
    rows = [{"timestamp": now + number, "message": "x" * 1024} for number in range(kilobytes)]
    logs.create_log_stream(logGroupName=group, logStreamName="a")
    logs.put_log_events(logGroupName=group, logStreamName="a", logEvents=rows)


_LOGS: list[object] = []


if __name__ == "__main__":
    main()
