"""What functions shared and none uses any more is found when users prune; what somebody is about to use stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from moto.awslambda_simple.models import lambda_simple_backends
from moto.iam.models import iam_backends

from taskflows_cloud_core import Calendar, get_environment
from taskflows_cloud_core.cli import main
from tests.aws.support.account import ACCOUNT, EMPTY, REGION, client, config, once, refusal
from tests.aws.support.scenarios import write_wheels

EXECUTION, SCHEDULER = f"taskflows-cloud.shared-{REGION}", f"taskflows-cloud.shared-{REGION}-scheduler"
BERLIN = Calendar("Mon-Fri 07:00", timezone="Europe/Berlin")
DEPENDENCIES = ["zz_leaf==3.0"]
MINE = {"project": "shop"}
JOBS = """
from taskflows_cloud_core import cloud_function


@cloud_function
def report():
    return 1
"""


@pytest.fixture(autouse=True)
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_FIND_LINKS", str(write_wheels(tmp_path / "wheels")))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def env(aws):
    return get_environment("aws", region=REGION, shared_roles=True, dependency_layer=True)


def wanted(name="job"):
    return config(name, schedules=[BERLIN], tags=MINE)


@pytest.fixture
def orphans(env, aws, jobs):
    """Layer and roles of a function that was deleted by hand."""
    assert env.deploy_function(jobs.report, wanted(), DEPENDENCIES)

    def delete_by_hand():
        client("lambda").delete_function(FunctionName="job")
        client("scheduler").delete_schedule_group(Name="taskflows-cloud-job")
        client("logs").delete_log_group(logGroupName="/aws/lambda/job")

    aws.look(delete_by_hand)


def an_hour_passes():
    """Make all layers and roles older."""
    for layer in lambda_simple_backends[ACCOUNT][REGION]._layers._layers.values():
        for version in layer.layer_versions.values():
            version.created_date = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    for role in iam_backends[ACCOUNT]["aws"].roles.values():
        role.create_date -= timedelta(hours=1)


def delete_role(name):
    client("iam").delete_role_policy(RoleName=name, PolicyName="taskflows-cloud")
    client("iam").delete_role(RoleName=name)


def test_what_nobody_uses_goes_and_is_told(env, aws, account, orphans):
    (layer,) = account()["layers"]
    an_hour_passes()
    aws.clear()

    planned = env.plan_unused()
    assert aws.mutating == []
    (result,) = env.prune_functions([], tags=MINE)

    everything = {f"layer {layer}", f"role {EXECUTION}", f"scheduler-role {SCHEDULER}"}
    assert {str(action.key) for action in planned.actions} == everything
    assert result.success, result.error
    assert set(result.deleted) == everything
    assert account() == EMPTY
    assert env.prune_functions([], tags=MINE) == []


def test_what_was_made_a_moment_ago_stays(env, account, orphans):
    before = account()

    planned = env.plan_unused()

    assert planned.is_empty
    assert len(planned.keeps) == 3
    assert all("a deployment may be about to use it" in what for what in planned.keeps)
    assert env.prune_functions([], tags=MINE) == []
    assert account() == before


def test_what_is_used_stays(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, wanted(), DEPENDENCIES)
    an_hour_passes()
    before = account()
    aws.clear()

    assert env.plan_unused().is_empty
    assert env.prune_functions(["job"], tags=MINE) == []

    assert account() == before
    assert aws.mutating == []


def test_what_others_made_stays(env, aws, account):
    def make_theirs():
        client("iam").create_role(RoleName=EXECUTION, AssumeRolePolicyDocument="{}")
        client("lambda").publish_layer_version(
            LayerName="taskflows-cloud-" + "0" * 32, Description="theirs", Content={"ZipFile": b"layer"}
        )

    aws.look(make_theirs)
    an_hour_passes()
    before = account()

    assert env.plan_unused().is_empty
    assert env.prune_functions([], tags=MINE) == []
    assert account() == before


def test_a_role_that_is_taken_into_use_while_it_is_deleted_is_made_again(env, aws, account, orphans):
    an_hour_passes()
    before = account()["roles"][EXECUTION]

    def take_into_use():
        code = {"ZipFile": b"x"}
        arn = f"arn:aws:iam::{ACCOUNT}:role/{EXECUTION}"
        aws.look(
            lambda: client("lambda").create_function(
                FunctionName="theirs", Runtime="python3.12", Role=arn, Handler="x.y", Code=code
            )
        )

    aws.look(lambda: delete_role(SCHEDULER))
    aws.clear()
    aws.before = once("iam:DeleteRole", take_into_use)
    (result,) = env.prune_functions([], tags=MINE)

    assert result.success, result.error
    assert [what for what in result.left if "theirs" in what] == [
        f"role {EXECUTION}, which theirs started using in the meantime"
    ]
    assert account()["roles"] == {EXECUTION: before}
    assert "iam:CreateRole" in aws.calls


def test_a_deployment_whose_role_is_gone_is_told_and_mends_it_when_run_again(env, aws, jobs, account):
    aws.after = once("lambda:CreateFunction", lambda: aws.look(lambda: delete_role(EXECUTION)))
    result = env.deploy_function(jobs.report, wanted(), DEPENDENCIES)

    assert not result.success
    assert "run again" in result.error
    assert env.deploy_function(jobs.report, wanted(), DEPENDENCIES).success
    assert EXECUTION in account()["roles"]


def test_who_may_not_read_it_prunes_nevertheless(env, aws, account, orphans, pauses):
    an_hour_passes()
    aws.before = lambda _number, call: refusal(call, "AccessDenied", 403) if call == "iam:GetRole" else None

    (result,) = env.prune_functions([], tags=MINE)

    assert [what.split()[0] for what in result.deleted] == ["layer"]
    assert len([warning for warning in result.warnings if "may not read" in warning]) == 2
    assert set(account()["roles"]) == {EXECUTION, SCHEDULER}


def test_the_command_line_shows_it_before_and_after(env, aws, account, orphans, capsys, tmp_path, monkeypatch):
    project = tmp_path / "shop"
    project.mkdir()
    (project / "jobs.py").write_text(JOBS)
    (project / "pyproject.toml").write_text("[tool.taskflows-cloud]\nproject = 'shop'\n")
    monkeypatch.chdir(project)
    an_hour_passes()
    (layer,) = account()["layers"]
    place = ["jobs.py", "--provider", "aws", "-o", f"region={REGION}", "-o", "shared_roles=true"]

    with pytest.raises(SystemExit, match="0"):
        main(["prune", *place, "--dry-run"])
    shown = capsys.readouterr().out
    with pytest.raises(SystemExit, match="0"):
        main(["prune", *place, "--yes"])

    assert f"would delete layer {layer} on aws" in shown
    assert f"would delete role {EXECUTION} on aws" in shown
    assert "deleted  what functions share on aws" in capsys.readouterr().out
    assert account() == EMPTY
