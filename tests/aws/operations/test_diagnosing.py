"""What a look at an environment finds; it changes nothing and raises nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from botocore.awsrequest import AWSResponse

from taskflows_cloud_core import get_environment
from tests.aws.support.account import REGION, Raw, connection_lost, refusal


def by_subject(findings):
    found = {}
    for finding in findings:
        found.setdefault(finding.subject, []).append(finding)
    return found


def identity(arn="arn:aws:iam::123456789012:user/ops", *, date=None):
    body = (
        "<GetCallerIdentityResponse><GetCallerIdentityResult>"
        f"<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>123456789012</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    headers = {"date": format_datetime(date or datetime.now(UTC), usegmt=True)}
    return AWSResponse("https://aws.example", 200, headers, Raw(body.encode()))


def simulated(*denied):
    """What IAM answers when it permits everything but these; requests are read from the wire."""

    rows = "".join(
        f"<member><EvalActionName>{name}</EvalActionName><EvalResourceName>*</EvalResourceName>"
        "<EvalDecision>implicitDeny</EvalDecision></member>"
        for name in denied
    )
    body = (
        "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated>"
        f"<EvaluationResults>{rows}<member><EvalActionName>lambda:GetFunction</EvalActionName>"
        "<EvalResourceName>*</EvalResourceName><EvalDecision>allowed</EvalDecision></member></EvaluationResults>"
        "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )
    return AWSResponse("https://aws.example", 200, {}, Raw(body.encode()))


def answering(aws, **answers):
    """Answer some calls, by their operation, with what a function makes."""

    def before(_number, call):
        make = answers.get(call.split(":")[1])
        return make() if make else None

    aws.before = before


def test_a_place_that_is_well(env, aws):
    answering(aws, GetCallerIdentity=identity, SimulatePrincipalPolicy=simulated)

    findings = by_subject(env.diagnose())

    assert set(findings) == {"runtime", "region", "endpoint", "credentials", "clock", "permissions"}
    assert {finding.status for found in findings.values() for finding in found} == {"ok"}
    assert findings["credentials"][0].message == "arn:aws:iam::123456789012:user/ops of account 123456789012"
    assert aws.mutating == [call for call in aws.mutating if call == "iam:SimulatePrincipalPolicy"]


def test_missing_rights_are_named(env, aws):
    answering(
        aws,
        GetCallerIdentity=identity,
        SimulatePrincipalPolicy=lambda: simulated("lambda:CreateFunction", "iam:PassRole"),
    )

    (finding,) = by_subject(env.diagnose())["permissions"]

    assert finding.status == "problem"
    assert "iam:PassRole, lambda:CreateFunction" in finding.message
    assert "required_permissions()" in finding.remedy


def test_an_assumed_role_is_simulated_as_the_role(env, aws):
    role = "arn:aws:sts::123456789012:assumed-role/deployer/session"
    answering(aws, GetCallerIdentity=lambda: identity(role), SimulatePrincipalPolicy=simulated)
    assert [one.status for one in by_subject(env.diagnose())["permissions"]] == ["ok"]


def test_the_root_user(env, aws):
    answering(aws, GetCallerIdentity=lambda: identity("arn:aws:iam::123456789012:root"))
    (finding,) = by_subject(env.diagnose())["permissions"]
    assert finding.status == "warning"
    assert "root user" in finding.message


def test_without_a_simulation_every_service_is_read_a_little(env, aws):
    def refuse(call):
        return lambda: refusal(call, "AccessDenied", 403)

    answering(
        aws,
        GetCallerIdentity=identity,
        SimulatePrincipalPolicy=refuse("iam:SimulatePrincipalPolicy"),
        ListSchedules=refuse("scheduler:ListSchedules"),
    )

    findings = by_subject(env.diagnose())["permissions"]

    assert next((one.status, one.message) for one in findings) == ("problem", "missing: scheduler:ListSchedules")
    assert findings[-1].status == "warning"
    assert "SimulatePrincipalPolicy" in findings[-1].message


@pytest.mark.parametrize(
    ("seconds", "status", "way"), [(400, "problem", "ahead of"), (-90, "warning", "behind"), (20, "ok", "goes with")]
)
def test_a_clock_that_differs(env, aws, seconds, status, way):
    date = datetime.now(UTC) - timedelta(seconds=seconds)
    answering(aws, GetCallerIdentity=lambda: identity(date=date), SimulatePrincipalPolicy=simulated)
    (finding,) = by_subject(env.diagnose())["clock"]
    assert finding.status == status
    assert way in finding.message


def test_credentials_that_have_expired(env, aws):
    answering(aws, GetCallerIdentity=lambda: refusal("sts:GetCallerIdentity", "ExpiredToken", 403))
    findings = env.diagnose()
    assert findings[-1].subject == "credentials"
    assert findings[-1].status == "problem"
    assert "have expired" in findings[-1].message
    assert findings[-1].remedy


def test_no_credentials_and_no_network(env, aws, monkeypatch, tmp_path):
    answering(aws, GetCallerIdentity=connection_lost)
    assert env.diagnose()[-1].status == "problem"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    bare = get_environment("aws", region=REGION)
    assert "no AWS credentials found" in bare.diagnose()[-1].message


def test_a_region_that_is_not_enabled(aws):
    answers = [refusal("sts:GetCallerIdentity", "InvalidClientTokenId", 403), identity()]
    answering(aws, GetCallerIdentity=lambda: answers.pop(0))
    findings = get_environment("aws", region="me-south-1").diagnose()
    assert findings[-1].subject == "region"
    assert "not enabled" in findings[-1].message
    assert "enable-region --region-name me-south-1" in findings[-1].remedy


def test_no_region_and_an_unknown_one(aws, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    findings = get_environment("aws").diagnose()
    assert (findings[-1].subject, findings[-1].status) == ("region", "problem")
    assert "AWS_DEFAULT_REGION" in findings[-1].message
    answering(aws, GetCallerIdentity=identity, SimulatePrincipalPolicy=simulated)
    strange = by_subject(get_environment("aws", region="eu-central-9").diagnose())
    assert strange["region"][0].status == "warning"


def test_an_emulator_is_told(aws):
    answering(aws, GetCallerIdentity=identity, SimulatePrincipalPolicy=simulated)
    findings = by_subject(get_environment("aws", region=REGION, endpoint_url="http://127.0.0.1:4566").diagnose())
    assert findings["endpoint"][0].status == "warning"
    assert "http://127.0.0.1:4566" in findings["endpoint"][0].message


def test_a_profile_that_is_not_there(aws):
    findings = get_environment("aws", region=REGION, profile="nobody").diagnose()
    assert findings[-1].status == "problem"
    assert "nobody" in findings[-1].message


def test_the_permissions_need_no_credentials(aws, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    given = "arn:aws-cn:iam::123456789012:role/given"
    files = get_environment("aws", region="cn-north-1", execution_role_arn=given).required_permissions()
    policy = json.loads(files["deployer-policy.json"])
    assert policy["Version"] == "2012-10-17"
    text = json.dumps(policy)
    assert "arn:aws-cn:lambda:cn-north-1:*:function:" in text
    assert given in text
    assert aws.calls == []
