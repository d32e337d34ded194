"""``taskflows-cloud describe``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
import click

from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.cli.commands.list_functions import Listed
from taskflows_cloud_core.cli.input.name_hints import naming_near_misses
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import waiting
from taskflows_cloud_core.cli.output.schemas import to_json
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.results import FunctionDescription


@attrs.frozen(kw_only=True)
class DescribeAnswer(Answer):
    """All that the provider knows of one function.

    Args:
        function: As ``list`` has it.
        description: One line for people.
        timeout_seconds: A run is stopped after this many seconds.
        ephemeral_storage_mb: Scratch space in MiB.
        architecture: Of the machine.
        max_concurrency: How many runs at once at the most.
        retries: How often a failed scheduled run is tried again.
        log_retention_days: How long logs are kept.
        include_files: The files in the package.
        environment_names: The names of the environment variables; their values are not shown.
        unreadable: What could not be read back this time.
        metadata: Facts that each provider has its own of.
    """

    function: Listed
    description: str
    timeout_seconds: int | None
    ephemeral_storage_mb: int | None
    architecture: str | None
    max_concurrency: int | None
    retries: int | None
    log_retention_days: int | None
    include_files: tuple[str, ...] = attrs.field(converter=to_tuple)
    environment_names: tuple[str, ...] = attrs.field(converter=to_tuple)
    unreadable: tuple[str, ...] = attrs.field(converter=to_tuple)
    metadata: Mapping[str, Any] = attrs.field(converter=to_mapping)

    @classmethod
    def of(cls, found: FunctionDescription, place: str) -> DescribeAnswer:
        """From the description of the call."""
        same = ("description", "timeout_seconds", "ephemeral_storage_mb", "architecture", "max_concurrency", "retries")
        return cls(
            function=Listed.of(found.function, place),
            **{name: getattr(found.config, name) for name in (*same, "log_retention_days", "include_files")},
            environment_names=found.environment_names,
            unreadable=found.unreadable,
            metadata=found.metadata,
        )

    def text(self, style: Style) -> str:
        """A line for each fact that is known."""
        facts = {**to_json(self.function), **to_json(self)}
        del facts["function"], facts["metadata"]
        facts |= to_json(self.metadata)
        width = max(map(len, facts))
        lines = [
            f"{style.faint(f'{name:<{width}}')}  {_shown(value)}" for name, value in facts.items() if _is_known(value)
        ]
        return "\n".join([style.strong(self.function.function), *lines])


@click.command()
@click.argument("name")
@place_options
@answers(DescribeAnswer, name="describe")
def describe(name: str, where: Where) -> DescribeAnswer:
    """Tell all about the function NAME."""
    label, environment = where.one()
    wanted = where.name(name)
    with waiting("reading"), naming_near_misses(wanted, environment, label):
        return DescribeAnswer.of(environment.describe_function(wanted), label)


def _is_known(value: Any) -> bool:
    return value not in (None, "", [], {})


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
