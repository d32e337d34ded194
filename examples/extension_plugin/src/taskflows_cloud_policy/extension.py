"""Wrappers of the hooks: an extension answers nothing by itself, it only adds to what providers do."""

import os

from taskflows_cloud_core import Problem, hookimpl
from taskflows_cloud_policy.audit import recorded

MEMORY_VARIABLE = "TASKFLOWS_CLOUD_POLICY_MEMORY_MB"
_MEMORY_MB = 1024


@hookimpl(wrapper=True)
def check_function(config):
    problems = list((yield))
    limit = int(os.environ.get(MEMORY_VARIABLE, _MEMORY_MB))
    if config.memory_mb is not None and config.memory_mb > limit:
        problems.append(Problem(field="memory_mb", message=f"is {config.memory_mb}; our policy allows {limit}"))
    return problems


@hookimpl(wrapper=True)
def deploy_function(plan):
    with recorded("deploy", plan.function_name, plan.provider, plan.actions) as outcome:
        result = yield
        outcome.ok = result.success
        return result


@hookimpl(wrapper=True)
def delete_function(plan):
    with recorded("delete", plan.function_name, plan.provider, plan.actions) as outcome:
        result = yield
        outcome.ok = result.success
        return result


@hookimpl(wrapper=True)
def rollback_function(name):
    with recorded("roll back", name):
        return (yield)


@hookimpl(wrapper=True)
def set_schedules_enabled(name, enabled):
    with recorded("resume" if enabled else "pause", name):
        return (yield)
