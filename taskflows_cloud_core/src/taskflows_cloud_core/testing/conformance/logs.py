"""Logs: every line once, in order, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.results import LogEvent, LogPage, LogQuery
from taskflows_cloud_core.testing.conformance.effects import runs
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_LINES = 60
_MANY = 1000
_PAGE = 7


@runs
class LogChecks(Harness):
    """``get_logs``, for providers with the capability ``"logs"``."""

    def write_lines(self, environment: CloudEnvironment, jobs: ModuleType, count: int = _LINES) -> list[str]:
        """Deploy a function ``job`` and let its log have lines, oldest first, with these texts in them.

        Override it where functions cannot be invoked.
        """
        self.need("invoke")
        self.deploy(environment, jobs.talks)
        environment.invoke_function("job", {"lines": count})
        return [f"line {number:03}" for number in range(count)]

    def test_lines_come_in_the_order_of_time(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Every line once, in the order in which it was written."""
        self.need("logs")
        wanted = self.write_lines(environment, jobs)
        found = _texts(environment.get_function_logs("job", limit=_MANY), wanted)
        assert found == wanted, unlike(f"the log has {wanted[0]!r} … {wanted[-1]!r} in this order", found)

    def test_moments_are_aware(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Each event says when, with a zone."""
        self.need("logs")
        self.write_lines(environment, jobs, 1)
        naive = [event for event in environment.get_function_logs("job") if event.timestamp.utcoffset() is None]
        assert not naive, unlike("LogEvent.timestamp has a time zone", naive)

    def test_a_limit_leaves_the_newest(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``limit`` counts from the end of the log."""
        self.need("logs")
        self.write_lines(environment, jobs)
        everything = environment.get_function_logs("job", limit=_MANY)
        newest = environment.get_function_logs("job", limit=5)
        assert newest == everything[-5:], unlike(f"limit=5 gives the newest five, {everything[-5:]}", newest)

    def test_pages_join_without_gap_or_double(
        self, environment: CloudEnvironment, jobs: ModuleType, options: Mapping[str, Any]
    ) -> None:
        """Page after page, newest first, until there is no token."""
        self.need("logs")
        wanted = self.write_lines(environment, jobs)
        found = _texts([event for page in self._pages(options) for event in page.events], wanted)
        assert found == wanted[::-1], unlike("pages have every line once, newest first", found)

    def test_pages_are_no_longer_than_asked(
        self, environment: CloudEnvironment, jobs: ModuleType, options: Mapping[str, Any]
    ) -> None:
        """``query.limit`` bounds a page."""
        self.need("logs")
        self.write_lines(environment, jobs)
        sizes = [len(page.events) for page in self._pages(options)]
        assert max(sizes) <= _PAGE, unlike(f"no page has more than query.limit={_PAGE} events", sizes)

    @pytest.mark.parametrize("bound", ["start_time", "end_time"])
    def test_a_bound_of_time_is_kept(self, environment: CloudEnvironment, jobs: ModuleType, bound: str) -> None:
        """``start_time`` is the first moment that is wanted, ``end_time`` the first that is not."""
        self.need("logs")
        self.write_lines(environment, jobs)
        everything = environment.get_function_logs("job", limit=_MANY)
        moment = everything[len(everything) // 2].timestamp
        wanted = [event for event in everything if (event.timestamp >= moment) == (bound == "start_time")]
        if bound == "start_time":
            found = environment.get_function_logs("job", limit=_MANY, start_time=moment)
        else:
            found = environment.get_function_logs("job", limit=_MANY, end_time=moment)
        assert found == wanted, unlike(f"{bound}={moment} leaves {len(wanted)} events", found)

    def test_one_run_can_be_read_alone(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``request_id`` leaves the lines of that run."""
        self.need("logs", "invoke")
        self.deploy(environment, jobs.says)
        ids = [environment.invoke_function("job", text).request_id for text in ("first run", "second run")]
        if not all(ids):
            pytest.skip("runs have no request_id here")
        events = environment.get_function_logs("job", request_id=ids[0])
        found = _texts(events, ["first run", "second run"])
        assert found == ["first run"], unlike("request_id of the first run leaves its line alone", events)

    def test_failed_runs_can_be_read_alone(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``failed_only`` leaves the lines of runs that failed."""
        self.need("logs", "invoke", "failed_logs")
        self.deploy(environment, jobs.report)
        environment.invoke_function("job", {})
        self.deploy(environment, jobs.fails)
        environment.invoke_function("job")
        events = environment.get_function_logs("job", failed_only=True, limit=_MANY)
        found = _texts(events, ["report begins", "about to fail"])
        assert found == ["about to fail"], unlike("failed_only leaves the lines of the failed run alone", events)

    def test_a_function_that_never_ran_has_no_lines(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """An empty log is no error."""
        self.need("logs")
        self.deploy(environment, jobs.report)
        events = environment.get_function_logs("job")
        assert events == [], unlike("the log of a function that never ran is empty", events)

    def test_a_log_can_be_read_during_a_run(
        self, environment: CloudEnvironment, jobs: ModuleType, tmp_path: Path
    ) -> None:
        """The lines of a run that is under way are there before it ends."""
        self.need("logs", "invoke")
        if not self.runs_in_background:
            pytest.skip(f"{type(self).__name__} does not say runs_in_background: nobody has seen whether this holds")
        gate = tmp_path / "gate"
        self.deploy(environment, jobs.waits)
        environment.invoke_function("job", {"gate": str(gate), "seconds": self.wait_seconds}, wait=False)
        try:
            seen = self.wait_for(
                lambda: _texts(environment.get_function_logs("job"), ["run begins", "run ends"]),
                lambda found: bool(found),
            )
        finally:
            gate.touch()
        assert seen == ["run begins"], unlike("the log has 'run begins' before the run ends", seen)

    def test_events_can_be_told_apart(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Where events have an ``event_id``, no two have the same."""
        self.need("logs")
        self.write_lines(environment, jobs)
        ids = [event.event_id for event in environment.get_function_logs("job", limit=_MANY) if event.event_id]
        doubles = sorted({one for one in ids if ids.count(one) > 1})
        assert not doubles, unlike("event_id is unique within a function", doubles)

    def _pages(self, given: Mapping[str, Any]) -> list[LogPage]:
        """All pages of the log of ``job``, as the hook gives them."""
        provider, session = self.connect(given)
        pages, token = [], None
        for _ in range(_MANY):
            page = provider.call("get_logs", session=session, name="job", query=LogQuery(limit=_PAGE), token=token)
            pages.append(page)
            token = page.token
            if token is None:
                return pages
        pytest.fail(unlike("the token of the last page is None", f"{_MANY} pages and still a token"))


def _texts(events: list[LogEvent], known: list[str]) -> list[str]:
    """Which of the known texts the events hold, in the order of the events."""
    return [text for event in events for text in known if text in event.message]
