"""The same functions in several places at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sample_jobs import job, other_job

from taskflows_cloud_core import (
    Calendar,
    CloudEnvironment,
    CloudFunctionConfig,
    ProgressEvent,
    deploy_everywhere,
    get_environment,
)


@pytest.fixture
def places(tmp_path: Path, starlight: Path, request: pytest.FixtureRequest) -> dict[str, CloudEnvironment]:
    return {
        "here": get_environment("local", root=tmp_path / "here"),
        "there": get_environment("local", root=tmp_path / "there"),
        "above": get_environment("starlight", sky=request.node.name),
    }


def config(name: str, **fields: Any) -> CloudFunctionConfig:
    return CloudFunctionConfig(function_name=name, **fields)


def test_one_result_a_place_and_function(places: dict[str, CloudEnvironment]) -> None:
    events: list[ProgressEvent] = []
    pairs = [(job, config("one")), (other_job, config("two"))]

    results = deploy_everywhere(places, pairs, [], progress=events.append)

    assert list(results) == ["here", "there", "above"]
    assert {place: [(one.function_name, one.success) for one in found] for place, found in results.items()} == {
        key: [("one", True), ("two", True)] for key in places
    }
    assert {place: [one.name for one in env.list_functions()] for place, env in places.items()} == {
        key: ["one", "two"] for key in places
    }
    assert {event.place for event in events} == set(places)
    assert str(events[0]).startswith("here: one: check")
    again = deploy_everywhere(places, pairs, [])
    assert all(one.plan.is_empty for found in again.values() for one in found)


def test_what_does_not_pass_in_one_place_is_deployed_nowhere(places: dict[str, CloudEnvironment]) -> None:
    pairs = [(job, config("one")), (other_job, config("two", memory_mb=2048))]

    results = deploy_everywhere(places, pairs, [])

    assert "memory_mb: is 2048; Starlight has at most 1024" in results["above"][1].error
    assert results["above"][0].error == "not begun, because the checks found problems with 'two'"
    assert results["here"][1].error == "not begun, because the checks found problems with 'two' (of 'above')"
    assert all(env.list_functions() == [] for env in places.values())


def test_a_place_that_fails_stops_no_other(places: dict[str, CloudEnvironment], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    places = {"broken": get_environment("local", root=tmp_path / "file" / "root"), **places}

    results = deploy_everywhere(places, [(job, config("one"))], [])

    assert not results["broken"][0].success
    assert str(tmp_path / "file") in results["broken"][0].error
    assert all(results[place][0].success for place in ("here", "there", "above"))


def test_a_package_is_built_once_for_each_target(
    places: dict[str, CloudEnvironment], monkeypatch: pytest.MonkeyPatch
) -> None:
    from taskflows_cloud_core.packaging import build

    built: list[str] = []
    original = build._build
    monkeypatch.setattr(build, "_build", lambda order: built.append(order.target.python_version) or original(order))

    results = deploy_everywhere(places, [(job, config("one")), (other_job, config("two"))], [])
    digests = {one.metadata.get("package_sha256") for place in ("here", "there") for one in results[place]}

    assert all(one.success for found in results.values() for one in found)
    assert len(built) == 2
    assert len(digests) == 2
    deploy_everywhere(places, [(job, config("one"))], [])
    assert len(built) == 3


def test_what_cannot_be_packaged_fails_alone(places: dict[str, CloudEnvironment]) -> None:
    pairs = [(job, config("one", include_files=["../outside"])), (other_job, config("two"))]
    results = deploy_everywhere(places, pairs, [])
    assert all("outside" in found[0].error for found in results.values())


def test_what_cannot_be_meant(places: dict[str, CloudEnvironment]) -> None:
    with pytest.raises(TypeError, match="environments\\['x'\\] must be a CloudEnvironment, not str"):
        deploy_everywhere({"x": "aws"}, [(job, config("one"))])  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="config must be"):
        deploy_everywhere(places, [(job, "one")])  # type: ignore[list-item]
    bad = deploy_everywhere(places, [(job, config("one", schedules=[Calendar("never ever")]))], [])
    assert all("schedules[0]" in found[0].error for found in bad.values())
