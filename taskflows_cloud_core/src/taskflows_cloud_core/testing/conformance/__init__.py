"""The conformance suite: what every provider promises, as tests that its author runs with pytest.

.. code-block:: python

    from taskflows_cloud_core.testing import ProviderConformance

    class TestExample(ProviderConformance):
        provider = "example"

        @pytest.fixture
        def options(self, tmp_path):
            return {"folder": tmp_path / "place"}

Each check is a test with a stable name and one subject; its failure says what the contract is and what was seen.
"""

import pytest

_SUBJECTS = (
    "bad_input",
    "capabilities",
    "by_clock",
    "concurrency",
    "coverage",
    "deletion",
    "deployed_schedules",
    "harness",
    "idempotence",
    "identity",
    "interruption",
    "invoking",
    "life_cycle",
    "logs",
    "missing",
    "names",
    "ownership",
    "packaging",
    "pausing",
    "planning",
    "reaching_schedules",
    "scheduled_runs",
    "schedules",
    "secrets",
    "settings",
    "suite",
    "texts",
    "versions",
    "whole_place",
)
pytest.register_assert_rewrite(*(f"{__name__}.{subject}" for subject in _SUBJECTS))

from taskflows_cloud_core.testing.conformance.readings import DeployedSchedule, FiredRun  # noqa: E402 - as above
from taskflows_cloud_core.testing.conformance.suite import ProviderConformance  # noqa: E402 - after the registration

__all__ = ["DeployedSchedule", "FiredRun", "ProviderConformance"]
