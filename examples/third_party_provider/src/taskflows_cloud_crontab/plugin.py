"""The hooks. Each finds its work elsewhere."""

import sys

import attrs

from taskflows_cloud_core import (
    InvocationResult,
    LogEvent,
    Problem,
    ProviderInfo,
    hookimpl,
)
from taskflows_cloud_core.kit import FileClaims, cron_translation, page_of_events
from taskflows_cloud_core.schedules import UNIX_CRON
from taskflows_cloud_crontab import launcher, resources
from taskflows_cloud_crontab.place import NAME, NAME_CHARACTERS, Place

PROVIDER = "crontab"
_RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


@attrs.frozen(kw_only=True)
class Options:
    """Where functions live.

    Args:
        folder: A folder of the user's; it is made when it is not there.
    """

    folder: str = attrs.field(converter=str)


@hookimpl
def provider_info():
    return ProviderInfo(
        name=PROVIDER,
        title="Crontab of this machine",
        options_class=Options,
        hook_api_version=1,
        capabilities={"invoke", "keep_logs", "logs", "pause"},
        limits={"function_name_characters": NAME_CHARACTERS},
        defaults={"timeout_seconds": 60},
        unsupported={
            "architecture": "refuse",
            "max_concurrency": "refuse",
            "ephemeral_storage_mb": "warn",
            "log_retention_days": "warn",
            "memory_mb": "warn",
            "retries": "warn",
        },
    )


@hookimpl
def connect(options):
    return Place.at(options.folder)


@hookimpl
def check_function(config):
    problems = []
    if not NAME.fullmatch(config.function_name):
        message = f"{config.function_name!r} is no name here; use 1 to {NAME_CHARACTERS} of A-Z a-z 0-9 _ -"
        problems.append(Problem(field="function_name", message=message))
    if config.runtime != _RUNTIME:
        problems.append(Problem(field="runtime", message=f"is {config.runtime!r}; cron runs this Python, {_RUNTIME!r}"))
    return problems


@hookimpl
def translate_schedule(schedule):
    return cron_translation(schedule, UNIX_CRON, service="cron")


@hookimpl
def observe(session, name, scope):
    return resources.observe(session, name, scope)


@hookimpl
def desired_resources(session, request, observation):
    return resources.desired(session, request, observation)


@hookimpl
def resource_handlers(session):
    return resources.handlers(session)


@hookimpl
def claim_store(session):
    return FileClaims(session.folder / "claims")


@hookimpl
def function_names(session):
    return session.names()


@hookimpl
def invoke_function(session, name, payload, wait):
    session.get(name)
    event = {} if payload is None else payload
    if not wait:
        return InvocationResult(ok=True, request_id=launcher.start(session.folder, name, event), started_only=True)
    told = launcher.run(session.folder, name, event)
    logs = [_event(line) for line in session.log(name) if line["run"] == told["run"]]
    return InvocationResult(
        ok=told["error"] is None,
        value=told["value"],
        error=told["error"],
        logs=logs,
        request_id=told["run"],
        duration_ms=told["ms"],
    )


def _event(line):
    return LogEvent(
        timestamp=launcher.moment(line["at"]),
        message=line["text"],
        request_id=line["run"],
        level=line["level"],
        event_id=line["id"],
    )


@hookimpl
def get_logs(session, name, query, token):
    session.get(name)
    return page_of_events(map(_event, session.log(name)), query, token)
