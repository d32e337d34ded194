"""From a request to a plan: check, translate, package, plan. Nothing is changed in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from taskflows_cloud_core.environment.arguments import Request
from taskflows_cloud_core.environment.checks import Translated, check_and_translate, resolve
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.errors import CloudError
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.progress import Progress, ProgressEvent, Stage
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.stopping import raise_if_stopped


@attrs.frozen(kw_only=True)
class Prepared:
    """A request that was checked, translated and packaged, whatever is deployed already.

    Args:
        request: The deployment.
        translated: Its schedules.
        package: Its code; ``None`` when the code stays as it is.
    """

    request: Request
    translated: Translated
    package: Package | None


def make_plan(connection: Connection, request: Request, progress: Progress) -> Plan:
    """Compare a request with what is deployed.

    Args:
        connection: Where the function is to be deployed.
        request: The deployment.
        progress: Called with each step.

    Returns:
        The plan, with the warnings of every step.

    Raises:
        ConfigurationError: With every problem of function, configuration, dependencies and schedules.
        PackagingError: The code cannot be packaged.
        OperationError: The deployed state cannot be read.
    """
    return plan_prepared(connection, prepare(connection, request, progress), progress)


def prepare(connection: Connection, request: Request, progress: Progress) -> Prepared:
    """Do the steps of `make_plan` that do not depend on what is deployed.

    Raises:
        ConfigurationError: With every problem of function, configuration, dependencies and schedules.
        PackagingError: The code cannot be packaged.
    """
    request = resolve(connection, request)
    with _step(progress, request.name, "check"):
        translated = check_and_translate(connection, request)
    with _step(progress, request.name, "package"):
        package = _package(connection, request, progress)
    return Prepared(request=request, translated=translated, package=package)


def plan_prepared(connection: Connection, prepared: Prepared, progress: Progress) -> Plan:
    """Do the last step of `make_plan`: compare with what is deployed.

    Raises:
        OperationError: The deployed state cannot be read.
    """
    request, translated, package = prepared.request, prepared.translated, prepared.package
    with _step(progress, request.name, "plan"):
        plan: Plan = connection.call(
            "plan_deployment",
            name=request.name,
            config=request.config,
            package=package,
            triggers=translated.triggers,
        )
    package_warnings = package.warnings if package is not None else ()
    return attrs.evolve(plan, warnings=(*translated.warnings, *package_warnings, *plan.warnings))


def _package(connection: Connection, request: Request, progress: Progress) -> Package | None:
    if request.function is None:
        return None

    def report(event: ProgressEvent) -> None:
        progress(attrs.evolve(event, function_name=request.name))

    package: Package = connection.call(
        "package_function",
        function=request.function,
        config=request.package_config,
        dependencies=request.dependencies,
        progress=report,
    )
    return package


@contextmanager
def _step(progress: Progress, name: str, stage: Stage) -> Iterator[None]:
    """Report the start and the end of a step; after an interrupt, do not start it."""
    raise_if_stopped()
    progress(ProgressEvent(function_name=name, stage=stage, status="started", message=stage))
    try:
        yield
    except CloudError as error:
        progress(ProgressEvent(function_name=name, stage=stage, status="failed", message=str(error)))
        raise
    progress(ProgressEvent(function_name=name, stage=stage, status="succeeded", message=stage))
