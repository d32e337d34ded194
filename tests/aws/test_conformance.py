"""The provider of AWS keeps what every provider promises, in an account of moto."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from taskflows_cloud_aws.schedules.read import read_expression
from taskflows_cloud_core import ScheduleExpression
from taskflows_cloud_core.schedules import CalendarSpec, Periodic
from taskflows_cloud_core.testing import ProviderConformance
from tests.aws.support.account import REGION, Wire
from tests.aws.support.running_functions import run_what_is_invoked


class TestAws(ProviderConformance):
    provider = "aws"

    @pytest.fixture
    def options(self, aws: Wire, pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
        run_what_is_invoked(monkeypatch)
        return {"region": REGION}

    @pytest.fixture
    def look(self, account: Callable[[], dict[str, Any]]) -> Callable[[], Any]:
        return account

    def read_expression(self, expression: ScheduleExpression) -> CalendarSpec | Periodic:
        return read_expression(expression)
