"""The example of every hook can be copied as it stands: it runs, and pluggy accepts it."""

from __future__ import annotations

import inspect
import re
import textwrap
import types
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pluggy
import pytest

from taskflows_cloud_core import (
    Calendar,
    CloudFunctionConfig,
    LogQuery,
    OperationUnsupported,
    Package,
    Periodic,
    Problem,
    ProgressEvent,
    Trigger,
)
from taskflows_cloud_core.hookspecs import PROJECT_NAME, ProviderSpec
from taskflows_cloud_core.progress import silent
from taskflows_cloud_core.reconcile import Action, Resource
from taskflows_cloud_core.schedules import make_triggers

HOOKS = sorted(name for name in dir(ProviderSpec) if not name.startswith("_"))
SECTIONS = ("Example:", "Returns:", ".. versionadded::")


def example(hook: str) -> types.ModuleType:
    """The module that a reader gets by copying the example of a hook into an empty file."""
    documentation = inspect.getdoc(getattr(ProviderSpec, hook)) or ""
    match = re.search(r"\.\. code-block:: python\n\n(.*?)\n\n?\.\. versionadded", documentation, re.DOTALL)
    assert match, f"{hook} has no example"
    module = types.ModuleType(f"example_of_{hook}")
    exec(compile(textwrap.dedent(match[1]), module.__name__, "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented(hook: str) -> None:
    documentation = inspect.getdoc(getattr(ProviderSpec, hook)) or ""
    assert all(section in documentation for section in SECTIONS)
    assert "Called" in documentation
    arguments = set(inspect.signature(getattr(ProviderSpec, hook)).parameters) - {"self"}
    assert not arguments or "Args:" in documentation
    assert all(f"{argument}:" in documentation for argument in arguments)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_firstresult(hook: str) -> None:
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(ProviderSpec)
    assert getattr(manager.hook, hook).spec.opts["firstresult"]


class Session:
    """The cloud of the examples, as far as they use it."""

    def __init__(self) -> None:
        self.found: list[Resource] = []

    def read(self, name: str) -> list[Resource]:
        return self.found

    def execute(self, action: Action) -> None:
        if action.verb == "delete":
            self.found.remove(action.resource)
        else:
            self.found.append(action.resource)

    def runtime(self, name: str) -> str:
        (function,) = [resource for resource in self.found if resource.kind == "function"]
        return str(function.properties["runtime"])

    def names(self) -> set[str]:
        return {resource.name for resource in self.found if resource.kind == "function"}


def events(_: ProgressEvent) -> None: ...


def call(hook: str, **arguments: object) -> object:
    """Call an example through pluggy, with all the arguments of its hook."""
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(ProviderSpec)
    manager.register(example(hook))
    names = set(inspect.signature(getattr(ProviderSpec, hook)).parameters) - {"self"}
    return getattr(manager.hook, hook)(**dict.fromkeys(names - set(arguments)), **arguments)


@pytest.mark.parametrize("hook", HOOKS)
def test_pluggy_accepts_the_example(hook: str) -> None:
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(ProviderSpec)
    manager.register(example(hook))
    manager.check_pending()
    assert len(getattr(manager.hook, hook).get_hookimpls()) == 1


def test_the_examples_make_one_life_cycle(tmp_path: Path) -> None:
    session = Session()
    info = call("provider_info")
    config = CloudFunctionConfig(function_name="job", memory_mb=512).resolved(info.defaults)  # type: ignore[attr-defined]
    assert (info.name, attrs.fields(info.options_class).endpoint.name) == ("example", "endpoint")  # type: ignore[attr-defined]
    assert call("check_function", config=config) == []
    (problem,) = call("check_function", config=attrs.evolve(config, memory_mb=9000))  # type: ignore[misc]
    assert problem == Problem(field="memory_mb", message="is 9000; Example Cloud has at most 4096")

    translation = call("translate_schedule", schedule=Periodic(period=60))
    assert translation.expressions[0].expression == "every 60s"  # type: ignore[attr-defined]
    assert call("read_expression", expression=translation.expressions[0]) == Periodic(period=60)  # type: ignore[attr-defined]
    assert call("translate_schedule", schedule=Calendar("Mon 09:00")).verdict == "refused"  # type: ignore[attr-defined]
    triggers: tuple[Trigger, ...] = make_triggers([translation])  # type: ignore[list-item]

    package = Package(path=tmp_path, sha256="ab" * 32, size=1, unpacked_size=1, entry="jobs:job", python_version="3.12")
    wanted = {"session": session, "name": "job", "config": config, "package": package, "triggers": triggers}
    plan = call("plan_deployment", **wanted)
    result = call("deploy_function", session=session, plan=plan, progress=events)
    assert result.success  # type: ignore[attr-defined]
    assert call("plan_deployment", **wanted).is_empty  # type: ignore[attr-defined]
    for kept in ("config", "package", "triggers"):
        assert call("plan_deployment", **{**wanted, kept: None}).is_empty  # type: ignore[attr-defined]

    (listed,) = call("list_functions", session=session)  # type: ignore[misc]
    assert listed.resource_id == "example/job"
    assert call("describe_function", session=session, name="job").config.function_name == "job"  # type: ignore[attr-defined]

    removal = call("plan_removal", session=session, name="job", keep_logs=False)
    deletion = call("delete_function", session=session, plan=removal, progress=events)
    assert deletion.success  # type: ignore[attr-defined]
    assert session.found == []


def test_the_package_example_really_packages() -> None:
    config = CloudFunctionConfig(function_name="job")
    package = call(
        "package_function", function=test_the_package_example_really_packages, config=config, progress=silent
    )
    assert package.handler == "index.py"  # type: ignore[attr-defined]


def test_the_other_examples_answer() -> None:
    class Cloud:
        def call(self, name: str, payload: object) -> object:
            return {"got": payload}

        def log(self, name: str, limit: int, before: str | None) -> tuple[list[tuple[datetime, str]], None]:
            return [(datetime(2027, 1, 1, tzinfo=UTC), "hello")], None

        def runs(self, *_: object) -> list[types.SimpleNamespace]:
            return [types.SimpleNamespace(duration_ms=5.0, failed=True)]

        def set_timers(self, name: str, enabled: bool) -> int:
            return 2

        def versions(self, name: str) -> list[types.SimpleNamespace]:
            return [self.activate(name, "1")]

        def activate(self, name: str, version: str | None) -> types.SimpleNamespace:
            moment = datetime(2027, 1, 1, tzinfo=UTC)
            return types.SimpleNamespace(id=version, created_at=moment, sha256="ab" * 32, live=True)

    cloud, moment = Cloud(), datetime(2027, 1, 1, tzinfo=UTC)
    assert call("invoke_function", session=cloud, payload=3).value == {"got": 3}  # type: ignore[attr-defined]
    assert call("get_logs", session=cloud, query=LogQuery()).events[0].message == "hello"  # type: ignore[attr-defined]
    metrics = call("get_metrics", session=cloud, start_time=moment, end_time=moment)
    assert (metrics.invocations, metrics.errors, metrics.average_duration_ms) == (1, 1, 5.0)  # type: ignore[attr-defined]
    assert call("set_schedules_enabled", session=cloud, enabled=True) == 2
    assert call("list_versions", session=cloud)[0].is_live  # type: ignore[index]
    assert call("rollback_function", session=cloud, version="1").version == "1"  # type: ignore[attr-defined]
    assert call("estimate_cost", runs_per_month=1000.0).monthly == pytest.approx(0.002)  # type: ignore[attr-defined]
    plan = types.SimpleNamespace(actions=[])
    assert call("export_plan", plan=plan, format="json") == {"plan.json": "[]"}
    with pytest.raises(OperationUnsupported):
        call("export_plan", plan=plan, format="yaml")
