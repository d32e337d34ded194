"""All checks in one class."""

from __future__ import annotations

from taskflows_cloud_core.testing.conformance.bad_input import BadInputChecks
from taskflows_cloud_core.testing.conformance.capabilities import CapabilityChecks
from taskflows_cloud_core.testing.conformance.concurrency import ConcurrencyChecks
from taskflows_cloud_core.testing.conformance.coverage import CoverageChecks
from taskflows_cloud_core.testing.conformance.deletion import DeletionChecks
from taskflows_cloud_core.testing.conformance.deployed_schedules import DeployedScheduleChecks
from taskflows_cloud_core.testing.conformance.idempotence import IdempotenceChecks
from taskflows_cloud_core.testing.conformance.identity import IdentityChecks
from taskflows_cloud_core.testing.conformance.interruption import InterruptionChecks
from taskflows_cloud_core.testing.conformance.invoking import InvokingChecks
from taskflows_cloud_core.testing.conformance.life_cycle import LifeCycleChecks
from taskflows_cloud_core.testing.conformance.logs import LogChecks
from taskflows_cloud_core.testing.conformance.missing import MissingChecks
from taskflows_cloud_core.testing.conformance.names import NameChecks
from taskflows_cloud_core.testing.conformance.ownership import OwnershipChecks
from taskflows_cloud_core.testing.conformance.packaging import PackagingChecks
from taskflows_cloud_core.testing.conformance.pausing import PausingChecks
from taskflows_cloud_core.testing.conformance.planning import PlanningChecks
from taskflows_cloud_core.testing.conformance.reaching_schedules import ReachingScheduleChecks
from taskflows_cloud_core.testing.conformance.scheduled_runs import ScheduledRunChecks
from taskflows_cloud_core.testing.conformance.schedules import ScheduleChecks
from taskflows_cloud_core.testing.conformance.secrets import SecretChecks
from taskflows_cloud_core.testing.conformance.settings import SettingChecks
from taskflows_cloud_core.testing.conformance.texts import TextChecks
from taskflows_cloud_core.testing.conformance.versions import VersionChecks
from taskflows_cloud_core.testing.conformance.whole_place import WholePlaceChecks


class ProviderConformance(
    IdentityChecks,
    LifeCycleChecks,
    IdempotenceChecks,
    PlanningChecks,
    ScheduleChecks,
    PackagingChecks,
    InvokingChecks,
    LogChecks,
    MissingChecks,
    BadInputChecks,
    VersionChecks,
    PausingChecks,
    DeletionChecks,
    NameChecks,
    TextChecks,
    SecretChecks,
    CapabilityChecks,
    SettingChecks,
    ConcurrencyChecks,
    InterruptionChecks,
    ScheduledRunChecks,
    ReachingScheduleChecks,
    DeployedScheduleChecks,
    OwnershipChecks,
    WholePlaceChecks,
    CoverageChecks,
):
    """Everything that a provider promises. Subclass it as ``TestSomething`` and say which provider it is about."""
