"""What all checks share: a fresh place, a user's module, and what authors can say about their provider."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment import CloudEnvironment, get_environment
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.providers import load_provider
from taskflows_cloud_core.results import CloudDeploymentResult
from taskflows_cloud_core.schedules import Calendar, CalendarSpec, Periodic, Schedule, ScheduleExpression
from taskflows_cloud_core.testing.conformance.jobs import HELPER_SOURCE, JOBS_SOURCE
from taskflows_cloud_core.testing.expressions import read_expression

_NUMBERS = itertools.count()
# Common enough for every cloud to say two of them; the suite takes the first that the provider says exactly.
_COMMON: tuple[Schedule, ...] = (
    Calendar("Mon-Fri 09:00"),
    Calendar("Sun 17:00"),
    Calendar("*-*-* 06:30"),
    Periodic(period=3600),
    Periodic(period=86400),
)


def unlike(contract: str, seen: object) -> str:
    """The message of a check that failed.

    Args:
        contract: What providers promise.
        seen: What was there instead.
    """
    return f"\n  the contract:  {contract}\n  what was seen: {seen}"


class Harness:
    """What authors say about their provider and its place; the checks stand in the classes beside this one.

    Attributes:
        provider: The name of the provider's entry point.
        left_out: Checks that cannot be made in this place, by name, with the reason: for instance because an
            emulator stands for the cloud. They are reported as skipped.
    """

    provider: ClassVar[str]
    left_out: ClassVar[Mapping[str, str]] = {}
    _info: ClassVar[ProviderInfo]

    def __init_subclass__(cls) -> None:
        """Refuse two sets of checks that hide each other's helpers.

        Raises:
            TypeError: Two bases define the same name.
        """
        owners: dict[str, str] = {}
        for base in (one for one in cls.__bases__ if issubclass(one, Harness) and one is not Harness):
            for name in [name for name in vars(base) if not name.startswith("__")]:
                if name in owners:
                    raise TypeError(f"{owners[name]} and {base.__name__} both define {name!r}: one hides the other")
                owners[name] = base.__name__

    @pytest.fixture
    def options(self) -> Mapping[str, Any]:
        """The options of an environment in a fresh and empty place; override it to make one."""
        return {}

    @pytest.fixture
    def look(self, environment: CloudEnvironment) -> Callable[[], Any]:
        """Tells all that is in the place, as a value that can be compared; override it to see more.

        What is not overridden asks the provider itself, and so believes what it says.
        """
        return lambda: self.what_is_told(environment)

    def config(self, function_name: str = "job", **settings: Any) -> CloudFunctionConfig:
        """A configuration; override it when functions in the place need something more."""
        return CloudFunctionConfig(function_name=function_name, **settings)

    def honoured(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Those of some settings that the provider does not list in ``ProviderInfo.unsupported``."""
        return {name: value for name, value in settings.items() if name not in self.info.unsupported}

    def read_expression(self, expression: ScheduleExpression) -> CalendarSpec | Periodic:
        """When an expression fires, as the provider reads it; override it for a language of its own."""
        return read_expression(expression)

    def is_paused(self, environment: CloudEnvironment, function_name: str) -> bool:
        """Whether the schedules of a function are paused; override it when ``metadata`` does not say."""
        return bool(environment.describe_function(function_name).metadata["paused"])

    @pytest.fixture
    def environment(self, options: Mapping[str, Any]) -> CloudEnvironment:
        """An environment in the fresh place."""
        return get_environment(self.provider, **options)

    @pytest.fixture
    def another(self, options: Mapping[str, Any]) -> CloudEnvironment:
        """Somebody else's environment in the same place."""
        return get_environment(self.provider, **options)

    @pytest.fixture
    def jobs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
        """A user's module, with a helper of its own; its folder is the working directory."""
        number = next(_NUMBERS)
        folder = tmp_path / "conformance"
        folder.mkdir()
        helper, name = f"conformance_helper_{number}", f"conformance_jobs_{number}"
        (folder / f"{helper}.py").write_text(HELPER_SOURCE, encoding="utf-8")
        (folder / f"{name}.py").write_text(JOBS_SOURCE.format(helper=helper), encoding="utf-8")
        (folder / "table.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        monkeypatch.syspath_prepend(folder)
        monkeypatch.chdir(folder)
        importlib.invalidate_caches()
        yield importlib.import_module(name)
        for loaded in (helper, name):
            sys.modules.pop(loaded, None)

    @pytest.fixture(autouse=True)
    def _leave_out(self, request: pytest.FixtureRequest) -> None:
        unknown = [name for name in self.left_out if not hasattr(self, name)]
        if unknown:
            pytest.fail(f"left_out names what is no check: {', '.join(unknown)}")
        name = getattr(request.node, "originalname", request.node.name)
        if name in self.left_out:
            pytest.skip(f"left out by {type(self).__name__}: {self.left_out[name]}")

    @property
    def info(self) -> ProviderInfo:
        """What the provider says of itself."""
        cls = type(self)
        if "_info" not in vars(cls):
            cls._info = load_provider(self.provider).info
        return cls._info

    def need(self, *capabilities: str) -> None:
        """Skip the check when the provider does not declare what it is about."""
        missing = sorted(set(capabilities) - self.info.capabilities)
        if missing:
            pytest.skip(f"the provider {self.provider!r} does not declare {', '.join(missing)}")

    def schedules(self, environment: CloudEnvironment, count: int) -> list[Schedule]:
        """Different schedules that the provider says exactly; the check is skipped when it has not so many."""
        said = [one for one in _COMMON if environment.translate_schedule(one).verdict == "exact"]
        if len(said) < count:
            pytest.skip(f"the provider {self.provider!r} says only {len(said)} of {[str(one) for one in _COMMON]}")
        return said[:count]

    def deploy(
        self, environment: CloudEnvironment, function: Callable[..., Any], function_name: str = "job", **settings: Any
    ) -> CloudDeploymentResult:
        """Deploy, and go no further when that fails."""
        return environment.deploy_function(function, self.config(function_name, **settings), []).raise_for_error()

    def names(self, environment: CloudEnvironment) -> list[str]:
        """The names of the functions that are listed."""
        return [function.name for function in environment.list_functions()]

    def what_is_told(self, environment: CloudEnvironment) -> dict[str, Any]:
        """All that the provider says about each function."""
        told = {}
        for function in environment.list_functions():
            description = environment.describe_function(function.name)
            versions = environment.list_versions(function.name) if "rollback" in self.info.capabilities else []
            told[function.name] = (function, description.config, description.environment_names, versions)
        return told
