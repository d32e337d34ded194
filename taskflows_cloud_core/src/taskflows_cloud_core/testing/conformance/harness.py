"""What all checks share: a fresh place, a user's module, and what authors can say about their provider."""

from __future__ import annotations

import importlib
import itertools
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, NoReturn, TypeVar

import pytest

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment import CloudEnvironment, get_environment
from taskflows_cloud_core.options import build_options
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.providers import LoadedProvider, load_provider
from taskflows_cloud_core.results import CloudDeploymentResult
from taskflows_cloud_core.schedules import Calendar, CalendarSpec, Periodic, Schedule, ScheduleExpression, next_runs
from taskflows_cloud_core.testing.conformance.effects import EFFECTS, Effect, effect_of
from taskflows_cloud_core.testing.conformance.jobs import HELPER_SOURCE, JOBS_SOURCE
from taskflows_cloud_core.testing.conformance.readings import (
    CannotStart,
    Fire,
    MakeForeign,
    MakeMany,
    ReadSchedules,
    ReadTexts,
)
from taskflows_cloud_core.testing.expressions import read_expression

FIXTURES = ("fire", "deployed_schedules", "foreign", "texts_others_can_read", "many", "cannot_start")
"""The fixtures that read a place with the test's own client; checks of those that are not filled are skipped."""
_NUMBERS = itertools.count()
_POLL_SECONDS = 0.2
_Value = TypeVar("_Value")
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
        effects: Which checks are run: those that read what one deployment made, those that also run it, those that
            change it.
        wait_seconds: How long any check waits at the most for what does not happen at once, in seconds.
        more_than_a_page: How many functions the place does not list at once.
        runs_in_background: Whether a run that is not waited for goes on beside the test, so that its log can be read
            meanwhile.
        shortest_timeout: The shortest ``timeout_seconds`` that the provider takes.
        smallest_memory: The smallest ``memory_mb`` that the provider takes.
    """

    provider: ClassVar[str]
    left_out: ClassVar[Mapping[str, str]] = {}
    effects: ClassVar[tuple[Effect, ...]] = EFFECTS
    wait_seconds: ClassVar[float] = 60.0
    more_than_a_page: ClassVar[int] = 60
    runs_in_background: ClassVar[bool] = False
    shortest_timeout: ClassVar[int] = 1
    smallest_memory: ClassVar[int] = 128
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

    @pytest.fixture
    def fire(self) -> Fire:
        """Starts everything that is due at a timestamp, as the platform would, and reads the runs of a function.

        Override it as a fixture that returns ``fire(environment, name, moment) -> list[FiredRun]``. It returns when
        the runs are over, retries included. The timestamps of one check never go back.
        """
        self._is_not_filled("fire")

    @pytest.fixture
    def deployed_schedules(self) -> ReadSchedules:
        """Reads ``deployed_schedules(environment, name) -> list[DeployedSchedule]``; override it."""
        self._is_not_filled("deployed_schedules")

    @pytest.fixture
    def foreign(self) -> MakeForeign:
        """Makes what another owner has under the name of a resource; override it.

        ``foreign(environment, key)`` returns what reads that object back, as a value that can be compared, or
        ``None`` where nobody else can have one of that kind.
        """
        self._is_not_filled("foreign")

    @pytest.fixture
    def texts_others_can_read(self) -> ReadTexts:
        """Reads ``texts_others_can_read(environment, name) -> list[str]``; override it.

        All that is stored about a function where its readers are more than the function itself.
        """
        self._is_not_filled("texts_others_can_read")

    @pytest.fixture
    def many(self) -> MakeMany:
        """Makes ``many(environment, n)`` deployed functions and returns their names; override it."""
        self._is_not_filled("many")

    @pytest.fixture
    def cannot_start(self) -> CannotStart:
        """Deploys what can never start and returns the result: ``cannot_start(environment, name)``; override it."""
        self._is_not_filled("cannot_start")

    def fills(self, fixture: str) -> bool:
        """Whether the class fills a fixture of `FIXTURES`."""
        return next(kind for kind in type(self).__mro__ if fixture in vars(kind)) is not Harness

    def _is_not_filled(self, fixture: str) -> NoReturn:
        pytest.skip(f"{type(self).__name__} does not fill the fixture {fixture!r}: nobody has seen whether this holds")

    def wait_for(self, read: Callable[[], _Value], is_there: Callable[[_Value], bool]) -> _Value:
        """Read until something is there or ``wait_seconds`` are over.

        Returns:
            What was read last.
        """
        deadline = time.monotonic() + self.wait_seconds
        while not is_there(found := read()) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return found

    def config(self, function_name: str = "job", **settings: Any) -> CloudFunctionConfig:
        """A configuration; override it when functions in the place need something more."""
        return CloudFunctionConfig(function_name=function_name, **settings)

    def honoured(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Those of some settings that the provider does not list in ``ProviderInfo.unsupported``."""
        return {name: value for name, value in settings.items() if name not in self.info.unsupported}

    def honoured_or_skip(self, **settings: Any) -> dict[str, Any]:
        """Some settings; the check is skipped when the provider refuses one or warns about it."""
        if unsupported := sorted(set(settings) & set(self.info.unsupported)):
            pytest.skip(f"the provider {self.provider!r} refuses or warns about {', '.join(unsupported)}")
        return settings

    def due_times(self, expression: ScheduleExpression, count: int, after: datetime) -> list[datetime]:
        """The next due times of an expression, as the provider reads it."""
        reading = self.read_expression(expression)
        if isinstance(reading, Periodic):
            return list(reading.next_runs(count, after))
        return list(next_runs(reading, count, after))

    def connect(self, options: Mapping[str, Any]) -> tuple[LoadedProvider, Any]:
        """The provider itself and a session, for what an environment does not offer."""
        provider = load_provider(self.provider)
        given: Any = build_options(provider.info.options_class, options, subject="the conformance suite")
        return provider, provider.call("connect", options=given)

    def is_name(self, options: Mapping[str, Any], name: str) -> bool:
        """Whether ``check_function`` takes a name."""
        provider, session = self.connect(options)
        config = self.config(name).resolved(self.info.defaults)
        problems = provider.call("check_function", session=session, function=None, config=config)
        return all(problem.field != "function_name" for problem in problems)

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
        effect = effect_of(getattr(self, name, None))
        if effect is not None and effect not in self.effects:
            pytest.skip(f"{type(self).__name__} runs no check that {effect}")

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
