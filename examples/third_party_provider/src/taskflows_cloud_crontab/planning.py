"""What is wanted against what is in the folder, and how the one becomes the other."""

from functools import partial

import attrs

from taskflows_cloud_core import FunctionNotFoundError, Plan
from taskflows_cloud_core.reconcile import Hidden, Resource, apply, diff

PROVIDER = "crontab"
_SETTINGS = (
    "memory_mb",
    "timeout_seconds",
    "ephemeral_storage_mb",
    "description",
    "architecture",
    "max_concurrency",
    "retries",
    "log_retention_days",
)


@attrs.frozen(kw_only=True)
class CrontabPlan(Plan):
    """A plan that knows where it leads to, so that it still does when somebody else deployed meanwhile."""

    desired: tuple = ()


def plan_deployment(place, name, config, package, triggers):
    """Plan a deployment; ``None`` for a part leaves it as it is."""
    function = place.read(name)
    if function is None and (config is None or package is None):
        raise FunctionNotFoundError(f"no function {name!r} in {place.folder}")
    observed = observe(place, name)
    properties = {} if function is None else _properties(function)
    if config is not None:
        properties |= {field: getattr(config, field) for field in _SETTINGS}
        properties["tags"] = dict(config.tags)
        properties["environment"] = {key: Hidden(value) for key, value in config.environment_variables.items()}
    if package is not None:
        properties["sha256"] = package.sha256
        properties["entry"] = package.entry
        properties["runtime"] = f"python{package.python_version}"
        properties["include_files"] = list(package.include_files)
    code = Resource(
        kind="code", name=f"{name}@{properties['sha256'][:12]}", properties={"sha256": properties["sha256"]}
    )
    lines = [resource for resource in observed if resource.kind == "line"]
    if triggers is not None:
        lines = [_line(name, trigger.name, trigger.expression.expression) for trigger in triggers]
    wanted = Resource(kind="function", name=name, properties=properties, depends_on=[code.key])
    desired = (code, wanted, *lines)
    difference = diff(desired, observed)
    return CrontabPlan(
        function_name=name,
        provider=PROVIDER,
        actions=difference.actions,
        unchanged=difference.unchanged,
        package=package,
        resource_id=resource_id(place, name),
        metadata={
            "function_name": name,
            "crontab": str(place.folder / "crontab"),
            "runtime": properties["runtime"],
            "package_sha256": properties["sha256"],
            "schedules": {line.name: line.properties["expression"] for line in lines},
        },
        desired=desired,
    )


def plan_removal(place, name):
    """Find everything of a function."""
    actions = diff([], observe(place, name)).actions
    return Plan(function_name=name, provider=PROVIDER, actions=actions, resource_id=resource_id(place, name))


def resource_id(place, name):
    """What identifies a function."""
    return str(place.folder / "functions" / name)


def observe(place, name):
    """The resources of a function as they are."""
    function = place.read(name)
    code = [
        Resource(kind="code", name=f"{name}@{sha256[:12]}", properties={"sha256": sha256})
        for sha256 in place.packages(name)
    ]
    if function is None:
        return code
    needs = [resource.key for resource in code]
    found = Resource(kind="function", name=name, properties=_properties(function), depends_on=needs)
    return [*code, found, *(_line(name, key, text) for key, text in function["lines"].items())]


def _properties(function):
    secret = {key: Hidden(value) for key, value in function["environment"].items()}
    return {**function["settings"], "environment": secret}


def _line(name, key, expression):
    return Resource(
        kind="line",
        name=f"{name}/{key}",
        properties={"expression": expression},
        depends_on=[("function", name)],
    )


def carry_out(place, plan, progress):
    """Do the actions of a plan, while nobody else does."""
    if plan.is_empty:
        return apply(plan, partial(_execute, place, plan), progress=progress)
    with place.locked():
        if isinstance(plan, CrontabPlan):
            now = diff(plan.desired, observe(place, plan.function_name))
            plan = attrs.evolve(plan, actions=now.actions)
        # One action after the other: they change one file.
        return apply(plan, partial(_execute, place, plan), progress=progress, max_workers=1)


def _execute(place, plan, action):
    """Do one action; one that is done already succeeds."""
    name, resource = plan.function_name, action.resource
    if resource.kind == "code":
        _execute_code(place, plan, action)
    elif resource.kind == "function" and action.verb == "delete":
        place.drop_function(name)
    elif resource.kind == "function":
        settings = dict(resource.properties)
        environment = {key: hidden.value for key, hidden in settings.pop("environment").items()}
        before = place.read(name) or {"lines": {}, "paused": False}
        place.write(name, {**before, "settings": settings, "environment": environment})
    else:
        _execute_line(place, name, action)


def _execute_code(place, plan, action):
    if action.verb == "delete":
        place.drop_package(plan.function_name, action.resource.properties["sha256"])
    else:
        place.unpack(plan.function_name, plan.package)


def _execute_line(place, name, action):
    function = place.get(name)
    key = action.resource.name.partition("/")[2]
    if action.verb == "delete":
        function["lines"].pop(key, None)
    else:
        function["lines"][key] = action.resource.properties["expression"]
    place.write(name, function)
