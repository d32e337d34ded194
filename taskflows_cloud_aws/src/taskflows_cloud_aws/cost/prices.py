"""List prices as data, with where and when they were read; without taxes, tiers of large users and savings plans."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from taskflows_cloud_core.kit import PriceSource


@attrs.frozen(kw_only=True)
class Prices:
    """What things cost in a region, in ``currency``.

    Args:
        currency: Of all prices.
        gb_second: A run, for each second and GiB of memory, by architecture.
        provisioned_gb_second: An environment that is kept warm, likewise, whether it runs or not.
        provisioned_run_gb_second: A run in such an environment, likewise.
        storage_gb_second: Ephemeral storage beyond 512 MiB, for each second of a run and GiB.
        request: One run.
        scheduler_invocation: One firing of an EventBridge Scheduler schedule.
        log_gb: Taking in one GB of log.
        log_gb_month: Keeping one GB of log for a month.
        alarm_month: An alarm on one metric for a month.
        trace: One trace that X-Ray records.
    """

    currency: str
    gb_second: Mapping[str, float]
    provisioned_gb_second: Mapping[str, float]
    provisioned_run_gb_second: Mapping[str, float]
    storage_gb_second: float
    request: float
    scheduler_invocation: float
    log_gb: float
    log_gb_month: float
    alarm_month: float
    trace: float


# aws.amazon.com/lambda/pricing, /eventbridge/pricing, /cloudwatch/pricing and /xray/pricing, US East (N. Virginia), in
# copies of those pages read on 2026-11-25. Those of provisioned concurrency, ephemeral storage and traces are from
# memory and were not found in a copy. Scheduled rules cost nothing ("All events except custom events are included").
_BASE = Prices(
    currency="USD",
    gb_second=MappingProxyType({"x86_64": 0.0000166667, "arm64": 0.0000133334}),
    provisioned_gb_second=MappingProxyType({"x86_64": 0.0000041667, "arm64": 0.0000033334}),
    provisioned_run_gb_second=MappingProxyType({"x86_64": 0.0000097222, "arm64": 0.0000077778}),
    storage_gb_second=0.0000000309,
    request=0.20 / 1_000_000,
    scheduler_invocation=1.00 / 1_000_000,
    log_gb=0.50,
    log_gb_month=0.03,
    alarm_month=0.10,
    trace=5.00 / 1_000_000,
)
# What a run costs more than in the base region, x86_64: the table "baseCosts" (price of 1 ms with 128 MB, two digits)
# in template.yml of AWS Lambda Power Tuning 4.3.4, read on 2026-11-25.
_X86_GB_SECOND = MappingProxyType(
    {
        "af-south-1": 0.0000224,
        "ap-east-1": 0.0000232,
        "ap-northeast-3": 0.0000216,
        "eu-south-1": 0.0000192,
        "me-south-1": 0.0000208,
    }
)
SOURCE = PriceSource(
    date="2026-11-25",
    base_region="us-east-1",
    own_prices={region: f"runs as in {region}, to two digits" for region in _X86_GB_SECOND},
)
"""When and where the prices were read."""
# The part of the price of x86_64 that arm64 costs in the base region.
_ARM = _BASE.gb_second["arm64"] / _BASE.gb_second["x86_64"]


def prices_of(region: str, partition: str) -> Prices | None:
    """The prices of a region; ``None`` where nothing is known of them."""
    if partition == "aws-cn":
        # In another currency, and lower or higher in nearly everything.
        return None
    run = _X86_GB_SECOND.get(region)
    if run is None:
        return _BASE
    return attrs.evolve(_BASE, gb_second=MappingProxyType({"x86_64": run, "arm64": run * _ARM}))
