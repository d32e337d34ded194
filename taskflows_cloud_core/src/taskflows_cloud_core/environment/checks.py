"""Check a request and translate its schedules, before anything is packaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment.arguments import Request
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.environment.settings import ignored_settings, refused_settings
from taskflows_cloud_core.errors import ConfigurationError, InvalidProviderError, Problem, ScheduleError
from taskflows_cloud_core.providers import offered_providers
from taskflows_cloud_core.schedules import Translation, Trigger, make_triggers, misreading_warnings, overlap_warnings


@attrs.frozen(kw_only=True)
class Translated:
    """The schedules of a request in the provider's language.

    Args:
        triggers: One for each distinct expression; ``None`` when the schedules stay as they are.
        warnings: Warnings for the user.
    """

    triggers: tuple[Trigger, ...] | None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


def resolve(connection: Connection, request: Request) -> Request:
    """Fill the provider's defaults into the configuration of a request; doing so again changes nothing."""
    defaults = connection.provider.info.defaults
    config = None if request.config is None else request.config.resolved(defaults)
    return attrs.evolve(request, config=config, package_config=request.package_config.resolved(defaults))


def check_and_translate(connection: Connection, request: Request) -> Translated:
    """Check code, configuration, dependencies and schedules together.

    Args:
        connection: Where the function is to be deployed.
        request: The deployment.

    Returns:
        The translated schedules.

    Raises:
        ConfigurationError: With every problem found.
    """
    request, info = resolve(connection, request), connection.provider.info
    problems = _check_code(request)
    problems += _check_with_provider(connection, request)
    ignored: tuple[str, ...] = ()
    if request.config is not None:
        problems += refused_settings(request.config, info)
        ignored = tuple(ignored_settings(request.config, info))
    translations: list[Translation] = []
    if request.config is not None and request.with_schedules:
        translations, refused = _translate(connection, request.config)
        problems += refused
    if problems:
        raise ConfigurationError(problems, subject=f"function {request.name!r}")
    if request.config is None or not request.with_schedules:
        return Translated(triggers=None, warnings=ignored)
    warnings = (
        *ignored,
        *_translation_warnings(translations),
        *misreading_warnings(request.config.schedules),
        *overlap_warnings(request.config.schedules),
        *_option_warnings(request.config),
    )
    return Translated(triggers=make_triggers(translations), warnings=warnings)


def _check_code(request: Request) -> list[Problem]:
    from taskflows_cloud_core.packaging import check_callable, check_dependencies, check_include_files, check_names

    if request.function is None:
        return []
    config = request.package_config
    problems = check_callable(request.function, python_version=config.python_version)
    problems += check_dependencies(request.dependencies or ())
    problems += check_names("build_from_source", config.build_from_source)
    return problems + check_include_files(config.include_files)


def _check_with_provider(connection: Connection, request: Request) -> list[Problem]:
    found = list(connection.call("check_function", function=request.function, config=request.package_config))
    strange = next((problem for problem in found if not isinstance(problem, Problem)), None)
    if strange is not None:
        raise InvalidProviderError(
            f"check_function answered with a {type(strange).__name__} in its list; it returns Problem objects"
        )
    return found


def _translate(connection: Connection, config: CloudFunctionConfig) -> tuple[list[Translation], list[Problem]]:
    translations: list[Translation] = []
    problems: list[Problem] = []
    for index, schedule in enumerate(config.schedules):
        place = f"schedules[{index}]"
        try:
            translation: Translation = connection.call("translate_schedule", schedule=schedule, config=config)
        except ScheduleError as error:
            problems.append(Problem(field=place, message=str(error)))
            continue
        if translation.expressions or translation.is_over:
            translations.append(translation)
        else:
            problems.append(Problem(field=place, message=f"{str(schedule)!r}: {translation.reason}"))
    return translations, problems


def _translation_warnings(translations: Sequence[Translation]) -> Iterator[str]:
    for translation in translations:
        if translation.is_over:
            yield f"schedule {str(translation.schedule)!r}: {translation.reason}; nothing is scheduled for it"
        elif not translation.exact:
            yield f"schedule {str(translation.schedule)!r} is approximate: {translation.reason}"
        for warning in translation.warnings:
            if warning != translation.reason:
                yield f"schedule {str(translation.schedule)!r}: {warning}"


def _option_warnings(config: CloudFunctionConfig) -> Iterator[str]:
    """A near miss of an installed name is a typing error; other names may be of clouds that are not used here."""
    known = list(offered_providers()) if config.provider_options else []
    for name in config.provider_options:
        near = get_close_matches(name.strip().lower(), known, n=1)
        if name not in known and near:
            yield f"provider_options[{name!r}]: no provider of that name is installed; did you mean {near[0]!r}?"
