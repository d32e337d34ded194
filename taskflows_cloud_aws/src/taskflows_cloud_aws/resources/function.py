"""The Lambda function as data: how it is wanted and how it was found. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names, layer_in
from taskflows_cloud_aws.settings.function_options import AwsFunctionOptions
from taskflows_cloud_core import CloudFunctionConfig, Package
from taskflows_cloud_core.reconcile import Hidden, Resource

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef

KIND = "function"

CODE_FIELDS = frozenset({"code_sha256", "architecture"})
"""What UpdateFunctionCode changes."""
CONFIGURATION_FIELDS = frozenset(
    {
        "description",
        "environment",
        "dead_letter",
        "ephemeral_storage_mb",
        "file_system",
        "handler",
        "kms_key",
        "layers",
        "memory_mb",
        "role",
        "runtime",
        "timeout_seconds",
        "tracing",
        "vpc",
    }
)
"""What UpdateFunctionConfiguration changes."""


def code_properties(package: Package, architecture: str) -> dict[str, Any]:
    """The part of a function that comes from its package."""
    return {
        "architecture": architecture,
        "code_sha256": package.sha256,
        "handler": package.handler,
        "runtime": f"python{package.python_version}",
    }


def configuration_properties(names: Names, config: CloudFunctionConfig, *, paused: bool) -> dict[str, Any]:
    """The part of a function that comes from its configuration."""
    tags = ownership.MARKS.owned_by(names.function, config.tags)
    if paused:
        tags[ownership.PAUSED] = "true"
    return {
        "description": config.description,
        "environment": _hidden(config.environment_variables),
        "ephemeral_storage_mb": config.ephemeral_storage_mb,
        "memory_mb": config.memory_mb,
        "tags": tags,
        "timeout_seconds": config.timeout_seconds,
    }


def aws_properties(names: Names, options: AwsFunctionOptions) -> dict[str, Any]:
    """The part of a function that only AWS has. What is not wanted is not there."""
    properties = {
        "dead_letter": names.queue_arn if options.dead_letter_queue else options.dead_letter_arn,
        "file_system": _file_system(options.file_system_access_point_arn, options.file_system_mount_path),
        "kms_key": options.kms_key_arn,
        "layers": list(options.layers),
        "tracing": options.tracing,
        "vpc": _vpc(options.subnet_ids, options.security_group_ids),
    }
    return {name: value for name, value in properties.items() if value}


def _vpc(subnets: Iterable[str], security_groups: Iterable[str]) -> dict[str, list[str]]:
    found = {"subnets": sorted(subnets), "security_groups": sorted(security_groups)}
    return found if found["subnets"] else {}


def _file_system(access_point: str | None, mount_path: str | None) -> dict[str, str | None]:
    return {"access_point": access_point, "mount_path": mount_path} if access_point else {}


def _without_version(layer: str) -> str:
    """A layer of our making stands without its version, as nobody knows that before it is published."""
    return layer.rpartition(":")[0] if layer_in(layer) else layer


def _observed_aws_properties(found: Mapping[str, Any]) -> dict[str, Any]:
    vpc = found.get("VpcConfig", {})
    mounted: Mapping[str, str] = next(iter(found.get("FileSystemConfigs", [])), {})
    properties = {
        "dead_letter": found.get("DeadLetterConfig", {}).get("TargetArn"),
        "file_system": _file_system(mounted.get("Arn"), mounted.get("LocalMountPath")),
        "kms_key": found.get("KMSKeyArn"),
        "layers": [_without_version(layer["Arn"]) for layer in found.get("Layers", [])],
        "tracing": found.get("TracingConfig", {}).get("Mode", "PassThrough"),
        "vpc": _vpc(vpc.get("SubnetIds", []), vpc.get("SecurityGroupIds", [])),
    }
    return {name: value for name, value in properties.items() if value}


def desired_function(names: Names, code: Mapping[str, Any], configuration: Mapping[str, Any]) -> Resource:
    """A function that is in order."""
    return _function(names, {**code, **configuration, "state": "Active", "last_update": "Successful"})


def _function(names: Names, properties: Mapping[str, Any]) -> Resource:
    layers = [("layer", name) for layer in properties.get("layers", []) if (name := layer_in(layer))]
    roles = [("role", names.role), ("role", names.shared_role)]
    depends_on = [*roles, ("log-group", names.log_group), ("queue", names.queue), *layers]
    implied = ("last_update", "state")
    return Resource(kind=KIND, name=names.function, properties=properties, depends_on=depends_on, unshown=implied)


def observed_function(names: Names, answer: GetFunctionResponseTypeDef | Mapping[str, Any]) -> Resource:
    """Convert AWS's answer to the form of `desired_function`."""
    found: dict[str, Any] = dict(answer["Configuration"])
    properties = {
        **_observed_aws_properties(found),
        "architecture": found.get("Architectures", ["x86_64"])[0],
        "code_sha256": code_sha256(found),
        "description": found.get("Description", ""),
        "environment": _hidden(found.get("Environment", {}).get("Variables", {})),
        "ephemeral_storage_mb": found.get("EphemeralStorage", {}).get("Size", 512),
        "handler": found.get("Handler", ""),
        "memory_mb": found["MemorySize"],
        "role": found["Role"],
        "runtime": found.get("Runtime", ""),
        "tags": _tags_of(answer),
        "timeout_seconds": found["Timeout"],
        # Only "Failed" is wrong: the others are ways of being in order, or on the way there.
        "state": "Failed" if found.get("State") == "Failed" else "Active",
        "last_update": "Failed" if found.get("LastUpdateStatus") == "Failed" else "Successful",
    }
    return _function(names, properties)


