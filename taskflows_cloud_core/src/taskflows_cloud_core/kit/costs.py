"""Estimates of costs: how a function is used, and what an estimate has to say of its assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from taskflows_cloud_core._frozen import to_mapping

ASSUMED_SECONDS = 1.0
"""How long a run takes when nothing is known of it."""


@attrs.frozen(kw_only=True)
class Usage:
    """How a function is used.

    Args:
        runs: In a month.
        seconds: The mean duration of a run.
        log_bytes: How much a run writes to its log.
        measured_runs: From how many runs ``seconds`` was measured; 0 when it is assumed.
        measured_days: Over how many days they were measured.
    """

    runs: float
    seconds: float
    log_bytes: int = 0
    measured_runs: int = 0
    measured_days: int = 0

    def assumptions(self) -> Iterator[str]:
        """What an estimate from this usage assumes, one sentence each."""
        yield f"{self.runs:,.0f} runs in 30 days"
        if self.measured_runs:
            over = f"the mean of {self.measured_runs} runs of the last {self.measured_days} days"
            yield f"{self.seconds:.3g} seconds a run, {over}"
        else:
            yield f"{self.seconds:.3g} seconds a run, since nothing was measured yet"
        if self.log_bytes:
            yield f"{self.log_bytes} bytes of log a run"


@attrs.frozen(kw_only=True)
class PriceSource:
    """Where a table of list prices is from.

    Args:
        date: When the prices were read.
        base_region: The region whose prices stand where no others are known.
        own_prices: Regions with some prices of their own → what those are, for instance ``"runs as in eu-south-1"``.
    """

    date: str
    base_region: str
    own_prices: Mapping[str, str] = attrs.field(factory=dict, converter=to_mapping)

    def assumption(self, region: str) -> str:
        """Where the prices of a region are from, as a sentence for an estimate."""
        head = f"list prices of {self.date} without taxes, for the lowest tier"
        if region == self.base_region:
            return f"{head}, of {region}"
        if region in self.own_prices:
            return f"{head}: {self.own_prices[region]}; everything else as in {self.base_region}"
        return f"{head}, of {self.base_region}; those of {region} may differ"
