"""The deployments that are killed, disturbed and watched: what is there before, what is done, by whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

from taskflows_cloud_core import Calendar, CloudEnvironment
from tests.aws.support.account import ACCOUNT, REGION, client, config
from tests.core.packaging.wheels import make_wheel

NEW_YORK = Calendar("Sun 17:00", timezone="America/New_York")
JOBS = "def report():\n    return 'report'\n\n\ndef other():\n    return 'other'\n"

FIRST: Mapping[str, Any] = {
    "schedules": ["Mon-Fri 14:00", NEW_YORK],
    "environment_variables": {"MODE": "fast"},
    "max_concurrency": 2,
}
SECOND: Mapping[str, Any] = {
    "schedules": ["Mon-Fri 15:00", Calendar("Sun 18:00", timezone="America/New_York")],
    "environment_variables": {"MODE": "slow"},
    "memory_mb": 512,
    "tags": {"team": "data"},
}
OPTIONS: Mapping[str, Any] = {
    "dependency_layer": True,
    "dead_letter_queue": True,
    "alarms": {"errors": 1, "duration_percent": 90, "missed_runs": True},
    "alarm_emails": ["ops@example.com"],
    "provisioned_concurrency": 1,
}
WATCHED: Mapping[str, Any] = {**FIRST, "provider_options": {"aws": OPTIONS}}
OTHERWISE_WATCHED: Mapping[str, Any] = {
    **SECOND,
    "provider_options": {"aws": {**OPTIONS, "alarms": {"errors": 5}, "alarm_emails": ["dev@example.com"]}},
}
OLD_WHEEL, NEW_WHEEL = ["zz_leaf==3.0"], ["zz_leaf==4.0"]
FEWER: Mapping[str, Any] = {"schedules": ["Mon-Fri 14:00"], "environment_variables": {"MODE": "fast"}}

OURS: Mapping[str, Any] = {
    "environment_variables": {"MODE": "ours"},
    "memory_mb": 512,
    "schedules": ["Mon-Fri 14:00"],
}
THEIRS: Mapping[str, Any] = {
    "environment_variables": {"MODE": "theirs"},
    "memory_mb": 1024,
    "schedules": [NEW_YORK],
}
BEFORE: Mapping[str, Any] = {"environment_variables": {"MODE": "before"}}

Act = Callable[[CloudEnvironment, ModuleType], Any]


@attrs.frozen(kw_only=True)
class Scenario:
    """Args:
    prepare: Makes what is there before.
    act: What is killed or disturbed, and then done again.
    """

    prepare: Act
    act: Act


def write_jobs(folder: Path) -> Path:
    """Write a user's module with two little functions."""
    folder.mkdir(exist_ok=True)
    (folder / "aws_test_jobs.py").write_text(JOBS, encoding="utf-8")
    return folder


def _nothing(_env: CloudEnvironment, _jobs: ModuleType) -> None:
    return None


def write_wheels(folder: Path) -> Path:
    """Write the wheels that the scenarios depend on."""
    folder.mkdir(exist_ok=True)
    for version in ("3.0", "4.0"):
        make_wheel(folder, "zz_leaf", version, {"leaf.py": f"VALUE = {version}\n"})
    return folder


def deploying(function: str, settings: Mapping[str, Any], dependencies: Sequence[str] = ()) -> Act:
    """Deploy a function of the user's module."""
    return lambda env, jobs: env.deploy_function(getattr(jobs, function), config(**settings), dependencies)


def _deleting(env: CloudEnvironment, _jobs: ModuleType) -> Any:
    return env.delete_function("job")


def _deployed_and_another_version_live(env: CloudEnvironment, jobs: ModuleType) -> None:
    deploying("report", FIRST)(env, jobs).raise_for_error()
    lambda_ = client("lambda")
    lambda_.update_function_configuration(FunctionName="job", MemorySize=1024)
    version = lambda_.publish_version(FunctionName="job")["Version"]
    lambda_.update_alias(FunctionName="job", Name="live", FunctionVersion=version)


SCENARIOS: Mapping[str, Scenario] = {
    "first deployment": Scenario(prepare=_nothing, act=deploying("report", FIRST)),
    "unchanged": Scenario(prepare=deploying("report", FIRST), act=deploying("report", FIRST)),
    "code and schedules changed": Scenario(prepare=deploying("report", FIRST), act=deploying("other", SECOND)),
    "fewer schedules": Scenario(prepare=deploying("report", FIRST), act=deploying("report", FEWER)),
    "alias moved by hand": Scenario(prepare=_deployed_and_another_version_live, act=deploying("report", FIRST)),
    "deletion": Scenario(prepare=deploying("report", FIRST), act=_deleting),
    "with layer, queue and alarms": Scenario(prepare=_nothing, act=deploying("report", WATCHED, OLD_WHEEL)),
    "layer, queue and alarms changed": Scenario(
        prepare=deploying("report", WATCHED, OLD_WHEEL), act=deploying("other", OTHERWISE_WATCHED, NEW_WHEEL)
    ),
    "layer, queue and alarms given up": Scenario(
        prepare=deploying("report", WATCHED, OLD_WHEEL), act=deploying("report", FIRST)
    ),
    "layer, queue and alarms deleted": Scenario(prepare=deploying("report", WATCHED, OLD_WHEEL), act=_deleting),
}


def ran(there: Mapping[str, Any]) -> list[Any]:
    """What runs and when, which must all come from one deployer."""
    live = there["functions"]["job"]["Live"]
    schedules = [*there["rules"].values(), *there["schedules"].values()]
    when = sorted(one["ScheduleExpression"] for one in schedules)
    return [live["Environment"]["Variables"]["MODE"], live["MemorySize"], live["CodeSha256"], when]


def live(there: Mapping[str, Any]) -> set[str]:
    """Every schedule that fires the function, and may."""
    function = there["functions"].get("job")
    if function is None or function["Live"] is None:
        return set()
    granted = any(statement["Principal"] == {"Service": "events.amazonaws.com"} for statement in function["Policy"])
    target = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:job:live"
    rules = {
        rule["ScheduleExpression"]
        for rule in there["rules"].values()
        if rule["State"] == "ENABLED" and granted and target in [one["Arn"] for one in rule["Targets"]]
    }
    schedules = {
        schedule["ScheduleExpression"]
        for schedule in there["schedules"].values()
        if schedule["State"] == "ENABLED"
        and schedule["Target"]["Arn"] == target
        and schedule["Target"]["RoleArn"].rpartition("/")[2] in there["roles"]
    }
    return rules | schedules
