"""A Terraform configuration in JSON syntax. Pure.

Values of the environment are sensitive variables. ARNs of this account and region are written with data sources and
the variable of the region, so that the configuration is good elsewhere too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from taskflows_cloud_aws.exporting import explained
from taskflows_cloud_aws.exporting.subject import Subject, without_blanks
from taskflows_cloud_aws.exporting.terraform.alarms import alarms
from taskflows_cloud_aws.exporting.terraform.function import around, function
from taskflows_cloud_aws.exporting.terraform.imports import imports
from taskflows_cloud_aws.exporting.terraform.triggers import invoking, rules, schedules
from taskflows_cloud_aws.exporting.terraform.values import FUNCTION, LIVE, REGION, Block, Writer

MAIN, IMPORTS = "main.tf.json", "import.tf.json"


def write(subject: Subject) -> dict[str, str]:
    """The configuration, what it takes over, and how to use it."""
    resources: dict[str, dict[str, Any]] = {}
    for kind, label, arguments in _resources(Writer(subject)):
        resources.setdefault(kind, {})[label] = without_blanks(arguments)
    main = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.40"}}},
        "provider": {"aws": {"region": REGION}},
        "variable": dict(_variables(subject)),
        "data": {"aws_caller_identity": {"current": {}}, "aws_partition": {"current": {}}},
        "resource": resources,
        "output": {"live_arn": {"description": "What schedules call", "value": f"{LIVE}.arn}}"}},
    }
    files = {MAIN: _json(main), explained.FILE_NAME: explained.of_terraform(subject)}
    taken_over = [{"to": to, "id": name} for to, name in imports(subject)]
    return {**files, IMPORTS: _json({"import": taken_over})} if taken_over else files


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


def _resources(writer: Writer) -> Iterator[Block]:
    yield from around(writer)
    yield "aws_lambda_function", "function", function(writer)
    live = {
        "name": "live",
        "function_name": f"{FUNCTION}.function_name}}",
        "function_version": f"{FUNCTION}.version}}",
    }
    yield "aws_lambda_alias", "live", live
    yield from invoking(writer)
    yield from rules(writer)
    yield from schedules(writer)
    yield from alarms(writer)
