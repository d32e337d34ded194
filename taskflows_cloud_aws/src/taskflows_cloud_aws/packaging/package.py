"""Archives for AWS Lambda."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from taskflows_cloud_aws.limits import DEFAULT_ARCHITECTURE, DIRECT_UPLOAD_BYTES, LAYERS
from taskflows_cloud_aws.settings.function_options import AwsFunctionOptions, function_options
from taskflows_cloud_aws.settings.options import AwsOptions
from taskflows_cloud_core import CloudFunctionConfig, ConfigurationError, Package, Problem
from taskflows_cloud_core.config import running_runtime
from taskflows_cloud_core.packaging import PackageTarget, build_layer, build_package, find_dependencies
from taskflows_cloud_core.progress import Progress

# From here on, sending the dependencies again with each change of the code takes longer than a layer's own calls.
_BYTES_WORTH_A_LAYER = 10 * 2**20
_RUNTIME = re.compile(r"python3\.(\d{1,2})")
# AWS Lambda, "Lambda runtimes" (docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html), read 2026-11-24:
# from python3.12 on the system is Amazon Linux 2023, glibc 2.34; before, it is Amazon Linux 2, glibc 2.26. uv
# knows no platform between glibc 2.17 and 2.28, and a wheel for 2.28 would fail on 2.26 when it is imported.
_FIRST_MINOR_ON_2023 = 12
_LIBC_2023, _LIBC_2 = "manylinux_2_34", "manylinux_2_17"
# AWS Lambda, "Lambda quotas" (gettingstarted-limits.html), "Deployment package, unzipped", read 2026-11-24.
_UNPACKED_BYTES = 250 * 2**20
# AWS Lambda, "Packaging your layer content" (packaging-layers.html), "Layer paths for each Lambda runtime": the first
# of Python's.
_LAYER_FOLDER = "python"
_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# AWS Lambda, "Building Lambda functions with Python" (lambda-python.html), "Runtime-included SDK versions", read
# 2026-11-24, and the distributions that boto3 needs.
_PROVIDED = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")


def lambda_target(runtime: str, architecture: str) -> PackageTarget:
    """The machine that runs a Lambda function.

    Args:
        runtime: ``"python3.12"``.
        architecture: ``"x86_64"`` or ``"arm64"``.

    Returns:
        The target, with Lambda's limits and what its runtime has already.

    Raises:
        ConfigurationError: There is no such runtime or architecture.
    """
    minor = _RUNTIME.fullmatch(runtime)
    problems = []
    if minor is None:
        problems.append(Problem(field="runtime", message=f"{runtime!r} is not of the form 'python3.12'"))
    if architecture not in _MACHINES:
        listed = ", ".join(map(repr, _MACHINES))
        problems.append(Problem(field="architecture", message=f"{architecture!r} is none of {listed}"))
    if minor is None or problems:
        raise ConfigurationError(problems, subject="Lambda package")
    libc = _LIBC_2023 if int(minor[1]) >= _FIRST_MINOR_ON_2023 else _LIBC_2
    return PackageTarget(
        python_version=runtime.removeprefix("python"),
        platform=f"{_MACHINES[architecture]}-{libc}",
        adapter="aws_lambda",
        provided=_PROVIDED,
        max_archive_bytes=DIRECT_UPLOAD_BYTES,
        max_unpacked_bytes=_UNPACKED_BYTES,
        layer_folder=_LAYER_FOLDER,
    )


def package_for_lambda(
    function: Callable[..., Any],
    config: CloudFunctionConfig,
    dependencies: Sequence[str] | None,
    options: AwsOptions,
    progress: Progress,
) -> Package:
    """Package a function for deployment, with its dependencies in the archive or in a layer beside it.

    Raises:
        PackagingError: The callable, a dependency or a file cannot be packaged.
    """
    target = lambda_target(f"python{config.python_version}", config.architecture or DEFAULT_ARCHITECTURE)
    if options.code_bucket is not None:
        target = attrs.evolve(target, max_archive_bytes=None)

    def build(for_target: PackageTarget, *, separate: bool) -> Package:
        return build_package(
            function,
            target=for_target,
            dependencies=dependencies,
            include_files=config.include_files,
            separate_dependencies=separate,
            build_from_source=config.build_from_source,
            progress=progress,
        )

    own = function_options(config)
    wanted = wants_layer(options, own)
    if wanted is not None or len(own.layers) >= LAYERS:
        return build(target, separate=wanted is True)
    whole = build(attrs.evolve(target, max_archive_bytes=None), separate=False)
    if whole.size < _BYTES_WORTH_A_LAYER:
        return whole
    package = build(target, separate=True)
    is_large = package.layer is not None and package.layer.size >= _BYTES_WORTH_A_LAYER
    return package if is_large else build(target, separate=False)


def wants_layer(options: AwsOptions, own: AwsFunctionOptions) -> bool | None:
    """Whether the dependencies are to be in a layer; ``None`` when their size decides."""
    return options.dependency_layer if own.dependency_layer is None else own.dependency_layer


def create_lambda_deployment_package(
    function: Callable[..., Any],
    dependencies: Sequence[str] | None = None,
    *,
    runtime: str | None = None,
    architecture: str = "x86_64",
    include_files: Sequence[str] = (),
    build_from_source: Sequence[str] = (),
) -> bytes:
    """Make the zip archive of a Lambda function; its handler is ``index.handler``.

    Args:
        function: The callable.
        dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
        runtime: ``"python3.12"``; the running interpreter's when not given.
        architecture: ``"x86_64"`` or ``"arm64"``.
        include_files: Paths relative to the working directory; they keep their place.
        build_from_source: Names of distributions that may be built from their source on this machine.

    Returns:
        The archive. Equal input makes an equal archive.

    Raises:
        ConfigurationError: There is no such runtime or architecture.
        PackagingError: The callable, a dependency or a file cannot be packaged.
        TypeError: ``dependencies``, ``include_files`` or ``build_from_source`` is a text, not a list of texts.
    """
    target = lambda_target(runtime or running_runtime(), architecture)
    return build_package(
        function,
        target=target,
        dependencies=dependencies,
        include_files=include_files,
        build_from_source=build_from_source,
    ).read_bytes()


def create_lambda_layer_package(
    dependencies: Sequence[str],
    *,
    runtime: str | None = None,
    architecture: str = "x86_64",
    build_from_source: Sequence[str] = (),
) -> bytes:
    """Make the zip archive of a Lambda layer, with distributions below ``python/``.

    Args:
        dependencies: Requirements as in PEP 508.
        runtime: ``"python3.12"``; the running interpreter's when not given.
        architecture: ``"x86_64"`` or ``"arm64"``.
        build_from_source: Names of distributions that may be built from their source on this machine.

    Returns:
        The archive. Equal input makes an equal archive.

    Raises:
        ConfigurationError: There is no such runtime or architecture.
        PackagingError: A dependency cannot be packaged.
        TypeError: ``dependencies`` or ``build_from_source`` is a text, not a list of texts.
    """
    target = lambda_target(runtime or running_runtime(), architecture)
    return build_layer(dependencies, target=target, build_from_source=build_from_source)


def extract_dependencies_from_function(function: Callable[..., Any]) -> list[str]:
    """Find the distributions that a function's code imports, lazily or not.

    Args:
        function: The callable.

    Returns:
        ``"name==version"`` of each, pinned to what is installed, sorted by name. What Lambda's runtime has
        is among them; it is left out of a package when the package is made.

    Raises:
        PackagingError: The callable cannot be packaged, or an imported module belongs to no distribution.
    """
    return list(find_dependencies(function))
