"""A Terraform configuration in JSON syntax. Pure.

Values of the environment are sensitive variables. ARNs of this account and region are written with data sources and
the variable of the region, so that the configuration is good elsewhere too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taskflows_cloud_aws.exporting import explained
from taskflows_cloud_aws.exporting.subject import Subject
from taskflows_cloud_aws.exporting.terraform.alarms import alarms
from taskflows_cloud_aws.exporting.terraform.function import around, function
from taskflows_cloud_aws.exporting.terraform.imports import imports
from taskflows_cloud_aws.exporting.terraform.triggers import invoking, rules, schedules
from taskflows_cloud_aws.exporting.terraform.values import FUNCTION, LIVE, REGION, Writer
from taskflows_cloud_core.kit.export import terraform
from taskflows_cloud_core.kit.export.documents import as_json
from taskflows_cloud_core.kit.export.terraform import Block

MAIN, IMPORTS = "main.tf.json", "import.tf.json"


def write(subject: Subject) -> dict[str, str]:
    """The configuration, what it takes over, and how to use it."""
    main = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.40"}}},
        "provider": {"aws": {"region": REGION}},
        "variable": _variables(subject),
        "data": {"aws_caller_identity": {"current": {}}, "aws_partition": {"current": {}}},
        "resource": terraform.resource_blocks(_resources(Writer(subject))),
        "output": {"live_arn": {"description": "What schedules call", "value": f"{LIVE}.arn}}"}},
    }
    files = {MAIN: as_json(main), explained.FILE_NAME: explained.of_terraform(subject)}
    taken_over = [{"to": to, "id": name} for to, name in imports(subject)]
    return {**files, IMPORTS: as_json({"import": taken_over})} if taken_over else files


def _variables(subject: Subject) -> dict[str, dict[str, Any]]:
    layers = range(1, len(subject.of_kind("layer")) + 1)
    return {
        "region": terraform.text_variable(default=subject.names.region),
        "package_file": terraform.text_variable("The path of the archive"),
        **{f"layer_file_{number}": terraform.text_variable("The path of a layer's archive") for number in layers},
        **terraform.environment_variables(subject.variables),
    }


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
