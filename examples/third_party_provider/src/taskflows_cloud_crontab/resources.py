"""What is in the folder, what should be, and how one thing in it is changed."""

from taskflows_cloud_core.reconcile import DesiredState, Handler, Hidden, Observation, Resource

_SETTINGS = ("timeout_seconds", "description")


def observe(place, name, scope):
    """The code, the settings and the lines of a function; its log too when it is about to be deleted."""
    function = place.read(name)
    code = [
        Resource(kind="code", name=f"{name}@{sha256[:12]}", properties={"sha256": sha256})
        for sha256 in place.packages(name)
    ]
    log = [Resource(kind="log", name=name)] if scope.removing and place.has_home(name) else []
    if function is None:
        return Observation(exists=False, resources=[*code, *log])
    needs = [resource.key for resource in (*code, *log)]
    found = Resource(kind="function", name=name, properties=_properties(function), depends_on=needs)
    lines = [_line(name, key, text) for key, text in function["lines"].items()]
    return Observation(exists=True, resources=[*code, *log, found, *lines])


def desired(place, request, observation):
    """What a request wants; what it says nothing about stays."""
    function = observation.only("function")
    properties = dict(function.properties) if function is not None else {}
    if request.config is not None:
        properties |= {field: getattr(request.config, field) for field in _SETTINGS}
        properties["tags"] = dict(request.config.tags)
        variables = request.config.environment_variables
        properties["environment"] = {key: Hidden(value) for key, value in variables.items()}
    if request.package is not None:
        properties["sha256"] = request.package.sha256
        properties["entry"] = request.package.entry
        properties["runtime"] = f"python{request.package.python_version}"
        properties["include_files"] = list(request.package.include_files)
    sha256 = properties["sha256"]
    code = Resource(kind="code", name=f"{request.name}@{sha256[:12]}", properties={"sha256": sha256})
    lines = observation.of_kind("line")
    if request.triggers is not None:
        lines = [_line(request.name, each.name, each.expression.expression) for each in request.triggers]
    wanted = Resource(kind="function", name=request.name, properties=properties, depends_on=[code.key])
    return DesiredState(
        resources=[code, wanted, *lines],
        resource_id=resource_id(place, request.name),
        metadata={
            "function_name": request.name,
            "crontab": str(place.folder / "crontab"),
            "runtime": properties["runtime"],
            "package_sha256": sha256,
            "schedules": {line.name: line.properties["expression"] for line in lines},
        },
    )


def resource_id(place, name):
    """What identifies a function."""
    return str(place.folder / "functions" / name)


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


def handlers(place):
    """How code, settings and lines are changed."""

    def put_code(step):
        place.unpack(step.function_name, step.package)

    def delete_code(step):
        place.drop_package(step.function_name, step.resource.properties["sha256"])

    def put_function(step):
        settings = dict(step.resource.properties)
        environment = {key: hidden.value for key, hidden in settings.pop("environment").items()}
        with place.locked():
            before = place.read(step.function_name) or {"lines": {}, "paused": False}
            place.write(step.function_name, {**before, "settings": settings, "environment": environment})

    def delete_function(step):
        with place.locked():
            place.drop_function(step.function_name)

    def put_line(step):
        with place.changing(step.function_name) as function:
            function["lines"][_key(step)] = step.resource.properties["expression"]

    def delete_line(step):
        with place.changing(step.function_name) as function:
            function["lines"].pop(_key(step), None)

    def delete_log(step):
        place.drop_home(step.function_name)

    return {
        "code": Handler(create=put_code, update=put_code, delete=delete_code),
        "function": Handler(create=put_function, update=put_function, delete=delete_function),
        "line": Handler(create=put_line, update=put_line, delete=delete_line),
        "log": Handler(delete=delete_log, holds_logs=True),
    }


def _key(step):
    return step.resource.name.partition("/")[2]
