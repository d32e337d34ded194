"""Counts the blocks that were executed, and says so at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from ministack import ministack


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an AWS emulator that really runs functions."""
    with ministack(Path(tmp_path_factory.mktemp("ministack"))) as running:
        yield running.endpoint_url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    executed: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, count in report.user_properties:
            if report.when == "call" and name.startswith("executed "):
                executed[name.removeprefix("executed ")] += count
    if executed:
        parts = ", ".join(f"{count} {name}" for name, count in sorted(executed.items()) if count)
        terminalreporter.write_line(f"executed blocks of the documents: {parts}")
