"""A program written for ``taskflows.cloud`` runs with its import lines changed, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ministack import ministack

pytestmark = pytest.mark.integration

# The shape of such a program: keywords, dict-like results and all.
PROGRAM = """
from taskflows_cloud_aws import AWSLambdaEnvironment
from taskflows_cloud_core import Calendar, CloudFunctionConfig, Periodic


def daily_summary():
    import json

    summary = {"status": "fine", "jobs": 12}
    print(f"summary: {json.dumps(summary)}")
    return summary


def sweep():
    print("swept")


environment = AWSLambdaEnvironment(
    region="us-east-1",
    execution_role_arn="arn:aws:iam::123456789012:role/lambda-execution-role",
)
result = environment.deploy_function(
    function=daily_summary,
    config=CloudFunctionConfig(
        function_name="taskflows-summary",
        description="Sums up the day",
        memory_mb=256,
        timeout_seconds=60,
        schedules=[Calendar(schedule="Mon-Fri 09:00")],
        environment_variables={"RECIPIENT": "someone@example.com"},
        tags={"Project": "Summaries"},
    ),
    dependencies=["boto3"],
)
assert result.success, result.error
print(result.resource_id, result.metadata["package_size_mb"], len(result.metadata["schedule_rules"]))

swept = environment.deploy_function(
    function=sweep,
    config=CloudFunctionConfig(
        function_name="taskflows-sweep",
        schedules=[
            Calendar(schedule="Sun 00:00"),
            Periodic(start_on="boot", period=21600, relative_to="finish"),
        ],
        log_retention_days=14,
    ),
)
assert swept.success, swept.error
assert len(swept.metadata["schedule_rules"]) == 2

answer = environment.invoke_function(
    function_name="taskflows-summary", payload={"manual": True}, invocation_type="RequestResponse"
)
assert answer.get("StatusCode") == 200
assert "Payload" in answer
assert answer["Payload"] == {"status": "fine", "jobs": 12}, answer["Payload"]

lines = environment.get_function_logs(function_name="taskflows-summary", limit=10)
assert any("summary: " in f"{line}" for line in lines), lines

names = [f["name"] for f in environment.list_functions() if f["name"].startswith("taskflows-")]
assert names == ["taskflows-summary", "taskflows-sweep"]
for listed in environment.list_functions():
    print(f"{listed['name']} ({listed['runtime']}, {listed['memory']}MB)")


def second_version():
    return {"version": 2}


updated = environment.update_function_code(function_name="taskflows-summary", function=second_version)
assert updated.success, updated.error
assert environment.invoke_function("taskflows-summary")["Payload"] == {"version": 2}

configured = environment.update_function_configuration(
    function_name="taskflows-sweep",
    config=CloudFunctionConfig(
        function_name="taskflows-sweep",
        memory_mb=512,
        timeout_seconds=180,
        environment_variables={"THOROUGH": "yes"},
    ),
)
assert configured.success, configured.error
assert len(environment.describe_function("taskflows-sweep").function.schedules) == 2

for name in names:
    if environment.delete_function(name):
        print(f"deleted {name}")
assert environment.list_functions() == []
"""


def test_the_program_runs(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    with ministack(tmp_path) as emulator:
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": emulator.endpoint_url,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "emulated",
        }
        run = subprocess.run(
            [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path
        )
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert "taskflows-sweep (python3." in run.stdout
    assert run.stdout.rstrip().endswith("deleted taskflows-sweep")
