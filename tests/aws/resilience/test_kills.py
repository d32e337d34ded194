"""Killed with SIGKILL before or after any call, then run again: it converges, nothing is silenced or left over."""

from __future__ import annotations

import pytest

from tests.aws.support.scenarios import SCENARIOS, write_jobs
from tests.aws.support.subprocess_programs import told_by

FINE = {
    "killed": True,
    "silenced": [],
    "left when deleted at once": [],
    "error when run again": None,
    "differs": [],
    "left when deleted": [],
}


def assert_survives(tmp_path, scenario, first=0, step=1):
    told = told_by("kill_tests", scenario, write_jobs(tmp_path / "project"), first, step)
    assert told
    bad = [death for death in told if death != {"call": death["call"], "where": death["where"], **FINE}]
    assert not bad, f"{len(told) - len(bad)} of {len(told)} converge"
    print(f"{scenario}: {len(told)} of {len(told)} converge")


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["code and schedules changed", "deletion"])
def test_some_deaths(tmp_path, scenario):
    assert_survives(tmp_path, scenario, first=5, step=19)


@pytest.mark.sweep
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_death(tmp_path, scenario):
    assert_survives(tmp_path, scenario)
