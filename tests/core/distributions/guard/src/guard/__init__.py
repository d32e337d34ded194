"""An extension that keeps an audit log and refuses functions above a memory limit."""

from __future__ import annotations

from taskflows_cloud_core import Problem, hookimpl

AUDIT: list[str] = []
MEMORY_LIMIT_MB = 512


@hookimpl(wrapper=True)
def check_function(config):
    problems = list((yield))
    if config.memory_mb > MEMORY_LIMIT_MB:
        problems.append(Problem(field="memory_mb", message=f"is {config.memory_mb}; policy allows {MEMORY_LIMIT_MB}"))
    return problems


@hookimpl(wrapper=True)
def deploy_function(plan):
    AUDIT.append(f"begin {plan.function_name}")
    result = yield
    AUDIT.append(f"end {plan.function_name}: {'ok' if result.success else 'failed'}")
    return result
