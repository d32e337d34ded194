"""Deleting what nobody names any more, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_jobs import job

from taskflows_cloud_core import CloudEnvironment, CloudFunctionConfig, get_environment

OURS = {"project": "shop", "stage": "test"}


@pytest.fixture
def env(tmp_path: Path) -> CloudEnvironment:
    environment = get_environment("local", root=tmp_path / "root")
    tags = {
        "old": OURS,
        "new": OURS,
        "other-stage": {**OURS, "stage": "live"},
        "other-project": {"project": "bank", "stage": "test"},
        "more-tags": {**OURS, "team": "data"},
        "no-tags": {},
    }
    for name, given in tags.items():
        assert environment.deploy_function(job, CloudFunctionConfig(function_name=name, tags=given), [])
    return environment


def names(env: CloudEnvironment) -> set[str]:
    return {function.name for function in env.list_functions()}


def test_only_what_carries_all_tags_and_is_not_named_goes(env: CloudEnvironment) -> None:
    before = names(env)
    assert [function.name for function in env.plan_prune(["new"], tags=OURS)] == ["more-tags", "old"]
    assert names(env) == before

    results = env.prune_functions(["new", "never-deployed"], tags=OURS)

    assert [(result.function_name, result.success) for result in results] == [("more-tags", True), ("old", True)]
    assert names(env) == before - {"more-tags", "old"}
    assert env.prune_functions(["new"], tags=OURS) == []


def test_no_tags_delete_nothing_unless_everything_is_said(env: CloudEnvironment) -> None:
    before = names(env)
    with pytest.raises(ValueError, match="other projects.*everything=True"):
        env.prune_functions(["new"], tags={})
    with pytest.raises(ValueError, match="contradict"):
        env.prune_functions(["new"], tags=OURS, everything=True)
    assert names(env) == before

    assert all(env.prune_functions(["new"], tags={}, everything=True, keep_logs=True))
    assert names(env) == {"new"}


def test_a_lone_text_is_no_list_of_names(env: CloudEnvironment) -> None:
    with pytest.raises(TypeError, match=r"write \['new'\]"):
        env.prune_functions("new", tags=OURS)
    with pytest.raises(TypeError, match="tags must be a dict"):
        env.plan_prune([], tags=["project"])  # type: ignore[arg-type]
