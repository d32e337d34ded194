"""The hooks. Each finds its work elsewhere."""

import json
import sys

import attrs

from taskflows_cloud_core import (
    CloudFunctionConfig,
    DeployedFunction,
    FunctionDescription,
    InvocationResult,
    LogEvent,
    LogPage,
    Problem,
    ProviderInfo,
    hookimpl,
)
from taskflows_cloud_core.kit import FileClaims
from taskflows_cloud_crontab import launcher, lines, resources
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
    return lines.translate(schedule)


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


def _listed(session, name, function):
    return DeployedFunction(
        name=name,
        resource_id=resources.resource_id(session, name),
        provider=PROVIDER,
        schedules=sorted(function["lines"].values()),
        tags=function["settings"]["tags"],
        runtime=function["settings"]["runtime"],
    )


@hookimpl
def list_functions(session):
    return [_listed(session, name, session.get(name)) for name in session.names()]


@hookimpl
def describe_function(session, name):
    function = session.get(name)
    settings = {**function["settings"]}
    sha256, entry = settings.pop("sha256"), settings.pop("entry")
    return FunctionDescription(
        function=_listed(session, name, function),
        config=CloudFunctionConfig(function_name=name, **settings),
        environment_names=sorted(function["environment"]),
        metadata={"package_sha256": sha256, "entry": entry, "paused": function["paused"]},
    )


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
    events = [_event(line) for line in session.log(name)]
    wanted = [
        event
        for event in events
        if (query.start_time is None or event.timestamp >= query.start_time)
        and (query.end_time is None or event.timestamp < query.end_time)
        and query.request_id in (None, event.request_id)
    ]
    # The token is the event that the page before ended with, so that lines which come meanwhile do no harm.
    end = len(wanted) if token is None else [event.event_id for event in wanted].index(json.loads(token))
    first = max(0, end - query.limit)
    page = wanted[first:end][::-1]
    return LogPage(events=page, token=json.dumps(page[-1].event_id) if first else None)


@hookimpl
def set_schedules_enabled(session, name, enabled):
    with session.changing(name) as function:
        function["paused"] = not enabled
        return len(function["lines"])
