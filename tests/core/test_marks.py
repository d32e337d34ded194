"""``@cloud_function`` marks a function and leaves it alone."""

from __future__ import annotations

import pickle

import pytest

from taskflows_cloud_core import Calendar, ConfigurationError, cloud_function
from taskflows_cloud_core.marks import marked


@cloud_function(schedules=["Mon 09:00"], memory_mb=512, dependencies=["requests"])
def daily_report() -> int:
    return 7


@cloud_function
def plain() -> None: ...


def unmarked() -> None: ...


def test_the_function_stays_as_it_is() -> None:
    assert daily_report() == 7
    assert vars(daily_report) == {}
    assert pickle.loads(pickle.dumps(daily_report)) is daily_report


def test_the_mark_is_found() -> None:
    mark = marked(daily_report)
    assert mark is not None
    assert mark.function is daily_report
    assert mark.config.function_name == "daily-report"
    assert mark.config.schedules == (Calendar("Mon 09:00"),)
    assert mark.config.memory_mb == 512
    assert mark.dependencies == ("requests",)


def test_without_arguments() -> None:
    mark = marked(plain)
    assert mark is not None
    assert mark.config.function_name == "plain"
    assert mark.dependencies is None
    assert marked(unmarked) is None


def test_a_name_can_be_given() -> None:
    mark = marked(cloud_function(function_name="other")(unmarked))
    assert mark is not None
    assert mark.config.function_name == "other"


def test_mistakes_are_told_where_they_are_made() -> None:
    with pytest.raises(ConfigurationError, match="memory_mb"):
        cloud_function(memory_mb=-1)(lambda: None)
    with pytest.raises(TypeError, match=r"@cloud_function has no 'memory' \(did you mean 'memory_mb'\?\), 'Timeout'"):
        cloud_function(memory=1, Timeout=3)
    with pytest.raises(TypeError, match="memory_gb"):
        cloud_function(memory_gb=1)(lambda: None)
    with pytest.raises(TypeError, match="marks functions, not int"):
        cloud_function(3)  # type: ignore[type-var]


def test_a_lone_text_of_dependencies_is_refused() -> None:
    with pytest.raises(TypeError, match=r"write \['requests'\]"):
        cloud_function(dependencies="requests")
