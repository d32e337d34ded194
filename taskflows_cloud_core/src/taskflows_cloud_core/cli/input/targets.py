"""Which places a command goes to: ``--stage``, ``--provider`` and ``-o``, with what pyproject.toml says."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.errors import AmbiguousPlaceError, UnknownStageError
from taskflows_cloud_core.project.reading import find_project
from taskflows_cloud_core.project.settings import Place, Project, Stage

if TYPE_CHECKING:
    from taskflows_cloud_core.environment import CloudEnvironment

_Command = TypeVar("_Command", bound=Callable[..., Any])
STAGE_VARIABLE = "TASKFLOWS_CLOUD_STAGE"
_DEFAULT_PROVIDER = "local"


@attrs.frozen(kw_only=True)
class Where:
    """What a command works on.

    Args:
        project: Of the working directory.
        stage: The stage that is meant; ``None`` when none is.
        places: At least one.
    """

    project: Project
    stage: Stage | None
    places: tuple[Place, ...] = attrs.field(converter=to_tuple)

    def environments(self) -> dict[str, CloudEnvironment]:
        """An environment for each place, by a label for people."""
        from taskflows_cloud_core.environment import get_environment

        found: dict[str, CloudEnvironment] = {}
        for place in self.places:
            environment = get_environment(place.provider, **place.options)
            found[_unique(_label(environment), found)] = environment
        return found

    def one(self) -> tuple[str, CloudEnvironment]:
        """The one place, with its label.

        Raises:
            AmbiguousPlaceError: There are several.
        """
        environments = self.environments()
        if len(environments) > 1:
            listed = "".join(f"\n  - {label}" for label in environments)
            raise AmbiguousPlaceError(
                f"this goes to one place, but {self._stage_words()} has {len(environments)}; choose one with "
                f"--provider or -o KEY=VALUE:{listed}"
            )
        return next(iter(environments.items()))

    def name(self, given: str) -> str:
        """The name of a function as it is deployed: with the prefix of the stage.

        Raises:
            UsageError: It is empty, as a variable of the shell is that was never set.
        """
        if not given.strip():
            raise click.UsageError(f"{given!r} is no function's name")
        prefix = "" if self.stage is None else self.stage.prefix
        return given if given.startswith(prefix) else f"{prefix}{given}"

    def _stage_words(self) -> str:
        return "the project" if self.stage is None else f"stage {self.stage.name!r}"


def place_options(function: _Command) -> _Command:
    """Give a command the options that choose places; it gets them as ``where``."""

    @click.option(
        "-s", "--stage", shell_complete=_complete_stages, help="A stage of pyproject.toml; its default when left out."
    )
    @click.option(
        "-p", "--provider", shell_complete=_complete_providers, help="A provider, instead of those of a stage."
    )
    @click.option("-o", "--option", "options", metavar="KEY=VALUE", multiple=True, help="An option of the provider.")
    @functools.wraps(function)
    def command(
        *arguments: Any, stage: str | None, provider: str | None, options: tuple[str, ...], **others: Any
    ) -> Any:
        where = select_places(find_project(), stage=stage, provider=provider, options=options)
        return function(*arguments, where=where, **others)

    return command  # type: ignore[return-value]  # click looks at the names of the options, not at the signature


def select_places(project: Project, *, stage: str | None, provider: str | None, options: Sequence[str]) -> Where:
    """Choose places.

    Args:
        project: What pyproject.toml says.
        stage: What ``--stage`` says.
        provider: What ``--provider`` says.
        options: What each ``-o`` says.

    Raises:
        UnknownStageError: There is no such stage, or several and none was chosen.
        AmbiguousPlaceError: No place of the stage has the options.
        click.UsageError: An option is not of the form KEY=VALUE.
    """
    chosen = None if provider is not None and stage is None else _stage(project, stage)
    places = chosen.places if chosen is not None else (Place(provider=provider or _DEFAULT_PROVIDER),)
    if provider is not None and chosen is not None:
        places = tuple(place for place in places if place.provider == provider) or (Place(provider=provider),)
    given = [_split(option) for option in options]
    if len(places) > 1 and given:
        places, given = _chosen(places, given)
    return Where(project=project, stage=chosen, places=[_resolved(place, given, project.folder) for place in places])


def _stage(project: Project, stage: str | None) -> Stage | None:
    wanted = stage or os.environ.get(STAGE_VARIABLE) or project.stage
    names = list(project.stages)
    if wanted is None:
        if len(names) > 1:
            raise UnknownStageError(
                f"the project has the stages {', '.join(names)}; choose one with --stage, or write stage = "
                f"{names[0]!r} into [tool.taskflows-cloud]"
            )
        return project.stages[names[0]] if names else None
    if wanted not in project.stages:
        near = get_close_matches(wanted, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(names)}" if names else ""
        where = f"{project.folder / 'pyproject.toml'} has no stage {wanted!r}" if names else "there are no stages here"
        raise UnknownStageError(f"{where}{hint}")
    return project.stages[wanted]


def _split(option: str) -> tuple[str, str]:
    key, equals, value = option.partition("=")
    if not equals or not key:
        raise click.UsageError(f"-o {option!r} is not of the form KEY=VALUE", click.get_current_context())
    return key.strip().replace("-", "_"), value


def _chosen(
    places: Sequence[Place], given: Sequence[tuple[str, str]]
) -> tuple[tuple[Place, ...], list[tuple[str, str]]]:
    """Of several places those with the given options as pyproject.toml has them; and the options that none has."""
    known = {key for place in places for key in place.options}
    wanted = [(key, value) for key, value in given if key in known]
    found = tuple(place for place in places if all(str(place.options.get(key)) == value for key, value in wanted))
    if not found:
        words = ", ".join(f"-o {key}" for key, _ in wanted)
        have = "".join(f"\n  - {_words(place, [key for key, _ in wanted])}" for place in places)
        raise AmbiguousPlaceError(f"no place of the stage goes with {words}; there are:{have}")
    return found, [(key, value) for key, value in given if key not in known]


def _words(place: Place, keys: Sequence[str]) -> str:
    """A place with some of its options, without those that must not be seen."""
    from taskflows_cloud_core.providers import load_provider, options_of

    fields = options_of(load_provider(place.provider).info)
    shown = [key for key in keys if key in place.options and key in fields and fields[key].repr]
    return " ".join([place.provider, *(f"{key}={place.options[key]}" for key in shown)])


def _resolved(place: Place, given: Sequence[tuple[str, str]], folder: Path) -> Place:
    """With the given options too. Paths of pyproject.toml are relative to its folder."""
    from taskflows_cloud_core.providers import load_provider, options_of

    if not place.options and not given:
        return place
    kinds = {key: str(field.type) for key, field in options_of(load_provider(place.provider).info).items()}
    own = {
        key: str(folder / Path(value).expanduser())
        if "Path" in kinds.get(key, "") and isinstance(value, str)
        else value
        for key, value in place.options.items()
    }
    return attrs.evolve(place, options={**own, **{key: _value(kinds.get(key, "str"), text) for key, text in given}})


def _value(kind: str, text: str) -> Any:
    if "str" in kind or "Path" in kind:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _label(environment: CloudEnvironment) -> str:
    return " ".join([environment.provider, *(str(value) for value in environment.shown_options.values())])


def _unique(label: str, taken: Mapping[str, Any]) -> str:
    return label if label not in taken else f"{label} ({len(taken) + 1})"


def _complete_stages(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's signature
    return [name for name in find_project().stages if name.startswith(incomplete)]


def _complete_providers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's signature
    from taskflows_cloud_core.providers import available_providers

    return [name for name in available_providers() if name.startswith(incomplete)]
