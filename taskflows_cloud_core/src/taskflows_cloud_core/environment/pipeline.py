"""The way from a callable to a plan: check, translate, package, plan. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import CloudError, ConfigurationError, InvalidProviderError, Problem, ScheduleError
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.progress import Progress, ProgressEvent, Stage
from taskflows_cloud_core.providers import PUBLISHED_PROVIDERS, available_providers
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.schedules import Translation, Trigger, make_triggers, misreading_warnings, overlap_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hooks(Protocol):
    """Calls a provider's hook with the session filled in."""

    def __call__(self, operation: str, /, **arguments: Any) -> Any:
        """Call a hook by name."""


@attrs.frozen(kw_only=True)
class Request:
    """What a user asks for.

    Args:
        name: The function's name.
        function: The code; ``None`` leaves it as it is.
        config: The configuration; ``None`` leaves it as it is.
        package_config: What packaging has to know; ``config`` itself, unless only the code is updated.
        dependencies: Requirements; ``None`` to find them from the code.
        with_schedules: Whether the schedules of ``config`` are wanted; ``False`` leaves them as they are.
    """

    name: str
    function: Callable[..., Any] | None
    config: CloudFunctionConfig | None
    package_config: CloudFunctionConfig
    dependencies: tuple[str, ...] | None = None
    with_schedules: bool = True


@attrs.frozen(kw_only=True)
class Translated:
    """The schedules of a request in the provider's language.

    Args:
        triggers: One for each distinct expression; ``None`` when the schedules stay as they are.
        warnings: What the user should know about them.
    """

    triggers: tuple[Trigger, ...] | None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


@attrs.frozen(kw_only=True)
class Prepared:
    """A request that was checked, translated and packaged; what is there already plays no part in it.

    Args:
        request: What is wanted.
        translated: Its schedules.
        package: Its code; ``None`` when the code stays as it is.
    """

    request: Request
    translated: Translated
    package: Package | None


def make_plan(request: Request, hooks: Hooks, progress: Progress) -> Plan:
    """Find what has to be done for a request.

    Args:
        request: What is wanted.
        hooks: Calls the provider.
        progress: Is told of each step.

    Returns:
        The plan, with the warnings of every step.

    Raises:
        ConfigurationError: With every problem of function, configuration, dependencies and schedules.
        PackagingError: The code cannot be packaged.
        OperationError: What is there cannot be read.
    """
    return plan_prepared(prepare(request, hooks, progress), hooks, progress)


def prepare(request: Request, hooks: Hooks, progress: Progress) -> Prepared:
    """Do all of `make_plan` for which the cloud need not be asked.

    Raises:
        ConfigurationError: With every problem of function, configuration, dependencies and schedules.
        PackagingError: The code cannot be packaged.
    """
    with _telling(progress, request.name, "check"):
        translated = check_and_translate(request, hooks)
    with _telling(progress, request.name, "package"):
        package = _package(request, hooks, progress)
    return Prepared(request=request, translated=translated, package=package)


def plan_prepared(prepared: Prepared, hooks: Hooks, progress: Progress) -> Plan:
    """Do the rest of `make_plan`: compare with what is there.

    Raises:
        OperationError: What is there cannot be read.
    """
    request, translated, package = prepared.request, prepared.translated, prepared.package
    with _telling(progress, request.name, "plan"):
        plan: Plan = hooks(
            "plan_deployment",
            name=request.name,
            config=request.config,
            package=package,
            triggers=translated.triggers,
        )
    packaged = package.warnings if package is not None else ()
    return attrs.evolve(plan, warnings=(*translated.warnings, *packaged, *plan.warnings))


def check_and_translate(request: Request, hooks: Hooks) -> Translated:
    """Find everything that is wrong with a request, its schedules included, before anything is packaged.

    Raises:
        ConfigurationError: With every problem.
    """
    problems = _check_code(request)
    problems += _problems_of_provider(request, hooks)
    translations: list[Translation] = []
    if request.config is not None and request.with_schedules:
        translations, refused = _translate(request.config, hooks)
        problems += refused
    if problems:
        raise ConfigurationError(problems, subject=f"function {request.name!r}")
    if request.config is None or not request.with_schedules:
        return Translated(triggers=None)
    warnings = (
        *_warnings_of(translations),
        *misreading_warnings(request.config.schedules),
        *overlap_warnings(request.config.schedules),
        *_warnings_of_options(request.config),
    )
    return Translated(triggers=make_triggers(translations), warnings=warnings)


def _problems_of_provider(request: Request, hooks: Hooks) -> list[Problem]:
    found = list(hooks("check_function", function=request.function, config=request.package_config))
    strange = next((problem for problem in found if not isinstance(problem, Problem)), None)
    if strange is not None:
        raise InvalidProviderError(
            f"check_function answered with a {type(strange).__name__} in its list; it returns Problem objects"
        )
    return found


def _check_code(request: Request) -> list[Problem]:
    from taskflows_cloud_core.packaging import check_callable, check_dependencies, check_include_files, check_names

    if request.function is None:
        return []
    config = request.package_config
    problems = check_callable(request.function, python_version=config.python_version)
    problems += check_dependencies(request.dependencies or ())
    problems += check_names("build_from_source", config.build_from_source)
    return problems + check_include_files(config.include_files)


def _translate(config: CloudFunctionConfig, hooks: Hooks) -> tuple[list[Translation], list[Problem]]:
    translations: list[Translation] = []
    problems: list[Problem] = []
    for index, schedule in enumerate(config.schedules):
        place = f"schedules[{index}]"
        try:
            translation: Translation = hooks("translate_schedule", schedule=schedule, config=config)
        except ScheduleError as error:
            problems.append(Problem(field=place, message=str(error)))
            continue
        if translation.expressions or translation.is_over:
            translations.append(translation)
        else:
            problems.append(Problem(field=place, message=f"{str(schedule)!r}: {translation.reason}"))
    return translations, problems


def _warnings_of(translations: Sequence[Translation]) -> Iterator[str]:
    for translation in translations:
        if translation.is_over:
            yield f"schedule {str(translation.schedule)!r}: {translation.reason}; nothing is scheduled for it"
        elif not translation.exact:
            yield f"schedule {str(translation.schedule)!r} is approximate: {translation.reason}"
        for warning in translation.warnings:
            if warning != translation.reason:
                yield f"schedule {str(translation.schedule)!r}: {warning}"


def _warnings_of_options(config: CloudFunctionConfig) -> Iterator[str]:
    known = sorted({*available_providers(), *PUBLISHED_PROVIDERS}) if config.provider_options else []
    for name in config.provider_options:
        if name not in known:
            near = get_close_matches(name.strip().lower(), known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"provider_options[{name!r}]: no provider of that name is installed{hint}"


def _package(request: Request, hooks: Hooks, progress: Progress) -> Package | None:
    if request.function is None:
        return None

    def tell(event: ProgressEvent) -> None:
        progress(attrs.evolve(event, function_name=request.name))

    package: Package = hooks(
        "package_function",
        function=request.function,
        config=request.package_config,
        dependencies=request.dependencies,
        progress=tell,
    )
    return package


@contextmanager
def _telling(progress: Progress, name: str, stage: Stage) -> Iterator[None]:
    progress(ProgressEvent(function_name=name, stage=stage, status="started", message=stage))
    try:
        yield
    except CloudError as error:
        progress(ProgressEvent(function_name=name, stage=stage, status="failed", message=str(error)))
        raise
    progress(ProgressEvent(function_name=name, stage=stage, status="succeeded", message=stage))
