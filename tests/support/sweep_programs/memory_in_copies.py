"""A program: sweeps the provider in memory, each trial in a copy of a process that has prepared it once."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import attrs

sys.path.insert(0, str(Path(__file__).parents[1]))

from memory_sweeps import AFTER, BEFORE, sweep_of

from taskflows_cloud_core.testing.sweeps import deployments, in_a_copy


def main() -> None:
    """Tell what the sweep found."""
    sweep = attrs.evolve(sweep_of(), copied=in_a_copy)
    report = sweep.run([deployments(BEFORE, AFTER)[2]], every=5)
    told = {
        "trials": len(report.trials),
        "calls": sorted({trial.call for trial in report.trials}),
        "failed": [str(trial) for trial in report.failed],
        "expected": [],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
