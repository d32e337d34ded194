"""An estimate says what it assumes: the use of the function, and where prices are from."""

from __future__ import annotations

from taskflows_cloud_core.kit import PriceSource, Usage

SOURCE = PriceSource(date="2026-11-25", base_region="north", own_prices={"south": "runs as in south"})


def test_a_measured_duration_says_from_how_many_runs() -> None:
    usage = Usage(runs=43200, seconds=0.25, log_bytes=4096, measured_runs=1200, measured_days=14)
    assert list(usage.assumptions()) == [
        "43,200 runs in 30 days",
        "0.25 seconds a run, the mean of 1200 runs of the last 14 days",
        "4096 bytes of log a run",
    ]


def test_an_assumed_duration_says_so() -> None:
    assert list(Usage(runs=1, seconds=1.0).assumptions()) == [
        "1 runs in 30 days",
        "1 seconds a run, since nothing was measured yet",
    ]


def test_the_source_of_prices_by_region() -> None:
    head = "list prices of 2026-11-25 without taxes, for the lowest tier"
    assert SOURCE.assumption("north") == f"{head}, of north"
    assert SOURCE.assumption("south") == f"{head}: runs as in south; everything else as in north"
    assert SOURCE.assumption("west") == f"{head}, of north; those of west may differ"
