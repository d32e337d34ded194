"""What is in the folder, what should be, and how one thing in it is changed."""

from taskflows_cloud_core.kit import (
    FUNCTION,
    decode_record,
    encode_record,
    function_record,
    function_state,
    schedule_resource,
    schedule_resources,
)
from taskflows_cloud_core.reconcile import Handler, Observation, Resource

_SETTINGS = ("timeout_seconds", "description")


def observe(place, name, scope):
    """The code, the settings and the lines of a function; its log too when it is about to be deleted."""
    function = place.read(name)
    code = [_code(name, sha256) for sha256 in place.packages(name)]
    log = [Resource(kind="log", name=name)] if scope.removing and place.has_home(name) else []
    if function is None:
        return Observation(exists=False, resources=[*code, *log])
    needs = [resource.key for resource in (*code, *log)]
    found = Resource(kind=FUNCTION, name=name, properties=decode_record(function["record"]), depends_on=needs)
    lines = [schedule_resource(name, key, text, kind="line") for key, text in function["lines"].items()]
    return Observation(exists=True, resources=[*code, *log, found, *lines])


def desired(place, request, observation):
    """What a request wants; what it says nothing about stays."""
    record = function_record(request, observation, settings=_SETTINGS)
    code = _code(request.name, record["sha256"])
    return function_state(
        Resource(kind=FUNCTION, name=request.name, properties=record, depends_on=[code.key]),
        schedule_resources(request, observation, kind="line"),
        others=[code],
        resource_id=str(place.folder / "functions" / request.name),
        metadata={"crontab": str(place.folder / "crontab")},
    )


def _code(name, sha256):
    return Resource(kind="code", name=f"{name}@{sha256[:12]}", properties={"sha256": sha256})


def handlers(place):
    """How code, settings and lines are changed."""

    def put_code(step):
        place.unpack(step.function_name, step.package)

    def delete_code(step):
        place.drop_package(step.function_name, step.resource.properties["sha256"])

    def put_function(step):
        with place.locked():
            before = place.read(step.function_name) or {"lines": {}}
            place.write(step.function_name, {**before, "record": encode_record(step.resource.properties)})

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
        FUNCTION: Handler(create=put_function, update=put_function, delete=delete_function),
        "line": Handler(create=put_line, update=put_line, delete=delete_line),
        "log": Handler(delete=delete_log, holds_logs=True),
    }


def _key(step):
    return step.resource.name.partition("/")[2]