def _tags_of(answer: GetFunctionResponseTypeDef | Mapping[str, Any]) -> dict[str, str]:
    """The tags, without the one that comes and goes with provisioned concurrency."""
    tags = ownership.MARKS.comparable(answer.get("Tags", {}))
    return {key: value for key, value in tags.items() if key != ownership.PROVISIONED}


def revision_of(answer: GetFunctionResponseTypeDef | Mapping[str, Any] | None) -> str | None:
    """What a change may demand to be the state that it changes; a change that is under way will end with another."""
    found = answer["Configuration"] if answer is not None else {}
    return found.get("RevisionId") if is_settled(found) else None


def code_sha256(found: Mapping[str, Any]) -> str:
    """The digest of the code in hexadecimal; Lambda gives it in base 64."""
    return base64.b64decode(found["CodeSha256"]).hex()


def is_settled(found: Mapping[str, Any]) -> bool:
    """Whether no creation or update is under way."""
    return found.get("State") != "Pending" and found.get("LastUpdateStatus") != "InProgress"


def _hidden(variables: Mapping[str, str]) -> dict[str, Hidden]:
    return {name: Hidden(value) for name, value in variables.items()}


def shown_environment(properties: Mapping[str, Any]) -> dict[str, str]:
    """The environment with its values, for a request to AWS and nothing else."""
    return {name: hidden.value for name, hidden in properties["environment"].items()}


def creation_request(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of CreateFunction that the configuration decides."""
    blank: tuple[Any, ...] = ("", [], {"TargetArn": ""}, {"SubnetIds": [], "SecurityGroupIds": []})
    return {name: value for name, value in configuration_request(properties).items() if value not in blank}


def configuration_request(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of UpdateFunctionConfiguration."""
    return {
        "Runtime": properties["runtime"],
        "Role": properties["role"],
        "Handler": properties["handler"],
        "Description": properties["description"],
        "Timeout": properties["timeout_seconds"],
        "MemorySize": properties["memory_mb"],
        "Environment": {"Variables": shown_environment(properties)},
        "EphemeralStorage": {"Size": properties["ephemeral_storage_mb"]},
        # An empty value takes away what was there before.
        "DeadLetterConfig": {"TargetArn": properties.get("dead_letter", "")},
        "FileSystemConfigs": _file_system_configs(properties.get("file_system", {})),
        "KMSKeyArn": properties.get("kms_key", ""),
        "Layers": list(properties.get("layers", [])),
        "TracingConfig": {"Mode": properties["tracing"]},
        "VpcConfig": {
            "SubnetIds": properties.get("vpc", {}).get("subnets", []),
            "SecurityGroupIds": properties.get("vpc", {}).get("security_groups", []),
        },
    }


def _file_system_configs(file_system: Mapping[str, str]) -> list[dict[str, str]]:
    if not file_system:
        return []
    return [{"Arn": file_system["access_point"], "LocalMountPath": file_system["mount_path"]}]


def updated_at(answer: GetFunctionResponseTypeDef) -> datetime | None:
    """When the function was last changed."""
    return as_datetime(answer["Configuration"].get("LastModified", ""))


def as_datetime(text: str) -> datetime | None:
    """Read Lambda's spelling of a moment, ``2026-11-24T09:02:55.438+0000``; ``None`` when it is another."""
    try:
        # Some emulators write nanoseconds, which Python does not read.
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
