"""A CloudFormation template in JSON. Pure.

Values of the environment and the place of the code are parameters. ARNs of this account and region are written with
pseudo parameters, so that the template is good elsewhere too.
"""

from __future__ import annotations

from collections.abc import Iterator

from taskflows_cloud_aws.exporting import explained
from taskflows_cloud_aws.exporting.cloudformation.alarms import alarms
from taskflows_cloud_aws.exporting.cloudformation.function import alias, around, function, version, version_id
from taskflows_cloud_aws.exporting.cloudformation.triggers import invoking, rules, schedules
from taskflows_cloud_aws.exporting.cloudformation.values import Named, Writer, secrets
from taskflows_cloud_aws.exporting.subject import Subject
from taskflows_cloud_core.kit.export.documents import as_json

TEMPLATE = "template.json"


def write(subject: Subject) -> dict[str, str]:
    """The template and how to use it."""
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"The function {subject.names.function} with its schedules",
        "Parameters": dict(_parameters(subject)),
        "Resources": dict(_resources(Writer(subject))),
        "Outputs": {"LiveArn": {"Description": "What schedules call", "Value": {"Ref": "Live"}}},
    }
    return {
        TEMPLATE: as_json(template),
        explained.FILE_NAME: explained.of_cloudformation(subject, [name for name, _ in secrets(subject)]),
    }


def _parameters(subject: Subject) -> Iterator[Named]:
    yield (
        "CodeBucket",
        {"Type": "String", "Description": "The S3 bucket, of the stack's region, that holds the archive"},
    )
    key = f"{subject.names.upload_prefix}{subject.function['code_sha256']}.zip"
    yield "CodeKey", {"Type": "String", "Description": "The key of the archive in the bucket", "Default": key}
    revision = "Change it to publish another version, for instance after a change of the environment"
    yield "Revision", {"Type": "String", "Default": "1", "Description": revision}
    for number, _ in enumerate(subject.of_kind("layer"), 1):
        yield f"LayerKey{number}", {"Type": "String", "Description": "The key of a layer's archive in the bucket"}
    for parameter, variable in secrets(subject):
        yield parameter, {"Type": "String", "NoEcho": True, "Description": f"The environment variable {variable}"}


def _resources(writer: Writer) -> Iterator[Named]:
    yield from around(writer)
    yield "Function", function(writer)
    published = version_id(writer.subject)
    yield published, version(writer.subject)
    yield "Live", alias(writer.subject, published)
    yield from invoking(writer)
    yield from rules(writer)
    yield from schedules(writer)
    yield from alarms(writer)
