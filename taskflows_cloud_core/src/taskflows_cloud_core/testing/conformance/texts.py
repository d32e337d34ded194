"""Texts beyond ASCII, everywhere where a user can write one."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.conformance.effects import runs
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_TEXT = "Grüße, 世界 🌍 «ß»"
_LETTERS = "Übersicht 日次"


@runs
class TextChecks(Harness):
    """Umlauts, other scripts, and characters of four bytes."""

    def test_texts_of_the_configuration_come_back(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Description and tags are what was given."""
        self.deploy(environment, jobs.report, description=_LETTERS, tags={"team": _LETTERS})
        found = environment.describe_function("job")
        read = {"description": found.config.description, "tags": found.config.tags.get("team")}
        wrong = {field: text for field, text in read.items() if text != _LETTERS and field not in found.unreadable}
        assert not wrong, unlike(f"description and tags come back as {_LETTERS!r}", wrong)

    def test_texts_of_the_configuration_are_no_change(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The second plan is empty, whatever the provider makes of the texts."""
        settings: dict[str, Any] = {
            "description": _LETTERS,
            "tags": {"team": _LETTERS},
            "environment_variables": {"TEXT": _TEXT},
        }
        self.deploy(environment, jobs.report, **settings)
        plan = environment.plan_function(jobs.report, self.config(**settings), [])
        assert plan.is_empty, unlike("texts beyond ASCII are no change when they are the same", plan)

    def test_a_payload_goes_through(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Payload and result keep their characters."""
        self.need("invoke")
        self.deploy(environment, jobs.report)
        value = environment.invoke_function("job", {_TEXT: _TEXT}).value
        assert value == {"answer": 42, "event": {_TEXT: _TEXT}}, unlike(
            "payload and value keep their characters", value
        )

    def test_a_variable_goes_through(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The value of an environment variable keeps its characters and line breaks."""
        self.need("invoke")
        self.deploy(environment, jobs.variable, environment_variables={"TEXT": f"{_TEXT}\nand more"})
        value = environment.invoke_function("job", "TEXT").value
        assert value == f"{_TEXT}\nand more", unlike("the value of a variable keeps its characters", value)

    def test_a_line_of_the_log_goes_through(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """What is printed is what is read."""
        self.need("invoke", "logs")
        self.deploy(environment, jobs.says)
        environment.invoke_function("job", _TEXT)
        lines = [event.message for event in environment.get_function_logs("job")]
        assert any(_TEXT in line for line in lines), unlike("a line of the log keeps its characters", lines)
