"""The provider of AWS keeps what every provider promises, in an account of moto."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, ClassVar

import pytest

from taskflows_cloud_aws.schedules.read import read_expression
from taskflows_cloud_core import CloudDeploymentResult, CloudEnvironment, ScheduleExpression
from taskflows_cloud_core.schedules import CalendarSpec, Periodic
from taskflows_cloud_core.testing import ProviderConformance
from taskflows_cloud_core.testing.conformance.readings import (
    CannotStart,
    Fire,
    MakeForeign,
    MakeMany,
    ReadSchedules,
    ReadTexts,
)
from tests.aws import account_readings
from tests.aws.support.account import REGION, Wire
from tests.aws.support.running_functions import run_what_is_invoked

_NO_LIMITS = "nothing ends what the account in memory runs; that the live version has the limits is read there"


class TestAws(ProviderConformance):
    provider = "aws"
    left_out: ClassVar[Mapping[str, str]] = {
        "test_a_scheduled_run_ends_at_its_memory_limit": _NO_LIMITS,
        "test_a_scheduled_run_ends_at_its_timeout": _NO_LIMITS,
    }

    @pytest.fixture
    def options(self, aws: Wire, pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
        run_what_is_invoked(monkeypatch)
        account_readings.call_with_context(monkeypatch)
        return {"region": REGION}

    @pytest.fixture
    def look(self, account: Callable[[], dict[str, Any]]) -> Callable[[], Any]:
        return account

    def read_expression(self, expression: ScheduleExpression) -> CalendarSpec | Periodic:
        return read_expression(expression)

    @pytest.fixture
    def fire(self, aws: Wire) -> Fire:
        return lambda _, name, moment: aws.look(lambda: account_readings.fire(name, moment))

    @pytest.fixture
    def deployed_schedules(self, aws: Wire) -> ReadSchedules:
        return lambda _, name: aws.look(lambda: account_readings.deployed_schedules(name))

    @pytest.fixture
    def foreign(self, aws: Wire) -> MakeForeign:
        return lambda _, key: aws.look(lambda: account_readings.foreign(key))

    @pytest.fixture
    def texts_others_can_read(self, aws: Wire) -> ReadTexts:
        return lambda _, __: aws.look(account_readings.texts_others_can_read)

    @pytest.fixture
    def many(self, aws: Wire) -> MakeMany:
        return lambda _, count: aws.look(lambda: account_readings.many(count))

    @pytest.fixture
    def cannot_start(self, aws: Wire, jobs: ModuleType) -> CannotStart:
        def deploy(environment: CloudEnvironment, name: str) -> CloudDeploymentResult:
            result = self.deploy(environment, jobs.other, name)
            aws.look(lambda: account_readings.lose_the_handler(name))
            return result

        return deploy
