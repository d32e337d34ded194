"""From code to a running function, and away again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment.arguments import (
    Deployment,
    files_to_include,
    full_request,
    full_requests,
    kept_with_the_code,
    listed,
    require_callable,
    require_config,
    require_name,
)
from taskflows_cloud_core.environment.batches import deploy_batch
from taskflows_cloud_core.environment.pipeline import Prepared, Request, make_plan, plan_prepared, prepare
from taskflows_cloud_core.environment.previewing import Previewing
from taskflows_cloud_core.errors import (
    CloudError,
    ConfigurationError,
    OperationError,
    PackagingError,
    Problem,
    ScheduleError,
)
from taskflows_cloud_core.progress import Progress, silent
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import CloudDeploymentResult, CostEstimate, DeletionResult

# What a deployment tells in its result. Anything else is a programmer's mistake and is raised.
TOLD_IN_RESULT = (ConfigurationError, ScheduleError, PackagingError, OperationError)


class Deploying(Previewing):
    """The calls that plan, deploy, update and delete."""

    def plan_function(
        self,
        function: Callable[..., Any],
        config: CloudFunctionConfig,
        dependencies: Sequence[str] | None = None,
        *,
        progress: Progress = silent,
    ) -> Plan:
        """Say what `deploy_function` would do, and do nothing: the dry run.

        Args:
            function: A callable that takes no argument, ``event``, or ``event, context``.
            config: Its configuration.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            progress: Is told of each step.

        Returns:
            The plan; ``str()`` of it is a readable diff.

        Raises:
            ConfigurationError: With every problem found.
            PackagingError: The code cannot be packaged.
            OperationError: What is there cannot be read.
        """
        return make_plan(full_request(function, config, dependencies), self._call, progress)

    def deploy_function(
        self,
        function: Callable[..., Any],
        config: CloudFunctionConfig,
        dependencies: Sequence[str] | None = None,
        *,
        progress: Progress = silent,
    ) -> CloudDeploymentResult:
        """Deploy a function with its schedules, or bring it to the wanted state when it is there already.

        Running it again changes nothing when nothing differs, and goes on where an interrupted run stopped.

        Args:
            function: A callable that takes no argument, ``event``, or ``event, context``.
            config: Its configuration.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            progress: Is told of each step.

        Returns:
            The result; a failure is told in it.

        Raises:
            TypeError: An argument has the wrong type.
        """
        return self._deploy(full_request(function, config, dependencies), progress)

    def deploy_many(
        self,
        deployments: Sequence[Deployment],
        dependencies: Sequence[str] | None = None,
        *,
        progress: Progress = silent,
        max_workers: int = 8,
    ) -> list[CloudDeploymentResult]:
        """Deploy several functions at once. When one of them does not pass the checks, none is deployed.

        Args:
            deployments: Pairs of function and configuration, with the function's own dependencies as a third where
                it has some; names must differ.
            dependencies: Requirements for all others; ``None`` to find each one's from its code.
            progress: Is told of each step; its calls never overlap.
            max_workers: How many functions may be under way at once.

        Returns:
            One result a pair, in the order given.

        Raises:
            TypeError: An argument has the wrong type.
        """
        requests = full_requests(deployments, dependencies)
        return deploy_batch(
            requests, self._call, self._deploy, provider=self.provider, progress=progress, max_workers=max_workers
        )

    def deploy_service(
        self,
        service: Any,
        dependencies: Sequence[str] | None = None,
        *,
        progress: Progress = silent,
        **overrides: Any,
    ) -> CloudDeploymentResult:
        """Deploy a ``Service`` of the taskflows package.

        Args:
            service: Its name, start command (a callable), start schedule, env, timeout, description and
                memory limit are used; whatever else is set is named in a warning of the result.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            progress: Is told of each step.
            overrides: Fields of `CloudFunctionConfig` that go before what the service says.

        Returns:
            The result; a failure is told in it.

        Raises:
            TypeError: ``service`` has not the shape of a service.
        """
        from taskflows_cloud_core.interop import deployment_of_service

        try:
            deployment = deployment_of_service(service, **overrides)
        except ConfigurationError as error:
            return self._failed(str(service.name), error)
        result = self.deploy_function(deployment.function, deployment.config, dependencies, progress=progress)
        return attrs.evolve(result, warnings=(*deployment.warnings, *result.warnings))

    def update_function_code(
        self,
        function_name: str,
        function: Callable[..., Any],
        dependencies: Sequence[str] | None = None,
        *,
        include_files: Sequence[str] | None = None,
        progress: Progress = silent,
    ) -> CloudDeploymentResult:
        """Replace the code of a deployed function; configuration and schedules stay as they are.

        Args:
            function_name: The function's name.
            function: The new code.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            include_files: Paths relative to the working directory, as in `CloudFunctionConfig`; those of the
                deployed code, when not given.
            progress: Is told of each step.

        Returns:
            The result; a failure is told in it.

        Raises:
            TypeError: An argument has the wrong type.
        """
        require_name(function_name)
        require_callable(function)
        try:
            description = self.describe_function(function_name)
            included = files_to_include(include_files, description)
        except (ConfigurationError, OperationError) as error:
            return self._failed(function_name, error)
        request = Request(
            name=function_name,
            function=function,
            config=None,
            package_config=attrs.evolve(description.config, include_files=included, schedules=()),
            dependencies=listed(dependencies),
        )
        return self._deploy(request, progress)

    def update_function_configuration(
        self, function_name: str, config: CloudFunctionConfig, *, progress: Progress = silent
    ) -> CloudDeploymentResult:
        """Replace the configuration of a deployed function; its code stays as it is.

        Its schedules stay too when ``config.schedules`` is empty. Runtime and architecture belong to the
        code: a difference there is told in a warning and left alone.

        Args:
            function_name: The function's name.
            config: The new configuration, with the same name.
            progress: Is told of each step.

        Returns:
            The result; a failure is told in it.

        Raises:
            TypeError: ``config`` is no `CloudFunctionConfig`.
        """
        require_name(function_name)
        require_config(config)
        if config.function_name != function_name:
            message = f"is {config.function_name!r}, but the function to update is {function_name!r}"
            return self._failed(function_name, ConfigurationError([Problem(field="function_name", message=message)]))
        try:
            deployed = self.describe_function(function_name).config
        except OperationError as error:
            return self._failed(function_name, error)
        wanted = attrs.evolve(config, runtime=deployed.runtime, architecture=deployed.architecture)
        request = Request(
            name=function_name,
            function=None,
            config=wanted,
            package_config=wanted,
            with_schedules=bool(config.schedules),
        )
        result = self._deploy(request, progress)
        return attrs.evolve(result, warnings=(*kept_with_the_code(config, deployed), *result.warnings))

    def _deploy(self, request: Request, progress: Progress) -> CloudDeploymentResult:
        try:
            prepared = prepare(request, self._call, progress)
        except TOLD_IN_RESULT as error:
            return self._failed(request.name, error)
        return self._deploy_prepared(prepared, progress)

    def _deploy_prepared(self, prepared: Prepared, progress: Progress) -> CloudDeploymentResult:
        try:
            plan = plan_prepared(prepared, self._call, progress)
            result: CloudDeploymentResult = self._call("deploy_function", plan=plan, progress=progress)
        except TOLD_IN_RESULT as error:
            return self._failed(prepared.request.name, error)
        return result

    def _failed(self, name: str, error: CloudError) -> CloudDeploymentResult:
        return CloudDeploymentResult(
            success=False,
            function_name=name,
            provider=self.provider,
            error=str(error),
            error_code=error.code,
        )

    def plan_removal(self, function_name: str, *, keep_logs: bool = False) -> Plan:
        """Say what `delete_function` would do, and do nothing.

        Raises:
            NotManagedError: The function exists, but taskflows-cloud did not make it.
            OperationUnsupported: ``keep_logs``, where the provider cannot keep them.
        """
        require_name(function_name)
        if keep_logs:
            self._require_capability("keep_logs", "cannot delete a function and keep its logs")
        plan: Plan = self._call("plan_removal", name=function_name, keep_logs=keep_logs)
        return plan

    def delete_function(
        self, function_name: str, *, keep_logs: bool = False, progress: Progress = silent
    ) -> DeletionResult:
        """Delete a function and everything that was made for it. Deleting what is not there succeeds.

        Args:
            function_name: The function's name.
            keep_logs: Whether its logs stay.
            progress: Is told of each action.

        Returns:
            The result, true when it succeeded; a failure is told in it.

        Raises:
            OperationUnsupported: ``keep_logs``, where the provider cannot keep them.
        """
        try:
            plan = self.plan_removal(function_name, keep_logs=keep_logs)
            result: DeletionResult = self._call("delete_function", plan=plan, progress=progress)
        except OperationError as error:
            return DeletionResult(
                success=False,
                function_name=function_name,
                provider=self.provider,
                error=str(error),
                error_code=error.code,
            )
        return result

    def estimate_cost(self, plan: Plan, *, runs_per_month: float) -> CostEstimate:
        """Estimate what the resources of a plan cost.

        Args:
            plan: What `plan_function` returned.
            runs_per_month: How often the function runs in thirty days.

        Raises:
            OperationUnsupported: The provider makes no estimates.
        """
        estimate: CostEstimate = self._call("estimate_cost", plan=plan, runs_per_month=runs_per_month)
        return estimate

    def export_plan(self, plan: Plan, format: str) -> Mapping[str, str]:  # noqa: A002 - the word that users know
        """Print the resources of a plan in another tool's language.

        Args:
            plan: What `plan_function` returned.
            format: For instance ``"cloudformation"``.

        Returns:
            File name to content.

        Raises:
            OperationUnsupported: The provider does not export, or not in this format.
        """
        files: Mapping[str, str] = self._call("export_plan", plan=plan, format=format)
        return files
