"""From a callable and its schedules to what can be deployed. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import Problem
from taskflows_cloud_core.hookspecs.markers import hookspec
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.schedules import (
    CalendarSpec,
    Periodic,
    Schedule,
    ScheduleExpression,
    Translation,
)


class PreparingSpec:
    """The hooks that check, package and translate."""

    @hookspec(firstresult=True)
    def check_function(
        self, session: Any, function: Callable[..., Any] | None, config: CloudFunctionConfig
    ) -> Sequence[Problem]:
        """Check a function against the provider's limits. Called before anything else happens anywhere.

        Core has already checked what is the same everywhere, and what ``ProviderInfo.unsupported`` lists. It must not
        change anything.

        Args:
            session: What ``connect`` returned.
            function: The user's callable; ``None`` when only a configuration is to be updated.
            config: Its configuration, as in all hooks with the provider's defaults in it; ``config.given`` names the
                fields that the user gave.

        Returns:
            All problems, an empty list when there is none.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import Problem, hookimpl

                @hookimpl
                def check_function(config):
                    if config.memory_mb <= 4096:
                        return []
                    message = f"is {config.memory_mb}; Example Cloud has at most 4096"
                    return [Problem(field="memory_mb", message=message)]

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def package_function(
        self,
        session: Any,
        function: Callable[..., Any],
        config: CloudFunctionConfig,
        dependencies: Sequence[str] | None,
        progress: Progress,
    ) -> Package:
        """Make the archive. Called after the checks and the translation of all schedules.

        Core's own implementation packages for the machine that it runs on; it serves when the provider
        has none. Most providers only name another target.

        Args:
            session: What ``connect`` returned.
            function: The user's callable.
            config: Its configuration.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            progress: Is told of what takes long: pass it to ``build_package``.

        Returns:
            The archive on disk and what is in it.

        Raises:
            PackagingError: The callable, a dependency or a file cannot be packaged.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.packaging import PackageTarget, build_package

                @hookimpl
                def package_function(function, config, dependencies, progress):
                    target = PackageTarget(
                        python_version=config.python_version,
                        platform="x86_64-manylinux_2_28",
                        adapter="command",
                    )
                    return build_package(
                        function,
                        target=target,
                        dependencies=dependencies,
                        include_files=config.include_files,
                        build_from_source=config.build_from_source,
                        progress=progress,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def translate_schedule(self, session: Any, schedule: Schedule, config: CloudFunctionConfig | None) -> Translation:
        """Say a schedule in the provider's language. Called once for each schedule, before planning.

        It is pure: no network, and the same answer for the same schedule.

        Args:
            session: What ``connect`` returned.
            schedule: A `Calendar` or a `Periodic`.
            config: The configuration that it belongs to; ``None`` when a user asks for the translation
                alone. ``config.allow_approximate`` allows the nearest thing.

        Returns:
            The expressions, or ``Translation.refused(schedule, reason)``.

        Raises:
            ScheduleError: The text of the schedule cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import Periodic, ScheduleExpression, Translation, hookimpl

                @hookimpl
                def translate_schedule(schedule):
                    if not isinstance(schedule, Periodic):
                        return Translation.refused(schedule, "Example Cloud runs fixed periods only")
                    line = ScheduleExpression(expression=f"every {schedule.period}s", service="timer")
                    return Translation(schedule=schedule, expressions=[line])

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def read_expression(self, session: Any, expression: ScheduleExpression) -> CalendarSpec | Periodic:
        """Say when an expression of the provider fires. Called for previews, once for each expression.

        It is the way back from ``translate_schedule`` and a check of it: it must go by the expression's text alone.

        Args:
            session: What ``connect`` returned.
            expression: One that ``translate_schedule`` made.

        Returns:
            A calendar or a period that fires when the expression does.

        Raises:
            ScheduleError: The expression cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import Periodic, ScheduleError, hookimpl

                @hookimpl
                def read_expression(expression):
                    word, _, seconds = expression.expression.partition(" ")
                    if word != "every" or not seconds.removesuffix("s").isdigit():
                        raise ScheduleError("expected 'every 60s'", text=expression.expression)
                    return Periodic(period=int(seconds.removesuffix("s")))

        .. versionadded:: 0.1
        """
        raise NotImplementedError
