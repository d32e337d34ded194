"""What this provider asks of a function, found before anything happens."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import ConfigurationError, Problem
from taskflows_cloud_core.local.options import function_options
from taskflows_cloud_core.local.scheduler.retention import LONGEST_RETENTION_DAYS
from taskflows_cloud_core.local.system.interpreters import find_interpreter, found_runtimes, machine_architecture
from taskflows_cloud_core.local.system.paths import NAME_CHARACTERS, is_name

# Below this Python itself has no room to start and to tell of a failure (measured: 5 MiB, 20 MiB with json and
# logging).
_LEAST_MEMORY_MB = 32
# Bounds of this provider's own, beyond all that anybody can mean, within all that clocks, kernels and databases can
# count: 16 TiB, a hundred years, a million.
_MOST_MEMORY_MB = 16 * 2**20
_MOST_SECONDS = LONGEST_RETENTION_DAYS * 24 * 60 * 60
_MOST = 1_000_000


def find_problems(config: CloudFunctionConfig) -> list[Problem]:
    """All that is wrong with a configuration here."""
    return [
        *_check_name(config.function_name),
        *_check_runtime(f"python{config.python_version}"),
        *_check_architecture(config.architecture),
        *_check_memory(config.memory_mb),
        *_check_at_most("memory_mb", config.memory_mb, _MOST_MEMORY_MB),
        *_check_at_most("timeout_seconds", config.timeout_seconds, _MOST_SECONDS),
        *_check_at_most("ephemeral_storage_mb", config.ephemeral_storage_mb, _MOST_MEMORY_MB),
        *_check_at_most("max_concurrency", config.max_concurrency, _MOST),
        *_check_at_most("retries", config.retries, _MOST),
        *_check_at_most("log_retention_days", config.log_retention_days, LONGEST_RETENTION_DAYS),
        *_check_options(config),
    ]


def _check_name(name: str) -> Iterator[Problem]:
    if not is_name(name):
        rule = f"use 1 to {NAME_CHARACTERS} of A-Z a-z 0-9 _ -, the first one a letter or a digit"
        yield Problem(field="function_name", message=f"{name!r} is no name here; {rule}")


def _check_runtime(runtime: str) -> Iterator[Problem]:
    if find_interpreter(runtime) is None:
        found = ", ".join(found_runtimes())
        yield Problem(field="runtime", message=f"{runtime!r} was not found on this machine; there is {found}")


def _check_architecture(architecture: str | None) -> Iterator[Problem]:
    machine = machine_architecture()
    if architecture not in (None, machine):
        yield Problem(
            field="architecture",
            message=f"is {architecture!r}, but this machine is {machine}; give architecture={machine!r}",
        )


def _check_memory(memory_mb: int | None) -> Iterator[Problem]:
    if memory_mb is not None and memory_mb < _LEAST_MEMORY_MB:
        yield Problem(field="memory_mb", message=f"is {memory_mb}; Python needs at least {_LEAST_MEMORY_MB} to start")


def _check_at_most(field: str, value: int | None, most: int) -> Iterator[Problem]:
    if value is not None and value > most:
        yield Problem(field=field, message=f"is too large; it may be at most {most}")


def _check_options(config: CloudFunctionConfig) -> list[Problem]:
    try:
        function_options(config.options_for("local"), function_name=config.function_name)
    except ConfigurationError as error:
        return [attrs.evolve(problem, field=f"provider_options['local'].{problem.field}") for problem in error.problems]
    return []
