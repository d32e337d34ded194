"""Archives on their way to Lambda through S3: only for one that is too large to be sent directly.

Lambda copies it, so that it is deleted as soon as the function has it. What a broken off run left is found and
deleted by the next one.
"""

from __future__ import annotations

from typing import Any

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import ConfigurationError, OperationError, Package, Problem
from taskflows_cloud_core.packaging import PackageLayer
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "upload"


def read_uploads(session: AwsSession, names: Names) -> list[Resource]:
    """Find what earlier runs left in the bucket. Nothing is asked when no bucket is given."""
    bucket = session.options.code_bucket
    if bucket is None:
        return []
    pages = session.s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=names.upload_prefix, ExpectedBucketOwner=names.account
    )
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    return [Resource(kind=KIND, name=key, properties={"bucket": bucket}) for key in keys]


def send(context: Context) -> dict[str, Any]:
    """Bring the code to where Lambda takes it from.

    Returns:
        The arguments of CreateFunction and UpdateFunctionCode that say where it is.

    Raises:
        OperationError: The plan has no code.
        ConfigurationError: The archive is too large, and no bucket is given.
    """
    package = context.package
    if package is None:
        raise OperationError(f"there is no code to deploy for {context.names.function!r}; deploy the function again")
    return _send(context, package, package.size, _key(context, package))


def send_layer(context: Context, layer: PackageLayer) -> dict[str, Any]:
    """Bring a layer to where Lambda takes it from.

    Returns:
        The argument ``Content`` of PublishLayerVersion.

    Raises:
        ConfigurationError: The archive is too large, and no bucket is given.
    """
    return _send(context, layer, layer.size, _layer_key(context, layer))


def _send(context: Context, archive: Package | PackageLayer, size: int, key: str) -> dict[str, Any]:
    if size <= limits.DIRECT_UPLOAD_BYTES:
        # A package's archive need not be a file for that.
        return {"ZipFile": archive.read_bytes() if isinstance(archive, Package) else archive.path.read_bytes()}
    bucket = _bucket(context, size)
    with archive.path.open("rb") as content:
        context.session.s3.put_object(Bucket=bucket, Key=key, Body=content, ExpectedBucketOwner=context.names.account)
    return {"S3Bucket": bucket, "S3Key": key}


def forget(context: Context) -> None:
    """Delete the code from the bucket, now that Lambda has it."""
    package = context.package
    if package is not None and package.size > limits.DIRECT_UPLOAD_BYTES:
        _delete_object(context, _bucket(context, package.size), _key(context, package))


def forget_layer(context: Context, layer: PackageLayer) -> None:
    """Delete a layer from the bucket, now that Lambda has it."""
    if layer.size > limits.DIRECT_UPLOAD_BYTES:
        _delete_object(context, _bucket(context, layer.size), _layer_key(context, layer))


def _bucket(context: Context, size: int) -> str:
    bucket = context.session.options.code_bucket
    if bucket is None:
        message = (
            f"the archive has {size / 2**20:.3f} MiB, and Lambda takes 50 directly; pass code_bucket, the name of an "
            f"S3 bucket in {context.names.region}"
        )
        raise ConfigurationError([Problem(field="code_bucket", message=message)])
    return bucket


def _key(context: Context, package: Package) -> str:
    return f"{context.names.upload_prefix}{package.sha256}.zip"


def _layer_key(context: Context, layer: PackageLayer) -> str:
    return f"{context.names.upload_prefix}layer-{layer.sha256}.zip"


def _delete_object(context: Context, bucket: str, key: str) -> None:
    context.session.s3.delete_object(Bucket=bucket, Key=key, ExpectedBucketOwner=context.names.account)


def _put(_context: Context, action: Action) -> None:
    raise OperationError(f"{action.key} is never wanted, only found")


def _delete(context: Context, action: Action) -> None:
    _delete_object(context, action.resource.properties["bucket"], action.resource.name)


HANDLER = AwsHandler(create=_put, update=_put, delete=_delete)
