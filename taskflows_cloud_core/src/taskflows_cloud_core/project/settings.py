"""What ``[tool.taskflows-cloud]`` says, as data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_mapping, to_tuple


@attrs.frozen(kw_only=True)
class Place:
    """Where functions go: a provider with its options.

    Args:
        provider: The provider's name.
        options: Its options as keywords of ``get_environment``. They may hold secrets, so they are not shown.
    """

    provider: str
    options: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping, repr=False)


@attrs.frozen(kw_only=True)
class Stage:
    """One way in which the functions of a project are deployed.

    Args:
        name: For instance ``"prod"``.
        places: Where they go, at least one.
        environment: Environment variables for all functions, over their own.
        environment_from: Names of variables that are passed on from the environment of whoever deploys.
        settings: Fields of the configuration that are set for all functions, over their own.
        prefix: Stands before the name of every function, so that stages can share a place.
    """

    name: str
    places: tuple[Place, ...] = attrs.field(converter=to_tuple)
    environment: Mapping[str, str] = attrs.field(factory=dict, converter=to_mapping, repr=False)
    environment_from: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    settings: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping, repr=False)
    prefix: str = ""


@attrs.frozen(kw_only=True)
class Project:
    """A folder with functions.

    Args:
        folder: Where its pyproject.toml is; the working directory when there is none.
        name: What its functions are tagged with; ``None`` when it has no name.
        functions: Files and modules that hold them, relative to the folder.
        stage: The stage that is meant when none is named.
        stages: By name.
    """

    folder: Path
    name: str | None = None
    functions: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    stage: str | None = None
    stages: Mapping[str, Stage] = attrs.field(factory=dict, converter=to_mapping)
