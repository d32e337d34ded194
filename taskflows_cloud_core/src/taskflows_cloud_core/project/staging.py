"""Marked functions as a stage wants them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import attrs

from taskflows_cloud_core.errors import ConfigurationError, Problem
from taskflows_cloud_core.marks import MarkedFunction
from taskflows_cloud_core.project.settings import Project, Stage


def for_stage(functions: Sequence[MarkedFunction], project: Project, stage: Stage | None) -> list[MarkedFunction]:
    """Give functions the settings, the environment, the tags and the names that a stage has for them.

    Args:
        functions: As they are marked.
        project: Whose name is put into the tag ``project``.
        stage: Whose name is put into the tag ``stage``; ``None`` leaves all but the tag of the project alone.

    Raises:
        ConfigurationError: With every value that cannot be used.
    """
    tags = tags_of(project, stage)
    if stage is None:
        return [_tagged(each, tags) for each in functions]
    environment = {**stage.environment, **_passed_on(stage)}
    return [_tagged(_staged(each, stage, environment), tags) for each in functions]


def tags_of(project: Project, stage: Stage | None) -> Mapping[str, str]:
    """The tags by which the functions of a project and a stage are known; empty when the project has no name."""
    if project.name is None:
        return {}
    return {"project": project.name, "stage": "default" if stage is None else stage.name}


def _passed_on(stage: Stage) -> Mapping[str, str]:
    missing = [name for name in stage.environment_from if name not in os.environ]
    if missing:
        problems = [Problem(field=name, message="is not set in the environment of this command") for name in missing]
        raise ConfigurationError(problems, subject=f"environment_from of stage {stage.name!r}")
    return {name: os.environ[name] for name in stage.environment_from}


def _staged(each: MarkedFunction, stage: Stage, environment: Mapping[str, str]) -> MarkedFunction:
    settings = {"environment_variables": each.config.environment_variables, **stage.settings}
    settings["environment_variables"] = {**settings["environment_variables"], **environment}
    settings["function_name"] = f"{stage.prefix}{each.config.function_name}"
    try:
        return attrs.evolve(each, config=attrs.evolve(each.config, **settings))
    except ConfigurationError as error:
        subject = f"function {each.config.function_name!r} with what stage {stage.name!r} sets in pyproject.toml"
        raise type(error)(error.problems, subject=subject) from None


def _tagged(each: MarkedFunction, tags: Mapping[str, str]) -> MarkedFunction:
    return attrs.evolve(each, config=attrs.evolve(each.config, tags={**tags, **each.config.tags}))
